"""The parts a document is made of, as plain data for the templates: text stays text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from batu_geo.render.columns import cell, column_words, plain_text, table_title
from batu_geo.render.words import word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batu_geo.domain.errors import Language
    from batu_geo.render.briefing.content import Brief

Block = dict[str, Any]
WIDE_TEXT = 18
NAMED_BY_ID = ("facility_id", "puskesmas_id", "hospital_id")


def heading(text: str, level: int = 2, *, new_page: bool = False) -> Block:
    """Return a heading."""
    return {"kind": "heading", "text": plain_text(text), "level": level, "new_page": new_page}


def paragraph(text: str, size: float = 8.5) -> Block:
    """Return a paragraph."""
    return {"kind": "paragraph", "text": plain_text(text), "size": size}


def listed(items: Sequence[str], *, numbered: bool = False) -> Block:
    """Return a list."""
    return {"kind": "list", "items": [plain_text(item) for item in items], "numbered": numbered}


def callout(text: str, tone: str = "plain") -> Block:
    """Return a box that stands out; `tone` ``warn`` for what is made up."""
    return {"kind": "callout", "text": plain_text(text), "tone": tone}


def facts(rows: Sequence[tuple[str, str]], left: float = 0.42) -> Block:
    """Return labels beside values."""
    shown = [[plain_text(label), plain_text(value)] for label, value in rows]
    return {"kind": "facts", "rows": shown, "left": left}


def beside(left_mm: float, left: Sequence[Block], right: Sequence[Block]) -> Block:
    """Return blocks in two columns."""
    return {"kind": "beside", "left_mm": left_mm, "left": list(left), "right": list(right)}


def map_block(brief: Brief, svg: str, title: str, width_mm: float) -> Block:
    """Return a map with its source, date and projection beneath."""
    alt = word("brief_map_alt", brief.language, title=plain_text(title))
    note = plain_text(brief.map_source)
    return {"kind": "map", "svg": svg, "alt": alt, "note": note, "width": width_mm}


def table_blocks(
    brief: Brief,
    name: str,
    table: pd.DataFrame,
    columns: Sequence[str],
    *,
    level: int = 3,
    title: str = "",
) -> list[Block]:
    """Return a table with its heading, its evidence and the inputs it rests on.

    Rows of different evidence say so each; of one evidence, beneath the table.
    """
    language = brief.language
    blocks = [heading(title or table_title(name, language), level)] if level else []
    if table.empty:
        return [*blocks, paragraph(word("brief_no_rows", language))]
    kinds = table["evidence"].dropna().unique() if "evidence" in table else []
    shown = [c for c in columns if c in table]
    if len(kinds) > 1 and "evidence" not in shown:
        shown.append("evidence")
    worth = ""
    if len(kinds) == 1:
        found = cell("evidence", kinds[0], language)
        worth = word("brief_table_evidence", language, evidence=found)
    note = f"{worth} {brief.rests_on_text(name)}".strip()
    return [*blocks, plain_table(table[shown], language, note=note, names=brief.names)]


def plain_table(
    table: pd.DataFrame, language: Language, *, note: str = "", names: Mapping[str, str]
) -> Block:
    """Return a table of text; numbers stand to the right."""
    columns = [str(name) for name in table.columns]
    rows = [
        [
            plain_text(names.get(value, value)) if name in NAMED_BY_ID and isinstance(value, str)
            else cell(name, value, language)
            for name, value in zip(columns, row, strict=True)
        ]
        for row in table.itertuples(index=False, name=None)
    ]  # fmt: skip
    head = [
        plain_text(names[name]) if name in names else column_words(name, language).heading
        for name in columns
    ]
    right = [_is_number(table[name], name, language) for name in table.columns]
    longest = [max((len(row[n]) for row in rows), default=0) for n in range(len(columns))]
    widths = [
        0 if is_right or length <= WIDE_TEXT else min(4.0, max(1.0, length / 20))
        for is_right, length in zip(right, longest, strict=True)
    ]
    return {
        "kind": "table", "head": head, "rows": rows, "right": right, "widths": widths,
        "note": plain_text(note),
    }  # fmt: skip


def _is_number(column: pd.Series[Any], name: object, language: Language) -> bool:
    if column_words(str(name), language).prefix is not None:
        return False
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(
        column.dtype
    )
