"""Results named by what went into them: what is there, what is missing, what failed and why.

The files are the state: a run that was killed goes on where it was, and the second run with
nothing changed makes nothing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batu_geo.fleet.tasks import Ending, run_tasks
from batu_geo.locks import locked
from batu_geo.writing import (
    flush_to_disk,
    naming_write_errors,
    remove_leftovers,
    write_atomically,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from batu_geo.fleet.tasks import Count, Engine, Task

SUFFIX, ARRAYS, FAULT, STATE = ".parquet", ".arrays", ".fault.json", "state.json"
DIGITS = 16


def part_key(
    stage: str, region: str, *, code: str, scenario: Any, inputs: Mapping[str, str],
    parts: Iterable[str] = (),
) -> str:  # fmt: skip
    """Return the name of a result: its stage, region and a hash of what goes into it.

    Parameters
    ----------
    stage, region
        What is computed, and where.
    code
        Version of the code, see `tasks.code_version`.
    scenario
        Settings, as plain values.
    inputs
        SHA-256 of each input file by its name.
    parts
        Names of the results that it reads, in any order.

    >>> first = part_key("places", "35.79", code="1", scenario={}, inputs={"roads": "ab"})
    >>> first.rpartition("-")[0], len(first.rpartition("-")[2])
    ('places-35.79', 16)
    >>> part_key("places", "35.79", code="1", scenario={}, inputs={"roads": "ac"}) == first
    False
    """
    said = [stage, region, code, scenario, dict(inputs), sorted(parts)]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return f"{stage}-{region}-{hashlib.sha256(text.encode()).hexdigest()[:DIGITS]}"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is there of the results that a run wants.

    Attributes
    ----------
    made, missing
        Names of results, in the order they were asked for; a failed one is missing as well.
    failed
        Why, by name and language.
    """

    made: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    failed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Return how many results are wanted.

        >>> Standing(("a",), ("b", "c")).total
        3
        """
        return len(self.made) + len(self.missing)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The results of a fleet in one folder.

    Attributes
    ----------
    folder
        Made by the first result.

    >>> import tempfile, pathlib
    >>> ledger = Ledger(pathlib.Path(tempfile.mkdtemp()) / "parts")
    >>> ledger.put("places-35.79-00", b"PAR1").name
    'places-35.79-00.parquet'
    >>> ledger.standing(["places-35.79-00", "places-35.78-00"]).missing
    ('places-35.78-00',)
    """

    folder: Path

    def path(self, key: str) -> Path:
        """Return the file of a result."""
        return self.folder / f"{key}{SUFFIX}"

    def arrays(self, key: str) -> Path:
        """Return the folder of arrays that stands beside a result."""
        return self.folder / f"{key}{ARRAYS}"

    def put(self, key: str, content: bytes) -> Path:
        """Write a result: whole or not at all, also when the machine stops."""
        path = self.path(key)
        with naming_write_errors(path):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)
            flush_to_disk([self.folder])
            self._fault(key).unlink(missing_ok=True)
        return path

    def fail(self, ending: Ending) -> None:
        """Keep why a result could not be made."""
        text = json.dumps(dict(ending.fault), ensure_ascii=False, indent=1)
        write_atomically(self._fault(ending.key), text.encode())

    def standing(self, keys: Iterable[str]) -> Standing:
        """Return what is there, missing and failed of these."""
        wanted = list(dict.fromkeys(keys))
        there = {key for key in wanted if self.path(key).is_file()}
        missing = tuple(key for key in wanted if key not in there)
        failed = {
            key: json.loads(self._fault(key).read_bytes())
            for key in missing
            if self._fault(key).is_file()
        }
        return Standing(tuple(key for key in wanted if key in there), missing, failed)

    def make(
        self, engine: Engine, tasks: Iterable[Task], tell: Callable[[Count], None] = lambda _: None
    ) -> Standing:
        """Make the results that are missing, and return what is there then.

        The function of a task puts its result under the key of the task. What failed before is
        tried again.
        """
        wanted = {task.key: task for task in tasks}
        missing = self.standing(wanted).missing
        if missing:
            with naming_write_errors(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
                with locked(self.folder):
                    remove_leftovers(self.folder)
                    ended = run_tasks(engine, [wanted[key] for key in missing], tell)
                    for ending in ended.values():
                        if ending.fault:
                            self.fail(ending)
        return self.standing(wanted)

    def record(self, stages: Mapping[str, Iterable[str]]) -> None:
        """Keep which results of each stage the last run wanted, in the order of the stages.

        Of others the arrays, which are large, are removed: they are made again where wanted.
        """
        wanted = {self.arrays(key) for keys in stages.values() for key in keys}
        for folder in {*self.folder.glob(f"*{ARRAYS}")} - wanted:
            self.path(folder.name.removesuffix(ARRAYS)).unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
        text = json.dumps({stage: list(keys) for stage, keys in stages.items()}, indent=1)
        with naming_write_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self.folder / STATE, text.encode())

    def recorded(self) -> dict[str, Standing]:
        """Return what is there of what the last run wanted, by stage; nothing before the first."""
        path = self.folder / STATE
        if not path.is_file():
            return {}
        stages: dict[str, list[str]] = json.loads(path.read_bytes())
        return {stage: self.standing(keys) for stage, keys in stages.items()}

    def _fault(self, key: str) -> Path:
        return self.folder / f"{key}{FAULT}"
