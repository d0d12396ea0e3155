"""Plans within capacity where there are too many to list: swaps, then the solver.

HiGHS keeps its time limit on small models only, so that larger ones get a bound instead.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.siting.capacity.assignment import counting, send, short_of_room, timing
from batu_geo.siting.capacity.best_first_search import filled_up
from batu_geo.siting.capacity.enumerate_assignments import Found, Wish, best_listed, least_bound
from batu_geo.siting.capacity.transport import cheapest
from batu_geo.siting.search.greedy_and_swap import Costs, exchanged, without_infinity
from batu_geo.siting.search.lagrangian import lagrangian_bound
from batu_geo.siting.search.milp import site_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from batu_geo.siting.capacity.assignment import Trips
    from batu_geo.siting.capacity.transport import Table
    from batu_geo.siting.problem.rules import Choices
    from batu_geo.siting.search.milp import LinearModel

    Numbers = NDArray[np.float64]
    Columns = NDArray[np.intp]

# Above this many pairs of rows and units HiGHS overruns its time by seconds.
MOST_PAIRS = 15_000
MOST_CUTS = 50
# Of the time: what is left is for the solver, or for a bound, which needs less.
SWAP_SHARE, LARGE_SWAP_SHARE = 0.25, 0.75
BLOCK_CELLS = 2_000_000
LARGEST_COST = 1e4
# The solver's own tolerance on a sum of minutes, as a share of it.
TOLERANCE = 1e-7


def best_solved(trips: Trips, allowed: Choices, start: Columns, wish: Wish) -> Found:
    """Return a plan improved by swaps, then proved where the model is small enough.

    Parameters
    ----------
    trips
        Who may be sent where.
    allowed
        From `choices`.
    start
        A plan that keeps the rules.
    wish
        What is asked, and until when.
    """
    now = time.monotonic()
    table = counting(trips)
    share = SWAP_SHARE if _is_solvable(table) else LARGE_SWAP_SHARE
    sites = _swapped(trips, allowed, start, now + share * (wish.deadline - now))
    found = Found(sites, send(trips, sites, deadline=wish.deadline))
    found, bound = _improved(table, 0, trips, allowed, found, wish.deadline)
    fewest = max(int(np.ceil(bound - 1e-6)), short_of_room(trips, allowed.most))
    if found.sent.left > fewest:
        return replace(
            found, fewest_left=fewest, least_ms=least_bound(timing(trips, found.sent.left))
        )
    found = replace(found, fewest_left=found.sent.left)
    if not (wish.needs_minutes or wish.settle_ties):
        return found
    proof = found.proof
    table = timing(trips, found.sent.left)
    found, bound = _improved(table, 1, trips, allowed, found, wish.deadline)
    slack = TOLERANCE * found.sent.ms if found.proof == "milp" else 0.0
    is_least = found.sent.ms - bound <= slack + 0.5
    least = float(found.sent.ms) if is_least else bound
    found = replace(found, least_ms=least, proof=found.proof if wish.needs_minutes else proof)
    if is_least and wish.settle_ties:
        return _settled(table, trips, allowed, found, wish.deadline)
    return found


def _is_solvable(table: Table) -> bool:
    return int(np.isfinite(table.cost).sum()) <= MOST_PAIRS


def _swapped(trips: Trips, allowed: Choices, sites: Columns, deadline: float) -> Columns:
    """Return a plan that no site more and no swap of one makes better, if time suffices."""
    wish = Wish(needs_minutes=True, settle_ties=False, deadline=deadline)
    idle, turn = 0, 0
    while time.monotonic() < deadline:
        blocks = _neighbours(allowed, sites)
        if idle >= len(blocks):
            break
        parts = [plans for plans in (sites[None], blocks[turn % len(blocks)]()) if len(plans)]
        plans = np.vstack([filled_up(part, allowed.most) for part in parts])
        found = best_listed(trips, plans, 0, wish).sites
        idle = idle + 1 if np.array_equal(found, sites) else 0
        sites, turn = found, turn + 1
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
    table: Table, which: int, trips: Trips, allowed: Choices, found: Found, deadline: float
) -> tuple[Found, float]:
    """Return the better of a plan and the solver's, and a bound on key `which`."""
    bound = cheapest(table, np.zeros(len(table.room)), deadline=deadline).bound
    if found.key()[which] <= bound:
        return found, bound
    if not _is_solvable(table):
        units = np.r_[0, 1 + trips.units(found.sites)]
        other = _without_limits(table, units, allowed, found.sites, deadline)
        return replace(found, proof="lagrangian"), max(bound, other)
    model, cost = _model(table, allowed)
    scale = _scale(cost)
    ending = model.minimise(cost / scale, deadline=deadline)
    if ending.values is not None:
        sites = model.plan(ending.values)
        other_plan = replace(found, sites=sites, sent=send(trips, sites, deadline=deadline))
        found = min(found, other_plan, key=Found.key)
    return replace(found, proof="milp"), max(bound, ending.bound * scale)


def _without_limits(
    table: Table, units: Columns, allowed: Choices, sites: Columns, deadline: float
) -> float:
    """Return a bound that keeps the number of sites: new ones without limit, old ones at a price.

    Parameters
    ----------
    table
        Costs.
    units, sites
        Open under a plan; their prices are used.
    allowed, deadline
        As for `lagrangian_bound`.
    """
    sent = cheapest(table.of(units), np.zeros(len(units)), deadline=deadline)
    always = len(units) - len(sites)
    price = sent.price[:always]
    base = (table.cost[:always] + price[:, None]).min(axis=0)
    costs = Costs(table.cost[always:], base, table.people)
    bounded = lagrangian_bound(
        costs, allowed, sites, swap_costs=without_infinity(costs), deadline=deadline
    )
    return bounded.bound - float(price @ table.room[:always])


def _scale(cost: Numbers) -> float:
    return float(max(cost.max(initial=1.0) / LARGEST_COST, 1.0))


def _model(table: Table, allowed: Choices) -> tuple[LinearModel, Numbers]:
    """Return sites, people sent along each pair and the room of all, and what each costs."""
    unit, row = np.nonzero(np.isfinite(table.cost))
    units, rows = table.cost.shape
    model = site_model(allowed)
    sites, always = np.arange(model.sites), units - model.sites
    flows = model.add_variables(len(unit), high=np.inf)
    model.add_rows((row, flows, np.ones(len(unit))), rows, table.people, table.people)
    entries = (
        np.r_[unit, always + sites],
        np.r_[flows, sites],
        np.r_[np.ones(len(unit)), -table.room[always:]],
    )
    room = np.r_[table.room[:always], np.zeros(len(sites))]
    model.add_rows(entries, units, np.full(units, -np.inf), room)
    new = np.flatnonzero(unit >= always)
    own = np.arange(len(new))
    entries = (
        np.r_[own, own],
        np.r_[flows[new], unit[new] - always],
        np.r_[np.ones(len(new)), -table.people[row[new]]],
    )
    model.add_rows(entries, len(new), np.full(len(new), -np.inf), np.zeros(len(new)))
    return model, np.r_[np.zeros(len(sites)), table.cost[unit, row]]


def _settled(table: Table, trips: Trips, allowed: Choices, found: Found, deadline: float) -> Found:
    """Exclude equal plans one by one until none is left."""
    if not _is_solvable(table):
        return found
    model, cost = _model(table, allowed)
    scale = _scale(cost)
    model.add_row(cost / scale, -np.inf, found.sent.ms / scale * (1 + 1e-12) + 1e-9)
    sites = found.sites
    for _ in range(MOST_CUTS):
        model.exclude(sites)
        ending = model.minimise(np.zeros(0), deadline=deadline)
        if ending.values is None:
            return replace(found, is_settled=ending.is_infeasible)
        sites = model.plan(ending.values)
        other = replace(found, sites=sites, sent=send(trips, sites, deadline=deadline))
        found = min(found, other, key=Found.key)
    return found
