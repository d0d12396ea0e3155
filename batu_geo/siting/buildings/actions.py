"""The list of actions: for each village, building or unit what is missing and which office acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from batu_geo.domain.cell_rows import CellRows, StaffShortage
from batu_geo.siting.buildings.building_state import BuildingState
from batu_geo.siting.buildings.candidates import is_best_in_village

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

HEALTH_OFFICE = "Dinas Kesehatan"
STAFF_OFFICE = "BKPSDM"
ASSET_OFFICE = "Pengelola Barang Milik Daerah"
VILLAGE = "Pemerintah desa/kelurahan"
UNIT_NORM = "N-UPKDK-DESA"
COLUMNS = ("strategy", "action", "subject_id", "subject", "missing", "owner", "norm_id")


def action_list(
    gaps: pd.DataFrame,
    sites: pd.DataFrame,
    staff_gaps: pd.DataFrame,
    standards: pd.DataFrame,
    names: Mapping[Any, str],
    *,
    norms: Container[str],
) -> pd.DataFrame:
    """Return one row for each action that an office should take.

    Columns: ``strategy`` (1 to 6), ``action`` (a code), ``subject_id`` and ``subject`` (the
    village, building or unit), ``missing`` (a `CellRows` of codes, `Unverified` fields or a
    `StaffShortage`), ``owner`` (the office that acts) and ``norm_id``.

    Parameters
    ----------
    gaps, sites
        From `rank_gaps` and `rank_sites`.
    staff_gaps, standards
        From `staff_gaps` and `standards_met`; may be empty.
    names
        Names of facilities by id.
    norms
        Ids of the norms of the country, which alone are named.
    """
    rows = [
        *_units(gaps, sites, UNIT_NORM if UNIT_NORM in norms else ""),
        *_staff(staff_gaps, names),
        *_standards(standards, names),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _units(gaps: pd.DataFrame, sites: pd.DataFrame, norm_id: str) -> Iterator[dict[str, Any]]:
    best = sites[is_best_in_village(sites)].set_index("village_id")
    for gap in gaps.to_dict("records"):
        village_id = gap["village_id"]
        subject = {"subject_id": village_id, "subject": gap["village_name"], "strategy": 4}
        yield {**subject, "action": "open_unit", "missing": CellRows(("UPKDK",)),
               "owner": HEALTH_OFFICE, "norm_id": norm_id}  # fmt: skip
        if village_id not in best.index:
            yield {**subject, "action": "find_building", "missing": CellRows(("building",)),
                   "owner": ASSET_OFFICE, "norm_id": ""}  # fmt: skip
        elif best.loc[village_id, "building_state"] == BuildingState.TO_VERIFY:
            site = best.loc[village_id]
            yield {"strategy": 4, "action": "verify_building", "subject_id": site["site_id"],
                   "subject": site["building_name"], "missing": site["verify"],
                   "owner": ASSET_OFFICE, "norm_id": ""}  # fmt: skip


def _staff(staff_gaps: pd.DataFrame, names: Mapping[Any, str]) -> Iterator[dict[str, Any]]:
    for row in staff_gaps.to_dict("records"):
        if pd.isna(row["gap"]) or not row["gap"]:
            continue
        owner = VILLAGE if row["profession"] == "cadre" else STAFF_OFFICE
        yield {
            "strategy": 4,
            "action": "add_staff",
            "subject_id": row["facility_id"],
            "subject": names.get(row["facility_id"], ""),
            "missing": CellRows((StaffShortage(int(row["gap"]), row["profession"]),)),
            "owner": owner,
            "norm_id": row["norm_id"],
        }


def _standards(standards: pd.DataFrame, names: Mapping[Any, str]) -> Iterator[dict[str, Any]]:
    for row in standards.to_dict("records"):
        absent = tuple(str(item) for item, answer in row.items() if answer == "no")
        if absent:
            yield {
                "strategy": 4,
                "action": "equip_unit",
                "subject_id": row["facility_id"],
                "subject": names.get(row["facility_id"], ""),
                "missing": CellRows(absent),
                "owner": HEALTH_OFFICE,
                "norm_id": "",
            }
