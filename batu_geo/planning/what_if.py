"""What if: the answer of an assessment with units opened, closed or moved.

Travel times are kept by unit and, once the first building is opened by hand, by building: a unit
more or less is a column more or less. That is exact, and quick enough to sit behind a map that
somebody is clicking on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd

from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.network.travel_times import Kept
from batu_geo.planning.assessment import draw_need
from batu_geo.planning.once import once_for_each
from batu_geo.planning.situation import (
    Unit,
    longest_minutes,
    ranked_villages,
    times_to,
    villages_reached,
)
from batu_geo.planning.variants import with_moved_unit, with_units, without_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.situation import Situation


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WhatIf:
    """An assessment with changed units; `add_unit`, `close_unit` and `move_unit` change it further.

    Attributes
    ----------
    assessment
        The assessment it began with.
    situation
        Units and travel times as they are now.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> answer = bg.assess(study, bg.load_scenario("baseline", study=study))
    >>> today = bg.what_if(answer)
    >>> len(bg.close_unit(today, "UPKDK-35.79.01.1001").gaps()) - len(today.gaps())
    1
    """

    assessment: Assessment
    situation: Situation

    def coverage(self) -> pd.DataFrame:
        """Return people by village, mode and threshold, as in the tables of a run."""
        return villages_reached(self.situation)

    def gaps(self) -> pd.DataFrame:
        """Return the villages without a unit, ranked by need."""
        return ranked_villages(self.situation)

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the villages as they are ranked now and the units, and return the axes."""
        return draw_need(self.situation, self.gaps(), ax)

    def __repr__(self) -> str:
        """Return what was opened and closed, in two lines."""
        now, before = self.situation.units, self.assessment.situation.units
        opened, closed = sorted(set(now) - set(before)), sorted(set(before) - set(now))
        return (
            f"WhatIf: {self.assessment.study.title}, scenario {self.assessment.scenario.name}\n"
            f"  {len(now)} open units; {len(opened)} opened, {len(closed)} closed by hand"
        )


def what_if(assessment: Assessment) -> WhatIf:
    """Return an assessment whose units can be opened, closed and moved.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> today = bg.what_if(bg.assess(study, bg.load_scenario("baseline", study=study)))
    >>> opened = bg.add_unit(today, "ILU-35.79.01.2006-2")
    >>> len(today.gaps()), len(opened.gaps())
    (6, 5)
    """
    return WhatIf(assessment, assessment.situation)


def add_unit(run: WhatIf, site_id: str) -> WhatIf:
    """Return the run with a unit in a candidate building.

    Raises
    ------
    ScenarioError
        When there is no such building, or a unit is in it already (BG-307).

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> today = bg.what_if(bg.assess(study, bg.load_scenario("baseline", study=study)))
    >>> opened = bg.add_unit(today, "ILU-35.79.01.2006-2")
    >>> int((opened.coverage()["served"] - today.coverage()["served"]).min())
    0
    """
    units = _units_in(run, (site_id,))
    times = {mode: to.only(site_id) for mode, to in _to_every_building(run.assessment).items()}
    return replace(run, situation=with_units(run.situation, units, times))


def add_units(run: WhatIf, site_ids: Sequence[str]) -> WhatIf:
    """Return the run with a unit in each of some candidate buildings, as `add_unit` one by one.

    Nothing is found of other buildings, of which there may be thousands.
    """
    if not site_ids:
        return run
    units, sites = _units_in(run, site_ids), run.assessment.candidates.set_index("site_id")
    chosen = gpd.GeoDataFrame(sites.loc[list(site_ids), ["geometry"]].reset_index())
    times = _times_to(run.assessment, chosen)
    return replace(run, situation=with_units(run.situation, units, times))


def _units_in(run: WhatIf, site_ids: Sequence[str]) -> dict[str, Unit]:
    """Return the units that some buildings become; each must be known, and not a unit yet."""
    sites = run.assessment.candidates
    possible = set(sites["site_id"]) - set(run.situation.units)
    for number, name in enumerate(site_ids):
        if name not in possible or name in site_ids[:number]:
            raise ScenarioError(Problem("BG-307", values={"value": name}))
    rows = sites[sites["site_id"].isin(site_ids)]
    found = {
        name: Unit(str(village), point)
        for name, village, point in zip(
            rows["site_id"], rows["village_id"], rows.geometry, strict=True
        )
    }
    return {name: found[name] for name in site_ids}


@once_for_each
def _to_every_building(assessment: Assessment) -> Mapping[str, TravelTimes]:
    return _times_to(assessment, assessment.candidates)


def _times_to(assessment: Assessment, sites: gpd.GeoDataFrame) -> Mapping[str, TravelTimes]:
    """Return by mode the times to some buildings, wherever they are nearer than today's unit."""
    today, scenario = assessment.situation, assessment.scenario
    return times_to(
        today, sites, kept=lambda mode: Kept(longest_minutes(scenario, mode), today.times[mode])
    )


def close_unit(run: WhatIf, unit_id: str) -> WhatIf:
    """Return the run without a unit; its village has none then.

    Raises
    ------
    ScenarioError
        When no such unit is open (BG-306).

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> today = bg.what_if(bg.assess(study, bg.load_scenario("baseline", study=study)))
    >>> len(bg.close_unit(today, "UPKDK-35.79.03.2003").gaps())
    7
    """
    _check_open(run, unit_id, "close_unit")
    return replace(run, situation=without_unit(run.situation, unit_id))


def move_unit(run: WhatIf, unit_id: str, *, lon: float, lat: float) -> WhatIf:
    """Return the run with a unit somewhere else; it still serves its village.

    Raises
    ------
    ScenarioError
        When no such unit is open (BG-306), or the place is in no village of the study (BG-316).

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> today = bg.what_if(bg.assess(study, bg.load_scenario("baseline", study=study)))
    >>> moved = bg.move_unit(today, "UPKDK-35.79.03.2003", lon=112.5421, lat=-7.9012)
    >>> len(moved.gaps())
    6
    """
    _check_open(run, unit_id, "move_unit")
    place = gpd.GeoDataFrame(
        {"facility_id": [unit_id]}, geometry=gpd.points_from_xy([lon], [lat], crs="EPSG:4326")
    ).to_crs(run.assessment.study.crs)
    point = place.geometry.iloc[0]
    if not run.situation.villages.intersects(point).any():
        raise ScenarioError(Problem("BG-316", values={"lon": str(lon), "lat": str(lat)}))
    times = times_to(run.situation, place)
    return replace(run, situation=with_moved_unit(run.situation, unit_id, point, times))


def _check_open(run: WhatIf, unit_id: str, asked: str) -> None:
    if unit_id not in run.situation.units:
        raise ScenarioError(Problem("BG-306", values={"key": asked, "value": unit_id}))
