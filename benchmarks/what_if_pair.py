"""CPU of a what-if beside another checkout, in one paired run.

    python benchmarks/what_if_pair.py OTHER [--pairs 5] [--out docs/benchmarks/what_if_pair.md]

OTHER is a checkout of an earlier commit, also of 0.1, where the functions had other names. Both
answer the same changes of the embedded study: every building opened, every unit closed, one unit
moved to twelve places. An answer is the ranks and the table of people. Runs alternate, each in a
fresh process; a figure is the least of seven rounds, in milliseconds of the processor.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from assess_pair import commit

HERE = Path(__file__).parents[1]
TARGET = 1.05
CHANGES = {"more": "a unit more", "less": "a unit less", "moved": "a unit moved"}
ANSWERED = """
import json, time
import batu_geo as bg

study, is_old = bg.load_study(), hasattr(bg, "hold")
scenario = study.scenario("baseline") if is_old else bg.load_scenario("baseline", study=study)
names = ("hold", "with_site", "without", "moved")
names = names if is_old else ("what_if", "add_unit", "close_unit", "move_unit")
begin, add, close, move = (getattr(bg, name) for name in names)
run = bg.assess(study, scenario)
today, sites = begin(run), run.candidates
places = sites.to_crs("EPSG:4326").geometry.tolist()[:12]
active = study.facilities.query("kind == 'UPKDK' and status == 'active'")
units = active["facility_id"].tolist()
changes = {
    "more": [lambda s=s: add(today, s) for s in sites["site_id"]],
    "less": [lambda u=u: close(today, u) for u in units],
    "moved": [lambda p=p: move(today, units[0], lon=p.x, lat=p.y) for p in places],
}
least = dict.fromkeys(changes, float("inf"))
for _ in range(7):
    for name, asked in changes.items():
        start = time.process_time()
        for change in asked:
            changed = change()
            changed.gaps(), changed.coverage()
        least[name] = min(least[name], 1000 * (time.process_time() - start) / len(asked))
print(json.dumps(least))
"""


def answered_ms(checkout: Path) -> dict[str, float]:
    """Return the milliseconds of each kind of change in a fresh process."""
    job = subprocess.run(
        [sys.executable, "-c", ANSWERED], capture_output=True, text=True, check=False, cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    if job.returncode:
        raise SystemExit(f"{checkout}: {job.stderr}")
    found: dict[str, float] = json.loads(job.stdout)
    return found


def row(name: str, rounds: list[tuple[dict[str, float], dict[str, float]]]) -> str:
    """Return a row of the table: medians of both, the median of the ratios and their ends."""
    mine, theirs = ([both[side][name] for both in rounds] for side in (0, 1))
    ratio = [here / other for here, other in zip(mine, theirs, strict=True)]
    verdict = "met" if statistics.median(ratio) <= TARGET else "missed"
    return (
        f"| {CHANGES[name]} | {statistics.median(mine):.1f} | {statistics.median(theirs):.1f} | "
        f"{statistics.median(ratio):.2f} | {min(ratio):.2f} to {max(ratio):.2f} | {verdict} |"
    )


def main() -> None:
    """Compare both checkouts, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("other", type=Path)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    other = args.other.resolve()
    rounds = []
    for turn in range(args.pairs):
        both = {c: answered_ms(c) for c in ((HERE, other) if turn % 2 else (other, HERE))}
        rounds.append((both[HERE], both[other]))
    head = "| change | CPU ms | CPU ms before | ratio | from, to | |\n|---|--:|--:|--:|--:|---|\n"
    table = head + "\n".join(row(name, rounds) for name in CHANGES) + "\n"
    print(table)
    if args.out:
        args.out.write_text(
            "# A what-if beside an earlier commit\n\n"
            f"Made by `python benchmarks/what_if_pair.py OTHER --out {args.out}`; OTHER was a checkout "
            f"of {commit(other)}.\nMilliseconds of the processor for one change and its answer on the "
            f"embedded study, medians of {args.pairs} pairs;\nthe target is a ratio of at most {TARGET}.\n\n{table}",
            encoding="utf-8",
        )  # fmt: skip


if __name__ == "__main__":
    main()
