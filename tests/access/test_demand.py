"""People are spread along inhabited streets, whole and complete."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from batu_geo.access.demand import (
    demand_from_places,
    demand_points,
    joined_homes,
    largest_remainder,
    villages_without_streets,
)
from batu_geo.domain.tables import DemandPoints
from batu_geo.domain.travel import Demand
from tests.toy import CRS, demand, town, villages

STREET = Demand(spacing_m=100, inhabited_classes=("residential",), evidence="assumed", source="toy")


def test_each_stretch_of_street_takes_people_by_its_length() -> None:
    """250 m make three stretches; 10 people fall 4, 3, 3."""
    roads = town("A  B", {"AB": "residential"})
    found = demand_points(
        villages(v=10), roads, settings=STREET.model_copy(update={"spacing_m": 120})
    )
    assert found["population"].tolist() == [4, 3, 3]
    assert found["demand_id"].tolist() == ["v-0001", "v-0002", "v-0003"]
    assert set(found["evidence"]) == {"assumed"}


def test_each_village_keeps_its_own_people() -> None:
    roads = town("A" + " " * 17 + "B", {"AB": "residential"})
    found = demand_points(villages(a=101, b=7), roads, settings=STREET)
    assert found.groupby("village_id")["population"].sum().to_dict() == {"a": 101, "b": 7}


def test_streets_where_nobody_lives_take_nobody() -> None:
    roads = town("A B\nC D", {"AB": "primary", "CD": "residential"})
    found = demand_points(villages(v=50), roads, settings=STREET)
    assert set(found.geometry.y.round()) == {9_129_900}


def test_a_village_without_streets_keeps_its_people_inside_its_outline() -> None:
    roads = town("A B", {"AB": "residential"})
    area = villages(a=10, b=20)
    found = demand_points(area, roads, settings=STREET)
    lonely = found[found["village_id"] == "b"]
    assert lonely["population"].tolist() == [20]
    assert area.geometry.iloc[1].contains(lonely.geometry.iloc[0])
    assert villages_without_streets(found, area) == ["b"]


@pytest.mark.parametrize("also", ["residential", "primary"])
def test_a_street_drawn_twice_counts_once(also: str) -> None:
    """Also where the second drawing is of a class along which nobody lives."""
    once = town("A  B    C", {"AB": "residential", "BC": "residential"})
    twice = town("A  B    C", {"AB": "residential", "BC": "residential", "BA": also})
    one, two = (demand_points(villages(v=101), r, settings=STREET) for r in (once, twice))
    assert two["population"].tolist() == one["population"].tolist()
    assert two.geometry.geom_equals(one.geometry).all()


def test_a_village_without_people_has_no_points() -> None:
    roads = town("A B", {"AB": "residential"})
    assert demand_points(villages(v=0), roads, settings=STREET).empty


def test_fewer_people_than_stretches_leave_some_empty() -> None:
    roads = town("A         B", {"AB": "residential"})
    found = demand_points(villages(v=3), roads, settings=STREET)
    assert found["population"].tolist() == [1, 1, 1]


@given(
    st.integers(0, 10**6),
    st.lists(st.floats(1e-3, 1e6, allow_nan=False), min_size=1, max_size=40),
)
@pytest.mark.slow
def test_largest_remainder_adds_up_and_stays_within_one_of_the_exact_share(
    total: int, weights: list[float]
) -> None:
    shares = largest_remainder(total, np.array(weights))
    exact = total * np.array(weights) / sum(weights)
    assert shares.sum() == total
    assert (shares >= 0).all()
    assert np.abs(shares - exact).max() < 1 + 1e-6


def test_naive_rounding_would_lose_people() -> None:
    """9,392 people over 500 equal places: rounding gives 9,500 or 9,000."""
    assert largest_remainder(9392, np.ones(500)).sum() == 9392
    assert pytest.approx(9392 / 500, abs=0.5) == round(9392 / 500)


def test_people_are_shared_out_over_known_places_by_their_weight() -> None:
    """Three houses in a, weights 1, 2 and 1, one in b and none in c."""
    area = villages(a=10, b=7, c=3)
    west, north = area.total_bounds[0], area.total_bounds[3]
    xy = np.array([[100, -100], [200, -100], [300, -100], [1500, -500]]) + np.array([west, north])
    found = demand_from_places(
        area, xy, np.array([0, 0, 0, 1]), np.array([1.0, 2.0, 1.0, 0.3]), evidence="estimated"
    )
    assert found["demand_id"].tolist() == ["a-0001", "a-0002", "a-0003", "b-0001", "c-0001"]
    assert found["population"].tolist() == [3, 5, 2, 7, 3]
    assert found.geometry[:4].get_coordinates().to_numpy().tolist() == xy.tolist()
    assert area.geometry.iloc[2].contains(found.geometry.iloc[4])
    assert set(found["evidence"]) == {"estimated"}
    assert found.crs == area.crs


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 5000), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 1000)), max_size=30),
)
@pytest.mark.slow
def test_whatever_the_places_each_village_keeps_its_people(
    people: list[int], places: list[tuple[int, int]]
) -> None:
    """And a place of no less weight in a village never has fewer than a lighter one by two."""
    area = villages(**{f"v{n}": count for n, count in enumerate(people)})
    here = [(village, weight) for village, weight in places if village < len(people)]
    village = np.array([v for v, _ in here], dtype=np.int64)
    weight = np.array([w for _, w in here], dtype=float)
    xy = area.geometry.iloc[village].centroid.get_coordinates().to_numpy()
    found = demand_from_places(area, xy, village, weight, evidence="estimated")
    totals = found.groupby("village_id")["population"].sum()
    assert {n: int(totals.get(n, 0)) for n in area["village_id"]} == {
        f"v{n}": count for n, count in enumerate(people)
    }
    assert (found["population"] > 0).all()
    for number, count in enumerate(people):
        own = weight[village == number]
        shares = largest_remainder(count, own) if len(own) else np.array([count])
        assert sorted(shares[shares > 0]) == sorted(
            found.loc[found["village_id"] == f"v{number}", "population"]
        )
        if len(own):
            assert (np.abs(shares - count * own / own.sum()) < 1).all()


def test_shares_equal_up_to_rounding_error_go_to_the_earlier_place() -> None:
    """0.1 + 0.2 and 0.3 weigh the same, though their last bits differ: the first has the rest."""
    heavier = 0.1 + 0.2
    assert heavier > 0.3
    assert largest_remainder(1, np.array([0.3, heavier])).tolist() == [1, 0]
    assert largest_remainder(1, np.array([heavier, 0.3])).tolist() == [1, 0]


def test_points_join_until_each_stands_for_enough_people() -> None:
    """In v two of one square of 100 m are 24 at the larger; the 6 nearer to them join, not the 30.

    Nobody of w is many: its 3 and 4 become one point of 7 at the larger.
    """
    places = [(10, 10), (90, 90), (250, 10), (950, 10), (1100, 10), (1900, 10)]
    given = DemandPoints(
        gpd.GeoDataFrame(
            demand([4, 20, 6, 30, 3, 4], ["v"] * 4 + ["w"] * 2),
            geometry=[shapely.Point(xy) for xy in places], crs=CRS,
        )
    )  # fmt: skip
    found = joined_homes(given, fewest_people=20)
    assert found["demand_id"].tolist() == ["d1", "d3", "d5"]
    assert found["population"].tolist() == [30, 30, 7]
    assert found.geometry.get_coordinates().to_numpy().tolist() == [[90, 90], [950, 10], [1900, 10]]
