"""Print how every malformed input ends: ``python -m tests.malformed [--list]``."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.malformed.cases import every_case
from tests.malformed.outside import outside_cases, shared_folder
from tests.malformed.runner import run, tally
from tests.malformed.studies import study_cases


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


def main() -> int:
    """Run the whole corpus and print its counts; 1 where anything ended as it must not."""
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        groups = {"own files": {}, "own studies": {}, "files of others": {}}
        begin = time.monotonic()
        for number, case in enumerate(every_case()):
            path = folder / str(number) / case.file
            path.parent.mkdir()
            path.write_bytes(case.content)
            groups["own files"][case.name] = run(path, case.table)
        for case, path, _ in study_cases(folder):
            groups["own studies"][case] = run(path, "study")
        for case, path, table in outside_cases(folder):
            groups["files of others"][case] = run(path, table)
        for group, ends in groups.items():
            counts = tally(ends)
            say(f"{group}: {len(ends)}")
            for kind, count in sorted(counts.items()):
                say(f"  {kind:10} {count}")
            for case, end in ends.items():
                wrong += bool(end.faults)
                if end.faults:
                    say(f"  WRONG {case}: {end.faults}")
                elif "--list" in sys.argv:
                    say(f"  {end.outcome:8} {case}: {end.lines[0] if end.lines else ''}")
        say(f"wrong: {wrong}; {time.monotonic() - begin:.0f} s")
        if not shared_folder().is_dir():
            say("files of others are not here: set BATU_GEO_SHARED_DATA")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
