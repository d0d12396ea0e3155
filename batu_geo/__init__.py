"""Where people cannot reach a health unit in time, and which building would change it.

Public names are loaded when first used, so that importing the package is quick
and leaves everything as it was.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from batu_geo.access.coverage import coverage
    from batu_geo.access.demand import demand_points
    from batu_geo.access.units import units
    from batu_geo.domain.errors import BatuGeoError, BatuGeoWarning
    from batu_geo.network.catchment import catchments
    from batu_geo.network.graph import mode_graph
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.own_data.own_roads import Roads, load_roads, roads_from_graph, roads_from_lines
    from batu_geo.own_data.reach_of_places import isochrones, nearest, served, travel_times
    from batu_geo.own_data.show_places import show
    from batu_geo.own_data.village_outlines import load_villages
    from batu_geo.planning.assess import assess
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.placement import solve_placement
    from batu_geo.planning.study import Study
    from batu_geo.planning.what_if import WhatIf, add_unit, close_unit, move_unit, what_if
    from batu_geo.siting.textbook.location_problem import LocationProblem
    from batu_geo.siting.textbook.solve import (
        solve_backup,
        solve_capacitated,
        solve_lscp,
        solve_mclp,
        solve_p_centre,
        solve_p_dispersion,
        solve_p_median,
    )
    from batu_geo.sources.study.load_study import load_study
    from batu_geo.sources.study.scenarios import load_scenario
    from batu_geo.verbs.compare import Comparison, compare
    from batu_geo.verbs.explain import explain
    from batu_geo.verbs.plan import Run, gap_map, plan
    from batu_geo.verbs.replay import replay

_HOMES = {
    "Assessment": "planning.assessment",
    "BatuGeoError": "domain.errors",
    "BatuGeoWarning": "domain.errors",
    "Comparison": "verbs.compare",
    "LocationProblem": "siting.textbook.location_problem",
    "Roads": "own_data.own_roads",
    "Run": "verbs.plan",
    "Study": "planning.study",
    "TravelTimes": "network.travel_times",
    "WhatIf": "planning.what_if",
    "add_unit": "planning.what_if",
    "assess": "planning.assess",
    "catchments": "network.catchment",
    "close_unit": "planning.what_if",
    "compare": "verbs.compare",
    "coverage": "access.coverage",
    "demand_points": "access.demand",
    "explain": "verbs.explain",
    "gap_map": "verbs.plan",
    "isochrones": "own_data.reach_of_places",
    "load_roads": "own_data.own_roads",
    "load_scenario": "sources.study.scenarios",
    "load_study": "sources.study.load_study",
    "load_villages": "own_data.village_outlines",
    "mode_graph": "network.graph",
    "move_unit": "planning.what_if",
    "nearest": "own_data.reach_of_places",
    "plan": "verbs.plan",
    "replay": "verbs.replay",
    "roads_from_graph": "own_data.own_roads",
    "roads_from_lines": "own_data.own_roads",
    "served": "own_data.reach_of_places",
    "show": "own_data.show_places",
    "solve_backup": "siting.textbook.solve",
    "solve_capacitated": "siting.textbook.solve",
    "solve_lscp": "siting.textbook.solve",
    "solve_mclp": "siting.textbook.solve",
    "solve_p_centre": "siting.textbook.solve",
    "solve_p_dispersion": "siting.textbook.solve",
    "solve_p_median": "siting.textbook.solve",
    "solve_placement": "planning.placement",
    "travel_times": "own_data.reach_of_places",
    "units": "access.units",
    "what_if": "planning.what_if",
}

__all__ = [
    "Assessment",
    "BatuGeoError",
    "BatuGeoWarning",
    "Comparison",
    "LocationProblem",
    "Roads",
    "Run",
    "Study",
    "TravelTimes",
    "WhatIf",
    "add_unit",
    "assess",
    "catchments",
    "close_unit",
    "compare",
    "coverage",
    "demand_points",
    "explain",
    "gap_map",
    "isochrones",
    "load_roads",
    "load_scenario",
    "load_study",
    "load_villages",
    "mode_graph",
    "move_unit",
    "nearest",
    "plan",
    "replay",
    "roads_from_graph",
    "roads_from_lines",
    "served",
    "show",
    "solve_backup",
    "solve_capacitated",
    "solve_lscp",
    "solve_mclp",
    "solve_p_centre",
    "solve_p_dispersion",
    "solve_p_median",
    "solve_placement",
    "travel_times",
    "units",
    "what_if",
]


# Names of version 0.1.0 and what they are called now.
_RENAMED = {
    "HeldRun": "WhatIf",
    "hold": "what_if",
    "moved": "move_unit",
    "place": "solve_placement",
    "with_site": "add_unit",
    "without": "close_unit",
}

# Names of parts of an assessment, which stand in their rooms.
_MOVED = {
    "appraise": "batu_geo.planning.tables.health_office_tables.health_office_tables",
    "candidate_sites": "batu_geo.siting.buildings.candidates.candidate_sites",
    "criterion_values": "batu_geo.siting.need.gaps.criterion_values",
    "health_office_tables": "batu_geo.planning.tables.health_office_tables.health_office_tables",
    "rank_gaps": "batu_geo.siting.need.gaps.rank_gaps",
    "rank_sites": "batu_geo.siting.buildings.candidates.rank_sites",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        if name in _MOVED:
            raise AttributeError(f"batu_geo.{name} is {_MOVED[name]} now")
        if name in _RENAMED:
            raise AttributeError(
                f"batu_geo.{name} was renamed after version 0.1.0: use batu_geo.{_RENAMED[name]}"
            )
        raise AttributeError(f"module 'batu_geo' has no attribute {name!r}")
    return getattr(import_module(f"batu_geo.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
