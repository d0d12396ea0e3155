"""Every place on a street belongs to the facility it reaches first."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from batu_geo.network.catchment import catchments
from batu_geo.network.partition import nearest_partition
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
