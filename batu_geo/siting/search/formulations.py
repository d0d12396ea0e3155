"""The models as rows for the solver: coverage, reach, minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from batu_geo.network.arrays import Columns, Numbers
    from batu_geo.siting.problem.objective import Cover, Times
    from batu_geo.siting.problem.pairs import Pairs
    from batu_geo.siting.search.milp import LinearModel


def add_coverage(model: LinearModel, cover: Cover, *, need: int) -> tuple[Numbers, int]:
    """Add a variable for each row of people that new sites can cover.

    Only the site variables are whole numbers, but for people who need two new units at
    once: half of two is no coverage. Returns the people of each variable, over all
    variables of the model, and the people covered already.

    Parameters
    ----------
    model
        Gets the variables and rows.
    cover
        Who is within the threshold of what.
    need
        Open units in reach that count as covered.
    """
    can_open = model.high[: model.sites] > 0
    lacking = np.maximum(need - cover.base, 0)
    in_reach = cover.within.of_lines(can_open).count()
    wanted = (lacking > 0) & (in_reach >= lacking)
    people, by_row = [np.zeros(model.size)], cover.within.turned()
    for count in (1, 2):
        rows = np.flatnonzero(wanted & (lacking == count))
        columns = model.add_variables(len(rows), is_whole=count > 1)
        row, site, _ = by_row.several(rows)
        entries = (
            np.r_[row, np.arange(len(rows))],
            np.r_[site, columns],
            np.r_[np.ones(len(row)), np.full(len(rows), -float(count))],
        )
        model.add_rows(entries, len(rows), np.zeros(len(rows)), np.full(len(rows), np.inf))
        people.append(cover.people[rows])
    return np.concatenate(people), int(cover.people[lacking == 0].sum())


def require_coverage(model: LinearModel, within: Pairs, rows: Columns) -> None:
    """Ask for at least one site in reach of some rows, from [sites, rows]."""
    row, site, _ = within.turned().several(rows)
    count = len(rows)
    entries = (row, site, np.ones(len(row)))
    model.add_rows(entries, count, np.ones(count), np.full(count, np.inf))


def add_reach(
    model: LinearModel, times: Times, *, most_missed: float, is_whole: bool = False
) -> tuple[Numbers, Columns]:
    """Add whether each row reaches nothing, and at most how many people may.

    Returns the people of each variable, and the variable of each row or -1. With nobody
    to be missed there are no variables, only rows that ask for one way each. Rows
    without any way are not counted.
    """
    can_open = model.high[: model.sites] > 0
    ways = times.ms.of_lines(can_open)
    rows = np.flatnonzero(np.isinf(times.base) & (ways.count() > 0))
    column_of = np.full(len(times.people), -1)
    if most_missed == 0:
        require_coverage(model, ways, rows)
        return np.zeros(model.size), column_of
    columns = model.add_variables(len(rows), is_whole=is_whole)
    column_of[rows] = columns
    row, site, _ = ways.turned().several(rows)
    entries = (
        np.r_[row, np.arange(len(rows))],
        np.r_[site, columns],
        np.ones(len(row) + len(rows)),
    )
    model.add_rows(entries, len(rows), np.ones(len(rows)), np.full(len(rows), np.inf))
    people = np.zeros(model.size)
    people[columns] = times.people[rows]
    if np.isfinite(most_missed):
        model.add_row(people, -np.inf, most_missed)
    return people, column_of


def add_radius(model: LinearModel, times: Times, radius_ms: float, *, most_missed: float) -> None:
    """Ask that every row reaches a unit within the radius, or nothing at all."""
    can_open = model.high[: model.sites] > 0
    ways = times.ms.of_lines(can_open)
    has_way = (ways.count() > 0) | np.isfinite(times.base)
    within = ways.kept(ways.value <= radius_ms)
    _, column_of = add_reach(model, times, most_missed=most_missed, is_whole=True)
    far = has_way & (times.base > radius_ms)
    require_coverage(model, within, np.flatnonzero(far & (column_of < 0)))
    rows = np.flatnonzero(far & (column_of >= 0))
    row, site, _ = within.turned().several(rows)
    own = np.arange(len(rows))
    entries = (np.r_[row, own], np.r_[site, column_of[rows]], np.ones(len(row) + len(rows)))
    model.add_rows(entries, len(rows), np.ones(len(rows)), np.full(len(rows), np.inf))
    row, site, _ = ways.turned().several(rows)
    pair = np.arange(len(row))
    entries = (np.r_[pair, pair], np.r_[site, column_of[rows][row]], np.ones(2 * len(row)))
    model.add_rows(entries, len(row), np.full(len(row), -np.inf), np.ones(len(row)))


def add_minutes(
    model: LinearModel, times: Times, levels: Columns, missed: Columns
) -> tuple[Numbers, float, Columns]:
    """Add person-milliseconds in the radius form of Elloumi (2010), shortened by `levels`.

    The times of a row are put in order, t1 < t2 < ..., as far as a new site is nearer
    than the units open already. Variable k is 1 where no site within t_k is open and costs the
    step to t_k+1. Beyond the level of a row nothing is counted: a lower bound, exact where
    the last variable is 0.

    `model` gets the variables and rows; rows of `times` without any way are left out; at most
    `levels` distinct times are kept of each row; one that reaches nothing (`missed`, from
    `add_reach`) gets its minutes back. Returns the cost of each variable, the cost that is
    always paid, and by row the column of its last variable where it was cut short, else -1.
    """
    by_row = times.ms.of_lines(model.high[: model.sites] > 0).turned()
    start = model.size
    cut = np.full(len(times.people), -1)
    back = np.zeros(start)
    always, column = 0.0, start
    cost, row_of, column_of, value_of, low = [], [], [], [], []
    for n, (base, people) in enumerate(
        zip(times.base.tolist(), times.people.tolist(), strict=True)
    ):
        nearer, ms = by_row.pairs_of(n)
        if not len(nearer):
            always += base * people if np.isfinite(base) else 0.0
            continue
        distinct, level = np.unique(ms, return_inverse=True)
        kept = min(len(distinct), max(int(levels[n]), 1))
        farthest = base if np.isfinite(base) else distinct[-1]
        always += distinct[0] * people
        cost.append((np.r_[distinct[1:], farthest][:kept] - distinct[:kept]) * people)
        if missed[n] >= 0:
            back[missed[n]] = -farthest * people
        is_kept = level < kept
        own = np.arange(column, column + kept)
        row_of.append(np.r_[column + level[is_kept], own, own[1:]] - start)
        column_of.append(np.r_[nearer[is_kept], own, own[:-1]])
        value_of.append(np.r_[np.ones(int(is_kept.sum()) + kept), -np.ones(kept - 1)])
        low.append(np.r_[1.0, np.zeros(kept - 1)])
        cut[n] = own[-1] if kept < len(distinct) else -1
        column += kept
    model.add_variables(column - start)
    if column > start:
        entries = (np.concatenate(row_of), np.concatenate(column_of), np.concatenate(value_of))
        high = np.full(column - start, np.inf)
        model.add_rows(entries, column - start, np.concatenate(low), high)
        back = np.concatenate([back, *cost])
    return back, always, cut
