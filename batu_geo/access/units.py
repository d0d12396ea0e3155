"""Which facilities are a village health unit, and which of them are open on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.domain.tables import Facilities

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from batu_geo.domain.health import Service

SERVING = ("active", "closed_at_times", "building_unfit")
"""States in which a facility serves people unless dates close it."""


def units(facilities: Facilities, service: Service, *, is_open: bool) -> Facilities:
    """Return the facilities that are a village health unit: those open, or all present.

    Which kinds and states count is policy and comes from the scenario.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> service = bg.load_scenario("baseline", study=study).service
    >>> len(units(study.facilities, service, is_open=True)), len(units(study.facilities, service,
    ...                                                              is_open=False))
    (17, 18)
    """
    keep = is_unit(facilities, service, is_open=is_open)
    return Facilities(facilities[keep].reset_index(drop=True))


def is_unit(facilities: Facilities, service: Service, *, is_open: bool) -> NDArray[np.bool_]:
    """Return which facilities `units` returns, bool [facilities]."""
    statuses = service.open_statuses if is_open else service.present_statuses
    kinds, status = facilities["kind"], status_on(facilities, service.on_date)
    keep = _is_among(kinds, service.kinds) & _is_among(status, statuses)
    if not service.count_private:
        keep &= ~_is_among(facilities["operator"], ("private",))
    return keep


def _is_among(values: pd.Series[str], names: Iterable[str]) -> NDArray[np.bool_]:
    known = frozenset(names)
    return np.array([value in known for value in values.to_numpy(dtype=object)], dtype=bool)


def unit_is_open(facilities: Facilities, service: Service) -> pd.Series[bool]:
    """Return for each facility whether it is an open unit; missing where it is no unit at all."""
    serving = units(facilities, service, is_open=True)["facility_id"]
    present = units(facilities, service, is_open=False)["facility_id"]
    ids = facilities["facility_id"]
    return ids.isin(serving).where(ids.isin(present))


def status_on(facilities: Facilities, date: str) -> pd.Series[str]:
    """Return the state of each facility on a day: a temporary closing begins and ends.

    A closing without dates applies to every day. Closed by dates is what serves otherwise; a
    closing that has ended leaves an open facility.
    """
    starts, ends = (_dates(facilities[name]) for name in ("closed_from", "closed_until"))
    status = facilities["status"]
    if not any(starts) and not any(ends):
        return status
    states = [
        _dated(state, start, end, date) if start or end else state
        for state, start, end in zip(status.to_numpy(dtype=object), starts, ends, strict=True)
    ]
    return pd.Series(states, index=status.index, name=status.name, dtype=status.dtype)


def _dates(column: pd.Series[str]) -> list[str]:
    return [value if isinstance(value, str) else "" for value in column.to_numpy(dtype=object)]


def _dated(state: str, start: str, end: str, date: str) -> str:
    """Return the state on a day of a facility that is closed from and until days, "" for none."""
    if start <= date and (not end or date <= end):
        return "temporarily_closed" if state in SERVING else state
    return "active" if state == "temporarily_closed" else state
