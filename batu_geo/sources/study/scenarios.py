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
from batu_geo.sources.study.file_versions import without_version
from batu_geo.sources.study.unknown_keys import (
    EXTENDS,
    MISSING,
    REMOVED,
    UNKNOWN,
    independent,
    nearest_key,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from batu_geo.planning.study import Study
    from batu_geo.sources.study.unknown_keys import Place

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
    Threshold(mode='foot', threshold_minutes=30.0)
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
    begun = {_set(settings, override) for override in overrides}
    return validated(Scenario, {**settings, OVERRIDES: overrides}, path.name, begun=begun)


def _extended(path: Path, study: Path | None, below: tuple[str, ...]) -> dict[str, Any]:
    """Return the settings of a file laid over those it extends."""
    opened = open_input(path, name=path.name, table="scenario", suffixes=(".toml",))
    own = without_version(toml_of(opened), path.name)
    base = own.pop(EXTENDS, None)
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


def _set(settings: dict[str, Any], override: str) -> tuple[str, ...]:
    """Write a setting, and return the place of the table that was made for it, if any."""
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
    begun: tuple[str, ...] = ()
    for depth, part in enumerate(parts[:-1], start=1):
        if part not in table and not begun:
            begun = tuple(parts[:depth])
        inner = table.setdefault(part, {})
        if not isinstance(inner, dict):
            values = {"key": key, "nearest": ""}
            raise ScenarioError(Problem("BG-301", "--set", column=key, values=values))
        table = inner
    table[parts[-1]] = value
    return begun


def validated(
    model: type[Model], settings: dict[str, Any], name: str, *, begun: Collection[Place] = ()
) -> Model:
    """Return the settings as a model.

    Parameters
    ----------
    model
        What they must be.
    settings
        As read.
    name
        Of their file.
    begun
        Places of tables that are in no file, of which `--set` gives some keys.

    Raises
    ------
    ScenarioError
        With every fault, one problem each.
    """
    try:
        return model.model_validate(settings)
    except ValidationError as invalid:
        errors = independent(model, [dict(error) for error in invalid.errors()])
        raise ScenarioError(_problems(model, errors, name, begun)) from invalid


def _problems(
    model: type[BaseModel], errors: list[dict[str, Any]], name: str, begun: Collection[Place]
) -> Iterator[Problem]:
    incomplete = set()
    for error in errors:
        table = error["loc"][:-1]
        if error["type"] != MISSING or table not in begun or not table:
            yield _problem(model, error, name)
        elif table not in incomplete:
            incomplete.add(table)  # one fault, however many of its keys are missing
            key = ".".join(table)
            yield Problem("BG-318", name, column=key, values={"table": key})


def _problem(model: type[BaseModel], error: dict[str, Any], name: str) -> Problem:
    key = ".".join(str(part) for part in error["loc"] if part != "[key]")
    if error["type"] != UNKNOWN:
        values = {"reason": settings_reason(error), "key": key or name}
        return Problem("BG-302", name, column=key, values=values)
    nearest = nearest_key(model, error["loc"])
    values = {"key": key, "nearest": f" ({nearest}?)" if nearest else ""}
    return Problem("BG-319" if key in REMOVED else "BG-301", name, column=key, values=values)
