"""Run a fleet: what is made once, then the regions side by side, then the tables of all."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batu_geo.fleet.engines import Loop
from batu_geo.fleet.input_files import file_hash, input_hashes, road_file
from batu_geo.fleet.part_files import opened_part, unpacked
from batu_geo.fleet.part_ledger import part_key
from batu_geo.fleet.part_tasks import make_joint, make_measures, make_merge
from batu_geo.fleet.tasks import Task, code_version
from batu_geo.sources.study.scenarios import read_scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from batu_geo.fleet.part_ledger import Ledger, Standing
    from batu_geo.fleet.tasks import Count, Engine

ALL = "all"


@dataclass(frozen=True, slots=True)
class FleetRun:
    """What a run has made.

    Attributes
    ----------
    regions
        Those whose numbers are in the tables.
    total
        How many there are.
    failed
        By region or stage and language: why it is not in them.
    tables
        The folder of the tables of all regions; None where they could not be made.
    """

    regions: tuple[str, ...]
    total: int
    failed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    tables: Path | None = None


@dataclass(frozen=True, slots=True)
class FleetInputs:
    """What a fleet is computed from.

    Attributes
    ----------
    regions
        Folder of each by its code.
    roads, scenario
        Files of all regions.
    """

    regions: Mapping[str, Path]
    roads: Path
    scenario: Path

    @classmethod
    def at(cls, root: Path, regions: Mapping[str, Path], scenario: Path) -> FleetInputs:
        """Return the inputs of the fleet in a folder, with its one road file."""
        return cls(regions, road_file(root), scenario)


def run_fleet(
    inputs: FleetInputs, ledger: Ledger, engine: Engine,
    tell: Callable[[Count], None] = lambda _: None,
) -> FleetRun:  # fmt: skip
    """Make what is missing of the results of a fleet, and return what is there then.

    What is made once is made in this process; regions are given to the engine. One that fails
    does not stop the others.
    """
    work = _Work(inputs, ledger, read_scenario(inputs.scenario).model_dump_json())
    joint = work.joint()
    once = ledger.make(Loop(), [joint], tell)
    if once.failed:
        ledger.record({"joint": [joint.key]})
        return FleetRun((), len(inputs.regions), {ALL: once.failed[joint.key]})
    said = {n: str(a) for n, a in unpacked(opened_part(ledger.path(joint.key))).items()}
    tasks = work.measures({n.partition("/")[2]: a for n, a in said.items() if n[:5] == "part/"})
    standing = ledger.make(engine, [task for task, _ in tasks.values()], tell)
    failed = _failed(said, tasks, standing)
    done = {code: (part, task.key) for code, (task, part) in tasks.items() if code not in failed}
    stages = {"joint": [joint.key], "measures": [task.key for task, _ in tasks.values()]}
    if not done:
        ledger.record(stages)
        return FleetRun((), len(inputs.regions), failed)
    merged = work.merge(done, said["crs"])
    last = ledger.make(Loop(), [merged], tell)
    ledger.record(stages | {"merge": [merged.key]})
    if last.failed:
        failed[ALL] = last.failed[merged.key]
        return FleetRun((), len(inputs.regions), failed)
    folder = ledger.folder.parent / merged.key
    return FleetRun(tuple(done), len(inputs.regions), failed, folder)


def _failed(
    said: Mapping[str, str], tasks: Mapping[str, tuple[Task, str]], standing: Standing
) -> dict[str, Mapping[str, str]]:
    """Return by region why it could not be read or measured."""
    failed: dict[str, dict[str, str]] = {}
    for name, text in said.items():
        if name.startswith("fault/"):
            _, language, code = name.split("/")
            failed.setdefault(code, {})[language] = text
    measured = {
        code: standing.failed.get(task.key, {})
        for code, (task, _) in tasks.items()
        if task.key in standing.missing
    }
    return {**failed, **measured}


@dataclass(frozen=True, slots=True)
class _Work:
    """The tasks of a fleet."""

    inputs: FleetInputs
    ledger: Ledger
    settings: str

    def joint(self) -> Task:
        """Return the task of what is made once."""
        regions = self.inputs.regions
        files = {
            f"{code}/{name}": sha256
            for code, folder in regions.items()
            for name, sha256 in input_hashes(folder).items()
        }
        files["roads"] = file_hash(self.inputs.roads)
        key = self._key("joint", ALL, files)
        folders = {code: str(folder) for code, folder in regions.items()}
        roads = str(self.inputs.roads)
        return Task(key, make_joint, (key, self._parts, folders, roads, self.settings))

    def measures(self, parts: Mapping[str, str]) -> dict[str, tuple[Task, str]]:
        """Return by region the task of its measures, and the name of its part."""
        found = {}
        for code, part in sorted(parts.items()):
            key = self._key("measures", code, {}, [part])
            arguments = (key, self._parts, part, self.settings)
            found[code] = (Task(key, make_measures, arguments), part)
        return found

    def merge(self, regions: Mapping[str, Sequence[str]], crs: str) -> Task:
        """Return the task of the tables of all regions."""
        names = [name for pair in regions.values() for name in pair]
        missing = [code for code in self.inputs.regions if code not in regions]
        key = self._key("national", ALL, {"missing": ",".join(missing)}, names)
        arguments = (key, self._parts, dict(regions), missing, self.settings, crs)
        return Task(key, make_merge, arguments)

    @property
    def _parts(self) -> str:
        return str(self.ledger.folder)

    def _key(
        self, stage: str, region: str, files: Mapping[str, str], parts: Sequence[str] = ()
    ) -> str:
        settings: Any = json.loads(self.settings)
        return part_key(
            stage, region, code=code_version(), scenario=settings, inputs=files, parts=parts
        )
