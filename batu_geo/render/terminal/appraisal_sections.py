"""Which columns and rows of which table `assess` prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Section:
    """A printed table: some of its columns, and an optional selection of rows."""

    name: str
    columns: str
    rows: Callable[[pd.DataFrame], pd.DataFrame] = lambda table: table


def _norm_summary(checks: pd.DataFrame) -> pd.DataFrame:
    """Count how often each norm is met; show the value where only one object is compared."""
    rows = []
    for (what, norm_id), part in checks.groupby(["what", "norm_id"], sort=False):
        first, met = part.iloc[0], part["is_met"].astype("boolean")
        rows.append(
            {
                "what": what,
                "value": first["value"] if len(part) == 1 else None,
                "comparison": first["comparison"],
                "norm": first["norm"],
                "met": int(met.fillna(value=False).sum()),
                "not_met": int((~met).fillna(value=False).sum()),
                "no_data": int(met.isna().sum()),
                "norm_id": norm_id,
                "source": f"{first['source']}, {first['article']}",
                "conflicts_with": first["conflicts_with"],
            }
        )
    return pd.DataFrame(rows)


def _action_summary(actions: pd.DataFrame) -> pd.DataFrame:
    keys = ["strategy", "action", "owner"]
    return actions.groupby(keys, as_index=False).size().rename(columns={"size": "count"})


def _below_norm(gaps: pd.DataFrame) -> pd.DataFrame:
    return gaps[gaps["gap"].isna() | (gaps["gap"] > 0)]


SECTIONS = (
    Section(
        "four_coverages",
        "word mode threshold_minutes value of percent villages_known source evidence",
    ),
    Section(
        "figures",
        "figure_id meaning reported found found_in difference_reason source date",
    ),
    Section(
        "feasibility",
        "village_id site_id building_readiness process_stage people_gained "
        "buildings_left feasibility_score",
    ),
    Section(
        "bands",
        "village_name minutes_p5 mean_minutes_middle minutes_p95 "
        "people_certainly_within people_depends people_certainly_beyond state",
    ),
    Section(
        "demand_sources",
        "village_name rank_streets rank_raster rank_footprints",
    ),
    Section(
        "homes_compared",
        "village_name population raster_people within_streets within_raster side_raster "
        "within_footprints side_footprints",
    ),
    Section(
        "new_roads",
        "way_id road_name road_class length_m cost_rupiah joined_ends source",
    ),
    Section(
        "opened_units",
        "facility_name village_name action once_rupiah city_rupiah village_fund_rupiah bok_rupiah "
        "yearly_rupiah source",
    ),
    Section(
        "age_groups",
        "area age_group group_people group_within group_beyond",
    ),
    Section(
        "access",
        "village_name units_within_N_min staff_within_N_min gravity_N_min "
        "two_step_fca_N_min_per_5000 e2sfca_N_min_per_5000 staff_available_N_min",
    ),
    Section(
        "equity",
        "area people people_beyond unreachable cut_off not_snapped gini theil palma fgt_gap "
        "p10_minutes p90_minutes p90_minus_p10_minutes concentration_by_poverty",
    ),
    Section(
        "equity_of_staff",
        "area people people_below_even people_without_staff staff_gini staff_theil staff_palma "
        "staff_palma_by_income staff_fgt_gap",
    ),
    Section(
        "staff_days",
        "weekday is_working_day people_hours mean_people worst_hour worst_people is_worst",
    ),
    Section(
        "staff_one_more",
        "facility_name people_hours_gained",
        lambda table: table[table["people_hours_gained"] > 0],
    ),
    Section(
        "staff_gaps",
        "facility_name profession present norm gap norm_id",
        _below_norm,
    ),
    Section(
        "units",
        "facility_name village_name host operator unit_state",
    ),
    Section(
        "unit_hours",
        "facility_name unit_state open_days open_hours",
    ),
    Section(
        "services",
        "service units people share_percent facilities people_everywhere facilities_unlisted",
    ),
    Section(
        "standards",
        "facility_name met known percent_met",
    ),
    Section(
        "indicators",
        "village_name indicator count rate rate_unit evidence",
    ),
    Section(
        "puskesmas",
        "facility_name villages people doctors people_per_doctor doctors_added "
        "people_per_doctor_after",
    ),
    Section(
        "doctors",
        "area counted doctors_needed doctors doctors_missing doctors_added doctors_missing_after "
        "even_added",
    ),
    Section(
        "posyandu",
        "area posyandu people_per_posyandu posyandu_cadres cadres_at_5_missing "
        "cadres_at_15_missing",
    ),
    Section(
        "referral",
        "village_name puskesmas_name puskesmas_mean_minutes_reached puskesmas_people_without_way "
        "hospital_name hospital_mean_minutes_reached hospital_people_without_way people_beyond "
        "share_beyond_percent",
    ),
    Section(
        "unit_referral",
        "facility_name puskesmas_name puskesmas_minutes hospital_name hospital_minutes",
    ),
    Section(
        "unit_hospitals",
        "facility_name hospital_name emergency_unit referral_to_minutes referral_back_minutes "
        "emergency_out_minutes emergency_in_minutes",
    ),
    Section(
        "plan",
        "site_id building_name village_name suitability people_gained city_rupiah "
        "in_every_optimal in_every_nearly",
    ),
    Section(
        "plan_proof",
        "model plan_status objective objective_unit bound gap_percent proof people_without_place "
        "optimal_plans nearly_plans conflicts without_cost",
    ),
    Section(
        "plan_units",
        "facility_name village_name is_new people_nearest people_sent people_per_unit "
        "mean_minutes_sent",
    ),
    Section(
        "plan_villages",
        "village_name population people_sent people_without_place mean_minutes_sent",
    ),
    Section(
        "building_order",
        "step year site_id people_served people_added best_possible year_regret_people "
        "best_is_proved",
    ),
    Section(
        "building_costs",
        "site_id action readiness city_rupiah village_fund_rupiah bok_rupiah bok_yearly_rupiah",
    ),
    Section(
        "norm_checks",
        "what value comparison norm met not_met no_data norm_id source conflicts_with",
        _norm_summary,
    ),
    Section(
        "still_to_ask",
        "asked_about rows_certain rows_all cells_to_ask first_to_ask evidence",
    ),
    Section(
        "actions",
        "strategy action owner count",
        _action_summary,
    ),
)
