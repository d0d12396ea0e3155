"""A study folder of any number of square villages over a real extract of OpenStreetMap.

    python benchmarks/porto_region.py FOLDER --villages 400 [--extract porto_portugal.osm.pbf]

Villages, units and buildings are made up and marked so; streets are real.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import shapely

from batu_geo.sources.study.embedded import embedded_study

SHARED = Path(os.environ.get("BATU_GEO_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
CRS = "EPSG:32629"
CARD = f'name = "porto"\ntitle = "Porto (contoh)"\ncrs = "{CRS}"\n'
TABLE = """
[{table}]
path = "{path}"
origin = "{origin}"
licence = "{licence}"
date = "2026-11-01"
evidence = "{evidence}"
"""
MADE = ("benchmarks/porto_region.py", "MIT", "illustrative")
INPUTS = {
    "population": ("penduduk.csv", *MADE), "villages": ("desa.geojson", *MADE),
    "facilities": ("faskes.geojson", *MADE), "buildings": ("bangunan.geojson", *MADE),
    "roads": ("jalan.osm.pbf", "OpenStreetMap", "ODbL", "reported"),
}  # fmt: skip


def write_region(folder: Path, extract: Path, villages: int, *, seed: int = 1) -> Path:
    """Write a study whose villages are squares of equal size over the roads of an extract."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    shutil.copy(extract, folder / INPUTS["roads"][0])
    shutil.copytree(embedded_study() / "scenarios", folder / "scenarios")
    west, south, east, north = _bounds(extract)
    side = int(np.ceil(np.sqrt(villages)))
    width, height = (east - west) / side, (north - south) / side
    n = np.arange(villages)
    left, low = west + n % side * width, south + n // side * height
    codes = [f"35.{k // 400 + 10}.{k // 20 % 20 + 1:02d}.{k % 20 + 2001}" for k in n]
    boxes = shapely.box(left, low, left + width, low + height)
    people = rng.integers(2_000, 12_000, villages)
    rows = "".join(
        f"{code},Desa {k},{p}\n" for k, (code, p) in enumerate(zip(codes, people, strict=True))
    )
    (folder / "penduduk.csv").write_text("village_id,village_name,population\n" + rows)
    _write(folder / "desa.geojson", boxes,
           [{"village_id": code, "village_name": f"Desa {k}"} for k, code in enumerate(codes)])  # fmt: skip

    def inside(rows: np.ndarray) -> np.ndarray:
        share = rng.uniform(0.2, 0.8, (len(rows), 2))
        return shapely.points(left[rows] + share[:, 0] * width, low[rows] + share[:, 1] * height)

    with_unit, without = n[n % 4 != 3], np.repeat(n[n % 4 == 3], 3)
    _write(folder / "faskes.geojson", inside(with_unit),
           [{"facility_id": f"U-{k}", "facility_name": f"UPKDK {k}", "kind": "UPKDK",
             "village_id": codes[k], "status": "active"} for k in with_unit])  # fmt: skip
    _write(folder / "bangunan.geojson", inside(without),
           [{"building_id": f"B-{k}-{m % 3}", "building_name": f"Balai {k}-{m % 3}", "owner": "city",
             "land_status": "local_government", "condition": "good", "floor_area_m2": 120,
             "rooms": 5, "village_id": codes[k]} for m, k in enumerate(without)])  # fmt: skip
    names = ("table", "path", "origin", "licence", "evidence")
    cards = (
        TABLE.format(**dict(zip(names, (t, *card), strict=True))) for t, card in INPUTS.items()
    )
    (folder / "study.toml").write_text(CARD + "".join(cards), encoding="utf-8")
    return folder


def _bounds(extract: Path) -> tuple[float, float, float, float]:
    """Return the metres that hold nine tenths of the nodes each way."""
    places = np.array([(node.location.lon, node.location.lat)
                       for node in osmium.FileProcessor(str(extract), osmium.osm.NODE)])  # fmt: skip
    metres = gpd.GeoSeries(shapely.points(places), crs="EPSG:4326").to_crs(CRS)
    x, y = shapely.get_coordinates(metres.to_numpy()).T
    return (*np.percentile(x, 5, keepdims=True), *np.percentile(y, 5, keepdims=True),
            *np.percentile(x, 95, keepdims=True), *np.percentile(y, 95, keepdims=True))  # fmt: skip


def _write(path: Path, shapes: np.ndarray, properties: list[dict[str, Any]]) -> None:
    degrees = gpd.GeoSeries(shapes, crs=CRS).to_crs("EPSG:4326")
    members = [
        {"type": "Feature", "properties": row, "geometry": json.loads(shapely.to_geojson(shape))}
        for row, shape in zip(properties, degrees, strict=True)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": members}))


def main() -> None:
    """Write a study folder."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--villages", type=int, default=400)
    parser.add_argument("--extract", default="porto_portugal.osm.pbf")
    args = parser.parse_args()
    print(write_region(args.folder, SHARED / "roads" / args.extract, args.villages))


if __name__ == "__main__":
    main()
