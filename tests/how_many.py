"""How many random worlds a law meets: a share of them, and all with ``--all-worlds``."""

from __future__ import annotations

from typing import Any

import pytest

SHARE = 4
# Where a world takes seconds.
RARE = 12
# Of the blocks of a law, those the quick run meets.
QUICK_BLOCKS = 8
_asked = {"all": False}


def ask_for_all(*, is_all: bool) -> None:
    """Say whether every world was asked for; before the files of the tests are read."""
    _asked["all"] = is_all


def few(count: int, share: int = SHARE) -> int:
    """Return one in `share` of a number of worlds, at least one, or all of them where asked for."""
    return count if _asked["all"] else max(1, count // share)


def is_all() -> bool:
    """Return whether every world was asked for."""
    return _asked["all"]


def blocks(count: int) -> list[Any]:
    """Return the blocks of worlds of a law for `parametrize`: the first are quick, others slow."""
    slow = [pytest.param(block, marks=pytest.mark.slow) for block in range(QUICK_BLOCKS, count)]
    return [*range(min(count, QUICK_BLOCKS)), *slow]
