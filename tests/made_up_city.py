"""A study around a real OpenStreetMap extract: made-up villages, units and buildings."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import osmium
import shapely

from batu_geo.sources.study.embedded import embedded_study

SIDE = 2
CARD = """name = "merapi"
title = "Lereng Merapi (contoh)"
crs = "EPSG:32749"
"""
TABLE = """
[{table}]
path = "{path}"
origin = "{origin}"
licence = "{licence}"
date = "2026-11-01"
evidence = "{evidence}"
"""


def make_merapi_study(folder: Path, extract: Path, side: int = SIDE) -> Path:
    """Write a study whose villages, four or `side` squared, are parts of the extract's middle."""
    folder.mkdir(parents=True)
    shutil.copy(extract, folder / "jalan.osm.pbf")
    shutil.copytree(embedded_study() / "scenarios", folder / "scenarios")
    west, south, east, north = _middle(extract)
    villages, units, buildings, rows = [], [], [], []
    for n in range(side * side):
        column, row = n % side, n // side
        width, height = (east - west) / side, (north - south) / side
        x, y = west + column * width, south + row * height
        code, name = f"34.04.99.{2001 + n}", f"Desa Contoh {n + 1}"
        square = shapely.box(x, y, x + width, y + height)
        villages.append(({"village_id": code, "village_name": name}, square))
        rows.append(f"{code},{name},{3000 + 1500 * (n % 4)}")
        middle = shapely.Point(x + width / 2, y + height / 2)
        if n % 2 == 0:
            units.append((_unit(code, name), middle))
        else:
            aside = shapely.Point(x + width / 3, y + height / 3)
            buildings += [(_building(code, name, k), p) for k, p in enumerate((middle, aside))]
    _write(folder / "desa.geojson", villages)
    _write(folder / "faskes.geojson", units)
    _write(folder / "bangunan.geojson", buildings)
    (folder / "penduduk.csv").write_text(
        "village_id,village_name,population\n" + "\n".join(rows) + "\n"
    )
    cards = [
        ("population", "penduduk.csv", "dibuat untuk uji", "MIT", "illustrative"),
        ("villages", "desa.geojson", "dibuat untuk uji", "MIT", "illustrative"),
        ("facilities", "faskes.geojson", "dibuat untuk uji", "MIT", "illustrative"),
        ("buildings", "bangunan.geojson", "dibuat untuk uji", "MIT", "illustrative"),
        ("roads", "jalan.osm.pbf", "OpenStreetMap", "ODbL", "reported"),
    ]
    names = ("table", "path", "origin", "licence", "evidence")
    text = CARD + "".join(TABLE.format(**dict(zip(names, c, strict=True))) for c in cards)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder


def _middle(extract: Path) -> tuple[float, float, float, float]:
    """Return the middle third of the extract, where its roads are."""
    lon, lat = [], []
    for node in osmium.FileProcessor(str(extract), osmium.osm.NODE):
        lon.append(node.location.lon)
        lat.append(node.location.lat)
    lon.sort()
    lat.sort()
    third = len(lon) // 5
    return lon[third], lat[third], lon[-third], lat[-third]


def _unit(code: str, name: str) -> dict[str, Any]:
    return {"facility_id": f"U-{code}", "facility_name": f"UPKDK {name}", "kind": "UPKDK",
            "village_id": code, "status": "active"}  # fmt: skip


def _building(code: str, name: str, number: int) -> dict[str, Any]:
    return {"building_id": f"B-{code}-{number}", "building_name": f"Bangunan {number} {name}",
            "owner": "city", "land_status": "local_government", "condition": "good",
            "floor_area_m2": 90, "rooms": 3, "village_id": code}  # fmt: skip


def _write(path: Path, features: list[tuple[dict[str, Any], shapely.Geometry]]) -> None:
    members = [
        {"type": "Feature", "properties": p, "geometry": json.loads(shapely.to_geojson(g))}
        for p, g in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": members}))
