"""The location models of the textbook, each over a `LocationProblem`: what, how many sites, done.

None watches a clock: a search ends with a proof, after `node_limit` steps, or is a heuristic
with a bound where the problem is too large, so that a slower machine gives the same plan.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from batu_geo.domain.site_choice import NODE_LIMIT
from batu_geo.siting.analysis.alternative_optima import all_optimal
from batu_geo.siting.models.capacitated import capacitated_mclp, capacitated_p_median
from batu_geo.siting.models.location import backup_coverage, lscp, mclp, p_centre, p_median
from batu_geo.siting.textbook.dispersion import dispersed
from batu_geo.siting.textbook.solved_plan import LocationPlan

if TYPE_CHECKING:
    from collections.abc import Callable

    from batu_geo.siting.problem.location_plan import Plan
    from batu_geo.siting.problem.objective import Model
    from batu_geo.siting.problem.siting_problem import SitingProblem
    from batu_geo.siting.textbook.location_problem import LocationProblem
    from batu_geo.siting.textbook.solved_plan import Stopped

MOST_OPTIMA = 100


def solve_mclp(
    problem: LocationProblem, site_count: int, *, minutes: float, node_limit: int = NODE_LIMIT
) -> LocationPlan:
    """Return the sites with most weight within the minutes, inclusive (Church, ReVelle 1974).

    >>> from batu_geo.siting.textbook.location_problem import LocationProblem
    >>> town = LocationProblem.from_matrix([[15.0, 16.0], [20.0, 5.0]], [300, 200], ["a", "b"])
    >>> plan = solve_mclp(town, 1, minutes=15)
    >>> plan.site_ids, plan.objective, plan.status, plan.optima
    (('a',), 300.0, 'optimal', (('a',),))
    """
    return _solved(
        problem, site_count, "mclp", minutes,
        lambda siting: mclp(siting, threshold_minutes=minutes, node_limit=node_limit),
    )  # fmt: skip


def solve_backup(
    problem: LocationProblem, site_count: int, *, minutes: float, node_limit: int = NODE_LIMIT
) -> LocationPlan:
    """Return the sites with most weight within reach of two (Hogan, ReVelle 1986).

    >>> from batu_geo.siting.textbook.location_problem import LocationProblem
    >>> town = LocationProblem.from_matrix([[5.0, 9.0, 9.0]], [300])
    >>> solve_backup(town, 2, minutes=9).objective
    300.0
    """
    return _solved(
        problem, site_count, "backup_coverage", minutes,
        lambda siting: backup_coverage(siting, threshold_minutes=minutes, node_limit=node_limit),
    )  # fmt: skip


def solve_lscp(
    problem: LocationProblem, site_count: int | None = None, *, minutes: float,
    node_limit: int = NODE_LIMIT,
) -> LocationPlan:  # fmt: skip
    """Return the fewest sites that leave nobody beyond the minutes (Toregas et al. 1971).

    `site_count`, where it is named, is the most that may be opened.

    >>> from batu_geo.siting.textbook.location_problem import LocationProblem
    >>> town = LocationProblem.from_matrix([[5.0, 9.0], [50.0, 9.0]], [3, 2], ["a", "b"])
    >>> solve_lscp(town, minutes=10).site_ids
    ('b',)
    """
    found = _solved(
        problem, None, "lscp", minutes,
        lambda siting: lscp(siting, threshold_minutes=minutes, node_limit=node_limit),
    )  # fmt: skip
    if site_count is None or found.status != "optimal" or len(found.site_ids) <= site_count:
        return found
    return LocationPlan("lscp", seconds=found.seconds, problem=problem)


def solve_p_median(
    problem: LocationProblem, site_count: int, *, node_limit: int = NODE_LIMIT
) -> LocationPlan:
    """Return the sites with the least weight x minutes to the nearest (Hakimi 1964).

    >>> from batu_geo.siting.textbook.location_problem import LocationProblem
    >>> town = LocationProblem.from_matrix([[1.0, 2.0], [9.0, 3.0]], [30.5, 10])
    >>> solve_p_median(town, 1).objective
    91.0
    """
    return _solved(
        problem, site_count, "p_median", None,
        lambda siting: p_median(siting, node_limit=node_limit),
    )  # fmt: skip


def solve_p_centre(
    problem: LocationProblem, site_count: int, *, node_limit: int = NODE_LIMIT
) -> LocationPlan:
    """Return the sites with the least minutes for the place that is worst off (Hakimi 1964).

    >>> from batu_geo.siting.textbook.location_problem import LocationProblem
    >>> solve_p_centre(LocationProblem.from_matrix([[1.0, 7.0], [9.0, 6.0]], [99, 1]), 1).objective
    7.0
    """
    return _solved(
        problem, site_count, "p_centre", None,
        lambda siting: p_centre(siting, node_limit=node_limit),
    )  # fmt: skip


def solve_capacitated(
    problem: LocationProblem, site_count: int, *, minutes: float | None = None,
    node_limit: int = NODE_LIMIT,
) -> LocationPlan:  # fmt: skip
    """Return the sites that serve within their capacity.

    With `minutes` the most weight served within them (Current, Storbeck 1988), without the least
    weight x minutes of as many as can be served; the weight of one place may be shared out.

    >>> from batu_geo.siting.textbook.location_problem import LocationProblem
    >>> town = LocationProblem.from_matrix([[5.0, 6.0]], [10], capacity=[4, 9])
    >>> plan = solve_capacitated(town, 1)
    >>> plan.site_ids, plan.objective, plan.unreached
    (('1',), 54.0, 1.0)
    """
    if minutes is None:
        return _solved(
            problem, site_count, None, None,
            lambda siting: capacitated_p_median(siting, node_limit=node_limit),
        )  # fmt: skip
    return _solved(
        problem, site_count, None, minutes,
        lambda siting: capacitated_mclp(siting, threshold_minutes=minutes, node_limit=node_limit),
    )  # fmt: skip


def solve_p_dispersion(problem: LocationProblem, site_count: int) -> LocationPlan:
    """Return the sites whose two nearest are farthest apart (Kuby 1987).

    The problem needs `site_minutes`; of two directions the shorter is the distance. Of several such
    plans one is given, the same each time.

    Raises
    ------
    ValueError
        Without minutes between sites, or with fewer than two sites to choose.

    Examples
    --------
    >>> from batu_geo.siting.textbook.location_problem import LocationProblem
    >>> between = [[0, 2, 9], [2, 0, 7], [9, 7, 0]]
    >>> line = LocationProblem.from_matrix([[1.0, 1.0, 1.0]], [1], site_minutes=between)
    >>> plan = solve_p_dispersion(line, 2)
    >>> plan.site_ids, plan.objective
    (('0', '2'), 9.0)
    """
    start = time.perf_counter()
    if problem.site_minutes is None:
        raise ValueError("p-dispersion needs site_minutes")
    found = dispersed(problem.site_minutes, site_count)
    seconds = time.perf_counter() - start
    if found is None:
        return LocationPlan("p_dispersion", seconds=seconds, problem=problem)
    names = tuple(problem.siting.site_ids[n] for n in found.sites)
    return LocationPlan(
        "p_dispersion", names, "optimal", objective=found.distance, bound=found.distance, gap=0.0,
        proof=found.proof, optima=(names,), is_optima_complete=found.is_only, seconds=seconds,
        problem=problem,
    )  # fmt: skip


def _solved(
    problem: LocationProblem,
    site_count: int | None,
    model: Model | None,
    minutes: float | None,
    solve: Callable[[SitingProblem], Plan],
) -> LocationPlan:
    """Return a plan in the weights of the problem, with the other optima of the model."""
    start = time.perf_counter()
    siting, scale = problem.with_site_count(site_count), problem.weight_scale
    plan = solve(siting)
    optima: tuple[tuple[str, ...], ...] = (plan.site_ids,) if plan.status == "optimal" else ()
    is_complete = plan.status == "infeasible"
    if model is not None and plan.status == "optimal":
        others = all_optimal(siting, model, threshold_minutes=minutes, most_plans=MOST_OPTIMA)
        best = others.best()
        optima, is_complete = (others if best is None else best).plans, best is not None
        is_complete = is_complete and len(optima) <= MOST_OPTIMA
    share = 1 if plan.model in {"lscp", "p_centre"} else scale
    return LocationPlan(
        model=plan.model,
        site_ids=plan.site_ids,
        status=plan.status,
        objective=None if plan.objective is None else plan.objective / share,
        bound=None if plan.bound is None else plan.bound / share,
        gap=plan.gap,
        proof=plan.proof,
        stopped=_why(plan),
        optima=optima[:MOST_OPTIMA],
        is_optima_complete=is_complete,
        unreached=plan.people_unreached / scale,
        seconds=time.perf_counter() - start,
        assignments=plan.assignments,
        problem=problem,
    )


def _why(plan: Plan) -> Stopped:
    if plan.status in {"optimal", "infeasible"}:
        return "proof"
    return "size" if plan.proof == "lagrangian" else "steps"
