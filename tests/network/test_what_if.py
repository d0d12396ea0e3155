"""Changes from kept times are exactly a new computation: 1,000 random cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from batu_geo.network.nearest_updates import (
    moved_facility,
    nearest_times,
    slowed_facility,
    with_facility,
    without_facility,
)
from batu_geo.network.travel_times import travel_times
from tests.dense import minutes_of
from tests.how_many import few
from tests.toy import RIDING, WALKING, at, graph
from tests.worlds import random_roads

CASES = few(250)
KINDS = ("add", "close", "move", "slow")


def named(places, names):
    return places.assign(place_id=list(names))


def fresh(net, homes, units, delays):
    found = minutes_of(travel_times(net, origins=homes, destinations=units, refuse_m=300))
    ms = np.rint(found * 60_000) + [60_000 * delays.get(name, 0.0) for name in units["place_id"]]
    return ms.min(axis=1, initial=np.inf) / 60_000


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_change_equals_a_full_recompute(kind: str) -> None:
    for case in range(CASES):
        rng = np.random.default_rng([KINDS.index(kind), case])
        roads = random_roads(rng)
        net = graph(roads, [WALKING, RIDING][case % 2])
        homes = at(*rng.uniform(0, 10, (12, 2)).tolist())
        count = int(rng.integers(1, 6))
        units = named(at(*rng.uniform(0, 10, (count, 2)).tolist()), [f"u{n}" for n in range(count)])
        extra = named(at(*rng.uniform(0, 10, (1, 2)).tolist()), ["new"])
        kept = nearest_times(net, units, refuse_m=300)
        assert np.array_equal(kept.minutes(homes, refuse_m=300), fresh(net, homes, units, {}))
        gone = units[units["place_id"] != "u0"]
        if kind == "add":
            changed, now = with_facility(kept, extra, refuse_m=300), [units, extra]
        elif kind == "close":
            changed, now = without_facility(kept, "u0"), [gone]
        elif kind == "move":
            changed, now = moved_facility(kept, "u0", extra, refuse_m=300), [gone, extra]
        else:
            changed, now = slowed_facility(kept, "u0", delay_minutes=1.5), [units]
        delays = {"u0": 1.5} if kind == "slow" else {}
        expected = fresh(net, homes, pd.concat(now, ignore_index=True), delays)
        assert np.array_equal(changed.minutes(homes, refuse_m=300), expected), (kind, case)


def test_a_change_and_its_undo_is_the_start() -> None:
    rng = np.random.default_rng(11)
    net = graph(random_roads(rng))
    units = named(at((1, 1), (8, 8)), ["a", "b"])
    extra = named(at((5, 5)), ["c"])
    kept = nearest_times(net, units, refuse_m=500)
    back = without_facility(with_facility(kept, extra, refuse_m=500), "c")
    assert np.array_equal(back.ms, kept.ms)


def test_closing_the_last_facility_leaves_nobody_reached() -> None:
    net = graph(random_roads(np.random.default_rng(1)))
    kept = nearest_times(net, named(at((5, 5)), ["a"]), refuse_m=500)
    assert np.isinf(without_facility(kept, "a").ms).all()


def test_a_facility_far_from_every_road_changes_nothing() -> None:
    net = graph(random_roads(np.random.default_rng(2)))
    kept = nearest_times(net, named(at((5, 5)), ["a"]), refuse_m=500)
    more = with_facility(kept, named(at((90, 90)), ["far"]), refuse_m=500)
    assert np.array_equal(more.ms, kept.ms)
    assert np.array_equal(without_facility(more, "far").ms, kept.ms)
