"""Best-first search over plans: a transport problem is solved only where its bound allows.

The dual prices of one plan bound the cost of every other (`CostTable.bound`): the plan with the
lowest bound is solved next, and those whose bound is above the cheapest never are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from batu_geo.siting.capacity.transport import cheapest, filling_price
from batu_geo.siting.problem.outcome import Outcome
from batu_geo.siting.search.enumeration import plans_of

if TYPE_CHECKING:
    from batu_geo.network.arrays import Columns, Flags, Numbers
    from batu_geo.siting.capacity.transport import CostTable, Flow
    from batu_geo.siting.problem.rules import Choices

    Chosen = tuple[int, Flow]

BLOCK_CELLS = 2_000_000
NO_SITE = -1


def all_plans_padded(allowed: Choices) -> Columns:
    """Return all plans that keep the rules, [plans, most sites]; places to spare are NO_SITE.

    In the order of the tie rule: fewer sites, then the lowest.
    """
    blocks = [np.empty((0, allowed.most), dtype=np.intp)]
    for plans in plans_of(allowed):
        order = np.lexsort(plans.T[::-1]) if plans.shape[1] else np.arange(len(plans))
        blocks.append(filled_up(plans[order], allowed.most))
    padded: Columns = np.vstack(blocks)
    return padded


def filled_up(plans: Columns, most: int) -> Columns:
    """Return plans of one length, [plans, sites each], with NO_SITE up to the most sites."""
    return np.pad(plans, ((0, 0), (0, most - plans.shape[1])), constant_values=NO_SITE)


def sites_of(plan: Columns) -> Columns:
    """Return the sites of a padded plan."""
    sites: Columns = plan[plan != NO_SITE]
    return sites


def place_of(plans: Columns, sites: Columns) -> int:
    """Return the row of a plan among padded ones."""
    return int((plans == filled_up(sites[None], plans.shape[1])).all(axis=1).argmax())


def cheapest_plan(
    table: CostTable,
    plans: Columns,
    start: int,
    *,
    first_of_equal: bool,
    floor: float = -np.inf,
    most_solved: float = np.inf,
) -> tuple[Outcome[Chosen], Numbers]:
    """Return the cheapest of some plans, and what each of them costs at least, [plans].

    Parameters
    ----------
    table
        Units that are always open first, then the sites.
    plans
        As from `all_plans_padded`.
    start
        Place of the plan to solve first.
    first_of_equal
        Whether to go on until the first of equally cheap plans is certain.
    floor
        What no plan costs less than.
    most_solved
        Transport problems to stop after; the first is solved in any case.

    Examples
    --------
    >>> from batu_geo.siting.capacity.transport import CostTable
    >>> two = CostTable(np.array([[9.0, 9], [1, 5], [5, 1], [2, 2]]), np.array([4.0, 4]),
    ...             np.array([8.0, 4, 4, 6]), always=1)
    >>> outcome, _ = cheapest_plan(two, np.array([[0], [1], [2]]), 0, first_of_equal=True)
    >>> outcome.require()[0], outcome.bound, outcome.proved
    (2, 30.0, True)
    """
    known = _Known(table, plans, floor, first_of_equal=first_of_equal)
    turn, solved = start, 0
    while turn >= 0:
        known.solve(turn)
        solved += 1
        turn = known.next() if solved < most_solved else -1
    is_complete = not known.may_precede(np.arange(len(plans))).any()
    chosen = None if known.solution is None else (known.place, known.solution)
    bound = float(known.bounds.min())
    return Outcome(chosen, bound, proved=is_complete, how="enumeration"), known.bounds


class _Known:
    """Bounds of all plans and the cheapest plan solved so far.

    Prices are those of the plan solved last, and for each other site the price that fills it.
    """

    def __init__(
        self, table: CostTable, plans: Columns, floor: float, *, first_of_equal: bool
    ) -> None:
        self.table, self.always, self.plans = table, table.always, plans
        self.first_of_equal, self.bounds = first_of_equal, np.full(len(plans), floor)
        self.price = np.zeros(len(table.capacity))
        self.place, self.cost = -1, np.inf
        self.solution: Flow | None = None

    def solve(self, place: int) -> None:
        """Solve the transport problem of one plan, keep the cheaper plan, and update the prices."""
        units = np.r_[np.arange(self.always), self.always + sites_of(self.plans[place])]
        table = self.table.of(units)
        flow = cheapest(table, self.price[units], limit=self.cost)
        self.bounds[place] = max(self.bounds[place], flow.bound)
        if flow.is_done and (flow.bound, place) < (self.cost, self.place):
            self.place, self.cost, self.solution = place, flow.bound, flow
        self.price[units] = flow.price
        other = (table.cost + flow.price[:, None]).min(axis=0)
        for unit in np.setdiff1d(np.arange(self.always, len(self.price)), units).tolist():
            self.price[unit] = filling_price(self.table, unit, other)

    def may_precede(self, places: Columns) -> Flags:
        """Return which plans may still come before the cheapest."""
        bounds = self.bounds[places]
        is_equal = (bounds == self.cost) & (places < self.place)
        return np.asarray((bounds < self.cost) | (is_equal & self.first_of_equal))

    def next(self) -> int:
        """Return the plan with the lowest bound at the present prices; -1 for none.

        Bounds only rise: those already above the lowest need not be renewed.
        """
        left = np.flatnonzero(self.may_precede(np.arange(len(self.plans))))
        left = left[np.argsort(self.bounds[left], kind="stable")]
        step = max(1, BLOCK_CELLS // max(1, len(self.table.people)))
        turn, lowest = -1, np.inf
        for start in range(0, len(left), step):
            part = left[start : start + step]
            if self.bounds[part[0]] > lowest:
                break
            self.bounds[part] = np.maximum(self.bounds[part], self._priced(self.plans[part]))
            part = part[self.may_precede(part)]
            if len(part) and self.bounds[part].min() < lowest:
                turn = int(part[self.bounds[part].argmin()])
                lowest = float(self.bounds[turn])
        return turn

    def _priced(self, plans: Columns) -> Numbers:
        """Return what the prices prove of each plan; the last row is NO_SITE."""
        fixed, paid = self.always, self.price * self.table.capacity
        costs = self.table.cost + self.price[:, None]
        least = costs[:fixed].min(axis=0)
        costs = np.vstack([costs[fixed:], least])
        charge = np.r_[paid[fixed:], 0.0][plans].sum(axis=1) + paid[:fixed].sum()
        best = np.tile(least, (len(plans), 1))
        for column in plans.T:
            np.minimum(best, costs[column], out=best)
        return np.asarray(best @ self.table.people - charge)
