"""What a scenario changes of a study: facilities in another state or place, roads to be built."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd

from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.tables import Facilities
from batu_geo.network.new_roads import with_new_roads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.site_choice import FacilityChange
    from batu_geo.network.new_roads import Built
    from batu_geo.planning.study import Study


def as_changed(study: Study, scenario: Scenario) -> Study:
    """Return the study with the facilities and the new roads of a scenario.

    Raises
    ------
    ScenarioError
        When a change names no facility (BG-306) or moves one out of all villages (BG-316).
    """
    if scenario.new_roads:
        built = with_new_roads(study.roads, scenario.new_roads)
        remarks = _road_notices(built, scenario)
        study = replace(study, roads=built.roads, notices=(*study.notices, *remarks))
    for change in scenario.facility_changes:
        study = _with_change(study, change, scenario.name)
    return study


def _road_notices(built: Built, scenario: Scenario) -> Iterator[Problem]:
    """Yield how long each new road is and what it costs, and which of its ends join nothing."""
    for road, metres in zip(scenario.new_roads, built.metres, strict=True):
        cost = "-" if road.cost_rupiah is None else road.cost_rupiah
        values = {"name": road.name, "metres": round(metres), "cost": cost}
        yield Problem("BG-842", scenario.name, values=values)
    for end in built.loose:
        far = round(end.metres) if math.isfinite(end.metres) else "-"
        limit = min(r.join_m for r in scenario.new_roads if r.name == end.name)
        about = {"name": end.name, "end": end.end, "metres": far, "limit": float(limit)}
        yield Problem("BG-843", scenario.name, values=about)


def _with_change(study: Study, change: FacilityChange, name: str) -> Study:
    facilities = study.facilities.copy()
    is_meant = facilities["facility_id"] == change.facility_id
    if not is_meant.any():
        values = {"key": "facility_changes", "value": change.facility_id}
        raise ScenarioError(Problem("BG-306", name, values=values))
    if change.status is not None:
        facilities.loc[is_meant, "status"] = change.status
        facilities.loc[is_meant, ["closed_from", "closed_until"]] = None
    if change.lon is not None and change.lat is not None:
        place = gpd.points_from_xy([change.lon], [change.lat], crs="EPSG:4326").to_crs(study.crs)
        if not study.villages.intersects(place[0]).any():
            values = {"lon": str(change.lon), "lat": str(change.lat)}
            raise ScenarioError(Problem("BG-316", name, values=values))
        facilities.geometry = facilities.geometry.where(~is_meant, place[0])
    return replace(study, facilities=Facilities(facilities))
