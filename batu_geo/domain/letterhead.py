"""Who a briefing is from, who signs it, and what its city aims at: words never made up here."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from batu_geo.domain.frozen import Frozen

LINE = Field(max_length=160)


class Signature(Frozen):
    """One who signs: above the line the office, below it name and number."""

    role: str = LINE
    name: str = Field(default="", max_length=160)
    number: str = Field(default="", max_length=80)


class Letterhead(Frozen):
    """The head of the first page and the signatures under the last words.

    Examples
    --------
    >>> Letterhead(lines=("PEMERINTAH KOTA BATU", "DINAS KESEHATAN")).lines[1]
    'DINAS KESEHATAN'
    """

    lines: tuple[str, ...] = Field(default=(), max_length=6)
    number: str = Field(default="", max_length=160)
    place_and_date: str = Field(default="", max_length=160)
    signatures: tuple[Signature, ...] = Field(default=(), max_length=4)


class Phrase(Frozen):
    """A text of a place in both languages; in English the Indonesian one where it has no other."""

    id: str = Field(min_length=1, max_length=300)
    en: str = Field(default="", max_length=300)

    def said(self, language: Literal["id", "en"]) -> str:
        """Return the text in a language.

        >>> Phrase(id="Misi 1: sehat").said("en"), Phrase(id="Misi", en="Mission").said("en")
        ('Misi 1: sehat', 'Mission')
        """
        return (self.en or self.id) if language == "en" else self.id


class Strategy(Phrase):
    """The title of a chapter, and what is said in it in place of tables."""

    note: Phrase | None = None


class Level(Phrase):
    """The name of a level of areas, of one and of many."""

    en_many: str = Field(default="", max_length=300)
    """Many of them in English; left out, the English name with an s."""

    def said_of_many(self, language: Literal["id", "en"]) -> str:
        """Return the name of many: in Indonesian it is that of one.

        >>> Level(id="komune", en="commune").said_of_many("en")
        'communes'
        """
        return self.id if language == "id" else self.en_many or f"{self.said('en')}s"


class Levels(Frozen):
    """What villages and districts are called where the study lies."""

    village: Level | None = None
    district: Level | None = None


class Landmark(Phrase):
    """A name by which readers of a map find their way: `[[place.landmarks]]`.

    >>> Landmark(id="ke Malang", en="to Malang", kind="road", lon=112.598, lat=-7.925).said("id")
    'ke Malang'
    """

    kind: Literal["neighbour", "road", "square", "water"]
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)


class Place(Frozen):
    """The frame a city or kabupaten works in: `[place]` of its `study.toml`.

    Strategies are keyed by the number that tables carry: 1 health checks, 2 services by life
    cycle, 3 campaigns without a measure of place, 4 units and staff, 5 stunting, 6 JKN.
    """

    country: Phrase | None = None
    """The country it lies in, where that is to be said."""
    language: Literal["id", "en"] | None = None
    """Language of every output unless `--lang` says another."""
    levels: Levels = Levels()
    """Names of the levels of areas, for desa/kelurahan and kecamatan."""
    owner: Phrase | None = None
    """Who owns the buildings of the government, for pemda."""
    budget: Phrase | None = None
    """What the budget is called that pays for them, for APBD."""
    head: Phrase | None = None
    """Who leads it, whom summaries and letters are to: Bupati Contoh."""
    vision: Phrase | None = None
    mission: Phrase | None = None
    national: Phrase | None = None
    strategies: dict[Literal["1", "2", "3", "4", "5", "6"], Strategy] = Field(default_factory=dict)
    landmarks: tuple[Landmark, ...] = Field(default=(), max_length=40)
    """Neighbours, roads out of the city, its square and water, for its maps."""
    source: str = Field(default="", max_length=300)

    def aims(self, language: Literal["id", "en"]) -> list[str]:
        """Return country, vision, mission and the national frame, as far as they are known."""
        known = (self.country, self.vision, self.mission, self.national)
        return [phrase.said(language) for phrase in known if phrase is not None]
