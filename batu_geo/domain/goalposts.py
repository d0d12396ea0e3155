"""Fixed goalposts: a criterion in its own unit becomes a value from 0 to 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def between_goalposts(
    raw: NDArray[np.float64],
    none: NDArray[np.float64] | float,
    most: NDArray[np.float64] | float,
) -> NDArray[np.float64]:
    """Return how far values lie from one fixed goalpost to the other, 0 to 1.

    >>> between_goalposts(np.array([0.0, 15.0, 40.0, np.inf]), 5, 25).tolist()
    [0.0, 0.5, 1.0, 1.0]
    """
    value: NDArray[np.float64] = np.clip((raw - none) / (most - none), 0, 1)
    return value
