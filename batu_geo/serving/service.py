"""A bench in service: one thread owns the engine, every step is on disk before it is answered."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from batu_geo.domain.errors import ScenarioError
from batu_geo.render.text.words import word
from batu_geo.serving.bench_keeper import EARLIER, Keeper
from batu_geo.serving.dropped_files import DroppedFiles, own_copy
from batu_geo.serving.event_stream import News
from batu_geo.serving.jobs import Jobs
from batu_geo.serving.live_bench import Kept, LiveBench
from batu_geo.serving.records.why_here import street_at, why_home, why_village
from batu_geo.serving.refusals import lines_of
from batu_geo.serving.scenario_shelf import Shelf
from batu_geo.sources.study.load_study import CACHE
from batu_geo.sources.study.scenario_text import scenario_text
from batu_geo.verbs.read_study import read_study
from batu_geo.workbench.bench import after, bench_of, scenario_of, without_ground
from batu_geo.workbench.edits import SetModel, Switch
from batu_geo.workbench.fold import fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.planning.study import Study
    from batu_geo.serving.request_bodies import (
        Accept,
        Compare,
        Do,
        Load,
        OfVillage,
        OnRevision,
        Open,
        Place,
        Plan,
        Preview,
        Save,
        Snapshot,
        Which,
    )
    from batu_geo.workbench.standing import Standing

Value = TypeVar("Value")
WATCH_SECONDS = 2.0


class Service:
    """What the routes call.

    Parameters
    ----------
    study
        As it was read.
    kept
        The bench to go on with.
    keeper
        Which writes it down.
    out
        Folder of all runs.
    language
        Of every word.
    """

    def __init__(
        self, study: Study, kept: Kept, keeper: Keeper, *, out: Path, language: Language
    ) -> None:
        self.out, self.language = out, language
        self.news, self.files = News(), DroppedFiles()
        self.jobs = Jobs(language, lambda record: self.news.tell("job", record))
        self._stand(study, kept, keeper)
        self._engine = ThreadPoolExecutor(1, thread_name_prefix="engine")
        self._since: dict[str, int] = {}
        self._said = ""

    def _stand(self, study: Study, kept: Kept, keeper: Keeper) -> None:
        """Go on with a bench on a study."""
        bench = LiveBench(study, with_ground(kept, study), self.language)
        self.bench, self.keeper, self.shelf = bench, keeper, Shelf(study, self.out, keeper)
        out = str(self.out)
        self.jobs.move({"data": str(study.folder), "out": out, "language": self.language})

    def begun(self, scenario: str | None) -> None:
        """Note the file that the bench begins with, where one was named, and keep the state."""
        if scenario is not None:
            path = Path(scenario) if scenario.endswith(".toml") else self.shelf.named(scenario)
            self.shelf.opened(path.resolve(), self.bench.kept)
        self.keeper.keep(self.bench.kept)
        self.bench.shown_study()  # names find their places before a page waits for them

    async def run(self, work: Callable[[], Value]) -> Value:
        """Do some work in the thread of the engine, after what was asked before."""
        return await asyncio.get_running_loop().run_in_executor(self._engine, work)

    def close(self) -> None:
        """End the thread of the engine once it is idle."""
        self.news.end()
        self.jobs.close()
        self._engine.shutdown(wait=False, cancel_futures=True)

    def study(self) -> dict[str, Any]:
        """Return the study for the page."""
        record = self.bench.shown_study()
        return {**record, "isEmbedded": not self.shelf.is_own}

    async def preview(self, body: Preview) -> dict[str, Any] | None:
        """Return the numbers of acts that are tried; None where the hand has moved on."""
        since = body.seq if body.since is None else body.since
        self._since[body.tab] = max(since, self._since.get(body.tab, 0))

        def tried() -> dict[str, Any] | None:
            if self._since[body.tab] > body.seq:
                return None
            try:
                return {"seq": body.seq, **self.bench.preview(body.acts)}
            except ScenarioError as error:  # a hand may pass where nothing can be
                return {"seq": body.seq, "refused": lines_of(error.problems, self.language)[0]}

        return await self.run(tried)

    def do(self, body: Do) -> dict[str, Any]:
        """Do one step, keep it on disk, and return the state; else all is as it was."""

        def step() -> None:
            self.bench.did(body.revision, body.do, body.acts, body.name or "")

        return self._kept(step)

    def _kept(self, change: Callable[[], object], *, with_start: bool = False) -> dict[str, Any]:
        """Change the bench and keep it: both or neither."""
        bench, old = self.bench, copy(self.bench.kept)
        old.snapshots = dict(old.snapshots)
        before = bench.answer()
        try:
            change()
            state = bench.state(with_start=with_start)
            self.keeper.keep(bench.kept)
        except BaseException:
            bench.restore(old)
            raise
        text = bench.words_since(old.bench, before.standing)
        self.keeper.note(text, before.people_served, state["answer"]["served"])
        self._tell_state()
        return state

    def effects(self, body: OnRevision) -> dict[str, Any]:
        """Return what each change adds to the people served."""
        self.bench.check(body.revision)
        return {"revision": body.revision, "effects": self.bench.effects()}

    async def beside(
        self, body: OnRevision, record: Callable[[Standing], dict[str, Any]]
    ) -> dict[str, Any] | None:
        """Return what is found beside the engine, so that a hand goes on.

        None where the state is another by now: the page asks for each state that it rests at.
        """

        def standing() -> Standing | None:
            is_now = body.revision == self.bench.kept.revision
            return self.bench.answer().standing if is_now else None

        at_rest = await self.run(standing)
        if at_rest is None:
            return None
        return {"revision": body.revision, **await asyncio.to_thread(record, at_rest)}

    def snapshot(self, body: Snapshot) -> dict[str, Any]:
        """Keep or forget a snapshot."""
        self.bench.snapshot(body.name, remove=body.remove)
        self.keeper.keep(self.bench.kept)
        return {"snapshots": self.bench.snapshots()}

    def compare(self, body: Compare) -> dict[str, Any]:
        """Return two answers side by side."""
        return self.bench.compared(self._meant(body.a), self._meant(body.b))

    def _meant(self, which: Which) -> Scenario:
        if which.is_ == "start":
            return self.bench.bench.base
        if which.is_ == "now":
            return self.bench.scenario
        if which.is_ == "snapshot":
            return self.bench.of_snapshot(which.name or "")
        return self.shelf.read(self.shelf.named(which.name or ""))

    def scenarios(self) -> dict[str, Any]:
        """Return the scenarios that may be opened, by name."""
        return dict(self.shelf.listed(self.language))

    def open(self, body: Open) -> dict[str, Any]:
        """Begin with a scenario of the study or a recent file."""
        self.bench.check(body.revision)
        path = (
            self.shelf.recent(body.recent) if body.recent else self.shelf.named(body.scenario or "")
        )
        scenario = self.shelf.read(path)

        def begun() -> None:
            self.bench.begin(scenario)
            self.shelf.opened(path, self.bench.kept)

        return self._kept(begun, with_start=True)

    def load(self, body: Load) -> dict[str, Any]:
        """Begin with a scenario that the page has read from a file."""
        self.bench.check(body.revision)
        scenario = self.shelf.loaded(body.name, body.text)
        return self._kept(lambda: self.bench.begin(scenario), with_start=True)

    def save(self, body: Save) -> dict[str, Any]:
        """Write the scenario to a file."""
        self.bench.check(body.revision)
        saved = self.shelf.save(
            self.bench.scenario, self.bench.kept, name=body.name, title=body.title,
            is_replaced=body.replace,
        )  # fmt: skip
        self.keeper.keep(self.bench.kept)
        self._tell_state()
        both = {"disk": saved.kept_both, "mine": saved.name} if saved.kept_both else None
        return {"state": self.bench.state(), "saved": saved.name, "where": saved.where,
                "keptBoth": both}  # fmt: skip

    def _tell_state(self) -> None:
        """Say to every tab what holds now."""
        bench = self.bench
        self.news.tell("state", {"revision": bench.kept.revision, "isSaved": bench.is_saved})

    def plan(self, body: Plan) -> dict[str, Any]:
        """Start the search of a model for buildings."""
        self.bench.check(body.revision)
        model = SetModel(model=body.model, site_count=body.count)
        return self._started("plan", fold(self.bench.scenario, [model]))

    def job(self, kind: str, body: OnRevision) -> dict[str, Any]:
        """Start a job on the scenario as it is."""
        self.bench.check(body.revision)
        asked = body.model_dump(mode="json", exclude={"revision"})
        return self._started(kind, self.bench.scenario, asked)

    def _started(
        self, kind: str, scenario: Scenario, asked: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return {"job": self.jobs.start(kind, scenario, self.bench.kept.revision, asked)}

    def why(self, body: Place) -> dict[str, Any]:
        """Return why the home nearest to a place is served or not."""
        return why_home(self.bench.answer().standing, body.lon, body.lat, self.language)

    def village(self, body: OfVillage) -> dict[str, Any]:
        """Return what ranks a village."""
        return why_village(self.bench.answer(), body.village, self.language)

    def street(self, body: Place) -> dict[str, Any]:
        """Return the stretch that a click means."""
        return street_at(self.bench.answer().standing, body.lon, body.lat)

    def drop(self, table: str, suffix: str, content: bytes) -> dict[str, Any]:
        """Return what a dropped file is taken for; nothing is written."""
        # What reads files of offices is not imported before the first is dropped.
        from batu_geo.serving.taken_files import dropped_file, recognised_record  # noqa: PLC0415

        dropped = dropped_file(table, suffix, content)
        record = recognised_record(dropped, self.bench.study.folder, self.language)
        return {"file": self.files.put(dropped), **record}

    def accept(self, body: Accept) -> dict[str, Any]:
        """Take a dropped file into the study, or into a copy of the embedded one, and go on there.

        Changes that the study cannot follow any more are switched off and listed.
        """
        from batu_geo.serving.taken_files import accepted  # noqa: PLC0415 - as in `drop`

        dropped, study = self.files.get(body.file), self.bench.study
        folder = own_copy(study.folder, self.out, study.name)
        notices = accepted(dropped, folder, body.columns, body.codes, self.language)
        if folder != study.folder:
            notices.append(word("serve_copied", self.language, name=folder.name))
        kept, new = copy(self.bench.kept), read_study(folder, cache=self.out / CACHE)
        kept.revision += 1
        keeper = Keeper(self.out, new)
        if keeper.state != self.keeper.state and keeper.state.is_file():
            keeper.put_aside(EARLIER)
        self._stand(new, kept, keeper)
        self.keeper.keep(self.bench.kept)
        self._tell_state()
        state = self.bench.state(with_start=True)
        return {"state": state, "study": "changed", "notices": notices}

    def text(self) -> str:
        """Return the scenario as the text of a file."""
        return scenario_text(self.bench.scenario)

    async def watch(self) -> None:
        """Tell the pages when the file that is open changes on disk."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            kept = self.bench.kept
            mark = f"{kept.path} {kept.sha}"
            if mark != self._said and await asyncio.to_thread(self.shelf.is_changed, kept):
                self._said = mark
                self.news.tell("file", {"name": kept.file})


def with_ground(kept: Kept, study: Study) -> Kept:
    """Return a bench that stands on a study: changes that it cannot follow are switched off."""
    lost = without_ground(kept.bench, study)
    off = [Switch(of=c.key, is_on=False) for c in kept.bench.changes if c.key in lost and c.is_on]
    if off:
        kept.bench = after(kept.bench, *off)
        kept.revision += 1
    return kept


def first_kept(scenario: Scenario) -> Kept:
    """Return a bench on which nothing was done."""
    bench = bench_of(scenario)
    scenario_of(bench)
    return Kept(bench)
