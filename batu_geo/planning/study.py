"""The inputs of a study, checked: what every step of planning computes on."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Never

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from geopandas.array import from_shapely

from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.letterhead import Place
from batu_geo.domain.norms import HOME, norms_of
from batu_geo.domain.tables import Buildings, Facilities
from batu_geo.domain.village_of_points import OUTSIDE, village_rows
from batu_geo.network.new_roads import ENDS, with_new_roads

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from batu_geo.access.protected import Protected
    from batu_geo.domain.asking.answers import Answer
    from batu_geo.domain.norms import Norm
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.site_choice import FacilityChange, NewUnit
    from batu_geo.domain.tables import Villages
    from batu_geo.network.new_roads import Built
    from batu_geo.network.roads import RoadNetwork


@dataclass(frozen=True, slots=True, eq=False)
class PeoplePlaces:
    """Places with weights, to share the people of each village out over.

    Attributes
    ----------
    xy
        Metres, float64 [k, 2].
    village
        Row of the village each place belongs to, int64 [k].
    weight
        float64 [k], above 0.
    evidence
        What the placement is worth.
    use
        What each building is used for as its file says, object [k]; None for cells.
    """

    xy: NDArray[np.float64]
    village: NDArray[np.int64]
    weight: NDArray[np.float64]
    evidence: str
    use: NDArray[np.object_] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """Heights of the ground on an upright grid, for maps.

    Attributes
    ----------
    west, north
        The corner of the first cell, in metres of the projection of the study.
    cell_m
        The side of a cell.
    heights
        Metres, float64 [rows, columns] from the north, NaN where unknown.
    """

    west: float
    north: float
    cell_m: float
    heights: NDArray[np.float64]

    @property
    def middles(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where the middles of columns and of rows lie, in metres."""
        down, right = (self.cell_m * (np.arange(n) + 0.5) for n in self.heights.shape)
        return np.asarray(self.west + right), np.asarray(self.north - down)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Study:
    """Everything a run reads, checked.

    Attributes
    ----------
    name, title, crs
        From `study.toml`; every geometry is in this projection.
    folder
        Where the inputs stand.
    villages, facilities, buildings, roads
        The tables and the network.
    costs, indicators, staffing, profiles, figures
        What buildings would cost whom, what may be published of the programme figures by village
        (their counts are kept nowhere), who works where, what units offer, and figures the city
        reports; None where the study has none.
    homes
        Where people live by other sources than the streets: ``raster``, ``footprints``.
    inputs
        By table: what is known of the file, with its SHA-256.
    notices
        What the checks found worth saying; not errors.
    built
        The new roads of the scenario; None where it builds none.
    answers
        What an office has answered, cell by cell; the tables above have it already.
    place
        Vision, mission and strategies of the place, for covers and chapters.
    relief
        Heights of the ground; None where the study has no file of them.
    country
        The one it lies in; empty where it lies abroad and does not say.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> study.title, len(study.villages), int(study.villages["population"].sum())
    ('Kota Batu', 24, 225408)
    """

    name: str
    title: str
    crs: str
    folder: Path
    villages: Villages
    facilities: Facilities
    buildings: Buildings
    roads: RoadNetwork
    costs: pd.DataFrame | None
    indicators: Protected | None
    staffing: pd.DataFrame | None
    profiles: pd.DataFrame | None
    figures: pd.DataFrame | None
    homes: dict[str, PeoplePlaces]
    inputs: dict[str, dict[str, str]]
    notices: tuple[Problem, ...]
    built: Built | None = None
    answers: tuple[Answer, ...] = ()
    place: Place = field(default_factory=Place)
    relief: Relief | None = None
    country: str = HOME

    @property
    def norms(self) -> Mapping[str, Norm]:
        """The norms of its country and region, by their ids."""
        return norms_of(self.villages["village_id"], self.country)

    @property
    def hashes(self) -> dict[str, str]:
        """By table: SHA-256 of the file it was read from."""
        return {table: card["sha256"] for table, card in self.inputs.items()}

    def plot(self, *, ax: Any = None) -> Any:
        """Draw villages and facilities with matplotlib, and return the axes."""
        ax = self.villages.plot(ax=ax, color="#f2f2f2", edgecolor="#999999")
        return self.facilities.plot(ax=ax, column="kind", legend=True, markersize=18)

    def __repr__(self) -> str:
        """Return name, size and inputs in three lines."""
        people = int(self.villages["population"].sum())
        return (
            f"Study: {self.title} ({self.name}), {self.crs}\n"
            f"  {len(self.villages)} villages, {people:,} people, "
            f"{len(self.facilities)} facilities, {len(self.buildings)} buildings, {self.roads!r}\n"
            f"  inputs: {', '.join(sorted(self.inputs))}; {len(self.notices)} notices"
        )

    if not TYPE_CHECKING:  # mypy would take any attribute

        def __getattr__(self, name: str) -> Never:
            """Name the function that took the place of a method of version 0.1.0."""
            if name == "scenario":
                raise AttributeError(
                    "Study.scenario was removed after version 0.1.0: "
                    "use batu_geo.load_scenario(name, study=study)"
                )
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


def village_offices(study: Study) -> gpd.GeoDataFrame | None:
    """Return the village offices as points, or None where the study has none."""
    if not {"office_lon", "office_lat"} <= set(study.villages.columns):
        return None
    known = study.villages.dropna(subset=["office_lon", "office_lat"])
    points = gpd.points_from_xy(known["office_lon"], known["office_lat"], crs="EPSG:4326")
    return gpd.GeoDataFrame(
        {"village_id": known["village_id"].to_numpy()}, geometry=points.to_crs(study.crs)
    )


def as_changed(study: Study, scenario: Scenario, *, built: Built | None = None) -> Study:
    """Return the study with the facilities and the new roads of a scenario.

    A building in which a unit is opened is a facility then, and leaves the ledger.

    Parameters
    ----------
    study, scenario
        The inputs, and what is changed.
    built
        The new roads of the scenario on the roads of the study, if they were built before.

    Raises
    ------
    ScenarioError
        When a change names no facility (BG-306) or moves one out of all villages (BG-316); when a
        new unit is in no building of the ledger (BG-307), in no village, serves a village that
        is none (BG-304), or has the id of a facility (BG-320).
    """
    if scenario.new_roads:
        built = built or with_new_roads(study.roads, scenario.new_roads)
        remarks = _road_notices(built, scenario)
        study = replace(study, roads=built.roads, notices=(*study.notices, *remarks), built=built)
    for unit in scenario.new_units:
        study = _with_new_unit(study, unit, scenario)
    for change in scenario.facility_changes:
        study = _with_change(study, change, scenario.name)
    return study


def _road_notices(built: Built, scenario: Scenario) -> Iterator[Problem]:
    """Yield how long each new road is and what it costs, and which of its ends join nothing."""
    for road, metres in zip(scenario.new_roads, built.metres, strict=True):
        cost = "-" if road.cost_rupiah is None else float(road.cost_rupiah)
        values = {"name": road.name, "metres": float(round(metres)), "cost": cost}
        yield Problem("BG-842", scenario.name, values=values)
    for end in built.loose:
        far = float(round(end.metres)) if math.isfinite(end.metres) else "-"
        limit = min(r.join_m for r in scenario.new_roads if r.name == end.name)
        about = {
            "name": end.name,
            "end": 1 + ENDS.index(end.end),
            "metres": far,
            "limit": float(limit),
        }
        yield Problem("BG-843", scenario.name, values=about)


def _with_new_unit(study: Study, unit: NewUnit, scenario: Scenario) -> Study:
    """Return the study with one more facility; the building it is in leaves the ledger."""
    name, facilities = scenario.name, study.facilities
    if facilities["facility_id"].eq(unit.unit_id).any():
        raise ScenarioError(Problem("BG-320", name, values={"value": unit.unit_id}))
    ids = study.villages["village_id"]
    if unit.village_id and not ids.eq(unit.village_id).any():
        values = {"value": unit.village_id, "nearest": str(ids.min())}
        raise ScenarioError(Problem("BG-304", name, values=values))
    if unit.lon is not None and unit.lat is not None:
        place, row = _inside(study, unit.lon, unit.lat, name)
        called, village_id = unit.name or unit.unit_id, unit.village_id or str(ids.iloc[row])
    else:
        is_meant = study.buildings["building_id"].eq(unit.unit_id).to_numpy(dtype=bool)
        if not is_meant.any():
            raise ScenarioError(Problem("BG-307", name, values={"value": unit.unit_id}))
        building = study.buildings[is_meant].iloc[0]
        place, village_id = building.geometry, unit.village_id or building["village_id"]
        called = unit.name or str(building["building_name"])
        study = replace(study, buildings=Buildings(study.buildings[~is_meant]))
    row_of: dict[str, Any] = {
        "facility_id": unit.unit_id,
        "facility_name": called,
        "kind": scenario.service.kinds[0],
        "operator": "city",
        "status": scenario.service.open_statuses[0],
        "village_id": village_id,
        "position_evidence": unit.evidence,
        "evidence": unit.evidence,
        "evidence_note": unit.source,
    }
    row_of[str(facilities.geometry.name)] = place
    return replace(study, facilities=_with_row(facilities, row_of))


def _with_row(table: Facilities, row: dict[str, Any]) -> Facilities:
    """Return a table with one more row; columns that it does not name are missing there."""
    geometry = str(table.geometry.name)
    points = from_shapely(np.append(table.geometry.to_numpy(), row[geometry]), crs=table.crs)
    columns = {
        str(name): _with_value(table[name], row.get(str(name), pd.NA))
        if name != geometry else points for name in table.columns
    }  # fmt: skip
    return Facilities(gpd.GeoDataFrame(columns, geometry=geometry))


def _with_value(values: pd.Series[Any], value: Any) -> Any:
    """Return a column with one more value, of the same type."""
    kind = values.dtype
    if isinstance(kind, np.dtype):
        missing = np.nan if value is pd.NA else value
        longer = np.append(values.to_numpy(), np.array([missing], dtype=kind))
        return pd.Series(longer, dtype=kind)
    return values.array.insert(len(values), value)


@cache
def _from_degrees(crs: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)


def _inside(study: Study, lon: float, lat: float, name: str) -> tuple[shapely.Point, int]:
    """Return a place in the projection of the study, and the row of the village it is in."""
    place = shapely.Point(_from_degrees(str(study.crs)).transform(lon, lat))
    (row,) = village_rows(study.villages, np.array([place], dtype=object))
    if row == OUTSIDE:
        values = {"lon": str(lon), "lat": str(lat)}
        raise ScenarioError(Problem("BG-316", name, values=values))
    return place, int(row)


def _with_change(study: Study, change: FacilityChange, name: str) -> Study:
    facilities = study.facilities.copy()
    is_meant = facilities["facility_id"] == change.facility_id
    if not is_meant.any():
        values = {"key": "facility_changes", "value": change.facility_id}
        raise ScenarioError(Problem("BG-306", name, values=values))
    if change.status is not None:
        facilities.loc[is_meant, "status"] = change.status
        facilities.loc[is_meant, ["closed_from", "closed_until"]] = None
    if change.kind is not None:
        facilities.loc[is_meant, "kind"] = change.kind
    if change.lon is not None and change.lat is not None:
        place, _ = _inside(study, change.lon, change.lat, name)
        facilities.geometry = facilities.geometry.where(~is_meant, place)
    return replace(study, facilities=Facilities(facilities))
