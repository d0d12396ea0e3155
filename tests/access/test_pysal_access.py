"""Against pysal `access` 1.1: 2SFCA, E2SFCA and what follows from them agree to 1e-12.

Conventions of the peer: the limit of a zone belongs to it, as here; an unreachable pair is
left out of its table of costs; a place that reaches nothing is missing there and 0 here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from batu_geo.access.decay import decay_binary, decay_stepped
from batu_geo.access.floating_catchment import (
    cumulative_opportunities,
    spatial_availability,
    two_step_fca,
)
from batu_geo.network.travel_times import TravelTimes, matrix_times
from tests.dense import minutes_of
from tests.toy_access import INF, PEOPLE, SUPPLY, TOWN, ZONE_WEIGHTS, ZONES

if TYPE_CHECKING:
    from collections.abc import Iterator

access = pytest.importorskip("access")
# The peer still uses the inplace keyword of pandas.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")
STEPS = ((10, 20, 30), (1, 0.68, 0.22))
# Two hundred random towns for each measure; the quick run meets the first block.
EACH = 25
BLOCKS = [0, *(pytest.param(block, marks=pytest.mark.slow) for block in range(1, 8))]


def peer(minutes: np.ndarray, supply: np.ndarray, people: np.ndarray) -> TravelTimes:
    """Return the town as the peer holds it."""
    rows, columns = np.nonzero(np.isfinite(minutes))
    return access.Access(
        demand_df=pd.DataFrame({"place": np.arange(len(people)), "people": people}),
        demand_index="place",
        demand_value="people",
        supply_df=pd.DataFrame({"unit": np.arange(len(supply)), "staff": supply}),
        supply_index="unit",
        supply_value="staff",
        cost_df=pd.DataFrame({"place": rows, "unit": columns, "minutes": minutes[rows, columns]}),
        cost_origin="place",
        cost_dest="unit",
        cost_name="minutes",
    )


def of_peer(table: pd.DataFrame, count: int) -> np.ndarray:
    return table.iloc[:, 0].reindex(range(count)).fillna(0).to_numpy()


def town(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a random town with islands, ties and minutes right on the limits."""
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(2, 25), rng.integers(1, 8)
    minutes = np.round(rng.uniform(0, 45, (rows, columns)) / 2.5) * 2.5
    minutes[rng.random(minutes.shape) < 0.2] = INF
    minutes[0, 0] = 10.0
    return minutes, rng.integers(1, 9, columns) / 2, rng.integers(1, 900, rows)


def towns(block: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield the towns of a block."""
    yield from map(town, range(block * EACH, (block + 1) * EACH))


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS)
def test_2sfca_equals_the_peer(block: int) -> None:
    for minutes, supply, people in towns(block):
        theirs = peer(minutes, supply, people).two_stage_fca(name="a", max_cost=15)
        ours = two_step_fca(matrix_of(minutes), supply, people, decay=decay_binary(15))
        assert ours == pytest.approx(of_peer(theirs, len(people)), abs=1e-12, rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS)
def test_e2sfca_equals_the_peer(block: int) -> None:
    steps = access.weights.step_fn(dict(zip(*STEPS, strict=True)))
    for minutes, supply, people in towns(block):
        theirs = peer(minutes, supply, people).enhanced_two_stage_fca(
            name="a", max_cost=30, weight_fn=steps
        )
        ours = two_step_fca(matrix_of(minutes), supply, people, decay=decay_stepped(*STEPS))
        assert ours == pytest.approx(of_peer(theirs, len(people)), abs=1e-12, rel=1e-12)


@pytest.mark.parametrize("block", BLOCKS)
def test_cumulative_opportunities_equal_the_peer(block: int) -> None:
    for minutes, supply, people in towns(block):
        theirs = peer(minutes, supply, people).weighted_catchment(name="a", max_cost=15)
        ours = cumulative_opportunities(matrix_of(minutes), supply, threshold_minutes=15)
        assert ours == pytest.approx(of_peer(theirs, len(people)), abs=1e-12, rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS)
def test_spatial_availability_is_the_e2sfca_of_the_peer_by_place(block: int) -> None:
    """Soukhov et al. 2023: per head it is what E2SFCA says under the same weights."""
    steps = access.weights.step_fn(dict(zip(*STEPS, strict=True)))
    for minutes, supply, people in towns(block):
        theirs = peer(minutes, supply, people).enhanced_two_stage_fca(
            name="a", max_cost=30, weight_fn=steps
        )
        ours = spatial_availability(matrix_of(minutes), supply, people, decay=decay_stepped(*STEPS))
        expected = of_peer(theirs, len(people)) * people
        assert ours == pytest.approx(expected, abs=1e-12, rel=1e-12)


def test_the_toy_town_equals_the_peer() -> None:
    steps = access.weights.step_fn(dict(zip(ZONES, ZONE_WEIGHTS, strict=True)))
    theirs = peer(minutes_of(TOWN), SUPPLY, PEOPLE).enhanced_two_stage_fca(
        name="a", max_cost=30, weight_fn=steps
    )
    ours = two_step_fca(TOWN, SUPPLY, PEOPLE, decay=decay_stepped(ZONES, ZONE_WEIGHTS))
    assert ours == pytest.approx(of_peer(theirs, 5), abs=1e-12, rel=1e-12)


def test_the_weights_of_zones_follow_the_same_convention() -> None:
    minutes = np.array([0, 10, 10.001, 20, 30, 30.001])
    theirs = [access.weights.step_fn(dict(zip(*STEPS, strict=True)))(m) for m in minutes]
    assert decay_stepped(*STEPS)(minutes).tolist() == theirs


def matrix_of(minutes: np.ndarray) -> TravelTimes:
    """Return more units than the toy has letters for as a matrix."""
    homes, units = (
        tuple(f"{a}{n}" for n in range(k)) for a, k in zip("du", minutes.shape, strict=True)
    )
    return matrix_times(minutes, homes, units)
