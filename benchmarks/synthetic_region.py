"""A synthetic region of any number of villages from a fixed seed, as a study in memory.

Square villages of 2.5 km with a jittered street grid of 196 crossings and about 300 streets;
rivers with few bridges, islands, one-way streets, slopes. Three of four villages have a unit,
the others three buildings of the city each; a puskesmas for every 5 villages, a hospital for 50.
Times on real networks differ; the shape of growth does not.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from batu_geo.domain.tables import Buildings, Facilities, Villages
from batu_geo.network.roads import RoadNetwork
from batu_geo.planning.study import Study

if TYPE_CHECKING:
    from numpy.typing import NDArray

CRS = "EPSG:32749"
WEST, SOUTH = 650_000.0, 9_100_000.0
SIDE_M, ACROSS = 2_500.0, 14
STEP_M = SIDE_M / ACROSS
CLASSES = ("residential", "tertiary", "primary")
KEPT, ONE_WAY = 0.77, 0.03
RIVER_EVERY, BRIDGE_EVERY, ISLAND_EVERY = 5 * ACROSS, 2 * ACROSS, 12
CARD = {"origin": "benchmarks/synthetic_region.py", "evidence": "illustrative", "licence": "MIT",
        "date": "2026-01-31", "path": "-", "sha256": "0" * 64}  # fmt: skip


def synthetic_region(
    villages: int,
    *,
    seed: int = 1,
    places: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> Study:
    """Return a study of so many villages, in a square or at columns and rows of one's own."""
    rng = np.random.default_rng(seed)
    wide = int(np.ceil(np.sqrt(villages)))
    column, row = places or (np.arange(villages) % wide, np.arange(villages) // wide)
    roads = _roads(rng, column, row)
    areas = _villages(rng, column, row)
    has_unit = np.arange(villages) % 4 != 3
    return Study(
        name="synthetic",
        title=f"{villages} synthetic villages",
        crs=CRS,
        folder=Path(),
        villages=areas,
        facilities=_facilities(rng, areas, roads, has_unit),
        buildings=_buildings(rng, areas, roads, has_unit),
        roads=roads,
        costs=None,
        indicators=None,
        staffing=None,
        profiles=None,
        figures=None,
        homes={},
        inputs={name: dict(CARD) for name in ("population", "villages", "facilities",
                                              "buildings", "roads")},
        notices=(),
    )  # fmt: skip


def _roads(
    rng: np.random.Generator, column: NDArray[np.int64], row: NDArray[np.int64]
) -> RoadNetwork:
    """Return the streets; the crossings of a village follow each other."""
    high, wide = (int(row.max()) + 1) * ACROSS, (int(column.max()) + 1) * ACROSS
    number = np.full((high + 1, wide + 1), -1)
    inside = np.arange(ACROSS)
    y = (row[:, None, None] * ACROSS + inside[:, None] + np.zeros(ACROSS, int)).ravel()
    x = (column[:, None, None] * ACROSS + np.zeros((ACROSS, 1), int) + inside).ravel()
    number[y, x] = np.arange(len(x))
    jitter = rng.uniform(-0.2, 0.2, (len(x), 2)) * STEP_M
    xy = np.column_stack([WEST + (x + 0.5) * STEP_M, SOUTH + (y + 0.5) * STEP_M]) + jitter
    parts = []
    for right, up in ((1, 0), (0, 1)):
        there = number[y + up, x + right]
        main = np.minimum(*((y, y) if right else (x, x))) % ACROSS == 0
        far = (np.minimum(y, y) if right else x) % (5 * ACROSS) == 0
        rank = np.where(far, 2, np.where(main, 1, 0))
        kept = (there >= 0) & ((rng.random(len(x)) < KEPT) | (rank > 0))
        if right:
            at_river = (x + 1) % RIVER_EVERY == 0
            kept &= ~at_river | (y % BRIDGE_EVERY == 0)
        kept &= _is_island(x, y, column.max() + 1) == _is_island(
            x + right, y + up, column.max() + 1
        )
        parts.append(np.column_stack([np.flatnonzero(kept), there[kept], rank[kept]]))
    edges = np.vstack(parts)
    edges = edges[np.argsort(edges[:, 0], kind="stable")]
    count = len(edges)
    closed = np.zeros((count, 2), np.uint8)
    closed[(rng.random(count) < ONE_WAY) & (edges[:, 2] == 0), 1] = 0b111110
    line_xy = xy[edges[:, :2].ravel()]
    km = (line_xy - [WEST, SOUTH]) / 1000
    zeros = np.zeros(count, np.int32)
    return RoadNetwork(
        crs=CRS,
        node_xy=xy,
        edge_node=edges[:, :2].astype(np.int32),
        length_m=np.hypot(*(xy[edges[:, 0]] - xy[edges[:, 1]]).T),
        road_class=edges[:, 2].astype(np.int32),
        classes=CLASSES,
        surface=zeros,
        surfaces=("",),
        name=zeros,
        names=("",),
        closed=closed,
        maxspeed_kmh=np.full(count, np.nan),
        way_id=np.arange(1, count + 1),
        line_start=np.arange(0, 2 * count + 1, 2),
        line_xy=line_xy,
        line_z=800 + 60 * np.sin(km[:, 0] / 1.7) + 40 * np.cos(km[:, 1] / 1.3),
        structure=np.zeros(count, np.uint8),
        barrier_start=np.zeros(1, np.int64),
        barrier_xy=np.zeros((0, 2)),
        dropped={},
    )


def _is_island(x: NDArray[np.int64], y: NDArray[np.int64], wide: int) -> NDArray[np.bool_]:
    """Return the crossings of the islands: a corner of every twelfth village."""
    village = (y // ACROSS) * wide + x // ACROSS
    is_corner = (x % ACROSS > 9) & (y % ACROSS > 9)
    return np.asarray((village % ISLAND_EVERY == ISLAND_EVERY - 1) & is_corner)


def _villages(
    rng: np.random.Generator, column: NDArray[np.int64], row: NDArray[np.int64]
) -> Villages:
    count = len(column)
    left, low = WEST + column * SIDE_M, SOUTH + row * SIDE_M
    return Villages(
        gpd.GeoDataFrame(
            {
                "village_id": pd.array([f"35.{n // 400 + 10}.{n // 20 % 20 + 1:02d}.{n % 20 + 2001}"
                                        for n in range(count)], dtype="str"),
                "village_name": pd.array([f"Desa {n}" for n in range(count)], dtype="str"),
                "district_name": pd.array([f"Kecamatan {n // 20}" for n in range(count)],
                                          dtype="str"),
                "population": rng.integers(2_000, 12_000, count),
                "population_evidence": "illustrative",
                "area_km2": SIDE_M**2 / 1e6,
                "puskesmas": pd.array([f"Puskesmas {n // 5}" for n in range(count)], dtype="str"),
            },
            geometry=shapely.box(left, low, left + SIDE_M, low + SIDE_M),
            crs=CRS,
        )
    )  # fmt: skip


def _beside_roads(
    rng: np.random.Generator, roads: RoadNetwork, village: NDArray[np.int64]
) -> NDArray[np.object_]:
    """Return a place near a crossing of each village named."""
    node = village * ACROSS**2 + rng.integers(0, ACROSS**2, len(village))
    return np.asarray(shapely.points(roads.node_xy[node] + rng.uniform(-20, 20, (len(node), 2))))


def _facilities(
    rng: np.random.Generator, areas: Villages, roads: RoadNetwork, has_unit: NDArray[np.bool_]
) -> Facilities:
    count = len(areas)
    kinds = {"UPKDK": np.flatnonzero(has_unit), "PUSKESMAS": np.arange(0, count, 5),
             "RUMAH_SAKIT": np.arange(0, count, 50)}  # fmt: skip
    kind = np.repeat(list(kinds), [len(rows) for rows in kinds.values()])
    village = np.concatenate(list(kinds.values()))
    number = [
        f"{k.title()} {v // (5 if k == 'PUSKESMAS' else 1)}"
        for k, v in zip(kind, village, strict=True)
    ]
    return Facilities(
        gpd.GeoDataFrame(
            {
                "facility_id": pd.array([f"{k}-{v}" for k, v in zip(kind, village, strict=True)],
                                        dtype="str"),
                "facility_name": pd.array(number, dtype="str"),
                "kind": pd.array(kind, dtype="str"),
                "operator": "city",
                "status": "active",
                "closed_from": None,
                "closed_until": None,
                "emergency_unit": "yes",
                "evidence": "illustrative",
                "evidence_note": None,
                "village_id": areas["village_id"].iloc[village].to_numpy(),
            },
            geometry=_beside_roads(rng, roads, village),
            crs=CRS,
        )
    )  # fmt: skip


def _buildings(
    rng: np.random.Generator, areas: Villages, roads: RoadNetwork, has_unit: NDArray[np.bool_]
) -> Buildings:
    village = np.repeat(np.flatnonzero(~has_unit), 3)
    ids = pd.array([f"B-{v}-{n % 3}" for n, v in enumerate(village)], dtype="str")
    return Buildings(
        gpd.GeoDataFrame(
            {
                "building_id": ids,
                "building_name": ids,
                "owner": "city",
                "land_status": "local_government",
                "condition": "good",
                "floor_area_m2": 120.0,
                "rooms": 5,
                "present_use": "hall",
                "process_status": "none",
                "documents": None,
                "evidence": "illustrative",
                "evidence_note": None,
                "village_id": areas["village_id"].iloc[village].to_numpy(),
            },
            geometry=_beside_roads(rng, roads, village),
            crs=CRS,
        )
    )
