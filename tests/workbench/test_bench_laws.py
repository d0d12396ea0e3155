"""Laws of the bench over random edits: undo, redo, fold, files."""

from __future__ import annotations

import tomllib
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from batu_geo.domain.errors import ScenarioError
from batu_geo.domain.scenario import Scenario
from batu_geo.sources.study.scenario_text import scenario_text
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.workbench.bench import Bench, after, bench_of, redone, scenario_of, undone
from batu_geo.workbench.bench_text import bench_from, bench_text
from batu_geo.workbench.edits import Remove, Switch
from batu_geo.workbench.fold import fold
from tests.how_many import is_all
from tests.workbench.town import EDITS, drawn_step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batu_geo.workbench.edits import Edit

LONGEST = 40


@pytest.fixture(scope="module")
def base() -> Scenario:
    return load_scenario("baseline")


def walks(base: Scenario, edits: int, seed: int) -> Iterator[tuple[Bench, Bench]]:
    """Yield every bench before and after one of so many things a hand does, in walks of 40."""
    for start in range(0, edits, LONGEST):
        rng = np.random.default_rng([seed, start])
        bench = bench_of(base)
        for _ in range(min(LONGEST, edits - start)):
            before, bench = bench, drawn_step(rng, bench)
            yield before, bench


def is_possible(base: Scenario, edits: list[Edit]) -> bool:
    try:
        fold(base, edits)
    except ScenarioError:
        return False
    return True


def read(text: str) -> Scenario:
    return Scenario.model_validate(tomllib.loads(text))


@pytest.mark.slow
def test_undo_fold_and_files_hold_after_every_edit(base: Scenario) -> None:
    """With `--all-worlds` 10,000 edits; every kind is met, done as well as refused."""
    edits, met = 10_000 if is_all() else 200, Counter()
    for before, bench in walks(base, edits, seed=24):
        scenario = scenario_of(bench)
        if bench.done > before.done and bench.steps != before.steps:
            assert scenario_of(undone(bench)) == scenario_of(before)
            assert undone(bench).changes == before.changes
        assert redone(undone(bench)) == bench or bench.done == 0
        assert bench_from(bench_text(bench)) == bench
        assert fold(scenario, bench.edits) == scenario
        assert read(scenario_text(scenario)) == scenario
        met.update(change.edit.what for change in bench.changes)
        met["refused" if bench is before else "done"] += 1
    assert set(EDITS) | {"refused", "done"} <= set(met)


@pytest.mark.slow
def test_without_one_change_is_the_fold_of_the_others(base: Scenario) -> None:
    """Taken out or switched off, whichever it is; a step that would be wrong is refused."""
    tried = 0
    for _, bench in walks(base, 4_000 if is_all() else 80, seed=25):
        if not bench.changes:
            continue
        chosen = bench.changes[len(bench.edits) % len(bench.changes)]
        rest = [edit for edit in bench.edits if edit.key != chosen.key]
        out, off = Remove(of=chosen.key), Switch(of=chosen.key, is_on=False)
        if not is_possible(base, rest):
            for act in (out, off):
                with pytest.raises(ScenarioError):
                    after(bench, act)
            continue
        assert scenario_of(after(bench, out)) == scenario_of(after(bench, off)) == fold(base, rest)
        back = after(after(bench, off), Switch(of=chosen.key, is_on=chosen.is_on))
        assert back.changes == bench.changes
        tried += 1
    assert tried > 60


def test_the_order_of_edits_decides_nothing_but_the_order_of_lists(base: Scenario) -> None:
    rng = np.random.default_rng(26)
    for _, bench in walks(base, 2_000 if is_all() else 80, seed=26):
        shuffled = [bench.edits[n] for n in rng.permutation(len(bench.edits))]
        one, other = (fold(base, edits) for edits in (bench.edits, shuffled))
        for name in ("new_units", "new_roads", "closures", "facility_changes", "need"):
            assert sorted(getattr(one, name), key=repr) == sorted(getattr(other, name), key=repr)
        lists = {"new_units", "new_roads", "closures", "facility_changes", "need"}
        assert one.model_dump(exclude=lists) == other.model_dump(exclude=lists)
