"""What is missing to a norm of supply: doctors by puskesmas, cadres by village, and in all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access.demand import largest_remainder
from batu_geo.access.protected import CITY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

OF_DOCTORS = (
    "doctors_needed", "doctors", "doctors_missing", "doctors_added", "doctors_missing_after",
    "even_added", "doctors_even",
)  # fmt: skip


def doctor_gaps(
    load: pd.DataFrame, participants: Sequence[float], *, new_doctors: int, people_per_doctor: float
) -> pd.DataFrame:
    """Return the doctors missing at each puskesmas and in the city, and an even share of them.

    A doctor is needed for each begun `people_per_doctor` of the participants or, where their
    number is not known everywhere, of all residents, who are at least as many. The city misses
    what its puskesmas miss: a doctor too many at one is none too few at another.

    Columns: ``area`` (puskesmas, the city last), ``people``, ``participants``, ``counted``
    (``participants`` or ``residents``), ``doctors_needed``, ``doctors``, ``doctors_missing``,
    ``doctors_added``, ``doctors_missing_after``; ``even_added``, the new doctors shared out by
    need, and ``doctors_even``, all doctors shared out so, those there today included. What
    rests on the roster is missing where it has no doctors of a puskesmas.

    Parameters
    ----------
    load
        From `batu_geo.access.referral.puskesmas_load`.
    participants
        Registered participants of each puskesmas, NaN where unknown.
    """
    registered = np.asarray(participants, dtype=float)
    people = load["people"].to_numpy(dtype=float)
    is_known = len(registered) > 0 and bool(np.isfinite(registered).all())
    counted = registered if is_known else people
    needed = np.ceil(counted / people_per_doctor)
    there = load["doctors"].to_numpy(dtype=float, na_value=np.nan)
    added = load["doctors_added"].to_numpy(dtype=float, na_value=np.nan)
    table = pd.DataFrame(
        {
            "area": load["facility_name"],
            "people": people,
            "participants": registered,
            "doctors_needed": needed,
            "doctors": there,
            "doctors_missing": np.maximum(needed - there, 0),
            "doctors_added": added,
            "doctors_missing_after": np.maximum(needed - there - added, 0),
            "even_added": _shared(float(new_doctors), counted),
            "doctors_even": _shared(there.sum() + new_doctors, counted),
        }
    )
    if table.empty:
        return table.assign(counted=[])
    city = table.drop(columns="area").sum(skipna=False)
    table = pd.concat([table, city.to_frame().T.assign(area=CITY)], ignore_index=True)
    table.insert(3, "counted", "participants" if is_known else "residents")
    return table.astype(dict.fromkeys(("people", "participants", *OF_DOCTORS), "Int64"))


def _shared(total: float, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return whole doctors by weight; NaN where their number is not known or nobody is there."""
    if np.isnan(total) or not weights.sum() > 0:
        return np.full(len(weights), np.nan)
    return largest_remainder(int(total), weights).astype(float)


def cadre_gaps(villages: pd.DataFrame, city: dict[str, Any], norms: dict[str, int]) -> pd.DataFrame:
    """Return posyandu and their cadres by village beside every norm of cadres, and in the city.

    Columns: ``area`` (villages, the city last), ``people``, ``posyandu``, ``people_per_posyandu``,
    ``posyandu_cadres``, ``cadres_per_posyandu``, of each norm ``<key>_needed`` and
    ``<key>_missing`` (missing where unknown), and ``source``.

    Parameters
    ----------
    villages
        ``area``, ``people``, ``posyandu`` and ``posyandu_cadres``, NaN where unknown or hidden.
    city
        The same of the city, with its ``source``.
    norms
        Cadres of a posyandu by key; norms in conflict all stand.
    """
    rows = villages.assign(source="inputs")
    known = rows[["posyandu", "posyandu_cadres"]].notna().any(axis=1)
    rows["source"] = rows["source"].where(known, "")
    table = pd.concat([rows, pd.DataFrame([city])], ignore_index=True)
    counts = {name: table[name].to_numpy(dtype=float) for name in ("posyandu", "posyandu_cadres")}
    some = np.where(counts["posyandu"] > 0, counts["posyandu"], np.nan)
    table.insert(3, "people_per_posyandu", table["people"].to_numpy(dtype=float) / some)
    table.insert(5, "cadres_per_posyandu", counts["posyandu_cadres"] / some)
    for place, (key, cadres) in enumerate(norms.items()):
        needed = counts["posyandu"] * cadres
        missing = np.maximum(needed - counts["posyandu_cadres"], 0)
        table.insert(6 + 2 * place, f"{key}_needed", needed)
        table.insert(7 + 2 * place, f"{key}_missing", missing)
    whole = [f"{key}_{what}" for key in norms for what in ("needed", "missing")]
    names = ("people", "posyandu", "posyandu_cadres", *whole)
    return (
        table.astype(dict.fromkeys(names, "float64"))
        .round(dict.fromkeys(names, 0))
        .astype(dict.fromkeys(names, "Int64"))
    )
