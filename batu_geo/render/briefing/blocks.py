"""The parts a document is made of, as plain data for the templates: text stays text."""

from __future__ import annotations

import re
from itertools import repeat
from typing import TYPE_CHECKING, Any

from batu_geo.render.briefing.sheet_names import linked, places_of
from batu_geo.render.text.column_headings import (
    HIDDEN_TOGETHER,
    cell,
    column_words,
    plain_text,
    table_title,
)
from batu_geo.render.text.which_villages import input_names
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from batu_geo.domain.errors import Language
    from batu_geo.render.briefing.content import Brief
    from batu_geo.render.briefing.sheet_names import Led

Block = dict[str, Any]
# Letters of the width of a page at one point, and what of them a column takes.
LINE_LETTERS, SIZES = 860.0, (7.0, 6.4, 6.0)
WIDE_TEXT, LONGEST_WORD, MIN_LETTERS, HEAD_WIDER, INSET_LETTERS = 44.0, 22, 3.0, 1.15, 2.2
FULLER, CAPITAL = 1.4, 0.25  # a capital is so much wider than a letter
HEAD_BREAKS = re.compile(r"\s+|(?<=-)")
NUMBER = re.compile(r"[-+]?\d[\d.,]*( / \d[\d.,]*)?")
NAMED_BY_ID = ("facility_id", "village_id", "site_id")
NAME_OF_ID = {
    "facility_id": "facility_name",
    "village_id": "village_name",
    "site_id": "building_name",
}


def heading(text: str, level: int = 2, *, new_page: bool = False) -> Block:
    """Return a heading."""
    return {"kind": "heading", "text": plain_text(text), "level": level, "new_page": new_page}


def paragraph(text: str, size: float = 8.5) -> Block:
    """Return a paragraph."""
    return {"kind": "paragraph", "text": plain_text(text), "size": size}


def listed(
    items: Sequence[str], *, numbered: bool = False, led: Sequence[dict[str, Any]] = ()
) -> Block:
    """Return a list; `led` are the places its numbers are from."""
    shown = [plain_text(item) for item in items]
    return {"kind": "list", "items": shown, "numbered": numbered, "led": list(led)}


def led_list(
    brief: Brief, said: Sequence[Led], *, numbered: bool = False, is_shown: bool = True
) -> Block:
    """Return sentences as a list, with the rows of the workbook that their numbers are from.

    The rows alone where the sentences are shown above.
    """
    texts = [led.text for led in said] if is_shown else []
    led = linked(places_of(brief, said), brief.language) if said else ()
    return listed(texts, numbered=numbered, led=led)


def to_table(name: str, language: Language) -> Block:
    """Return what leads to a table."""
    return listed([], led=linked({name: ()}, language))


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


def map_block(brief: Brief, key: str, svg: str, title: str, width_mm: float) -> Block:
    """Return a map with its source, date and projection beneath; `key` says what it shows."""
    alt = word("brief_map_alt", brief.language, title=plain_text(title))
    note = plain_text(brief.map_source(key))
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
    head = heading(title or table_title(name, language), level) | {"label": name}
    blocks = [head] if level else []
    if table.empty:
        return [*blocks, paragraph(word("brief_no_rows", language))]
    kinds: list[str] = table["evidence"].dropna().unique().tolist() if "evidence" in table else []
    shown = [c for c in columns if c in table]
    if len(kinds) > 1 and "evidence" not in shown:
        shown.append("evidence")
    worth = ""
    if len(kinds) == 1:
        worth = word("brief_table_evidence", language, evidence=_worth(table, language))
    note = f"{worth} {brief.rests_on_text(name)}".strip()
    shown_table = plain_table(table[shown], language, note=note, names=brief.names)
    return [*blocks, shown_table | rows_of(name, brief.tables.get(name), table)]


def rows_of(name: str, whole: pd.DataFrame | None, part: pd.DataFrame) -> Block:
    """Return which rows of its sheet a part of a table shows; nothing for another table.

    >>> import pandas as pd
    >>> whole = pd.DataFrame({"village_id": ["a", "b", "c"]})
    >>> rows_of("gaps", whole, whole.tail(2))
    {'name': 'gaps', 'sheet_rows': [3, 4]}
    """
    if whole is None or not whole.index.is_unique:
        return {}
    at = whole.index.get_indexer(part.index)
    both = [name for name in part if name in whole]
    key = next((name for name in both if str(name).endswith("_id")), both[0] if both else None)
    if (at < 0).any() or key is None or whole[key].iloc[at].tolist() != part[key].tolist():
        return {}
    return {"name": name, "sheet_rows": [int(row) + 2 for row in at]}


def _worth(table: pd.DataFrame, language: Language) -> str:
    """Return the class of rows of one class; what binds it and the class without, if all agree."""
    kind = cell("evidence", table["evidence"].dropna().iloc[0], language)
    names = ("evidence_bound_by", "evidence_without")
    if not set(names) <= set(table.columns):
        return kind
    bound_by, without = (sorted(set(map(str, table[name].dropna()))) for name in names)
    if len(bound_by) != 1 or not bound_by[0]:
        return kind
    inputs = input_names(bound_by[0], language)
    if without == table["evidence"].unique().tolist():
        return word("brief_bound_by_several", language, evidence=kind, inputs=inputs)
    rest = cell("evidence", without[0], language)
    return word("brief_bound", language, evidence=kind, inputs=inputs, without=rest)


def plain_table(
    table: pd.DataFrame, language: Language, *, note: str = "", names: Mapping[str, str]
) -> Block:
    """Return a table of text; numbers stand to the right."""
    columns = [str(name) for name in table.columns]
    hidden = table["is_hidden"] if "is_hidden" in table else repeat(False, len(table))  # noqa: FBT003
    rows = [
        [
            plain_text(names.get(value, value)) if name in NAMED_BY_ID and isinstance(value, str)
            else word("count_hidden", language) if is_hidden and name in HIDDEN_TOGETHER
            else cell(name, value, language)
            for name, value in zip(columns, row, strict=True)
        ]
        for row, is_hidden in zip(table.itertuples(index=False, name=None), hidden, strict=True)
    ]  # fmt: skip
    head = [
        plain_text(names[name])
        if name in names
        else column_words(NAME_OF_ID.get(name, name), language).heading
        for name in columns
    ]
    written = list(zip(*rows, strict=True)) if rows else [() for _ in columns]
    empty = [word(key, language) for key in ("no_data", "count_hidden")]
    size, widths = _widths(head, written)
    return {
        "kind": "table",
        "head": head,
        "rows": rows,
        "right": [_are_numbers(cells, empty) for cells in written],
        "size": size,
        "widths": widths,
        "note": plain_text(note),
    }


def _widths(head: Sequence[str], written: Sequence[Sequence[str]]) -> tuple[float, list[float]]:
    """Return the size of the letters in points, and the width of each column in letters.

    Every column holds its longest word; what is left is shared by those with longer text.
    """
    needs, wants = [], []
    for title, cells in zip(head, written, strict=True):
        words = [len(part) * HEAD_WIDER for part in HEAD_BREAKS.split(title)]
        words += [min(len(part) + CAPITAL * sum(map(str.isupper, part)), LONGEST_WORD)
                  for text in cells for part in text.split()]  # fmt: skip
        need = max([MIN_LETTERS, *words]) + INSET_LETTERS
        needs.append(need)
        # A column of one long text among short ones takes less than one of long texts.
        longest = max(map(len, cells), default=0)
        usual = max(FULLER * sum(map(len, cells)) / max(1, len(cells)), longest / 2)
        wants.append(max(need, min(WIDE_TEXT, usual, longest) + INSET_LETTERS))
    extra = sum(wants) - sum(needs)
    enough = sum(needs) + extra / 2
    size = next((s for s in SIZES if enough <= LINE_LETTERS / s), SIZES[-1])
    spare = LINE_LETTERS / size - sum(needs)
    share = min(1.0, max(0.0, spare / extra)) if extra else 0.0
    return size, [need + share * (want - need) for need, want in zip(needs, wants, strict=True)]


def _are_numbers(cells: Sequence[str], empty: Sequence[str]) -> bool:
    """Return whether a column holds numbers as they are written, and nothing else."""
    with_data = [text for text in cells if text not in (*empty, "-")]
    return bool(with_data) and all(NUMBER.fullmatch(text) for text in with_data)
