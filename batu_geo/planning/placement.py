"""The plan of a scenario: which buildings become units, with its bound and its proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.norms import STAFF_NORMS, norms
from batu_geo.domain.site_choice import COUNTED
from batu_geo.network.nearby.shown_times import curve
from batu_geo.network.travel_times import EVERY
from batu_geo.planning.assessment import MOST_NAMES
from batu_geo.planning.once import once_for_each
from batu_geo.planning.situation import times_to, unit_points
from batu_geo.siting.analysis.alternative_optima import Alternatives, all_optimal
from batu_geo.siting.analysis.conflicting_rules import Conflicts, why_infeasible
from batu_geo.siting.buildings.building_costs import costs_by_payer
from batu_geo.siting.buildings.building_state import least_state
from batu_geo.siting.buildings.candidates import (
    can_open,
    is_best_in_village,
    without_village_rule,
)
from batu_geo.siting.models import capacitated, location
from batu_geo.siting.problem.location_plan import in_units
from batu_geo.siting.problem.objective import goal_of
from batu_geo.siting.problem.pairs import Pairs
from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
from batu_geo.siting.textbook.located import nearest_open

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.site_choice import SiteChoice
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.assessment import PlanInputs
    from batu_geo.siting.problem.location_plan import Plan

PROFESSIONS = tuple(STAFF_NORMS)
NEARLY_PERCENT = 1.0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Placement:
    """The plan of a scenario and what is known about it.

    Attributes
    ----------
    problem
        Sites, people, units that stay and rules.
    plan
        The answer, with bound and gap.
    conflicts
        A minimum set of rules that no plan keeps together, where there is no plan.
    optimal, nearly
        All plans as good as the best, and all within 1 per cent; None for models that
        assign people within capacities, and without a proved plan.
    without_cost
        Buildings of unknown cost, which a budget leaves out.
    today
        What the objective is with the units open today alone; NaN where it cannot be
        compared with that of the plan, as people reach nothing today.
    """

    problem: SitingProblem
    plan: Plan
    conflicts: Conflicts
    optimal: Alternatives | None
    nearly: Alternatives | None
    without_cost: tuple[str, ...]
    today: float

    def plot(self, *, ax: Any = None) -> Any:
        """Draw which share of people is within how many minutes of a unit under the plan."""
        people = self.problem.population.astype(np.float64)
        return curve(nearest_open(self.problem, self.plan.site_ids)[0], people, ax)

    def __repr__(self) -> str:
        """Return the plan and its proof in three lines."""
        plan, most = self.plan, MOST_NAMES
        more = f" and {len(plan.site_ids) - most} more" if len(plan.site_ids) > most else ""
        return (
            f"Placement: {plan.model}: {', '.join(plan.site_ids[:most]) or '-'}{more}\n"
            f"  objective {plan.objective}, bound {plan.bound}, gap {plan.gap}\n"
            f"  {plan.status} ({plan.proof or 'no proof'})"
        )


@once_for_each
def solve_placement(assessment: PlanInputs) -> Placement | None:
    """Solve the siting model of a scenario; None for a scenario that opens nothing.

    The model is solved once for each assessment: asked again, the same placement is returned.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> scenario = bg.load_scenario("tiga-terbaik", study=study)
    >>> placement = bg.solve_placement(bg.assess(study, scenario))
    >>> len(placement.plan.site_ids), placement.plan.status
    (3, 'optimal')
    """
    choice = assessment.scenario.siting
    if choice is None:
        return None
    problem, without_cost = siting_problem(assessment, choice)
    limit = assessment.scenario.headline.threshold_minutes
    plan = solve(problem, choice, limit)
    has_plan = plan.status in {"optimal", "best_so_far"}
    conflicts = Conflicts()
    if not has_plan:
        conflicts = why_infeasible(
            problem,
            cover_minutes=limit if choice.model == "lscp" else None,
            only_coverable=choice.only_coverable,
        )
    optimal = nearly = None
    if plan.status == "optimal" and not choice.model.startswith("capacitated"):
        nearly = _alternatives(problem, choice, limit, NEARLY_PERCENT)
        optimal = nearly.best() or _alternatives(problem, choice, limit, 0.0)
    return Placement(
        problem=problem,
        plan=plan,
        conflicts=conflicts,
        optimal=optimal,
        nearly=nearly,
        without_cost=without_cost,
        today=_today(problem, choice, limit),
    )


def _today(problem: SitingProblem, choice: SiteChoice, threshold_minutes: float) -> float:
    """Return the objective of opening nothing."""
    if choice.model == "lscp" or choice.model.startswith("capacitated"):
        return np.nan
    goal = goal_of(problem, *_judge(choice, threshold_minutes))
    *missed, key = goal.primary(np.empty((1, 0), dtype=np.intp))[0].tolist()
    return np.nan if any(missed) else float(in_units(goal, key))


def siting_problem(
    assessment: PlanInputs, choice: SiteChoice
) -> tuple[SitingProblem, tuple[str, ...]]:
    """Return what is to be decided, and the buildings a budget leaves out for want of a cost."""
    sites = open_to(choice, assessment.candidates)
    ids = tuple(sites["site_id"])
    now, minutes = _times(assessment, choice, ids)
    costs = costs_by_payer(ids, assessment.study.costs)["city_rupiah"]
    without_cost: tuple[str, ...] = ()
    if choice.budget_rupiah is not None:
        without_cost = tuple(sites.loc[costs.isna(), "site_id"])
    capacity = choice.people_per_unit
    needed = np.array([int(norms()[norm_id].value) for norm_id in STAFF_NORMS.values()])
    problem = SitingProblem(
        minutes=minutes,
        population=assessment.demand["population"].to_numpy(dtype=np.int64),
        site_ids=ids,
        village_ids=tuple(sites["village_id"]),
        demand_ids=tuple(assessment.demand["demand_id"].astype(str)),
        existing_minutes=_with_nearest(now),
        existing_ids=now.destination_ids,
        costs=costs.fillna(0).to_numpy(dtype=np.int64),
        professions=PROFESSIONS,
        staff=np.tile(needed, (len(ids), 1)),
        readiness=sites["building_state"].to_numpy(dtype=np.int64),
        capacity=_capacity(sites, "site_id", ids, capacity),
        existing_capacity=_capacity(
            assessment.study.facilities, "facility_id", now.destination_ids, capacity
        ),
        rules=_rules(assessment, choice, ids, without_cost),
    )
    return problem, without_cost


def _capacity(
    table: pd.DataFrame, id_column: str, ids: Sequence[str], common: int | None
) -> NDArray[np.int64] | None:
    """Return how many people each unit or building can serve: its own number, else the common one.

    None for a model in which units are never full.
    """
    if common is None:
        return None
    own = pd.Series(pd.NA, index=table.index, dtype="Int64")
    known = (
        table.get("people_capacity", own).set_axis(table[id_column].astype(str)).reindex(list(ids))
    )
    return known.fillna(common).to_numpy(dtype=np.int64)


def _times(
    assessment: PlanInputs, choice: SiteChoice, ids: tuple[str, ...]
) -> tuple[TravelTimes, Pairs]:
    """Return the times to open units, and the minutes to the sites that a model decides on.

    A coverage model needs the trips within its threshold, the p-median and the p-centre those to
    the nearest unit and all that are shorter. Only people assigned within capacities may have to
    pass a nearer unit: that model needs every trip.
    """
    mode = assessment.scenario.headline.mode
    if choice.model != "capacitated_p_median":
        every = assessment.to_sites[mode]
        place = {name: n for n, name in enumerate(every.destination_ids)}
        minutes = Pairs.of_trips(every.trips, len(place))
        return assessment.times[mode], minutes.chosen(np.array([place[n] for n in ids], np.intp))
    sites = assessment.candidates.set_index("site_id").loc[list(ids)].reset_index()
    now, units = assessment.situation, unit_points(assessment.situation)
    to_units, to_sites = (
        times_to(now, gpd.GeoDataFrame(places), kept=lambda _: EVERY)[mode]
        for places in (units, sites)
    )
    return to_units, Pairs.of_trips(to_sites.trips, len(ids))


def _with_nearest(times: TravelTimes) -> Pairs:
    """Return minutes [demand, units] of the trips kept, the nearest included."""
    return Pairs.of_trips(times.trips.with_trips(times.nearest_trip()), len(times.destination_ids))


def open_to(choice: SiteChoice, candidates: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the buildings that no rule refuses under a scenario, by id.

    A village that has a unit may get another one where the scenario opens in all villages.
    """
    sites = without_village_rule(candidates) if choice.villages == "all" else candidates
    return sites[can_open(sites)].sort_values("site_id", ignore_index=True)


def _rules(
    assessment: PlanInputs,
    choice: SiteChoice,
    ids: tuple[str, ...],
    without_cost: tuple[str, ...],
) -> Rules:
    gaps = tuple(sorted(assessment.gaps["village_id"]))
    _refuse_unfit(assessment, choice, ids)
    is_city_rule = choice.model == "one_per_village"
    is_counted = choice.model in COUNTED and choice.site_count is None
    count = choice.site_count
    if is_city_rule or is_counted:
        count = max(len(gaps), len(choice.must_open)) if is_counted else len(gaps)
    return Rules(
        site_count=count,
        is_exact=choice.is_exact and not is_counted,
        budget=choice.budget_rupiah,
        staff_caps=tuple(sorted(choice.staff_caps.items())),
        min_readiness=int(least_state(choice.least_readiness)),
        must_open=choice.must_open,
        must_close=tuple(sorted(set(choice.must_close).intersection(ids))),
        unpriced=without_cost,
        one_per_village=choice.one_per_village,
        exactly_one_in=gaps if is_city_rule else (),
    )


def _refuse_unfit(assessment: PlanInputs, choice: SiteChoice, ids: tuple[str, ...]) -> None:
    """Refuse a building that must open though a hard rule refuses it, or that does not exist."""
    why_not = assessment.candidates.set_index("site_id")["why_not"].to_dict()
    problems = []
    for key in ("must_open", "must_close"):
        for name in getattr(choice, key):
            if name not in why_not:
                problems.append(Problem("BG-307", column=f"siting.{key}", values={"value": name}))
            elif key == "must_open" and name not in ids:
                values = {"value": name, "reason": str(why_not[name])}
                problems.append(Problem("BG-315", column=f"siting.{key}", values=values))
    if problems:
        raise ScenarioError(problems)


def solve(problem: SitingProblem, choice: SiteChoice, threshold_minutes: float) -> Plan:
    """Return the plan by the model of the scenario."""
    limit = choice.node_limit
    match choice.model:
        case "lscp":
            plan: Plan = location.lscp(
                problem, threshold_minutes=threshold_minutes, node_limit=limit,
                only_coverable=choice.only_coverable,
            )  # fmt: skip
        case "mclp" | "backup_coverage":
            model = getattr(location, choice.model)
            plan = model(problem, threshold_minutes=threshold_minutes, node_limit=limit)
        case "capacitated_mclp":
            plan = capacitated.capacitated_mclp(
                problem, threshold_minutes=threshold_minutes, node_limit=limit
            )
        case "capacitated_p_median":
            plan = capacitated.capacitated_p_median(problem, node_limit=limit)
        case "one_per_village":
            plan = location.one_per_village(
                problem, village_ids=problem.rules.exactly_one_in, node_limit=limit
            )
        case _:
            plan = getattr(location, choice.model)(problem, node_limit=limit)
    return plan


def _alternatives(
    problem: SitingProblem, choice: SiteChoice, threshold_minutes: float, percent: float
) -> Alternatives:
    model, threshold = _judge(choice, threshold_minutes)
    return all_optimal(
        problem,
        model,
        threshold_minutes=threshold,
        within_percent=percent,
        node_limit=choice.node_limit,
    )


def _judge(choice: SiteChoice, threshold_minutes: float) -> tuple[Any, float | None]:
    """Return the model that judges plans and its threshold, None where it has none.

    The city's rule is a p-median under rules of its own.
    """
    model = "p_median" if choice.model == "one_per_village" else choice.model
    return model, threshold_minutes if model in {"mclp", "backup_coverage", "lscp"} else None


def opened_sites(assessment: PlanInputs) -> tuple[str, ...]:
    """Return the buildings whose opening is shown: of the plan, else the best of each village."""
    placement = solve_placement(assessment)
    return best_sites(assessment) if placement is None else placement.plan.site_ids


def best_sites(assessment: PlanInputs) -> tuple[str, ...]:
    """Return the best building of each village without a unit."""
    return tuple(assessment.candidates.loc[is_best_in_village(assessment.candidates), "site_id"])


def planned_sites(assessment: PlanInputs, site_ids: tuple[str, ...]) -> pd.DataFrame:
    """Return the ledger rows of some sites as the scenario may open them, in their order."""
    choice = assessment.scenario.siting
    ledger = assessment.candidates if choice is None else open_to(choice, assessment.candidates)
    rows = pd.DataFrame(ledger.drop(columns="geometry")).set_index("site_id")
    return rows.loc[list(site_ids)].reset_index()
