"""What the tooltip of each thing on a map says, every text escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from batu_geo.render.text.escaping import escape_text
from batu_geo.render.text.words import mode_word, number, rule_list, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import Villages

Row = tuple[str, str]


def tooltip(title: str, rows: Iterable[Row]) -> str:
    """Return the HTML of a tooltip; title, labels and values are escaped."""
    lines = "".join(
        f"<tr><th>{escape_text(label)}</th><td>{escape_text(value)}</td></tr>"
        for label, value in rows
        if value
    )
    return f"<b>{escape_text(title)}</b><table>{lines}</table>"


def village_tips(
    villages: Villages,
    coverage: pd.DataFrame,
    *,
    unit_status: pd.Series[str],
    ranks: Mapping[str, int],
    certainty: Mapping[str, str],
    scenario: Scenario,
    language: Language,
) -> list[str]:
    """Return a tooltip a village: its state, its people within each threshold, its evidence."""
    rows_of = dict(iter(coverage.groupby("village_id")))
    tips = []
    for village in villages.to_dict("records"):
        village_id = village["village_id"]
        rows = [
            (word("status", language), word(f"status_{unit_status[village_id]}", language)),
            (word("rank", language), str(ranks.get(village_id, ""))),
            (word("rank_certainty", language), certainty.get(village_id, "")),
            (word("population", language), _population(village, language)),
            *_reach(rows_of[village_id], scenario, language),
            (word("evidence", language), _unit_evidence(village, language)),
        ]
        tips.append(tooltip(str(village["village_name"]), rows))
    return tips


def _population(village: Mapping[Any, Any], language: Language) -> str:
    people = f"{number(village['population'], language)} {word('people', language)}"
    return f"{people} ({word(village['population_evidence'], language)})"


def _reach(rows: pd.DataFrame, scenario: Scenario, language: Language) -> Iterable[Row]:
    """Yield the mean trip of the headline mode, and the people within each threshold."""
    minutes, people = word("minutes", language), word("people", language)
    mode = scenario.headline.mode
    headline = rows[rows["mode"] == mode].iloc[0]
    mean = number(headline["mean_travel_time_min"], language, 1)
    km = number(headline["mean_travel_distance_m"] / 1000, language, 1)
    how = mode_word(mode, language)
    yield word("mean_minutes", language), f"{mean} {minutes} {how} ({km} km)"
    for row in rows.to_dict("records"):
        limit = number(row["threshold_minutes"], language)
        served = f"{number(row['served'], language)} {people}"
        share = number(row["share_served_percent"], language, 1)
        yield f"{limit} {minutes} {mode_word(row['mode'], language)}", f"{served} ({share} %)"


def _unit_evidence(village: Mapping[Any, Any], language: Language) -> str:
    known = {str(name).removeprefix("unit_"): value for name, value in village.items()
             if str(name).startswith("unit_")}  # fmt: skip
    return "" if pd.isna(known["evidence"]) else evidence_text(known, language)


def facility_tip(row: Mapping[Any, Any], language: Language) -> str:
    """Return the tooltip of a facility with its state and evidence."""
    shown: list[Row] = [
        (word("status", language), word(str(row["status"]), language)),
        (word("host", language), "" if pd.isna(row["host"]) else str(row["host"])),
        (word("evidence", language), evidence_text(row, language)),
    ]
    return tooltip(str(row["facility_name"]), shown)


def candidate_tip(row: Mapping[Any, Any], language: Language) -> str:
    """Return the tooltip of a building: rank, gain, what is missing, evidence."""
    people, minutes = word("people", language), number(row["person_minutes_saved"], language)
    shown: list[Row] = [
        (word("rank", language), "" if pd.isna(row["rank"]) else str(row["rank"])),
        (word("suitability", language), word(str(row["suitability"]), language)),
        (word("why_not", language), rule_list(row["why_not"], language)),
        (word("verify", language), rule_list(row["verify"], language)),
        (word("people_gained", language), f"{number(row['people_gained'], language)} {people}"),
        (word("person_minutes_saved", language), minutes),
        (word("evidence", language), evidence_text(row, language)),
    ]
    return tooltip(str(row["building_name"]), shown)


def evidence_text(row: Mapping[Any, Any], language: Language) -> str:
    """Return how sure a record is and why."""
    note = row.get("evidence_note_en") if language == "en" else None
    if note is None or pd.isna(note):
        note = row.get("evidence_note")
    known = word(str(row["evidence"]), language)
    return known if note is None or pd.isna(note) else f"{known} ({note})"
