"""Which facilities are a village health unit, and which of them are open on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.domain.tables import Facilities

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
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
    keep = kinds.isin(service.kinds).to_numpy(bool) & status.isin(statuses).to_numpy(bool)
    if not service.count_private:
        keep &= (facilities["operator"].fillna("unknown") != "private").to_numpy(bool)
    return keep


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
    start, end = facilities["closed_from"], facilities["closed_until"]
    has_dates = start.notna() | end.notna()
    if not has_dates.any():
        return facilities["status"]
    is_closed = (start.isna() | (start <= date)) & (end.isna() | (date <= end))
    status = facilities["status"].copy()
    status[has_dates & is_closed & status.isin(SERVING)] = "temporarily_closed"
    status[has_dates & ~is_closed & (status == "temporarily_closed")] = "active"
    return status
