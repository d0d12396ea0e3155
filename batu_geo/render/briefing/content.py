"""What a briefing is made from: the tables of one run and what is known of its inputs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batu_geo.domain.letterhead import Place
from batu_geo.domain.norms import HOME
from batu_geo.render.cartography.base_map import scenario_title
from batu_geo.render.text.column_headings import plain_text
from batu_geo.render.text.projection import projection_words
from batu_geo.render.text.words import date_word, mode_word, number, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from batu_geo.domain.errors import Language
    from batu_geo.domain.letterhead import Letterhead
    from batu_geo.domain.scenario import Scenario

HEAD_OF = re.compile(r"(Kota|Kabupaten) (.+)")
LEADS = {"Kota": "letter_head_of_kota", "Kabupaten": "letter_head_of_kabupaten"}
VILLAGE_CODE, FIRST_OF_A_CITY = re.compile(r"\d\d\.\d\d\.\d\d\.\d{4}"), 71
# Codes of Kemendagri begin with a province; these stand for other countries.
NO_PROVINCE = "99"
MADE_UP, CHOSEN = "illustrative", "assumed"
MAP_INPUTS = {
    "map_served": ("villages", "population", "facilities", "roads"),
    "map_change": ("villages", "population", "facilities", "roads", "buildings"),
    "map_reach": ("villages", "facilities", "roads"),
    "map_candidates": ("villages", "facilities", "roads", "buildings"),
    "map_referral": ("villages", "facilities", "roads"),
    "map_staff": ("villages", "population", "facilities", "roads", "staffing"),
}


def head_of_region(brief: Brief) -> str:
    """Return who leads the region: of `[place]`, else by its name, else by its code; else nothing.

    A kota has a wali kota, a kabupaten a bupati; their codes begin at 71 and at 01.
    """
    if brief.frame.head is not None:
        return plain_text(brief.frame.head.said(brief.language))
    named = HEAD_OF.fullmatch(brief.place)
    if named:
        place = plain_text(named[2])
        return word(LEADS[named[1]], brief.language, place=place)
    codes = [name for name in brief.names if VILLAGE_CODE.fullmatch(name)]
    if not codes or codes[0].startswith(NO_PROVINCE):
        return ""
    is_city = int(codes[0][3:5]) >= FIRST_OF_A_CITY
    return word("brief_head_kota" if is_city else "brief_head_kabupaten", brief.language)


@dataclass(frozen=True, slots=True, eq=False)
class Brief:
    """Everything the documents of a pack are made from.

    Attributes
    ----------
    place, crs, run
        Title and projection of the study, name of the run.
    scenario, language
        What was chosen, and the language of every page.
    inputs
        By table: origin, licence, date, evidence and note.
    tables
        By name: every table of the run.
    rests_on
        By table: its inputs.
    names
        By id: the names of facilities and villages.
    maps, maps_titles
        By name: SVG text, and the title of each map of the whole city.
    letterhead
        Of the office; empty where none is set.
    notices
        Notices on the data, one line each.
    demand_points, calibration
        For the methods.
    frame
        Vision, mission and strategies of the place, from `[place]` of its study.
    country
        Whose norms are said.
    """

    place: str
    crs: str
    run: str
    scenario: Scenario
    language: Language
    inputs: Mapping[str, Mapping[str, str]]
    tables: Mapping[str, pd.DataFrame]
    rests_on: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    maps: Mapping[str, str]
    maps_titles: Mapping[str, str]
    letterhead: Letterhead
    notices: Sequence[str]
    demand_points: int
    calibration: Mapping[str, Any] | None
    frame: Place = field(default_factory=Place)
    country: str = HOME

    @property
    def date(self) -> str:
        """Date of the newest input: the date of every document."""
        return max(card["date"] for card in self.inputs.values())

    @property
    def said_date(self) -> str:
        """The date of every document as its reader writes it."""
        return date_word(self.date, self.language)

    @property
    def about(self) -> str:
        """Scenario, date and run, for the foot of every page."""
        return word("brief_scenario", self.language, scenario=self.scenario_title,
                    date=self.said_date, run=self.run)  # fmt: skip

    @property
    def scenario_title(self) -> str:
        """Title of the scenario in the language of the pages."""
        return scenario_title(self.scenario, self.language)

    @property
    def minutes(self) -> str:
        """The headline threshold."""
        return number(self.scenario.headline.threshold_minutes, self.language)

    @property
    def mode(self) -> str:
        """The headline mode in words."""
        return mode_word(self.scenario.headline.mode, self.language)

    def inputs_of(self, evidence: str) -> list[str]:
        """Return the inputs of one evidence, in words."""
        return [
            word(f"table_{name}", self.language)
            for name, card in self.inputs.items()
            if card["evidence"] == evidence
        ]

    @property
    def banner(self) -> str:
        """What is made up, for the head of every page; empty where nothing is."""
        made_up = self.inputs_of(MADE_UP)
        if not made_up:
            return ""
        text = word("brief_made_up", self.language, what=", ".join(made_up))
        chosen = self.inputs_of(CHOSEN)
        if chosen:
            text += f". {word('brief_assumed', self.language, what=', '.join(chosen))}"
        return text

    def map_source(self, key: str) -> str:
        """Return source, date and projection, for under a map."""
        sources = "; ".join(
            f"{word(f'table_{name}', self.language)}: {self.inputs[name]['origin']} "
            f"({word(self.inputs[name]['evidence'], self.language)}, {self.inputs[name]['date']})"
            for name in MAP_INPUTS[key]
            if name in self.inputs
        )
        return word(
            "brief_source_of_map", self.language, sources=sources, date=self.said_date,
            crs=projection_words(self.crs, self.language),
        )  # fmt: skip

    def rests_on_text(self, name: str) -> str:
        """Return the sentence of the inputs a table rests on."""
        listed = self.rests_on_list(name)
        return word("brief_rests_on", self.language, what=listed) if listed else ""

    def rests_on_list(self, name: str) -> str:
        """Return the inputs a table rests on, each with its evidence and date."""
        known = [i for i in self.rests_on.get(name, ()) if i in self.inputs]
        return ", ".join(
            f"{word(f'table_{i}', self.language)} "
            f"({word(self.inputs[i]['evidence'], self.language)}, {self.inputs[i]['date']})"
            for i in known
        )

    def title(self, key: str, **values: object) -> str:
        """Return the title of a document of this place."""
        return self.title_of(word(key, self.language, **values))

    def title_of(self, what: str) -> str:
        """Return a title with the name of this place."""
        return plain_text(word("brief_of", self.language, title=what, place=self.place))
