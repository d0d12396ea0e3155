"""Symbols of a printed map, drawn as shapes so that they stay sharp and need no font of signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.patches import BoxStyle
from matplotlib.path import Path as Outline

from batu_geo.render.cartography.symbols import HOUSE_EDGE, SYMBOLS, Symbol
from batu_geo.render.paper.print_style import SMALLEST_SIZE
from batu_geo.render.paper.shapes import Pen, Shape, add_shapes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

HALF_MM = 1.6
HOUSE = ((-1.0, -1.0), (1.0, -1.0), (1.0, 0.25), (0.0, 1.15), (-1.0, 0.25))
SQUARE = ((-1, -1), (1, -1), (1, 1), (-1, 1))
CROSS = ((-1, -1, 1, 1), (-1, 1, 1, -1))
SIGNS: dict[str, tuple[tuple[float, float, float, float], ...]] = {
    "plus": ((0, -0.6, 0, 0.6), (-0.6, 0, 0.6, 0)),
    "h": ((-0.42, -0.55, -0.42, 0.55), (0.42, -0.55, 0.42, 0.55), (-0.42, 0, 0.42, 0)),
    "x": ((-0.45, -0.45, 0.45, 0.45), (-0.45, 0.45, 0.45, -0.45)),
}


def draw_symbol(
    axes: Axes, name: str, x: float, y: float, mm: float, *, text: str = "", dashed: bool = False
) -> None:
    """Draw a symbol at a point.

    Parameters
    ----------
    axes
        Where to.
    name
        Name in `SYMBOLS`.
    x, y, mm
        The place, and how long a millimetre of paper is, in units of the axes.
    text
        A number to stand in a house.
    dashed
        Whether its edge is broken, for what is made up.
    """
    add_shapes(axes, symbol_shapes(name, x, y, mm, text=text, dashed=dashed))
    draw_number(axes, name, x, y, mm, text)


def symbol_shapes(
    name: str, x: float, y: float, mm: float, *, text: str = "", dashed: bool = False
) -> Iterator[Shape]:
    """Yield the shapes of a symbol, as `draw_symbol` draws it."""
    half, symbol, at = HALF_MM * mm, SYMBOLS[name], (x, y)
    if symbol.shape == "house":
        yield _house(symbol, at, half * 1.15, is_wide=len(text) > 2, dashed=dashed)
    elif symbol.shape == "cross":
        yield _strokes(at, CROSS, half * 0.6, symbol.colour)
    else:
        yield _place(symbol, at, half)
        colour = symbol.colour if symbol.is_hollow else "#ffffff"
        yield _strokes(at, SIGNS[symbol.sign], half, colour)


def draw_number(axes: Axes, name: str, x: float, y: float, mm: float, text: str) -> None:
    """Draw the number of a house."""
    if text and SYMBOLS[name].shape == "house":
        axes.text(x, y - 0.28 * HALF_MM * mm * 1.15, text, fontsize=SMALLEST_SIZE,
                  fontweight="bold", ha="center", va="center", color=HOUSE_EDGE,
                  zorder=25)  # fmt: skip


def _house(
    symbol: Symbol, at: tuple[float, float], half: float, *, is_wide: bool, dashed: bool
) -> Shape:
    wide = half * (1.3 if is_wide else 1.0)
    corners = [(at[0] + dx * wide, at[1] + dy * half) for dx, dy in HOUSE]
    dashes = (0, (2.2, 1.1)) if dashed else None
    pen = Pen(symbol.colour, HOUSE_EDGE, 0.8, zorder=24, dashes=dashes)
    return Shape(Outline([*corners, corners[0]], closed=True), pen)


def _place(symbol: Symbol, at: tuple[float, float], half: float) -> Shape:
    pen = Pen(symbol.colour, "#ffffff", 0.5, zorder=23)
    if symbol.is_hollow:
        pen = Pen("#ffffff", symbol.colour, 0.9, zorder=23, dashes=(0, (2, 1)))
    if symbol.shape == "disc":
        return Shape(Outline.unit_circle(), pen, at, half)
    if symbol.shape == "rounded square":
        rounded = BoxStyle.Round(pad=0, rounding_size=0.5 * half)
        return Shape(rounded(at[0] - half, at[1] - half, 2 * half, 2 * half, 1), pen)
    corners = [(at[0] + dx * half, at[1] + dy * half) for dx, dy in SQUARE]
    return Shape(Outline([*corners, corners[0]], closed=True), pen)


def _strokes(
    at: tuple[float, float],
    segments: Sequence[tuple[float, float, float, float]],
    half: float,
    colour: str,
) -> Shape:
    """Return straight strokes as one path."""
    xy = [
        (at[0] + dx * half, at[1] + dy * half)
        for x1, y1, x2, y2 in segments
        for dx, dy in ((x1, y1), (x2, y2))
    ]
    codes = [Outline.MOVETO, Outline.LINETO] * len(segments)
    return Shape(Outline(xy, codes), Pen("none", colour, 1.0, zorder=24))
