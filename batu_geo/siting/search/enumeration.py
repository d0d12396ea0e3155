"""Enumeration of every plan the rules allow, where there are few enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from batu_geo.siting.problem.objective import BLOCK_CELLS, best_of
from batu_geo.siting.problem.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from batu_geo.network.arrays import Columns, Keys
    from batu_geo.siting.problem.objective import Goal
    from batu_geo.siting.problem.rules import Choices


MOST_PLANS = 200_000
MOST_WORK = 4_000_000_000
UNCOUNTED = 1e15


def count_plans(allowed: Choices) -> int:
    """Return how many plans keep the rules but for those on sums (budget, staff).

    Without listing them: each group of sites is a factor ``1 + n x``, or ``n x`` where one
    of it must open, and the coefficients of the product are the counts. Exact up to 2**53,
    and never more than `UNCOUNTED`.
    """
    if allowed.fewest > allowed.most:
        return 0
    sizes = np.bincount(allowed.group[allowed.can_open], minlength=len(allowed.is_required))
    counts = np.zeros(allowed.most + 1)
    counts[0] = 1
    for size, is_required in zip(sizes.tolist(), allowed.is_required.tolist(), strict=True):
        longer = np.r_[0.0, size * counts[:-1]]
        counts = np.minimum(longer if is_required else counts + longer, UNCOUNTED)
    return int(counts[allowed.fewest :].sum())


def is_small(allowed: Choices, goal: Goal) -> bool:
    """Return whether all plans are few enough to be looked at."""
    rows = max(len(goal.times.people), 1) * max(allowed.most, 1)
    return count_plans(allowed) <= min(MOST_PLANS, MOST_WORK // rows)


def plans_of(allowed: Choices) -> Iterator[Columns]:
    """Yield the plans that keep all rules, [plans, sites each], smaller plans first.

    Plans grow a site at a time, group by group, and only those grow that can still
    meet the number of sites and open one in every group that must have one.
    """
    order = np.lexsort((np.arange(len(allowed.group)), allowed.group))
    order = order[allowed.can_open[order]]
    groups = allowed.group[order]
    needed_before = np.r_[0, np.cumsum(allowed.is_required)]
    all_needed = int(needed_before[-1])
    has_site = np.bincount(groups, minlength=len(allowed.is_required)) > 0
    later = np.r_[np.cumsum(has_site[::-1])[::-1], 0]
    partial = np.empty((1, 0), dtype=np.intp)
    next_group = np.zeros(1, dtype=np.intp)
    size = 0
    while len(partial):
        if size >= allowed.fewest:
            whole = partial[all_needed - needed_before[next_group] == 0]
            whole = np.sort(order[whole], axis=1)
            yield whole[allowed.is_kept(whole)]
        if size == allowed.most:
            return
        size += 1
        partial, next_group = _grown(partial, next_group, groups, needed_before)
        may_end = all_needed - needed_before[next_group] <= allowed.most - size
        may_end &= later[next_group] >= allowed.fewest - size
        partial, next_group = partial[may_end], next_group[may_end]


def _grown(
    partial: Columns, next_group: Columns, groups: Columns, needed_before: Columns
) -> tuple[Columns, Columns]:
    """Return every plan with one site more, from a later group, skipping none that is needed."""
    first = np.searchsorted(groups, next_group)
    is_required = np.flatnonzero(np.diff(needed_before))
    following = np.searchsorted(is_required, next_group)
    limit = np.r_[is_required, len(needed_before)][following]
    last = np.searchsorted(groups, limit, side="right")
    counts = last - first
    parent = np.repeat(np.arange(len(partial)), counts)
    start = np.repeat(np.cumsum(counts) - counts, counts)
    site = first[parent] + np.arange(len(parent)) - start
    return np.column_stack([partial[parent], site]), groups[site] + 1


def enumerate_plans(goal: Goal, allowed: Choices) -> Outcome[Columns]:
    """Return the best of all plans by objective and tie rule.

    Parameters
    ----------
    goal
        The model.
    allowed
        From `choices`.
    """
    key: tuple[int, ...] = ()
    tied: list[Columns] = []
    for block in _blocks(goal, allowed):
        least, equal = _least(goal.primary(block))
        if not tied or least < key:
            key, tied = least, []
        if least == key:
            tied.append(block[equal])
    plan = best_of(goal, tied) if tied else None
    bound = float(key[-1]) if tied else np.inf
    return Outcome(plan, bound, proved=True, how="enumeration")


def all_plans(
    goal: Goal, allowed: Choices, keys_of: Callable[[Columns], Keys]
) -> tuple[Keys, list[Columns]]:
    """Return keys to minimise of every plan the rules allow, [plans, keys], and the plans.

    Parameters
    ----------
    goal
        For the number of its rows, so that memory stays bounded.
    allowed
        From `choices`.
    keys_of
        Gives the keys of plans, [plans, sites each].
    """
    keys: list[Keys] = []
    plans: list[Columns] = []
    for block in _blocks(goal, allowed):
        keys.append(keys_of(block))
        plans += list(block)
    return np.vstack(keys) if keys else np.empty((0, 1), dtype=np.int64), plans


def _blocks(goal: Goal, allowed: Choices) -> Iterator[Columns]:
    """Yield all plans in blocks, so that memory stays bounded."""
    step = max(1, BLOCK_CELLS // max(1, len(goal.times.people)))
    for plans in plans_of(allowed):
        for start in range(0, len(plans), step):
            yield plans[start : start + step]


def _least(keys: Keys) -> tuple[tuple[int, ...], NDArray[np.bool_]]:
    """Return the least row and which rows equal it."""
    first = keys[np.lexsort(keys.T[::-1])[0]]
    return tuple(first.tolist()), (keys == first).all(axis=1)
