"""Cache of parsed road networks beside the runs, keyed by the content of the road file.

A cached file is named by the hash of the source, the projection and the format version, and
begins with the SHA-256 of its own content. A damaged one is parsed anew. Nothing is pickled.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from dataclasses import astuple, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from batu_geo.domain.errors import Problem
from batu_geo.network.road_rules import RoadRules, RuleNote
from batu_geo.network.roads import RoadNetwork, TagCount
from batu_geo.writing import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

FORM = 9
DIGEST_SIZE = 32
TEXTS = ("crs", "classes", "surfaces", "names", "dropped", "tag_counts", "doubts")
RULE_TEXTS = ("gate_kind", "turn_condition", "timed", "notes")


def cache_name(sha256: str, crs: str) -> str:
    """Return the name of the cached file of a source in a projection."""
    key = hashlib.sha256(f"{FORM} {crs} {sha256}".encode()).hexdigest()
    return f"roads-{key[:32]}.npz"


def read_cached_roads(path: Path) -> RoadNetwork | None:
    """Return the roads of a cached file, or None where it is missing or damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    mark, stored = content[:DIGEST_SIZE], content[DIGEST_SIZE:]
    if hashlib.sha256(stored).digest() != mark:
        return None
    with np.load(io.BytesIO(stored), allow_pickle=False) as file:
        return roads_of_arrays({name: file[name] for name in file.files})


def roads_of_arrays(known: Mapping[str, NDArray[Any]]) -> RoadNetwork:
    """Return the roads of `arrays_of_roads`."""
    arrays: dict[str, Any] = dict(known)
    card = json.loads(bytes(arrays.pop("card")).decode())
    for name in ("classes", "surfaces", "names"):
        card[name] = tuple(card[name])
    card["tag_counts"] = {
        group: tuple(TagCount(*row) for row in rows) for group, rows in card["tag_counts"].items()
    }
    card["doubts"] = tuple(Problem(code, values=values) for code, values in card["doubts"])
    texts = card.pop("rules")
    rules = None
    if texts is not None:
        texts |= {name: tuple(texts[name]) for name in ("gate_kind", "turn_condition")}
        texts["notes"] = tuple(RuleNote(*row) for row in texts["notes"])
        names = [f.name for f in fields(RoadRules) if f.name not in RULE_TEXTS]
        rules = RoadRules(**{name: arrays.pop(name) for name in names}, **texts)
    return RoadNetwork(**arrays, **card, rules=rules)


def arrays_of_roads(roads: RoadNetwork) -> dict[str, NDArray[Any]]:
    """Return roads as arrays by name, without their heights; texts are one of them, ``card``."""
    names = [f.name for f in fields(roads) if f.name not in (*TEXTS, "line_z", "rules")]
    arrays = {n: getattr(roads, n) for n in names if getattr(roads, n) is not None}
    card: dict[str, Any] = {name: getattr(roads, name) for name in TEXTS}
    card["dropped"] = dict(sorted(roads.dropped.items()))
    card["tag_counts"] = {
        group: [astuple(row) for row in rows] for group, rows in roads.tag_counts.items()
    }
    card["doubts"] = [(doubt.code, dict(doubt.values)) for doubt in roads.doubts]
    card["rules"] = None
    if roads.rules is not None:
        card["rules"] = {name: getattr(roads.rules, name) for name in RULE_TEXTS}
        known = (f.name for f in fields(roads.rules) if f.name not in RULE_TEXTS)
        arrays |= {name: getattr(roads.rules, name) for name in known}
    return arrays | {"card": np.frombuffer(json.dumps(card).encode(), dtype=np.uint8)}


def cache_roads(roads: RoadNetwork, path: Path) -> None:
    """Write the roads to a cached file atomically; a full disk is ignored."""
    stored, arrays = io.BytesIO(), dict[str, Any](arrays_of_roads(roads))
    np.savez(stored, **arrays)
    mark = hashlib.sha256(stored.getvalue()).digest()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, mark + stored.getvalue())
