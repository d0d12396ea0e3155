"""What a region is: every measure of its villages, units and buildings, from its part alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from batu_geo.access.coverage import grouped, nearest_trips, village_coverage
from batu_geo.fleet.equal_budget import units_one_by_one
from batu_geo.network.halo.cut_ways import laid_of
from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.nearby.trip_table import Nearest, TripTable
from batu_geo.network.nearby.trips_within import Wanted, searched_trips
from batu_geo.network.travel_times import TravelTimes
from batu_geo.planning.situation import longest_minutes
from batu_geo.planning.tables.access_table import access_by_village
from batu_geo.siting.buildings.candidates import rank_sites
from batu_geo.siting.need.gaps import criterion_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import DemandPoints, Villages
    from batu_geo.network.nearby.trips_within import Found

Tables = dict[str, pd.DataFrame]


def measures(part: Mapping[str, NDArray[Any]], scenario: Scenario) -> Tables:
    """Return the measures of a region, each as all regions together would have it.

    Parameters
    ----------
    part
        From `places`.
    scenario
        The settings of all regions.

    Returns
    -------
    dict of pandas.DataFrame
        ``coverage`` (people by village, mode and threshold), ``need`` (every criterion by
        village), ``access`` (access measures by village), ``units`` (of its open units),
        ``nearest`` (own people by the unit nearest to them, wherever it is), ``buildings`` and
        ``budget`` (which of them an equal number of units would be, see `units_one_by_one`).
    """
    head = scenario.headline
    villages = cast("Villages", _villages(part))
    demand = pd.DataFrame(
        {
            "demand_id": np.arange(len(part["home_people"])),
            "village_id": pd.array(part["home_village"], dtype="str"),
            "population": part["home_people"],
        }
    )
    times = {mode: _times(part, mode, scenario) for mode in _modes(scenario)}
    own = part["home_own"]
    homes = cast("DemandPoints", demand)
    trips = {m: nearest_trips(t, homes)[own].reset_index(drop=True) for m, t in times.items()}
    own_homes = cast("DemandPoints", demand[own].reset_index(drop=True))
    covered = grouped(trips[head.mode], head.threshold_minutes)
    figures = {n.partition("/")[2]: a for n, a in part.items() if n.startswith("figure/")}
    indicators = pd.DataFrame(figures, index=pd.Index(villages["village_id"]))
    supply = part.get("unit_supply")
    return {
        "coverage": village_coverage(villages, times, own_homes, scenario.thresholds, trips=trips),
        "need": criterion_values(
            villages, covered, indicators=indicators, criteria=scenario.need
        ).reset_index(names="village_id"),
        "access": access_by_village(villages, times[head.mode], demand, supply, scenario),
        "units": _units(part, times[head.mode], head.threshold_minutes),
        "nearest": _by_nearest(trips),
        **_buildings(part, times[head.mode], homes, scenario),
    }


def _modes(scenario: Scenario) -> tuple[str, ...]:
    return tuple(name for name, mode in scenario.modes.items() if mode.thresholds_minutes)


def _villages(part: Mapping[str, NDArray[Any]]) -> pd.DataFrame:
    texts = ("village_id", "village_name", "district_name")
    table = pd.DataFrame({name: pd.array(part[name], dtype="str") for name in texts})
    return table.assign(population=part["population"])


def _times(part: Mapping[str, NDArray[Any]], mode: str, scenario: Scenario) -> TravelTimes:
    """Return the times of a mode: trips within the limit from the cut, the nearest as given."""
    own = _of(part, f"{mode}/")
    limit = longest_minutes(scenario, mode)
    laid = laid_of(own)
    found = searched_trips(laid, Wanted(limit * MS_PER_MINUTE), with_metres=False)
    count = laid.origins
    return TravelTimes(
        tuple(map(str, range(count))), tuple(map(str, part["unit_id"])), _table(found, count),
        origin_snap_m=own["snap_m"], is_snapped=own["is_snapped"], limit_minutes=limit,
        known_to=np.full(count, np.inf),
        known_nearest=Nearest(own["near_unit"], own["near_minutes"], own["near_metres"]),
        has_way=own["is_cut_off"],
    )  # fmt: skip


def _table(found: Found, origins: int) -> TripTable:
    minutes = found.ms / MS_PER_MINUTE
    return TripTable.of(origins, found.origin, found.destination, minutes, None)


def _of(part: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): a for name, a in part.items() if name.startswith(prefix)}


def _units(
    part: Mapping[str, NDArray[Any]], times: TravelTimes, threshold_minutes: float
) -> pd.DataFrame:
    """Return the open units of the region: who is within the threshold, wherever they live."""
    own = part["unit_own"]
    within = part["home_people"] @ times.within(threshold_minutes)
    staff = part.get("unit_supply", np.full(len(own), np.nan))
    return pd.DataFrame(
        {
            "unit_id": pd.array(part["unit_id"][own], dtype="str"),
            "people_within": within[own].astype(np.int64),
            "staff": staff[own],
        }
    )


def _by_nearest(trips: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the people of the region by mode and by the unit nearest to them."""
    parts = [
        found.groupby("nearest_id")["population"].sum().rename("people").reset_index()
        .rename(columns={"nearest_id": "unit_id"}).assign(mode=mode)
        for mode, found in trips.items()
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _buildings(
    part: Mapping[str, NDArray[Any]], now: TravelTimes, homes: DemandPoints, scenario: Scenario
) -> Tables:
    """Return the buildings of the region with what a unit in each would gain, as `rank_sites`.

    And which of them a few units would be.
    """
    head = scenario.headline
    sites = pd.DataFrame(
        {
            "site_id": pd.array(part["site_id"], dtype="str"),
            "village_id": pd.array(part["site_village"], dtype="str"),
            "action": pd.array(part["site_action"], dtype="str"),
            "building_state": part["site_state"],
        }
    )
    limit = longest_minutes(scenario, head.mode)
    laid = laid_of(_of(part, "sites/"))
    wanted = Wanted(limit * MS_PER_MINUTE, part["site_state_ms"], part["site_origin_ms"])
    trips = _table(searched_trips(laid, wanted, with_metres=False), laid.origins)
    to_sites = TravelTimes(
        now.origin_ids, tuple(map(str, part["site_id"])), trips,
        origin_snap_m=now.origin_snap_m, is_snapped=now.is_snapped, limit_minutes=limit,
        known_to=now.known_to, known_nearest=trips.nearest(),
    )  # fmt: skip
    threshold = head.threshold_minutes
    ranked = rank_sites(
        sites, now=now, to_sites=to_sites, demand=homes, threshold_minutes=threshold
    )
    return {
        "buildings": ranked,
        "budget": units_one_by_one(part, trips, now.best(), threshold),
    }
