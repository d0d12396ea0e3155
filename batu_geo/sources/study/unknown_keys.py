"""Unknown keys of a settings file: the key that was meant, and the faults that follow from one."""

from __future__ import annotations

import difflib
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel

EXTENDS = "extends"
UNKNOWN, MISSING = "extra_forbidden", "missing"
# Settings of scenarios made by 0.1.0 that no longer exist.
REMOVED = frozenset({"siting.time_limit_s", "travel.smallest_part_km"})
Place = tuple[str | int, ...]
Error = dict[str, Any]


def nearest_key(model: type[BaseModel], place: Place) -> str:
    """Return the key that an unknown one may stand for; empty where there is none.

    Looked for in the same table by `near_words.toml` and by its spelling, then in the other
    tables by either word as it is.

    >>> from batu_geo.domain.scenario import Scenario
    >>> nearest_key(Scenario, ("headline", "treshold_minutes"))
    'threshold_minutes'
    >>> nearest_key(Scenario, ("siting", "new_units")), nearest_key(Scenario, ("count",))
    ('site_count', 'siting.site_count')
    >>> nearest_key(Scenario, ("siting", "xyz"))
    ''
    """
    key = str(place[-1])
    schema = model.model_json_schema()
    keys = [*_keys(schema, place[:-1])]
    # Not a field of the model: it is taken out of a file when that is laid over another.
    if len(place) == 1 and model.__name__ == "Scenario":
        keys.append(EXTENDS)
    meant = _near_words().get(key, "")
    alike = [meant] if meant in keys else difflib.get_close_matches(key, keys, n=1)
    if alike:
        return alike[0]
    tables = [*_keys(schema, ())]
    elsewhere = [
        f"{table}.{word}"
        for word in (key, meant)
        for table in tables
        if word in _keys(schema, (table,))
    ]
    return elsewhere[0] if elsewhere else ""


def independent(model: type[BaseModel], errors: Sequence[Error]) -> list[Error]:
    """Return the errors without the missing keys that another error explains.

    A missing key is explained by an unknown key of the same table that stands for it, by a
    misspelled `extends`, and where a table holds nothing but unknown keys.
    """
    unknown: dict[Place, dict[str, str]] = {}
    for error in errors:
        if error["type"] == UNKNOWN:
            place = error["loc"]
            unknown.setdefault(place[:-1], {})[place[-1]] = nearest_key(model, place)
    return [error for error in errors if not _is_explained(error, unknown)]


def _is_explained(error: Error, unknown: Mapping[Place, Mapping[str, str]]) -> bool:
    if error["type"] != MISSING:
        return False
    *table, key = error["loc"]
    meant = unknown.get(tuple(table), {})
    return (
        key in meant.values()
        or EXTENDS in unknown.get((), {}).values()
        or (bool(meant) and set(error["input"]) <= set(meant))
    )


def _keys(schema: Mapping[str, Any], place: Place) -> list[str]:
    """Return the keys of a table of a JSON schema; none where the place is no table."""
    part = _resolved(schema, schema)
    for step in place:
        if isinstance(step, int):
            inner = part.get("items")
        else:
            inner = part.get("properties", {}).get(step) or part.get("additionalProperties")
        part = _resolved(inner, schema) if isinstance(inner, dict) else {}
    return [*part.get("properties", {})]


def _resolved(part: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference of a JSON schema, also that of an optional table."""
    for choice in part.get("anyOf", [part]):
        if "$ref" in choice:
            resolved: Mapping[str, Any] = schema["$defs"][choice["$ref"].rpartition("/")[2]]
            return resolved
    return part


@cache
def _near_words() -> Mapping[str, str]:
    text = files("batu_geo.sources.study").joinpath("near_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
