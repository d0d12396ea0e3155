"""A process beside the server: it reads a study once, and does one job after the other.

Jobs come as lines of JSON on standard input; steps, results and faults go as lines of JSON to
standard output. Ended at any moment, it leaves nothing half written.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from batu_geo.domain.errors import BatuGeoError, Problem
from batu_geo.domain.scenario import Scenario
from batu_geo.serving.refusals import FAULT, encoded, page_line, without_path
from batu_geo.serving.worker.job_work import JOBS, Job
from batu_geo.sources.study.load_study import CACHE
from batu_geo.verbs.read_study import read_study

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batu_geo.planning.study import Study

# Whoever drags must not wait for a job.
NICER = 10


def main() -> None:
    """Do the jobs that come, until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(NICER)
    asked = lines(sys.stdin)
    where = next(asked, None)
    if where is None:
        return
    out, language = Path(where["out"]), where["language"]
    study = read_study(Path(where["data"]), cache=out / CACHE)
    for line in asked:
        job = Job(
            study=study, scenario=Scenario.model_validate(line["scenario"]), out=out,
            language=language, asked=line.get("asked", {}),
            step=lambda text: answer(answers, step=text),
        )  # fmt: skip
        answer(answers, **done(line["kind"], job, study))


def done(kind: str, job: Job, study: Study) -> dict[str, Any]:
    """Return what a job came to: its result, or why it has none."""
    try:
        return {"result": JOBS[kind](job)}
    except BatuGeoError as error:
        problems = [without_path(problem) for problem in error.problems]
    except Exception as error:  # noqa: BLE001 - the next job must still be done
        problems = [Problem(FAULT, values={"reason": type(error).__name__})]
    rows = [{"code": p.code, "message": page_line(p, job.language)} for p in problems]
    return {"fault": rows, "study": study.name}


def lines(stream: TextIO) -> Iterator[dict[str, Any]]:
    """Yield the objects of a stream of lines of JSON."""
    for line in stream:
        yield json.loads(line)


def answer(stream: TextIO, **record: Any) -> None:
    """Write one line of JSON at once."""
    stream.write(encoded(record).decode() + "\n")
    stream.flush()


if __name__ == "__main__":
    main()
