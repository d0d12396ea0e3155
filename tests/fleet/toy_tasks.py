"""Small tasks for the engines: one that works, and those that go wrong in each way."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from batu_geo.domain.errors import DataError, Problem
from batu_geo.fleet.part_ledger import Ledger
from batu_geo.fleet.tasks import Task


def made(folder: str, key: str, seconds: float = 0.0) -> dict[str, int]:
    time.sleep(seconds)
    Ledger(Path(folder)).put(key, key.encode() * 3)
    return {"pid": os.getpid()}


def raises(folder: str, key: str) -> None:
    raise DataError(Problem("BG-213", "roads.osm"))


def dies(folder: str, key: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dies_once(folder: str, key: str) -> None:
    mark = Path(folder) / "died"
    if not mark.exists():
        mark.touch()
        dies(folder, key)
    made(folder, key)


def eats(folder: str, key: str) -> None:
    kept = [bytearray(2**26) for _ in range(64)]
    made(folder, key + str(len(kept)))


def packs(folder: str, key: str) -> None:
    import pyarrow as pa

    pool = pa.default_memory_pool().backend_name
    if pool != "system":
        raise MemoryError(f"{pool} sets addresses aside, which count as data of the worker")
    made(folder, key)


def tasks(folder: Path, count: int = 6, seconds: float = 0.0, **others: object) -> list[Task]:
    """Return tasks that put a result, and those of `others` by their key."""
    plain = [Task(f"r-{n:02d}", made, (str(folder), f"r-{n:02d}", seconds)) for n in range(count)]
    return plain + [Task(key, do, (str(folder), key)) for key, do in others.items()]
