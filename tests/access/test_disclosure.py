"""Hidden counts stay hidden from somebody who knows everything published, and the rule.

On small tables the rule is run on every table that fits; on large ones an integer programme looks
for a table with each count, and the rule says whether it is published alike.
"""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest

from batu_geo.access import protected
from batu_geo.access.disclosure import RULE, Hidden, Rule, classes, hide
from batu_geo.access.protected import protect
from tests.access.tables import (
    World,
    asked,
    districts_of,
    least_hidden,
    near,
    published,
    random_world,
    staying,
    ways,
)
from tests.how_many import sampled
from tests.toy import villages

EVERY_TABLE, SOME_TABLES = 10_000, 60


@pytest.fixture(scope="module")
def tables_drawn(request: pytest.FixtureRequest) -> int:
    """Return how many random tables a test draws: all behind ``--all-worlds``."""
    return EVERY_TABLE if request.config.getoption("--all-worlds") else SOME_TABLES


def births(counts: list[float], people: list[float], sizes: list[int]) -> World:
    return World({"births": np.array(counts, float)}, np.array(people, float), districts_of(sizes))


def hidden_of(counts: list[float], sizes: list[int], people: float = 1_000) -> protected.Figure:
    """Return what is published of a figure; the first village has the fewest people."""
    world = births(counts, [people + k for k in range(len(counts))], sizes)
    return world.figures()["births"]


@pytest.mark.parametrize(
    ("counts", "sizes", "hidden", "totals"),
    [
        ([0, 5, 9], [3], [], [14, 14]),  # nobody and five are told
        ([3, 7, 50], [3], [0, 2], [60, 60]),  # 50 has room on both sides, 7 has not
        ([3, 7, 9], [3], [0, 1], [19, 19]),  # 7, of the fewer people: 10 may be 1 + 9 ... 4 + 6
        ([2, 3, 9], [3], [0, 1], [14, 14]),  # 5 may be 1 + 4, 2 + 3, 3 + 2, 4 + 1: no cover needed
        ([1, 1, 30], [3], [0, 1, 2], [32, 32]),  # 2 could only be 1 + 1
        ([4, 0, 0], [3], [0], [np.nan, np.nan]),  # nobody is no cover
        ([3, 5, 0], [3], [0, 1], [np.nan, np.nan]),  # 8 would rule out 4: then 5 were small too
        ([3, 60, 40], [1, 2], [0, 1], [np.nan, np.nan, 103]),  # 60 is lent: one total of both
        ([998, 60, 40], [3], [0, 1], [1098, 1098]),  # 2 people lack
        ([2, np.nan, 30], [3], [0, 2], [32, 32]),
    ],
)
def test_what_is_hidden_by_hand(
    counts: list[float], sizes: list[int], hidden: list[int], totals: list[float]
) -> None:
    figure = hidden_of(counts, sizes)
    assert np.flatnonzero(figure.is_hidden).tolist() == hidden
    assert figure.totals.tolist() == pytest.approx(totals, nan_ok=True)


def test_a_small_difference_of_two_published_counts_is_a_small_count() -> None:
    """Registered 3,044 and active 3,042 would tell the two who are not active."""
    world = World(
        {"jkn_registered": np.array([3_044.0, 2_000]), "jkn_active": np.array([3_042.0, 1_500])},
        np.array([4_000.0, 3_000]),
        districts_of([2]),
    )
    found = world.figures()
    assert found["jkn_registered"].counts.tolist() == [3_044, 2_000]
    assert found["jkn_active"].is_hidden.tolist() == [True, True]
    assert found["jkn_active"].totals.tolist() == [4_542, 4_542]
    assert staying(world, "jkn_active", 0, [3_040, 3_041, 3_042, 3_043]) == [
        3_040, 3_041, 3_042, 3_043,
    ]  # fmt: skip


def test_a_total_that_the_city_reports_itself_hides_the_figure_where_nothing_else_can() -> None:
    """4 cadres in the whole city: with its own total beside them no village may be told."""
    area = villages(a=100, b=200)
    rows = pd.DataFrame({"village_id": ["a", "b"], "posyandu_cadres": [4, 0]})
    alone = protect(area, rows).figures["posyandu_cadres"]
    assert alone.is_hidden.tolist() == [True, False]
    beside = protect(area, rows, reported={"F-CADRE"}).figures["posyandu_cadres"]
    assert beside.is_hidden.tolist() == [True, True]
    assert np.isnan(beside.totals).all()


@pytest.mark.parametrize(
    ("people", "sizes", "rule"),
    sampled([
        ([9, 7, 6], [3], Rule(3, 6)), ([9, 8, 3], [2, 1], Rule(3, 6)),
        ([11, 10], [2], Rule(4, 5)), ([8, 8, 7], [1, 1, 1], Rule(3, 4)), ([14, 13], [1, 1], RULE),
    ], 3),
)  # fmt: skip
@pytest.mark.slow
def test_of_every_table_of_a_small_town_each_count_stays_possible(
    people: list[int], sizes: list[int], rule: Rule
) -> None:
    """The tables that are published alike hold every count in each small cell of any of them."""
    alike: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for counts in itertools.product(*(range(most + 1) for most in people)):
        figures = births(list(counts), people, sizes).figures(rule)
        alike[published(figures)].append(counts)
    small = 0
    for tables in alike.values():
        found = [{table[row] for table in tables} for row in range(len(people))]
        world = births(list(tables[0]), people, sizes)
        for table in tables:
            now = world.with_counts({"births": np.array(table, float)})
            for _, row, values in asked(now, now.figures(rule), rule.limit):
                assert set(values) <= found[row], (table, row)
                small += 1
    assert small > 100


@pytest.mark.parametrize(
    ("people", "sizes", "rule"),
    sampled(
        [([9, 6], [2], Rule(3, 3)), ([10, 10], [2], Rule(3, 4)), ([10, 10], [1, 1], Rule(3, 4))]
    ),
)
@pytest.mark.slow
def test_of_every_whole_and_part_of_a_small_town_each_count_stays_possible(
    people: list[int], sizes: list[int], rule: Rule
) -> None:
    names = ("children_under_5", "stunted_children")
    pairs = [[(w, p) for w in range(most + 1) for p in range(w + 1)] for most in people]
    alike: dict[object, list[World]] = defaultdict(list)
    for table in itertools.product(*pairs):
        columns = (np.array(column, float) for column in zip(*table, strict=True))
        given = dict(zip(names, columns, strict=True))
        world = World(given, np.array(people, float), districts_of(sizes))
        alike[published(world.figures(rule))].append(world)
    small = 0
    for worlds in alike.values():
        found = {
            (name, row): {world.given[name][row] for world in worlds}
            for name in names for row in range(len(people))
        }  # fmt: skip
        for world in worlds:
            for name, row, values in asked(world, world.figures(rule), rule.limit):
                assert set(values) <= found[name, row], (world.given, name, row)
                small += 1
    assert small > 1_000


@pytest.mark.slow
def test_who_runs_the_rule_on_every_table_that_fits_finds_each_count() -> None:
    """Small random tables, one figure: the attack of the issue in full."""
    rng = np.random.default_rng(21)
    small = 0
    for _ in range(25):
        sizes = [(2, 1), (3,), (2, 2)][rng.integers(3)]
        people = rng.integers(8, 15, sum(sizes))
        counts = np.minimum(rng.integers(0, 12, sum(sizes)), people)
        world = births(counts.tolist(), people.tolist(), list(sizes))
        figures = world.figures()
        if figures["births"].is_hidden.sum() > 2:
            continue
        fits = ways(world, RULE)
        for name, row, values in asked(world, figures):
            assert set(values) <= {given[name][row] for given in fits}
            small += 1
    assert small > 10


@pytest.mark.slow
def test_in_random_cities_each_count_stays_possible(tables_drawn: int) -> None:
    """Hierarchies of village, district and city, with a whole and its parts in every other one."""
    rng = np.random.default_rng(20251222)
    small = 0
    for number in range(tables_drawn):
        world = random_world(rng)
        for name, row, values in asked(world, world.figures()):
            assert staying(world, name, row, values) == values, (number, name, row)
            small += 1
    assert small > tables_drawn


@pytest.mark.slow
def test_cells_hidden_are_at_most_a_quarter_more_than_the_least(tables_drawn: int) -> None:
    """Totals count as cells. The least is for somebody who does not even know the rule."""
    rng = np.random.default_rng(1)
    hidden = least = 0
    for _ in range(2_000 if tables_drawn == SOME_TABLES else EVERY_TABLE):
        sizes = rng.integers(1, 6, rng.integers(1, 4))
        if sizes.sum() > 9:
            continue
        counts = rng.integers(0, rng.choice([3, 6, 12, 60, 2_000]), sizes.sum()).astype(float)
        counts[rng.random(len(counts)) < rng.choice([0, 0.3, 0.8])] = 0
        people = counts + rng.integers(50, 3_000, len(counts))
        world = births(counts.tolist(), people.tolist(), sizes.tolist())
        figure = world.figures()["births"]
        hidden += int(figure.is_hidden.sum() + figure.is_total_hidden.sum())
        least += least_hidden(counts, people, world.rows)
    assert least > 1_000
    assert hidden <= 1.25 * least, hidden / least


def uncovered(cells: object, weight: object, parts: list[np.ndarray], **_: object) -> Hidden:
    """Hide small cells only, as if that did."""
    return Hidden(cells.is_small, np.ones(len(parts), bool), is_whole_public=True, together=())


def smallest_first(cells: object, weight: object, parts: list[np.ndarray], **_: object) -> Hidden:
    """Hide the smallest other count beside each lone small one: a choice that tells."""
    hidden = cells.is_small.copy()
    for rows in parts:
        small, others = rows[hidden[rows]], rows[~hidden[rows] & (cells.counts[rows] > 0)]
        if len(small) == 1 and len(others):
            hidden[others[np.argmin(cells.counts[others])]] = True
    return Hidden(hidden, np.ones(len(parts), bool), is_whole_public=True, together=())


@pytest.mark.parametrize("rule", [uncovered, smallest_first])
@pytest.mark.slow
def test_the_attack_finds_what_a_weaker_rule_gives_away(rule, monkeypatch) -> None:
    """The tests above can fail."""
    rng = np.random.default_rng(5)
    monkeypatch.setattr(protected, "hide", rule)
    found = asked_for = 0
    for _ in range(60):
        people = rng.integers(9, 12, 3)
        counts = np.minimum(rng.integers(0, 9, 3), people)
        world = births(counts.tolist(), people.tolist(), [3])
        fits = None
        for name, row, values in asked(world, world.figures()):
            fits = ways(world, RULE) if fits is None else fits
            found += not set(values) <= {given[name][row] for given in fits}
            asked_for += 1
    assert found > asked_for / 8


@pytest.mark.slow
def test_the_integer_programme_finds_nothing_where_nothing_fits(monkeypatch) -> None:
    monkeypatch.setattr(protected, "hide", uncovered)
    world = births([3, 40, 50], [900, 900, 900], [3])
    assert staying(world, "births", 0, [1, 2, 3, 4]) == [3]


def test_the_same_counts_give_the_same_fingerprint_and_hidden_ones_none_of_their_own() -> None:
    """3 + 40 and 2 + 41 are published alike, so they are one table to everybody."""
    area = villages(a=1_000, b=2_000, c=3_000)

    def fingerprint(counts: list[int]) -> str:
        return protect(
            area, pd.DataFrame({"village_id": list("abc"), "births": counts})
        ).fingerprint()

    assert fingerprint([3, 40, 60]) == fingerprint([2, 41, 60])
    assert fingerprint([3, 40, 60]) != fingerprint([3, 40, 61])


def test_beside_another_year_neither_table_tells_what_the_other_hides() -> None:
    """B covers for a in one year only; told in the other, its 40 would give the 3 away."""
    area = villages(a=1_000, b=2_000, c=3_000)
    before, after = (
        protect(area, pd.DataFrame({"village_id": list("abc"), "births": counts}))
        for counts in ([3, 40, 60], [3, 40, 2])
    )
    assert after.figures["births"].is_hidden.tolist() == [True, False, True]
    for one in (before.beside(after), after.beside(before)):
        figure = one.figures["births"]
        assert figure.is_hidden.all()
        assert np.isnan(figure.totals).all()
        assert one.usable()["births"].isna().all()
    assert before.beside(before).figures["births"].totals.tolist() == [103, 103]


def test_a_class_is_what_a_hidden_cell_may_be() -> None:
    whole = np.array([100.0, 100, 100, 100, 100, 6, 3])
    cells = classes(np.array([2.0, 97, 30, 8, 90, 5, 3]), whole, whole)
    assert cells.is_small.tolist() == [True, True, False, False, False, True, True]
    assert cells.cover.tolist() == [0, 0, 2, 1, 1, 0, 0]
    assert cells.low.tolist() == [1, 96, 20, 5, 81, 1, 1]
    assert cells.high.tolist() == [4, 99, 80, 19, 95, 5, 3]
    assert near(97, 100)


def test_hiding_takes_the_cover_of_the_fewest_people() -> None:
    counts, whole = np.array([3.0, 40, 50, 60]), np.full(4, 1_000.0)
    cells = classes(counts, whole, whole)
    hidden = hide(cells, np.array([900.0, 800, 700, 950]), districts_of([4]))
    assert hidden.cells.tolist() == [True, False, True, False]
