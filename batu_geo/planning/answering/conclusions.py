"""What answers change in the conclusions: before and after, with the class of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from batu_geo.planning.evidence.bases import city_basis
from batu_geo.planning.evidence.main_worths import (
    gain_worth,
    plan_worth,
    rank_worth,
    unit_evidence,
)
from batu_geo.planning.evidence.worth import Worth, weakest, worth_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.planning.assessment import Assessment

REFUSED = "refused"


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """One conclusion before and after.

    Attributes
    ----------
    conclusion
        ``has_unit``, ``rank``, ``best_building``, ``people_served`` or ``evidence``.
    subject
        Name of a village, id of a threshold (mode and minutes), or code of a conclusion.
    before, after
        Values; None for a village that is not ranked, or has no building.
    """

    conclusion: str
    subject: str
    before: Any
    after: Any


def changed_conclusions(before: Assessment, after: Assessment) -> list[Changed]:
    """Return the conclusions that answers change, in the order in which a council decides.

    Which villages have no unit and how sure that is, the rank of each, the best building of each,
    people within reach by mode and threshold, and how sure each kind of conclusion is.
    """
    pairs: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = [
        ("has_unit", _units(before), _units(after)),
        ("rank", _ranks(before), _ranks(after)),
        ("best_building", _best(before), _best(after)),
        ("people_served", _served(before), _served(after)),
        ("evidence", _classes(before), _classes(after)),
    ]
    return [
        Changed(name, subject, old.get(subject), new.get(subject))
        for name, old, new in pairs
        for subject in {**old, **new}
        if old.get(subject) != new.get(subject)
    ]


def _names(assessment: Assessment) -> dict[str, str]:
    villages = assessment.study.villages
    return dict(zip(villages["village_id"], villages["village_name"], strict=True))


def _units(assessment: Assessment) -> dict[str, tuple[str, str]]:
    """Return by name of a village whether it has a unit, and how sure that is."""
    sure, status = unit_evidence(assessment), assessment.unit_status
    return {name: (str(status.get(v, "none")), sure[v]) for v, name in _names(assessment).items()}


def _ranks(assessment: Assessment) -> dict[str, int]:
    gaps = assessment.gaps
    return {str(n): int(r) for n, r in zip(gaps["village_name"], gaps["rank"], strict=True)}


def _best(assessment: Assessment) -> dict[str, tuple[str, str]]:
    """Return by name of a village without a unit its best building, and how sure its gain is."""
    sites, names = assessment.candidates, _names(assessment)
    fit = sites[(sites["suitability"] != REFUSED) & sites["rank_in_village"].notna()]
    kept = pd.DataFrame(fit.sort_values("rank_in_village")).drop_duplicates("village_id")
    ranked = [v for v in assessment.gaps["village_id"] if v in set(kept["village_id"])]
    rows = kept.set_index("village_id")
    return {
        names[v]: (str(rows["building_name"][v]),
                   gain_worth(assessment, str(rows["site_id"][v])).evidence)
        for v in ranked
    }  # fmt: skip


def _served(assessment: Assessment) -> dict[str, int]:
    city = assessment.city.to_dict("records")
    return {f"{row['mode']} {row['threshold_minutes']:g}": int(row["served"]) for row in city}


def _classes(assessment: Assessment) -> dict[str, Worth]:
    """Return how sure each kind of conclusion is: its class, what binds it, and without that."""
    sure = unit_evidence(assessment)
    none = [sure[v] for v in assessment.gaps["village_id"]]
    return {
        "which_villages": Worth(weakest(none)) if none else Worth(weakest(sure.values())),
        "order": rank_worth(assessment),
        "reach": worth_of(city_basis(assessment)),
        "plan": plan_worth(assessment),
    }
