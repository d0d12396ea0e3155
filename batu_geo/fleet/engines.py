"""Engines of one computer: a plain loop, and processes whose deaths cost one task alone."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, ProcessPoolExecutor, wait
from multiprocessing.connection import wait as wait_for_end
from typing import TYPE_CHECKING, Self

from batu_geo.domain.errors import Problem
from batu_geo.fleet.tasks import Ending, code_version, failed, work

if TYPE_CHECKING:
    from concurrent.futures import Future
    from multiprocessing.process import BaseProcess

    from batu_geo.fleet.tasks import Task

MOST_DEATHS = 4
MEMORY_MB = 2048


class Closing:
    """An engine that is closed at the end of a `with` block."""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End every worker, whatever happened."""
        self.close()

    def close(self) -> None:
        """End every worker that this engine started."""


class Loop(Closing):
    """Every task in this process, one after the other.

    >>> from batu_geo.fleet.tasks import Task
    >>> with Loop() as loop:
    ...     loop.submit(Task("two", len, ("ab",)))
    ...     loop.ended(0)[0].value
    2
    """

    def __init__(self) -> None:
        self._waiting: deque[Task] = deque()

    def width(self) -> int:
        """Return 1."""
        return 1

    def submit(self, task: Task) -> None:
        """Put a task at the end of the line."""
        self._waiting.append(task)

    def ended(self, wait_s: float) -> list[Ending]:  # noqa: ARG002 - a loop never waits
        """Do the first task of the line."""
        if not self._waiting:
            return []
        task = self._waiting.popleft()
        return [work(task.key, task.function, task.arguments, code_version())]


class Processes(Closing):
    """Processes of this computer, each in a pool of its own.

    A dead worker breaks its pool, and with it one task: the pool is made anew and the task begun
    again, until it has been there at `most_deaths` deaths.

    Parameters
    ----------
    workers
        How many; as many as there are cores when left out.
    memory_mb
        Data that a worker may have: beyond it its task fails for want of memory. Not on Windows.
    most_deaths
        Of workers with one task.
    """

    def __init__(
        self, workers: int | None = None, *, memory_mb: int = MEMORY_MB,
        most_deaths: int = MOST_DEATHS,
    ) -> None:  # fmt: skip
        self.memory_mb, self.most_deaths = memory_mb, most_deaths
        self._pools: list[ProcessPoolExecutor | None] = [None] * (workers or os.cpu_count() or 1)
        self._children: dict[int, BaseProcess] = {}
        self._running: dict[Future[Ending], tuple[int, Task]] = {}
        self._deaths: dict[str, int] = {}
        # Lanes whose last task failed: what it had set aside may never be free again in its worker.
        self._spent: set[int] = set()

    def width(self) -> int:
        """Return the number of processes."""
        return len(self._pools)

    def pids(self) -> list[int]:
        """Return the processes that run now."""
        return [c.pid for c in self._children.values() if c.pid and c.is_alive()]

    def submit(self, task: Task) -> None:
        """Begin a task on a worker that has none."""
        busy = {lane for lane, _ in self._running.values()}
        self._begin(next(n for n in range(len(self._pools)) if n not in busy), task)

    def ended(self, wait_s: float) -> list[Ending]:
        """Return what has ended; a task whose worker died is begun again."""
        done, _ = wait(self._running, timeout=wait_s, return_when=FIRST_COMPLETED)
        endings = (self._ending(future) for future in done)
        return [ending for ending in endings if ending]

    def close(self) -> None:
        """End the workers at once, also within a task."""
        if self._running:
            for child in self._children.values():
                child.kill()
        for pool in self._pools:
            if pool:
                pool.shutdown(cancel_futures=True)
        self._running.clear()

    def _begin(self, lane: int, task: Task) -> None:
        if lane in self._spent:
            self._leave(lane)
        pool = self._pools[lane] or ProcessPoolExecutor(
            1, multiprocessing.get_context("spawn"), _prepare, (self.memory_mb,)
        )
        self._pools[lane] = pool
        before = set(multiprocessing.active_children())
        future = pool.submit(work, task.key, task.function, task.arguments, code_version())
        for child in set(multiprocessing.active_children()) - before:
            self._children[lane] = child
        self._running[future] = (lane, task)

    def _ending(self, future: Future[Ending]) -> Ending | None:
        lane, task = self._running.pop(future)
        try:
            ending = future.result()
        except BrokenExecutor:
            self._leave(lane)
            deaths = self._deaths[task.key] = self._deaths.get(task.key, 0) + 1
            if deaths < self.most_deaths:
                self._begin(lane, task)
                return None
            return failed(task.key, Problem("BG-643", task.key, values={"count": deaths}))
        except Exception as error:  # noqa: BLE001 - what cannot travel between processes
            reason = f"{type(error).__name__}: {error}"
            return failed(task.key, Problem("BG-900", values={"reason": reason}))
        if ending.fault:
            self._spent.add(lane)
        return ending

    def _leave(self, lane: int) -> None:
        """Let the next task have a new worker."""
        self._spent.discard(lane)
        pool, self._pools[lane] = self._pools[lane], None
        if pool:
            pool.shutdown()


def _prepare(memory_mb: int) -> None:
    """Set a worker up: one thread for arrays, a bound of its memory, an end with its parent."""
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    # Arrow's own pool sets 1 GiB of addresses aside, which count as data: half of the bound.
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its workers
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows; a lower bound is set
        import resource  # noqa: PLC0415 - not on Windows

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (memory_mb * 2**20, hard))


def _end_with(sentinel: int) -> None:
    """End this worker when its parent has ended, in whatever way."""
    wait_for_end([sentinel])
    os._exit(1)
