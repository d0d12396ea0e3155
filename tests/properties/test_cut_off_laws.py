"""Laws of travel and need on random towns with islands, straits, one-way streets and no units.

Held fixed are points, people, barriers (water and motorways) and delays at junctions. Metres,
means of those who reach a unit, measures in which people compete for one, equity indices,
gains, ranks and plans do not obey the first law: docs/methods/travel_time.md says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from batu_geo.access.coverage import GROUPS, coverage, people_by_village
from batu_geo.access.equity import weighted_quantile
from batu_geo.domain.criteria import Criterion
from batu_geo.domain.travel import Closure
from batu_geo.network.graph import mode_graph
from batu_geo.network.roads import RoadNetwork
from batu_geo.network.travel_times import TravelTimes, travel_times
from batu_geo.siting.models.location import mclp, p_median
from batu_geo.siting.need.gaps import criterion_values, rank_gaps
from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
from tests.toy import CORNER, CRS, RIDING, STEP_M, WALKING, scenario

FEW_WORLDS, ALL_WORLDS = 80, 1_000
REFUSE_M = 80.0
THRESHOLD = 4.0
CLASSES = ("residential", "path", "primary", "motorway")
NEED = (
    Criterion(name="mean_minutes", weight=2, none_at=1, worst_at=9, reason="law"),
    Criterion(name="share_beyond_percent", weight=1, none_at=0, worst_at=100, reason="law"),
)


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
    mode: object


def streets(rng: np.random.Generator) -> RoadNetwork:
    """Return streets on two sides of a strait, sometimes with a bridge over it."""
    count = int(rng.integers(4, 16))
    xy = rng.uniform(0, 8, (count, 2))
    xy[:, 0] += np.where(rng.random(count) < 0.4, 6, 0)
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
    )  # fmt: skip


def world(seed: int) -> World:
    rng = np.random.default_rng(seed)
    roads = streets(rng)
    ground = np.flatnonzero(~roads.is_out_of_reach)
    edge = rng.choice(ground, 8) if len(ground) else np.zeros(0, int)
    on_street = shapely.line_interpolate_point(
        roads.lines(edge), rng.uniform(0, 1, len(edge)), normalized=True
    )
    homes = frame([*on_street, *scattered(rng, 4)], "h")
    homes["is_on_street"] = np.arange(len(homes)) < len(edge)
    homes["village_id"] = rng.choice(["a", "b"], len(homes))
    homes["population"] = rng.integers(1, 50, len(homes))
    ways = tuple(int(k) for k in rng.integers(1, roads.edge_count + 1, rng.integers(0, 2)))
    closures = (Closure(name="flood", ways=ways, source="law"),) if ways else ()
    return World(
        roads, homes.rename(columns={"place_id": "demand_id"}),
        frame(scattered(rng, int(rng.integers(0, 4))), "u"),
        frame(scattered(rng, int(rng.integers(1, 4))), "s"),
        closures, [WALKING, RIDING][seed % 2],
    )  # fmt: skip


def scattered(rng: np.random.Generator, count: int) -> list[shapely.Point]:
    xy = np.array(CORNER) + rng.uniform(0, 14, (count, 2)) * [STEP_M, -STEP_M * 8 / 14]
    return [shapely.Point(p) for p in xy]


def frame(points, letter: str) -> gpd.GeoDataFrame:
    ids = pd.Series([f"{letter}{n}" for n in range(len(points))], dtype="str")
    return gpd.GeoDataFrame({"place_id": ids}, geometry=list(points), crs=CRS)


def times(w: World, places: gpd.GeoDataFrame | None = None) -> TravelTimes:
    graph = mode_graph(w.roads, scenario(w.mode, closures=w.closures), mode="toy")
    target = w.units if places is None else places
    return travel_times(graph, origins=w.homes, destinations=target, refuse_m=REFUSE_M)


def covered(w: World, matrix: TravelTimes | None = None) -> pd.DataFrame:
    return coverage(matrix or times(w), w.homes, threshold_minutes=THRESHOLD)


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


def with_edge(roads: RoadNetwork, rng: np.random.Generator) -> RoadNetwork:
    """Return the roads with one street more between two of their nodes, not a motorway."""
    a, b = rng.choice(roads.node_count, 2, replace=False)
    line = roads.node_xy[[a, b]]
    return replace(
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
    )


def test_a_street_more_makes_nobody_worse_off(seeds: range) -> None:
    for seed in seeds:
        w = world(seed)
        more = replace(w, roads=with_edge(w.roads, np.random.default_rng([seed, 1])))
        assert_no_worse(covered(w), covered(more), seed)


def test_a_unit_more_makes_nobody_worse_off(seeds: range) -> None:
    for seed in seeds:
        w = world(seed)
        more = replace(w, units=pd.concat([w.units, w.sites.iloc[:1]], ignore_index=True))
        assert_no_worse(covered(w), covered(more), seed)


def test_a_street_closed_makes_nobody_better_off(seeds: range) -> None:
    """Nor does it turn anybody from unreachable into far from any road; who is lost is cut off."""
    for seed in seeds:
        w = world(seed)
        rng = np.random.default_rng([seed, 2])
        way = int(rng.integers(1, w.roads.edge_count + 1))
        modes = [(), ("toy",)][int(rng.integers(0, 2))]
        shut = Closure(name="shut", ways=(way,), modes=modes, source="law")
        before, after = covered(w), covered(replace(w, closures=(*w.closures, shut)))
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
        people = people_by_village(covered(w))
        assert people[list(GROUPS)].sum().sum() == w.homes["population"].sum(), seed


def test_two_copies_of_a_town_give_each_home_the_minutes_of_one(seeds: range) -> None:
    for seed in seeds:
        w = world(seed)
        one, both = covered(w), covered(twice(w))
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
                                  "maxspeed_kmh", "way_id", "structure")},
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


def problem(w: World, sites: gpd.GeoDataFrame, count: int | None) -> SitingProblem:
    return SitingProblem(
        minutes=times(w, sites).minutes,
        population=w.homes["population"].to_numpy(np.int64),
        site_ids=tuple(sites["place_id"]),
        village_ids=("a",) * len(sites),
        demand_ids=tuple(w.homes["demand_id"]),
        existing_minutes=times(w).minutes,
        existing_ids=tuple(w.units["place_id"]),
        rules=Rules(site_count=count),
    )


def best_of_all(w: World, minutes: np.ndarray, count: int) -> int:
    """Return the most people within the threshold over every choice of at most `count` sites."""
    from itertools import combinations

    today = times(w).minutes.min(axis=1, initial=np.inf)
    choices = [c for k in range(count + 1) for c in combinations(range(minutes.shape[1]), k)]
    people = w.homes["population"].to_numpy()
    reached = [np.minimum(today, minutes[:, list(c)].min(axis=1, initial=np.inf)) for c in choices]
    return max(int(people[best <= THRESHOLD].sum()) for best in reached)


def test_every_proof_holds_over_all_parts(seeds: range) -> None:
    """MCLP on islands, with no units and with closures: the proved optimum is the best of all."""
    for seed in seeds:
        w = world(seed)
        plan = mclp(problem(w, w.sites, 1), threshold_minutes=THRESHOLD)
        best = best_of_all(w, times(w, w.sites).minutes, 1)
        assert plan.status == "optimal", seed
        assert plan.objective == best, seed


def test_a_new_candidate_changes_nothing_of_today_and_worsens_no_optimum(seeds: range) -> None:
    for seed in seeds:
        w = world(seed)
        extra = frame(scattered(np.random.default_rng([seed, 3]), 1), "z")
        more = pd.concat([w.sites, extra], ignore_index=True)
        few, many = problem(w, w.sites, 1), problem(w, more, 1)
        assert np.array_equal(few.existing_minutes, many.existing_minutes), seed
        assert np.array_equal(few.minutes, many.minutes[:, : len(w.sites)]), seed
        kept = mclp(few, threshold_minutes=THRESHOLD).objective
        assert mclp(many, threshold_minutes=THRESHOLD).objective >= kept, seed
        old, new = p_median(few), p_median(many)
        assert (new.people_unreached, new.person_minutes) <= (
            old.people_unreached, old.person_minutes
        ), seed  # fmt: skip
