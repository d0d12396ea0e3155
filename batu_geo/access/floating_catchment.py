"""Access measures on a travel-time table: one function each, unreachable places kept.

In all of them ``times`` are of demand points (rows) to facilities (columns), sparse; `supply` is
what each facility offers (say nurses and midwives), `population` the people of each demand
point. A decay must be 0 beyond the limit of the times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

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
    """Return the supply of all facilities weighted by decay, [demand] (Hansen 1959).

    Examples
    --------
    >>> from batu_geo.access.decay import decay_exponential
    >>> from batu_geo.network.travel_times import matrix_times
    >>> gravity(matrix_times([[10.0, np.inf]]), np.array([4.0, 9.0]), decay=decay_exponential(10))
    array([2.])
    """
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

    Examples
    --------
    >>> from batu_geo.access.decay import decay_binary
    >>> from batu_geo.network.travel_times import matrix_times
    >>> times = matrix_times([[5.0], [10.0], [20.0]])
    >>> people = np.array([100, 300, 50])
    >>> two_step_fca(times, np.array([2.0]), people, decay=decay_binary(15)).tolist()
    [0.005, 0.005, 0.0]
    """
    weight = weights(times, decay)
    demand = np.asarray(population, float) @ weight
    ratio = np.divide(supply, demand, out=np.zeros(len(demand)), where=demand > 0)
    return np.asarray(weight @ ratio)


def spatial_availability(
    times: TravelTimes, supply: Numbers, population: NDArray[np.int64], *, decay: Decay
) -> Numbers:
    """Return how much of the supply falls to each demand point, [demand].

    Spatial availability (Soukhov, Paez, Higgins and Mohamed 2023): each facility shares out
    its supply, whole, in proportion to people and decay, ``V_i = sum_j S_j P_i W(t_ij) /
    sum_k P_k W(t_kj)``. The sum over all points is the supply of the facilities that somebody
    reaches, whether a street is one point or many; ``V_i / P_i`` is `two_step_fca` of the same
    decay.

    Examples
    --------
    >>> from batu_geo.access.decay import decay_binary
    >>> from batu_geo.network.travel_times import matrix_times
    >>> times = matrix_times([[5.0], [10.0]], ("a", "b"), ("u",))
    >>> people = np.array([100, 300])
    >>> spatial_availability(times, np.array([2.0]), people, decay=decay_binary(15)).tolist()
    [0.5, 1.5]
    """
    per_person = two_step_fca(times, supply, population, decay=decay)
    return np.asarray(per_person * np.asarray(population, float))
