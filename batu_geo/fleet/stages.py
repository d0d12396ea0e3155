"""The stages of a fleet before a region is measured: what is made once, and what is cut of it.

Graphs, joins, demand points and the nearest unit are made of all regions together. A region then
has its part of them as plain arrays, by a halo of two hops on the joint roads, and needs neither
the roads nor the studies any more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from batu_geo.fleet.joint_study import joint_study
from batu_geo.network.halo.cut_ways import arrays_of, cut_ways
from batu_geo.network.halo.hops import JointWays, halo, joint_ways, nearer_ways
from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.nearby.ends import ends
from batu_geo.network.nearby.nearest_trips import nearest_of_states
from batu_geo.network.travel_times import NEAREST_ALONE
from batu_geo.planning.situation import (
    has_unit,
    longest_minutes,
    situation_of,
    times_to,
    unit_points,
)
from batu_geo.planning.study import as_changed
from batu_geo.planning.study_indicators import indicators_by_village
from batu_geo.siting.buildings.candidates import candidate_sites, with_upgrades

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.halo.hops import Halo, NearerWays
    from batu_geo.network.nearby.ends import Ends
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.situation import Situation
    from batu_geo.planning.study import Study

Arrays = dict[str, NDArray[Any]]
# Who shares a unit is known after the second.
HOPS = 2
VILLAGE_TEXTS = ("village_id", "village_name", "district_name")


@dataclass(frozen=True, eq=False)
class Nation:
    """All regions together.

    Attributes
    ----------
    regions
        Their codes, in order.
    study, situation
        The joint study, and its situation: times know the nearest unit of each home alone.
    village_region, unit_region, site_region
        Number of the region of each village, open unit and building.
    supply
        What each open unit offers; None where no region has a roster.
    sites
        Buildings, screened.
    has_roster
        Of each region, whether it says who works where.
    """

    regions: tuple[str, ...]
    study: Study
    situation: Situation
    village_region: NDArray[np.int64]
    unit_region: NDArray[np.int64]
    site_region: NDArray[np.int64]
    supply: NDArray[np.float64] | None
    sites: gpd.GeoDataFrame
    has_roster: NDArray[np.bool_]

    @property
    def scenario(self) -> Scenario:
        """The settings of all regions."""
        return self.situation.scenario

    @cached_property
    def home_village(self) -> NDArray[np.int64]:
        """The row of the village of each demand point."""
        ids = pd.Index(self.situation.villages["village_id"])
        return np.asarray(ids.get_indexer(pd.Index(self.situation.demand["village_id"])), np.int64)

    @cached_property
    def ways(self) -> Mapping[str, JointWays]:
        """By mode: roads, homes and units, ready to be cut."""
        return {
            mode: joint_ways(
                graph, _ends(self.situation.times[mode]),
                limit_ms=longest_minutes(self.scenario, mode) * MS_PER_MINUTE,
            )
            for mode, graph in self.situation.graphs.items()
        }  # fmt: skip

    @cached_property
    def to_sites(self) -> tuple[NearerWays, NDArray[np.float64], NDArray[np.float64]]:
        """The ways to the buildings at the headline, and the milliseconds to the nearest unit.

        The latter from every state of the graph and from every home.
        """
        mode, situation = self.scenario.headline.mode, self.situation
        graph, times = situation.graphs[mode], situation.times[mode]
        state_ms = nearest_of_states(graph, _ends(times))
        origin_ms = np.rint(times.best() * MS_PER_MINUTE)
        both = ends(
            graph, situation.joined[mode], self.sites, refuse_m=self.scenario.snapping.refuse_m
        )
        ways = joint_ways(graph, both, limit_ms=self.ways[mode].limit_ms)
        return nearer_ways(ways, state_ms, origin_ms), state_ms, origin_ms


def nation(studies: Mapping[str, Study], roads: RoadNetwork, scenario: Scenario) -> Nation:
    """Return what is made once of all regions, before any is cut out.

    Parameters
    ----------
    studies
        By code of the region.
    roads
        Of all regions, split once.
    scenario
        The settings of all regions.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> whole = nation({"35.79": study}, study.roads, bg.load_scenario("baseline", study=study))
    >>> whole.regions, len(whole.situation.units)
    (('35.79',), 17)
    """
    codes = tuple(sorted(studies))
    study = as_changed(joint_study(studies, roads), scenario)
    situation = situation_of(study, scenario)
    known = [indicators_by_village(studies[code]) for code in codes]
    situation = replace(
        situation,
        indicators=pd.concat(known),
        times=times_to(situation, unit_points(situation), kept=lambda _: NEAREST_ALONE),
    )
    village = _region_of_id(studies, "villages", "village_id")
    region = village | _region_of_id(studies, "facilities", "facility_id")
    region |= _region_of_id(studies, "buildings", "building_id")
    sites = _sites(study, situation)
    return Nation(
        codes, study, situation,
        np.array([village[i] for i in study.villages["village_id"]], np.int64),
        # A unit that the scenario opens is in the region of its village.
        np.array([region.get(name, region.get(unit.village_id, -1))
                  for name, unit in situation.units.items()], np.int64),
        np.array([region[name] for name in sites["site_id"]], np.int64),
        _supply(study, situation),
        sites,
        np.array([studies[code].staffing is not None for code in codes]),
    )  # fmt: skip


def _region_of_id(studies: Mapping[str, Study], table: str, column: str) -> dict[str, int]:
    codes = sorted(studies)
    return {
        str(i): n for n, code in enumerate(codes) for i in getattr(studies[code], table)[column]
    }


def _ends(times: TravelTimes) -> Ends:
    """Return both ends of times that were found on roads."""
    if times.ways is None:
        raise TypeError("times of a matrix have no ways")
    return times.ways.ends


def _supply(study: Study, situation: Situation) -> NDArray[np.float64] | None:
    """Return the staff of each open unit that counts as supply, as `staff_supply`."""
    if study.staffing is None:
        return None
    counted = study.staffing["profession"].isin(situation.scenario.access.professions)
    totals = study.staffing[counted].groupby("facility_id")["count"].sum()
    return np.asarray(totals.reindex(list(situation.units)).fillna(0), dtype=float)


def _sites(study: Study, situation: Situation) -> gpd.GeoDataFrame:
    """Return the buildings as `ranked_sites` screens them."""
    rules, head = situation.scenario.candidates, situation.scenario.headline
    ledger = with_upgrades(study.buildings, study.facilities, rules.upgrade_kinds)
    both = ends(
        situation.graphs[head.mode], situation.joined[head.mode], ledger,
        refuse_m=situation.scenario.snapping.refuse_m,
    )  # fmt: skip
    off_road = frozenset(ledger["building_id"][~both.there[0].is_snapped])
    of_unit = has_unit(situation)
    gaps = pd.DataFrame({"village_id": of_unit.index[~of_unit]})
    return candidate_sites(ledger, gaps, rules=rules, off_road=off_road)


def places(whole: Nation, region: str, *, hops: int = HOPS) -> Arrays:
    """Return the part of a region as plain arrays: all that `measures` needs.

    Parameters
    ----------
    whole
        All regions together.
    region
        Its code.
    hops
        Of the halo; fewer than two are wrong for everything that shares units.
    """
    number = whole.regions.index(region)
    core = (whole.village_region == number)[whole.home_village]
    own = whole.unit_region == number
    halos = {mode: halo(ways, core, own, hops=hops) for mode, ways in whole.ways.items()}
    sites = whole.site_region == number
    nearer = whole.to_sites[0].halo(sites)
    homes = np.logical_or.reduce([nearer.homes, *(found.homes for found in halos.values())])
    units = np.logical_or.reduce([found.units for found in halos.values()])
    for times in whole.situation.times.values():
        column = times.nearest_column()[homes]
        units[column[column >= 0]] = True
    arrays = _villages(whole, number) | _homes(whole, homes, core)
    ids = np.array(list(whole.situation.units), dtype=str)
    arrays |= {"unit_id": ids[units], "unit_own": own[units]}
    arrays["has_roster"] = whole.has_roster[[number]]
    if whole.supply is not None:
        arrays["unit_supply"] = whole.supply[units]
    for mode, found in halos.items():
        kept = found._replace(homes=homes, units=units)
        arrays |= _named(f"{mode}/", arrays_of(cut_ways(whole.ways[mode].laid, kept)))
        arrays |= _named(f"{mode}/", _nearest(whole.situation.times[mode], homes, units))
    return arrays | _to_sites(whole, nearer._replace(homes=homes))


def _named(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> Arrays:
    return {f"{prefix}{name}": array for name, array in arrays.items()}


def _villages(whole: Nation, number: int) -> Arrays:
    """Return the villages of a region with their people, outlines and figures."""
    rows = whole.village_region == number
    villages = whole.situation.villages[rows]
    texts = {name: villages[name].fillna("").to_numpy(dtype=str) for name in VILLAGE_TEXTS}
    outlines = shapely.to_wkb(villages.geometry.to_numpy())
    figures = whole.situation.indicators.reindex(villages["village_id"])
    return {
        **texts,
        "population": villages["population"].to_numpy(dtype=np.int64),
        "has_unit": has_unit(whole.situation).to_numpy(dtype=bool)[rows],
        "outline_size": np.array([len(outline) for outline in outlines], np.int64),
        "outline": np.frombuffer(b"".join(outlines), np.uint8),
        **_named("figure/", {str(name): figures[name].to_numpy(float, na_value=np.nan)
                             for name in figures if figures[name].notna().any()}),
    }  # fmt: skip


def _homes(whole: Nation, homes: NDArray[np.bool_], core: NDArray[np.bool_]) -> Arrays:
    demand = whole.situation.demand[homes]
    return {
        "home_village": demand["village_id"].to_numpy(dtype=str),
        "home_people": demand["population"].to_numpy(dtype=np.int64),
        "home_own": core[homes],
    }


def _nearest(times: TravelTimes, homes: NDArray[np.bool_], units: NDArray[np.bool_]) -> Arrays:
    """Return the nearest unit of each home of a region, from the joint search."""
    nearest, number = times.nearest_trip(), np.append(np.cumsum(units) - 1, -1)
    metres = nearest.metres if nearest.metres is not None else np.full(len(homes), np.nan)
    return {
        "near_unit": number[nearest.column[homes]],
        "near_minutes": nearest.minutes[homes],
        "near_metres": metres[homes],
        "snap_m": times.origin_snap_m[homes],
        "is_snapped": times.is_snapped[homes],
        "is_cut_off": times.is_cut_off[homes],
    }


def _to_sites(whole: Nation, kept: Halo) -> Arrays:
    """Return the buildings of a region, and the ways on which they are near."""
    nearer, state_ms, origin_ms = whole.to_sites
    sites = whole.sites[kept.units]
    return {
        "site_id": sites["site_id"].to_numpy(dtype=str),
        "site_village": sites["village_id"].fillna("").to_numpy(dtype=str),
        "site_state": sites["building_state"].to_numpy(dtype=np.int64),
        "site_action": sites["action"].to_numpy(dtype=str),
        "site_state_ms": state_ms[kept.states],
        "site_origin_ms": origin_ms[kept.homes],
        **_named("sites/", arrays_of(cut_ways(nearer.ways.laid, kept))),
    }
