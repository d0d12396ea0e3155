"""Indonesian texts use the words of official letters: none that `avoided_words.csv` advises against.

A bracket says where an entry holds, or where the word may stand all the same.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batu_geo.render.text.catalogue import catalogue
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from collections.abc import Iterator

BRACKET = re.compile(r"\s*\(([^)]*)\)")
# Placeholders, and keys of settings such as `siting.node_limit`, are no words of a reader.
NO_WORDS = re.compile(r"\{[^}]*\}|\b\w+\.\w+\b")
# Tables of the catalogue in which an entry with this bracket holds; none where a person judges.
HOLDS_IN: dict[str, set[str]] = {
    "di tabel resmi": {"table_title", "column"},
    "di surat resmi": {"letter"},
    "hanya di tabel": {"letter", "text"},
    "untuk data": {"evidence", "column"},
    "di layar boleh": {"letter"},
    "boleh di laporan": {"letter"},
    "di peta cetak keduanya dipakai": set(),
    "kecuali NSPK": {"*"},
    "tanpa keterangan": set(),
    "tanpa menyebut satuan": set(),
}
# The proof of a plan is no data.
OF_A_PROOF = {("column", "proof")}


def entries() -> Iterator[tuple[str, str, set[str]]]:
    """Yield each word to avoid, what to write in its place, and where that holds."""
    with Path(__file__).with_name("avoided_words.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for entry in row["avoid"].split(";"):
                where = [kind for kind in BRACKET.findall(entry) if kind in HOLDS_IN]
                tables = set.union(*(HOLDS_IN[kind] for kind in where)) if where else {"*"}
                yield BRACKET.sub("", entry).strip(), row["write"], tables


def found(text: str, avoided: str) -> bool:
    plain = NO_WORDS.sub(" ", text)
    return bool(re.search(rf"(?<!\w){re.escape(avoided)}(?!\w)", plain, re.IGNORECASE))


@pytest.mark.slow
def test_no_indonesian_text_has_a_word_to_avoid() -> None:
    texts = [(table, key, card["id"]) for table, cards in catalogue().items()
             for key, card in cards.items() if "id" in card]  # fmt: skip
    assert len(texts) > 1200
    bad = [
        f"{table}.{key}: {avoided!r}, write {write!r}"
        for avoided, write, tables in entries()
        for table, key, text in texts
        if avoided and (table in tables or "*" in tables) and (table, key) not in OF_A_PROOF
        and found(text, avoided)
    ]  # fmt: skip
    assert bad == []


def test_every_bracket_says_where_or_is_part_of_the_advice() -> None:
    """A bracket that nobody has looked at would let a word pass or forbid it everywhere."""
    assert len(list(entries())) > 100
    with Path(__file__).with_name("avoided_words.csv").open(encoding="utf-8") as file:
        brackets = {kind for row in csv.DictReader(file) for kind in BRACKET.findall(row["avoid"])}
    assert brackets == set(HOLDS_IN)


@pytest.mark.parametrize(
    ("text", "avoided", "expected"),
    [("Nilai di samping norma", "norma", True), ("Secara normal", "norma", False),
     ("{mode} dan {gap}", "mode", False), ("siting.node_limit", "siting", False),
     ("Belum Punya Unit", "belum punya unit", True)],
)  # fmt: skip
def test_a_word_is_found_whole_and_not_in_placeholders(text, avoided, expected) -> None:
    assert found(text, avoided) == expected


@pytest.mark.parametrize(
    ("key", "text"),
    [("asked_heading", "Hal yang perlu diputuskan"), ("based_on_heading", "Berdasarkan"),
     ("status_none", "belum memiliki UPKDK"), ("status_open", "memiliki UPKDK, buka")],
)  # fmt: skip
def test_the_words_of_an_official_paper_are_used(key: str, text: str) -> None:
    assert word(key, "id") == text
