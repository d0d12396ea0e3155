"""Plan checker: recompute every figure and rule of a plan from the travel times.

It shares no code with the search: loops over people and sites, one rule after another.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from math import inf, isclose, isnan
from typing import TYPE_CHECKING, Any

from numpy import array

from batu_geo.domain.errors import BatuGeoError, Problem
from batu_geo.network.impedance import MS_PER_MINUTE

if TYPE_CHECKING:
    from collections.abc import Generator, Hashable, Iterator, Mapping

    from batu_geo.siting.problem.location_plan import Plan
    from batu_geo.siting.problem.pairs import Pairs
    from batu_geo.siting.problem.siting_problem import SitingProblem

CAPACITATED = ("capacitated_p_median", "capacitated_mclp")
CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Breach:
    """What is wrong with a plan: a rule it breaks, or a figure that is not so."""

    code: str
    values: Mapping[str, object]


def check_plan(problem: SitingProblem, plan: Plan) -> tuple[Breach, ...]:
    """Return everything wrong with a plan, nothing for a right one.

    Parameters
    ----------
    problem
        What was to be decided.
    plan
        Its answer; without sites to open and an objective there is nothing to check.

    Examples
    --------
    >>> import numpy as np
    >>> from batu_geo.siting.models.location import mclp
    >>> from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
    >>> one = SitingProblem(np.array([[9.0]]), np.array([7]), ("a",), rules=Rules(site_count=1))
    >>> check_plan(one, mclp(one, threshold_minutes=10))
    ()
    """
    if plan.objective is None:
        return ()
    return (*_broken_rules(problem, plan), *_wrong_figures(problem, plan), *_claims(plan))


def require_right(problem: SitingProblem, plan: Plan) -> Plan:
    """Return the plan, or raise BG-900 if the checker finds anything wrong with it."""
    breaches = check_plan(problem, plan)
    if breaches:
        reason = "; ".join(f"{b.code} {dict(b.values)}" for b in breaches)
        raise BatuGeoError(Problem("BG-900", values={"reason": reason}))
    return plan


def _broken_rules(problem: SitingProblem, plan: Plan) -> Iterator[Breach]:
    rules, opened = problem.rules, set(plan.site_ids)
    column = {name: n for n, name in enumerate(problem.site_ids)}
    if opened - set(column) or len(opened) != len(plan.site_ids):
        yield Breach("unknown_site", {"site_ids": tuple(sorted(opened - set(column)))})
        return
    least, most = rules.site_count or 0, rules.site_count
    if most is not None and not (least if rules.is_exact else 0) <= len(opened) <= most:
        yield Breach("site_count", {"count": len(opened), "allowed": most})
    yield from _broken_names(problem, opened)
    yield from _broken_sums(problem, [column[name] for name in sorted(opened)])
    villages = [problem.village_ids[column[name]] for name in sorted(opened)]
    counts, bound = Counter(villages), set(rules.exactly_one_in)
    for village in sorted(set(villages) | bound):
        number = counts[village]
        if village in bound and number != 1:
            yield Breach("one_in_village", {"village_id": village, "count": number})
        elif rules.one_per_village and number > 1:
            yield Breach("one_per_village", {"village_id": village, "count": number})


def _broken_names(problem: SitingProblem, opened: set[str]) -> Iterator[Breach]:
    rules = problem.rules
    for name in sorted(set(rules.must_open) - opened):
        yield Breach("must_open", {"site_id": name})
    for name in sorted({*rules.must_close, *rules.unpriced} & opened):
        yield Breach("must_close", {"site_id": name})
    if rules.min_readiness is None or problem.readiness is None:
        return
    for name, rank in zip(problem.site_ids, problem.readiness.tolist(), strict=True):
        if name in opened and rank < rules.min_readiness:
            yield Breach("readiness", {"site_id": name})


def _broken_sums(problem: SitingProblem, columns: list[int]) -> Iterator[Breach]:
    if problem.rules.budget is not None and problem.costs is not None:
        spent = sum(int(problem.costs[n]) for n in columns)
        if spent > problem.rules.budget:
            yield Breach("budget", {"spent": spent, "allowed": problem.rules.budget})
    for profession, cap in problem.rules.staff_caps:
        if problem.staff is not None:  # pragma: no branch
            place = problem.professions.index(profession)
            needed = sum(int(problem.staff[n, place]) for n in columns)
            if needed > cap:
                yield Breach("staff", {"profession": profession, "needed": needed, "cap": cap})


def _wrong_figures(problem: SitingProblem, plan: Plan) -> Iterator[Breach]:
    if plan.model not in CAPACITATED:
        yield from _wrong_sums(problem, plan)
    elif plan.assignments is None:
        yield Breach("assignments", {})
    else:
        served, unplaced, minutes = yield from _wrong_trips(problem, plan)
        objective = served if plan.model == "capacitated_mclp" else minutes
        yield from _differences(plan, objective, unplaced, minutes)


def _wrong_sums(problem: SitingProblem, plan: Plan) -> Iterator[Breach]:
    """Check a plan under which everybody goes to the nearest open unit."""
    limit = inf if plan.threshold_minutes is None else plan.threshold_minutes
    covered = twice = unreached = 0
    total = worst = 0
    by_row = _minutes_by_row(problem, plan)
    for people, times in zip(problem.population.tolist(), by_row, strict=True):
        near = sum(1 for value in times if value <= limit and value < inf)
        covered += people if near >= 1 else 0
        twice += people if near >= 2 else 0
        nearest = min(times, default=inf)
        if nearest == inf:
            unreached += people
        elif people:
            total += people * round(nearest * MS_PER_MINUTE)
            worst = max(worst, round(nearest * MS_PER_MINUTE))
    expected: dict[str, float] = {
        "mclp": covered,
        "backup_coverage": twice,
        "lscp": len(plan.site_ids),
        "p_median": total / MS_PER_MINUTE,
        "p_centre": worst / MS_PER_MINUTE,
    }
    yield from _differences(plan, expected[plan.model], unreached, total / MS_PER_MINUTE)
    if plan.model == "lscp" and plan.people_uncoverable != int(problem.population.sum()) - covered:
        yield Breach("cover_all", {"covered": covered})
    if plan.assignments is not None:
        _, unplaced, minutes = yield from _wrong_trips(problem, plan)
        if unplaced != unreached or not _is_close(minutes, total / MS_PER_MINUTE):
            yield Breach("assignments", {"unplaced": unplaced, "person_minutes": minutes})


def _differences(plan: Plan, objective: float, unreached: int, minutes: float) -> Iterator[Breach]:
    """Compare the figures of a plan with those computed from the travel times."""
    if plan.objective is None or not _is_close(plan.objective, objective):
        yield Breach("objective", {"stated": plan.objective, "computed": objective})
    if plan.people_unreached != unreached:
        yield Breach("people_unreached", {"stated": plan.people_unreached, "computed": unreached})
    if not _is_close(plan.person_minutes, minutes):
        yield Breach("person_minutes", {"stated": plan.person_minutes, "computed": minutes})


def _is_close(stated: float, computed: float) -> bool:
    return isclose(stated, computed, rel_tol=CLOSE)


def _wrong_trips(
    problem: SitingProblem, plan: Plan
) -> Generator[Breach, None, tuple[int, int, float]]:
    """Check who goes where: open units, in reach, within capacity, everybody once.

    Returns people served, people without a place and person-minutes.
    """
    limits, places = _open_units(problem, plan), _places(problem)
    row_of = {name: n for n, name in enumerate(problem.demand_ids)}
    sent = [0] * len(problem.population)
    used = dict.fromkeys(limits, 0)
    unplaced = total = 0
    lines = [] if plan.assignments is None else plan.assignments.to_dict("records")
    for line in lines:
        row, people = row_of.get(line["demand_id"]), int(line["people"])
        unit = line["facility_id"] if isinstance(line["facility_id"], str) else None
        if row is None or people < 0:
            yield Breach("people", {"demand_id": line["demand_id"], "people": people})
            continue
        sent[row] += people
        minutes = _minutes_of(None if unit is None else places.get(unit), row)
        is_open = unit is None or unit in limits
        yield from _wrong_trip(plan, line, unit, minutes, is_open=is_open)
        if unit is None:
            unplaced += people
        elif unit in limits and minutes < inf:
            used[unit] += people
            total += people * round(minutes * MS_PER_MINUTE)
    for unit, people in used.items():
        if people > limits[unit]:
            yield Breach("capacity", {"facility_id": unit, "people": people})
    if sent != problem.population.tolist():
        yield Breach("people", {"sent": sum(sent)})
    return sum(used.values()), unplaced, total / MS_PER_MINUTE


def _wrong_trip(
    plan: Plan, line: Mapping[Hashable, Any], unit: str | None, minutes: float, *, is_open: bool
) -> Iterator[Breach]:
    """Check one line of the assignments against the minutes of its trip."""
    stated = line["travel_time_min"]
    values = {"demand_id": line["demand_id"], "facility_id": unit}
    limit = inf if plan.threshold_minutes is None else plan.threshold_minutes
    if not is_open:
        yield Breach("closed_unit", values)
    elif unit is not None and (minutes > limit or minutes == inf):
        yield Breach("out_of_reach", values)
    elif not _is_close(stated, minutes):
        yield Breach("travel_time", {**values, "stated": stated, "computed": minutes})


def _open_units(problem: SitingProblem, plan: Plan) -> dict[str, float]:
    """Return the capacity of every open unit."""
    limits: dict[str, float] = {}
    opened = set(plan.site_ids)
    for n, name in enumerate(problem.site_ids):
        if name in opened:
            limits[name] = inf if problem.capacity is None else int(problem.capacity[n])
    capacity = problem.existing_capacity
    for n, name in enumerate(problem.existing_ids):
        limits[name] = inf if capacity is None else int(capacity[n])
    return limits if plan.model in CAPACITATED else dict.fromkeys(limits, inf)


def _minutes_by_row(problem: SitingProblem, plan: Plan) -> Iterator[list[float]]:
    """Yield for each demand point the minutes to every open unit that it has a way to."""
    opened = set(plan.site_ids)
    is_open = array([name in opened for name in problem.site_ids], dtype=bool)
    to_sites = problem.minutes.kept(is_open[problem.minutes.at])
    for row in range(len(problem.population)):
        yield [
            minutes
            for table in (to_sites, problem.units)
            for minutes in table.value[table.first[row] : table.first[row + 1]].tolist()
        ]


def _places(problem: SitingProblem) -> dict[str, tuple[Pairs, int]]:
    """Return where the minutes to each site and unit stand: table and column."""
    tables = ((problem.minutes, problem.site_ids), (problem.units, problem.existing_ids))
    return {name: (table, n) for table, names in tables for n, name in enumerate(names)}


def _minutes_of(place: tuple[Pairs, int] | None, row: int) -> float:
    """Return the minutes of one pair; inf for no way and for a unit that does not exist."""
    if place is None:
        return inf
    table, column = place
    low, high = int(table.first[row]), int(table.first[row + 1])
    found = bisect_left(table.at, column, low, high)
    return float(table.value[found]) if found < high and table.at[found] == column else inf


def _claims(plan: Plan) -> Iterator[Breach]:
    """Check that `optimal` means no gap, and that the bound is on its own side."""
    if plan.objective is None or plan.bound is None or plan.gap is None:
        yield Breach("bound", {})
        return
    if isnan(plan.objective) or isnan(plan.bound) or isnan(plan.gap):
        yield Breach("bound", {"bound": plan.bound, "gap": plan.gap})
    if plan.status == "optimal" and plan.gap != 0:
        yield Breach("gap", {"gap": plan.gap})
    distance = abs(plan.objective - plan.bound)
    if plan.gap * abs(plan.objective) < distance * (1 - CLOSE) and plan.gap < inf:
        yield Breach("gap", {"gap": plan.gap, "distance": distance})
    larger = plan.model in {"mclp", "backup_coverage", "capacitated_mclp"}
    beyond = plan.objective - plan.bound if larger else plan.bound - plan.objective
    if beyond > CLOSE * abs(plan.objective):
        yield Breach("bound", {"objective": plan.objective, "bound": plan.bound})
