"""What if: a changed run says what a run from the start would say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from batu_geo.domain.errors import ScenarioError
from batu_geo.domain.tables import Facilities
from batu_geo.planning.assess import assess
from batu_geo.planning.assessment import Assessment
from batu_geo.planning.what_if import WhatIf, add_unit, close_unit, move_unit, what_if
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario

pytestmark = pytest.mark.slow

SITE, UNIT = "ILU-35.79.01.2006-2", "UPKDK-35.79.03.2003"


@pytest.fixture(scope="module")
def assessment(sparse_study: Path) -> Assessment:
    study = load_study(sparse_study)
    return assess(study, load_scenario("baseline", study=study))


@pytest.fixture(scope="module")
def today(assessment: Assessment) -> WhatIf:
    return what_if(assessment)


def from_the_start(assessment: Assessment, facilities: gpd.GeoDataFrame) -> Assessment:
    changed = Facilities(facilities.sort_values("facility_id", ignore_index=True))
    return assess(replace(assessment.study, facilities=changed), assessment.scenario)


def same(today: WhatIf, assessment: Assessment) -> None:
    pd.testing.assert_frame_equal(today.coverage(), assessment.villages)
    columns = ["rank", "village_id", "mean_minutes", "people_beyond", "score"]
    pd.testing.assert_frame_equal(today.gaps()[columns], assessment.gaps[columns])


def test_nothing_changed_is_the_run_itself(today: WhatIf, assessment: Assessment) -> None:
    same(today, assessment)


@pytest.mark.slow
def test_a_unit_more_is_as_if_computed_anew(today: WhatIf, assessment: Assessment) -> None:
    site = assessment.candidates.set_index("site_id").loc[SITE]
    unit = {"facility_id": SITE, "facility_name": "Unit baru", "kind": "UPKDK",
            "village_id": site["village_id"], "status": "active", "operator": "city",
            "geometry": site["geometry"]}  # fmt: skip
    new = gpd.GeoDataFrame([unit], geometry="geometry", crs=assessment.study.crs)
    more = gpd.GeoDataFrame(pd.concat([assessment.study.facilities, new]))
    same(add_unit(today, SITE), from_the_start(assessment, more))


@pytest.mark.slow
def test_a_unit_less_is_as_if_computed_anew(today: WhatIf, assessment: Assessment) -> None:
    facilities = assessment.study.facilities
    same(
        close_unit(today, UNIT),
        from_the_start(assessment, facilities[facilities["facility_id"] != UNIT]),
    )


@pytest.mark.slow
def test_a_unit_moved_is_as_if_computed_anew(today: WhatIf, assessment: Assessment) -> None:
    facilities = assessment.study.facilities.copy()
    lon, lat = 112.5421, -7.9012
    there = gpd.GeoSeries([shapely.Point(lon, lat)], crs="EPSG:4326").to_crs(assessment.study.crs)[
        0
    ]
    facilities.loc[facilities["facility_id"] == UNIT, "geometry"] = there
    same(move_unit(today, UNIT, lon=lon, lat=lat), from_the_start(assessment, facilities))


def test_changes_undo_each_other(today: WhatIf) -> None:
    again = close_unit(add_unit(today, SITE), SITE)
    pd.testing.assert_frame_equal(again.coverage(), today.coverage())
    pd.testing.assert_frame_equal(again.gaps(), today.gaps())


def test_one_unit_more_never_serves_fewer(today: WhatIf, assessment: Assessment) -> None:
    before = today.coverage()["served"]
    for site in assessment.candidates["site_id"]:
        assert (add_unit(today, site).coverage()["served"] >= before).all()


@pytest.mark.parametrize("site", ["", "tidak-ada", UNIT])
def test_what_is_not_in_the_ledger_is_refused(today: WhatIf, site: str) -> None:
    with pytest.raises(ScenarioError, match="BG-307"):
        add_unit(today, site)


@pytest.mark.parametrize(
    ("lon", "lat"), [(float("nan"), -7.9), (float("inf"), -7.9), (-7.9, 112.54), (0, 0), (1e9, 1e9)]
)
def test_a_place_that_is_not_in_the_study_is_refused(today: WhatIf, lon: float, lat: float) -> None:
    with pytest.raises(ScenarioError, match="BG-316"):
        move_unit(today, UNIT, lon=lon, lat=lat)


def test_a_unit_cannot_be_opened_twice_nor_closed_twice(today: WhatIf) -> None:
    with pytest.raises(ScenarioError, match="BG-307"):
        add_unit(add_unit(today, SITE), SITE)
    with pytest.raises(ScenarioError, match="BG-306"):
        close_unit(close_unit(today, UNIT), UNIT)
