"""Read `data/facts/*.csv` into the few shapes that the study is built from."""

from __future__ import annotations

import csv
from pathlib import Path

import pyproj
import shapely
from illustrative_roads import Corridor, Place

DATA = Path(__file__).resolve().parent.parent / "data"
TO_METRES = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32749", always_xy=True)


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one facts file, every value as text."""
    with (DATA / "facts" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def notes(english: str, prefix: str = "") -> dict[str, str]:
    """Return a note in both languages, as the columns of a record."""
    indonesian = {row["note_en"]: row["note_id"] for row in rows("notes.csv")}[english]
    return {f"{prefix}evidence_note": indonesian, f"{prefix}evidence_note_en": english}


def outlines() -> dict[str, shapely.Polygon]:
    """Return the outline of each village in degrees, vertices as published."""
    rings: dict[str, list[tuple[float, float]]] = {}
    for row in rows("village_outlines.csv"):
        rings.setdefault(row["village_id"], []).append((float(row["lon"]), float(row["lat"])))
    return {village_id: shapely.Polygon(ring) for village_id, ring in rings.items()}


def metres(lon: str | float, lat: str | float) -> tuple[float, float]:
    """Project a point to EPSG:32749, to the centimetre."""
    x, y = TO_METRES.transform(float(lon), float(lat))
    return round(x, 2), round(y, 2)


def degrees(x: float, y: float) -> tuple[float, float]:
    """Project a point back to longitude and latitude, to about a centimetre."""
    lon, lat = TO_METRES.transform(x, y, direction=pyproj.enums.TransformDirection.INVERSE)
    return round(lon, 7), round(lat, 7)


def places() -> list[Place]:
    """Return the villages as the road network sees them."""
    outline = outlines()
    return [
        Place(
            village_id=row["village_id"],
            office=metres(row["office_lon"], row["office_lat"]),
            elevation_m=float(row["office_elevation_m"]),
            population=int(row["population"]),
            outline=shapely.Polygon(
                [metres(*point) for point in outline[row["village_id"]].exterior.coords]
            ),
        )
        for row in rows("villages.csv")
    ]


def corridors(villages: list[Place]) -> list[Corridor]:
    """Return the main roads, their waypoints resolved to points."""
    point = {place.village_id: place.office for place in villages}
    height = {place.village_id: place.elevation_m for place in villages}
    point |= {row["gate_id"]: metres(row["lon"], row["lat"]) for row in rows("road_gates.csv")}
    found = []
    for row in rows("road_corridors.csv"):
        stops = row["waypoints"].split()
        known = [stop for stop in stops if stop in height]
        beyond = {stop: known[0 if n < len(stops) / 2 else -1] for n, stop in enumerate(stops)}
        found.append(
            Corridor(
                corridor_id=row["corridor_id"],
                name=row["corridor_name"],
                highway=row["highway"],
                waypoints=tuple(point[stop] for stop in stops),
                elevations_m=tuple(height.get(stop, height[beyond[stop]]) for stop in stops),
            )
        )
    return found
