"""Print how every malformed input ends: ``python -m tests.malformed [--list]``."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.malformed.brought import office_imports, outside_imports, own_imports, put
from tests.malformed.cases import every_case
from tests.malformed.outside import outside_cases, shared_folder
from tests.malformed.runner import bring, run, tally
from tests.malformed.studies import study_cases

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.malformed.runner import Ended


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


def main() -> int:
    """Run the whole corpus and print its counts; 1 where anything ended as it must not."""
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        groups = {
            "own files": {n: run(p, t) for n, p, t in put(folder / "checked", every_case())},
            "own studies": {n: run(p, "study") for n, p, _ in study_cases(folder)},
            "files of others": {n: run(p, t) for n, p, t in outside_cases(folder)},
            "own files, imported": _brought(own_imports(folder), folder),
            "files of offices, imported": _brought(office_imports(folder), folder),
            "files of others, imported": _brought(outside_imports(folder), folder),
        }
    wrong = sum(_told(group, ends) for group, ends in groups.items())
    say(f"wrong: {wrong}; {time.monotonic() - begin:.0f} s")
    if not shared_folder().is_dir():
        say("files of others are not here: set BATU_GEO_SHARED_DATA")
    return 1 if wrong else 0


def _brought(inputs: Iterable[tuple[str, Path, str]], folder: Path) -> dict[str, Ended]:
    return {name: bring(path, table, folder) for name, path, table in inputs}


def _told(group: str, ends: dict[str, Ended]) -> int:
    """Print how a group ended; return how many ended as they must not."""
    say(f"{group}: {len(ends)}")
    for kind, count in sorted(tally(ends).items()):
        say(f"  {kind:10} {count}")
    for case, end in ends.items():
        if end.faults:
            say(f"  WRONG {case}: {end.faults}")
        elif "--list" in sys.argv:
            say(f"  {end.outcome:8} {case}: {end.lines[0] if end.lines else ''}")
    return sum(bool(end.faults) for end in ends.values())


if __name__ == "__main__":
    sys.exit(main())
