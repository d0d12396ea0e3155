"""Catchments of single places, and who is covered in each hour of the week, for the maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from batu_geo.access.staffing import presence, staffed_hours
from batu_geo.access.units import units
from batu_geo.domain.schedule import DAYS, HOURS
from batu_geo.planning.situation import catchments_in
from batu_geo.siting.buildings.candidates import is_best_in_village

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.tables import Facilities
    from batu_geo.planning.assessment import Assessment


@dataclass(frozen=True, slots=True, eq=False)
class ReachByUnit:
    """The catchment of each open unit at each threshold, and the people in it.

    Attributes
    ----------
    areas
        ``place`` (0 for all units together, then each unit in the order of `names`),
        ``mode``, ``threshold_minutes`` and the polygon.
    people
        Within each of them, int64 [areas].
    names
        Of the units.
    """

    areas: gpd.GeoDataFrame
    people: NDArray[np.int64]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CoveredHours:
    """Who is covered in each hour of the week, by the patterns of staffing that occur.

    Attributes
    ----------
    served
        People covered at the headline threshold, int64 [patterns, villages].
    staffed
        Whether somebody is there, of the units in the order of the facilities,
        bool [patterns, units]; closed units never are.
    pattern_of_hour
        The pattern of each hour from Monday 0.00, [168].
    """

    served: NDArray[np.int64]
    staffed: NDArray[np.bool_]
    pattern_of_hour: NDArray[np.intp]

    @property
    def people(self) -> NDArray[np.int64]:
        """People covered in the whole city, int64 [7, 24]."""
        total: NDArray[np.int64] = self.served.sum(axis=1)[self.pattern_of_hour]
        return total.reshape(DAYS, HOURS)


def serving_units(assessment: Assessment) -> Facilities:
    """Return the open units."""
    return units(assessment.study.facilities, assessment.scenario.service, is_open=True)


def headline_catchments(
    assessment: Assessment, places: gpd.GeoDataFrame, *, by: Literal["threshold", "facility"]
) -> gpd.GeoDataFrame:
    """Return the catchments of some places at the headline threshold, joint or one each."""
    head = assessment.scenario.headline
    thresholds = (head.threshold_minutes,)
    return catchments_in(
        assessment.situation, head.mode, places, thresholds_minutes=thresholds, by=by
    )


def reach_of_best_sites(assessment: Assessment) -> gpd.GeoDataFrame:
    """Return the catchment of the best building of each village without a unit."""
    sites = assessment.candidates
    best = sites[is_best_in_village(sites)].reset_index(drop=True)
    return headline_catchments(assessment, best, by="facility")


def reach_before_after(
    assessment: Assessment, opened: Sequence[str]
) -> dict[str, gpd.GeoDataFrame]:
    """Return the joint catchment at the headline threshold, ``before`` and ``after`` opening."""
    headline, areas = assessment.scenario.headline, assessment.catchments
    is_headline = (areas["mode"] == headline.mode) & (
        areas["threshold_minutes"] == headline.threshold_minutes
    )
    sites = assessment.candidates
    sites = sites.loc[sites["site_id"].isin(opened), ["site_id", "geometry"]]
    serving = serving_units(assessment)
    both = pd.concat(
        [serving[["facility_id", "geometry"]], sites.rename(columns={"site_id": "facility_id"})],
        ignore_index=True,
    )
    places = gpd.GeoDataFrame(both, crs=serving.crs)
    return {
        "before": gpd.GeoDataFrame(areas[is_headline]),
        "after": headline_catchments(assessment, places, by="threshold"),
    }


def reach_by_unit(assessment: Assessment) -> ReachByUnit:
    """Return the catchments of all open units together and of each, with the people in them."""
    scenario, serving = assessment.scenario, serving_units(assessment)
    number = {name: n for n, name in enumerate(serving["facility_id"], start=1)}
    population = assessment.demand["population"].to_numpy(dtype=np.int64)
    parts, people = [], []
    for mode in assessment.graphs:
        limits = scenario.modes[mode].thresholds_minutes
        single = catchments_in(
            assessment.situation, mode, serving, thresholds_minutes=limits, by="facility"
        )
        together = assessment.catchments[assessment.catchments["mode"] == mode]
        rows = gpd.GeoDataFrame(pd.concat([together, single], ignore_index=True), crs=single.crs)
        rows["mode"] = mode
        rows["place"] = rows["facility_id"].map(number).fillna(0).astype(int)
        times = assessment.times[mode]
        joint = {limit: int(population[times.best() <= limit].sum()) for limit in limits}
        alone = {limit: population @ times.within(limit) for limit in limits}
        people += [
            int(alone[limit][place - 1]) if place else joint[limit]
            for place, limit in zip(rows["place"], rows["threshold_minutes"], strict=True)
        ]
        parts.append(rows)
    areas = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=serving.crs)
    names = tuple(serving["facility_name"].astype(str))
    return ReachByUnit(areas, np.array(people, np.int64), names)


def covered_hours(assessment: Assessment) -> CoveredHours:
    """Return people covered by village for each pattern of staffing, and the hours of each."""
    serving, staffing = serving_units(assessment), assessment.study.staffing
    rules, headline = assessment.scenario.staffing, assessment.scenario.headline
    roster = {} if staffing is None else presence(staffing, rules.serving_professions)
    is_there = staffed_hours(list(serving["facility_id"]), roster)
    patterns, hours = np.unique(is_there.reshape(-1, DAYS * HOURS), axis=1, return_inverse=True)
    within = assessment.times[headline.mode].within(headline.threshold_minutes)
    people = assessment.demand["population"].to_numpy(dtype=np.int64)
    ids = assessment.study.villages["village_id"]
    village = assessment.demand["village_id"].map({v: n for n, v in enumerate(ids)}).to_numpy(int)
    served = [
        np.bincount(village, weights=people * (within @ p > 0), minlength=len(ids))
        for p in patterns.T.astype(float)
    ]
    return CoveredHours(
        np.array(served).astype(np.int64), _by_present_unit(assessment, patterns), hours.ravel()
    )


def _by_present_unit(assessment: Assessment, patterns: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the patterns of the open units as those of all units, in the order of facilities."""
    study, service = assessment.study, assessment.scenario.service
    present = set(units(study.facilities, service, is_open=False)["facility_id"])
    row = {name: n for n, name in enumerate(serving_units(assessment)["facility_id"])}
    never = np.zeros(patterns.shape[1], bool)
    staffed = [
        patterns[row[name]] if name in row else never
        for name in study.facilities["facility_id"]
        if name in present
    ]
    return np.array(staffed, bool).reshape(len(staffed), patterns.shape[1]).T
