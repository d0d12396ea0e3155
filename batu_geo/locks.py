"""One process at a time writes into a folder; and whether a process still runs.

A lock is one of the operating system, so that it ends with its process however that ends.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import json
import os
import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING

from batu_geo.domain.errors import EnvironmentFault, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import filelock

# Temporary files of this program, in the folders of users.
MARK = ".batu-geo-"
LOCK = f"{MARK}lock"
# Who holds the lock: a locked file itself can neither be read nor written on Windows.
HOLDER = f"{MARK}holder"
LONGEST_WAIT_S = 300.0
WAIT_STEP_S = 0.05
# What a file system says that has no locks.
NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}
SYNCHRONIZE = 0x00100000
_WITHOUT: ContextVar[bool] = ContextVar("without_locks", default=False)


@contextlib.contextmanager
def without_locks() -> Iterator[None]:
    """Write within this block also where the file system has no locks.

    The user answers for it that no other process writes there at the same time.
    """
    token = _WITHOUT.set(True)
    try:
        yield
    finally:
        _WITHOUT.reset(token)


@contextlib.contextmanager
def locked(folder: Path, *, longest_wait_s: float = LONGEST_WAIT_S) -> Iterator[None]:
    """Take an exclusive lock on a folder; the OS releases it if the process dies.

    Raises
    ------
    EnvironmentFault
        When another process holds the lock for too long, named with its start, or when the
        file system has no locks and this is not within `without_locks`.
    OSError
        When the lock file cannot be made, or is a symbolic link.
    """
    import filelock  # noqa: PLC0415 - only writers need it

    path, holder = folder / LOCK, folder / HOLDER
    is_new = not os.path.lexists(path)
    # Readable and writable by all: whoever may write here may take a lock that a kill left.
    lock = filelock.FileLock(
        path, longest_wait_s, mode=0o666, poll_interval=WAIT_STEP_S, fallback_to_soft=False
    )
    try:
        lock.acquire()
    except filelock.Timeout as error:
        raise EnvironmentFault(Problem("BG-411", str(folder), values=_named(holder))) from error
    except OSError as error:
        if is_new:
            path.unlink(missing_ok=True)
        if error.errno not in NO_LOCKS:
            raise
        if not _WITHOUT.get():
            raise EnvironmentFault(Problem("BG-419", str(folder))) from error
    try:
        _write_card(holder)
        yield
    finally:
        _release(lock, path, holder)


def _write_card(holder: Path) -> None:
    """Note who holds the lock; whoever waits in vain reads it, and nothing else rests on it."""
    since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    with contextlib.suppress(OSError):
        holder.unlink(missing_ok=True)
        with holder.open("x", encoding="utf-8") as file:
            json.dump({"process": os.getpid(), "since": since}, file)


def _release(lock: filelock.BaseFileLock, path: Path, holder: Path) -> None:
    """Release a lock and remove its files.

    The lock file goes while it is still locked, so that nobody locks a file that is about to
    go. Windows removes no open file: there it goes afterwards, unless another has opened it.
    """
    with contextlib.suppress(OSError):
        holder.unlink(missing_ok=True)
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        lock.release()
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
    finally:
        lock.release()


def _named(holder: Path) -> dict[str, str]:
    """Return the process that holds a lock, and since when, as it has written."""
    try:
        card = json.loads(holder.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        card = {}
    return {"owner": str(card.get("process", "?")), "since": str(card.get("since", "?"))}


def is_alive(pid: int) -> bool:
    """Return whether a process still runs, other than this one."""
    if sys.platform == "win32":
        # A signal 0 would press Ctrl+C there.
        import ctypes  # noqa: PLC0415

        handle = ctypes.windll.kernel32.OpenProcess(SYNCHRONIZE, False, pid)  # noqa: FBT003
        return bool(handle) and bool(ctypes.windll.kernel32.CloseHandle(handle))
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    # The process that sweeps has no temporary files yet; in containers ids are used again.
    return pid != os.getpid()
