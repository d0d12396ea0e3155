"""Interrupts while a verb runs: it clears up and ends, even where a library swallows them."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


# Until the callback that swallowed an interrupt has returned.
MOMENT_S = 0.05


class Interrupts:
    """Whether the user has asked to stop.

    Attributes
    ----------
    came
        Set by the first interrupt, also where a library has swallowed it.
    before
        Handler of interrupts before the verb, which ends the process at once.
    """

    def __init__(self) -> None:
        self.came = False
        self.before = signal.getsignal(signal.SIGINT)

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Raise on the first interrupt; end at once on the next, while clearing up hangs."""
        if self.came and callable(self.before):
            self.before(number, frame)
        self.came = True
        raise KeyboardInterrupt

    def swallowed(self, unraisable: sys.UnraisableHookArgs) -> None:
        """Raise again what was raised where nothing can be raised, as in a callback."""
        if not isinstance(unraisable.exc_value, KeyboardInterrupt):
            sys.__unraisablehook__(unraisable)
            return
        self.came = False
        threading.Timer(MOMENT_S, _thread.interrupt_main).start()


@contextmanager
def interrupts() -> Iterator[Interrupts]:
    """Let interrupts of the user raise `KeyboardInterrupt` within this block.

    Raises
    ------
    KeyboardInterrupt
        At the end at the latest, and in the place of what a library made of it.
    """
    watch = Interrupts()
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or watch.before is signal.SIG_IGN:
        yield watch
        return
    hook = sys.unraisablehook
    signal.signal(signal.SIGINT, watch.stop)
    sys.unraisablehook = watch.swallowed
    try:
        yield watch
    except Exception as error:
        if watch.came:
            raise KeyboardInterrupt from error
        raise
    else:
        if watch.came:
            raise KeyboardInterrupt
    finally:
        sys.unraisablehook = hook
        signal.signal(signal.SIGINT, watch.before)
