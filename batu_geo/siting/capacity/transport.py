"""The transport problem (Hitchcock 1941): least-cost assignment of people within capacity.

For any dual prices u >= 0 of the units, sum_i p_i min_j(c_ij + u_j) - sum_j u_j cap_j is a
lower bound on the cost of every assignment. Prices rise unit by unit (dual ascent) until
hardly any unit is over capacity; the people still over it then move along shortest
augmenting paths (Busacker and Gowen 1960) until cost and bound are equal. Costs and people
are whole numbers, so both are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from batu_geo.network.arrays import Columns, Numbers


# Rounds in which every price rises once: after these, paths are faster.
ROUNDS = 5


@dataclass(frozen=True, slots=True, eq=False)
class CostTable:
    """Costs, people and capacities of a transport problem; everybody must be assigned.

    Attributes
    ----------
    cost
        Of one person of each row at each unit, [units, rows]; whole numbers, inf = no way,
        but every row has one.
    people
        [rows].
    capacity
        Most people of each unit.
    always
        How many of the first units are open in every plan; the others are sites.
    """

    cost: Numbers
    people: Numbers
    capacity: Numbers
    always: int = 0

    def of(self, units: Columns) -> CostTable:
        """Return the table of some units only."""
        return CostTable(self.cost[units], self.people, self.capacity[units])

    def bound(self, price: Numbers) -> float:
        """Return the lower bound that dual prices prove."""
        least = (self.cost + price[:, None]).min(axis=0)
        return float(least @ self.people - price @ self.capacity)


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """People at units, and the bound on the cost of any assignment.

    Attributes
    ----------
    people
        At each unit, [units, rows]; more than its capacity where not done.
    bound
        No assignment costs less; inf where there is none.
    is_done
        Whether `people` keep to the capacity and cost `bound`.
    price
        Of each unit; proves the bound.
    """

    people: Numbers
    bound: float
    is_done: bool
    price: Numbers


def cheapest(table: CostTable, price: Numbers, *, limit: float = np.inf) -> Flow:
    """Return the cheapest assignment, unless it is certain to cost more than a limit.

    Parameters
    ----------
    table
        Costs, people and capacity.
    price
        To start from, [units]; the nearer to the final ones the faster.
    limit
        Stop as soon as the bound is above it.

    Examples
    --------
    >>> two = CostTable(np.array([[1.0, 2], [5, 9]]), np.array([10.0, 10]), np.array([12.0, 99]))
    >>> flow = cheapest(two, np.zeros(2))
    >>> flow.people.tolist(), flow.bound, flow.price.tolist()
    ([[2.0, 10.0], [8.0, 0.0]], 62.0, [4.0, 0.0])
    """
    price = raised(table, price, limit=limit)
    flow = _Exchanges(table, price)
    while (bound := flow.bound()) <= limit and flow.is_overfull():
        if not flow.move_on():
            return Flow(flow.people, np.inf, is_done=False, price=flow.price)
    return Flow(flow.people, bound, is_done=bound <= limit, price=flow.price)


def raised(table: CostTable, price: Numbers, *, limit: float = np.inf) -> Numbers:
    """Return prices that prove a higher bound, each in turn set to the one that proves most."""
    price = price.copy()
    total = table.cost + price[:, None]
    known = -np.inf
    for _ in range(ROUNDS):
        for unit in range(len(price)):
            total[unit] = np.inf
            price[unit] = filling_price(table, unit, total.min(axis=0))
            total[unit] = table.cost[unit] + price[unit]
        bound = float(total.min(axis=0) @ table.people - price @ table.capacity)
        if not known < bound <= limit:
            return price
        known = bound
    return price


def filling_price(table: CostTable, unit: int, other: Numbers) -> float:
    """Return the least price at which no more people come to a unit than it has capacity for.

    Parameters
    ----------
    table
        Costs, people and capacity.
    unit
        Its row.
    other
        What each row pays elsewhere at best, inf for nowhere.
    """
    can_come = np.isfinite(table.cost[unit]) & np.isfinite(other)
    gain = np.where(can_come, other - np.where(can_come, table.cost[unit], 0), 0)
    come = np.flatnonzero(gain > 0)
    come = come[np.argsort(-gain[come], kind="stable")]
    first = np.searchsorted(np.cumsum(table.people[come]), table.capacity[unit], side="right")
    return float(gain[come[first]]) if first < len(come) else 0.0


class _Exchanges:
    """Residual network of an assignment: people move from units over capacity to others.

    Empty places are counted too: a unit with a price must fill all its capacity, one without
    may keep places empty; those are at one more node, after the units.
    """

    def __init__(self, table: CostTable, price: Numbers) -> None:
        self.table, self.price = table, price
        units, rows = table.cost.shape
        at = (table.cost + price[:, None]).argmin(axis=0)
        self.people = np.zeros((units, rows))
        self.people[at, np.arange(rows)] = table.people
        load = self.people.sum(axis=1)
        self.taken = np.where(price > 0, table.capacity, np.minimum(load, table.capacity))
        self.excess = np.r_[load - self.taken, self.taken.sum() - table.people.sum()]
        self.spent = float(table.cost[at, np.arange(rows)] @ table.people)
        # What moving one person from unit to unit adds at least, and a row that can do so.
        self.change = np.full((units, units), np.inf)
        self.mover = np.zeros((units, units), dtype=np.intp)
        for unit in range(units):
            self._find_movers(unit, np.arange(units))

    def is_overfull(self) -> bool:
        return bool((self.excess > 0).any())

    def bound(self) -> float:
        return float(self.spent + self.price @ self.excess[:-1])

    def _find_movers(self, unit: int, others: Columns) -> None:
        """Find the best mover of a unit to each of some others."""
        here = np.flatnonzero(self.people[unit])
        if not len(here):
            self.change[unit] = np.inf
            return
        change = self.table.cost[np.ix_(others, here)] - self.table.cost[unit, here]
        best = change.argmin(axis=1)
        self.mover[unit, others] = here[best]
        self.change[unit, others] = change[np.arange(len(best)), best]

    def move_on(self) -> bool:
        """Move people along one shortest path; return False where there is no path."""
        distance, before = self._distances()
        lacks = np.where(self.excess < 0, distance, np.inf)
        end = int(lacks.argmin())
        if np.isinf(lacks[end]):
            return False
        rise = np.minimum(distance, lacks[end])
        # Only the price of a unit without people could fall below 0.
        self.price = np.maximum(self.price + rise[-1] - rise[:-1], 0)
        path = [end]
        while before[path[-1]] >= 0:
            path.append(int(before[path[-1]]))
        self._move(path[::-1])
        return True

    def _distances(self) -> tuple[Numbers, Columns]:
        """Return the distance of each node from units too full, and the node before it."""
        nodes = len(self.excess)
        length = np.full((nodes, nodes), np.inf)
        length[:-1, :-1] = self.change + self.price[None, :] - self.price[:, None]
        length[:-1, -1] = np.where(self.taken < self.table.capacity, 0.0, np.inf)
        length[-1, :-1] = np.where(self.taken > 0, self.price, np.inf)
        distance = np.where(self.excess > 0, 0.0, np.inf)
        before = np.full(nodes, -1)
        while True:
            through = distance[:, None] + length
            best = through.argmin(axis=0)
            shorter = through[best, np.arange(nodes)]
            is_shorter = shorter < distance
            if not is_shorter.any():
                return distance, before
            distance[is_shorter] = shorter[is_shorter]
            before[is_shorter] = best[is_shorter]

    def _move(self, path: list[int]) -> None:
        """Move as many as fit from the first node of a path to its last."""
        last = len(self.price)
        steps = list(pairwise(path))
        moves = [(a, b, int(self.mover[a, b])) for a, b in steps if last not in (a, b)]
        fits = [self.excess[path[0]], -self.excess[path[-1]]]
        fits += [self.people[a, row] for a, _, row in moves]
        fits += [self.table.capacity[a] - self.taken[a] for a, b in steps if b == last]
        fits += [self.taken[b] for a, b in steps if a == last]
        many = min(fits)
        self.excess[path[0]] -= many
        self.excess[path[-1]] += many
        for a, b in steps:
            if b == last:
                self.taken[a] += many
            elif a == last:
                self.taken[b] -= many
        for a, b, row in moves:
            self.people[a, row] -= many
            self.people[b, row] += many
            self.spent += float(many * (self.table.cost[b, row] - self.table.cost[a, row]))
        for a, b, row in moves:
            self._renew(a, b, row)

    def _renew(self, left: int, unit: int, row: int) -> None:
        """Renew the best movers of the unit a row left and of the one it came to."""
        if not self.people[left, row]:
            self._find_movers(left, np.flatnonzero(self.mover[left] == row))
        # Whoever moves on from this unit on the same path was there before: some stay.
        change = self.table.cost[:, row] - self.table.cost[unit, row]
        is_less = change < self.change[unit]
        self.change[unit, is_less] = change[is_less]
        self.mover[unit, is_less] = row
