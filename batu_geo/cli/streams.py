"""Standard streams as the machine gives them: closed, full, or of few characters."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from batu_geo.domain.errors import BatuGeoError, EnvironmentFault, Problem
from batu_geo.domain.reasons import coded_reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

STREAMS = ("stdin", "stdout", "stderr")


def open_streams() -> None:
    """Open what the caller has closed, and let no character stop a command.

    A file that is opened under the number of a closed stream would receive what libraries print.
    """
    for number, name in enumerate(STREAMS):
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(line: str) -> None:
    """Print a line on standard error; nothing where that is closed or full."""
    width = terminal_width(sys.stderr)
    with suppress(OSError):
        click.echo(broken(line, width) if width else line, err=True)


def terminal_width(stream: TextIO | None = None) -> int | None:
    """Return the columns of the terminal of a stream, by default of standard output, if any."""
    is_terminal = (stream or sys.stdout).isatty()
    return shutil.get_terminal_size().columns if is_terminal else None


def broken(text: str, width: int) -> str:
    """Return a text with its long lines broken between words; no word is cut.

    >>> print(broken("satu dua tiga", 9))
    satu dua
      tiga
    """
    return "\n".join(
        textwrap.fill(line, width, subsequent_indent="  ", break_long_words=False,
                      break_on_hyphens=False) if len(line) > width else line
        for line in text.split("\n")
    )  # fmt: skip


@contextmanager
def printing() -> Iterator[None]:
    """Turn a fault of standard output into one line.

    Raises
    ------
    EnvironmentFault
        When the disk that it leads to is full, or does not answer.
    BrokenPipeError
        When its reader has gone.
    """
    try:
        yield
    except (BrokenPipeError, BatuGeoError):
        raise
    except OSError as error:
        values = {"reason": coded_reason(error) or error}
        raise EnvironmentFault(Problem("BG-404", values=values)) from error


def flush_streams() -> None:
    """Flush both streams; what can be printed no more is dropped, as it was said already."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            drop(stream)


def drop(stream: TextIO) -> None:
    """Lead a stream nowhere, so that Python does not try it again at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
