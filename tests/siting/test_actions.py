"""What is missing, for whom, and which office acts: never a person."""

from __future__ import annotations

import pandas as pd

from batu_geo.domain.cell_rows import CellRows, Unverified
from batu_geo.domain.norms import norms
from batu_geo.siting.buildings import actions
from batu_geo.siting.buildings.actions import action_list
from batu_geo.siting.buildings.building_state import BuildingState

GAPS = pd.DataFrame({"village_id": ["v", "w", "x"], "village_name": ["Desa V", "Desa W", "Desa X"]})
SITES = pd.DataFrame(
    {
        "site_id": ["B1", "B2", "B3"],
        "building_name": ["Balai V", "Balai W", "Balai lain"],
        "village_id": ["v", "w", "v"],
        "building_state": [
            BuildingState.READY,
            BuildingState.TO_VERIFY,
            BuildingState.TO_VERIFY,
        ],
        "verify": [
            CellRows(),
            CellRows((Unverified("B2", "rooms"), Unverified("B2", "owner"))),
            CellRows((Unverified("B3", "rooms"),)),
        ],
        "rank_in_village": pd.array([1, 1, 2], dtype="Int64"),
    }
)
STAFF = pd.DataFrame(
    {
        "facility_id": ["U1", "U1", "U1", "U2"],
        "profession": ["nurse", "midwife", "cadre", "nurse"],
        "gap": pd.array([0, 1, 2, None], dtype="Int64"),
        "norm_id": ["N-SDM-NURSE", "N-SDM-MIDWIFE", "N-SDM-CADRE", "N-SDM-NURSE"],
    }
)
STANDARDS = pd.DataFrame(
    {"facility_id": ["U1", "U2"], "water": ["no", "yes"], "ramp": ["no", "unknown"], "met": [0, 1]}
)
NAMES = {"U1": "UPKDK Satu"}
OFFICES = {actions.HEALTH_OFFICE, actions.STAFF_OFFICE, actions.ASSET_OFFICE, actions.VILLAGE}


def listed() -> pd.DataFrame:
    return action_list(GAPS, SITES, STAFF, STANDARDS, NAMES, norms=norms())


def of(action: str) -> list[tuple[str, str, str]]:
    table = listed()
    rows = table[table["action"] == action]
    return list(zip(rows["subject_id"], map(str, rows["missing"]), rows["owner"], strict=True))


def test_each_village_without_a_unit_needs_one() -> None:
    assert of("open_unit") == [(v, "UPKDK", "Dinas Kesehatan") for v in "vwx"]


def test_a_building_is_looked_for_only_where_none_is_left() -> None:
    assert of("find_building") == [("x", "building", "Pengelola Barang Milik Daerah")]


def test_only_the_best_building_is_verified() -> None:
    assert of("verify_building") == [("B2", "rooms; owner", "Pengelola Barang Milik Daerah")]


def test_staff_is_missing_where_it_is_known_to_be() -> None:
    """An unknown gap is no gap: nobody is asked to fill it."""
    assert of("add_staff") == [
        ("U1", "1 midwife", "BKPSDM"),
        ("U1", "2 cadre", "Pemerintah desa/kelurahan"),
    ]


def test_what_is_unknown_is_not_said_to_be_absent() -> None:
    assert of("equip_unit") == [("U1", "water; ramp", "Dinas Kesehatan")]


def test_every_action_has_an_office_and_serves_a_strategy() -> None:
    table = listed()
    assert set(table["owner"]) <= OFFICES
    assert table["strategy"].between(1, 6).all()
    assert tuple(table.columns) == actions.COLUMNS


def test_abroad_no_norm_is_named() -> None:
    table = action_list(GAPS, SITES, STAFF.iloc[:0], STANDARDS, NAMES, norms=("N-EMOC",))
    assert set(table["norm_id"]) == {""}


def test_nothing_missing_gives_an_empty_list_with_its_columns() -> None:
    table = action_list(
        GAPS.iloc[:0], SITES.iloc[:0], STAFF.iloc[:1], STANDARDS.iloc[1:], NAMES, norms=()
    )
    assert table.empty
    assert tuple(table.columns) == actions.COLUMNS
