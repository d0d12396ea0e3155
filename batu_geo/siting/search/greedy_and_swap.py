"""Heuristics for a first plan: greedy opening, then swaps until none helps (Teitz and Bart 1968).

Both work on a table of costs: what each person costs at each site and without a new
site. Minutes make it a p-median, 0 and 1 for covered and not covered make it an MCLP.
A plan from here is never called optimal by itself.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from batu_geo.network.arrays import Columns, Flags, Numbers
    from batu_geo.siting.problem.objective import Cover, Goal, Times
    from batu_geo.siting.problem.pairs import Pairs
    from batu_geo.siting.problem.rules import Choices


# Swaps look at so many pairs or sites at a time.
CHUNK_PAIRS, CHUNK_SITES = 2_000_000, 2_000
# Pairs of the cost table that swaps look at before they stop, and rounds of all exchanges.
MOST_SWAP_PAIRS = 1_000_000_000
MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """Costs to be added up over people, each at the cheapest open site.

    Attributes
    ----------
    cost
        Of a person at each site, [sites, rows]; what other pairs cost is no less than `base`.
    base
        Of a person without a new site, [rows].
    people
        [rows].
    """

    cost: Pairs
    base: Numbers
    people: Numbers

    def total(self, plan: Columns) -> float:
        """Return the cost of a plan."""
        return float(self.cost.lowered(self.base, plan[None])[0] @ self.people)


class TwoNearest(NamedTuple):
    """Cost of each row at the nearest and the second nearest of a plan and the units open already.

    `owner` is the place of the nearest in the plan, its length where that is no new site, [rows].
    """

    first: Numbers
    second: Numbers
    owner: Columns

    @classmethod
    def of(cls, cost: Pairs, base: Numbers, plan: Columns) -> TwoNearest:
        """Return both for the sites of a plan."""
        first, owner = base.copy(), np.full(len(base), len(plan))
        second = np.full(len(base), cost.otherwise)
        for place, site in enumerate(plan.tolist()):
            at, value = cost.pairs_of(site)
            known = first[at]
            is_first = value < known
            second[at] = np.where(is_first, known, np.minimum(second[at], value))
            first[at] = np.where(is_first, value, known)
            owner[at[is_first]] = place
        return cls(first, second, owner)


def median_costs(times: Times, can_open: Flags) -> Costs:
    """Return milliseconds for those who can reach anything at all, inf = no way."""
    ways = times.ms.of_lines(can_open).count() > 0
    reachable = ways | np.isfinite(times.base)
    return Costs(times.ms.of_rows(reachable), times.base[reachable], times.people[reachable])


def cover_costs(cover: Cover) -> Costs:
    """Return 1 for each person not covered, of those that can be covered anew."""
    open_rows = (cover.base == 0) & (cover.within.count() > 0)
    within = cover.within.of_rows(open_rows)
    cost = within.with_values(np.zeros(len(within.at)), 1.0)
    return Costs(cost, np.ones(int(open_rows.sum())), cover.people[open_rows])


def without_infinity(costs: Costs) -> Costs:
    """Return costs in which no way costs far more than any way, for searching only."""
    finite = [values[np.isfinite(values)].max(initial=0.0)
              for values in (costs.cost.value, costs.base)]  # fmt: skip
    dear = 4 * max(finite) + 1
    cost = costs.cost.with_values(costs.cost.value, min(costs.cost.otherwise, dear))
    return Costs(cost, np.minimum(costs.base, dear), costs.people)


def greedy(costs: Costs, allowed: Choices) -> Columns | None:
    """Return a plan opened site by site, each time the one that saves most; None where stuck.

    Savings never rise as sites open, so only those are computed again that may still be
    the largest. Groups that must have a site come first.
    """
    best = costs.base.copy()
    plan = np.flatnonzero(allowed.must_open)
    for opened in plan.tolist():
        _open(costs, opened, best)
    saving = np.zeros(costs.cost.shape[0])
    for line, at, each in costs.cost.blocks():
        saves = np.maximum(best[at] - each, 0) * costs.people[at]
        saving += np.bincount(line, saves, minlength=len(saving))
    queue = [(-value, site) for site, value in enumerate(saving.tolist())]
    heapq.heapify(queue)
    parked: list[tuple[float, int]] = []
    while queue and len(plan) < allowed.most:
        value, site = heapq.heappop(queue)
        if not allowed.can_open[site] or allowed.group[site] in allowed.group[plan]:
            continue
        if not _may_add(allowed, plan, site):
            parked.append((value, site))
            continue
        now = -_saving(costs, site, best)
        if queue and (now, site) > queue[0]:
            heapq.heappush(queue, (now, site))
            continue
        if now == 0 and _is_complete(allowed, plan):
            break
        plan = np.append(plan, site)
        _open(costs, site, best)
        for entry in parked:
            heapq.heappush(queue, entry)
        parked = []
    plan = np.sort(plan)
    return plan if allowed.allows(plan) else None


def _open(costs: Costs, site: int, best: Numbers) -> None:
    at, value = costs.cost.pairs_of(site)
    best[at] = np.minimum(best[at], value)


def _saving(costs: Costs, site: int, best: Numbers) -> float:
    at, value = costs.cost.pairs_of(site)
    return float(np.maximum(best[at] - value, 0) @ costs.people[at])


def _is_complete(allowed: Choices, plan: Columns) -> bool:
    needed = allowed.is_required.sum() - allowed.is_required[allowed.group[plan]].sum()
    return len(plan) >= allowed.fewest and not needed


def _may_add(allowed: Choices, plan: Columns, site: int) -> bool:
    """Return whether a site of a new group may join, leaving places for those that need one."""
    taken = allowed.group[plan]
    waiting = allowed.is_required.copy()
    waiting[taken] = False
    places_left = allowed.most - len(plan)
    if waiting.sum() >= places_left and not waiting[allowed.group[site]]:
        return False
    return bool(allowed.is_kept(np.append(plan, site)[None])[0])


def swapped(costs: Costs, allowed: Choices, plan: Columns) -> Columns:
    """Return the plan after swaps of one open site for a closed one, until none saves.

    On large tables it ends after `MOST_SWAP_PAIRS`.

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
    idle, turn, pairs_left = 0, 0, MOST_SWAP_PAIRS
    while idle < len(chunks) and len(plan) and pairs_left > 0:
        part = chunks[turn % len(chunks)]
        pairs_left -= int(costs.cost.first[part.stop] - costs.cost.first[part.start])
        change = _swap_changes(costs, plan, part)
        change[~_may_swap(allowed, plan, part)] = np.inf
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
    return costs.cost.parts(CHUNK_PAIRS, CHUNK_SITES)


def _swap_changes(costs: Costs, plan: Columns, part: slice) -> Numbers:
    """Return the change of total cost if a site of the part opens and one of the plan closes.

    A row without a pair in the part loses the way to the nearest site when that closes; pairs
    save what they are nearer than the nearest, or lose less.
    """
    near, size = TwoNearest.of(costs.cost, costs.base, plan), len(plan)
    owned = near.owner < size
    loss = np.zeros(len(owned))
    loss[owned] = (near.second - near.first)[owned] * costs.people[owned]
    line, at, value = costs.cost.several(np.arange(part.start, part.stop))
    first, people, sites = near.first[at], costs.people[at], part.stop - part.start
    nearer = np.minimum(value, first)
    saving = np.bincount(line, (first - nearer) * people, minlength=sites)
    rows = np.flatnonzero(owned[at])
    less = (np.minimum(value[rows], near.second[at[rows]]) - nearer[rows]) * people[rows]
    place = line[rows] * size + near.owner[at[rows]]
    change = np.bincount(place, less - loss[at[rows]], minlength=sites * size)
    closing = np.bincount(near.owner, loss, minlength=size + 1)[:size]
    return np.asarray(change.reshape(sites, size) + closing - saving[:, None], dtype=np.float64)


def exchanged(allowed: Choices, plan: Columns, places: slice = slice(None)) -> Columns:
    """Return the plans with another site for one at some places, sorted, [plans, sites each]."""
    every = slice(0, len(allowed.can_open))
    site, place = np.nonzero(_may_swap(allowed, plan, every)[:, places])
    plans = np.repeat(plan[None], len(site), axis=0)
    plans[np.arange(len(site)), np.arange(len(plan))[places][place]] = site
    return np.sort(plans, axis=1)


def _may_swap(allowed: Choices, plan: Columns, part: slice) -> Flags:
    """Return which site of a part may open for which of the plan, [sites, plan]."""
    groups, of_plan = allowed.group[part], allowed.group[plan]
    may_open = allowed.can_open.copy()
    may_open[plan] = False
    taken = np.zeros(len(allowed.is_required), dtype=bool)
    taken[of_plan] = True
    same_group = groups[:, None] == of_plan[None, :]
    fits = same_group | (~taken[groups][:, None] & ~allowed.is_required[of_plan][None, :])
    totals = allowed.sums[:, plan].sum(axis=1)
    for row, total, limit in zip(allowed.sums, totals, allowed.limits, strict=True):
        fits &= total + row[part][:, None] - row[plan][None, :] <= limit
    may_swap: Flags = may_open[part][:, None] & ~allowed.must_open[plan][None, :] & fits
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
