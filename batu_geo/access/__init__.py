"""How well people are served: pure functions of travel times and people.

For tables of one's own: `matrix_times` makes travel times of any matrix, which every measure
of this room takes. Names are loaded when first used.

>>> import numpy as np
>>> from batu_geo import access
>>> times = access.matrix_times([[5.0, 20.0], [10.0, np.inf]])
>>> access.two_step_fca(times, [2.0, 1.0], [100, 300], decay=access.decay_binary(15)).tolist()
[0.005, 0.005]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from batu_geo.access.competing_choice import (
        nearest_minutes,
        rational_agent_cost,
        three_stage_fca,
    )
    from batu_geo.access.decay import (
        decay_binary,
        decay_exponential,
        decay_gaussian,
        decay_linear,
        decay_stepped,
    )
    from batu_geo.access.equity import (
        concentration_index,
        fgt,
        gini,
        palma,
        palma_by,
        theil,
        theil_between,
    )
    from batu_geo.access.floating_catchment import (
        cumulative_opportunities,
        gravity,
        spatial_availability,
        two_step_fca,
    )
    from batu_geo.network.travel_times import matrix_times

_HOMES = {
    "concentration_index": "access.equity",
    "cumulative_opportunities": "access.floating_catchment",
    "decay_binary": "access.decay",
    "decay_exponential": "access.decay",
    "decay_gaussian": "access.decay",
    "decay_linear": "access.decay",
    "decay_stepped": "access.decay",
    "fgt": "access.equity",
    "gini": "access.equity",
    "gravity": "access.floating_catchment",
    "matrix_times": "network.travel_times",
    "nearest_minutes": "access.competing_choice",
    "palma": "access.equity",
    "palma_by": "access.equity",
    "rational_agent_cost": "access.competing_choice",
    "spatial_availability": "access.floating_catchment",
    "theil": "access.equity",
    "theil_between": "access.equity",
    "three_stage_fca": "access.competing_choice",
    "two_step_fca": "access.floating_catchment",
}

__all__ = [
    "concentration_index",
    "cumulative_opportunities",
    "decay_binary",
    "decay_exponential",
    "decay_gaussian",
    "decay_linear",
    "decay_stepped",
    "fgt",
    "gini",
    "gravity",
    "matrix_times",
    "nearest_minutes",
    "palma",
    "palma_by",
    "rational_agent_cost",
    "spatial_availability",
    "theil",
    "theil_between",
    "three_stage_fca",
    "two_step_fca",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'batu_geo.access' has no attribute {name!r}")
    return getattr(import_module(f"batu_geo.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
