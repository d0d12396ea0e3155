"""`python -m batu_geo` and `batu-geo`: an interrupt ends the command from the first line on.

So does a machine without memory for the command line itself. Nothing has been written before a
verb runs, so the process simply ends; a verb clears up first, see `batu_geo.cli.interrupts`.
"""

from __future__ import annotations

import os
import signal
import sys

INTERRUPTED = 130
WITHOUT_MEMORY = 6
# As BG-405 and BG-403 of the catalogue, which may not be readable: a test holds them together.
STOPPED = {
    "id": "BG-405 dihentikan. Perbaikan: jalankan lagi; tidak ada hasil yang setengah tertulis.",
    "en": "BG-405 stopped. Fix: run it again; no result is half written.",
}
NO_MEMORY = {
    "id": "BG-403 memori tidak cukup untuk batu_geo: memori habis. Perbaikan: tutup program lain, "
    "pakai komputer dengan memori lebih besar, atau potong data ke wilayah studi.",
    "en": "BG-403 not enough memory for batu_geo: MemoryError. Fix: close other programs, use a "
    "computer with more memory, or cut the data to the study area.",
}  # fmt: skip


def end_at_once(*_: object) -> None:
    """Say in one line that the command was stopped, and end it."""
    _end(_line(STOPPED), INTERRUPTED)


def _line(texts: dict[str, str]) -> bytes:
    language = "en" if "--lang=en" in "=".join(sys.argv) else "id"
    return f"{texts[language]}\n".encode()


def _end(line: bytes, exit_code: int) -> None:
    try:
        os.write(2, line)
    finally:
        os._exit(exit_code)


def main() -> None:
    """Run the command line."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as a shell asks in the background
        signal.signal(signal.SIGINT, end_at_once)
    no_memory = _line(NO_MEMORY)  # there may be none to make it of
    try:
        from batu_geo.cli import main as run  # noqa: PLC0415 - after the first line

        run()
    except MemoryError:
        if "--debug" in sys.argv:
            raise
        _end(no_memory, WITHOUT_MEMORY)


if __name__ == "__main__":
    main()
