"""`compare`: scenarios side by side, what differs between them, and what each trades for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access.equity import gini, weighted_quantile
from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.scenario import Scenario
from batu_geo.pipeline.assess import weakest
from batu_geo.pipeline.effects import ABOUT, Placed, Placing, Side, effects
from batu_geo.pipeline.placement import PROFESSIONS, siting_problem
from batu_geo.render.curves import curves_svg
from batu_geo.render.notebook import comparison_html
from batu_geo.render.tables import write_csv
from batu_geo.runs import MANIFEST, outputs_of, put_run, run_name, write_json
from batu_geo.siting.readiness import costs_by_payer
from batu_geo.siting.trade_offs import budget_curve, fairness_curve
from batu_geo.sources.study import load_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from batu_geo.domain.errors import Language
    from batu_geo.pipeline.assess import Assessment
    from batu_geo.sources.study import Study

NO_LIMIT = 10**15
TABLES = ("summary", "villages", "settings", "effects", "budget", "fairness")
CURVES = "curves.svg"
COMPARED, AGAINST = "compared", "@against"


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Scenarios side by side.

    Attributes
    ----------
    sides
        What was compared, in order.
    summary
        One row a side: people, minutes, worst-off village, evenness, staff, costs, proof.
    villages
        One row a side and village at its headline: people, minutes and rank, and the
        difference to the first side.
    settings
        Every setting that is not the same in all, one column a side.
    effects
        One row a difference and village it moves: what that setting or input alone, taken
        over from the second side into the first, does to minutes and rank, and what all do
        ``together``. Of two sides only.
    budget, fairness
        The curves of the first scenario that opens buildings.
    evidence
        What every number is worth: as much as the weakest input of the studies.
    """

    sides: tuple[Side, ...]
    summary: pd.DataFrame
    villages: pd.DataFrame
    settings: pd.DataFrame
    effects: pd.DataFrame
    budget: pd.DataFrame
    fairness: pd.DataFrame
    evidence: str

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
        """Every table as JSON has it: missing values are null."""
        return {n: json.loads(t.to_json(orient="records")) for n, t in self.tables.items()}


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
        Scenarios, the first is what the others are held against; all of the study, the
        baseline first, when none is named.
    data, overrides
        As of `plan`; overrides hold for every scenario.
    against
        Folder of another study of the same villages, say with other figures: one scenario,
        the baseline when none is named, is run on both.
    progress
        Called with the title of each scenario, and the name of each difference, as it begins.

    Raises
    ------
    ScenarioError
        When several scenarios are named with another study (BG-313), or its villages are
        others (BG-312).
    """
    study, overrides = load_study(data), tuple(overrides)
    wanted = list(dict.fromkeys(names))
    if against is None:
        wanted = wanted or all_names(study)
        scenarios = [study.scenario(name, overrides=overrides) for name in wanted]
        sides = [Side(scenario.name, study, scenario) for scenario in scenarios]
    elif len(wanted) > 1:
        raise ScenarioError(Problem("BG-313", values={"value": ", ".join(wanted)}))
    else:
        (name,) = wanted or ["baseline"]
        sides = [
            Side(scenario.name + mark, one, scenario)
            for one, mark in ((study, ""), (load_study(against), AGAINST))
            for scenario in [one.scenario(name, overrides=overrides)]
        ]
    return compare_sides(sides, progress=progress)


def compare_sides(
    sides: Sequence[Side], *, progress: Callable[[str], None] | None = None
) -> Comparison:
    """Compare scenarios that are read already; the first is what the others are held against.

    Raises
    ------
    ScenarioError
        When their studies do not have the same villages in the same projection (BG-312).
    """
    if len({_ground(side.study) for side in sides}) > 1:
        raise ScenarioError(Problem("BG-312"))
    placing, placed = Placing(), []
    for side in sides:
        if progress:
            progress(side.scenario.title)
        placed.append(placing(side.study, side.scenario))
    first = next((one.found for one in placed if one.placement), None)
    budget, fairness = _curves(first)
    moved = pd.DataFrame()
    if len(sides) == 2:
        moved = effects(sides[0], sides[1], placing, progress=progress)
    names = [side.name for side in sides]
    return Comparison(
        sides=tuple(sides),
        summary=pd.DataFrame(map(_row, names, placed)),
        villages=_beside_first(names, placed),
        settings=differing_settings(sides),
        effects=moved,
        budget=budget,
        fairness=fairness,
        evidence=weakest(card["evidence"] for s in sides for card in s.study.inputs.values()),
    )


def save(found: Comparison, out: Path, *, language: Language = "id") -> Path:
    """Write a comparison into a folder of its own: tables, curves as a picture, manifest."""
    made_of = _ingredients(found.sides, language)

    def fill(folder: Path) -> None:
        for name, table in found.tables.items():
            write_csv(table.assign(evidence=found.evidence), folder / f"{name}.csv")
        if len(found.budget) or len(found.fairness):
            (folder / CURVES).write_text(found.picture(language), encoding="utf-8", newline="\n")
        write_json({**made_of, "outputs": outputs_of(folder)}, folder / MANIFEST)

    return put_run(out, run_name("compare", made_of), fill, again=True)


def _ingredients(sides: Sequence[Side], language: Language) -> dict[str, Any]:
    """Return everything a comparison depends on; `sides_of` reads it back."""
    first, last = sides[0].study, sides[-1].study
    found = {
        "batu_geo": version("batu_geo"),
        "language": language,
        "study": _card(first),
        "inputs": first.inputs,
        "scenario": sides[0].scenario.model_dump(mode="json"),
        COMPARED: {side.name: side.scenario.model_dump(mode="json") for side in sides},
    }
    return (
        found if last is first else found | {AGAINST: {"study": _card(last), "inputs": last.inputs}}
    )


def sides_of(manifest: Mapping[str, Any], study: Study, against: Study | None) -> list[Side]:
    """Return what the comparison of a manifest has compared, on the studies it is run on now."""
    return [
        Side(
            name,
            against if against is not None and name.endswith(AGAINST) else study,
            Scenario.model_validate(settings),
        )
        for name, settings in manifest[COMPARED].items()
    ]


def _ground(study: Study) -> tuple[str, ...]:
    return study.crs, *sorted(study.villages["village_id"])


def _card(study: Study) -> dict[str, str]:
    return {"name": study.name, "title": study.title, "crs": study.crs}


def all_names(study: Study) -> list[str]:
    """Return the scenarios of a study, the baseline first."""
    names = sorted(path.stem for path in (study.folder / "scenarios").glob("*.toml"))
    return sorted(names, key=lambda name: name != "baseline")


def _row(name: str, placed: Placed) -> dict[str, Any]:
    found, after = placed.found, placed.after
    scenario, head = found.scenario, found.scenario.headline
    people = found.demand["population"].to_numpy(dtype=float)
    minutes = after.times[head.mode].best()
    known = np.isfinite(minutes)
    villages = placed.villages()
    worst = villages.iloc[int(np.argmax(villages["mean_minutes"].fillna(np.inf)))]
    served = int(people[minutes <= head.threshold_minutes].sum())
    row: dict[str, Any] = {
        "scenario": name,
        "title": scenario.title,
        "title_en": scenario.title_en,
        "people_served": served,
        "share_served_percent": 100 * served / people.sum(),
        "people_cut_off": int(people[~known].sum()),
        **_spread(minutes[known], people[known]),
        "worst_village": worst["village_name"],
        "worst_village_minutes": worst["mean_minutes"],
        "villages_without_unit": len(after.gaps()),
    }
    row["cost_evidence"] = found.study.inputs.get("costs", {}).get("evidence", "")
    return row | _plan_columns(placed)


def _spread(minutes: NDArray[np.float64], people: NDArray[np.float64]) -> dict[str, float]:
    """Return the mean, evenness and far end of the minutes of those who reach a unit."""
    if not people.sum():
        return {"mean_minutes": np.inf, "gini": np.nan, "p90_minutes": np.inf}
    return {
        "mean_minutes": float(minutes @ people / people.sum()),
        "gini": gini(minutes, people),
        "p90_minutes": weighted_quantile(minutes, people, 0.9),
    }


def _plan_columns(placed: Placed) -> dict[str, Any]:
    """Return what the plan opens, needs and costs, and how it is proved."""
    found, placement = placed.found, placed.placement
    if placement is None:
        return {"new_units": 0, "status": ""}
    if placement.plan.status in {"infeasible", "no_plan_yet"}:
        conflicts = " ".join(conflict.code for conflict in placement.conflicts)
        return {"status": placement.plan.status, "conflicts": conflicts}
    plan, problem = placement.plan, placement.problem
    costs = costs_by_payer(plan.site_ids, found.study.costs)
    needs = np.zeros(len(PROFESSIONS)) if problem.staff is None else problem.staff[
        problem.columns(plan.site_ids)
    ].sum(axis=0)  # fmt: skip
    return {
        "new_units": len(plan.site_ids),
        **{f"needs_{p}": int(n) for p, n in zip(PROFESSIONS, needs, strict=True)},
        **{c: _sum(costs[c]) for c in costs.columns if c.endswith("_rupiah")},
        "sites_without_cost": int(costs["total_rupiah"].isna().sum()),
        "status": plan.status,
        "gap": plan.gap,
        "proof": plan.proof,
        "optimal_plans": None if placement.optimal is None else len(placement.optimal.plans),
        "sites": " ".join(plan.site_ids),
        "conflicts": " ".join(conflict.code for conflict in placement.conflicts),
    }


def _sum(costs: pd.Series[Any]) -> int | None:
    """Return the sum of what is known; None where a plan has sites and nobody knows any cost."""
    return None if len(costs) and costs.isna().all() else int(costs.sum())


def _beside_first(names: Sequence[str], placed: Sequence[Placed]) -> pd.DataFrame:
    """Return the villages of every side, with the difference to the first."""
    tables = [one.villages() for one in placed]
    then = tables[0].set_index("village_id")
    for name, table in zip(names, tables, strict=True):
        was = then.reindex(table["village_id"]).reset_index()
        table.insert(0, "scenario", name)
        table["served_more"] = table["served"] - was["served"]
        table["minutes_less"] = was["mean_minutes"] - table["mean_minutes"]
    return pd.concat(tables, ignore_index=True)


def differing_settings(sides: Sequence[Side]) -> pd.DataFrame:
    """Return the settings and inputs that are not the same on all sides: one row a key.

    One column a side; an input is told by the first digits of its fingerprint.
    """
    flat = {
        side.name: {
            **dict(_flat(side.scenario.model_dump(mode="json"), "")),
            **{f"input.{table}": sha[:12] for table, sha in side.study.hashes.items()},
        }
        for side in sides
    }
    keys = sorted({key for settings in flat.values() for key in settings})
    rows = [
        {"setting": key, **{name: settings.get(key, "") for name, settings in flat.items()}}
        for key in keys
        if key not in ABOUT and len({settings.get(key, "") for settings in flat.values()}) > 1
    ]
    return pd.DataFrame(rows, columns=["setting", *flat])


def _flat(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{key}.{name}" if key else name)
    elif value is not None:
        yield key, str(value)


def _curves(found: Assessment | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the curves of budget and of fairness, under the rule of one unit a village."""
    if found is None or found.scenario.siting is None:
        return pd.DataFrame(), pd.DataFrame()
    limit = found.scenario.headline.threshold_minutes
    own = found.scenario.siting
    free = own.model_copy(
        update={"model": "mclp", "budget_rupiah": NO_LIMIT, "site_count": None, "staff_caps": {}}
    )
    priced, _ = siting_problem(found, free)
    villages = found.candidates.loc[found.candidates["rank"].notna(), "village_id"].nunique()
    all_of_them = free.model_copy(
        update={"model": "p_median", "budget_rupiah": None, "site_count": villages}
    )
    fair, _ = siting_problem(found, all_of_them)
    return budget_curve(priced, threshold_minutes=limit), fairness_curve(fair)
