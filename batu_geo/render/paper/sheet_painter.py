"""The painter of sheets: a map specification as a vector drawing for paper.

Hatched for copies in grey, with scale, north, legend and names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from batu_geo.render.cartography.ground import inhabited_middle
from batu_geo.render.cartography.map_spec import (
    AreaLayer,
    BuildingLayer,
    FacilityLayer,
    ReachLayer,
    RoadLayer,
    StaffLayer,
    TripLayer,
)
from batu_geo.render.cartography.palette import NOT_CLASSED, Look
from batu_geo.render.paper import print_style as ink
from batu_geo.render.paper.print_elements import (
    ANYWHERE,
    draw_north,
    draw_scale,
    map_panel,
    metres_a_mm,
    sheet,
)
from batu_geo.render.paper.print_layers import (
    Mark,
    building_marks,
    draw_areas,
    draw_frame,
    draw_ground,
    draw_marks,
    draw_reach,
    draw_roads,
    draw_trips,
    facility_marks,
    mark_boxes,
    spread,
)
from batu_geo.render.paper.print_legends import LEGEND_MM, draw_legend
from batu_geo.render.paper.print_names import (
    draw_districts,
    draw_landmarks,
    draw_names,
    placed_names,
    seen_parts,
)
from batu_geo.render.text.column_headings import plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from batu_geo.render.cartography.base_map import BaseMap
    from batu_geo.render.cartography.map_spec import Layer, MapSpec
    from batu_geo.render.paper.print_elements import Panel
    from batu_geo.render.paper.print_names import PlacedLabel

NAME_SIZE, NAME_SIZE_OF_TWO = 7.0, 6.2
# The part of a sheet for the whole city, and how much larger an inset beside it has to be.
OVERVIEW, WORTH_IT = 0.4, 0.8
EDGE, WITHOUT_UNIT_EDGE, WITHOUT_UNIT_EDGE_SMALL = 0.5, 1.6, 1.0
Size = tuple[float, float]
PAPER_MM = {"A4": (210, 297), "A3": (297, 420)}
HERE, ELSEWHERE = Look("#fff3df"), Look("#f4f4f1")


@dataclass(frozen=True, slots=True)
class Part:
    """What one of two panels names and marks: what lies mostly in a frame, or all else."""

    frame: shapely.Polygon
    is_inside: bool

    def has(self, shape: shapely.Geometry) -> bool:
        """Return whether a place or most of a village belongs to this panel."""
        within = shapely.intersection(shape, self.frame)
        is_most = shapely.area(within) >= shapely.area(shape) / 2
        return bool(is_most and not shapely.is_empty(within)) == self.is_inside


def paint_sheet(base: BaseMap, spec: MapSpec, size: Size) -> Figure:
    """Return a map as a sheet of this size in mm: one map, two beside each other, or many."""
    if spec.columns == 1:
        return _one_map(base, spec, size)
    if spec.columns == 2:
        return _two_maps(base, spec, size)
    return _many_maps(base, spec, size)


def _one_map(base: BaseMap, spec: MapSpec, size: Size) -> Figure:
    """Return one map; where the sheet has room beside it, its inhabited middle larger."""
    width, height = size
    figure = sheet(width, height)
    room, layers = width - LEGEND_MM - 3, spec.layers_on("paper")
    bounds, narrow = _bounds(base), OVERVIEW * room
    middle, beside = inhabited_middle(base.assessment.demand), (room - narrow - 3, height)
    alone = metres_a_mm(bounds, (room, height))
    if middle is None or metres_a_mm(middle, beside) > WORTH_IT * alone:
        _paint(map_panel(figure, (0, 0, room, height), bounds), base, layers)
    else:
        whole = map_panel(figure, (0, 0, narrow, height), bounds)
        large = map_panel(figure, (narrow + 3, 0, *beside), middle)
        inset = shapely.box(*large.frame)
        _paint(whole, base, layers, Part(inset, is_inside=False))
        _paint(large, base, layers, Part(inset, is_inside=True))
        draw_frame(whole, inset)
    _legend(figure, spec)
    return figure


def _two_maps(base: BaseMap, spec: MapSpec, size: Size) -> Figure:
    """Return two sides of a map with their captions, and one legend."""
    width, height = size
    figure = sheet(width, height)
    each = (width - LEGEND_MM - 6) / 2
    for n, side in enumerate(spec.sides):
        panel = map_panel(figure, (n * (each + 3), 0, each, height - 7), _bounds(base))
        _paint(panel, base, spec.layers_on("paper", side.name), name_size=NAME_SIZE_OF_TWO)
        _caption(figure, side.caption, n * (each + 3), height - 5)
    _legend(figure, spec)
    return figure


def _many_maps(base: BaseMap, spec: MapSpec, size: Size) -> Figure:
    """Return small maps in two rows, the legend in the last place; units alone, no names."""
    width, height = size
    figure = sheet(width, height)
    columns, rows = spec.columns, 2
    each, high = (width - 3 * (columns - 1)) / columns, (height - 4) / rows
    for n, side in enumerate(spec.sides):
        left, bottom = (n % columns) * (each + 3), height - (n // columns + 1) * (high + 2) + 2
        panel = map_panel(figure, (left, bottom, each, high - 6), _bounds(base))
        _outlines(panel, base, without_unit=WITHOUT_UNIT_EDGE_SMALL)
        for layer in spec.layers_on("paper", side.name):
            draw_marks(panel, _marks(base, layer))
        _caption(figure, side.caption, left, bottom + high - 5, size=6.6)
        if n == 0:
            _orient(panel, base, [])
    draw_legend(figure, (width - each, 2, each, high - 6), spec.legend_on("paper"))
    return figure


def _paint(
    panel: Panel,
    base: BaseMap,
    layers: Sequence[Layer],
    part: Part | None = None,
    *,
    name_size: float = NAME_SIZE,
) -> None:
    """Draw the layers, then symbols, names, scale and north arrow over all of them."""
    if not any(isinstance(layer, AreaLayer) for layer in layers):
        _outlines(panel, base, without_unit=WITHOUT_UNIT_EDGE)
    marks: list[Mark] = []
    for layer in layers:
        _draw(panel, base, layer)
        marks += _marks(base, layer)
    draw_ground(panel, base)
    rows, landmarks = np.arange(len(base.villages)), base.landmarks
    if part is not None:
        landmarks = landmarks[[part.has(point) for point in landmarks.geometry]]
        marks = [mark for mark in marks if part.has(shapely.Point(mark.x, mark.y))]
        rows = rows[[part.has(shape) for shape in base.villages.geometry]]
    placed = spread(panel, marks)
    draw_marks(panel, placed)
    labels = village_names(panel, base, placed, size=name_size, rows=rows)
    draw_names(panel, labels)
    boxes = [*mark_boxes(panel, placed), *(label.box.bounds for label in labels)]
    if part is not None and part.is_inside:
        named = draw_landmarks(panel, landmarks, np.array(boxes).reshape(-1, 4))
        boxes += [box.bounds for box in named]
        draw_scale(panel, base.language, [shapely.box(*box) for box in boxes], corners=ANYWHERE)
        return
    labels += draw_districts(panel, base, np.array(boxes).reshape(-1, 4))
    boxes += [label.box.bounds for label in labels]
    names = draw_landmarks(panel, landmarks, np.array(boxes).reshape(-1, 4))
    _orient(panel, base, placed, [*(label.box for label in labels), *names])


def _draw(panel: Panel, base: BaseMap, layer: Layer) -> None:
    """Draw areas and lines."""
    match layer:
        case AreaLayer():
            shapes = list(base.paper_outlines)
            draw_areas(panel, shapes, layer.looks, _edges(base, without_unit=WITHOUT_UNIT_EDGE))
        case ReachLayer():
            draw_reach(panel, layer)
        case RoadLayer():
            draw_roads(panel, base.paper_roads, base.word("map_road_too_dense"))
        case TripLayer():
            draw_trips(panel, layer)
        case _:
            pass


def _marks(base: BaseMap, layer: Layer) -> list[Mark]:
    """Return the symbols of a layer."""
    match layer:
        case FacilityLayer():
            return facility_marks(base)
        case BuildingLayer():
            return building_marks(layer.sites.sort_values("rank", na_position="last"))
        case StaffLayer():
            units = base.facilities[base.is_open_unit.notna()]
            xy = shapely.get_coordinates(units.geometry.to_numpy()).tolist()
            return [
                Mark("unit_open" if i in layer.staffed else "unit_closed", x, y)
                for i, (x, y) in zip(units["facility_id"], xy, strict=True)
            ]
        case _:
            return []


def village_map(base: BaseMap, size: Size, village_id: str, site_id: str = "") -> Figure:
    """Return one village with its candidate buildings; one of them large where named."""
    figure = sheet(*size)
    chosen = (base.villages["village_id"] == village_id).to_numpy()
    west, south, east, north = base.villages[chosen].total_bounds.tolist()
    panel = map_panel(figure, (0, 0, *size), (west, south, east, north))
    seen = _seen(base, panel)
    draw_areas(
        panel,
        list(base.paper_outlines[seen]),
        [HERE if here else ELSEWHERE for here in chosen[seen]],
        [WITHOUT_UNIT_EDGE if here else EDGE for here in chosen[seen]],
    )
    draw_roads(panel, base.paper_roads, base.word("map_road_too_dense"))
    sites = base.assessment.candidates
    sites = gpd.GeoDataFrame(sites[sites["village_id"] == village_id])
    drawn = [
        replace(mark, scale=1.5 if row == site_id else 1.0)
        for mark, row in zip(building_marks(sites), sites["site_id"], strict=True)
    ]
    drawn.sort(key=lambda mark: -mark.scale)
    marks = spread(panel, [*drawn, *facility_marks(base)])
    draw_marks(panel, marks)
    _orient(panel, base, marks, seen=seen)
    return figure


def _seen(base: BaseMap, panel: Panel) -> NDArray[np.bool_]:
    """Return which villages are drawn: those in the frame, bool [v]."""
    return base.paper_outlines.intersects(shapely.box(*panel.frame)).to_numpy(dtype=bool)


def paper_mm(base: BaseMap, spec: MapSpec, paper: str) -> Size:
    """Return the sheet of a map: as the city stands, but side by side for several small ones."""
    short, long = PAPER_MM[paper]
    west, south, east, north = _bounds(base)
    is_upright = north - south > east - west and spec.columns == 1
    return (short, long) if is_upright else (long, short)


def _bounds(base: BaseMap) -> tuple[float, float, float, float]:
    west, south, east, north = base.villages.total_bounds.tolist()
    return west, south, east, north


def _legend(figure: Figure, spec: MapSpec) -> None:
    width, height = figure.get_size_inches() / ink.MM
    draw_legend(figure, (width - LEGEND_MM, 0, LEGEND_MM, height), spec.legend_on("paper"))


def _caption(figure: Figure, text: str, x_mm: float, y_mm: float, *, size: float = 8.0) -> None:
    width, height = figure.get_size_inches() / ink.MM
    figure.text(x_mm / width, y_mm / height, text, fontsize=size, fontweight="bold",
                color=ink.INK, va="bottom")  # fmt: skip


def _edges(base: BaseMap, *, without_unit: float) -> list[float]:
    """Return the width of the outline of each village: thick where there is no unit."""
    return [without_unit if state == "none" else EDGE for state in base.status]


def _outlines(panel: Panel, base: BaseMap, *, without_unit: float) -> None:
    """Draw the villages without classes."""
    shapes = list(base.paper_outlines)
    draw_areas(panel, shapes, [NOT_CLASSED] * len(shapes), _edges(base, without_unit=without_unit))


def _orient(
    panel: Panel,
    base: BaseMap,
    marks: Sequence[Mark],
    names: Sequence[shapely.Geometry] = (),
    *,
    seen: NDArray[np.bool_] | slice = slice(None),
) -> None:
    """Draw scale and north arrow, where they hide neither a village nor a symbol nor a name."""
    boxes = [shapely.box(*box) for box in mark_boxes(panel, marks).tolist()]
    used = [*base.villages.geometry[seen], *boxes, *names]
    draw_scale(panel, base.language, used)
    draw_north(panel, str(base.villages.crs), base.language, used)


def village_names(
    panel: Panel,
    base: BaseMap,
    marks: Sequence[Mark],
    *,
    size: float = NAME_SIZE,
    rows: NDArray[np.int64] | None = None,
) -> list[PlacedLabel]:
    """Return the names of the villages in their places, those without a unit with their rank.

    On a sheet that is too full for names the rank stands for them, by which tables list them.

    Parameters
    ----------
    rows
        The villages to name; None for all.
    """
    villages = base.villages if rows is None else base.villages.iloc[rows]
    ids = villages["village_id"]
    names = [
        f"{base.ranks[i]}. {plain_text(name)}" if i in base.ranks else plain_text(name)
        for i, name in zip(ids, villages["village_name"], strict=True)
    ]
    bold = [i in base.ranks for i in ids]
    short = [str(base.ranks.get(i, "")) for i in ids]
    shapes = seen_parts(panel, villages.geometry)
    return placed_names(
        panel, shapes, names, mark_boxes(panel, marks), size=size, bold=bold, short=short
    )
