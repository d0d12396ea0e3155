"""Random tables of programme figures, and what somebody who knows the rule finds out.

`ways` runs the rule on every table that fits what is published of a small one. `another` finds,
by an integer programme, one table that fits with a given count in a given cell; whether the rule
publishes it alike is for the rule itself to say.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

import highspy
import numpy as np

from batu_geo.access.disclosure import RULE, Cells, Rule, classes, fit_for_parts
from batu_geo.access.protected import Figure, figures_of, parts_of
from batu_geo.domain.contracts import INDICATOR_CARDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Given = dict[str, np.ndarray]
DRAWN = 300  # tables with drawn aims, after all others


class World(NamedTuple):
    """Counts by indicator, the people of each village, and the rows of each district."""

    given: Given
    people: np.ndarray
    rows: list[np.ndarray]

    def figures(self, rule: Rule = RULE) -> dict[str, Figure]:
        """Return what the rule publishes."""
        return figures_of(self.given, self.people, self.rows, rule=rule)

    def with_counts(self, given: Given) -> World:
        """Return the same city with other counts."""
        return self._replace(given=given)


def districts_of(sizes: Sequence[int]) -> list[np.ndarray]:
    """Return the rows of districts of some sizes, one after the other."""
    ends = np.cumsum(sizes)
    return [np.arange(end - size, end) for end, size in zip(ends, sizes, strict=True)]


def random_counts(rng: np.random.Generator, whole: np.ndarray, top: int) -> np.ndarray:
    """Return counts up to their whole: some few, some none, some all but a few, some unknown."""
    counts = np.minimum(rng.integers(0, top, len(whole)), whole).astype(float)
    counts[rng.random(len(whole)) < rng.choice([0, 0.3, 0.8])] = 0
    near = rng.random(len(whole)) < rng.choice([0, 0, 0.15])
    counts[near] = np.maximum(0, whole - rng.integers(0, 5, len(whole)))[near]
    counts[rng.random(len(whole)) < rng.choice([0, 0, 0, 0.2])] = np.nan
    return counts


def random_world(rng: np.random.Generator, largest: int = 8) -> World:
    """Return a city of up to three districts, with one figure or a whole and its parts."""
    rows = districts_of(rng.integers(1, largest + 1, rng.integers(1, 4)).tolist())
    count = int(rows[-1][-1]) + 1
    people = rng.integers(*rng.choice([(3, 30), (60, 900), (900, 9_000)]), count).astype(float)
    tops = rng.choice([3, 6, 12, 60, 2_000], 3)
    if rng.random() < 0.4:
        return World({"births": random_counts(rng, people, tops[0])}, people, rows)
    whole = random_counts(rng, people, max(60, tops[0]))
    below = np.where(np.isnan(whole), people, whole)
    given = {"jkn_registered": whole, "jkn_active": random_counts(rng, below, tops[1])}
    if rng.random() < 0.5:
        given["jkn_subsidised"] = random_counts(rng, below, tops[2])
    return World(given, people, rows)


def published(figures: Mapping[str, Figure]) -> tuple[object, ...]:
    """Return everything that is published of some figures, to be compared."""

    def told(values: object) -> tuple[float, ...]:
        return tuple(np.nan_to_num(np.atleast_1d(values), nan=-1.0).tolist())

    return tuple(
        (name, told(f.counts), tuple(f.is_hidden), told(f.totals), f.together, told(f.joined))
        for name, f in figures.items()
    )


def asked(
    world: World, figures: Mapping[str, Figure], limit: int = RULE.limit
) -> Iterator[tuple[str, int, list[int]]]:
    """Yield each primary hidden cell with every count that must stay possible there.

    From 1 to the limit less one or, where that is fewer, the published whole; and where the whole
    is published, as many as leave from 1 to the limit less one of it.
    """
    for name, counts in world.given.items():
        of = INDICATOR_CARDS[name].denominator
        whole = world.people if of == "population" else world.given[of]
        is_public = np.full(len(whole), True) if of == "population" else ~figures[of].is_hidden
        whole = np.where(np.isfinite(whole) & is_public, whole, world.people)
        for row in np.flatnonzero(np.isfinite(counts)).tolist():
            has, told, most = counts[row], is_public[row], int(whole[row])
            if 1 <= has < limit:
                yield name, row, list(range(1, min(limit - 1, most) + 1))
            if told and has and 1 <= most - has < limit:
                yield name, row, list(range(max(1, most - limit + 1), most))


def ways(world: World, rule: Rule) -> list[Given]:
    """Return every table of one indicator that fits what is published, and is published alike.

    Hidden counts run from 0 to the people of their village.
    """
    ((name, counts),) = world.given.items()
    figures = world.figures(rule)
    seen, hidden = published(figures), np.flatnonzero(figures[name].is_hidden)
    found = []
    for values in itertools.product(*(range(int(world.people[k]) + 1) for k in hidden)):
        trial = counts.copy()
        trial[hidden] = values
        if any(trial[pool.rows].sum() != pool.total for pool in figures[name].pools):
            continue
        given = {name: trial}
        if published(world.with_counts(given).figures(rule)) == seen:
            found.append(given)
    return found


class Attack:
    """Integer programmes over hidden cells of a table, one for each count asked for.

    They know every told count and every sum that totals tell, that parts do not exceed wholes
    nor wholes the people, and how the rule classes cells. Only the cells are free whose sums
    hang together with the one that is asked for; the others stay.
    """

    def __init__(self, world: World, figures: Mapping[str, Figure], name: str, row: int) -> None:
        self.world, self.figures = world, figures
        self.free: list[tuple[str, int]] = []
        self._gather(name, row)
        self.cells = cells_of(world, figures)

    def _gather(self, name: str, row: int) -> None:
        """Collect what hangs together: cells of one sum, and parts and wholes in one village.

        Without a sum, the cells of the districts that found no cover: so much is known of them.
        """
        if (name, row) in self.free or not self.figures[name].is_hidden[row]:
            return
        self.free.append((name, row))
        pools = [pool.rows for pool in self.figures[name].pools if row in pool.rows]
        of = INDICATOR_CARDS[name].denominator
        for other in self.figures:
            if other == of or INDICATOR_CARDS[other].denominator == name:
                self._gather(other, row)
        loose = [self.world.rows[number] for number in self.figures[name].together]
        for beside in np.concatenate(pools or loose).tolist():
            self._gather(name, beside)

    def tables(self, name: str, row: int, value: int) -> Iterator[Given]:
        """Yield tables that fit with a count in a cell: near ones, extremes, drawn ones.

        Of these the least or most of small cells and covers, one cover at a time left to take up
        the difference; the other indicators stay near or go to their own extremes.
        """
        yield from self._extremes(name, row, value)
        yield from self._drawn(name, row, value)

    def _extremes(self, name: str, row: int, value: int) -> Iterator[Given]:
        names = sorted({n for n, _ in self.free} - {name})
        covers = [key for key in self.free if key[0] == name and not self._is_small(*key)]
        ways: list[tuple[int, int, object]] = [(0, 0, None)]
        ways += itertools.product((1, -1), (1, -1), [None, *covers])
        for others in itertools.product((0, -1, 1), repeat=len(names)):
            signs = dict(zip(names, others, strict=True))
            for small, cover, spared in ways:
                aims = {}
                for key in self.free:
                    if key[0] == name:
                        aims[key] = (small if self._is_small(*key) else 2 * cover) * (key != spared)
                    else:
                        aims[key] = signs[key[0]]
                for near in ((1, 4), (4, 1)):
                    for away in (20, 1):
                        found = self._least((name, row, value), aims, near, away)
                        if found is not None:
                            yield found

    def _drawn(self, name: str, row: int, value: int) -> Iterator[Given]:
        dice = np.random.default_rng(value)
        for _ in range(DRAWN):
            aims = dict(zip(self.free, dice.choice((-1, 0, 0, 0, 1), len(self.free)), strict=True))
            if dice.random() < 0.5:
                aims = dict.fromkeys(self.free, 0)
            weights = dice.permutation(len(self.free)) + 1
            targets = None
            if dice.random() < 0.5:  # anywhere in their classes, not only near or at their ends
                targets = {key: float(dice.integers(*self._range(*key))) for key in self.free}
            found = self._least((name, row, value), aims, (1, 1), 1, weights, targets)
            if found is not None:
                yield found

    def _range(self, name: str, row: int) -> tuple[int, int]:
        """Return the least count of a cell's class, and one more than the most."""
        cells = self.cells[name]
        return int(cells.low[row]), int(min(cells.high[row], self.world.people[row])) + 1

    def _is_small(self, name: str, row: int) -> bool:
        return bool(self.cells[name].is_small[row])

    def _least(
        self,
        wanted: tuple[str, int, int],
        aims: Mapping[tuple[str, int], int],
        near: tuple[int, int],
        away: int,
        weights: np.ndarray | None = None,
        targets: Mapping[tuple[str, int], float] | None = None,
    ) -> Given | None:
        """Return the table that fits and is least by some aims, then nearest; None for none.

        Nearest to the targets or, without, to the counts as they are.

        A change of a cover and of a small cell weigh as ``near`` says, ``away`` times as much
        outside the district.
        """
        solver = self._solver(*wanted)
        own = next(inside for inside in self.world.rows if wanted[1] in inside)
        count = len(self.free)
        for number, (other, at) in enumerate(self.free):
            now = targets[other, at] if targets else float(self.world.given[other][at])
            solver.changeColCost(number, 1_000.0 * aims[other, at])
            solver.addVar(0.0, highspy.kHighsInf)
            weight = near[self._is_small(other, at)] * (1 if at in own else away)
            weight *= 1 if weights is None else weights[number]
            solver.changeColCost(count + number, float(weight))
            pair = np.array([number, count + number], dtype=np.int32)
            solver.addRow(now, highspy.kHighsInf, 2, pair, np.array([1.0, 1.0]))
            solver.addRow(-highspy.kHighsInf, now, 2, pair, np.array([1.0, -1.0]))
        return self._solved(solver)

    def _solver(self, name: str, row: int, value: int) -> highspy.Highs:
        """Return the programme of every table that fits, with a count in a cell."""
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        place = {key: number for number, key in enumerate(self.free)}
        for number, key in enumerate(self.free):
            low, above = self._range(*key)
            low, high = (value, value) if key == (name, row) else (low, above - 1)
            solver.addVar(float(low), float(high))
            solver.changeColIntegrality(number, highspy.HighsVarType.kInteger)

        def bind(terms: Mapping[tuple[str, int], float], low: float, high: float) -> None:
            index = np.array([place[key] for key in terms], dtype=np.int32)
            solver.addRow(low, high, len(index), index, np.array(list(terms.values())))

        for other, figure in self.figures.items():
            for pool in figure.pools:
                if (other, int(pool.rows[0])) in place:
                    bind({(other, int(k)): 1.0 for k in pool.rows}, pool.total, pool.total)
        for part, at in self.free:
            whole = (INDICATOR_CARDS[part].denominator, at)
            if whole in place:
                bind({whole: 1.0, (part, at): -1.0}, 0.0, highspy.kHighsInf)
            elif whole[0] in self.world.given and np.isfinite(self.world.given[whole[0]][at]):
                bind({(part, at): 1.0}, 0.0, float(self.world.given[whole[0]][at]))
        return solver

    def _solved(self, solver: highspy.Highs) -> Given | None:
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        given = {key: counts.copy() for key, counts in self.world.given.items()}
        for (other, at), found in zip(self.free, solver.getSolution().col_value, strict=False):
            given[other][at] = round(found)
        return given


def cells_of(world: World, figures: Mapping[str, Figure]) -> dict[str, Cells]:
    """Return the classes of the counts of each indicator, as the rule has them."""
    found: dict[str, Cells] = {}
    for name, counts in world.given.items():
        of = INDICATOR_CARDS[name].denominator
        low = high = world.people
        if of != "population":
            known, hidden = world.given[of], figures[of].is_hidden
            told = np.where(np.isfinite(known), known, world.people)
            low = np.where(hidden, found[of].low, told)
            high = np.where(hidden, found[of].high, told)
        parts = [world.given[part] for part in parts_of(name) if part in world.given]
        found[name] = fit_for_parts(classes(counts, low, high), parts, RULE.limit)
    return found


def staying(world: World, name: str, row: int, values: Sequence[int]) -> list[int]:
    """Return which counts stay possible in a cell for somebody who knows the rule."""
    figures = world.figures()
    seen, attack = published(figures), Attack(world, figures, name, row)
    return [
        value
        for value in values
        if any(
            published(world.with_counts(given).figures()) == seen
            for given in attack.tables(name, row, value)
        )
    ]


def least_hidden(counts: np.ndarray, people: np.ndarray, rows: Sequence[np.ndarray]) -> int:
    """Return the fewest cells and totals that leave each small count every value, by brute force.

    For somebody who does not know the rule: the least for one who does can only be more.
    """
    small = [k for k, has in enumerate(counts) if 1 <= has < RULE.limit or near(has, people[k])]
    others = [k for k in range(len(counts)) if k not in small]
    districts = len(rows)
    places = [*others, *(-1 - number for number in range(districts + 1))]
    for more in range(len(places) + 1):
        for extra in itertools.combinations(places, more):
            cells = {*small, *(k for k in extra if k >= 0)}
            untold = {-1 - k for k in extra if k < 0}
            if _leaves_all(counts, people, rows, small, cells, untold):
                return len(cells) + len(untold)
    raise AssertionError("hiding everything leaves every value")


def near(has: float, whole: float) -> bool:
    return 1 <= whole - has < RULE.limit


def _leaves_all(
    counts: np.ndarray,
    people: np.ndarray,
    rows: Sequence[np.ndarray],
    small: Sequence[int],
    cells: set[int],
    untold: set[int],
) -> bool:
    groups, loose = [], []
    for number, inside in enumerate(rows):
        hidden = [int(k) for k in inside if int(k) in cells]
        if number in untold:
            loose += hidden
        else:
            groups.append(hidden)
    if len(rows) not in untold:
        groups.append(loose)
    for group in groups:
        total = sum(counts[k] for k in group)
        for k in (k for k in group if k in small):
            room = sum(people[j] for j in group if j != k)
            values = range(1, RULE.limit) if counts[k] < RULE.limit else (
                int(people[k]) - lacking for lacking in range(1, RULE.limit))  # fmt: skip
            if not all(0 <= total - value <= room for value in values if 0 < value <= people[k]):
                return False
    return True
