"""Symbols of a printed map, drawn as shapes so that they stay sharp and need no font of signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path as Outline

from batu_geo.render.paper import print_style as ink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

HALF_MM = 1.6
HOUSE = ((-1.0, -1.0), (1.0, -1.0), (1.0, 0.25), (0.0, 1.15), (-1.0, 0.25))
HOUSES = ("fit", "to_verify")


def draw_symbol(
    axes: Axes, name: str, x: float, y: float, mm: float, *, text: str = "", dashed: bool = False
) -> None:
    """Draw a symbol at a point.

    Parameters
    ----------
    axes
        Where to.
    name
        One of ``unit_open``, ``unit_closed``, ``puskesmas``, ``hospital``, ``fit``,
        ``to_verify``, ``refused``.
    x, y, mm
        The place, and how long a millimetre of paper is, in units of the axes.
    text
        A number to stand in a house.
    dashed
        Whether its edge is broken, for what is made up.
    """
    half = HALF_MM * mm
    if name in HOUSES:
        _house(axes, name, (x, y), half * 1.15, text=text, dashed=dashed)
    elif name == "refused":
        _cross(axes, (x, y), half * 0.6)
    else:
        _place(axes, name, (x, y), half)


def _house(
    axes: Axes, name: str, at: tuple[float, float], half: float, *, text: str, dashed: bool
) -> None:
    corners = [(at[0] + dx * half, at[1] + dy * half) for dx, dy in HOUSE]
    style: Any = (0, (2.2, 1.1)) if dashed else "solid"
    axes.add_artist(
        Polygon(corners, closed=True, facecolor=ink.HOUSE[name], edgecolor="#2b2100",
                linewidth=0.8, linestyle=style, zorder=24)
    )  # fmt: skip
    if text:
        axes.text(at[0], at[1] - 0.28 * half, text, fontsize=6 if len(text) < 2 else 4.8,
                  fontweight="bold", ha="center", va="center", color="#2b2100",
                  zorder=25)  # fmt: skip


def _cross(axes: Axes, at: tuple[float, float], half: float) -> None:
    _strokes(axes, at, ((-1, -1, 1, 1), (-1, 1, 1, -1)), half, "#4d4d4d")


def _place(axes: Axes, name: str, at: tuple[float, float], half: float) -> None:
    look: dict[str, Any] = {"edgecolor": "#ffffff", "linewidth": 0.5, "zorder": 23}
    plus = "#ffffff"
    if name == "unit_open":
        axes.add_artist(Circle(at, half, facecolor=ink.UNIT, **look))
    elif name == "unit_closed":
        plus = ink.UNIT
        look |= {"edgecolor": ink.UNIT, "linewidth": 0.9, "linestyle": (0, (2, 1))}
        axes.add_artist(Circle(at, half, facecolor="#ffffff", **look))
    elif name == "hospital":
        style = f"round,pad=0,rounding_size={0.5 * half}"
        axes.add_artist(
            FancyBboxPatch((at[0] - half, at[1] - half), 2 * half, 2 * half, boxstyle=style,
                           facecolor=ink.HOSPITAL, **look)
        )  # fmt: skip
        rungs = ((-0.42, -0.55, -0.42, 0.55), (0.42, -0.55, 0.42, 0.55), (-0.42, 0, 0.42, 0))
        _strokes(axes, at, rungs, half, plus)
        return
    else:
        corners = [(at[0] + dx * half, at[1] + dy * half) for dx, dy in
                   ((-1, -1), (1, -1), (1, 1), (-1, 1))]  # fmt: skip
        axes.add_artist(Polygon(corners, closed=True, facecolor=ink.PUSKESMAS, **look))
    _strokes(axes, at, ((0, -0.6, 0, 0.6), (-0.6, 0, 0.6, 0)), half, plus)


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
