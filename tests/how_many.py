"""How many random worlds a law meets: a share of them, and all with ``--all-worlds``."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")

SHARE = 6
# Where a world takes seconds.
RARE = 20
# Of the blocks of a law, those the quick run meets.
QUICK_BLOCKS = 2
_asked = {"all": False}


def ask_for_all(*, is_all: bool) -> None:
    """Say whether every world was asked for; before the files of the tests are read."""
    _asked["all"] = is_all


def few(count: int, share: int = SHARE) -> int:
    """Return one in `share` of a number of worlds, at least one, or all of them where asked for."""
    return count if _asked["all"] else max(1, count // share)


def sampled(rows: Iterable[T], share: int = SHARE) -> list[T]:
    """Return one row in `share`, the first among them, or all where asked for."""
    return list(islice(rows, 0, None, 1 if _asked["all"] else share))


def is_all() -> bool:
    """Return whether every world was asked for."""
    return _asked["all"]


def blocks(count: int) -> list[Any]:
    """Return the blocks of worlds of a law for `parametrize`: the first are quick, others slow."""
    slow = [pytest.param(block, marks=pytest.mark.slow) for block in range(QUICK_BLOCKS, count)]
    return [*range(min(count, QUICK_BLOCKS)), *slow]
