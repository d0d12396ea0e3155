"""The folder of a study: read what it has, check a new input, write several files atomically."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from batu_geo.checking.duplicates_and_overlaps import duplicate_notices
from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import BatuGeoError, Problem, ScenarioError
from batu_geo.locks import locked
from batu_geo.sources.files.opening import FORMATS, json_of, open_input, records_of, toml_of
from batu_geo.sources.study.edit_study_file import changed_card
from batu_geo.sources.study.load_study import (
    facilities_of,
    population_of,
    villages_of,
)
from batu_geo.sources.study.scenarios import Model, validated
from batu_geo.sources.study.study_files import STUDY_FILE, Input, StudyFiles, is_within
from batu_geo.sources.tables.area_codes import AREA_CODES, AreaCodes, read_area_codes
from batu_geo.sources.tables.points import read_buildings, read_facilities
from batu_geo.sources.tables.records import (
    read_indicators,
    read_population,
    read_profiles,
    read_staffing,
)
from batu_geo.sources.tables.village_list import VillageList
from batu_geo.sources.tables.villages import read_villages
from batu_geo.writing import naming_write_errors, remove_leftovers, replace_all, undo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from batu_geo.domain.tables import Villages
    from batu_geo.sources.files.opening import Opened

MOST_DOUBTS = 20
SUFFIXES = (".csv", ".geojson", ".json")
OF_VILLAGES = {"facilities": read_facilities, "buildings": read_buildings}
OF_FACILITIES = {"staffing": read_staffing, "profiles": read_profiles}


@dataclass(frozen=True, slots=True)
class StudyFolder:
    """A folder with a `study.toml`.

    Attributes
    ----------
    root
        Path of the folder.
    study_files
        The contents of `study.toml`, and the reader of its inputs.
    """

    root: Path
    study_files: StudyFiles

    @classmethod
    def at(cls, folder: Path) -> StudyFolder:
        """Open a folder; `study.toml` must be valid, the inputs may be missing."""
        study_files = StudyFiles.at(folder)
        return cls(study_files.root, study_files)

    def records(self, table: str) -> list[dict[str, Any]]:
        """Return the records of a table as written in its file, none where there is no file."""
        entry = getattr(self.study_files.card, table)
        if entry is None or not self._has(entry.path):
            return []
        opened = self.study_files.open(table, *SUFFIXES)
        if opened.suffix == ".csv":
            return list(records_of(opened))
        document = json_of(opened)
        features = document.get("features") if isinstance(document, dict) else None
        if not isinstance(features, list):
            return []
        properties = [f.get("properties") for f in features if isinstance(f, dict)]
        return [record if isinstance(record, dict) else {} for record in properties]

    def _has(self, path: str) -> bool:
        return path in self.study_files.staged or (self.root / path).is_file()

    def with_table(
        self, table: str, content: bytes, entry: Mapping[str, str], crs: str = ""
    ) -> StudyFolder:
        """Return the study as it will be with a table in it; nothing is written."""
        files = self.study_files
        changes: dict[str, Any] = {table: Input(**entry)} | ({"crs": crs} if crs else {})
        staged = {**files.staged, entry["path"]: content}
        card = files.card.model_copy(update=changes)
        return StudyFolder(self.root, replace(files, card=card, staged=staged, inputs={}))

    def without(self, tables: Sequence[str]) -> StudyFolder:
        """Return the study as it will be without some of its optional tables."""
        card = self.study_files.card.model_copy(update=dict.fromkeys(tables))
        return StudyFolder(self.root, replace(self.study_files, card=card))

    def inputs(self) -> dict[str, dict[str, str]]:
        """Return the entry of each input with the present SHA-256 of its file."""
        for table in (name for name, entry in self.study_files.card if isinstance(entry, Input)):
            self.study_files.open(table, *FORMATS)
        return self.study_files.inputs

    def village_list(self) -> VillageList:
        """Return the villages of the population table, else of the outlines, else by area code.

        The list of area codes may lack what a new edition has.
        """
        outlines = {str(r["village_id"]): r for r in self.records("villages") if "village_id" in r}
        people = [row for row in self.records("population") if row.get("village_id")]
        if not people and not outlines and (codes := self.area_codes()):
            return VillageList(codes.villages(), may_grow=True)
        if not people:
            return VillageList(outlines.values())
        return VillageList(
            {**outlines.get(str(row["village_id"]), {}), **{k: v for k, v in row.items() if v}}
            for row in people
        )

    def area_codes(self) -> AreaCodes | None:
        """Return the list of area codes that the study was begun with, None where it has none."""
        path = self.root / AREA_CODES
        if not path.is_file():
            return None
        opened = open_input(path, name=AREA_CODES, table="area_codes", suffixes=(".csv",))
        return read_area_codes(opened)[0]

    def villages(self) -> Villages | None:
        """Return the outlines with their population, or None while one of the two is invalid."""
        try:
            return villages_of(self.study_files, population_of(self.study_files))[0]
        except BatuGeoError:
            return None

    def own_table(self, name: str, model: type[Model]) -> Model:
        """Return a TOML table that the user added to the study, empty where there is none."""
        if not (self.root / name).is_file():
            return model()
        opened = open_input(self.root / name, name=name, table=name, suffixes=(".toml",))
        return validated(model, toml_of(opened), name)

    def check(self, table: str, opened: Opened, evidence: str) -> list[Problem]:
        """Check a new input against the others of the study, as a run does.

        Returns
        -------
        list of Problem
            Notices, including that a check was left out because an input is missing.

        Raises
        ------
        DataError
            When a run would refuse the input.
        """
        if table == "population":
            read_population(opened, evidence=evidence)
            return []
        try:
            people = population_of(self.study_files)
        except BatuGeoError:
            return [Problem("BG-234", opened.name, values={"table": "population"})]
        if table == "indicators":
            read_indicators(opened, evidence=evidence, population=people)
            return []
        if table == "villages":
            crs = self.study_files.card.crs
            return read_villages(opened, crs=crs, population=people, evidence=evidence)[1]
        return self._check_points(table, opened, evidence)

    def _check_points(self, table: str, opened: Opened, evidence: str) -> list[Problem]:
        villages = self.villages()
        if villages is None:
            return [Problem("BG-234", opened.name, values={"table": "villages"})]
        if table in OF_VILLAGES:
            places, notices = OF_VILLAGES[table](opened, villages=villages, evidence=evidence)
            doubts = list(duplicate_notices(places, CONTRACTS[table], opened.name))
            more = Problem("BG-495", opened.name, values={"count": len(doubts) - MOST_DOUBTS})
            rest = [more] if len(doubts) > MOST_DOUBTS else []
            return [*notices, *doubts[:MOST_DOUBTS], *rest]
        try:
            facilities, _ = facilities_of(self.study_files, villages)
        except BatuGeoError:
            return [Problem("BG-234", opened.name, values={"table": "facilities"})]
        OF_FACILITIES[table](opened, evidence=evidence, facilities=facilities)
        return []

    def path_of(self, table: str) -> str:
        """Return the file of a table: that of `study.toml` if its format fits, else a default."""
        contract = CONTRACTS.get(table)
        suffix = ".csv" if contract and not contract.geometry else ".geojson"
        entry = getattr(self.study_files.card, table)
        return entry.path if entry and entry.path.endswith(suffix) else f"{table}{suffix}"

    @contextmanager
    def edit(self) -> Iterator[Edit]:
        """Change the study under a lock: the edit is written atomically when the block ends.

        The study of the edit is read after the lock is taken. When the block raises, nothing
        is written.

        Raises
        ------
        EnvironmentFault
            When the disk is full or the folder cannot be written.
        ScenarioError
            When `study.toml` cannot be changed as asked.
        """
        with naming_write_errors(self.root), locked(self.root):
            undo(self.root)
            edit = Edit(StudyFolder.at(self.root))
            yield edit
            opened = open_input(self.root / STUDY_FILE, name=STUDY_FILE, table="study",
                                suffixes=(".toml",))  # fmt: skip
            card = changed_card(opened, edit.entries, edit.crs)
            contents = {**edit.files, STUDY_FILE: card}
            for name in contents:
                remove_leftovers(self._inside(name).parent)
            replace_all(self.root, contents)

    def _inside(self, name: str) -> Path:
        """Return the path of a file, refusing paths that lead out of the folder."""
        path = self.root / name
        if not is_within(path, self.root):
            values = {"reason": "path leads out of the study", "key": name}
            raise ScenarioError(Problem("BG-302", STUDY_FILE, values=values))
        return path


@dataclass(slots=True)
class Edit:
    """Changes to a study, written all or none.

    Attributes
    ----------
    study
        The locked study before the changes.
    files
        New contents by file name.
    entries
        New entries of `study.toml` by table, None for a table that leaves the study.
    crs
        New projection, empty to keep the present one.
    """

    study: StudyFolder
    files: dict[str, bytes] = field(default_factory=dict)
    entries: dict[str, Mapping[str, str] | None] = field(default_factory=dict)
    crs: str = ""
