"""Notices of a road file: what was dropped, not understood, or has no place in its format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.domain.errors import Problem, shown
from batu_geo.render.terminal.tag_table import key_word
from batu_geo.render.text.words import number, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from batu_geo.domain.errors import Language
    from batu_geo.network.roads import RoadNetwork, TagCount

MOST_SHOWN = 8


def road_file_notices(roads: RoadNetwork, name: str) -> Iterator[Problem]:
    """Yield notices of what of a road file is not used.

    Parameters
    ----------
    roads
        As read, with what was left out.
    name
        Of the file, for the problems.
    """
    if roads.dropped:

        def listed(language: Language) -> str:
            return ", ".join(
                f"{number(count, language)} {word('dropped_' + reason.replace(' ', '_'), language)}"
                for reason, count in sorted(roads.dropped.items())
            )

        yield Problem("BG-241", name, values={"listed": listed("id"), "listed_en": listed("en")})
    counts = roads.tag_counts
    if unknown := counts.get("unknown"):
        values = {"listed": _tags(unknown, "id"), "listed_en": _tags(unknown, "en")}
        yield Problem("BG-246", name, values=values)
    if missing := counts.get("not_held"):
        names = [row.key for row in missing]
        values = {"listed": _keys(names, "id"), "listed_en": _keys(names, "en")}
        yield Problem("BG-247", name, values=values)
    if unclear := counts.get("unclear"):
        columns = "; ".join(row.key for row in unclear)
        yield Problem("BG-248", name, values={"listed": shown(columns, longest=200)})


def _keys(missing: Iterable[str], language: Language) -> str:
    return ", ".join(key_word(name, language) for name in missing)


def _tags(counts: Sequence[TagCount], language: Language) -> str:
    """Return the most frequent tags with their counts."""
    shown_tags = [
        f"{shown(row.tag)} ({number(row.count, language)})" for row in counts[:MOST_SHOWN]
    ]
    rest = sum(row.count for row in counts[MOST_SHOWN:])
    more = [word("check_more_tags", language, count=number(rest, language))] if rest else []
    return ", ".join([*shown_tags, *more])
