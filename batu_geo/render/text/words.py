"""Numbers, codes and sentences in the language of the reader."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from batu_geo.domain.cell_rows import (
    CellRows,
    Conflict,
    Refusal,
    StaffShortage,
    Unverified,
)
from batu_geo.domain.errors import shown
from batu_geo.domain.need_criteria import need_criteria
from batu_geo.domain.numbers import written_date, written_number
from batu_geo.render.text.catalogue import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario

# Between hours and minutes.
CLOCK = {"id": ".", "en": ":"}
PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")


def word(key: str, language: Language, **values: object) -> str:
    """Return a label, with values filled in; no data have no per cent.

    Raises
    ------
    KeyError
        When there is no such label: a name of the code is never shown instead.

    >>> word("served", "id"), word("status_open", "en")
    ('terlayani', 'has a unit, open')
    """
    label = labels()[key][language]
    if not values:
        return label
    nothing = labels()["no_data"][language]
    return label.format_map(values).replace(f"{nothing}%", nothing)


def has_word(key: str) -> bool:
    """Return whether a label exists."""
    return key in labels()


def number(value: Any, language: Language, digits: int = 0, *, is_trimmed: bool = False) -> str:
    """Return a number as the reader writes it; a missing or infinite one in words.

    >>> number(1234.5, "id", 1), number(1234.5, "en", 1), number(None, "id")
    ('1.234,5', '1,234.5', 'tidak ada data')
    >>> number(-0.04, "en", 1)
    '0.0'
    """
    if _is_missing(value):
        return word("no_data", language)
    if math.isinf(value):
        return word("infinite", language)
    return written_number(value, language, digits, is_trimmed=is_trimmed)


def _is_missing(value: Any) -> bool:
    """Return whether a cell is None, NaN, NaT or NA, which are the cells unlike themselves."""
    differs = value is None or value != value  # noqa: PLR0124
    return type(differs).__name__ == "NAType" or bool(differs)


def percent(value: Any, language: Language, digits: int = 1) -> str:
    """Return a share in per cent as the reader writes it; a missing one in words.

    >>> percent(12.34, "en"), percent(None, "en")
    ('12.3%', 'no data')
    """
    text = number(value, language, digits)
    return text if text == word("no_data", language) else f"{text}%"


def number_in_text(text: str, language: Language) -> str:
    """Return a plain number of four digits or more, or with decimals, as the reader writes it.

    >>> number_in_text("52932", "id"), number_in_text("Beji", "id"), number_in_text("12.5", "id")
    ('52.932', 'Beji', '12,5')
    """
    if not PLAIN_NUMBER.fullmatch(text):
        return text
    return number(float(text), language, len(text.partition(".")[2]))


def mode_word(mode: str, language: Language) -> str:
    """Return the mode in words; a mode of the user's own keeps its name."""
    known = {"foot": "by_foot", "motorcycle": "by_motorcycle", "car": "by_car"}
    return word(known[mode], language) if mode in known else mode


def code_word(value: object, language: Language) -> str:
    """Return a code of a table in words.

    Raises
    ------
    KeyError
        When the catalogue lacks the code.

    >>> code_word("midwife", "id"), code_word(True, "en"), code_word("reported", "en")
    ('bidan', 'yes', 'reported')
    """
    text = str(value)
    key = f"code_{text.lower()}"
    return word(key if has_word(key) else text, language)


def code_or_text(value: str, language: Language) -> str:
    """Return a code in words; other text, such as the id of a site, is safe to print.

    >>> code_or_text("midwife", "id"), code_or_text("BIG", "id")
    ('bidan', 'BIG')
    """
    key = f"code_{value.lower()}"
    return word(key, language) if has_word(key) else shown(value)


def difference_word(name: str, language: Language) -> str:
    """Return a setting of a scenario, or an input of a study, in words.

    >>> difference_word("siting", "id"), difference_word("population", "en")
    ('rencana bangunan', 'population')
    >>> difference_word("modes.foot.speeds_kmh.path", "en")
    'modes and thresholds: foot.speeds_kmh.path'
    """
    part, _, leaf = name.partition(".")
    key = f"setting_{part}"
    said = word(key if has_word(key) else f"table_{part}", language)
    return f"{said}: {shown(leaf)}" if leaf else said


def side_title(row: Mapping[Any, Any], language: Language) -> str:
    """Return the title of a compared scenario, marked where it is run on another study."""
    title = shown(row["title_en"] if language == "en" and row["title_en"] else row["title"])
    is_other = str(row["scenario"]).endswith("@against")
    return word("compare_against", language, title=title) if is_other else title


def date_word(value: object, language: Language) -> str:
    """Return a date as the reader writes it; what is no date stays as it is.

    >>> date_word("2025-12-22", "id"), date_word("2024", "en")
    ('22 Desember 2025', '2024')
    """
    return written_date(str(value), language) or shown(value)


def need_sentence(gap: Mapping[Any, Any], language: Language, *, minutes: float, mode: str) -> str:
    """Return why a village ranks where it does, made from its own numbers.

    The way to a unit comes first, then every programme figure it is ranked by.
    """
    parts = [
        word(
            _reach_key(gap),
            language,
            name=gap["village_name"],
            minutes=number(gap["mean_minutes_reached"], language, 1),
            mode=mode_word(mode, language),
            km=number(gap["mean_distance_m"] / 1000, language, 1),
            beyond=number(gap["people_beyond"], language),
            share=number(gap["share_beyond_percent"], language, 1),
            threshold=number(minutes, language),
            states=states_words(gap, language),
        )
    ]
    parts += [
        f"{number(gap[c.name], language, c.digits)} {c.label[language]}".replace(" %", "%")
        for c in need_criteria().values()
        if c.formula and f"weight_{c.name}" in gap and not _is_missing(gap[c.name])
    ]
    return "; ".join(parts) + "."


def _reach_key(gap: Mapping[Any, Any]) -> str:
    """Return the sentence for a village from which all, some or none reach a unit."""
    if not gap["people_without_way"]:
        return "reason_reach"
    return "reason_none" if _is_missing(gap["mean_minutes_reached"]) else "reason_some"


def states_words(row: Mapping[Any, Any], language: Language) -> str:
    """Return how many reach no unit, three states apart; nothing where everybody does.

    >>> states_words({"unreachable": 0, "cut_off": 1987, "not_snapped": 43}, "en")
    '1,987 people cut off by a closure, 43 people far from any road'
    """
    from batu_geo.access.coverage import NO_WAY  # noqa: PLC0415 - heavy

    return ", ".join(
        word(f"lost_{state}", language, people=number(row[state], language))
        for state in NO_WAY
        if row[state]
    )


def ferry_words(row: Mapping[Any, Any], language: Language) -> str:
    """Return how many travel by ferry and their mean minutes aboard; nothing where nobody does.

    >>> ferry_words({"people_by_ferry": 1200, "mean_ferry_minutes": 10}, "en")
    '1,200 people, on average 10.0 minutes aboard'
    """
    if not row.get("people_by_ferry"):
        return ""
    people = number(row["people_by_ferry"], language)
    minutes = number(row["mean_ferry_minutes"], language, 1)
    return word("by_ferry_of", language, people=people, minutes=minutes)


def score_words(gap: Mapping[Any, Any], language: Language) -> str:
    """Return the need score of 100, with the interval that missing figures leave it.

    >>> score_words({"score": 0.5, "score_low": 0.4, "score_high": 0.75}, "en")
    '50.0 (40.0-75.0)'
    """
    names = ("score", "score_low", "score_high")
    score, low, high = (number(100 * gap[name], language, 1) for name in names)
    return score if low == high else f"{score} ({low}-{high})"


def certainty_sentence(gap: Mapping[Any, Any], language: Language) -> str:
    """Return how sure the rank of a village is, made from its own numbers."""
    if _is_missing(gap["rank_share_percent"]):
        return ""
    sentence = word(
        "sure_rank",
        language,
        name=shown(gap["village_name"]),
        rank=gap["rank"],
        share=number(gap["rank_share_percent"], language),
        first=number(gap["first_share_percent"], language),
    )
    if _is_missing(gap["tied_with"]) or not gap["tied_with"]:
        return sentence
    return f"{sentence} {word('sure_tied', language, names=shown(str(gap['tied_with'])))}"


def suitability_words(site: Mapping[Any, Any], language: Language) -> str:
    """Return how far a building meets the rules, and that no road could be joined from it.

    >>> site = {"suitability": "to_verify", "joins_road": False}
    >>> suitability_words(site, "id"), suitability_words(site, "en")
    ('perlu verifikasi: jalan', 'to verify: road')
    """
    said = word(str(site["suitability"]), language)
    if site["suitability"] != "to_verify" or site["joins_road"]:
        return said
    return f"{said}: {word('rule_road', language)}"


def rows_words(cell: CellRows, language: Language) -> str:
    """Return the rows of a cell in words.

    >>> cell = CellRows((Refusal("B1", "owner", "village"), Refusal("B1", "rooms", "1")))
    >>> rows_words(cell, "id")
    'pemilik: desa; jumlah ruang: 1'
    """
    return "; ".join(row_words(row, language) for row in cell.rows)


def row_words(row: object, language: Language) -> str:
    """Return one row of a cell in words; text stays as it is.

    >>> row_words(Conflict("budget", {"budget": 1000}), "en")
    'costs of at most Rp1,000'
    >>> row_words(Unverified("B1", "rooms"), "en"), row_words(StaffShortage(2, "nurse"), "id")
    ('rooms', '2 perawat')
    """
    match row:
        case Refusal(rule=rule, value=value):
            return f"{word(f'rule_{rule}', language)}: {code_or_text(value, language)}"
        case Unverified(rule=rule):
            return word(f"rule_{rule}", language)
        case Conflict(code=code, values=values):
            return word(f"rule_{code}", language, **_values_words(values, language))
        case StaffShortage(count=count, profession=profession):
            return f"{count} {word(f'profession_{profession}', language)}"
        case _:
            return str(row)


def _values_words(values: Mapping[str, str | int], language: Language) -> dict[str, str]:
    """Return the values of a rule as the reader writes them."""
    return {
        key: code_or_text(value, language) if isinstance(value, str) else number(value, language)
        for key, value in values.items()
    }


def state_line(name: str, reasons: Iterable[tuple[str, str]], language: Language) -> str:
    """Return whether a run is fresh, or every reason why it is stale.

    >>> state_line("baseline-1", [], "en")
    'baseline-1: fresh'
    """
    listed = [
        word(f"stale_{reason}", language, name=_thing(reason, what, language))
        for reason, what in reasons
    ]
    return f"{shown(name)}: {'; '.join(listed) or word('fresh', language)}"


def _thing(reason: str, what: str, language: Language) -> str:
    return word(f"table_{what}", language) if reason == "input" else shown(what)


def opened_words(scenario: Scenario, language: Language, *, count: int) -> str:
    """Return which buildings stand open after: those of the plan, the best ones, or none."""
    if scenario.siting is not None and not count:
        return word("opened_none", language)
    return word("opened_best" if scenario.siting is None else "opened_plan", language)


def cards_in(
    inputs: Mapping[str, Mapping[str, str]], language: Language
) -> dict[str, dict[str, str]]:
    """Return what is known of the inputs in a language: in English what they say in English.

    >>> cards = {"roads": {"origin": "peta kota", "origin_en": "map of the city"}}
    >>> cards_in(cards, "en"), cards_in(cards, "id")
    ({'roads': {'origin': 'map of the city'}}, {'roads': {'origin': 'peta kota'}})
    """
    found: dict[str, dict[str, str]] = {}
    for name, card in inputs.items():
        said = {key: text for key, text in card.items() if not key.endswith("_en")}
        if language == "en":
            said |= {key: text for key in said if (text := card.get(f"{key}_en", ""))}
        found[name] = said
    return found
