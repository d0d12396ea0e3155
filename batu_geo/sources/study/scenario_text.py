"""Write a scenario as TOML: whole, so that reading the text gives the same scenario."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from batu_geo.domain.scenario import Scenario

# Of the command line, not of a file.
NOT_WRITTEN = {"overrides"}


def scenario_text(scenario: Scenario) -> str:
    """Return a scenario as the text of a TOML file that extends no other.

    Settings that are left out by their own rules (None) are not written. Reading the text gives
    an equal scenario, but for what `--set` laid over its files: that is in the text itself.

    Examples
    --------
    >>> import tomllib, batu_geo as bg
    >>> scenario = bg.load_scenario("baseline")
    >>> type(scenario).model_validate(tomllib.loads(scenario_text(scenario))) == scenario
    True
    """
    settings = scenario.model_dump(mode="json", exclude=NOT_WRITTEN, exclude_none=True)
    return "\n".join(_table((), settings)).strip("\n") + "\n"


def _table(place: tuple[str, ...], table: dict[str, Any]) -> list[str]:
    """Return the lines of a table: its own values first, then the tables in it."""
    inner = {key: value for key, value in table.items() if _is_table(value)}
    lines = [f"{_key(k)} = {_value(v)}" for k, v in table.items() if k not in inner]
    for key, value in inner.items():
        path = (*place, key)
        name = ".".join(map(_key, path))
        if isinstance(value, dict):
            lines += ["", f"[{name}]", *_table(path, value)]
        else:
            lines += [line for row in value for line in ("", f"[[{name}]]", *_table(path, row))]
    return lines


def _is_table(value: Any) -> bool:
    is_rows = isinstance(value, list) and bool(value) and isinstance(value[0], dict)
    return isinstance(value, dict) or is_rows


def _key(key: str) -> str:
    is_bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if is_bare else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)


def _text(text: str) -> str:
    """Return a basic string of TOML: that of JSON, in which DEL need not be escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
