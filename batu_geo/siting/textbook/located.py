"""Where the places and sites of a location problem are, and what a plan makes of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from batu_geo.domain.tables import in_crs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from batu_geo.network.arrays import Numbers
    from batu_geo.siting.problem.pairs import Pairs
    from batu_geo.siting.problem.siting_problem import SitingProblem


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """Tables of the places, the candidate sites in order of their ids, and the units of today."""

    places: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    existing: gpd.GeoDataFrame | None = None

    @classmethod
    def of(
        cls,
        siting: SitingProblem,
        places: gpd.GeoDataFrame,
        sites: gpd.GeoDataFrame,
        site_id: str | None,
        existing: gpd.GeoDataFrame | None,
    ) -> Located:
        """Return the tables of a problem, checked; see `LocationProblem.with_places`."""
        known = in_crs(places, str(places.crs), name="places")
        crs = str(places.crs)
        here = in_crs(sites, crs, name="sites")
        ids = here.index if site_id is None else here[site_id]
        here = here[[here.geometry.name]].set_index(ids.astype(str).to_numpy())
        units = None if existing is None else in_crs(existing, crs, name="existing")
        counts = {
            "places": (len(known), len(siting.population)),
            "sites": (len(here), len(siting.site_ids)),
            "existing": (0 if units is None else len(units), len(siting.existing_ids)),
        }
        for name, (rows, wanted) in counts.items():
            if rows != wanted and not (name == "existing" and units is None):
                raise ValueError(f"{name} has {rows} rows, expected {wanted}")
        lost = sorted(set(siting.site_ids) - set(here.index))
        if lost:
            raise ValueError(f"no row of sites is {lost[0]}")
        return cls(known, here.loc[list(siting.site_ids)], units)

    def reached(
        self, siting: SitingProblem, site_ids: Sequence[str], scale: int
    ) -> gpd.GeoDataFrame:
        """Return the places with ``weight``, ``nearest_id`` and ``minutes`` under a plan."""
        minutes, nearest = nearest_open(siting, site_ids)
        columns = {
            "place": [str(name) for name in self.places.index],
            "weight": siting.population / scale,
            "nearest_id": nearest,
            "minutes": minutes,
        }
        places = self.places.geometry
        return gpd.GeoDataFrame(columns, geometry=list(places), crs=places.crs)

    def candidates(self, site_ids: Sequence[str], *, is_open: bool) -> gpd.GeoDataFrame:
        """Return the sites that a plan opens, or those it does not."""
        is_chosen = self.sites.index.isin(list(site_ids)) == is_open
        chosen = self.sites.geometry[is_chosen]
        return gpd.GeoDataFrame(
            {"site_id": list(chosen.index)}, geometry=list(chosen), crs=chosen.crs
        )


def nearest_open(
    siting: SitingProblem, site_ids: Sequence[str]
) -> tuple[Numbers, NDArray[np.object_]]:
    """Return minutes to the nearest open site or unit and its id; inf and None where none."""
    count = len(siting.population)
    best, names = np.full(count, np.inf), np.full(count, None, dtype=object)
    is_open = np.isin(np.array(siting.site_ids, dtype=object), list(site_ids))
    chosen = np.array([name for name in siting.site_ids if name in set(site_ids)], dtype=object)
    tables = [
        (siting.units, np.array(siting.existing_ids, dtype=object)),
        (siting.minutes.of_rows(is_open), chosen),
    ]
    for pairs, ids in tables:
        minutes, column = _least(pairs, count)
        is_nearer = minutes < best
        best[is_nearer] = minutes[is_nearer]
        names[is_nearer] = ids[column[is_nearer]]
    return best, names


def _least(pairs: Pairs, count: int) -> tuple[Numbers, NDArray[np.intp]]:
    """Return the least value of each line and the first row that has it."""
    minutes, column = np.full(count, np.inf), np.full(count, -1, dtype=np.intp)
    order = np.lexsort((pairs.at, pairs.value, pairs.line))
    line, first = np.unique(pairs.line[order], return_index=True)
    minutes[line] = pairs.value[order][first]
    column[line] = pairs.at[order][first]
    return minutes, column
