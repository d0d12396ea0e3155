"""Decay functions: how much a unit counts that takes some minutes to reach.

Each maker returns a function from minutes to weights between 0 and 1, never
rising; an unreachable place (inf) weighs 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Decay = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def decay_binary(threshold_minutes: float) -> Decay:
    """Return 1 up to the threshold, which counts, and 0 beyond.

    >>> decay_binary(15)(np.array([0.0, 15.0, 15.1])).tolist()
    [1.0, 1.0, 0.0]
    """
    return decay_stepped([threshold_minutes], [1.0])


def decay_stepped(limits_minutes: Sequence[float], weights: Sequence[float]) -> Decay:
    """Return one weight a zone; the upper limit of a zone belongs to it, beyond all it is 0.

    With limits 10, 20, 30 and weights 1.00, 0.68, 0.22 these are the zones of
    E2SFCA (Luo and Qi 2009).

    >>> decay_stepped([10, 20, 30], [1, 0.68, 0.22])(np.array([10.0, 10.1, 30.0, 31.0])).tolist()
    [1.0, 0.68, 0.22, 0.0]
    """
    limits, steps = np.asarray(limits_minutes), np.asarray([*weights, 0.0])

    def decay(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        return steps[np.searchsorted(limits, minutes, side="left")]

    return decay


def decay_linear(limit_minutes: float) -> Decay:
    """Return a weight that falls evenly from 1 to 0 at the limit.

    >>> decay_linear(30)(np.array([0.0, 15.0, 30.0, np.inf])).tolist()
    [1.0, 0.5, 0.0, 0.0]
    """

    def decay(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.maximum(1 - minutes / limit_minutes, 0.0)

    return decay


def decay_exponential(half_minutes: float, limit_minutes: float = np.inf) -> Decay:
    """Return a weight that halves every so many minutes (Hansen 1959 with exponential impedance).

    Beyond the limit, which itself counts, it is 0.

    >>> decay_exponential(10, 20)(np.array([0.0, 10.0, 20.0, 20.1])).tolist()
    [1.0, 0.5, 0.25, 0.0]
    """

    def decay(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(minutes <= limit_minutes, np.exp2(-minutes / half_minutes), 0.0)

    return decay


def decay_gaussian(limit_minutes: float) -> Decay:
    """Return the Gaussian of Dai (2010): 1 at 0, 0 at the limit and beyond.

    >>> decay_gaussian(30)(np.array([0.0, 30.0])).tolist()
    [1.0, 0.0]
    """
    floor = np.exp(-0.5)

    def decay(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        curve = (np.exp(-0.5 * (minutes / limit_minutes) ** 2) - floor) / (1 - floor)
        return np.where(minutes <= limit_minutes, np.maximum(curve, 0.0), 0.0)

    return decay
