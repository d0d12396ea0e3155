"""The form of what is still to ask, as CSV or XLSX: an office fills in its last three columns."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pandas as pd

from batu_geo.domain.errors import printable
from batu_geo.planning.answering.open_questions import allowed
from batu_geo.render.files.write_tables import csv_bytes
from batu_geo.render.text.words import code_word, word

if TYPE_CHECKING:
    from batu_geo.domain.errors import Language

ASKED = ("value", "source", "date")
WIDEST = 48
TO_FILL = "FFFFF6D6"


def form_table(questions: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Return the form: the cell, what it is of, its value now and class, what it binds; to fill.

    Parameters
    ----------
    questions
        From `open_questions`.
    language
        Of the codes of evidence and conclusions; the names of the columns are read again.
    """
    rows = [
        {
            "table": row["table"],
            "id": row["id"],
            "field": row["field"],
            "name": row["name"],
            "now": _plain(row["now"]),
            "evidence": code_word(row["evidence"], language),
            "binds": "; ".join(word(f"conclusion_{c}", language) for c in row["binds"].rows),
            "allowed": allowed(row["table"], row["field"]),
            **dict.fromkeys(ASKED, ""),
        }
        for row in questions.to_dict("records")
    ]
    columns = ["table", "id", "field", "name", "now", "evidence", "binds", "allowed", *ASKED]
    return pd.DataFrame(rows, columns=columns)


def _plain(value: Any) -> str:
    if pd.isna(value):
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def form_file(questions: pd.DataFrame, suffix: str, language: Language) -> bytes:
    """Return the form as a file: ``.xlsx``, else CSV."""
    table = form_table(questions, language)
    return _workbook(table) if suffix == ".xlsx" else csv_bytes(table)


def _workbook(table: pd.DataFrame) -> bytes:
    """Return a workbook of text cells: nothing in it is a formula."""
    import openpyxl  # noqa: PLC0415 - heavy
    from openpyxl.styles import Font, PatternFill  # noqa: PLC0415

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "answers"
    for n, row in enumerate([tuple(table.columns), *table.itertuples(index=False, name=None)], 1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(n, column, printable(str(value)))
            cell.data_type = "s"
            cell.number_format = "@"
            if n == 1:
                cell.font = Font(bold=True)
            elif table.columns[column - 1] in ASKED:
                cell.fill = PatternFill("solid", fgColor=TO_FILL)
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = sheet.dimensions
    for cells in sheet.columns:
        longest = max(len(str(cell.value or "")) for cell in cells)
        sheet.column_dimensions[cells[0].column_letter].width = min(max(longest, 10), WIDEST) + 2
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
