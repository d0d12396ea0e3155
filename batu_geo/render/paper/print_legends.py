"""The legend of a printed map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.patches import Rectangle

from batu_geo.render.cartography.map_spec import Label, LegendEntry
from batu_geo.render.paper import print_style as ink
from batu_geo.render.paper.print_elements import wrapped
from batu_geo.render.paper.print_symbols import draw_symbol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from batu_geo.render.cartography.map_spec import LegendGroup

LEGEND_MM = 62.0
LINE_MM, LEGEND_SIZE, INDENT_MM = 4.4, 7.0, 10.0


def draw_legend(
    figure: Figure, box_mm: tuple[float, float, float, float], groups: Sequence[LegendGroup]
) -> None:
    """Draw a legend downwards in a box of the sheet, smaller where it would not fit."""
    entries = [
        line
        for group in groups
        for line in (LegendEntry(Label(paper=group.title.paper)), *group.lines("paper"))
    ]
    paper_width, paper_height = figure.get_size_inches() / ink.MM
    left, bottom, width, height = box_mm
    axes = figure.add_axes(
        (left / paper_width, bottom / paper_height, width / paper_width, height / paper_height)
    )
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    size = LEGEND_SIZE
    needed = _entries_mm(entries, size, width)
    while needed > height and size > ink.SMALLEST_SIZE:
        size -= 0.25
        needed = _entries_mm(entries, size, width)
    line_mm = LINE_MM * size / LEGEND_SIZE
    y = height
    for entry in entries:
        y -= _gap_mm(entry, size)
        lines = _entry_lines(entry, size, width)
        if not entry.is_heading:
            _sign(axes, entry, y - line_mm / 2, size / LEGEND_SIZE)
        for line in lines:
            axes.text(0.0 if entry.is_heading else INDENT_MM, y - line_mm / 2, line, fontsize=size,
                      va="center", color=ink.INK,
                      fontweight="bold" if entry.is_heading else "normal")  # fmt: skip
            y -= line_mm


def _entry_lines(entry: LegendEntry, size: float, width: float) -> list[str]:
    indent = 0.0 if entry.is_heading else INDENT_MM
    return wrapped(entry.label.paper, size, width - indent - 2, bold=entry.is_heading)


def _gap_mm(entry: LegendEntry, size: float) -> float:
    return (1.8 if entry.is_heading else 0.8) * size / LEGEND_SIZE


def _entries_mm(entries: Sequence[LegendEntry], size: float, width: float) -> float:
    """Return how high the entries stand."""
    line_mm = LINE_MM * size / LEGEND_SIZE
    return sum(_gap_mm(e, size) + len(_entry_lines(e, size, width)) * line_mm for e in entries)


def _sign(axes: Axes, entry: LegendEntry, y: float, scale: float) -> None:
    if entry.look is None:
        _symbol(axes, entry, y, scale)
    elif entry.is_line:
        style: Any = (0, (4, 2)) if entry.look.is_dashed else "solid"
        axes.plot([0.6, 8], [y, y], color=entry.look.colour, linewidth=1.4, linestyle=style)
    else:
        axes.add_artist(
            Rectangle((0.4, y - 1.7 * scale), 7.6, 3.4 * scale, facecolor=entry.look.colour,
                      edgecolor=ink.HATCH_INK, hatch=entry.look.hatch,
                      linewidth=1.6 if entry.is_thick else 0.4)
        )  # fmt: skip


def _symbol(axes: Axes, entry: LegendEntry, y: float, scale: float) -> None:
    if entry.symbol == "number":
        axes.text(4.2, y, "1.", fontsize=7, fontweight="bold", ha="center", va="center")
    elif entry.symbol == "house_number":
        draw_symbol(axes, "fit", 4.2, y, scale, text="1")
    else:
        draw_symbol(axes, entry.symbol, 4.2, y, scale, dashed=entry.is_dashed)
