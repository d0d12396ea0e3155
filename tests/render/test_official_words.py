"""Indonesian texts are those of official letters: words, spelling and signs.

None has a word that `avoided_words.csv` advises against: a bracket says where an entry holds, or
where the word may stand all the same. Words that the Indonesian list of hunspell lacks are in
`own_words_id.txt`.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batu_geo.render.text.catalogue import catalogue
from batu_geo.render.text.words import percent, word

if TYPE_CHECKING:
    from collections.abc import Iterator

BRACKET = re.compile(r"\s*\(([^)]*)\)")
# Placeholders, and keys of settings such as `siting.node_limit`, are no words of a reader.
NO_WORDS = re.compile(r"\{[^}]*\}|--[\w-]+|outputs/\S+|\b\w+\.\w+\b")
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
# A message speaks of files, folders and cells that are empty; a table of what is not known.
LITERALLY = {("messages", "kosong")}


OWN_WORDS = Path(__file__).with_name("own_words_id.txt")
# Settings, names of files and columns, options, addresses and numbers are in no list of words.
NOT_SPELLED = re.compile(r"\{[^}]*\}|--[\w-]+|outputs/\S+|\S*\w[._=]\w\S*|\S*\d\S*")
BESIDE_ENGLISH = ("en", "fix_en", "page_en", "meaning_en")


def texts_of(node: object, table: str, key: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield the table, key and text of everything that is not marked English."""
    if isinstance(node, str):
        yield table, key, node
    elif isinstance(node, dict):
        for name, part in node.items():
            if name not in BESIDE_ENGLISH:
                yield from texts_of(
                    part, table, key if name in ("id", "fix_id", "page_id") else name
                )


@cache
def indonesian_texts() -> tuple[tuple[str, str, str], ...]:
    """Return every Indonesian text of the program: its table, its key and the text."""
    found = [(table, key, card["id"]) for table, cards in catalogue().items()
             for key, card in cards.items() if "id" in card]  # fmt: skip
    norms = tomllib.loads(files("batu_geo.domain").joinpath("norms.toml").read_text("utf-8"))
    found += [("norms", key, card["meaning_id"]) for key, card in norms.items()]
    for name in ("messages", "reasons"):
        text = files("batu_geo.domain").joinpath(f"{name}.toml").read_text("utf-8")
        found += texts_of(tomllib.loads(text), name)
    return tuple(found)


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
    texts = indonesian_texts()
    assert len(texts) > 2500
    bad = [
        f"{table}.{key}: {avoided!r}, write {write!r}"
        for avoided, write, tables in entries()
        for table, key, text in texts
        if avoided and (table in tables or "*" in tables) and (table, key) not in OF_A_PROOF
        and (table, avoided) not in LITERALLY and found(text, avoided)
    ]  # fmt: skip
    assert bad == []


def test_every_bracket_says_where_or_is_part_of_the_advice() -> None:
    """A bracket that nobody has looked at would let a word pass or forbid it everywhere."""
    assert len(list(entries())) > 100
    with Path(__file__).with_name("avoided_words.csv").open(encoding="utf-8") as file:
        brackets = {kind for row in csv.DictReader(file) for kind in BRACKET.findall(row["avoid"])}
    assert brackets == set(HOLDS_IN)


def test_a_number_and_its_percent_stand_together() -> None:
    """As in the Indonesian spelling and in the official list of words: 92%."""
    apart = re.compile(r"[\d}] %")
    assert [text for *_, text in indonesian_texts() if apart.search(text)] == []
    assert percent(1234.5, "id") == "1.234,5%"


def test_every_indonesian_word_is_spelled_as_hunspell_or_our_own_list_has_it() -> None:
    found = shutil.which("hunspell")
    if found is None:
        pytest.skip("hunspell is not installed (Debian: hunspell hunspell-id)")
    plain = " ".join(NOT_SPELLED.sub(" ", text) for *_, text in indonesian_texts())
    words = set(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", plain))
    forms = {w: {w, w.lower(), w.lower().removesuffix("nya")} for w in words}
    told = subprocess.run([found, "-d", "id_ID", "-l"], input="\n".join(set().union(*forms.values())),
                          text=True, capture_output=True, check=False)  # fmt: skip
    if told.returncode or "Can't open" in told.stderr:
        pytest.skip("hunspell has no Indonesian list of words (Debian: hunspell-id)")
    not_found = set(told.stdout.split())
    unknown = {w.lower() for w, written in forms.items() if written <= not_found}
    lines = OWN_WORDS.read_text("utf-8").split("\n")
    own = {word for line in lines if not line.startswith("#") for word in line.split()}
    assert len(words) > 1400
    assert sorted(w for w in unknown - own if w.removesuffix("nya") not in own) == []
    assert sorted(w for w in own - unknown if f"{w}nya" not in unknown) == [], "no longer used"


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
