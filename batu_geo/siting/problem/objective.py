"""Objective of a plan and the tie rule after it, in whole numbers.

The tie rule, the same for every model and every way of solving: the objective of the
model, then people who reach nothing, then person-minutes of those who reach a unit,
then fewer sites, then the lowest site ids in order. Minutes count in whole
milliseconds, so that sums are exact and two equal plans are equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from batu_geo.network.impedance import MS_PER_MINUTE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.network.arrays import Columns, Flags, Keys, Numbers
    from batu_geo.siting.problem.siting_problem import SitingProblem


Model = Literal["mclp", "lscp", "p_median", "p_centre", "backup_coverage"]
BLOCK_CELLS = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """Milliseconds from demand points with people, equal rows added up.

    Attributes
    ----------
    ms
        To each site, [sites, rows]; whole numbers, inf = no way.
    base
        To the nearest unit open already, [rows].
    people
        [rows].
    """

    ms: Numbers
    base: Numbers
    people: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """Who is within the threshold of what, equal rows added up.

    Attributes
    ----------
    within
        Of each site, [sites, rows].
    base
        How many units open already are within the threshold, at most two, [rows].
    people
        [rows].
    """

    within: Flags
    base: NDArray[np.int64]
    people: Numbers


@dataclass(frozen=True, slots=True, eq=False)
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
        times = self.times
        keys = np.empty((len(plans), 2), dtype=np.int64)
        for part in _blocks(plans, len(times.people)):
            best = _nearest(times, plans[part])
            reached = np.isfinite(best)
            keys[part, 0] = np.rint((~reached).astype(np.float64) @ times.people)
            best[~reached] = 0
            keys[part, 1] = np.rint(best @ times.people)
        return keys

    def _worst(self, plans: Columns) -> NDArray[np.int64]:
        worst_ms = np.zeros(len(plans), dtype=np.int64)
        for part in _blocks(plans, len(self.times.people)):
            best = _nearest(self.times, plans[part])
            best[np.isinf(best)] = 0
            worst_ms[part] = best.max(axis=1, initial=0)
        return worst_ms

    def _covered(self, plans: Columns) -> NDArray[np.int64]:
        cover = self.cover
        assert cover is not None  # noqa: S101 - asked for by models with a threshold only
        covered = np.empty(len(plans), dtype=np.int64)
        for part in _blocks(plans, len(cover.people)):
            chosen = plans[part]
            if self.need == 1:
                is_covered = np.tile(cover.base >= 1, (len(chosen), 1))
                for column in chosen.T:
                    is_covered |= cover.within[column]
            else:
                count = np.tile(cover.base, (len(chosen), 1))
                for column in chosen.T:
                    count += cover.within[column]
                is_covered = count >= self.need
            covered[part] = np.rint(is_covered.astype(np.float64) @ cover.people)
        return covered


def _blocks(plans: Columns, rows: int) -> list[slice]:
    step = max(1, BLOCK_CELLS // max(1, rows))
    return [slice(start, start + step) for start in range(0, len(plans), step)]


def _nearest(times: Times, plans: Columns) -> Numbers:
    best = np.tile(times.base, (len(plans), 1))
    for column in plans.T:
        np.minimum(best, times.ms[column], out=best)
    return best


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
    cover = None if threshold_minutes is None else cover_of(problem, threshold_minutes)
    return Goal(model, times_of(problem), cover)


def times_of(problem: SitingProblem) -> Times:
    """Return milliseconds of the demand points with people, equal rows added up."""
    lived = problem.population > 0
    ms = np.rint(problem.minutes[lived] * MS_PER_MINUTE)
    base = np.rint(problem.existing_best()[lived] * MS_PER_MINUTE)
    first, people = _merged(np.column_stack([ms, base]), problem.population[lived])
    return Times(np.ascontiguousarray(ms[first].T), base[first], people)


def cover_of(problem: SitingProblem, threshold_minutes: float) -> Cover:
    """Return who is within the threshold of what, equal rows added up."""
    lived = problem.population > 0
    within = problem.minutes[lived] <= threshold_minutes
    base = np.zeros(int(lived.sum()), dtype=np.int64)
    if problem.existing_minutes is not None:  # pragma: no branch
        base = (problem.existing_minutes[lived] <= threshold_minutes).sum(axis=1)
    base = np.minimum(base, 2)
    packed = np.column_stack([np.packbits(within, axis=1), base.astype(np.uint8)])
    first, people = _merged(packed, problem.population[lived])
    return Cover(np.ascontiguousarray(within[first].T), base[first].astype(np.int64), people)


def _merged(rows: NDArray[np.generic], people: NDArray[np.int64]) -> tuple[Columns, Numbers]:
    """Return the first of each set of equal rows, and the people of the set."""
    place: dict[bytes, int] = {}
    first: list[int] = []
    member = np.empty(len(rows), dtype=np.intp)
    for number, row in enumerate(np.ascontiguousarray(rows)):
        key = row.tobytes()
        if key not in place:
            place[key] = len(first)
            first.append(number)
        member[number] = place[key]
    total = np.bincount(member, weights=people, minlength=len(first))
    return np.array(first, dtype=np.intp), total.astype(np.float64)


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
