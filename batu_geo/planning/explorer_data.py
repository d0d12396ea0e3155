"""The data of the explorer page, and the figures it must show, computed as in a run.

Travel times go into the page as whole seconds rounded up and the slider moves in whole
minutes, so nobody who is served on the page is beyond the threshold here, or the other
way round. Means over people are at most a second longer than those of a run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from batu_geo.access.coverage import NO_WAY, people_by_village
from batu_geo.access.staffing import presence, shift_hours, staffed_hours
from batu_geo.access.units import units
from batu_geo.domain.travel import Threshold
from batu_geo.network.nearby.nearest_trips import has_any_way
from batu_geo.network.travel_times import EVERY, TravelTimes, matrix_times
from batu_geo.planning.situation import (
    headline_coverage,
    need_values,
    ranked_villages,
    served_people,
    times_to,
)
from batu_geo.planning.variants import with_headline, with_served_villages, with_times
from batu_geo.siting.buildings.candidates import can_open, rank_sites

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from batu_geo.domain.tables import Facilities
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.situation import Situation

UNREACHABLE = 65535
CUT_OFF = UNREACHABLE - 1
LONGEST_S = CUT_OFF - 1
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
        then each building, uint16 [demand, units + buildings]; `UNREACHABLE` for no way,
        `CUT_OFF` where there would be one if the scenario closed nothing.
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
    is_kept = can_open(assessment.candidates)
    sites = gpd.GeoDataFrame(assessment.candidates[is_kept].reset_index(drop=True))
    seconds = {}
    places = gpd.GeoDataFrame(
        {"place_id": [*serving["facility_id"], *sites["site_id"]]},
        geometry=[*serving.geometry, *sites.geometry],
        crs=serving.crs,
    )
    for mode, times in times_to(assessment.situation, places, kept=lambda _: EVERY).items():
        minutes = times.trips.matrix(len(places))
        seconds[mode] = whole_seconds(minutes, _has_way(times))
    return ExplorerData(
        assessment, serving, sites, seconds, _staffed(assessment, serving, len(sites))
    )


def _has_way(times: TravelTimes) -> NDArray[np.bool_] | None:
    """Return the pairs with a way where the scenario closes nothing; None where it closes none."""
    if times.ways is None or times.ways.graph.without_closures is None:
        return None
    free, columns = times.ways.graph.without_closures, range(len(times.destination_ids))
    single = (times.ways.only(np.array([n])) for n in columns)
    return np.column_stack([has_any_way(free, way.ends) for way in single])


def whole_seconds(
    minutes: NDArray[np.float64], has_way: NDArray[np.bool_] | None = None
) -> NDArray[np.uint16]:
    """Return whole seconds, rounded up; longer than 18 hours counts as 18 hours.

    `has_way` says where there would be a way but for a closure.

    >>> whole_seconds(np.array([0.0, 1.0, 1.00001, np.inf])).tolist()
    [0, 60, 61, 65535]
    >>> whole_seconds(np.array([1.0, np.inf, np.inf]), np.array([True, True, False])).tolist()
    [60, 65534, 65535]
    """
    none = UNREACHABLE if has_way is None else np.where(has_way, CUT_OFF, UNREACHABLE)
    ms = np.round(minutes * 60 * MS_PER_SECOND)
    seconds = np.minimum(np.ceil(ms / MS_PER_SECOND), LONGEST_S)
    return np.where(np.isfinite(minutes), seconds, none).astype(np.uint16)


def _staffed(
    assessment: Assessment, serving: Facilities, site_count: int
) -> NDArray[np.bool_] | None:
    if assessment.study.staffing is None:
        return None
    rules = assessment.scenario.staffing
    roster = presence(assessment.study.staffing, rules.serving_professions)
    shift = shift_hours(rules.working_days, rules.working_hours)
    at_units = staffed_hours(list(serving["facility_id"]), roster)
    return np.concatenate([at_units, np.tile(shift, (site_count, 1, 1))])


def explorer_answer(data: ExplorerData, state: ExplorerState) -> dict[str, Any]:
    """Return what the explorer states for a state, computed by the functions of a run.

    ``served``, ``population`` and ``served_today`` (nothing chosen, the rest alike) in
    people; ``villages``: served people by village id; ``lost``: by village id who is unreachable,
    cut off by a closure and far from any road, where anybody is; ``ranking``: rank,
    village id, score, mean minutes and people beyond of each village without a unit, in order;
    ``gains``: people newly served by each building that is not chosen, by id.
    """
    then = _situation(data, state, state.chosen)
    groups = people_by_village(headline_coverage(then))
    served, lost = groups["served"], groups[list(NO_WAY)]
    ranked = ranked_villages(then)
    columns = ["rank", "village_id", "score", "mean_minutes", "people_beyond"]
    return {
        "served": int(served.sum()),
        "population": int(then.demand["population"].sum()),
        "served_today": served_people(_situation(data, state, ())),
        "villages": {str(name): int(count) for name, count in served.items()},
        "lost": {
            str(name): counts.tolist()
            for name, counts in zip(lost.index, lost.to_numpy(), strict=True)
            if counts.any()
        },
        "ranking": list(ranked[columns].itertuples(index=False, name=None)),
        "gains": _gains(data, state, then.times[state.mode]),
    }


def _situation(data: ExplorerData, state: ExplorerState, chosen: tuple[str, ...]) -> Situation:
    """Return the situation of a state: its headline, and the units staffed at its hour."""
    now = with_headline(
        data.assessment.situation,
        Threshold(mode=state.mode, threshold_minutes=state.minutes),
    )
    opened = data.sites.loc[data.sites["site_id"].isin(chosen), "village_id"]
    return with_times(with_served_villages(now, opened), {state.mode: _times(data, state, chosen)})


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
    times = matrix_times(
        np.where(seconds >= CUT_OFF, np.inf, seconds / 60),
        known.origin_ids,
        tuple(ids[place] for place in places),
        has_way=(seconds != UNREACHABLE).any(axis=1),
    )
    return replace(times, origin_snap_m=known.origin_snap_m, is_snapped=known.is_snapped)


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
    values = need_values(assessment.situation)
    names = [c.name for c in assessment.scenario.need]
    changing = ("mean_minutes", "people_beyond", "share_beyond_percent")
    return values[[name for name in names if name not in changing]]
