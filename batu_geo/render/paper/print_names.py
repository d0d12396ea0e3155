"""The names of the villages on a sheet: where each stands, and drawing it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from batu_geo.render.paper import print_style as ink
from batu_geo.render.paper.print_elements import text_mm
from batu_geo.render.paper.print_layers import hides, mark_boxes
from batu_geo.render.text.label_places import LONGEST_LINE, label_text, place_labels
from batu_geo.render.text.lettering import drawn_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from batu_geo.render.paper.print_elements import Panel
    from batu_geo.render.paper.print_layers import Mark

LABEL_SIZES = (1.0, 0.86, 0.74, 0.64, 0.56, 0.5)
NAME_GRID = 40
PAD_MM = 0.3


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A name on a map: its lines, size in points and centre in metres."""

    text: str
    size: float
    x: float
    y: float
    width_m: float
    height_m: float

    @property
    def box(self) -> shapely.Polygon:
        """The ground it covers."""
        half = (self.width_m / 2, self.height_m / 2)
        return shapely.box(self.x - half[0], self.y - half[1], self.x + half[0], self.y + half[1])


def placed_names(
    panel: Panel,
    shapes: NDArray[np.object_],
    names: Sequence[str],
    marks: Sequence[Mark],
    *,
    size: float,
    bold: Sequence[bool],
) -> list[PlacedLabel]:
    """Return every name inside its own village, over no symbol and no other name.

    A name that does not fit is set in two lines, then smaller, step by step.
    """
    mm, taken = panel.metres_per_mm, mark_boxes(panel, marks)
    labels: dict[int, PlacedLabel] = {}
    for row in np.argsort(shapely.area(shapes), kind="stable").tolist():
        label = _placed(shapes[row], list(_set(names[row], size, bold[row])), taken, mm)
        labels[row] = label
        taken = np.vstack([taken, label.box.bounds])
    return [labels[row] for row in range(len(names))]


def _placed(
    shape: shapely.Polygon,
    options: Sequence[tuple[str, float, float, float]],
    taken: NDArray[np.float64],
    mm: float,
) -> PlacedLabel:
    """Return the largest setting of a name that finds a free place; else the least bad one."""
    shapely.prepare(shape)
    for text, points, width, height in options:
        spot = _free_spot(shape, (width * mm, height * mm), taken)
        if spot is not None:
            return PlacedLabel(text, points, *spot, width * mm, height * mm)
    text, points, width, height = options[-1]
    extent = (width * mm, height * mm)
    x, y = place_labels(np.array([shape], dtype=object), [extent], taken)[0].tolist()
    return PlacedLabel(text, points, x, y, *extent)


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
    for factor in LABEL_SIZES:
        for lines in forms:
            points = size * factor
            width = max(text_mm(line, points, bold=is_bold) for line in lines) + 2 * PAD_MM
            height = len(lines) * points * 1.25 * ink.POINT_MM + PAD_MM
            yield "\n".join(lines), points, width, height


def draw_names(panel: Panel, labels: Sequence[PlacedLabel], bold: Sequence[bool]) -> None:
    """Draw names on a light ground."""
    for label, is_bold in zip(labels, bold, strict=True):
        panel.axes.text(
            label.x, label.y, label.text, fontsize=label.size, ha="center", va="center",
            linespacing=1.05, color="#111111", zorder=26, clip_on=True,
            fontweight="bold" if is_bold else "normal",
            bbox={"boxstyle": "square,pad=0.12", "facecolor": "#ffffff", "alpha": 0.78,
                  "linewidth": 0},
        )  # fmt: skip
