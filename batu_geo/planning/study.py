"""The inputs of a study, checked: what every step of planning computes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Never

import geopandas as gpd

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from batu_geo.domain.errors import Problem
    from batu_geo.domain.tables import Buildings, Facilities, Villages
    from batu_geo.network.roads import RoadNetwork


@dataclass(frozen=True, slots=True, eq=False)
class PeoplePlaces:
    """Places with weights, to share the people of each village out over.

    Attributes
    ----------
    xy
        Metres, float64 [k, 2].
    village
        Row of the village each place belongs to, int64 [k].
    weight
        float64 [k], above 0.
    evidence
        What the placement is worth.
    """

    xy: NDArray[np.float64]
    village: NDArray[np.int64]
    weight: NDArray[np.float64]
    evidence: str


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """Everything a run reads, checked.

    Attributes
    ----------
    name, title, crs
        From `study.toml`; every geometry is in this projection.
    folder
        Where the inputs stand.
    villages, facilities, buildings, roads
        The tables and the network.
    costs, indicators, staffing, profiles, figures
        What buildings would cost whom, programme figures by village, who works where, what
        units offer, and figures the city reports; None where the study has none.
    homes
        Where people live by other sources than the streets: ``raster``, ``footprints``.
    inputs
        By table: what is known of the file, with its SHA-256.
    notices
        What the checks found worth saying; not errors.
    """

    name: str
    title: str
    crs: str
    folder: Path
    villages: Villages
    facilities: Facilities
    buildings: Buildings
    roads: RoadNetwork
    costs: pd.DataFrame | None
    indicators: pd.DataFrame | None
    staffing: pd.DataFrame | None
    profiles: pd.DataFrame | None
    figures: pd.DataFrame | None
    homes: dict[str, PeoplePlaces]
    inputs: dict[str, dict[str, str]]
    notices: tuple[Problem, ...]

    @property
    def hashes(self) -> dict[str, str]:
        """By table: SHA-256 of the file it was read from."""
        return {table: card["sha256"] for table, card in self.inputs.items()}

    if not TYPE_CHECKING:  # mypy would take any attribute

        def __getattr__(self, name: str) -> Never:
            """Name the function that took the place of a method of version 0.1.0."""
            if name == "scenario":
                raise AttributeError(
                    "Study.scenario was removed after version 0.1.0: "
                    "use batu_geo.load_scenario(name, study=study)"
                )
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


def village_offices(study: Study) -> gpd.GeoDataFrame | None:
    """Return the village offices as points, or None where the study has none."""
    if not {"office_lon", "office_lat"} <= set(study.villages.columns):
        return None
    known = study.villages.dropna(subset=["office_lon", "office_lat"])
    points = gpd.points_from_xy(known["office_lon"], known["office_lat"], crs="EPSG:4326")
    return gpd.GeoDataFrame(
        {"village_id": known["village_id"].to_numpy()}, geometry=points.to_crs(study.crs)
    )
