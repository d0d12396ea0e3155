"""Laws of travel time, coverage and catchments over random worlds, and laws that do not hold."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from batu_geo.access.coverage import coverage, people_by_village
from batu_geo.network.catchment import catchments
from batu_geo.network.graph import ModeGraph
from batu_geo.network.nearest_edge import points_xy
from batu_geo.network.search import search
from batu_geo.network.snapping import arrivals, join, snap
from batu_geo.network.travel_times import TravelTimes, matrix_times, travel_times
from tests.dense import minutes_of
from tests.how_many import few
from tests.toy import RIDING, WALKING, at, demand, graph
from tests.worlds import random_roads

pytestmark = pytest.mark.slow

SEEDS = st.integers(0, 2**32 - 1)
MANY = settings(max_examples=few(200), deadline=None)
DOOR_M = 300.0


def world(seed: int, mode=WALKING, **settings_):
    rng = np.random.default_rng(seed)
    roads = random_roads(rng)
    homes = at(*rng.uniform(0, 10, (10, 2)).tolist())
    units = at(*rng.uniform(0, 10, (int(rng.integers(1, 5)), 2)).tolist())
    return rng, graph(roads, mode, **settings_), homes, units


def times(net, homes, units) -> TravelTimes:
    return travel_times(net, origins=homes, destinations=units, refuse_m=DOOR_M)


def to_networkx(net: ModeGraph) -> nx.MultiDiGraph:
    """Return the arcs a traveller follows, as networkx knows them."""
    found = nx.MultiDiGraph()
    found.add_nodes_from(range(net.roads.node_count))
    for (a, b), (along, against) in zip(
        net.roads.edge_node.tolist(), net.layers[0].edge_ms.tolist(), strict=True
    ):
        if np.isfinite(along):
            found.add_edge(a, b, ms=along)
        if np.isfinite(against):
            found.add_edge(b, a, ms=against)
    return found


@MANY
@given(SEEDS)
def test_1_the_nearest_time_is_the_least_and_equals_one_joint_search(seed: int) -> None:
    _, net, homes, units = world(seed, RIDING)
    matrix = times(net, homes, units)
    seeds = arrivals(net, snap(net, points_xy(units, net.roads.crs), refuse_m=DOOR_M))
    apart, joint = search(net, seeds, is_joint=False), search(net, seeds, is_joint=True)
    assert np.array_equal(apart.min(axis=0, initial=np.inf), joint[0])
    assert np.array_equal(matrix.best(), minutes_of(matrix).min(axis=1, initial=np.inf))


@MANY
@given(SEEDS)
def test_2_another_unit_never_raises_a_time_nor_lowers_coverage(seed: int) -> None:
    _, net, homes, units = world(seed, RIDING)
    fewer = times(net, homes, units.iloc[:-1])
    more = times(net, homes, units)
    assert (more.best() <= fewer.best()).all()
    for limit in (0, 1, 2.5, 5, 1e9):
        assert (more.best() <= limit).sum() >= (fewer.best() <= limit).sum()


@MANY
@given(SEEDS)
def test_3_and_4_coverage_rises_with_the_threshold_and_groups_add_up(seed: int) -> None:
    rng, net, homes, units = world(seed)
    people = demand(rng.integers(0, 900, len(homes)).tolist())
    matrix = times(net, homes, units)
    before = -1
    for limit in (0, 0.5, 1, 2, 4, 1e9):
        groups = people_by_village(coverage(matrix, people, threshold_minutes=limit))
        assert int(groups.to_numpy().sum()) == people["population"].sum()
        served = int(groups["served"].sum())
        assert served >= before
        before = served
    reachable = people["population"][np.isfinite(matrix.best())].sum()
    assert before == reachable


@MANY
@given(SEEDS)
@example(140)  # where pieces of two squares do not fit corner to corner
def test_5_catchments_are_nested_and_nothing_beyond_reach_is_drawn(seed: int) -> None:
    _, net, _, units = world(seed, RIDING)
    limits = [0.25, 0.5, 1, 1.5, 3]
    found = catchments(net, facilities=units, thresholds_minutes=limits, refuse_m=DOOR_M,
                       buffer_m=5)  # fmt: skip
    shapes, km = found.geometry.to_list(), found["street_km"].tolist()
    assert km == sorted(km) or np.allclose(km, sorted(km))
    for inner, outer in zip(shapes, shapes[1:], strict=False):
        # The drawing works on floats of 1e7 metres: a tenth of a millimetre is noise.
        assert shapely.difference(inner, outer.buffer(1e-4)).area < 1e-3
    assert found.geometry.is_valid.all()


@MANY
@given(SEEDS)
def test_5a_what_is_reached_in_less_time_is_reached_in_more_exactly(seed: int) -> None:
    from batu_geo.network.catchment import reach

    _, net, _, units = world(seed, RIDING)
    joined = snap(net, points_xy(units, net.roads.crs), refuse_m=DOOR_M)
    to_state = search(net, arrivals(net, joined), is_joint=True)[0]
    before = reach(net, joined, to_state, minutes=0.1)
    for minutes in (0.3, 0.7, 1.5, 4):
        after = reach(net, joined, to_state, minutes=minutes)
        assert not (before.is_whole & ~after.is_whole).any()
        for edge, low, high in before.parts:
            inside = any(e == edge and lo <= low and high <= hi for e, lo, hi in after.parts)
            assert after.is_whole[edge] or inside
        before = after


@MANY
@given(SEEDS)
def test_5b_a_place_on_a_street_is_in_the_reach_exactly_when_its_time_is_within(seed: int) -> None:
    """Against the matrix: places along usable streets, away from the very rim."""
    from batu_geo.network.catchment import reach

    rng, net, _, units = world(seed, RIDING)
    is_open = np.isfinite(net.layers[0].local_ms).any(axis=1)
    usable = np.flatnonzero(is_open & (net.roads.length_m > 0))
    straight = usable[
        np.isclose(shapely.length(net.roads.lines(usable)), net.roads.length_m[usable])
    ]
    if not len(straight):
        return
    joined = snap(net, points_xy(units, net.roads.crs), refuse_m=DOOR_M)
    to_state = search(net, arrivals(net, joined), is_joint=True)[0]
    found = reach(net, joined, to_state, minutes=1.0)
    parts = {}
    for edge, low, high in found.parts:
        parts.setdefault(edge, []).append((low, high))
    for edge in straight[:5].tolist():
        share = float(rng.uniform(0.05, 0.95))
        place = shapely.line_interpolate_point(
            net.roads.lines(np.array([edge]))[0], share, normalized=True
        )
        here = at((0, 0)).set_geometry([place], crs=units.crs).assign(is_on_street=True)
        home = join(net, here, refuse_m=1.0)[0]
        if home.edge.tolist() != [edge]:
            continue
        minutes = times(net, here, units).best()[0]
        inside = found.is_whole[edge] or any(
            lo <= home.fraction[0] <= hi for lo, hi in parts.get(edge, [])
        )
        if abs(minutes - 1.0) > 1e-3:
            assert inside == (minutes <= 1.0)


@MANY
@given(SEEDS)
def test_6_the_triangle_holds_between_nodes(seed: int) -> None:
    _, net, _, _ = world(seed, RIDING)
    from scipy.sparse.csgraph import dijkstra

    d = dijkstra(net.outward)
    assert (d[:, None, :] <= d[:, :, None] + d[None, :, :]).all()


@MANY
@given(SEEDS)
def test_7_twice_the_speed_is_half_the_time_to_the_bit(seed: int) -> None:
    """Every leg scales: streets and doors. Whole milliseconds are even on this grid."""
    _, net, homes, units = world(seed)
    double = {name: (2 * a, 2 * b, 2 * c) for name, (a, b, c) in WALKING.speeds_kmh.items()}
    fast = WALKING.model_copy(update={"speeds_kmh": double, "door_speed_kmh": 7.2})
    quick = graph(net.roads, fast)
    on_nodes = homes.set_geometry(
        shapely.points(net.roads.node_xy[np.arange(len(homes)) % net.roads.node_count]),
        crs=homes.crs,
    ).assign(is_on_street=True)
    slow_times, quick_times = times(net, on_nodes, on_nodes), times(quick, on_nodes, on_nodes)
    same = (
        np.isfinite(minutes_of(slow_times))
        & (slow_times.origin_snap_m[:, None] == 0)
        & (slow_times.origin_snap_m[None, :] == 0)
    )
    # A junction that another street happens to pass joins it part-way, at an odd millisecond.
    joins = join(net, on_nodes, refuse_m=DOOR_M)[0]
    is_part_way = np.isin(np.arange(joins.count), joins.point[joins.fraction % 1 > 0])
    same &= ~is_part_way[:, None] & ~is_part_way[None, :]
    assert np.array_equal(minutes_of(quick_times)[same] * 2, minutes_of(slow_times)[same])


@MANY
@given(SEEDS)
def test_8_closing_a_street_never_shortens_and_slowing_one_neither(seed: int) -> None:
    rng, net, _, _ = world(seed)
    from scipy.sparse.csgraph import dijkstra

    before = dijkstra(net.outward)
    edge = int(rng.integers(0, net.roads.edge_count))
    closed = net.roads.closed.copy()
    closed[edge] = 7
    assert (dijkstra(graph(replace(net.roads, closed=closed)).outward) >= before).all()
    length = net.roads.length_m.copy()
    length[edge] *= 2
    assert (dijkstra(graph(replace(net.roads, length_m=length)).outward) >= before).all()


@MANY
@given(SEEDS)
def test_9_turning_every_street_round_transposes_the_matrix(seed: int) -> None:
    _, net, homes, units = world(seed, RIDING)
    there = minutes_of(times(net, homes, units))
    turned = graph(net.roads, RIDING, direction="from_facility")
    back = minutes_of(times(turned, units, homes))
    assert np.array_equal(there, back.T)


@MANY
@given(SEEDS)
def test_10_a_node_in_the_middle_of_a_street_changes_nothing(seed: int) -> None:
    """An edge of an even number of eighths is split in two."""
    rng, net, homes, units = world(seed, RIDING)
    roads = net.roads
    even = np.flatnonzero((roads.length_m % 25 == 0) & (roads.length_m > 0))
    if not len(even):
        return
    edge = int(rng.choice(even))
    a, b = roads.edge_node[edge]
    middle = roads.node_xy[[a, b]].mean(axis=0)
    one = np.append(roads.edge_node, [[roads.node_count, b]], axis=0).astype(np.int32)
    one[edge] = [a, roads.node_count]
    length = np.append(roads.length_m, roads.length_m[edge] / 2)
    length[edge] /= 2
    line_xy = np.vstack([roads.line_xy, [middle, roads.node_xy[b]]])
    line_xy[2 * edge + 1] = middle
    last = {name: np.append(getattr(roads, name), getattr(roads, name)[edge])
            for name in ("road_class", "surface", "name", "maxspeed_kmh", "way_id", "structure")}  # fmt: skip
    split = replace(
        roads, node_xy=np.vstack([roads.node_xy, middle]), edge_node=one, length_m=length,
        line_xy=line_xy, line_start=np.append(roads.line_start, len(line_xy)),
        closed=np.vstack([roads.closed, roads.closed[edge]]), **last,
    )  # fmt: skip
    before, after = graph(roads, RIDING), graph(split, RIDING)
    from scipy.sparse.csgraph import dijkstra

    count = roads.node_count
    assert np.array_equal(dijkstra(before.outward), dijkstra(after.outward)[:count, :count])


@MANY
@given(SEEDS, st.integers(-500_000, 500_000))
def test_11_moving_the_whole_world_keeps_times_and_distances(seed: int, shift: int) -> None:
    from scipy.sparse.csgraph import dijkstra

    _, net, homes, _ = world(seed)
    moved = graph(
        replace(net.roads, node_xy=net.roads.node_xy + shift, line_xy=net.roads.line_xy + shift)
    )
    assert np.array_equal(dijkstra(net.outward), dijkstra(moved.outward))
    before = snap(net, points_xy(homes, net.roads.crs), refuse_m=DOOR_M)[0].distance_m
    after = snap(moved, points_xy(homes, net.roads.crs) + shift, refuse_m=DOOR_M)[0].distance_m
    assert after == pytest.approx(before, abs=1e-6)


@MANY
@given(SEEDS)
def test_12_powers_of_two_name_the_covered_set(seed: int) -> None:
    _, net, homes, units = world(seed)
    people = demand([2**n for n in range(len(homes))])
    matrix = times(net, homes, units)
    served = people_by_village(coverage(matrix, people, threshold_minutes=2))["served"].sum()
    names = {n for n in range(len(homes)) if int(served) >> n & 1}
    assert names == set(matrix.within(2).nonzero()[0].tolist())


@MANY
@given(SEEDS)
def test_the_matrix_equals_networkx_between_nodes(seed: int) -> None:
    _, net, _, _ = world(seed, RIDING)
    from scipy.sparse.csgraph import dijkstra

    ours = dijkstra(net.outward).T  # from the traveller's side
    theirs = np.full(ours.shape, np.inf)
    for start, lengths in nx.all_pairs_dijkstra_path_length(to_networkx(net), weight="ms"):
        for end, ms in lengths.items():
            theirs[start, end] = ms
    assert np.array_equal(np.isinf(ours), np.isinf(theirs))
    finite = np.isfinite(ours)
    assert ours[finite] == pytest.approx(theirs[finite], rel=1e-9)


def test_door_to_door_times_equal_networkx() -> None:
    """Points become nodes of their own, with part-edges to both ends: brute force."""
    for seed in range(150):
        _, net, homes, units = world(seed, RIDING)
        ours = minutes_of(times(net, homes, units))
        theirs = brute_force(net, homes, units)
        assert np.array_equal(np.isinf(ours), np.isinf(theirs)), seed
        finite = np.isfinite(ours)
        assert ours[finite] == pytest.approx(theirs[finite], rel=1e-9, abs=1e-9), seed


def brute_force(net: ModeGraph, homes, units) -> np.ndarray:
    """Return minutes by networkx: every join of home and unit is a way of its own."""
    found = np.full((len(homes), len(units)), np.inf)
    here = snap(net, points_xy(homes, net.roads.crs), refuse_m=DOOR_M)[0]
    there = snap(net, points_xy(units, net.roads.crs), refuse_m=DOOR_M)[0]
    base = to_networkx(net)
    for i in range(len(homes)):
        for j in range(len(units)):
            world_ = base.copy()
            world_.add_nodes_from(["home", "unit"])
            for node, ms in to_the_ends(net, here, i, is_home=True):
                world_.add_edge("home", node, ms=ms)
            for node, ms in to_the_ends(net, there, j, is_home=False):
                world_.add_edge(node, "unit", ms=ms)
            for ms in along_shared_edges(net, here.take(i, i + 1), there.take(j, j + 1)):
                world_.add_edge("home", "unit", ms=ms)
            if nx.has_path(world_, "home", "unit"):
                ms = nx.dijkstra_path_length(world_, "home", "unit", weight="ms")
                found[i, j] = ms / 60_000
    return found


def to_the_ends(net: ModeGraph, joins, point: int, *, is_home: bool):
    """Yield the ends of every edge a point joins, with the milliseconds to or from them."""
    for row in np.flatnonzero(joins.point == point).tolist():
        edge, share = int(joins.edge[row]), float(joins.fraction[row])
        along, against = (
            joins.local_ms(net.layers[0])[row].tolist()
            if is_home
            else (net.layers[0].edge_ms[edge].tolist())
        )
        first, last = (against, along) if is_home else (along, against)
        for side, part, ms in ((0, share, first), (1, 1 - share, last)):
            if np.isfinite(ms) or part == 0:
                node = int(net.roads.edge_node[edge, side])
                yield node, (round(part * ms) if part else 0) + joins.walk_ms[row]


def along_shared_edges(net: ModeGraph, home, unit):
    """Yield the milliseconds of the direct trips along every edge both join."""
    for row, edge in enumerate(home.edge.tolist()):
        for other in np.flatnonzero(unit.edge == edge).tolist():
            ahead = unit.fraction[other] - home.fraction[row]
            along, against = home.local_ms(net.layers[0])[row].tolist()
            ms = ahead * along if ahead > 0 else -ahead * against if ahead < 0 else 0.0
            if np.isfinite(ms):
                yield round(ms) + home.walk_ms[row] + unit.walk_ms[other]


def test_pandana_agrees_within_its_own_rounding() -> None:
    """It counts in thousandths and writes 4294967.295 for no way."""
    pandana = pytest.importorskip("pandana")
    import warnings

    import pandas as pd

    for seed in range(20):
        _, net, _, _ = world(seed, RIDING)
        coo = net.outward.tocoo()
        keep = coo.data > 0
        if not keep.any():
            continue
        frame = pd.DataFrame(
            {"from": coo.col[keep], "to": coo.row[keep], "minutes": coo.data[keep] / 60_000}
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            other = pandana.Network(
                pd.Series(net.roads.node_xy[:, 0]), pd.Series(net.roads.node_xy[:, 1]),
                frame["from"], frame["to"], frame[["minutes"]], twoway=False,
            )  # fmt: skip
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        minutes = dijkstra(
            csr_array((coo.data[keep] / 60_000, (coo.col[keep], coo.row[keep])), shape=coo.shape)
        )
        count = net.roads.node_count
        origin, target = (v.ravel() for v in np.meshgrid(np.arange(count), np.arange(count)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = np.array(other.shortest_path_lengths(origin, target, imp_name="minutes"))
        ours = minutes[origin, target]
        unreachable = theirs >= 4_294_967
        assert np.array_equal(unreachable, np.isinf(ours)), seed
        assert np.abs(theirs - ours)[~unreachable].max(initial=0) <= 0.001 * count, seed


# Laws that do not hold, each with a counterexample that is kept.


def test_false_times_are_the_same_both_ways() -> None:
    for seed in range(50):
        _, net, homes, _ = world(seed, RIDING)
        minutes = minutes_of(times(net, homes, homes))
        if not np.array_equal(minutes, minutes.T):
            return
    pytest.fail("no counterexample found")


def test_false_minutes_rounded_obey_the_triangle() -> None:
    """0.4 + 0.4 minutes round to 0 + 0, but 0.8 to 1."""
    legs = np.array([0.4, 0.4])
    assert np.round(legs.sum()) > np.round(legs).sum()


def test_false_people_covered_are_in_proportion_to_villages_covered() -> None:
    people = demand([1000, 10], ["a", "b"])
    matrix = matrix_times([[20.0], [5.0]], ("d0", "d1"), ("u",))
    served = people_by_village(coverage(matrix, people, threshold_minutes=15))["served"]
    assert (served > 0).mean() == 0.5
    assert served.sum() / 1010 < 0.01


def test_false_concave_hulls_of_the_nodes_reached_are_nested() -> None:
    rng = np.random.default_rng(0)
    for _ in range(400):
        inner = rng.uniform(0, 100, (25, 2))
        outer = np.vstack([inner, rng.uniform(-20, 120, (12, 2))])
        small = shapely.concave_hull(shapely.multipoints(inner), ratio=0.05)
        large = shapely.concave_hull(shapely.multipoints(outer), ratio=0.05)
        if small.difference(large).area > 1:
            return
    pytest.fail("no counterexample found")
