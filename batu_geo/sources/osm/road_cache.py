"""Roads as they were parsed, kept beside the runs and found again by their content.

A kept file is named by the bytes it was made from, the projection and the form
of the arrays, and begins with a fingerprint of the rest of itself. Whatever is not
whole is read anew. Nothing is pickled.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from batu_geo.network.roads import RoadNetwork
from batu_geo.writing import write_whole

if TYPE_CHECKING:
    from pathlib import Path

FORM = 2
DIGEST_SIZE = 32
TEXTS = ("crs", "classes", "surfaces", "names", "dropped")


def kept_name(sha256: str, crs: str) -> str:
    """Return the name of the kept file for some bytes in some projection."""
    key = hashlib.sha256(f"{FORM} {crs} {sha256}".encode()).hexdigest()
    return f"roads-{key[:32]}.npz"


def read_kept(path: Path) -> RoadNetwork | None:
    """Return the roads of a kept file, or None where it is missing or not whole."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    mark, stored = content[:DIGEST_SIZE], content[DIGEST_SIZE:]
    if hashlib.sha256(stored).digest() != mark:
        return None
    with np.load(io.BytesIO(stored), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    card = json.loads(bytes(arrays.pop("card")).decode())
    for name in ("classes", "surfaces", "names"):
        card[name] = tuple(card[name])
    return RoadNetwork(**arrays, **card)


def keep(roads: RoadNetwork, path: Path) -> None:
    """Write the roads to a kept file, whole or not at all; a full disk is no error here."""
    names = [f.name for f in fields(roads) if f.name not in (*TEXTS, "line_z")]
    card: dict[str, Any] = {name: getattr(roads, name) for name in TEXTS}
    card["dropped"] = dict(sorted(roads.dropped.items()))
    stored = io.BytesIO()
    text = np.frombuffer(json.dumps(card).encode(), dtype=np.uint8)
    np.savez(stored, card=text, **{name: getattr(roads, name) for name in names})
    mark = hashlib.sha256(stored.getvalue()).digest()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, mark + stored.getvalue())
