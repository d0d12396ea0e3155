"""The need criteria as data: what each is called, and its formula over programme figures."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.errors import Language


@dataclass(frozen=True, slots=True)
class NeedCriterion:
    """One criterion villages can be ranked by; `need_criteria.toml` explains each field."""

    name: str
    heading: Mapping[Language, str]
    label: Mapping[Language, str]
    digits: int
    formula: Literal["percent_of", "percent_without", "per"] | None = None
    columns: tuple[str, ...] = ()
    grows_with_people: bool = False
    in_report: bool = False


@cache
def need_criteria() -> Mapping[str, NeedCriterion]:
    """Return every need criterion by its name, in the order of the tables.

    >>> need_criteria()["poor_percent"].label["en"]
    '% poor and near-poor'
    """
    text = files("batu_geo.domain").joinpath("need_criteria.toml").read_text(encoding="utf-8")
    return {name: NeedCriterion(name, **card) for name, card in tomllib.loads(text).items()}
