"""Trade-offs of budget and of equity against coverage, and the order in which to build a plan."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.domain.cell_rows import ids_cell
from batu_geo.domain.site_choice import NODE_LIMIT
from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.siting.models.location import mclp
from batu_geo.siting.problem.objective import goal_of
from batu_geo.siting.problem.rules import choices
from batu_geo.siting.search.enumeration import all_plans, is_small

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.cell_rows import CellRows
    from batu_geo.network.arrays import Columns, Keys
    from batu_geo.siting.problem.objective import Goal
    from batu_geo.siting.problem.rules import Choices
    from batu_geo.siting.problem.siting_problem import SitingProblem

    Worth = Callable[[int], tuple[int, int, int]]

BUDGETS = 12
MOST_ORDERED = 10


def budget_curve(
    problem: SitingProblem, *, threshold_minutes: float, node_limit: int = NODE_LIMIT
) -> pd.DataFrame:
    """Return how many people the best plan of each budget serves.

    Where all plans can be looked at, one row for every budget at which more people can be
    served than with less; else evenly spread budgets up to what the best plan without a
    budget costs, each proved or said not to be. Sites of unknown cost must be
    closed by the rules of the problem. Columns: ``budget_rupiah``, ``cost_rupiah``,
    ``people_served``, ``bound``, ``status``, ``sites``.
    """
    free = problem.with_rules(budget=None, site_count=None, exactly_one_in=())
    columns = ["budget_rupiah", "cost_rupiah", "people_served", "bound", "status", "sites"]
    allowed, goal = choices(free), goal_of(free, "mclp", threshold_minutes)
    if allowed is None:
        return pd.DataFrame(columns=columns)
    is_whole = is_small(allowed, goal)
    rows = (
        _every_step(free, goal, allowed)
        if is_whole
        else _spread_budgets(free, threshold_minutes, node_limit)
    )
    return pd.DataFrame(rows, columns=columns)


def _every_step(problem: SitingProblem, goal: Goal, allowed: Choices) -> list[tuple[Any, ...]]:
    """Return the plans that no cheaper plan, and none of the same cost, beats in people."""
    costs = _costs(problem)

    def cost_and_missed(plans: Columns) -> Keys:
        return np.column_stack([costs[plans].sum(axis=1), goal.primary(plans)[:, 0]])

    keys, plans = all_plans(goal, allowed, cost_and_missed)
    return [
        (int(keys[n, 0]), int(keys[n, 0]), -int(keys[n, 1]), -int(keys[n, 1]), "optimal",
         _names(problem, plans[n]))
        for n in _unbeaten(keys)
    ]  # fmt: skip


def _spread_budgets(
    problem: SitingProblem, threshold_minutes: float, node_limit: int
) -> list[tuple[Any, ...]]:
    solve = partial(mclp, threshold_minutes=threshold_minutes, node_limit=node_limit)
    costs, richest = _costs(problem), solve(problem)
    total = int(costs[problem.columns(richest.site_ids)].sum())
    rows = []
    for budget in np.linspace(0, total, BUDGETS + 1).astype(np.int64).tolist():
        plan = solve(problem.with_rules(budget=budget))
        spent = int(costs[problem.columns(plan.site_ids)].sum())
        rows.append((budget, spent, plan.objective, plan.bound, plan.status,
                     ids_cell(plan.site_ids)))  # fmt: skip
    return rows


def fairness_curve(problem: SitingProblem) -> pd.DataFrame:
    """Return the plans that no other beats both on average and for the worst off.

    All plans under the rules are looked at; where they are too many the table is empty.
    People without any way count in neither; plans that leave fewest of them come first.
    Columns: ``mean_minutes_reached``, ``worst_minutes_reached``, ``people_without_way`` (whom
    each plan leaves so) and ``sites``.
    """
    columns = ["mean_minutes_reached", "worst_minutes_reached", "people_without_way", "sites"]
    allowed = choices(problem)
    average, worst = goal_of(problem, "p_median"), goal_of(problem, "p_centre")
    if allowed is None or not is_small(allowed, average):
        return pd.DataFrame(columns=columns)

    def missed_mean_worst(plans: Columns) -> Keys:
        return np.column_stack([average.primary(plans), worst.primary(plans)[:, -1]])

    keys, plans = all_plans(average, allowed, missed_mean_worst)
    if not len(plans):
        return pd.DataFrame(columns=columns)
    fewest = keys[:, 0].min()
    rows = np.flatnonzero(keys[:, 0] == fewest)
    total = max(1, int(problem.population.sum() - fewest)) * MS_PER_MINUTE
    kept = rows[_unbeaten(keys[rows, 1:])]
    return pd.DataFrame(
        [
            (keys[n, 1] / total, keys[n, 2] / MS_PER_MINUTE, int(fewest), _names(problem, plans[n]))
            for n in kept
        ],
        columns=columns,
    )


def _unbeaten(keys: Keys) -> list[int]:
    """Return the rows that none beats in both columns, by the first; of equal ones the first."""
    lowest, kept = np.inf, []
    for n in np.lexsort((keys[:, 1], keys[:, 0])).tolist() if keys.size else ():
        if keys[n, 1] < lowest:
            kept.append(n)
            lowest = keys[n, 1]
    return kept


def building_order(
    problem: SitingProblem,
    site_ids: tuple[str, ...],
    *,
    threshold_minutes: float,
    units_per_year: int = 1,
    first_year: int = 1,
    node_limit: int = NODE_LIMIT,
) -> pd.DataFrame:
    """Return in which order to open the sites of a plan, year by year, and the regret of each step.

    The order serves most person-years: most people within the threshold, added up over the
    ends of all years; then most people reached, then fewest person-minutes, then the lowest
    ids. Of up to ten sites every order is weighed (dynamic programming over the sets of
    open sites); of more, each step opens the site that helps most now. Inside a year the site
    that helps most now comes first. The regret is how many people more the best choice of as
    many sites under the same rules, whatever was opened before, would serve; that of a year is the
    regret at its end.

    Columns: ``step``, ``year``, ``site_id``, ``people_served``, ``people_added``,
    ``best_possible``, ``regret_people``, ``year_regret_people``, ``best_is_proved`` and
    ``order_is_proved``.
    """
    names = tuple(sorted(site_ids))
    worth = _worth_of_sets(problem, names, threshold_minutes)
    is_proved = len(names) <= MOST_ORDERED
    every = list(range(len(names)))
    order = _best_order(len(names), worth, units_per_year) if is_proved else every
    size = units_per_year if is_proved else max(1, len(names))
    order = _most_helpful_first([order[n : n + size] for n in every[::size]], worth)
    rows, opened, before = [], 0, worth(0)[0]
    for step, place in enumerate(order, 1):
        opened |= 1 << place
        served = worth(opened)[0]
        free = problem.with_rules(site_count=step, is_exact=False, exactly_one_in=(), must_open=())
        ideal = mclp(free, threshold_minutes=threshold_minutes, node_limit=node_limit)
        possible = max(served, int(ideal.objective or 0))
        year = first_year + (step - 1) // units_per_year
        rows.append((step, year, names[place], served, served - before, possible,
                     possible - served, ideal.status == "optimal", is_proved))  # fmt: skip
        before = served
    columns = ["step", "year", "site_id", "people_served", "people_added", "best_possible",
               "regret_people", "best_is_proved", "order_is_proved"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    of_year = table.groupby("year")["regret_people"].transform("last")
    table.insert(7, "year_regret_people", of_year)
    return table


def _worth_of_sets(
    problem: SitingProblem, names: tuple[str, ...], threshold_minutes: float
) -> Worth:
    """Return what it is worth to have some sites open: a set is a number, bit n the n-th site.

    Worth is people within the threshold, people reached, and less their milliseconds.
    """
    minutes, sites = problem.minutes.turned(), problem.columns(names)
    base, people = problem.existing_best(), problem.population

    @cache
    def worth(opened: int) -> tuple[int, int, int]:
        chosen = [n for n in range(len(names)) if opened >> n & 1]
        best = minutes.lowered(base, sites[chosen][None])[0]
        is_reached = np.isfinite(best)
        ms = np.rint(best[is_reached] * MS_PER_MINUTE) @ people[is_reached]
        return int(people[best <= threshold_minutes].sum()), int(people[is_reached].sum()), -int(ms)

    return worth


def _best_order(count: int, worth: Worth, units_per_year: int) -> list[int]:
    """Return the sites in the order that is worth most over the ends of all years."""
    every = (1 << count) - 1
    # By the set of open sites: the most that the years to come add up to, and the next site.
    ahead: dict[int, tuple[tuple[int, ...], int]] = {every: ((0, 0, 0), 0)}

    def from_there(then: int) -> tuple[int, ...]:
        later = ahead[then][0]
        if then.bit_count() % units_per_year and then != every:
            return later
        return tuple(a + b for a, b in zip(later, worth(then), strict=True))

    for opened in range(every - 1, -1, -1):
        closed = [n for n in range(count) if not opened >> n & 1]
        value, last = max((from_there(opened | 1 << n), -n) for n in closed)
        ahead[opened] = value, -last
    order, opened = [], 0
    while opened != every:
        order.append(ahead[opened][1])
        opened |= 1 << order[-1]
    return order


def _most_helpful_first(years: Sequence[Sequence[int]], worth: Worth) -> list[int]:
    """Return the sites of all years; of one year in the order in which each helps most now."""
    order: list[int] = []
    opened = 0
    for year in years:
        left = list(year)
        while left:
            place = max(left, key=lambda n: (worth(opened | 1 << n), -n))
            left.remove(place)
            order.append(place)
            opened |= 1 << place
    return order


def _costs(problem: SitingProblem) -> NDArray[np.int64]:
    return problem.costs if problem.costs is not None else np.zeros(len(problem.site_ids), np.int64)


def _names(problem: SitingProblem, plan: Columns) -> CellRows:
    return ids_cell(problem.site_ids[column] for column in plan)
