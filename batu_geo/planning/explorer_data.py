"""The data of the explorer page, and the figures it must show, computed as in a run.

Travel times go into the page as whole seconds rounded up and the slider moves in whole
minutes, so nobody who is served on the page is beyond the threshold here, or the other
way round. Means over people are at most a second longer than those of a run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from batu_geo.access.coverage import coverage, people_by_village
from batu_geo.access.staffing import presence
from batu_geo.access.units import units
from batu_geo.domain.schedule import DAYS, HOURS
from batu_geo.network.travel_times import TravelTimes
from batu_geo.planning.headline import need_values
from batu_geo.siting.buildings.candidates import rank_sites
from batu_geo.siting.need.gaps import rank_gaps

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from batu_geo.domain.tables import Facilities
    from batu_geo.planning.assessment import Assessment

UNREACHABLE = 65535
LONGEST_S = UNREACHABLE - 1
MS_PER_SECOND = 1000


@dataclass(frozen=True, slots=True, eq=False)
class ExplorerData:
    """What the explorer answers from.

    Attributes
    ----------
    assessment
        What it was made from.
    serving, sites
        The open units, and the buildings that meet the rules or wait to be verified,
        best first.
    seconds
        By mode: whole seconds, rounded up, from each demand point to each open unit and
        then each building, uint16 [demand, units + buildings]; `UNREACHABLE` for no way.
    staffed
        Whether somebody is at each of them, bool [units + buildings, 7, 24]; None
        where the study has no roster. Buildings keep the working hours of the scenario.
    """

    assessment: Assessment
    serving: Facilities
    sites: gpd.GeoDataFrame
    seconds: dict[str, NDArray[np.uint16]]
    staffed: NDArray[np.bool_] | None


@dataclass(frozen=True, slots=True)
class ExplorerState:
    """What a person has set: mode, whole minutes, an hour of the week or none, buildings.

    `weekday` is 1 for Monday to 7, or 0 for no particular time; then `hour` says nothing.
    """

    mode: str
    minutes: int
    weekday: int = 0
    hour: int = 0
    chosen: tuple[str, ...] = ()


def explorer_data(assessment: Assessment) -> ExplorerData:
    """Compute what the explorer carries: times to units and buildings, and who is where."""
    serving = units(assessment.study.facilities, assessment.scenario.service, is_open=True)
    is_kept = assessment.candidates["suitability"] != "refused"
    sites = gpd.GeoDataFrame(assessment.candidates[is_kept].reset_index(drop=True))
    seconds = {
        mode: whole_seconds(now.joined(assessment.to_sites[mode].only(*sites["site_id"])).minutes)
        for mode, now in assessment.times.items()
    }
    return ExplorerData(
        assessment, serving, sites, seconds, _staffed(assessment, serving, len(sites))
    )


def whole_seconds(minutes: NDArray[np.float64]) -> NDArray[np.uint16]:
    """Return whole seconds, rounded up; longer than 18 hours counts as 18 hours.

    >>> whole_seconds(np.array([0.0, 1.0, 1.00001, np.inf])).tolist()
    [0, 60, 61, 65535]
    """
    ms = np.round(minutes * 60 * MS_PER_SECOND)
    seconds = np.minimum(np.ceil(ms / MS_PER_SECOND), LONGEST_S)
    return np.where(np.isfinite(minutes), seconds, UNREACHABLE).astype(np.uint16)


def _staffed(
    assessment: Assessment, serving: Facilities, site_count: int
) -> NDArray[np.bool_] | None:
    if assessment.study.staffing is None:
        return None
    rules = assessment.scenario.staffing
    there = presence(assessment.study.staffing, rules.serving_professions)
    nobody = np.zeros((DAYS, HOURS), np.int64)
    shift = np.zeros((DAYS, HOURS), bool)
    shift[np.array(rules.working_days) - 1, slice(*rules.working_hours)] = True
    at_units = [there.get(name, nobody) > 0 for name in serving["facility_id"]]
    return np.array([*at_units, *([shift] * site_count)]).reshape(-1, DAYS, HOURS)


def explorer_answer(data: ExplorerData, state: ExplorerState) -> dict[str, Any]:
    """Return what the explorer states for a state, computed by the functions of a run.

    ``served``, ``population`` and ``served_today`` (nothing chosen, the rest alike) in
    people; ``villages``: served people by village id; ``ranking``: rank, village id, score,
    mean minutes and people beyond of each village without a unit, in order; ``gains``:
    people newly served by each building that is not chosen, by id.
    """
    assessment, scenario = data.assessment, data.assessment.scenario
    times = _times(data, state, state.chosen)
    covered = coverage(times, assessment.demand, threshold_minutes=state.minutes)
    served = people_by_village(covered)["served"]
    today = coverage(_times(data, state, ()), assessment.demand, threshold_minutes=state.minutes)
    has_unit = _has_unit(data, state.chosen)
    values = need_values(assessment.study, covered)
    ranked = rank_gaps(assessment.study.villages, values, has_unit=has_unit, criteria=scenario.need)
    columns = ["rank", "village_id", "score", "mean_minutes", "people_beyond"]
    return {
        "served": int(served.sum()),
        "population": int(assessment.demand["population"].sum()),
        "served_today": int(people_by_village(today)["served"].sum()),
        "villages": {str(name): int(count) for name, count in served.items()},
        "ranking": list(ranked[columns].itertuples(index=False, name=None)),
        "gains": _gains(data, state, times),
    }


def _has_unit(data: ExplorerData, chosen: tuple[str, ...]) -> pd.Series[bool]:
    opened = data.sites.loc[data.sites["site_id"].isin(chosen), "village_id"]
    status = data.assessment.unit_status
    return (status != "none") | status.index.isin(opened)


def _times(data: ExplorerData, state: ExplorerState, chosen: tuple[str, ...]) -> TravelTimes:
    """Return the times to the places that are open: units, and the chosen buildings."""
    is_open = np.r_[np.ones(len(data.serving), bool), data.sites["site_id"].isin(chosen)]
    if data.staffed is not None and state.weekday:
        is_open &= data.staffed[:, state.weekday - 1, state.hour]
    return _part(data, state.mode, np.flatnonzero(is_open))


def _part(data: ExplorerData, mode: str, places: NDArray[np.intp]) -> TravelTimes:
    seconds = data.seconds[mode][:, places]
    ids = [*data.serving["facility_id"], *data.sites["site_id"]]
    known = data.assessment.times[mode]
    return TravelTimes(
        origin_ids=known.origin_ids,
        destination_ids=tuple(ids[place] for place in places),
        minutes=np.where(seconds == UNREACHABLE, np.inf, seconds / 60),
        metres=None,
        origin_snap_m=known.origin_snap_m,
        is_snapped=known.is_snapped,
    )


def _gains(data: ExplorerData, state: ExplorerState, now: TravelTimes) -> dict[str, int]:
    """Return the people newly served by each building not chosen; none while it is closed."""
    first = len(data.serving)
    left = np.flatnonzero(~data.sites["site_id"].isin(state.chosen))
    ranked = rank_sites(
        gpd.GeoDataFrame(data.sites.iloc[left].reset_index(drop=True)),
        now=now,
        to_sites=_part(data, state.mode, first + left),
        demand=data.assessment.demand,
        threshold_minutes=state.minutes,
    )
    gains = {
        str(k): int(v) for k, v in zip(ranked["site_id"], ranked["people_gained"], strict=True)
    }
    if data.staffed is not None and state.weekday:
        is_there = data.staffed[first:, state.weekday - 1, state.hour]
        closed = data.sites["site_id"][~is_there]
        gains |= {name: 0 for name in closed if name in gains}
    return gains


def unchanging_criteria(assessment: Assessment) -> pd.DataFrame:
    """Return the criteria of need that no choice on the page changes, by village id."""
    values = need_values(assessment.study, assessment.covered)
    names = [c.name for c in assessment.scenario.need]
    changing = ("mean_minutes", "people_beyond", "share_beyond_percent")
    return values[[name for name in names if name not in changing]]
