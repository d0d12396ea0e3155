"""What share of its speed a vehicle keeps on a surface."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.travel import Mode


@cache
def _table() -> Mapping[str, Any]:
    found = files("batu_geo.network.law").joinpath("surfaces.toml")
    return tomllib.loads(found.read_text(encoding="utf-8"))


@cache
def _by_word() -> Mapping[str, Mapping[str, Any]]:
    return {word: row for row in _table()["surface"] for word in row["words"]}


def is_known_surface(word: str) -> bool:
    """Return whether the table has a factor for a word, ``tracktype=`` and ``smoothness=`` too.

    >>> is_known_surface("gravel"), is_known_surface("lava")
    (True, False)
    """
    return word in _by_word()


def surface_factor(mode: Mode, words: str) -> float:
    """Return the share of the speed of a mode that a surface leaves.

    The factor of the scenario where it has one, else that of the table; of several words,
    joined by ``;``, the smallest. Without a word it is 1.
    """
    vehicle = "car" if mode.vehicle == "ambulance" else mode.vehicle
    unknown = _table()["unknown"]
    found = [
        mode.surface_factors.get(word, _by_word().get(word, unknown)[vehicle])
        for word in words.split(";")
        if word
    ]
    return min(found, default=1.0)
