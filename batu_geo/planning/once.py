"""Values that are computed when first asked for, and then kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

Of = TypeVar("Of")
Value = TypeVar("Value")


def once_for_each(compute: Callable[[Of], Value]) -> Callable[[Of], Value]:
    """Return a function of one frozen object that computes its value once for each of them.

    Objects are distinguished by identity and the value is kept as long as the object lives,
    so a value must not refer to the object it was computed from, and nobody may change it.

    >>> class Town: ...
    >>> @once_for_each
    ... def people(town: Town) -> list[int]:
    ...     return [600]
    >>> town = Town()
    >>> people(town) is people(town), people(town) is people(Town())
    (True, False)
    """
    kept: WeakKeyDictionary[Of, Value] = WeakKeyDictionary()

    @wraps(compute)
    def computed_once(of: Of) -> Value:
        if of not in kept:
            kept[of] = compute(of)
        return kept[of]

    return computed_once


class ByMode(Mapping[str, Value]):
    """A value for each mode of travel, computed when it is first asked for.

    >>> lengths = ByMode(("walk", "motorcycle"), len)
    >>> lengths["walk"], lengths.known
    (4, {'walk': 4})
    >>> dict(lengths)
    {'walk': 4, 'motorcycle': 10}
    """

    def __init__(
        self,
        modes: tuple[str, ...],
        compute: Callable[[str], Value],
        known: Mapping[str, Value] | None = None,
    ) -> None:
        self._modes, self._compute = modes, compute
        self._kept: dict[str, Value] = {**(known or {})}

    @property
    def known(self) -> dict[str, Value]:
        """The values that were known from the start, or asked for since."""
        return dict(self._kept)

    def __getitem__(self, mode: str) -> Value:
        if mode not in self._modes:
            raise KeyError(mode)
        if mode not in self._kept:
            self._kept[mode] = self._compute(mode)
        return self._kept[mode]

    def __iter__(self) -> Iterator[str]:
        return iter(self._modes)

    def __len__(self) -> int:
        return len(self._modes)
