"""Name the words of the users' pages that no list of their language knows.

Indonesian words are taken back to their root by PySastrawi, which has 29,932 roots; English
words are looked up in the list of pyspellchecker. What both lack and is right stands in
`docs/site/words_id.txt` and `words_en.txt`, a word a line.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from Sastrawi.Stemmer.StemmerFactory import StemmerFactory
from spellchecker import SpellChecker

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
WORD_LISTS = ROOT / "docs" / "site"
PAGES = {
    "id": ["README.id.md", *(f"docs/id/{path.name}" for path in (ROOT / "docs/id").glob("*.md"))],
    "en": [
        "README.md", "docs/index.md", "docs/own_tables.md", "docs/bring_your_own_city.md",
        "docs/importing.md", "docs/answers.md", "docs/briefing.md", "docs/maps.md",
        *(f"docs/en/{path.name}" for path in (ROOT / "docs/en").glob("*.md")),
        *(f"docs/methods/{path.name}" for path in (ROOT / "docs/methods").glob("*.md")),
    ],
}  # fmt: skip
# Code, fields of links, addresses, comments, and sentences set in the other language.
NO_PROSE = re.compile(
    r"```.*?```|^ {4}.*?$|<!--.*?-->|\{[a-z]+\}`[^`]*`|`[^`]*`|\]\([^)]*\)|<[^>]*>|"
    r"\[(?:In English|Dalam bahasa Indonesia)\]|\*\*Siapa.*?\?\*\*",
    re.DOTALL | re.MULTILINE,
)
A_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def words(text: str) -> list[str]:
    """Return the words of the prose of a page; names in capitals and with digits are left out."""
    plain = NO_PROSE.sub(" ", text)
    return [
        word
        for word in A_WORD.findall(re.sub(r"\S*[\d_@/]\S*", " ", plain))
        if len(word) > 1 and not any(letter.isupper() for letter in word[1:])
    ]


def knows_indonesian() -> Callable[[str], bool]:
    """Return what says whether a word is Indonesian."""
    factory = StemmerFactory()
    roots = set(factory.get_words())
    stem = factory.create_stemmer().stem
    return lambda word: word in roots or stem(word) in roots


def knows_english() -> Callable[[str], bool]:
    """Return what says whether a word is English."""
    speller = SpellChecker(language="en")
    return lambda word: bool(speller.known([word, word.removesuffix("'s")]))


def main() -> int:
    """Print the unknown words of every page; return 1 where there are any."""
    count = 0
    for language, knows in (("id", knows_indonesian()), ("en", knows_english())):
        listed = (WORD_LISTS / f"words_{language}.txt").read_text(encoding="utf-8").split()
        known = dict.fromkeys(listed, True)
        for page in PAGES[language]:
            for word in words((ROOT / page).read_text(encoding="utf-8")):
                small = word.lower()
                if small not in known:
                    known[small] = knows(small)
                if not known[small]:
                    print(f"  {page}: {word}")
                    count += 1
    print(f"words that no list knows: {count}")
    return int(count > 0)


if __name__ == "__main__":
    sys.exit(main())
