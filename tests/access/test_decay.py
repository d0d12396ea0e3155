"""Every decay falls from at most 1 to 0, and its limit counts as within."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batu_geo.access.decay import (
    decay_binary,
    decay_exponential,
    decay_gaussian,
    decay_linear,
    decay_stepped,
)

# Made inside each test, so that a mutant of a maker is met there.
MAKERS = {
    "binary": lambda: decay_binary(15),
    "stepped": lambda: decay_stepped([10, 20, 30], [1, 0.68, 0.22]),
    "linear": lambda: decay_linear(30),
    "exponential": lambda: decay_exponential(10),
    "gaussian": lambda: decay_gaussian(30),
}


@pytest.mark.parametrize("name", MAKERS)
@given(minutes=st.lists(st.floats(0, 200), min_size=2, max_size=30))
@pytest.mark.slow
def test_a_decay_stays_between_0_and_1_and_never_rises(name: str, minutes: list[float]) -> None:
    weights = MAKERS[name]()(np.array(sorted(minutes)))
    assert ((weights >= 0) & (weights <= 1)).all()
    assert (np.diff(weights) <= 0).all()


@pytest.mark.parametrize("name", MAKERS)
def test_at_the_door_a_unit_counts_whole_and_out_of_reach_not_at_all(name: str) -> None:
    assert MAKERS[name]()(np.array([0.0, np.inf])).tolist() == [1.0, 0.0]


def test_the_upper_limit_of_a_zone_belongs_to_it() -> None:
    at_limits = MAKERS["stepped"]()(np.array([10.0, 20.0, 30.0]))
    just_beyond = MAKERS["stepped"]()(np.nextafter([10.0, 20.0, 30.0], np.inf))
    assert at_limits.tolist() == [1.0, 0.68, 0.22]
    assert just_beyond.tolist() == [0.68, 0.22, 0.0]


def test_the_shapes_by_hand() -> None:
    """Halfway of 30: linear 1/2; Gaussian (exp(-1/8) - exp(-1/2)) / (1 - exp(-1/2)) = 0.701367."""
    assert MAKERS["linear"]()(np.array([15.0])).tolist() == [0.5]
    assert MAKERS["gaussian"]()(np.array([15.0]))[0] == pytest.approx(0.701367, abs=1e-6)
    assert MAKERS["exponential"]()(np.array([30.0])).tolist() == [0.125]


def test_the_gaussian_is_0_beyond_its_limit_and_not_the_tail_of_a_bell() -> None:
    assert MAKERS["gaussian"]()(np.array([30.0, 30.1, 300.0])).tolist() == [0.0, 0.0, 0.0]
