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
    from batu_geo.planning.assess import assess
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.placement import solve_placement
    from batu_geo.planning.study import Study
    from batu_geo.planning.tables.health_office_tables import health_office_tables
    from batu_geo.planning.what_if import WhatIf, add_unit, close_unit, move_unit, what_if
    from batu_geo.render.web.gap_map import gap_map
    from batu_geo.siting.buildings.candidates import candidate_sites, rank_sites
    from batu_geo.siting.need.gaps import criterion_values, rank_gaps
    from batu_geo.sources.study.load_study import load_study
    from batu_geo.sources.study.scenarios import load_scenario
    from batu_geo.verbs.compare import Comparison, compare
    from batu_geo.verbs.explain import explain
    from batu_geo.verbs.plan import Run, plan
    from batu_geo.verbs.replay import replay

_HOMES = {
    "Assessment": "planning.assessment",
    "BatuGeoError": "domain.errors",
    "BatuGeoWarning": "domain.errors",
    "Comparison": "verbs.compare",
    "Roads": "own_data.own_roads",
    "Run": "verbs.plan",
    "Study": "planning.study",
    "TravelTimes": "network.travel_times",
    "WhatIf": "planning.what_if",
    "add_unit": "planning.what_if",
    "assess": "planning.assess",
    "candidate_sites": "siting.buildings.candidates",
    "catchments": "network.catchment",
    "close_unit": "planning.what_if",
    "compare": "verbs.compare",
    "coverage": "access.coverage",
    "criterion_values": "siting.need.gaps",
    "demand_points": "access.demand",
    "explain": "verbs.explain",
    "gap_map": "render.web.gap_map",
    "health_office_tables": "planning.tables.health_office_tables",
    "isochrones": "own_data.reach_of_places",
    "load_roads": "own_data.own_roads",
    "load_scenario": "sources.study.scenarios",
    "load_study": "sources.study.load_study",
    "mode_graph": "network.graph",
    "move_unit": "planning.what_if",
    "nearest": "own_data.reach_of_places",
    "plan": "verbs.plan",
    "rank_gaps": "siting.need.gaps",
    "rank_sites": "siting.buildings.candidates",
    "replay": "verbs.replay",
    "roads_from_graph": "own_data.own_roads",
    "roads_from_lines": "own_data.own_roads",
    "served": "own_data.reach_of_places",
    "show": "own_data.show_places",
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
    "Roads",
    "Run",
    "Study",
    "TravelTimes",
    "WhatIf",
    "add_unit",
    "assess",
    "candidate_sites",
    "catchments",
    "close_unit",
    "compare",
    "coverage",
    "criterion_values",
    "demand_points",
    "explain",
    "gap_map",
    "health_office_tables",
    "isochrones",
    "load_roads",
    "load_scenario",
    "load_study",
    "mode_graph",
    "move_unit",
    "nearest",
    "plan",
    "rank_gaps",
    "rank_sites",
    "replay",
    "roads_from_graph",
    "roads_from_lines",
    "served",
    "show",
    "solve_placement",
    "travel_times",
    "units",
    "what_if",
]


# Names of version 0.1.0 and what they are called now.
_RENAMED = {
    "HeldRun": "WhatIf",
    "appraise": "health_office_tables",
    "hold": "what_if",
    "moved": "move_unit",
    "place": "solve_placement",
    "with_site": "add_unit",
    "without": "close_unit",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        if name in _RENAMED:
            raise AttributeError(
                f"batu_geo.{name} was renamed after version 0.1.0: use batu_geo.{_RENAMED[name]}"
            )
        raise AttributeError(f"module 'batu_geo' has no attribute {name!r}")
    return getattr(import_module(f"batu_geo.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
