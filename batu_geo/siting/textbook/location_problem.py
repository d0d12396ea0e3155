"""A location problem of anybody's own: minutes, weights, and places where they are known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.domain.errors import DataError, Problem
from batu_geo.network.nearby.shown_times import destination_places, origin_places
from batu_geo.siting.problem.pairs import Pairs
from batu_geo.siting.problem.siting_problem import SitingProblem
from batu_geo.siting.textbook.located import Located

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from batu_geo.network.arrays import Counts, Flags, Numbers
    from batu_geo.network.travel_times import TravelTimes

# Weights are taken to this many decimals.
MOST_DIGITS = 6


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
    located
        Where places and sites are; None where nobody said.

    Examples
    --------
    >>> LocationProblem.from_matrix([[5.0, 9.0], [20.0, 4.0]], [1.5, 2.25])
    LocationProblem: 2 places, 2 candidate sites, weight 3.75 (whole times 100)
    """

    siting: SitingProblem
    weight_scale: int = 1
    site_minutes: Numbers | None = None
    located: Located | None = None

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
            A weight, capacity or number of minutes is negative or no number, a weight has more than
            six decimals, or an id occurs twice.
        ValueError
            Arrays do not fit each other.
        """
        table = _pairs(minutes)
        names = tuple(map(str, range(table.shape[1]) if site_ids is None else site_ids))
        weights = _numbers(people, "people")
        scale = _scale_of(weights)
        today = np.empty((table.shape[0], 0)) if existing_minutes is None else existing_minutes
        open_now = _pairs(today)
        siting = SitingProblem(
            table, _whole(weights, scale), names, capacity=_room(capacity, scale),
            existing_minutes=open_now,
            existing_ids=tuple(f"existing {number}" for number in range(open_now.shape[1])),
        )  # fmt: skip
        return cls(siting, scale, _between(site_minutes, names))

    @classmethod
    def from_travel_times(
        cls, times: TravelTimes, people: object, *, existing: TravelTimes | None = None
    ) -> LocationProblem:
        """Return the problem of travel times to candidate sites, and to units open already.

        Times that were found on roads know where their places are: a plan shows itself on a map.

        >>> from batu_geo.network.travel_times import matrix_times
        >>> LocationProblem.from_travel_times(matrix_times([[5.0, 9.0]]), [3])
        LocationProblem: 1 places, 2 candidate sites, weight 3
        """
        made = cls.from_matrix(
            _pairs_of(times), people, times.destination_ids,
            existing_minutes=None if existing is None else _pairs_of(existing),
        )  # fmt: skip
        places, sites = origin_places(times), destination_places(times)
        if places is None or sites is None:
            return made
        today = None if existing is None else destination_places(existing)
        return made.with_places(places, sites, site_id="destination_id", existing=today)

    def with_places(
        self, places: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, *, site_id: str | None = None,
        existing: gpd.GeoDataFrame | None = None,
    ) -> LocationProblem:  # fmt: skip
        """Return the problem with places on the ground, so that its plans show themselves on a map.

        Parameters
        ----------
        places
            In the order of the rows of the matrix, in any coordinate system.
        sites
            Of every candidate, in any order.
        site_id
            Column of `sites` with their ids; its index where none is named.
        existing
            Units that are open already, in the order of the columns of `existing_minutes`.

        Raises
        ------
        DataError
            A table has no coordinate system.
        ValueError
            Rows are not as many as places, sites or units, or a site has no row.
        """
        return replace(self, located=Located.of(self.siting, places, sites, site_id, existing))

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


def _pairs(minutes: object) -> Pairs:
    if isinstance(minutes, Pairs):
        return minutes
    table = np.asarray(minutes, dtype=np.float64)
    _refuse(table, np.isnan(table), "minutes")
    return Pairs.of(table)


def _pairs_of(times: TravelTimes) -> Pairs:
    return Pairs.of_trips(times.trips, len(times.destination_ids))


def _numbers(values: object, column: str) -> Numbers:
    """Return finite numbers of at least 0, or say which is none."""
    numbers = np.asarray(values, dtype=np.float64)
    _refuse(numbers, ~np.isfinite(numbers), column)
    return numbers


def _room(capacity: object, scale: int) -> Counts | None:
    """Return the whole weight that each site can serve."""
    return None if capacity is None else _whole(_numbers(capacity, "capacity"), scale, down=True)


def _between(site_minutes: object, names: Sequence[str]) -> Numbers | None:
    """Return the minutes between sites in order of their ids."""
    if site_minutes is None:
        return None
    table = np.asarray(site_minutes, dtype=np.float64)
    _refuse(table, np.isnan(table), "site_minutes")
    order = sorted(range(len(names)), key=names.__getitem__)
    return table[np.ix_(order, order)]


def _refuse(numbers: Numbers, is_none: Flags, column: str) -> None:
    """Raise with the row and the value of every one that is no number, or below 0."""
    faults = []
    for place in np.argwhere(is_none | (numbers < 0)):
        value, row = float(numbers[tuple(place)]), int(place[0]) + 1
        code, more = ("BG-219", {}) if is_none[tuple(place)] else ("BG-204", {"minimum": 0})
        faults.append(Problem(code, row=row, column=column, values={"value": value, **more}))
    if faults:
        raise DataError(faults)


def _scale_of(weights: Numbers) -> int:
    """Return the least power of ten that makes every weight whole."""
    for digits in range(MOST_DIGITS + 1):
        scaled = weights * 10**digits
        if np.allclose(scaled, np.rint(scaled), rtol=0, atol=1e-6):
            return int(10**digits)
    row = int(np.argmax(np.abs(scaled - np.rint(scaled)) > 1e-6)) + 1
    raise DataError(Problem("BG-479", row=row, column="people", values={"digits": MOST_DIGITS}))


def _whole(values: Numbers, scale: int, *, down: bool = False) -> Counts:
    scaled = values * scale
    whole = np.floor(scaled + 1e-6) if down else np.rint(scaled)
    return whole.astype(np.int64)
