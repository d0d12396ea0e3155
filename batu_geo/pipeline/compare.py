"""`compare`: scenarios side by side, what differs between them, and what each trades for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access.equity import gini, weighted_quantile
from batu_geo.pipeline.assess import assess, weakest
from batu_geo.pipeline.placement import PROFESSIONS, place, siting_problem
from batu_geo.pipeline.placement_tables import (
    budget_curve,
    fairness_curve,
    villages_after,
    with_plan,
)
from batu_geo.render.curves import curves_svg
from batu_geo.render.notebook import comparison_html
from batu_geo.render.tables import write_csv
from batu_geo.runs import put_run, run_name
from batu_geo.siting.readiness import costs_by_payer
from batu_geo.sources.study import load_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.pipeline.assess import Assessment
    from batu_geo.pipeline.placement import Placement
    from batu_geo.pipeline.what_if import HeldRun
    from batu_geo.sources.study import Study

ABOUT = ("name", "title", "title_en", "siting")
TOGETHER = "together"
# Settings that name each other are taken over as one.
ONE_PART = ("modes", "headline", "referral", "calibration")
NO_LIMIT = 10**15
TABLES = ("summary", "villages", "settings", "worth", "budget", "fairness")


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Scenarios side by side.

    Attributes
    ----------
    summary
        One row a scenario: people, minutes, worst-off village, evenness, staff, costs, proof.
    villages
        One row a scenario and village at its headline: people and minutes, and the
        difference to the first scenario.
    settings
        Every setting that is not the same in all, one column a scenario.
    worth
        One row a setting and village it moves: what that setting alone, taken over from the
        second scenario into the first, does to minutes and rank, and what all do
        ``together``. Of two scenarios only.
    budget, fairness
        The curves of the first scenario that opens buildings.
    evidence
        What every number is worth: as much as the weakest input of the study.
    """

    summary: pd.DataFrame
    villages: pd.DataFrame
    settings: pd.DataFrame
    worth: pd.DataFrame
    budget: pd.DataFrame
    fairness: pd.DataFrame
    evidence: str

    def _repr_html_(self) -> str:
        return comparison_html(self.summary, "id")

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by its name."""
        return {name: getattr(self, name) for name in TABLES}


def compare(
    names: Sequence[str] = (),
    *,
    data: Path | str | None = None,
    overrides: Iterable[str] = (),
    progress: Callable[[str], None] | None = None,
) -> Comparison:
    """Compare scenarios of a study.

    Parameters
    ----------
    names
        Scenarios, the first is what the others are held against; all of the study, the
        baseline first, when none is named.
    data, overrides
        As of `plan`; overrides hold for every scenario.
    progress
        Called with the title of each scenario as it begins.
    """
    study = load_study(data)
    overrides = tuple(overrides)
    wanted = list(dict.fromkeys(names)) or all_names(study)
    scenarios = [study.scenario(name, overrides=overrides) for name in wanted]
    kept: dict[str, Assessment] = {}
    rows, villages, first = [], [], None
    for scenario in scenarios:
        if progress:
            progress(scenario.title)
        found = _assessed(study, scenario, kept)
        placement = place(found)
        after = with_plan(found, placement.plan.site_ids if placement else ())
        rows.append(_row(found, placement, after))
        villages.append(_villages(found, after))
        if placement and first is None:
            first = found
    budget, fairness = _curves(first)
    return Comparison(
        summary=pd.DataFrame(rows),
        villages=_beside_first(villages),
        settings=differing_settings(scenarios),
        worth=_worth(study, scenarios, kept) if len(scenarios) == 2 else pd.DataFrame(),
        budget=budget,
        fairness=fairness,
        evidence=weakest(card["evidence"] for card in study.inputs.values()),
    )


def save(found: Comparison, out: Path, *, language: Language = "id") -> Path:
    """Write a comparison into a folder of its own: every table, and the curves as a picture.

    The folder is named by the scenarios and a fingerprint of all tables.
    """
    tables = {name: table.assign(evidence=found.evidence) for name, table in found.tables.items()}

    def fill(folder: Path) -> None:
        for name, table in tables.items():
            write_csv(table, folder / f"{name}.csv")
        picture = curves_svg(found.budget, found.fairness, language)
        (folder / "curves.svg").write_text(picture, encoding="utf-8", newline="\n")

    texts = {name: table.to_csv() for name, table in tables.items()}
    name = run_name("compare", {**texts, "language": language})
    return put_run(out, name, fill, again=True)


def all_names(study: Study) -> list[str]:
    """Return the scenarios of a study, the baseline first."""
    names = sorted(path.stem for path in (study.folder / "scenarios").glob("*.toml"))
    return sorted(names, key=lambda name: name != "baseline")


def _assessed(study: Study, scenario: Scenario, kept: dict[str, Assessment]) -> Assessment:
    """Assess a scenario, or take what one that differs in the siting alone has found."""
    key = str(scenario.model_dump(mode="json", exclude=set(ABOUT)))
    if key not in kept:
        kept[key] = assess(study, scenario)
    return replace(kept[key], scenario=scenario)


def _row(found: Assessment, placement: Placement | None, after: HeldRun) -> dict[str, Any]:
    scenario, head = found.scenario, found.scenario.headline
    people = found.demand["population"].to_numpy(dtype=float)
    minutes = after.times[head.mode].best()
    known = np.isfinite(minutes)
    villages = _villages(found, after)
    worst = villages.iloc[int(np.argmax(villages["mean_minutes"].fillna(np.inf)))]
    served = int(people[minutes <= head.threshold_minutes].sum())
    row: dict[str, Any] = {
        "scenario": scenario.name,
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
    return row | _plan_columns(found, placement)


def _spread(minutes: NDArray[np.float64], people: NDArray[np.float64]) -> dict[str, float]:
    """Return the mean, evenness and far end of the minutes of those who reach a unit."""
    if not people.sum():
        return {"mean_minutes": np.inf, "gini": np.nan, "p90_minutes": np.inf}
    return {
        "mean_minutes": float(minutes @ people / people.sum()),
        "gini": gini(minutes, people),
        "p90_minutes": weighted_quantile(minutes, people, 0.9),
    }


def _plan_columns(found: Assessment, placement: Placement | None) -> dict[str, Any]:
    """Return what the plan opens, needs and costs, and how it is proved."""
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


def _villages(found: Assessment, after: HeldRun) -> pd.DataFrame:
    head = found.scenario.headline
    table = villages_after(found, after)
    is_head = table["mode"].eq(head.mode) & table["threshold_minutes"].eq(head.threshold_minutes)
    kept = table[is_head].reset_index(drop=True)
    return pd.DataFrame(
        {
            "scenario": found.scenario.name,
            "village_id": kept["village_id"],
            "village_name": kept["village_name"],
            "population": kept["population"],
            "served": kept["served_after"],
            "mean_minutes": kept["mean_minutes_after"],
        }
    )


def _beside_first(villages: list[pd.DataFrame]) -> pd.DataFrame:
    first = villages[0]
    return pd.concat(
        [
            table.assign(
                served_more=table["served"] - first["served"],
                minutes_less=first["mean_minutes"] - table["mean_minutes"],
            )
            for table in villages
        ],
        ignore_index=True,
    )


def differing_settings(scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Return the settings that are not the same in all scenarios: one row a key."""
    flat = [dict(_flat(scenario.model_dump(mode="json"), "")) for scenario in scenarios]
    keys = sorted({key for settings in flat for key in settings})
    rows = [
        {"setting": key, **{s.name: f.get(key, "") for s, f in zip(scenarios, flat, strict=True)}}
        for key in keys
        if key not in ABOUT and len({f.get(key, "") for f in flat}) > 1
    ]
    return pd.DataFrame(rows, columns=["setting", *(s.name for s in scenarios)])


def _flat(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{key}.{name}" if key else name)
    elif value is not None:
        yield key, str(value)


def _worth(
    study: Study, scenarios: Sequence[Scenario], kept: dict[str, Assessment]
) -> pd.DataFrame:
    """Take each part of the second scenario alone over into the first and see who moves."""
    first, second = scenarios
    before = _assessed(study, first, kept)
    fields = [name for name in type(first).model_fields if name not in ABOUT]
    parts = {n: getattr(second, n) for n in fields if getattr(first, n) != getattr(second, n)}
    alone = {name: {name: value} for name, value in parts.items() if name not in ONE_PART}
    changes = alone | {ONE_PART[0]: {n: parts[n] for n in ONE_PART if n in parts}}
    changes |= {TOGETHER: parts}
    changes = {name: update for name, update in changes.items() if update}
    if len(changes) == 2:
        del changes[TOGETHER]
    rows, old_villages = [], _villages(before, with_plan(before, ()))
    for name, update in changes.items():
        mixed = first.model_copy(update=update)
        then = _assessed(study, mixed, kept)
        new_villages = _villages(then, with_plan(then, ()))
        moved = new_villages.merge(old_villages, on="village_id", suffixes=("", "_before"))
        ranks = then.gaps.set_index("village_id")["rank"]
        old = before.gaps.set_index("village_id")["rank"]
        for row in moved.to_dict("records"):
            village = row["village_id"]
            change = row["mean_minutes"] - row["mean_minutes_before"]
            was, now = old.get(village), ranks.get(village)
            if round(change, 6) or was != now:
                rows.append({"setting": name, "village_id": village,
                             "village_name": row["village_name"], "minutes_more": change,
                             "served_more": row["served"] - row["served_before"],
                             "rank_before": was, "rank_after": now})  # fmt: skip
    columns = ["setting", "village_id", "village_name", "minutes_more", "served_more",
               "rank_before", "rank_after"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"rank_before": "Int64", "rank_after": "Int64"})


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
