"""Legal instruments to use a building whose ownership does not change, and missing documents.

These are options for the office in charge of assets to examine: whether an instrument is
lawful for a building is not decided here.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pandas as pd

from batu_geo.domain.cell_rows import CellRows
from batu_geo.domain.norms import HOME, is_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

COLUMNS = (
    "site_id", "building_name", "owner", "instrument", "documents_missing", "needs_other_basis",
)  # fmt: skip
SAID = ("name_id", "name_en", "terms_id", "terms_en", "source")


@cache
def instruments() -> Mapping[str, Mapping[str, Any]]:
    """Return every instrument by its code, with its source."""
    text = (
        files("batu_geo.siting.buildings").joinpath("instruments.toml").read_text(encoding="utf-8")
    )
    return tomllib.loads(text)


def instruments_of(country: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield code and card of the instruments of a country."""
    return ((code, card) for code, card in instruments().items() if is_of(card["country"], country))


def instrument_options(sites: pd.DataFrame, country: str = HOME) -> pd.DataFrame:
    """Return the instruments that apply to the owner of each building, one row each.

    ``documents_missing`` (a `CellRows` of codes) are those of the instrument that the ledger
    does not list in ``documents``. ``needs_other_basis`` flags the property of a village, which
    the city cannot assign by itself. A building of unknown owner has no row.

    Parameters
    ----------
    sites
        With ``site_id``, ``building_name``, ``owner`` and perhaps ``documents``, codes
        separated by blanks.
    country
        That of the study: instruments of another are left out.
    """
    rows = []
    for site in sites.to_dict("records"):
        listed = site.get("documents")
        present = set() if pd.isna(listed) else set(str(listed).split())
        for code, card in instruments_of(country):
            if site["owner"] not in card["owners"]:
                continue
            missing = tuple(name for name in card["documents"] if name not in present)
            is_village = site["owner"] == "village"
            values = (
                site["site_id"], site["building_name"], site["owner"], code,
                CellRows(missing), is_village,
            )  # fmt: skip
            rows.append(dict(zip(COLUMNS, values, strict=True)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def instrument_terms(country: str = HOME) -> pd.DataFrame:
    """Return each instrument of a country: name and terms in both languages, and its source.

    Columns: ``instrument``, ``name_id``, ``name_en``, ``terms_id``, ``terms_en``, ``source`` and
    ``instrument_evidence``: how its text was seen.
    """
    rows = [
        {
            "instrument": code,
            **{key: card[key] for key in SAID},
            "instrument_evidence": card["evidence"],
        }
        for code, card in instruments_of(country)
    ]
    return pd.DataFrame(rows, columns=["instrument", *SAID, "instrument_evidence"])
