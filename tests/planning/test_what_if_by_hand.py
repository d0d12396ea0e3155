"""Units opened, closed and moved on the street, by hand and as computed from the start."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest

from batu_geo.domain.errors import ScenarioError
from batu_geo.planning.assess import assess
from batu_geo.planning.assessment import Assessment
from batu_geo.planning.situation import served_people
from batu_geo.planning.what_if import WhatIf, add_unit, close_unit, move_unit, what_if
from tests.planning.street import CRS, place, settings, study

UNITS = {"u0": ("v0", 0.0), "u3": ("v3", 12.0)}
BUILDINGS = {"b1": ("v1", 4.0), "b2": ("v2", 8.0)}


@pytest.fixture(scope="module")
def today() -> WhatIf:
    return what_if(assess(study(UNITS, BUILDINGS), settings()))


def degrees(blocks: float) -> dict[str, float]:
    """Return a place on the street as longitude and latitude."""
    (point,) = gpd.GeoSeries([place(blocks)], crs=CRS).to_crs("EPSG:4326")
    return {"lon": point.x, "lat": point.y}


def same(run: WhatIf, afresh: Assessment) -> None:
    pd.testing.assert_frame_equal(run.coverage(), afresh.villages)
    columns = ["rank", "village_id", "mean_minutes", "people_beyond", "score"]
    pd.testing.assert_frame_equal(run.gaps()[columns], afresh.gaps[columns])


@pytest.mark.slow
def test_nothing_changed_is_the_assessment_itself(today: WhatIf) -> None:
    same(today, today.assessment)
    assert served_people(today.situation) == 40


@pytest.mark.slow
def test_a_unit_at_4_serves_the_homes_from_2_to_6_and_its_village_leaves_the_ranking(
    today: WhatIf,
) -> None:
    opened = add_unit(today, "b1")
    assert served_people(opened.situation) == 40 + 40
    assert today.gaps()["village_id"].tolist() == ["v1", "v2"]
    assert opened.gaps()["village_id"].tolist() == ["v2"]
    same(opened, assess(study({"b1": ("v1", 4), **UNITS}, BUILDINGS), settings()))


@pytest.mark.slow
def test_a_closed_unit_leaves_its_people_the_way_to_the_other_one(today: WhatIf) -> None:
    closed = close_unit(today, "u3")
    assert served_people(closed.situation) == 20
    assert closed.gaps()["village_id"].tolist() == ["v3", "v2", "v1"]
    same(closed, assess(study({"u0": UNITS["u0"]}, BUILDINGS), settings()))


def test_a_moved_unit_serves_the_same_village_from_elsewhere(today: WhatIf) -> None:
    """From 12 to 7.5, in v2: homes at 5.5 to 9.5 are within 2 minutes, and v3 keeps its unit."""
    moved = move_unit(today, "u3", **degrees(7.5))
    assert served_people(moved.situation) == 20 + 50
    assert moved.gaps()["village_id"].tolist() == ["v1", "v2"]
    assert moved.situation.units["u3"].village_id == "v3"


def test_closing_the_last_unit_leaves_everybody_without_one(today: WhatIf) -> None:
    none_left = close_unit(close_unit(today, "u0"), "u3")
    assert served_people(none_left.situation) == 0
    assert none_left.coverage()["unreachable"].sum() == 2 * 120
    assert len(none_left.gaps()) == 4


def test_changes_undo_each_other_and_their_order_does_not_matter(today: WhatIf) -> None:
    back = close_unit(add_unit(today, "b1"), "b1")
    pd.testing.assert_frame_equal(back.coverage(), today.coverage())
    one = add_unit(add_unit(today, "b1"), "b2")
    other = add_unit(add_unit(today, "b2"), "b1")
    pd.testing.assert_frame_equal(one.coverage(), other.coverage())
    assert served_people(one.situation) == 120


@pytest.mark.parametrize("site", ["", "nowhere", "u0"])
def test_what_is_no_building_of_the_study_cannot_be_opened(today: WhatIf, site: str) -> None:
    with pytest.raises(ScenarioError, match="BG-307"):
        add_unit(today, site)


def test_a_building_cannot_be_opened_twice(today: WhatIf) -> None:
    with pytest.raises(ScenarioError, match="BG-307"):
        add_unit(add_unit(today, "b1"), "b1")


@pytest.mark.parametrize("unit", ["", "b1", "nowhere"])
def test_what_is_no_open_unit_cannot_be_closed_or_moved(today: WhatIf, unit: str) -> None:
    with pytest.raises(ScenarioError, match="BG-306"):
        close_unit(today, unit)
    with pytest.raises(ScenarioError, match="BG-306"):
        move_unit(today, unit, **degrees(1))


@pytest.mark.parametrize(("lon", "lat"), [(float("nan"), 0), (float("inf"), 0), (0, 0), (1e9, 1e9)])
def test_a_unit_cannot_move_out_of_the_villages(today: WhatIf, lon: float, lat: float) -> None:
    with pytest.raises(ScenarioError, match="BG-316"):
        move_unit(today, "u0", lon=lon, lat=lat)
    with pytest.raises(ScenarioError, match="BG-316"):
        move_unit(today, "u0", **degrees(12.5))


def test_the_assessment_a_change_began_with_stays_as_it_was(today: WhatIf) -> None:
    before = today.assessment.villages.copy()
    changed = add_unit(today, "b1")
    assert changed.assessment is today.assessment
    pd.testing.assert_frame_equal(today.assessment.villages, before)
    assert replace(changed, situation=today.situation).gaps()["village_id"].tolist() == ["v1", "v2"]
