"""The steps of a long work, counted: a verb says them, whoever calls it shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable


class Step(str):
    """The name of a step with its number, and how many there are where that is known.

    >>> step = Step("drawing", 2, 9)
    >>> step, step.number, step.total
    ('drawing', 2, 9)
    """

    __slots__ = ("number", "total")

    number: int
    total: int | None

    def __new__(cls, name: str, number: int, total: int | None) -> Self:
        """Make a step."""
        step = super().__new__(cls, name)
        step.number, step.total = number, total
        return step


class Steps:
    """Counts what it is called with, and passes it on to `progress`, if there is one.

    >>> steps = Steps(lambda step: print(step.number, step.total, step))
    >>> steps("reading")
    1 None reading
    >>> steps.expect(2)
    >>> steps("computing")
    2 3 computing
    """

    def __init__(self, progress: Callable[[str], None] | None) -> None:
        self._progress = progress
        self._number = 0
        self._total: int | None = None

    def expect(self, count: int) -> None:
        """Say how many more steps will follow."""
        self._total = self._number + count

    def __call__(self, name: str) -> None:
        """Begin a step."""
        self._number += 1
        if self._progress:
            self._progress(Step(name, self._number, self._total))
