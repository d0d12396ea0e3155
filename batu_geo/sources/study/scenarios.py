"""Read TOML into frozen models: all mistakes at once, each with the nearest known key."""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.reasons import settings_reason
from batu_geo.domain.scenario import Scenario
from batu_geo.sources.files.opening import open_input, toml_of
from batu_geo.sources.study.embedded import embedded_study

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batu_geo.planning.study import Study

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
OVERRIDES = "overrides"
Model = TypeVar("Model", bound=BaseModel)


def load_scenario(
    name: str = "baseline", *, study: Study | None = None, overrides: Iterable[str] = ()
) -> Scenario:
    """Return a scenario of a study by its name, or one from elsewhere by its path.

    Parameters
    ----------
    name
        Name of a scenario of the study, or the path of a TOML file.
    study
        Study whose scenarios are meant; the embedded one when nothing is named.
    overrides
        Settings as ``key=value``, laid over the file.

    Raises
    ------
    SourceError, ScenarioError
        As `read_scenario`, and when the study has no scenario of that name.

    Examples
    --------
    >>> load_scenario("baseline", overrides=["headline.threshold_minutes=30"]).headline
    Threshold(mode='motorcycle', threshold_minutes=30.0)
    """
    folder = embedded_study() if study is None else study.folder
    return read_scenario(find_scenario(name, folder), overrides=overrides, study=folder)


def read_scenario(
    path: Path, *, overrides: Iterable[str] = (), study: Path | None = None
) -> Scenario:
    """Return the scenario of a TOML file.

    Parameters
    ----------
    path
        The file. What it `extends` is read first, beside it or in the study; its own
        tables are laid over that key by key, lists replaced whole.
    overrides
        Settings as ``key=value``, laid over both.
    study
        Folder of the study that a scenario from elsewhere may extend.

    Raises
    ------
    SourceError
        When a file cannot be read.
    ScenarioError
        When a key is unknown or a value is wrong, all of them at once; when scenarios
        extend each other in a circle.
    """
    settings = _extended(path, study, ())
    if OVERRIDES in settings:
        values = {"key": OVERRIDES, "nearest": ""}
        raise ScenarioError(Problem("BG-301", path.name, column=OVERRIDES, values=values))
    overrides = tuple(overrides)
    for override in overrides:
        _set(settings, override)
    return validated(Scenario, {**settings, OVERRIDES: overrides}, path.name)


def _extended(path: Path, study: Path | None, below: tuple[str, ...]) -> dict[str, Any]:
    """Return the settings of a file laid over those it extends."""
    opened = open_input(path, name=path.name, table="scenario", suffixes=(".toml",))
    own = toml_of(opened)
    base = own.pop("extends", None)
    if base is None:
        return own
    chain = (*below, path.name)
    if not isinstance(base, str) or not NAME.fullmatch(base):
        values = {"reason": f"extends must be the name of a scenario, not {base!r}"}
        raise ScenarioError(Problem("BG-302", path.name, values={**values, "key": "extends"}))
    if f"{base}.toml" in chain:
        values = {"reason": f"circle: {' > '.join([*chain, f'{base}.toml'])}", "key": "extends"}
        raise ScenarioError(Problem("BG-302", path.name, values=values))
    beside = path.with_name(f"{base}.toml")
    if not beside.is_file() and study is not None:
        beside = find_scenario(base, study)
    return _laid_over(_extended(beside, study, chain), own)


def _laid_over(settings: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = dict(settings)
    for key, value in changes.items():
        known = merged.get(key)
        both = isinstance(known, dict) and isinstance(value, dict)
        merged[key] = _laid_over(known, value) if both and known is not None else value
    return merged


def find_scenario(name: str, study: Path) -> Path:
    """Return the file of a scenario: a path that ends in .toml, or a name of the study.

    Raises
    ------
    ScenarioError
        When the study has no scenario of that name; the nearest one is said.
    """
    if name.endswith(".toml"):
        return Path(name)
    folder = study / "scenarios"
    path = folder / f"{name}.toml"
    if not NAME.fullmatch(name) or not path.is_file():
        known = sorted(file.stem for file in folder.glob("*.toml"))
        near = difflib.get_close_matches(name, known, n=1)
        values = {"value": name, "known": ", ".join(near or known)}
        raise ScenarioError(Problem("BG-305", f"{folder.name}/", values=values))
    return path


def _set(settings: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    parts = key.strip().split(".")
    if not equals or not all(parts):
        values = {"reason": f"{override!r} is not key=value", "key": key}
        raise ScenarioError(Problem("BG-302", "--set", values=values))
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
    key = ".".join(str(part) for part in error["loc"] if part != "[key]")
    if error["type"] != "extra_forbidden":
        values = {"reason": settings_reason(error), "key": key or name}
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
