"""The names of the villages on a sheet: where each stands, and drawing it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from batu_geo.render.cartography.palette import DISTRICT_LINE
from batu_geo.render.paper import print_style as ink
from batu_geo.render.paper.print_elements import text_mm
from batu_geo.render.paper.print_layers import hides
from batu_geo.render.text.column_headings import plain_text
from batu_geo.render.text.label_places import LONGEST_LINE, label_text
from batu_geo.render.text.lettering import drawn_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from batu_geo.render.cartography.base_map import BaseMap
    from batu_geo.render.paper.print_elements import Panel

LABEL_SIZES = (1.0, 0.93, 0.86)
DISTRICT_SIZE = 7.5
# A landmark this far outside a sheet is not named on it.
FARTHEST_M = 4000.0
SIGN_OF_KIND, MARKER_OF_KIND = {"road": "\u2192 "}, {"square": "s", "water": "o"}
BESIDE_MM = (0.5, 2.0, 4.0, 6.0, 9.0, 12.0, 16.0, 20.0)
NAME_GRID = 40
MOST_LED = 60
PAD_MM = 0.3
GROUND = {"boxstyle": "square,pad=0.12", "facecolor": "#ffffff", "alpha": 0.78, "linewidth": 0}
# Where a name with a line to its village is tried: rings around a spot of the village.
FIRST_RING_MM, RING_MM, RINGS, TURNS = 2.0, 1.5, 40, 32


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A name on a map: its lines, size in points and centre in metres.

    `anchor` is the spot of its village that a line leads to, where it stands outside.
    """

    text: str
    size: float
    x: float
    y: float
    width_m: float
    height_m: float
    anchor: tuple[float, float] | None = None
    is_bold: bool = False

    @property
    def box(self) -> shapely.Polygon:
        """The ground it covers."""
        half = (self.width_m / 2, self.height_m / 2)
        return shapely.box(self.x - half[0], self.y - half[1], self.x + half[0], self.y + half[1])

    @property
    def leader(self) -> shapely.LineString:
        """The line to its village; empty for a name inside it."""
        if self.anchor is None:
            return shapely.LineString()
        return shapely.shortest_line(shapely.Point(self.anchor), self.box)


def placed_names(
    panel: Panel,
    shapes: NDArray[np.object_],
    names: Sequence[str],
    taken: NDArray[np.float64],
    *,
    size: float,
    bold: Sequence[bool],
    short: Sequence[str] = (),
) -> list[PlacedLabel]:
    """Return every name inside its own village or with a line to it, over no symbol or name.

    A name that does not fit is set in two lines, then smaller, step by step down to the
    smallest size of print; where it still does not fit it stands outside and a line leads to
    its village. Where more than `MOST_LED` had to, the lines would hide the map: what is short
    for them stands in their villages, where it fits.

    Parameters
    ----------
    taken
        Boxes to keep free: left, bottom, right, top, float64 [b, 4].
    short
        A shorter text for each name, empty for nothing.
    """
    mm = panel.metres_per_mm
    labels: dict[int, PlacedLabel] = {}
    outside: list[int] = []
    options = [list(_set(name, size, is_bold)) for name, is_bold in zip(names, bold, strict=True)]
    for row in np.argsort(shapely.area(shapes), kind="stable").tolist():
        label = _inside(shapes[row], options[row], taken, mm)
        if label is None:
            outside.append(row)
            continue
        labels[row] = label
        taken = np.vstack([taken, label.box.bounds])
    leaders: list[shapely.Geometry] = []
    is_full = len(outside) > MOST_LED
    for row in outside:
        if is_full and short:
            text = list(_set(short[row], size, bold[row])) if short[row] else []
            label = _inside(shapes[row], text, taken, mm)
        else:
            label = _led(panel, shapes[row], options[row][-1], taken, leaders)
            leaders.append(label.leader)
        if label is not None:
            labels[row] = label
            taken = np.vstack([taken, label.box.bounds])
    return [replace(labels[row], is_bold=bold[row]) for row in sorted(labels)]


def _inside(
    shape: shapely.Polygon,
    options: Sequence[tuple[str, float, float, float]],
    taken: NDArray[np.float64],
    mm: float,
) -> PlacedLabel | None:
    """Return the largest setting of a name that finds a free place in its village."""
    shapely.prepare(shape)
    for text, points, width, height in options:
        spot = _free_spot(shape, (width * mm, height * mm), taken)
        if spot is not None:
            return PlacedLabel(text, points, *spot, width * mm, height * mm)
    return None


def _led(
    panel: Panel,
    shape: shapely.Polygon,
    option: tuple[str, float, float, float],
    taken: NDArray[np.float64],
    leaders: Sequence[shapely.Geometry],
) -> PlacedLabel:
    """Return a name outside its village, as near as it hides nothing and crosses no line."""
    mm = panel.metres_per_mm
    text, points, *extent = option
    half = np.array(extent) * mm / 2
    anchor = np.array(_free_spot(shape, (mm, mm), taken)
                      or shapely.point_on_surface(shape).coords[0])  # fmt: skip
    turns = np.arange(TURNS) * 2 * np.pi / TURNS
    ways = np.column_stack([np.cos(turns), np.sin(turns)])
    rings = (FIRST_RING_MM + RING_MM * np.arange(RINGS)) * mm
    spots = (anchor + rings[:, None, None] * ways + ways * half).reshape(-1, 2)
    (west, east), (south, north) = panel.axes.get_xlim(), panel.axes.get_ylim()
    is_on = ((spots - half > (west, south)) & (spots + half < (east, north))).all(axis=1)
    spots = spots[is_on] if is_on.any() else spots[:1]
    boxes = np.hstack([spots - half, spots + half])
    x, y = spots[_least_in_the_way(anchor, boxes, taken, leaders)].tolist()
    across, up = (2 * half).tolist()
    return PlacedLabel(text, points, x, y, across, up, anchor=(float(anchor[0]), float(anchor[1])))


def _least_in_the_way(
    anchor: NDArray[np.float64],
    boxes: NDArray[np.float64],
    taken: NDArray[np.float64],
    leaders: Sequence[shapely.Geometry],
) -> int:
    """Return the first box that costs least: 4 for hiding, 2 for a line across, 1 for one below.

    The rest is not looked at once none of it can cost less.
    """
    hidden = 4.0 * hides(boxes, taken)
    order = np.argsort(hidden, kind="stable")
    in_the_way = shapely.STRtree(np.concatenate([shapely.box(*taken.T), np.array(leaders, object)]))
    below = shapely.STRtree(leaders)
    best, least = 0, np.inf
    for start in range(0, len(order), TURNS):
        part = order[start : start + TURNS]
        if least <= hidden[part[0]]:
            break
        drawn, cost = shapely.box(*boxes[part].T), hidden[part]
        lines = shapely.shortest_line(shapely.Point(anchor), drawn)
        cost[in_the_way.query(lines, "crosses")[0]] += 2
        cost[below.query(drawn, "intersects")[0]] += 1
        if cost.min() < least:
            best, least = int(part[cost.argmin()]), float(cost.min())
    return best


def _free_spot(
    shape: shapely.Polygon, extent: tuple[float, float], taken: NDArray[np.float64]
) -> tuple[float, float] | None:
    """Return the centre, nearest to the middle, of a box that is inside and hides nothing."""
    spots, away = _spots_inside(shape, *extent)
    half = np.array(extent) / 2
    is_free = ~hides(np.hstack([spots - half, spots + half]), taken)
    if not is_free.any():
        return None
    x, y = spots[is_free][np.argmin(away[is_free])].tolist()
    return x, y


@lru_cache(maxsize=5_000)
def _spots_inside(
    shape: shapely.Polygon, width: float, height: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the centres of boxes on a grid that are inside, and how far off the middle each is.

    Sheets of one study ask the same of the same villages.
    """
    west, south, east, north = shape.bounds
    half = np.array([width, height]) / 2
    if east - west < width or north - south < height:
        return np.zeros((0, 2)), np.zeros(0)
    columns = np.linspace(west + half[0], east - half[0], NAME_GRID)
    rows = np.linspace(south + half[1], north - half[1], NAME_GRID)
    spots = np.column_stack([axis.ravel() for axis in np.meshgrid(columns, rows)])
    spots = spots[shapely.contains_xy(shape, spots)]
    boxes = shapely.box(*np.hstack([spots - half, spots + half]).T)
    spots = spots[shapely.contains(shape, boxes)]
    if not len(spots):
        return spots, np.zeros(0)
    middle = shapely.maximum_inscribed_circle(shape, min(width, height)).coords[0]
    return spots, np.hypot(*(spots - middle).T)


def _set(name: str, size: float, is_bold: bool) -> Iterator[tuple[str, float, float, float]]:  # noqa: FBT001 - one of three plain values
    """Yield a name in one line and in two, ever smaller, with its size on paper in mm."""
    whole = label_text(drawn_text(name))
    words = whole.split()
    cut = min(
        range(1, len(words)), default=0,
        key=lambda n: max(len(" ".join(words[:n])), len(" ".join(words[n:]))),
    )  # fmt: skip
    forms = [[whole], [" ".join(words[:cut]), " ".join(words[cut:])]] if cut else [[whole]]
    if len(whole) > 2 * LONGEST_LINE:
        forms = [textwrap.wrap(whole, LONGEST_LINE)]
    for points in dict.fromkeys(max(size * factor, ink.SMALLEST_SIZE) for factor in LABEL_SIZES):
        for lines in forms:
            width = max(text_mm(line, points, bold=is_bold) for line in lines) + 2 * PAD_MM
            height = len(lines) * points * 1.25 * ink.POINT_MM + PAD_MM
            yield "\n".join(lines), points, width, height


def seen_parts(panel: Panel, shapes: Iterable[shapely.Geometry]) -> NDArray[np.object_]:
    """Return the largest part of each shape in the frame; of one outside, the shape itself."""
    found = []
    for shape in shapes:
        parts = shapely.get_parts(shapely.intersection(shape, shapely.box(*panel.frame)))
        largest = max(parts, key=shapely.area, default=shape)
        found.append(largest if shapely.area(largest) else shape)
    return np.array(found, dtype=object)


def draw_districts(panel: Panel, base: BaseMap, taken: NDArray[np.float64]) -> list[PlacedLabel]:
    """Draw the names of the districts where they hide nothing, and return them."""
    inside = base.districts[shapely.intersects(base.districts, shapely.box(*panel.frame))]
    names = [base.word("map_district", name=plain_text(name)).upper() for name in inside.index]
    shapes = seen_parts(panel, inside)
    bold = [True] * len(names)
    labels = placed_names(panel, shapes, names, taken, size=DISTRICT_SIZE, bold=bold)
    inside_own = [label for label in labels if label.anchor is None]
    for label in inside_own:
        panel.axes.text(label.x, label.y, label.text, fontsize=label.size, ha="center",
                        va="center", linespacing=1.05, color=DISTRICT_LINE.colour,
                        fontweight="bold", zorder=25, clip_on=True,
                        bbox=GROUND | {"alpha": 0.6})  # fmt: skip
    return inside_own


def draw_landmarks(
    panel: Panel, known: gpd.GeoDataFrame, taken: NDArray[np.float64]
) -> list[shapely.Polygon]:
    """Draw landmarks where they hide nothing, and return the ground their names cover.

    One outside the sheet is named at its edge; a square and water have a sign at their place, and
    their name beside it.
    """
    drawn = []
    for text, kind, point in known[["text", "kind", "geometry"]].itertuples(index=False):
        said = f"{SIGN_OF_KIND.get(kind, '')}{drawn_text(text)}"
        sign = MARKER_OF_KIND.get(kind)
        place = np.array([point.x, point.y])
        box = next(_landmark_boxes(panel, place, said, taken, is_beside=sign is not None), None)
        if box is None:
            continue
        taken = np.vstack([taken, box])
        drawn.append(shapely.box(*box))
        x, y = (box[:2] + box[2:]) / 2
        if sign is not None:
            panel.axes.plot([point.x, x], [point.y, y], color=ink.INK, linewidth=0.5, marker=sign,
                            markersize=3.5, markevery=[0], zorder=21)  # fmt: skip
        panel.axes.text(x, y, said, fontsize=ink.SMALLEST_SIZE, ha="center", va="center",
                        color=ink.INK, zorder=25, clip_on=True,
                        bbox=GROUND | {"alpha": 0.6})  # fmt: skip
    return drawn


def _landmark_boxes(
    panel: Panel,
    place: NDArray[np.float64],
    said: str,
    taken: NDArray[np.float64],
    *,
    is_beside: bool,
) -> Iterator[NDArray[np.float64]]:
    """Yield where a name may stand: near its place or beside it, on the sheet, over nothing."""
    mm, (west, south, east, north) = panel.metres_per_mm, panel.frame
    half = np.array([text_mm(said, ink.SMALLEST_SIZE) + 1, 3.0]) * mm / 2
    low, high = np.array([west, south]) + half, np.array([east, north]) - half
    angles = np.arange(0, 2 * np.pi, np.pi / 8)
    around = np.column_stack([np.cos(angles), np.sin(angles)])
    away = [around * (half + far * mm) for far in BESIDE_MM] if is_beside else [np.zeros((1, 2))]
    for spot in place + np.vstack(away):
        middle = np.clip(spot, low, high)
        box = np.concatenate([middle - half, middle + half])
        if np.abs(middle - spot).max() <= FARTHEST_M and not hides(box[None], taken)[0]:
            yield box


def draw_names(panel: Panel, labels: Sequence[PlacedLabel]) -> None:
    """Draw names on a light ground."""
    for label in labels:
        if label.anchor is not None:
            x, y = shapely.get_coordinates(label.leader).T
            panel.axes.plot(x, y, color=ink.INK, linewidth=0.5, marker="o", markersize=1.4,
                            markevery=[0], zorder=21)  # fmt: skip
        panel.axes.text(
            label.x, label.y, label.text, fontsize=label.size, ha="center", va="center",
            linespacing=1.05, color="#111111", zorder=26, clip_on=True,
            fontweight="bold" if label.is_bold else "normal",
            bbox=GROUND,
        )  # fmt: skip
