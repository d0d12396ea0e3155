"""Leaving destinations out, or adding some, equals never or always having asked for them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from batu_geo.network.travel_times import TravelTimes, travel_times
from tests.dense import metres_of, minutes_of
from tests.toy import RIDING, at, graph
from tests.worlds import random_roads

SEEDS = range(10)
DOOR_M = 300.0


def world(seed: int):
    rng = np.random.default_rng(seed)
    net = graph(random_roads(rng), RIDING)
    homes = at(*rng.uniform(0, 10, (8, 2)).tolist())
    units = at(*rng.uniform(0, 10, (int(rng.integers(2, 6)), 2)).tolist())
    units["place_id"] = [f"u{n}" for n in range(len(units))]
    return rng, net, homes, units


def asked(net, homes, units, *, with_metres: bool) -> TravelTimes:
    return travel_times(
        net, origins=homes, destinations=units, refuse_m=DOOR_M, with_metres=with_metres
    )


def same(one: TravelTimes, other: TravelTimes) -> bool:
    assert one.destination_ids == other.destination_ids
    assert (metres_of(one) is None) == (metres_of(other) is None)
    if metres_of(one) is not None:
        # Of ways that take equally long either length may be measured.
        assert np.isfinite(metres_of(one)).tolist() == np.isfinite(metres_of(other)).tolist()
    return np.array_equal(minutes_of(one), minutes_of(other))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("with_metres", [False, True])
def test_times_without_a_unit_are_those_of_the_others(seed: int, with_metres: bool) -> None:
    rng, net, homes, units = world(seed)
    every = asked(net, homes, units, with_metres=with_metres)
    gone = str(rng.choice(units["place_id"]))
    rest = units[units["place_id"] != gone]
    assert same(every.without(gone), asked(net, homes, rest, with_metres=with_metres))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("with_metres", [False, True])
def test_times_of_some_units_come_in_the_order_asked_for(seed: int, with_metres: bool) -> None:
    rng, net, homes, units = world(seed)
    every = asked(net, homes, units, with_metres=with_metres)
    some = units.iloc[rng.permutation(len(units))[:2]]
    assert same(every.only(*some["place_id"]), asked(net, homes, some, with_metres=with_metres))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("with_metres", [False, True])
def test_times_to_units_and_to_others_joined_are_the_times_to_all(
    seed: int, with_metres: bool
) -> None:
    _, net, homes, units = world(seed)
    first, rest = units.iloc[:1], units.iloc[1:]
    joined = asked(net, homes, first, with_metres=with_metres).joined(
        asked(net, homes, rest, with_metres=with_metres)
    )
    assert same(joined, asked(net, homes, units, with_metres=with_metres))


def test_metres_are_known_of_joined_times_only_if_known_of_both() -> None:
    _, net, homes, units = world(3)
    measured = asked(net, homes, units.iloc[:1], with_metres=True)
    assert metres_of(measured.joined(asked(net, homes, units.iloc[1:], with_metres=False))) is None


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("count", [1, 2, 9])
@pytest.mark.parametrize("with_metres", [False, True])
def test_the_nearest_are_the_first_of_all_sorted(seed: int, count: int, with_metres: bool) -> None:
    """By brute force: every destination of an origin by minutes, then by its column."""
    _, net, homes, units = world(seed)
    times = asked(net, homes, units, with_metres=with_metres)
    table = times.nearest(count)
    kept = min(count, len(units))
    assert len(table) == kept * len(homes)
    for row, (origin, rows) in enumerate(table.groupby("origin_id", sort=False)):
        minutes = minutes_of(times)[row].tolist()
        columns = sorted(range(len(minutes)), key=lambda c: (minutes[c], c))[:kept]
        names = [times.destination_ids[c] if np.isfinite(minutes[c]) else None for c in columns]
        assert origin == times.origin_ids[row]
        assert rows["order"].tolist() == list(range(1, kept + 1))
        assert [None if pd.isna(n) else n for n in rows["nearest_id"]] == names
        assert rows["travel_time_min"].tolist() == [minutes[c] for c in columns]
        if with_metres:
            assert rows["travel_distance_m"].tolist() == [metres_of(times)[row, c] for c in columns]
        else:
            assert rows["travel_distance_m"].isna().all()
    assert times.nearest_column().tolist() == [
        int(np.argmin(row)) if np.isfinite(row).any() else -1 for row in minutes_of(times)
    ]


@pytest.mark.parametrize("with_metres", [False, True])
def test_of_no_destinations_none_is_nearest_and_everybody_stays(with_metres: bool) -> None:
    _, net, homes, units = world(1)
    times = asked(net, homes, units.iloc[:0], with_metres=with_metres)
    table = times.nearest(3)
    assert table["origin_id"].tolist() == homes["place_id"].tolist()
    assert table["order"].tolist() == [1] * len(homes)
    assert table["nearest_id"].isna().all()
    assert np.isposinf(table["travel_time_min"]).all()
    assert table["travel_distance_m"].isna().all() != with_metres
    assert times.nearest_column().tolist() == [-1] * len(homes)
    assert np.isposinf(times.best()).all()


@pytest.mark.parametrize("seed", range(5))
def test_as_rows_every_trip_stands_once(seed: int) -> None:
    _, net, homes, units = world(seed)
    times = asked(net, homes, units, with_metres=False)
    table = times.to_frame().set_index(["origin_id", "destination_id"])["travel_time_min"]
    minutes = minutes_of(times)
    assert len(table) == np.isfinite(minutes).sum()
    for row, column in zip(*np.nonzero(np.isfinite(minutes)), strict=True):
        names = times.origin_ids[row], times.destination_ids[column]
        assert table[names] == minutes[row, column]
