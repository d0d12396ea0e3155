"""Read road layers of the topographic map RBI by a table of the values of their class column."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from batu_geo.domain.frozen import Frozen
from batu_geo.sources.roads.normal_tags import is_absent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RBI_ROADS = "rbi_roads.toml"


class RoadKind(Frozen):
    """A kind of road of RBI: how its values begin, its tags, and where that is from."""

    starts: tuple[str, ...]
    tags: dict[str, str]
    evidence: str
    source: str


class RbiRoads(Frozen):
    """The contents of `rbi_roads.toml`."""

    kind_columns: tuple[str, ...]
    name_columns: tuple[str, ...]
    kind: tuple[RoadKind, ...]


@cache
def rbi_roads() -> RbiRoads:
    """Return the table of the package."""
    text = files("batu_geo.sources.roads").joinpath(RBI_ROADS).read_text(encoding="utf-8")
    return RbiRoads.model_validate(tomllib.loads(text))


def rbi_columns(cells: Mapping[str, Sequence[Any] | None]) -> tuple[str, ...]:
    """Return the columns that may hold the kind of road; those without a known value last out.

    >>> rbi_columns({"REMARK": ["Jalan Lokal"], "kelas": ["?"], "id": [1]})
    ('REMARK',)
    """
    named = {name.strip().casefold(): name for name in cells}
    found = [named[name] for name in rbi_roads().kind_columns if name in named]
    return tuple(
        name for name in found
        if (values := cells[name]) is None or any(kind_of(value) for value in set(values))
    )  # fmt: skip


def kind_of(value: Any) -> RoadKind | None:
    """Return the kind of road a value stands for.

    >>> kind_of("Jalan Kolektor Primer").tags["highway"], kind_of("Sungai")
    ('secondary', None)
    """
    if is_absent(value):
        return None
    text = " ".join(str(value).casefold().replace("_", " ").split()).removeprefix("jalan ")
    return next((k for k in rbi_roads().kind if text.startswith(k.starts)), None)


def rbi_tags(
    cells: Mapping[str, Sequence[Any]], columns: Sequence[str], rows: Sequence[dict[str, str]]
) -> list[dict[str, str]]:
    """Return rows of tags with those of the kind and the name of each road.

    A kind that the table does not have stands as it is, so that it is counted.
    """
    named = {name.strip().casefold(): name for name in cells}
    names = [named[name] for name in rbi_roads().name_columns if name in named]
    found = []
    for number, tags in enumerate(rows):
        values = [cells[name][number] for name in columns if not is_absent(cells[name][number])]
        kind = next(filter(None, map(kind_of, values)), None)
        more = dict(kind.tags) if kind else {"highway": str(values[0])} if values else {}
        title = next((str(cells[n][number]) for n in names if not is_absent(cells[n][number])), "")
        found.append({**tags, **more, **({"name": title} if title else {})})
    return found
