"""Access measures on a travel-time table: one function each, unreachable places kept.

In all of them ``times`` are of demand points (rows) to facilities (columns), sparse; `supply` is
what each facility offers (say nurses and midwives), `population` the people of each demand
point. A decay must be 0 beyond the limit of the times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.access.decay import Decay
    from batu_geo.network.arrays import Numbers
    from batu_geo.network.travel_times import TravelTimes


def cumulative_opportunities(
    times: TravelTimes, supply: Numbers, *, threshold_minutes: float
) -> Numbers:
    """Return what each demand point has within the threshold, which counts, [demand].

    Examples
    --------
    >>> from batu_geo.network.travel_times import matrix_times
    >>> times = matrix_times([[5.0, 15.0], [20.0, np.inf]], ("a", "b"), ("u", "v"))
    >>> cumulative_opportunities(times, np.array([2.0, 1.0]), threshold_minutes=15).tolist()
    [3.0, 0.0]
    """
    return np.asarray(times.within(threshold_minutes) @ np.asarray(supply, float))


def gravity(times: TravelTimes, supply: Numbers, *, decay: Decay) -> Numbers:
    """Return the supply of all facilities weighted by decay, [demand] (Hansen 1959)."""
    return np.asarray(weights(times, decay) @ np.asarray(supply, float))


def weights(times: TravelTimes, decay: Decay) -> csr_array:
    """Return the weight of each trip by a decay, sparse [demand, facilities].

    Raises
    ------
    ValueError
        Trips that the table leaves out would weigh something.
    """
    beyond = np.nextafter(times.limit_minutes, np.inf)
    if np.isfinite(beyond) and decay(np.array([beyond]))[0] > 0:
        raise ValueError(f"trips beyond {times.limit_minutes} minutes are left out")
    return times.trips.weighted(decay(times.trips.minutes), len(times.destination_ids))


def two_step_fca(
    times: TravelTimes, supply: Numbers, population: NDArray[np.int64], *, decay: Decay
) -> Numbers:
    """Return supply per person by the two-step floating catchment area method, [demand].

    Step 1: each facility's supply over the weighted people who can reach it,
    ``R_j = S_j / sum_k P_k W(t_kj)``. Step 2: each place adds up the ratios of the
    facilities it can reach, ``A_i = sum_j R_j W(t_ij)``. With `decay_binary` this is
    2SFCA (Luo and Wang 2003), with `decay_stepped` E2SFCA (Luo and Qi 2009). Travel
    runs the same way in both steps, so ``sum_i A_i P_i`` is the supply of all
    facilities that somebody can reach.
    """
    weight = weights(times, decay)
    demand = np.asarray(population, float) @ weight
    ratio = np.divide(supply, demand, out=np.zeros(len(demand)), where=demand > 0)
    return np.asarray(weight @ ratio)


def balanced_fca(
    times: TravelTimes, supply: Numbers, population: NDArray[np.int64], *, decay: Decay
) -> Numbers:
    """Return supply per person with people shared out, not counted more than once, [demand].

    Balanced floating catchment areas (Paez, Higgins and Vivona 2019): the weights of a
    place are shares of its people and add up to 1, ``w_ij = W_ij / sum_j W_ij``; those of a
    facility are shares of its supply, ``v_ij = W_ij / sum_i W_ij``.
    ``R_j = S_j / sum_i P_i w_ij`` and ``A_i = sum_j R_j v_ij``. Neither demand nor supply is
    inflated: the people counted at all facilities are the people who can reach one.
    """
    weight = weights(times, decay)
    of_place = _shares(weight, axis=1)
    of_facility = _shares(weight, axis=0)
    demand = np.asarray(population, float) @ of_place
    ratio = np.divide(supply, demand, out=np.zeros(len(demand)), where=demand > 0)
    return np.asarray(of_facility @ ratio)


def _shares(weight: csr_array, *, axis: int) -> csr_array:
    """Return the weights as shares of the sum of their row (axis 1) or column (axis 0)."""
    row = np.repeat(np.arange(weight.shape[0]), np.diff(weight.indptr))
    group = row if axis == 1 else weight.indices
    total = np.bincount(group, weights=weight.data, minlength=weight.shape[1 - axis])[group]
    share = np.divide(weight.data, total, out=np.zeros(len(total)), where=total > 0)
    return csr_array((share, weight.indices, weight.indptr), shape=weight.shape)
