"""Turn restrictions over ways: a state that remembers the beginning of a forbidden sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FROM_STATE, TO_STATE, _, FIRST, SECOND, FROM_PHASE, TO_PHASE = range(7)


def followed_sequences(
    table: NDArray[np.float64], sequences: Sequence[tuple[int, ...]], spare: int
) -> tuple[NDArray[np.float64], int]:
    """Return the turns with the last turn of each sequence of three arcs or more taken out.

    Parameters
    ----------
    table
        Turns as columns: from state, to state, milliseconds, arc, next arc, their phases.
    sequences
        Arcs that may not all follow each other.
    spare
        Number of the first new state.

    Returns
    -------
    tuple
        The turns, and how many states were added.
    """
    begun: dict[tuple[tuple[int, ...], int], int] = {}
    for arcs in sorted(sequences):
        for length in range(2, len(arcs)):
            table = _with_memory(table, arcs[:length], begun, spare)
    for arcs in sorted(sequences):
        last = [state for (path, _), state in begun.items() if path == arcs[:-1]]
        is_end = np.isin(table[FROM_STATE], last) & (table[SECOND] == arcs[-1])
        table = table[:, ~is_end]
    return table, len(begun)


def _with_memory(
    table: NDArray[np.float64],
    path: tuple[int, ...],
    begun: dict[tuple[tuple[int, ...], int], int],
    spare: int,
) -> NDArray[np.float64]:
    """Give the arrival by a path of arcs a state of its own, in each phase."""
    before = [state for (known, _), state in begun.items() if known == path[:-1]]
    for phase in range(3):
        if (path, phase) in begun:
            continue
        is_step = (table[FIRST] == path[-2]) & (table[SECOND] == path[-1])
        is_step &= table[TO_PHASE] == phase
        if len(path) > 2:
            is_step &= np.isin(table[FROM_STATE], before)
        if not is_step.any():
            continue
        plain = table[TO_STATE, is_step][0]
        state = spare + len(begun)
        begun[path, phase] = state
        onward = table[:, (table[FROM_STATE] == plain)].copy()
        onward[FROM_STATE] = state
        table = table.copy()
        table[TO_STATE, is_step] = state
        table = np.hstack([table, onward])
    return table
