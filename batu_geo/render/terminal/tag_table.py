"""The table of `check`: what of OpenStreetMap is used, and what was left out, how often."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from batu_geo.domain.errors import shown
from batu_geo.render.terminal.fitted_table import FittedTable
from batu_geo.render.text.words import number, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batu_geo.domain.errors import Language
    from batu_geo.network.roads import TagCount

COUNTED = ("used", "unknown", "unused", "other")
MOST_ROWS = 12
NO_KEYS = ("barriers_on_nodes", "turn_restrictions")


def tag_table(counts: Mapping[str, Sequence[TagCount]], language: Language) -> Group:
    """Return a title, and a row for each key used, tag not used, and key without a place."""
    table = FittedTable()
    table.add_column(word("tags_what", language))
    table.add_column(word("tags_tag", language))
    table.add_column(word("tags_count", language), "right")
    for group, tag, count in rows_of(counts):
        shown_count = "" if count is None else number(count, language)
        name = key_word(tag, language)
        table.add_row(word(f"tags_{group}", language), name, shown_count)
    return Group(Text(word("tags_title", language), style="bold"), table)


def key_word(name: str, language: Language) -> str:
    """Return a key or tag as it is, and in words what is no key of a way.

    >>> key_word("turn_restrictions", "en"), key_word("access=no", "en")
    ('turn restrictions', 'access=no')
    """
    key = f"tags_{name}"
    return word(key, language) if name in NO_KEYS else shown(name)


def rows_of(
    counts: Mapping[str, Sequence[TagCount]],
) -> Iterator[tuple[str, str, int | None]]:
    """Yield group, tag or key and count; what is used is added up by key.

    >>> from batu_geo.network.roads import TagCount
    >>> used = (TagCount("access", "no", 2), TagCount("access", "yes", 1))
    >>> list(rows_of({"used": used, "not_held": (TagCount("foot"),)}))
    [('used', 'access', 3), ('not_held', 'foot', None)]
    """
    for group in COUNTED:
        found: Counter[str] = Counter()
        for row in counts.get(group, ()):
            found[row.key if group == "used" else row.tag] += row.count
        rows = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        kept = rows if group == "used" else rows[:MOST_ROWS]
        yield from ((group, tag, count) for tag, count in kept)
        if rest := sum(count for _, count in rows[len(kept) :]):
            yield group, "...", rest
    for group in ("not_held", "unclear"):
        yield from ((group, row.key, None) for row in counts.get(group, ()))
