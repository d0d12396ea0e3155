"""Where the people of each village live, by the source that a scenario names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from batu_geo.access.demand import demand_from_places, demand_points, joined_homes
from batu_geo.access.inhabited import in_water
from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.tables import DemandPoints

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.travel import Demand
    from batu_geo.planning.study import PeoplePlaces, Study


INHABITED = -1
# No point of a raster or of footprints stands for fewer: people of one dwelling are no output.
FEWEST_PEOPLE = 25


class Homes(NamedTuple):
    """Demand points, and the villages whose people had to be spread along streets instead."""

    demand: DemandPoints
    by_streets: tuple[str, ...]


def homes(study: Study, scenario: Scenario, *, by: str | None = None) -> Homes:
    """Return where the people of each village live; each keeps its people exactly.

    Cells of a raster count by their people, footprints by their area, both within the village
    and scaled to its number, and then put together until each point stands for `FEWEST_PEOPLE`
    (`joined_homes`). Nobody lives in water, nor in a building outside
    `demand.footprint_m2` or of another use than `demand.footprint_uses`. A village without a
    place that is left keeps its people along its streets, and is named.

    Parameters
    ----------
    study, scenario
        With `demand`.
    by
        Another source than `demand.by`.

    Raises
    ------
    ScenarioError
        When the study has no such source (BG-330).
    """
    source, villages = by or scenario.demand.by, study.villages
    if source == "streets":
        return Homes(demand_points(villages, study.roads, settings=scenario.demand), ())
    if source not in study.homes:
        raise ScenarioError(Problem("BG-330", scenario.name, values={"value": source}))
    places = study.homes[source]
    kept = inhabited_places(study, places, scenario.demand)
    found = demand_from_places(
        villages, places.xy[kept], places.village[kept], places.weight[kept],
        evidence=places.evidence,
    )  # fmt: skip
    found = joined_homes(found, fewest_people=FEWEST_PEOPLE)
    ids = villages["village_id"].to_numpy()
    without = np.setdiff1d(np.arange(len(ids)), places.village[kept])
    lacking = tuple(str(ids[row]) for row in without if villages["population"].iloc[row] > 0)
    if not lacking:
        return Homes(found, ())
    streets = demand_points(villages, study.roads, settings=scenario.demand)
    parts = [
        found[~found["village_id"].isin(lacking)],
        streets[streets["village_id"].isin(lacking)],
    ]
    table = pd.concat(parts)
    order = pd.Categorical(table["village_id"], categories=ids)
    table = table.assign(order=order).sort_values(["order", "demand_id"], kind="stable")
    table = table.drop(columns="order").reset_index(drop=True)
    return Homes(DemandPoints(gpd.GeoDataFrame(table, crs=villages.crs)), lacking)


def inhabited_places(study: Study, places: PeoplePlaces, settings: Demand) -> NDArray[np.bool_]:
    """Return the cells or footprints that people live in, bool [k]."""
    return np.asarray(_why_not(study, places, settings) == INHABITED)


def places_by_state(study: Study, places: PeoplePlaces, settings: Demand) -> dict[str, int]:
    """Return how many cells or footprints hold nobody because of ``water``, ``area`` or ``use``.

    Who has several reasons counts by the first.
    """
    why = _why_not(study, places, settings)
    return {name: int((why == n).sum()) for n, name in enumerate(("water", "area", "use"))}


def _why_not(study: Study, places: PeoplePlaces, settings: Demand) -> NDArray[np.int64]:
    """Return of each place why nobody lives there: 0 for water, 1 for its area, 2 for its use."""
    why = np.full(len(places.weight), INHABITED)
    if places.use is not None:
        if settings.footprint_uses:
            why[~np.isin(places.use.astype(str), settings.footprint_uses)] = 2
        if settings.footprint_m2 is not None:
            smallest, largest = settings.footprint_m2
            why[(places.weight < smallest) | (places.weight > largest)] = 1
    why[in_water(study.roads, np.asarray(shapely.points(places.xy), dtype=object))] = 0
    return why
