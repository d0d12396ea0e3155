"""CPU of `assess` beside another checkout, in one paired run.

    python benchmarks/assess_pair.py OTHER [--pairs 5] [--out docs/benchmarks/assess_pair.md]

OTHER is a checkout of an earlier commit. Both assess the embedded study, each its own copy,
and, where the extract is there, a made-up study on the roads of Porto: 49 villages in its middle, 25 of
them with a unit. Runs alternate, each in a fresh process; seconds are user and system time of
the processor, and the ratio of each pair is what is promised: at most 1.3.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import shapely

HERE = Path(__file__).parents[1]
SHARED = Path(os.environ.get("BATU_GEO_SHARED_DATA", HERE.parent / "shared" / "data"))
PORTO = SHARED / "roads" / "porto_portugal.osm.pbf"
MIDDLE = (-8.68, 41.11, -8.56, 41.20)
SIDE = 7
CARD = 'name = "porto"\ntitle = "Porto (made up)"\ncrs = "EPSG:32629"\n'
TABLES = {"population": "people.csv", "villages": "villages.geojson",
          "facilities": "units.geojson", "buildings": "buildings.geojson",
          "roads": "roads.osm.pbf"}  # fmt: skip
TARGET = 1.3


def porto_study(folder: Path, scenarios: Path) -> Path:
    """Write a study of square villages over the roads of Porto."""
    folder.mkdir(parents=True)
    shutil.copytree(scenarios, folder / "scenarios")
    shutil.copy(PORTO, folder / TABLES["roads"])
    west, south, east, north = MIDDLE
    width, height = (east - west) / SIDE, (north - south) / SIDE
    villages, units, buildings, rows = [], [], [], ["village_id,village_name,population"]
    for n in range(SIDE * SIDE):
        code, name = f"35.79.01.2{n + 1:03d}", f"Square {n + 1}"
        x, y = west + n % SIDE * width, south + n // SIDE * height
        rows.append(f"{code},{name},{3000 + 100 * n}")
        of_village = {"village_id": code}
        villages.append(
            ({**of_village, "village_name": name}, shapely.box(x, y, x + width, y + height))
        )
        middle = shapely.Point(x + width / 2, y + height / 2)
        if n % 2 == 0:
            units.append(({**of_village, "facility_id": f"U{n}", "facility_name": f"U{n}",
                           "kind": "UPKDK", "status": "active"}, middle))  # fmt: skip
        else:
            buildings.append(({**of_village, "building_id": f"B{n}", "building_name": f"B{n}",
                               "owner": "city", "land_status": "local_government", "condition": "good",
                               "floor_area_m2": 90, "rooms": 3}, middle))  # fmt: skip
    (folder / TABLES["population"]).write_text("\n".join(rows) + "\n", encoding="utf-8")
    for table, features in (
        ("villages", villages),
        ("facilities", units),
        ("buildings", buildings),
    ):
        members = [{"type": "Feature", "properties": p, "geometry": json.loads(shapely.to_geojson(g))}
                   for p, g in features]  # fmt: skip
        text = json.dumps({"type": "FeatureCollection", "features": members})
        (folder / TABLES[table]).write_text(text, encoding="utf-8")
    card = CARD + "".join(
        f'[{table}]\npath = "{path}"\norigin = "made up"\nlicence = "MIT"\n'
        'date = "2026-11-01"\nevidence = "illustrative"\n' for table, path in TABLES.items()
    )  # fmt: skip
    (folder / "study.toml").write_text(card, encoding="utf-8")
    return folder


def cpu_s(checkout: Path, study: Path) -> float:
    """Return the seconds of the processor of one assessment in a fresh process and folder."""
    with tempfile.TemporaryDirectory() as folder:
        job = subprocess.Popen(
            [sys.executable, "-m", "batu_geo", "assess", "baseline", "--data", str(study)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        errors = job.stderr.read() if job.stderr else b""
        _, status, usage = os.wait4(job.pid, 0)
    if status:
        raise SystemExit(f"{checkout}: {errors.decode()}")
    return usage.ru_utime + usage.ru_stime


def compared(name: str, studies: dict[Path, Path], pairs: int) -> str:
    """Return a row of the table: medians of both and the median of the ratios."""
    here, other = studies
    rounds = []
    for turn in range(pairs + 1):
        both = {c: cpu_s(c, studies[c]) for c in ((here, other) if turn % 2 else (other, here))}
        if turn:  # the first round warms the caches of the disk
            rounds.append((both[here], both[other]))
    ratio = [mine / theirs for mine, theirs in rounds]
    mine, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
    median = statistics.median(ratio)
    verdict = "met" if median <= TARGET else "missed"
    row = (f"| {name} | {pairs} | {mine:.2f} | {theirs:.2f} | {median:.2f} | "
           f"{min(ratio):.2f} to {max(ratio):.2f} | {verdict} |")  # fmt: skip
    print(row, flush=True)
    return row


def commit(checkout: Path) -> str:
    """Return the short name of the commit of a checkout."""
    git = ["git", "-C", str(checkout), "rev-parse", "--short", "HEAD"]
    return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()


def main() -> None:
    """Compare both checkouts, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("other", type=Path)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    other = args.other.resolve()
    rows = [
        compared("embedded study", {c: c / "data" for c in (HERE, other)}, args.pairs),
    ]
    if PORTO.is_file():
        with tempfile.TemporaryDirectory() as folder:
            porto = {c: porto_study(Path(folder) / str(n), c / "data" / "scenarios")
                     for n, c in enumerate((HERE, other))}  # fmt: skip
            rows.append(compared("Porto", porto, args.pairs))
    if args.out:
        args.out.write_text(
            "# Assess beside an earlier commit\n\n"
            f"Made by `python benchmarks/assess_pair.py OTHER --out {args.out}`; OTHER was a checkout "
            f"of {commit(other)}.\nSeconds are user and system time of whole processes, medians; "
            f"the target is a ratio of at most {TARGET}.\n\n"
            "| study | pairs | CPU s | CPU s before | ratio | from, to | |\n|---|--:|--:|--:|--:|--:|---|\n"
            + "\n".join(rows) + "\n",
            encoding="utf-8",
        )  # fmt: skip


if __name__ == "__main__":
    main()
