"""What a long work shows on standard error: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, Self

from batu_geo.cli.streams import say

if TYPE_CHECKING:
    from types import TracebackType


class Progress:
    """Shows each step: n of m, the time since the first, and a bar where the number is known.

    Off a terminal, a counted step (`render.text.steps.Step`) is a plain line and any other is
    not shown.
    """

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._bar: Any = None
        self._task: Any = None

    def __call__(self, step: str) -> None:
        """Show that a step begins."""
        number, total = getattr(step, "number", None), getattr(step, "total", None)
        if sys.stderr.isatty():
            self._show(step, number, total)
        elif number is not None:
            seconds = int(time.monotonic() - self._begun)
            count = f"{number}/{total}" if total else f"{number}"
            say(f"[{count}] {seconds // 60}:{seconds % 60:02d} {step}")

    def _show(self, step: str, number: int | None, total: int | None) -> None:
        from rich.markup import escape

        if self._bar is None:
            self._bar, self._task = _bar()
        # The bar holds what is done; a title is data and may look like markup.
        count = f"{number}/{total}" if total else f"{number or ''}"
        done = {} if total is None or number is None else {"total": total, "completed": number - 1}
        self._bar.update(self._task, description=escape(step), count=count, **done)
        self._bar.start()

    def rest(self) -> None:
        """Take the bar away, as before a question; the next step shows it again."""
        if self._bar is not None:
            self._bar.stop()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None, /,
    ) -> None:  # fmt: skip
        """Take the bar away, whatever happened."""
        self.rest()


def _bar() -> tuple[Any, Any]:
    """Return a bar that is not shown yet, and its task."""
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar
    from rich.table import Column

    name = TextColumn("{task.description}", table_column=Column(ratio=1, no_wrap=True))
    columns = (
        SpinnerColumn(), BarColumn(bar_width=16), TextColumn("{task.fields[count]}"),
        TimeElapsedColumn(), name,
    )  # fmt: skip
    bar = Bar(*columns, console=Console(stderr=True), transient=True, expand=True)
    return bar, bar.add_task("", total=None, count="")
