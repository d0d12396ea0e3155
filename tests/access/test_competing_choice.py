"""Who chooses among facilities: against published recipes, the peer, and what an equilibrium is."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo import access
from batu_geo.access import competing_choice
from tests.access.test_pysal_access import BLOCKS, STEPS, of_peer, peer, town, towns

peer_access = pytest.importorskip("access")
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword", "ignore:Downcasting")


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS)
def test_3sfca_equals_the_peer(block: int) -> None:
    weights = peer_access.weights.step_fn(dict(zip(*STEPS, strict=True)))
    for minutes, supply, people in towns(block):
        theirs = peer(minutes, supply, people).three_stage_fca(
            name="a", max_cost=30, weight_fn=weights
        )
        ours = access.three_stage_fca(
            access.matrix_times(minutes), supply, people, decay=access.decay_stepped(*STEPS)
        )
        assert ours == pytest.approx(of_peer(theirs, len(people)), abs=1e-12, rel=1e-12)


@pytest.mark.parametrize("block", BLOCKS)
def test_gravity_equals_the_peer(block: int) -> None:
    for minutes, supply, people in towns(block):
        theirs = peer(minutes, supply, people).weighted_catchment(
            name="a", max_cost=30, weight_fn=lambda m: np.maximum(1 - m / 30, 0)
        )
        ours = access.gravity(access.matrix_times(minutes), supply, decay=access.decay_linear(30))
        assert ours == pytest.approx(of_peer(theirs, len(people)), abs=1e-12, rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS)
def test_nobody_is_better_off_by_another_choice(block: int) -> None:
    """There are loads that add up to all people and explain every cost: found by linear programming."""
    for minutes, supply, people in towns(block):
        is_an_equilibrium(minutes, supply, people)


def is_an_equilibrium(minutes: np.ndarray, supply: np.ndarray, people: np.ndarray) -> None:
    from scipy.optimize import linprog

    tau = 30.0
    cost = access.rational_agent_cost(access.matrix_times(minutes), supply, people, tau_minutes=tau)
    assert np.isinf(cost).tolist() == np.isinf(minutes).all(axis=1).tolist()
    rho = people.sum() / supply.sum()
    # Of a facility that anybody uses: cost less travel is its crowd; nobody who could use it pays more.
    reached = np.isfinite(cost)
    crowd = (cost[reached, None] - minutes[reached] / tau).max(axis=0, initial=0.0)
    load = np.maximum(crowd, 0.0) * rho * supply
    place, unit = np.nonzero(np.isfinite(minutes) & reached[:, None])
    is_least = minutes[place, unit] / tau + np.maximum(crowd, 0)[unit] <= cost[place] + 1e-6
    place, unit = place[is_least], unit[is_least]
    rows = [np.where(place == p, 1.0, 0.0) for p in np.flatnonzero(reached)]
    rows += [np.where(unit == u, 1.0, 0.0) for u in range(len(supply))]
    total = np.r_[people[reached], load]
    # Feasible within rounding: the least total deviation is nothing beside the people.
    slack = np.eye(len(total))
    found = linprog(
        np.r_[np.zeros(len(place)), np.ones(2 * len(total))],
        A_eq=np.hstack([np.array(rows), slack, -slack]), b_eq=total, bounds=(0, None),
    )  # fmt: skip
    assert found.status == 0
    assert found.fun <= 1e-5 * people.sum()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_the_peer_comes_close_to_the_equilibrium(seed: int) -> None:
    """Its search moves people in steps and ends within some hundredths of it."""
    minutes, supply, people = town(seed)
    theirs = peer(minutes, supply, people).raam(name="a", tau=30)
    ours = access.rational_agent_cost(access.matrix_times(minutes), supply, people, tau_minutes=30)
    reached = np.isfinite(ours)
    assert ours[reached] == pytest.approx(of_peer(theirs, len(people))[reached], abs=0.1)


def test_two_doors_share_a_crowd() -> None:
    """A hundred people at u, none at v, ten minutes apart: 58 1/3 stay where tau is 60.

    Loads D and 100 - D with 2 units of supply in all: D / 50 = (100 - D) / 50 + 10 / 60.
    """
    times = access.matrix_times([[0.0, 10.0]])
    cost = access.rational_agent_cost(times, np.ones(2), np.array([100]), tau_minutes=60)
    load = (100 + 50 * 10 / 60) / 2
    assert cost.tolist() == pytest.approx([load / 50], abs=1e-9)


def test_a_search_that_does_not_end_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(competing_choice, "MOST_ROUNDS", 1)
    minutes = np.array([[0.0, 10.0], [10.0, 0.0], [3.0, 4.0]])
    with pytest.raises(RuntimeError, match="in 1 rounds"):
        access.rational_agent_cost(
            access.matrix_times(minutes), np.ones(2), np.array([90, 40, 50]), tau_minutes=60
        )


def test_a_facility_without_staff_is_no_choice() -> None:
    times = access.matrix_times([[0.0, 10.0], [0.0, np.inf]])
    cost = access.rational_agent_cost(
        times, np.array([0.0, 2.0]), np.array([50, 50]), tau_minutes=60
    )
    assert cost.tolist() == pytest.approx([50 / 2 / 50 + 10 / 60, np.inf])
    nothing = access.rational_agent_cost(times, np.zeros(2), np.array([5, 5]), tau_minutes=60)
    assert np.isinf(nothing).all()


def test_the_nearest_of_fewer_facilities_than_asked_for_are_infinite() -> None:
    times = access.matrix_times([[5.0, 3.0], [np.inf, np.inf]])
    assert access.nearest_minutes(times, 3).tolist() == [[3, 5, np.inf], [np.inf] * 3]
    assert access.nearest_minutes(access.matrix_times(np.zeros((1, 0))), 1).tolist() == [[np.inf]]


def test_the_room_names_its_measures() -> None:
    assert dir(access) == sorted(access.__all__) == access.__all__
    assert all(callable(getattr(access, name)) and getattr(access, name).__doc__
               for name in access.__all__)  # fmt: skip
    with pytest.raises(AttributeError, match="frobnicate"):
        access.frobnicate  # noqa: B018 - reading it is the test
