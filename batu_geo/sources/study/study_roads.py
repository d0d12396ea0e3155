"""The roads of a study: read from their file, kept on disk, or held by another study."""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import shapely

from batu_geo.domain.errors import DataError, Problem
from batu_geo.network.heights import with_straight_decks
from batu_geo.sources.osm.road_cache import cache_name, cache_roads, read_cached_roads
from batu_geo.sources.roads.read_roads import READERS, read_roads
from batu_geo.sources.tables.elevation import (
    OFFICE_COLUMNS,
    interpolated_elevation,
    sampled_elevation,
)

if TYPE_CHECKING:
    from batu_geo.domain.tables import Villages
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.sources.files.opening import Opened
    from batu_geo.sources.study.study_files import StudyFiles

ELEVATIONS = (".tif", ".tiff", ".hgt")
SMALLEST_KEPT = 1_000_000
# Roads of small files are not kept on disk: a process holds those of its studies, and the latest.
_known: WeakValueDictionary[str, RoadNetwork] = WeakValueDictionary()
_latest: deque[RoadNetwork] = deque(maxlen=2)


def roads_of(
    files: StudyFiles, villages: Villages, cache: Path | None
) -> tuple[RoadNetwork, list[Problem]]:
    """Read the roads, or find them kept, and give them elevations."""
    return roads_in(files.open("roads", *READERS), files, villages, cache)


def roads_in(
    opened: Opened, files: StudyFiles, villages: Villages, cache: Path | None
) -> tuple[RoadNetwork, list[Problem]]:
    """Read the roads of an opened file as those of a study."""
    is_small = len(opened.content) < SMALLEST_KEPT and not files.card.elevation
    key = _key(opened, files.card.crs, villages) if is_small else ""
    roads, notices = _known.get(key), list[Problem]()
    if roads is None:
        roads, notices = _raised(_read(opened, files.card.crs, cache), files, villages)
        if is_small:
            _known[key] = roads
            _latest.append(roads)
    _check_roads(roads, villages, opened.name)
    # Roads that were kept do not know under which name their file stands today.
    return roads, [*(replace(doubt, path=opened.name) for doubt in roads.doubts), *notices]


def _read(opened: Opened, crs: str, cache: Path | None) -> RoadNetwork:
    """Read the roads, or find them kept on disk."""
    kept_at = cache / cache_name(opened.sha256, crs) if cache else None
    kept = read_cached_roads(kept_at) if kept_at else None
    roads = kept or read_roads(opened, crs=crs)
    if kept_at and kept is None and len(opened.content) >= SMALLEST_KEPT:
        cache_roads(roads, kept_at)
    return roads


def _raised(
    roads: RoadNetwork, files: StudyFiles, villages: Villages
) -> tuple[RoadNetwork, list[Problem]]:
    """Return the roads with elevations."""
    if files.card.elevation:
        roads, notices = sampled_elevation(roads, files.open_all("elevation", *ELEVATIONS))
        return with_straight_decks(roads), notices
    return with_straight_decks(interpolated_elevation(roads, villages)), []


def _key(opened: Opened, crs: str, villages: Villages) -> str:
    """Return what roads with elevations between offices depend on."""
    offices = villages.reindex(columns=OFFICE_COLUMNS).to_numpy(float, na_value=float("nan"))
    text = f"{opened.sha256} {Path(opened.name).suffixes} {crs} {offices.tolist()}"
    return hashlib.sha256(text.encode()).hexdigest()


def _check_roads(roads: RoadNetwork, villages: Villages, name: str) -> None:
    city = shapely.union_all(villages.geometry.to_numpy())
    distance = shapely.distance(shapely.multipoints(roads.node_xy), city)
    if distance > 0:
        raise DataError(Problem("BG-212", name, values={"km": f"{distance / 1000:.0f}"}))
