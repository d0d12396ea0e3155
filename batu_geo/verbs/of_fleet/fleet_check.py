"""`batu-geo fleet check`: every region by itself, with its faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batu_geo.checking.check_study import check_study
from batu_geo.domain.errors import BatuGeoError
from batu_geo.fleet.input_files import ROADS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batu_geo.domain.errors import Problem
    from batu_geo.fleet.card import Fleet


@dataclass(frozen=True, slots=True)
class RegionCheck:
    """The check of one region.

    Attributes
    ----------
    code, title
        Of the region.
    villages
        How many could be read.
    errors, warnings
        In the order of the tables.
    exit_code
        0 without errors.
    """

    code: str
    title: str
    villages: int = 0
    errors: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()
    exit_code: int = 0


def fleet_check(fleet: Fleet, tell: Callable[[str], None] = lambda _: None) -> list[RegionCheck]:
    """Check every region; one that cannot be read does not stop the others.

    A region needs no roads of its own where the fleet has the one road file.
    """
    checks, has_roads = [], not (fleet.root / ROADS).is_dir()
    for code, folder in fleet.regions().items():
        tell(code)
        try:
            found = check_study(folder, has_roads=has_roads)
        except BatuGeoError as error:
            checks.append(RegionCheck(code, code, errors=error.problems, exit_code=error.exit_code))
            continue
        errors, warnings = ([f.problem for f in of] for of in (found.errors, found.warnings))
        villages = found.records.get("villages", 0)
        checks.append(RegionCheck(code, found.title, villages, errors, warnings, found.exit_code))
    return checks
