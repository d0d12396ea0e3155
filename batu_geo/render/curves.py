"""The curves of a comparison, drawn: money against people served, average against worst off."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from batu_geo.render.words import number, word

if TYPE_CHECKING:
    import pandas as pd

    from batu_geo.domain.errors import Language

BLUE, GREY = "#1b6ca8", "#5b6770"
SETTINGS: Any = {
    "svg.hashsalt": "batu_geo", "svg.fonttype": "none", "font.size": 9,
    "axes.spines.top": False, "axes.spines.right": False,
}  # fmt: skip


def curves_svg(budget: pd.DataFrame, fairness: pd.DataFrame, language: Language) -> str:
    """Return both curves as one SVG picture, the same bytes each time.

    Parameters
    ----------
    budget, fairness
        From `budget_curve` and `fairness_curve`; an empty one leaves its half out.
    language
        Of titles, axes and numbers.
    """
    import matplotlib as mpl  # noqa: PLC0415 - slow to import
    from matplotlib.figure import Figure  # noqa: PLC0415

    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(10, 4.2), layout="constrained")
        left, right = figure.subplots(1, 2)
        _budget(left, budget, language)
        _fairness(right, fairness, language)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": "batu_geo"})
    return file.getvalue()


def _numbers(axis: Any, language: Language, digits: int = 0) -> None:
    axis.set_major_formatter(lambda value, _: number(value, language, digits))


def _budget(axes: Any, table: pd.DataFrame, language: Language) -> None:
    axes.set_title(word("curve_budget", language), loc="left")
    axes.set_xlabel(word("curve_million", language))
    axes.set_ylabel(word("curve_served", language))
    _numbers(axes.xaxis, language)
    _numbers(axes.yaxis, language)
    if table.empty:
        return
    millions = table["budget_rupiah"] / 1_000_000
    axes.step(millions, table["people_served"], where="post", color=BLUE, linewidth=1.8)
    axes.plot(millions, table["people_served"], "o", color=BLUE, markersize=4)
    unproved = table["status"] != "optimal"
    axes.vlines(millions[unproved], table["people_served"][unproved], table["bound"][unproved],
                color=GREY, linewidth=1)  # fmt: skip


def _fairness(axes: Any, table: pd.DataFrame, language: Language) -> None:
    axes.set_title(word("curve_fairness", language), loc="left")
    axes.set_xlabel(word("curve_mean", language))
    axes.set_ylabel(word("curve_worst", language))
    _numbers(axes.xaxis, language, 1)
    _numbers(axes.yaxis, language)
    if len(table):
        axes.step(table["mean_minutes"], table["worst_minutes"], where="post", color=GREY)
        axes.plot(table["mean_minutes"], table["worst_minutes"], "o", color=BLUE, markersize=6)
