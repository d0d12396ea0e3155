"""Count what of OpenStreetMap is used, what is not understood, and what a file cannot hold."""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from batu_geo.domain.frozen import Frozen
from batu_geo.network.roads import TagCount
from batu_geo.sources.osm.osm_tags import maxspeed_kmh, width_m
from batu_geo.sources.roads.tag_keys import known_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batu_geo.sources.roads.reading import RoadReading

TAG_USE = "tag_use.toml"
SIDES = ("forward", "backward")
LONGEST_VALUE = 60
MOST_VALUES = 200
REST, ANY = "...", "*"
# The rules that decide where one may go: a file without a place for one of these is reported.
RULES = (
    "access", "foot", "vehicle", "motor_vehicle", "motorcycle", "motorcar", "oneway", "maxspeed",
    "surface", "junction", "bridge",
)  # fmt: skip
NODES, TURNS = "barriers_on_nodes", "turn_restrictions"
Group = Literal["used", "unknown", "unused", "other"]
Place = Literal["way", "node", "relation"]


class KeyUse(Frozen):
    """Keys, where they stand, what they are used for and the values that are known."""

    names: tuple[str, ...]
    on: tuple[Place, ...]
    use: str
    values: tuple[str, ...] = ()
    kind: Literal["values", "text", "number", "speed"] = "values"
    sides: bool = False


class TagUse(Frozen):
    """The contents of `tag_use.toml`."""

    key: tuple[KeyUse, ...]


@cache
def tag_uses() -> tuple[KeyUse, ...]:
    """Return the table of the package."""
    text = files("batu_geo.sources.roads").joinpath(TAG_USE).read_text(encoding="utf-8")
    return TagUse.model_validate(tomllib.loads(text)).key


@cache
def _uses() -> dict[str, KeyUse]:
    return {
        name: use
        for use in tag_uses()
        for key in use.names
        for name in (key, *(f"{key}:{side}" for side in SIDES if use.sides))
    }


def use_of(key: str, value: str, on: Place = "way") -> Group:
    """Return whether a tag is used, its value unknown, its key about traffic, or about else.

    Parameters
    ----------
    key, value
        As OpenStreetMap writes them.
    on
        Where the tag stands: a barrier says nothing on a way.

    Examples
    --------
    >>> use_of("access", "no"), use_of("access", "mungkin"), use_of("hgv", "no")
    ('used', 'unknown', 'unused')
    >>> use_of("building", "yes"), use_of("motorcar:forward", "destination;delivery")
    ('other', 'used')
    """
    use = _uses().get(key)
    if use is None or on not in use.on:
        return "unused" if on == "way" and key in known_keys() else "other"
    if use.kind == "speed":
        return "unknown" if maxspeed_kmh(value)[1] else "used"
    if use.kind == "number":
        return "unknown" if width_m({"width": value})[1] else "used"
    if use.kind == "text":
        return "used"
    # Of a list of access values the parts that are known decide.
    parts = value.split(";") if use.sides else [value]
    is_known = any(part.strip().casefold() in use.values for part in parts)
    return "used" if is_known else "unknown"


def tag_counts(reading: RoadReading) -> dict[str, tuple[TagCount, ...]]:
    """Return how often each tag stands in a file, by what becomes of it.

    Returns
    -------
    dict
        ``used`` and ``unused`` by tag, or by key where any value will do (``name=*``);
        ``unknown`` by tag; ``other``, the rest, in sum; ``not_held``, the rules that the file
        has no place for; ``unclear``, the columns whose names were cut and are not used. A
        group that is empty is left out.

    Examples
    --------
    >>> from batu_geo.sources.roads.reading import RoadReading
    >>> reading = RoadReading()
    >>> reading.ways.update({("access", "no"): 2, ("access", "?"): 1, ("hgv", "no"): 4})
    >>> tag_counts(reading)["used"]
    (TagCount(key='access', value='no', count=2),)
    >>> [row.tag for row in tag_counts(reading)["unknown"]]
    ['access=?']
    """
    found: dict[str, Counter[tuple[str, str | None]]] = {
        name: Counter() for name in ("used", "unknown", "unused", "other")
    }
    places: dict[Place, Counter[tuple[str, str]]] = {
        "way": reading.ways, "node": reading.nodes, "relation": reading.relations,
    }  # fmt: skip
    for on, tags in places.items():
        for (key, value), count in tags.items():
            group = use_of(key, value, on)
            found[group][_counted(group, key, value)] += count
    for kind, count in reading.classes.items():
        found["unused"]["highway", kind[:LONGEST_VALUE]] += count
    counts = {name: _most(counter) for name, counter in found.items()}
    counts["not_held"] = tuple(TagCount(name) for name in _not_loaded(reading))
    counts["unclear"] = tuple(
        TagCount(f"{column} ({', '.join(keys)})")
        for column, keys in sorted(reading.unclear.items())
    )
    return {name: rows for name, rows in counts.items() if rows}


def _counted(group: Group, key: str, value: str) -> tuple[str, str | None]:
    """Return the key and value under which a tag is counted."""
    if group == "other":
        return ANY, None
    use = _uses().get(key)
    if group == "unused" or (group == "used" and use is not None and use.kind != "values"):
        return key, ANY
    return key, value[:LONGEST_VALUE]


def _most(counter: Mapping[tuple[str, str | None], int]) -> tuple[TagCount, ...]:
    """Return the most frequent tags in order, and the rest in sum."""
    found = (TagCount(*tag, count) for tag, count in counter.items())
    rows = sorted(found, key=lambda row: (-row.count, row.tag))
    rest = sum(row.count for row in rows[MOST_VALUES:])
    return (*rows[:MOST_VALUES], *([TagCount(REST, count=rest)] if rest else []))


def counts_by_tag(
    counts: Mapping[str, Iterable[TagCount]],
) -> dict[str, dict[str, int]]:
    """Return the counts of `tag_counts` as files have them: by group and tag."""
    return {group: {row.tag: row.count for row in rows} for group, rows in counts.items()}


def _not_loaded(reading: RoadReading) -> Iterable[str]:
    if not reading.holds_nodes:
        yield NODES
    if not reading.holds_turns:
        yield TURNS
    if reading.keys is not None:
        yield from (key for key in RULES if key not in reading.keys)
