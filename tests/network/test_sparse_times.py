"""Sparse times are the dense ones: minutes, metres and nearest, whatever is kept or changed.

The oracle (`tests.dense`) searches the whole graph from every destination. A trip is kept within
the limit or where it is nearer than another table's nearest; the nearest is right however far.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest

from batu_geo.network.nearby import chosen_trips as chosen_trips_module
from batu_geo.network.nearby import trips_within
from batu_geo.network.nearby.chosen_trips import chosen_trips
from batu_geo.network.nearby.ends import Ends, starts
from batu_geo.network.nearby.junctions import at_junctions, people_within
from batu_geo.network.nearby.own_trips import own_trips
from batu_geo.network.nearby.trips_within import Among
from batu_geo.network.travel_times import Kept, TravelTimes, matrix_times, travel_times
from tests.dense import Dense, every_trip, metres_of, minutes_of
from tests.how_many import blocks, few
from tests.network.test_turn_oracle import random_town
from tests.toy import RIDING, WALKING, at, graph
from tests.worlds import random_roads

DOOR_M = 300.0
WALK_THEN_RIDE = WALKING.model_copy(update={"then": "ride", "wait_minutes": 1})


class Town:
    """A random town: homes, units and sites on random streets, by a mode in a direction."""

    def __init__(self, seed: int) -> None:
        self.rng = rng = np.random.default_rng(seed)
        direction = "from_facility" if seed % 5 == 0 else "to_facility"
        mode, others = [(WALKING, {}), (RIDING, {}), (WALK_THEN_RIDE, {"ride": RIDING})][seed % 3]
        self.net = graph(random_roads(rng), mode, others=others, direction=direction)
        self.homes = at(*rng.uniform(0, 10, (12, 2)).tolist())
        self.units = at(*rng.uniform(0, 10, (int(rng.integers(0, 12)), 2)).tolist())
        self.sites = at(*rng.uniform(0, 10, (int(rng.integers(1, 12)), 2)).tolist())
        self.sites["place_id"] = [f"s{n}" for n in range(len(self.sites))]
        self.limit = float(rng.choice([0.0, 1.0, 3.0, 8.0, np.inf]))

    def ask(self, places, kept: Kept) -> TravelTimes:
        """Return the times to some places as they are kept."""
        return travel_times(
            self.net, origins=self.homes, destinations=places, refuse_m=DOOR_M, with_metres=True,
            kept=kept,
        )  # fmt: skip

    def all_to(self, places) -> Dense:
        """Return every trip to some places."""
        return every_trip(self.net, self.homes, places, refuse_m=DOOR_M)


def assert_nearest(times: TravelTimes, minutes: np.ndarray, metres: np.ndarray) -> None:
    """Hold minutes, owner and metres of the nearest against a dense table."""
    best = minutes.min(axis=1, initial=np.inf)
    found = times.nearest_trip()
    assert np.array_equal(found.minutes, best)
    assert np.array_equal(times.best(), best)
    has_way = np.isfinite(best)
    assert (found.column[~has_way] == -1).all()
    first = minutes[has_way].argmin(axis=1) if minutes.shape[1] else np.zeros(0, int)
    assert found.column[has_way].tolist() == first.tolist()
    expected = metres[has_way, first] if minutes.shape[1] else np.zeros(0)
    assert found.metres[has_way] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("block", blocks(40))
def test_kept_are_the_trips_within_the_limit_and_the_nearest_however_far(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(block, few(1000), 40):
        town = Town(seed)
        monkeypatch.setattr(trips_within, "FEW", 1 + seed % 4)
        dense, times = town.all_to(town.units), town.ask(town.units, Kept(town.limit))
        is_kept = np.isfinite(dense.ms) & (dense.minutes <= town.limit)
        assert np.array_equal(minutes_of(times), np.where(is_kept, dense.minutes, np.inf)), seed
        assert metres_of(times)[is_kept] == pytest.approx(dense.metres[is_kept], abs=1e-6), seed
        assert_nearest(times, dense.minutes, dense.metres)


def test_trips_put_together_now_and_then_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(10):
        town = Town(seed)
        monkeypatch.setattr(trips_within, "FEW", 2)
        monkeypatch.setattr(trips_within, "TOGETHER", 0)
        often = town.ask(town.units, Kept(town.limit))
        monkeypatch.setattr(trips_within, "TOGETHER", 500_000)
        once = town.ask(town.units, Kept(town.limit))
        assert np.array_equal(minutes_of(often), minutes_of(once)), seed
        assert np.array_equal(metres_of(often), metres_of(once), equal_nan=True), seed


@pytest.mark.parametrize("block", blocks(40))
def test_of_a_site_every_trip_is_kept_that_is_nearer_than_a_unit(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(block, few(1000), 40):
        town = Town(seed)
        monkeypatch.setattr(trips_within, "FEW", 1 + seed % 4)
        now = town.ask(town.units, Kept(town.limit))
        dense, before = town.all_to(town.sites), now.best()[:, None]
        is_kept = np.isfinite(dense.ms) & ((dense.minutes <= town.limit) | (dense.minutes < before))
        times = town.ask(town.sites, Kept(town.limit, now))
        assert np.array_equal(minutes_of(times), np.where(is_kept, dense.minutes, np.inf)), seed
        assert metres_of(times)[is_kept] == pytest.approx(dense.metres[is_kept], abs=1e-6), seed


@pytest.mark.parametrize("block", blocks(40))
def test_units_closed_and_sites_opened_in_any_order_leave_the_nearest_right(block: int) -> None:
    for seed in range(block, few(1000), 40):
        town = Town(seed)
        if not len(town.units):
            continue
        times = town.ask(town.units, Kept(town.limit))
        sites = town.ask(town.sites, Kept(town.limit, times))
        units, more = town.all_to(town.units), town.all_to(town.sites)
        minutes = np.hstack([units.minutes, more.minutes])
        metres = np.hstack([units.metres, more.metres])
        names = [*town.units["place_id"], *town.sites["place_id"]]
        opened = list(town.units["place_id"])
        for _ in range(6):
            closed = [n for n in town.sites["place_id"] if n not in opened]
            if closed and (town.rng.random() < 0.5 or not opened):
                name = str(town.rng.choice(closed))
                times, opened = times.joined(sites.only(name)), [*opened, name]
            elif opened:
                name = str(town.rng.choice(opened))
                times, opened = times.without(name), [n for n in opened if n != name]
            columns = [names.index(n) for n in opened]
            assert times.destination_ids == tuple(opened)
            assert_nearest(times, minutes[:, columns], metres[:, columns])


@pytest.mark.parametrize("block", blocks(40))
def test_the_own_place_is_found_however_far(block: int) -> None:
    for seed in range(block, few(400), 40):
        town = Town(seed)
        own = town.rng.integers(-1, len(town.units), len(town.homes))
        dense = town.all_to(town.units)
        found = own_trips(
            town.net, origins=town.homes, destinations=town.units, own=own, refuse_m=DOOR_M
        )
        assert np.isnan(found.minutes[own < 0]).all()
        rows = np.flatnonzero(own >= 0)
        assert np.array_equal(found.minutes[rows], dense.minutes[rows, own[rows]])
        assert found.metres[rows] == pytest.approx(dense.metres[rows, own[rows]], abs=1e-6)


@pytest.mark.parametrize("block", blocks(20))
def test_the_places_chosen_for_a_group_are_found_however_far(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(block, few(200), 20):
        town = Town(seed)
        monkeypatch.setattr(chosen_trips_module, "LIMITS_MINUTES", (town.limit, 4.0, np.inf))
        group = town.rng.integers(-1, 3, len(town.homes))
        allowed = town.rng.random((3, len(town.units))) < 0.6
        found, seen = np.full((len(town.homes), len(town.units)), np.inf), np.zeros_like(allowed)
        for some in chosen_trips(
            town.net, origins=town.homes, destinations=town.units,
            among=Among(group, allowed), refuse_m=DOOR_M,
        ):  # fmt: skip
            assert not seen[some.groups, some.destination].any(), seed
            seen[some.groups, some.destination] = True
            found[some.origin, some.destination] = some.minutes
        assert np.array_equal(seen, allowed), seed
        asked = (group[:, None] >= 0) & allowed[group]
        dense = np.where(asked, town.all_to(town.units).minutes, np.inf)
        assert np.array_equal(found, dense), seed


@pytest.mark.parametrize("block", blocks(8))
def test_people_searched_from_are_those_whose_trip_to_a_junction_is_short(block: int) -> None:
    for seed in range(few(24)):
        town = Town(1_000 * block + seed)
        net = graph(random_town(seed), RIDING) if block % 4 == 3 else town.net
        nodes = np.unique(net.roads.edge_node[net.layers[0].is_joinable])
        xy = net.roads.node_xy[nodes]
        low, high = xy.min(axis=0) - 50, xy.max(axis=0) + 50
        homes = gpd.GeoDataFrame(
            {"n": range(12)}, geometry=gpd.points_from_xy(*town.rng.uniform(low, high, (12, 2)).T),
            crs=net.roads.crs,
        )  # fmt: skip
        places = gpd.GeoDataFrame(
            {"n": nodes.astype(str)}, geometry=gpd.points_from_xy(*xy.T), crs=net.roads.crs
        )
        here = starts(net, homes, refuse_m=DOOR_M)
        both = Ends(here.joins, at_junctions(net, nodes), here.by_place, xy, here.ids)
        times = travel_times(
            net, origins=homes, destinations=places, refuse_m=DOOR_M, joined=both
        )  # fmt: skip
        people, limit = town.rng.integers(0, 9, 12), min(town.limit, 5.0)
        found = people_within(net, both, people, limit * 60_000)
        assert found.tolist() == (people @ times.within(limit)).tolist(), seed


def test_a_threshold_beyond_the_limit_is_refused() -> None:
    town = Town(4)
    times = town.ask(town.units, Kept(5.0))
    assert times.within(5).shape == (12, len(town.units))
    with pytest.raises(ValueError, match="known to 5"):
        times.within(5.001)


def test_sites_are_compared_over_the_same_roads_alone() -> None:
    town, other = Town(4), Town(7)
    with pytest.raises(ValueError, match="another graph"):
        town.ask(town.sites, Kept(1, other.ask(other.units, Kept(1))))
    matrix = matrix_times(np.zeros((12, 1)), tuple("abcdefghijkl"), ("u",))
    with pytest.raises(ValueError, match="another graph"):
        town.ask(town.sites, Kept(1, matrix))


def test_who_has_a_way_to_some_of_a_matrix_is_not_known() -> None:
    times = matrix_times([[5.0, np.inf]], ("a",), ("u", "v"), has_way=np.ones(1, bool))
    assert times.is_cut_off.tolist() == [False]
    with pytest.raises(ValueError, match="not known"):
        times.only("v")
