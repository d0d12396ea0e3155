"""`batu-geo fetch`: roads, facilities and footprints of OpenStreetMap; the one verb online."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

from batu_geo.domain.errors import DataError, EnvironmentFault, Problem
from batu_geo.domain.tables import geojson_geometry
from batu_geo.importing.scope import FARTHEST_KM
from batu_geo.importing.scoping.road_reach import road_reach_km
from batu_geo.importing.study_folder import StudyFolder
from batu_geo.render.text.steps import Steps
from batu_geo.sources.files.opening import open_input
from batu_geo.sources.geometry.geojson import read_features
from batu_geo.sources.geometry.osm_json import overpass_points
from batu_geo.sources.osm import nominatim
from batu_geo.sources.osm.osm_files import building_outlines, is_road, roads_pbf
from batu_geo.sources.osm.osm_servers import LICENCE, PUBLIC_SERVERS, check_reachable
from batu_geo.sources.osm.overpass import (
    FILES,
    ORIGIN,
    buffered_box,
    map_date,
    merge_answers,
    query_tile,
    tiles_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from batu_geo.sources.osm.nominatim import Area
    from batu_geo.sources.osm.osm_servers import Servers
    from batu_geo.sources.osm.overpass import Box

CACHE = ".cache/overpass"
LARGEST_DEGREES = 4.0  # largest side of the area; a kabupaten is below 1
PLACE_FILE = "place.geojson"
# Facilities are imported by `import`, where their kinds are confirmed.
IN_CARD = {"roads": "reported", "footprints": "estimated"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """One fetched file: its topic, number of features and date of the data.

    The file of a place found by name has no date; ``about`` is the full name of that place.
    """

    what: str
    path: Path
    count: int
    date: str
    about: str = ""


def fetch(
    folder: Path,
    *,
    only: Sequence[str] = (),
    place: str = "",
    buffer_km: float | None = None,
    servers: Servers = PUBLIC_SERVERS,
    again: bool = False,
    progress: Callable[[str], None] | None = None,
) -> list[Fetched]:
    """Fetch roads, facilities and footprints of OpenStreetMap in and around the study.

    Parameters
    ----------
    folder
        Folder of the study; it has village outlines, or `place` is given.
    only
        Some of ``roads``, ``facilities``, ``footprints``; all three by default.
    place
        Name of an area that Nominatim looks up, used instead of the outlines.
    buffer_km
        Distance around the area in which roads and facilities are fetched too; by default as
        `import` cuts them: roads to the reach of the longest threshold, facilities to 25 km.
    servers
        Addresses of Overpass and Nominatim.
    again
        Whether to download again the tiles cached in the study by an earlier call.
    progress
        Called with the file and the number of the tile being fetched.

    Raises
    ------
    EnvironmentFault, ScenarioError
        No area, network or usable answer, or a malformed address; the study is unchanged.
    DataError
        When the outlines are faulty.
    """
    study = StudyFolder.at(folder)
    cache = study.root / CACHE
    area = _named_area(place, servers.nominatim, cache, again=again) if place else None
    inside = _not_too_large(_sides([area.shape] if area else _outlines(study)))
    reach = road_reach_km(study) if buffer_km is None else buffer_km
    around = {"roads": reach, "facilities": FARTHEST_KM if buffer_km is None else buffer_km}
    queries = _queries(only or tuple(FILES), inside, around)
    check_reachable(servers.overpass)
    answers: dict[str, list[dict[str, Any]]] = {}
    for what, tile in _reported(queries, progress):
        answer = query_tile(what, tile, servers.overpass, cache, again=again)
        answers.setdefault(what, []).append(answer)
    return _written(study, answers, area, reach)


def _named_area(place: str, server: str, cache: Path, *, again: bool) -> Area:
    """Return the area that Nominatim has under a name."""
    check_reachable(server)
    return nominatim.find_area(place, server, cache, again=again)


def _reported(
    queries: Sequence[tuple[str, Box]], progress: Callable[[str], None] | None
) -> Iterator[tuple[str, Box]]:
    """Yield the queries and report each before it is sent."""
    steps = Steps(progress)
    steps.expect(len(queries))
    for what, tile in queries:
        steps(what)
        yield what, tile


def _queries(
    only: Sequence[str], inside: Box, around_km: Mapping[str, float]
) -> list[tuple[str, Box]]:
    """Return each file with the tiles it is fetched by: footprints without a buffer."""
    return [
        (what, tile)
        for what in only
        for tile in tiles_of(buffered_box(inside, around_km.get(what, 0.0)))
    ]


def _outlines(study: StudyFolder) -> list[shapely.Geometry]:
    """Return the outlines of the villages, in degrees."""
    name = study.study_files.card.villages.path
    path = study.root / name
    if not path.is_file():
        raise EnvironmentFault(Problem("BG-434", name))
    opened = open_input(path, name=name, table="villages", suffixes=(".geojson", ".json"))
    features, problems = read_features(opened, geometry="polygon", id_column="village_id")
    if problems:
        raise DataError(problems)
    if not len(features.geometry):
        raise EnvironmentFault(Problem("BG-434", name))
    return list(features.geometry)


def _sides(shapes: Sequence[shapely.Geometry]) -> Box:
    west, south, east, north = (float(side) for side in shapely.total_bounds(list(shapes)))
    return west, south, east, north


def _not_too_large(box: Box) -> Box:
    """Refuse an area larger than `LARGEST_DEGREES`."""
    west, south, east, north = box
    if max(east - west, north - south) > LARGEST_DEGREES:
        values = {"wide": round(float(east - west), 1), "high": round(float(north - south), 1)}
        raise EnvironmentFault(Problem("BG-436", values=values))
    return box


def _written(
    study: StudyFolder,
    answers: dict[str, list[dict[str, Any]]],
    area: Area | None,
    reach_km: float,
) -> list[Fetched]:
    files: dict[str, bytes] = {}
    entries: dict[str, dict[str, str]] = {}
    done = []
    if area:
        files[PLACE_FILE] = _place_file(area)
        done.append(Fetched("place", study.root / PLACE_FILE, 1, "", area.name))
    for what, parts in answers.items():
        elements, date = merge_answers(parts), min(map(map_date, parts))
        content, count = file_of(what, elements)
        files[FILES[what]] = content
        done.append(Fetched(what, study.root / FILES[what], count, date))
        if what in IN_CARD and count:
            entries[what] = {
                "path": FILES[what],
                "origin": ORIGIN,
                "licence": LICENCE,
                "date": date,
                "evidence": IN_CARD[what],
                **({"reach_km": f"{reach_km:g}"} if what == "roads" else {}),
            }
    with study.edit() as edit:
        edit.files |= files
        edit.entries |= entries
    return done


def file_of(what: str, elements: list[dict[str, Any]]) -> tuple[bytes, int]:
    """Return the elements of a topic as a file of the study, and their number.

    Raises
    ------
    EnvironmentFault
        When there is no road among them.
    """
    if what == "roads":
        return roads_pbf(elements), sum(is_road(element) for element in elements)
    features = building_outlines(elements) if what == "footprints" else overpass_points(elements)
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False).encode(), len(features)


def _place_file(area: Area) -> bytes:
    """Return the area as GeoJSON for the user to inspect; no verb reads it."""
    feature = {
        "type": "Feature",
        "properties": {
            "name": area.name,
            "element": area.element,
            "origin": nominatim.ORIGIN,
            "licence": LICENCE,
        },
        "geometry": geojson_geometry(area.shape),
    }
    collection = {"type": "FeatureCollection", "features": [feature]}
    return json.dumps(collection, ensure_ascii=False).encode()
