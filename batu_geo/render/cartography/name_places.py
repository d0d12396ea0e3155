"""Where each name of a page stands and how large it may be, for pages and for the workbench."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from batu_geo.domain.tables import geojson_geometry
from batu_geo.render.cartography.ground import districts, landmarks
from batu_geo.render.cartography.palette import DISTRICT_LINE
from batu_geo.render.text.label_places import label_lines, label_text, place_labels
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from collections.abc import Container

    from numpy.typing import NDArray

    from batu_geo.domain.errors import Language
    from batu_geo.domain.tables import Villages
    from batu_geo.planning.study import Study

# Sizes on the ground at the scale of a whole city on a screen, about 27 m a pixel.
LETTER_M, LINE_M, SYMBOL_M = 175.0, 430.0, 480.0
WIDE = 2.0  # the letters of districts are capitals, set apart
HALVINGS, LARGEST, OUTLINE_M = 12, 8.0, 15.0
DEGREE_DIGITS = 5
DISTRICT_STYLE: dict[str, Any] = {
    "fill": False, "color": DISTRICT_LINE.colour, "weight": 1.8, "dashArray": "9 3 2 3",
    "interactive": False,
}  # fmt: skip


def degrees(geometry: gpd.GeoSeries) -> NDArray[np.object_]:
    """Return shapes in longitude and latitude, rounded to about a metre."""
    known = geometry.to_crs("EPSG:4326").to_numpy()
    rounded: NDArray[np.object_] = shapely.transform(known, lambda xy: np.round(xy, DEGREE_DIGITS))
    return rounded


def name_places(
    villages: Villages, ranked: Container[str], symbols: gpd.GeoSeries
) -> NDArray[np.float64]:
    """Return where the names of the villages stand beside the symbols, metres [k, 2]."""
    return place_labels(villages.geometry.to_numpy(), _sizes(villages, ranked), _boxes(symbols))


def _boxes(symbols: gpd.GeoSeries) -> NDArray[np.float64]:
    xy = shapely.get_coordinates(symbols.to_numpy())
    return np.hstack([xy - SYMBOL_M / 2, xy + SYMBOL_M / 2])


def _sizes(villages: Villages, ranked: Container[str]) -> list[tuple[float, float]]:
    lines = [label_lines(name) for name in villages["village_name"]]
    return [
        (LETTER_M * (max(map(len, of_one)) + 3 * (village_id in ranked)), LINE_M * len(of_one))
        for village_id, of_one in zip(villages["village_id"], lines, strict=True)
    ]


def name_rooms(
    villages: Villages, ranked: Container[str], centres: NDArray[np.float64]
) -> list[list[int]]:
    """Return how wide and high a name at its place may be to stay inside its village, metres."""
    sizes = np.array(_sizes(villages, ranked)).reshape(-1, 2)
    return rooms(villages.geometry.to_numpy(), sizes, centres)


def rooms(
    shapes: NDArray[np.object_], sizes: NDArray[np.float64], centres: NDArray[np.float64]
) -> list[list[int]]:
    """Return the largest boxes of given proportions around centres that shapes contain.

    >>> square = np.array([shapely.box(0, 0, 100, 100)])
    >>> rooms(square, np.array([[20.0, 10.0]]), np.array([[50.0, 50.0]]))
    [[100, 50]]
    """
    low, high = np.zeros(len(shapes)), np.full(len(shapes), LARGEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        half = sizes * middle[:, None] / 2
        fits = shapely.contains(shapes, shapely.box(*np.hstack([centres - half, centres + half]).T))
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    found: list[list[int]] = (sizes * low[:, None]).astype(int).tolist()
    return found


def named_villages(
    villages: Villages, ranked: Container[str], symbols: gpd.GeoSeries
) -> list[dict[str, Any]]:
    """Return label, place and room of the name of each village, for the scripts of a page."""
    xy = name_places(villages, ranked, symbols)
    spots = degrees(gpd.GeoSeries(shapely.points(xy), crs=villages.crs))
    return [
        {"label": label_text(name), "lon": lon, "lat": lat, "room": room}
        for name, (lon, lat), room in zip(
            villages["village_name"], shapely.get_coordinates(spots).tolist(),
            name_rooms(villages, ranked, xy), strict=True,
        )
    ]  # fmt: skip


def district_names(
    outlines: gpd.GeoSeries, symbols: gpd.GeoSeries, language: Language
) -> tuple[NDArray[np.float64], list[str], list[list[int]]]:
    """Return places, texts and rooms of the names of districts."""
    shapes = outlines.to_numpy()
    names = [word("map_district", language, name=name) for name in outlines.index]
    sizes = [(WIDE * LETTER_M * len(name), WIDE * LINE_M) for name in names]
    centres = place_labels(shapes, sizes, _boxes(symbols))
    found = rooms(shapes, np.array(sizes).reshape(-1, 2), centres)
    return centres, [label_text(name) for name in names], found


def orientation(study: Study, symbols: gpd.GeoSeries, language: Language) -> dict[str, Any]:
    """Return the lines of districts and all names but those of villages, for scripts of a page."""
    outlines = districts(study.villages)
    centres, texts, room = district_names(outlines, symbols, language)
    marks = landmarks(study.place.landmarks, study.crs, language)
    spots = [*gpd.points_from_xy(*centres.T), *marks.geometry.to_numpy()]
    places = shapely.get_coordinates(degrees(gpd.GeoSeries(spots, crs=study.crs)))
    kinds = ["district"] * len(texts) + [f"landmark {kind}" for kind in marks["kind"]]
    said = [*texts, *map(label_text, marks["text"])]
    boxes = [*room, *([] for _ in marks.index)]
    simple = outlines.simplify(OUTLINE_M) if len(outlines) else outlines
    return {
        "lines": [geojson_geometry(line) for line in degrees(simple)],
        "style": DISTRICT_STYLE,
        "names": [
            {"label": label, "kind": kind, "room": box, "lon": lon, "lat": lat}
            for label, kind, box, (lon, lat) in zip(
                said, kinds, boxes, places.tolist(), strict=True
            )
        ],
    }
