"""Names of the array types that the floors share."""

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
