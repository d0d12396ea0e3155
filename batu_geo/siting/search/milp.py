"""Mixed-integer models: rows and columns for HiGHS through scipy."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, vstack

from batu_geo.siting.problem.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from batu_geo.network.arrays import Columns, Flags, Numbers, Places
    from batu_geo.siting.problem.rules import Choices


# Coefficients above this meet the solver's tolerance: a sum of rupiah would not be exact.
LARGEST_COEFFICIENT = 1e5
OPTIMAL, INFEASIBLE = 0, 2
# The solver's own tolerance on a sum of minutes, as a share of it.
TOLERANCE = 1e-7
# Nodes of a second objective.
TIE_BREAK_NODES = 200
# The largest number of nodes that HiGHS takes, which is its default.
ALL_NODES = 2**31 - 1


@dataclass(slots=True, eq=False)
class LinearModel:
    """Variables and rows; the first variables are the sites, whole numbers 0 or 1.

    Attributes
    ----------
    sites
        How many variables are sites.
    low, high, is_whole
        Limits and kind of every variable.
    keeps
        Returns whether a plan keeps every rule exactly; None where the rows express all rules.
    rows, row_low, row_high
        Blocks of rows ``row_low <= rows . variables <= row_high``.
    """

    sites: int
    low: Numbers
    high: Numbers
    is_whole: Flags
    keeps: Callable[[Columns], bool] | None = None
    rows: list[csr_array] = field(default_factory=list)
    row_low: list[Numbers] = field(default_factory=list)
    row_high: list[Numbers] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Number of variables so far."""
        return len(self.low)

    def add_variables(self, count: int, *, high: float = 1.0, is_whole: bool = False) -> Columns:
        """Add variables between 0 and `high` and return their columns."""
        columns = np.arange(self.size, self.size + count)
        self.low = np.r_[self.low, np.zeros(count)]
        self.high = np.r_[self.high, np.full(count, high)]
        self.is_whole = np.r_[self.is_whole, np.full(count, is_whole)]
        return columns

    def add_rows(
        self, entries: tuple[Places, Places, Numbers], count: int, low: Numbers, high: Numbers
    ) -> None:
        """Add rows from (row, column, value) entries, with limits that broadcast."""
        row, column, value = entries
        self.rows.append(csr_array((value, (row, column)), shape=(count, self.size)))
        self.row_low.append(np.broadcast_to(low, (count,)))
        self.row_high.append(np.broadcast_to(high, (count,)))

    def add_row(self, coefficients: Numbers, low: float, high: float) -> None:
        """Add one row over the first variables."""
        column = np.flatnonzero(coefficients)
        entries = (np.zeros(len(column), np.intp), column, coefficients[column])
        self.add_rows(entries, 1, np.array([low]), np.array([high]))

    def add_sum(self, coefficients: Numbers, limit: float) -> None:
        """Add an upper limit on a sum of whole numbers over the sites.

        Large ones are counted in larger units, rounded so that no plan is lost; a plan
        that the rounding lets through is refused by `keeps`.
        """
        unit = np.ceil(coefficients.max(initial=0) / LARGEST_COEFFICIENT)
        if unit > 1:
            coefficients, limit = np.floor(coefficients / unit), float(np.floor(limit / unit))
        self.add_row(coefficients, -np.inf, limit)

    def exclude(self, plan: Columns) -> None:
        """Forbid one plan, and no other."""
        coefficients = np.full(self.sites, -1.0)
        coefficients[plan] = 1.0
        self.add_row(coefficients, -np.inf, len(plan) - 1)

    def copy(self) -> LinearModel:
        """Return a copy to which rows can be added without touching this one."""
        return LinearModel(
            self.sites,
            self.low.copy(),
            self.high.copy(),
            self.is_whole,
            self.keeps,
            [*self.rows],
            [*self.row_low],
            [*self.row_high],
        )

    def minimise(
        self,
        objective: Numbers,
        *,
        relative_gap: float = 0.0,
        most_nodes: int = ALL_NODES,
    ) -> Outcome[Numbers]:
        """Return the values of all variables of least objective, to no gap unless one is allowed.

        Stops after `most_nodes` branch-and-bound nodes; 0 asks the solver nothing. Plans that
        break a rule in full, whatever the rows let through, are excluded.
        """
        bound = -np.inf
        while True:
            solution = self._solve(objective, relative_gap, most_nodes)
            bound = max(bound, solution.bound)
            values = solution.plan
            if values is None or self.keeps is None or self.keeps(self.plan(values)):
                return replace(solution, bound=bound)
            self.exclude(self.plan(values))

    def _solve(self, objective: Numbers, relative_gap: float, most_nodes: int) -> Outcome[Numbers]:
        if not most_nodes:
            return Outcome(None, -np.inf, proved=False)
        if not self.size:
            return self._empty()
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - a tenth of a second

        blocks = [
            csr_array((b.data, b.indices, b.indptr), shape=(b.shape[0], self.size))
            for b in self.rows
        ]
        result = milp(
            np.r_[objective, np.zeros(self.size - len(objective))],
            integrality=self.is_whole.astype(np.int64),
            bounds=Bounds(self.low, self.high),
            constraints=LinearConstraint(
                vstack(blocks, format="csr"),
                np.concatenate(self.row_low),
                np.concatenate(self.row_high),
            )
            if blocks
            else None,
            options={
                "mip_rel_gap": relative_gap,
                "node_limit": most_nodes,
            },
        )
        if result.status == INFEASIBLE:
            return Outcome(None, np.inf, proved=True, how="milp")
        bound = result.mip_dual_bound if self.is_whole.any() else result.fun
        return Outcome(
            None if result.x is None else np.asarray(result.x),
            -np.inf if bound is None or not np.isfinite(bound) else float(bound),
            proved=result.status == OPTIMAL,
            how="milp",
        )

    def _empty(self) -> Outcome[Numbers]:
        is_met = all(
            (low <= 0).all() and (high >= 0).all()
            for low, high in zip(self.row_low, self.row_high, strict=True)
        )
        values = np.empty(0) if is_met else None
        return Outcome(values, 0.0 if is_met else np.inf, proved=True, how="milp")

    def plan(self, values: Numbers) -> Columns:
        """Return the sites that are open in a solution."""
        return np.flatnonzero(values[: self.sites] > 0.5)


def site_model(allowed: Choices) -> LinearModel:
    """Return the model of the sites and their rules alone."""
    sites = len(allowed.can_open)
    model = LinearModel(
        sites,
        allowed.must_open.astype(np.float64),
        allowed.can_open.astype(np.float64),
        np.ones(sites, dtype=bool),
        allowed.allows,
    )
    model.add_row(np.ones(sites), allowed.fewest, allowed.most)
    size = np.bincount(allowed.group, minlength=len(allowed.is_required))
    shared = np.flatnonzero((size > 1) | allowed.is_required)
    place = np.full(len(size), -1)
    place[shared] = np.arange(len(shared))
    site = np.flatnonzero(place[allowed.group] >= 0)
    model.add_rows(
        (place[allowed.group[site]], site, np.ones(len(site))),
        len(shared),
        allowed.is_required[shared].astype(np.float64),
        np.ones(len(shared)),
    )
    for row, limit in zip(allowed.sums, allowed.limits, strict=True):
        model.add_sum(row, float(limit))
    return model
