"""Know the keys of OpenStreetMap by the names that other formats give them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

VEHICLES = (
    "access", "vehicle", "motor_vehicle", "motorcycle", "moped", "mofa", "motorcar", "foot",
    "bicycle", "psv", "bus", "taxi", "hgv", "goods", "emergency", "horse",
)  # fmt: skip
TRUTHS = (
    "bridge", "tunnel", "toll", "motorroad", "area", "covered", "disused", "abandoned", "locked",
    "ford", "lit", "tourist_bus", "private",
)  # fmt: skip
PLAIN = (
    "highway", "name", "ref", "oneway", "junction", "maxspeed", "surface", "tracktype",
    "smoothness", "service", "lanes", "layer", "width", "maxwidth", "maxheight", "maxweight",
    "incline", "construction", "barrier", "route", "duration", "interval", "waterway", "natural",
    "sac_scale", "trail_visibility", "opening_hours", "restriction", "except", "type",
    "lane_markings", "est_width", "sidewalk", "footway", "crossing", "traffic_sign", "proposed",
    "maxlength", "maxaxleload", "bollard", "maxwidth:physical", "maxheight:physical",
)  # fmt: skip
DIRECTED = (*VEHICLES, "maxspeed", "oneway", "lanes")
SHAPEFILE_LETTERS = 10


@cache
def known_keys() -> frozenset[str]:
    """Return every key that says how a street may be used, with its directions and times."""
    keys = {*VEHICLES, *TRUTHS, *PLAIN}
    keys |= {f"oneway:{name}" for name in VEHICLES[1:]}
    keys |= {f"{key}:{side}" for key in DIRECTED for side in ("forward", "backward")}
    keys |= {f"restriction:{name}" for name in VEHICLES[1:]}
    keys |= {f"{key}:conditional" for key in (*VEHICLES, "maxspeed", "oneway", "restriction")}
    keys |= {f"maxspeed:{name}" for name in VEHICLES[1:]}
    return frozenset(keys)


@cache
def _cut_keys() -> dict[str, frozenset[str]]:
    """Return the known keys by their first ten letters, as a Shapefile holds names."""
    found: dict[str, set[str]] = {}
    for key in known_keys():
        for name in (key, key.replace(":", "_")):
            if len(name) > SHAPEFILE_LETTERS:
                found.setdefault(name[:SHAPEFILE_LETTERS], set()).add(key)
    return {name: frozenset(keys) for name, keys in found.items()}


@cache
def _laundered() -> dict[str, str]:
    """Return the known keys by their names without a colon, as databases hold them."""
    return {key.replace(":", "_"): key for key in known_keys() if ":" in key}


def is_yes_or_no(key: str) -> bool:
    """Return whether the value of a key may be true or false.

    >>> is_yes_or_no("oneway:motorcycle"), is_yes_or_no("lanes")
    (True, False)
    """
    return key.split(":", maxsplit=1)[0] in {"oneway", *VEHICLES, *TRUTHS}


def key_of(column: str) -> str:
    """Return the key a column stands for, by its whole name; its own name where it is none.

    >>> key_of("HIGHWAY"), key_of("oneway_motorcycle"), key_of("Sumber")
    ('highway', 'oneway:motorcycle', 'Sumber')
    """
    name = column.strip().casefold()
    if name in known_keys():
        return name
    return _laundered().get(name, column)


def keys_cut_to(column: str) -> tuple[str, ...]:
    """Return the keys that a name of ten letters may be the beginning of, none for other names.

    A plain key is taken before the rules by direction or time that begin with it: the values
    tell these apart.

    >>> keys_cut_to("motor_vehi"), keys_cut_to("trail_visi"), keys_cut_to("highway")
    (('motor_vehicle',), ('trail_visibility',), ())
    >>> keys_cut_to("oneway:mot")
    ('oneway:motor_vehicle', 'oneway:motorcar', 'oneway:motorcycle')
    """
    name = column.strip().casefold()
    if len(name) != SHAPEFILE_LETTERS or name in known_keys():
        return ()
    found = _cut_keys().get(name, frozenset())
    plain = {key for key in found if ":" not in key}
    return tuple(sorted(plain or found))


def columns_by_key(columns: Iterable[str]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the column of each key, and the columns whose name was cut and may be several.

    Columns named in full come before those whose names were cut.

    >>> columns, unclear = columns_by_key(["highway", "motor_vehi", "oneway:mot"])
    >>> columns["motor_vehicle"], list(unclear)
    ('motor_vehi', ['oneway:mot'])
    """
    named: dict[str, str] = {}
    cut: dict[str, str] = {}
    unclear: dict[str, tuple[str, ...]] = {}
    for column in columns:
        meant = keys_cut_to(column)
        if len(meant) == 1:
            cut.setdefault(meant[0], column)
        elif meant:
            unclear[column] = meant
        else:
            named.setdefault(key_of(column), column)
    return {**cut, **named}, unclear
