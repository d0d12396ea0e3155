"""Check the measured branch coverage: pure floors whole, the rest nearly, exceptions few.

Run as ``python scripts/coverage_floors.py COVERAGE.json``: what ``coverage json`` wrote after a
run of all tests. Lines marked `pragma: no cover` or `pragma: no branch` must
stand in `scripts/uncovered.toml` with their reason, 20 lines at most.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PURE = ("domain", "network", "access", "siting", "planning")
LEAST_PERCENT = 95
MOST_EXCEPTIONS = 20
MARKS = ("pragma: no cover", "pragma: no branch")


def not_run(files: dict[str, Any]) -> dict[str, list[str]]:
    """Return by file of the pure floors the lines and branches no test has run."""
    gaps = {}
    for path, card in sorted(files.items()):
        if Path(path).parts[1] in PURE:
            lines = card["missing_lines"]
            # A jump from or to a line never run says nothing that the line does not say.
            jumps = [f"{a}->{b}" for a, b in card["missing_branches"] if not {a, b} & {*lines}]
            if lines or jumps:
                gaps[path] = [*map(str, lines), *jumps]
    return gaps


def excepted(package: Path) -> Counter[tuple[str, str]]:
    """Return every line marked as never run: its file and its text without the mark."""
    found: Counter[tuple[str, str]] = Counter()
    for path in sorted(package.rglob("*.py")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if any(mark in line for mark in MARKS):
                found[str(path.relative_to(package.parent)), line.partition("#")[0].strip()] += 1
    return found


def faults_of_exceptions(
    marked: Counter[tuple[str, str]], cards: list[dict[str, str]]
) -> list[str]:
    """Return what is wrong between the marked lines and their list of reasons."""
    listed = Counter((card["file"], card["line"]) for card in cards)
    faults = [f"marked, not in uncovered.toml: {file}: {line}" for file, line in marked - listed]
    faults += [f"in uncovered.toml, not marked: {file}: {line}" for file, line in listed - marked]
    faults += [f"no reason: {card['file']}: {card['line']}" for card in cards if not card["reason"]]
    if marked.total() > MOST_EXCEPTIONS:
        faults.append(f"{marked.total()} lines are excepted, at most {MOST_EXCEPTIONS} may be")
    return faults


def main(coverage: str) -> int:
    """Print what was measured and return 1 where it is too little."""
    measured = json.loads(Path(coverage).read_text(encoding="utf-8"))
    cards = tomllib.loads((ROOT / "scripts" / "uncovered.toml").read_text(encoding="utf-8"))
    marked = excepted(ROOT / "batu_geo")
    gaps = not_run(measured["files"])
    print(f"pure floors, files not wholly run: {len(gaps)}")
    for path, places in gaps.items():
        print(f"    {path}: {', '.join(places)}")
    faults = faults_of_exceptions(marked, cards.get("line", []))
    print(f"lines excepted: {marked.total()} of {MOST_EXCEPTIONS}")
    for fault in faults:
        print(f"    {fault}")
    total = float(measured["totals"]["percent_covered"])
    print(f"branch coverage of the package: {total:.2f} %, at least {LEAST_PERCENT} %")
    return 1 if gaps or faults or total < LEAST_PERCENT else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
