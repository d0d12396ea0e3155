"""Symbols of a printed map, drawn as shapes so that they stay sharp and need no font of signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path as Outline

from batu_geo.render.cartography.symbols import HOUSE_EDGE, SYMBOLS, Symbol
from batu_geo.render.paper.print_style import SMALLEST_SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    half, symbol = HALF_MM * mm, SYMBOLS[name]
    if symbol.shape == "house":
        _house(axes, symbol, (x, y), half * 1.15, text=text, dashed=dashed)
    elif symbol.shape == "cross":
        _strokes(axes, (x, y), CROSS, half * 0.6, symbol.colour)
    else:
        _place(axes, symbol, (x, y), half)


def _house(
    axes: Axes, symbol: Symbol, at: tuple[float, float], half: float, *, text: str, dashed: bool
) -> None:
    wide = half * (1.3 if len(text) > 2 else 1.0)
    corners = [(at[0] + dx * wide, at[1] + dy * half) for dx, dy in HOUSE]
    style: Any = (0, (2.2, 1.1)) if dashed else "solid"
    edge = HOUSE_EDGE
    axes.add_artist(
        Polygon(corners, closed=True, facecolor=symbol.colour, edgecolor=edge,
                linewidth=0.8, linestyle=style, zorder=24)
    )  # fmt: skip
    if text:
        axes.text(at[0], at[1] - 0.28 * half, text, fontsize=SMALLEST_SIZE, fontweight="bold",
                  ha="center", va="center", color=edge, zorder=25)  # fmt: skip


def _place(axes: Axes, symbol: Symbol, at: tuple[float, float], half: float) -> None:
    colour = symbol.colour
    look: dict[str, Any] = {"edgecolor": "#ffffff", "linewidth": 0.5, "facecolor": colour}
    if symbol.is_hollow:
        look = {"edgecolor": colour, "linewidth": 0.9, "linestyle": (0, (2, 1)),
                "facecolor": "#ffffff"}  # fmt: skip
    axes.add_artist(_outline(symbol, at, half, look | {"zorder": 23}))
    _strokes(axes, at, SIGNS[symbol.sign], half, colour if symbol.is_hollow else "#ffffff")


def _outline(
    symbol: Symbol, at: tuple[float, float], half: float, look: dict[str, Any]
) -> Circle | FancyBboxPatch | Polygon:
    if symbol.shape == "disc":
        return Circle(at, half, **look)
    if symbol.shape == "rounded square":
        style = f"round,pad=0,rounding_size={0.5 * half}"
        corner = (at[0] - half, at[1] - half)
        return FancyBboxPatch(corner, 2 * half, 2 * half, boxstyle=style, **look)
    corners = [(at[0] + dx * half, at[1] + dy * half) for dx, dy in SQUARE]
    return Polygon(corners, closed=True, **look)


def _strokes(
    axes: Axes,
    at: tuple[float, float],
    segments: Sequence[tuple[float, float, float, float]],
    half: float,
    colour: str,
) -> None:
    """Draw straight strokes as one path."""
    xy = [
        (at[0] + dx * half, at[1] + dy * half)
        for x1, y1, x2, y2 in segments
        for dx, dy in ((x1, y1), (x2, y2))
    ]
    codes = [Outline.MOVETO, Outline.LINETO] * len(segments)
    axes.add_artist(
        PathPatch(Outline(xy, codes), facecolor="none", edgecolor=colour, linewidth=1.0,
                  capstyle="butt", zorder=24)
    )  # fmt: skip
