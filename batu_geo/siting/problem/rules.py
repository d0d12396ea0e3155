"""The rules of a problem as rows ``low <= coefficients . open <= high``, each with its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batu_geo.network.arrays import Columns, Counts, Flags, Numbers
    from batu_geo.siting.problem.siting_problem import SitingProblem


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule that a plan keeps or breaks.

    Attributes
    ----------
    code
        Its label is ``rule_<code>``.
    values
        What the label is filled with.
    rows
        Coefficients of the sites, [rows, sites], sparse; one row but for `cover_all`.
    low, high
        Limits of the sums, inclusive.
    """

    code: str
    values: Mapping[str, str | int]
    rows: csr_array
    low: float
    high: float

    def is_kept(self, plans: Flags) -> Flags:
        """Return whether each plan keeps it, from plans as flags [plans, sites]."""
        sums = plans.astype(np.float64) @ self.rows.T
        return np.asarray(((sums >= self.low) & (sums <= self.high)).all(axis=1))


def rules_of(problem: SitingProblem) -> tuple[Rule, ...]:
    """Return every rule on the sites alone, in a fixed order.

    Examples
    --------
    >>> from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
    >>> rules = Rules(site_count=1, must_open=("a",))
    >>> [(r.code, dict(r.values)) for r in rules_of(
    ...     SitingProblem(np.zeros((0, 2)), np.zeros(0, int), ("a", "b"), rules=rules))]
    [('site_count', {'count': 1}), ('must_open', {'site_id': 'a'})]
    """
    return (*_totals(problem), *_named_sites(problem), *_villages(problem))


def _totals(problem: SitingProblem) -> Iterator[Rule]:
    rules, sites = problem.rules, len(problem.site_ids)
    if rules.site_count is not None:
        low = rules.site_count if rules.is_exact else 0
        code = "site_count" if rules.is_exact else "site_count_at_most"
        values = {"count": rules.site_count}
        yield Rule(code, values, csr_array(np.ones((1, sites))), low, rules.site_count)
    if rules.budget is not None and problem.costs is not None:
        rows = _one_row(problem.costs)
        yield Rule("budget", {"budget": rules.budget}, rows, -np.inf, rules.budget)
    if problem.staff is not None:  # pragma: no branch
        for profession, cap in rules.staff_caps:
            rows = _one_row(problem.staff[:, problem.professions.index(profession)])
            yield Rule("staff", {"profession": profession, "cap": cap}, rows, -np.inf, cap)
    if rules.min_readiness is not None and problem.readiness is not None:
        unready = _one_row(problem.readiness < rules.min_readiness)
        yield Rule("readiness", {"rank": rules.min_readiness}, unready, -np.inf, 0)


def _named_sites(problem: SitingProblem) -> Iterator[Rule]:
    for code, names, low, high in (
        ("must_open", problem.rules.must_open, 1.0, np.inf),
        ("must_close", problem.rules.must_close, -np.inf, 0.0),
        ("cost_unknown", problem.rules.unpriced, -np.inf, 0.0),
    ):
        for name in sorted(set(names)):
            row = _ones(problem.columns([name]), len(problem.site_ids))
            yield Rule(code, {"site_id": name}, row, low, high)


def _one_row(coefficients: Counts | Flags) -> csr_array:
    return csr_array(coefficients[None].astype(np.float64))


def _ones(sites: Columns, count: int) -> csr_array:
    """Return one row with 1 at some sites."""
    row = np.zeros(len(sites), np.intp)
    return csr_array((np.ones(len(sites)), (row, sites)), shape=(1, count))


def _villages(problem: SitingProblem) -> Iterator[Rule]:
    rules = problem.rules
    required = set(rules.exactly_one_in)
    sites: dict[str, list[int]] = {village: [] for village in required}
    for site, village in enumerate(problem.village_ids):
        sites.setdefault(village, []).append(site)
    crowded = {village for village, own in sites.items() if len(own) > 1}
    for village in sorted(required | (crowded if rules.one_per_village else set())):
        row = _ones(np.array(sites[village], dtype=np.intp), len(problem.site_ids))
        if village in required:
            yield Rule("one_in_village", {"village_id": village}, row, 1, 1)
        else:
            yield Rule("one_per_village", {"village_id": village}, row, -np.inf, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """The rules as the search needs them: what may open, what must, what excludes what.

    Attributes
    ----------
    can_open, must_open
        By rules on single sites, [sites].
    fewest, most
        How many sites a plan has.
    group, is_required
        Group of each site, of which at most one is opened, and whether one must be, [groups].
    sums
        Rules on sums (budget, staff), [rows, sites], and their upper limits.
    """

    can_open: Flags
    must_open: Flags
    fewest: int
    most: int
    group: Columns
    is_required: Flags
    sums: Numbers
    limits: Numbers

    def allows(self, plan: Columns) -> bool:
        """Return whether a plan keeps all rules."""
        opened = np.bincount(self.group[plan], minlength=len(self.is_required))
        return bool(
            self.fewest <= len(plan) <= self.most
            and self.can_open[plan].all()
            and np.isin(np.flatnonzero(self.must_open), plan).all()
            and (opened <= 1).all()
            and (opened[self.is_required] == 1).all()
            and self.is_kept(plan[None])[0]
        )

    def is_kept(self, plans: Columns) -> Flags:
        """Return whether plans [plans, sites each] keep the limits on sums."""
        totals = self.sums.T[plans].sum(axis=1)
        return np.asarray((totals <= self.limits).all(axis=1))


def choices(problem: SitingProblem) -> Choices | None:
    """Return the rules for searching, or None where two of them contradict at once."""
    sites = len(problem.site_ids)
    rules = problem.rules
    closed = (*rules.must_close, *rules.unpriced)
    can_open = ~np.isin(problem.site_ids, closed) if sites else np.zeros(0, bool)
    if rules.min_readiness is not None and problem.readiness is not None:
        can_open &= problem.readiness >= rules.min_readiness
    must_open = np.isin(problem.site_ids, rules.must_open) if sites else np.zeros(0, bool)
    group, is_required = _groups(problem)
    opened = np.bincount(group[must_open], minlength=len(is_required))
    possible = np.bincount(group[can_open], minlength=len(is_required))
    villages = set(problem.village_ids)
    if (
        (must_open & ~can_open).any()
        or (opened > 1).any()
        or (is_required & (possible == 0)).any()
        or not set(rules.exactly_one_in) <= villages
    ):
        return None
    fixed_groups = opened[group] > 0
    can_open &= ~fixed_groups | must_open
    limited = [rule for rule in _totals(problem) if rule.code in {"budget", "staff"}]
    rows = [rule.rows.toarray() for rule in limited]
    sums = np.vstack(rows) if rows else np.zeros((0, sites))
    fewest, most = 0, int(can_open.sum())
    if rules.site_count is not None:
        fewest = rules.site_count if rules.is_exact else 0
        most = min(most, rules.site_count)
    limits = np.array([rule.high for rule in limited])
    required = is_required | (opened > 0)
    return Choices(can_open, must_open, fewest, most, group, required, sums, limits)


def _groups(problem: SitingProblem) -> tuple[Columns, Flags]:
    """Return the group of each site and whether one of it must be opened."""
    rules = problem.rules
    bound = set(rules.exactly_one_in)
    keys = [
        (village, "") if rules.one_per_village or village in bound else (village, site)
        for village, site in zip(problem.village_ids, problem.site_ids, strict=True)
    ]
    place = {key: n for n, key in enumerate(sorted(set(keys)))}
    is_required = np.array([key[0] in bound and not key[1] for key in sorted(set(keys))], bool)
    return np.array([place[key] for key in keys], dtype=np.intp), is_required
