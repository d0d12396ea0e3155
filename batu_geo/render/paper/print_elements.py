"""What frames a printed map: sheet, scale bar, north arrow, and the width of texts."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Polygon, Rectangle
from matplotlib.textpath import TextPath
from pyproj import Transformer

from batu_geo.render.paper import print_style as ink
from batu_geo.render.text.lettering import drawn_text
from batu_geo.render.text.words import number, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from batu_geo.domain.errors import Language

# Of the corners of a panel: those below, and all.
BELOW, ANYWHERE = slice(0, 2), slice(0, 4)
MARGIN, FRAME_MM, ROOM_FOR_HALF_MM = 0.03, 0.3, 18.0
MEASURED_AT = 100.0
ROUND_KM = (0.5, 1, 2, 5, 10, 20, 50)


@dataclass(frozen=True, slots=True)
class Panel:
    """A map on a sheet: its axes and how many metres a millimetre of paper shows."""

    axes: Axes
    metres_per_mm: float

    @property
    def frame(self) -> tuple[float, float, float, float]:
        """The ground it shows: west, south, east, north."""
        (west, east), (south, north) = self.axes.get_xlim(), self.axes.get_ylim()
        return west, south, east, north

    def corners(self, width_mm: float, height_mm: float) -> list[tuple[float, float]]:
        """Return where a box of this size stands in each corner: lower left, right, upper."""
        west, east = self.axes.get_xlim()
        south, north = self.axes.get_ylim()
        across, up = width_mm * self.metres_per_mm, height_mm * self.metres_per_mm
        return [
            (west, south),
            (east - across, south),
            (west, north - up),
            (east - across, north - up),
        ]


def sheet(width_mm: float, height_mm: float) -> Figure:
    """Return an empty sheet of this size."""
    figure = Figure(figsize=(width_mm * ink.MM, height_mm * ink.MM), dpi=72)
    FigureCanvasAgg(figure)
    return figure


def map_panel(
    figure: Figure,
    box_mm: tuple[float, float, float, float],
    bounds: tuple[float, float, float, float],
) -> Panel:
    """Return axes for the bounds in metres in a box (left, bottom, width, height) of the sheet.

    The shape of the ground is kept; the frame is filled by showing more around it.
    """
    paper_width, paper_height = figure.get_size_inches() / ink.MM
    left, bottom = box_mm[0] + FRAME_MM, box_mm[1] + FRAME_MM
    width, height = box_mm[2] - 2 * FRAME_MM, box_mm[3] - 2 * FRAME_MM
    axes = figure.add_axes(
        (left / paper_width, bottom / paper_height, width / paper_width, height / paper_height)
    )
    west, south, east, north = bounds
    metres_per_mm = metres_a_mm(bounds, (width, height))
    middle = ((west + east) / 2, (south + north) / 2)
    half = (width * metres_per_mm / 2, height * metres_per_mm / 2)
    axes.set_xlim(middle[0] - half[0], middle[0] + half[0])
    axes.set_ylim(middle[1] - half[1], middle[1] + half[1])
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(ink.OUTSIDE)
    for side in axes.spines.values():
        side.set(linewidth=0.6, color=ink.EDGE)
    return Panel(axes, metres_per_mm)


def metres_a_mm(bounds: tuple[float, float, float, float], size_mm: tuple[float, float]) -> float:
    """Return how many metres a millimetre shows where bounds just fit, with a margin.

    >>> round(metres_a_mm((0, 0, 1000, 500), (100, 100)), 6)
    10.6
    """
    west, south, east, north = bounds
    return max((east - west) / size_mm[0], (north - south) / size_mm[1]) * (1 + 2 * MARGIN)


def bar_km(metres_per_mm: float, *, longest_mm: float = 45.0) -> float:
    """Return the longest round scale bar in km that is no longer than this on paper.

    >>> bar_km(100)
    2
    """
    fitting = [km for km in ROUND_KM if km * 1000 / metres_per_mm <= longest_mm]
    return fitting[-1] if fitting else ROUND_KM[0]


def emptiest(
    panel: Panel, size_mm: tuple[float, float], used: Sequence[shapely.Geometry],
    *, corners: slice,
) -> tuple[float, float]:  # fmt: skip
    """Return the lower left of the corner where a box of this size hides the least."""
    width, height = size_mm
    spots = panel.corners(width, height)[corners]
    mm = panel.metres_per_mm
    shapes, hidden = np.array(used, dtype=object), []
    for x, y in spots:
        box, areas = shapely.box(x, y, x + width * mm, y + height * mm), np.zeros(len(shapes))
        is_near = shapely.dwithin(shapes, box, mm)
        areas[is_near] = shapely.area(
            shapely.intersection(shapely.buffer(shapes[is_near], mm), box)
        )
        hidden.append(areas.sum())
    return spots[int(np.argmin(np.round(hidden, 3)))]


def draw_scale(
    panel: Panel,
    language: Language,
    used: Sequence[shapely.Geometry] = (),
    *,
    corners: slice = BELOW,
) -> None:
    """Draw a bar in four parts in a corner, where it hides the least of what is used."""
    mm = panel.metres_per_mm
    west, east = panel.axes.get_xlim()
    km = bar_km(mm, longest_mm=min(45.0, (east - west) / mm / 3))
    length, height = km * 1000, 1.6 * mm
    size = (length / mm + 14, 9.0)
    left, bottom = emptiest(panel, size, used, corners=corners)
    x, y = left + 4 * mm, bottom + 2.5 * mm
    _paper(panel, left, bottom, size[0] * mm, size[1] * mm)
    for part in range(4):
        colour = ink.INK if part % 2 == 0 else "#ffffff"
        panel.axes.add_artist(
            Rectangle((x + part * length / 4, y), length / 4, height, facecolor=colour,
                      edgecolor=ink.INK, linewidth=0.5, zorder=30)
        )  # fmt: skip
    for share in (0.0, 0.5, 1.0) if length > ROOM_FOR_HALF_MM * mm else (0.0, 1.0):
        part_km = share * km
        digits = len(f"{part_km:g}".partition(".")[2])
        label = number(part_km, language, digits)
        panel.axes.text(x + share * length, y + 2.3 * mm, f"{label} km" if share == 1 else label,
                        fontsize=6.5, ha="center", va="bottom", color=ink.INK,
                        zorder=31)  # fmt: skip


def north_of(x: float, y: float, crs: str) -> tuple[float, float]:
    """Return the direction of true north at a point of a projection, as a unit vector.

    Grid north and true north differ by the convergence of the meridians.
    """
    to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    back = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    lon, lat = to_degrees.transform(x, y)
    ahead_x, ahead_y = back.transform(lon, lat + 0.01)
    length = math.hypot(ahead_x - x, ahead_y - y)
    return (ahead_x - x) / length, (ahead_y - y) / length


def draw_north(
    panel: Panel, crs: str, language: Language, used: Sequence[shapely.Geometry] = ()
) -> None:
    """Draw an arrow that points to true north above, where it hides the least of what is used."""
    mm = panel.metres_per_mm
    left, bottom = emptiest(panel, (9, 15), used, corners=slice(3, 1, -1))
    base = np.array([left + 4.5 * mm, bottom + 2 * mm])
    ux, uy = north_of(base[0], base[1], crs)
    along, across = np.array([ux, uy]), np.array([uy, -ux])
    corners = [
        base + 9 * mm * along,
        base + 2.8 * mm * across,
        base + 2.2 * mm * along,
        base - 2.8 * mm * across,
    ]
    _paper(panel, left, bottom, 9 * mm, 15 * mm)
    arrow = Polygon(corners, closed=True, facecolor=ink.INK, edgecolor=ink.INK, linewidth=0.4,
                    zorder=31)  # fmt: skip
    arrow.set_gid("north")
    panel.axes.add_artist(arrow)
    tip = base + 10.8 * mm * along
    panel.axes.text(tip[0], tip[1], word("north", language), fontsize=8, fontweight="bold",
                    ha="center", va="center", color=ink.INK, zorder=31)  # fmt: skip


def _paper(panel: Panel, x: float, y: float, width: float, height: float) -> None:
    panel.axes.add_artist(
        Rectangle((x, y), width, height, facecolor="#ffffff", alpha=0.85, linewidth=0, zorder=29)
    )


def text_mm(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text on paper in millimetres."""
    return _points_wide(text, bold) * size / MEASURED_AT * ink.POINT_MM


@lru_cache(maxsize=4096)
def _points_wide(text: str, bold: bool) -> float:  # noqa: FBT001 - a cached pair of plain values
    if not text.strip():
        return 0.0
    font = FontProperties(family=ink.FONT, size=MEASURED_AT, weight="bold" if bold else "normal")
    across = TextPath((0, 0), text, prop=font).vertices[:, 0]
    return float(across.max() - across.min()) if len(across) else 0.0


def wrapped(text: str, size: float, width_mm: float, *, bold: bool = False) -> list[str]:
    """Return the text in lines that fit the width; a longer word is cut."""
    lines: list[str] = []
    line = ""
    for part in drawn_text(text).split():
        tried = f"{line} {part}".strip()
        if line and text_mm(tried, size, bold=bold) > width_mm:
            lines.append(line)
            tried = part
        while text_mm(tried, size, bold=bold) > width_mm and len(tried) > 1:
            keep = max(1, int(len(tried) * width_mm / text_mm(tried, size, bold=bold)) - 1)
            lines.append(tried[:keep])
            tried = tried[keep:]
        line = tried
    return [*lines, line] if line else lines


def as_svg(figure: Figure) -> str:
    """Return the sheet as SVG text: same picture, same bytes."""
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()


def as_png(figure: Figure, *, dpi: int) -> bytes:
    """Return the sheet as a PNG: same picture, same bytes."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=dpi, metadata={"Software": None})
    return stream.getvalue()
