"""The tables of a comparison: one row a scenario, one a scenario and village, what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access.coverage import NO_WAY
from batu_geo.access.equity import gini, weighted_quantile
from batu_geo.domain.asking.leaf_settings import ABOUT, flat_settings
from batu_geo.domain.cell_rows import ids_cell
from batu_geo.planning.placement import PROFESSIONS
from batu_geo.planning.tables.placement_tables import plan_table
from batu_geo.siting.buildings.building_costs import cost_columns, costs_by_payer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.cell_rows import CellRows
    from batu_geo.planning.effects import Placed, Side
    from batu_geo.planning.placement import Placement


def summary_row(name: str, placed: Placed) -> dict[str, Any]:
    """Return one scenario in all: people, minutes, worst-off village, evenness, plan, costs.

    The worst-off village is the one of the longest mean minutes of everybody, infinite where
    somebody reaches no unit; of several such, the one where most people reach none.
    """
    assessment, after = placed.assessment, placed.after
    scenario, head = assessment.scenario, assessment.scenario.headline
    trips = placed.trips()
    people, minutes = trips["people"].to_numpy(dtype=float), trips["travel_time_min"].to_numpy()
    villages = placed.villages()
    far = ["mean_minutes", "people_without_way"]
    worst = villages.iloc[int(np.lexsort(-villages[far].fillna(-np.inf).to_numpy().T[::-1])[0])]
    served = int(people[minutes <= head.threshold_minutes].sum())
    row: dict[str, Any] = {
        "scenario": name,
        "title": scenario.title,
        "title_en": scenario.title_en,
        "people_served": served,
        "share_served_percent": 100 * served / people.sum() if people.any() else np.nan,
        **{state: int(villages[state].sum()) for state in NO_WAY},
        **_spread(minutes, people),
        "worst_village": worst["village_name"],
        "worst_village_minutes": worst["mean_minutes"],
        "worst_village_without_way": int(worst["people_without_way"]),
        "villages_without_unit": len(after.gaps()),
    }
    row["cost_evidence"] = assessment.study.inputs.get("costs", {}).get("evidence", "")
    return row | _plan_columns(placed)


def _spread(minutes: NDArray[np.float64], people: NDArray[np.float64]) -> dict[str, float]:
    """Return the mean and evenness of those who reach a unit, and the far end of everybody.

    Whoever reaches none is infinitely far, and so is the ninetieth of a hundred where more than
    ten of them do not.
    """
    known = np.isfinite(minutes)
    near, count = minutes[known], people[known]
    is_some = bool(count.sum())
    return {
        "mean_minutes_reached": float(near @ count / count.sum()) if is_some else np.nan,
        "gini": gini(near, count) if is_some else np.nan,
        "p90_minutes": weighted_quantile(minutes, people, 0.9) if people.sum() else np.nan,
    }


def _plan_columns(placed: Placed) -> dict[str, Any]:
    """Return what the plan opens, needs and costs, and how it is proved."""
    assessment, placement = placed.assessment, placed.placement
    if placement is None:
        return {"new_units": 0, "status": ""}
    if placement.plan.status in {"infeasible", "no_plan_yet"}:
        return {"status": placement.plan.status, "conflicts": _codes(placement)}
    plan, problem = placement.plan, placement.problem
    costs = costs_by_payer(plan.site_ids, assessment.study.costs)
    needs = problem.staff_of(plan.site_ids).sum(axis=0)
    return {
        "new_units": len(plan.site_ids),
        **{f"needs_{p}": int(n) for p, n in zip(PROFESSIONS, needs, strict=True)},
        **{name: _sum(costs[name]) for name in costs.columns.drop("site_id")},
        "sites_without_cost": int(costs["once_rupiah"].isna().sum()),
        "status": plan.status,
        "gap": plan.gap,
        "proof": plan.proof,
        "people_without_place": None if problem.capacity is None else plan.people_unreached,
        "optimal_plans": None if placement.optimal is None else len(placement.optimal.plans),
        "sites": ids_cell(plan.site_ids),
        "conflicts": _codes(placement),
    }


def _codes(placement: Placement) -> CellRows:
    """Return the codes of the rules in conflict."""
    return ids_cell(conflict.code for conflict in placement.conflicts.rules)


def _sum(costs: pd.Series[Any]) -> int | None:
    """Return the sum of what is known; None where a plan has sites and no cost is known."""
    return None if len(costs) and costs.isna().all() else int(costs.sum())


def village_rows(names: Sequence[str], placed: Sequence[Placed]) -> pd.DataFrame:
    """Return the villages of every side, with the difference to the first."""
    tables = [one.villages() for one in placed]
    then = tables[0].set_index("village_id")
    for name, table in zip(names, tables, strict=True):
        was = then.reindex(table["village_id"]).reset_index()
        table.insert(0, "scenario", name)
        table["served_more"] = table["served"] - was["served"]
        table["minutes_less"] = was["mean_minutes"] - table["mean_minutes"]
    every = [
        table.merge(_evenness(one), on="village_id", how="left").merge(
            _planned(one), on="village_id", how="left"
        )
        for table, one in zip(tables, placed, strict=True)
    ]
    return pd.concat(every, ignore_index=True).astype(dict.fromkeys(_counts(), "Int64"))


def _evenness(placed: Placed) -> pd.DataFrame:
    """Return how evenly minutes are shared within each village: Gini and the far end.

    The latter counts whoever reaches no unit as infinitely far.
    """
    trips = placed.trips()
    people, minutes = trips["people"].to_numpy(dtype=float), trips["travel_time_min"].to_numpy()
    rows = []
    for village, places in trips.groupby("village_id").indices.items():
        spread = _spread(minutes[places], people[places])
        rows.append((village, spread["p90_minutes"], spread["gini"]))
    return pd.DataFrame(rows, columns=["village_id", "p90_minutes", "gini"])


def _planned(placed: Placed) -> pd.DataFrame:
    """Return what the plan opens, needs and costs in each village; missing where unknown."""
    if placed.placement is None:
        return pd.DataFrame(columns=["village_id", *_counts()])
    plan = plan_table(placed.assessment, placed.placement).assign(new_units=1)
    costs, needs = list(cost_columns()), ["new_units", *(f"needs_{p}" for p in PROFESSIONS)]
    groups = plan.groupby("village_id")
    sums = [groups[needs].sum(), groups[costs].sum(min_count=1)]
    return pd.concat(sums, axis=1).reset_index()


def _counts() -> list[str]:
    return ["new_units", *(f"needs_{p}" for p in PROFESSIONS), *cost_columns()]


def differing_settings(sides: Sequence[Side]) -> pd.DataFrame:
    """Return the settings and inputs that are not the same on all sides: one row a key.

    One column a side; an input is identified by the first digits of its fingerprint.
    """
    flat = {
        side.name: {
            **flat_settings(side.scenario),
            **{f"input.{table}": sha[:12] for table, sha in side.study.hashes.items()},
        }
        for side in sides
    }
    keys = sorted({key for settings in flat.values() for key in settings})
    rows = [
        {"setting": key, **{name: settings.get(key, "") for name, settings in flat.items()}}
        for key in keys
        if key.partition(".")[0] not in ABOUT
        and len({settings.get(key, "") for settings in flat.values()}) > 1
    ]
    return pd.DataFrame(rows, columns=["setting", *flat])
