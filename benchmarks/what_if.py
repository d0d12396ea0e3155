"""How long a held run takes to answer a change: tables and ranks, one unit more or moved.

python benchmarks/what_if.py
"""

from __future__ import annotations

import time

import numpy as np

import batu_geo as bg


def main() -> None:
    """Print the median and the slowest answer over every building of the ledger."""
    study = bg.load_study()
    held = bg.hold(bg.assess(study, study.scenario("baseline")))
    sites = held.found.candidates
    offices = sites.to_crs("EPSG:4326").geometry
    unit = next(iter(held.villages))
    changes = {
        "with_site": [lambda s=s: bg.with_site(held, s) for s in sites["site_id"]],
        "moved": [lambda p=p: bg.moved(held, unit, lon=p.x, lat=p.y) for p in offices],
    }
    for name, asked in changes.items():
        seconds = []
        for change in asked:
            start = time.perf_counter()
            changed = change()
            changed.gaps()
            changed.coverage()
            seconds.append(time.perf_counter() - start)
        median, worst = 1000 * np.median(seconds), 1000 * max(seconds)
        print(f"{name}: median {median:.0f} ms, slowest {worst:.0f} ms, {len(seconds)} changes")


if __name__ == "__main__":
    main()
