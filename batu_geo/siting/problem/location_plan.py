"""The plan of a location model: sites, objective, bound, proof and assignment of demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from batu_geo.network.impedance import MS_PER_MINUTE

if TYPE_CHECKING:
    from batu_geo.network.arrays import Columns
    from batu_geo.siting.problem.objective import Goal
    from batu_geo.siting.problem.outcome import Outcome, Proof
    from batu_geo.siting.problem.siting_problem import SitingProblem


Status = Literal["optimal", "best_so_far", "infeasible", "no_plan_yet"]
# What an objective counts; of all other models people.
UNITS = {
    "lscp": "sites", "p_centre": "minutes",
    "p_median": "person_minutes", "capacitated_p_median": "person_minutes",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A plan and what is known about it.

    Attributes
    ----------
    model
        Which model it answers.
    status
        `optimal` only with a proof; `best_so_far` when the time ran out before one,
        `no_plan_yet` when it ran out before any plan, `infeasible` when there is none.
    site_ids
        Sites to open, sorted.
    objective
        People for the coverage models, sites for LSCP, person-minutes for p-median,
        minutes for p-centre; None without a plan.
    bound
        No plan is better than this, in the same unit.
    gap
        Distance from objective to bound as a share of the objective; 0 when proved. Of the
        capacitated p-median the larger of that and of the same for the people placed.
    proof
        How it is proved or bounded: all plans looked at, the solver, a Lagrangian bound, or
        that opening every site would be no better.
    people_unreached
        People no open unit can be reached from (capacitated models: without a place).
    person_minutes
        Of all others, to their unit; the second key of the tie rule.
    people_uncoverable
        LSCP with `only_coverable`: people beyond the threshold of every site and unit.
    is_tie_break_optimal
        Whether the second objective is proved: no plan of this objective leaves fewer people
        unreached or, with as many, costs fewer person-minutes. False where that search was
        cut off; the plan is then the one of lowest site ids that the solver gives.
    threshold_minutes
        Of the coverage models.
    assignments
        For models that assign: `demand_id`, `facility_id` (missing where none), `people`
        and `travel_time_min`.
    """

    model: str
    status: Status
    site_ids: tuple[str, ...] = ()
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    proof: Proof = ""
    people_unreached: int = 0
    person_minutes: float = 0.0
    people_uncoverable: int = 0
    is_tie_break_optimal: bool = False
    threshold_minutes: float | None = None
    assignments: pd.DataFrame | None = None


def unit_of(model: str) -> str:
    """Return what the objective of a model counts.

    >>> unit_of("mclp"), unit_of("p_centre")
    ('people', 'minutes')
    """
    return UNITS.get(model, "people")


def relative_gap(objective: float, bound: float) -> float:
    """Return the distance from objective to bound as a share of the objective.

    >>> relative_gap(200, 201), relative_gap(0, 0), relative_gap(0, 5)
    (0.005, 0.0, inf)
    """
    distance = abs(objective - bound)
    if not distance:
        return 0.0
    return distance / abs(objective) if objective else np.inf


def in_units(goal: Goal, key: float) -> float:
    """Return the last key of a goal as people, sites, person-minutes or minutes."""
    if goal.model in {"p_median", "p_centre"}:
        return key / MS_PER_MINUTE
    whole = int(key) if np.isfinite(key) else key
    return whole if goal.model == "lscp" else -whole


def as_plan(
    problem: SitingProblem,
    goal: Goal,
    outcome: Outcome[Columns],
    *,
    is_tie_break_optimal: bool,
) -> Plan:
    """Return the plan of a search with its figures computed exactly.

    Parameters
    ----------
    problem, goal
        What was to be decided and the model.
    outcome
        Columns of the sites to open, and the bound in keys of the goal, which is used only
        where the plan is not proved.
    is_tie_break_optimal
        Whether the second objective is proved.
    """
    sites = outcome.require()
    key = float(goal.primary(sites[None])[0, -1])
    missed, ms = goal.ties(sites[None])[0].tolist()
    never = int(problem.population.sum()) - int(goal.times.people.sum())
    objective = in_units(goal, key)
    limit = objective if outcome.proved else in_units(goal, outcome.bound)
    is_assigned = goal.model in {"p_median", "p_centre"}
    return Plan(
        model=goal.model,
        status="optimal" if outcome.proved else "best_so_far",
        site_ids=tuple(problem.site_ids[n] for n in np.sort(sites)),
        objective=objective,
        bound=limit,
        gap=relative_gap(objective, limit),
        proof=outcome.how,
        people_unreached=missed + never,
        person_minutes=ms / MS_PER_MINUTE,
        is_tie_break_optimal=is_tie_break_optimal,
        assignments=nearest_assignments(problem, np.sort(sites)) if is_assigned else None,
    )


def nearest_assignments(problem: SitingProblem, sites: Columns) -> pd.DataFrame:
    """Return each demand point with its nearest open unit, units open already first when equal.

    Examples
    --------
    >>> from batu_geo.siting.problem.siting_problem import SitingProblem
    >>> two = SitingProblem(np.array([[5.0, 3.0], [np.inf, np.inf]]), np.array([10, 2]), ("a", "b"))
    >>> nearest_assignments(two, np.array([0, 1])).to_numpy(dtype=object, na_value=None).tolist()
    [['0', 'b', 10, 3.0], ['1', None, 2, inf]]
    """
    nearest = np.full(len(problem.population), np.inf)
    chosen = np.full(len(nearest), -1)
    tables = (problem.units.turned(), range(len(problem.existing_ids))), (
        problem.minutes.turned(), sites.tolist()
    )  # fmt: skip
    number = 0
    for table, places in tables:
        for place in places:
            at, minutes = table.pairs_of(place)
            is_nearer = minutes < nearest[at]
            nearest[at[is_nearer]] = minutes[is_nearer]
            chosen[at[is_nearer]] = number
            number += 1
    names = np.array([*problem.existing_ids, *(problem.site_ids[n] for n in sites), None], object)
    facility_ids = names[chosen]
    return pd.DataFrame(
        {
            "demand_id": list(problem.demand_ids),
            "facility_id": pd.Series(facility_ids, dtype="str"),
            "people": problem.population,
            "travel_time_min": nearest,
        }
    )
