"""What is cut of all regions for one: its part as plain arrays, by a halo on the joint roads.

A region brings its homes, units and buildings (`region_homes`), graphs and the nearest unit are
made of all regions together (`joint_mode`), and `places` cuts the part that a region is measured
on, by a halo of two hops. It needs neither the roads nor the studies any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from batu_geo.fleet.joint_mode import counted_modes, joint_mode
from batu_geo.fleet.region_homes import outlines_of_arrays, region_homes
from batu_geo.network.halo.cut_ways import arrays_of, cut_ways
from batu_geo.network.halo.hops import halo
from batu_geo.network.halo.joint_arrays import nearer_of, ways_of
from batu_geo.network.halo.window import with_window_facts
from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.new_roads import with_new_roads

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.halo.hops import Halo, JointWays, NearerWays
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.planning.study import Study

Arrays = dict[str, NDArray[Any]]
# Who shares a unit is known after the second.
HOPS = 2
KEPT = ("village_id", "village_name", "district_name", "population", "has_unit", "has_roster",
        "outline", "outline_size")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Nation:
    """All regions together.

    Attributes
    ----------
    regions
        Their codes, in order.
    scenario
        The settings of all regions.
    joint
        By mode: from `joint_mode`.
    brought
        By code, of the regions that are to be cut: from `region_homes`.
    """

    regions: tuple[str, ...]
    scenario: Scenario
    joint: Mapping[str, Mapping[str, NDArray[Any]]]
    brought: Mapping[str, Mapping[str, NDArray[Any]]]

    @cached_property
    def head(self) -> Mapping[str, NDArray[Any]]:
        """What is made once for the headline."""
        return self.joint[self.scenario.headline.mode]

    @cached_property
    def ways(self) -> dict[str, JointWays]:
        """By mode: roads, homes and units, ready to be cut."""
        return {mode: ways_of(known) for mode, known in self.joint.items()}

    @cached_property
    def to_sites(self) -> NearerWays:
        """The ways to the buildings at the headline."""
        return nearer_of(self.head, self.ways[self.scenario.headline.mode])

    def own(self, name: str, number: int) -> NDArray[np.bool_]:
        """Return which homes, units or sites are of a region, by its number."""
        start = self.head[f"{name}_start"]
        rows = np.zeros(int(start[-1]), bool)
        rows[start[number] : start[number + 1]] = True
        return rows


def nation(studies: Mapping[str, Study], roads: RoadNetwork, scenario: Scenario) -> Nation:
    """Return what is made once of all regions, before any is cut out.

    Parameters
    ----------
    studies
        By code of the region.
    roads
        Of all regions, split once, with heights.
    scenario
        The settings of all regions.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> scenario = bg.load_scenario("baseline", study=study)
    >>> whole = nation({"35.79": study}, study.roads, scenario)
    >>> whole.regions, len(whole.head["unit_id"])
    (('35.79',), 17)
    """
    codes = tuple(sorted(studies))
    roads = with_new_roads(roads, scenario.new_roads).roads if scenario.new_roads else roads
    known, parts = with_window_facts(roads), dict[str, Arrays]()
    for code in codes:
        before = [outlines_of_arrays(part) for part in parts.values()]
        parts[code] = region_homes(
            studies[code], known, scenario, before=np.concatenate(before) if before else None
        )
    modes = counted_modes(scenario)
    joint = {mode: joint_mode(roads, scenario, mode, parts) for mode in modes}
    return Nation(codes, scenario, joint, parts)


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
    number, brought = whole.regions.index(region), whole.brought[region]
    core, own = whole.own("home", number), whole.own("unit", number)
    halos = {mode: halo(ways, core, own, hops=hops) for mode, ways in whole.ways.items()}
    nearer = whole.to_sites.halo(whole.own("site", number))
    homes = np.logical_or.reduce([nearer.homes, *(found.homes for found in halos.values())])
    units = np.logical_or.reduce([found.units for found in halos.values()])
    for joint in whole.joint.values():
        column = joint["near_unit"][homes]
        units[column[column >= 0]] = True
    head = whole.head
    arrays = {name: brought[name] for name in KEPT}
    arrays |= {name: a for name, a in brought.items() if name.startswith("figure/")}
    arrays |= {
        "home_village": head["village_id"][head["home_village"][homes]],
        "home_people": head["home_people"][homes],
        "home_own": core[homes],
        "unit_id": head["unit_id"][units],
        "unit_own": own[units],
    }
    if "unit_supply" in head:
        arrays["unit_supply"] = head["unit_supply"][units]
    for mode, found in halos.items():
        kept = found._replace(homes=homes, units=units)
        arrays |= _named(f"{mode}/", arrays_of(cut_ways(whole.ways[mode].laid, kept)))
        arrays |= _named(f"{mode}/", _nearest(whole.joint[mode], homes, units))
    return arrays | _to_sites(whole, nearer._replace(homes=homes))


def _named(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> Arrays:
    return {f"{prefix}{name}": array for name, array in arrays.items()}


def _nearest(
    joint: Mapping[str, NDArray[Any]], homes: NDArray[np.bool_], units: NDArray[np.bool_]
) -> Arrays:
    """Return the nearest unit of each home of a region, from the joint search."""
    number = np.append(np.cumsum(units) - 1, -1)
    return {
        "near_unit": number[joint["near_unit"][homes]],
        "near_minutes": joint["near_ms"][homes] / MS_PER_MINUTE,
        **{name: joint[name][homes]
           for name in ("near_metres", "snap_m", "is_snapped", "is_cut_off")},
    }  # fmt: skip


def _to_sites(whole: Nation, kept: Halo) -> Arrays:
    """Return the buildings of a region, and the ways on which they are near."""
    head = whole.head
    names = ("site_id", "site_village", "site_state", "site_action")
    return {
        **{name: head[name][kept.units] for name in names},
        "site_state_ms": head["state_ms"][kept.states],
        "site_origin_ms": head["near_ms"][kept.homes],
        **_named("sites/", arrays_of(cut_ways(whole.to_sites.ways.laid, kept))),
    }
