"""One facility more, one less, one moved, one slower: by hand, and as computed anew."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batu_geo.network import nearest_updates
from batu_geo.network.nearest_updates import (
    moved_facility,
    nearest_times,
    slowed_facility,
    with_facility,
    without_facility,
)
from batu_geo.network.travel_times import travel_times
from tests.dense import minutes_of
from tests.toy import RIDING, WALKING, at, graph, town
from tests.worlds import random_roads

# One street of 1,000 m: a step of 100 m is a minute on foot.
STREET = "A         B"


def named(*places: tuple[str, float]):
    """Return facilities on the street, by name and place in steps."""
    return at(*((x, 0.0) for _, x in places)).assign(place_id=[name for name, _ in places])


@pytest.fixture(scope="module")
def street():
    return graph(town(STREET, {"AB": "residential"}))


HOMES = (0.5, 2.5, 5.0, 9.5)


def minutes(times) -> list[float]:
    return times.minutes(at(*((x, 0.0) for x in HOMES)), refuse_m=100).round(6).tolist()


def test_the_nearest_of_all(street) -> None:
    times = nearest_times(street, named(("west", 0), ("east", 10)), refuse_m=100)
    assert minutes(times) == [0.5, 2.5, 5, 0.5]
    assert times.ids == ("west", "east")


def test_one_more_is_used_by_those_it_is_nearer_to(street) -> None:
    times = nearest_times(street, named(("west", 0), ("east", 10)), refuse_m=100)
    more = with_facility(times, named(("middle", 4)), refuse_m=100)
    assert minutes(more) == [0.5, 1.5, 1, 0.5]
    assert more.ids == ("west", "east", "middle")
    # What was computed before is left as it was.
    assert minutes(times) == [0.5, 2.5, 5, 0.5]


def test_one_less_gives_its_places_back(street) -> None:
    times = nearest_times(street, named(("west", 0), ("east", 10)), refuse_m=100)
    less = without_facility(times, "west")
    assert minutes(less) == [9.5, 7.5, 5, 0.5]
    assert less.ids == (None, "east")


def test_one_moved_is_one_less_and_one_more(street) -> None:
    times = nearest_times(street, named(("west", 0), ("east", 10)), refuse_m=100)
    moved = moved_facility(times, "west", named(("west", 3)), refuse_m=100)
    assert minutes(moved) == [2.5, 0.5, 2, 0.5]
    assert moved.ids == (None, "east", "west")


def test_a_longer_wait_at_one_sends_people_to_another(street) -> None:
    """Seven minutes at the western door: at 2.5 both are 7.5 and 9.5 away."""
    times = nearest_times(street, named(("west", 0), ("east", 10)), refuse_m=100)
    slow = slowed_facility(times, "west", delay_minutes=7)
    assert minutes(slow) == [7.5, 7.5, 5, 0.5]
    assert slow.ids == ("west", "east")
    assert minutes(slowed_facility(slow, "west", delay_minutes=1)) == [8.5, 7.5, 5, 0.5]
    assert minutes(slowed_facility(times, "west", delay_minutes=0)) == minutes(times)


def test_where_there_was_none_the_first_is_the_nearest(street) -> None:
    times = nearest_times(street, named(("west", 0)), refuse_m=100)
    none = without_facility(times, "west")
    assert minutes(none) == [np.inf] * 4
    assert minutes(with_facility(none, named(("east", 10)), refuse_m=100)) == [9.5, 7.5, 5, 0.5]


def test_the_search_widens_until_all_it_changes_is_found(street, monkeypatch) -> None:
    """With a first limit of a second the search has to widen several times."""
    times = nearest_times(street, named(("east", 10)), refuse_m=100)
    wide = with_facility(times, named(("west", 0)), refuse_m=100)
    monkeypatch.setattr(nearest_updates, "FIRST_LIMIT_MS", 1_000)
    narrow = with_facility(times, named(("west", 0)), refuse_m=100)
    assert np.array_equal(narrow.ms, wide.ms)
    assert np.array_equal(narrow.owner, wide.owner)
    assert minutes(narrow) == [0.5, 2.5, 5, 0.5]


def afresh(net, homes, units, delays: dict[str, float]) -> np.ndarray:
    """Return the minutes to the nearest by the whole matrix."""
    found = minutes_of(travel_times(net, origins=homes, destinations=units, refuse_m=300))
    return (found + [delays.get(name, 0.0) for name in units["place_id"]]).min(
        axis=1, initial=np.inf
    )


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    changes=st.lists(st.sampled_from(["add", "close", "move", "slow"]), min_size=1, max_size=3),
    rides=st.booleans(),
)
@pytest.mark.slow
def test_changes_one_after_another_are_as_computed_anew(
    seed: int, changes: list[str], rides: bool
) -> None:
    rng = np.random.default_rng(seed)
    net = graph(random_roads(rng, nodes=int(rng.integers(4, 12))), RIDING if rides else WALKING)
    homes = at(*rng.uniform(0, 10, (6, 2)).tolist())

    def somewhere(*names: str):
        return at(*rng.uniform(0, 10, (len(names), 2)).tolist()).assign(place_id=list(names))

    units, delays = somewhere("u0", "u1"), {}
    times = nearest_times(net, units, refuse_m=300)
    for number, change in enumerate(changes):
        name = str(rng.choice(units["place_id"]))
        rest = units[units["place_id"] != name]
        if change == "add":
            new = somewhere(f"new{number}")
            times = with_facility(times, new, refuse_m=300)
            units = pd.concat([units, new], ignore_index=True)
        elif change == "move" or (change == "close" and len(rest) == 0):
            new = somewhere(name)
            times = moved_facility(times, name, new, refuse_m=300)
            units = pd.concat([rest, new], ignore_index=True)
            delays.pop(name, None)
        elif change == "close":
            times, units = without_facility(times, name), rest.reset_index(drop=True)
        else:
            times = slowed_facility(times, name, delay_minutes=2.5)
            delays[name] = delays.get(name, 0.0) + 2.5
    found = times.minutes(homes, refuse_m=300)
    assert found == pytest.approx(afresh(net, homes, units, delays), abs=1e-9)
