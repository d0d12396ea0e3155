"""Outlines of lakes and wide rivers that OpenStreetMap draws as relations of several ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Place = tuple[int, float, float]
SMALLEST_RING = 4


def rings_of(ways: Mapping[int, Sequence[Place]]) -> tuple[list[list[Place]], list[list[Place]]]:
    """Join ways at their ends into rings; return the rings, and the lines that do not close.

    Roles are not asked: an inner ring lies inside an outer one, whatever the relation says.

    Parameters
    ----------
    ways
        By id: id, longitude and latitude of each node.

    Examples
    --------
    >>> corner = {1: (1, 0.0, 0.0), 2: (2, 1.0, 0.0), 3: (3, 1.0, 1.0), 4: (4, 9.0, 9.0)}
    >>> drawn = {7: [1, 2], 8: [1, 3, 2], 9: [3, 4]}
    >>> rings, loose = rings_of({n: [corner[k] for k in ks] for n, ks in drawn.items()})
    >>> [[place[0] for place in ring] for ring in rings], [len(line) for line in loose]
    ([[1, 2, 3, 1]], [2])
    """
    at: dict[int, list[int]] = {}
    for way_id in sorted(ways, reverse=True):
        places = ways[way_id]
        if len(places) > 1 and places[0][0] != places[-1][0]:
            for end in (places[0][0], places[-1][0]):
                at.setdefault(end, []).append(way_id)
    used: set[int] = set()
    rings: list[list[Place]] = []
    loose: list[list[Place]] = []
    for way_id in sorted(ways):
        if way_id in used or not ways[way_id]:
            continue
        used.add(way_id)
        line = list(ways[way_id])
        for _ in range(2):  # on from one end, then from the other
            while not _closes(line) and (more := _next(line[-1][0], at, used)) is not None:
                used.add(more)
                part = ways[more]
                line += part[1:] if part[0][0] == line[-1][0] else part[-2::-1]
            if not _closes(line):
                line.reverse()
        (rings if _closes(line) and len(line) >= SMALLEST_RING else loose).append(line)
    return rings, loose


def _closes(line: Sequence[Place]) -> bool:
    return line[0][0] == line[-1][0]


def _next(node: int, at: dict[int, list[int]], used: set[int]) -> int | None:
    """Return the unused way of lowest id that ends at a node, None where there is none."""
    here = at.get(node, [])
    while here and here[-1] in used:
        here.pop()
    return here[-1] if here else None
