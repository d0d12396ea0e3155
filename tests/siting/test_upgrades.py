"""Facilities that may be made a unit where they stand are candidates beside the buildings."""

from __future__ import annotations

import geopandas as gpd
import shapely

from batu_geo.domain.tables import UNKNOWN
from batu_geo.siting.buildings.candidates import with_upgrades
from tests.toy import CRS

LEDGER = gpd.GeoDataFrame(
    {
        "building_id": ["B1"], "building_name": ["Balai"], "owner": ["city"],
        "land_status": ["local_government"], "condition": ["good"], "present_use": ["hall"],
        "floor_area_m2": [90.0], "village_id": ["v"], "evidence": ["reported"],
        "evidence_note": [None],
    },
    geometry=[shapely.Point(1, 1)], crs=CRS,
)  # fmt: skip
FACILITIES = gpd.GeoDataFrame(
    {
        "facility_id": ["P1", "P2", "P3", "U1"],
        "facility_name": ["Polindes 1", "Polindes 2", "Polindes 3", "UPKDK 1"],
        "kind": ["POLINDES", "POLINDES", "POLINDES", "UPKDK"],
        "status": ["active", "closed", "temporarily_closed", "active"],
        "operator": ["village", "city", None, "city"],
        "village_id": ["v", "v", "w", "v"],
        "evidence": ["reported", "reported", "inferred", "reported"],
        "evidence_note": [None, None, "catatan", None],
    },
    geometry=[shapely.Point(n, 0) for n in range(4)], crs=CRS,
)  # fmt: skip


def test_facilities_of_the_kinds_named_follow_the_buildings() -> None:
    """Closed for good is left out; what nobody noted of a facility is unknown or missing."""
    found = with_upgrades(LEDGER, FACILITIES, ["POLINDES"])
    assert found["building_id"].tolist() == ["B1", "P1", "P3"]
    assert found["action"].tolist() == ["open_unit", "upgrade_unit", "upgrade_unit"]
    assert found["owner"].tolist() == ["city", "village", UNKNOWN]
    assert found["land_status"].tolist() == ["local_government", UNKNOWN, UNKNOWN]
    assert found["condition"].tolist() == ["good", UNKNOWN, UNKNOWN]
    assert found["present_use"].tolist() == ["hall", "POLINDES", "POLINDES"]
    assert found["floor_area_m2"].isna().tolist() == [False, True, True]
    assert found["village_id"].tolist() == ["v", "v", "w"]
    assert found["evidence_note"].tolist()[2] == "catatan"
    assert [(p.x, p.y) for p in found.geometry] == [(1, 1), (0, 0), (2, 0)]
    assert found.crs == LEDGER.crs
    assert "action" not in LEDGER


def test_without_a_kind_or_a_facility_of_it_the_buildings_stay_alone() -> None:
    for kinds in ([], ["PUSTU"]):
        found = with_upgrades(LEDGER, FACILITIES, kinds)
        assert found["building_id"].tolist() == ["B1"]
        assert found["action"].tolist() == ["open_unit"]
