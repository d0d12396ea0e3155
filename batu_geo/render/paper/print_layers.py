"""One function a layer of a printed map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from matplotlib.image import AxesImage
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from batu_geo.render.cartography.base_map import simplified_area
from batu_geo.render.cartography.hillshade import alphas
from batu_geo.render.cartography.palette import DISTRICT_LINE, EMPTY_GROUND, MAIN_ROAD, WATER
from batu_geo.render.paper import print_style as ink
from batu_geo.render.paper.print_symbols import HALF_MM, draw_number, symbol_shapes
from batu_geo.render.paper.shapes import Pen, Shape, add_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.render.cartography.base_map import BaseMap, RoadLines
    from batu_geo.render.cartography.map_spec import ReachLayer, TripLayer
    from batu_geo.render.cartography.palette import Look
    from batu_geo.render.paper.print_elements import Panel

REACH_TOLERANCE_M = 15.0
# The part of a frame that roads of one look may cover before they hide what is beneath.
MOST_INK = 0.15
RINGS, RING_STEPS, RING_MM = 8, 16, 1.5
# Where a symbol is tried, in millimetres from its true place: there, then on rings.
RING_SPOTS = np.array(
    [
        (ring * RING_MM * np.cos(turn), ring * RING_MM * np.sin(turn))
        for ring in range(RINGS + 1)
        for turn in 2 * np.pi * np.arange(RING_STEPS if ring else 1) / RING_STEPS
    ]
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A symbol on a map, at its place in metres and moved aside on paper."""

    name: str
    x: float
    y: float
    text: str = ""
    dashed: bool = False
    dx_mm: float = 0.0
    dy_mm: float = 0.0
    scale: float = 1.0

    @property
    def is_moved(self) -> bool:
        """Whether it stands beside its true place."""
        return bool(self.dx_mm or self.dy_mm)

    def drawn_at(self, metres_per_mm: float) -> tuple[float, float]:
        """Where its middle is drawn."""
        return self.x + self.dx_mm * metres_per_mm, self.y + self.dy_mm * metres_per_mm


def facility_marks(base: BaseMap) -> list[Mark]:
    """Return units, puskesmas and hospitals."""
    xy = shapely.get_coordinates(base.facilities.geometry.to_numpy()).tolist()
    marks = zip(base.facility_symbols, xy, strict=True)
    return [Mark(name, x, y) for name, (x, y) in marks if name != "other"]


def building_marks(sites: gpd.GeoDataFrame) -> list[Mark]:
    """Return buildings, each with its rank."""
    return [
        Mark(
            str(row["suitability"]),
            row["geometry"].x,
            row["geometry"].y,
            text="" if pd.isna(row["rank"]) else str(int(row["rank"])),
            dashed=row["evidence"] == "illustrative",
        )
        for row in sites.to_dict("records")
    ]


def draw_areas(
    panel: Panel, shapes: Sequence[shapely.Geometry], looks: Sequence[Look], edges: Sequence[float]
) -> None:
    """Draw polygons, each with its fill, its hatching and the width of its edge."""
    outlines = zip(map(_outline, shapes), looks, edges, strict=True)
    add_shapes(
        panel.axes,
        (
            Shape(path, pen)
            for path, look, width in outlines
            if path is not None
            for pen in (
                Pen(look.colour, ink.HATCH_INK, 0, zorder=2, hatch=look.hatch),
                Pen("none", ink.EDGE, width, zorder=8),
            )
        ),
    )


@lru_cache(maxsize=5_000)
def _outline(shape: shapely.Geometry) -> Outline | None:
    """Return a polygon as a path; sheets of one study draw the same ones."""
    parts = [p for p in shapely.get_parts(shape) if shapely.get_type_id(p) == 3 and not p.is_empty]
    rings = [r for p in parts for r in (p.exterior, *p.interiors)]
    if not rings:
        return None
    xy = np.round(shapely.get_coordinates(rings), 1)
    codes = np.full(len(xy), Outline.LINETO, dtype=np.uint8)
    ends = np.cumsum([len(r.coords) for r in rings])
    codes[np.concatenate([[0], ends[:-1]])] = Outline.MOVETO
    codes[ends - 1] = Outline.CLOSEPOLY
    return Outline(xy, codes)


def draw_ground(panel: Panel, base: BaseMap) -> None:
    """Draw the ground where nobody lives over the classes, and the lines of the districts."""
    path = _outline(base.empty_ground)
    if path is not None:
        panel.axes.add_artist(PathPatch(path, facecolor=EMPTY_GROUND.colour, linewidth=0, zorder=3))
    if base.shade is not None:
        _draw_shade(panel, base)
    _draw_water(panel, base)
    for shape in base.districts:
        path = _outline(shape)
        if path is not None:
            panel.axes.add_artist(
                PathPatch(path, facecolor="none", edgecolor=DISTRICT_LINE.colour, linewidth=1.3,
                          linestyle=(0, (6, 2, 1, 2)), zorder=9)
            )  # fmt: skip


def _draw_water(panel: Panel, base: BaseMap) -> None:
    """Draw rivers and coasts as lines, and lakes."""
    for part in shapely.get_parts(base.water.to_numpy()):
        lake = _outline(part)
        path = Outline(shapely.get_coordinates(part)) if lake is None else lake
        face = "none" if lake is None else WATER.colour
        panel.axes.add_artist(
            PathPatch(path, facecolor=face, edgecolor=WATER.colour, linewidth=0.8, zorder=3.6)
        )


def _draw_shade(panel: Panel, base: BaseMap) -> None:
    """Draw the shadows of the hills over the ground where nobody lives."""
    relief, shade = base.assessment.study.relief, base.shade
    assert relief is not None  # noqa: S101 - there is a shade
    assert shade is not None  # noqa: S101 - asked by the caller
    rows, columns = shade.shape
    east, south = relief.west + columns * relief.cell_m, relief.north - rows * relief.cell_m
    image = AxesImage(panel.axes, extent=(relief.west, east, south, relief.north), zorder=3.5)
    image.set_data(np.dstack([*np.zeros((3, rows, columns), np.uint8), alphas()[shade]]))
    panel.axes.add_image(image)


def draw_frame(panel: Panel, inset: shapely.Polygon) -> None:
    """Draw what ground another panel shows larger."""
    path = _outline(inset)
    if path is not None:
        panel.axes.add_artist(
            PathPatch(path, facecolor="none", edgecolor=ink.INK, linewidth=0.9, zorder=28)
        )


def draw_reach(panel: Panel, layer: ReachLayer) -> None:
    """Draw the ground within reach, the farthest first; no hatching of villages beneath."""
    for order, (shape, look) in reversed(
        list(enumerate(zip(layer.shapes, layer.looks, strict=True)))
    ):
        path = _outline(simplified_area(shape, REACH_TOLERANCE_M))
        if path is not None:
            panel.axes.add_artist(
                PathPatch(path, facecolor=look.colour, edgecolor="#ffffff", hatch=look.hatch,
                          linewidth=0.3, zorder=5 - order / 10)
            )  # fmt: skip


def draw_roads(panel: Panel, roads: Sequence[RoadLines], too_dense: str) -> None:
    """Draw what of the roads lies in the frame; all but the main ones only where ground is left.

    Parameters
    ----------
    too_dense
        What is said at the foot of the frame where some are left out.
    """
    west, east = panel.axes.get_xlim()
    south, north = panel.axes.get_ylim()
    most_m2, is_all = MOST_INK * (east - west) * (north - south), True
    for level, road in enumerate(roads):
        inside = shapely.clip_by_rect(road.lines, west, south, east, north)
        path = _lines_path(inside)
        width_m = road.width * ink.POINT_MM * panel.metres_per_mm
        if road.width < MAIN_ROAD[0] and shapely.length(inside) * width_m > most_m2:
            is_all = False
        elif path is not None:
            panel.axes.add_artist(
                PathPatch(path, facecolor="none", edgecolor=road.colour, linewidth=road.width,
                          capstyle="round", joinstyle="round", zorder=6 + level / 10)
            )  # fmt: skip
    if not is_all:
        panel.axes.text(0.5, 0.004, too_dense, fontsize=ink.SMALLEST_SIZE, ha="center", va="bottom",
                        color=ink.INK, transform=panel.axes.transAxes, zorder=32,
                        bbox={"facecolor": "#ffffff", "linewidth": 0, "pad": 1})  # fmt: skip


def _lines_path(lines: shapely.Geometry) -> Outline | None:
    """Return many lines as one path: one shape to draw instead of thousands."""
    parts = shapely.get_parts(lines)
    parts = parts[shapely.get_type_id(parts) == 1]
    if not len(parts):
        return None
    xy, of = shapely.get_coordinates(parts, return_index=True)
    codes = np.full(len(xy), Outline.LINETO, dtype=np.uint8)
    codes[np.flatnonzero(np.diff(of, prepend=-1))] = Outline.MOVETO
    return Outline(np.round(xy, 1), codes)


def draw_trips(panel: Panel, layer: TripLayer) -> None:
    """Draw lines between places."""
    style: Any = (0, (4, 2)) if layer.look.is_dashed else "solid"
    for line in layer.lines:
        x, y = shapely.get_coordinates(line).T
        if layer.look.edge:
            panel.axes.plot(x, y, color=layer.look.edge, linewidth=2.6, zorder=12)
        panel.axes.plot(x, y, color=layer.look.colour, linewidth=1.3 if layer.look.edge else 1.1,
                        linestyle=style, zorder=12)  # fmt: skip


def spread(panel: Panel, marks: Sequence[Mark]) -> list[Mark]:
    """Return the marks moved aside until none hides another, earlier ones first.

    Places are tried on rings around the true one; where no ring is free the mark stays.
    """
    mm, taken = panel.metres_per_mm, np.empty((0, 4))
    moved = []
    for mark in marks:
        middles, half = (mark.x, mark.y) + RING_SPOTS * mm, _half_m(mark, mm)
        free = np.flatnonzero(~hides(np.hstack([middles - half, middles + half]), taken))
        dx, dy = RING_SPOTS[free[0]].tolist() if len(free) else (mark.dx_mm, mark.dy_mm)
        moved.append(replace(mark, dx_mm=dx, dy_mm=dy))
        taken = np.vstack([taken, mark_boxes(panel, moved[-1:])])
    return moved


def _half_m(mark: Mark, mm: float) -> float:
    """Return half the side of the ground that a symbol covers."""
    return HALF_MM * (0.7 if mark.name == "refused" else 1.25) * mm * mark.scale


def draw_marks(panel: Panel, marks: Sequence[Mark]) -> None:
    """Draw symbols, with a thin line to the true place of one that was moved."""
    shapes: list[Shape] = []
    for mark in marks:
        (x, y), mm = mark.drawn_at(panel.metres_per_mm), panel.metres_per_mm * mark.scale
        if mark.is_moved:
            panel.axes.plot([mark.x, x], [mark.y, y], color=ink.INK, linewidth=0.5, marker="o",
                            markersize=1.6, markevery=[0], zorder=20)  # fmt: skip
        shapes += symbol_shapes(mark.name, x, y, mm, text=mark.text, dashed=mark.dashed)
        draw_number(panel.axes, mark.name, x, y, mm, mark.text)
    add_shapes(panel.axes, shapes)


def mark_boxes(panel: Panel, marks: Sequence[Mark]) -> NDArray[np.float64]:
    """Return the ground each symbol covers: left, bottom, right, top, float64 [b, 4]."""
    mm = panel.metres_per_mm
    boxes = [
        (x - r, y - r, x + r, y + r)
        for m in marks
        for x, y in [m.drawn_at(mm)]
        for r in [_half_m(m, mm)]
    ]
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)


def hides(boxes: NDArray[np.float64], taken: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether each box hides something of what is taken, bool [n]."""
    if not len(boxes):
        return np.zeros(0, bool)
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    near = taken[(taken[:, :2] < high).all(axis=1) & (taken[:, 2:] > low).all(axis=1)]
    is_apart = [
        (boxes[:, None, axis] >= near[None, :, axis + 2])
        | (boxes[:, None, axis + 2] <= near[None, :, axis])
        for axis in (0, 1)
    ]
    hidden: NDArray[np.bool_] = (~(is_apart[0] | is_apart[1])).any(axis=1)
    return hidden
