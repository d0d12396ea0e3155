"""`compare`: scenarios side by side, the effect of each difference, and trade-off curves."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.domain.cell_rows import joined
from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.scenario import Scenario
from batu_geo.planning.effects import Placing, Side, effects
from batu_geo.planning.evidence.main_worths import plan_worth
from batu_geo.planning.evidence.worth import weakest
from batu_geo.planning.placement import siting_problem
from batu_geo.planning.study_indicators import together
from batu_geo.planning.tables.comparison_tables import differing_settings, summary_row, village_rows
from batu_geo.render.files.write_tables import write_csv
from batu_geo.render.paper.curves import curves_svg
from batu_geo.render.terminal.notebook import comparison_html
from batu_geo.render.text.steps import Steps
from batu_geo.runs import MANIFEST, outputs_of, put_run, run_name, write_json
from batu_geo.siting.analysis.trade_offs import budget_curve, fairness_curve
from batu_geo.siting.problem.rules import choices
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario, validated
from batu_geo.verbs.read_study import read_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from batu_geo.domain.errors import Language
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.study import Study

NO_LIMIT = 10**15
TABLES = ("summary", "villages", "settings", "effects", "budget", "fairness")
CURVES = "curves.svg"
COMPARED, AGAINST = "compared", "@against"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Comparison:
    """Scenarios side by side.

    Attributes
    ----------
    sides
        Study and scenario of each side, in order.
    summary
        One row a side: people, minutes, worst-off village, evenness, staff, costs, proof.
    villages
        One row a side and village at its headline: people, minutes, evenness and rank, the
        difference to the first side, and the units, staff and costs of the plan there.
    settings
        Every setting that is not the same in all, one column a side.
    effects
        One row a difference and village it moves: what that setting or input alone, taken
        over from the second side into the first, does to minutes and rank, and what all do
        ``together``. Of two sides only.
    budget, fairness
        The curves of the first scenario that opens buildings.
    evidence
        Evidence class of the weakest source of the plans.

    Examples
    --------
    >>> from batu_geo import compare
    >>> found = compare(["baseline", "enam-unit"])
    >>> found.summary["scenario"].tolist()
    ['baseline', 'enam-unit']
    """

    sides: tuple[Side, ...]
    summary: pd.DataFrame
    villages: pd.DataFrame
    settings: pd.DataFrame
    effects: pd.DataFrame
    budget: pd.DataFrame
    fairness: pd.DataFrame
    evidence: str

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the people served by each side with matplotlib, and return the axes."""
        return self.summary.plot.barh(
            x="scenario", y="people_served", ax=ax, xlabel="people served", legend=False
        )

    def __repr__(self) -> str:
        """Return the sides and the tables in three lines."""
        names = ", ".join(self.summary["scenario"].astype(str))
        sizes = ", ".join(f"{name} {len(table)}" for name, table in self.tables.items())
        return f"Comparison: {names}\n  rows: {sizes}\n  evidence: {self.evidence}"

    def _repr_html_(self) -> str:
        return comparison_html(self.summary, "id")

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by its name."""
        return {name: getattr(self, name) for name in TABLES}

    def picture(self, language: Language = "id") -> str:
        """Return the curves as one SVG."""
        evidence = self.sides[0].study.inputs.get("costs", {}).get("evidence", "")
        return curves_svg(self.budget, self.fairness, language, cost_evidence=evidence)

    @property
    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Rows of every table for JSON: missing values are null."""
        return {
            name: json.loads(joined(table).to_json(orient="records"))
            for name, table in self.tables.items()
        }


def compare(
    names: Sequence[str] = (),
    *,
    data: Path | str | None = None,
    against: Path | str | None = None,
    overrides: Iterable[str] = (),
    progress: Callable[[str], None] | None = None,
) -> Comparison:
    """Compare scenarios of a study, or one scenario on two studies.

    Parameters
    ----------
    names
        Scenarios, the first being the reference; by default all of the study.
    data, overrides
        As of `plan`; overrides apply to every scenario.
    against
        Folder of another study of the same villages, such as one with other figures: one
        scenario, by default the baseline, is run on both.
    progress
        Called with the title of each scenario, and the name of each difference, as it begins.

    Raises
    ------
    ScenarioError
        For several scenarios with another study (BG-313), or one of other villages (BG-312).

    Examples
    --------
    >>> found = compare(["baseline", "enam-unit"])
    >>> found.summary["scenario"].tolist(), len(found.sides)
    (['baseline', 'enam-unit'], 2)
    """
    study, overrides = read_study(data), tuple(overrides)
    wanted = list(dict.fromkeys(names))
    if against is None:
        wanted = wanted or all_names(study)
        scenarios = [load_scenario(name, overrides=overrides, study=study) for name in wanted]
        names = list(_numbered(scenario.name for scenario in scenarios))
        sides = [Side(*side) for side in zip(names, repeat(study), scenarios, strict=False)]
    elif len(wanted) > 1:
        raise ScenarioError(Problem("BG-313", values={"value": ", ".join(wanted)}))
    else:
        (name,) = wanted or ["baseline"]
        sides = [
            Side(scenario.name + mark, one, scenario)
            for one, mark in zip(together(study, load_study(against)), ("", AGAINST), strict=True)
            for scenario in [load_scenario(name, overrides=overrides, study=one)]
        ]
    return compare_sides(sides, progress=progress)


def compare_sides(
    sides: Sequence[Side], *, progress: Callable[[str], None] | None = None
) -> Comparison:
    """Compare scenarios that are loaded; the first is the reference.

    Raises
    ------
    ScenarioError
        When their studies do not have the same villages in the same projection (BG-312).
    """
    if len({_ground(side.study) for side in sides}) > 1:
        raise ScenarioError(Problem("BG-312"))
    placing, placed, steps = Placing(), [], Steps(progress)
    steps.expect(len(sides))
    for side in sides:
        steps(side.scenario.title)
        placed.append(placing(side.study, side.scenario))
    first = next((one.assessment for one in placed if one.placement), None)
    budget, fairness = _curves(first)
    moved = pd.DataFrame()
    if len(sides) == 2:
        moved = effects(sides[0], sides[1], placing, progress=steps, expect=steps.expect)
    names = [side.name for side in sides]
    return Comparison(
        sides=tuple(sides),
        summary=pd.DataFrame(map(summary_row, names, placed)),
        villages=village_rows(names, placed),
        settings=differing_settings(sides),
        effects=moved,
        budget=budget,
        fairness=fairness,
        evidence=weakest(plan_worth(one.assessment).evidence for one in placed),
    )


def save(comparison: Comparison, out: Path, *, language: Language = "id") -> Path:
    """Write tables, curves and manifest of a comparison into its own folder."""
    made_of = _ingredients(comparison.sides, language)

    def fill(folder: Path) -> None:
        for name, table in comparison.tables.items():
            write_csv(table.assign(evidence=comparison.evidence), folder / f"{name}.csv")
        if len(comparison.budget) or len(comparison.fairness):
            (folder / CURVES).write_text(
                comparison.picture(language), encoding="utf-8", newline="\n"
            )
        write_json({**made_of, "outputs": outputs_of(folder)}, folder / MANIFEST)

    return put_run(out, run_name("compare", made_of), fill)


def _ingredients(sides: Sequence[Side], language: Language) -> dict[str, Any]:
    """Return everything a comparison depends on, which `sides_of` reads back."""
    first, last = sides[0].study, sides[-1].study
    made_of: dict[str, Any] = {
        "batu_geo": version("batu_geo"),
        "language": language,
        "study": _card(first),
        "inputs": first.inputs,
        "scenario": sides[0].scenario.model_dump(mode="json"),
        COMPARED: {side.name: side.scenario.model_dump(mode="json") for side in sides},
    }
    if last is not first:
        made_of[AGAINST] = {"study": _card(last), "inputs": last.inputs}
    return made_of


def sides_of(manifest: Mapping[str, Any], study: Study, against: Study | None) -> list[Side]:
    """Return the sides of a comparison from its manifest, on the given studies."""
    return [
        Side(
            name,
            against if against is not None and name.endswith(AGAINST) else study,
            validated(Scenario, settings, MANIFEST),
        )
        for name, settings in manifest[COMPARED].items()
    ]


def _ground(study: Study) -> tuple[str, ...]:
    return study.crs, *sorted(study.villages["village_id"])


def _card(study: Study) -> dict[str, str]:
    return {"name": study.name, "title": study.title, "crs": study.crs}


def _numbered(names: Iterable[str]) -> Iterator[str]:
    """Yield names; repeated ones with a number."""
    seen = Counter[str]()
    for name in names:
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name}-{seen[name]}"


def all_names(study: Study) -> list[str]:
    """Return the scenarios of a study, the baseline first."""
    names = sorted(path.stem for path in (study.folder / "scenarios").glob("*.toml"))
    return sorted(names, key=lambda name: name != "baseline")


def _curves(assessment: Assessment | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the budget and fairness curves, with at most one unit in a village."""
    if assessment is None or assessment.scenario.siting is None:
        return pd.DataFrame(), pd.DataFrame()
    limit = assessment.scenario.headline.threshold_minutes
    free = assessment.scenario.siting.model_copy(
        update={"model": "mclp", "budget_rupiah": NO_LIMIT, "site_count": None, "staff_caps": {}}
    )
    priced, _ = siting_problem(assessment, free)
    fair, _ = siting_problem(assessment, free.model_copy(update={"budget_rupiah": None}))
    allowed = choices(fair)
    villages = np.array(fair.village_ids)[allowed.can_open] if allowed else np.array([])
    fair = fair.with_rules(site_count=len(set(villages.tolist())))
    money = budget_curve(priced, threshold_minutes=limit, node_limit=free.node_limit)
    return money, fairness_curve(fair)
