"""What if: a held run says what a run from the start would say."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import batu_geo as bg
from batu_geo.domain.errors import ScenarioError
from batu_geo.domain.tables import Facilities
from batu_geo.planning.assess import assess
from batu_geo.planning.assessment import Assessment
from batu_geo.planning.what_if import HeldRun, hold, moved, with_site, without
from batu_geo.sources.study.scenarios import load_scenario

pytestmark = pytest.mark.slow

SITE, UNIT = "ILU-35.79.01.2006-2", "UPKDK-35.79.03.2003"


@pytest.fixture(scope="module")
def found() -> Assessment:
    study = bg.load_study()
    return assess(study, load_scenario("baseline", study=study))


@pytest.fixture(scope="module")
def held(found: Assessment) -> HeldRun:
    return hold(found)


def from_the_start(found: Assessment, facilities: gpd.GeoDataFrame) -> Assessment:
    changed = Facilities(facilities.sort_values("facility_id", ignore_index=True))
    return assess(replace(found.study, facilities=changed), found.scenario)


def same(held: HeldRun, found: Assessment) -> None:
    pd.testing.assert_frame_equal(held.coverage(), found.villages)
    columns = ["rank", "village_id", "mean_minutes", "people_beyond", "score"]
    pd.testing.assert_frame_equal(held.gaps()[columns], found.gaps[columns])


def test_nothing_changed_is_the_run_itself(held: HeldRun, found: Assessment) -> None:
    same(held, found)


@pytest.mark.slow
def test_a_unit_more_is_as_if_computed_anew(held: HeldRun, found: Assessment) -> None:
    site = found.candidates.set_index("site_id").loc[SITE]
    unit = {"facility_id": SITE, "facility_name": "Unit baru", "kind": "UPKDK",
            "village_id": site["village_id"], "status": "active", "operator": "city",
            "geometry": site["geometry"]}  # fmt: skip
    new = gpd.GeoDataFrame([unit], geometry="geometry", crs=found.study.crs)
    more = gpd.GeoDataFrame(pd.concat([found.study.facilities, new]))
    same(with_site(held, SITE), from_the_start(found, more))


@pytest.mark.slow
def test_a_unit_less_is_as_if_computed_anew(held: HeldRun, found: Assessment) -> None:
    facilities = found.study.facilities
    same(without(held, UNIT), from_the_start(found, facilities[facilities["facility_id"] != UNIT]))


@pytest.mark.slow
def test_a_unit_moved_is_as_if_computed_anew(held: HeldRun, found: Assessment) -> None:
    facilities = found.study.facilities.copy()
    lon, lat = 112.5421, -7.9012
    there = gpd.GeoSeries([shapely.Point(lon, lat)], crs="EPSG:4326").to_crs(found.study.crs)[0]
    facilities.loc[facilities["facility_id"] == UNIT, "geometry"] = there
    same(moved(held, UNIT, lon=lon, lat=lat), from_the_start(found, facilities))


def test_changes_undo_each_other(held: HeldRun) -> None:
    again = without(with_site(held, SITE), SITE)
    pd.testing.assert_frame_equal(again.coverage(), held.coverage())
    pd.testing.assert_frame_equal(again.gaps(), held.gaps())


def test_one_unit_more_never_serves_fewer(held: HeldRun, found: Assessment) -> None:
    before = held.coverage()["served"]
    for site in found.candidates["site_id"]:
        assert (with_site(held, site).coverage()["served"] >= before).all()


@pytest.mark.parametrize("site", ["", "tidak-ada", UNIT])
def test_what_is_not_in_the_ledger_is_refused(held: HeldRun, site: str) -> None:
    with pytest.raises(ScenarioError, match="BG-307"):
        with_site(held, site)


@pytest.mark.parametrize(
    ("lon", "lat"), [(float("nan"), -7.9), (float("inf"), -7.9), (-7.9, 112.54), (0, 0), (1e9, 1e9)]
)
def test_a_place_that_is_not_in_the_study_is_refused(held: HeldRun, lon: float, lat: float) -> None:
    with pytest.raises(ScenarioError, match="BG-316"):
        moved(held, UNIT, lon=lon, lat=lat)


def test_a_unit_cannot_be_opened_twice_nor_closed_twice(held: HeldRun) -> None:
    with pytest.raises(ScenarioError, match="BG-307"):
        with_site(with_site(held, SITE), SITE)
    with pytest.raises(ScenarioError, match="BG-306"):
        without(without(held, UNIT), UNIT)
