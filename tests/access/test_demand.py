"""People are spread along inhabited streets, whole and complete."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batu_geo.access.demand import demand_points, largest_remainder, villages_without_streets
from batu_geo.domain.travel import Demand
from tests.toy import town, villages

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
