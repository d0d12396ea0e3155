"""Terminal tables of `batu-geo import`: matched columns, changed outlines, roads of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from batu_geo.domain.errors import shown
from batu_geo.render.terminal.fitted_table import FittedTable
from batu_geo.render.text.words import number, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from batu_geo.domain.errors import Language

KM2_DIGITS = 3
IN_CARD = ("origin", "licence", "date", "evidence")


def changes_table(changes: pd.DataFrame, language: Language) -> FittedTable:
    """Return a table of the changes of each village between two editions of its outline."""
    table = FittedTable()
    keys = ("village", "old_km2", "new_km2", "gained_km2", "lost_km2", "shared", "farthest_m")
    for key in keys:
        table.add_column(word(f"change_{key}", language), "left" if key == "village" else "right")
    for row in changes.to_dict("records"):
        areas = [number(row[key], language, KM2_DIGITS) for key in keys[1:5]]
        table.add_row(
            Text(shown(row["village_name"])), *areas,
            number(100 * row["shared"], language, 1), number(row["farthest_m"], language),
        )  # fmt: skip
    return table


def columns_table(
    matches: Iterable[tuple[str, str, float, bool]], language: Language
) -> FittedTable:
    """Return a table of the columns of a file and the matched columns of the contract.

    Parameters
    ----------
    matches
        Column of the file, column of the contract ("" for none), how alike they are in per
        cent, and whether the match is sure.
    language
        Of the headings.
    """
    table = FittedTable()
    for key in ("import_column", "import_taken_for", "import_alike"):
        table.add_column(word(key, language))
    for source, target, score, is_sure in matches:
        if not target:
            taken_for = word("import_not_used", language)
        else:
            taken_for = target if is_sure else word("import_unsure", language, target=target)
        alike = f"{score:.0f}%" if target else ""
        table.add_row(Text(shown(source)), Text(taken_for), Text(alike))
    return table


@dataclass(frozen=True, slots=True)
class RoadSummary:
    """Contents of a road file and where its roads lie.

    Attributes
    ----------
    kind
        Format of the file.
    ways, km
        Number of usable ways, and their length.
    inside, near
        Share of the length inside the villages and within `buffer_km` of them; None before
        the study has outlines, and where the roads have no length.
    buffer_km
        Distance around the villages.
    entry
        The new entry of `study.toml`.
    """

    kind: str
    ways: int
    km: float
    inside: float | None
    near: float | None
    buffer_km: float
    entry: Mapping[str, str]


def roads_table(roads: RoadSummary, language: Language) -> Group:
    """Return the contents of a road file, the shares in and near the study, and its entry."""
    details = "; ".join(roads.entry[key] for key in IN_CARD)
    entry = (
        f"{word('import_roads_entry', language)}: {shown(roads.entry['path'])}: {shown(details)}"
    )
    return Group(*map(Text, (*road_lines(roads, language), entry)))


def road_lines(roads: RoadSummary, language: Language) -> list[str]:
    """Return what a road file holds and where its roads lie, a line each."""
    rows = {
        word("import_roads_kind", language): roads.kind,
        word("import_roads_ways", language):
            f"{number(roads.ways, language)} ({number(roads.km, language, 1)} km)",
    }  # fmt: skip
    if roads.inside is not None and roads.near is not None:
        around = word("import_roads_near", language, km=number(roads.buffer_km, language))
        rows[word("import_roads_inside", language)] = f"{number(100 * roads.inside, language, 1)}%"
        rows[around] = f"{number(100 * roads.near, language, 1)}%"
    return [f"{label}: {shown(text)}" for label, text in rows.items()]
