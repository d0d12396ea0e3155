"""Puskesmas work areas and their load, and the way to a hospital."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from batu_geo.access.units import SERVING
from batu_geo.domain.names import names_by_id
from batu_geo.domain.tables import Facilities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.tables import DemandPoints, Villages
    from batu_geo.network.arrays import Places
    from batu_geo.network.nearby.own_trips import OwnTrips
    from batu_geo.network.travel_times import TravelTimes

PREFIX = "puskesmas "
KINDS = ("puskesmas", "hospital")
OF_AN_AMBULANCE = ("ambulance_out_minutes", "ambulance_in_minutes")
OF_A_UNIT = (
    "facility_id", "facility_name", "puskesmas_id", "puskesmas_minutes", "hospital_id",
    "hospital_minutes", "hospital_metres",
)  # fmt: skip


def work_areas(villages: Villages, facilities: Facilities) -> pd.Series[str]:
    """Return the puskesmas of each village by village id: its facility id, missing where unknown.

    A village names its puskesmas with or without the word before it.
    """
    rows = facilities[facilities["kind"] == "PUSKESMAS"]
    by_name = {
        _plain(name): facility_id
        for name, facility_id in zip(rows["facility_name"], rows["facility_id"], strict=True)
    }
    names = villages["puskesmas"] if "puskesmas" in villages else pd.Series(dtype="str")
    found = [None if pd.isna(name) else by_name.get(_plain(str(name))) for name in names]
    found += [None] * (len(villages) - len(found))
    return pd.Series(found, index=villages["village_id"].to_numpy(), dtype="str")


def _plain(name: str) -> str:
    return name.strip().casefold().removeprefix(PREFIX)


def puskesmas_load(
    villages: Villages,
    facilities: Facilities,
    areas: pd.Series[str],
    staffing: pd.DataFrame | None,
    *,
    new_doctors: int = 0,
) -> pd.DataFrame:
    """Return the people, villages and doctors of each puskesmas work area.

    Columns: ``facility_id``, ``facility_name``, ``villages``, ``people``, ``doctors``,
    ``people_per_doctor``, ``doctors_added`` and ``people_per_doctor_after``. Doctors are missing
    where the roster has none; nobody is added while any of them is missing.

    Parameters
    ----------
    villages, facilities
        With ``population``.
    areas
        From `work_areas`.
    staffing
        The roster; None for none.
    new_doctors
        Doctors to be added, one by one where most people share a doctor.
    """
    population = villages.set_index("village_id")["population"]
    ids = sorted(set(areas.dropna()))
    names = names_by_id(facilities, "facility")
    people = np.array([population[areas.index[areas == name]].sum() for name in ids], np.int64)
    doctors = pd.Series(np.nan, index=ids)
    if staffing is not None:
        rows = staffing[staffing["profession"] == "doctor"]
        doctors = rows.groupby("facility_id")["count"].sum().reindex(ids).astype(float)
    known = np.asarray(doctors, dtype=np.float64)
    added = _shared_out(people, known, new_doctors)
    return pd.DataFrame(
        {
            "facility_id": ids,
            "facility_name": [names[name] for name in ids],
            "villages": [int((areas == name).sum()) for name in ids],
            "people": people,
            "doctors": pd.Series(known).astype("Int64"),
            "people_per_doctor": _per(people, known),
            "doctors_added": pd.Series(added).astype("Int64"),
            "people_per_doctor_after": _per(people, known + added),
        }
    )


def _shared_out(
    people: NDArray[np.int64], doctors: NDArray[np.float64], new_doctors: int
) -> NDArray[np.float64]:
    """Give each new doctor to where most people share one; NaN while any number is unknown."""
    added = np.zeros(len(people))
    if np.isnan(doctors).any():
        return added * np.nan
    for _ in range(new_doctors if len(people) else 0):
        staffed = doctors + added
        load = np.where(staffed > 0, people / np.maximum(staffed, 1), np.inf)
        added[np.lexsort((-people, -load))[0]] += 1
    return added


def _per(people: NDArray[np.int64], doctors: NDArray[np.float64]) -> NDArray[np.float64]:
    ratio: NDArray[np.float64] = people / np.where(doctors > 0, doctors, np.nan)
    return ratio


def emergency_hospitals(
    facilities: Facilities, *, kinds: tuple[str, ...], count_unknown: bool
) -> Facilities:
    """Return the hospitals that have an emergency unit, or may be taken to."""
    answers = ("yes", "unknown") if count_unknown else ("yes",)
    has_one = facilities["emergency_unit"].fillna("unknown").isin(answers)
    keep = facilities["kind"].isin(kinds) & facilities["status"].isin(SERVING) & has_one
    return Facilities(facilities[keep].reset_index(drop=True))


def referral_table(
    demand: DemandPoints,
    villages: Villages,
    to_puskesmas: OwnTrips,
    to_hospital: TravelTimes,
    areas: pd.Series[str],
    *,
    limit_minutes: float,
    ambulance: Sequence[TravelTimes] = (),
) -> pd.DataFrame:
    """Return the way from each village to its puskesmas and to the nearest hospital.

    `to_puskesmas` holds the trip of each demand point to the puskesmas of its village.

    Columns: ``village_id``, ``village_name``, ``puskesmas_id``, ``hospital_id`` (the one most
    people are nearest to), ``people_beyond`` and ``share_beyond_percent`` of the limit to a
    hospital; and of each of both ``*_minutes``, the mean over everybody (inf where somebody
    cannot reach it), ``*_mean_minutes_reached`` and ``*_mean_metres_reached`` over the people
    who reach it (inf where nobody does), and ``*_people_without_way``. With `ambulance`, its
    times out from the hospitals and in, ``ambulance_out_minutes`` and ``ambulance_in_minutes``:
    means over everybody from or to the quickest hospital, inf where somebody has no way.
    """
    nearest = to_hospital.nearest()
    people = demand["population"].to_numpy(dtype=np.int64)
    at_village = demand.groupby("village_id", sort=False).indices
    minutes, metres = (nearest[f"travel_{n}"].to_numpy() for n in ("time_min", "distance_m"))
    of_hospital, hospitals = pd.factorize(nearest["nearest_id"], sort=True)
    driven = [times.best() for times in ambulance] or [np.full(len(people), np.nan)] * 2
    trips = dict(zip(OF_AN_AMBULANCE, driven, strict=True))
    rows = []
    for village in villages.to_dict("records"):
        here = at_village.get(village["village_id"], np.zeros(0, np.intp))
        weight = people[here]
        own = to_puskesmas.minutes[here], to_puskesmas.metres[here]
        beyond, total = int(weight[minutes[here] > limit_minutes].sum()), int(weight.sum())
        rows.append(
            {
                "village_id": village["village_id"],
                "village_name": village["village_name"],
                "puskesmas_id": areas.get(village["village_id"]),
                **_trip("puskesmas", *own, weight),
                "hospital_id": _most(of_hospital[here], weight, hospitals),
                **_trip("hospital", minutes[here], metres[here], weight),
                **{name: _mean_of_all(trips[name][here], weight) for name in OF_AN_AMBULANCE},
                "people_beyond": beyond,
                "share_beyond_percent": 100 * beyond / total if total else np.nan,
            }
        )
    counts = dict.fromkeys((f"{kind}_people_without_way" for kind in KINDS), "Int64")
    return pd.DataFrame(rows).astype(counts if rows else {})


def _trip(
    kind: str,
    minutes: NDArray[np.float64],
    metres: NDArray[np.float64],
    people: NDArray[np.int64],
) -> dict[str, Any]:
    """Return the means of all and of those who get to a kind of place, and how many do not."""
    is_known = not np.isnan(minutes).any()
    lost = int(people[np.isinf(minutes)].sum())
    reached = _mean(minutes, people)
    return {
        f"{kind}_minutes": _mean_of_all(minutes, people),
        f"{kind}_mean_minutes_reached": reached,
        f"{kind}_mean_metres_reached": _mean(metres, people),
        f"{kind}_people_without_way": lost if is_known else pd.NA,
    }


def unit_referral(
    units: Facilities, to_puskesmas: OwnTrips, to_hospital: TravelTimes, areas: pd.Series[str]
) -> pd.DataFrame:
    """Return the pairs of referral: each unit, its puskesmas and the nearest hospital.

    Columns: ``facility_id``, ``facility_name``, ``puskesmas_id``, ``puskesmas_minutes``,
    ``hospital_id``, ``hospital_minutes`` and ``hospital_metres``.
    """
    nearest = to_hospital.nearest().to_dict("records")
    rows = []
    for number, unit in enumerate(units.to_dict("records")):
        own = areas.get(unit["village_id"])
        rows.append(
            {
                "facility_id": unit["facility_id"],
                "facility_name": unit["facility_name"],
                "puskesmas_id": own,
                "puskesmas_minutes": float(to_puskesmas.minutes[number]),
                "hospital_id": nearest[number]["nearest_id"],
                "hospital_minutes": nearest[number]["travel_time_min"],
                "hospital_metres": nearest[number]["travel_distance_m"],
            }
        )
    return pd.DataFrame(rows, columns=list(OF_A_UNIT))


class HospitalTrips(NamedTuple):
    """Every trip of a kind from some places to a hospital: numbers of places, origins, minutes."""

    hospital_id: str
    places: NDArray[np.intp]
    origin: Places
    minutes: NDArray[np.float64]


def every_hospital(
    place: NDArray[np.int64],
    people: NDArray[np.int64],
    chosen: Mapping[str, NDArray[np.bool_]],
    trips: Mapping[str, Callable[[], Iterable[HospitalTrips]]],
) -> pd.DataFrame:
    """Return the minutes between each place and its hospitals, a column for each kind of trip.

    Columns: ``place``, its number, ``hospital_id`` and those of `trips`: means over the people of
    the place, inf where somebody has no way, missing where the trips do not go to that hospital.

    Parameters
    ----------
    place, people
        The number of the place of each origin, say its village, and the people who live there.
    chosen
        By hospital: which places are asked about, bool [places].
    trips
        By column: every trip of the origins to the hospitals of their places, found when it is
        asked for, those of each place and hospital together; none where nobody drives so.
    """
    order, count = np.argsort(place, kind="stable"), int(place.max(initial=-1)) + 1
    homes = np.split(order, np.searchsorted(place[order], np.arange(1, count)))
    pairs = [(number, hospital) for number in range(count) for hospital, is_asked in chosen.items()
             if is_asked[number]]  # fmt: skip
    table = pd.DataFrame(pairs, columns=["place", "hospital_id"])
    row_of = {pair: row for row, pair in enumerate(pairs)}
    minutes = np.full(len(people), np.inf)
    for column, find in trips.items():
        means = np.full(len(pairs), np.nan)
        for found in find():
            minutes[found.origin] = found.minutes
            for number in found.places.tolist():
                rows = homes[number]
                mean = _mean_of_all(minutes[rows], people[rows])
                means[row_of[number, found.hospital_id]] = mean
            minutes[found.origin] = np.inf
        table[column] = means
    return table


def _mean(values: NDArray[np.float64], people: NDArray[np.int64]) -> float:
    """Return the mean over the people who get there; inf where nobody does, NaN where unknown."""
    if np.isnan(values).any() or not people.sum():
        return float("nan")
    there = np.isfinite(values)
    reached = people[there].sum()
    return float((values[there] * people[there]).sum() / reached) if reached else float("inf")


def _mean_of_all(minutes: NDArray[np.float64], people: NDArray[np.int64]) -> float:
    """Return the mean over everybody; inf where somebody does not get there, NaN where unknown."""
    return float("inf") if people[np.isinf(minutes)].sum() else _mean(minutes, people)


def _most(code: NDArray[np.intp], people: NDArray[np.int64], names: pd.Index) -> str | None:
    """Return the name that counts most people, of equal ones the first; None without any."""
    known = code >= 0
    some, place = np.unique(code[known], return_inverse=True)
    if not len(some):
        return None
    return str(names[some[np.bincount(place, people[known]).argmax()]])
