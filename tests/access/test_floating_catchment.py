"""Access measures on the toy town of `tests.toy_access`, their laws, and what is no law."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from batu_geo.access.decay import decay_binary, decay_exponential, decay_stepped
from batu_geo.access.floating_catchment import (
    cumulative_opportunities,
    gravity,
    spatial_availability,
    two_step_fca,
    weights,
)
from tests.toy_access import INF, PEOPLE, SUPPLY, TOWN, ZONE_WEIGHTS, ZONES, matrix

BINARY = decay_binary(15)
STEPPED = decay_stepped(ZONES, ZONE_WEIGHTS)
MINUTES = st.one_of(st.just(INF), st.integers(0, 16).map(lambda n: n * 2.5))


@st.composite
def worlds(draw: st.DrawFn, *, most: int = 6) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw minutes with ties, islands and limits hit exactly; supply in eighths; people."""
    rows, columns = draw(st.integers(1, most)), draw(st.integers(1, 4))
    cells = draw(st.lists(MINUTES, min_size=rows * columns, max_size=rows * columns))
    supply = draw(st.lists(st.integers(0, 40), min_size=columns, max_size=columns))
    people = draw(st.lists(st.integers(0, 500), min_size=rows, max_size=rows))
    return np.array(cells).reshape(rows, columns), np.array(supply) / 8, np.array(people)


def fca(world: tuple[np.ndarray, ...], decay=STEPPED) -> np.ndarray:
    minutes, supply, people = world
    return two_step_fca(matrix(minutes), supply, people, decay=decay)


def test_nearest_minutes_of_the_toy_town() -> None:
    assert TOWN.best().tolist() == [5, 10, 10, 30, INF]


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [
        (4.9, [0, 0, 0, 0, 0]),
        (5, [2, 0, 0, 0, 0]),
        (10, [2, 2, 3, 0, 0]),
        (15, [2, 2, 5, 0, 0]),
        (30, [2, 5, 5, 3, 0]),
    ],
)
def test_cumulative_opportunities_of_the_toy_town(threshold: float, expected: list[float]) -> None:
    found = cumulative_opportunities(TOWN, SUPPLY, threshold_minutes=threshold)
    assert found.tolist() == expected


def test_gravity_of_the_toy_town() -> None:
    found = gravity(TOWN, SUPPLY, decay=decay_exponential(5))
    assert found.tolist() == [1, 0.6875, 1, 3 / 64, 0]


def test_2sfca_of_the_toy_town() -> None:
    found = two_step_fca(TOWN, SUPPLY, PEOPLE, decay=BINARY)
    assert found == pytest.approx([0.005, 0.005, 0.02, 0, 0], rel=1e-15)


def test_e2sfca_of_the_toy_town() -> None:
    found = two_step_fca(TOWN, SUPPLY, PEOPLE, decay=STEPPED)
    expected = [1 / 150, 1 / 150 + 0.005, 1 / 300 + 0.01, 0.0025, 0]
    assert found == pytest.approx(expected, rel=1e-15)


def test_spatial_availability_of_the_toy_town() -> None:
    """Staff by place: E2SFCA per person times 100, 200, 100, 400 and 200 people."""
    found = spatial_availability(TOWN, SUPPLY, PEOPLE, decay=STEPPED)
    per_person = np.array([1 / 150, 1 / 150 + 0.005, 1 / 300 + 0.01, 0.0025, 0])
    assert found == pytest.approx(per_person * PEOPLE, rel=1e-15)
    assert found.sum() == pytest.approx(SUPPLY.sum())


def test_the_ratios_of_overlapping_catchments_add_up() -> None:
    """One doctor for 8 people, one for 4, one place in reach of both: 1/8 + 1/4 = 3/8."""
    minutes = [[5, INF], [5, 5], [INF, 5]]
    found = fca((np.array(minutes), np.ones(2), np.array([6, 2, 2])), BINARY)
    assert found.tolist() == [0.125, 0.375, 0.25]


def test_a_unit_that_nobody_reaches_gives_nothing_and_no_warning() -> None:
    found = fca((np.array([[5, INF], [INF, INF]]), np.array([1.0, 9]), np.array([4, 4])))
    assert found.tolist() == [0.25, 0]


def test_no_unit_at_all_gives_nobody_anything() -> None:
    empty = matrix(np.empty((2, 0)))
    people = np.array([1, 2])
    for measure in (two_step_fca, spatial_availability):
        assert measure(empty, np.empty(0), people, decay=STEPPED).tolist() == [0, 0]


# Laws 13 to 17.


@given(worlds(), st.sampled_from([BINARY, STEPPED, decay_exponential(10)]))
@pytest.mark.slow
def test_the_supply_that_somebody_reaches_is_handed_out_whole(world, decay) -> None:
    minutes, supply, people = world
    reached = (people @ decay(minutes)) > 0
    assert fca(world, decay) @ people == pytest.approx(supply[reached].sum(), rel=1e-12)


@given(worlds())
@pytest.mark.slow
def test_doubling_supply_doubles_and_doubling_people_halves_to_the_bit(world) -> None:
    minutes, supply, people = world
    once = fca(world)
    assert (fca((minutes, 2 * supply, people)) == 2 * once).all()
    assert (fca((minutes, supply, 2 * people)) == once / 2).all()


@given(worlds(), st.floats(0, 1))
@pytest.mark.slow
def test_splitting_a_place_changes_nobody(world, share: float) -> None:
    minutes, supply, people = world
    part = int(people[0] * share)
    split = np.r_[part, people[0] - part, people[1:]]
    found = fca((np.vstack([minutes[:1], minutes]), supply, split))
    assert found[1:] == pytest.approx(fca(world), rel=1e-12)
    assert found[0] == pytest.approx(found[1], rel=1e-12)


@given(worlds(), st.integers(0, 40))
@pytest.mark.slow
def test_merging_two_units_at_one_place_changes_nobody(world, more: int) -> None:
    minutes, supply, people = world
    apart = fca((np.column_stack([minutes, minutes[:, 0]]), np.r_[supply, more / 8], people))
    merged = np.r_[supply[0] + more / 8, supply[1:]]
    assert apart == pytest.approx(fca((minutes, merged, people)), rel=1e-12)


@given(worlds(), st.data())
@pytest.mark.slow
def test_a_new_unit_lowers_nobody(world, data) -> None:
    minutes, supply, people = world
    column = data.draw(st.lists(MINUTES, min_size=len(people), max_size=len(people)))
    more = fca((np.column_stack([minutes, column]), np.r_[supply, 1.0], people))
    assert (more >= fca(world) * (1 - 1e-12)).all()


@given(worlds(), st.data())
@pytest.mark.slow
def test_more_people_raise_nobody_but_where_a_unit_had_none(world, data) -> None:
    """A unit in reach of empty places alone gives nothing until somebody lives there."""
    minutes, supply, people = world
    assume(((people @ STEPPED(minutes)) > 0).all())
    place = data.draw(st.integers(0, len(people) - 1))
    crowded = people + np.eye(len(people), dtype=int)[place] * data.draw(st.integers(1, 500))
    assert (fca((minutes, supply, crowded)) <= fca(world) * (1 + 1e-12)).all()


@given(st.lists(st.integers(1, 500), min_size=1, max_size=8), st.integers(1, 40))
@pytest.mark.slow
def test_all_within_one_zone_of_one_unit_share_it_evenly(people: list[int], eighths: int) -> None:
    minutes = np.linspace(11, 20, len(people))[:, None]
    found = fca((minutes, np.array([eighths / 8]), np.array(people)))
    assert found == pytest.approx(np.full(len(people), eighths / 8 / sum(people)), rel=1e-12)


@given(worlds(), st.sampled_from([BINARY, STEPPED, decay_exponential(10)]))
@pytest.mark.slow
def test_spatial_availability_per_head_is_e2sfca_of_the_same_weights(world, decay) -> None:
    """By the formula of the paper: shares of people times shares of decay, balanced to 1."""
    minutes, supply, people = world
    found = spatial_availability(matrix(minutes), supply, people, decay=decay)
    lived_in = people > 0
    assert found[lived_in] / people[lived_in] == pytest.approx(fca(world, decay)[lived_in])
    expected = np.zeros(len(people))
    for unit, amount in enumerate(supply):
        weights = decay(minutes[:, unit])
        if people @ weights > 0:
            of_people, of_decay = people / people.sum(), weights / weights.sum()
            both = of_people * of_decay
            expected += amount * both / both.sum()
    assert found == pytest.approx(expected, rel=1e-9)


@given(worlds(), st.floats(0, 1))
@pytest.mark.slow
def test_splitting_a_street_keeps_the_staff_of_its_people(world, share: float) -> None:
    minutes, supply, people = world
    part = int(people[0] * share)
    split = np.r_[part, people[0] - part, people[1:]]
    whole = spatial_availability(matrix(minutes), supply, people, decay=STEPPED)
    found = spatial_availability(
        matrix(np.vstack([minutes[:1], minutes])), supply, split, decay=STEPPED
    )
    assert found[:2].sum() == pytest.approx(whole[0], rel=1e-12)
    assert found[2:] == pytest.approx(whole[1:], rel=1e-12)


# What is no law: kept as counterexamples.


def test_faster_roads_can_lower_somebody() -> None:
    """Far b comes within 15 minutes when speeds double, and a has to share: 1/100 to 1/200."""
    slow = np.array([[5.0], [20.0]])
    people = np.array([100, 100])
    before = fca((slow, np.ones(1), people), BINARY)
    after = fca((slow / 2, np.ones(1), people), BINARY)
    assert before.tolist() == [0.01, 0]
    assert after.tolist() == [0.005, 0.005]


def test_faster_roads_lower_somebody_in_most_random_towns() -> None:
    rng = np.random.default_rng(4)
    lowered = 0
    for _ in range(100):
        minutes = rng.uniform(0, 60, (20, 4))
        people = rng.integers(1, 500, 20)
        before, after = (fca((m, np.ones(4), people)) for m in (minutes, minutes / 1.5))
        lowered += bool((after < before - 1e-12).any())
    assert lowered > 90


def test_the_order_of_rows_matters_to_floats() -> None:
    """Why inputs are sorted by id when they are read."""
    rng = np.random.default_rng(1)
    differs = 0
    for _ in range(50):
        minutes, people = rng.uniform(0, 30, (40, 6)), rng.integers(1, 999, 40)
        order = rng.permutation(40)
        there = fca((minutes[order], np.ones(6), people[order]), decay_exponential(7))
        differs += bool(
            (there != fca((minutes, np.ones(6), people), decay_exponential(7))[order]).any()
        )
    assert differs > 0


def test_a_decay_beyond_the_trips_kept_is_refused() -> None:
    times = replace(matrix([[5.0, 40.0]]), limit_minutes=30.0)
    assert weights(times, decay_binary(30)).toarray().tolist() == [[1.0, 0.0]]
    with pytest.raises(ValueError, match=r"beyond 30\.0 minutes are left out"):
        weights(times, decay_binary(40))
