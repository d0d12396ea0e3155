"""Where the next unit should go: gaps, candidate buildings, placements.

For problems of one's own: `LocationProblem` takes any matrix, and the models of the textbook take
it. Names are loaded when first used.

>>> from batu_geo import siting
>>> town = siting.LocationProblem.from_matrix([[15.0, 16.0], [20.0, 5.0]], [300, 200], ["a", "b"])
>>> siting.solve_mclp(town, 1, minutes=15).site_ids
('a',)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from batu_geo.siting.textbook.solved_plan import LocationPlan

_HOMES = {
    "LocationPlan": "siting.textbook.solved_plan",
    "LocationProblem": "siting.textbook.location_problem",
    "solve_backup": "siting.textbook.solve",
    "solve_capacitated": "siting.textbook.solve",
    "solve_lscp": "siting.textbook.solve",
    "solve_mclp": "siting.textbook.solve",
    "solve_p_centre": "siting.textbook.solve",
    "solve_p_dispersion": "siting.textbook.solve",
    "solve_p_median": "siting.textbook.solve",
}

__all__ = [
    "LocationPlan",
    "LocationProblem",
    "solve_backup",
    "solve_capacitated",
    "solve_lscp",
    "solve_mclp",
    "solve_p_centre",
    "solve_p_dispersion",
    "solve_p_median",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'batu_geo.siting' has no attribute {name!r}")
    return getattr(import_module(f"batu_geo.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
