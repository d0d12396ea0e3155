"""`assess`: today's access, need and candidate buildings of a scenario on a study."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from batu_geo.access.coverage import GROUPS
from batu_geo.access.ferry_trips import PEOPLE, ferry_trips_of_all
from batu_geo.access.referral import work_areas
from batu_geo.access.units import units
from batu_geo.network.calibration import trip_speeds_kmh
from batu_geo.network.graph import mode_graph
from batu_geo.network.travel_times import Kept
from batu_geo.planning.assessment import Assessment, PlanInputs
from batu_geo.planning.border_effect import border_effect
from batu_geo.planning.notices import health_notices, network_notices, siting_notices
from batu_geo.planning.reported_figures import city_figures, contradictions
from batu_geo.planning.road_joins import far_from_roads, join_table
from batu_geo.planning.sensitivity import sensitivity, with_certainty
from batu_geo.planning.situation import (
    longest_minutes,
    need_ranks,
    need_values,
    ranked_villages,
    situation_of,
    times_to,
    villages_reached,
)
from batu_geo.planning.study import as_changed, village_offices
from batu_geo.planning.study_indicators import protection_notices
from batu_geo.planning.variants import with_inputs
from batu_geo.siting.buildings.candidates import candidate_sites, rank_sites, with_upgrades
from batu_geo.siting.buildings.village_readiness import feasibility

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd

    from batu_geo.domain.errors import Problem
    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.border_effect import BorderEffect
    from batu_geo.planning.sensitivity import Sensitivity
    from batu_geo.planning.situation import Situation
    from batu_geo.planning.study import Study


ASSESS_STEPS = ("step_demand", "step_times", "step_rank", "step_robust")


def assess(
    study: Study,
    scenario: Scenario,
    *,
    progress: Callable[[str], None] | None = None,
    like: Situation | None = None,
) -> Assessment:
    """Compute coverage, need and candidate buildings.

    Parameters
    ----------
    study, scenario
        What to compute on, and how.
    progress
        Called with the name of each of `ASSESS_STEPS` as it begins.
    like
        A situation of other inputs or settings; the steps of its chain that do not depend on
        what differs are taken over.

    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> len(bg.assess(study, bg.load_scenario("baseline", study=study)).gaps)
    6
    """
    step = progress or _without_progress
    step("step_demand")
    study = as_changed(study, scenario)
    situation = with_inputs(like, study, scenario) if like else situation_of(study, scenario)
    return _assessed(study, situation, step)


def _assessed(study: Study, situation: Situation, step: Callable[[str], None]) -> Assessment:
    """Return the assessment of a situation, step by step."""
    scenario = situation.scenario
    step("step_times")
    villages = villages_reached(situation)
    step("step_rank")
    joins = join_table(study, situation)
    to_sites, candidates = ranked_sites(study, situation, joins)
    need = _Need.of(situation, candidates, step)
    status, calibration = _unit_status(situation, joins), _calibration(study, scenario)
    figures = city_figures(study, scenario, unit_status=status, calibration=calibration)
    return Assessment(
        study=study,
        situation=situation,
        to_sites=to_sites,
        villages=villages,
        city=_city(villages),
        joins=joins,
        unit_status=status,
        gaps=need.gaps,
        candidates=candidates,
        feasibility=need.feasibility,
        border=need.border,
        robust=need.varied,
        calibration=calibration,
        figures=figures,
        notices=_notices(study, situation, figures, joins, need.gaps, candidates),
    )


class _Need(NamedTuple):
    """The ranked villages, with what the order depends on and how ready each village is."""

    gaps: pd.DataFrame
    border: BorderEffect
    varied: Sensitivity
    feasibility: pd.DataFrame

    @classmethod
    def of(
        cls, situation: Situation, candidates: gpd.GeoDataFrame, step: Callable[[str], None]
    ) -> _Need:
        """Rank the villages, with open and closed border and under varied speeds and people."""
        border, gaps = border_effect(situation), ranked_villages(situation)
        if_closed = gaps["village_id"].map(need_ranks(border.closed))
        gaps = gaps.assign(rank_if_border_closed=if_closed.astype("Int64"))
        step("step_robust")
        varied = sensitivity(situation, gaps)
        gaps = with_certainty(gaps, varied)
        ready = feasibility(gaps, candidates, criteria=situation.scenario.feasibility)
        gaps = gaps.merge(ready[["village_id", "feasibility_score"]], on="village_id")
        return cls(gaps, border, varied, ready)


def _without_progress(step: str) -> None:
    """Report a step to nobody."""


def ranked_sites(
    study: Study, situation: Situation, joins: pd.DataFrame
) -> tuple[Mapping[str, TravelTimes], gpd.GeoDataFrame]:
    """Return the travel times to every building by mode, and the buildings, screened and ranked."""
    scenario, head = situation.scenario, situation.scenario.headline
    rules = scenario.candidates
    ledger = with_upgrades(study.buildings, study.facilities, rules.upgrade_kinds)
    off_road = far_from_roads(joins, "building")
    sites = candidate_sites(ledger, ranked_villages(situation), rules=rules, off_road=off_road)
    times = situation.times
    to_sites = times_to(
        situation, sites, with_metres=False,
        kept=lambda mode: Kept(longest_minutes(scenario, mode), times[mode]),
    )  # fmt: skip
    ranked = rank_sites(
        sites,
        now=situation.times[head.mode],
        to_sites=to_sites[head.mode],
        demand=situation.demand,
        threshold_minutes=head.threshold_minutes,
    )
    return to_sites, ranked


def _notices(
    study: Study,
    situation: Situation,
    figures: pd.DataFrame,
    joins: pd.DataFrame,
    gaps: pd.DataFrame,
    candidates: gpd.GeoDataFrame,
) -> tuple[Problem, ...]:
    """Return every remark on the data of a study and of its situation."""
    scenario = situation.scenario
    serving = units(study.facilities, scenario.service, is_open=True)
    return (
        *study.notices,
        *contradictions(figures),
        *protection_notices(study),
        *network_notices(study, situation, joins),
        *health_notices(study, serving, work_areas(study.villages, study.facilities)),
        *siting_notices(gaps, candidates, need_values(situation), scenario.need),
    )


def _unit_status(situation: Situation, joins: pd.DataFrame) -> pd.Series[str]:
    """Return by village id whether a unit is open, cut off from the roads, closed, or missing."""
    ids, off_road = situation.villages["village_id"], far_from_roads(joins, "unit")
    serving = {unit.village_id for unit in situation.units.values()}
    joined = {unit.village_id for name, unit in situation.units.items() if name not in off_road}
    states = [ids.isin(joined), ids.isin(serving), ids.isin(situation.closed_villages)]
    status = np.select(states, ["open", "off_road", "closed"], default="none")
    return pd.Series(status, index=ids.to_numpy(), dtype="str")


def _city(by_village: pd.DataFrame) -> pd.DataFrame:
    counts = ["population", *GROUPS]
    by = ["mode", "threshold_minutes"]
    city = by_village.groupby(by, sort=False)[counts].sum()
    city["share_served_percent"] = 100 * city["served"] / city["population"]
    if PEOPLE in by_village:
        city = city.join(ferry_trips_of_all(by_village, by))
    return city.reset_index()


def _calibration(study: Study, scenario: Scenario) -> dict[str, float | str] | None:
    """Compare trips between village offices with the speed the study reports."""
    wanted = scenario.calibration
    if wanted is None or study.figures is None:
        return None
    known = study.figures.set_index("figure_id")
    offices = village_offices(study)
    if wanted.figure not in known.index or offices is None:
        return None
    graph = mode_graph(study.roads, scenario, mode=wanted.mode)
    speeds = trip_speeds_kmh(graph, offices, refuse_m=scenario.snapping.refuse_m)
    if not len(speeds):
        return None
    low, median, high = np.percentile(speeds, [25, 50, 75])
    return {
        "mode": wanted.mode,
        "figure": wanted.figure,
        "reported_kmh": float(known["value"][wanted.figure]),
        "median_kmh": round(float(median), 2),
        "quartile_1_kmh": round(float(low), 2),
        "quartile_3_kmh": round(float(high), 2),
        "trips": len(speeds),
    }


def plan_inputs(
    study: Study, scenario: Scenario, *, progress: Callable[[str], None] | None = None
) -> PlanInputs:
    """Return what the plan of a scenario follows from, in a part of the time of `assess`.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> scenario = bg.load_scenario("tiga-terbaik", study=study)
    >>> placement = bg.solve_placement(plan_inputs(study, scenario))
    >>> len(placement.plan.site_ids), placement.plan.status
    (3, 'optimal')
    """
    if progress:
        progress("step_times")
    changed = as_changed(study, scenario)
    situation = situation_of(changed, scenario)
    joins = join_table(changed, situation)
    to_sites, candidates = ranked_sites(changed, situation, joins)
    return PlanInputs(changed, situation, to_sites, ranked_villages(situation), candidates)
