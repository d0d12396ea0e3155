"""A whole study on disk, drawn in letters: small enough to run in a moment."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import osmium
import shapely

from batu_geo.sources.study.embedded import embedded_study
from tests.toy import CORNER, STEP_M, TO_DEGREES, places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

CARD = """name = "toy"
title = "Kota Mainan"
crs = "EPSG:32749"
"""
TABLE = """
[{table}]
path = "{path}"
origin = "toy"
licence = "MIT"
date = "2026-01-31"
evidence = "illustrative"
"""
INPUTS = {
    "population": "penduduk.csv",
    "villages": "desa.geojson",
    "facilities": "faskes.geojson",
    "buildings": "bangunan.geojson",
    "roads": "jalan.osm.pbf",
}


def write_toy_study(
    folder: Path,
    drawing: str,
    streets: Mapping[str, str],
    *,
    villages: Mapping[str, tuple[tuple[float, float, float, float], int]],
    units: Mapping[str, tuple[float, float]],
    buildings: Mapping[str, tuple[float, float]] | None = None,
) -> Path:
    """Write a study.

    Parameters
    ----------
    folder
        Where to.
    drawing, streets
        As for `toy.town`.
    villages
        By code: left, top, right and bottom in steps, and people.
    units
        By village code: where its open UPKDK stands, in steps.
    buildings
        By name: where a city building stands, in steps.
    """
    folder.mkdir(parents=True)
    shutil.copytree(embedded_study() / "scenarios", folder / "scenarios")
    write_osm(folder / INPUTS["roads"], drawing, streets)
    rows = [f"{code},Desa {code[-1]},{people}" for code, (_, people) in villages.items()]
    text = "\n".join(["village_id,village_name,population", *rows]) + "\n"
    (folder / INPUTS["population"]).write_text(text)
    write_features(
        folder / INPUTS["villages"],
        [({"village_id": code, "village_name": f"Desa {code[-1]}"}, box(*sides))
         for code, (sides, _) in villages.items()],
    )  # fmt: skip
    write_features(
        folder / INPUTS["facilities"],
        [({"facility_id": f"U-{code}", "facility_name": f"UPKDK {code[-1]}", "kind": "UPKDK",
           "village_id": code, "status": "active"}, point(*xy)) for code, xy in units.items()],
    )  # fmt: skip
    write_features(
        folder / INPUTS["buildings"],
        [({"building_id": name, "building_name": f"Balai {name}", "owner": "city",
           "land_status": "local_government", "condition": "good", "floor_area_m2": 90,
           "rooms": 3}, point(*xy)) for name, xy in (buildings or {}).items()],
    )  # fmt: skip
    cards = [TABLE.format(table=table, path=path) for table, path in INPUTS.items()]
    (folder / "study.toml").write_text(CARD + "".join(cards))
    return folder


def point(right: float, down: float) -> shapely.Point:
    """Return a place in degrees from steps."""
    lon, lat = TO_DEGREES.transform(CORNER[0] + STEP_M * right, CORNER[1] - STEP_M * down)
    return shapely.Point(round(lon, 8), round(lat, 8))


def box(left: float, top: float, right: float, bottom: float) -> shapely.Polygon:
    """Return a rectangle in degrees from steps."""
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return shapely.Polygon([point(*corner) for corner in corners])


def write_features(path: Path, features: Sequence[tuple[dict[str, Any], Any]]) -> None:
    """Write a FeatureCollection."""
    members = [
        {"type": "Feature", "properties": p, "geometry": json.loads(shapely.to_geojson(g))}
        for p, g in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": members}))


def write_osm(path: Path, drawing: str, streets: Mapping[str, str | Mapping[str, str]]) -> None:
    """Write the streets of a drawing as an OSM file."""
    where = places(drawing)
    with osmium.SimpleWriter(str(path)) as writer:
        for letter in sorted(where, key=ord):
            lon, lat = TO_DEGREES.transform(*where[letter])
            writer.add_node(osmium.osm.mutable.Node(id=ord(letter), location=(lon, lat)))
        for number, (word, tags) in enumerate(streets.items(), start=1):
            writer.add_way(
                osmium.osm.mutable.Way(
                    id=number,
                    nodes=[ord(letter) for letter in word],
                    tags={"highway": tags} if isinstance(tags, str) else dict(tags),
                )
            )


def write_two_villages(folder: Path) -> Path:
    """Write a study of two villages on a block of streets, with one unit and one building."""
    drawing = """
A----B----C----D
|    |    |    |
E----F----G----H
"""
    streets = {
        "ABCD": "residential", "EFGH": "residential", "AE": "residential", "BF": "primary",
        "CG": "path", "DH": "residential",
    }  # fmt: skip
    return write_toy_study(
        folder, drawing, streets,
        villages={"v.1": ((-1, -1, 8, 6), 500), "v.2": ((8, -1, 20, 6), 300)},
        units={"v.1": (1, 1)}, buildings={"b": (10, 2)},
    )  # fmt: skip
