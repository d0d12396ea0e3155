"""Labels, codes and headings in both languages: `catalogue.toml`, one key each."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from batu_geo.domain.letterhead import Level, Phrase
from batu_geo.domain.need_criteria import need_criteria

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.errors import Language
    from batu_geo.domain.letterhead import Place

LANGUAGES: tuple[Language, ...] = ("id", "en")
# By language: words for villages, districts, owner and budget, of one and of many.
USUAL: tuple[dict[str, tuple[tuple[str, ...], tuple[str, ...]]], ...] = (
    {"id": (("desa/kelurahan", "kelurahan/desa", "desa", "kelurahan"), ()),
     "en": (("village",), ("villages",))},
    {"id": (("kecamatan",), ()), "en": (("district",), ("districts",))},
    {"id": (("pemda",), ()), "en": (("local government",), ())},
    {"id": (("apbd kabupaten/kota", "apbd"), ()), "en": (("local budget",), ())},
)  # fmt: skip
_said: list[tuple[tuple[str, str, str], ...]] = [()]
# Tables of headings, which `column_headings` reads.
HEADINGS = ("column", "column_with", "table_title")
# Tables whose keys need no name of the table before them.
UNPREFIXED = ("text", "evidence", "suitability", "facility_status")


def say_as(place: Place | None) -> None:
    """Say levels of areas, owner and budget as a place does from now on, of none as is usual here.

    >>> from batu_geo.domain.letterhead import Place
    >>> budget = {"id": "anggaran komune", "en": "budget of the commune"}
    >>> say_as(Place.model_validate({"budget": budget}))
    >>> labels()["bench_payer_city"]["en"], say_as(None), labels()["bench_payer_city"]["en"]
    ('Budget of the commune', None, 'Local budget')
    """
    _said[:] = [_usual_and_own(place)] if place else [()]


def _usual_and_own(place: Place) -> tuple[tuple[str, str, str], ...]:
    """Return language, usual word and own word of what a place calls otherwise."""
    found: dict[tuple[Language, str], str] = {}
    phrases: tuple[Phrase | None, ...] = (
        place.levels.village,
        place.levels.district,
        place.owner,
        place.budget,
    )
    for phrase, usual in zip(phrases, USUAL, strict=True):
        if phrase is None:
            continue
        for language in LANGUAGES:
            one, many = usual[language]
            found |= {(language, term): phrase.said(language) for term in one}
            if isinstance(phrase, Level):
                found |= {(language, term): phrase.said_of_many(language) for term in many}
    return tuple((language, term, own) for (language, term), own in found.items())


def _in_own_words(text: str, own: Mapping[str, str]) -> str:
    """Return a text with the usual words replaced, names of values in braces left alone."""
    terms = "|".join(re.escape(term) for term in sorted(own, key=len, reverse=True))

    def other(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        word = own[match[1].casefold()]
        return word[0].upper() + word[1:] if match[1] != match[1].casefold() else word

    return re.sub(rf"\{{[^{{}}]*\}}|\b({terms})\b", other, text, flags=re.IGNORECASE)


def catalogue() -> Mapping[str, Mapping[str, dict[str, Any]]]:
    """Return the tables of the catalogue, in the words of the place that is spoken of."""
    return _catalogue(_said[0])


@cache
def _catalogue(
    words: tuple[tuple[str, str, str], ...],
) -> Mapping[str, Mapping[str, dict[str, Any]]]:
    """Return the tables of the catalogue with some words replaced."""
    if not words:
        return _written()
    own = {lang: {term: said for of, term, said in words if of == lang} for lang in LANGUAGES}
    return {
        table: {
            key: {
                name: _in_own_words(text, own[name]) if name in LANGUAGES and own[name] else text
                for name, text in card.items()
            }
            for key, card in entries.items()
        }
        for table, entries in _written().items()
    }


@cache
def _written() -> Mapping[str, Mapping[str, dict[str, Any]]]:
    """Return the tables of the catalogue; a need criterion brings its own words along."""
    text = files("batu_geo.render.text").joinpath("catalogue.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(text)
    for criterion in need_criteria().values():
        heading: dict[str, Any] = {name: criterion.heading[name] for name in LANGUAGES}
        tables["column"][criterion.name] = heading | {"digits": criterion.digits}
        tables["code"][criterion.name] = {name: criterion.label[name] for name in LANGUAGES}
    known = _by_full_key(tables)
    for card in tables["column"].values():
        if "label" in card:
            card.update(known[card["label"]])
    return tables


def _by_full_key(
    tables: Mapping[str, Mapping[str, dict[str, Any]]],
) -> dict[str, dict[str, Any]]:
    return {
        key if table in UNPREFIXED else f"{table}_{key}": words
        for table, entries in tables.items()
        if table not in HEADINGS
        for key, words in entries.items()
    }


def labels() -> Mapping[str, Mapping[str, str]]:
    """Return every label and code by its full key: ``status_open`` is ``open`` of ``[status]``."""
    return _labels(_said[0])


@cache
def _labels(words: tuple[tuple[str, str, str], ...]) -> Mapping[str, Mapping[str, str]]:
    return _by_full_key(_catalogue(words))
