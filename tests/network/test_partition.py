"""Every place on a street belongs to the facility it reaches first."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from batu_geo.network.catchment import catchments
from batu_geo.network.partition import nearest_partition
from batu_geo.network.travel_times import travel_times
from tests.dense import minutes_of
from tests.toy import RIDING, at, graph, town

LONG = "A         B"


def shares(net, places, minutes=30.0):
    return nearest_partition(
        net, facilities=places, threshold_minutes=minutes, refuse_m=100, buffer_m=5
    )


def test_a_street_between_two_units_is_cut_where_their_times_meet() -> None:
    net = graph(town(LONG, {"AB": "residential"}))
    found = shares(net, at((0, 0), (10, 0)))
    assert found["street_km"].tolist() == pytest.approx([0.5, 0.5], abs=1e-4)


def test_units_on_one_street_share_it_by_their_doors() -> None:
    """The second stands 60 m (1 minute) from the road: its half ends 50 m earlier."""
    net = graph(town(LONG, {"AB": "residential"}))
    found = shares(net, at((2, 0), (8, 0.6)))
    assert found["street_km"].tolist() == pytest.approx([0.55, 0.45], abs=1e-4)


def test_beyond_the_threshold_nobody_has_it() -> None:
    net = graph(town(LONG, {"AB": "residential"}))
    found = shares(net, at((0, 0), (10, 0)), minutes=2)
    assert found["street_km"].tolist() == pytest.approx([0.2, 0.2], abs=1e-4)


def test_against_a_one_way_street_the_next_unit_is_nearer() -> None:
    one_way = {"highway": "residential", "oneway": "yes", "foot": "no"}
    drawing = "A B\n   \nD C"
    net = graph(town(drawing, {"AB": one_way, "BCDA": "residential"}), RIDING)
    found = shares(net, at((0, 0), (2, 0)))
    # From anywhere on AB one rides on to B. The other 600 m fall half and half.
    assert found["street_km"].tolist() == pytest.approx([0.3, 0.5], abs=1e-4)


def test_the_shares_together_are_the_catchment_and_do_not_overlap() -> None:
    drawing = "A B C D\n\nE F G H\n\nI J K L"
    streets = {"ABCD": "residential", "EFGH": "path", "IJKL": "residential", "AEI": "path",
               "BFJ": "residential", "CGK": "path", "DHL": "residential"}  # fmt: skip
    net = graph(town(drawing, streets))
    units = at((0.4, 0), (5, 2.3), (2, 3.1))
    for minutes in (1, 2.5, 60):
        found = shares(net, units, minutes)
        whole = catchments(net, facilities=units, thresholds_minutes=[minutes], refuse_m=100,
                           buffer_m=5)  # fmt: skip
        assert found["street_km"].sum() == pytest.approx(whole["street_km"].iloc[0], abs=1e-6)
        union = shapely.union_all(found.geometry.to_numpy())
        assert union.symmetric_difference(whole.geometry.iloc[0]).area < 1
    assert np.isfinite(found["street_km"]).all()


def test_a_unit_out_of_reach_has_nothing() -> None:
    net = graph(town(LONG, {"AB": "residential"}))
    found = shares(net, at((0, 0), (5, 9)))
    assert found["street_km"].tolist() == pytest.approx([1.0, 0.0], abs=1e-4)
    assert found.geometry.iloc[1].is_empty


BLOCKS = """
A B C D

E F G H

I J K L
"""
ONE_WAY = {"highway": "residential", "oneway": "yes"}
MIXED = {
    "ABC": ONE_WAY, "CD": "primary", "EFGH": "residential", "LKJI": ONE_WAY, "AE": "primary",
    "EI": "residential", "BF": ONE_WAY, "FJ": "residential", "GC": ONE_WAY, "GK": "primary",
    "DH": "residential", "HL": "residential",
}  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.slow
def test_every_place_belongs_to_the_first_unit_of_the_least_time(seed: int) -> None:
    """By brute force: the time of a place every metre of street, to each unit."""
    rng = np.random.default_rng(seed)
    roads = town(BLOCKS, MIXED)
    net = graph(roads, RIDING)
    units = at(*rng.uniform(0, (6, 4), (int(rng.integers(2, 5)), 2)).tolist())
    lines = roads.lines()
    middles = [np.arange(0.5, line.length) for line in lines]
    xy = np.concatenate(
        [shapely.line_interpolate_point(line, m) for line, m in zip(lines, middles, strict=True)]
    )
    homes = gpd.GeoDataFrame(
        {"place_id": range(len(xy)), "is_on_street": True}, geometry=xy, crs=units.crs
    )
    minutes = minutes_of(travel_times(net, origins=homes, destinations=units, refuse_m=100))
    for limit in (0.4, 1.1, 60):
        nearest = np.where(minutes.min(axis=1) <= limit, minutes.argmin(axis=1), -1)
        expected = [np.count_nonzero(nearest == n) / 1000 for n in range(len(units))]
        # A metre is counted whole: an edge has an end at most on either side of each unit.
        assert shares(net, units, limit)["street_km"].tolist() == pytest.approx(expected, abs=0.02)


ROUND = "A         B\n\nD         C"


@pytest.mark.parametrize("way", ["yes", "-1"])
def test_past_a_unit_on_a_one_way_street_its_place_is_too_far(way: str) -> None:
    """Who is past the unit rides round the block, too far: only 100 m before it are its own."""
    net = graph(
        town(ROUND, {"AB": ONE_WAY | {"oneway": way, "foot": "no"}, "BCDA": "residential"}), RIDING
    )
    found = shares(net, at((5, 0)), 0.5)
    assert found["street_km"].tolist() == pytest.approx([0.1], abs=1e-4)
    before = 4.5 if way == "yes" else 5.5
    assert shapely.distance(found.geometry.iloc[0], at((before, 0)).geometry.iloc[0]) == 0
    assert shapely.distance(found.geometry.iloc[0], at((10 - before, 0)).geometry.iloc[0]) > 30


def test_round_a_block_against_its_street_the_times_meet_half_way() -> None:
    """At A and at C: each half of a block of 2.4 km that is ridden one way round."""
    net = graph(town(ROUND, {"ABCDA": ONE_WAY | {"oneway": "-1"}}), RIDING)
    assert shares(net, at((0, 0), (10, 2)))["street_km"].tolist() == pytest.approx(
        [1.2, 1.2], abs=1e-4
    )


def test_where_no_unit_joins_a_road_no_street_is_shared_out() -> None:
    net = graph(town(LONG, {"AB": "residential"}))
    found = shares(net, at((5, 9), (2, 7)))
    assert found["street_km"].tolist() == [0, 0]
    assert found.geometry.is_empty.all()


def test_without_any_unit_there_is_nothing_to_share_out() -> None:
    net = graph(town(LONG, {"AB": "residential"}))
    assert len(shares(net, at((0, 0)).iloc[:0])) == 0
