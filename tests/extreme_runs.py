"""Every verb on one study in this process: how each ends, and what it says besides.

`python -m tests.extreme_runs` counts how the verbs end on every extreme town, each with nothing
besides, with each thing it may be given and with all of them; with names of towns or studies
(`nobody`, `nobody+rosters`), on these.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner

import batu_geo as bg
from batu_geo.cli import cli
from batu_geo.domain.errors import BatuGeoError, InfeasiblePlanError
from tests.extreme_towns import EXTREMES, Extreme, with_additions, write_extreme

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CODE = re.compile(r"BG-\d{3}")
# The one line of standard error that is no complaint: which study is read.
STEP = re.compile(r"\[\d+(/\d+)?\] \d+:\d\d ")
STUDY_LINE = "study.toml"
FAULT = "BG-900"
COUNTED = (
    "studies",
    "runs",
    "ended in 0",
    "refused as said",
    "without a plan as said",
    FAULT,
    "with a warning",
    "not as said",
)


@dataclass(frozen=True)
class Ended:
    """How a verb ended.

    Attributes
    ----------
    verb
        Its name, ``what_if`` for the functions of Python.
    words
        What it was given.
    code
        Exit code.
    reason
        The code of the error, followed by its line; the end of the output where there is none.
    noise
        Warnings, and lines of standard error that are not of ours.
    output
        All that it printed; not shown.
    """

    verb: str
    words: tuple[str, ...]
    code: int
    reason: str
    noise: tuple[str, ...]
    output: str = field(default="", repr=False)

    def is_refused(self, extreme: Extreme) -> bool:
        """Return whether it ended in the error that this town may end it in."""
        return self.code in (3, 4, 5) and self.reason[:6] == extreme.refusals.get(self.verb)

    def is_without_plan(self, extreme: Extreme) -> bool:
        """Return whether it has no plan, and has to have none on this town."""
        cannot = self.verb == "plan" and self.words[0] in extreme.infeasible
        return cannot and self.code == InfeasiblePlanError.exit_code

    def is_expected(self, extreme: Extreme) -> bool:
        """Return whether it ended well, or as this town has to end it, and without noise."""
        cannot = self.verb == "plan" and self.words[0] in extreme.infeasible
        is_well = self.is_without_plan(extreme) if cannot else self.code == 0
        return not self.noise and (is_well or self.is_refused(extreme))


def every_verb(study: Path, out: Path, villages: Sequence[str], language: str) -> list[Ended]:
    """Run every verb that reads a study, and the functions of Python."""
    here = ["--data", str(study), "--out", str(out)]
    other = "en" if language == "id" else "id"
    ended = [
        one("check", "--data", str(study), "--lang", language),
        one("plan", *here, "--lang", language),
        one("plan", "dua", *here, "--lang", other),
        one("plan", "rata", *here, "--lang", language),
        one("assess", "dua", *here, "--lang", language),
        one("assess", "rata", *here, "--lang", other),
        *(one("explain", code, "--data", str(study), "--lang", other) for code in villages),
        one("compare", *here, "--lang", language),
        one("maps", "dua", *here, "--lang", other),
        one("brief", "dua", "--compare", "lain", *here, "--lang", language),
    ]
    for kind in ("baseline-*", "dua-[0-9a-f]*", "dua-peta-*", "compare-*"):
        runs = sorted(out.glob(kind))[:1]
        ended += [one("replay", str(run), "--data", str(study)) for run in runs]
    ended.append(in_python(study))
    return ended


def one(verb: str, *words: str) -> Ended:
    """Run one verb and return how it ended."""
    with complaints() as noise:
        result = CliRunner().invoke(cli, [verb, *words])
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    ours = [line for line in lines if CODE.match(line)]
    said = [line for line in lines if line in ours or STUDY_LINE in line or STEP.match(line)]
    noise += [line for line in lines if line not in said]
    reason = (ours or [result.output[-500:]])[0]
    return Ended(verb, words, result.exit_code, reason, tuple(noise), result.output)


def in_python(study: Path) -> Ended:
    """Open every building, close and move every unit, in Python."""
    reason, code = "", 0
    with complaints() as noise:
        try:
            _what_if(study)
        except BatuGeoError as error:
            reason, code = str(error), error.exit_code
        except Exception:  # noqa: BLE001 - a fault of the program is what this looks for
            reason, code = f"{FAULT} {traceback.format_exc()}", 70
    return Ended("what_if", (), code, reason, tuple(noise))


def _what_if(folder: Path) -> None:
    study = bg.load_study(folder)
    assessment = bg.assess(study, bg.load_scenario("baseline", study=study))
    today = bg.what_if(assessment)
    inside = assessment.situation.villages.representative_point().to_crs("EPSG:4326")
    changed = [today]
    changed += [bg.add_unit(today, site) for site in assessment.candidates["site_id"]]
    for unit in today.situation.units:
        changed.append(bg.close_unit(today, unit))
        changed.append(bg.move_unit(today, unit, lon=inside.x.iloc[0], lat=inside.y.iloc[0]))
    for run in changed:
        run.coverage()
        run.gaps()


@contextmanager
def complaints() -> Iterator[list[str]]:
    """Collect the warnings of Python, and what libraries print on standard error themselves."""
    noise: list[str] = []
    before = os.dup(2)
    with tempfile.TemporaryFile() as printed, warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        os.dup2(printed.fileno(), 2)
        try:
            yield noise
        finally:
            os.dup2(before, 2)
            os.close(before)
            printed.seek(0)
            noise += printed.read().decode(errors="replace").splitlines()
            noise += [f"{w.category.__name__}: {w.message} ({w.filename})" for w in seen]


def on_extreme(folder: Path, name: str, added: tuple[str, ...]) -> list[Ended]:
    """Write an extreme town into a folder and run every verb on it."""
    study = write_extreme(folder / "study", name, added)
    villages = EXTREMES[name].town.villages
    codes = dict.fromkeys(f"35.79.01.{village.code}" for village in (villages[0], villages[-1]))
    return every_verb(study, folder / "out", tuple(codes), "en" if len(added) % 2 else "id")


def chosen(names: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the studies of these names (a town stands for all of its own); without any, all."""
    every = list(with_additions())
    if not names:
        return every
    unknown = {*names} - {*EXTREMES} - {"+".join((town, *added)) for town, added in every}
    if unknown:
        sys.exit(f"no such study: {', '.join(sorted(unknown))}")
    return [one for one in every if one[0] in names or "+".join((one[0], *one[1])) in names]


def told(*words: object) -> None:
    """Print a line at once, so that a run of an hour can be watched."""
    print(*words, sep="", flush=True)  # noqa: T201


def main(names: Sequence[str]) -> int:
    """Count how every verb ends on every extreme town, and print what is not as it should be."""
    counts: Counter[str] = Counter()
    for name, added in chosen(names):
        extreme = EXTREMES[name]
        with tempfile.TemporaryDirectory() as folder:
            ended = on_extreme(Path(folder), name, added)
        wrong = [end for end in ended if not end.is_expected(extreme)]
        told("+".join((name, *added)), f": {len(ended)} runs, {len(wrong)} not as said")
        for end in wrong:
            told("  ", end)
        counts["studies"] += 1
        counts["runs"] += len(ended)
        counts["ended in 0"] += sum(end.code == 0 for end in ended)
        counts["refused as said"] += sum(end.is_refused(extreme) for end in ended)
        counts["without a plan as said"] += sum(end.is_without_plan(extreme) for end in ended)
        counts[FAULT] += sum(end.code not in (0, 3, 4, 5) for end in ended)
        counts["with a warning"] += sum(bool(end.noise) for end in ended)
        counts["not as said"] += len(wrong)
    told("; ".join(f"{counts[key]} {key}" for key in COUNTED))
    return 1 if counts["not as said"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
