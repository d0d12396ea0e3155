"""A live bench: a study, a bench and its answers kept up; what pages do comes one after the other.

It knows no HTTP and no file. Whoever calls it calls it from one thread.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import BatuGeoError, Problem
from batu_geo.render.cartography.base_map import scenario_title
from batu_geo.render.text.words import word
from batu_geo.serving.records.answer_record import answer_record
from batu_geo.serving.records.change_words import change_record, change_text
from batu_geo.serving.records.settings_record import next_names, settings_record
from batu_geo.serving.records.study_record import bounds_of, study_record
from batu_geo.serving.records.unit_records import changed_units
from batu_geo.serving.refusals import CHANGED_ELSEWHERE, Refusal, lines_of
from batu_geo.workbench.bench import (
    Bench,
    after,
    bench_of,
    redone,
    scenario_of,
    undone,
    without_ground,
)
from batu_geo.workbench.bench_answer import BenchAnswer, bench_answer
from batu_geo.workbench.change_list import as_step
from batu_geo.workbench.edits import Remove
from batu_geo.workbench.standing import standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.planning.study import Study
    from batu_geo.workbench.change_list import Step
    from batu_geo.workbench.edits import Act
    from batu_geo.workbench.standing import Standing

# Answers remembered as plain values: some kilobytes each. Graphs and times are kept of few.
MOST_ANSWERS = 200
MOST_STANDINGS = 3
# What a scenario is called, which is no change of it.
NAMED = {"name", "title", "title_en"}
NO_SNAPSHOT = "BG-611"


@dataclass(slots=True)
class Kept:
    """What of a live bench outlives its process.

    Attributes
    ----------
    bench
        The scenario and the steps.
    revision
        Grows with every change; a page says which it has seen.
    snapshots
        By name: the step that makes the list of changes what it was.
    file, path, sha
        Name, path and SHA-256 of the scenario file that is open; empty for none.
    saved
        The scenario as that file has it, as JSON; empty for none.
    """

    bench: Bench
    revision: int = 0
    snapshots: dict[str, Step] = field(default_factory=dict)
    file: str = ""
    path: str = ""
    sha: str = ""
    saved: str = ""


class LiveBench:
    """A study and what a planner makes of it.

    Parameters
    ----------
    study
        As it was read.
    kept
        The bench to go on with.
    language
        Of every word.
    """

    def __init__(self, study: Study, kept: Kept, language: Language) -> None:
        self.study, self.kept, self.language = study, kept, language
        self.bounds = bounds_of(study)
        self._records: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._answers: list[tuple[str, BenchAnswer]] = []
        self._start = self._answered(kept.bench.base)
        self._study_record: dict[str, Any] | None = None

    @property
    def bench(self) -> Bench:
        """The bench as it is now."""
        return self.kept.bench

    @property
    def scenario(self) -> Scenario:
        """What the bench comes to."""
        return scenario_of(self.kept.bench)

    def shown_study(self) -> dict[str, Any]:
        """Return what stays while a planner works, as `study_record`."""
        if self._study_record is None:
            demand = self._start.standing.situation.demand
            record = study_record(self.study, self.bench.base, demand, self.language)
            self._study_record = {"tag": self.tag, **record}
        return self._study_record

    @property
    def tag(self) -> str:
        """What changes when the page must read the study again."""
        return f"{id(self.study):x}-{id(self._start.standing.situation.demand):x}"

    def state(self, *, with_start: bool = False) -> dict[str, Any]:
        """Return the state as the page shows it."""
        bench, kept = self.bench, self.kept
        scenario = scenario_of(bench)
        now = self._answered(scenario)
        record = {
            "revision": kept.revision,
            "studyTag": self.tag,
            "undo": bench.done,
            "redo": len(bench.steps) - bench.done,
            "scenario": {"name": scenario.name, "title": scenario_title(scenario, self.language),
                         "file": kept.file or None, "isSaved": self.is_saved},
            "changes": [change_record(c, now.standing, self.language) for c in bench.changes],
            "settings": settings_record(scenario, self.language),
            "next": next_names(self.study, bench.changes, self.language),
            "snapshots": self.snapshots(),
            "units": changed_units(now.standing),
            "outdated": self._outdated(),
            "answer": self._record(scenario),
        }  # fmt: skip
        return {**record, "start": self._record(bench.base)} if with_start else record

    @property
    def is_saved(self) -> bool:
        """Whether nothing would be lost: nothing was changed, or the file has it all."""
        bench, saved = self.bench, self.kept.saved
        if not saved:
            return not bench.edits
        return scenario_of(bench).model_dump_json(exclude=NAMED) == saved

    def _outdated(self) -> list[dict[str, str]]:
        """Return the changes that the study cannot follow any more."""
        if not self.bench.changes:
            return []
        return [
            {"key": key, "message": " ".join(lines_of(problems, self.language))}
            for key, problems in without_ground(self.bench, self.study).items()
        ]

    def preview(self, acts: Sequence[Act]) -> dict[str, Any]:
        """Return the numbers after some acts, which are not kept."""
        then = after(self.bench, *acts)
        scenario = scenario_of(then)
        answer = self._answered(scenario, is_passing=True)
        return {
            "revision": self.kept.revision,
            "units": changed_units(answer.standing),
            "answer": answer_record(answer),
        }

    def did(self, revision: int, do: str, acts: Sequence[Act] = (), name: str = "") -> int | None:
        """Do one step on a revision; return the people served before.

        Raises
        ------
        Refusal
            When the state is not that of the revision any more (409).
        ScenarioError
            As `after`, and when the study cannot follow the step; nothing is changed.
        """
        self.check(revision)
        before = self._record(self.scenario)["served"]
        self._take(self._stepped(do, acts, name))
        return int(before)

    def _stepped(self, do: str, acts: Sequence[Act], name: str) -> Bench:
        bench = self.bench
        if do == "undo":
            return undone(bench)
        if do == "redo":
            return redone(bench)
        if do == "acts" and acts:
            return after(bench, *acts)
        cleared = tuple(Remove(of=change.key) for change in bench.changes)
        step: Step = () if do != "snapshot" else self.snapshot_step(name)
        return after(bench, *cleared, *step) if cleared or step else bench

    def snapshot_step(self, name: str) -> Step:
        """Return the step that makes the changes of a snapshot.

        Raises
        ------
        Refusal
            When there is none of that name.
        """
        if name not in self.kept.snapshots:
            raise Refusal(422, (Problem(NO_SNAPSHOT, values={"value": name}),))
        return self.kept.snapshots[name]

    def check(self, revision: int) -> None:
        """Refuse a page that has not seen the newest state."""
        if revision != self.kept.revision:
            more = {"state": self.state()}
            raise Refusal(409, (Problem(CHANGED_ELSEWHERE),), more)

    def _take(self, bench: Bench) -> None:
        """Take a bench over, once it has an answer."""
        self._answered(scenario_of(bench))
        self.kept.bench = bench
        self.kept.revision += 1

    def begin(self, base: Scenario) -> None:
        """Begin anew with a scenario of no file; the snapshots of another one go."""
        bench = bench_of(base)
        self._start = self._answered(bench.base)
        self.kept = Kept(bench, self.kept.revision + 1)
        self.kept.saved = base.model_dump_json(exclude=NAMED)
        self._study_record = None

    def restore(self, kept: Kept) -> None:
        """Go back to what was kept before a change that was not whole."""
        if kept.bench.base != self.kept.bench.base:
            self._start = self._answered(kept.bench.base)
            self._study_record = None
        self.kept = kept

    def words_since(self, before: Bench, standing: Standing) -> str:
        """Return in words what changed since a bench: each thing of the list that differs.

        What is gone is named as it stood before.
        """
        was = {change.key: change for change in before.changes}
        now = {change.key: change for change in self.bench.changes}
        here = self.answer().standing
        new = [c for key, c in now.items() if was.get(key) != c]
        gone = [c for key, c in was.items() if key not in now]
        parts = [
            word("serve_off" if not c.is_on else "serve_on", self.language,
                 text=change_text(c.edit, here, self.language)) for c in new
        ] + [
            word("serve_gone", self.language,
                 text=change_text(c.edit, standing, self.language)) for c in gone
        ]  # fmt: skip
        return "; ".join(parts) or word("serve_began", self.language, name=self.bench.base.name)

    def snapshot(self, name: str, *, remove: bool = False) -> None:
        """Keep the changes as they are under a name, or forget those of a name."""
        if remove:
            self.snapshot_step(name)
            del self.kept.snapshots[name]
        else:
            self.kept.snapshots[name] = as_step(self.bench.changes)

    def snapshots(self) -> list[dict[str, Any]]:
        """Return the snapshots with the people served in each."""
        return [
            {"name": name, "served": self._record(self.of_snapshot(name))["served"],
             "changes": len(step)}
            for name, step in self.kept.snapshots.items()
        ]  # fmt: skip

    def of_snapshot(self, name: str) -> Scenario:
        """Return the scenario of a snapshot."""
        step = self.snapshot_step(name)
        base = bench_of(self.bench.base)
        return scenario_of(after(base, *step) if step else base)

    def compared(self, one: Scenario, other: Scenario) -> dict[str, Any]:
        """Return the answers of two scenarios side by side."""
        a, b = self._answered(one, is_passing=True), self._answered(other, is_passing=True)
        is_same = a.standing.situation.demand is b.standing.situation.demand
        return {"a": answer_record(a), "b": answer_record(b), "sameHomes": is_same}

    def effects(self) -> dict[str, int | None]:
        """Return by change the people it adds to those served; None where that has no answer."""
        now = self._record(self.scenario)["served"]
        found: dict[str, int | None] = {}
        for change in self.bench.changes:
            if not change.is_on:
                continue
            try:
                without = scenario_of(after(self.bench, Remove(of=change.key)))
                found[change.key] = now - self._record(without)["served"]
            except BatuGeoError:
                found[change.key] = None
        return found

    def answer(self) -> BenchAnswer:
        """Return the answer of the state as it is now."""
        return self._answered(self.scenario)

    def _record(self, scenario: Scenario) -> Mapping[str, Any]:
        """Return the answer of a scenario as plain values, remembered."""
        key = scenario.model_dump_json()
        if key not in self._records:
            self._records[key] = answer_record(self._answered(scenario, is_passing=True))
            while len(self._records) > MOST_ANSWERS:
                self._records.popitem(last=False)
        self._records.move_to_end(key)
        return self._records[key]

    def _answered(self, scenario: Scenario, *, is_passing: bool = False) -> BenchAnswer:
        """Return the answer of a scenario, found from those at hand.

        Of what only passes one answer is kept, so that a hand that moves finds the last one.
        """
        known = [answer for _, answer in self._answers]
        for answer in known:
            if answer.standing.scenario == scenario:
                return answer
        start = getattr(self, "_start", None)
        if start is not None and start.standing.scenario == scenario:
            return self._start
        every = [*known, *([start] if start else [])]
        now = standing(self.study, scenario, after=[one.standing for one in every])
        found = bench_answer(now, before=every[0] if every else None)
        kind = "passing" if is_passing else "kept"
        others = [pair for pair in self._answers if not is_passing or pair[0] == "kept"]
        self._answers = [(kind, found), *others][:MOST_STANDINGS]
        return found
