"""The curves of a comparison, drawn: money against people served, average against worst off."""

from __future__ import annotations

import io
import math
from functools import partial
from typing import TYPE_CHECKING, Any

from batu_geo.domain.numbers import DECIMALS
from batu_geo.render.text.words import code_word, number, word

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from batu_geo.domain.errors import Language

    Panel = Callable[[Any], None]

BLUE, GREY = "#1b6ca8", "#5b6770"
LAYOUT_DIGITS = 4  # of a side of the axes, in parts of the picture
SETTINGS: Any = {
    "svg.hashsalt": "batu_geo", "svg.fonttype": "none", "font.size": 9,
    "axes.spines.top": False, "axes.spines.right": False,
}  # fmt: skip
MOST_TICKS = 6


def curves_svg(
    budget: pd.DataFrame, fairness: pd.DataFrame, language: Language, *, cost_evidence: str
) -> str:
    """Return the curves as one SVG picture, the same bytes each time.

    Parameters
    ----------
    budget, fairness
        From `budget_curve` and `fairness_curve`; an empty one is left out.
    language
        Of titles, axes and numbers.
    cost_evidence
        What the costs are worth; empty where it is unknown.
    """
    panels: list[Panel] = []
    if len(budget):
        words = code_word(cost_evidence or "unknown", language)
        panels.append(
            partial(_budget, table=budget.round(DECIMALS), language=language, evidence=words)
        )
    if len(fairness):
        panels.append(partial(_fairness, table=fairness.round(DECIMALS), language=language))
    return _picture(panels, language)


def _picture(panels: list[Panel], language: Language) -> str:
    import matplotlib as mpl  # noqa: PLC0415 - slow to import
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(5 * max(1, len(panels)), 4.2), layout="constrained")
        for place, panel in enumerate(panels, 1):
            axes = figure.add_subplot(1, len(panels), place)
            panel(axes)
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_major_locator(MaxNLocator(MOST_TICKS))
                axis.set_major_formatter(partial(_tick, axis=axis, language=language))
        # The solver of the layout ends a few last bits away on another machine.
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        for axes in figure.axes:
            sides = axes.get_position().bounds
            left, bottom, width, height = (round(side, LAYOUT_DIGITS) for side in sides)
            axes.set_position((left, bottom, width, height))
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": "batu_geo"})
    return file.getvalue()


def _tick(value: float, _: int, *, axis: Any, language: Language) -> str:
    """Return the label of a tick, with as many decimals as tell it from the next."""
    ticks = axis.get_majorticklocs()
    step = abs(ticks[1] - ticks[0]) if len(ticks) > 1 else 1.0
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step else 0
    if round(step, digits) != round(step, digits + 1):
        digits += 1
    return number(value, language, digits)


def _budget(axes: Any, *, table: pd.DataFrame, language: Language, evidence: str) -> None:
    axes.set_title(word("curve_budget", language), loc="left")
    axes.set_xlabel(word("curve_million", language, evidence=evidence))
    axes.set_ylabel(word("curve_served", language))
    millions = table["budget_rupiah"] / 1_000_000
    axes.step(millions, table["people_served"], where="post", color=BLUE, linewidth=1.8)
    axes.plot(millions, table["people_served"], "o", color=BLUE, markersize=4)
    unproved = table["status"] != "optimal"
    axes.vlines(millions[unproved], table["people_served"][unproved], table["bound"][unproved],
                color=GREY, linewidth=1)  # fmt: skip


def _fairness(axes: Any, *, table: pd.DataFrame, language: Language) -> None:
    axes.set_title(word("curve_fairness", language), loc="left")
    axes.set_xlabel(word("curve_mean", language))
    axes.set_ylabel(word("curve_worst", language))
    mean, worst = table["mean_minutes_reached"], table["worst_minutes_reached"]
    axes.step(mean, worst, where="post", color=GREY)
    axes.plot(mean, worst, "o", color=BLUE, markersize=6)
