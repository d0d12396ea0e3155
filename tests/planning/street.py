"""One street whose every trip can be worked out by hand, as a study in memory.

The street has 13 blocks of 100 m from west to east, and a block takes a minute on foot at
middle speed, two at slow and half a minute at fast speed. Places are given in blocks from
its west end, so the minutes between two of them are their difference.

Four villages of three blocks each lie on its first 12 blocks: v0 from 0 to 3, v1 from 3 to 6,
v2 from 6 to 9 and v3 from 9 to 12. Everybody lives in the middle of a block: those of v1 at
3.5, 4.5 and 5.5. The 13th block lies beyond the border and nobody lives there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from batu_geo.access.protected import protect
from batu_geo.domain.criteria import Criterion
from batu_geo.domain.tables import Buildings, Facilities, Villages
from batu_geo.planning.study import Study
from tests.toy import CORNER, CRS, STEP_M, WALKING, scenario, town

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batu_geo.domain.scenario import Scenario

STREET = "ABCDEFGHIJKLMN"
IDS = ("v0", "v1", "v2", "v3")
INPUTS = {
    table: {"path": f"{table}.csv", "sha256": f"{table} bytes", "evidence": evidence}
    for table, evidence in {
        "villages": "reported", "population": "reported", "facilities": "reported",
        "roads": "reported", "buildings": "estimated", "staffing": "inferred",
        "profiles": "inferred", "indicators": "estimated", "figures": "reported",
        "costs": "illustrative",
    }.items()
}  # fmt: skip


def study(
    units: Mapping[str, tuple[str | None, float]],
    buildings: Mapping[str, tuple[str, float]] | None = None,
    *,
    people: Sequence[int] = (30, 30, 30, 30),
    facilities: Mapping[str, tuple[str, float]] | None = None,
    inputs: Mapping[str, dict[str, str]] | None = None,
    **tables: Any,
) -> Study:
    """Return the street as a study.

    Parameters
    ----------
    units
        By id: the village each open UPKDK serves (None beyond the border), and its place.
    buildings
        By id: the village of each building of the city, and its place.
    people
        Of the four villages.
    facilities
        Of other kinds, by id: kind and place.
    inputs
        What is known of the files; by default of all of them.
    tables
        Any other part of `Study`: ``costs``, ``staffing``, ``homes`` ...; ``indicators`` are
        protected on the way in, as when a study is read.
    """
    rest: dict[str, Any] = dict.fromkeys(
        ("costs", "indicators", "staffing", "profiles", "figures")
    ) | {"homes": {}, "notices": ()}
    if isinstance(tables.get("indicators"), pd.DataFrame):
        tables["indicators"] = protect(villages(people), tables["indicators"])
    return Study(
        name="street",
        title="Street",
        crs=CRS,
        folder=Path(),
        villages=villages(people),
        facilities=_facilities(units, facilities or {}),
        buildings=_buildings(buildings or {}),
        roads=town(STREET, {STREET: "residential"}),
        inputs=dict(INPUTS if inputs is None else inputs),
        **(rest | tables),
    )


def villages(people: Sequence[int]) -> Villages:
    """Return the four villages: v0 and v1 in the district West, v2 and v3 in East."""
    west, north = CORNER
    blocks = [
        shapely.box(west + 300 * n, north - 100, west + 300 * (n + 1), north + 100)
        for n in range(4)
    ]
    return Villages(
        gpd.GeoDataFrame(
            {
                "village_id": list(IDS),
                "village_name": [f"Desa {name}" for name in IDS],
                "district_name": ["West", "West", "East", "East"],
                "population": list(people),
                "population_evidence": "reported",
                "area_km2": 0.06,
                "puskesmas": ["Barat", "Barat", "Puskesmas Timur", None],
            },
            geometry=blocks,
            crs=CRS,
        )
    )


def place(blocks: float) -> shapely.Point:
    """Return a place on the street."""
    return shapely.Point(CORNER[0] + STEP_M * blocks, CORNER[1])


def _facilities(
    units: Mapping[str, tuple[str | None, float]], others: Mapping[str, tuple[str, float]]
) -> Facilities:
    count = len(units) + len(others)
    return Facilities(
        gpd.GeoDataFrame(
            {
                "facility_id": pd.array([*units, *others], dtype="str"),
                "facility_name": pd.array([f"Unit {name}" for name in units]
                                          + [f"{kind} {name.split('-')[-1]}".title()
                                             for name, (kind, _) in others.items()], dtype="str"),
                "kind": ["UPKDK"] * len(units) + [kind for kind, _ in others.values()],
                "operator": ["city"] * count,
                "status": ["active"] * count,
                "closed_from": None,
                "closed_until": None,
                "emergency_unit": None,
                "evidence": "reported",
                "evidence_note": None,
                "village_id": pd.array([v for v, _ in units.values()] + [None] * len(others),
                                       dtype="str"),
            },
            geometry=[place(x) for _, x in (*units.values(), *others.values())],
            crs=CRS,
        )
    )  # fmt: skip


def _buildings(buildings: Mapping[str, tuple[str, float]]) -> Buildings:
    return Buildings(
        gpd.GeoDataFrame(
            {
                "building_id": pd.array(list(buildings), dtype="str"),
                "building_name": pd.array([f"Balai {name}" for name in buildings], dtype="str"),
                "owner": "city",
                "land_status": "local_government",
                "condition": "good",
                "floor_area_m2": 90.0,
                "rooms": 3,
                "present_use": "hall",
                "process_status": "none",
                "documents": None,
                "evidence": "estimated",
                "evidence_note": None,
                "village_id": pd.array([v for v, _ in buildings.values()], dtype="str"),
            },
            geometry=[place(x) for _, x in buildings.values()],
            crs=CRS,
        )
    )


def settings(thresholds: tuple[float, ...] = (2, 4), **update: Any) -> Scenario:
    """Return a scenario that walks, ranks by minutes up to 9 and has its headline at the first."""
    mode = WALKING.model_copy(update={"thresholds_minutes": thresholds})
    return scenario(mode).model_copy(update=update)


def criterion(name: str, worst_at: float, weight: float = 1.0, none_at: float = 0) -> Criterion:
    """Return one criterion of need."""
    return Criterion(name=name, weight=weight, none_at=none_at, worst_at=worst_at, reason="toy")


def roster(*rows: tuple[str, str, int, str | None, str | None, str | None]) -> pd.DataFrame:
    """Return staff: facility, profession, count, weekdays, start and end."""
    columns = ["facility_id", "profession", "count", "weekdays", "start", "end"]
    return pd.DataFrame(rows, columns=columns)
