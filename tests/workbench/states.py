"""Random states of the workbench against `plan` of the file that says them, one after the other.

    python -m tests.workbench.states [--town 380] [--sparse 100] [--embedded 20]

Every 20th state is planned by the verb, into a run folder; of the others what `plan` does to the
tables that are compared is done from the start, on the study and the scenario as they are read.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.domain.errors import ScenarioError
from batu_geo.planning.assess import ranked_sites
from batu_geo.planning.road_joins import join_table
from batu_geo.planning.situation import ranked_villages, situation_of, villages_reached
from batu_geo.planning.study import as_changed
from batu_geo.planning.tables.new_road_table import new_road_table
from batu_geo.planning.tables.opened_unit_table import opened_by, opened_unit_table
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenario_text import scenario_text
from batu_geo.sources.study.scenarios import load_scenario, read_scenario
from batu_geo.verbs.plan import plan
from batu_geo.workbench.bench import Bench, bench_of, scenario_of
from batu_geo.workbench.bench_answer import BenchAnswer, bench_answer
from batu_geo.workbench.standing import measured, standing
from tests.workbench.town import Ground, drawn_step, ground_of, write_town

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batu_geo.domain.scenario import Scenario
    from batu_geo.planning.study import Study

AT_HAND, LONGEST, BY_VERB = 3, 15, 20
PEOPLE = ("population", "served", "not_served", "unreachable", "cut_off", "not_snapped")
GAINS = ("people_gained", "people_newly_reachable")


def states(study: Study, ground: Ground, count: int) -> Iterator[tuple[Bench, BenchAnswer]]:
    """Yield so many states with their answers, each after those before it in a random walk."""
    walk = found = 0
    while found < count:
        rng, known, last = np.random.default_rng([29, walk]), [], None
        walk, bench = walk + 1, bench_of(load_scenario("baseline", study=study))
        for _ in range(LONGEST):
            then = drawn_step(rng, bench, ground)
            try:
                now = standing(study, scenario_of(then), after=known)
            except ScenarioError:
                continue
            is_new = then is not bench
            bench, last = then, bench_answer(now, before=last)
            known = [now, *known][:AT_HAND]
            if is_new and found < count:
                found += 1
                yield bench, last


def told(tables: dict[str, pd.DataFrame | None]) -> dict[str, object]:
    """Return what is compared of the tables of a plan as plain values."""
    villages, gaps, sites = tables["villages"], tables["gaps"], tables["candidates"]
    opened, roads = tables.get("opened_units"), tables.get("new_roads")
    costs = [] if opened is None else [n for n in opened if n.endswith("_rupiah")]
    return {
        "people": {name: villages[name].tolist() for name in PEOPLE},
        "ranking": [gaps[name].tolist() for name in ("village_id", "rank")],
        "scores": gaps["score"].to_numpy(dtype=float),
        "gains": [sites[name].tolist() for name in ("site_id", *GAINS)],
        "opened": [] if opened is None else opened["facility_id"].tolist(),
        "costs": {name: opened[name].astype("Int64").astype(str).tolist() for name in costs},
        "roads": [] if roads is None else roads["cost_rupiah"].astype("Int64").astype(str).tolist(),
    }


def answered(answer: BenchAnswer) -> dict[str, object]:
    """Return what the workbench says of a state."""
    return told({
        "villages": villages_reached(measured(answer.standing)), "gaps": answer.gaps,
        "candidates": answer.gains, "opened_units": answer.opened, "new_roads": answer.new_roads,
    })  # fmt: skip


def from_the_start(study: Study, scenario: Scenario) -> dict[str, object]:
    """Return what the steps of `plan` say of a scenario, nothing taken over."""
    study = as_changed(study, scenario)
    situation = situation_of(study, scenario)
    _, candidates = ranked_sites(study, situation, join_table(study, situation))
    return told({
        "villages": villages_reached(situation), "gaps": ranked_villages(situation),
        "candidates": candidates,
        "opened_units": opened_unit_table(study, scenario) if opened_by(scenario) else None,
        "new_roads": new_road_table(scenario, study.built) if study.built else None,
    })  # fmt: skip


def planned(path: Path, folder: Path, out: Path) -> dict[str, object]:
    """Return what the run folder of `plan` says of a scenario file."""
    run = plan(str(path), data=folder, out=out)
    tables = {"villages": run.villages, "gaps": run.gaps, "candidates": run.candidates}
    more = {name: run.table(name) for name in ("opened_units", "new_roads") if name in run.tables}
    return told({**tables, **more})


def _is_same(one: object, other: object) -> bool:
    """Return whether two parts are the same; scores of a run folder have five decimals."""
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and bool((np.abs(one - other) <= 1e-5).all())
    return one == other


def compared(folder: Path, ground: Ground | None, count: int, by_verb: int = BY_VERB) -> Counter:
    """Compare so many states of a study; count states by kind of change, and those that differ."""
    met, study = Counter[str](), load_study(folder)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "keadaan.toml"
        for n, (bench, answer) in enumerate(states(study, ground or ground_of(study), count)):
            path.write_text(scenario_text(scenario_of(bench)), encoding="utf-8")
            scenario = read_scenario(path, study=folder)
            is_by_verb = n % by_verb == 0
            other = (
                planned(path, folder, Path(place) / "runs") if is_by_verb
                else from_the_start(study, scenario)
            )  # fmt: skip
            kinds = {edit.what for edit in bench.edits}
            met.update(kinds | {"states"} | ({"by the verb"} if is_by_verb else set()))
            mine = answered(answer)
            if parts := [key for key in mine if not _is_same(mine[key], other[key])]:
                met["differ"] += 1
                sys.stdout.write(f"{n}: {parts} {bench.edits}\n")
    return met


def main() -> None:
    """Compare, and print how many states had each kind of change."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name, count in (("town", 380), ("sparse", 100), ("embedded", 20)):
        parser.add_argument(f"--{name}", type=int, default=count)
    args = parser.parse_args()
    from batu_geo.sources.study.embedded import embedded_study
    from tests.sparse_batu import write_sparse_study
    from tests.workbench.town import TOWN

    met = Counter[str]()
    with tempfile.TemporaryDirectory() as place:
        town = write_town(Path(place) / "town")
        sparse = write_sparse_study(Path(place) / "sparse")
        for folder, ground, count in (
            (town, TOWN, args.town), (sparse, None, args.sparse),
            (embedded_study(), None, args.embedded),
        ):  # fmt: skip
            met += compared(folder, ground, count)
    for kind, count in sorted(met.items()):
        sys.stdout.write(f"{kind:20} {count:5,}\n")
    sys.stdout.write(f"{met['differ']} of {met['states']} states differ\n")


if __name__ == "__main__":
    main()
