"""Heuristics for a first plan: greedy opening, then swaps until none helps (Teitz and Bart 1968).

Both work on a table of costs: what each person costs at each site and without a new
site. Minutes make it a p-median, 0 and 1 for covered and not covered make it an MCLP.
A plan from here is never called optimal by itself.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from batu_geo.network.arrays import Columns, Flags, Numbers
    from batu_geo.siting.problem.objective import Cover, Goal, Times
    from batu_geo.siting.problem.rules import Choices


CHUNK_CELLS = 2_000_000
# Cells of the cost table that swaps look at before they stop, and rounds of all exchanges.
MOST_SWAP_CELLS = 1_000_000_000
MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """Costs to be added up over people, each at the cheapest open site.

    Attributes
    ----------
    cost
        Of a person at each site, [sites, rows].
    base
        Of a person without a new site, [rows].
    people
        [rows].
    """

    cost: Numbers
    base: Numbers
    people: Numbers

    def total(self, plan: Columns) -> float:
        """Return the cost of a plan."""
        best = np.minimum(self.cost[plan].min(axis=0, initial=np.inf), self.base)
        return float(best @ self.people)


def median_costs(times: Times, can_open: Flags) -> Costs:
    """Return milliseconds for those who can reach anything at all, inf = no way."""
    nearest = times.ms[can_open].min(axis=0, initial=np.inf)
    reachable = np.isfinite(np.minimum(times.base, nearest))
    return Costs(times.ms[:, reachable], times.base[reachable], times.people[reachable])


def cover_costs(cover: Cover) -> Costs:
    """Return 1 for each person not covered, of those that can be covered anew."""
    open_rows = (cover.base == 0) & cover.within.any(axis=0)
    cost = np.where(cover.within[:, open_rows], 0.0, 1.0)
    return Costs(cost, np.ones(int(open_rows.sum())), cover.people[open_rows])


def without_infinity(costs: Costs) -> Costs:
    """Return costs in which no way costs far more than any way, for searching only."""
    finite = [values[np.isfinite(values)].max(initial=0.0) for values in (costs.cost, costs.base)]
    dear = 4 * max(finite) + 1
    return Costs(np.minimum(costs.cost, dear), np.minimum(costs.base, dear), costs.people)


def greedy(costs: Costs, allowed: Choices) -> Columns | None:
    """Return a plan opened site by site, each time the one that saves most; None where stuck.

    Savings never rise as sites open, so only those are computed again that may still be
    the largest. Groups that must have a site come first.
    """
    best = costs.base.copy()
    plan = np.flatnonzero(allowed.must_open)
    for opened in plan:
        np.minimum(best, costs.cost[opened], out=best)
    saving = np.empty(len(costs.cost))
    for part in _chunks(costs):
        saving[part] = np.maximum(best - costs.cost[part], 0) @ costs.people
    queue = [(-value, site) for site, value in enumerate(saving.tolist())]
    heapq.heapify(queue)
    parked: list[tuple[float, int]] = []
    while queue and len(plan) < allowed.most:
        value, site = heapq.heappop(queue)
        if not _may_add(allowed, plan, site):
            parked.append((value, site))
            continue
        now = -float(np.maximum(best - costs.cost[site], 0) @ costs.people)
        if queue and (now, site) > queue[0]:
            heapq.heappush(queue, (now, site))
            continue
        if now == 0 and _is_complete(allowed, plan):
            break
        plan = np.append(plan, site)
        np.minimum(best, costs.cost[site], out=best)
        for entry in parked:
            heapq.heappush(queue, entry)
        parked = []
    plan = np.sort(plan)
    return plan if allowed.allows(plan) else None


def _is_complete(allowed: Choices, plan: Columns) -> bool:
    needed = allowed.is_required.sum() - allowed.is_required[allowed.group[plan]].sum()
    return len(plan) >= allowed.fewest and not needed


def _may_add(allowed: Choices, plan: Columns, site: int) -> bool:
    """Return whether a site may join, leaving places for the groups that must have one."""
    if not allowed.can_open[site] or site in plan:
        return False
    taken = allowed.group[plan]
    if allowed.group[site] in taken:
        return False
    waiting = allowed.is_required.copy()
    waiting[taken] = False
    places_left = allowed.most - len(plan)
    if waiting.sum() >= places_left and not waiting[allowed.group[site]]:
        return False
    return bool(allowed.is_kept(np.append(plan, site)[None])[0])


def swapped(costs: Costs, allowed: Choices, plan: Columns) -> Columns:
    """Return the plan after swaps of one open site for a closed one, until none saves.

    On large tables it ends after `MOST_SWAP_CELLS`.

    Parameters
    ----------
    costs
        Finite costs.
    allowed
        From `choices`.
    plan
        A plan that keeps the rules.
    """
    plan = plan.copy()
    chunks = _chunks(costs)
    idle, turn, cells_left = 0, 0, MOST_SWAP_CELLS
    while idle < len(chunks) and len(plan) and cells_left > 0:
        part = chunks[turn % len(chunks)]
        cells_left -= (part.stop - part.start) * len(costs.people)
        change = _swap_changes(costs, plan, part)
        change[~_may_swap(allowed, plan)[part]] = np.inf
        row, place = np.unravel_index(np.argmin(change), change.shape)
        if change[row, place] < 0:
            plan[place] = part.start + row
            idle = 0
        else:
            idle += 1
            turn += 1
    return np.sort(plan)


def block_count(costs: Costs) -> int:
    """Return in how many blocks of rows swaps look at a table of costs."""
    return max(1, len(_chunks(costs)))


def _chunks(costs: Costs) -> list[slice]:
    sites, rows = costs.cost.shape
    step = max(1, CHUNK_CELLS // max(1, rows))
    return [slice(start, min(start + step, sites)) for start in range(0, sites, step)]


def _swap_changes(costs: Costs, plan: Columns, part: slice) -> Numbers:
    """Return the change of total cost if a site of the part opens and one of the plan closes."""
    chosen = np.vstack([costs.cost[plan], costs.base])
    owner = chosen.argmin(axis=0)
    rows = np.arange(chosen.shape[1])
    first = chosen[owner, rows]
    chosen[owner, rows] = np.inf
    second = chosen.min(axis=0)
    owns = np.zeros((len(rows), len(plan) + 1))
    owns[rows, owner] = costs.people
    candidate = costs.cost[part]
    nearer = np.minimum(candidate, first)
    saving = (first - nearer) @ costs.people
    loss = (np.minimum(candidate, second) - nearer) @ owns
    return np.asarray(loss[:, :-1] - saving[:, None])


def exchanged(allowed: Choices, plan: Columns, places: slice = slice(None)) -> Columns:
    """Return the plans with another site for one at some places, sorted, [plans, sites each]."""
    site, place = np.nonzero(_may_swap(allowed, plan)[:, places])
    plans = np.repeat(plan[None], len(site), axis=0)
    plans[np.arange(len(site)), np.arange(len(plan))[places][place]] = site
    return np.sort(plans, axis=1)


def _may_swap(allowed: Choices, plan: Columns) -> Flags:
    """Return which site may open for which of the plan, [sites, plan]."""
    groups = allowed.group
    may_open = allowed.can_open.copy()
    may_open[plan] = False
    taken = np.zeros(len(allowed.is_required), dtype=bool)
    taken[groups[plan]] = True
    same_group = groups[:, None] == groups[plan][None, :]
    fits = same_group | (~taken[groups][:, None] & ~allowed.is_required[groups[plan]][None, :])
    totals = allowed.sums[:, plan].sum(axis=1)
    for row, total, limit in zip(allowed.sums, totals, allowed.limits, strict=True):
        fits &= total + row[:, None] - row[plan][None, :] <= limit
    may_swap: Flags = may_open[:, None] & ~allowed.must_open[plan][None, :] & fits
    return may_swap


def improved(goal: Goal, allowed: Choices, plan: Columns) -> Columns:
    """Return the plan after swaps judged by the goal itself, for models without a cost table."""
    key = tuple(goal.primary(plan[None])[0].tolist())
    for _ in range(MOST_ROUNDS):
        neighbours = exchanged(allowed, plan)
        if not len(neighbours):
            break
        keys = goal.primary(neighbours)
        first = np.lexsort(keys.T[::-1])[0]
        if tuple(keys[first].tolist()) >= key:
            break
        key, plan = tuple(keys[first].tolist()), neighbours[first]
    return plan
