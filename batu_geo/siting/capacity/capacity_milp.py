"""Plans within capacity where there are too many to list: swaps, then the solver.

A node of a large model takes HiGHS minutes, so that larger ones get a bound instead.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.siting.capacity.assignment import assign, counting, short_of_capacity, timing
from batu_geo.siting.capacity.best_first_search import BLOCK_CELLS, filled_up
from batu_geo.siting.capacity.enumerate_assignments import (
    CapacityPlan,
    Stages,
    best_listed,
    least_bound,
)
from batu_geo.siting.capacity.transport import cheapest
from batu_geo.siting.problem.outcome import Outcome
from batu_geo.siting.problem.pairs import Pairs
from batu_geo.siting.search.greedy_and_swap import Costs, exchanged, without_infinity
from batu_geo.siting.search.lagrangian import lagrangian_bound
from batu_geo.siting.search.milp import TIE_BREAK_NODES, TOLERANCE, site_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from batu_geo.network.arrays import Columns, Numbers
    from batu_geo.siting.capacity.assignment import Reach
    from batu_geo.siting.capacity.transport import CostTable
    from batu_geo.siting.problem.rules import Choices
    from batu_geo.siting.search.milp import LinearModel


# Above this many pairs of rows and units the model is not given to HiGHS.
MOST_PAIRS = 15_000
# Transport problems solved while swaps are tried, for each round and all rounds together; each
# counts rows x units of the table.
MOST_SWAP_SOLVED, MOST_SWAP_CELLS = 20, 50_000_000
LARGEST_COST = 1e4


def best_solved(
    reach: Reach, allowed: Choices, start: Columns, *, needs_minutes: bool, node_limit: int
) -> Stages:
    """Return a plan improved by swaps, then proved where the model is small enough.

    Parameters
    ----------
    reach
        Pairs that may be used.
    allowed
        From `choices`.
    start
        A plan that keeps the rules.
    needs_minutes
        Whether person-minutes are part of the objective; else they are the second objective,
        which has a limit of its own.
    node_limit
        Branch-and-bound nodes of each solve; 0 tries neither swaps nor the solver.
    """
    table = counting(reach)
    sites = _swapped(reach, allowed, start) if node_limit else start
    plan = CapacityPlan(sites, assign(reach, sites))
    first = _improved(table, 0, reach, allowed, plan, most_nodes=node_limit)
    plan = first.require()
    fewest = max(int(np.ceil(first.bound - 1e-6)), short_of_capacity(reach, allowed.most))
    left = plan.assignment.left
    table = timing(reach, left)
    if left > fewest:
        return Stages(
            Outcome(plan, fewest, proved=False, how=first.how),
            Outcome(plan, least_bound(table), proved=False, how=first.how),
        )
    placed = Outcome(plan, left, proved=True, how=first.how)
    if not needs_minutes and not _is_solvable(table):
        return Stages(placed, Outcome(plan, 0.0, proved=False))
    nodes = node_limit if needs_minutes else TIE_BREAK_NODES
    second = _improved(table, 1, reach, allowed, plan, most_nodes=nodes)
    plan = second.require()
    how = second.how if second.how != "bound" else first.how
    slack = TOLERANCE * plan.assignment.ms if how == "milp" else 0.0
    is_least = plan.assignment.ms - second.bound <= slack + 0.5
    bound = float(plan.assignment.ms) if is_least else second.bound
    return Stages(placed, Outcome(plan, bound, proved=is_least, how=how))


def _is_solvable(table: CostTable) -> bool:
    return int(np.isfinite(table.cost).sum()) <= MOST_PAIRS


def _swapped(reach: Reach, allowed: Choices, sites: Columns) -> Columns:
    """Return a plan that no site more and no swap of one makes better, in a number of rounds."""
    idle, turn = 0, 0
    for _ in range(1 + MOST_SWAP_CELLS // (MOST_SWAP_SOLVED * max(1, reach.ms.size))):
        blocks = _neighbours(allowed, sites)
        if idle >= len(blocks):
            break
        parts = [plans for plans in (sites[None], blocks[turn % len(blocks)]()) if len(plans)]
        plans = np.vstack([filled_up(part, allowed.most) for part in parts])
        stages = best_listed(reach, plans, 0, needs_minutes=True, most_solved=MOST_SWAP_SOLVED)
        better = stages.minutes.require().sites
        idle = idle + 1 if np.array_equal(better, sites) else 0
        sites, turn = better, turn + 1
    return sites


def _neighbours(allowed: Choices, sites: Columns) -> list[Callable[[], Columns]]:
    """Return ways to make the plans with one site more, then those with some exchanged."""
    sizes = len(sites) * len(allowed.can_open)
    step = max(1, BLOCK_CELLS // max(1, sizes))
    parts = [slice(start, start + step) for start in range(0, len(sites), step)]
    return [
        partial(_longer, allowed, sites),
        *(partial(exchanged, allowed, sites, p) for p in parts),
    ]


def _longer(allowed: Choices, sites: Columns) -> Columns:
    """Return the plans with one site more."""
    others = np.setdiff1d(np.flatnonzero(allowed.can_open), sites)
    kept = [plan for site in others if allowed.allows(plan := np.sort(np.append(sites, site)))]
    return np.array(kept, dtype=np.intp).reshape(len(kept), len(sites) + 1)


def _improved(
    table: CostTable,
    which: int,
    reach: Reach,
    allowed: Choices,
    plan: CapacityPlan,
    *,
    most_nodes: int,
) -> Outcome[CapacityPlan]:
    """Return the better of a plan and the solver's, and a bound on key `which`."""
    bound = cheapest(table, np.zeros(len(table.capacity))).bound
    if plan.key()[which] <= bound:
        return Outcome(plan, bound, proved=True, how="bound")
    if not _is_solvable(table):
        units = np.r_[0, 1 + reach.units(plan.sites)]
        other = _without_limits(table, units, allowed, plan.sites)
        return Outcome(plan, max(bound, other), proved=False, how="lagrangian")
    model, cost = _model(table, allowed)
    scale = _scale(cost)
    solution = model.minimise(cost / scale, most_nodes=most_nodes)
    if solution.plan is not None:
        sites = model.plan(solution.plan)
        other_plan = CapacityPlan(sites, assign(reach, sites))
        # Of equal plans the solver's, which does not depend on the speed of the swaps.
        plan = min(other_plan, plan, key=lambda one: one.key()[:2])
    bound = max(bound, solution.bound * scale)
    return Outcome(plan, bound, proved=plan.key()[which] <= bound, how="milp")


def _without_limits(table: CostTable, units: Columns, allowed: Choices, sites: Columns) -> float:
    """Return a Lagrangian bound: existing capacities dualised, new sites uncapacitated.

    Parameters
    ----------
    table
        Costs.
    units, sites
        Open under a plan; their prices are used.
    allowed
        As for `lagrangian_bound`.
    """
    flow = cheapest(table.of(units), np.zeros(len(units)))
    always = len(units) - len(sites)
    price = flow.price[:always]
    base = (table.cost[:always] + price[:, None]).min(axis=0)
    costs = Costs(Pairs.of(table.cost[always:]), base, table.people)
    bounded, _ = lagrangian_bound(costs, allowed, sites, swap_costs=without_infinity(costs))
    return bounded.bound - float(price @ table.capacity[:always])


def _scale(cost: Numbers) -> float:
    return float(max(cost.max(initial=1.0) / LARGEST_COST, 1.0))


def _model(table: CostTable, allowed: Choices) -> tuple[LinearModel, Numbers]:
    """Return the model of sites, flows and capacities, and the cost of each variable."""
    unit, row = np.nonzero(np.isfinite(table.cost))
    units, rows = table.cost.shape
    model = site_model(allowed)
    sites, always = np.arange(model.sites), units - model.sites
    flows = model.add_variables(len(unit), high=np.inf)
    model.add_rows((row, flows, np.ones(len(unit))), rows, table.people, table.people)
    entries = (
        np.r_[unit, always + sites],
        np.r_[flows, sites],
        np.r_[np.ones(len(unit)), -table.capacity[always:]],
    )
    capacity = np.r_[table.capacity[:always], np.zeros(len(sites))]
    model.add_rows(entries, units, np.full(units, -np.inf), capacity)
    new = np.flatnonzero(unit >= always)
    own = np.arange(len(new))
    entries = (
        np.r_[own, own],
        np.r_[flows[new], unit[new] - always],
        np.r_[np.ones(len(new)), -table.people[row[new]]],
    )
    model.add_rows(entries, len(new), np.full(len(new), -np.inf), np.zeros(len(new)))
    return model, np.r_[np.zeros(len(sites)), table.cost[unit, row]]
