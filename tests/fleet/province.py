"""Files of a made-up province, as its office has them: outlines, people, facilities, codes."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from pathlib import Path

REGIONS = {"35.01": "Pacitan", "35.02": "Ponorogo", "35.79": "Kota Batu"}
SIDE = 0.02


def write_province(folder: Path, villages: int = 4) -> dict[str, Path]:
    """Write squares of villages side by side, one row of them a region, and return the files."""
    features, people, units, codes = [], [], [], [("35", "Jawa Timur")]
    for row, (region, title) in enumerate(REGIONS.items()):
        codes += [(region, title), (f"{region}.01", f"Kecamatan {title}")]
        for column in range(villages):
            code, name = f"{region}.01.{2001 + column}", f"{title} {column + 1}"
            codes.append((code, name))
            x, y = 112.0 + column * SIDE, -8.0 + row * SIDE
            square = shapely.box(x, y, x + SIDE, y + SIDE)
            features.append(
                {
                    "type": "Feature",
                    "geometry": json.loads(shapely.to_geojson(square)),
                    "properties": {"KODE_DESA": code, "DESA": name, "KECAMATAN": title},
                }
            )
            people.append((code, name, 1000 + 100 * column + row))
            if column % 2 == 0:
                units.append(
                    (f"Pustu {name}", "pustu", f"{y + SIDE / 2:.4f}", f"{x + SIDE / 2:.4f}")
                )
    units.append(("Pustu di laut", "pustu", "-9.5000", "110.0000"))
    files = {"villages": folder / "batas.geojson", "population": folder / "penduduk.csv",
             "facilities": folder / "faskes.csv", "codes": folder / "kode.csv"}  # fmt: skip
    document = {"type": "FeatureCollection", "features": features}
    files["villages"].write_text(json.dumps(document), encoding="utf-8")
    for name, head, rows in (("population", ("kode_desa", "desa", "penduduk"), people),
                             ("facilities", ("nama", "jenis", "lintang", "bujur"), units),
                             ("codes", ("kode", "nama"), codes)):  # fmt: skip
        with files[name].open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *rows])
    return files
