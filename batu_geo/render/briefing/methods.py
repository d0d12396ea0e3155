"""How the figures of a report came about, from the settings of the scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.render.text.column_headings import cell, column_words
from batu_geo.render.text.words import has_word, mode_word, number, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batu_geo.domain.errors import Language
    from batu_geo.render.briefing.content import Brief


def method_sentences(brief: Brief) -> list[str]:
    """Return one sentence a step of the method."""
    language, scenario = brief.language, brief.scenario
    travel, referral = scenario.travel, scenario.referral
    return [
        word("method_times", language, points=number(brief.demand_points, language),
             kinds=", ".join(scenario.service.kinds),
             season=_known("season", travel.season, language),
             direction=_known("direction", travel.direction, language),
             speed_set=_known("speeds", travel.speed_set, language)),
        word("method_need", language),
        *_criteria(brief),
        word("method_sites", language, owners=_codes("owner", scenario.candidates.owners, language),
             land=_codes("land_status", scenario.candidates.land_statuses, language),
             conditions=_codes("condition", scenario.candidates.conditions, language),
             area=number(scenario.candidates.min_floor_area_m2, language),
             rooms=number(scenario.candidates.min_rooms, language)),
        word("method_order", language, draws=number(scenario.robustness.draws, language),
             seed=scenario.robustness.seed),
        word("method_access", language, source=scenario.said(scenario.access.source, language)),
        word("method_referral", language, mode=mode_word(referral.mode, language),
             minutes=number(referral.limit_minutes, language),
             source=scenario.said(referral.source, language)),
        word("method_staff", language, source=scenario.said(scenario.staffing.source, language)),
        *_calibration(brief),
    ]  # fmt: skip


def _criteria(brief: Brief) -> Iterator[str]:
    language = brief.language
    for criterion in brief.scenario.need:
        heading = column_words(criterion.name, language).heading
        yield word(
            "method_criterion", language, name=heading,
            weight=number(criterion.weight, language, 2),
            none_at=number(criterion.none_at, language),
            worst_at=number(criterion.worst_at, language),
            reason=brief.scenario.said(criterion.reason, language).rstrip("."),
        )  # fmt: skip


def _calibration(brief: Brief) -> list[str]:
    calibration, language = brief.calibration, brief.language
    if not calibration:
        return []
    return [
        word("method_speed", language, found=number(calibration["median_kmh"], language, 1),
             trips=number(calibration["trips"], language),
             reported=number(calibration["reported_kmh"], language, 1))
    ]  # fmt: skip


def _codes(column: str, values: Iterable[str], language: Language) -> str:
    return ", ".join(cell(column, value, language) for value in values)


def _known(prefix: str, value: str, language: Language) -> str:
    key = f"{prefix}_{value}"
    return word(key, language) if has_word(key) else value
