"""`health_office_tables`: everything a health office reports, computed on an assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access import equity
from batu_geo.access.coverage import NO_WAY
from batu_geo.access.decay import decay_binary, decay_exponential, decay_stepped
from batu_geo.access.floating_catchment import (
    balanced_fca,
    cumulative_opportunities,
    gravity,
    two_step_fca,
)
from batu_geo.access.indicators import indicator_table
from batu_geo.access.programmes import four_words, norm_check, norm_table
from batu_geo.access.protected import CITY
from batu_geo.domain.names import names_by_id
from batu_geo.planning.assessment import weakest
from batu_geo.planning.once import once_for_each
from batu_geo.planning.situation import headline_coverage, need_values
from batu_geo.planning.study_indicators import programme
from batu_geo.planning.tables.age_groups import age_group_table
from batu_geo.planning.tables.certainty_tables import (
    acceptability_tables,
    demand_sources,
    homes_compared,
)
from batu_geo.planning.tables.new_road_table import new_road_table
from batu_geo.planning.tables.placement_tables import building_tables, placement_tables
from batu_geo.planning.tables.staff_and_referral import (
    profile_tables,
    referral_tables,
    staff_tables,
)
from batu_geo.siting.buildings.actions import action_list

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.planning.assessment import Assessment

PER_PEOPLE = 5_000
INDICES = (
    "gini", "theil", "palma", "p10_minutes", "p90_minutes", "p90_minus_p10_minutes",
    "concentration_by_poverty",
)  # fmt: skip
STAFF_MEASURES = ("staff_within", "gravity", "two_step_fca", "e2sfca", "balanced_fca")
PER_PERSON = ("two_step_fca", "e2sfca", "balanced_fca")
WAYS = ("villages", "population", "facilities", "roads", "elevation")
# The strategy of the city each table serves, and the inputs it rests on.
RESTS_ON: dict[str, tuple[int, tuple[str, ...]]] = {
    "four_coverages": (4, WAYS),
    "access": (4, (*WAYS, "staffing")),
    "staff_gaps": (4, ("facilities", "staffing")),
    "unit_hours": (4, ("facilities", "staffing")),
    "staff_days": (4, (*WAYS, "staffing")),
    "staff_hours": (4, (*WAYS, "staffing")),
    "staff_one_more": (4, (*WAYS, "staffing")),
    "puskesmas": (4, ("villages", "population", "facilities", "staffing")),
    "referral": (4, WAYS),
    "unit_referral": (4, ("facilities", "roads")),
    "standards": (4, ("profiles",)),
    "services": (2, (*WAYS, "profiles")),
    "indicators": (4, ("population", "indicators")),
    "equity": (4, (*WAYS, "indicators")),
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
}

WORD_RESTS_ON: dict[str, tuple[int, tuple[str, ...]]] = {
    "cakupan_unit": (4, ("facilities",)),
    "cakupan_unit_buka": (4, ("facilities",)),
    "cakupan_jangkauan": (4, WAYS),
    "kepesertaan_jkn": (6, ("population", "indicators")),
    "keaktifan_jkn": (6, ("indicators",)),
    "cakupan_layanan_ckg": (1, ("figures",)),
}
CHECK_RESTS_ON = {
    "villages_with_unit": ("facilities",),
    "cadres_per_posyandu": ("indicators", "figures"),
    "people_per_puskesmas": ("villages", "population", "facilities"),
    "people_per_doctor": ("villages", "population", "facilities", "staffing"),
}


@once_for_each
def health_office_tables(assessment: Assessment) -> dict[str, pd.DataFrame]:
    """Return the tables of the health office by name.

    Each row says which strategy of the city it serves and its evidence, that of the weakest
    input it rests on. Tables of staff and services are left out where the study lacks their
    inputs; elsewhere an unknown figure is missing, never zero.
    """
    study = assessment.study
    staff, profiles = staff_tables(assessment), profile_tables(assessment)
    names = names_by_id(study.facilities, "facility").to_dict()
    standards = profiles.get("standards", pd.DataFrame())
    tables = {
        "four_coverages": _four(assessment),
        "access": _access(assessment),
        **staff,
        **referral_tables(assessment),
        **profiles,
        "indicators": indicator_table(study.villages, programme(study)),
        "age_groups": age_group_table(assessment),
        "equity": _equity(assessment),
        "snapping": assessment.joins,
        "feasibility": assessment.feasibility,
        "bands": assessment.robust.bands,
        **acceptability_tables(assessment),
        "demand_sources": demand_sources(assessment),
        **({"homes_compared": homes_compared(assessment)} if study.homes else {}),
        **({"new_roads": new_road_table(assessment.scenario, study.built)} if study.built else {}),
        "figures": assessment.figures,
        "actions": action_list(
            assessment.gaps, assessment.candidates, staff["staff_gaps"], standards, names
        ),
    }
    tables |= building_tables(assessment) | placement_tables(assessment)
    tables["norm_checks"] = _norm_checks(assessment, tables)
    inputs = study.inputs
    return {name: _marked(name, table, inputs) for name, table in tables.items()}


def _marked(name: str, table: pd.DataFrame, inputs: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """Return the table with strategy and evidence where its rows do not say them already."""
    strategy, rests_on = RESTS_ON[name]
    marks: dict[str, Any] = {"strategy": strategy, "evidence": _worth(inputs, rests_on)}
    for column, value in marks.items():
        own = table.get(column, pd.Series(None, index=table.index, dtype="object"))
        table = table.assign(**{column: own.astype("object").where(own.notna(), value)})
    return table


def _worth(inputs: dict[str, dict[str, Any]], rests_on: tuple[str, ...]) -> str:
    """Return the evidence of the weakest of some inputs."""
    return weakest([inputs[key]["evidence"] for key in rests_on if key in inputs] or ["assumed"])


def _people(assessment: Assessment) -> NDArray[np.int64]:
    return assessment.demand["population"].to_numpy(dtype=np.int64)


def _four(assessment: Assessment) -> pd.DataFrame:
    table = four_words(
        assessment.unit_status,
        assessment.city,
        programme(assessment.study),
        assessment.figures,
    )
    rests_on = table["word"].map(WORD_RESTS_ON)
    return table.assign(
        strategy=[strategy for strategy, _ in rests_on],
        evidence=[_worth(assessment.study.inputs, inputs) for _, inputs in rests_on],
    )


def _access(assessment: Assessment) -> pd.DataFrame:
    """Return every access measure by village; those of staff are missing without a roster.

    Means over people, but for balanced catchments, whose shares add up (Paez et al. 2019).
    """
    settings, head = assessment.scenario.access, assessment.scenario.headline
    times, people = assessment.times[head.mode], _people(assessment)
    supply = _supply(assessment)
    zones = decay_stepped(settings.zones_minutes, settings.zone_weights)
    longest, limit = max(settings.zones_minutes), head.threshold_minutes
    once = decay_binary(longest)
    # Units beyond the last zone count for nothing, as in the floating catchments.
    falling = decay_exponential(settings.half_minutes, longest)
    ones = np.ones(len(times.destination_ids))
    cells = pd.DataFrame(
        {
            "units_within": cumulative_opportunities(times, ones, threshold_minutes=limit),
            "staff_within": cumulative_opportunities(times, supply, threshold_minutes=limit),
            "gravity": gravity(times, supply, decay=falling),
            "two_step_fca": two_step_fca(times, supply, people, decay=once),
            "e2sfca": two_step_fca(times, supply, people, decay=zones),
            "balanced_fca": balanced_fca(times, supply, people, decay=zones),
        }
    )
    where = assessment.demand["village_id"].to_numpy()
    total = pd.Series(people).groupby(where).sum()
    by_village = cells.mul(people, axis=0).groupby(where).sum().div(total, axis=0)
    by_village["balanced_fca"] = cells["balanced_fca"].groupby(where).sum()
    by_village[list(PER_PERSON)] *= PER_PEOPLE
    if assessment.study.staffing is None:
        by_village[list(STAFF_MEASURES)] = np.nan
    table = pd.DataFrame(assessment.study.villages[["village_id", "village_name", "population"]])
    table = table.join(by_village, on="village_id")
    return table.rename(columns={name: f"{name}_per_{PER_PEOPLE}" for name in PER_PERSON})


def _supply(assessment: Assessment) -> NDArray[np.float64]:
    """Return the staff of each open unit that counts as supply; none where no roster has it."""
    ids = list(assessment.times[assessment.scenario.headline.mode].destination_ids)
    staffing = assessment.study.staffing
    if staffing is None:
        return np.zeros(len(ids))
    counted = staffing[staffing["profession"].isin(assessment.scenario.access.professions)]
    totals = counted.groupby("facility_id")["count"].sum()
    return totals.reindex(ids).fillna(0).to_numpy(dtype=float)


def _equity(assessment: Assessment) -> pd.DataFrame:
    """Return how evenly minutes are shared out: the city and each district, on cells.

    Indices are of those who reach a unit, beside how many do not, by state. Percentiles are of
    everybody: who reaches no unit is infinitely far.
    """
    study, covered = assessment.study, headline_coverage(assessment.situation)
    minutes = covered["travel_time_min"].to_numpy(dtype=float)
    people = _people(assessment).astype(float)
    area = assessment.demand["village_id"]
    district = area.map(study.villages.set_index("village_id")["district_name"])
    values = need_values(assessment.situation)
    poor = area.map(values["poor_percent"]).to_numpy(dtype=float)
    groups = [(CITY, np.ones(len(people), bool))]
    groups += [(str(d), (district == d).to_numpy()) for d in sorted(district.dropna().unique())]
    limit = assessment.scenario.headline.threshold_minutes
    rows: list[dict[str, Any]] = []
    for name, inside in groups:
        row = {
            "area": name,
            "people": int(people[inside].sum()),
            "people_beyond": int(people[inside & ~(minutes <= limit)].sum()),
        }
        row |= {s: int(people[inside & covered["group"].eq(s).to_numpy()].sum()) for s in NO_WAY}
        known = inside & np.isfinite(minutes)
        row |= _percentiles(minutes[inside], people[inside])
        rows.append(row | _indices(minutes[known], people[known], poor[known]))
    return pd.DataFrame(rows, columns=["area", "people", "people_beyond", *NO_WAY, *INDICES])


def _percentiles(minutes: NDArray[np.float64], people: NDArray[np.float64]) -> dict[str, float]:
    """Return how far the nearest and the farthest tenth of all people are at least."""
    if not people.sum():
        return {}
    low, high = (equity.weighted_quantile(minutes, people, share) for share in (0.1, 0.9))
    apart = high - low if np.isfinite(low) else np.nan
    return {"p10_minutes": low, "p90_minutes": high, "p90_minus_p10_minutes": apart}


def _indices(
    minutes: NDArray[np.float64], people: NDArray[np.float64], poor: NDArray[np.float64]
) -> dict[str, float]:
    """Return the indices of those who reach a unit; the concentration where poverty is known."""
    if not people.sum():
        return {}
    is_known = np.isfinite(poor).all()
    return {
        "gini": equity.gini(minutes, people),
        "theil": equity.theil(minutes, people),
        "palma": equity.palma(minutes, people),
        "concentration_by_poverty": (
            equity.concentration_index(minutes, people, poor) if is_known else np.nan
        ),
    }


def _norm_checks(assessment: Assessment, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return everything a norm speaks of, beside the norm; norms in conflict all stand."""
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
    for row in gaps.to_dict("records"):
        present = None if pd.isna(row["present"]) else float(row["present"])
        what = f"{row['profession']}_per_unit"
        checks.append(norm_check(what, present, row["norm_id"], row["facility_name"]))
    checks += [
        norm_check("open_days_per_unit", row["open_days"], "N-BUKA", row["facility_name"])
        for row in tables.get("unit_hours", pd.DataFrame()).to_dict("records")
    ]
    table = norm_table(checks)
    rests_on = [CHECK_RESTS_ON.get(what, ("facilities", "staffing")) for what in table["what"]]
    return table.assign(evidence=[_worth(assessment.study.inputs, keys) for keys in rests_on])


def _cadres_per_posyandu(assessment: Assessment) -> float | None:
    """Return the ratio of the inputs, or of the reported figures where the inputs lack one."""
    cadres, posyandu, _ = programme(assessment.study).shared("posyandu_cadres", "posyandu")
    if posyandu > 0 and np.isfinite(cadres):
        return cadres / posyandu
    values = assessment.figures.set_index("figure_id")["reported"]
    if not {"F-CADRE", "F-POSYANDU"} <= set(values.index):
        return None
    return float(values["F-CADRE"] / values["F-POSYANDU"])
