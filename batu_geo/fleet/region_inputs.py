"""The files of regions, and the roads of all as they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from batu_geo.domain.tables import Villages, in_crs
from batu_geo.fleet.array_folders import arrays_in
from batu_geo.fleet.input_files import ROADS, opened_roads
from batu_geo.fleet.region_homes import OFFICE
from batu_geo.network.halo.window import boxes_of, with_window_facts
from batu_geo.network.heights import with_straight_decks
from batu_geo.sources.osm.road_cache import arrays_of_roads, roads_of_arrays
from batu_geo.sources.roads.read_roads import read_roads
from batu_geo.sources.study.load_study import population_of, villages_of
from batu_geo.sources.study.study_files import StudyFiles
from batu_geo.sources.study.study_roads import ELEVATIONS
from batu_geo.sources.tables.elevation import interpolated_elevation, sampled_elevation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from batu_geo.network.roads import RoadNetwork
    from batu_geo.sources.files.opening import Opened

    Arrays = dict[str, NDArray[Any]]

EDGE_BOX = f"{ROADS}/edge_box"


def roads_of_file(file: Path, crs: str) -> RoadNetwork:
    """Return the roads of a file of any size, in the projection of all regions."""
    return read_roads(opened_roads(file), crs=crs)


def road_arrays(roads: RoadNetwork) -> Arrays:
    """Return the roads of all regions as arrays, with the box of each edge."""
    boxes = boxes_of(roads.line_xy, roads.line_start)
    return arrays_of_roads(with_window_facts(roads)) | {EDGE_BOX: boxes}


def kept_roads(folder: Path) -> tuple[RoadNetwork, NDArray[np.float64]]:
    """Return the roads of `road_arrays` from their folder, and the box of each edge."""
    arrays = arrays_in(folder)
    boxes = arrays.pop(EDGE_BOX)
    return roads_of_arrays(arrays), boxes


def outlines_in(folder: Path, crs: str) -> Villages:
    """Return the villages of a region in the projection of all."""
    files = StudyFiles.at(folder)
    return Villages(in_crs(villages_of(files, population_of(files))[0], crs))


def with_heights(
    roads: RoadNetwork, regions: Sequence[Path], offices: Sequence[NDArray[np.float64]]
) -> RoadNetwork:
    """Return the roads with heights from the rasters of all regions, else between their offices."""
    tiles: dict[str, Opened] = {}
    for folder in regions:
        files = StudyFiles.at(folder)
        if files.card.elevation:
            tiles |= {tile.sha256: tile for tile in files.open_all("elevation", *ELEVATIONS)}
    if tiles:
        return with_straight_decks(sampled_elevation(roads, list(tiles.values()))[0])
    known = gpd.GeoDataFrame(np.vstack(offices), columns=list(OFFICE))
    return with_straight_decks(interpolated_elevation(roads, Villages(known)))
