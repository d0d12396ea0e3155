"""How long a what-if takes to answer a change, beside a run from the start.

    python benchmarks/what_if.py [--out docs/benchmarks/what_if.md]

An answer is the ranks and the table of people by village, mode and threshold. Seconds
depend on the machine; the ratios are what is promised.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import batu_geo as bg
from batu_geo.sources.study.scenarios import load_scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from batu_geo.planning.what_if import WhatIf

HEAD = "| change | how many | median ms | slowest ms | from the start / what-if |\n|---|--:|--:|--:|--:|\n"


def spent_ms(change: Callable[[], WhatIf]) -> float:
    """Return the milliseconds until a change is answered."""
    start = time.perf_counter()
    changed = change()
    changed.gaps()
    changed.coverage()
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    """Measure a unit opened, closed and moved, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    study = bg.load_study()
    scenario = load_scenario("baseline", study=study)
    bg.assess(study, scenario)
    start = time.perf_counter()
    today = bg.what_if(bg.assess(study, scenario))
    anew_ms = 1000 * (time.perf_counter() - start)
    sites = today.assessment.candidates
    offices = sites.to_crs("EPSG:4326").geometry
    unit = next(iter(today.situation.units))
    changes = {
        "a unit more": [lambda s=s: bg.add_unit(today, s) for s in sites["site_id"]],
        "a unit less": [lambda u=u: bg.close_unit(today, u) for u in today.situation.units],
        "a unit moved": [lambda p=p: bg.move_unit(today, unit, lon=p.x, lat=p.y) for p in offices],
    }
    rows = []
    for name, asked in changes.items():
        ms = [spent_ms(change) for change in asked]
        median = float(np.median(ms))
        rows.append(
            f"| {name} | {len(ms)} | {median:.0f} | {max(ms):.0f} | {anew_ms / median:.0f} |"
        )
    table = HEAD + "\n".join(rows) + "\n"
    print(table)
    if args.out:
        args.out.write_text(
            "# What if\n\n"
            f"Made by `python benchmarks/what_if.py --out {args.out}` on the embedded study: "
            f"{len(today.assessment.demand):,} demand\npoints, {len(today.assessment.graphs)} modes. An answer is "
            "the ranks and the people by village, mode and threshold.\nTarget: 50 ms (median).\n\n"
            + table,
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
