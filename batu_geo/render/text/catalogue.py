"""Labels, codes and headings in both languages: `catalogue.toml`, one key each."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from batu_geo.domain.need_criteria import need_criteria

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.errors import Language

LANGUAGES: tuple[Language, ...] = ("id", "en")
# Tables of headings, which `column_headings` reads.
HEADINGS = ("column", "column_with", "table_title")
# Tables whose keys need no name of the table before them.
UNPREFIXED = ("text", "evidence", "suitability", "facility_status")


@cache
def catalogue() -> Mapping[str, Mapping[str, dict[str, Any]]]:
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


@cache
def labels() -> Mapping[str, Mapping[str, str]]:
    """Return every label and code by its full key: ``status_open`` is ``open`` of ``[status]``."""
    return _by_full_key(catalogue())
