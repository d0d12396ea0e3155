"""Minutes explained: the parts of a trip, which sum to its total exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely
from shapely.ops import substring

from batu_geo.network.impedance import MS_PER_MINUTE, impedance
from batu_geo.network.search import Seeds, Trees, arc_positions, search_trees
from batu_geo.network.snapping import Joins, along_one_edge, arrivals, departures, join

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.graph import ModeGraph

SHORTEST_M = 1e-3
PARTS = ("door", "road", "ferry", "slope", "crossing", "wait", "unit")


class Step(NamedTuple):
    """A stretch of one edge, travelled from one share of it to another."""

    layer: int
    edge: int
    start: float
    stop: float
    ms: float
    penalty_ms: float


class Part(NamedTuple):
    """A part of a trip; edge is -1 where no street is travelled."""

    part: str
    mode: str
    edge: int
    metres: float
    ms: float


@dataclass(frozen=True, slots=True, eq=False)
class Trip:
    """The trip from an origin to its nearest facility.

    Attributes
    ----------
    origin_id, destination_id
        From where and to where; the destination is None where there is no way.
    minutes, metres
        Of the whole trip; inf where there is no way.
    parts
        One row a part: ``part`` (one of `PARTS`), ``mode``, ``road_class``, ``name``, ``metres``,
        ``minutes`` and ``source``, the input behind it. Minutes of the rows sum to the
        minutes of the trip, metres to its metres.
    line
        The way along the streets.
    """

    origin_id: str
    destination_id: str | None
    minutes: float
    metres: float
    parts: pd.DataFrame
    line: shapely.LineString


def explain_trips(
    graph: ModeGraph,
    scenario: Scenario,
    *,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    refuse_m: float,
) -> list[Trip]:
    """Return for each origin its trip to the nearest destination, part by part.

    Parameters
    ----------
    graph, scenario
        The roads of one mode, and the scenario it was made from.
    origins, destinations
        Points in the projection of the roads; their ids are the first column.
    refuse_m
        Points farther than this from a road are not snapped.
    """
    here = join(graph, origins, refuse_m=refuse_m)
    there = join(graph, destinations, refuse_m=refuse_m)
    seeds = arrivals(graph, there)
    trees = search_trees(graph, seeds, is_joint=True)
    flat = [_flat_ms(graph, scenario, layer.mode) for layer in graph.layers]
    names = tuple(destinations.iloc[:, 0].astype(str))
    trips = []
    for row, origin_id in enumerate(origins.iloc[:, 0].astype(str)):
        own = tuple(joins.take(row, row + 1) for joins in here)
        start = _best_start(graph, own, there, trees)
        if start is None:
            nothing = _table([], graph, scenario)
            trips.append(Trip(origin_id, None, np.inf, np.inf, nothing, shapely.LineString()))
            continue
        steps, target = [start.step], start.target
        if start.state is not None:
            more, target = _followed(graph, trees, seeds, start.state)
            steps += more
        door = _door(own[start.step.layer], 0, start.step.edge)
        unit = _door(there[steps[-1].layer], target, steps[-1].edge)
        ids = (origin_id, names[target])
        trips.append(_trip(graph, scenario, flat, ids, steps, (door, unit)))
    return trips


class Door(NamedTuple):
    """Where a point joins an edge: how far along it, and the walk to it."""

    fraction: float
    metres: float
    ms: float
    is_own: bool


def _door(joins: Joins, point: int, edge: int) -> Door:
    row = int(np.flatnonzero((joins.point == point) & (joins.edge == edge))[0])
    return Door(
        fraction=float(joins.fraction[row]),
        metres=float(joins.distance_m[row]),
        ms=float(joins.walk_ms[row]),
        is_own=bool(joins.is_own[row]),
    )


def _flat_ms(graph: ModeGraph, scenario: Scenario, mode: str) -> NDArray[np.float64]:
    """Return what each edge would take without slopes."""
    settings = scenario.modes[mode].model_copy(update={"slope": "none"})
    ms = impedance(
        graph.roads,
        settings,
        speed_set=scenario.travel.speed_set,
        closures=scenario.closures_for(mode),
        ferry_wait_minutes=scenario.travel.ferry_wait_minutes,
    )
    return ms[:, ::-1] if scenario.travel.direction == "from_facility" else ms


class Start(NamedTuple):
    """How a trip begins: its first step, and the state it leads to or the facility it ends at."""

    step: Step
    state: int | None
    target: int


def _best_start(
    graph: ModeGraph, here: tuple[Joins, ...], there: tuple[Joins, ...], trees: Trees
) -> Start | None:
    """Return how the quickest trip of one origin begins, None where there is no way."""
    best_ms = np.inf
    best: Start | None = None
    for number, (layer, joins) in enumerate(zip(graph.layers, here, strict=True)):
        leave, states = departures(layer, joins)
        total = leave + trees.ms[0][states]
        if total.size and total.min() < best_ms:
            best_ms = float(total.min())
            row, side = (int(k) for k in np.unravel_index(total.argmin(), total.shape))
            own = float(leave[row, side] - joins.walk_ms[row] - layer.board_ms)
            edge, share = int(joins.edge[row]), float(joins.fraction[row])
            step = Step(number, edge, share, float(side), own, 0.0)
            best = Start(step, int(states[row, side]), -1)
        direct = along_one_edge(graph, layer, joins, there[number])
        if len(direct.ms) and direct.ms.min() < best_ms:
            best_ms, pair = float(direct.ms.min()), int(direct.ms.argmin())
            row, column = int(direct.here[pair]), int(direct.there[pair])
            walks = joins.walk_ms[row] + there[number].walk_ms[column]
            own = float(best_ms - walks - layer.board_ms)
            edge, share = int(joins.edge[row]), float(joins.fraction[row])
            step = Step(number, edge, share, float(there[number].fraction[column]), own, 0.0)
            best = Start(step, None, int(direct.destination[pair]))
    return best


def _followed(graph: ModeGraph, trees: Trees, seeds: Seeds, state: int) -> tuple[list[Step], int]:
    """Return the steps from a state to its facility, and the number of that facility."""
    following, states, steps = trees.following[0], graph.state_count, []
    while following[state] < states:
        target = int(following[state])
        position = int(arc_positions(graph, np.array([target]), np.array([state]))[0])
        arc, ms = int(graph.arc_edge[position]), float(graph.outward.data[position])
        layer = graph.layer_of(target)
        if arc < 0:
            steps.append(Step(layer, -1, 0.0, 0.0, ms, 0.0))
        else:
            own = float(graph.layers[layer].edge_ms[arc >> 1, arc & 1])
            side = float(arc & 1)
            steps.append(Step(layer, arc >> 1, side, 1 - side, own, ms - own))
        state = target
    source = int(following[state]) - states
    low = int(np.searchsorted(seeds.source * states + seeds.state, source * states + state))
    steps.append(_last_step(graph, seeds, low))
    return steps, source


def _last_step(graph: ModeGraph, seeds: Seeds, row: int) -> Step:
    """Return the step from the end of the facility's edge to the facility; its walk is no part."""
    arc, ms = int(seeds.arc[row]), float(seeds.ms[row])
    layer = graph.layer_of(int(seeds.state[row]))
    return Step(layer, arc >> 1, float(arc & 1), np.nan, ms, np.nan)


def _trip(
    graph: ModeGraph,
    scenario: Scenario,
    flat: list[NDArray[np.float64]],
    names: tuple[str, str],
    steps: list[Step],
    doors: tuple[Door, Door],
) -> Trip:
    door, unit = doors
    steps = [_completed(graph, step, unit) for step in steps]
    first, last = graph.layers[steps[0].layer], graph.layers[steps[-1].layer]
    parts = [Part("door", first.mode, -1, door.metres, door.ms)]
    parts.append(Part("wait", first.mode, -1, 0.0, first.board_ms))
    for number, step in enumerate(steps):
        parts += _parts_of(graph, step, flat, may_walk=door.is_own and not number)
    parts.append(Part("unit", last.mode, -1, unit.metres, unit.ms))
    return Trip(
        origin_id=names[0],
        destination_id=names[1],
        minutes=sum(part.ms for part in parts) / MS_PER_MINUTE,
        metres=sum(part.metres for part in parts),
        parts=_table([p for p in parts if p.ms or p.metres > SHORTEST_M], graph, scenario),
        line=_line(graph, steps),
    )


def _completed(graph: ModeGraph, step: Step, unit: Door) -> Step:
    """Fill in where the last step stops, and split its time into edge and penalty."""
    if not np.isnan(step.stop):
        return step
    side = int(step.start)
    share = abs(unit.fraction - step.start)
    edge_ms = graph.layers[step.layer].edge_ms[step.edge, side]
    own = float(np.rint(share * edge_ms)) if share else 0.0
    return step._replace(stop=unit.fraction, ms=own, penalty_ms=step.ms - own - unit.ms)


def _parts_of(
    graph: ModeGraph, step: Step, flat: list[NDArray[np.float64]], *, may_walk: bool
) -> Iterator[Part]:
    layer = graph.layers[step.layer]
    mode = layer.mode
    if step.edge < 0:
        yield Part("wait", mode, -1, 0.0, step.ms)
        return
    share = abs(step.stop - step.start)
    side = 0 if step.stop >= step.start else 1
    if may_walk and layer.local_ms[step.edge, side] < layer.edge_ms[step.edge, side]:
        # The own street is closed to the vehicle, or slower: it is walked.
        yield Part("door", mode, -1, float(share * graph.roads.length_m[step.edge]), step.ms)
        yield Part("crossing", mode, -1, 0.0, step.penalty_ms)
        return
    level = float(np.rint(share * flat[step.layer][step.edge, side])) if share else 0.0
    metres = float(share * graph.roads.length_m[step.edge])
    is_ferry = graph.roads.classes[graph.roads.road_class[step.edge]] == "ferry"
    yield Part("ferry" if is_ferry else "road", mode, step.edge, metres, level)
    yield Part("slope", mode, -1, 0.0, step.ms - level)
    yield Part("crossing", mode, -1, 0.0, step.penalty_ms)


def _table(parts: Sequence[Part], graph: ModeGraph, scenario: Scenario) -> pd.DataFrame:
    """Return the parts of a trip, each with its name."""
    roads, rows = graph.roads, []
    for part in parts:
        road_class = name = ""
        if part.edge >= 0:
            road_class = roads.classes[roads.road_class[part.edge]]
            name = roads.names[roads.name[part.edge]]
        minutes, source = part.ms / MS_PER_MINUTE, _source(part, road_class, graph, scenario)
        rows.append((part.part, part.mode, road_class, name, part.metres, minutes, source))
    columns = ["part", "mode", "road_class", "name", "metres", "minutes", "source"]
    return pd.DataFrame(rows, columns=columns)


def _source(part: Part, road_class: str, graph: ModeGraph, scenario: Scenario) -> str:
    """Return the input behind a part: a setting of the scenario, and a way of the roads."""
    base = f"modes.{part.mode}"
    if part.part == "road":
        way = graph.roads.way_id[part.edge]
        return f"roads way {way}; {base}.speeds_kmh.{road_class} ({scenario.travel.speed_set})"
    settings = {
        "ferry": "roads duration; travel.ferry_kmh, travel.ferry_wait_minutes",
        "door": f"{base}.door_speed_kmh",
        "unit": f"{base}.door_speed_kmh",
        "slope": f"elevation; {base}.slope",
        "crossing": f"{base}.crossing_s, turn_s",
        "wait": f"{base}.wait_minutes",
    }
    return settings[part.part]


def _line(graph: ModeGraph, steps: Sequence[Step]) -> shapely.LineString:
    """Return the streets of a trip as one line."""
    roads = graph.roads
    travelled = [step for step in steps if step.edge >= 0]
    lines = roads.lines(np.array([step.edge for step in travelled], dtype=np.intp))
    xy: list[tuple[float, ...]] = []
    for line, step in zip(lines, travelled, strict=True):
        part = substring(line, step.start, step.stop, normalized=True)
        xy += [c for c in part.coords if not xy or c != xy[-1]]
    return shapely.LineString(xy) if len(xy) > 1 else shapely.LineString()


def mean_parts(trips: Sequence[Trip], people: Sequence[int]) -> pd.DataFrame:
    """Return the parts of an average trip, weighted by people: they sum to the mean minutes.

    Columns: ``part``, ``road_class``, ``metres`` and ``minutes``. Trips without a way are
    left out; they are counted elsewhere.
    """
    known = [
        trip.parts.assign(weight=number)
        for trip, number in zip(trips, people, strict=True)
        if trip.destination_id is not None
    ]
    columns = ["part", "road_class", "metres", "minutes"]
    if not known:
        return pd.DataFrame(columns=columns)
    total = sum(
        number
        for trip, number in zip(trips, people, strict=True)
        if trip.destination_id is not None
    )
    parts = pd.concat(known, ignore_index=True)
    for name in ("metres", "minutes"):
        parts[name] = parts[name] * parts["weight"] / total
    grouped = parts.groupby(["part", "road_class"], sort=False)[["metres", "minutes"]].sum()
    table = grouped.reset_index()
    order = table["part"].map({name: number for number, name in enumerate(PARTS)})
    return table.iloc[np.lexsort((-table["minutes"], order))].reset_index(drop=True)[columns]
