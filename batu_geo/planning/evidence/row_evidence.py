"""What each row of each table rests on, and its class: the weakest of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import pandas as pd

from batu_geo.domain.cell_rows import ids_cell
from batu_geo.domain.contracts import INDICATOR_CARDS
from batu_geo.planning.evidence.bases import (
    buildings_basis,
    competing_basis,
    gain_basis,
    hospitals_basis,
    order_basis,
    plan_basis,
    staffed_basis,
)
from batu_geo.planning.evidence.ledger import ledger_of, nearest_units
from batu_geo.planning.evidence.people_bases import (
    age_group_row,
    doctor_row,
    homes_row,
    puskesmas_row,
    service_row,
    term_row,
)
from batu_geo.planning.evidence.supply_bases import (
    action_row,
    hospital_row,
    new_road_row,
    opened_unit_row,
    posyandu_row,
    staff_equity_row,
    unit_row,
)
from batu_geo.planning.evidence.worth import NOTHING, Basis, Source, Worth, worth_of
from batu_geo.planning.once import once_for_each

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batu_geo.planning.assessment import Assessment

Row: TypeAlias = "Mapping[Any, Any]"
Table = TypeVar("Table", bound=pd.DataFrame)
RowBasis: TypeAlias = "Callable[[Assessment, Row], Basis]"
WORTH = ("evidence", "evidence_bound_by", "evidence_without", "evidence_date")
RANK_WORTH = (
    "rank_evidence", "rank_evidence_bound_by", "rank_evidence_without", "rank_evidence_date",
)  # fmt: skip
GAIN_WORTH = (
    "gain_evidence", "gain_evidence_bound_by", "gain_evidence_without", "gain_evidence_date",
)  # fmt: skip
UNIT_WORDS = ("cakupan_unit", "cakupan_unit_buka")
OF_WORD = {
    "kepesertaan_jkn": ("population", "indicators"),
    "keaktifan_jkn": ("indicators",),
    "cakupan_layanan_ckg": ("population", "indicators"),
}
OF_CHECK = {
    "cadres_per_posyandu": ("indicators", "figures"),
    "people_per_puskesmas": ("population", "outline", "facilities"),
    "people_per_doctor": ("population", "outline", "facilities", "staffing"),
}


def with_worth(
    table: Table, worths: Sequence[Worth], columns: tuple[str, str, str, str] = WORTH
) -> Table:
    """Return a table with the class of each row, what binds it, its class without, and the date.

    Parameters
    ----------
    table, worths
        One a row.
    columns
        Names of the four: `RANK_WORTH` for those of the rank.
    """
    cells = [
        [w.evidence for w in worths],
        [ids_cell(w.bound_by) for w in worths],
        [w.without for w in worths],
        [w.date for w in worths],
    ]
    found = {
        name: pd.Series(values, index=table.index, dtype="object")
        for name, values in zip(columns, cells, strict=True)
    }
    return table.assign(**found)


def row_worths(assessment: Assessment, name: str, table: pd.DataFrame) -> list[Worth]:
    """Return how sure each row of a table of the health office is.

    Parameters
    ----------
    assessment
        It was computed on.
    name, table
        With an entry in `BASES`.
    """
    known: dict[Basis, Worth] = {}
    bases = [BASES[name](assessment, row) for row in table.to_dict("records")]
    return [known.get(b) or known.setdefault(b, worth_of(b)) for b in bases]


def _word(assessment: Assessment, row: Row) -> Basis:
    ledger, word = ledger_of(assessment), row["word"]
    if word == "cakupan_jangkauan":
        return ledger.reach(row["mode"])
    if word in UNIT_WORDS:
        return ledger.of("unit") | ledger.of("facilities", ledger.open_units)
    if row["source"] not in ("inputs", "") and "figures" in ledger.rows:
        return ledger.of("figures", ["F-CKG", "F-POP"])
    return NOTHING.union(*(ledger.of(kind) for kind in OF_WORD[word]))


def _staff(assessment: Assessment, row: Row) -> Basis:
    ledger, ids = ledger_of(assessment), [row["facility_id"]]
    return ledger.of("facilities", ids) | ledger.of("staffing", ids)


def _hours(assessment: Assessment, row: Row) -> Basis:
    return _staff(assessment, row) | ledger_of(assessment).settings["staffing"]


def _standards(assessment: Assessment, row: Row) -> Basis:
    return ledger_of(assessment).of("profiles", [row["facility_id"]])


def _to_hospitals(assessment: Assessment, row: Row) -> Basis:
    """Return what trips to the puskesmas and hospitals rest on, of a village or of a unit."""
    ledger = ledger_of(assessment)
    if "facility_id" in row:
        return hospitals_basis(assessment) | ledger.places([row["facility_id"]])
    return hospitals_basis(assessment) | ledger.people([row["village_id"]])


def _joined(assessment: Assessment, row: Row) -> Basis:
    """Return what the joins of a point rest on: where it stands, and the roads."""
    ledger, role, ids = ledger_of(assessment), row["role"], [row["point_id"]]
    ways = ledger.ways[assessment.scenario.headline.mode]
    if role == "home":
        return ways | ledger.people([row["village_id"]])
    if role == "village_office":
        return ways | ledger.of("outline", [row["village_id"]])
    return ways | (buildings_basis(assessment, ids) if role == "building" else ledger.places(ids))


def _to_nearest(assessment: Assessment, row: Row) -> Basis:
    """Return what the nearest unit of a village rests on."""
    return ledger_of(assessment).reach(assessment.scenario.headline.mode, [row["village_id"]])


def _by_demand(assessment: Assessment, _row: Row) -> Basis:
    ledger, files = ledger_of(assessment), ("population_raster", "footprints")
    basis = order_basis(assessment) | ledger.settings["demand"]
    return basis.union(*(ledger.of(name) for name in files))


def _indicator(assessment: Assessment, row: Row) -> Basis:
    """Return the rows of a programme figure and of what it is divided by."""
    ledger, villages = ledger_of(assessment), assessment.study.villages
    ids = [row["village_id"]]
    if not row["village_id"]:
        inside = villages["district_name"] == row["village_name"]
        ids = list(villages["village_id"][inside] if inside.any() else villages["village_id"])
    basis = ledger.of("indicators", ids)
    if INDICATOR_CARDS[row["indicator"]].denominator == "population":
        basis |= ledger.of("population", ids)
    return basis


def _area(assessment: Assessment, row: Row) -> Basis:
    ledger, villages = ledger_of(assessment), assessment.study.villages
    inside = villages["district_name"] == row["area"]
    ids = list(villages["village_id"][inside] if inside.any() else villages["village_id"])
    basis = ledger.reach(assessment.scenario.headline.mode, ids)
    is_by_poverty = not pd.isna(row.get("concentration_by_poverty"))
    return basis | (ledger.of("indicators", ids) if is_by_poverty else NOTHING)


def _band(assessment: Assessment, row: Row) -> Basis:
    ledger, mode = ledger_of(assessment), assessment.scenario.headline.mode
    village = str(row["village_id"])
    basis = ledger.reach(mode, [village]) | ledger.settings["robustness"]
    for nearest in _nearest_at_speeds(assessment):
        basis |= ledger.places(nearest[village])
    return basis


@once_for_each
def _nearest_at_speeds(assessment: Assessment) -> list[dict[str, tuple[str, ...]]]:
    """Return the units that people go to at slow, middle and fast speeds."""
    mode = assessment.scenario.headline.mode
    return [nearest_units(varied, mode) for varied in assessment.robust.at_speed.values()]


def feasibility_basis(assessment: Assessment, row: Row) -> Basis:
    """Return what the readiness of a village rests on: all its buildings, and the signs of it."""
    ledger, ids = ledger_of(assessment), _sites_by_village(assessment).get(row["village_id"], ())
    gains = NOTHING.union(*(gain_basis(assessment, site) for site in ids))
    basis = gains | (NOTHING if len(ids) else ledger.files.get("buildings", NOTHING))
    return basis | ledger.settings["feasibility"] | ledger.settings["candidates"]


def _costs(assessment: Assessment, row: Row) -> Basis:
    ledger, ids = ledger_of(assessment), [row["site_id"]]
    return buildings_basis(assessment, ids) | ledger.of("costs", ids)


def _instruments(assessment: Assessment, row: Row) -> Basis:
    return buildings_basis(assessment, [row["site_id"]]) | term_row(assessment, row)


def _norm_check(assessment: Assessment, row: Row) -> Basis:
    ledger, what = ledger_of(assessment), row["what"]
    if what == "villages_with_unit":
        return ledger.of("unit")
    kinds = OF_CHECK.get(what, ("facilities", "staffing"))
    if what in OF_CHECK:
        return NOTHING.union(*(ledger.of(kind) for kind in kinds))
    ids = _ids_by_name(assessment).get(row["subject"], ())
    chosen = ledger.settings["staffing"] if what == "open_days_per_unit" else NOTHING
    return chosen.union(*(ledger.of(kind, ids) for kind in kinds))


@once_for_each
def _ids_by_name(assessment: Assessment) -> dict[str, list[str]]:
    return _ids_by(assessment.study.facilities, "facility_name", "facility_id")


@once_for_each
def _sites_by_village(assessment: Assessment) -> dict[str, list[str]]:
    return _ids_by(assessment.candidates, "village_id", "site_id")


def _ids_by(table: pd.DataFrame, column: str, ids: str) -> dict[str, list[str]]:
    return {str(name): list(rows) for name, rows in table.groupby(column)[ids]}


def _figure(assessment: Assessment, row: Row) -> Basis:
    return ledger_of(assessment).of("figures", [row["figure_id"]])


def _asked(assessment: Assessment, row: Row) -> Basis:
    return ledger_of(assessment).of(row["asked_about"])


def _registered(_assessment: Assessment, row: Row) -> Basis:
    return frozenset([Source(row["source_input"], row["evidence"], date=row["date"])])


def _whatever_row(basis_of: Callable[[Assessment], Basis]) -> RowBasis:
    """Return a basis that is that of the answer, the same for every row."""
    return lambda assessment, _row: basis_of(assessment)


BASES: dict[str, RowBasis] = {
    "four_coverages": _word,
    "access": _whatever_row(competing_basis),
    "staff_gaps": _staff,
    "unit_hours": _hours,
    "staff_days": _whatever_row(staffed_basis),
    "staff_hours": _whatever_row(staffed_basis),
    "staff_one_more": _whatever_row(staffed_basis),
    "referral": _to_hospitals,
    "unit_referral": _to_hospitals,
    "standards": _standards,
    "snapping": _joined,
    "demand_sources": _by_demand,
    "indicators": _indicator,
    "equity": _area,
    "bands": _band,
    "feasibility": feasibility_basis,
    "rank_acceptability": _whatever_row(order_basis),
    "pairwise_wins": _whatever_row(order_basis),
    "central_weights": _whatever_row(order_basis),
    "building_costs": _costs,
    "instruments": _instruments,
    "plan": _whatever_row(plan_basis),
    "plan_proof": _whatever_row(plan_basis),
    "plan_alternatives": _whatever_row(plan_basis),
    "building_order": _whatever_row(plan_basis),
    "plan_units": _whatever_row(plan_basis),
    "villages_after": _whatever_row(plan_basis),
    "plan_villages": _whatever_row(plan_basis),
    "norm_checks": _norm_check,
    "figures": _figure,
    "still_to_ask": _asked,
    "evidence_register": _registered,
    "units": unit_row,
    "nearest_units": _to_nearest,
    "puskesmas": puskesmas_row,
    "posyandu": posyandu_row,
    "village_hospitals": hospital_row,
    "unit_hospitals": hospital_row,
    "actions": action_row,
    "new_roads": new_road_row,
    "opened_units": opened_unit_row,
    "doctors": doctor_row,
    "services": service_row,
    "age_groups": age_group_row,
    "homes_compared": homes_row,
    "instrument_terms": term_row,
    "equity_of_staff": staff_equity_row,
}
