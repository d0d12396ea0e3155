"""Where nothing joins a road there are no trips, and everybody stays in the tables."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.network.catchment import catchments
from batu_geo.network.graph import mode_graph
from batu_geo.network.travel_times import travel_times
from batu_geo.network.trips import explain_trips
from tests.dense import metres_of, minutes_of
from tests.toy import RIDING, WALKING, at, graph, scenario, town

LONG = "A         B"


def test_to_units_far_from_any_road_there_is_no_way() -> None:
    net = graph(town(LONG, {"AB": "residential"}))
    for with_metres in (False, True):
        found = travel_times(
            net, origins=at((1, 0), (9, 0)), destinations=at((5, 9)), refuse_m=50,
            with_metres=with_metres,
        )  # fmt: skip
        assert np.isposinf(minutes_of(found)).all()
        assert metres_of(found) is None or np.isposinf(metres_of(found)).all()
        assert found.is_snapped.all()


def test_a_unit_whose_door_takes_longer_than_the_threshold_serves_no_street() -> None:
    """90 m at 60 m a minute are a minute and a half: after one, 60 m of the walk are reached."""
    net = graph(town(LONG, {"AB": "residential"}))
    found = catchments(net, facilities=at((5, 0.9)), thresholds_minutes=[1, 2], refuse_m=100,
                       buffer_m=5)  # fmt: skip
    assert found["street_km"].round(3).tolist() == [0.0, 0.1]
    assert found.geometry.iloc[0].bounds[3] - found.geometry.iloc[0].bounds[1] == pytest.approx(
        60 + 2 * 5, abs=0.1
    )


def test_trips_to_no_unit_are_explained_by_nothing() -> None:
    toy = scenario(WALKING)
    net = mode_graph(town(LONG, {"AB": "residential"}), toy, mode="toy")
    for units in (at((5, 9)), at((5, 9)).iloc[:0]):
        (trip,) = explain_trips(net, toy, origins=at((1, 0)), destinations=units, refuse_m=50)
        assert np.isposinf([trip.minutes, trip.metres]).all()
        assert len(trip.parts) == 0
        assert trip.line.is_empty


def test_where_no_street_may_be_ridden_one_walks_all_the_way() -> None:
    """Paths alone: of walking and then riding only walking is left, 200 m at 50 m a minute."""
    walk_then_ride = WALKING.model_copy(update={"then": "ride", "wait_minutes": 1.0})
    toy = scenario(walk_then_ride, others={"ride": RIDING})
    net = mode_graph(town(LONG, {"AB": "path"}), toy, mode="toy")
    ends = {"origins": at((1, 0)), "destinations": at((3, 0)), "refuse_m": 50}
    (trip,) = explain_trips(net, toy, **ends)
    assert round(trip.minutes, 4) == 4
    assert set(trip.parts["part"]) == {"road"}
    assert round(minutes_of(travel_times(net, **ends))[0, 0], 4) == 4
