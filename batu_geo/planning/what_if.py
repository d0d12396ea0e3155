"""What if: a finished assessment held in memory and asked again with units changed.

Travel times are kept by unit and building, so a unit more or less is a column more or
less: exact, and quick enough to sit behind a map that somebody is clicking on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from batu_geo.access.coverage import coverage, village_coverage
from batu_geo.access.units import units
from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.network.travel_times import travel_times
from batu_geo.planning.headline import indicators_by_village
from batu_geo.siting.need.gaps import criterion_values, rank_gaps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.assessment import Assessment


@dataclass(frozen=True, slots=True, eq=False)
class HeldRun:
    """An assessment and the units of a what-if; `with_site`, `without` and `moved` change it.

    Attributes
    ----------
    found
        The assessment it began with.
    times
        By mode: minutes from the demand points to the units that are open now.
    villages
        By id of an open unit: the village it serves.
    closed
        Villages whose unit is present but not open.
    indicators
        Programme figures by village, as they may be told.
    """

    found: Assessment
    times: Mapping[str, TravelTimes]
    villages: Mapping[str, str]
    closed: frozenset[str]
    indicators: pd.DataFrame

    def coverage(self) -> pd.DataFrame:
        """Return people by village, mode and threshold, as the run has them."""
        found = self.found
        return village_coverage(
            found.study.villages, dict(self.times), found.demand, found.scenario.thresholds
        )

    def gaps(self) -> pd.DataFrame:
        """Return the villages without a unit, ranked by need."""
        found, head = self.found, self.found.scenario.headline
        covered = coverage(
            self.times[head.mode], found.demand, threshold_minutes=head.threshold_minutes
        )
        values = criterion_values(found.study.villages, covered, indicators=self.indicators)
        ids = found.study.villages["village_id"]
        has_unit = ids.isin({*self.villages.values(), *self.closed})
        has_unit.index = pd.Index(ids)
        return rank_gaps(
            found.study.villages, values, has_unit=has_unit, criteria=found.scenario.need
        )


def hold(found: Assessment) -> HeldRun:
    """Return an assessment ready to be asked what if.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> held = bg.hold(bg.assess(study, bg.load_scenario("baseline", study=study)))
    >>> best = bg.with_site(held, "ILU-35.79.01.2006-2")
    >>> len(held.gaps()), len(best.gaps())
    (6, 5)
    """
    study, scenario = found.study, found.scenario
    serving = units(study.facilities, scenario.service, is_open=True)
    status = found.unit_status
    return HeldRun(
        found=found,
        times=found.times,
        villages=dict(zip(serving["facility_id"], serving["village_id"], strict=True)),
        closed=frozenset(status.index[status == "closed"]),
        indicators=indicators_by_village(study),
    )


def with_site(held: HeldRun, site_id: str) -> HeldRun:
    """Return the run with a unit in a building of the ledger.

    Raises
    ------
    ScenarioError
        When the ledger has no such building, or a unit is in it already.
    """
    sites = held.found.candidates.set_index("site_id")["village_id"]
    if site_id not in sites.index or site_id in held.villages:
        raise ScenarioError(Problem("BG-307", values={"value": site_id}))
    times = {
        mode: held.times[mode].joined(to_sites.only(site_id))
        for mode, to_sites in held.found.to_sites.items()
    }
    villages = {**held.villages, site_id: str(sites[site_id])}
    return replace(held, times=times, villages=villages)


def without(held: HeldRun, unit_id: str) -> HeldRun:
    """Return the run with a unit closed; its village has none then.

    Raises
    ------
    ScenarioError
        When no such unit is open.
    """
    if unit_id not in held.villages:
        raise ScenarioError(Problem("BG-306", values={"key": "without", "value": unit_id}))
    times = {mode: found.without(unit_id) for mode, found in held.times.items()}
    villages = {name: place for name, place in held.villages.items() if name != unit_id}
    return replace(held, times=times, villages=villages)


def moved(held: HeldRun, unit_id: str, *, lon: float, lat: float) -> HeldRun:
    """Return the run with a unit somewhere else; it still serves its village.

    Raises
    ------
    ScenarioError
        When no such unit is open, or the place is not in any village of the study (BG-316).
    """
    rest = without(held, unit_id)
    study = held.found.study
    place = gpd.GeoDataFrame(
        {"facility_id": [unit_id]}, geometry=gpd.points_from_xy([lon], [lat], crs="EPSG:4326")
    ).to_crs(study.crs)
    if not study.villages.intersects(place.geometry.iloc[0]).any():
        raise ScenarioError(Problem("BG-316", values={"lon": str(lon), "lat": str(lat)}))
    times = {
        mode: rest.times[mode].joined(
            travel_times(
                graph,
                origins=held.found.demand,
                destinations=place,
                refuse_m=held.found.scenario.snapping.refuse_m,
                with_metres=True,
                joined=held.found.joined[mode],
            )
        )
        for mode, graph in held.found.graphs.items()
    }
    return replace(rest, times=times, villages={**rest.villages, unit_id: held.villages[unit_id]})
