"""Access where people choose among facilities: by nearness, by weight, or by the least crowd."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from batu_geo.access.floating_catchment import weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.access.decay import Decay
    from batu_geo.network.arrays import Numbers
    from batu_geo.network.travel_times import TravelTimes

# Of a person's whole cost (1 is the mean crowd): smaller moves end the search.
CLOSE, DIGITS = 1e-9, 9
MOST_ROUNDS = 10_000


def nearest_minutes(times: TravelTimes, count: int) -> Numbers:
    """Return the minutes to the nearest facilities, [demand, count]; inf where there are fewer.

    >>> from batu_geo.network.travel_times import matrix_times
    >>> nearest_minutes(matrix_times([[5.0, 3.0], [np.inf, 7.0]]), 2).tolist()
    [[3.0, 5.0], [7.0, inf]]
    """
    found = times.trips.nearest_of(min(count, max(len(times.destination_ids), 1))).minutes
    missing = np.full((len(found), count - found.shape[1]), np.inf)
    return np.hstack([found, missing])


def three_stage_fca(
    times: TravelTimes, supply: Numbers, population: NDArray[np.int64], *, decay: Decay
) -> Numbers:
    """Return supply per person by the three-step floating catchment area method, [demand].

    Wan, Zou and Sternberg (2012): who can reach several facilities goes to each with the
    probability ``G_ij = W_ij / sum_k W_ik``, so that no demand counts twice;
    ``R_j = S_j / sum_i P_i G_ij W_ij`` and ``A_i = sum_j G_ij R_j W_ij``.

    >>> from batu_geo.access.decay import decay_binary
    >>> from batu_geo.network.travel_times import matrix_times
    >>> times = matrix_times([[5.0, 5.0], [5.0, np.inf]])
    >>> three_stage_fca(times, np.array([2.0, 1.0]), np.array([2, 3]), decay=decay_binary(15))
    array([0.75, 0.5 ])
    """
    weight = weights(times, decay)
    total = np.asarray(weight.sum(axis=1)).ravel()
    chance = np.divide(1.0, total, out=np.zeros(len(total)), where=total > 0)
    chosen = (weight * weight).multiply(chance[:, None]).tocsr()
    demand = np.asarray(population, float) @ chosen
    ratio = np.divide(supply, demand, out=np.zeros(len(demand)), where=demand > 0)
    return np.asarray(chosen @ ratio)


def rational_agent_cost(
    times: TravelTimes, supply: Numbers, population: NDArray[np.int64], *, tau_minutes: float
) -> Numbers:
    """Return the cost of care to the people of each place, where all choose the least, [demand].

    The rational agent access model (Saxon and Snow 2020): going to facility j costs
    ``(D_j / S_j) / rho + t_ij / tau``, its crowd over that of all facilities together
    (``rho = sum P / sum S``) and the minutes over `tau_minutes`, what a mean crowd is worth. Nobody
    can do better by another choice. That equilibrium is found exactly: the people of one place
    after the other are shared out so that what they use costs the same and nothing else less,
    until no cost moves. Lower is better; inf where no facility can be reached.

    Raises
    ------
    RuntimeError
        When it is not found in 10,000 rounds.

    Examples
    --------
    Two equal facilities, a hundred people at each of two doors: everybody stays.

    >>> from batu_geo.network.travel_times import matrix_times
    >>> times = matrix_times([[0.0, 10.0], [10.0, 0.0]])
    >>> rational_agent_cost(times, np.ones(2), np.array([100, 100]), tau_minutes=60).tolist()
    [1.0, 1.0]
    """
    people, offered = np.asarray(population, float), np.asarray(supply, float)
    minutes = times.trips.weighted(times.trips.minutes, len(offered))
    slope = np.divide(offered.sum(), offered * people.sum(), out=np.full(len(offered), np.inf),
                      where=offered * people.sum() > 0)  # fmt: skip
    choices = []
    for count, low, high in zip(people, minutes.indptr[:-1], minutes.indptr[1:], strict=True):
        to, travel = minutes.indices[low:high], minutes.data[low:high] / tau_minutes
        is_offered = offered[to] > 0
        choices.append(_Choice(count, to[is_offered], travel[is_offered]))
    load = np.zeros(len(offered))
    own = [np.zeros(len(choice.to)) for choice in choices]
    for _ in range(MOST_ROUNDS):
        for place, choice in enumerate(choices):
            load[choice.to] -= own[place]
            rising = slope[choice.to]
            own[place] = _shared(choice.people, choice.travel + rising * load[choice.to], rising)
            load[choice.to] += own[place]
        costs = [choice.travel + slope[choice.to] * load[choice.to] for choice in choices]
        regret = [cost[used > 0].max(initial=0.0) - cost.min(initial=np.inf)
                  for cost, used in zip(costs, own, strict=True)]  # fmt: skip
        if max(regret, default=0.0) <= CLOSE:
            return np.round([cost.min(initial=np.inf) for cost in costs], DIGITS)
    raise RuntimeError(f"no equilibrium in {MOST_ROUNDS} rounds")


class _Choice(NamedTuple):
    """The people of a place, the facilities they may go to, and what the way costs."""

    people: float
    to: NDArray[np.int32]
    travel: Numbers


def _shared(count: float, cost: Numbers, slope: Numbers) -> Numbers:
    """Share people out over choices whose cost rises with them, so that none is better off."""
    if not len(cost):
        return cost
    order = np.argsort(cost, kind="stable")
    room = np.cumsum(1 / slope[order])
    level = (count + np.cumsum(cost[order] / slope[order])) / room
    # As many of the cheapest as are cheaper than the level they lead to.
    used = int(np.flatnonzero(np.r_[cost[order][1:] >= level[:-1], True])[0])
    shares: Numbers = np.maximum(level[used] - cost, 0.0) / slope
    return shares
