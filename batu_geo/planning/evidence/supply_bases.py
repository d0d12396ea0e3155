"""What rows of units, posyandu, hospitals, actions and reported figures rest on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

from batu_geo.domain.contracts import INDICATOR_CARDS
from batu_geo.planning.evidence.bases import buildings_basis, competing_basis
from batu_geo.planning.evidence.ledger import ledger_of
from batu_geo.planning.evidence.worth import NOTHING, Basis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.planning.assessment import Assessment

Row: TypeAlias = "Mapping[Any, Any]"
# Actions that are about a village, a building or a unit.
OF_VILLAGES = ("open_unit", "find_building")
# By figure of the city: what the study counts beside it; others are of puskesmas and their staff.
OF_FIGURE = {"F-UPKDK": ("unit",), "F-VILLAGES": ("outline",), "F-AREA": ("outline",),
             "F-POP": ("population",)}  # fmt: skip
PUSKESMAS_KINDS = ("population", "facilities", "staffing")
OF_UNITS = {"add_staff": "staffing", "equip_unit": "profiles"}


def unit_row(assessment: Assessment, row: Row) -> Basis:
    """Return the record of a unit, which says what it is run from and its state."""
    return ledger_of(assessment).of("facilities", [row["facility_id"]])


def posyandu_row(assessment: Assessment, row: Row) -> Basis:
    """Return the counts of a village and its people; of the city those of all, or its own."""
    ledger, villages = ledger_of(assessment), assessment.study.villages
    inside = villages["village_name"] == row["area"]
    ids = list(villages["village_id"][inside if inside.any() else slice(None)])
    basis = ledger.of("population", ids) | ledger.of("indicators", ids)
    is_reported = not inside.any() and "figures" in ledger.rows
    return basis | (ledger.of("figures", ["F-POSYANDU", "F-CADRE"]) if is_reported else NOTHING)


def hospital_row(assessment: Assessment, row: Row) -> Basis:
    """Return a hospital, the village or unit it is timed from, and the ways of every mode used."""
    ledger = ledger_of(assessment)
    ways = NOTHING.union(*(ledger.ways[mode] for mode in ledger.ways))
    basis = ways | ledger.places([row["hospital_id"]]) | ledger.settings["referral"]
    if "facility_id" in row:
        return basis | ledger.places([row["facility_id"]])
    return basis | ledger.people([row["village_id"]])


def action_row(assessment: Assessment, row: Row) -> Basis:
    """Return what makes an action needed: the state of a village, building or unit."""
    ledger, action, own = ledger_of(assessment), row["action"], [row["subject_id"]]
    if action in OF_VILLAGES:
        sought = ledger.of("buildings") if action == "find_building" else NOTHING
        return ledger.of("unit", own) | sought
    if action in OF_UNITS:
        return ledger.of("facilities", own) | ledger.of(OF_UNITS[action], own)
    return buildings_basis(assessment, own) | ledger.settings["candidates"]


def new_road_row(assessment: Assessment, _row: Row) -> Basis:
    """Return the setting that builds a road, and the roads it is joined to."""
    ledger = ledger_of(assessment)
    return ledger.settings["new_roads"] | ledger.of("roads")


def opened_unit_row(assessment: Assessment, row: Row) -> Basis:
    """Return the record of a unit that the scenario opens or upgrades, and its costs if any."""
    ledger, own = ledger_of(assessment), [row["facility_id"]]
    has_costs = str(row["facility_id"]) in ledger.rows.get("costs", {})
    basis = ledger.places(own) | (ledger.of("costs", own) if has_costs else NOTHING)
    return basis | (ledger.settings["new_units"] if row["action"] == "open_unit" else NOTHING)


def staff_equity_row(assessment: Assessment, _row: Row) -> Basis:
    """Return what access to staff rests on, and the programme figures it is compared by."""
    return competing_basis(assessment) | ledger_of(assessment).of("indicators")


def found_basis(assessment: Assessment, row: Row) -> Basis:
    """Return what the study has beside a figure that the city reports rests on; of nothing, none.

    Parameters
    ----------
    assessment
        It was computed on.
    row
        Of ``figures``: ``figure_id``, ``found`` and ``found_in``.
    """
    ledger, name = ledger_of(assessment), str(row["figure_id"])
    calibration = assessment.scenario.calibration
    if math.isnan(float(row["found"])):
        return NOTHING
    if calibration is not None and name == calibration.figure:
        return ledger.ways[calibration.mode]
    found_in = str(row["found_in"])
    if found_in != "inputs":
        return ledger.of("figures", ["F-CKG", "F-POP"] if found_in == "computed" else [])
    counted = {card.figure for card in INDICATOR_CARDS.values() if card.figure}
    kinds = ("indicators",) if name in counted else OF_FIGURE.get(name, PUSKESMAS_KINDS)
    return NOTHING.union(*(ledger.of(kind) for kind in kinds))
