"""Objective of a plan and the tie rule after it, in whole numbers.

The tie rule, the same for every model and every way of solving: the objective of the
model, then people who reach nothing, then person-minutes of those who reach a unit,
then fewer sites, then the lowest site ids in order. Minutes count in whole
milliseconds, so that sums are exact and two equal plans are equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.sparse import csr_array

from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.siting.problem.pairs import Pairs, Several
from batu_geo.siting.problem.same_order import SameOrder, numbered, same_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from batu_geo.network.arrays import Columns, Keys, Numbers
    from batu_geo.siting.problem.siting_problem import SitingProblem


Model = Literal["mclp", "lscp", "p_median", "p_centre", "backup_coverage"]
BLOCK_CELLS = 4_000_000
# From so many plans of so few sites on, people are first added up by the order of their sites.
MANY_PLANS, FEW_SITES = 100, 64


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """Milliseconds from demand points with people, equal rows added up.

    Attributes
    ----------
    ms
        To each site, [sites, rows]; whole numbers, of pairs nearer than `base`: no other trip
        is ever taken.
    base
        To the nearest unit open already, [rows].
    people
        [rows].
    """

    ms: Pairs
    base: Numbers
    people: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """Who is within the threshold of what, equal rows added up.

    Attributes
    ----------
    within
        1 for pairs of site and row, [sites, rows]; none of rows that lack no unit.
    base
        How many units open already are within the threshold, at most as many as count, [rows].
    people
        [rows].
    """

    within: Pairs
    base: NDArray[np.int64]
    people: Numbers


@dataclass(frozen=True, eq=False)
class Goal:
    """A model over one problem: `primary` and `ties` are minimised in order.

    Attributes
    ----------
    model
        Its name.
    times
        For person-minutes.
    cover
        For the models with a threshold.
    """

    model: Model
    times: Times
    cover: Cover | None = None

    @property
    def need(self) -> int:
        """Open units in reach that count as covered."""
        return 2 if self.model == "backup_coverage" else 1

    @cached_property
    def _same_order(self) -> SameOrder:
        return same_order(self.times.ms, self.times.base, self.times.people)

    def _are_many(self, plans: Columns) -> bool:
        return len(plans) >= MANY_PLANS and self.times.ms.shape[0] <= FEW_SITES

    def primary(self, plans: Columns) -> Keys:
        """Return the objective of plans [plans, sites each] as keys to minimise."""
        if self.cover is not None:
            covered = self._covered(plans)
            if self.model != "lscp":
                return -covered[:, None]
            missed = int(self.cover.people.sum()) - covered
            return np.column_stack([missed, np.full(len(plans), plans.shape[1])])
        reach = self.ties(plans)
        if self.model == "p_centre":
            return np.column_stack([reach[:, 0], self._worst(plans)])
        return reach

    def ties(self, plans: Columns) -> Keys:
        """Return people who reach nothing and person-milliseconds of the others."""
        if self._are_many(plans):
            return np.concatenate([self._same_order.ties(part) for part in self._parts(plans)])
        keys = np.empty((len(plans), 2), dtype=np.int64)
        trips = _Trips(self.times)
        for number, plan in enumerate(plans.tolist()):
            keys[number] = trips.with_sites(plan)
        return keys

    def _parts(self, plans: Columns) -> list[Columns]:
        return [plans[part] for part in _blocks(plans, len(self._same_order.people))]

    def _worst(self, plans: Columns) -> NDArray[np.int64]:
        if self._are_many(plans):
            return np.concatenate([self._same_order.worst(part) for part in self._parts(plans)])
        worst_ms = np.zeros(len(plans), dtype=np.int64)
        for part in _blocks(plans, len(self.times.people)):
            best = self.times.ms.lowered(self.times.base, plans[part])
            best[np.isinf(best)] = 0
            worst_ms[part] = best.max(axis=1, initial=0)
        return worst_ms

    def _covered(self, plans: Columns) -> NDArray[np.int64]:
        cover = self.cover
        assert cover is not None  # noqa: S101 - asked for by models with a threshold only
        covered, within = np.empty(len(plans), dtype=np.int64), cover.within.sparse
        for part in _blocks(plans, len(cover.people)):
            count = cover.base + (_opened(plans[part], within.shape[0]) @ within).toarray()
            covered[part] = np.rint((count >= self.need).astype(np.float64) @ cover.people)
        return covered


class _Trips:
    """The trips of everybody, to which the sites of one plan after another are added.

    Only the rows that a site brings nearer are looked at, and what a plan has in common with the
    beginning of the one before stays. Sums of whole people and whole milliseconds are exact.
    """

    def __init__(self, times: Times) -> None:
        self.ms, self.people = times.ms, times.people
        self.best = times.base.copy()
        is_out = np.isinf(self.best)
        self.unreached = np.where(is_out, self.people, 0.0)
        self.person_ms = np.where(is_out, 0.0, self.best) * self.people
        self.totals = [(float(self.unreached.sum()), float(self.person_ms.sum()))]
        self.sites: list[int] = []
        self.before: list[tuple[NDArray[np.int32], Numbers, Numbers, Numbers]] = []

    def with_sites(self, plan: list[int]) -> tuple[int, int]:
        """Return people who reach nothing and person-milliseconds of the others with a plan."""
        if not plan:
            return self._rounded(self.totals[0])
        known = 0
        for old, new in zip(self.sites, plan[:-1], strict=False):
            if old != new:
                break
            known += 1
        while len(self.sites) > known:
            self._take_back()
        for site in plan[known:-1]:
            self._add(site)
        return self._rounded(self._totals_with(*self._nearer(plan[-1])))

    def _nearer(self, site: int) -> tuple[NDArray[np.int32], Numbers]:
        """Return the rows that a site brings nearer, and their milliseconds."""
        at, value = self.ms.pairs_of(site)
        is_nearer = value < self.best[at]
        return at[is_nearer], value[is_nearer]

    def _totals_with(self, at: NDArray[np.int32], value: Numbers) -> tuple[float, float]:
        unreached, person_ms = self.totals[-1]
        more = float(value @ self.people[at]) - float(self.person_ms[at].sum())
        return unreached - float(self.unreached[at].sum()), person_ms + more

    def _add(self, site: int) -> None:
        at, value = self._nearer(site)
        self.totals.append(self._totals_with(at, value))
        self.before.append((at, self.best[at], self.unreached[at], self.person_ms[at]))
        self.sites.append(site)
        self.best[at] = value
        self.unreached[at] = 0.0
        self.person_ms[at] = value * self.people[at]

    def _take_back(self) -> None:
        self.sites.pop()
        self.totals.pop()
        at, self.best[at], self.unreached[at], self.person_ms[at] = self.before.pop()

    def _rounded(self, totals: tuple[float, float]) -> tuple[int, int]:
        return round(totals[0]), round(totals[1])


def _opened(plans: Columns, sites: int) -> csr_array:
    """Return 1 where a plan opens a site, [plans, sites]."""
    first = np.arange(len(plans) + 1) * plans.shape[1]
    ones = np.ones(plans.size, dtype=np.int64)
    return csr_array((ones, plans.ravel(), first), shape=(len(plans), sites))


def _blocks(plans: Columns, rows: int) -> list[slice]:
    step = max(1, BLOCK_CELLS // max(1, rows))
    return [slice(start, start + step) for start in range(0, len(plans), step)]


@lru_cache(maxsize=1)  # asked for by the solver, the alternatives and today's figure in turn
def goal_of(problem: SitingProblem, model: Model, threshold_minutes: float | None = None) -> Goal:
    """Return the goal of a model.

    Parameters
    ----------
    problem
        What is to be decided.
    model
        Its name.
    threshold_minutes
        For coverage models, inclusive.

    Examples
    --------
    >>> from batu_geo.siting.problem.siting_problem import SitingProblem
    >>> minutes = np.array([[15.0, 20.0], [np.inf, 3.0]])
    >>> goal = goal_of(SitingProblem(minutes, np.array([10, 4]), ("a", "b")), "mclp", 15)
    >>> goal.primary(np.array([[0], [1]])).tolist()
    [[-10], [-4]]
    """
    cover, need = None, 2 if model == "backup_coverage" else 1
    if threshold_minutes is not None:
        cover = cover_of(problem, threshold_minutes, need=need)
    return Goal(model, times_of(problem), cover)


@lru_cache(maxsize=1)
def times_of(problem: SitingProblem) -> Times:
    """Return milliseconds of the demand points with people, equal rows added up."""
    base = np.rint(problem.existing_best() * MS_PER_MINUTE)

    def nearer(pairs: Several) -> Several:
        ms = np.rint(pairs.value * MS_PER_MINUTE)
        is_nearer = ms < base[pairs.line]
        return Several(pairs.line[is_nearer], pairs.at[is_nearer], ms[is_nearer])

    ms, first, people = _merged(problem, nearer, base)
    return Times(ms.turned(), base[first], people)


def cover_of(problem: SitingProblem, threshold_minutes: float, *, need: int = 2) -> Cover:
    """Return who is within the threshold of what, equal rows added up.

    Parameters
    ----------
    problem
        Sites, people and minutes.
    threshold_minutes
        Inclusive.
    need
        Open units in reach that count as covered.
    """
    units = problem.units
    base = np.minimum(units.kept(units.value <= threshold_minutes).turned().count(), need)

    def within(pairs: Several) -> Several:
        is_kept = (pairs.value <= threshold_minutes) & (base[pairs.line] < need)
        ones = np.ones(int(is_kept.sum()), np.int8)
        return Several(pairs.line[is_kept], pairs.at[is_kept], ones)

    pairs, first, people = _merged(problem, within, base)
    reach = pairs.turned()
    return Cover(reach.with_values(reach.value, 0), base[first].astype(np.int64), people)


def _merged(
    problem: SitingProblem, chosen: Callable[[Several], Several], base: NDArray[Any]
) -> tuple[Pairs, Columns, Numbers]:
    """Return the chosen pairs of demand points with people, one of each set of equal rows.

    And the first demand point of each set, and the people of the set.
    """
    table = problem.minutes
    blocks = [chosen(block) for block in table.blocks()] or [chosen(table.several(np.arange(0)))]
    pairs = Several(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))
    rows = Pairs.by_line(table.shape[0], pairs, table.width)
    lived = np.flatnonzero(problem.population > 0)
    keys = (
        (*(part.tobytes() for part in rows.pairs_of(row)), base[row].tobytes())
        for row in lived.tolist()
    )
    member, first = numbered(keys)
    people = np.bincount(member, weights=problem.population[lived], minlength=len(first))
    some = Pairs.by_line(len(first), rows.several(lived[first]), table.width)
    return some, lived[first], people.astype(np.float64)


def best_of(goal: Goal, plans: list[Columns]) -> Columns:
    """Return the plan that comes first by the tie rule, from plans of equal objective.

    Parameters
    ----------
    goal
        The model.
    plans
        Site columns in rising order, [plans, sites each], one array for each number of sites.
    """
    firsts: list[tuple[tuple[int, ...], Columns]] = []
    for same_size in plans:
        keys = goal.ties(same_size)
        order = np.lexsort((*same_size.T[::-1], keys[:, 1], keys[:, 0]))
        plan = same_size[order[0]]
        firsts.append(((*keys[order[0]].tolist(), len(plan), *plan.tolist()), plan))
    return min(firsts, key=lambda first: first[0])[1]
