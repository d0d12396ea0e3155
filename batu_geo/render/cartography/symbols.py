"""Symbols of facilities and buildings: shape, sign and colours, described once for two painters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Container

    import pandas as pd

    from batu_geo.domain.tables import Facilities

SYMBOL_OF_KIND = {"PUSKESMAS": "puskesmas", "RUMAH_SAKIT": "hospital"}
UNITS = ("unit_open", "unit_off_road", "unit_closed")


@dataclass(frozen=True, slots=True)
class Symbol:
    """How a kind of place is drawn.

    Attributes
    ----------
    shape
        Its outline; a cross has strokes alone.
    colour
        Of the fill, or of outline and sign where it is hollow.
    sign
        Sign inside the symbol; a house has a number instead.
    is_hollow
        White inside, with a broken outline.
    """

    shape: Literal["disc", "small disc", "square", "rounded square", "house", "cross"]
    colour: str
    sign: Literal["plus", "h", "x", ""] = ""
    is_hollow: bool = False


UNIT = "#00695c"
HOUSE_EDGE = "#2b2100"
SYMBOLS = {
    "unit_open": Symbol("disc", UNIT, "plus"),
    "unit_off_road": Symbol("disc", "#b0146b", "x"),
    "unit_closed": Symbol("disc", UNIT, "plus", is_hollow=True),
    "puskesmas": Symbol("square", "#1f4e8c", "plus"),
    "hospital": Symbol("rounded square", "#7a1f5c", "h"),
    "other": Symbol("small disc", "#666666"),
    "fit": Symbol("house", "#e6ab02"),
    "to_verify": Symbol("house", "#f7f1d7"),
    "refused": Symbol("cross", "#4d4d4d"),
}


def facility_symbols(
    facilities: Facilities, is_open_unit: pd.Series[bool], off_road: Container[str] = frozenset()
) -> pd.Series[str]:
    """Return the name of the symbol of each facility; ``other`` for a kind without one.

    `off_road` has the ids of the open units that join no road.
    """
    symbol = facilities["kind"].map(SYMBOL_OF_KIND).fillna("other").astype(object)
    is_unit = is_open_unit.notna()
    symbol[is_unit] = "unit_closed"
    is_open = is_unit & is_open_unit.fillna(value=False).astype(bool)
    is_off_road = np.array([name in off_road for name in facilities["facility_id"]], bool)
    symbol[is_open] = "unit_open"
    symbol[is_open & is_off_road] = "unit_off_road"
    return symbol
