"""Put a malformed input through `check` or `import` under guard and say how it ended."""

from __future__ import annotations

import contextlib
import re
import shutil
import signal
import tempfile
from collections import Counter
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from batu_geo.checking.check_one_file import ReferenceTables, check_file
from batu_geo.checking.check_study import check_study
from batu_geo.domain.errors import BatuGeoError, Problem, messages
from batu_geo.importing.import_kib import import_kib
from batu_geo.importing.import_table import import_file
from batu_geo.importing.request import Request
from batu_geo.render.terminal.import_report import columns_table
from batu_geo.sources.files.archives import zip_members
from batu_geo.sources.files.opening import open_input
from batu_geo.sources.files.safe_xml import xml_of
from tests.malformed.guard import Seen, guarded
from tests.office_study import office_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from batu_geo.sources.cells.match_columns import Match

Codes = tuple[str, ...]
LONGEST_S = 60
LINE = re.compile(r"(BG-\d{3}) (.+?): (.+)\. Perbaikan: (.+)\.")


@dataclass(frozen=True)
class Ended:
    """How one input ended: refused, noted (read with its repair or doubt listed) or read."""

    outcome: str
    codes: tuple[str, ...]
    lines: tuple[str, ...]
    seen: Seen

    @property
    def faults(self) -> list[str]:
        """What must not happen, whatever the input."""
        found = [f"socket: {s}" for s in self.seen.sockets]
        found += [f"process: {s}" for s in self.seen.processes]
        found += [f"written: {s}" for s in self.seen.written]
        found += [f"opened outside: {s}" for s in self.seen.outside]
        if self.outcome in {"traceback", "hang"}:
            found.append(f"{self.outcome}: {self.lines}")
        for line in self.lines if self.outcome == "refused" else ():
            match = LINE.fullmatch(line)
            if not line.isprintable() or not match or match[1] not in messages():
                found.append(f"not one line of code, place, reason and fix: {line!r}")
        return found


class _Hangs(BaseException):
    pass


@contextlib.contextmanager
def _at_most(seconds: int):
    def stop(*_: object) -> None:
        raise _Hangs

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@cache
def lists() -> ReferenceTables:
    """Return the lists of the embedded study, read once."""
    return ReferenceTables.of(None, "population", "villages", "facilities")


def run(path: Path, table: str) -> Ended:
    """Check a file as a table, a `study` folder, or read it as a `zip` or `xml` input."""
    lists()
    folder = path if table == "study" else path.parent
    return _watched(lambda: _checked(path, table), path, folder)


def bring(path: Path, table: str, room: Path) -> Ended:
    """Import a file as a table into the copy of the embedded study that stands in a room.

    What is refused must leave the study as it was; what is read may write there alone.
    """
    study, aside = room / "studi", room / "aside"
    aside.mkdir(exist_ok=True)
    if not study.exists():
        office_study(study)
    before, tempfile.tempdir = _state(study), str(aside)
    try:
        ended = _watched(lambda: _imported(path, table, study), path, path.parent, study, aside)
    finally:
        tempfile.tempdir = None
    own = (str(study), str(aside))
    elsewhere = [place for place in ended.seen.written if not any(name in place for name in own)]
    ended.seen.written[:] = elsewhere + [str(left) for left in aside.iterdir()]
    if _state(study) != before:
        if ended.outcome == "refused":
            ended.seen.written.append("the study, though the file was refused")
        shutil.rmtree(study)
    return ended


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    files = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {str(path): (found.st_size, found.st_mtime_ns) for path, found in files.items()}


def _watched(act: Callable[[], tuple[str, Codes, Codes]], path: Path, *folders: Path) -> Ended:
    with guarded(*folders) as seen:
        try:
            with _at_most(LONGEST_S):
                outcome, codes, lines = act()
        except _Hangs:
            outcome, codes, lines = "hang", (), (str(path),)
        except BatuGeoError as error:
            outcome = "refused"
            codes = tuple(problem.code for problem in error.problems)
            lines = tuple(problem.line() for problem in error.problems)
        except Exception as error:  # noqa: BLE001 - this is what is being looked for
            outcome, codes = "traceback", ()
            lines = (f"{type(error).__name__}: {error}",)
    return Ended(outcome, codes, lines, seen)


def _imported(path: Path, table: str, study: Path) -> tuple[str, Codes, Codes]:
    told: list[Problem] = []

    def agreed(matches: Iterable[Match], notices: Iterable[Problem]) -> bool:
        columns_table(map(astuple, matches), "id")
        told.extend(notices)
        return True

    request = Request(path, table, study, again=True)
    done = import_kib(request, None, agreed) if table == "kib" else import_file(request, agreed)
    told += done.notices
    codes = tuple(dict.fromkeys(notice.code for notice in told))
    return "noted" if told else "read", codes, tuple(notice.line() for notice in told)


def _checked(path: Path, table: str) -> tuple[str, Codes, Codes]:
    if table in {"zip", "xml"}:
        opened = open_input(path, name=str(path), table=table, suffixes=(path.suffix.lower(),))
        zip_members(opened) if table == "zip" else xml_of(opened)
        return "read", (), ()
    found = check_study(path) if table == "study" else check_file(path, table, lists=lists())
    chosen = found.errors or found.warnings
    outcome = "refused" if found.errors else "noted" if found.warnings else "read"
    return (
        outcome,
        tuple(dict.fromkeys(fault.problem.code for fault in chosen)),
        tuple(fault.problem.line() for fault in chosen),
    )


def tally(ends: dict[str, Ended]) -> Counter[str]:
    """Count the outcomes, and everything that must not happen."""
    counts = Counter(end.outcome for end in ends.values())
    for kind in ("sockets", "processes", "written", "outside"):
        counts[kind] = sum(len(getattr(end.seen, kind)) for end in ends.values())
    for kind in ("traceback", "hang"):
        counts[kind] += 0
    return counts
