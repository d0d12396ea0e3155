"""A task of a fleet, how it ended, and the one way in which every engine is given tasks.

Arguments and results are paths and plain values: tables travel by file.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

from batu_geo.domain.errors import BatuGeoError, Problem
from batu_geo.domain.reasons import is_of_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from importlib.resources.abc import Traversable

# What a result is computed by: rooms of this package, and packages of others.
ROOMS = ("domain", "network", "access", "siting", "planning", "sources", "fleet")
PACKAGES = ("geopandas", "numpy", "pandas", "pyproj", "scipy", "shapely")
SUFFIXES = (".py", ".toml")
# What is said, not what is computed.
SAID = ("domain/messages.toml", "domain/reasons.toml")
WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Task:
    """One task.

    Attributes
    ----------
    key
        Name of its result, see `part_ledger.part_key`.
    function
        Of a module, so that a worker can import it; what it returns is plain and small.
    arguments
        Paths and plain values.
    """

    key: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a task ended.

    Attributes
    ----------
    key
        Of the task.
    value
        What its function returned.
    fault
        Why it failed, by language; empty for a task that is done.
    seconds, peak_mb
        What it took, and the largest memory of its worker until then (0 where unknown).
    """

    key: str
    value: Any = None
    fault: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    peak_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class Count:
    """How far a run is: n of m, and the task that has been running for longest.

    Attributes
    ----------
    ended, total, failed
        Tasks.
    slowest, slowest_s
        Key of the running task that began first, and its seconds; empty when none runs.
    peak_mb
        Largest memory of a worker so far.
    """

    ended: int
    total: int
    failed: int = 0
    slowest: str = ""
    slowest_s: float = 0.0
    peak_mb: float = 0.0


class Engine(Protocol):
    """Where tasks are worked on: in a loop, in processes of this computer, by Dask."""

    def width(self) -> int:
        """Return how many tasks are worked on at the same time."""

    def submit(self, task: Task) -> None:
        """Begin a task."""

    def ended(self, wait_s: float) -> list[Ending]:
        """Return what has ended, after `wait_s` seconds at most even where nothing has."""

    def close(self) -> None:
        """End every worker that this engine started."""


def run_tasks(
    engine: Engine, tasks: Iterable[Task], tell: Callable[[Count], None] = lambda _: None
) -> dict[str, Ending]:
    """Run tasks that do not need each other, and return how each ended.

    A task that fails does not stop the others.

    >>> from batu_geo.fleet.engines import Loop
    >>> ended = run_tasks(Loop(), [Task("two", len, ("ab",)), Task("none", len, (2,))])
    >>> ended["two"].value, ended["none"].fault["en"].partition(". ")[0]
    (2, "BG-900 a fault inside the program: TypeError: object of type 'int' has no len()")
    """
    waiting = deque(tasks)
    total = len(waiting)
    began: dict[str, float] = {}
    ended: dict[str, Ending] = {}
    while waiting or began:
        while waiting and len(began) < max(engine.width(), 1):
            task = waiting.popleft()
            began[task.key] = time.monotonic()
            engine.submit(task)
        for ending in engine.ended(WAIT_S):
            began.pop(ending.key)
            ended[ending.key] = ending
        slowest = next(iter(began), "")
        tell(
            Count(
                len(ended), total, sum(bool(e.fault) for e in ended.values()), slowest,
                time.monotonic() - began[slowest] if slowest else 0.0,
                max((e.peak_mb for e in ended.values()), default=0.0),
            )
        )  # fmt: skip
    return ended


def work(key: str, function: Callable[..., Any], arguments: tuple[Any, ...], code: str) -> Ending:
    """Do a task where it was sent, and return how it ended; it raises nothing.

    >>> work("k", len, ("ab",), code_version()).value
    2
    >>> work("k", len, ("ab",), "another").fault["en"].partition(". ")[0]
    'BG-644 k: the worker has another version of the program than who asks'
    """
    began = time.perf_counter()
    value: Any = None
    problems: tuple[Problem, ...] = ()
    if code != code_version():
        return failed(key, Problem("BG-644", key))
    try:
        value = function(*arguments)
    except BatuGeoError as error:
        problems = error.problems
    except Exception as error:  # noqa: BLE001 - the other tasks must still be done
        problems = (_problem_of(key, error),)
    ending = failed(key, *problems)
    return Ending(key, value, ending.fault, time.perf_counter() - began, _peak_mb())


def failed(key: str, *problems: Problem) -> Ending:
    """Return the ending of a task with these problems."""
    lines = {language: BatuGeoError(problems).lines(language) for language in ("id", "en")}
    return Ending(key, fault={k: "\n".join(v) for k, v in lines.items() if v})


def _problem_of(key: str, error: Exception) -> Problem:
    if is_of_memory(error):
        return Problem("BG-403", values={"what": key, "reason": str(error) or "MemoryError"})
    return Problem("BG-900", values={"reason": f"{type(error).__name__}: {error}"})


def _peak_mb() -> float:
    """Return the largest memory of this process so far; 0 where the system does not say."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
        import sys  # noqa: PLC0415
    except ImportError:
        return 0.0
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest / (2**20 if sys.platform == "darwin" else 2**10)


@cache
def code_version() -> str:
    """Return a hash of what results are computed by: our rooms and the packages below.

    >>> len(code_version())
    64
    """
    found = hashlib.sha256()
    for package in PACKAGES:
        found.update(f"{package} {version(package)}\n".encode())
    for room in ROOMS:
        for name, content in _sources(files("batu_geo").joinpath(room), room):
            found.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return found.hexdigest()


def _sources(folder: Traversable, name: str) -> Iterable[tuple[str, bytes]]:
    """Yield path and content of the files of a room, in order."""
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            yield from _sources(entry, path)
        elif entry.name.endswith(SUFFIXES) and path not in SAID:
            yield path, entry.read_bytes().replace(b"\r\n", b"\n")
