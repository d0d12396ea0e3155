"""`batu-geo fetch`: roads, facilities and footprints of OpenStreetMap; the one verb online."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

from batu_geo.domain.errors import DataError, EnvironmentFault, Problem
from batu_geo.importing.study_folder import StudyFolder
from batu_geo.sources.files.opening import open_input
from batu_geo.sources.geometry.geojson import read_features
from batu_geo.sources.geometry.osm_json import overpass_points
from batu_geo.sources.osm import nominatim
from batu_geo.sources.osm.osm_files import building_outlines, roads_pbf
from batu_geo.sources.osm.osm_servers import LICENCE, check_reachable
from batu_geo.sources.osm.overpass import (
    BUFFER_KM,
    FILES,
    ORIGIN,
    SERVER,
    buffered_box,
    map_date,
    merge_answers,
    query_tile,
    tiles_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from batu_geo.sources.osm.nominatim import Area
    from batu_geo.sources.osm.overpass import Box

CACHE = ".cache/overpass"
LARGEST_DEGREES = 4.0  # sides of what may be fetched; a kabupaten is below one
PLACE_FILE = "place.geojson"
# Facilities go through `import`, which shows what they are taken for.
IN_CARD = {"roads": "reported", "footprints": "estimated"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file that was fetched: what it holds, how many features, and the date of the data.

    The file of a place found by name has no date; ``about`` is the full name of that place.
    """

    what: str
    path: Path
    count: int
    date: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of the Overpass interpreter and of Nominatim."""

    overpass: str = SERVER
    nominatim: str = nominatim.SERVER


PUBLIC_SERVERS = Servers()


def fetch(
    folder: Path,
    *,
    only: Sequence[str] = (),
    place: str = "",
    buffer_km: float = BUFFER_KM,
    servers: Servers = PUBLIC_SERVERS,
    again: bool = False,
    progress: Callable[[str], None] | None = None,
) -> list[Fetched]:
    """Fetch what OpenStreetMap knows of the study's area and around it.

    Answers are kept in the study, part by part: what broke off goes on where it was.

    Parameters
    ----------
    folder
        Of the study; it needs its outlines, or a place.
    only
        Of ``roads``, ``facilities``, ``footprints``; all when nothing is named.
    place
        Name of the area in OpenStreetMap, asked of Nominatim, instead of the outlines.
    buffer_km
        How far beyond the area roads and facilities are fetched.
    servers
        Where roads, facilities and footprints, and the place, are asked for.
    again
        Whether to ask anew for what is kept.
    progress
        Called with what is being fetched.

    Raises
    ------
    EnvironmentFault
        When there is no area, no network or no usable answer; the study is as it was.
    ScenarioError
        When the address of a server is none.
    DataError
        When the outlines are faulty.
    """
    study = StudyFolder.at(folder)
    area = None
    if place:
        check_reachable(servers.nominatim)
        area = nominatim.find_area(place, servers.nominatim, study.root / CACHE, again=again)
    inside = _not_too_large(_sides([area.shape] if area else _outlines(study)))
    jobs = [
        (what, part)
        for what in (only or FILES)
        for part in tiles_of(inside if what == "footprints" else buffered_box(inside, buffer_km))
    ]
    check_reachable(servers.overpass)
    answers: dict[str, list[dict[str, Any]]] = {}
    for number, (what, part) in enumerate(jobs, start=1):
        if progress:
            progress(f"{what} {number}/{len(jobs)}")
        answer = query_tile(what, part, servers.overpass, study.root / CACHE, again=again)
        answers.setdefault(what, []).append(answer)
    return _written(study, answers, area)


def _outlines(study: StudyFolder) -> list[shapely.Geometry]:
    """Return the outlines of the villages, in degrees."""
    name = study.desk.card.villages.path
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
    """Refuse what would ask the server for a whole island."""
    west, south, east, north = box
    if max(east - west, north - south) > LARGEST_DEGREES:
        values = {"wide": round(float(east - west), 1), "high": round(float(north - south), 1)}
        raise EnvironmentFault(Problem("BG-436", values=values))
    return box


def _written(
    study: StudyFolder, answers: dict[str, list[dict[str, Any]]], area: Area | None
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
            }
    with study.edit() as edit:
        edit.files |= files
        edit.entries |= entries
    return done


def file_of(what: str, elements: list[dict[str, Any]]) -> tuple[bytes, int]:
    """Return the elements of a topic as the file of a study, and how many there are.

    Raises
    ------
    EnvironmentFault
        When there is no road among them.
    """
    if what == "roads":
        return roads_pbf(elements), sum(element["type"] == "way" for element in elements)
    features = building_outlines(elements) if what == "footprints" else overpass_points(elements)
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False).encode(), len(features)


def _place_file(area: Area) -> bytes:
    """Return the area that was taken as a file to look at; nothing reads it."""
    feature = {
        "type": "Feature",
        "properties": {
            "name": area.name,
            "element": area.element,
            "origin": nominatim.ORIGIN,
            "licence": LICENCE,
        },
        "geometry": json.loads(shapely.to_geojson(area.shape)),
    }
    collection = {"type": "FeatureCollection", "features": [feature]}
    return json.dumps(collection, ensure_ascii=False).encode()
