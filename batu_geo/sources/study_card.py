"""Change one entry of a `study.toml` and leave the rest, its comments too, as it is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE_LINE = re.compile(r"^\s*\[", re.MULTILINE)
CRS_LINE = re.compile(r'^crs\s*=\s*"[^"]*"', re.MULTILINE)


def with_entry(text: str, table: str, entry: Mapping[str, str]) -> str:
    r"""Return the text with the entry of a table replaced, or added at the end.

    >>> print(with_entry('name = "x"\n\n[roads]\npath = "a"\n', "roads", {"path": "b"}))
    name = "x"
    <BLANKLINE>
    [roads]
    path = "b"
    <BLANKLINE>
    """
    lines = [f"[{table}]", *(f"{key} = {quoted(value)}" for key, value in entry.items())]
    block = "\n".join(lines) + "\n"
    heading = re.search(rf"^\[{table}\][^\n]*\n?", text, re.MULTILINE)
    if heading is None:
        return f"{text.rstrip()}\n\n{block}"
    rest = text[heading.end() :]
    following = TABLE_LINE.search(rest)
    body = rest[: following.start()] if following else rest
    # What stands below a blank line belongs to what comes next.
    kept = re.search(r"\n\s*\n(.*)\Z", "\n" + body, re.DOTALL)
    tail = f"\n{kept[1]}" if kept else ""
    return text[: heading.start()] + block + tail + (rest[following.start() :] if following else "")


def with_crs(text: str, crs: str) -> str:
    """Return the text with another projection."""
    return CRS_LINE.sub(f'crs = "{crs}"', text, count=1)


def quoted(text: str) -> str:
    r"""Return a text as TOML writes it.

    >>> quoted('data "resmi"')
    '"data \\"resmi\\""'
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
