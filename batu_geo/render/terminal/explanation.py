"""Terminal output of `explain`: the reasons for the rank of a village, on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Group
from rich.text import Text

from batu_geo.domain.errors import shown
from batu_geo.render.terminal.fitted_table import FittedTable
from batu_geo.render.text.words import (
    certainty_sentence,
    code_word,
    mode_word,
    number,
    score_words,
    suitability_words,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from batu_geo.domain.errors import Language

MOST_CHANGES = 8


def explanation(answer: Mapping[str, Any], language: Language) -> RenderableType:
    """Return the terminal output for the answer of `batu_geo.verbs.explain.explain`."""
    parts: list[RenderableType] = [Text(_headline(answer, language), style="bold")]
    if answer["certainty"] and answer["certainty"]["rank_share_percent"] is not None:
        parts.append(Text(certainty_sentence(answer["certainty"], language)))
    parts.append(_minutes(answer, language))
    parts += [Text(line) for line in _reach(answer, language)]
    if answer["criteria"]:
        parts.append(_criteria(answer["criteria"], language))
        parts.append(Text(_building(answer["building"], language)))
        parts.append(_changes(answer["changes"], answer["rank"], language))
    parts.append(Text(_evidence(answer["evidence"], language)))
    return Group(*parts)


def _headline(answer: Mapping[str, Any], language: Language) -> str:
    values = {
        "name": shown(answer["village"]),
        "id": answer["village_id"],
        "people": number(answer["population"], language),
        "status": word(f"explain_unit_{answer['unit_status']}", language),
        "evidence": code_word(answer["unit_evidence"] or "unknown", language),
    }
    line = word("explain_village", language, **values)
    if answer["rank"] is None:
        return line
    ranked = word(
        "explain_rank",
        language,
        rank=answer["rank"],
        of=answer["of"],
        score=score_words(answer, language),
        ready=number(100 * answer["feasibility_score"], language, 1),
    )
    return f"{line}\n{ranked}"


def _table(headings: Sequence[str], language: Language, *, texts: int = 1) -> FittedTable:
    """Return an empty table; all columns but the first few are numbers."""
    table = FittedTable()
    for place, key in enumerate(headings):
        table.add_column(word(key, language), "left" if place < texts else "right")
    return table


def _add(table: FittedTable, *cells: str) -> None:
    """Add a row as plain text, as names are data and not markup."""
    table.add_row(*cells)


def _minutes(answer: Mapping[str, Any], language: Language) -> RenderableType:
    minutes, head = answer["minutes"], answer["headline"]
    if minutes["mean_reached"] is None:
        return Text(word("explain_unreachable", language))
    is_all = minutes["people_reached"] == answer["population"]
    title = word(
        "explain_minutes" if is_all else "explain_minutes_reached",
        language,
        people=number(minutes["people_reached"], language),
        minutes=number(minutes["mean_reached"], language, 1),
        mode=mode_word(head["mode"], language),
        units=", ".join(
            f"{shown(u['facility_name'])} ({number(u['people'], language)})"
            for u in minutes["units"]
        ),
    )
    table = _table(("explain_part", "road_class", "metres", "minutes"), language, texts=2)
    for part in minutes["parts"]:
        _add(
            table,
            word(f"part_{part['part']}", language),
            shown(part["road_class"] or ""),
            number(part["metres"], language),
            number(part["minutes"], language, 1),
        )
    return Group(Text(title), table)


def _reach(answer: Mapping[str, Any], language: Language) -> Iterator[str]:
    for row in answer["people"]:
        yield word(
            "explain_reach",
            language,
            threshold=number(row["threshold_minutes"], language),
            mode=mode_word(row["mode"], language),
            served=number(row["served"], language),
            beyond=number(row["not_served"], language),
            unreachable=number(row["unreachable"], language),
            cut_off=number(row["cut_off"], language),
            far=number(row["not_snapped"], language),
        )


def _criteria(criteria: Sequence[Mapping[str, Any]], language: Language) -> FittedTable:
    headings = ("explain_criterion", "explain_raw", "explain_goalposts", "explain_value",
                "explain_weight", "explain_adds")  # fmt: skip
    table = _table(headings, language)
    for row in criteria:
        goalposts = f"{number(row['none_at'], language)} - {number(row['worst_at'], language)}"
        parts = [row["value"], row["weight"], row["contribution"]]
        shares = [number(None if p is None else 100 * p, language, 1) for p in parts]
        _add(
            table,
            f"{code_word(row['name'], language)}\n  "
            f"{shown(row['reason_en' if language == 'en' else 'reason'])}",
            _raw(row, language),
            goalposts,
            *shares,
        )
    return table


def _raw(row: Mapping[str, Any], language: Language) -> str:
    """Return a figure as it is; of minutes the mean of those who arrive and how many do not."""
    if not row.get("people_without_way"):
        return number(row["raw"], language, 1)
    people = number(row["people_without_way"], language)
    if row["reached"] is None:
        return word("explain_none_reach", language, people=people)
    reached = number(row["reached"], language, 1)
    return word("explain_some_reach", language, minutes=reached, people=people)


def _building(building: Mapping[str, Any] | None, language: Language) -> str:
    label = word("best_building", language)
    if building is None:
        return f"{label}: {word('print_no_building', language)}"
    gained = number(building["people_gained"], language)
    name, worth = shown(building["building_name"]), code_word(building["gain_evidence"], language)
    fit = suitability_words(building, language)
    return f"{label}: {name} ({fit}, {worth}), +{gained} {word('people', language)}"


def _changes(changes: Sequence[Mapping[str, Any]], rank: int, language: Language) -> FittedTable:
    headings = ("explain_change", "rank", "score", "explain_score_change", "minutes",
                "people_beyond")  # fmt: skip
    table = _table(headings, language)
    table.title = word("explain_changes", language)
    for row in changes[:MOST_CHANGES]:
        _add(
            table,
            _change(row, language),
            f"{rank} → {row['rank']}" if row["rank"] != rank else str(rank),
            number(100 * row["score"], language, 1),
            f"{100 * row['score_change']:+.1f}".replace(".", "," if language == "id" else "."),
            number(np.inf if row["people_without_way"] else row["mean_minutes"], language, 1),
            number(row["people_beyond"], language),
        )
    return table


def _change(row: Mapping[str, Any], language: Language) -> str:
    change, by = str(row["change"]), row["by"]
    if change.startswith("weight_"):
        name = code_word(change.removeprefix("weight_"), language)
        return word("change_weight", language, name=name, by=f"{by:+.0f}")
    if change == "population":
        return word("change_population", language, by=f"{by:+.0f}")
    if change == "speed":
        return word(f"change_speed_{by}", language)
    return word(f"change_{change}", language, name=shown(by))


def _evidence(evidence: Mapping[str, str], language: Language) -> str:
    listed = ", ".join(
        f"{word(f'table_{name}', language)} ({code_word(worth, language)})"
        for name, worth in evidence.items()
    )
    return f"{word('evidence', language)}: {listed}"
