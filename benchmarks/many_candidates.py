"""CPU and peak memory of `plan` with 10,000 candidate buildings on the embedded study.

    python benchmarks/many_candidates.py [--count 10000] [--scenario tiga-terbaik ...]

The buildings stand beside homes of the villages without a unit, drawn with a fixed seed, so that
every one of them may be opened: the densest case, as all compete for the same people. Each
scenario is a process of its own; the peak is that of `plan` with everything it writes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

COUNT = 10_000
SCENARIOS = ("baseline", "tiga-terbaik", "enam-unit", "anggaran", "rata-rata-terdekat",
             "paling-adil", "cadangan")  # fmt: skip
DECIMALS = 7


def write_study(folder: Path, count: int, *, seed: int = 1) -> Path:
    """Copy the embedded study with so many buildings in place of its own, and return the folder."""
    import batu_geo as bg
    from batu_geo.planning.homes import homes
    from batu_geo.planning.situation import ranked_villages, situation_of
    from batu_geo.sources.study.embedded import embedded_study

    shutil.copytree(embedded_study(), folder)
    study = bg.load_study()
    scenario = bg.load_scenario("baseline", study=study)
    gaps = ranked_villages(situation_of(study, scenario))["village_id"]
    demand = homes(study, scenario).demand
    beside = demand[demand["village_id"].isin(gaps)]
    rows = np.random.default_rng(seed).integers(0, len(beside), count)
    places = beside.geometry.to_crs("EPSG:4326").iloc[rows]
    village = beside["village_id"].iloc[rows].tolist()
    file = folder / "buildings.geojson"
    ledger = json.loads(file.read_text(encoding="utf-8"))
    like = ledger["features"][0]["properties"]
    ledger["features"] = [
        {
            "type": "Feature",
            "properties": {**like, "building_id": f"B-{n:05d}", "building_name": f"Gedung {n}",
                           "village_id": village[n]},
            "geometry": {"type": "Point", "coordinates": [round(place.x, DECIMALS),
                                                          round(place.y, DECIMALS)]},
        }
        for n, place in enumerate(places)
    ]  # fmt: skip
    file.write_text(json.dumps(ledger), encoding="utf-8")
    costs = folder / "costs.csv"
    costs.write_text(costs.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    return folder


def measured(study: Path, scenario: str, out: Path) -> tuple[float, float, str]:
    """Return CPU seconds and peak MB of a `plan` of its own, and how it ended."""
    code = (
        "import re, sys, time; from batu_geo.cli import cli;"
        f"cli(['plan', {scenario!r}, '--data', {str(study)!r}, '--out', {str(out)!r}, '--quiet'],"
        "standalone_mode=False);"
        "peak = re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1];"
        "print(time.process_time(), int(peak) / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False,
                          env={**os.environ, "OMP_NUM_THREADS": "1"})  # fmt: skip
    if done.returncode:
        return float("nan"), float("nan"), done.stderr.strip()[-500:]
    cpu, peak = map(float, done.stdout.split()[-2:])
    proof = next(out.glob(f"{scenario}-*/tables/plan_proof.csv"), None)
    return cpu, peak, "" if proof is None else proof.read_text(encoding="utf-8").splitlines()[-1]


def main() -> None:
    """Write the study, plan it, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--scenario", nargs="+", default=SCENARIOS)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        study = write_study(Path(folder) / "study", args.count)
        for scenario in args.scenario:
            cpu, peak, proof = measured(study, scenario, Path(folder) / "out")
            print(f"{scenario:20} {cpu:8.1f} s {peak:8.0f} MB  {proof[:150]}", flush=True)


if __name__ == "__main__":
    main()
