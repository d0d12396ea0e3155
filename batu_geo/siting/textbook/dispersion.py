"""p-dispersion: sites as far from each other as can be."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

if TYPE_CHECKING:
    from batu_geo.network.arrays import Numbers

FEW_PLANS = 20_000


class Dispersed(NamedTuple):
    """Columns of the sites, their least distance, how it is proved, and whether no other has it."""

    sites: tuple[int, ...]
    distance: float
    proof: str
    is_only: bool


def dispersed(between: Numbers, site_count: int) -> Dispersed | None:
    """Return the sites whose least distance is greatest; None where there are not as many.

    Few plans are all looked at; of more, the distances are halved: is there a plan in which none
    of two is nearer? That is an integer programme of one conflict for each near pair.

    Raises
    ------
    ValueError
        With fewer than two sites to choose.
    """
    if site_count < 2:
        raise ValueError("p-dispersion chooses at least two sites")
    apart = np.minimum(between, np.transpose(between))
    count = len(apart)
    if site_count > count:
        return None
    if comb(count, site_count) <= FEW_PLANS:
        plans = np.array(list(combinations(range(count), site_count)))
        pairs = np.array(list(combinations(range(site_count), 2)))
        least = apart[plans[:, pairs[:, 0]], plans[:, pairs[:, 1]]].min(axis=1)
        best = int(least.argmax())
        is_only = int((least == least[best]).sum()) == 1
        return Dispersed(tuple(plans[best].tolist()), float(least[best]), "enumeration", is_only)
    distances = np.unique(apart[np.triu_indices(count, 1)])
    low, high = 0, len(distances) - 1  # everybody is at least as far as the least distance
    while low < high:
        middle = (low + high + 1) // 2
        if _chosen(apart, distances[middle], site_count) is None:
            high = middle - 1
        else:
            low = middle
    sites = _chosen(apart, distances[low], site_count)
    return Dispersed(sites or (), float(distances[low]), "milp", is_only=False)


def _chosen(apart: Numbers, distance: float, site_count: int) -> tuple[int, ...] | None:
    """Return sites of which no two are nearer than a distance, those of lowest columns first."""
    count = len(apart)
    first, second = np.nonzero(np.triu(apart < distance, 1))
    rows = np.repeat(np.arange(len(first)), 2)
    columns = np.column_stack([first, second]).ravel()
    conflicts = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(first), count))
    limits = [LinearConstraint(np.ones((1, count)), site_count, site_count)]
    if len(first):
        limits.append(LinearConstraint(conflicts.tocsr(), -np.inf, 1))
    found = milp(np.arange(count, dtype=float), integrality=np.ones(count, np.int64),
                 bounds=Bounds(0, 1), constraints=limits)  # fmt: skip
    if found.x is None:
        return None
    return tuple(np.flatnonzero(found.x > 0.5).tolist())
