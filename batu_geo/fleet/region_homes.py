"""What a region brings to the joint run: its people, units and buildings, and the streets near.

It is made of the region alone, of the roads around it and of the outlines beside it, so that
regions are read side by side.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from batu_geo.domain.tables import Buildings, Villages
from batu_geo.domain.village_of_points import OUTSIDE, village_rows
from batu_geo.fleet.joint_study import joint_study
from batu_geo.network.halo.window import window
from batu_geo.network.nearest_edge import AT_NODE_M, EdgeIndex, Near, points_xy
from batu_geo.planning.homes import homes
from batu_geo.planning.situation import has_unit, situation_before_graphs, unit_points
from batu_geo.planning.study import as_changed
from batu_geo.planning.study_indicators import indicators_by_village
from batu_geo.siting.buildings.candidates import candidate_sites, with_upgrades

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.planning.situation import Situation
    from batu_geo.planning.study import Study

Arrays = dict[str, NDArray[Any]]
VILLAGE_TEXTS = ("village_id", "village_name", "district_name")
OFFICE = ("office_lon", "office_lat", "office_elevation_m")
# How far beyond its walks to the road a region looks: carriageways of one street lie nearer.
BESIDE_M = 100.0
NEAR = Near._fields


def region_homes(
    study: Study, roads: RoadNetwork, scenario: Scenario, *,
    edge_boxes: NDArray[np.float64] | None = None, before: NDArray[np.object_] | None = None,
) -> Arrays:  # fmt: skip
    """Return the villages, demand points, units and buildings of a region as plain arrays.

    Parameters
    ----------
    study
        Of the region.
    roads, edge_boxes
        Of all regions, from `with_window_facts`, and the box of each edge where it is known.
    scenario
        The settings of all regions.
    before
        Outlines of villages that come before: a street in one of them houses its people alone.
    """
    own = joint_study({study.name: study}, roads)
    refuse_m = scenario.snapping.refuse_m
    near = window(roads, _box(own, refuse_m + BESIDE_M), edge_boxes)
    own, scenario = _changed(replace(own, roads=near.roads), scenario)
    demand = homes(_beside(own, scenario, before), scenario).demand
    situation = situation_before_graphs(own, scenario, demand=demand)
    row = pd.Index(own.villages["village_id"]).get_indexer(pd.Index(demand["village_id"]))
    index, every = EdgeIndex(near.roads), np.ones(near.roads.edge_count, bool)
    ledger = with_upgrades(own.buildings, own.facilities, scenario.candidates.upgrade_kinds)
    points = {"home": demand, "unit": unit_points(situation), "site": ledger}
    xy = {name: points_xy(table, roads.crs).reshape(-1, 2) for name, table in points.items()}
    on_street = {n: np.zeros(len(places), bool) for n, places in xy.items()}
    on_street["home"] = demand["is_on_street"].to_numpy(dtype=bool)
    arrays = _villages(study, situation) | _units(own, situation) | _sites(ledger, situation)
    for name, places in xy.items():
        arrays |= {f"{name}_xy": places, f"{name}_on_street": on_street[name]}
        for where, chosen, limit_m in walks(on_street[name], refuse_m):
            found = index.within(places[chosen], limit_m, every)
            arrays |= {
                f"{name}_{where}/{n}": a for n, a in zip(NEAR, near.in_all(found), strict=True)
            }
    return arrays | {
        "home_row": row.astype(np.int32),
        "home_people": demand["population"].to_numpy(dtype=np.int64),
        "has_roster": np.array([study.staffing is not None]),
        "facility_id": study.facilities["facility_id"].to_numpy(dtype=str),
        "building_id": study.buildings["building_id"].to_numpy(dtype=str),
        "changed": np.array([*(u.unit_id for u in scenario.new_units),
                             *(c.facility_id for c in scenario.facility_changes)], dtype=str),
    }  # fmt: skip


def _box(study: Study, beyond_m: float) -> NDArray[np.float64]:
    """Return the west, south, east and north of all tables, and so much beyond."""
    tables = (study.villages, study.facilities, study.buildings)
    boxes = np.array([table.total_bounds for table in tables])
    low, high = np.nanmin(boxes[:, :2], axis=0), np.nanmax(boxes[:, 2:], axis=0)
    return np.concatenate([low - beyond_m, high + beyond_m])


def walks(
    on_street: NDArray[np.bool_], refuse_m: float
) -> tuple[tuple[str, NDArray[np.bool_], float], ...]:
    """Return how points look for a road: those on a street along it, others as far as they walk."""
    return ("street", on_street, AT_NODE_M), ("beside", ~on_street, refuse_m)


def offices_of(villages: Villages) -> NDArray[np.float64]:
    """Return longitude, latitude and height of the offices of villages that know all three."""
    if not set(OFFICE) <= set(villages.columns):
        return np.zeros((0, len(OFFICE)))
    known = pd.DataFrame(villages)[list(OFFICE)].dropna()
    return np.asarray(known, dtype=float)


def _changed(study: Study, scenario: Scenario) -> tuple[Study, Scenario]:
    """Return the study with the changes of a scenario that are of its region, and these alone."""
    lonlat = np.array([(u.lon, u.lat) for u in scenario.new_units if u.lon is not None])
    x, y = lonlat.reshape(-1, 2).T
    places = gpd.GeoSeries(gpd.points_from_xy(x, y, crs="EPSG:4326")).to_crs(study.crs)
    inside = iter(village_rows(study.villages, places.to_numpy(dtype=object)) != OUTSIDE)
    known = {*study.facilities["facility_id"], *study.buildings["building_id"]}
    units = tuple(u for u in scenario.new_units
                  if (u.unit_id in known if u.lon is None else next(inside)))  # fmt: skip
    known |= {unit.unit_id for unit in units}
    changes = tuple(c for c in scenario.facility_changes if c.facility_id in known)
    # The roads of all are changed already.
    own = scenario.model_copy(
        update={"new_units": units, "facility_changes": changes, "new_roads": ()}
    )
    return as_changed(study, own), own


def _beside(study: Study, scenario: Scenario, before: NDArray[np.object_] | None) -> Study:
    """Return the study with villages before its own, in which none of its people live."""
    if before is None or not len(before) or scenario.demand.by != "streets":
        return study
    others = gpd.GeoDataFrame(
        {"village_id": pd.array([f"~{n}" for n in range(len(before))], dtype="str"),
         "population": np.zeros(len(before), np.int64)},
        geometry=before, crs=study.crs,
    )  # fmt: skip
    both = pd.concat([others, study.villages[["village_id", "population", "geometry"]]])
    return replace(study, villages=Villages(gpd.GeoDataFrame(both.reset_index(drop=True),
                                                             crs=study.crs)))  # fmt: skip


def _villages(study: Study, situation: Situation) -> Arrays:
    """Return the villages of a region with their people, outlines and figures."""
    villages = situation.villages
    texts = {name: villages[name].fillna("").to_numpy(dtype=str) for name in VILLAGE_TEXTS}
    figures = indicators_by_village(study).reindex(villages["village_id"])
    return {
        **texts,
        "population": villages["population"].to_numpy(dtype=np.int64),
        "has_unit": has_unit(situation).to_numpy(dtype=bool),
        **outline_arrays(villages.geometry.to_numpy()),
        **{f"figure/{name}": figures[name].to_numpy(float, na_value=np.nan)
           for name in figures if figures[name].notna().any()},
    }  # fmt: skip


def outline_arrays(shapes: NDArray[np.object_]) -> Arrays:
    """Return outlines as arrays, which `outlines_of_arrays` reads."""
    outlines = shapely.to_wkb(shapes)
    return {
        "outline_size": np.array([len(outline) for outline in outlines], np.int64),
        "outline": np.frombuffer(b"".join(outlines), np.uint8),
    }


def outlines_of_arrays(arrays: Mapping[str, NDArray[Any]]) -> NDArray[np.object_]:
    """Return the outlines of `outline_arrays`.

    >>> box = shapely.box(0, 0, 1, 2)
    >>> outlines_of_arrays(outline_arrays(np.array([box, box])))[1].area
    2.0
    """
    ends, content = np.cumsum(arrays["outline_size"]), arrays["outline"].tobytes()
    starts = ends - arrays["outline_size"]
    parts = [content[a:b] for a, b in zip(starts, ends, strict=True)]
    return np.asarray(shapely.from_wkb(parts), dtype=object)


def _units(study: Study, situation: Situation) -> Arrays:
    """Return the open units, and what each offers where the region has a roster."""
    ids = list(situation.units)
    found: Arrays = {"unit_id": np.array(ids, dtype=str)}
    if study.staffing is not None:
        counted = study.staffing["profession"].isin(situation.scenario.access.professions)
        totals = study.staffing[counted].groupby("facility_id")["count"].sum()
        found["unit_supply"] = np.asarray(totals.reindex(ids).fillna(0), dtype=float)
    return found


def _sites(ledger: gpd.GeoDataFrame, situation: Situation) -> Arrays:
    """Return the buildings, each with its state where it joins a road, and where it does not."""
    rules, of_unit = situation.scenario.candidates, has_unit(situation)
    gaps = pd.DataFrame({"village_id": of_unit.index[~of_unit]})
    off_road: tuple[frozenset[str], ...] = (frozenset(), frozenset(ledger["building_id"]))
    both = [candidate_sites(Buildings(ledger), gaps, rules=rules, off_road=ids) for ids in off_road]
    return {
        "site_id": both[0]["site_id"].to_numpy(dtype=str),
        "site_village": both[0]["village_id"].fillna("").to_numpy(dtype=str),
        "site_action": both[0]["action"].to_numpy(dtype=str),
        "site_states": np.column_stack([s["building_state"].to_numpy(np.int64) for s in both]),
    }
