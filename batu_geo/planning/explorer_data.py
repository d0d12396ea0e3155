"""The data of the explorer page, and the figures it must show, computed as in a run.

Travel times go into the page as whole seconds rounded up and the slider moves in whole
minutes, so nobody who is served on the page is beyond the threshold here, or the other
way round. Means over people are at most a second longer than those of a run; in an hour with few
units they may be longer where a building is nearer than the staffed units but no unit is near
(`batu_geo.access.place_seconds`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from batu_geo.access.coverage import NO_WAY, people_by_village
from batu_geo.access.place_seconds import place_seconds
from batu_geo.access.staffing import presence, shift_hours, staffed_hours
from batu_geo.access.units import units
from batu_geo.domain.schedule import DAYS, HOURS
from batu_geo.domain.travel import Threshold
from batu_geo.network.travel_times import Kept
from batu_geo.planning.situation import (
    headline_coverage,
    need_values,
    ranked_villages,
    served_people,
    times_to,
    unit_points,
)
from batu_geo.planning.variants import with_headline, with_served_villages, with_times
from batu_geo.siting.buildings.candidates import can_open, rank_sites

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from batu_geo.access.place_seconds import PlaceSeconds
    from batu_geo.domain.tables import Facilities
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.situation import Situation

LONGEST_MINUTES = 60


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
    slider_minutes
        The longest threshold that the page offers.
    seconds
        By mode: whole seconds from the demand points to the open units, then the buildings.
    staffed
        Whether somebody is at each of them, bool [units + buildings, 7, 24]; None
        where the study has no roster. Buildings keep the working hours of the scenario.
    pattern_of_hour
        Which pattern of staffing of `seconds` holds in each hour of the week, [168].
    """

    assessment: Assessment
    serving: Facilities
    sites: gpd.GeoDataFrame
    slider_minutes: int
    seconds: dict[str, PlaceSeconds]
    staffed: NDArray[np.bool_] | None
    pattern_of_hour: NDArray[np.intp]


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


def explorer_data(assessment: Assessment, *, is_lean: bool = False) -> ExplorerData:
    """Compute what the explorer carries: times to units and buildings, and who is where.

    Lean is without the trips that no choice can make the quickest: the nearest unit stands beside
    them for every pattern of staffing, and a building counts where it is nearer than the units
    that are staffed in all its hours. So a home has as many however many places there are.
    """
    serving = units(assessment.study.facilities, assessment.scenario.service, is_open=True)
    is_kept = can_open(assessment.candidates)
    sites = gpd.GeoDataFrame(assessment.candidates[is_kept].reset_index(drop=True))
    slider = max(LONGEST_MINUTES, math.ceil(assessment.scenario.headline.threshold_minutes))
    staffed = _staffed(assessment, serving, len(sites))
    patterns, pattern_of_hour = _patterns(staffed, len(serving))
    now = assessment.situation
    longest = 0.0 if is_lean else slider
    to_units = times_to(now, unit_points(now), kept=lambda _: Kept(longest))
    always = _always_staffed(staffed, serving) if is_lean else []

    def kept(mode: str) -> Kept:
        if not always:
            return Kept(slider, to_units[mode])
        return Kept(longest, to_units[mode].only(*always))

    to_sites = times_to(now, sites, kept=kept)
    seconds = {
        mode: place_seconds(
            times, to_sites[mode], patterns, slider_minutes=-1 if is_lean else slider
        )
        for mode, times in to_units.items()
    }
    return ExplorerData(assessment, serving, sites, slider, seconds, staffed, pattern_of_hour)


def _always_staffed(staffed: NDArray[np.bool_] | None, serving: Facilities) -> list[str]:
    """Return the units that are staffed in every hour of a building; of no hour every unit."""
    names = serving["facility_id"].tolist()
    if staffed is None or len(staffed) == len(names):
        return names
    away = ~staffed[: len(names)][:, staffed[-1]]
    return [name for name, hours in zip(names, away, strict=True) if not hours.any()]


def _patterns(
    staffed: NDArray[np.bool_] | None, units: int
) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Return which units are staffed in each pattern that occurs, and the pattern of each hour.

    Of the first pattern every unit, as at no particular time.
    """
    every = np.ones((1, units), bool)
    if staffed is None or not units:
        return every, np.zeros(DAYS * HOURS, np.intp)
    by_hour = staffed[:units].reshape(units, DAYS * HOURS)
    found, of_hour = np.unique(by_hour, axis=1, return_inverse=True)
    return np.vstack([every, found.T]), 1 + of_hour.ravel()


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
    """Return the times to the places that are open: units, and the chosen buildings.

    Beyond the end of the slider the nearest staffed unit is known, and a building that is nearer
    than every unit.
    """
    is_open = np.r_[np.ones(len(data.serving), bool), data.sites["site_id"].isin(chosen)]
    pattern = 0
    if data.staffed is not None and state.weekday:
        is_open &= data.staffed[:, state.weekday - 1, state.hour]
        pattern = int(data.pattern_of_hour[(state.weekday - 1) * HOURS + state.hour])
    places, seconds = np.flatnonzero(is_open), data.seconds[state.mode]
    return replace(
        _part(data, state.mode, places),
        known_nearest=seconds.nearest(places, pattern),
        has_way=seconds.has_way(places, pattern),
    )


def _part(data: ExplorerData, mode: str, places: NDArray[np.intp]) -> TravelTimes:
    """Return the trips to some places that the page carries."""
    ids = [*data.serving["facility_id"], *data.sites["site_id"]]
    known, trips = data.assessment.times[mode], data.seconds[mode].trips(places)
    return replace(
        known,
        destination_ids=tuple(ids[place] for place in places),
        trips=trips,
        limit_minutes=float(data.slider_minutes),
        known_to=np.full(trips.origins, np.inf),
        known_nearest=trips.nearest(),
        ways=None,
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
    values = need_values(assessment.situation)
    names = [c.name for c in assessment.scenario.need]
    changing = ("mean_minutes", "people_beyond", "share_beyond_percent")
    return values[[name for name in names if name not in changing]]
