"""The road audit of a study: what the office that keeps the roads should look at, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from batu_geo.access.demand import demand_points
from batu_geo.access.units import units
from batu_geo.domain.village_of_points import village_rows
from batu_geo.network.graph import mode_graph
from batu_geo.network.road_audit import (
    crossings_without_node,
    ends_at_border,
    ends_near_streets,
    gaps_to_close,
    km_outside,
    parts_by_edge,
    parts_table,
    roads_across,
    streets_drawn_twice,
)
from batu_geo.network.snapping import join
from batu_geo.network.turning.rule_places import KINDS as RULES
from batu_geo.network.turning.rule_places import rule_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import Facilities, Villages
    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.network.snapping import Joins

# In the order of the report. A further kind is a name here, a table in `_tables` with the columns
# of `COLUMNS`, and words in the catalogue.
KINDS = (
    "gap",
    "part",
    "end_near_street",
    "crossing_without_vertex",
    "drawn_twice",
    "ends_at_border",
    *RULES,
)
COLUMNS = (
    "kind",
    "number",
    "part",
    "village_name",
    "street",
    "way_id",
    "other_street",
    "other_way_id",
    "metres",
    "people",
    "units",
    "tag",
    "use",
    "vehicles",
    "geometry",
)
NONE = -1


@dataclass(frozen=True, slots=True, eq=False)
class RoadFindings:
    """The road audit of a study for one mode.

    Attributes
    ----------
    mode
        The mode whose roads are meant: the headline mode of the scenario.
    rows
        One row a finding, by kind in the order of `KINDS`, those that concern most people
        first: the columns of `COLUMNS`, in the projection of the study. ``number`` counts
        from 1. A gap is the straight line across it, a part or a street drawn twice its
        lines, everything else a point. ``metres`` is the length of a part or a street, the
        width of a gap, how far an end is from the street or the border that it misses.
        ``people`` are those of the part, or those whose home joins a street that is named.
        ``tag``, ``use`` and ``vehicles`` say what is made of a rule, as in `rule_places`.
    places
        A point on each row, in the order of `rows`.
    counts
        By kind: ``n``, ``km`` (the sum of the metres) and ``people``, each person once; and
        as ``without_unit`` the parts that have people and no open unit.
    roads_across, km_outside
        Streets that go on beyond the border of the study, and their kilometres there.
    """

    mode: str
    rows: gpd.GeoDataFrame
    places: gpd.GeoSeries
    counts: pd.DataFrame
    roads_across: int
    km_outside: float

    def of_kind(self, kind: str) -> gpd.GeoDataFrame:
        """Return the rows of one kind."""
        return self.rows[self.rows["kind"] == kind]


def road_findings(
    villages: Villages, facilities: Facilities, roads: RoadNetwork, scenario: Scenario
) -> RoadFindings:
    """Audit the roads of a study as the headline mode of a scenario travels them.

    Parameters
    ----------
    villages, facilities, roads
        The tables of the study.
    scenario
        Its headline mode, closures, kinds of units, and along which streets people live.
    """
    mode = scenario.headline.mode
    graph, refuse_m = mode_graph(roads, scenario, mode=mode), scenario.snapping.refuse_m
    homes = demand_points(villages, roads, settings=scenario.demand)
    people = homes["population"].to_numpy(dtype=np.int64)
    serving = units(facilities, scenario.service, is_open=True)
    joins = join(graph, homes, refuse_m=refuse_m)[0]
    at_units = join(graph, serving, refuse_m=refuse_m)[0]
    parts = parts_table(graph, joins, people, at_units)
    area = shapely.union_all(villages.geometry.to_numpy())
    by_edge = _people_by_edge(joins, people, roads.edge_count)
    tables = _tables(graph, parts, area, by_edge, rule_places(roads, scenario))
    rows = gpd.GeoDataFrame(pd.concat(list(tables.values()), ignore_index=True), crs=roads.crs)
    places = gpd.GeoSeries(_places(rows, graph), crs=roads.crs)
    village = village_rows(villages, places.to_numpy())
    names = np.append(villages["village_name"].astype(object).to_numpy(), "")
    rows["village_name"] = names[village]
    rows["number"] = np.arange(1, len(rows) + 1)
    rows["street"] = _names(roads, rows["edge"])
    rows["other_street"] = _names(roads, rows["other_edge"])
    return RoadFindings(
        mode=mode,
        rows=rows[list(COLUMNS)],
        places=places,
        counts=_counts(rows, by_edge),
        roads_across=roads_across(roads, area),
        km_outside=km_outside(roads, area),
    )


def _people_by_edge(joins: Joins, people: NDArray[np.int64], edge_count: int) -> NDArray[np.int64]:
    """Return the people whose home has each edge as its nearest, int64 [m]."""
    nearest = joins.nearest_rows()
    found = np.bincount(
        joins.edge[nearest], weights=people[joins.point[nearest]], minlength=edge_count
    )
    return np.asarray(found, dtype=np.int64)


def _tables(
    graph: ModeGraph,
    parts: gpd.GeoDataFrame,
    area: shapely.Geometry,
    by_edge: NDArray[np.int64],
    rules: gpd.GeoDataFrame,
) -> dict[str, gpd.GeoDataFrame]:
    """Return the findings of each kind with the columns that its row has."""
    roads = graph.roads
    longest = _longest_edges(graph)
    of_parts = parts.assign(edge=longest[parts["part"]], metres=parts["km"] * 1000)
    gaps = gaps_to_close(parts)
    found = {
        "gap": gaps.assign(edge=longest[gaps["part"].astype("int64")]),
        "part": of_parts,
        "end_near_street": ends_near_streets(roads),
        "crossing_without_vertex": crossings_without_node(roads),
        "drawn_twice": streets_drawn_twice(roads),
        "ends_at_border": ends_at_border(roads, area),
        **{kind: rules[rules["kind"] == kind] for kind in RULES},
    }
    return {kind: _with_all_columns(found[kind], kind, roads, by_edge) for kind in KINDS}


def _longest_edges(graph: ModeGraph) -> NDArray[np.int64]:
    """Return the longest edge of each part, the first of several."""
    part = parts_by_edge(graph)
    order = np.lexsort((np.arange(len(part)), -graph.roads.length_m, part))
    order = order[part[order] >= 0]
    first = np.diff(part[order], prepend=NONE) != 0
    return np.asarray(order[first], dtype=np.int64)


def _with_all_columns(
    found: gpd.GeoDataFrame, kind: str, roads: RoadNetwork, by_edge: NDArray[np.int64]
) -> gpd.GeoDataFrame:
    """Return findings with every column, those that concern most people first."""
    edge = found["edge"].to_numpy(dtype=np.int64)
    given = found.get("other_edge")
    other = np.full(len(found), NONE) if given is None else given.to_numpy(dtype=np.int64)
    has_other = other >= 0
    people = by_edge[edge] + np.where(has_other & (other != edge), by_edge[other], 0)
    unknown = np.full(len(found), NONE)
    blank = pd.Series("", index=found.index, dtype="str")
    table = gpd.GeoDataFrame(
        {
            "kind": kind,
            "part": _known(found.get("part", unknown)),
            "edge": edge,
            "other_edge": other,
            "way_id": roads.way_id[edge],
            "other_way_id": _known(np.where(has_other, roads.way_id[other], NONE), has_other),
            "metres": found["metres"].to_numpy(dtype=np.float64),
            "people": np.asarray(found.get("people", people), dtype=np.int64),
            "units": _known(found.get("units", unknown)),
            **{name: found.get(name, blank).to_numpy() for name in ("tag", "use", "vehicles")},
        },
        geometry=found.geometry.to_numpy(),
        crs=roads.crs,
    )
    return table.sort_values("people", ascending=False, kind="stable", ignore_index=True)


def _known(values: object, is_known: NDArray[np.bool_] | None = None) -> pd.Series[int]:
    """Return whole numbers with what is not known (or below 0) as missing."""
    numbers = np.asarray(values, dtype=np.int64)
    known = numbers >= 0 if is_known is None else is_known
    return pd.Series(pd.array(numbers, dtype="Int64")).where(known)


def _places(rows: gpd.GeoDataFrame, graph: ModeGraph) -> NDArray[np.object_]:
    """Return a point on each row: the middle of its line, of a part that of its longest street."""
    shapes = rows.geometry.to_numpy().copy()
    is_part = (rows["kind"] == "part").to_numpy()
    shapes[is_part] = graph.roads.lines(rows["edge"].to_numpy()[is_part])
    is_line = shapely.get_dimensions(shapes) == 1
    shapes[is_line] = shapely.line_interpolate_point(shapes[is_line], 0.5, normalized=True)
    return np.asarray(shapes, dtype=object)


def _names(roads: RoadNetwork, edges: pd.Series[int]) -> NDArray[np.object_]:
    """Return the name of the street of each edge, empty where it has none."""
    names = np.array(roads.names, dtype=object)
    edge = edges.to_numpy(dtype=np.int64)
    return np.where(edge >= 0, names[roads.name[edge]], "")


def _counts(rows: gpd.GeoDataFrame, by_edge: NDArray[np.int64]) -> pd.DataFrame:
    """Return how many findings, kilometres and people each kind has, each person once."""
    is_lonely = rows["units"].eq(0).fillna(value=False) & (rows["people"] > 0)
    groups = {kind: rows[rows["kind"] == kind] for kind in KINDS}
    groups["without_unit"] = groups["part"][is_lonely[groups["part"].index]]
    return pd.DataFrame(
        [
            {
                "kind": kind,
                "n": len(group),
                "km": float(group["metres"].sum()) / 1000,
                "people": _people_of(group, by_edge),
            }
            for kind, group in groups.items()
        ]
    ).set_index("kind")


def _people_of(group: gpd.GeoDataFrame, by_edge: NDArray[np.int64]) -> int:
    """Return the people of parts and gaps, or those along the streets that are named."""
    if group["part"].notna().any():
        return int(group["people"].sum())
    named = np.unique(group[["edge", "other_edge"]].to_numpy(dtype=np.int64))
    return int(by_edge[named[named >= 0]].sum())
