"""Minimum infeasible set of rules: the fewest rules that no plan can keep together.

Of minimum size, not only irreducible. The search keeps sets of rules of which at least
one must go; a smallest choice that meets all of them either still allows a plan, which
gives a further set, or is the answer (Ignatiev, Previti, Liffiton and Marques-Silva 2015).
After a number of choices, rules are left out one by one as long as no plan appears: what remains is
irreducible, though a smaller set elsewhere may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from batu_geo.domain.cell_rows import Conflict
from batu_geo.siting.problem.objective import cover_of
from batu_geo.siting.problem.rules import Rule, choices, rules_of
from batu_geo.siting.search.milp import LinearModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from batu_geo.siting.problem.pairs import Pairs
    from batu_geo.siting.problem.siting_problem import SitingProblem

# Up to here all plans are looked at, which is faster than asking the solver.
FEW_SITES = 10
# Choices of rules that are tried before an irreducible set is given.
MOST_CHOICES = 200


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Rules that no plan can keep together.

    Attributes
    ----------
    rules
        Any one of them left out, the others can; empty where a plan exists.
    is_smallest
        Whether no fewer rules conflict.
    """

    rules: tuple[Conflict, ...] = ()
    is_smallest: bool = True


def why_infeasible(
    problem: SitingProblem,
    *,
    cover_minutes: float | None = None,
    only_coverable: bool = False,
    most_choices: int = MOST_CHOICES,
) -> Conflicts:
    """Return the smallest set of rules that no plan can keep together; empty where a plan exists.

    Of several sets of the same size, one made of rules that come early in the order of
    `rules_of` is given, always the same.

    Parameters
    ----------
    problem
        What is to be decided.
    cover_minutes, only_coverable
        For LSCP: nobody is beyond this threshold, be it only of those whom some site reaches.
    most_choices
        Choices of rules to try; after that an irreducible set is given, which need not be the
        smallest.

    Examples
    --------
    Two sites must open, and at most one may.

    >>> from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
    >>> rules = Rules(site_count=1, is_exact=False, must_open=("a", "b"))
    >>> town = SitingProblem(np.zeros((0, 3)), np.zeros(0, int), ("a", "b", "c"), rules=rules)
    >>> [conflict.code for conflict in why_infeasible(town).rules]
    ['site_count_at_most', 'must_open', 'must_open']
    """
    rules = list(rules_of(problem))
    if cover_minutes is not None:
        rules.append(_cover_rule(problem, cover_minutes, only_coverable=only_coverable))
    everything = range(len(rules))
    is_possible = _oracle(rules, len(problem.site_ids))
    if is_possible(everything):
        return Conflicts()
    must_meet: list[frozenset[int]] = []
    for _ in range(most_choices):
        chosen = _smallest_choice(must_meet, len(rules))
        if not is_possible(chosen):
            return Conflicts(_named(rules, chosen), is_smallest=True)
        kept = set(chosen)
        for n in everything:
            if n not in kept and is_possible([*kept, n]):
                kept.add(n)
        must_meet.append(frozenset(everything) - kept)
    return Conflicts(_named(rules, _irreducible(is_possible, everything)), is_smallest=False)


def _irreducible(is_possible: Callable[[Iterable[int]], bool], rules: range) -> list[int]:
    """Return an irreducible set: no plan keeps these rules, but one does without any of them."""
    left = list(rules)
    for n in reversed(rules):
        rest = [other for other in left if other != n]
        left = left if is_possible(rest) else rest
    return left


def _named(rules: Sequence[Rule], chosen: Iterable[int]) -> tuple[Conflict, ...]:
    return tuple(Conflict(rules[n].code, rules[n].values) for n in chosen)


def _cover_rule(problem: SitingProblem, threshold_minutes: float, *, only_coverable: bool) -> Rule:
    cover = cover_of(problem, threshold_minutes, need=1)
    code, lacking = "cover_all", cover.base == 0
    allowed = choices(problem)
    if only_coverable and allowed is not None:
        is_coverable = cover.within.of_lines(allowed.can_open).count() > 0
        code, lacking = "cover_coverable", lacking & is_coverable
    never = lacking & (cover.within.count() == 0)
    values = {"people": int(cover.people[never].sum())}
    rows = _as_matrix(cover.within.of_rows(lacking).turned())
    return Rule(code, values, rows, 1, np.inf)


def _as_matrix(pairs: Pairs) -> csr_array:
    ones = np.ones(len(pairs.at))
    return csr_array((ones, pairs.at, pairs.first), shape=pairs.shape)


def _oracle(rules: Sequence[Rule], sites: int) -> Callable[[Iterable[int]], bool]:
    """Return what tells whether some plan keeps chosen rules, by all plans or the solver."""
    if sites <= FEW_SITES:
        plans = np.arange(2**sites)[:, None] >> np.arange(sites) & 1 > 0
        kept = [rule.is_kept(plans) for rule in rules]
        everywhere = np.ones(len(plans), dtype=bool)
        return lambda chosen: bool(
            np.logical_and.reduce([everywhere, *(kept[n] for n in chosen)]).any()
        )
    return lambda chosen: _has_plan([rules[n] for n in chosen], sites)


def _has_plan(rules: Sequence[Rule], sites: int) -> bool:
    def keeps(plan: NDArray[np.intp]) -> bool:
        flags = np.zeros((1, sites), dtype=bool)
        flags[0, plan] = True
        return all(rule.is_kept(flags)[0] for rule in rules)

    model = LinearModel(sites, np.zeros(sites), np.ones(sites), np.ones(sites, dtype=bool), keeps)
    for rule in rules:
        count, rows = rule.rows.shape[0], rule.rows.tocoo()
        if (np.bincount(rows.row, minlength=count) == 0).any() and not rule.low <= 0 <= rule.high:
            return False
        if rule.code == "budget":
            model.add_sum(rule.rows.toarray()[0], rule.high)
        else:
            limits = np.array([rule.low]), np.array([rule.high])
            model.add_rows((rows.row, rows.col, rows.data), count, *limits)
    return not model.minimise(np.zeros(sites)).is_infeasible


def _smallest_choice(must_meet: Sequence[frozenset[int]], count: int) -> list[int]:
    """Return the fewest rules that meet every set, early rules first where there is a choice."""
    if not must_meet:
        return []
    model = LinearModel(count, np.zeros(count), np.ones(count), np.ones(count, dtype=bool))
    for group in must_meet:
        row = np.zeros(count)
        row[sorted(group)] = 1
        model.add_row(row, 1, np.inf)
    late = np.arange(count) / (count * count + 1)
    values = model.minimise(1 + late).plan
    if values is None:  # pragma: no cover
        raise ValueError("a set of rules to choose from is empty")
    return [int(n) for n in model.plan(values)]
