"""Trips that begin on a street the vehicle may not take, and times put together."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.domain.travel import Closure
from batu_geo.network.graph import mode_graph
from batu_geo.network.partition import nearest_partition
from batu_geo.network.travel_times import travel_times
from batu_geo.network.trips import explain_trips
from tests.dense import metres_of, minutes_of
from tests.toy import RIDING, WALKING, at, graph, scenario, town

# A step is 100 m: half a minute by motorcycle, 100 seconds on foot at a metre a second.
DRAWING = "A   B   C"
ONE_WAY = {"highway": "residential", "oneway": "yes"}


def home(right: float):
    return at((right, 0)).assign(is_on_street=True)


def trip_from(origin, unit: float):
    toy = scenario(RIDING)
    net = mode_graph(town(DRAWING, {"AB": ONE_WAY, "BC": "residential"}), toy, mode="toy")
    units = at((unit, 0))
    (trip,) = explain_trips(net, toy, origins=origin, destinations=units, refuse_m=100)
    times = travel_times(net, origins=origin, destinations=units, refuse_m=100)
    assert trip.minutes == minutes_of(times)[0, 0]
    return trip


def test_against_the_own_one_way_street_one_walks() -> None:
    trip = trip_from(home(2), 0)
    assert trip.parts["part"].tolist() == ["door"]
    assert trip.minutes == pytest.approx(200 / 60)
    assert trip.metres == pytest.approx(200)


def test_along_the_own_one_way_street_one_rides() -> None:
    trip = trip_from(home(2), 6)
    assert trip.parts["part"].tolist() == ["road", "road"]
    assert trip.minutes == pytest.approx(2)


def test_who_stands_beside_the_street_may_not_walk_along_it() -> None:
    assert np.isinf(trip_from(at((2, 0)), 0).minutes)


def test_nobody_walks_home_along_a_one_way_street_from_its_other_end() -> None:
    """From B it is not the own street, so 4 steps back to A are no way at all."""
    assert np.isinf(trip_from(at((6, 0)), 0).minutes)


def test_a_one_way_street_belongs_to_the_unit_it_leads_to() -> None:
    """Nobody may walk on it either: of AB both ends' units take only what rides to them."""
    one_way = ONE_WAY | {"foot": "no"}
    net = graph(town(DRAWING, {"AB": one_way, "BC": "residential"}), RIDING)
    found = nearest_partition(
        net, facilities=at((0, 0), (8, 0)), threshold_minutes=60, refuse_m=100, buffer_m=5
    )
    assert found["street_km"].tolist() == pytest.approx([0, 0.8], abs=1e-4)
    back = graph(town(DRAWING, {"AB": one_way | {"oneway": "-1"}, "BC": "residential"}), RIDING)
    found = nearest_partition(
        back, facilities=at((0, 0), (8, 0)), threshold_minutes=60, refuse_m=100, buffer_m=5
    )
    # From BC one may ride on to A as well: 4 steps there, so the middle of the whole is B.
    assert found["street_km"].tolist() == pytest.approx([0.4, 0.4], abs=1e-4)


def test_a_closure_leaves_a_trace_of_the_way_there_was() -> None:
    toy = scenario(WALKING, closures=(Closure(name="slide", ways=(2,), source="toy"),))
    net = mode_graph(town(DRAWING, {"AB": "residential", "BC": "residential"}), toy, mode="toy")
    homes, units = at((1, 0), (7, 0)), at((0, 0))
    times = travel_times(net, origins=homes, destinations=units, refuse_m=100)
    assert minutes_of(times)[:, 0].tolist() == [1, np.inf]
    assert times.is_cut_off.tolist() == [False, True]


@pytest.mark.parametrize("with_metres", [True, False])
def test_times_to_some_and_to_others_are_times_to_all(with_metres: bool) -> None:
    toy = scenario(WALKING, closures=(Closure(name="slide", ways=(2,), source="toy"),))
    net = mode_graph(town(DRAWING, {"AB": "residential", "BC": "residential"}), toy, mode="toy")
    homes = at((1, 0), (3, 0), (7, 0))
    units = at((0, 0), (4, 0), (8, 0))

    def times(part):
        return travel_times(
            net, origins=homes, destinations=part, refuse_m=100, with_metres=with_metres
        )

    whole, joined = times(units), times(units[:1]).joined(times(units[1:]))
    assert joined.destination_ids == whole.destination_ids
    assert np.array_equal(minutes_of(joined), minutes_of(whole))
    assert np.array_equal(joined.is_cut_off, whole.is_cut_off)
    assert (metres_of(joined) is None) == (not with_metres)
    if with_metres:
        assert np.array_equal(metres_of(joined), metres_of(whole))
    assert np.array_equal(minutes_of(joined.without("p0")), minutes_of(whole)[:, 1:])
    assert np.array_equal(minutes_of(joined.only("p2", "p0")), minutes_of(whole)[:, [2, 0]])
    mixed = times(units[:1]).joined(
        travel_times(net, origins=homes, destinations=units[1:], refuse_m=100)
    )
    # What is known of a part alone is not known of the whole.
    assert metres_of(mixed) is None
