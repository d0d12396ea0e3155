"""Data of a location problem: candidate sites, demand, units that stay open, and rules."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from batu_geo.domain.errors import DataError, Problem, ScenarioError
from batu_geo.siting.problem.pairs import Pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batu_geo.network.arrays import Columns, Counts, Numbers


PER_SITE = ("costs", "readiness", "capacity")


@dataclass(frozen=True, slots=True)
class Rules:
    """What every plan must keep; None and empty mean no such rule.

    Attributes
    ----------
    site_count
        How many sites are opened; at most as many where `is_exact` is false.
    budget
        Rupiah for all sites opened, inclusive.
    staff_caps
        Most people of each profession, by the names of `SitingProblem.professions`.
    min_readiness
        Least readiness rank of a site that may be opened.
    must_open, must_close
        Site ids that are in every plan, or in none.
    unpriced
        Site ids that a plan with a budget may not open, as their cost is unknown.
    one_per_village
        At most one site opened in each village.
    exactly_one_in
        Villages in which exactly one site is opened.
    """

    site_count: int | None = None
    is_exact: bool = True
    budget: int | None = None
    staff_caps: tuple[tuple[str, int], ...] = ()
    min_readiness: int | None = None
    must_open: tuple[str, ...] = ()
    must_close: tuple[str, ...] = ()
    unpriced: tuple[str, ...] = ()
    one_per_village: bool = False
    exactly_one_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SitingProblem:
    """Travel times, people and rules as arrays; sites are kept sorted by id.

    Upgrading a building is a site of its own with its own cost. Units that are open
    already stay open.

    Attributes
    ----------
    minutes
        From each demand point to each candidate site, [demand, sites]; inf = no way. A dense
        array is kept as `Pairs`, as those with a way are few.
    population
        People at each demand point, [demand].
    site_ids, village_ids
        Id and village of each site; without villages every site is in a village of its own.
    demand_ids
        Ids of the demand points, for the assignments.
    existing_minutes
        To each unit that is open already, [demand, units], likewise.
    existing_ids
        Ids of those units.
    costs
        Rupiah for opening each site, [sites].
    professions, staff
        Names, and the people needed at each site, [sites, professions].
    readiness
        Rank of each site, higher is readier, [sites].
    capacity, existing_capacity
        Most people a site or unit can serve, for the capacitated models.
    rules
        What every plan must keep.

    Raises
    ------
    DataError
        An id is repeated (BG-206), or a number is negative or missing (BG-204).
    ScenarioError
        A rule names an unknown site or profession (BG-205) or a column that is missing (BG-201).
    ValueError
        Arrays do not fit each other.

    Examples
    --------
    >>> two = SitingProblem(np.array([[5.0, np.inf]]), np.array([10]), ("b", "a"))
    >>> two.site_ids, two.minutes.dense().tolist()
    (('a', 'b'), [[inf, 5.0]])
    """

    minutes: Pairs
    population: Counts
    site_ids: tuple[str, ...]
    village_ids: tuple[str, ...] = ()
    demand_ids: tuple[str, ...] = ()
    existing_minutes: Pairs | None = None
    existing_ids: tuple[str, ...] = ()
    costs: Counts | None = None
    professions: tuple[str, ...] = ()
    staff: Counts | None = None
    readiness: Counts | None = None
    capacity: Counts | None = None
    existing_capacity: Counts | None = None
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        given = tuple(str(name) for name in self.site_ids)
        order = np.array(sorted(range(len(given)), key=given.__getitem__), dtype=np.intp)
        sites, demand = len(given), len(self.population)
        existing = self.existing_minutes
        units = 0 if existing is None else _pairs(existing).shape[1]
        ready: dict[str, Any] = {
            "minutes": _minutes(self.minutes, (demand, sites)).chosen(order),
            "population": _counts(self.population, (demand,), "population"),
            "site_ids": tuple(given[n] for n in order),
            "village_ids": _names(self.village_ids or given, sites, order),
            "demand_ids": _names(self.demand_ids or map(str, range(demand)), demand),
            "existing_minutes": _minutes(
                np.empty((demand, 0)) if existing is None else existing, (demand, units)
            ),
            "existing_ids": _names(self.existing_ids or map(str, range(units)), units),
            "staff": _counts(
                np.zeros((sites, 0)) if self.staff is None else self.staff,
                (sites, len(self.professions)),
                "staff",
            )[order],
        }
        for name in PER_SITE:
            values = getattr(self, name)
            if values is not None:
                ready[name] = _counts(values, (sites,), name)[order]
        if self.existing_capacity is not None:
            capacity = _counts(self.existing_capacity, (units,), "existing_capacity")
            ready["existing_capacity"] = capacity
        for name, value in ready.items():
            object.__setattr__(self, name, value)
        _refuse_doubles(self.site_ids, "site_id")
        _refuse_doubles(self.demand_ids, "demand_id")
        _refuse_doubles((*self.existing_ids, *self.site_ids), "facility_id")
        _refuse_unknown(self)

    def with_rules(self, **changes: Any) -> SitingProblem:
        """Return the same problem under changed rules."""
        return replace(self, rules=replace(self.rules, **changes))

    def columns(self, site_ids: Sequence[str]) -> Columns:
        """Return the columns of some sites, in the order given."""
        place = {name: n for n, name in enumerate(self.site_ids)}
        return np.array([place[name] for name in site_ids], dtype=np.intp)

    def staff_of(self, site_ids: Sequence[str]) -> Counts:
        """Return the people some sites need by profession, [sites, professions]."""
        # An array whatever the caller left out.
        return np.asarray(self.staff, dtype=np.int64)[self.columns(site_ids)]

    @property
    def units(self) -> Pairs:
        """Minutes to the units open already, [demand, units]."""
        known = self.existing_minutes
        return Pairs.of(np.empty((len(self.population), 0))) if known is None else known

    def existing_best(self) -> Numbers:
        """Return the minutes to the nearest unit open already, inf where none, [demand]."""
        return self.units.turned().least(np.full(len(self.population), np.inf))


def _pairs(minutes: Pairs | Any) -> Pairs:
    if isinstance(minutes, Pairs):
        return minutes
    return Pairs.of(np.asarray(minutes, dtype=np.float64))


def _minutes(values: Pairs | Any, shape: tuple[int, int]) -> Pairs:
    minutes = _pairs(values)
    if minutes.shape != shape:
        raise ValueError(f"minutes are {minutes.shape}, expected {shape}")
    wrong = ~(minutes.value >= 0)
    if wrong.any():
        value = minutes.value[wrong][0]
        raise DataError(Problem("BG-204", column="minutes", values={"value": value, "minimum": 0}))
    return minutes


def _counts(values: Any, shape: tuple[int, ...], name: str) -> Counts:
    raw = np.asarray(values)
    if raw.shape != shape:
        raise ValueError(f"{name} is {raw.shape}, expected {shape}")
    numbers = raw.astype(np.int64)
    if (numbers != raw).any():
        value = raw[numbers != raw][0]
        raise DataError(Problem("BG-203", column=name, values={"value": value}))
    if (numbers < 0).any():
        values = {"value": int(numbers.min()), "minimum": 0}
        raise DataError(Problem("BG-204", column=name, values=values))
    return numbers


def _names(values: Any, count: int, order: Columns | None = None) -> tuple[str, ...]:
    names = tuple(str(value) for value in values)
    if len(names) != count:
        raise ValueError(f"{len(names)} names for {count}")
    return names if order is None else tuple(names[n] for n in order)


def _refuse_doubles(names: tuple[str, ...], column: str) -> None:
    seen: dict[str, int] = {}
    problems = []
    for number, name in enumerate(names, 1):
        if name in seen:
            values = {"value": name, "first": seen[name]}
            problems.append(Problem("BG-206", record_id=name, column=column, values=values))
        seen.setdefault(name, number)
    if problems:
        raise DataError(problems)


def _refuse_unknown(problem: SitingProblem) -> None:
    problems = list(_unknown(problem))
    if problems:
        raise ScenarioError(problems)


def _unknown(problem: SitingProblem) -> Iterator[Problem]:
    rules = problem.rules
    known = {
        "must_open": (rules.must_open, problem.site_ids),
        "must_close": (rules.must_close, problem.site_ids),
        "unpriced": (rules.unpriced, problem.site_ids),
        "staff_caps": ([name for name, _ in rules.staff_caps], problem.professions),
    }
    for column, (names, allowed) in known.items():
        possible = set(allowed)
        for name in names:
            if name not in possible:
                values = {"value": name, "expected": ", ".join(allowed[:5])}
                yield Problem("BG-205", column=column, values=values)
    for rule, column in (("budget", "costs"), ("min_readiness", "readiness")):
        if getattr(rules, rule) is not None and getattr(problem, column) is None:
            yield Problem("BG-201", column=column, values={"column": column})
