"""How large the national page is with 83,000 villages, and how long it takes to make.

Run as ``python benchmarks/national_page.py OUT.html [VILLAGES]``; not part of CI. Villages are
cells of points drawn at random, with crooked borders, in 514 regions.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from batu_geo.render.nation.nation_page import NationalData, nation_page

REGIONS = 514
SYLLABLES = [
    "ba",
    "ci",
    "da",
    "gu",
    "ka",
    "la",
    "ma",
    "na",
    "pa",
    "ra",
    "sa",
    "ta",
    "wa",
    "jo",
    "si",
    "lo",
    "mu",
    "ke",
    "ran",
    "tan",
    "ung",
]


def nation(count: int, regions: int = REGIONS, seed: int = 28) -> NationalData:
    """Return a made-up nation: cells of random points, their borders bent."""
    draw = np.random.default_rng(seed)
    xy = np.column_stack([draw.uniform(95, 141, count), draw.uniform(-11, 6, count)])
    box = shapely.box(95, -11, 141, 6)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(xy), extend_to=box))
    cells = shapely.intersection(cells, box)

    def bent(points: np.ndarray) -> np.ndarray:
        x, y = points.T
        return np.column_stack([x + 0.01 * np.sin(90 * y), y + 0.01 * np.sin(80 * x + 1)])

    cells = shapely.transform(shapely.segmentize(cells, 0.008), bent)
    middle = shapely.get_coordinates(shapely.centroid(cells))
    across = int(np.sqrt(regions * 2.7)) or 1
    down = -(-regions // across)
    column = np.clip((middle[:, 0] - 95) / 46 * across, 0, across - 1).astype(int)
    row = np.clip((middle[:, 1] + 11) / 17 * down, 0, down - 1).astype(int)
    number = np.minimum(row * across + column, regions - 1)
    order = np.argsort(number, kind="stable")
    cells, number = cells[order], number[order]
    codes = np.array([f"{11 + n // 16}.{n % 16 + 1:02d}" for n in range(regions)])
    population = draw.integers(300, 9000, count)
    share = np.clip(draw.normal(0.4, 0.25, count), 0, 1)
    names = ["".join(draw.choice(SYLLABLES, 3)).title() for _ in range(count)]
    villages = gpd.GeoDataFrame(
        {
            "village_id": [f"{codes[r]}.01.{2001 + n % 8000}" for n, r in enumerate(number)],
            "village_name": names, "region": codes[number], "population": population,
            "people_beyond": (population * share).astype(int),
            "band": pd.array(draw.integers(0, 21, count), dtype="Int64"),
        },
        geometry=cells, crs="EPSG:4326",
    )  # fmt: skip
    by = villages.groupby("region")
    table = by[["population", "people_beyond"]].sum()
    table["villages"] = by.size()
    table["title"] = [
        f"Kabupaten {''.join(draw.choice(SYLLABLES, 3)).title()}" for _ in table.index
    ]
    table["units"], table["evidence"] = (table["villages"] * 3) // 4, "illustrative"
    table["band"] = 1 + np.arange(len(table)) * 20 // len(table)
    table["criteria_lacking"] = np.arange(len(table)) % 4
    return NationalData("Indonesia (rekaan)", "Terjangkau dalam 15 menit.", villages,
                        table.reset_index(), len(table) + 1, ("99.99",),
                        {codes[0]: "regions/satu.html"})  # fmt: skip


if __name__ == "__main__":
    made = nation(int(sys.argv[2]) if len(sys.argv) > 2 else 83_000)
    begun = time.process_time()
    html = nation_page(made).html
    Path(sys.argv[1]).write_text(html, encoding="utf-8")
    print(f"{len(made.villages)} villages: {len(html.encode()) / 1e6:.2f} MB, "
          f"{time.process_time() - begun:.1f} s CPU")  # fmt: skip
