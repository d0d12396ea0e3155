"""Why a village ranks where it does, and what would change it most, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access.coverage import GROUPS
from batu_geo.access.units import units
from batu_geo.domain.cell_rows import CellRows
from batu_geo.domain.names import names_by_id
from batu_geo.network.trips import explain_trips, mean_parts
from batu_geo.planning.evidence.main_worths import gain_worth
from batu_geo.planning.situation import headline_coverage, ranked_villages
from batu_geo.planning.variants import with_closed_unit, with_criteria, with_people_factor
from batu_geo.siting.buildings.candidates import is_best_in_village
from batu_geo.siting.need.gaps import BY_PERSON

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batu_geo.domain.scenario import Scenario
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.situation import Situation


def explain_village(assessment: Assessment, village_id: str) -> dict[str, Any]:
    """Return the explanation of one village of an assessment, as `explain` describes it."""
    village = _of_village(pd.DataFrame(assessment.study.villages), village_id)
    gaps = assessment.gaps[assessment.gaps["village_id"] == village_id].to_dict("records")
    first: dict[Any, Any] | None = gaps[0] if gaps else None
    cards = assessment.study.inputs.items()
    return {
        "village_id": village_id,
        "village": village["village_name"],
        "population": int(village["population"]),
        "unit_status": assessment.unit_status[village_id],
        "unit_evidence": _plain_value(village.get("unit_evidence")),
        "rank": None if not first else int(first["rank"]),
        "of": len(assessment.gaps),
        "score": None if not first else float(first["score"]),
        "score_low": None if not first else float(first["score_low"]),
        "score_high": None if not first else float(first["score_high"]),
        "feasibility_score": None if not first else float(first["feasibility_score"]),
        "certainty": None if not first else _certainty(first),
        "headline": assessment.scenario.headline.model_dump(),
        "minutes": _minutes(assessment, village_id),
        "people": _people(assessment, village_id),
        "criteria": [] if not first else list(_criteria(first, assessment.scenario)),
        "building": _building(assessment, village_id) if first else None,
        "evidence": {name: card["evidence"] for name, card in cards},
        "changes": _changes(assessment, village_id) if first else [],
    }


def _plain_value(value: Any) -> Any:
    """Return a cell of a table as JSON has it: missing and unreachable are None, rows are text."""
    if isinstance(value, CellRows):
        return str(value)
    if value is None or pd.isna(value) or (isinstance(value, float) and not np.isfinite(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _certainty(gap: Mapping[Any, Any]) -> dict[str, Any]:
    names = ("village_name", "rank", "rank_share_percent", "first_share_percent", "tied_with")
    return {name: _plain_value(gap[name]) for name in names}


def _minutes(assessment: Assessment, village_id: str) -> dict[str, Any]:
    """Return the average trip of those of the village who reach a unit, and its parts."""
    head = assessment.scenario.headline
    here = assessment.demand[assessment.demand["village_id"] == village_id].reset_index(drop=True)
    trips = explain_trips(
        assessment.graphs[head.mode],
        assessment.scenario,
        origins=here,
        destinations=units(assessment.study.facilities, assessment.scenario.service, is_open=True),
        refuse_m=assessment.scenario.snapping.refuse_m,
    )
    parts = mean_parts(trips, here["population"].tolist())
    names = _facility_names(assessment)
    used = pd.Series(here["population"].to_numpy(), dtype="int64").groupby(
        [trip.destination_id or "" for trip in trips]
    )
    nearest = used.sum().sort_values(ascending=False, kind="stable")
    return {
        "mean_reached": float(parts["minutes"].sum()) if len(parts) else None,
        "people_reached": int(nearest.drop("", errors="ignore").sum()),
        "parts": parts.round(6).to_dict("records"),
        "units": [
            {"facility_id": key, "facility_name": names[key], "people": int(people)}
            for key, people in zip(nearest.index.astype(str), nearest, strict=True)
            if key
        ],
    }


def _people(assessment: Assessment, village_id: str) -> list[dict[str, Any]]:
    here = assessment.villages[assessment.villages["village_id"] == village_id]
    return [
        {name: _plain_value(row[name]) for name in ("mode", "threshold_minutes", *GROUPS)}
        for row in here.to_dict("records")
    ]


def _criteria(gap: Mapping[Any, Any], scenario: Scenario) -> Iterator[dict[str, Any]]:
    """Yield each criterion with what it adds, or that it was left out for want of data."""
    for criterion in scenario.need:
        name = criterion.name
        yield {
            "name": name,
            "raw": _plain_value(gap[name]),
            **_without_way(gap, name),
            "none_at": criterion.none_at,
            "worst_at": criterion.worst_at,
            "value": _plain_value(gap.get(f"value_{name}")),
            "weight": _plain_value(gap.get(f"weight_{name}")),
            "contribution": _plain_value(gap.get(f"contribution_{name}")),
            "reason": criterion.reason,
            "reason_en": scenario.said(criterion.reason, "en"),
        }


def _without_way(gap: Mapping[Any, Any], name: str) -> dict[str, Any]:
    """Return, of a criterion that counts each person, who reaches no unit and how far others go."""
    if name not in BY_PERSON:
        return {}
    return {
        "reached": _plain_value(gap["mean_minutes_reached"]),
        "people_without_way": int(gap["people_without_way"]),
    }


def _building(assessment: Assessment, village_id: str) -> dict[str, Any] | None:
    sites = assessment.candidates
    best = sites[(sites["village_id"] == village_id) & is_best_in_village(sites)]
    if best.empty:
        return None
    kept = ("site_id", "building_name", "suitability", "joins_road", "verify", "people_gained",
            "evidence")  # fmt: skip
    building = {name: _plain_value(best.iloc[0][name]) for name in kept}
    gain = gain_worth(assessment, str(building["site_id"]))
    return building | {
        "gain_evidence": gain.evidence,
        "gain_evidence_bound_by": list(gain.bound_by),
        "gain_evidence_without": gain.without,
    }


def _changes(assessment: Assessment, village_id: str) -> list[dict[str, Any]]:
    """Return what each change of one thing alone does to the rank, largest first."""
    score = _of_village(assessment.gaps, village_id)["score"]
    rows = []
    for change, by, situation in _variations(assessment, village_id):
        table = ranked_villages(situation)
        then = _of_village(table, village_id)
        rows.append(
            {
                "change": change,
                "by": by,
                "rank": int(then["rank"]),
                "score": float(then["score"]),
                "score_change": round(float(then["score"] - score), 9),
                "mean_minutes": _plain_value(then["mean_minutes"]),
                "people_without_way": int(then["people_without_way"]),
                "people_beyond": int(then["people_beyond"]),
            }
        )
    return sorted(rows, key=lambda row: (-abs(row["score_change"]), row["change"], str(row["by"])))


def _of_village(table: pd.DataFrame, village_id: str) -> dict[Any, Any]:
    return table[table["village_id"] == village_id].to_dict("records")[0]


def _facility_names(assessment: Assessment) -> dict[Any, str]:
    return names_by_id(assessment.study.facilities, "facility").to_dict()


def _variations(
    assessment: Assessment, village_id: str
) -> Iterator[tuple[str, float | str | None, Situation]]:
    """Yield what changes, by how much or of what, and the situation with that change alone."""
    now, settings = assessment.situation, assessment.scenario.sensitivity
    yield from _with_weights(assessment)
    for sign in (1, -1):
        factor = 1 + sign * settings.population_share
        by = sign * 100 * settings.population_share
        yield "population", by, with_people_factor(now, village_id, factor)
    for speed_set, variant in assessment.robust.at_speed.items():
        if speed_set != assessment.scenario.travel.speed_set:
            yield "speed", speed_set, variant
    yield "border_closed", None, assessment.border.closed
    covered = headline_coverage(now)
    here = covered[covered["village_id"] == village_id]
    people = here.groupby("nearest_id")["population"].sum()
    if len(people):
        nearest = str(people.sort_index().idxmax())
        name = _facility_names(assessment)[nearest]
        yield "unit_closed", name, with_closed_unit(now, nearest)


def _with_weights(assessment: Assessment) -> Iterator[tuple[str, float, Situation]]:
    """Yield the situation with each criterion weighing more and less, where there are several."""
    need, share = assessment.scenario.need, assessment.scenario.sensitivity.weight_share
    used = [c for c in need if f"value_{c.name}" in assessment.gaps]
    for criterion in used if len(used) > 1 else ():
        for sign in (1, -1):
            weight = criterion.weight * (1 + sign * share)
            changed = criterion.model_copy(update={"weight": weight})
            weights = [changed if c is criterion else c for c in need]
            if 1 + sign * share > 0:
                variant = with_criteria(assessment.situation, weights)
                yield f"weight_{criterion.name}", sign * 100 * share, variant
