"""What takes seconds: plans with their proof, packs, runs, the offline explorer, live layers."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batu_geo.domain.cell_rows import CellRows
from batu_geo.planning.assess import assess, plan_inputs
from batu_geo.planning.placement import solve_placement
from batu_geo.render.text.column_headings import cell
from batu_geo.render.text.plan_words import no_plan_words
from batu_geo.render.text.words import number, word
from batu_geo.render.web.explorer.district_pages import EXPLORER, explorer_pages
from batu_geo.runs import run_name
from batu_geo.serving.records.answer_record import rounded, village_numbers
from batu_geo.serving.worker.layer_work import cut_off_record
from batu_geo.siting.problem.location_plan import unit_of
from batu_geo.sources.study.scenario_text import scenario_text
from batu_geo.verbs.brief import brief
from batu_geo.verbs.plan import ingredients, run_scenario
from batu_geo.workbench.bench_answer import bench_answer
from batu_geo.workbench.edits import TRIED, OpenUnit
from batu_geo.workbench.fold import fold
from batu_geo.workbench.standing import standing
from batu_geo.writing import naming_write_errors, write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.planning.assessment import PlanInputs
    from batu_geo.planning.placement import Placement
    from batu_geo.planning.study import Study


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """What a job is done on.

    Attributes
    ----------
    study
        As it was read.
    scenario
        What the bench came to when the job was asked for.
    out
        Folder of all runs.
    language
        Of every word.
    asked
        What else was asked.
    step
        Called with each step in words as it begins.
    """

    study: Study
    scenario: Scenario
    out: Path
    language: Language
    asked: dict[str, Any]
    step: Callable[[str], None]

    def begun(self, key: str) -> None:
        """Say a step by its key."""
        self.step(word(key, self.language))


def planned(job: Job) -> dict[str, Any]:
    """Return the best buildings by the model of the scenario, with proof and what they reach."""
    inputs = plan_inputs(job.study, job.scenario, progress=job.begun)
    job.begun("serve_solving")
    placement = solve_placement(inputs)
    if placement is None:
        raise ValueError("the scenario has no model")
    plan, language = placement.plan, job.language
    acts = [
        OpenUnit.model_validate({"unit": {"unit_id": name, "source": TRIED}})
        for name in plan.site_ids
    ]
    then = fold(job.scenario, acts) if acts else job.scenario
    served = bench_answer(standing(job.study, then)).people_served
    rules = CellRows(placement.conflicts.rules)
    shown = cell("conflicts", rules, language) if placement.conflicts.rules else ""
    return {
        "status": plan.status,
        "sentence": _sentence(placement, shown, served, language),
        "proof": word(f"code_{plan.proof}", language) if plan.proof else "",
        "sites": _sites(inputs, plan.site_ids),
        "served": served,
        "objective": _finite(plan.objective),
        "unit": unit_of(plan.model),
        "bound": _finite(plan.bound),
        "gap": None if plan.gap is None else rounded(plan.gap, 6),
        "conflicts": [shown] if shown else [],
        "acts": [act.model_dump(mode="json", exclude_none=True) for act in acts],
    }


def _finite(value: float | None) -> float | None:
    return None if value is None else rounded(value, 6)


def _sentence(placement: Placement, conflicts: str, served: int, language: Language) -> str:
    plan = placement.plan
    if plan.status in {"optimal", "best_so_far"}:
        key = "serve_proved" if plan.status == "optimal" else "serve_so_far"
        count = number(len(plan.site_ids), language)
        return word(key, language, people=number(served, language), count=count)
    return no_plan_words({"plan_status": plan.status, "conflicts": conflicts}, language)


def _sites(inputs: PlanInputs, site_ids: tuple[str, ...]) -> list[dict[str, Any]]:
    number_of = village_numbers(inputs.study.villages)
    rows = inputs.candidates.set_index("site_id").loc[list(site_ids)]
    return [
        {"id": name, "name": str(row["building_name"]), "village": number_of[row["village_id"]],
         "gain": int(row["people_gained"])}
        for name, row in rows.iterrows()
    ]  # fmt: skip


def run_saved(job: Job) -> dict[str, Any]:
    """Write the run folder of the scenario."""
    folder = run_scenario(
        job.study, job.scenario, out=job.out, language=job.language, progress=job.step
    )
    return _listed(folder)


def pack_made(job: Job) -> dict[str, Any]:
    """Write the run and the briefing pack of the scenario."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / f"{job.scenario.name}.toml"
        file.write_text(scenario_text(job.scenario), encoding="utf-8")
        pack = brief(
            str(file), data=job.study.folder, out=job.out, language=job.language,
            progress=job.step,
        )  # fmt: skip
    return _listed(pack.folder)


def explorer_made(job: Job) -> dict[str, Any]:
    """Write the page that computes offline from this scenario on."""
    assessment = assess(job.study, job.scenario, progress=job.begun)
    job.begun("step_maps")
    made_of = ingredients(job.study, job.scenario, job.language)
    folder = job.out / run_name(f"{job.scenario.name}-{Path(EXPLORER).stem}", made_of)
    with naming_write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for path, page in explorer_pages(assessment, job.language):
            (folder / path).parent.mkdir(exist_ok=True)
            write_atomically(folder / path, page.html.encode())
    return _listed(folder)


def _listed(folder: Path) -> dict[str, Any]:
    """Return the files of a folder by number; the page sees names alone."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    return {
        "folder": folder.name,
        "files": [
            {"n": n, "name": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size}
            for n, path in enumerate(paths)
        ],
        "place": str(folder.resolve()),
    }


def stretches_found(job: Job) -> dict[str, Any]:
    """Return the stretches of the scenario whose loss cuts off most people."""
    job.begun("step_times")
    return cut_off_record(standing(job.study, job.scenario))


JOBS: dict[str, Callable[[Job], dict[str, Any]]] = {
    "plan": planned, "run": run_saved, "pack": pack_made, "explorer": explorer_made,
    "cut_off": stretches_found,
}  # fmt: skip
