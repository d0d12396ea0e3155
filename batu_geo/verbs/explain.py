"""`explain`: why a village ranks where it does, and what would change it most."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access.coverage import GROUPS, coverage
from batu_geo.access.units import units
from batu_geo.domain.criteria import GROWS_WITH_PEOPLE
from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.travel import SPEED_SETS
from batu_geo.network.trips import explain_trips, mean_parts
from batu_geo.planning.assess import assess
from batu_geo.planning.headline import need_values
from batu_geo.siting.buildings.candidates import is_best_in_village
from batu_geo.siting.need.gaps import rank_gaps
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from batu_geo.domain.criteria import Criterion
    from batu_geo.domain.tables import Villages
    from batu_geo.planning.assessment import Assessment


def explain(
    village: str,
    scenario: str = "baseline",
    *,
    data: Path | str | None = None,
    overrides: Iterable[str] = (),
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Return why a village ranks where it does, from its minutes to what would change it.

    Parameters
    ----------
    village
        Its code or its name.
    scenario, data, overrides
        As of `plan`.
    progress
        Called with the name of each step as it begins.

    Returns
    -------
    dict
        Plain values, ready for JSON: ``village``, ``rank`` (missing for a village that has a
        unit), ``certainty``, ``minutes`` (the mean and its parts), ``people`` by group,
        ``criteria``, ``building``, ``evidence`` and ``changes``, largest first. Unreachable
        is null.

    Raises
    ------
    ScenarioError
        When the study has no such village; the nearest name is said.
    """
    study = load_study(data)
    village_id = find_village(study.villages, village)
    settings = load_scenario(scenario, overrides=overrides, study=study)
    return explained(assess(study, settings, progress=progress), village_id)


def find_village(villages: Villages, wanted: str) -> str:
    """Return the code of a village by its code, or by its name however it is written."""
    ids, names = villages["village_id"].tolist(), villages["village_name"].tolist()
    if wanted.strip() in ids:
        return wanted.strip()
    by_name = {_plain(name): village_id for name, village_id in zip(names, ids, strict=True)}
    same = [i for i, name in zip(ids, names, strict=True) if _plain(name) == _plain(wanted)]
    if len(same) > 1:
        raise ScenarioError(Problem("BG-311", values={"value": wanted, "codes": ", ".join(same)}))
    if same:
        return str(same[0])
    close = difflib.get_close_matches(_plain(wanted), by_name, n=1, cutoff=0.5)
    nearest = names[ids.index(by_name[close[0]])] if close else names[0]
    raise ScenarioError(Problem("BG-304", values={"value": wanted, "nearest": nearest}))


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def explained(found: Assessment, village_id: str) -> dict[str, Any]:
    """Return the explanation of one village of an assessment, as `explain` describes it."""
    village = _of_village(pd.DataFrame(found.study.villages), village_id)
    gaps = found.gaps[found.gaps["village_id"] == village_id].to_dict("records")
    first: dict[Any, Any] | None = gaps[0] if gaps else None
    cards = found.study.inputs.items()
    return {
        "village_id": village_id,
        "village": village["village_name"],
        "population": int(village["population"]),
        "unit_status": found.unit_status[village_id],
        "unit_evidence": _plain_value(village.get("unit_evidence")),
        "rank": None if not first else int(first["rank"]),
        "of": len(found.gaps),
        "score": None if not first else float(first["score"]),
        "feasibility_score": None if not first else float(first["feasibility_score"]),
        "certainty": None if not first else _certainty(first),
        "headline": found.scenario.headline.model_dump(),
        "minutes": _minutes(found, village_id),
        "people": _people(found, village_id),
        "criteria": [] if not first else list(_criteria(first, found.scenario.need)),
        "building": _building(found, village_id) if first else None,
        "evidence": {name: card["evidence"] for name, card in cards},
        "changes": _changes(found, village_id) if first else [],
    }


def _plain_value(value: Any) -> Any:
    """Return a value of a table as JSON has it: missing and unreachable are None."""
    if value is None or pd.isna(value) or (isinstance(value, float) and not np.isfinite(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _certainty(gap: Mapping[Any, Any]) -> dict[str, Any]:
    names = ("village_name", "rank", "rank_share_percent", "first_share_percent", "tied_with")
    return {name: _plain_value(gap[name]) for name in names}


def _minutes(found: Assessment, village_id: str) -> dict[str, Any]:
    """Return the average trip of the village's people and its parts, which sum to it."""
    head = found.scenario.headline
    here = found.demand[found.demand["village_id"] == village_id].reset_index(drop=True)
    trips = explain_trips(
        found.graphs[head.mode],
        found.scenario,
        origins=here,
        destinations=units(found.study.facilities, found.scenario.service, is_open=True),
        refuse_m=found.scenario.snapping.refuse_m,
    )
    parts = mean_parts(trips, here["population"].tolist())
    names = _facility_names(found)
    used = pd.Series(here["population"].to_numpy(), dtype="int64").groupby(
        [trip.destination_id or "" for trip in trips]
    )
    nearest = used.sum().sort_values(ascending=False, kind="stable")
    return {
        "mean": float(parts["minutes"].sum()) if len(parts) else None,
        "parts": parts.round(6).to_dict("records"),
        "units": [
            {"facility_id": key, "facility_name": names[key], "people": int(people)}
            for key, people in zip(nearest.index.astype(str), nearest, strict=True)
            if key
        ],
    }


def _people(found: Assessment, village_id: str) -> list[dict[str, Any]]:
    here = found.villages[found.villages["village_id"] == village_id]
    return [
        {name: _plain_value(row[name]) for name in ("mode", "threshold_minutes", *GROUPS)}
        for row in here.to_dict("records")
    ]


def _criteria(gap: Mapping[Any, Any], criteria: Sequence[Criterion]) -> Iterator[dict[str, Any]]:
    """Yield each criterion with what it adds, or that it was left out for want of data."""
    for criterion in criteria:
        name = criterion.name
        yield {
            "name": name,
            "raw": _plain_value(gap[name]),
            "none_at": criterion.none_at,
            "worst_at": criterion.worst_at,
            "value": _plain_value(gap.get(f"value_{name}")),
            "weight": _plain_value(gap.get(f"weight_{name}")),
            "contribution": _plain_value(gap.get(f"contribution_{name}")),
            "reason": criterion.reason,
        }


def _building(found: Assessment, village_id: str) -> dict[str, Any] | None:
    sites = found.candidates
    best = sites[(sites["village_id"] == village_id) & is_best_in_village(sites)]
    if best.empty:
        return None
    kept = ("site_id", "building_name", "suitability", "verify", "people_gained", "evidence")
    building = {name: _plain_value(best.iloc[0][name]) for name in kept}
    return building | {"gain_evidence": found.evidence}


def _changes(found: Assessment, village_id: str) -> list[dict[str, Any]]:
    """Return what each change of one thing alone does to the rank, largest first."""
    score = _of_village(found.gaps, village_id)["score"]
    rows = []
    for change, by, values, criteria in _variants(found, village_id):
        has_unit = found.unit_status != "none"
        table = rank_gaps(found.study.villages, values, has_unit=has_unit, criteria=criteria)
        then = _of_village(table, village_id)
        rows.append(
            {
                "change": change,
                "by": by,
                "rank": int(then["rank"]),
                "score": float(then["score"]),
                "score_change": round(float(then["score"] - score), 9),
                "mean_minutes": _plain_value(then["mean_minutes"]),
                "people_beyond": int(then["people_beyond"]),
            }
        )
    return sorted(rows, key=lambda row: (-abs(row["score_change"]), row["change"], str(row["by"])))


def _of_village(table: pd.DataFrame, village_id: str) -> dict[Any, Any]:
    return table[table["village_id"] == village_id].to_dict("records")[0]


def _facility_names(found: Assessment) -> dict[Any, str]:
    return found.study.facilities.set_index("facility_id")["facility_name"].to_dict()


Variant = tuple[str, Any, pd.DataFrame, "Sequence[Criterion]"]


def _variants(found: Assessment, village_id: str) -> Iterator[Variant]:
    """Yield the change, by how much or of what, the criteria then and how they weigh."""
    need, settings = found.scenario.need, found.scenario.sensitivity
    values = found.robust.values[found.scenario.travel.speed_set]
    used = [c for c in need if f"value_{c.name}" in found.gaps]
    for criterion in used if len(used) > 1 else ():
        for sign in (1, -1):
            factor = 1 + sign * settings.weight_share
            changed = criterion.model_copy(update={"weight": criterion.weight * factor})
            weights = [changed if c is criterion else c for c in need]
            if factor > 0:
                by = sign * 100 * settings.weight_share
                yield f"weight_{criterion.name}", by, values, weights
    grows = list(GROWS_WITH_PEOPLE)
    for sign in (1, -1):
        more = values.copy()
        more.loc[village_id, grows] *= 1 + sign * settings.population_share
        yield "population", sign * 100 * settings.population_share, more, need
    for speed_set in SPEED_SETS:
        if speed_set != found.scenario.travel.speed_set:
            yield "speed", speed_set, found.robust.values[speed_set], need
    closed = found.border.covered_if_closed
    yield "border_closed", None, need_values(found.study, closed), need
    head = found.scenario.headline
    here = found.covered[found.covered["village_id"] == village_id]
    people = here.groupby("nearest_id")["population"].sum()
    if len(people):
        name = str(people.sort_index().idxmax())
        times = found.times[head.mode].without(name)
        less = coverage(times, found.demand, threshold_minutes=head.threshold_minutes)
        then = need_values(found.study, less)
        yield "unit_closed", _facility_names(found)[name], then, need
