"""Roads to be built: what they join, what they are open to, and that they lengthen nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batu_geo.access.inhabited import inhabited_stretches
from batu_geo.domain.travel import Closure, NewRoad
from batu_geo.network.impedance import closed_edges, impedance
from batu_geo.network.new_roads import with_new_roads
from batu_geo.network.roads import RoadNetwork
from batu_geo.network.travel_times import travel_times
from tests.dense import minutes_of
from tests.how_many import few
from tests.network.test_rules_of_the_road import Turn, drawn
from tests.toy import CORNER, RIDING, TO_DEGREES, WALKING, at, graph, town
from tests.worlds import random_roads

# A U of streets: from A to D are 1,300 m along them and 100 m across.
AROUND = "A     B\n.\n.\n.\n.\n.\nD     C"
STREETS = {"AB": "residential", "BC": "residential", "CD": "residential"}


def lonlat(*xy: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """Return places in steps of 100 m right and down as longitude and latitude."""
    metres = np.array(xy) * 100
    lon, lat = TO_DEGREES.transform(CORNER[0] + metres[:, 0], CORNER[1] - metres[:, 1])
    return tuple(zip(lon.tolist(), lat.tolist(), strict=True))


def road(*xy: tuple[float, float], **settings: object) -> NewRoad:
    known = {"name": "Jalan baru", "road_class": "residential", "source": "uji"}
    return NewRoad(line=lonlat(*xy), **{**known, **settings})


def minutes(roads, start, end, mode=WALKING) -> float:
    found = travel_times(graph(roads, mode), origins=at(start), destinations=at(end), refuse_m=60)
    return float(minutes_of(found)[0, 0])


def test_a_road_between_two_junctions_is_a_short_cut() -> None:
    before = town(AROUND, STREETS)
    built = with_new_roads(before, [road((0, 0), (0, 6))])
    assert minutes(before, (0, 0), (0, 6)) == pytest.approx(18)
    assert minutes(built.roads, (0, 0), (0, 6)) == pytest.approx(6, abs=0.001)
    assert built.metres == pytest.approx((600,), abs=0.01)
    assert built.loose == ()
    assert built.roads.node_count == before.node_count
    assert built.roads.edge_count == before.edge_count + 1


def test_an_end_joins_the_middle_of_a_street_by_a_straight_piece() -> None:
    """From 300 m along AB, 20 m beside it, to 300 m along DC: 20 + 580 m."""
    built = with_new_roads(town(AROUND, STREETS), [road((3, 0.2), (3, 6))])
    assert built.metres == pytest.approx((600,), abs=0.01)
    assert minutes(built.roads, (0, 0), (0, 6)) == pytest.approx(12, abs=0.001)
    assert minutes(built.roads, (3, 0), (6, 0)) == pytest.approx(3, abs=0.001)


def test_an_end_too_far_from_any_street_is_said() -> None:
    built = with_new_roads(town(AROUND, STREETS), [road((0, 0), (0, 3))])
    assert [(end.name, end.end) for end in built.loose] == [("Jalan baru", "last")]
    assert built.loose[0].metres == pytest.approx(300, abs=0.01)
    nearer = with_new_roads(town(AROUND, STREETS), [road((0, 0), (0, 3), join_m=301)])
    assert nearer.loose == ()


def test_nobody_joins_a_motorway_or_a_bridge_by_a_new_road() -> None:
    for tags in ("motorway", {"highway": "residential", "bridge": "yes"}):
        built = with_new_roads(town("A B", {"AB": tags}), [road((1, 0.2), (1, 3))])
        assert [end.metres for end in built.loose] == [np.inf, np.inf]


def test_two_roads_that_join_one_street_are_joined_along_it() -> None:
    new = [road((2, 0), (2, 6), name="satu"), road((4, 0), (4, 6), name="dua")]
    built = with_new_roads(town(AROUND, STREETS), new)
    assert minutes(built.roads, (2, 3), (4, 3)) == pytest.approx(8, abs=0.001)
    loop = with_new_roads(town("A     B", {"AB": "residential"}), [road((1, 0), (3, 2), (5, 0))])
    assert minutes(loop.roads, (1, 0), (5, 0)) == pytest.approx(4, abs=0.001)


def test_a_road_joins_one_that_is_built_before_it() -> None:
    new = [road((3, 0), (3, 6)), road((3, 3), (6, 3), name="cabang")]
    built = with_new_roads(town(AROUND, STREETS), new)
    assert built.loose == ()
    assert minutes(built.roads, (0, 0), (6, 3)) == pytest.approx(9, abs=0.001)


def test_it_is_open_to_whom_the_scenario_says_and_closes_like_any_street() -> None:
    on_foot = with_new_roads(town(AROUND, STREETS), [road((0, 0), (0, 6), open_to=["foot"])])
    assert minutes(on_foot.roads, (0, 0), (0, 6)) == pytest.approx(6, abs=0.001)
    assert minutes(on_foot.roads, (0, 0), (0, 6), RIDING) == pytest.approx(9, abs=0.001)
    closed = impedance(on_foot.roads, WALKING, speed_set="middle",
                       closures=[Closure(name="x", ways=(-1,), source="x")])  # fmt: skip
    assert np.isinf(closed[-1]).all()
    path = with_new_roads(town(AROUND, STREETS), [road((0, 0), (0, 6), road_class="path")])
    assert minutes(path.roads, (0, 0), (0, 6)) == pytest.approx(12, abs=0.001)


def test_nobody_lives_along_it() -> None:
    before = town(AROUND, STREETS)
    built = with_new_roads(before, [road((3, 0), (3, 6))])
    here, there = (
        inhabited_stretches(r, spacing_m=100, classes=("residential",))
        for r in (before, built.roads)
    )
    assert np.array_equal(here.weight_m, there.weight_m)
    assert [p.wkt for p in here.middle] == [p.wkt for p in there.middle]


def test_it_runs_straight_between_the_heights_of_its_ends() -> None:
    before = town(AROUND, STREETS)
    z = 500 + (CORNER[1] - before.line_xy[:, 1]) / 10
    built = with_new_roads(
        replace(before, line_z=z), [road((3, 0), (3, 2), (3, 6)), road((9, 9), (9, 12))]
    )
    edge = slice(*built.roads.line_start[-3:-1])
    assert built.roads.line_z[edge] == pytest.approx([500, 520, 560], abs=0.01)
    assert np.isnan(built.roads.line_z[built.roads.line_start[-2] :]).all()


def test_a_stretch_closed_at_a_point_is_closed_with_all_its_pieces() -> None:
    """The street from 0 to 6 is joined at 1 and at 2: wherever it is closed, all of it is."""
    street = town("A     B C", {"AB": "residential", "BC": "residential"})
    roads = with_new_roads(street, [road((1, 0.2), (1, 6)), road((2, 0.2), (2, 6))]).roads
    on_it = np.flatnonzero(roads.way_id == roads.way_id[0]).tolist()
    assert len(on_it) == 7
    for blocks in (0.5, 1.5, 2.5):
        place = TO_DEGREES.transform(CORNER[0] + 100 * blocks, CORNER[1])
        hit = closed_edges(roads, Closure(name="x", at=place, source="x"))
        assert np.flatnonzero(hit).tolist() == on_it
    beyond = TO_DEGREES.transform(CORNER[0] + 700, CORNER[1])
    hit = closed_edges(roads, Closure(name="x", at=beyond, source="x"))
    assert np.flatnonzero(hit).tolist() == [1]


def test_a_point_on_a_new_road_means_that_road_and_its_pieces() -> None:
    """The second road is joined to the middle of the first one."""
    street = town("A     B", {"AB": "residential"})
    roads = with_new_roads(street, [road((1, 0.2), (1, 6)), road((1.2, 3), (5, 3))]).roads
    place = TO_DEGREES.transform(CORNER[0] + 101, CORNER[1] - 500)
    hit = closed_edges(roads, Closure(name="x", at=place, source="x"))
    assert set(roads.way_id[hit]) == {-1}
    assert hit.sum() == (roads.way_id == -1).sum() == 3


def test_a_street_made_faster_is_faster_up_to_the_legal_limit() -> None:
    """12 km/h x 3 is 36, of which the law allows 30."""
    street = town("A B", {"AB": "residential"})
    wider = Closure(name="lebar", ways=(1,), speed_factor=3, source="uji")
    free = impedance(street, RIDING, speed_set="middle", closures=[wider])
    assert free[0] == pytest.approx([20_000] * 2, abs=1)
    limited = RIDING.model_copy(update={"caps_kmh": {"default": 30}})
    assert impedance(street, limited, speed_set="middle", closures=[wider])[0] == pytest.approx(
        [24_000] * 2, abs=1
    )


def test_a_new_road_takes_nobody_off_a_street_for_first_and_last_legs() -> None:
    """5 m beside a private street somebody starts from it, also with a new road 2 m away."""
    streets = {"AB": {"highway": "residential", "access": "private"}, "BC": "residential"}
    before = town("A     B     C", streets)
    for line in ([(1, 0.03), (3, 0.03)], [(0, 0.5), (1, 0.03), (3, 0.03), (6, 0.5)]):
        built = with_new_roads(before, [road(*line, join_m=1)])
        assert len(built.loose) == 2
        now = minutes(before, (2, 0.05), (9, 0))
        assert now == pytest.approx(7 * 100 / 100, abs=0.1)
        assert minutes(built.roads, (2, 0.05), (9, 0)) == now


@settings(max_examples=few(60), deadline=None)
@given(seed=st.integers(0, 10**6))
@pytest.mark.slow
def test_neither_a_new_road_nor_a_faster_street_lengthens_a_trip(seed: int) -> None:
    """Homes, barriers and junctions as they are: at most 2 ms, for roundings of joins."""
    rng = np.random.default_rng(seed)
    mode = WALKING if seed % 2 else RIDING
    before = random_roads(rng)
    homes, units = (
        at(*rng.uniform(0, 10, (8, 2)).tolist()),
        at(*rng.uniform(0, 10, (4, 2)).tolist()),
    )
    new = [
        road(*map(tuple, rng.uniform(0, 10, (rng.integers(2, 5), 2)).tolist()), name=f"j{n}",
             join_m=200, road_class=str(rng.choice(["residential", "path", "primary"])))
        for n in range(rng.integers(1, 4))
    ]  # fmt: skip
    now = times(graph(before, mode), homes, units)
    assert (times(graph(with_new_roads(before, new).roads, mode), homes, units) <= now + 2).all()
    ways = tuple(rng.choice(before.way_id, 3).tolist())
    faster = Closure(name="x", ways=ways, speed_factor=float(rng.uniform(1, 3)), source="x")
    assert (times(graph(before, mode, closures=(faster,)), homes, units) <= now + 2).all()


def times(net, homes, units) -> np.ndarray:
    """Return milliseconds."""
    return minutes_of(travel_times(net, origins=homes, destinations=units, refuse_m=300)) * 60_000


def cross(*turns: Turn) -> RoadNetwork:
    """Return a crossing at C: AC from the west, CE to the east, FCH from north to south.

    AC has the number 1, CE 2, FC 3 and CH 4; every street is 200 m long.
    """
    return drawn({}, *turns, drawing="  F\n\nA C E\n\n  H", words=("AC", "CE", "FC", "CH"))


NO_TURN, ONLY = {"restriction": "no_straight_on"}, {"restriction": "only_right_turn"}
# Two lanes from north and south that end in the middle of AC and CE and join nothing else.
LANES = (road((1, 0), (1, 1.9)), road((3, 2.1), (3, 4)))


@pytest.mark.parametrize(
    "new", [(), LANES[:1], LANES[1:], LANES, (*LANES, road((1.5, 0), (1.5, 1.9)))]
)
@pytest.mark.parametrize("turn", [(1, "C", 2, NO_TURN), (1, "C", 4, ONLY)])
@pytest.mark.slow
def test_a_turn_restriction_follows_the_pieces_of_a_street_that_is_cut(
    new: tuple[NewRoad, ...], turn: Turn
) -> None:
    """From A on to E is forbidden, to H is not: round the dead end at H it takes 400 m more."""
    built = with_new_roads(cross(turn), new).roads
    assert built.edge_count >= 4 + 3 * len(new)
    before = with_new_roads(cross(), new).roads
    assert minutes(before, (0, 2), (4, 2), RIDING) == pytest.approx(2)
    assert minutes(built, (0, 2), (4, 2), RIDING) == pytest.approx(4)
    assert minutes(built, (1.3, 2), (2.7, 2), RIDING) == pytest.approx(2.7)
    assert minutes(built, (0, 2), (2, 4), RIDING) == pytest.approx(2)
    assert minutes(built, (4, 2), (0, 2), RIDING) == pytest.approx(2), "the other way is free"


def test_a_rule_over_ways_follows_the_pieces_of_its_middle() -> None:
    """From FC over CE on to EH is forbidden, also past a lane that joins CE half way."""
    drawing, words = "  F\n\nA C E\n\n    H", ("AC", "CE", "FC", "EH")
    turn = (3, "2", 4, {"restriction": "no_right_turn"})
    for new in ((), (road((3, 0), (3, 1.9)),)):
        free, bound = (
            with_new_roads(drawn({}, *turns, drawing=drawing, words=words), new).roads
            for turns in ((), (turn,))
        )
        assert minutes(free, (2, 0), (4, 4), RIDING) == pytest.approx(3)
        assert minutes(bound, (2, 0), (4, 4), RIDING) > 3.5, "or by no way at all"
        assert minutes(bound, (0, 2), (4, 4), RIDING) == pytest.approx(3), "from A it is free"
