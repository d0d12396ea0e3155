"""Put a malformed input through `check` under guard and say how it ended."""

from __future__ import annotations

import contextlib
import re
import signal
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from batu_geo.domain.errors import BatuGeoError, messages
from batu_geo.pipeline.check.study import Lists, check_file, check_study
from batu_geo.sources.archives import zip_members
from batu_geo.sources.opening import open_input
from batu_geo.sources.safe_xml import xml_of
from tests.malformed.guard import Seen, guarded

LONGEST_S = 10
LINE = re.compile(r"(BG-\d{3}) (.+?): (.+)\. Perbaikan: (.+)\.")


@dataclass(frozen=True)
class Ended:
    """How one input ended: refused, noted (read with its repair or doubt listed) or read."""

    outcome: str
    codes: tuple[str, ...]
    lines: tuple[str, ...]
    seen: Seen

    @property
    def faults(self) -> list[str]:
        """What must not happen, whatever the input."""
        found = [f"socket: {s}" for s in self.seen.sockets]
        found += [f"process: {s}" for s in self.seen.processes]
        found += [f"written: {s}" for s in self.seen.written]
        found += [f"opened outside: {s}" for s in self.seen.outside]
        if self.outcome in {"traceback", "hang"}:
            found.append(f"{self.outcome}: {self.lines}")
        for line in self.lines if self.outcome == "refused" else ():
            match = LINE.fullmatch(line)
            if not line.isprintable() or not match or match[1] not in messages():
                found.append(f"not one line of code, place, reason and fix: {line!r}")
        return found


class _Hangs(BaseException):
    pass


@contextlib.contextmanager
def _at_most(seconds: int):
    def stop(*_: object) -> None:
        raise _Hangs

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@cache
def lists() -> Lists:
    """Return the lists of the embedded study, read once."""
    return Lists.of(None, "population", "villages", "facilities")


def run(path: Path, table: str) -> Ended:
    """Check a file as a table, a `study` folder, or read it as a `zip` or `xml` input."""
    lists()
    folder = path if table == "study" else path.parent
    with guarded(folder) as seen:
        try:
            with _at_most(LONGEST_S):
                outcome, codes, lines = _checked(path, table)
        except _Hangs:
            outcome, codes, lines = "hang", (), (str(path),)
        except BatuGeoError as error:
            outcome = "refused"
            codes, lines = tuple(p.code for p in error.problems), tuple(error.lines())
        except Exception as error:  # noqa: BLE001 - this is what is being looked for
            outcome, codes = "traceback", ()
            lines = (f"{type(error).__name__}: {error}",)
    return Ended(outcome, codes, lines, seen)


def _checked(path: Path, table: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    if table in {"zip", "xml"}:
        opened = open_input(path, name=str(path), table=table, suffixes=(path.suffix.lower(),))
        zip_members(opened) if table == "zip" else xml_of(opened)
        return "read", (), ()
    found = check_study(path) if table == "study" else check_file(path, table, lists=lists())
    chosen = found.errors or found.warnings
    outcome = "refused" if found.errors else "noted" if found.warnings else "read"
    return (
        outcome,
        tuple(dict.fromkeys(fault.problem.code for fault in chosen)),
        tuple(fault.problem.line() for fault in chosen),
    )


def tally(ends: dict[str, Ended]) -> Counter[str]:
    """Count the outcomes, and everything that must not happen."""
    counts = Counter(end.outcome for end in ends.values())
    for kind in ("sockets", "processes", "written", "outside"):
        counts[kind] = sum(len(getattr(end.seen, kind)) for end in ends.values())
    for kind in ("traceback", "hang"):
        counts[kind] += 0
    return counts
