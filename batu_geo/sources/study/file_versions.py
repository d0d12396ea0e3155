"""The version of the form of study cards and scenarios: older ones are read, newer ones refused."""

from __future__ import annotations

import re
from typing import Any

from batu_geo.domain.errors import Problem, ScenarioError

KEY = "version"
# Of 0.1 had none; what it could say, this program still reads, or names what became of it.
VERSION = (0, 2)
FORM = re.compile(r"(\d{1,3})\.(\d{1,3})(\.\d{1,3})?")


def with_version(text: str) -> str:
    r"""Return the text of a file with the version of this program at its head.

    >>> with_version('name = "x"')
    'version = "0.2"\nname = "x"'
    """
    return f'{KEY} = "{".".join(map(str, VERSION))}"\n{text}'


def without_version(settings: dict[str, Any], name: str) -> dict[str, Any]:
    """Return settings without their version, if that is one that is read.

    >>> without_version({"version": "0.1", "title": "x"}, "study.toml")
    {'title': 'x'}

    Raises
    ------
    ScenarioError
        When the file is of a newer version, or says none that is one.
    """
    said = settings.get(KEY, "0.1")
    form = FORM.fullmatch(said) if isinstance(said, str) else None
    if form is None or (int(form[1]), int(form[2])) > VERSION:
        values = {"value": str(said), "known": ".".join(map(str, VERSION))}
        raise ScenarioError(Problem("BG-630", name, column=KEY, values=values))
    return {key: value for key, value in settings.items() if key != KEY}
