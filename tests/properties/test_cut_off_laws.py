"""Laws of travel and need on random towns with islands, straits, one-way streets and no units.

Held fixed are points, people, barriers (water and motorways) and delays at junctions. Metres,
means of those who reach a unit, measures in which people compete for one, equity indices,
gains, ranks and plans do not obey the first law: docs/methods/travel_time.md says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from batu_geo.access.coverage import GROUPS, coverage, people_by_village
from batu_geo.access.equity import weighted_quantile
from batu_geo.domain.criteria import Criterion
from batu_geo.domain.travel import Closure, Mode
from batu_geo.network.graph import ModeGraph, mode_graph
from batu_geo.network.roads import RoadNetwork
from batu_geo.network.travel_times import TravelTimes, travel_times
from batu_geo.siting.models import capacitated, location
from batu_geo.siting.need.gaps import criterion_values, rank_gaps
from batu_geo.siting.problem.location_plan import Plan
from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
from tests.dense import minutes_of
from tests.siting.flows import left_over
from tests.siting.worlds import all_plans, brute_force
from tests.toy import CORNER, CRS, RIDING, STEP_M, WALKING, scenario

FEW_WORLDS, ALL_WORLDS = 40, 1_000
REFUSE_M = 80.0
THRESHOLD = 4.0
CLASSES = ("residential", "path", "primary", "motorway")
NEED = (
    Criterion(name="mean_minutes", weight=2, none_at=1, worst_at=9, reason="law"),
    Criterion(name="share_beyond_percent", weight=1, none_at=0, worst_at=100, reason="law"),
    Criterion(name="people_beyond", weight=1, none_at=0, worst_at=300, reason="law"),
)
MODES = (
    WALKING,
    RIDING,
    WALKING.model_copy(update={"slope": "tobler", "crossing_s": 7.0}),
    RIDING.model_copy(update={"turn_s": 9.0}),
    RIDING.model_copy(update={"turn_s": 9.0, "crossing_s": 7.0, "slope": "uphill",
                              "uphill_share_per_percent": 0.05}),
    WALKING.model_copy(update={"then": "ride", "wait_minutes": 0.5}),
)  # fmt: skip
THRESHOLDED = ("mclp", "lscp", "backup_coverage")
MODELS = (*THRESHOLDED, "p_median", "p_centre")
CAPACITATED = ("capacitated_mclp", "capacitated_p_median")
MINUTES_DIFFER = 1e-6

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seeds(request: pytest.FixtureRequest) -> range:
    """Return the towns of a law: all of them in CI, some in a run of all tests."""
    return range(ALL_WORLDS if request.config.getoption("--all-worlds") else FEW_WORLDS)


@dataclass(frozen=True)
class World:
    """Streets, homes with people in two villages, units and candidate buildings."""

    roads: RoadNetwork
    homes: gpd.GeoDataFrame
    units: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    closures: tuple[Closure, ...]
    mode: Mode
    direction: str


def streets(rng: np.random.Generator, *, on_grid: bool) -> RoadNetwork:
    """Return streets on two sides of a strait, sometimes with a bridge over it.

    Nodes on a grid give ways of equal length, and places of equal minutes.
    """
    xy = rng.uniform(0, 8, (int(rng.integers(4, 16)), 2))
    xy[:, 0] += np.where(rng.random(len(xy)) < 0.4, 6, 0)
    if on_grid:
        xy = np.unique(np.round(xy), axis=0)
    count = len(xy)
    west = xy[:, 0] < 7
    edges = [tuple(sorted(rng.choice(count, 2, replace=False))) for _ in range(count + 3)]
    has_bridge = rng.random() < 0.3
    kept = sorted({(a, b) for a, b in edges if has_bridge or west[a] == west[b]}) or [(0, 1)]
    return drawn(np.array(CORNER) + xy * STEP_M * [1, -1], np.array(kept), rng, west)


def drawn(xy, ends, rng, west) -> RoadNetwork:
    count = len(ends)
    closed = np.zeros((count, 2), np.uint8)
    rule = rng.integers(0, 9, count)
    closed[rule == 0, 1] = 6
    closed[rule == 1, 0] = 6
    closed[rule == 2] = 1  # closed to walkers
    closed[rule == 3] = 7  # closed to everybody
    strait = np.array([CORNER]) + np.array([[7, 1], [7, -9]]) * STEP_M
    return RoadNetwork(
        crs=CRS, node_xy=xy, edge_node=ends.astype(np.int32),
        length_m=np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T),
        road_class=rng.choice(4, count, p=[0.5, 0.25, 0.2, 0.05]).astype(np.int32),
        classes=CLASSES, surface=np.zeros(count, np.int32), surfaces=("",),
        name=np.zeros(count, np.int32), names=("",), closed=closed,
        maxspeed_kmh=np.full(count, np.nan), way_id=np.arange(1, count + 1),
        line_start=np.arange(0, 2 * count + 1, 2), line_xy=xy[ends.ravel()],
        structure=np.where(west[ends[:, 0]] != west[ends[:, 1]], 1, 0).astype(np.uint8),
        barrier_start=np.array([0, 2]), barrier_xy=strait, dropped={},
        line_z=rng.uniform(0, 40, len(xy))[ends.ravel()],
    )  # fmt: skip


@cache
def world(seed: int) -> World:
    """Return a town; every third on a grid, some with the building of a closed unit."""
    rng = np.random.default_rng(seed)
    on_grid = seed % 3 == 0
    roads = streets(rng, on_grid=on_grid)
    ground = np.flatnonzero(~roads.is_out_of_reach)
    edge = rng.choice(ground, 8) if len(ground) else np.zeros(0, int)
    on_street = shapely.line_interpolate_point(
        roads.lines(edge), rng.uniform(0, 1, len(edge)), normalized=True
    )
    homes = frame([*on_street, *scattered(rng, 4, on_grid=on_grid)], "h")
    homes["is_on_street"] = np.arange(len(homes)) < len(edge)
    homes["village_id"] = rng.choice(["a", "b"], len(homes))
    homes["population"] = rng.integers(1, 50, len(homes))
    ways = tuple(int(k) for k in rng.integers(1, roads.edge_count + 1, rng.integers(0, 2)))
    closures = (Closure(name="flood", ways=ways, source="law"),) if ways else ()
    return World(
        roads, homes.rename(columns={"place_id": "demand_id"}),
        frame(scattered(rng, int(rng.integers(0, 4)), on_grid=on_grid), "u"),
        frame(scattered(rng, int(rng.integers(1, 4)), on_grid=on_grid), "s"),
        closures, MODES[seed % len(MODES)],
        "to_facility" if seed % 4 else "from_facility",
    )  # fmt: skip


def scattered(
    rng: np.random.Generator, count: int, *, on_grid: bool = False
) -> list[shapely.Point]:
    steps = rng.uniform(0, 1, (count, 2)) * [14, 8]
    steps = np.round(steps) if on_grid else steps
    return [shapely.Point(p) for p in np.array(CORNER) + steps * [STEP_M, -STEP_M]]


def frame(points, letter: str) -> gpd.GeoDataFrame:
    ids = pd.Series([f"{letter}{n}" for n in range(len(points))], dtype="str")
    return gpd.GeoDataFrame({"place_id": ids}, geometry=list(points), crs=CRS)


def graph_of(w: World) -> ModeGraph:
    settings = scenario(w.mode, closures=w.closures, others={"ride": RIDING}, direction=w.direction)
    return mode_graph(w.roads, settings, mode="toy")


def times(w: World, places: gpd.GeoDataFrame | None = None) -> TravelTimes:
    graph = graph_of(w)
    target = w.units if places is None else places
    return travel_times(graph, origins=w.homes, destinations=target, refuse_m=REFUSE_M)


def covered(w: World) -> pd.DataFrame:
    return coverage(times(w), w.homes, threshold_minutes=THRESHOLD)


@cache
def today(seed: int) -> pd.DataFrame:
    return covered(world(seed))


def needs(table: pd.DataFrame) -> pd.Series:
    people = table.groupby("village_id")["population"].sum()
    villages = pd.DataFrame(
        {"village_id": people.index, "village_name": people.index, "district_name": "",
         "population": people.to_numpy()}
    )  # fmt: skip
    nothing = pd.DataFrame(index=pd.Index([], name="village_id"))
    values = criterion_values(villages, table, indicators=nothing, criteria=NEED)
    has_unit = pd.Series(data=False, index=people.index)
    ranked = rank_gaps(villages, values, has_unit=has_unit, criteria=NEED)
    return ranked.set_index("village_id")["score"].sort_index()


def assert_no_worse(before: pd.DataFrame, after: pd.DataFrame, seed: int) -> None:
    """Nobody is slower, fewer are beyond, the P90 is lower, no village needs more."""
    old, new = before["travel_time_min"], after["travel_time_min"]
    assert (new <= old).all(), seed
    assert not (before["group"].ne("not_snapped") & after["group"].eq("not_snapped")).any(), seed
    for limit in (1.0, THRESHOLD, 10.0):
        people = before["population"]
        assert people[new > limit].sum() <= people[old > limit].sum(), seed
    weights = before["population"].to_numpy(float)
    p90 = [
        weighted_quantile(t["travel_time_min"].to_numpy(), weights, 0.9) for t in (before, after)
    ]
    assert p90[1] <= p90[0], seed
    assert (needs(after) <= needs(before)).all(), seed


def where_a_street_may_begin(w: World) -> np.ndarray:
    """Return the nodes; where turns cost, without dead ends: there one may turn round today."""
    if not w.mode.turn_s:
        return np.arange(w.roads.node_count)
    is_open = graph_of(w).layers[0].is_open
    streets = np.bincount(w.roads.edge_node[is_open].ravel(), minlength=w.roads.node_count)
    return np.flatnonzero(streets != 1)


def with_edge(w: World, rng: np.random.Generator) -> tuple[RoadNetwork, RoadNetwork] | None:
    """Return the roads with one street more between two of their nodes, not a motorway.

    First closed to everybody, so that delays at junctions are those of the second, then open.
    None where no two nodes will do.
    """
    roads, nodes = w.roads, where_a_street_may_begin(w)
    if len(nodes) < 2:
        return None
    a, b = rng.choice(nodes, 2, replace=False)
    line = roads.node_xy[[a, b]]
    z = np.array([height_of(roads, a), height_of(roads, b)])
    more = replace(
        roads,
        edge_node=np.vstack([roads.edge_node, [[a, b]]]).astype(np.int32),
        length_m=np.append(roads.length_m, np.hypot(*(line[0] - line[1]))),
        road_class=np.append(roads.road_class, rng.integers(0, 3)).astype(np.int32),
        surface=np.append(roads.surface, 0).astype(np.int32),
        name=np.append(roads.name, 0).astype(np.int32),
        closed=np.vstack([roads.closed, [[0, 0]]]).astype(np.uint8),
        maxspeed_kmh=np.append(roads.maxspeed_kmh, np.nan),
        way_id=np.append(roads.way_id, roads.edge_count + 1),
        line_start=np.append(roads.line_start, 2 * roads.edge_count + 2),
        line_xy=np.vstack([roads.line_xy, line]),
        structure=np.append(roads.structure, rng.integers(0, 2)).astype(np.uint8),
        line_z=np.append(roads.line_z, z),
    )
    closed = more.closed.copy()
    closed[-1] = 7
    return replace(more, closed=closed), more


def height_of(roads: RoadNetwork, node: int) -> float:
    """Return the height of a node; 0 where no street comes to it."""
    edge, side = np.nonzero(roads.edge_node == node)
    return float(roads.line_z[2 * edge[0] + side[0]]) if len(edge) else 0.0


def test_a_street_more_makes_nobody_worse_off(seeds: range) -> None:
    """Delays at junctions and where one may turn round are held fixed; without, everything is."""
    tried = 0
    for seed in seeds:
        w = world(seed)
        both = with_edge(w, np.random.default_rng([seed, 1]))
        if both is None:
            continue
        closed, more = both
        after = covered(replace(w, roads=more))
        assert_no_worse(covered(replace(w, roads=closed)), after, seed)
        tried += 1
        if not w.mode.crossing_s:
            assert_no_worse(today(seed), after, seed)
    assert tried > 0.9 * len(seeds)


def test_a_unit_more_makes_nobody_worse_off(seeds: range) -> None:
    for seed in seeds:
        w = world(seed)
        more = replace(w, units=pd.concat([w.units, w.sites.iloc[:1]], ignore_index=True))
        before, after = today(seed), covered(more)
        assert_no_worse(before, after, seed)
        same = after["group"].isin(["unreachable", "not_snapped"])
        assert (before.loc[same, "group"] == after.loc[same, "group"]).all(), seed


def test_a_street_closed_makes_nobody_better_off(seeds: range) -> None:
    """Nor does it turn anybody from unreachable into far from any road; who is lost is cut off.

    In 87 the end of what is left of a street was a place to turn round, in 1618 a motorcycle
    started out of a closed street without the turn at its end.
    """
    for seed in (*seeds, 87, 1618):
        w = world(seed)
        rng = np.random.default_rng([seed, 2])
        way = int(rng.integers(1, w.roads.edge_count + 1))
        modes = [(), ("toy",)][int(rng.integers(0, 2))]
        shut = Closure(name="shut", ways=(way,), modes=modes, source="law")
        before, after = today(seed), covered(replace(w, closures=(*w.closures, shut)))
        assert_no_worse(after, before, seed)
        is_lost = before["is_reachable"] & ~after["is_reachable"]
        assert (after.loc[is_lost, "group"] == "cut_off").all(), seed
        same = before["group"].eq("unreachable")
        assert (after.loc[same, "group"] == "unreachable").all(), seed


def test_a_unit_at_a_home_serves_that_home(seeds: range) -> None:
    for seed in seeds:
        w = world(seed)
        row = seed % len(w.homes)
        there = frame([w.homes.geometry.iloc[row]], "x")
        table = covered(replace(w, units=pd.concat([w.units, there], ignore_index=True)))
        assert table["travel_time_min"].iloc[row] == 0, seed
        assert table["group"].iloc[row] == "served", seed


def test_the_groups_of_every_town_add_up(seeds: range) -> None:
    for seed in seeds:
        w = world(seed)
        people = people_by_village(today(seed))
        assert people[list(GROUPS)].sum().sum() == w.homes["population"].sum(), seed


def test_two_copies_of_a_town_give_each_home_the_minutes_of_one(seeds: range) -> None:
    for seed in seeds:
        w = world(seed)
        one, both = today(seed), covered(twice(w))
        half = len(one)
        for part in (both.iloc[:half], both.iloc[half:]):
            assert part["travel_time_min"].to_numpy() == pytest.approx(
                one["travel_time_min"].to_numpy(), abs=2e-4
            ), seed
            assert part["group"].tolist() == one["group"].tolist(), seed
        score, doubled = needs(one), needs(both)
        for name in ("a", "b"):
            if name in score:
                assert doubled[[name, f"{name}2"]].tolist() == pytest.approx(
                    [score[name]] * 2, abs=1e-4
                ), seed


def twice(w: World) -> World:
    """Return the town and a copy of it 100 km to the east, with villages of its own."""
    shift, r = np.array([100_000.0, 0.0]), w.roads

    def double(name: str) -> np.ndarray:
        return np.concatenate([getattr(r, name)] * 2)

    roads = replace(
        r,
        node_xy=np.vstack([r.node_xy, r.node_xy + shift]),
        edge_node=np.vstack([r.edge_node, r.edge_node + r.node_count]).astype(np.int32),
        **{n: double(n) for n in ("length_m", "road_class", "surface", "name", "closed",
                                  "maxspeed_kmh", "way_id", "structure", "line_z")},
        line_start=np.concatenate([r.line_start, r.line_start[1:] + r.line_start[-1]]),
        line_xy=np.vstack([r.line_xy, r.line_xy + shift]),
        barrier_start=np.concatenate([r.barrier_start, r.barrier_start[1:] + r.barrier_start[-1]]),
        barrier_xy=np.vstack([r.barrier_xy, r.barrier_xy + shift]),
    )  # fmt: skip

    def moved(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        name = points.columns[0]
        copy = points.assign(**{name: points[name] + "2"})
        if "village_id" in copy:
            copy["village_id"] = copy["village_id"] + "2"
        copy = copy.set_geometry(points.geometry.translate(*shift))
        return pd.concat([points, copy], ignore_index=True)

    return replace(w, roads=roads, homes=moved(w.homes), units=moved(w.units))


@cache
def problems(seed: int) -> tuple[SitingProblem, SitingProblem]:
    """Return where to open one or two of some sites, and the same with a candidate more.

    The building of a unit that closes is one of the sites.
    """
    w, rng = world(seed), np.random.default_rng([seed, 4])
    closed = w.units.iloc[len(w.units) - 1 :].assign(place_id="t")
    extra = frame(scattered(rng, 1), "z")
    sites = pd.concat([w.sites, closed, extra], ignore_index=True)
    minutes = minutes_of(times(w, pd.concat([w.units, sites], ignore_index=True)))
    units = len(w.units)
    room, room_today = rng.integers(0, 200, len(sites)), rng.integers(0, 200, units)
    rules = Rules(site_count=int(rng.integers(1, 3)), is_exact=bool(rng.random() < 0.5))

    def among(count: int) -> SitingProblem:
        return SitingProblem(
            minutes=minutes[:, units : units + count],
            population=w.homes["population"].to_numpy(np.int64),
            site_ids=tuple(sites["place_id"].iloc[:count]),
            village_ids=tuple("ab"[n % 2] for n in range(count)),
            existing_minutes=minutes[:, :units],
            existing_ids=tuple(w.units["place_id"]),
            capacity=room[:count],
            existing_capacity=room_today,
            rules=rules,
        )

    return among(len(sites) - 1), among(len(sites))


def solved(p: SitingProblem, model: str) -> Plan:
    module = capacitated if model in CAPACITATED else location
    limits = {"threshold_minutes": THRESHOLD} if model in (*THRESHOLDED, CAPACITATED[0]) else {}
    return getattr(module, model)(p, **limits)


@pytest.mark.parametrize("model", MODELS)
def test_every_proof_holds_over_all_parts(seeds: range, model: str) -> None:
    """On islands, with no units, closed units and closures: the optimum is the best of all."""
    for seed in seeds:
        p, _ = problems(seed)
        plan, want = solved(p, model), brute_force(p, model, THRESHOLD)
        if want is None:
            assert (plan.status, plan.objective) == ("infeasible", None), seed
            continue
        assert plan.status == "optimal", seed
        assert plan.objective == pytest.approx(want[0], abs=MINUTES_DIFFER), seed
        if model in ("p_median", "p_centre"):
            lost = [np.isinf(reached(p, choice)) for choice in all_plans(p)]
            assert plan.people_unreached == min(int(p.population[f].sum()) for f in lost), seed


def reached(p: SitingProblem, plan: tuple[int, ...]) -> np.ndarray:
    """Return the minutes of each home to the nearest unit of today and of a plan."""
    today = p.units.dense().min(axis=1, initial=np.inf)
    return np.minimum(today, p.minutes.dense()[:, list(plan)].min(axis=1, initial=np.inf))


@pytest.mark.parametrize("model", CAPACITATED)
def test_every_proof_within_capacities_holds_over_all_parts(seeds: range, model: str) -> None:
    limit = THRESHOLD if model == "capacitated_mclp" else np.inf
    for seed in seeds:
        p, _ = problems(seed)
        plan = solved(p, model)
        every = [left_over(p, choice, limit, a_minute=60_000) for choice in all_plans(p)]
        if not every:
            assert plan.status == "infeasible", seed
            continue
        left, ms = min(every)
        assert plan.status == "optimal", seed
        assert plan.people_unreached == left, seed
        if model == "capacitated_mclp":
            assert plan.objective == p.population.sum() - left, seed
        else:
            assert plan.objective == pytest.approx(ms / 60_000, abs=MINUTES_DIFFER), seed


def test_one_unit_in_each_village_is_proved_over_all_parts(seeds: range) -> None:
    for seed in seeds:
        p, _ = problems(seed)
        villages = tuple(sorted(set(p.village_ids)))
        plan = location.one_per_village(p, village_ids=villages)
        few = [c for c in combinations(range(len(p.site_ids)), len(villages))
               if {p.village_ids[n] for n in c} == set(villages)]  # fmt: skip
        keys = []
        for choice in few:
            minutes = reached(p, choice)
            is_lost = np.isinf(minutes)
            total = (p.population[~is_lost] * minutes[~is_lost]).sum()
            keys.append((int(p.population[is_lost].sum()), float(total)))
        assert plan.status == "optimal", seed
        assert plan.people_unreached == min(keys)[0], seed
        assert plan.objective == pytest.approx(min(keys)[1], abs=MINUTES_DIFFER), seed


@pytest.mark.parametrize("model", [*MODELS, *CAPACITATED])
def test_a_new_candidate_worsens_no_optimum(seeds: range, model: str) -> None:
    for seed in seeds:
        few, more = problems(seed)
        assert worth(solved(more, model)) <= worth(solved(few, model)), seed


def test_the_minutes_of_today_and_of_a_site_do_not_depend_on_the_candidates(seeds: range) -> None:
    for seed in seeds:
        w, (few, more) = world(seed), problems(seed)
        assert np.array_equal(minutes_of(times(w)), more.units.dense()), seed
        assert np.array_equal(
            minutes_of(times(w, w.sites)), few.minutes.dense()[:, : len(w.sites)]
        ), seed


def worth(plan: Plan) -> tuple[float, ...]:
    """Return a key by which a better plan of a model comes first; no plan comes last."""
    if plan.objective is None:
        return (np.inf,)
    if plan.model in ("mclp", "backup_coverage", "capacitated_mclp"):
        return (-plan.objective,)
    lost = 0 if plan.model == "lscp" else plan.people_unreached
    return (lost, round(plan.objective, 6))
