"""The tables of all regions, on roads that are read once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from batu_geo.domain.errors import BatuGeoError, DataError
from batu_geo.fleet.joint_study import joint_study
from batu_geo.network.heights import with_straight_decks
from batu_geo.sources.files.opening import open_input
from batu_geo.sources.osm.road_cache import cache_name, cache_roads, read_cached_roads
from batu_geo.sources.roads.read_roads import READERS, read_roads
from batu_geo.sources.study.load_study import ELEVATIONS, load_study
from batu_geo.sources.study.study_files import StudyFiles
from batu_geo.sources.tables.elevation import interpolated_elevation, sampled_elevation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from batu_geo.domain.errors import Problem
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.planning.study import Study
    from batu_geo.sources.files.opening import Opened

ROADS = "roads"


def read_regions(
    regions: Mapping[str, Path], roads: Path, *, cache: Path
) -> tuple[dict[str, Study], RoadNetwork, dict[str, tuple[Problem, ...]]]:
    """Return the study of each region, the roads of all, and why some could not be read.

    Parameters
    ----------
    regions
        Folder of each by its code.
    roads
        The road file of all.
    cache
        Folder to keep parsed roads in.

    Raises
    ------
    DataError
        When no region has a study that can be opened.
    """
    studies: dict[str, Study] = {}
    faults: dict[str, tuple[Problem, ...]] = {}
    cards = {}
    for code, folder in regions.items():
        try:
            cards[code] = StudyFiles.at(folder)
        except BatuGeoError as error:
            faults[code] = error.problems
    if not cards:
        raise DataError([problem for of_region in faults.values() for problem in of_region])
    crs = Counter(sorted(files.card.crs for files in cards.values())).most_common(1)[0][0]
    opened = open_input(roads, name=roads.name, table=ROADS, suffixes=tuple(READERS))
    kept_at = cache / cache_name(opened.sha256, crs)
    network = read_cached_roads(kept_at)
    if network is None:
        network = read_roads(opened, crs=crs)
        cache_roads(network, kept_at)
    for code in cards:
        try:
            studies[code] = load_study(regions[code], roads=network)
        except BatuGeoError as error:
            faults[code] = error.problems
    return studies, _with_heights(studies, cards, network), faults


def _with_heights(
    studies: Mapping[str, Study], cards: Mapping[str, StudyFiles], roads: RoadNetwork
) -> RoadNetwork:
    """Return the roads with heights from the rasters of all regions, else between their offices."""
    tiles: dict[str, Opened] = {}
    for code in studies:
        if cards[code].card.elevation:
            opened = cards[code].open_all("elevation", *ELEVATIONS)
            tiles |= {tile.sha256: tile for tile in opened}
    if tiles:
        return with_straight_decks(sampled_elevation(roads, list(tiles.values()))[0])
    if not studies:
        return roads
    villages = joint_study(studies, roads).villages
    return with_straight_decks(interpolated_elevation(roads, villages))
