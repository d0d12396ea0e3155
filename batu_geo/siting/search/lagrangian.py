"""Lagrangian lower bound on the cost of any plan, from a table of costs (Narula et al. 1977).

Each person is at one site; relaxing that with a price a row leaves sites that are
chosen one by one. Any prices give a valid bound; subgradient steps make it tight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.siting.problem.outcome import Outcome
from batu_geo.siting.search.greedy_and_swap import TwoNearest, block_count, swapped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.arrays import Columns, Flags, Numbers
    from batu_geo.siting.problem.pairs import Pairs
    from batu_geo.siting.problem.rules import Choices
    from batu_geo.siting.search.greedy_and_swap import Costs


# Float sums are off by less than this share of their size.
SAFETY = 1e-9
# Steps of the subgradient method: tried on 2,000 x 200, where they close in fastest.
FIRST_STEP = 2.0
PATIENCE = 10
MEMORY = 0.8
SHORTEST_STEP = 1e-4
# Swaps are tried every so many steps, times the blocks of a large table: they cost more there.
SEARCH_EVERY = 10
# Nearest sites of a row that prices may reach: so many, or this many times sites per opening.
FEWEST_NEAR = 20
NEAR_SHARE = 4


@dataclass(frozen=True, slots=True, eq=False)
class Fixed:
    """Sites whose state the reduced costs fix in every plan that costs no more than one.

    Attributes
    ----------
    is_closed, is_open
        [sites].
    """

    is_closed: Flags
    is_open: Flags


def lagrangian_bound(
    costs: Costs,
    allowed: Choices,
    plan: Columns,
    *,
    swap_costs: Costs,
    most_steps: int = 400,
) -> tuple[Outcome[Columns], Fixed]:
    """Return a lower bound on the cost of any plan, the best plan met, and the sites it fixes.

    `costs` are inf where there is no way (for plans that reach every row only), those of
    `swap_costs` finite. `allowed` comes from `choices`, whose limits on sums are relaxed in
    the bound; `plan` keeps the rules. It ends after `most_steps` steps.
    """
    weighted, base = _weighted(costs)
    price = _first_prices(weighted, base, plan)
    near = _near(weighted, base if np.isfinite(costs.cost.otherwise) else None, allowed)
    price = np.minimum(price, near.most)
    bound, cost = -np.inf, costs.total(plan)
    best_price, step, idle = price, FIRST_STEP, 0
    direction = np.zeros(len(price))
    search_every = SEARCH_EVERY * block_count(swap_costs)
    for turn in range(most_steps):
        value, is_open, need = _relaxed(near, base, price, allowed)
        idle += 1
        if value > bound:
            bound, best_price, idle = value, price, 0
        sites = np.flatnonzero(is_open)
        is_turn = turn % search_every == 0
        if (is_turn or costs.total(sites) < cost) and allowed.allows(sites):
            sites = swapped(swap_costs, allowed, sites)
            plan = sites if costs.total(sites) < cost else plan
            cost = costs.total(plan)
        if idle >= PATIENCE:
            step, idle = step / 2, 0
        direction = need + MEMORY * direction
        length = float(direction @ direction)
        is_done = cost - bound <= SAFETY * abs(cost) or length == 0
        if is_done or step < SHORTEST_STEP:
            break
        target = cost if np.isfinite(cost) else bound + abs(bound) + 1
        price = price + step * (target - value) / length * direction
        price = np.clip(price, 0, near.most)
    bound, is_out, is_in = _ruled_out(weighted, base, best_price, allowed, cost)
    outcome = Outcome(plan, bound, proved=bound >= cost, how="lagrangian")
    return outcome, Fixed(is_out, is_in)


def _weighted(costs: Costs) -> tuple[Pairs, Numbers]:
    """Return costs times people; pairs that cost as much as without a new site are no pairs."""
    value = costs.cost.value * costs.people[costs.cost.at]
    return costs.cost.with_values(value, np.inf), costs.base * costs.people


def _first_prices(weighted: Pairs, base: Numbers, plan: Columns) -> Numbers:
    """Return a price a row between its nearest and its second nearest open site."""
    first, second, _ = TwoNearest.of(weighted, base, plan)
    second = np.where(np.isfinite(second), second, first)
    price: Numbers = np.where(np.isfinite(first), (first + second) / 2, 0.0)
    return price


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """Weighted costs of the nearest sites of each row, site by site.

    Prices stay at or below `most`, the cost of the last site kept, so that the sites left
    out would add nothing: the bound is the same as with all of them.
    """

    sites: int
    start: Columns
    row: NDArray[np.int32]
    cost: Numbers
    most: Numbers


def _near(weighted: Pairs, base: Numbers | None, allowed: Choices) -> _Near:
    """Return the nearest sites of each row; prices stay below `base`, if that is given."""
    sites = weighted.shape[0]
    kept = max(FEWEST_NEAR, NEAR_SHARE * sites // max(1, allowed.most))
    most = np.full(weighted.width, np.inf) if base is None else base
    if kept < sites and (weighted.count() > kept).any():
        by_row = weighted.turned()
        rows = np.flatnonzero(weighted.count() > kept)
        of_rows = by_row.several(rows)
        order = np.lexsort((of_rows.value, of_rows.line))
        last = np.searchsorted(of_rows.line, np.arange(len(rows))) + kept
        most[rows] = np.minimum(most[rows], of_rows.value[order[last]])
        weighted = weighted.kept(weighted.value <= most[weighted.at])
    return _Near(sites, weighted.first, weighted.at, weighted.value, most)


def _relaxed(
    near: _Near, base: Numbers, price: Numbers, allowed: Choices
) -> tuple[float, Flags, Numbers]:
    """Return the value of the relaxation, the sites it opens, and which rows lack or double."""
    reduced = near.cost - price[near.row]
    np.minimum(reduced, 0, out=reduced)
    total = np.r_[0.0, np.cumsum(reduced)]
    value = total[near.start[1:]] - total[near.start[:-1]]
    is_open, _, _ = _picked(value, allowed)
    fixed = float(price.sum() + np.minimum(base - price, 0).sum())
    served = (base < price).astype(np.float64)
    for site in np.flatnonzero(is_open):
        part = slice(near.start[site], near.start[site + 1])
        served[near.row[part]] += reduced[part] < 0
    return fixed + float(value[is_open].sum()), is_open, 1.0 - served


def _values(weighted: Pairs, base: Numbers, price: Numbers) -> tuple[Numbers, float]:
    """Return what opening each site saves at these prices, from all costs, and what is fixed."""
    value = np.zeros(weighted.shape[0])
    for line, at, cost in weighted.blocks():
        value += np.bincount(line, np.minimum(cost - price[at], 0), minlength=len(value))
    return value, float(price.sum() + np.minimum(base - price, 0).sum())


def _picked(value: Numbers, allowed: Choices) -> tuple[Flags, Numbers, Flags]:
    """Return the sites that are cheapest for these values, best of each group, picked groups."""
    groups = len(allowed.is_required)
    masked = np.where(allowed.can_open, value, np.inf)
    order = np.argsort(masked, kind="stable")
    best = np.full(groups, np.inf)
    first = np.full(groups, -1)
    reverse = order[::-1]
    best[allowed.group[reverse]] = masked[reverse]
    first[allowed.group[reverse]] = reverse
    rank = np.where(allowed.is_required, -np.inf, best)
    chosen = np.argsort(rank, kind="stable")[: allowed.most]
    is_picked = np.zeros(groups, dtype=bool)
    is_picked[chosen] = True
    is_picked &= np.isfinite(best)
    is_open = np.zeros(len(value), dtype=bool)
    is_open[first[is_picked]] = True
    return is_open, best, is_picked


def _ruled_out(
    weighted: Pairs, base: Numbers, price: Numbers, allowed: Choices, cost: float
) -> tuple[float, Flags, Flags]:
    """Return the bound of the best prices, and the sites it shows to be out or in."""
    value, fixed = _values(weighted, base, price)
    is_open, best, is_picked = _picked(value, allowed)
    raw = fixed + float(value[is_open].sum())
    bound = raw - SAFETY * abs(raw)
    if not len(value):
        return bound, is_open, is_open
    may_leave = is_picked & ~allowed.is_required
    worst = best[may_leave].max(initial=-np.inf)
    waiting = best[~is_picked].min(initial=np.inf)
    is_full = is_picked.sum() >= allowed.most
    other = worst if is_full else 0.0
    leaves = np.where(is_picked[allowed.group], best[allowed.group], other)
    is_out = ~allowed.can_open | (~is_open & (bound + value - leaves > cost))
    second = _second_in_group(value, allowed)
    enters = np.minimum(second, np.where(allowed.is_required[allowed.group], np.inf, waiting))
    enters = np.where(allowed.fewest < allowed.most, np.minimum(enters, 0.0), enters)
    required = allowed.is_required[allowed.group]
    enters = np.where(required, second, enters)
    is_in = is_open & (bound - value + enters > cost)
    return bound, is_out, is_in | allowed.must_open


def _second_in_group(value: Numbers, allowed: Choices) -> Numbers:
    """Return the least value of another site of the same group, inf where there is none."""
    sites = np.flatnonzero(allowed.can_open)
    order = sites[np.lexsort((value[sites], allowed.group[sites]))]
    start = np.searchsorted(allowed.group[order], np.arange(len(allowed.is_required)))
    has = np.diff(np.r_[start, len(order)])
    least = np.full((2, len(start)), np.inf)
    for rank in (0, 1):
        some = np.flatnonzero(has > rank)
        least[rank, some] = value[order[start[some] + rank]]
    second = np.full(len(value), np.inf)
    second[order] = least[0, allowed.group[order]]
    first = order[start[has > 0]]
    second[first] = least[1, allowed.group[first]]
    return second
