"""The cheapest of many plans, each judged by sending people, most of them by a bound only.

The prices that proved one plan bound every other one (`Table.bound`): the plan with the
lowest bound is sent next, and those whose bound is above the cheapest are never sent.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.siting.capacity.transport import cheapest, filling_price
from batu_geo.siting.search.enumeration import plans_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.siting.capacity.transport import Sending, Table
    from batu_geo.siting.problem.rules import Choices

    Numbers = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Columns = NDArray[np.intp]

BLOCK_CELLS = 2_000_000
NO_SITE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What is known of some plans.

    Attributes
    ----------
    place
        Of the cheapest that was sent, the first of equal ones; -1 for none.
    sending
        Of that plan.
    bounds
        What no plan costs less than, [plans].
    is_complete
        Whether no other plan can come before it.
    """

    place: int
    sending: Sending | None
    bounds: Numbers
    is_complete: bool

    @property
    def cost(self) -> float:
        """Cost of the cheapest plan sent; inf for none."""
        return np.inf if self.sending is None else self.sending.bound


def listed(allowed: Choices) -> Columns:
    """Return all plans that keep the rules, [plans, most sites]; places to spare are NO_SITE.

    In the order of the tie rule: fewer sites, then the lowest.
    """
    blocks = [np.empty((0, allowed.most), dtype=np.intp)]
    for plans in plans_of(allowed):
        order = np.lexsort(plans.T[::-1]) if plans.shape[1] else np.arange(len(plans))
        blocks.append(filled_up(plans[order], allowed.most))
    found: Columns = np.vstack(blocks)
    return found


def filled_up(plans: Columns, most: int) -> Columns:
    """Return plans of one length, [plans, sites each], with NO_SITE up to the most sites."""
    return np.pad(plans, ((0, 0), (0, most - plans.shape[1])), constant_values=NO_SITE)


def sites_of(plan: Columns) -> Columns:
    """Return the sites of a listed plan."""
    found: Columns = plan[plan != NO_SITE]
    return found


def place_of(plans: Columns, sites: Columns) -> int:
    """Return where a plan stands among listed ones."""
    return int((plans == filled_up(sites[None], plans.shape[1])).all(axis=1).argmax())


def look(
    table: Table,
    always: int,
    plans: Columns,
    start: int,
    *,
    settle_ties: bool,
    floor: float = -np.inf,
    deadline: float = np.inf,
) -> Looked:
    """Return the cheapest of some plans.

    Parameters
    ----------
    table
        Units that are always open first, then the sites.
    always
        How many those are.
    plans
        As from `listed`.
    start
        Place of the plan to send first.
    settle_ties
        Whether to go on until it is certain which of equal plans comes first.
    floor
        What no plan costs less than.
    deadline
        Reading of `time.monotonic` to stop at.

    Examples
    --------
    >>> from batu_geo.siting.capacity.transport import Table
    >>> two = Table(np.array([[9.0, 9], [1, 5], [5, 1], [2, 2]]), np.array([4.0, 4]),
    ...             np.array([8.0, 4, 4, 6]))
    >>> found = look(two, 1, np.array([[0], [1], [2]]), 0, settle_ties=True)
    >>> found.place, found.cost, found.is_complete
    (2, 30.0, True)
    """
    known = _Known(table, always, plans, floor, settle_ties=settle_ties)
    turn = start
    while turn >= 0:
        known.send(turn, deadline)
        turn = known.next(deadline)
    is_complete = not known.may_precede(np.arange(len(plans))).any()
    return Looked(known.place, known.sending, known.bounds, is_complete)


class _Known:
    """What is known of the plans while they are looked at.

    Prices are those of the plan sent last, and for each other site what would fill it.
    """

    def __init__(
        self, table: Table, always: int, plans: Columns, floor: float, *, settle_ties: bool
    ) -> None:
        self.table, self.always, self.plans = table, always, plans
        self.settle_ties, self.bounds = settle_ties, np.full(len(plans), floor)
        self.price = np.zeros(len(table.room))
        self.place, self.cost = -1, np.inf
        self.sending: Sending | None = None

    def send(self, place: int, deadline: float) -> None:
        """Send people under one plan, keep it if it comes first, and learn its prices."""
        units = np.r_[np.arange(self.always), self.always + sites_of(self.plans[place])]
        table = self.table.of(units)
        sending = cheapest(table, self.price[units], limit=self.cost, deadline=deadline)
        self.bounds[place] = max(self.bounds[place], sending.bound)
        if sending.is_done and (sending.bound, place) < (self.cost, self.place):
            self.place, self.cost, self.sending = place, sending.bound, sending
        self.price[units] = sending.price
        other = (table.cost + sending.price[:, None]).min(axis=0)
        for unit in np.setdiff1d(np.arange(self.always, len(self.price)), units).tolist():
            if time.monotonic() >= deadline:
                return
            self.price[unit] = filling_price(self.table, unit, other)

    def may_precede(self, places: Columns) -> Flags:
        """Return which plans may still come before the cheapest."""
        bounds = self.bounds[places]
        is_equal = (bounds == self.cost) & (places < self.place)
        return np.asarray((bounds < self.cost) | (is_equal & self.settle_ties))

    def next(self, deadline: float) -> int:
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
            if time.monotonic() >= deadline:
                return -1
            self.bounds[part] = np.maximum(self.bounds[part], self._priced(self.plans[part]))
            part = part[self.may_precede(part)]
            if len(part) and self.bounds[part].min() < lowest:
                turn = int(part[self.bounds[part].argmin()])
                lowest = float(self.bounds[turn])
        return turn

    def _priced(self, plans: Columns) -> Numbers:
        """Return what the prices prove of each plan; the last row stands for NO_SITE."""
        fixed, paid = self.always, self.price * self.table.room
        costs = self.table.cost + self.price[:, None]
        least = costs[:fixed].min(axis=0)
        costs = np.vstack([costs[fixed:], least])
        charge = np.r_[paid[fixed:], 0.0][plans].sum(axis=1) + paid[:fixed].sum()
        best = np.tile(least, (len(plans), 1))
        for column in plans.T:
            np.minimum(best, costs[column], out=best)
        return np.asarray(best @ self.table.people - charge)
