"""Dask by the address of a scheduler: of this computer, or of another by TLS.

Scheduler and workers are processes of their own, started with the settings of `dask.yaml`::

    DASK_CONFIG=dask.yaml dask scheduler --host 127.0.0.1 --dashboard-address 127.0.0.1:0 \
        --scheduler-file scheduler.json
    DASK_CONFIG=dask.yaml dask worker --scheduler-file scheduler.json --host 127.0.0.1 \
        --dashboard-address 127.0.0.1:0 --nworkers 2 --nthreads 1 --memory-limit 2GiB

Without `--dashboard-address` both listen on every interface, whatever `--no-dashboard` says.
"""

from __future__ import annotations

import contextlib
import json
import uuid
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from batu_geo.domain.errors import EnvironmentFault, Problem, ScenarioError
from batu_geo.fleet.engines import Closing
from batu_geo.fleet.tasks import Ending, code_version, failed, work
from batu_geo.sources.files.opening import open_input

if TYPE_CHECKING:
    from distributed import Future

    from batu_geo.fleet.tasks import Task

LONGEST_WAIT_S = 30.0


def scheduler_address(given: str) -> str:
    """Return the address of a scheduler, given itself or as its `--scheduler-file`.

    Raises
    ------
    ScenarioError
        For an address of another computer without TLS: whoever reaches a scheduler runs programs.

    >>> scheduler_address("tcp://127.0.0.1:8786"), scheduler_address("tls://10.0.0.5:8786")
    ('tcp://127.0.0.1:8786', 'tls://10.0.0.5:8786')
    """
    address = given
    if "://" not in given:
        file = open_input(Path(given), name=given, table="scheduler", suffixes=(".json",))
        with contextlib.suppress(ValueError, TypeError, KeyError):
            address = str(json.loads(file.content)["address"])
    parts = urlsplit(address)
    if parts.scheme != "tls" and not (parts.scheme == "tcp" and _is_loopback(parts.hostname)):
        raise ScenarioError(Problem("BG-646", values={"value": address}))
    return address


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


class DaskEngine(Closing):
    """The workers of a scheduler of Dask, as many as there are at the moment.

    Parameters
    ----------
    scheduler
        Its address, or the path of its `--scheduler-file`. Keys for ``tls://`` come from Dask's
        own settings, ``distributed.comm.tls``.
    wait_s
        For the scheduler and the first worker.

    Raises
    ------
    EnvironmentFault
        When Dask is not installed, or no scheduler or worker is there.
    """

    def __init__(self, scheduler: str, *, wait_s: float = LONGEST_WAIT_S) -> None:
        try:
            from distributed import Client  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise EnvironmentFault(Problem("BG-647")) from error
        self._address = scheduler_address(scheduler)
        self._running: dict[str, Future[Ending]] = {}
        self._run = uuid.uuid4().hex[:8]
        client = None
        try:
            client = Client(self._address, timeout=wait_s, set_as_default=False)
            client.wait_for_workers(1, timeout=wait_s)
        except (OSError, TimeoutError) as error:
            if client is not None:
                client.close()
            raise self._lost(str(error)) from error
        self._client = client

    def width(self) -> int:
        """Return how many threads the workers have together."""
        return sum(self._client.nthreads().values())

    def memory_mb(self) -> float:
        """Return the bound of memory of the largest worker; 0 where a worker has none."""
        limits = [w["memory_limit"] for w in self._client.scheduler_info(-1)["workers"].values()]
        return 0.0 if not limits or not all(limits) else max(limits) / 2**20

    def submit(self, task: Task) -> None:
        """Give a task to the scheduler."""
        self._running[task.key] = self._client.submit(
            work, task.key, task.function, task.arguments, code_version(),
            key=f"{task.key}-{self._run}", pure=False,
        )  # fmt: skip

    def ended(self, wait_s: float) -> list[Ending]:
        """Return what has ended; the scheduler begins a task again whose worker died.

        Raises
        ------
        EnvironmentFault
            When the scheduler is gone.
        """
        from distributed import CancelledError, wait  # noqa: PLC0415 - an extra

        with self._client.as_current(), contextlib.suppress(TimeoutError, CancelledError):
            wait(list(self._running.values()), timeout=wait_s, return_when="FIRST_COMPLETED")
        if self._client.status not in {"running", "connecting"}:
            raise self._lost(self._client.status)
        done = [key for key, future in self._running.items() if future.status != "pending"]
        return [self._ending(key, self._running.pop(key)) for key in done]

    def close(self) -> None:
        """Leave the scheduler, which drops what waits; its workers go on."""
        self._client.close()

    def _ending(self, key: str, future: Future[Ending]) -> Ending:
        from distributed import KilledWorker  # noqa: PLC0415 - an extra

        if future.status == "finished":
            ending: Ending = future.result()
            return ending
        error: Any = future.exception() if future.status == "error" else None
        if isinstance(error, KilledWorker):
            return failed(key, Problem("BG-643", key, values={"count": error.allowed_failures + 1}))
        reason = f"{type(error).__name__}: {error}" if error else future.status
        return failed(key, Problem("BG-900", values={"reason": reason}))

    def _lost(self, reason: str) -> EnvironmentFault:
        return EnvironmentFault(Problem("BG-645", self._address, values={"reason": reason}))
