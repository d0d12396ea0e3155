"""`health_office_tables`: everything a health office reports, computed on an assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.access.indicators import indicator_table
from batu_geo.access.programmes import four_words, norm_check, norm_table
from batu_geo.domain.names import names_by_id
from batu_geo.planning.evidence.register import evidence_register
from batu_geo.planning.evidence.row_evidence import row_worths, with_worth
from batu_geo.planning.evidence.supply_bases import found_basis
from batu_geo.planning.evidence.worth import worth_of
from batu_geo.planning.once import once_for_each
from batu_geo.planning.study_indicators import programme
from batu_geo.planning.tables.access_table import access_table
from batu_geo.planning.tables.age_groups import age_group_table
from batu_geo.planning.tables.answer_table import still_to_ask
from batu_geo.planning.tables.certainty_tables import (
    acceptability_tables,
    demand_sources,
    homes_compared,
)
from batu_geo.planning.tables.equity_table import equity_of_staff, equity_table
from batu_geo.planning.tables.hospital_tables import hospital_tables
from batu_geo.planning.tables.new_road_table import new_road_table
from batu_geo.planning.tables.opened_unit_table import opened_by, opened_unit_table
from batu_geo.planning.tables.placement_tables import building_tables, placement_tables
from batu_geo.planning.tables.staff_and_referral import (
    nearest_unit_table,
    profile_tables,
    referral_tables,
    staff_tables,
    unit_table,
)
from batu_geo.planning.tables.supply_gap_tables import doctor_table, posyandu_table
from batu_geo.siting.buildings.actions import action_list

if TYPE_CHECKING:
    from batu_geo.planning.assessment import Assessment

WAYS = ("villages", "population", "facilities", "roads", "elevation")
# The strategy of the city each table serves, and the inputs it rests on.
RESTS_ON: dict[str, tuple[int, tuple[str, ...]]] = {
    "four_coverages": (4, WAYS),
    "access": (4, (*WAYS, "staffing")),
    "units": (4, ("facilities",)),
    "nearest_units": (4, WAYS),
    "staff_gaps": (4, ("facilities", "staffing")),
    "unit_hours": (4, ("facilities", "staffing")),
    "staff_days": (4, (*WAYS, "staffing")),
    "staff_hours": (4, (*WAYS, "staffing")),
    "staff_one_more": (4, (*WAYS, "staffing")),
    "puskesmas": (4, ("villages", "population", "facilities", "staffing")),
    "doctors": (4, ("villages", "population", "facilities", "staffing", "indicators")),
    "posyandu": (2, ("population", "indicators", "figures")),
    "referral": (4, WAYS),
    "unit_referral": (4, ("facilities", "roads")),
    "village_hospitals": (4, WAYS),
    "unit_hospitals": (4, ("facilities", "roads")),
    "standards": (4, ("profiles",)),
    "services": (2, (*WAYS, "profiles")),
    "indicators": (4, ("population", "indicators")),
    "equity": (4, (*WAYS, "indicators")),
    "equity_of_staff": (4, (*WAYS, "indicators", "staffing")),
    "snapping": (4, (*WAYS, "buildings")),
    "feasibility": (4, (*WAYS, "buildings")),
    "bands": (4, WAYS),
    "rank_acceptability": (4, (*WAYS, "indicators")),
    "pairwise_wins": (4, (*WAYS, "indicators")),
    "central_weights": (4, (*WAYS, "indicators")),
    "demand_sources": (4, (*WAYS, "population_raster", "footprints")),
    "age_groups": (2, (*WAYS, "indicators")),
    "homes_compared": (4, (*WAYS, "population_raster", "footprints")),
    "new_roads": (4, ("roads",)),
    "opened_units": (4, ("facilities", "buildings", "costs")),
    "building_costs": (4, ("buildings", "costs")),
    "instruments": (4, ("buildings",)),
    "instrument_terms": (4, ("buildings",)),
    "plan": (4, (*WAYS, "buildings", "costs")),
    "plan_proof": (4, (*WAYS, "buildings", "costs")),
    "plan_alternatives": (4, (*WAYS, "buildings", "costs")),
    "villages_after": (4, (*WAYS, "buildings")),
    "plan_units": (4, (*WAYS, "buildings")),
    "plan_villages": (4, (*WAYS, "buildings")),
    "building_order": (4, (*WAYS, "buildings")),
    "norm_checks": (4, ("villages", "population", "facilities", "staffing")),
    "figures": (4, ("figures",)),
    "actions": (4, (*WAYS, "buildings", "staffing", "profiles")),
    "still_to_ask": (4, ()),
    "evidence_register": (4, ()),
}

STRATEGY_OF_WORD = {
    "cakupan_unit": 4, "cakupan_unit_buka": 4, "cakupan_jangkauan": 4,
    "kepesertaan_jkn": 6, "keaktifan_jkn": 6, "cakupan_layanan_ckg": 1,
}  # fmt: skip


@once_for_each
def health_office_tables(assessment: Assessment) -> dict[str, pd.DataFrame]:
    """Return the tables of the health office by name.

    Each row says which strategy of the city it serves, its evidence (the class of the weakest
    row, position, speed or setting it rests on), which input binds it, what the class would be
    without that one, and the date of that input. Tables of staff and services are left out where
    the study lacks their inputs; elsewhere an unknown figure is missing, never zero.
    """
    study = assessment.study
    staff, profiles = staff_tables(assessment), profile_tables(assessment)
    names = names_by_id(study.facilities, "facility").to_dict()
    standards = profiles.get("standards", pd.DataFrame())
    tables = {
        "four_coverages": _four(assessment),
        "access": access_table(assessment),
        **staff,
        "units": unit_table(assessment),
        "nearest_units": nearest_unit_table(assessment),
        **referral_tables(assessment),
        **hospital_tables(assessment),
        **profiles,
        "indicators": indicator_table(study.villages, programme(study)),
        "age_groups": age_group_table(assessment),
        "equity": equity_table(assessment),
        "equity_of_staff": equity_of_staff(assessment),
        "snapping": assessment.joins,
        "feasibility": assessment.feasibility,
        "bands": assessment.robust.bands,
        **acceptability_tables(assessment),
        "demand_sources": demand_sources(assessment),
        **({"homes_compared": homes_compared(assessment)} if study.homes else {}),
        **({"new_roads": new_road_table(assessment.scenario, study.built)} if study.built else {}),
        **_opened(assessment),
        "figures": _with_found_evidence(assessment),
        "actions": action_list(
            assessment.gaps,
            assessment.candidates,
            staff["staff_gaps"],
            standards,
            names,
            norms=study.norms,
        ),
    }
    tables |= building_tables(assessment) | placement_tables(assessment)
    tables["doctors"] = doctor_table(assessment, tables["puskesmas"])
    tables["posyandu"] = posyandu_table(assessment)
    tables["norm_checks"] = _norm_checks(assessment, tables)
    tables |= {"still_to_ask": still_to_ask(assessment)} if study.answers else {}
    tables["evidence_register"] = evidence_register(assessment)
    return {name: _marked(assessment, name, table) for name, table in tables.items()}


def _opened(assessment: Assessment) -> dict[str, pd.DataFrame]:
    study, scenario = assessment.study, assessment.scenario
    return {"opened_units": opened_unit_table(study, scenario)} if opened_by(scenario) else {}


def _marked(assessment: Assessment, name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the strategy of each row, where it does not say it, and its worth."""
    strategy, _ = RESTS_ON[name]
    own = table.get("strategy", pd.Series(None, index=table.index, dtype="object"))
    table = table.assign(strategy=own.astype("object").where(own.notna(), strategy))
    return with_worth(table, row_worths(assessment, name, table))


def _with_found_evidence(assessment: Assessment) -> pd.DataFrame:
    """Return the reported figures with the class of what the study has beside each of them."""
    figures = assessment.figures
    bases = [found_basis(assessment, row) for row in figures.to_dict("records")]
    known = [worth_of(basis).evidence if basis else None for basis in bases]
    return figures.assign(found_evidence=pd.Series(known, index=figures.index, dtype="object"))


def _four(assessment: Assessment) -> pd.DataFrame:
    table = four_words(
        assessment.unit_status,
        assessment.city,
        programme(assessment.study),
        assessment.figures,
    )
    return table.assign(strategy=table["word"].map(STRATEGY_OF_WORD))


def _norm_checks(assessment: Assessment, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return everything a norm of the country speaks of, beside it; those in conflict all stand."""
    four = tables["four_coverages"].set_index("word")
    ratio = _cadres_per_posyandu(assessment)
    checks = [
        norm_check("villages_with_unit", four["percent"]["cakupan_unit"], "N-UPKDK-DESA"),
        norm_check("cadres_per_posyandu", ratio, "N-POSY-5"),
        norm_check("cadres_per_posyandu", ratio, "N-POSY-15"),
    ]
    for row in tables["puskesmas"].to_dict("records"):
        name, load = row["facility_name"], row["people_per_doctor"]
        checks += [
            norm_check("people_per_puskesmas", row["people"], "N-PKM-30000", name),
            norm_check("people_per_doctor", load, "N-DOK-BPJS", name),
        ]
    gaps = tables["staff_gaps"]
    for row in gaps[gaps["norm_id"].ne("")].to_dict("records"):
        present = None if pd.isna(row["present"]) else float(row["present"])
        what = f"{row['profession']}_per_unit"
        checks.append(norm_check(what, present, row["norm_id"], row["facility_name"]))
    checks += [
        norm_check("open_days_per_unit", row["open_days"], "N-BUKA", row["facility_name"])
        for row in tables.get("unit_hours", pd.DataFrame()).to_dict("records")
    ]
    known = assessment.study.norms
    return norm_table([check for check in checks if check["norm_id"] in known])


def _cadres_per_posyandu(assessment: Assessment) -> float | None:
    """Return the ratio of the inputs, or of the reported figures where the inputs lack one."""
    cadres, posyandu, _ = programme(assessment.study).shared("posyandu_cadres", "posyandu")
    if posyandu > 0 and np.isfinite(cadres):
        return cadres / posyandu
    values = assessment.figures.set_index("figure_id")["reported"]
    if not {"F-CADRE", "F-POSYANDU"} <= set(values.index):
        return None
    return float(values["F-CADRE"] / values["F-POSYANDU"])
