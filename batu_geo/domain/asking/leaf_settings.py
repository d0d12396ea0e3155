"""The leaf settings in which two scenarios differ, and a scenario with one of them taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import ValidationError

from batu_geo.domain.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Path: TypeAlias = tuple[str, ...]
ABSENT = object()
ABOUT = ("name", "title", "title_en", "english", "overrides")
CRITERIA = ("need", "feasibility")
# What is said of a setting changes no number.
OF_WORDS = ("source", "reason", "evidence", "seasons_source", "seasons_evidence")


def differing_leaves(one: Scenario, other: Scenario) -> list[Path]:
    """Return the paths of the settings that differ, in the order of the scenario.

    A criterion is named by its name; what has no parts that both have is one leaf: a mode that one
    lacks, the three speeds of a road class, a list. What is said of a setting is left out.
    """
    found = _differing(settings_of(one), settings_of(other), ())
    return [path for path in found if path[0] not in ABOUT and path[-1] not in OF_WORDS]


def settings_of(scenario: Scenario) -> dict[str, Any]:
    """Return the settings as plain values."""
    return scenario.model_dump(mode="json")


def flat_settings(scenario: Scenario) -> dict[str, str]:
    """Return every leaf setting under its path, such as ``need.mean_minutes.weight``.

    Other lists than those of criteria are one leaf.
    """
    return dict(_flat(settings_of(scenario), ()))


def _flat(part: Any, path: Path) -> Iterator[tuple[str, str]]:
    if isinstance(part, dict) or (path[0] in CRITERIA and _is_named(part)):
        for key in _keys(part):
            yield from _flat(_at(part, key), (*path, key))
    elif part is not None:
        yield ".".join(path), str(part)


def _differing(one: Any, other: Any, path: Path) -> Iterator[Path]:
    if one == other:
        return
    both = (one, other)
    if all(isinstance(part, dict) for part in both) or all(map(_is_named, both)):
        for key in dict.fromkeys([*_keys(one), *_keys(other)]):
            yield from _differing(_at(one, key), _at(other, key), (*path, key))
    else:
        yield path


def with_leaves(one: Scenario, other: Scenario, paths: Sequence[Path]) -> Scenario | None:
    """Return a scenario with some settings of another; None where that is no valid scenario."""
    settings, theirs = settings_of(one), settings_of(other)  # plain values of their own
    for path in paths:
        _put(_reached(settings, path[:-1]), path[-1], _reached(theirs, path))
    try:
        return Scenario.model_validate(settings)
    except ValidationError:
        return None


def has_leaf(scenario: Scenario, other: Scenario, path: Path) -> bool:
    """Return whether two scenarios agree in a setting."""
    value, theirs = (_reached(settings_of(s), path) for s in (scenario, other))
    return bool(value == theirs)


def _reached(part: Any, path: Path) -> Any:
    for key in path:
        part = _at(part, key)
    return part


def _is_named(part: Any) -> bool:
    """Return whether a part is a list whose rows have names of their own."""
    if not isinstance(part, list) or not part:
        return False
    names = [row.get("name") if isinstance(row, dict) else None for row in part]
    return None not in names and len(set(names)) == len(names)


def _keys(part: Any) -> list[str]:
    return list(part) if isinstance(part, dict) else [row["name"] for row in part]


def _at(part: Any, key: str) -> Any:
    if isinstance(part, dict):
        return part.get(key, ABSENT)
    if isinstance(part, list):
        return next((row for row in part if row["name"] == key), ABSENT)
    return ABSENT


def _put(part: Any, key: str, value: Any) -> None:
    """Set a setting, or take it away where the other scenario has none."""
    if isinstance(part, list):
        places = [n for n, row in enumerate(part) if row["name"] == key]
        if places:
            del part[places[0]]
        if value is not ABSENT:
            part.insert(places[0] if places else len(part), value)
    elif value is ABSENT:
        part.pop(key, None)
    else:
        part[key] = value
