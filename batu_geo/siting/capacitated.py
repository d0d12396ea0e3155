"""Models in which a unit can serve only so many people, and people are sent to units."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.siting.heuristics import Costs, greedy
from batu_geo.siting.milp import site_model
from batu_geo.siting.plans import MS_PER_MINUTE, Plan, relative_gap
from batu_geo.siting.referee import require_right
from batu_geo.siting.rules import choices
from batu_geo.siting.sending import limits, send, trips_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.siting.milp import LinearModel
    from batu_geo.siting.problem import SitingProblem
    from batu_geo.siting.rules import Choices
    from batu_geo.siting.sending import Sent, Trips

    Numbers = NDArray[np.float64]
    Columns = NDArray[np.intp]

TIME_LIMIT_S = 60.0
MOST_CUTS = 50
TOLERANCE = 1e-7


def capacitated_p_median(
    problem: SitingProblem, *, time_limit_s: float = TIME_LIMIT_S, settle_ties: bool = True
) -> Plan:
    """Return the plan that places most people within capacity, then in the fewest person-minutes.

    As in `p_median`, but a unit serves at most its capacity; the people of one demand
    point may go to several units (Mulvey and Beck 1984, with shares). People without
    a way or without room stay without a place and are counted.

    Parameters
    ----------
    problem
        With `capacity`; units open already are without limit where `existing_capacity` is None.
    time_limit_s
        After that the best plan so far is returned with its bound and gap.
    settle_ties
        Whether to prove too that no equal plan comes before by the tie rule.

    Raises
    ------
    ScenarioError
        There is no column of capacities (BG-201).

    Examples
    --------
    >>> from batu_geo.siting.problem import Rules, SitingProblem
    >>> town = SitingProblem(np.array([[5.0, 6.0]]), np.array([10]), ("a", "b"),
    ...                      capacity=np.array([4, 9]), rules=Rules(site_count=1))
    >>> plan = capacitated_p_median(town)
    >>> plan.site_ids, plan.objective, plan.people_unreached
    (('b',), 54.0, 1)
    """
    return _solve(problem, "capacitated_p_median", None, time_limit_s, settle_ties=settle_ties)


def capacitated_mclp(
    problem: SitingProblem,
    *,
    threshold_minutes: float,
    time_limit_s: float = TIME_LIMIT_S,
    settle_ties: bool = True,
) -> Plan:
    """Return the plan with most people served within the threshold and within capacity.

    Current and Storbeck (1988), with the people of a demand point shared between units.
    Parameters as in `capacitated_p_median`, and the inclusive threshold.

    Examples
    --------
    >>> from batu_geo.siting.problem import Rules, SitingProblem
    >>> town = SitingProblem(np.array([[5.0, 6.0]]), np.array([10]), ("a", "b"),
    ...                      capacity=np.array([9, 9]), rules=Rules(site_count=2))
    >>> capacitated_mclp(town, threshold_minutes=5).objective
    9
    """
    return _solve(
        problem, "capacitated_mclp", threshold_minutes, time_limit_s, settle_ties=settle_ties
    )


def _solve(
    problem: SitingProblem,
    model: str,
    threshold: float | None,
    limit_s: float,
    *,
    settle_ties: bool,
) -> Plan:
    deadline = time.monotonic() + limit_s
    if problem.capacity is None:
        raise ScenarioError(Problem("BG-201", column="capacity", values={"column": "capacity"}))
    trips = trips_of(problem, np.inf if threshold is None else threshold)
    allowed = choices(problem)
    if allowed is None or allowed.fewest > allowed.most:
        return Plan(model, "infeasible", threshold_minutes=threshold)
    search = _Search(trips, allowed, deadline)
    search.run(settle_ties=settle_ties)
    if search.best is None:
        if search.is_infeasible:
            return Plan(model, "infeasible", threshold_minutes=threshold)
        return Plan(model, "no_plan_yet", threshold_minutes=threshold)
    return require_right(problem, _as_plan(problem, model, threshold, trips, search))


class _Search:
    """The search for one plan; holds the best met so far and what is proved of it."""

    def __init__(self, trips: Trips, allowed: Choices, deadline: float) -> None:
        self.trips, self.allowed, self.deadline = trips, allowed, deadline
        self.best: Columns | None = None
        self.sent: Sent | None = None
        self.most_placed = float(min(trips.people.sum(), trips.capacity.sum()))
        self.least_ms = 0.0
        self.is_most = self.is_least = self.is_settled = self.is_infeasible = False

    def key(self, sites: Columns, sent: Sent) -> tuple[int, ...]:
        """Return what plans are compared by: objective, minutes, fewer sites, lowest ids."""
        return (-sent.placed, sent.ms, len(sites), *sites.tolist())

    def meet(self, sites: Columns) -> None:
        """Take a plan if it comes before the best so far."""
        sent = send(self.trips, sites)
        key = self.key(sites, sent)
        if self.best is None or self.sent is None or key < self.key(self.best, self.sent):
            self.best, self.sent = sites, sent

    def run(self, *, settle_ties: bool) -> None:
        """Search until proved or out of time."""
        start = greedy(_costs(self.trips, self.allowed), self.allowed)
        if start is not None:
            self.meet(start)
        model, flows = self._model()
        objective = np.zeros(model.size)
        objective[flows] = -1.0
        ending = model.minimise(objective, deadline=self.deadline)
        self.is_infeasible = ending.is_infeasible
        if ending.values is not None:
            self.meet(model.plan(ending.values))
        self.most_placed = min(self.most_placed, np.floor(-ending.bound + 1e-6))
        self.is_most = self.sent is not None and self.sent.placed >= self.most_placed
        if not self.is_most or self.sent is None:
            return
        model.add_row(-objective, self.sent.placed, np.inf)
        cost = np.zeros(model.size)
        cost[flows] = self.trips.ms
        scale = max(cost.max(initial=1.0) / 1e4, 1.0)
        ending = model.minimise(cost / scale, deadline=self.deadline)
        if ending.values is not None:
            self.meet(model.plan(ending.values))
        self.least_ms = max(ending.bound * scale, 0.0)
        self.is_least = self.sent.ms - self.least_ms <= TOLERANCE * self.sent.ms + 0.5
        if self.is_least and settle_ties:
            model.add_row(cost / scale, -np.inf, self.sent.ms / scale * (1 + 1e-12) + 1e-9)
            self._settle(model)

    def _settle(self, model: LinearModel) -> None:
        """Exclude equal plans one by one until none is left."""
        trial = model.copy()
        if self.best is not None:
            trial.exclude(self.best)
        for _ in range(MOST_CUTS):
            ending = trial.minimise(np.zeros(0), deadline=self.deadline)
            if ending.values is None:
                self.is_settled = ending.is_infeasible
                return
            other = trial.plan(ending.values)
            self.meet(other)
            trial.exclude(other)

    def _model(self) -> tuple[LinearModel, Columns]:
        """Return sites, people sent along each pair, and the limits of both."""
        trips, model = self.trips, site_model(self.allowed)
        pairs = np.arange(len(trips.row))
        flows = model.add_variables(len(pairs), high=np.inf)
        count = len(trips.people) + len(trips.capacity)
        rows = limits(trips, pairs).tocoo()
        sites = np.arange(model.sites)
        entries = (
            np.r_[rows.row, len(trips.people) + trips.existing + sites],
            np.r_[flows[rows.col], sites],
            np.r_[rows.data, -trips.capacity[trips.existing :]],
        )
        high = np.r_[trips.people, trips.capacity]
        high[len(trips.people) + trips.existing :] = 0
        model.add_rows(entries, count, np.full(count, -np.inf), high)
        new = np.flatnonzero(trips.unit >= trips.existing)
        own = np.arange(len(new))
        entries = (
            np.r_[own, own],
            np.r_[flows[new], trips.unit[new] - trips.existing],
            np.r_[np.ones(len(new)), -trips.people[trips.row[new]]],
        )
        model.add_rows(entries, len(new), np.full(len(new), -np.inf), np.zeros(len(new)))
        return model, flows


def _costs(trips: Trips, allowed: Choices) -> Costs:
    """Return a cost table for greedy opening, blind to capacity."""
    far = 4 * trips.ms.max(initial=0.0) + 1
    table = np.full((len(trips.capacity), len(trips.people)), far)
    table[trips.unit, trips.row] = trips.ms
    base = table[: trips.existing].min(axis=0, initial=far)
    return Costs(table[trips.existing :][: len(allowed.can_open)], base, trips.people)


def _as_plan(
    problem: SitingProblem, model: str, threshold: float | None, trips: Trips, search: _Search
) -> Plan:
    sites, sent = search.best, search.sent
    if sites is None or sent is None:
        raise ValueError("there is no plan yet")
    is_coverage = model == "capacitated_mclp"
    is_proved = search.is_most and (is_coverage or search.is_least)
    objective: float = sent.placed if is_coverage else sent.ms / MS_PER_MINUTE
    bound: float = objective
    if not is_proved:
        known = search.least_ms / MS_PER_MINUTE if search.is_most else 0.0
        bound = int(search.most_placed) if is_coverage else known
    return Plan(
        model=model,
        status="optimal" if is_proved else "best_so_far",
        site_ids=tuple(problem.site_ids[n] for n in sites),
        objective=objective,
        bound=bound,
        gap=relative_gap(objective, bound),
        proof="milp",
        people_unreached=int(problem.population.sum()) - sent.placed,
        person_minutes=sent.ms / MS_PER_MINUTE,
        is_tie_settled=search.is_settled,
        threshold_minutes=threshold,
        assignments=_assignments(problem, trips, sent),
    )


def _assignments(problem: SitingProblem, trips: Trips, sent: Sent) -> pd.DataFrame:
    names = [*problem.existing_ids, *problem.site_ids]
    used = np.flatnonzero(sent.people)
    placed = np.bincount(
        trips.row[used], weights=sent.people[used], minlength=len(problem.population)
    ).astype(np.int64)
    rest = problem.population - placed
    alone = np.flatnonzero((rest > 0) | (problem.population == 0))
    found = pd.DataFrame(
        {
            "demand_id": [problem.demand_ids[n] for n in [*trips.row[used], *alone]],
            "facility_id": pd.Series(
                [*(names[n] for n in trips.unit[used]), *(None for _ in alone)], dtype="str"
            ),
            "people": np.r_[sent.people[used], rest[alone]],
            "travel_time_min": np.r_[trips.ms[used] / MS_PER_MINUTE, np.full(len(alone), np.inf)],
        }
    )
    order = np.argsort(np.r_[trips.row[used], alone], kind="stable")
    return found.iloc[order].reset_index(drop=True)
