"""What a plan changes, in which order to build it, and what money and fairness trade for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.pipeline.placement import PROFESSIONS, names_of, place
from batu_geo.pipeline.what_if import HeldRun, hold, with_site
from batu_geo.siting.enumeration import count_plans, plans_of
from batu_geo.siting.goals import goal_of
from batu_geo.siting.instruments import instrument_options, instrument_terms
from batu_geo.siting.location import mclp
from batu_geo.siting.readiness import costs_by_payer, readiness
from batu_geo.siting.rules import choices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.pipeline.assess import Assessment
    from batu_geo.pipeline.placement import Placement
    from batu_geo.siting.problem import SitingProblem

MOST_ENUMERATED = 200_000
BUDGETS = 12
BLOCK_CELLS = 4_000_000


def building_tables(found: Assessment) -> dict[str, pd.DataFrame]:
    """Return of every building whether it is ready, what it costs whom, and the legal options."""
    sites = pd.DataFrame(found.candidates.drop(columns="geometry"))
    ready = sites[["site_id", "building_name", "village_id", "suitability"]].assign(
        readiness=readiness(sites)
    )
    costs = costs_by_payer(list(sites["site_id"]), found.study.costs)
    return {
        "building_costs": ready.merge(costs, on="site_id", how="left"),
        "instruments": instrument_options(sites),
        "instrument_terms": instrument_terms(),
    }


def placement_tables(found: Assessment) -> dict[str, pd.DataFrame]:
    """Return the plan of the scenario, its proof, the villages before and after, and its order.

    Empty for a scenario that opens nothing.
    """
    placement = place(found)
    if placement is None:
        return {}
    sites, limit = placement.plan.site_ids, found.scenario.headline.threshold_minutes
    return {
        "plan": _plan(found, placement),
        "plan_proof": _proof(placement),
        "villages_after": villages_after(found, with_plan(found, sites)),
        "building_order": building_order(placement.problem, sites, threshold_minutes=limit),
    }


def with_plan(found: Assessment, site_ids: tuple[str, ...]) -> HeldRun:
    """Return the run with a unit in every site of a plan."""
    held = hold(found)
    for site_id in site_ids:
        held = with_site(held, site_id)
    return held


def _plan(found: Assessment, placement: Placement) -> pd.DataFrame:
    """Return one row a site: what it gains, costs and needs, and whether every best plan has it."""
    sites = placement.plan.site_ids
    kept = ["site_id", "building_name", "village_id", "suitability", "verify", "people_gained"]
    table = names_of(found, sites)[[*kept, "evidence"]]
    table = table.rename(columns={"evidence": "building_evidence"})
    names = found.study.villages.set_index("village_id")["village_name"]
    table.insert(3, "village_name", table["village_id"].map(names))
    costs = costs_by_payer(sites, found.study.costs)
    table = table.merge(costs, on="site_id", how="left")
    columns = placement.problem.columns(sites)
    staff = placement.problem.staff
    if staff is not None:
        for number, profession in enumerate(PROFESSIONS):
            table[f"needs_{profession}"] = staff[columns, number]
    for name, alternatives in (("optimal", placement.optimal), ("nearly", placement.nearly)):
        is_sure = alternatives is not None and alternatives.is_sure
        in_every = alternatives.in_every if alternatives is not None and is_sure else None
        table[f"in_every_{name}"] = None if in_every is None else table["site_id"].isin(in_every)
    return table


def _proof(placement: Placement) -> pd.DataFrame:
    """Return one row: what the plan reaches, how far that is from the bound, and what conflicts."""
    plan = placement.plan
    row: dict[str, Any] = {
        name: getattr(plan, name)
        for name in ("model", "objective", "bound", "gap", "proof", "people_unreached",
                     "person_minutes", "is_tie_settled")
    }  # fmt: skip
    row["plan_status"] = plan.status
    row["sites"] = " ".join(plan.site_ids)
    for name, found in (("optimal", placement.optimal), ("nearly", placement.nearly)):
        row[f"{name}_plans"] = None if found is None else len(found.plans)
        row[f"{name}_complete"] = None if found is None else found.is_complete
    row["conflicts"] = "; ".join(
        f"{c.code}({', '.join(f'{k}={v}' for k, v in c.values.items())})"
        for c in placement.conflicts
    )
    row["without_cost"] = " ".join(placement.without_cost)
    return pd.DataFrame([row]).astype({"optimal_plans": "Int64", "nearly_plans": "Int64"})


def villages_after(found: Assessment, after: HeldRun) -> pd.DataFrame:
    """Return people served and mean minutes by village, mode and threshold, before and after."""
    keys = ["village_id", "village_name", "mode", "threshold_minutes", "population"]
    then = after.coverage()
    table = found.villages[[*keys, "served"]].rename(columns={"served": "served_before"})
    table["served_after"] = then["served"].to_numpy()
    table["served_more"] = table["served_after"] - table["served_before"]
    table["mean_minutes_before"] = found.villages["mean_travel_time_min"]
    table["mean_minutes_after"] = then["mean_travel_time_min"].to_numpy()
    return table


def building_order(
    problem: SitingProblem, site_ids: tuple[str, ...], *, threshold_minutes: float
) -> pd.DataFrame:
    """Return the order in which to build a plan, and the regret of each step.

    Each step opens the site of the plan that brings most people within the threshold, then
    saves most person-minutes. The regret is how many people more the best choice of as many
    sites, free of what stands already, would serve; with `best_is_proved`.

    Columns: ``step``, ``site_id``, ``people_served``, ``people_added``, ``best_possible``,
    ``regret_people`` and ``best_is_proved``.
    """
    best = problem.existing_best()
    people = problem.population
    left, rows = list(site_ids), []
    for step in range(1, len(site_ids) + 1):
        before = int(people[best <= threshold_minutes].sum())
        name, best = _next_site(problem, left, best, threshold_minutes)
        left.remove(name)
        served = int(people[best <= threshold_minutes].sum())
        free = problem.with_rules(
            site_count=step, is_exact=False, exactly_one_in=(), must_open=(), budget=None,
            staff_caps=(),
        )  # fmt: skip
        ideal = mclp(free, threshold_minutes=threshold_minutes, settle_ties=False)
        possible = max(served, int(ideal.objective or 0))
        rows.append((step, name, served, served - before, possible, possible - served,
                     ideal.status == "optimal"))  # fmt: skip
    columns = ["step", "site_id", "people_served", "people_added", "best_possible",
               "regret_people", "best_is_proved"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _next_site(
    problem: SitingProblem, left: list[str], best: NDArray[np.float64], threshold: float
) -> tuple[str, NDArray[np.float64]]:
    """Return the site that serves most people now, and the minutes to the nearest unit then."""
    people = problem.population
    ranked = []
    for name in sorted(left):
        then = np.minimum(best, problem.minutes[:, problem.columns([name])[0]])
        served = int(people[then <= threshold].sum())
        is_reached = np.isfinite(then)
        minutes = float(people[is_reached] @ then[is_reached])
        ranked.append((-served, -int(people[is_reached].sum()), minutes, name, then))
    _, _, _, name, then = min(ranked, key=lambda row: row[:4])
    return name, then


def budget_curve(problem: SitingProblem, *, threshold_minutes: float) -> pd.DataFrame:
    """Return the people served by the best plan of each budget, every step proved or said not.

    Sites whose cost nobody knows must be closed by the rules of the problem. Budgets are
    evenly spread up to what the best plan without a budget costs. Columns:
    ``budget_rupiah``, ``cost_rupiah``, ``people_served``, ``bound``, ``status``, ``sites``.
    """
    costs = problem.costs if problem.costs is not None else np.zeros(len(problem.site_ids))
    free = problem.with_rules(budget=None, site_count=None, exactly_one_in=())
    richest = mclp(free, threshold_minutes=threshold_minutes)
    total = int(costs[problem.columns(richest.site_ids)].sum())
    rows = []
    for budget in np.linspace(0, total, BUDGETS + 1).astype(np.int64):
        plan = mclp(free.with_rules(budget=int(budget)), threshold_minutes=threshold_minutes)
        spent = int(costs[problem.columns(plan.site_ids)].sum())
        rows.append((int(budget), spent, plan.objective, plan.bound, plan.status,
                     " ".join(plan.site_ids)))  # fmt: skip
    columns = ["budget_rupiah", "cost_rupiah", "people_served", "bound", "status", "sites"]
    return pd.DataFrame(rows, columns=columns)


def fairness_curve(problem: SitingProblem) -> pd.DataFrame:
    """Return the plans that no other beats both on average and for the worst off.

    All plans under the rules are looked at; where they are more than 200,000 the table is
    empty. People without any way count in neither; plans that leave fewest of them come
    first. Columns: ``mean_minutes``, ``worst_minutes`` and ``sites``.
    """
    columns = ["mean_minutes", "worst_minutes", "sites"]
    allowed = choices(problem)
    if allowed is None or count_plans(allowed) > MOST_ENUMERATED:
        return pd.DataFrame(columns=columns)
    average, worst = goal_of(problem, "p_median"), goal_of(problem, "p_centre")
    step = max(1, BLOCK_CELLS // max(1, len(average.times.people)))
    keys, plans = [], []
    for block in plans_of(allowed):
        for start in range(0, len(block), step):
            part = block[start : start + step]
            keys.append(np.column_stack([average.primary(part), worst.primary(part)[:, -1]]))
            plans += list(part)
    if not plans:
        return pd.DataFrame(columns=columns)
    every = np.vstack(keys)
    total = max(1, int(problem.population.sum() - every[:, 0].min()))
    rows = [
        (every[n, 1] / MS_PER_MINUTE / total, every[n, 2] / MS_PER_MINUTE,
         " ".join(problem.site_ids[c] for c in plans[n]))
        for n in _unbeaten(every)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _unbeaten(keys: NDArray[Any]) -> list[int]:
    """Return the rows with fewest people missed that none beats in both other columns."""
    order = np.lexsort((keys[:, 2], keys[:, 1], keys[:, 0]))
    fewest, lowest, kept = keys[order[0], 0], np.inf, []
    for n in order:
        if keys[n, 0] == fewest and keys[n, 2] < lowest:
            kept.append(int(n))
            lowest = keys[n, 2]
    return kept
