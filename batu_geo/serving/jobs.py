"""Jobs of the pages: each in a process of its own, which is ended to cancel it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import Problem
from batu_geo.serving.refusals import NO_ADDRESS, UNDER_WAY, Refusal, encoded

if TYPE_CHECKING:
    from collections.abc import Callable

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario

COMMAND = (sys.executable, "-m", "batu_geo.serving.worker.job_worker")
ENDED = "BG-612"
MOST_KEPT = 50
# What only the server knows of a result.
PRIVATE = "place"


@dataclass(slots=True)
class Running:
    """A job, under way or done."""

    name: str
    kind: str
    revision: int
    state: str = "running"
    step: str = ""
    error: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def record(self) -> dict[str, Any]:
        """Plain values for the page: no path is among them."""
        result = self.result and {k: v for k, v in self.result.items() if k != PRIVATE}
        return {
            "job": self.name, "kind": self.kind, "state": self.state, "step": self.step,
            "revision": self.revision, "error": self.error, "result": result,
        }  # fmt: skip


class Jobs:
    """The jobs of a server, one at a time of each kind.

    Parameters
    ----------
    language
        Of every word.
    tell
        Called with the record of a job whenever that has changed, from any thread.
    """

    def __init__(self, language: Language, tell: Callable[[dict[str, Any]], None]) -> None:
        self._language, self._tell = language, tell
        self._where: dict[str, str] = {}
        self._jobs: dict[str, Running] = {}
        self._idle: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._count, self._is_closed = 0, False

    def move(self, where: dict[str, str]) -> None:
        """Do jobs on another study from now on.

        Parameters
        ----------
        where
            Folder of the study (``data``), of all runs (``out``) and the ``language``: the first
            line for a worker.
        """
        with self._lock:
            self._where, idle, self._idle = where, self._idle, None
        if idle is not None:
            _end(idle)

    def warm(self) -> None:
        """Have a process ready that has read the study."""
        with self._lock:
            if self._idle is None and not self._is_closed:
                self._idle = self._worker()

    def _worker(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 - this program itself
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        _write(process, self._where)
        return process

    def start(
        self, kind: str, scenario: Scenario, revision: int, asked: dict[str, Any] | None = None
    ) -> str:
        """Start a job and return its name.

        Raises
        ------
        Refusal
            When one of its kind is under way (409).
        """
        with self._lock:
            if any(job.kind == kind and job.state == "running" for job in self._jobs.values()):
                raise Refusal(409, (Problem(UNDER_WAY),))
            self._count += 1
            process, self._idle = self._idle or self._worker(), None
            if process.poll() is not None:
                _end(process)
                process = self._worker()
            job = Running(f"j{self._count}", kind, revision, process=process)
            self._jobs[job.name] = job
            while len(self._jobs) > MOST_KEPT:
                del self._jobs[next(iter(self._jobs))]
        line = {"kind": kind, "scenario": scenario.model_dump(mode="json"), "asked": asked or {}}
        threading.Thread(target=self._follow, args=(job, process, line), daemon=True).start()
        return job.name

    def _follow(self, job: Running, process: subprocess.Popen[bytes], line: dict[str, Any]) -> None:
        """Read what a worker says of a job until that is done."""
        self._tell(job.record)
        _write(process, line)
        for text in process.stdout or ():
            said = json.loads(text)
            if job.state != "running":
                break
            if "step" in said:
                job.step = said["step"]
                self._tell(job.record)
                continue
            self._done(job, said)
            break
        else:
            fault = Problem(ENDED)
            row = {"code": fault.code, "message": fault.line(self._language)}
            self._done(job, {"fault": [row]})

    def _done(self, job: Running, said: dict[str, Any]) -> None:
        with self._lock:
            if job.state != "running":
                return
            job.step, process, job.process = "", job.process, None
            if "result" in said:
                job.result, job.state = said["result"], "done"
            else:
                rows = said["fault"]
                job.error, job.state = {**rows[0], "problems": rows}, "failed"
            is_kept = self._idle is None and not self._is_closed
            if is_kept and process is not None and process.poll() is None:
                self._idle, process = process, None
        if process is not None:
            _end(process)
        self._tell(job.record)

    def cancel(self, name: str) -> dict[str, Any]:
        """End a job; one that is done stays as it is."""
        with self._lock:
            job = self._known(name)
            process, job.process = job.process, None
            if job.state == "running":
                job.state, job.step = "cancelled", ""
        if process is not None:
            _end(process)
        self._tell(job.record)
        return job.record

    def record(self, name: str) -> dict[str, Any]:
        """Return a job as plain values."""
        return self._known(name).record

    def _known(self, name: str) -> Running:
        if name not in self._jobs:
            raise Refusal(404, (Problem(NO_ADDRESS),))
        return self._jobs[name]

    def file(self, name: str, number: int) -> Path:
        """Return a file of a result by its number.

        Raises
        ------
        Refusal
            When there is none (404).
        """
        result = self._known(name).result or {}
        files = result.get("files", [])
        if not 0 <= number < len(files):
            raise Refusal(404, (Problem(NO_ADDRESS),))
        return Path(str(result[PRIVATE]), str(files[number]["name"]))

    def close(self) -> None:
        """End every process."""
        with self._lock:
            self._is_closed = True
            every = [job.process for job in self._jobs.values() if job.process]
            every += [self._idle] if self._idle else []
            self._idle = None
        for process in every:
            _end(process)


def _write(process: subprocess.Popen[bytes], record: dict[str, Any]) -> None:
    if process.stdin is not None:
        with contextlib.suppress(OSError):  # ended meanwhile: whoever reads it finds that out
            process.stdin.write(encoded(record) + b"\n")
            process.stdin.flush()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process, and close what it was written and read by."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
