"""The settings of a scenario that a page may turn, and names that are still free."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batu_geo.render.text.words import code_word, has_word, word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.planning.study import Study
    from batu_geo.workbench.change_list import Change

UNIT = "UNIT-"


def settings_record(scenario: Scenario, language: Language) -> dict[str, Any]:
    """Return the settings as plain values; a criterion of need has its words beside it."""
    siting = scenario.siting
    return {
        "threshold": scenario.headline.threshold_minutes,
        "mode": scenario.headline.mode,
        "speedSet": scenario.travel.speed_set,
        "season": scenario.travel.season,
        "hours": list(scenario.staffing.working_hours),
        "need": [
            {
                **criterion.model_dump(mode="json"),
                "label": criterion_label(criterion.name, language),
            }
            for criterion in scenario.need
        ],
        "siting": None
        if siting is None
        else {
            "model": siting.model,
            "count": siting.site_count,
            "budget": siting.budget_rupiah,
            "staffCaps": dict(siting.staff_caps),
            "capacity": siting.people_per_unit,
        },
    }


def criterion_label(name: str, language: Language) -> str:
    """Return a criterion of need in words; one of the user's own keeps its name."""
    return code_word(name, language) if has_word(f"code_{name}") else name


def next_names(study: Study, changes: Iterable[Change], language: Language) -> dict[str, str]:
    """Return names that the next unit, closure and road may have: nothing has them yet."""
    used = {change.key.partition(":")[2] for change in changes}
    used |= set(study.facilities["facility_id"]) | set(study.buildings["building_id"])

    def free(start: str) -> str:
        return next(f"{start}{n}" for n in range(1, len(used) + 2) if f"{start}{n}" not in used)

    return {
        "unit": free(UNIT),
        "street": free(word("serve_street", language) + " "),
        "road": free(word("serve_road", language) + " "),
    }
