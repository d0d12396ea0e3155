"""Where every point of a study joins the roads, and which roads lead to no unit.

Points are homes, units, buildings, hospitals and offices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.network.road_audit import parts_by_edge
from batu_geo.network.search import search
from batu_geo.network.snapping import arrivals, join
from batu_geo.planning.once import once_for_each
from batu_geo.planning.situation import unit_points
from batu_geo.planning.study import village_offices
from batu_geo.siting.buildings.candidates import with_upgrades

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.snapping import Joins
    from batu_geo.planning.situation import Situation
    from batu_geo.planning.study import Study

COLUMNS = (
    "role",
    "point_id",
    "village_id",
    "people",
    "metres_to_road",
    "way_id",
    "edges_within",
    "parts",
    "state",
)
PUSKESMAS = "PUSKESMAS"


def join_table(study: Study, situation: Situation) -> pd.DataFrame:
    """Return how each point of each role joins the roads of the headline mode.

    Returns
    -------
    pandas.DataFrame
        ``role`` (``home``, ``unit``, ``building``, ``puskesmas``, ``hospital``,
        ``village_office``), ``point_id``, ``village_id``, ``people`` (of homes, which are one row a
        village and state), ``metres_to_road``, the nearest edge that may be joined (of homes the
        farthest; inf where there is none), that edge's ``way_id``, ``edges_within`` (how many
        may be joined), ``parts`` of the roads they belong to, and ``state``: ``joined`` or
        ``far``.
    """
    mode = situation.scenario.headline.mode
    graph = situation.graphs[mode]
    part, refuse_m = parts_by_edge(graph), situation.scenario.snapping.refuse_m
    tables = [
        _homes(situation, _rows(graph, part, situation.demand, situation.joined[mode].joins[0]))
    ]
    for role, places in _places(study, situation):
        joins = join(graph, places, refuse_m=refuse_m)[0]
        rows = _rows(graph, part, places, joins)
        tables.append(rows.assign(role=role, people=pd.array([pd.NA] * len(rows), dtype="Int64")))
    return pd.concat(tables, ignore_index=True)[list(COLUMNS)]


def far_from_roads(joins: pd.DataFrame, role: str) -> frozenset[str]:
    """Return the ids of the points of a role that join no road; columns as from `join_table`."""
    is_far = joins["role"].eq(role) & joins["state"].eq("far")
    return frozenset(joins.loc[is_far, "point_id"].astype("str"))


def _places(study: Study, situation: Situation) -> Iterator[tuple[str, gpd.GeoDataFrame]]:
    """Yield every role but homes with its points: an id, then the village where it is known."""
    units = unit_points(situation)
    units["village_id"] = [situation.units[name].village_id for name in units["facility_id"]]
    yield "unit", units
    rules = situation.scenario.candidates
    ledger = with_upgrades(study.buildings, study.facilities, rules.upgrade_kinds)
    yield "building", ledger[["building_id", "village_id", "geometry"]]
    kinds = study.facilities["kind"]
    for role, is_of_role in (
        ("puskesmas", kinds == PUSKESMAS),
        ("hospital", kinds.isin(situation.scenario.referral.hospital_kinds)),
    ):
        facilities = study.facilities[["facility_id", "village_id", "geometry"]]
        yield role, facilities[is_of_role].reset_index(drop=True)
    offices = village_offices(study)
    if offices is not None:
        ids = offices["village_id"]
        yield (
            "village_office",
            offices.assign(office_id=ids)[["office_id", "village_id", "geometry"]],
        )


def _rows(
    graph: ModeGraph, part: NDArray[np.int64], points: gpd.GeoDataFrame, joins: Joins
) -> pd.DataFrame:
    """Return one row a point, without its role."""
    nearest = joins.nearest_rows()
    way = pd.array([pd.NA] * joins.count, dtype="Int64")
    way[joins.point[nearest]] = graph.roads.way_id[joins.edge[nearest]]
    return pd.DataFrame(
        {
            "point_id": points.iloc[:, 0].astype("str").to_numpy(),
            "village_id": points["village_id"].to_numpy(),
            "metres_to_road": joins.nearest_m,
            "way_id": way,
            "edges_within": np.bincount(joins.point, minlength=joins.count),
            "parts": _parts(joins, part),
            "state": np.where(joins.is_snapped, "joined", "far"),
        }
    )


def _parts(joins: Joins, part: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return the parts of the roads that each point joins, as text, [points]."""
    of_join = part[joins.edge]
    known = np.unique(np.column_stack([joins.point, of_join])[of_join >= 0], axis=0)
    numbers, place = np.unique(known[:, 1], return_inverse=True)
    names = np.array([f"P{n}" for n in numbers.tolist()], dtype=object)[place]
    first = np.searchsorted(known[:, 0], np.arange(joins.count + 1))
    size = np.diff(first)
    texts = np.full(joins.count, "", dtype=object)
    texts[size > 0] = names[first[:-1][size > 0]]
    for point in np.flatnonzero(size > 1):
        texts[point] = " ".join(names[first[point] : first[point + 1]])
    return texts


def _homes(situation: Situation, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the demand points as one row a village and state, by the farthest of them."""
    people = situation.demand["population"].to_numpy(dtype=np.int64)
    rows = rows.assign(role="home", people=people).sort_values("metres_to_road", kind="stable")
    keys = ["village_id", "state"]
    farthest = rows.groupby(keys, sort=True).last()
    farthest["people"] = rows.groupby(keys, sort=True)["people"].sum().astype("Int64")
    return farthest.reset_index()


@once_for_each
def edges_without_way(situation: Situation) -> dict[str, NDArray[np.bool_]]:
    """Return by mode the edges open to it from which no open unit can be reached, bool [m]."""
    return {
        mode: graph.layers[0].is_open & ~_leads_to_units(situation, graph)
        for mode, graph in situation.graphs.items()
    }


@once_for_each
def edges_cut_off(situation: Situation) -> dict[str, NDArray[np.bool_]]:
    """Return by mode those of `edges_without_way` that a closure of the scenario cuts off."""
    return {
        mode: np.zeros_like(lost)
        if (graph := situation.graphs[mode].without_closures) is None
        else lost & _leads_to_units(situation, graph)
        for mode, lost in edges_without_way(situation).items()
    }


def _leads_to_units(situation: Situation, graph: ModeGraph) -> NDArray[np.bool_]:
    """Return the edges from an end of which an open unit can be reached, bool [m]."""
    units, refuse_m = unit_points(situation), situation.scenario.snapping.refuse_m
    seeds = arrivals(graph, join(graph, units, refuse_m=refuse_m))
    ms = search(graph, seeds, is_joint=True)[0]
    return np.asarray(np.isfinite(ms[graph.layers[0].end_state]).any(axis=1))
