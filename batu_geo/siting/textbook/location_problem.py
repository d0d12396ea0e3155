"""A location problem of anybody's own, and what a plan of it says."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

import numpy as np

from batu_geo.domain.errors import DataError, Problem
from batu_geo.siting.problem.pairs import Pairs
from batu_geo.siting.problem.siting_problem import SitingProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from batu_geo.network.arrays import Counts, Numbers
    from batu_geo.network.travel_times import TravelTimes

# Weights are taken to this many decimals.
MOST_DIGITS = 6
Stopped = Literal["proof", "size", "steps"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LocationProblem:
    """Minutes from places to candidate sites, and the weight of each place.

    Attributes
    ----------
    siting
        The same in whole weights, with sites in order of their ids.
    weight_scale
        The power of ten that weights were multiplied by to be whole.
    site_minutes
        Between candidate sites, for p-dispersion, [sites, sites] in order of `siting.site_ids`.

    Examples
    --------
    >>> LocationProblem.from_matrix([[5.0, 9.0], [20.0, 4.0]], [1.5, 2.25])
    LocationProblem: 2 places, 2 candidate sites, weight 3.75 (whole times 100)
    """

    siting: SitingProblem
    weight_scale: int = 1
    site_minutes: Numbers | None = None

    @classmethod
    def from_matrix(
        cls,
        minutes: object,
        people: object,
        site_ids: Sequence[str] | None = None,
        *,
        existing_minutes: object = None,
        capacity: object = None,
        site_minutes: object = None,
    ) -> LocationProblem:
        """Return the problem of a matrix.

        Parameters
        ----------
        minutes
            From each place to each candidate site, [places, sites]; inf where there is no way.
            Any cost will do: metres, rupiah.
        people
            Weight of each place, of at most six decimals, [places].
        site_ids
            Of the columns; their numbers where none are named.
        existing_minutes
            To units that are open already and stay so, [places, units].
        capacity
            Weight that each site can serve, for `solve_capacitated`, [sites].
        site_minutes
            Between sites, for `solve_p_dispersion`, [sites, sites].

        Raises
        ------
        DataError
            A weight is negative, missing or of more than six decimals; an id occurs twice.
        ValueError
            Arrays do not fit each other.
        """
        table = _pairs(minutes)
        names = tuple(map(str, range(table.shape[1]) if site_ids is None else site_ids))
        scale = _scale_of(people)
        served = None if capacity is None else _whole(capacity, scale, down=True)
        today = np.empty((table.shape[0], 0)) if existing_minutes is None else existing_minutes
        open_now = _pairs(today)
        siting = SitingProblem(
            table, _whole(people, scale), names, capacity=served, existing_minutes=open_now,
            existing_ids=tuple(f"existing {number}" for number in range(open_now.shape[1])),
        )  # fmt: skip
        between = None
        if site_minutes is not None:
            order = sorted(range(len(names)), key=names.__getitem__)
            between = np.asarray(site_minutes, dtype=np.float64)[np.ix_(order, order)]
        return cls(siting, scale, between)

    @classmethod
    def from_travel_times(
        cls, times: TravelTimes, people: object, *, existing: TravelTimes | None = None
    ) -> LocationProblem:
        """Return the problem of travel times to candidate sites, and to units open already.

        >>> from batu_geo.network.travel_times import matrix_times
        >>> LocationProblem.from_travel_times(matrix_times([[5.0, 9.0]]), [3])
        LocationProblem: 1 places, 2 candidate sites, weight 3
        """
        return cls.from_matrix(
            _pairs_of(times), people, times.destination_ids,
            existing_minutes=None if existing is None else _pairs_of(existing),
        )  # fmt: skip

    def with_site_count(self, site_count: int | None) -> SitingProblem:
        """Return the problem of opening a number of sites; any number where None."""
        return self.siting.with_rules(site_count=site_count)

    def __repr__(self) -> str:
        """Return the size in a line."""
        siting, scale = self.siting, self.weight_scale
        total = siting.population.sum() / scale
        whole = "" if scale == 1 else f" (whole times {scale})"
        return (
            f"LocationProblem: {len(siting.population)} places, "
            f"{len(siting.site_ids)} candidate sites, weight {total:g}{whole}"
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LocationPlan:
    """The plan of a location model.

    Attributes
    ----------
    model, site_ids
        Which model, and the sites that it opens, sorted; none where nothing is possible.
    objective, bound, gap
        In weights, weight x minutes, minutes or sites; no plan is better than the bound; the
        gap is 0 where that is proved, None where nothing is possible.
    status
        `optimal` only with a proof over the whole problem; else `best_so_far`, `infeasible` or
        `no_plan_yet`.
    proof, stopped
        How it is proved, and why the search ended: proof, size (a heuristic and its bound) or
        steps.
    optima, is_optima_complete
        Optimal plans, at most 100, and whether these are all.
    unreached
        Weight of the places that have no way to any open site.
    seconds
        That this took; in no file of a run.
    assignments
        Of models that assign: place, site, weight and minutes; None of others.

    Examples
    --------
    >>> from batu_geo import LocationProblem, solve_p_median
    >>> plan = solve_p_median(LocationProblem.from_matrix([[1.0, 2.0]], [30], ["a", "b"]), 1)
    >>> plan.site_ids, plan.objective, plan.bound, plan.gap, plan.stopped
    (('a',), 30.0, 30.0, 0.0, 'proof')
    """

    model: str
    site_ids: tuple[str, ...] = ()
    status: str = "infeasible"
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    proof: str = ""
    stopped: Stopped = "proof"
    optima: tuple[tuple[str, ...], ...] = ()
    is_optima_complete: bool = True
    unreached: float = 0.0
    seconds: float = 0.0
    assignments: pd.DataFrame | None = None

    def __repr__(self) -> str:
        """Return the plan in at most five lines."""
        found = "no plan" if self.objective is None else f"{self.objective:g}"
        some = "" if self.is_optima_complete else "at least "
        return "\n".join(
            [
                f"{self.model}: {', '.join(self.site_ids) or '-'}",
                f"  objective {found}, bound {self.bound}, gap {self.gap}",
                f"  {self.status} ({self.proof or 'no proof'}), ended by {self.stopped}",
                f"  {some}{len(self.optima)} optimal plans, {self.seconds:.2f} s",
            ]
        )

    def _repr_html_(self) -> str:
        lines = [escape(line.strip()) for line in repr(self).splitlines()]
        return f"<b>{lines[0]}</b><ul>{''.join(f'<li>{line}</li>' for line in lines[1:])}</ul>"


def _pairs(minutes: object) -> Pairs:
    return minutes if isinstance(minutes, Pairs) else Pairs.of(np.asarray(minutes, np.float64))


def _pairs_of(times: TravelTimes) -> Pairs:
    return Pairs.of_trips(times.trips, len(times.destination_ids))


def _scale_of(people: object) -> int:
    """Return the least power of ten that makes every weight whole."""
    weights = np.asarray(people, dtype=np.float64)
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise DataError(Problem("BG-204", column="people", values={"value": "?", "minimum": 0}))
    for digits in range(MOST_DIGITS + 1):
        scaled = weights * 10**digits
        if np.allclose(scaled, np.rint(scaled), rtol=0, atol=1e-6):
            return int(10**digits)
    raise DataError(Problem("BG-479", column="people", values={"digits": MOST_DIGITS}))


def _whole(values: object, scale: int, *, down: bool = False) -> Counts:
    scaled = np.asarray(values, dtype=np.float64) * scale
    whole = np.floor(scaled + 1e-6) if down else np.rint(scaled)
    return whole.astype(np.int64)
