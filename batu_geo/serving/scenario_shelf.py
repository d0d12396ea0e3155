"""Scenario files of a bench: those of the study, recent ones, and where new ones go.

A page names scenarios, never paths. What changed on disk since it was read is not written over.
"""

from __future__ import annotations

import hashlib
import tempfile
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.scenario import Scenario
from batu_geo.serving.live_bench import NAMED
from batu_geo.serving.refusals import TAKEN, Refusal
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.file_versions import with_version
from batu_geo.sources.study.scenario_text import scenario_text
from batu_geo.sources.study.scenarios import find_scenario, read_scenario
from batu_geo.writing import flush_to_disk, naming_write_errors, write_atomically

if TYPE_CHECKING:
    from batu_geo.domain.errors import Language
    from batu_geo.planning.study import Study
    from batu_geo.serving.bench_keeper import Keeper
    from batu_geo.serving.live_bench import Kept

FOLDER, IN_STUDY, SUFFIX = "skenario", "scenarios", ".toml"
NOT_KNOWN = "BG-305"
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Saved:
    """A scenario file that was written.

    Attributes
    ----------
    name
        Of the scenario and the file.
    where
        Whether it is in the study or beside the runs.
    kept_both
        The name of the file on disk that had changed meanwhile and stays as it is; empty else.
    """

    name: str
    where: Literal["study", "outputs", "elsewhere"]
    kept_both: str = ""


class Shelf:
    """The scenario files that a bench may read and write.

    Parameters
    ----------
    study
        As it was read.
    out
        Folder of all runs; files go there where the study is the embedded one.
    keeper
        Which knows the recent files.
    """

    def __init__(self, study: Study, out: Path, keeper: Keeper) -> None:
        self.study, self.keeper = study, keeper
        self.is_own = study.folder.resolve() != embedded_study().resolve()
        self.folder = study.folder / IN_STUDY if self.is_own else out / FOLDER

    def listed(self, language: Language) -> dict[str, list[dict[str, str]]]:
        """Return the scenarios of the study, and recent files by a mark of their path."""
        paths = {path.stem: path for path in self._paths()}
        return {
            "study": [
                {"name": name, "title": _title(path, language)}
                for name, path in sorted(paths.items())
            ],
            "recent": [
                {"id": _mark(row["path"]), "name": Path(row["path"]).stem, "when": row["when"]}
                for row in self.keeper.recents()
            ],
        }

    def _paths(self) -> list[Path]:
        own = [] if self.is_own else [*self.folder.glob(f"*{SUFFIX}")]
        return [*(self.study.folder / IN_STUDY).glob(f"*{SUFFIX}"), *own]

    def named(self, name: str) -> Path:
        """Return the file of a scenario by its name.

        Raises
        ------
        ScenarioError
            When there is none.
        """
        own = self.folder / f"{name}{SUFFIX}"
        return own if own.is_file() else find_scenario(name, self.study.folder)

    def recent(self, mark: str) -> Path:
        """Return a recent file by its mark."""
        for row in self.keeper.recents():
            if _mark(row["path"]) == mark:
                return Path(row["path"])
        raise ScenarioError(Problem(NOT_KNOWN, values={"value": mark, "known": "-"}))

    def read(self, path: Path) -> Scenario:
        """Return the scenario of a file."""
        return read_scenario(path, study=self.study.folder)

    def loaded(self, name: str, text: str) -> Scenario:
        """Return the scenario of a text that a page has read from a file of its own.

        Raises
        ------
        SourceError, ScenarioError
            As `read_scenario`; the name of its file is in the message.
        """
        stem = Path(name).name.removesuffix(SUFFIX) or FOLDER
        with tempfile.TemporaryDirectory() as place:
            copy = Path(place) / f"{stem}{SUFFIX}"
            copy.write_text(text, encoding="utf-8")
            return self.read(copy)

    def opened(self, path: Path, kept: Kept) -> None:
        """Note which file a bench has open, as it is on disk."""
        kept.file, kept.path, kept.sha = path.stem, str(path), sha_of(path)
        self.keeper.remember(path)

    def save(self, scenario: Scenario, kept: Kept, *, name: str | None, title: str | None,
             is_replaced: bool) -> Saved:  # fmt: skip
        """Write a scenario to the file that is open, or under a name.

        Raises
        ------
        Refusal
            When no file is open and none is named, or the name is taken (409).
        """
        path = self._target(kept, name)
        is_open = str(path) == kept.path
        if not is_open and path.exists() and not is_replaced:
            raise Refusal(409, (Problem(TAKEN, path.name),))
        other = ""
        if is_open and kept.sha and path.exists() and sha_of(path) != kept.sha:
            other, path = path.stem, _free(path)
        called = {"name": path.stem, **({"title": title, "title_en": ""} if title else {})}
        named = Scenario.model_validate({**dict(scenario), **called})
        with naming_write_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, with_version(scenario_text(named)).encode())
            flush_to_disk([path.parent])
        kept.saved = scenario.model_dump_json(exclude=NAMED)
        # From now on it is called so: on the page, in runs and packs, and when it is saved again.
        kept.bench = replace(
            kept.bench, base=Scenario.model_validate({**dict(kept.bench.base), **called})
        )
        self.opened(path, kept)
        return Saved(path.stem, self._where(path), other)

    def _target(self, kept: Kept, name: str | None) -> Path:
        if name is not None:
            return self.folder / f"{name}{SUFFIX}"
        path = Path(kept.path) if kept.path else None
        if path is None or path.is_relative_to(embedded_study()):
            raise Refusal(409, (Problem(TAKEN, f"{kept.file or 'baseline'}{SUFFIX}"),))
        return path

    def _where(self, path: Path) -> Literal["study", "outputs", "elsewhere"]:
        if path.parent != self.folder:
            return "elsewhere"
        return "study" if self.is_own else "outputs"

    def is_changed(self, kept: Kept) -> bool:
        """Return whether the file that is open has changed on disk since it was read."""
        return bool(kept.sha) and sha_of(Path(kept.path)) not in {kept.sha, ""}


def sha_of(path: Path) -> str:
    """Return the SHA-256 of a file, empty where it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _free(path: Path) -> Path:
    """Return a path beside one that nothing has yet."""
    stem = path.stem[: LONGEST_NAME - 5]
    return next(
        p for n in range(2, 10_000) if not (p := path.with_name(f"{stem}-{n}{SUFFIX}")).exists()
    )


def _mark(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:12]


def _title(path: Path, language: Language) -> str:
    try:
        card: Any = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        card = {}
    title = card.get("title_en" if language == "en" else "title") or card.get("title")
    return str(title or path.stem)
