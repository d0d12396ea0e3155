"""Names of the array types that the floors share, and how rows of them are chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
"""Times, costs, weights, prices."""
Flags = NDArray[np.bool_]
"""One truth value an element."""
Counts = NDArray[np.int64]
"""People, rupiah: whole numbers."""
Columns = NDArray[np.intp]
"""Places in another array, above all the columns of the sites of a plan."""
Places = NDArray[np.signedinteger[Any]]
"""Places in another array, in as few bytes as they need."""
Keys = NDArray[np.int64]
"""What plans are compared by, smaller first, [plans, keys]."""


def best_of_each(key: NDArray[np.int64], *costs: NDArray[Any]) -> NDArray[np.intp]:
    """Return of each key the row of least cost, by key; of equal costs the next ones decide.

    >>> best_of_each(np.array([7, 3, 7]), np.array([2, 5, 2]), np.array([9.0, 1.0, 8.0])).tolist()
    [1, 2]
    """
    order = np.argsort(key, kind="stable")
    for cost in costs:
        first = np.flatnonzero(np.diff(key[order], prepend=-1))
        if len(first) == len(order):
            break
        sizes = np.diff(first, append=len(order))
        least = np.repeat(np.minimum.reduceat(cost[order], first), sizes)
        order = order[cost[order] == least]
    return order[np.flatnonzero(np.diff(key[order], prepend=-1))]
