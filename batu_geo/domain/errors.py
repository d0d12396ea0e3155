"""Every error and warning of batu_geo, and the exit code each ends the program with.

::

    BatuGeoError                          exit
    ├─ DataError(ValueError)                 3   a readable input breaks its contract
    ├─ SourceError(OSError)                  3   a file is missing or not what it says
    ├─ ScenarioError(ValueError)             4   a setting is wrong
    ├─ InfeasiblePlanError(RuntimeError)     5   no plan meets the rules
    └─ EnvironmentFault(OSError)             6   disk full, read-only folder, run going on
    BatuGeoWarning(UserWarning)

An error carries one `Problem` for each fault it found. A problem is a code
with its values; the words, in Indonesian or English, stand in `messages.toml`.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from batu_geo.domain.numbers import written_number
from batu_geo.domain.privacy import withheld
from batu_geo.domain.reasons import Reason, in_indonesian

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Language = Literal["id", "en"]

MOST_LINES = 50
LONGEST_VALUE = 80
# A sentence, and lists somebody has to choose from.
LONGER = {
    "command": 600, "reason": 240, "expected": 600, "found": 600, "known": 600, "listed": 600,
    "listed_en": 600,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: what it is, where it stands and the values that show it.

    Examples
    --------
    >>> fault = Problem("BG-204", "population.csv", row=3, column="population",
    ...                 values={"value": "-5", "minimum": 0})
    >>> print(fault.line("en"))
    BG-204 population.csv, row 3, population: -5 is below 0. Fix: enter a value of at least 0.
    """

    code: str
    path: str = ""
    row: int | None = None
    feature: int | None = None
    record_id: str = ""
    column: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def line(self, language: Language = "id", *, fix: str | None = None) -> str:
        """Return the fault as one line: code, place, what is wrong, how to fix it.

        `fix` takes the place of the remedy where that is not a command.
        """
        message, shown_values = messages()[self.code], self._shown_values(language)
        what = message[language].format_map(shown_values)
        fix = (fix or message[f"fix_{language}"]).format_map(shown_values)
        where = ", ".join(self._where(language))
        remedy = {"id": "Perbaikan", "en": "Fix"}[language]
        return f"{self.code} {where}{': ' if where else ''}{what}. {remedy}: {fix}."

    def said(self, language: Language = "id") -> str:
        """Return what is wrong with which record, as a report says it: no code, file or remedy.

        >>> fault = Problem("BG-204", "p.csv", record_id="F1", values={"value": "-5", "minimum": 0})
        >>> fault.said("en")
        'F1: -5 is below 0.'
        """
        what = messages()[self.code][language].format_map(self._shown_values(language))
        start = f"{shown(self.record_id)}: {what[:1]}" if self.record_id else what[:1].upper()
        return f"{start}{what[1:]}."

    def _shown_values(self, language: Language) -> dict[str, str]:
        # The name of the value that is a sentence: why it was refused, or what the file is.
        sentence = "found" if self.code == "BG-103" else "reason"
        return {
            name: shown(
                _reason(value, language)
                if name == sentence or isinstance(value, Reason)
                else _measured(value, language),
                longest=LONGER.get(name, LONGEST_VALUE),
            )
            for name, value in self.values.items()
        }

    def _where(self, language: Language) -> Iterator[str]:
        words = {"id": ("baris", "fitur"), "en": ("row", "feature")}[language]
        mark = f" ({shown(self.record_id)})" if self.record_id else ""
        if self.path:
            yield shown(self.path, longest=400)
        if self.row is not None:
            yield f"{words[0]} {self.row}{mark}"
        elif self.feature is not None:
            yield f"{words[1]} {self.feature}{mark}"
        elif mark:
            yield mark.strip(" ()")
        if self.column:
            yield shown(self.column)


def _reason(value: Any, language: Language) -> str:
    if isinstance(value, Reason):
        return value.words(language)
    return in_indonesian(str(value)) if language == "id" else str(value)


def _measured(value: Any, language: Language) -> Any:
    """Return a measured number as the reader writes it; any other value is copied from the file.

    >>> _measured(22075.5, "id"), _measured(22075.5, "en"), _measured("85.5", "id")
    ('22.075,5', '22,075.5', '85.5')
    >>> _measured(-1e-7, "id"), _measured(-0.0, "en")
    ('-1e-07', '0')
    """
    if not isinstance(value, float) or not math.isfinite(value):
        return value
    text = written_number(value, language, 6, is_trimmed=True)
    if text != "0" or not value:
        return text
    return f"{value:g}".replace(".", "," if language == "id" else ".")


class BatuGeoError(Exception):
    """Base of all errors; holds every problem found, not the first alone.

    Examples
    --------
    >>> try:
    ...     raise DataError(Problem("BG-213", "roads.osm"))
    ... except BatuGeoError as error:
    ...     print(error.exit_code, error.lines("en")[0])
    3 BG-213 roads.osm: there is no usable road. Fix: use an OSM extract with ways tagged highway.
    """

    exit_code = 70

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(self.lines()))

    def lines(self, language: Language = "id") -> list[str]:
        """Return one line a problem, at most fifty and then a count of the rest."""
        lines = [problem.line(language) for problem in self.problems[:MOST_LINES]]
        rest = len(self.problems) - MOST_LINES
        if rest > 0:
            more = {"id": "masalah lain di berkas ini", "en": "further problems"}[language]
            lines.append(f"... {rest} {more}")
        return lines


class DataError(BatuGeoError, ValueError):
    """A readable input breaks its contract."""

    exit_code = 3


class SourceError(BatuGeoError, OSError):
    """A file is missing, unreadable or not what it says it is."""

    exit_code = 3


class ScenarioError(BatuGeoError, ValueError):
    """A setting of the scenario or the study is wrong."""

    exit_code = 4


class InfeasiblePlanError(BatuGeoError, RuntimeError):
    """No plan meets all the rules of the scenario."""

    exit_code = 5


class EnvironmentFault(BatuGeoError, OSError):
    """The machine, not the input, is in the way."""

    exit_code = 6


class BatuGeoWarning(UserWarning):
    """Base of all warnings.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as said:
    ...     warnings.simplefilter("always")
    ...     warnings.warn(BatuGeoWarning("BG-477 origins: 1 of 2 places ..."), stacklevel=1)
    >>> said[0].category.__name__
    'BatuGeoWarning'
    """


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """Return the catalogue: code to its words in both languages."""
    text = files("batu_geo.domain").joinpath("messages.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def shown(value: object, *, longest: int = LONGEST_VALUE) -> str:
    """Return a value as text that is safe on one line of a terminal.

    It is printable, a long one is cut, and personal data are withheld.

    >>> shown("Siti 081234567890; Beji")
    '***; Beji'
    """
    return cut(printable(withheld(str(value))), longest)


def printable(text: str) -> str:
    r"""Return a text with control characters, which could move the cursor or hide it, as escapes.

    >>> printable("Beji" + chr(27) + "[2J")
    'Beji\\x1b[2J'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def cut(text: str, longest: int) -> str:
    """Return a text that is no longer than that."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
