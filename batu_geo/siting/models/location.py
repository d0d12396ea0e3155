"""The location models, one function each, as in the textbook.

All take a `SitingProblem` and return a `Plan` that the independent checker has passed.
Few plans are all looked at; more go to the solver; where that would take too long a
heuristic gives the plan and a Lagrangian bound says how far it is from the best.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from batu_geo.domain.site_choice import NODE_LIMIT
from batu_geo.siting.problem.check_plan import require_right
from batu_geo.siting.problem.location_plan import Plan, as_plan
from batu_geo.siting.problem.objective import Cover, goal_of
from batu_geo.siting.problem.rules import choices
from batu_geo.siting.search.enumeration import enumerate_plans, is_small
from batu_geo.siting.search.prove_optimum import search, tie_break

if TYPE_CHECKING:
    from batu_geo.siting.problem.objective import Goal, Model
    from batu_geo.siting.problem.rules import Choices
    from batu_geo.siting.problem.siting_problem import SitingProblem


def mclp(
    problem: SitingProblem,
    *,
    threshold_minutes: float,
    node_limit: int = NODE_LIMIT,
) -> Plan:
    """Return the plan with most people within the threshold (Church and ReVelle 1974).

    People near a unit that is open already count, wherever the new sites go.

    Parameters
    ----------
    problem
        Sites, people and rules.
    threshold_minutes
        Inclusive.
    node_limit
        Branch-and-bound nodes of one solve after which the best plan so far is returned with its
        bound and gap; 0 for swaps and a bound alone. Plans that can all be looked at are.

    Examples
    --------
    >>> import numpy as np
    >>> from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
    >>> town = SitingProblem(np.array([[15.0, 16.0], [20.0, 5.0]]), np.array([300, 200]),
    ...                      ("hall", "school"), rules=Rules(site_count=1))
    >>> plan = mclp(town, threshold_minutes=15)
    >>> plan.site_ids, plan.objective, plan.status, plan.proof
    (('hall',), 300, 'optimal', 'enumeration')
    """
    return _solve(problem, "mclp", threshold_minutes, node_limit)


def backup_coverage(
    problem: SitingProblem,
    *,
    threshold_minutes: float,
    node_limit: int = NODE_LIMIT,
) -> Plan:
    """Return the plan with most people who have two open units in reach (Hogan, ReVelle 1986).

    A unit that is open already is one of the two. Parameters as in `mclp`.

    Examples
    --------
    >>> import numpy as np
    >>> from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
    >>> town = SitingProblem(np.array([[5.0, 9.0], [9.0, 9.0]]), np.array([300, 200]), ("a", "b"),
    ...                      existing_minutes=np.array([[30.0], [4.0]]), rules=Rules(site_count=1))
    >>> backup_coverage(town, threshold_minutes=10).objective
    200
    """
    return _solve(problem, "backup_coverage", threshold_minutes, node_limit)


def lscp(
    problem: SitingProblem,
    *,
    threshold_minutes: float,
    only_coverable: bool = False,
    node_limit: int = NODE_LIMIT,
) -> Plan:
    """Return the fewest sites that leave nobody beyond the threshold (Toregas et al. 1971).

    Parameters as in `mclp`, and `only_coverable`: leave out the people no site that may
    open reaches in time, and say how many; otherwise one of them makes it infeasible.

    Examples
    --------
    >>> import numpy as np
    >>> from batu_geo.siting.problem.siting_problem import SitingProblem
    >>> town = SitingProblem(np.array([[5.0, 9.0], [np.inf, 9.0]]), np.array([3, 2]), ("a", "b"))
    >>> lscp(town, threshold_minutes=10).site_ids
    ('b',)
    """
    return _solve(
        problem, "lscp", threshold_minutes, node_limit,
        only_coverable=only_coverable,
    )  # fmt: skip


def p_median(
    problem: SitingProblem,
    *,
    node_limit: int = NODE_LIMIT,
) -> Plan:
    """Return the plan with the fewest person-minutes to the nearest open unit (Hakimi 1964).

    Where some plans leave people without any way, those with fewest such people come
    first, and person-minutes are of the others. Parameters as in `mclp`.

    Examples
    --------
    >>> import numpy as np
    >>> from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
    >>> town = SitingProblem(np.array([[1.0, 2.0], [np.inf, 9.0]]), np.array([30, 1]), ("a", "b"),
    ...                      rules=Rules(site_count=1))
    >>> plan = p_median(town)
    >>> plan.site_ids, plan.objective, plan.people_unreached
    (('b',), 69.0, 0)
    """
    return _solve(problem, "p_median", None, node_limit)


def p_centre(
    problem: SitingProblem,
    *,
    node_limit: int = NODE_LIMIT,
) -> Plan:
    """Return the plan with the least minutes for those who are worst off (Hakimi 1964).

    People without any way are treated as in `p_median`; a place nobody lives at does not
    count. Parameters as in `mclp`.

    Examples
    --------
    >>> import numpy as np
    >>> from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
    >>> town = SitingProblem(np.array([[1.0, 7.0], [9.0, 6.0]]), np.array([99, 1]), ("a", "b"),
    ...                      rules=Rules(site_count=1))
    >>> p_centre(town).objective
    7.0
    """
    return _solve(problem, "p_centre", None, node_limit)


def one_per_village(
    problem: SitingProblem,
    *,
    village_ids: tuple[str, ...],
    node_limit: int = NODE_LIMIT,
) -> Plan:
    """Return the city's own rule: one site in each village named, least person-minutes.

    No other village gets one. Parameters as in `mclp`, and the villages without a unit.

    Examples
    --------
    >>> import numpy as np
    >>> from batu_geo.siting.problem.siting_problem import SitingProblem
    >>> town = SitingProblem(np.array([[1.0, 2.0, 9.0]]), np.array([30]), ("a", "b", "c"),
    ...                      ("v", "v", "w"))
    >>> one_per_village(town, village_ids=("v", "w")).site_ids
    ('a', 'c')
    """
    bound = problem.with_rules(
        exactly_one_in=tuple(sorted(set(village_ids))),
        site_count=len(set(village_ids)),
        is_exact=True,
    )
    return p_median(bound, node_limit=node_limit)


def _solve(
    problem: SitingProblem,
    model: Model,
    threshold_minutes: float | None,
    node_limit: int,
    *,
    only_coverable: bool = False,
) -> Plan:
    goal = goal_of(problem, model, threshold_minutes)
    allowed = choices(problem)
    uncoverable = 0
    if allowed is None or allowed.fewest > allowed.most:
        return Plan(model, "infeasible", threshold_minutes=threshold_minutes)
    if only_coverable and goal.cover is not None:
        goal, uncoverable = _coverable(goal, goal.cover, allowed)
    if is_small(allowed, goal):
        plan = _by_enumeration(problem, goal, allowed)
    else:
        plan = _by_search(problem, goal, allowed, node_limit)
    plan = replace(plan, threshold_minutes=threshold_minutes, people_uncoverable=uncoverable)
    return require_right(problem, plan)


def _coverable(goal: Goal, cover: Cover, allowed: Choices) -> tuple[Goal, int]:
    """Return the goal without the people no site that may open covers, and how many they are."""
    keep = (cover.base > 0) | (cover.within.of_lines(allowed.can_open).count() > 0)
    rest = Cover(cover.within.of_rows(keep), cover.base[keep], cover.people[keep])
    return replace(goal, cover=rest), int(cover.people[~keep].sum())


def _by_enumeration(problem: SitingProblem, goal: Goal, allowed: Choices) -> Plan:
    outcome = enumerate_plans(goal, allowed)
    sites = outcome.plan
    if sites is None or (goal.model == "lscp" and goal.primary(sites[None])[0, 0] > 0):
        return Plan(goal.model, "infeasible")
    return as_plan(problem, goal, outcome, is_tie_break_optimal=True)


def _by_search(problem: SitingProblem, goal: Goal, allowed: Choices, node_limit: int) -> Plan:
    outcome = search(goal, allowed, most_nodes=node_limit)
    if outcome.plan is None:
        return Plan(goal.model, "infeasible" if outcome.proved else "no_plan_yet")
    if not outcome.proved:
        return as_plan(problem, goal, outcome, is_tie_break_optimal=False)
    second = tie_break(goal, allowed, outcome.plan)
    chosen = replace(outcome, plan=second.require())
    return as_plan(problem, goal, chosen, is_tie_break_optimal=second.proved)
