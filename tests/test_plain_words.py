"""Names, docstrings, comments and messages use plain English and the terms of the field."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = ROOT / "batu_geo"
# Words that no part of a name may be.
NAMES = frozenset(
    [
        "told",
        "untold",
        "held",
        "desk",
        "whereabouts",
        "settle",
        "settled",
        "settling",
        "settles",
        "sending",
        "sendings",
        "stood",
        "referee",
    ]
)
# Words that are no name by themselves.
WHOLE_NAMES = frozenset({"hold", "holds"})
# Phrases of prose, and what to write in their place.
PHRASES = {
    r"\b(un)?told\b": "published, distinguished, said",
    r"\bnobody (says|knows)\b": "unknown",
    r"\bwhat stands\b": "name it",
    r"\bdesk\b": "study files",
    r"\bwhereabouts\b": "coordinates",
    r"\bsettl(e|es|ed|ing)\b": "decide, set, convert",
    r"\b(hold|holds|held) against\b": "compare with",
    r"\bsay (of|whether)\b": "return",
    r"\bsendings?\b": "assignment",
}


def names_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and name of what a module defines, arguments and variables included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def prose_of(text: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and text of comments and docstrings, those of fields included."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.lineno, str(node.value.value)


def strange_names(text: str) -> list[str]:
    """Return the names of a module that have a word of `NAMES`."""
    found = sorted(set(names_of(ast.parse(text))))
    return [f"{line} {name}" for line, name in found if is_strange(name.lower().strip("_"))]


def is_strange(name: str) -> bool:
    """Return whether a name is one of `WHOLE_NAMES` or has a word of `NAMES`."""
    return name in WHOLE_NAMES or bool(NAMES & set(name.split("_")))


def strange_phrases(text: str) -> list[str]:
    """Return the phrases of `PHRASES` in the prose of a module, with their lines."""
    lines = sorted(prose_of(text, ast.parse(text)))
    return [f"{line} {hit}" for line, prose in lines for hit in phrases(prose)]


def phrases(prose: str) -> list[str]:
    """Return the phrases of `PHRASES` in a text, line ends folded."""
    folded = re.sub(r"\s+", " ", prose)
    return [m.group(0) for p in PHRASES for m in re.finditer(p, folded, re.IGNORECASE)]


def texts(value: Any) -> Iterator[str]:
    """Yield every text of a TOML table."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def modules() -> list[Path]:
    paths = sorted(PACKAGE.rglob("*.py"))
    assert len(paths) > 200
    return paths


@pytest.mark.slow
def test_names_have_no_word_of_the_old_dialect() -> None:
    strange = {
        str(path.relative_to(ROOT)): names
        for path in modules()
        if (names := strange_names(path.read_text(encoding="utf-8")))
    }
    assert strange == {}


@pytest.mark.slow
def test_docstrings_and_comments_are_plain_english() -> None:
    strange = {
        str(path.relative_to(ROOT)): hits
        for path in modules()
        if (hits := strange_phrases(path.read_text(encoding="utf-8")))
    }
    assert strange == {}


@pytest.mark.slow
def test_messages_are_plain_english() -> None:
    paths = sorted(PACKAGE.rglob("*.toml"))
    assert len(paths) > 5
    strange = {
        path.name: hits
        for path in paths
        if (hits := [
            hit for text in texts(tomllib.loads(path.read_text(encoding="utf-8")))
            for hit in phrases(text)
        ])
    }  # fmt: skip
    assert strange == {}


def test_titles_of_decisions_are_plain_english() -> None:
    pages = sorted((ROOT / "docs" / "adr").glob("0*.md"))
    titles = [page.read_text(encoding="utf-8").partition("\n")[0] for page in pages]
    assert [title for title in titles if phrases(title)] == []
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    for page, title in zip(pages, titles, strict=True):
        number, _, words = title.removeprefix("# ").partition(". ")
        assert f"{number}. [{words}]({page.name})" in index


@pytest.mark.parametrize(
    ("text", "names", "prose"),
    [
        ('def held():\n    """Return it."""\n', ["1 held"], []),
        ("told_totals = 1\n", ["1 told_totals"], []),
        ("def f(desk):\n    self.sending = desk\n", ["1 desk", "2 sending"], []),
        ('"""Whose cost nobody\nsays."""\n', [], ["1 nobody says"]),
        ("x = 1  # what stands already\n", [], ["1 what stands"]),
        ('"""A folder holds files; the order is withheld."""\nthreshold = 1\n', [], []),
    ],
)
def test_the_words_are_found_where_they_are(text: str, names: list[str], prose: list[str]) -> None:
    assert (strange_names(text), strange_phrases(text)) == (names, prose)
