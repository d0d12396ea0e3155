"""Read the rows of INSERT statements of an SQL dump as text; no SQL is executed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batu_geo.sources.files.opening import Opened

INSERT = re.compile(
    r"insert\s+into\s+[`\"\[]?([\w.]+)[`\"\]]?\s*\(([^()]*)\)\s*values\s*", re.IGNORECASE
)
TOKEN = re.compile(
    r"\s*(?:'((?:[^'\\]|''|\\.)*)'|(null)\b|([+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?)|([(),;]))",
    re.IGNORECASE | re.DOTALL,
)
# An unclosed comment extends to the end of the text.
COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|^[ \t]*--[^\n]*$", re.DOTALL | re.MULTILINE)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": ""}


def insert_rows(opened: Opened, text: str) -> list[dict[str, Any]]:
    """Return the rows of every INSERT statement, values as text, NULL as None.

    Raises
    ------
    SourceError
        When there is no INSERT with column names, or a row does not match them.
    """
    text = COMMENT.sub("", text)
    records: list[dict[str, Any]] = []
    for statement in INSERT.finditer(text):
        columns = [name.strip(' `"[]\n\t\r') for name in statement[2].split(",")]
        for values in _rows(opened, text, statement.end()):
            if len(values) != len(columns):
                reason = f"{len(values)} values, {len(columns)} columns"
                raise opened.error("BG-260", row=len(records) + 1, reason=reason)
            records.append(dict(zip(columns, values, strict=True)))
    if not records:
        raise opened.error("BG-260", row=1, reason="no INSERT INTO ... (columns) VALUES")
    return records


def _rows(opened: Opened, text: str, at: int) -> Iterator[list[Any]]:
    row: list[Any] | None = None
    count = 0
    while match := TOKEN.match(text, at):
        at = match.end()
        quoted, null, number, sign = match.groups()
        if sign == "(" and row is None:
            row = []
        elif sign == ")" and row is not None:
            count += 1
            yield row
            row = None
        elif sign == ";" and row is None:
            return
        elif sign is None and row is not None:
            row.append(_unquoted(quoted) if quoted is not None else None if null else number)
        elif sign != ",":
            break
    if row is not None or text[at : at + 1].strip():
        # Only one sign is shown, as the text behind it may be personal data.
        odd = text[at:].lstrip()[:1]
        reason = f"{odd!r} is out of place" if odd else "the rows break off"
        raise opened.error("BG-260", row=count + 1, reason=reason)


def _unquoted(text: str) -> str:
    text = text.replace("''", "'")
    return re.sub(r"\\(.)", lambda m: ESCAPES.get(m[1], m[1]), text, flags=re.DOTALL)
