"""Towns drawn in metres and written as a study: an OpenStreetMap file, GeoJSON and CSV.

Places are metres east and north of a corner in EPSG:32749. `drawn_study` writes the folder,
`read_drawn` reads it back with the baseline scenario.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pyproj

from batu_geo.domain.scenario import Scenario
from batu_geo.planning.study import Study
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario

CORNER = (668_000.0, 9_130_000.0)
TO_DEGREES = pyproj.Transformer.from_crs("EPSG:32749", "EPSG:4326", always_xy=True)
TABLES = {"population": "population.csv", "villages": "villages.geojson",
          "facilities": "facilities.geojson", "buildings": "buildings.geojson",
          "roads": "roads.osm"}  # fmt: skip

Place = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Village:
    """A village by the last digits of its code: a box with people."""

    code: str
    name: str
    people: int
    box: Box


@dataclass(frozen=True)
class Town:
    """A town: nodes by letter, ways as (letters, tags), villages, units, buildings.

    `units` and `buildings` are (id, village code, place); a hospital stands at the first unit.
    `turns` are (from way, via node, to way, tags), ways numbered from 1; of several letters
    the via is the ways of those numbers.
    """

    nodes: dict[str, Place]
    ways: tuple[tuple[str, str | dict[str, str]], ...]
    villages: tuple[Village, ...]
    units: tuple[tuple[str, str, Place], ...]
    buildings: tuple[tuple[str, str, Place], ...] = ()
    more: str = ""
    node_tags: dict[str, dict[str, str]] = field(default_factory=dict)
    turns: tuple[tuple[int, str, int, dict[str, str]], ...] = ()
    settings: tuple[str, ...] = field(default=())


def degrees(place: Place) -> list[float]:
    lon, lat = TO_DEGREES.transform(CORNER[0] + place[0], CORNER[1] + place[1])
    return [round(lon, 7), round(lat, 7)]


def drawn_study(folder: Path, town: Town) -> Path:
    """Write a town as a study and return its folder."""
    folder.mkdir(parents=True)
    shutil.copytree(embedded_study() / "scenarios", folder / "scenarios")
    baseline = folder / "scenarios" / "baseline.toml"
    baseline.write_text(baseline.read_text(encoding="utf-8") + town.more, encoding="utf-8")
    (folder / "roads.osm").write_text(_osm(town), encoding="utf-8")
    rows = [f"{_code(v.code)},{v.name},Batu,{v.people}" for v in town.villages]
    header = "village_id,village_name,district_name,population"
    (folder / "population.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    outlines = [({"village_id": _code(v.code), "village_name": v.name, "district_name": "Batu"},
                 _box(v.box)) for v in town.villages]  # fmt: skip
    units = [({"facility_id": n, "facility_name": n, "kind": "UPKDK", "status": "active",
               "village_id": _code(c)}, _point(p)) for n, c, p in town.units]  # fmt: skip
    if town.units:
        _, code, place = town.units[0]
        units.append(({"facility_id": "RS", "facility_name": "RS", "kind": "RUMAH_SAKIT",
                       "status": "active", "village_id": _code(code)}, _point(place)))  # fmt: skip
    buildings = [({"building_id": n, "building_name": n, "owner": "city",
                   "land_status": "local_government", "condition": "good", "floor_area_m2": 90,
                   "rooms": 3, "village_id": _code(c)}, _point(p))
                 for n, c, p in town.buildings]  # fmt: skip
    for name, features in (("villages", outlines), ("facilities", units), ("buildings", buildings)):
        (folder / f"{name}.geojson").write_text(_collection(features), encoding="utf-8")
    card = 'name = "drawn"\ntitle = "Drawn"\ncrs = "EPSG:32749"\n'
    for table, path in TABLES.items():
        card += (f'[{table}]\npath = "{path}"\norigin = "drawn"\nlicence = "MIT"\n'
                 'date = "2026-01-31"\nevidence = "illustrative"\n')  # fmt: skip
    (folder / "study.toml").write_text(card, encoding="utf-8")
    return folder


def read_drawn(
    folder: Path, town: Town, *, scenario: str = "baseline", settings: tuple[str, ...] = ()
) -> tuple[Study, Scenario]:
    """Write a town and read it back: the study, and a scenario of it."""
    study = load_study(drawn_study(folder / "study", town))
    return study, load_scenario(scenario, study=study, overrides=(*town.settings, *settings))


def _code(code: str) -> str:
    return f"35.79.01.{code}"


def _point(place: Place) -> dict[str, Any]:
    return {"type": "Point", "coordinates": degrees(place)}


def _box(box: Box) -> dict[str, Any]:
    west, south, east, north = box
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "Polygon", "coordinates": [[degrees(corner) for corner in ring]]}


def _collection(features: list[tuple[dict[str, Any], dict[str, Any]]]) -> str:
    rows = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    return json.dumps({"type": "FeatureCollection", "features": rows})


def _osm(town: Town) -> str:
    number = {letter: k for k, letter in enumerate(town.nodes, start=1)}
    lines = ['<osm version="0.6">']
    for letter, place in town.nodes.items():
        lon, lat = degrees(place)
        said = _tags(town.node_tags.get(letter, {}))
        lines.append(f'<node id="{number[letter]}" lon="{lon}" lat="{lat}">{said}</node>')
    for way_id, (letters, tags) in enumerate(town.ways, start=1):
        known = {"highway": tags} if isinstance(tags, str) else tags
        nodes = "".join(f'<nd ref="{number[letter]}"/>' for letter in letters)
        lines.append(f'<way id="{way_id}">{nodes}{_tags(known)}</way>')
    for relation_id, (one, via, other, tags) in enumerate(town.turns, start=1):
        between = [("node", number[via])] if via in number else [("way", int(n)) for n in via]
        members = [("way", one, "from"), *((k, ref, "via") for k, ref in between),
                   ("way", other, "to")]  # fmt: skip
        said = "".join(
            f'<member type="{k}" ref="{ref}" role="{role}"/>' for k, ref, role in members
        )
        lines.append(f'<relation id="{relation_id}">{said}{_tags({"type": "restriction"} | tags)}'
                     "</relation>")  # fmt: skip
    return "\n".join([*lines, "</osm>"])


def _tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())
