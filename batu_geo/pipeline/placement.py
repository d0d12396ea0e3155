"""The plan of a scenario: which buildings become units, proved or said to be the best so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.domain.norms import norms
from batu_geo.pipeline.services import STAFF_NORMS
from batu_geo.siting import capacitated, location
from batu_geo.siting.alternatives import Alternatives, all_optimal
from batu_geo.siting.infeasible import Conflict, why_infeasible
from batu_geo.siting.problem import Rules, SitingProblem
from batu_geo.siting.readiness import costs_by_payer

if TYPE_CHECKING:
    from batu_geo.domain.site_choice import SiteChoice
    from batu_geo.pipeline.assess import Assessment
    from batu_geo.siting.plans import Plan

PROFESSIONS = tuple(STAFF_NORMS)
READINESS = {"to_verify": 1, "fit": 2}
NEARLY_PERCENT = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """The plan of a scenario and what is known about it.

    Attributes
    ----------
    problem
        Sites, people, units that stay and rules.
    plan
        The answer, with bound and gap.
    conflicts
        The smallest set of rules that cannot hold together, where there is no plan.
    optimal, nearly
        All plans as good as the best, and all within 1 per cent; None for models that
        assign people within capacities, and without a proved plan.
    without_cost
        Buildings a budget leaves out because nobody says what they cost.
    """

    problem: SitingProblem
    plan: Plan
    conflicts: tuple[Conflict, ...]
    optimal: Alternatives | None
    nearly: Alternatives | None
    without_cost: tuple[str, ...]


def place(found: Assessment) -> Placement | None:
    """Solve the siting model of a scenario; None for a scenario that opens nothing."""
    choice = found.scenario.siting
    if choice is None:
        return None
    problem, without_cost = siting_problem(found, choice)
    limit = found.scenario.headline.threshold_minutes
    plan = solve(problem, choice, limit)
    has_plan = plan.status in {"optimal", "best_so_far"}
    conflicts: tuple[Conflict, ...] = ()
    if not has_plan:
        cover_minutes = limit if choice.model == "lscp" else None
        conflicts = why_infeasible(problem, cover_minutes=cover_minutes)
    optimal = nearly = None
    if plan.status == "optimal" and not choice.model.startswith("capacitated"):
        optimal, nearly = (_alternatives(problem, choice, limit, p) for p in (0.0, NEARLY_PERCENT))
    return Placement(
        problem=problem,
        plan=plan,
        conflicts=conflicts,
        optimal=optimal,
        nearly=nearly,
        without_cost=without_cost,
    )


def siting_problem(found: Assessment, choice: SiteChoice) -> tuple[SitingProblem, tuple[str, ...]]:
    """Return what is to be decided, and the buildings a budget leaves out for want of a cost."""
    head = found.scenario.headline
    sites = found.candidates[found.candidates["suitability"] != "refused"]
    sites = sites.sort_values("site_id", ignore_index=True)
    ids = tuple(sites["site_id"])
    now = found.times[head.mode]
    costs = costs_by_payer(ids, found.study.costs)["city_rupiah"]
    without_cost: tuple[str, ...] = ()
    if choice.budget_rupiah is not None:
        without_cost = tuple(sites.loc[costs.isna(), "site_id"])
    capacity = choice.people_per_unit
    needed = np.array([int(norms()[norm_id].value) for norm_id in STAFF_NORMS.values()])
    problem = SitingProblem(
        minutes=found.to_sites[head.mode].only(*ids).minutes,
        population=found.demand["population"].to_numpy(dtype=np.int64),
        site_ids=ids,
        village_ids=tuple(sites["village_id"]),
        demand_ids=tuple(found.demand["demand_id"].astype(str)),
        existing_minutes=now.minutes,
        existing_ids=now.destination_ids,
        costs=costs.fillna(0).to_numpy(dtype=np.int64),
        professions=PROFESSIONS,
        staff=np.tile(needed, (len(ids), 1)),
        readiness=np.array([READINESS[s] for s in sites["suitability"]], dtype=np.int64),
        capacity=None if capacity is None else np.full(len(ids), capacity),
        existing_capacity=None if capacity is None else np.full(len(now.destination_ids), capacity),
        rules=_rules(choice, tuple(found.gaps["village_id"]), without_cost),
    )
    return problem, without_cost


def _rules(choice: SiteChoice, gaps: tuple[str, ...], without_cost: tuple[str, ...]) -> Rules:
    is_city_rule = choice.model == "one_per_village"
    return Rules(
        site_count=len(gaps) if is_city_rule else choice.site_count,
        is_exact=choice.is_exact,
        budget=choice.budget_rupiah,
        staff_caps=tuple(sorted(choice.staff_caps.items())),
        min_readiness=READINESS[choice.least_suitability],
        must_open=choice.must_open,
        must_close=tuple(sorted({*choice.must_close, *without_cost})),
        one_per_village=choice.one_per_village,
        exactly_one_in=tuple(sorted(gaps)) if is_city_rule else (),
    )


def solve(problem: SitingProblem, choice: SiteChoice, threshold_minutes: float) -> Plan:
    """Return the plan by the model of the scenario."""
    limit = choice.time_limit_s
    match choice.model:
        case "mclp" | "backup_coverage" | "lscp":
            model = getattr(location, choice.model)
            plan: Plan = model(problem, threshold_minutes=threshold_minutes, time_limit_s=limit)
        case "capacitated_mclp":
            plan = capacitated.capacitated_mclp(
                problem, threshold_minutes=threshold_minutes, time_limit_s=limit
            )
        case "capacitated_p_median":
            plan = capacitated.capacitated_p_median(problem, time_limit_s=limit)
        case "one_per_village":
            plan = location.one_per_village(
                problem, village_ids=problem.rules.exactly_one_in, time_limit_s=limit
            )
        case _:
            plan = getattr(location, choice.model)(problem, time_limit_s=limit)
    return plan


def _alternatives(
    problem: SitingProblem, choice: SiteChoice, threshold_minutes: float, percent: float
) -> Alternatives:
    is_cover = choice.model in {"mclp", "backup_coverage", "lscp"}
    model: Any = "p_median" if choice.model == "one_per_village" else choice.model
    return all_optimal(
        problem,
        model,
        threshold_minutes=threshold_minutes if is_cover else None,
        within_percent=percent,
        time_limit_s=choice.time_limit_s,
    )


def names_of(found: Assessment, site_ids: tuple[str, ...]) -> pd.DataFrame:
    """Return the ledger rows of some sites, in their order."""
    ledger = pd.DataFrame(found.candidates.drop(columns="geometry")).set_index("site_id")
    return ledger.loc[list(site_ids)].reset_index()
