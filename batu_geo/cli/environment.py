"""How a command ends for what its environment did: one table of exit code and line.

What is not in the table is a fault of the program (`BG-900`, exit 70).
"""

from __future__ import annotations

import errno
import mmap
import re
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from batu_geo.domain.errors import Problem
from batu_geo.domain.reasons import (
    coded_reason,
    is_of_descriptors,
    is_of_memory,
    is_of_temporary_folder,
    root_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PACKAGE = "batu_geo."
# While it is loaded, no step of the program has begun.
LOADED = "<module>"
# Address space to say in what could not be done, where there is no memory left.
RESERVE = 32 * 2**20
OLD_CLOCK = re.compile(r"ZIP does not support timestamps before 1980")
# The machine or whoever set it up; others, such as a missing file, may be mistakes of ours.
OF_THE_SYSTEM = {
    errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.EFBIG,
    errno.ESTALE, errno.ENOLCK, errno.ETIMEDOUT, errno.ENXIO, errno.ENODEV, errno.EBUSY,
    errno.ETXTBSY, errno.ENAMETOOLONG,
}  # fmt: skip


@contextmanager
def memory_in_reserve() -> Iterator[None]:
    """Hold memory within this block that is free again before anybody handles an error of it."""
    reserve = mmap.mmap(-1, RESERVE)  # addresses alone: nothing is written to it
    try:
        yield
    finally:
        reserve.close()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    Attributes
    ----------
    what
        What the environment did.
    happened
        Whether an error is of that kind.
    exit_code, code
        How the command ends, and its message.
    values
        Of the message.
    """

    what: str
    happened: Callable[[BaseException], bool]
    exit_code: int
    code: str
    values: Callable[[BaseException], Mapping[str, Any]] = lambda _: {}


def _is_old_clock(error: BaseException) -> bool:
    return isinstance(error, ValueError) and bool(OLD_CLOCK.search(str(error)))


def _is_of_system(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in OF_THE_SYSTEM


def _what_needed_it(error: BaseException) -> dict[str, Any]:
    """Return the step of the program that an error came from, and what the library says."""
    places = [
        f"{frame.f_globals['__name__'].removeprefix(PACKAGE)}.{frame.f_code.co_name}"
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__", "")).startswith(PACKAGE)
        and not frame.f_globals["__name__"].startswith(f"{PACKAGE}cli")
        and frame.f_code.co_name != LOADED
    ]
    root = root_of(error)
    said = str(root).splitlines()[0] if str(root) else type(root).__name__
    coded = coded_reason(root) if isinstance(root, Exception) else None
    return {"what": places[-1] if places else "batu_geo", "reason": coded or said}


def _reason(error: BaseException) -> dict[str, Any]:
    coded = coded_reason(error) if isinstance(error, Exception) else None
    return {"reason": coded or error}


def _year(_: BaseException) -> dict[str, str]:
    return {"year": str(time.localtime().tm_year)}


TABLE = (
    Row("interrupted by the user",
        lambda error: isinstance(error, KeyboardInterrupt | click.Abort), 130, "BG-405"),
    Row("no memory, or no room for a thread or library", is_of_memory, 6, "BG-403",
        _what_needed_it),
    Row("no file can be opened any more", is_of_descriptors, 6, "BG-407", _what_needed_it),
    Row("no folder for temporary files", is_of_temporary_folder, 6, "BG-406"),
    Row("a clock of before 1980", _is_old_clock, 6, "BG-418", _year),
    Row("the system refuses a file or folder", _is_of_system, 6, "BG-401", _reason),
)  # fmt: skip


def ending_of(error: BaseException) -> tuple[Problem, int] | None:
    """Return line and exit code for what the environment did; None where it did nothing.

    >>> problem, exit_code = ending_of(MemoryError("Unable to allocate 7.45 GiB"))
    >>> exit_code, problem.line("en").partition(". ")[0]
    (6, 'BG-403 not enough memory for batu_geo: Unable to allocate 7.45 GiB')
    >>> ending_of(KeyError("a")) is None
    True
    """
    for row in TABLE:
        if row.happened(error):
            path = str(getattr(error, "filename", None) or "") if row.code == "BG-401" else ""
            return Problem(row.code, path, values=row.values(error)), row.exit_code
    return None
