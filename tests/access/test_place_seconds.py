"""What a page carries of travel times says of any choice what dense times say.

Random towns with closures: at no particular time every answer is right, whatever buildings are
chosen; at an hour whoever has a staffed unit or a chosen building within the slider is right.
"""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.access.place_seconds import CUT_OFF, UNREACHABLE, place_seconds, whole_seconds
from batu_geo.domain.scenario import Closure
from batu_geo.network.travel_times import Kept, matrix_times, travel_times
from tests.dense import every_trip
from tests.how_many import blocks, few
from tests.toy import WALKING, at, graph
from tests.worlds import random_roads

DOOR_M, SLIDER = 300.0, 3.0


def town(seed: int):
    """Return roads of a mode, homes, units and sites; every third town has closed streets."""
    rng = np.random.default_rng(seed)
    roads = random_roads(rng)
    ways = tuple(rng.choice(roads.way_id, 2).tolist()) if seed % 3 == 0 else ()
    closures = (Closure(name="flood", ways=ways, source="toy"),) if ways else ()
    net = graph(roads, WALKING, closures=closures)
    homes, units, sites = (at(*rng.uniform(0, 10, (n, 2)).tolist()) for n in (15, 4, 5))
    return rng, net, homes, units, sites


@pytest.mark.parametrize("block", blocks(40))
def test_every_choice_is_answered_as_by_dense_times(block: int) -> None:
    for seed in range(block, few(400), 40):
        rng, net, homes, units, sites = town(seed)
        settings = {"origins": homes, "refuse_m": DOOR_M}
        now = travel_times(net, destinations=units, kept=Kept(SLIDER), **settings)
        to_sites = travel_times(net, destinations=sites, kept=Kept(SLIDER, now), **settings)
        patterns = np.vstack([np.ones(4, bool), rng.random((2, 4)) < 0.5])
        found = place_seconds(now, to_sites, patterns, slider_minutes=SLIDER)
        both = [every_trip(net, homes, places, refuse_m=DOOR_M) for places in (units, sites)]
        exact = np.hstack([dense.minutes for dense in both])
        way = np.isfinite(exact)
        if net.without_closures is not None:
            free = net.without_closures
            way = np.hstack([
                np.isfinite(every_trip(free, homes, places, refuse_m=DOOR_M).ms)
                for places in (units, sites)
            ])  # fmt: skip
        seconds = whole_seconds(exact, way)
        group, places = rng.integers(0, 3, 15), np.arange(9)
        for number, part in enumerate(found.of_groups(group, 3)):
            own = part.to(places)
            assert part.homes.tolist() == np.flatnonzero(group == number).tolist()
            assert own.nearest(places, 1).minutes.tolist() == (
                found.nearest(places, 1).minutes[part.homes].tolist()
            )
        for pattern, is_staffed in enumerate(patterns):
            chosen = 4 + np.flatnonzero(rng.random(5) < 0.4)
            places = np.r_[np.flatnonzero(is_staffed), chosen]
            best = seconds[:, places].min(axis=1, initial=UNREACHABLE)
            minutes = found.nearest(places, pattern).minutes
            told = whole_seconds(minutes, found.has_way(places, pattern))
            is_sure = (best <= 60 * SLIDER) | (pattern == 0)
            assert told[is_sure].tolist() == best[is_sure].tolist(), (seed, pattern)
            assert (told >= best).all(), (seed, pattern)


def test_pairs_beyond_the_slider_are_left_out_but_the_nearest_unit_is_told() -> None:
    to_units = matrix_times([[5.0, 90.0], [70.0, 80.0], [np.inf, np.inf]], tuple("abc"), ("u", "v"))
    to_sites = matrix_times([[np.inf], [65.0], [np.inf]], tuple("abc"), ("s",))
    found = place_seconds(to_units, to_sites, np.ones((1, 2), bool), slider_minutes=60)
    assert found.far.tolist() == [[0, 70 * 60, UNREACHABLE]]
    assert found.nearest(np.array([0, 1]), 0).minutes.tolist() == [5, 70, np.inf]
    assert found.nearest(np.array([0, 1, 2]), 0).minutes.tolist() == [5, 65, np.inf]
    assert found.has_way(np.array([0, 1, 2]), 0).tolist() == [True, True, False]


def test_a_building_behind_a_closed_street_is_cut_off_not_out_of_reach() -> None:
    """Nobody has a unit; from the first home a closed street leads to the building."""
    _, net, homes, _, _ = town(0)
    assert net.without_closures is not None
    assert CUT_OFF < UNREACHABLE
    none = travel_times(net, origins=homes, destinations=homes.iloc[:0], refuse_m=DOOR_M)
    sites = travel_times(
        net, origins=homes, destinations=homes, refuse_m=DOOR_M, kept=Kept(SLIDER, none)
    )
    found = place_seconds(none, sites, np.ones((1, 0), bool), slider_minutes=SLIDER)
    free = every_trip(net.without_closures, homes, homes, refuse_m=DOOR_M)
    held = every_trip(net, homes, homes, refuse_m=DOOR_M)
    lost = np.isinf(held.ms) & np.isfinite(free.ms)
    assert (found.seconds == CUT_OFF).sum() == lost.sum()
