"""How long the workbench takes to answer an edit: standing and numbers, without a page.

    python benchmarks/workbench.py [--out docs/benchmarks/workbench.md]

An answer is people, villages and ranking at the headline, the gain of every building, and costs.
Milliseconds are of the processor and depend on the machine; the targets are those of the page.
With `--served` a client asks `batu-geo open` over HTTP, and milliseconds are those it waits.
"""

from __future__ import annotations

import argparse
import gc
import http.client
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import batu_geo as bg
from batu_geo.domain.site_choice import NewUnit
from batu_geo.domain.travel import Closure
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.workbench.bench import Bench, after, bench_of, scenario_of
from batu_geo.workbench.bench_answer import BenchAnswer, bench_answer
from batu_geo.workbench.edits import (
    ChangeStreet,
    MoveUnit,
    OpenUnit,
    SetCriterion,
    SetSpeeds,
    SetThreshold,
)
from batu_geo.workbench.standing import standing

HEAD = "| edit | how many | median ms | p95 ms | target p95 |\n|---|--:|--:|--:|--:|\n"
PLACES = [(112.52 + 0.0008 * k, -7.87 + 0.0003 * k) for k in range(20)]


def spent_ms(today: BenchAnswer, benches: list[Bench]) -> list[float]:
    """Return the milliseconds of each answer, each after the one before and the first."""
    first, last, spent = today.standing, today, []
    known = [first]
    for bench in benches:
        start = time.process_time()
        now = standing(first.given, scenario_of(bench), after=known)
        last = bench_answer(now, before=last)
        spent.append(1000 * (time.process_time() - start))
        known = [now, first]
    return spent


def walks(bench: Bench, unit_id: str) -> dict[str, tuple[list[Bench], int]]:
    """Return by kind of edit the benches of a walk, and the target in milliseconds."""

    def closed(name: str, at: tuple[float, float]) -> ChangeStreet:
        return ChangeStreet(closure=Closure(name=name, at=at, at_most_m=300, source="benchmark"))

    many = after(bench, *(closed(str(n), at) for n, at in enumerate(PLACES[:16])))
    weight = bench.base.need[0]
    return {
        "a unit dragged": (
            [after(bench, MoveUnit(unit_id=unit_id, lon=x, lat=y)) for x, y in PLACES], 50),
        "a new unit dragged": (
            [after(bench, OpenUnit(unit=NewUnit(unit_id="new", lon=x, lat=y, source="benchmark")))
             for x, y in PLACES], 50),
        "the threshold": ([after(bench, SetThreshold(minutes=m)) for m in range(5, 25)], 50),
        "a weight": (
            [after(bench, SetCriterion(criterion=weight.model_copy(update={"weight": n / 10})))
             for n in range(1, 21)], 50),
        "a street closed": ([after(bench, closed("x", at)) for at in PLACES], 100),
        "a 17th street closed": ([after(many, closed("x", at)) for at in PLACES], 100),
        "the speeds": ([after(bench, SetSpeeds(speed_set=s)) for s in ("slow", "fast")], 100),
    }  # fmt: skip


def waited_ms(address: tuple[int, str], benches: list[Bench]) -> list[float]:
    """Return the milliseconds a client waits for the preview of the last edit of each bench."""
    port, token = address
    line = http.client.HTTPConnection("127.0.0.1", port)
    waited = []
    for seq, bench in enumerate(benches):
        acts = [e.model_dump(mode="json", exclude={"key"}, exclude_none=True) for e in bench.edits]
        body = json.dumps({"tab": f"t{id(benches)}", "seq": seq, "acts": acts})
        head = {"x-batu-token": token, "content-type": "application/json"}
        start = time.perf_counter()
        line.request("POST", "/api/preview", body, head)
        reply = line.getresponse()
        reply.read()
        waited.append(1000 * (time.perf_counter() - start))
        assert reply.status == 200, reply.status
    line.close()
    return waited


def served_rows(kinds: dict[str, tuple[list[Bench], int]]) -> list[str]:
    """Return rows of the table as a client meets them; start to address and memory are printed."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "batu_geo", "open", "--no-browser", "--out", out]
        start = time.perf_counter()
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        found = server.stdout.readline().strip().rpartition(":")[2].partition("/#")
        print(f"address after {time.perf_counter() - start:.1f} s")
        try:
            address = int(found[0]), found[2]
            rows = [
                row(name, waited_ms(address, benches), target)
                for name, (benches, target) in kinds.items()
            ]
            status = Path(f"/proc/{server.pid}/status")
            if status.exists():
                (peak,) = (li for li in status.read_text().splitlines() if li.startswith("VmHWM"))
                print(f"most memory {int(peak.split()[1]) / 1024:.0f} MB")
        finally:
            server.kill()
            server.wait()
    return rows


def row(name: str, ms: list[float], target: int) -> str:
    """Return a row of the table."""
    return f"| {name} | {len(ms)} | {np.median(ms):.0f} | {np.percentile(ms, 95):.0f} | {target} |"


def main() -> None:
    """Measure each kind of edit, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--served", action="store_true")
    args = parser.parse_args()
    study = bg.load_study()
    bench = bench_of(load_scenario("baseline", study=study))
    today = bench_answer(standing(study, bench.base))
    gc.collect()
    gc.freeze()
    kinds = walks(bench, next(iter(today.standing.situation.units)))
    if args.served:
        print(HEAD + "\n".join(served_rows(kinds)))
        return
    rows = [
        row(name, spent_ms(today, benches), target) for name, (benches, target) in kinds.items()
    ]
    table = HEAD + "\n".join(rows) + "\n"
    print(table)
    if args.out:
        args.out.write_text(
            "# Workbench\n\n"
            f"Made by `python benchmarks/workbench.py --out {args.out}` on the embedded study: "
            f"{len(today.standing.situation.demand):,} demand\npoints. An answer is people, villages and ranking at "
            "the headline, the gain of every building, and costs.\nProcessor time without a page; "
            "the target is that of the page, from client to answer.\n\n" + table,
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
