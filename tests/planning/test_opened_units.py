"""Units that a scenario opens and upgrades on the street, by hand."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

from batu_geo.domain.errors import ScenarioError
from batu_geo.domain.site_choice import FacilityChange, NewUnit
from batu_geo.planning.assess import assess
from batu_geo.planning.study import Study, as_changed
from batu_geo.planning.tables.health_office_tables import health_office_tables
from batu_geo.planning.tables.opened_unit_table import opened_unit_table
from tests.planning.street import CRS, place, settings, study

UNITS = {"u0": ("v0", 0.0), "u3": ("v3", 12.0)}
BUILDINGS = {"b1": ("v1", 4.0), "b2": ("v2", 8.0)}
COSTS = pd.DataFrame(
    {
        "building_id": ["b1", "b1", "POLINDES-1", "u3"],
        "item": "x",
        "payer": ["city", "bok", "village_fund", "city"],
        "period": ["once", "yearly", "once", "once"],
        "rupiah": [100, 7, 40, 9],
        "evidence": "illustrative",
    }
)


def town() -> Study:
    return study(
        UNITS, BUILDINGS, facilities={"POLINDES-1": ("POLINDES", 7.0)}, costs=COSTS
    )  # fmt: skip


def lonlat(blocks: float) -> dict[str, float]:
    (point,) = gpd.GeoSeries([place(blocks)], crs=CRS).to_crs("EPSG:4326")
    return {"lon": point.x, "lat": point.y}


def unit(unit_id: str, **more: object) -> NewUnit:
    return NewUnit.model_validate({"unit_id": unit_id, "source": "toy", **more})


def test_a_building_becomes_a_unit_and_leaves_the_ledger() -> None:
    changed = as_changed(town(), settings(new_units=(unit("b1"),)))
    row = changed.facilities.set_index("facility_id").loc["b1"]
    assert (row["facility_name"], row["village_id"], row["kind"]) == ("Balai b1", "v1", "UPKDK")
    assert (row["status"], row["operator"], row["evidence"]) == ("active", "city", "assumed")
    assert row["evidence_note"] == "toy"
    assert row["geometry"].equals(place(4))
    assert changed.buildings["building_id"].tolist() == ["b2"]
    assert changed.facilities.dtypes.equals(town().facilities.dtypes)


def test_a_unit_anywhere_serves_the_village_it_stands_in_or_the_one_that_is_said() -> None:
    here, there = unit("new", **lonlat(7.5)), unit("other", name="B", village_id="v1", **lonlat(7))
    changed = as_changed(town(), settings(new_units=(here, there)))
    rows = changed.facilities.set_index("facility_id").loc[["new", "other"]]
    assert rows["village_id"].tolist() == ["v2", "v1"]
    assert rows["facility_name"].tolist() == ["new", "B"]
    assert rows.geometry["new"].distance(place(7.5)) < 0.01
    assert len(changed.buildings) == 2


def test_a_new_unit_can_be_moved_and_closed_by_its_id() -> None:
    moved = FacilityChange(facility_id="new", status="closed", source="toy", **lonlat(2))
    scenario = settings(new_units=(unit("new", **lonlat(7.5)),), facility_changes=(moved,))
    row = as_changed(town(), scenario).facilities.set_index("facility_id").loc["new"]
    assert row["geometry"].distance(place(2)) < 0.01
    assert (row["status"], row["village_id"]) == ("closed", "v2")


def test_an_upgrade_makes_a_unit_of_a_facility() -> None:
    upgrade = FacilityChange(facility_id="POLINDES-1", kind="UPKDK", source="toy")
    row = as_changed(town(), settings(facility_changes=(upgrade,))).facilities.iloc[-1]
    assert (row["facility_id"], row["kind"], row["status"]) == ("POLINDES-1", "UPKDK", "active")


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (unit("nowhere"), "BG-307"),
        (unit("u0", **lonlat(3)), "BG-320"),
        (unit("u0"), "BG-320"),
        (unit("new", lon=0, lat=0), "BG-316"),
        (unit("new", village_id="v9", **lonlat(3)), "BG-304"),
    ],
)
def test_what_cannot_be_opened_is_refused(new: NewUnit, code: str) -> None:
    with pytest.raises(ScenarioError, match=code):
        as_changed(town(), settings(new_units=(new,)))


def test_no_two_units_have_one_id_nor_one_building() -> None:
    for both in ((unit("b1"), unit("b1")), (unit("new", **lonlat(1)), unit("new", **lonlat(2)))):
        with pytest.raises(ScenarioError, match="BG-320"):
            as_changed(town(), settings(new_units=both))


@pytest.mark.slow
def test_opened_in_a_scenario_is_as_found_in_the_study() -> None:
    opened = assess(town(), settings(new_units=(unit("b1"), unit("new", **lonlat(8)))))
    found = assess(
        study({**UNITS, "b1": ("v1", 4.0), "new": ("v2", 8.0)}, {"b2": BUILDINGS["b2"]}), settings()
    )
    pd.testing.assert_frame_equal(opened.villages, found.villages)
    assert opened.gaps.empty
    assert opened.candidates["site_id"].tolist() == ["b2"]
    assert opened.unit_status.tolist() == found.unit_status.tolist() == ["open"] * 4


@pytest.mark.slow
def test_what_is_opened_costs_what_the_study_or_the_scenario_says() -> None:
    """The polindes is paid by the village, the unit u3 was there before: it would be enlarged."""
    upgrade = FacilityChange(facility_id="POLINDES-1", kind="UPKDK", source="desa")
    scenario = settings(
        new_units=(
            unit("b1"), unit("b2"), unit("new", cost_rupiah=55, **lonlat(8)),
            unit("other", **lonlat(2)),
        ),
        facility_changes=(upgrade,),
    )  # fmt: skip
    answer = assess(town(), scenario)
    tables = health_office_tables(answer)
    table = tables["opened_units"].set_index("facility_id")
    assert table["action"].tolist() == ["open_unit"] * 4 + ["upgrade_unit"]
    assert table["village_name"].tolist()[:2] == ["Desa v1", "Desa v2"]
    assert table["source"].tolist() == ["toy"] * 4 + ["desa"]
    known = table[["city_rupiah", "village_fund_rupiah", "once_rupiah", "bok_yearly_rupiah"]]
    assert known.loc["b1"].tolist() == [100, 0, 100, 7]
    assert known.loc["b2"].isna().all()
    assert known.loc["new"].tolist() == [55, 0, 55, pd.NA]
    assert known.loc["other"].isna().all()
    assert known.loc["POLINDES-1"].tolist() == [0, 40, 40, 0]
    assert table["evidence"].tolist()[:2] == ["illustrative", "assumed"]
    enlarged = tables["building_costs"].query("action == 'enlarge_unit'")
    assert enlarged["site_id"].tolist() == ["u3"]


def test_a_study_without_costs_knows_none() -> None:
    changed = as_changed(study(UNITS, BUILDINGS), settings(new_units=(unit("b1"),)))
    assert opened_unit_table(changed, settings(new_units=(unit("b1"),)))["once_rupiah"].isna().all()


@pytest.mark.slow
def test_a_scenario_that_opens_nothing_has_no_such_table() -> None:
    assert "opened_units" not in health_office_tables(assess(town(), settings()))
