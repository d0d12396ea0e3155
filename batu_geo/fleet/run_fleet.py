"""Run a fleet: what is made once, then the regions side by side, then the tables of all."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import BatuGeoError, Problem, ScenarioError
from batu_geo.fleet import part_tasks
from batu_geo.fleet.engines import Loop
from batu_geo.fleet.input_files import KnownHashes, input_hashes, road_file
from batu_geo.fleet.part_files import opened_part, unpacked
from batu_geo.fleet.part_ledger import part_key
from batu_geo.fleet.tasks import Task, code_version, failed
from batu_geo.sources.study.scenarios import read_scenario
from batu_geo.sources.study.study_files import StudyFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from batu_geo.domain.scenario import Scenario
    from batu_geo.fleet.part_ledger import Ledger
    from batu_geo.fleet.tasks import Count, Engine

ALL = "all"
HASHES, MOST = ".cache/hashes.json", 20
Said = dict[str, "Mapping[str, str]"]


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
    tell: Callable[[Count], None] = lambda _: None, *, only: Collection[str] = (),
) -> FleetRun:  # fmt: skip
    """Make what is missing of the results of a fleet, and return what is there then.

    Regions are given to the engine, and what is made once by mode of travel. One region that
    fails does not stop the others.

    Parameters
    ----------
    inputs, ledger, engine, tell
        What is computed, where results are, who computes, and who hears of each count.
    only
        Regions that are measured; of the others what is there already. None for all.

    Raises
    ------
    ScenarioError
        When `only` names what is no region (BG-652).
    """
    if unknown := sorted({*only} - {*inputs.regions}):
        values = {"value": ", ".join(unknown), "found": ", ".join(list(inputs.regions)[:MOST])}
        raise ScenarioError(Problem("BG-652", "--only", values=values))
    work = _Work(inputs, ledger, engine, tell, read_scenario(inputs.scenario))
    work.only, tables = frozenset(only), None
    try:
        tables = work.tables()
    except _StoppedError as stopped:
        work.failed[ALL] = stopped.said
    ledger.record(work.stages)
    total = len(inputs.regions)
    return FleetRun(tuple(work.done) if tables else (), total, work.failed, tables)


def keep_roads(
    inputs: FleetInputs, ledger: Ledger, tell: Callable[[Count], None] = lambda _: None
) -> None:
    """Read the road file of a fleet into arrays on disk, as its first run would; once.

    Raises
    ------
    SourceError, DataError
        When it cannot be read.
    """
    work = _Work(inputs, ledger, Loop(), tell, read_scenario(inputs.scenario))
    files, crs = work.files()
    work.roads(files[ALL]["roads"], crs)


class _StoppedError(Exception):
    """Something that all regions need could not be made."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self.said = said


class _Work:
    """The results of a fleet, stage by stage; `failed` grows, and who failed is left out."""

    def __init__(
        self, inputs: FleetInputs, ledger: Ledger, engine: Engine,
        tell: Callable[[Count], None], scenario: Scenario,
    ) -> None:  # fmt: skip
        self.inputs, self.ledger, self.engine, self.tell = inputs, ledger, engine, tell
        self.scenario, self.settings = scenario, scenario.model_dump_json()
        self.plain: Any = json.loads(self.settings)
        self.parts = str(ledger.folder)
        self.only: frozenset[str] = frozenset()
        self.failed: Said = {}
        self.done: list[str] = []
        self.stages: dict[str, list[str]] = {"read": [], "joint": [], "measures": [], "merge": []}

    def tables(self) -> Path:
        """Return the folder of the tables of all regions."""
        files, crs = self.files()
        roads = self.roads(files.pop(ALL)["roads"], crs)
        homes = self._homes(files, roads, crs)
        joint = self._joint(homes, roads)
        measured = self._measured(self._cut(homes, joint))
        names = [name for pair in measured.values() for name in pair]
        missing = [code for code in self.inputs.regions if code not in measured]
        key = self._key("national", ALL, {"missing": ",".join(missing)}, names)
        arguments = (key, self.parts, measured, missing, self.settings, crs)
        self._all("merge", [Task(key, part_tasks.make_merge, arguments)])
        self.done = list(measured)
        return self.ledger.folder.parent / key

    def files(self) -> tuple[dict[str, dict[str, str]], str]:
        """Return the hashes of the inputs of each region, and the projection of most of them."""
        known, files = KnownHashes(self.ledger.folder / HASHES), dict[str, dict[str, str]]()
        projections = []
        for code, folder in self.inputs.regions.items():
            try:
                card = StudyFiles.at(folder).card
                files[code] = input_hashes(folder, card, known)
            except BatuGeoError as error:
                self.failed[code] = failed(code, *error.problems).fault
                continue
            projections.append(card.crs)
        files[ALL] = {"roads": known.of(self.inputs.roads)}
        known.keep()
        if not projections:
            raise _StoppedError(next(iter(self.failed.values())))
        return files, Counter(sorted(projections)).most_common(1)[0][0]

    def roads(self, sha256: str, crs: str) -> str:
        """Return the name of the roads of all regions, with the new ones of the scenario."""
        made, code = part_tasks.make_roads, code_version()
        key = part_key("roads", ALL, code=code, scenario=crs, inputs={"roads": sha256})
        self._once("read", Task(key, made, (key, self.parts, str(self.inputs.roads), crs)))
        if not self.scenario.new_roads:
            return key
        new = part_key(
            "roads", "new", code=code, scenario=self.plain["new_roads"], inputs={}, parts=[key]
        )
        given = (new, self.parts, key, self.settings)
        self._once("read", Task(new, part_tasks.make_new_roads, given))
        return new

    def _homes(
        self, files: Mapping[str, Mapping[str, str]], roads: str, crs: str
    ) -> dict[str, str]:
        """Return by region the name of what it brings."""
        folders = {code: str(folder) for code, folder in self.inputs.regions.items()}
        tasks = {}
        for code, own in files.items():
            key = part_key("outlines", code, code=code_version(), scenario=crs, inputs=own)
            arguments = (key, self.parts, folders[code], crs)
            tasks[code] = Task(key, part_tasks.make_outlines, arguments)
        outlines = self._each("read", tasks)
        key = self._key("neighbours", ALL, {}, outlines.values())
        self._once("read", Task(key, part_tasks.make_neighbours, (key, self.parts, outlines)))
        said = self._said(key)
        tasks = {}
        for code in outlines:
            before = said[f"{part_tasks.BEFORE}{code}"].tolist()
            beside = {f"/{b}": str(said[f"{part_tasks.DIGEST}/{b}"]) for b in before}
            key = self._key("homes", code, {**files[code], **beside}, [roads])
            names = [outlines[b] for b in before]
            given = (key, self.parts, folders[code], roads, names, self.settings)
            tasks[code] = Task(key, part_tasks.make_homes, given)
        return self._each("read", tasks)

    def _joint(self, homes: Mapping[str, str], roads: str) -> dict[str, str]:
        """Return by mode the name of what is made once."""
        brought = {code: (str(self.inputs.regions[code]), name) for code, name in homes.items()}
        tasks = {}
        for mode, known in self.scenario.modes.items():
            if known.thresholds_minutes:
                key = self._key("joint", mode, {}, [roads, *homes.values()])
                arguments = (key, self.parts, mode, roads, brought, self.settings)
                tasks[mode] = Task(key, part_tasks.make_joint, arguments)
        self._all("joint", tasks.values())
        return {mode: task.key for mode, task in tasks.items()}

    def _cut(self, homes: Mapping[str, str], joint: Mapping[str, str]) -> dict[str, str]:
        """Return by region the name of its part, which is that of its content."""
        tasks = {}
        for code in homes:
            key = self._key("cut", code, {}, [*homes.values(), *joint.values()])
            arguments = (key, self.parts, code, homes, joint, self.settings)
            tasks[code] = Task(key, part_tasks.make_places, arguments)
        cuts = self._each("joint", self._asked(tasks))
        key = self._key("parts", ALL, {}, cuts.values())
        self._once("joint", Task(key, part_tasks.make_parts, (key, self.parts, cuts)))
        said = self._said(key)
        return {code: str(said[f"{part_tasks.PART}{code}"]) for code in cuts}

    def _measured(self, parts: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        """Return by region the names of its part and of its measures."""
        tasks = {}
        for code, part in sorted(parts.items()):
            key = self._key("measures", code, {}, [part])
            arguments = (key, self.parts, part, self.settings)
            tasks[code] = Task(key, part_tasks.make_measures, arguments)
        measured = self._each("measures", self._asked(tasks))
        return {code: (parts[code], name) for code, name in measured.items()}

    def _asked(self, tasks: Mapping[str, Task]) -> dict[str, Task]:
        """Return the tasks of the regions that are asked for, and those that are done."""
        return {
            code: task for code, task in tasks.items()
            if not self.only or code in self.only or self.ledger.path(task.key).is_file()
        }  # fmt: skip

    def _each(self, stage: str, tasks: Mapping[str, Task]) -> dict[str, str]:
        """Make a result of each region, and return the names of those that are there."""
        standing = self.ledger.make(self.engine, tasks.values(), self.tell)
        self.stages[stage] += [task.key for task in tasks.values()]
        for code, task in tasks.items():
            if task.key in standing.missing:
                self.failed[code] = standing.failed.get(task.key, {})
        there = {c: task.key for c, task in tasks.items() if task.key not in standing.missing}
        if not there:
            raise _StoppedError(next(iter(self.failed.values())))
        return there

    def _all(self, stage: str, tasks: Collection[Task]) -> None:
        """Make results of all regions; what is beyond a worker's bound in this process."""
        self.stages[stage] += [task.key for task in tasks]
        standing = self.ledger.make(self.engine, tasks, self.tell)
        if standing.missing and not isinstance(self.engine, Loop):
            standing = self.ledger.make(Loop(), tasks, self.tell)
        if standing.missing:
            raise _StoppedError(next(iter(standing.failed.values()), {}))

    def _once(self, stage: str, task: Task) -> None:
        """Make one small result for all regions, in this process."""
        self.stages[stage].append(task.key)
        standing = self.ledger.make(Loop(), [task], self.tell)
        if standing.missing:
            raise _StoppedError(standing.failed.get(task.key, {}))

    def _said(self, key: str) -> dict[str, Any]:
        return unpacked(opened_part(self.ledger.path(key)))

    def _key(
        self, stage: str, region: str, files: Mapping[str, str], parts: Iterable[str] = ()
    ) -> str:
        return part_key(
            stage, region, code=code_version(), scenario=self.plain, inputs=files, parts=parts
        )
