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
    from batu_geo.domain.errors import BatuGeoError
    from batu_geo.network.catchment import catchments
    from batu_geo.network.graph import mode_graph
    from batu_geo.network.travel_times import TravelTimes, travel_times
    from batu_geo.pipeline.appraise import appraise
    from batu_geo.pipeline.assess import Assessment, assess
    from batu_geo.pipeline.compare import Comparison, compare
    from batu_geo.pipeline.explain import explain
    from batu_geo.pipeline.placement import place
    from batu_geo.pipeline.plan import Run, plan
    from batu_geo.pipeline.replay import replay
    from batu_geo.pipeline.what_if import HeldRun, hold, moved, with_site, without
    from batu_geo.render.maps import gap_map
    from batu_geo.siting.candidates import candidate_sites, rank_sites
    from batu_geo.siting.gaps import criterion_values, rank_gaps
    from batu_geo.sources.scenarios import load_scenario
    from batu_geo.sources.study import Study, load_study

_HOMES = {
    "Assessment": "pipeline.assess",
    "BatuGeoError": "domain.errors",
    "Comparison": "pipeline.compare",
    "HeldRun": "pipeline.what_if",
    "Run": "pipeline.plan",
    "Study": "sources.study",
    "TravelTimes": "network.travel_times",
    "appraise": "pipeline.appraise",
    "assess": "pipeline.assess",
    "candidate_sites": "siting.candidates",
    "catchments": "network.catchment",
    "compare": "pipeline.compare",
    "coverage": "access.coverage",
    "criterion_values": "siting.gaps",
    "demand_points": "access.demand",
    "explain": "pipeline.explain",
    "gap_map": "render.maps",
    "hold": "pipeline.what_if",
    "load_scenario": "sources.scenarios",
    "load_study": "sources.study",
    "mode_graph": "network.graph",
    "moved": "pipeline.what_if",
    "place": "pipeline.placement",
    "plan": "pipeline.plan",
    "rank_gaps": "siting.gaps",
    "rank_sites": "siting.candidates",
    "replay": "pipeline.replay",
    "travel_times": "network.travel_times",
    "units": "access.units",
    "with_site": "pipeline.what_if",
    "without": "pipeline.what_if",
}

__all__ = [
    "Assessment",
    "BatuGeoError",
    "Comparison",
    "HeldRun",
    "Run",
    "Study",
    "TravelTimes",
    "appraise",
    "assess",
    "candidate_sites",
    "catchments",
    "compare",
    "coverage",
    "criterion_values",
    "demand_points",
    "explain",
    "gap_map",
    "hold",
    "load_scenario",
    "load_study",
    "mode_graph",
    "moved",
    "place",
    "plan",
    "rank_gaps",
    "rank_sites",
    "replay",
    "travel_times",
    "units",
    "with_site",
    "without",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'batu_geo' has no attribute {name!r}")
    return getattr(import_module(f"batu_geo.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
