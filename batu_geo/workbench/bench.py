"""A bench: a scenario to begin with, and the steps of a planner that can be taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from batu_geo.domain.errors import ScenarioError
from batu_geo.planning.study import as_changed
from batu_geo.workbench.change_list import as_step, changes_after
from batu_geo.workbench.fold import fold

if TYPE_CHECKING:
    from batu_geo.domain.errors import Problem
    from batu_geo.domain.scenario import Scenario
    from batu_geo.planning.study import Study
    from batu_geo.workbench.change_list import Change, Step
    from batu_geo.workbench.edits import Act, Edit

# Steps that can be taken back at least; twice as many are kept before the oldest become one.
STEPS_KEPT = 500


@dataclass(frozen=True, slots=True)
class Bench:
    """A scenario and the steps over it; what it comes to is `scenario_of`.

    Attributes
    ----------
    base
        The scenario it begins with; nothing changes it.
    steps
        What was done, the oldest first, and what was taken back and can be done again.
    done
        How many of the steps hold.
    """

    base: Scenario
    steps: tuple[Step, ...] = ()
    done: int = 0

    @property
    def changes(self) -> tuple[Change, ...]:
        """The list of changes as it is now."""
        return changes_after(self.steps[: self.done])

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits of the list that are switched on."""
        return tuple(change.edit for change in self.changes if change.is_on)


def bench_of(base: Scenario) -> Bench:
    """Return a bench on which nothing was done yet.

    Settings laid over the files of the scenario are settings like any other from then on.
    """
    return Bench(base.model_copy(update={"overrides": ()}))


def scenario_of(bench: Bench) -> Scenario:
    """Return the scenario that a bench comes to: an ordinary one.

    Examples
    --------
    >>> import batu_geo as bg
    >>> from batu_geo.workbench.edits import SetThreshold
    >>> bench = after(bench_of(bg.load_scenario("baseline")), SetThreshold(minutes=20))
    >>> scenario_of(bench).headline.threshold_minutes, scenario_of(undone(bench)) == bench.base
    (20.0, True)
    """
    return fold(bench.base, bench.edits)


def after(bench: Bench, *acts: Act) -> Bench:
    """Return the bench after one step of some acts; steps that were taken back are forgotten.

    Raises
    ------
    ScenarioError
        As `changes_after` and `fold`: the whole step is refused, and the bench is as it was.
    """
    steps = (*bench.steps[: bench.done], acts)
    if len(steps) > 2 * STEPS_KEPT:
        steps = (as_step(changes_after(steps[:-STEPS_KEPT])), *steps[-STEPS_KEPT:])
    then = replace(bench, steps=steps, done=len(steps))
    scenario_of(then)
    return then


def undone(bench: Bench) -> Bench:
    """Return the bench with its last step taken back; at the start it is as it was."""
    return replace(bench, done=max(0, bench.done - 1))


def redone(bench: Bench) -> Bench:
    """Return the bench with the step done again that was taken back; else it is as it was."""
    return replace(bench, done=min(len(bench.steps), bench.done + 1))


def without_ground(bench: Bench, study: Study) -> dict[str, tuple[Problem, ...]]:
    """Return the changes that a study cannot follow, by key, with what is wrong.

    Such are those of a unit or a building that is gone since another file was read, switched on
    or not.
    """
    found = {}
    for change in bench.changes:
        try:
            as_changed(study, fold(bench.base, [change.edit]))
        except ScenarioError as wrong:
            found[change.key] = tuple(wrong.problems)
    return found
