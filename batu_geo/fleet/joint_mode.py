"""What is made once for a mode, of the roads and homes of all regions: the nearest unit, the ways.

Its arrays stay on disk; a region reads the parts of them that its halo needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from batu_geo.domain.errors import DataError, Problem, ScenarioError
from batu_geo.fleet.region_homes import NEAR, walks
from batu_geo.network.graph import mode_graph
from batu_geo.network.halo.cut_ways import SEEDS, arrays_of
from batu_geo.network.halo.hops import joint_ways, nearer_ways
from batu_geo.network.halo.joint_arrays import joint_arrays, part_arrays
from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.network.nearby.ends import Ends, by_place
from batu_geo.network.nearby.nearest_trips import nearest_of_states, nearest_trips
from batu_geo.network.nearby.trip_ways import Ways
from batu_geo.network.nearby.trips_within import COLUMNS, direct_trips
from batu_geo.network.nearest_edge import Near
from batu_geo.network.snapping import snap
from batu_geo.planning.situation import longest_minutes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.halo.hops import JointWays
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.network.snapping import Joins

Arrays = dict[str, NDArray[Any]]
IDS = {"village_id": "villages", "facility_id": "facilities", "building_id": "buildings"}


def counted_modes(scenario: Scenario) -> tuple[str, ...]:
    """Return the modes that are measured: those with thresholds."""
    return tuple(name for name, mode in scenario.modes.items() if mode.thresholds_minutes)


def needs_heights(scenario: Scenario, mode: str) -> bool:
    """Return whether a slope makes a difference to a mode."""
    names = (mode, scenario.modes[mode].then)
    return any(name and scenario.modes[name].slope != "none" for name in names)


def joint_mode(
    roads: RoadNetwork, scenario: Scenario, mode: str, parts: Mapping[str, Arrays]
) -> Arrays:
    """Return what is made once for a mode.

    Parameters
    ----------
    roads
        Of all regions, with heights.
    scenario
        The settings of all regions.
    mode
        Its name; that of the headline also has buildings, and whose each home and unit is.
    parts
        By code of the region, from `region_homes`.

    Raises
    ------
    DataError
        When two regions have the same village, facility or building (BG-634); every one is named.
    """
    _refuse_twice(parts)
    own, refuse_m = list(parts.values()), scenario.snapping.refuse_m
    graph = mode_graph(roads, scenario, mode=mode)
    home_xy, unit_xy = (np.vstack([part[f"{n}_xy"] for part in own]) for n in ("home", "unit"))
    here = _joins(graph, own, "home", refuse_m)
    ends = Ends(here, _joins(graph, own, "unit", refuse_m), by_place(home_xy), unit_xy, ())
    nearest = nearest_trips(graph, ends, direct_trips(graph, ends), with_metres=True)
    is_lost = np.isinf(nearest.ms)
    cut_off = is_lost & Ways(graph, ends, with_metres=True).open_to(is_lost)
    limit_ms = longest_minutes(scenario, mode) * MS_PER_MINUTE
    arrays = joint_arrays(joint_ways(graph, ends, limit_ms=limit_ms)) | {
        "near_unit": nearest.destination.astype(np.int32),
        "near_ms": nearest.ms,
        "near_metres": nearest.metres,
        "snap_m": np.min([joins.nearest_m for joins in here], axis=0),
        "is_snapped": np.any([joins.is_snapped for joins in here], axis=0),
        "is_cut_off": cut_off,
    }
    if mode != scenario.headline.mode:
        return arrays
    site_xy = np.vstack([part["site_xy"] for part in own])
    there = _joins(graph, own, "site", refuse_m)
    to_sites = Ends(here, there, ends.here_by_place, site_xy, ())
    ways = joint_ways(graph, to_sites, limit_ms=limit_ms)
    arrays |= _to_sites(ways, nearest_of_states(graph, ends), nearest.ms)
    return arrays | _whose(own, there[0].is_snapped)


def _refuse_twice(parts: Mapping[str, Arrays]) -> None:
    problems = []
    for column, table in IDS.items():
        rows = [(str(i), code) for code, part in parts.items() for i in part[column]]
        by_id = pd.DataFrame(rows, columns=["id", "region"]).drop_duplicates()
        for name, codes in by_id[by_id.duplicated("id", keep=False)].groupby("id")["region"]:
            values = {"value": str(name), "found": ", ".join(sorted(codes))}
            problems.append(Problem("BG-634", table, column=column, values=values))
    if problems:
        raise DataError(problems)


def refuse_unknown(scenario: Scenario, parts: Sequence[Arrays]) -> None:
    """Refuse a scenario that changes what no region has.

    Raises
    ------
    ScenarioError
        With every such unit (BG-307) and facility (BG-306).
    """
    done = {str(name) for part in parts for name in part["changed"]}
    name = scenario.name
    problems = [Problem("BG-307", name, values={"value": unit.unit_id})
                for unit in scenario.new_units if unit.unit_id not in done]  # fmt: skip
    for change in scenario.facility_changes:
        if change.facility_id not in done:
            values = {"key": "facility_changes", "value": change.facility_id}
            problems.append(Problem("BG-306", name, values=values))
    if problems:
        raise ScenarioError(problems)


def _joins(
    graph: ModeGraph, parts: Sequence[Arrays], name: str, refuse_m: float
) -> tuple[Joins, ...]:
    """Return where points of all regions join the roads; what is near them is known already."""
    xy = np.vstack([part[f"{name}_xy"] for part in parts])
    on_street = np.concatenate([part[f"{name}_on_street"] for part in parts])
    for where, chosen, limit_m in walks(on_street, refuse_m):
        counts = [int(c.sum()) for part in parts
                  for w, c, _ in walks(part[f"{name}_on_street"], refuse_m)
                  if w == where]  # fmt: skip
        first = np.cumsum([0, *counts])
        columns: dict[str, NDArray[Any]] = {
            column: np.concatenate([part[f"{name}_{where}/{column}"] for part in parts])
            for column in NEAR
        }
        rows = [len(part[f"{name}_{where}/point"]) for part in parts]
        columns["point"] = columns["point"] + np.repeat(first[:-1], rows)
        graph.edges.remember(xy[chosen], limit_m, Near(**columns))
    return snap(graph, xy, refuse_m=refuse_m, is_on_street=on_street)


def _to_sites(
    ways: JointWays, state_ms: NDArray[np.float64], origin_ms: NDArray[np.float64]
) -> Arrays:
    """Return the ways to the buildings, beside those to the units that are there."""
    nearer, laid = nearer_ways(ways, state_ms, origin_ms), ways.laid
    known = arrays_of(laid)
    kept = ["xy", "counts", *(f"seed_{n}" for n in SEEDS), *(f"direct_{n}" for n in COLUMNS)]
    return {
        "state_ms": state_ms,
        **{f"sites/{n}": known[n] for n in kept},
        **{f"nearer/{n}": a for n, a in part_arrays(nearer.part).items()},
        "nearer/states": nearer.part.states,
    }


def _whose(parts: Sequence[Arrays], joins_road: NDArray[np.bool_]) -> Arrays:
    """Return the village, people and regions of homes, units and buildings of all regions."""
    villages = np.cumsum([0, *(len(part["village_id"]) for part in parts)])
    found: Arrays = {
        f"{name}_start": np.cumsum([0, *(len(part[f"{name}_xy"]) for part in parts)])
        for name in ("home", "unit", "site")
    }
    found["home_village"] = np.concatenate(
        [part["home_row"] + n for part, n in zip(parts, villages, strict=False)]
    )
    for name in ("village_id", "home_people", "unit_id", "site_id", "site_village", "site_action"):
        found[name] = np.concatenate([part[name] for part in parts])
    states = np.vstack([part["site_states"] for part in parts])
    found["site_state"] = np.where(joins_road, *states.T)
    if any("unit_supply" in part for part in parts):
        found["unit_supply"] = np.concatenate(
            [part.get("unit_supply", np.zeros(len(part["unit_id"]))) for part in parts]
        )
    return found
