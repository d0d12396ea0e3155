"""Where to put the name of each village: inside it, and over no symbol and no other name."""

from __future__ import annotations

import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from batu_geo.domain.errors import cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

GRID = 14
OUTSIDE_COST = 0.6
AWAY_COST = 0.02
LONGEST_LABEL, LONGEST_LINE = 90, 24


def label_text(name: str) -> str:
    """Return a name as it stands on a map, where nobody reads 300 letters; tips hold it whole.

    >>> label_text("Oro-oro Ombo"), len(label_text("x" * 300))
    ('Oro-oro Ombo', 90)
    """
    return cut(name, LONGEST_LABEL)


def label_lines(name: str) -> list[str]:
    """Return a name in the lines it is set in where it is long.

    >>> label_lines("Oro-oro Ombo"), max(map(len, label_lines("Desa " + "x" * 300)))
    (['Oro-oro Ombo'], 24)
    """
    return textwrap.wrap(label_text(name), LONGEST_LINE) or [""]


def place_labels(
    shapes: NDArray[np.object_],
    sizes: Sequence[tuple[float, float]],
    obstacles: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the centre of each label, float64 [k, 2], in the units of the shapes.

    Small shapes choose first. Of the places on a grid inside a shape the one
    is taken whose box hides the least of symbols and names placed before,
    reaches the least out of the shape and lies nearest to its middle.

    Parameters
    ----------
    shapes
        Polygons to label.
    sizes
        Width and height of each label.
    obstacles
        Boxes to keep free: left, bottom, right, top, float64 [b, 4].
    """
    centres = np.empty((len(shapes), 2))
    taken = obstacles
    for row in np.argsort(shapely.area(shapes), kind="stable"):
        half = np.array(sizes[row]) / 2
        spots, inside = _spots(shapes[row], *sizes[row])
        boxes = np.hstack([spots - half, spots + half])
        # Only what lies where the label may go can be hidden.
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        is_near = (taken[:, :2] <= high).all(axis=1) & (taken[:, 2:] >= low).all(axis=1)
        hidden = _overlap(boxes, taken[is_near]).sum(axis=1)
        area = 4 * half.prod()
        away = np.hypot(*(spots - spots[0]).T) / half.max()
        cost = hidden / area + OUTSIDE_COST * (1 - inside / area) + AWAY_COST * away
        best = int(cost.argmin())
        centres[row] = spots[best]
        taken = np.vstack([taken, boxes[best]])
    return centres


@lru_cache(maxsize=20_000)
def _spots(
    shape: shapely.Polygon, width: float, height: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where a label may stand, the middle first, and how much of it is inside there.

    Maps of one study ask the same of the same villages.
    """
    middle = shapely.maximum_inscribed_circle(shape, min(width, height) / 2).coords[0]
    west, south, east, north = shape.bounds
    x, y = np.meshgrid(np.linspace(west, east, GRID), np.linspace(south, north, GRID))
    grid = np.column_stack([x.ravel(), y.ravel()])
    spots = np.vstack([middle, grid[shapely.contains_xy(shape, grid)]])
    half = np.array([width, height]) / 2
    drawn = shapely.box(*np.hstack([spots - half, spots + half]).T)
    inside: NDArray[np.float64] = shapely.area(shapely.intersection(drawn, np.array([shape])))
    return spots, inside


def _overlap(boxes: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the area shared by each box and each other box, [n, m]."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared: NDArray[np.float64] = np.clip(high - low, 0, None).prod(axis=2)
    return shared
