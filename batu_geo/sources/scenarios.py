"""Read TOML into frozen models: all mistakes at once, each with the nearest known key."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.scenario import Scenario
from batu_geo.sources.opening import open_input, toml_of

if TYPE_CHECKING:
    from collections.abc import Iterable

Model = TypeVar("Model", bound=BaseModel)


def load_scenario(path: Path, *, overrides: Iterable[str] = ()) -> Scenario:
    """Return the scenario of a TOML file after applying `key=value` overrides.

    Raises
    ------
    SourceError
        When the file cannot be read.
    ScenarioError
        When a key is unknown or a value is wrong; all of them at once.
    """
    opened = open_input(path, name=path.name, table="scenario", suffixes=(".toml",))
    settings = toml_of(opened)
    for override in overrides:
        _set(settings, override)
    return validated(Scenario, settings, path.name)


def find_scenario(name: str, study: Path) -> Path:
    """Return the file of a scenario: a path that ends in .toml, or a name of the study."""
    return Path(name) if name.endswith(".toml") else study / "scenarios" / f"{name}.toml"


def _set(settings: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    parts = key.strip().split(".")
    if not equals or not all(parts):
        problem = Problem("BG-302", "--set", values={"reason": override, "key": "key=value"})
        raise ScenarioError(problem)
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    table = settings
    for part in parts[:-1]:
        inner = table.setdefault(part, {})
        if not isinstance(inner, dict):
            values = {"key": key, "nearest": ""}
            raise ScenarioError(Problem("BG-301", "--set", column=key, values=values))
        table = inner
    table[parts[-1]] = value


def validated(model: type[Model], settings: dict[str, Any], name: str) -> Model:
    """Return the settings as a model, or raise every mistake of the file."""
    try:
        return model.model_validate(settings)
    except ValidationError as error:
        raise ScenarioError(_problem(model, dict(e), name) for e in error.errors()) from error


def _problem(model: type[BaseModel], error: dict[str, Any], name: str) -> Problem:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] != "extra_forbidden":
        reason = error["msg"].removeprefix("Value error, ")
        values = {"reason": reason, "key": key or name}
        return Problem("BG-302", name, column=key, values=values)
    known = _known_keys(model)
    near = difflib.get_close_matches(str(error["loc"][-1]), known, n=1)
    nearest = f" ({near[0]}?)" if near else ""
    return Problem("BG-301", name, column=key, values={"key": key, "nearest": nearest})


def _known_keys(model: type[BaseModel]) -> list[str]:
    """Return every key of the JSON schema, nested models included."""
    schema = model.model_json_schema()
    tables = [schema, *schema.get("$defs", {}).values()]
    return sorted({key for table in tables for key in table.get("properties", {})})
