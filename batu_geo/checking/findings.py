"""The state and the result of a check: tables read, files opened, faults collected."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from batu_geo.domain.errors import BatuGeoError, EnvironmentFault, Problem
from batu_geo.sources.files.opening import Opened, open_input
from batu_geo.sources.study.study_files import Input, StudyFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from batu_geo.sources.study.study_files import StudyFile

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a check: its table, the problem, and whether it is an error or a warning."""

    table: str
    problem: Problem
    is_error: bool


@dataclass(frozen=True, slots=True, eq=False)
class CheckResult:
    """The result of a check.

    Attributes
    ----------
    title
        Of the study, or the name of the file.
    faults
        Errors and warnings in the order of the tables.
    records
        By table that could be read: number of rows, villages or road edges.
    inputs
        By table that could be opened: its entry of `study.toml`.
    exit_code
        0 without errors, else that of the first error.
    parts
        By table: the data read, for maps.
    opened
        By table: the opened file, for maps and repairs.
    shown_inputs
        The inputs as they may be printed: no SHA-256 of counts that are hidden.
    """

    title: str
    faults: tuple[Fault, ...]
    records: dict[str, int]
    inputs: dict[str, dict[str, str]]
    exit_code: int
    parts: dict[str, Any]
    opened: dict[str, Opened]
    shown_inputs: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults with which a run is refused."""
        return tuple(fault for fault in self.faults if fault.is_error)

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """The faults with which a run is possible."""
        return tuple(fault for fault in self.faults if not fault.is_error)


@dataclass(slots=True)
class CheckInProgress:
    """A check in progress: the tables read so far and the faults collected."""

    parts: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    exit_code: int = 0

    def attempt(self, table: str, read: Callable[[], Part], *needs: str) -> Part | None:
        """Read a table unless one it refers to is missing; keep the table or its faults."""
        missing = [name for name in needs if self.parts.get(name) is None]
        if missing:
            self.warn(table, [Problem("BG-234", values={"table": name}) for name in missing])
            return None
        try:
            part = read()
        except EnvironmentFault:
            raise
        except BatuGeoError as error:
            self.exit_code = self.exit_code or error.exit_code
            self.faults += [Fault(table, problem, is_error=True) for problem in error.problems]
            return None
        if isinstance(part, tuple):
            self.parts[table], notices = part
            self.warn(table, notices)
        else:
            self.parts[table] = part
        return part

    def warn(self, table: str, problems: Iterable[Problem]) -> None:
        """Collect problems as warnings."""
        self.faults += [Fault(table, problem, is_error=False) for problem in problems]

    def ended(self, title: str, files: StudyFiles) -> CheckResult:
        """Return the result of the check."""
        records = {name: _count(part) for name, part in self.parts.items() if part is not None}
        kept = getattr(files, "kept", {})
        return CheckResult(
            title, tuple(self.faults), records, files.inputs, self.exit_code, self.parts, kept
        )


@dataclass(frozen=True, slots=True)
class KeepingStudyFiles(StudyFiles):
    """A study whose opened files are kept, one of which may be replaced by another file."""

    kept: dict[str, Opened] = field(default_factory=dict)
    table: str = ""
    file: Path = Path()
    given: Opened | None = None

    def open(self, table: str, *suffixes: str) -> Opened:
        """Open the input of a table, or the file that replaces it, and keep it."""
        if table == self.table:
            opened = self.given or open_input(
                self.file, name=str(self.file), table=table, suffixes=suffixes
            )
            self.inputs[table] = {"path": str(self.file), "sha256": opened.sha256}
        else:
            # Not `super()`: it does not find its class in a dataclass with slots.
            opened = StudyFiles.open(self, table, *suffixes)
        self.kept[table] = opened
        return opened


def keeping_files(files: StudyFiles, **rest: Any) -> KeepingStudyFiles:
    """Return the same study with every opened file kept."""
    return KeepingStudyFiles(root=files.root, card=files.card, inputs=files.inputs, **rest)


def with_replaced_input(
    files: StudyFiles, table: str, file: Path, given: Opened | None = None
) -> KeepingStudyFiles:
    """Return the same study with a file in place of the input of one table."""
    card = _with_entry(files, table, file)
    return keeping_files(StudyFiles(files.root, card, {}), table=table, file=file, given=given)


def _with_entry(files: StudyFiles, table: str, path: Path) -> StudyFile:
    """Return the contents of `study.toml` with a file as the input of one table."""
    if table == "scenario":
        return files.card
    given = getattr(files.card, table)
    kept = given.model_dump() if given else {"origin": "", "licence": "", "date": ""}
    evidence = kept.get("evidence", "reported")
    made = {**kept, "path": str(path), "evidence": evidence, "sha256": ""}
    entry = (type(given) if given else Input).model_validate(made)
    return files.card.model_copy(update={table: entry})


def _count(part: Any) -> int:
    """Return the number of road edges or rows of a table, 1 for anything else."""
    count = getattr(part, "edge_count", None)
    if count is not None:
        return int(count)
    return len(part) if hasattr(part, "__len__") else 1
