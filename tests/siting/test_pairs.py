"""A sparse table answers as the dense one does, over random tables with empty lines and rows."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.network.nearby.trip_table import Nearest, TripTable
from batu_geo.siting.problem.pairs import Pairs
from batu_geo.siting.search.greedy_and_swap import TwoNearest


def tables(count: int = 200):
    for seed in range(count):
        rng = np.random.default_rng(seed)
        shape = rng.integers(0, 7), rng.integers(1, 9)
        dense = np.where(rng.random(shape) < 0.4, rng.integers(0, 9, shape), np.inf).astype(float)
        yield rng, dense, Pairs.of(dense)


def test_every_view_of_a_table_is_that_of_the_dense_one() -> None:
    for rng, dense, table in tables():
        assert np.array_equal(table.dense(), dense)
        assert table.shape == dense.shape
        assert table.cells == dense.size
        assert np.array_equal(table.turned().dense(), dense.T)
        assert table.count().tolist() == np.isfinite(dense).sum(axis=0).tolist()
        lines, rows = rng.random(len(dense)) < 0.5, rng.random(dense.shape[1]) < 0.5
        without = np.where(lines[:, None], dense, np.inf)
        assert np.array_equal(table.of_lines(lines).dense(), without)
        assert np.array_equal(table.of_rows(rows).dense(), dense[:, rows])
        near = table.kept(table.value <= 4).dense()
        assert np.array_equal(near, np.where(dense <= 4, dense, np.inf))
        base = rng.integers(0, 9, dense.shape[1]).astype(float)
        assert np.array_equal(table.least(base), np.r_[base[None], dense].min(axis=0))


def test_chosen_lines_and_blocks_hold_the_pairs_in_order() -> None:
    for rng, dense, table in tables():
        chosen = rng.permutation(len(dense))[: rng.integers(0, 7)]
        some = Pairs.by_line(len(chosen), table.several(chosen), table.width)
        assert np.array_equal(some.dense(), dense[chosen])
        most = int(rng.integers(1, 6))
        parts = table.parts(most, most_lines=3)
        assert [n for part in parts for n in range(part.start, part.stop)] == [*range(len(dense))]
        for part in parts:
            pairs = table.first[part.stop] - table.first[part.start]
            assert pairs <= most or part.stop - part.start == 1
            assert part.stop - part.start <= 3
        blocks = [*table.blocks()]
        for name, whole in (("line", table.line), ("at", table.at), ("value", table.value)):
            joined = [getattr(block, name) for block in blocks]
            assert np.array_equal(np.concatenate([*joined, whole[:0]]), whole)


@pytest.mark.parametrize("otherwise", [np.inf, 20.0])
def test_plans_take_the_least_and_know_the_two_nearest(otherwise: float) -> None:
    for rng, dense, table in tables():
        base = rng.integers(0, 12, dense.shape[1]).astype(float)
        if not len(dense):
            continue
        plans = np.sort(rng.integers(0, len(dense), (4, rng.integers(0, 4))), axis=1)
        expected = [np.r_[base[None], dense[plan]].min(axis=0) for plan in plans]
        assert np.array_equal(table.lowered(base, plans), expected)
        plan = np.unique(plans[0])
        priced = table.with_values(table.value, otherwise)
        first, second, owner = TwoNearest.of(priced, base, plan)
        stacked = np.r_[priced.dense()[plan], base[None], np.full((1, len(base)), otherwise)]
        assert np.array_equal(np.sort(stacked, axis=0)[:2], [first, second])
        assert np.array_equal(stacked[owner, np.arange(len(base))], first)


def test_the_nearest_trip_joins_the_table_where_it_was_not_kept() -> None:
    for rng, dense, _ in tables():
        if not dense.size:
            continue
        limit = float(rng.integers(0, 9))
        near, (origin, column) = np.where(dense <= limit, dense, np.inf), np.nonzero(dense <= limit)
        trips = TripTable.of(len(dense), origin, column, dense[origin, column], None)
        best = dense.min(axis=1)
        nearest = np.where(np.isfinite(best), dense.argmin(axis=1), -1)
        rows = np.flatnonzero(nearest >= 0)
        near[rows, nearest[rows]] = best[rows]
        whole = trips.with_trips(Nearest(nearest, best, None))
        assert np.array_equal(whole.matrix(dense.shape[1]), near)
