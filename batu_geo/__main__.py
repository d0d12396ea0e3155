"""`python -m batu_geo` and `batu-geo`: an interrupt ends the command from the first line on.

Nothing has been written before a verb runs, so the process simply ends; a verb clears up first,
see `batu_geo.cli.interrupts`.
"""

from __future__ import annotations

import os
import signal
import sys

INTERRUPTED = 130
# As BG-405 of the catalogue, which may not be readable yet: a test holds them together.
STOPPED = {
    "id": "BG-405 dihentikan. Perbaikan: jalankan lagi; tidak ada hasil yang setengah tertulis.",
    "en": "BG-405 stopped. Fix: run it again; no result is half written.",
}


def end_at_once(*_: object) -> None:
    """Say in one line that the command was stopped, and end it."""
    language = "en" if "--lang=en" in "=".join(sys.argv) else "id"
    try:
        os.write(2, f"{STOPPED[language]}\n".encode())
    finally:
        os._exit(INTERRUPTED)


def main() -> None:
    """Run the command line."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as a shell asks in the background
        signal.signal(signal.SIGINT, end_at_once)
    from batu_geo.cli import main as run  # noqa: PLC0415 - after the first line

    run()


if __name__ == "__main__":
    main()
