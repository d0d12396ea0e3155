"""What printed maps are drawn from, and its symbols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from batu_geo.render.paper.print_layers import OUTLINE_TOLERANCE_M, Mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import Facilities, Villages
    from batu_geo.render.paper.print_layers import RoadLines

MARKS_OF_KIND = {"PUSKESMAS": "puskesmas", "RUMAH_SAKIT": "hospital"}


@dataclass(frozen=True, slots=True, eq=False)
class MapTables:
    """What printed maps are drawn from.

    Attributes
    ----------
    villages, facilities, candidates, catchments
        Layers in the projection of the study, metres.
    is_open_unit
        By row of `facilities`: whether a unit is open; missing for others.
    unit_status, ranks
        By village id: state of the unit; rank by need where there is none.
    before_after
        By village: shares served before and after.
    opened
        Buildings that are open after.
    trips
        From units to help: ``facility_id``, ``puskesmas_id``, ``hospital_id``.
    days
        By weekday: ``weekday``, ``mean_people`` and ``staffed``, a tuple of facility ids;
        empty where no roster is known.
    roads
        From `road_lines`.
    scenario, language
        For the words.
    """

    villages: Villages
    facilities: Facilities
    candidates: gpd.GeoDataFrame
    catchments: gpd.GeoDataFrame
    is_open_unit: pd.Series[bool]
    unit_status: pd.Series[str]
    ranks: Mapping[str, int]
    before_after: pd.DataFrame
    opened: frozenset[str]
    trips: pd.DataFrame
    days: pd.DataFrame
    roads: Sequence[RoadLines]
    scenario: Scenario
    language: Language

    @property
    def shapes(self) -> Any:
        """Outlines of the villages, neighbours still sharing theirs."""
        return shapely.coverage_simplify(self.villages.geometry.to_numpy(), OUTLINE_TOLERANCE_M)


def places(tables: MapTables) -> list[Mark]:
    """Return units, puskesmas and hospitals."""
    found = []
    for row, is_open in zip(tables.facilities.to_dict("records"), tables.is_open_unit, strict=True):
        name = MARKS_OF_KIND.get(row["kind"])
        if not pd.isna(is_open):
            name = "unit_open" if is_open else "unit_closed"
        if name:
            found.append(Mark(name, row["geometry"].x, row["geometry"].y))
    return found


def opened_sites(tables: MapTables) -> gpd.GeoDataFrame:
    """Return the buildings that are open after."""
    return tables.candidates[tables.candidates["site_id"].isin(tables.opened)]


def houses(sites: gpd.GeoDataFrame) -> list[Mark]:
    """Return buildings, each with its rank."""
    return [
        Mark(
            str(row["suitability"]),
            row["geometry"].x,
            row["geometry"].y,
            text="" if pd.isna(row["rank"]) else str(int(row["rank"])),
            dashed=row["evidence"] == "illustrative",
        )
        for row in sites.to_dict("records")
    ]
