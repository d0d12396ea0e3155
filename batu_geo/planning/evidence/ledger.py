"""The sources of an assessment: every row and setting that a number may rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from batu_geo.access.units import units
from batu_geo.planning.evidence.answered_rows import with_answered
from batu_geo.planning.evidence.worth import CHOSEN, NOTHING, Basis, Source
from batu_geo.planning.homes import homes
from batu_geo.planning.once import once_for_each
from batu_geo.siting.buildings.instruments import instruments_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batu_geo.domain.scenario import Scenario
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.situation import Situation
    from batu_geo.planning.study import Study

FILE_OF_HOMES = {"raster": "population_raster", "footprints": "footprints"}
BY_ROW = {"staffing": "facility_id", "profiles": "facility_id", "costs": "building_id",
          "figures": "figure_id"}  # fmt: skip
SCENARIO = "scenario"
# How the text of a legal instrument was seen, as a class of evidence.
SEEN = {"seen": "reported", "second_hand": "inferred", "memory": "assumed"}


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """Sources by what they are of; a basis is a set of them.

    Attributes
    ----------
    rows
        By table or by kind of source (``population``, ``outline``, ``homes``, ``unit``,
        ``facilities``, ``position``, ``buildings``, ``staffing`` ...), then by id of its row.
    files
        By table: the file as a whole.
    settings
        By name: the settings of the scenario.
    ways
        By mode: roads, heights and speeds.
    nearest
        By mode, then village: the units its people go to; all of them where nobody arrives.
    open_units
        The ids of the open units.
    """

    rows: Mapping[str, Mapping[str, Basis]]
    files: Mapping[str, Basis]
    settings: Mapping[str, Basis]
    ways: Mapping[str, Basis]
    nearest: Mapping[str, Mapping[str, tuple[str, ...]]]
    open_units: tuple[str, ...]

    def of(self, kind: str, ids: Iterable[Any] | None = None) -> Basis:
        """Return the sources of some rows; of all rows, else of the file, where no id is given.

        A row that a table does not have rests on the file: that it lacks it is what is used.
        """
        known = self.rows.get(kind, {})
        whole = self.files.get(kind, NOTHING)
        if ids is None:
            return NOTHING.union(*known.values()) or whole
        return NOTHING.union(*(known.get(str(name), whole) for name in ids))

    def people(self, village_ids: Iterable[Any] | None = None) -> Basis:
        """Return whom a village has and where they live."""
        ids = list(self.rows["population"]) if village_ids is None else list(village_ids)
        return self.of("population", ids) | self.of("outline", ids) | self.of("homes", ids)

    def places(self, facility_ids: Iterable[Any] | None = None) -> Basis:
        """Return that facilities are there, and where they stand."""
        ids = list(self.rows["facilities"]) if facility_ids is None else list(facility_ids)
        return self.of("facilities", ids) | self.of("position", ids)

    def reach(self, mode: str, village_ids: Iterable[Any] | None = None) -> Basis:
        """Return what the trips of some villages to their nearest units rest on."""
        by_village = self.nearest[mode]
        ids = list(by_village) if village_ids is None else [str(v) for v in village_ids]
        used = {unit for v in ids for unit in by_village.get(v, self.open_units)}
        return self.people(ids) | self.ways[mode] | self.places(sorted(used))

    def sources(self) -> Basis:
        """Return every source that a number may rest on."""
        kinds = (*self.rows.values(), self.files, self.settings, self.ways)
        return NOTHING.union(*(basis for kind in kinds for basis in kind.values()))


@once_for_each
def ledger_of(assessment: Assessment) -> Ledger:
    """Return the sources of an assessment."""
    study, scenario = assessment.study, assessment.scenario
    files = {name: frozenset([_file(study, name)]) for name in study.inputs if name != "answers"}
    ways = {name: _way(study, scenario, name) for name in scenario.modes}
    serving = units(study.facilities, scenario.service, is_open=True)
    open_units = tuple(serving["facility_id"].astype(str))
    rows = _village_rows(study) | _place_rows(study) | _table_rows(study)
    rows = with_answered(rows, study.answers)
    rows["homes"] = _homes(study, scenario)
    rows["instruments"] = {
        code: frozenset([Source("instruments", SEEN[card["evidence"]], row=code)])
        for code, card in instruments_of(study.country)
    }
    nearest = {mode: nearest_units(assessment.situation, mode) for mode in assessment.times}
    return Ledger(rows, files, _settings(scenario), ways, nearest, open_units)


def _file(study: Study, table: str) -> Source:
    card = study.inputs[table]
    return Source(table, card["evidence"], date=card.get("date", ""))


def _source(study: Study, table: str, evidence: Any, field: str = "", row: Any = "") -> Source:
    """Return a source of a row; where it does not say its class, that of its file."""
    card = study.inputs.get(table, {})
    known = card.get("evidence", CHOSEN) if pd.isna(evidence) else str(evidence)
    return Source(table, known, field, str(row), card.get("date", ""))


def _column(table: pd.DataFrame, name: str) -> list[Any]:
    return table[name].tolist() if name in table else [None] * len(table)


def _village_rows(study: Study) -> dict[str, dict[str, Basis]]:
    """Return people and outline of each village, and whether it has a unit.

    Without a class of its own it rests on the records of its units, else on the file.
    """
    villages = pd.DataFrame(study.villages)
    ids = [str(v) for v in villages["village_id"]]
    at_village = study.facilities.groupby(study.facilities["village_id"].astype(str)).indices
    unit: dict[str, Basis] = {}
    for name, evidence in zip(ids, _column(villages, "unit_evidence"), strict=True):
        rows = list(at_village.get(name, ())) if pd.isna(evidence) else []
        own = pd.DataFrame(study.facilities.iloc[rows])
        found = [
            _source(study, "facilities", e, "record", f)
            for f, e in zip(own["facility_id"], _column(own, "evidence"), strict=True)
        ]
        table = "facilities" if pd.isna(evidence) else "villages"
        field = "" if pd.isna(evidence) else "unit_evidence"
        row = "" if pd.isna(evidence) else name
        unit[name] = frozenset(found or [_source(study, table, evidence, field, row)])
    of_people = _column(villages, "population_evidence")
    outlines = _column(villages, "evidence")
    return {
        "population": {v: frozenset([_source(study, "population", e, "population", v)])
                       for v, e in zip(ids, of_people, strict=True)},
        "outline": {v: frozenset([_source(study, "villages", e, "outline", v)])
                    for v, e in zip(ids, outlines, strict=True)},
        "unit": unit,
    }  # fmt: skip


def _place_rows(study: Study) -> dict[str, dict[str, Basis]]:
    """Return records and positions of facilities and buildings."""
    facilities, buildings = pd.DataFrame(study.facilities), pd.DataFrame(study.buildings)
    ids, positions = facilities["facility_id"].astype(str), _column(facilities, "position_evidence")
    return {
        "facilities": {f: frozenset([_source(study, "facilities", e, "record", f)])
                       for f, e in zip(ids, _column(facilities, "evidence"), strict=True)},
        "position": {
            f: frozenset([_source(study, "facilities", e, "position", f)])
            for f, e in zip(ids, positions, strict=True)
            if not pd.isna(e)
        },
        "buildings": {b: frozenset([_source(study, "buildings", e, "record", b)])
                      for b, e in zip(buildings["building_id"].astype(str),
                                      _column(buildings, "evidence"), strict=True)},
    }  # fmt: skip


def _table_rows(study: Study) -> dict[str, dict[str, Basis]]:
    """Return the rows of the other tables by the id each is of."""
    found: dict[str, dict[str, Basis]] = {}
    for name, column in BY_ROW.items():
        table: pd.DataFrame | None = getattr(study, name)
        if table is None or table.empty:
            continue
        known = table.assign(evidence=_column(table, "evidence"))
        found[name] = {
            str(key): frozenset(_source(study, name, e, row=key) for e in part["evidence"])
            for key, part in known.groupby(column)
        }
    if study.indicators is not None:
        programme = study.indicators
        found["indicators"] = {
            v: frozenset([_source(study, "indicators", e, row=v)])
            for v, e in zip(programme.village_ids, programme.evidence, strict=True)
        }
    return found


def _homes(study: Study, scenario: Scenario) -> dict[str, Basis]:
    """Return the placement of the homes of each village: a setting, or the file it is of."""
    settings, by = scenario.demand, scenario.demand.by
    chosen = frozenset([Source(SCENARIO, settings.evidence, "demand")])
    ids = [str(v) for v in study.villages["village_id"]]
    if by == "streets":
        return dict.fromkeys(ids, chosen)
    file = frozenset([_source(study, FILE_OF_HOMES[by], study.homes[by].evidence)])
    if by == "footprints" and (settings.footprint_m2 or settings.footprint_uses):
        file |= chosen
    lacking = homes(study, scenario).by_streets
    return {v: chosen if v in lacking else file for v in ids}


def _way(study: Study, scenario: Scenario, name: str) -> Basis:
    """Return roads, heights and speeds of a mode, and of the mode it changes to."""
    mode = scenario.modes[name]
    found = [Source(SCENARIO, mode.evidence, f"modes.{name}")]
    if mode.then:
        found.append(Source(SCENARIO, scenario.modes[mode.then].evidence, f"modes.{mode.then}"))
    found += [_file(study, "roads")] if "roads" in study.inputs else []
    if mode.slope != "none" and "elevation" in study.inputs:
        found.append(_file(study, "elevation"))
    return frozenset(found)


def _settings(scenario: Scenario) -> dict[str, Basis]:
    """Return the settings that are no speeds; weights and goalposts are a choice."""
    classes = {
        "demand": scenario.demand.evidence,
        "staffing": scenario.staffing.evidence,
        "candidates": scenario.candidates.evidence,
        "access": scenario.access.evidence,
        "referral": scenario.referral.evidence,
        "robustness": scenario.robustness.evidence,
        "siting": CHOSEN if scenario.siting is None else scenario.siting.evidence,
    }
    chosen = {name: frozenset([Source(SCENARIO, e, name)]) for name, e in classes.items()}
    need, signs, roads = scenario.need, scenario.feasibility, scenario.new_roads
    chosen["need"] = frozenset(Source(SCENARIO, c.evidence, f"need.{c.name}") for c in need)
    chosen["feasibility"] = frozenset(
        Source(SCENARIO, c.evidence, f"feasibility.{c.name}") for c in signs
    )
    chosen["new_roads"] = frozenset(Source(SCENARIO, r.evidence, "new_roads") for r in roads)
    chosen["new_units"] = frozenset(
        Source(SCENARIO, unit.evidence, "new_units") for unit in scenario.new_units
    )
    return chosen


def nearest_units(situation: Situation, mode: str) -> dict[str, tuple[str, ...]]:
    """Return by village the units its people go to by a mode; all where nobody arrives."""
    times, village = situation.times[mode], situation.demand["village_id"].astype(str)
    ids = pd.array([*times.destination_ids, None], dtype="str").take(times.nearest_column())
    used = pd.DataFrame({"village_id": village.to_numpy(), "unit": ids})
    used = used.assign(people=situation.demand["population"].to_numpy()).query("people > 0")
    found = used.dropna().groupby("village_id")["unit"].unique()
    every = [str(v) for v in situation.villages["village_id"]]
    units = tuple(situation.units)
    return {v: tuple(map(str, found[v])) if v in found.index else units for v in every}
