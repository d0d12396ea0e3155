"""A bench as text, to be kept on disk after every step and read back after a stop."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.domain.frozen import Frozen, NoTruth, invalid
from batu_geo.domain.reasons import settings_reason
from batu_geo.domain.scenario import Scenario
from batu_geo.workbench.bench import Bench, scenario_of
from batu_geo.workbench.change_list import changes_after
from batu_geo.workbench.edits import Act


class _Kept(Frozen):
    """What is kept of a bench; `version` grows when the form changes."""

    version: Literal[1] = 1
    base: Scenario
    steps: tuple[tuple[Act, ...], ...]
    done: Annotated[int, Field(ge=0), NoTruth]

    @model_validator(mode="before")
    @classmethod
    def _is_json(cls, text: Any) -> Any:
        if not isinstance(text, str | bytes):
            return text
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise invalid("not_json") from None

    @model_validator(mode="after")
    def _was_done(self) -> Self:
        if self.done > len(self.steps):
            raise invalid("more_than_steps", count=self.done, steps=len(self.steps))
        return self


def bench_text(bench: Bench) -> str:
    """Return a bench as text (JSON), so that `bench_from` gives an equal one.

    Examples
    --------
    >>> import batu_geo as bg
    >>> from batu_geo.workbench.bench import after, bench_of
    >>> from batu_geo.workbench.edits import SetThreshold
    >>> bench = after(bench_of(bg.load_scenario("baseline")), SetThreshold(minutes=20))
    >>> bench_from(bench_text(bench)) == bench
    True
    """
    kept = _Kept(base=bench.base, steps=bench.steps, done=bench.done)
    return kept.model_dump_json(indent=1) + "\n"


def bench_from(text: str | bytes, name: str = "") -> Bench:
    """Return the bench that a text keeps.

    Parameters
    ----------
    text
        From `bench_text`.
    name
        Of its file, for messages.

    Raises
    ------
    ScenarioError
        When it is no such text or is cut off (BG-323); when its steps lead nowhere, as `after`.
    """
    try:
        kept = _Kept.model_validate(text)
    except ValidationError as wrong:
        reason = settings_reason({**wrong.errors()[0]})
        raise ScenarioError(Problem("BG-323", name, values={"reason": reason})) from wrong
    changes_after(kept.steps)
    bench = Bench(kept.base, kept.steps, kept.done)
    scenario_of(bench)
    return bench
