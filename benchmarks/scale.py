"""CPU and peak memory of every step of `assess` from 24 villages to 8,500.

    python benchmarks/scale.py [--villages 24 225 400 2000 8500] [--out docs/benchmarks/scale.md]

Each size is a process of its own on a synthetic region (`synthetic_region.py`). Seconds are CPU of
one machine; what is promised is the growth, the cost of a village beside that at the first size.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

SIZES = (24, 225, 400, 2_000, 8_500)
TABLES = "tables"
# Larger regions are measured without catchment polygons, which each district draws by itself.
LARGEST_DRAWN = 2_000


def peak_mb() -> float:
    """Return the peak memory of this process so far in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one(villages: int, largest_drawn: int) -> None:
    """Assess one region and print what each step took as JSON."""
    from unittest.mock import patch

    import geopandas as gpd
    from synthetic_region import CRS, synthetic_region

    from batu_geo.planning.assess import assess
    from batu_geo.planning.tables.health_office_tables import health_office_tables
    from batu_geo.sources.study.embedded import embedded_study
    from batu_geo.sources.study.scenarios import read_scenario

    if villages > largest_drawn:
        nothing = gpd.GeoDataFrame({"facility_id": []}, geometry=[], crs=CRS)
        patch("batu_geo.planning.assessment.catchments_in", lambda *_, **__: nothing.copy()).start()
    scenario = read_scenario(embedded_study() / "scenarios" / "baseline.toml")
    study = synthetic_region(villages)
    marks = [("imports and region", 0.0, 0.0)]

    def mark(name: str) -> None:
        marks.append((name, time.process_time(), peak_mb()))

    assessment = assess(study, scenario, progress=mark)
    mark("catchments")
    assert len(assessment.catchments) or villages > largest_drawn
    mark(TABLES)
    health_office_tables(assessment)
    mark("end")
    steps = {
        name: (after[1] - cpu, after[2])
        for (name, cpu, _), after in zip(marks, marks[1:], strict=False)
    }
    print(json.dumps({
        "villages": villages, "homes": len(assessment.demand), "edges": study.roads.edge_count,
        "steps": steps,
    }))  # fmt: skip


def measured(villages: int, largest_drawn: int) -> dict:
    """Return what a process of its own found."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", str(villages), "--drawn", str(largest_drawn)], capture_output=True, text=True,
        check=False, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])


def table(found: list[dict]) -> str:
    """Return the steps as rows and the sizes as columns: CPU seconds / peak MB so far."""
    names = list(found[0]["steps"])[1:]
    head = "| step | " + " | ".join(f"{one['villages']:,}" for one in found) + " |"
    lines = [head, "|---|" + "--:|" * len(found)]
    counts = (("homes", "homes"), ("streets", "edges"))
    lines += [f"| {label} | " + " | ".join(f"{one[key]:,}" for one in found) + " |"
              for label, key in counts]  # fmt: skip
    for name in names:
        cells = (f"{one['steps'][name][0]:.1f} / {one['steps'][name][1]:,.0f}" for one in found)
        lines.append(f"| `{name}` | " + " | ".join(cells) + " |")
    total = [sum(one["steps"][name][0] for name in names) for one in found]
    lines.append("| **all** | " + " | ".join(f"**{cpu:.1f}**" for cpu in total) + " |")
    each = [1000 * cpu / one["villages"] for cpu, one in zip(total, found, strict=True)]
    lines.append("| ms a village | " + " | ".join(f"{ms:.0f}" for ms in each) + " |")
    ratio = (f"{ms / each[0]:.2f}" for ms in each)
    lines.append("| beside the first size | " + " | ".join(ratio) + " |")
    return "\n".join(lines) + "\n"


def picture(found: list[dict], path: Path) -> None:
    """Draw the cost of a village by step over the number of villages."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4))
    sizes = [one["villages"] for one in found]
    for name in list(found[0]["steps"])[1:]:
        each = [1000 * one["steps"][name][0] / one["villages"] for one in found]
        axes.plot(sizes, each, marker="o", label=name)
    axes.set(xscale="log", xlabel="villages", ylabel="CPU ms a village", ylim=(0, None))
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def main() -> None:
    """Measure, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--villages", type=int, nargs="+", default=SIZES)
    parser.add_argument("--drawn", type=int, default=LARGEST_DRAWN,
                        help="largest region whose catchment polygons are drawn")  # fmt: skip
    parser.add_argument("--out", type=Path)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        one(args.one, args.drawn)
        return
    found = []
    for villages in args.villages:
        found.append(measured(villages, args.drawn))
        print(table(found), flush=True)
    if args.out:
        write(found, args.out, args.drawn)


def write(found: list[dict], out: Path, largest_drawn: int) -> None:
    """Write the page and the picture beside it."""
    drawn = out.with_suffix(".png")
    picture(found, drawn)
    sizes = " ".join(str(one["villages"]) for one in found)
    out.write_text(
        "# From a city to a province\n\n"
        f"Made by `python benchmarks/scale.py --villages {sizes} --drawn {largest_drawn} --out {out}`:\n"
        "CPU seconds of each step of `assess` / peak MB of the process so far, by number of villages, on a\n"
        "synthetic region of a fixed seed; a process a size. Catchment polygons are drawn up to "
        f"{largest_drawn:,} villages.\n\n"
        f"{table(found)}\n![CPU of a village by step]({drawn.name})\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
