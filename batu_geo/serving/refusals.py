"""What the server answers when it does not do what was asked: a status, a code and words.

No path, no trace and no text of an exception leaves the server.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import BatuGeoError, EnvironmentFault, Problem, messages
from batu_geo.domain.reasons import settings_reason
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import PydanticCustomError

    from batu_geo.domain.errors import Language

FOREIGN, NO_KEY, NO_ADDRESS, ILL_FORMED = "BG-601", "BG-602", "BG-603", "BG-604"
CHANGED_ELSEWHERE, UNDER_WAY, TAKEN = "BG-605", "BG-606", "BG-443"
FAULT = "BG-900"
OPTION = " --"
JSON = b"application/json; charset=utf-8"


class Refusal(Exception):
    """A request that is not done.

    Attributes
    ----------
    status
        Of the answer.
    problems
        Why, one line each.
    more
        Fields of the answer beside the error, such as the newest state.
    """

    def __init__(
        self, status: int, problems: tuple[Problem, ...], more: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(status)
        self.status, self.problems, self.more = status, problems, more or {}


def ill_formed(status: int, wrong: PydanticCustomError) -> Refusal:
    """Return the refusal of a request that is not of the form asked for, as `invalid` says."""
    reason = settings_reason({"type": wrong.type, "msg": wrong.message(), "ctx": wrong.context})
    return Refusal(status, (Problem(ILL_FORMED, values={"reason": reason}),))


def of_engine(error: BatuGeoError) -> Refusal:
    """Return the refusal of what the engine does not do."""
    status = 500 if isinstance(error, EnvironmentFault) else 422
    return Refusal(status, tuple(without_path(problem) for problem in error.problems))


def without_path(problem: Problem) -> Problem:
    """Return a problem that names its file by its last part alone.

    >>> without_path(Problem("BG-401", "/home/ani/outputs/x")).path
    'x'
    """
    name = problem.path.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return Problem(
        problem.code, name, problem.row, problem.feature, problem.record_id, problem.column,
        problem.values,
    )  # fmt: skip


def refusal_record(refusal: Refusal, language: Language) -> dict[str, Any]:
    """Return a refusal as the page shows it."""
    rows = [{"code": p.code, "message": page_line(p, language)} for p in refusal.problems]
    first = rows[0] if rows else {"code": FAULT, "message": FAULT}
    return {"error": {**first, "problems": rows}, **refusal.more}


def encoded(record: Any) -> bytes:
    """Return plain values as JSON; no number is infinite or missing."""
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def lines_of(problems: Iterable[Problem], language: Language) -> list[str]:
    """Return problems as lines of the page, without paths."""
    return [page_line(without_path(problem), language) for problem in problems]


def page_line(problem: Problem, language: Language) -> str:
    """Return a problem as a line whose remedy is a choice of the page, never an option.

    >>> page_line(Problem("BG-422"), "en").partition("Fix: ")[2]
    'press Accept to agree.'
    """
    message = messages()[problem.code]
    fix = message.get(f"page_{language}")
    if fix is None and OPTION in message[f"fix_{language}"]:
        fix = word("serve_elsewhere", language)
    return problem.line(language, fix=fix)
