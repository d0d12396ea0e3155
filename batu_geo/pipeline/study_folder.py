"""The folder of a study being filled: what it knows so far, and writing into it whole."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import BatuGeoError, EnvironmentFault, Problem, ScenarioError
from batu_geo.runs import PART, locked, sweep
from batu_geo.sources.opening import json_of, open_input, records_of, text_of, toml_of
from batu_geo.sources.points import read_buildings, read_facilities
from batu_geo.sources.records import (
    read_indicators,
    read_population,
    read_profiles,
    read_staffing,
)
from batu_geo.sources.study import (
    STUDY_FILE,
    Desk,
    facilities_of,
    population_of,
    villages_of,
)
from batu_geo.sources.study_card import with_crs, with_entry
from batu_geo.sources.village_list import VillageList
from batu_geo.sources.villages import read_villages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from batu_geo.domain.tables import Villages
    from batu_geo.sources.opening import Opened

SUFFIXES = (".csv", ".geojson", ".json")
OF_VILLAGES = {"facilities": read_facilities, "buildings": read_buildings}
OF_FACILITIES = {"staffing": read_staffing, "profiles": read_profiles}


@dataclass(frozen=True, slots=True)
class StudyFolder:
    """A folder with a study card.

    Attributes
    ----------
    root
        Where it is.
    desk
        Its card, and the opener of its inputs.
    """

    root: Path
    desk: Desk

    @classmethod
    def at(cls, folder: Path) -> StudyFolder:
        """Open a folder; its card must be whole, its inputs need not be there yet."""
        desk = Desk.at(folder)
        return cls(desk.root, desk)

    def records(self, table: str) -> list[dict[str, Any]]:
        """Return what a table holds now, as read; nothing where it has no file."""
        entry = getattr(self.desk.card, table)
        if entry is None or not (self.root / entry.path).is_file():
            return []
        opened = self.desk.open(table, *SUFFIXES)
        if opened.suffix == ".csv":
            return list(records_of(opened))
        document = json_of(opened)
        features = document.get("features", []) if isinstance(document, dict) else []
        return [f.get("properties") or {} for f in features if isinstance(f, dict)]

    def village_list(self) -> VillageList:
        """Return the villages by population or, before there is any, by the outlines."""
        outlines = {str(r.get("village_id")): r for r in self.records("villages")}
        people = self.records("population")
        if not people:
            return VillageList(outlines.values())
        return VillageList(
            {**outlines.get(str(row.get("village_id")), {}), **{k: v for k, v in row.items() if v}}
            for row in people
        )

    def villages(self) -> Villages | None:
        """Return the outlines with their people, or None while one of the two is not in order."""
        try:
            return villages_of(self.desk, population_of(self.desk))[0]
        except BatuGeoError:
            return None

    def own_table(self, name: str) -> dict[str, Any]:
        """Return a table of words the user put into the study, empty where there is none."""
        if not (self.root / name).is_file():
            return {}
        opened = open_input(self.root / name, name=name, table=name, suffixes=(".toml",))
        return toml_of(opened)

    def check(self, table: str, opened: Opened, evidence: str) -> list[Problem]:
        """Hold a new input against the others of the study, as a run would.

        Returns
        -------
        list of Problem
            Notices; among them that something could not be held against what is not
            there yet.

        Raises
        ------
        DataError
            When a run would refuse it.
        """
        if table == "population":
            read_population(opened, evidence=evidence)
            return []
        try:
            people = population_of(self.desk)
        except BatuGeoError:
            return [Problem("BG-234", opened.name, values={"table": "population"})]
        if table == "indicators":
            read_indicators(opened, evidence=evidence, population=people)
            return []
        if table == "villages":
            crs = self.desk.card.crs
            return read_villages(opened, crs=crs, population=people, evidence=evidence)[1]
        return self._check_points(table, opened, evidence)

    def _check_points(self, table: str, opened: Opened, evidence: str) -> list[Problem]:
        villages = self.villages()
        if villages is None:
            return [Problem("BG-234", opened.name, values={"table": "villages"})]
        if table in OF_VILLAGES:
            return OF_VILLAGES[table](opened, villages=villages, evidence=evidence)[1]
        try:
            facilities, _ = facilities_of(self.desk, villages)
        except BatuGeoError:
            return [Problem("BG-234", opened.name, values={"table": "facilities"})]
        OF_FACILITIES[table](opened, evidence=evidence, facilities=facilities)
        return []

    def path_of(self, table: str) -> str:
        """Return the file of a table: the one its card names, if it can hold it."""
        contract = CONTRACTS.get(table)
        suffix = ".csv" if contract and not contract.geometry else ".geojson"
        entry = getattr(self.desk.card, table)
        return entry.path if entry and entry.path.endswith(suffix) else f"{table}{suffix}"

    def card_text(self, entries: Mapping[str, Mapping[str, str]], *, crs: str = "") -> bytes:
        """Return the card with entries replaced."""
        opened = open_input(self.root / STUDY_FILE, name=STUDY_FILE, table="study",
                            suffixes=(".toml",))  # fmt: skip
        text = text_of(opened)
        for table, entry in entries.items():
            text = with_entry(text, table, entry)
        return (with_crs(text, crs) if crs else text).encode()

    def write(self, contents: Mapping[str, bytes]) -> None:
        """Write files; each appears whole, and none does when one cannot be written.

        The card comes last: what it names is there before it says so.

        Raises
        ------
        EnvironmentFault
            When the disk is full or the folder cannot be written.
        """
        order = sorted(contents, key=lambda name: name == STUDY_FILE)
        staged: dict[Path, Path] = {}
        try:
            with locked(self.root):
                for place in {(self.root / name).parent for name in order}:
                    sweep(place)
                try:
                    for name in order:
                        path = self._inside(name)
                        aside = path.with_name(f".{path.name}-{os.getpid()}{PART}")
                        staged[aside] = path
                        _write_through(aside, contents[name])
                    for aside, path in staged.items():
                        aside.replace(path)
                finally:
                    for aside in staged:
                        aside.unlink(missing_ok=True)
        except BatuGeoError:
            raise
        except OSError as error:
            values = {"reason": error.strerror or error}
            raise EnvironmentFault(Problem("BG-401", str(self.root), values=values)) from error

    def _inside(self, name: str) -> Path:
        """Return the path of a file, which must not lead out of the folder."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.resolve().is_relative_to(self.root.resolve()):
            values = {"reason": "path leads out of the study", "key": name}
            raise ScenarioError(Problem("BG-302", STUDY_FILE, values=values))
        return path


def _write_through(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
