"""What a pack says of its numbers, each sentence with the row of the workbook it is from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batu_geo.access.coverage import at_threshold
from batu_geo.render.briefing.content import CHOSEN, MADE_UP
from batu_geo.render.briefing.first_page import city_row, headline, how_chosen
from batu_geo.render.briefing.sentences import (
    asked_sentences,
    assumed_sentences,
    gain_sentence,
    headline_row,
    order_sentences,
)
from batu_geo.render.briefing.sheet_names import TOTAL, Led
from batu_geo.render.text.column_headings import cell
from batu_geo.render.text.which_villages import people_estimated
from batu_geo.render.text.words import ferry_words, mode_word, states_words, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batu_geo.render.briefing.content import Brief

MOST_NAMED = 3
# What a council waits for; rosters, profiles and costs stand in the table.
OF_DECISIONS = ("unit", "population", "buildings", "position")


def every_led(brief: Brief) -> list[Led]:
    """Return every sentence of the pack with numbers, as the pages have them."""
    return [
        *conclusions(brief),
        *now_led(brief),
        *of_villages(brief, order_sentences(brief)),
        *of_villages(brief, asked_sentences(brief)),
        *assumed_led(brief),
    ]


def conclusions(brief: Brief) -> list[Led]:
    """Return what is recommended, how the buildings were chosen and what they change together."""
    proof = Led(how_chosen(brief), "candidates")
    if "plan_proof" in brief.tables:
        proof = Led(how_chosen(brief), "plan_proof", (0,))
    named = named_in(headline(brief), brief.tables["before_after"]["village_name"].tolist())
    return [
        Led(headline(brief), "before_after", (*named, TOTAL)),
        proof,
        Led(gain_sentence(brief), "before_after", (TOTAL,)),
    ]


def now_sentences(brief: Brief) -> list[str]:
    """Return how many villages have a unit, and who reaches an open one."""
    return [led.text for led in now_led(brief)]


def now_led(brief: Brief) -> list[Led]:
    """Return the sentences of today: units, people within reach, and who is without a way."""
    row, here = headline_row(brief), (city_row(brief),)
    said = [_units(brief), Led(_served(brief), "city", here)]
    estimated = people_estimated(brief.tables["villages"]["population_evidence"], brief.language)
    said += [Led(estimated, "villages")] if estimated else []
    if states := states_words(row, brief.language):
        text = word("now_without_way", brief.language, mode=brief.mode, states=states)
        said.append(Led(text, "city", here))
    if by_ferry := ferry_words(row, brief.language):
        text = f"{word('by_ferry', brief.language, mode=brief.mode)}: {by_ferry}."
        said.append(Led(text, "city", here))
    villages = brief.tables["villages"].reset_index(drop=True)
    at_head = at_threshold(villages, brief.scenario.headline)
    off_road = at_head.loc[at_head["unit_status"] == "off_road", "village_name"]
    if len(off_road):
        text = word("now_off_road", brief.language, names=", ".join(off_road))
        said.append(Led(text, "villages", tuple(off_road.index)))
    return [*said, *_others(brief), *_answered(brief)]


def _units(brief: Brief) -> Led:
    language, words = brief.language, brief.tables["four_coverages"]["word"].tolist()
    four = brief.tables["four_coverages"].set_index("word")
    units, is_open = four.loc["cakupan_unit"], four.loc["cakupan_unit_buka"]
    text = word(
        "now_units", language, units=cell("value", units["value"], language),
        villages=cell("of", units["of"], language),
        share=cell("percent", units["percent"], language),
        open=cell("value", is_open["value"], language),
    )  # fmt: skip
    rows = (words.index("cakupan_unit"), words.index("cakupan_unit_buka"))
    return Led(text, "four_coverages", rows)


def _served(brief: Brief) -> str:
    language, row = brief.language, headline_row(brief)
    return word(
        "now_served", language, served=cell("served", row["served"], language),
        population=cell("population", row["population"], language),
        share=cell("share_served_percent", row["share_served_percent"], language),
        minutes=brief.minutes, mode=brief.mode,
        beyond=cell("not_served", row["population"] - row["served"], language),
    )  # fmt: skip


def _others(brief: Brief) -> Iterator[Led]:
    """Yield the shares at the thresholds beside the headline."""
    language = brief.language
    others = {
        n: word("now_other", language, mode=mode_word(r["mode"], language),
                minutes=cell("threshold_minutes", r["threshold_minutes"], language),
                share=cell("share_served_percent", r["share_served_percent"], language))
        for n, r in enumerate(brief.tables["city"].to_dict("records"))
        if n != city_row(brief)
    }  # fmt: skip
    if others:
        text = word("now_others", language, list="; ".join(others.values()))
        yield Led(text, "city", tuple(others))


def _answered(brief: Brief) -> Iterator[Led]:
    """Yield what is certain since offices have answered, and what is still to ask."""
    language = brief.language
    if "still_to_ask" not in brief.tables:
        return
    rows = brief.tables["still_to_ask"].to_dict("records")
    certain = [
        word("now_certain_of", language, what=cell("asked_about", row["asked_about"], language),
             certain=cell("rows_certain", row["rows_certain"], language),
             all=cell("rows_all", row["rows_all"], language))
        for row in rows if row["rows_certain"]
    ]  # fmt: skip
    if certain:
        yield Led(word("now_certain", language, list="; ".join(certain)), "still_to_ask")
    asked = [
        word("now_to_ask_of", language, what=cell("asked_about", row["asked_about"], language),
             names=cell("first_to_ask", row["first_to_ask"], language)
             + (", ..." if row["rows_all"] - row["rows_certain"] > MOST_NAMED else ""))
        for row in rows if row["cells_to_ask"] and row["asked_about"] in OF_DECISIONS
    ]  # fmt: skip
    if asked:
        yield Led(word("now_to_ask", language, list="; ".join(asked)), "still_to_ask")


def of_villages(brief: Brief, sentences: Sequence[str]) -> list[Led]:
    """Return sentences of ranked villages or of buildings, each with the rows of all it names."""
    villages = brief.tables["gaps"]["village_name"].tolist()
    names = [*villages, *brief.tables["candidates"]["building_name"]]
    said = []
    for text in sentences:
        found = named_in(text, names)
        ranked = tuple(n for n in found if n < len(villages))
        sites = tuple(n - len(villages) for n in found)
        is_of_sites = bool(found) and not ranked
        said.append(Led(text, *(("candidates", sites) if is_of_sites else ("gaps", ranked))))
    return said


def named_in(text: str, names: Sequence[str]) -> tuple[int, ...]:
    """Return the positions of all names in a text; of names within each other the longest.

    >>> named_in("Beji and Oro-oro Ombo", ["Oro-oro Ombo", "Ombo", "Beji", "Be"])
    (0, 2)
    """
    longest = sorted({name for name in names if name}, key=len, reverse=True)
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)"
    found = set(re.findall(pattern, text)) if longest else set[str]()
    return tuple(n for n, name in enumerate(names) if name in found)


def assumed_led(brief: Brief) -> list[Led]:
    """Return what is assumed: inputs with their rows, then settings of the scenario."""
    said = assumed_sentences(brief)
    rows = [n for n, card in enumerate(brief.inputs.values())
            if card["evidence"] in (MADE_UP, CHOSEN)]  # fmt: skip
    return [Led(text, "inputs", tuple(rows[n : n + 1])) for n, text in enumerate(said)]
