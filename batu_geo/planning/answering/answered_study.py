"""A study with the answers of an office in its cells, and the answers that fit no row of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from batu_geo.domain.asking.answers import (
    DEFINING,
    HAS_UNIT,
    LARGEST_LAT,
    POSITION,
    cell_column,
    typed_answer,
)
from batu_geo.domain.contracts import PROFILES, STAFFING
from batu_geo.domain.errors import Problem
from batu_geo.domain.tables import Buildings, Facilities, Villages
from batu_geo.planning.study import village_offices

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from batu_geo.domain.asking.answers import Answer, Shift
    from batu_geo.planning.study import Study

UNIT, SURE, CHOSEN = "UPKDK", "reported", "assumed"
FARTHEST_OUTSIDE_M = 25_000.0
# By table of answers: the table of the study whose ids they name, and the column of its ids.
IDS_OF = {
    "villages": ("villages", "village_id"),
    "population": ("villages", "village_id"),
    "facilities": ("facilities", "facility_id"),
    "buildings": ("buildings", "building_id"),
    "staffing": ("facilities", "facility_id"),
    "profiles": ("facilities", "facility_id"),
    "figures": ("figures", "figure_id"),
}
OF_UNITS = ("facilities", "staffing", "profiles")
TYPES: dict[str, Any] = {"integer": "Int64", "number": "float64"}
CLOSING = ("closed_from", "closed_until")


def unfitting(
    tables: Mapping[str, pd.DataFrame | None], answers: Sequence[Answer], path: str
) -> Iterator[Problem]:
    """Yield a fault of each answer of a row that the study does not have, or of a place far away.

    Parameters
    ----------
    tables
        Of the study, by name; None for a table that it lacks. One that is not named is faulty
        itself, and nothing is said of it.
    answers, path
        The answers, and the name of their file.
    """
    ids = {name: _ids(tables, name) for name in ("costs", *IDS_OF) if _is_read(tables, name)}
    new = {f"{UNIT}-{a.record_id}" for a in answers if a.field == HAS_UNIT and a.value == "yes"}
    ids.update({name: ids[name] | new for name in OF_UNITS if name in ids})
    villages = tables.get("villages")
    city = None if villages is None else shapely.union_all(villages.geometry.to_numpy())
    for answer in answers:
        known = ids.get(answer.table)
        place: dict[str, Any] = {"row": answer.row or None, "record_id": answer.record_id}
        if known is not None and (answer.record_id not in known or tables[answer.table] is None):
            values = {"value": answer.record_id, "table": answer.table, "known": _some(known)}
            yield Problem("BG-238", path, **place, column="id", values=values)
        elif answer.field == POSITION and villages is not None:
            point = _points([answer], villages)[0]
            far = shapely.distance(point, city)
            if not far <= FARTHEST_OUTSIDE_M:
                values = {"value": answer.value, "km": f"{far / 1000:.0f}"}
                yield Problem("BG-215", path, **place, column="value", values=values)


def _is_read(tables: Mapping[str, Any], name: str) -> bool:
    needs = ("buildings", "facilities") if name == "costs" else (IDS_OF[name][0],)
    return all(table in tables for table in (name, *needs) if table != "population")


def _ids(tables: Mapping[str, pd.DataFrame | None], name: str) -> frozenset[str]:
    sources = [("buildings", "building_id"), ("facilities", "facility_id")]
    found: set[str] = set()
    for table, column in sources if name == "costs" else [IDS_OF[name]]:
        rows = tables[table]
        found |= set() if rows is None else {str(i) for i in rows[column]}
    return frozenset(found)


def _some(known: Iterable[str]) -> str:
    first = sorted(known)[:3]
    return ", ".join(first) + (", ..." if first else "-")


def answered(study: Study, answers: Sequence[Answer]) -> Study:
    """Return the study with its cells as the answers say, their rows as sure as that makes them.

    A row is ``reported`` once every cell it rests on is answered (`DEFINING`); a place by
    itself. A village that has a unit gets its record where it has none, at its office; of one that
    has none the record is left out, with its roster and profile.

    Parameters
    ----------
    study, answers
        Answers for which `unfitting` yields nothing.
    """
    if not answers:
        return study
    by_table: dict[str, list[Answer]] = {}
    for answer in answers:
        by_table.setdefault(answer.table, []).append(answer)
    villages = _population(study.villages, by_table.get("population", []))
    study = replace(study, villages=villages, answers=tuple(answers))
    study = _with_units(study, by_table.get("villages", []))
    standing = set(study.facilities["facility_id"].astype(str))
    for name in OF_UNITS:  # of a unit that is not there nothing is answered
        by_table[name] = [a for a in by_table.get(name, []) if a.record_id in standing]
    facilities = _placed(study.facilities, "facility_id", by_table["facilities"])
    buildings = _placed(study.buildings, "building_id", by_table.get("buildings", []))
    return replace(
        study,
        facilities=Facilities(_reopened(facilities, by_table["facilities"])),
        buildings=Buildings(buildings),
        staffing=_rosters(study.staffing, by_table["staffing"]),
        profiles=_profiles(study.profiles, by_table["profiles"]),
        costs=_costs(study.costs, by_table.get("costs", [])),
        figures=_figures(study.figures, by_table.get("figures", [])),
    )


def _population(villages: Villages, answers: Sequence[Answer]) -> Villages:
    known = {answer.record_id: typed_answer(answer)[0] for answer in answers}
    is_known = villages["village_id"].isin(known)
    people = villages["village_id"].map(known).where(is_known, villages["population"])
    evidence = villages["population_evidence"].where(~is_known, SURE)
    table = villages.assign(population=people.astype("int64"), population_evidence=evidence)
    return Villages(table)


def _with_units(study: Study, answers: Sequence[Answer]) -> Study:
    """Return the study with which villages have a unit as the answers say."""
    said = {answer.record_id: answer for answer in answers if answer.field == HAS_UNIT}
    if not said:
        return study
    villages, facilities = study.villages.copy(), study.facilities
    is_said = villages["village_id"].isin(said)
    notes = villages["village_id"].map({v: a.source for v, a in said.items()})
    for name, values in (("unit_evidence", SURE), ("unit_evidence_note", notes),
                         ("unit_evidence_note_en", notes)):  # fmt: skip
        own = villages[name] if name in villages else pd.Series(pd.NA, villages.index, dtype="str")
        villages[name] = own.mask(is_said, values)
    without = {v for v, a in said.items() if a.value == "no"}
    is_gone = (facilities["kind"] == UNIT) & facilities["village_id"].isin(without)
    gone = set(facilities["facility_id"][is_gone])
    kept: gpd.GeoDataFrame = facilities[~is_gone]
    has = set(kept["village_id"][kept["kind"] == UNIT])
    more = _new_units(study, [v for v, a in said.items() if a.value == "yes" and v not in has])
    if len(more):
        kept = _appended(kept, more)
    return replace(
        study,
        villages=Villages(villages),
        facilities=Facilities(kept.reset_index(drop=True)),
        staffing=_without(study.staffing, gone),
        profiles=_without(study.profiles, gone),
    )


def _without(table: pd.DataFrame | None, gone: set[str]) -> pd.DataFrame | None:
    if table is None or not gone:
        return table
    return table[~table["facility_id"].isin(gone)].reset_index(drop=True)


def _new_units(study: Study, village_ids: Sequence[str]) -> gpd.GeoDataFrame:
    """Return a record of each unit nobody has listed: open, at the office or inside its village."""
    villages = study.villages.set_index("village_id")
    offices = village_offices(study)
    at = {} if offices is None else dict(
        zip(offices["village_id"], offices.geometry, strict=True))  # fmt: skip
    inside = [at.get(v) or villages.geometry[v].representative_point() for v in village_ids]
    rows = {
        "facility_id": [f"{UNIT}-{v}" for v in village_ids],
        "facility_name": [f"{UNIT} {villages['village_name'][v]}" for v in village_ids],
        "kind": UNIT,
        "status": "active",
        "village_id": list(village_ids),
        "position_evidence": CHOSEN,
        "evidence": SURE,
    }
    return gpd.GeoDataFrame(rows, geometry=inside, crs=study.crs)


def _appended(table: gpd.GeoDataFrame, more: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows of both under the columns of the first, in order of their ids."""
    added = more.reindex(columns=list(table.columns)).astype(
        table.dtypes.drop(table.geometry.name).to_dict()
    )
    both = pd.concat([table, added], ignore_index=True)
    whole = gpd.GeoDataFrame(both, geometry=table.geometry.name, crs=table.crs)
    return whole.sort_values("facility_id", ignore_index=True)


def _placed(table: gpd.GeoDataFrame, id_column: str, answers: Sequence[Answer]) -> Any:
    """Return facilities or buildings with cells and places as answered."""
    if not answers:
        return table
    cells = [a for a in answers if a.field != POSITION]
    moved = [a for a in answers if a.field == POSITION]
    table = gpd.GeoDataFrame(_with_cells(table, id_column, cells), crs=table.crs)
    if moved:
        points = dict(zip([a.record_id for a in moved], _points(moved, table), strict=True))
        ids = table[id_column].astype(str)
        table.geometry = [points.get(i, g) for i, g in zip(ids, table.geometry, strict=True)]
        if "position_evidence" in table:
            is_moved = ids.isin(points)
            table["position_evidence"] = table["position_evidence"].mask(is_moved, SURE)
    return _surer(table, id_column, answers)


def _points(answers: Sequence[Answer], beside: Any) -> list[shapely.Point]:
    """Return the places of answers, in the order of longitude and latitude that is nearer."""
    places = [typed_answer(answer)[0] for answer in answers]
    middle = shapely.box(*beside.total_bounds).centroid

    def points(pairs: Iterable[tuple[float, float]]) -> Any:
        lon, lat = zip(*pairs, strict=True)
        return gpd.points_from_xy(lon, lat, crs="EPSG:4326").to_crs(beside.crs)

    # A longitude beyond 90 degrees is no latitude: there the order is sure.
    other = points((lat, lon) if abs(lon) <= LARGEST_LAT else (lon, lat) for lon, lat in places)
    both = zip(points(places), other, strict=True)
    return [min(pair, key=middle.distance) for pair in both]


def _with_cells(table: pd.DataFrame, id_column: str, answers: Sequence[Answer]) -> Any:
    """Return a table with the answered cells; a column that it lacks is added."""
    table = table.copy()
    ids = table[id_column].astype(str)
    for answer in answers:
        if answer.field not in table:
            column = cell_column(answer.table, answer.field)
            kind = TYPES.get(column.kind if column else "text", "str")
            table[answer.field] = pd.Series(pd.NA, index=table.index, dtype=kind)
        table.loc[ids == answer.record_id, answer.field] = typed_answer(answer)[0]
    return table


def _surer(table: Any, id_column: str, answers: Sequence[Answer]) -> Any:
    """Return a table whose rows are reported where every cell they rest on is answered."""
    cells: dict[str, dict[str, Answer]] = {}
    for answer in answers:
        cells.setdefault(answer.record_id, {})[answer.field] = answer
    whole = set(DEFINING[answers[0].table]) if answers else set()
    notes = {i: "; ".join(sorted({a.source for a in own.values()}))
             for i, own in cells.items() if whole <= own.keys()}  # fmt: skip
    ids = table[id_column].astype(str)
    is_sure = ids.isin(notes)
    for name, values in (("evidence", SURE), ("evidence_note", ids.map(notes)),
                         ("evidence_note_en", ids.map(notes))):  # fmt: skip
        own = table[name] if name in table else pd.Series(pd.NA, index=table.index, dtype="str")
        table[name] = own.mask(is_sure, values)
    return table


def _reopened(facilities: gpd.GeoDataFrame, answers: Sequence[Answer]) -> gpd.GeoDataFrame:
    """Return facilities whose answered state is no longer ended by older dates of closing."""
    said = {a.record_id for a in answers if a.field == "status"}
    dated = {a.record_id for a in answers if a.field in CLOSING}
    ids = facilities["facility_id"].astype(str)
    is_meant = ids.isin(said - dated)
    if is_meant.any():
        facilities = facilities.copy()
        facilities.loc[is_meant, list(CLOSING)] = None
    return facilities


def _rosters(staffing: pd.DataFrame | None, answers: Sequence[Answer]) -> pd.DataFrame | None:
    """Return the staff with the rows of each answered facility and profession replaced."""
    if staffing is None or not answers:
        return staffing
    said = {(a.record_id, a.field) for a in answers}
    pairs = zip(staffing["facility_id"].astype(str), staffing["profession"], strict=True)
    kept = staffing[[pair not in said for pair in pairs]]
    rows = [_shift_row(a, shift) for a in answers for shift in typed_answer(a)[0]]
    return _more_rows(kept, rows, ["facility_id", "profession", "weekdays", "start", "end"])


def _shift_row(answer: Answer, shift: Shift) -> dict[str, Any]:
    names = [column.name for column in STAFFING.columns[1:]]
    values = (answer.field, shift.count, shift.weekdays, shift.start, shift.end)
    return {"facility_id": answer.record_id, **dict(zip(names, values, strict=False)),
            **_said(answer)}  # fmt: skip


def _said(answer: Answer) -> dict[str, str]:
    return {"evidence": SURE, "evidence_note": answer.source, "evidence_note_en": answer.source}


def _more_rows(table: pd.DataFrame, rows: Sequence[dict[str, Any]], by: list[str]) -> pd.DataFrame:
    added = pd.DataFrame(rows).reindex(columns=list(table.columns)).astype(table.dtypes.to_dict())
    both = added if table.empty else pd.concat([table, added], ignore_index=True)
    return both.sort_values([name for name in by if name in both], ignore_index=True)


def _profiles(profiles: pd.DataFrame | None, answers: Sequence[Answer]) -> pd.DataFrame | None:
    if profiles is None or not answers:
        return profiles
    known = set(profiles["facility_id"].astype(str))
    new = sorted({a.record_id for a in answers} - known)
    if new:
        by_id = {a.record_id: a for a in answers}
        rows = [{"facility_id": name, **_said(by_id[name])} for name in new]
        profiles = _more_rows(profiles, rows, ["facility_id"])
    table = _with_cells(profiles, str(PROFILES.id_column), answers)
    return pd.DataFrame(_surer(table, "facility_id", answers))


def _costs(costs: pd.DataFrame | None, answers: Sequence[Answer]) -> pd.DataFrame | None:
    if costs is None or not answers:
        return costs
    names = ["item", "payer", "period"]
    said = {(a.record_id, *a.field.split("/")): a for a in answers}
    cells = zip(costs["building_id"].astype(str), *(costs[name] for name in names), strict=True)
    kept = costs[[cell not in said for cell in cells]]
    rows = [
        {"building_id": cell[0], **dict(zip(names, cell[1:], strict=True)),
         "rupiah": typed_answer(answer)[0], **_said(answer)}
        for cell, answer in said.items()
    ]  # fmt: skip
    return _more_rows(kept, rows, ["building_id", "payer", "period", "item", "rupiah"])


def _figures(figures: pd.DataFrame | None, answers: Sequence[Answer]) -> pd.DataFrame | None:
    if figures is None or not answers:
        return figures
    table = _with_cells(figures, "figure_id", answers)
    by_id = {a.record_id: a for a in answers}
    for name in ("source", "date"):
        said = {i: getattr(a, name) for i, a in by_id.items()}
        own = table["figure_id"].map(said)
        table[name] = own.where(own.notna(), table[name])
    return pd.DataFrame(_surer(table, "figure_id", answers))
