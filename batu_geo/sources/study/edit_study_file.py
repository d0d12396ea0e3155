"""Change entries of a `study.toml` and leave the rest, its comments too, as it is."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING

from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.sources.files.opening import text_of, toml_of
from batu_geo.sources.study.file_versions import without_version
from batu_geo.sources.study.scenarios import validated
from batu_geo.sources.study.study_files import STUDY_FILE, StudyFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.sources.files.opening import Opened

TABLE_LINE = re.compile(r"^\s*\[", re.MULTILINE)
CRS_LINE = re.compile(r"""^crs\s*=\s*("[^"\n]*"|'[^'\n]*')""", re.MULTILINE)


def changed_card(
    opened: Opened, entries: Mapping[str, Mapping[str, str] | None], crs: str = ""
) -> bytes:
    """Return the card with entries replaced, or taken out where they are None.

    Where another projection is given, it has that.

    Raises
    ------
    ScenarioError
        When it would not come out as meant: TOML can say the same in ways that are not
        looked for here.
    """
    text, wanted = text_of(opened), toml_of(opened)
    for table, entry in entries.items():
        text = with_entry(text, table, entry)
        wanted.pop(table, None)
        if entry is not None:
            wanted[table] = dict(entry)
    if crs:
        text = with_crs(text, crs)
        wanted["crs"] = crs
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        parsed = {}
    if parsed != wanted:
        keys = ", ".join([*entries, *(["crs"] if crs else [])])
        raise ScenarioError(Problem("BG-317", STUDY_FILE, values={"key": keys}))
    validated(StudyFile, without_version(wanted, STUDY_FILE), STUDY_FILE)
    return text.encode()


def with_entry(text: str, table: str, entry: Mapping[str, str] | None) -> str:
    r"""Return the text with the entry of a table replaced, added at the end, or for None left out.

    >>> print(with_entry('name = "x"\n\n[roads]\npath = "a"\n', "roads", {"path": "b"}))
    name = "x"
    <BLANKLINE>
    [roads]
    path = "b"
    <BLANKLINE>
    >>> with_entry('name = "x"\n\n[roads]\npath = "a"\n', "roads", None)
    'name = "x"\n\n'
    """
    pairs = (entry or {}).items()
    lines = [f"[{table}]", *(f"{key} = {quoted(value)}" for key, value in pairs)]
    block = "\n".join(lines) + "\n" if entry is not None else ""
    name = rf"""(?:{table}|"{table}"|'{table}')"""
    heading = re.search(rf"^[ \t]*\[[ \t]*{name}[ \t]*\][^\n]*\n?", text, re.MULTILINE)
    if heading is None:
        return f"{text.rstrip()}\n\n{block}" if block else text
    rest = text[heading.end() :]
    following = TABLE_LINE.search(rest)
    body = rest[: following.start()] if following else rest
    # Lines below a blank line belong to the next entry.
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
