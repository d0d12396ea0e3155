"""What the tooltip of each thing on a map says, as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from batu_geo.render.cartography.map_spec import Tip
from batu_geo.render.text.column_headings import cell
from batu_geo.render.text.words import (
    ferry_words,
    mode_word,
    number,
    percent,
    rows_words,
    score_words,
    states_words,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.render.cartography.base_map import BaseMap

Row = tuple[str, str]


def status_tips(base: BaseMap) -> tuple[Tip, ...]:
    """Return a tooltip a village: its state alone."""
    label = base.word("status")
    return tuple(
        Tip(name, ((label, base.word(f"status_{state}")),))
        for name, state in zip(base.names, base.status, strict=True)
    )


def village_tips(base: BaseMap) -> tuple[Tip, ...]:
    """Return a tooltip a village: its state, its people within each threshold, its evidence."""
    language = base.language
    rows_of: dict[str, list[Mapping[Any, Any]]] = {}
    for row in base.assessment.villages.to_dict("records"):
        rows_of.setdefault(row["village_id"], []).append(row)
    certainty, intervals = _certainty(base), _intervals(base)
    tips = []
    for village, state in zip(base.villages.to_dict("records"), base.status, strict=True):
        village_id = village["village_id"]
        rows = (
            (word("status", language), word(f"status_{state}", language)),
            (word("rank", language), str(base.ranks.get(village_id, ""))),
            (word("score", language), intervals.get(village_id, "")),
            (word("rank_certainty", language), certainty.get(village_id, "")),
            (word("population", language), _population(village, language)),
            *_reach(rows_of[village_id], base.scenario, language),
            (word("evidence", language), _unit_evidence(village, language)),
        )
        tips.append(Tip(str(village["village_name"]), rows))
    return tuple(tips)


def _certainty(base: BaseMap) -> dict[str, str]:
    """Return how sure the rank of each village is, where that was tried."""
    gaps = base.assessment.gaps
    if "rank_share_percent" not in gaps:
        return {}
    return {
        str(row["village_id"]): base.word(
            "rank_certainty_short", share=base.number(row["rank_share_percent"])
        )
        for row in gaps[gaps["rank_share_percent"].notna()].to_dict("records")
    }


def _intervals(base: BaseMap) -> dict[str, str]:
    """Return the need score of each village that missing figures leave an interval."""
    gaps = base.assessment.gaps
    unsure = gaps[gaps["score_low"] < gaps["score_high"]]
    return {
        str(row["village_id"]): score_words(row, base.language) for row in unsure.to_dict("records")
    }


def _population(village: Mapping[Any, Any], language: Language) -> str:
    people = f"{number(village['population'], language)} {word('people', language)}"
    return f"{people} ({word(village['population_evidence'], language)})"


def _reach(
    rows: Sequence[Mapping[Any, Any]], scenario: Scenario, language: Language
) -> Iterable[Row]:
    """Yield the mean trip of the headline mode, the people within each threshold and without way.

    The mean is of everybody or, where somebody reaches no unit, of those who do.
    """
    minutes, people = word("minutes", language), word("people", language)
    of_mode: dict[str, Mapping[Any, Any]] = {}
    for row in rows:
        of_mode.setdefault(row["mode"], row)
    mode = scenario.headline.mode
    headline = of_mode[mode]
    mean = number(headline["mean_minutes_reached"], language, 1)
    km = number(headline["mean_travel_distance_m"] / 1000, language, 1)
    how = mode_word(mode, language)
    if not states_words(headline, language):
        yield word("mean_minutes", language), f"{mean} {minutes} {how} ({km} km)"
    elif pd.notna(headline["mean_minutes_reached"]):
        yield word("mean_reached", language), f"{mean} {minutes} {how}"
    for row in of_mode.values():
        how = mode_word(row["mode"], language)
        yield word("without_way", language, mode=how), states_words(row, language)
        yield word("by_ferry", language, mode=how), ferry_words(row, language)
    for row in rows:
        limit = number(row["threshold_minutes"], language)
        served = f"{number(row['served'], language)} {people}"
        share = percent(row["share_served_percent"], language)
        yield f"{limit} {minutes} {mode_word(row['mode'], language)}", f"{served} ({share})"


def _unit_evidence(village: Mapping[Any, Any], language: Language) -> str:
    known = {str(name).removeprefix("unit_"): value for name, value in village.items()
             if str(name).startswith("unit_")}  # fmt: skip
    return "" if pd.isna(known["evidence"]) else evidence_text(known, language)


def facility_tip(row: Mapping[Any, Any], language: Language) -> Tip:
    """Return the tooltip of a facility with its state and evidence."""
    host = row["host"]
    rows: tuple[Row, ...] = (
        (word("status", language), word(str(row["status"]), language)),
        (word("host", language), "" if pd.isna(host) else cell("host", host, language)),
        (word("evidence", language), evidence_text(row, language)),
    )
    return Tip(str(row["facility_name"]), rows)


def candidate_tip(row: Mapping[Any, Any], language: Language) -> Tip:
    """Return the tooltip of a building: rank, gain, what is missing, evidence."""
    people, minutes = word("people", language), number(row["person_minutes_saved"], language)
    rows: tuple[Row, ...] = (
        (word("rank", language), "" if pd.isna(row["rank"]) else str(row["rank"])),
        (word("suitability", language), word(str(row["suitability"]), language)),
        (word("why_not", language), rows_words(row["why_not"], language)),
        (word("verify", language), rows_words(row["verify"], language)),
        (word("people_gained", language), f"{number(row['people_gained'], language)} {people}"),
        (word("person_minutes_saved", language), minutes),
        (word("evidence", language), evidence_text(row, language)),
    )
    return Tip(str(row["building_name"]), rows)


def evidence_text(row: Mapping[Any, Any], language: Language) -> str:
    """Return how sure a record is and why."""
    note = row.get("evidence_note_en") if language == "en" else None
    if note is None or pd.isna(note):
        note = row.get("evidence_note")
    known = word(str(row["evidence"]), language)
    return known if note is None or pd.isna(note) else f"{known} ({note})"
