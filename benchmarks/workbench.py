"""How long the workbench takes to answer an edit: standing and numbers, without a page.

    python benchmarks/workbench.py [--served] [--villages 400]

An answer is people, villages and ranking at the headline, the gain of every building, and costs.
Milliseconds are of the processor and depend on the machine; the targets are those of the page.
With `--served` a client asks `batu-geo open` over HTTP and both are said, what it waits and what the
server computes; then come the page in Chromium, where that is installed, and memory after 500
changes. `--villages` takes a synthetic region of so many instead of the embedded study.
"""

from __future__ import annotations

import argparse
import gc
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
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

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = "| edit | how many | median ms | p95 ms | target p95 |\n|---|--:|--:|--:|--:|\n"
SERVED_HEAD = (
    "| edit | how many | waited, median | waited, p95 | computed, median | computed, p95 | "
    "target p95 | bytes |\n|---|--:|--:|--:|--:|--:|--:|--:|\n"
)
# Moves of the mouse by the clock of the page, one every 36 ms however busy the rest is.
MOUSE = """async ([x, y, moves]) => {
  const began = performance.now();
  for (let n = 0; n < moves; n++) {
    await new Promise((go) => setTimeout(go, began + 36 * n - performance.now()));
    const clientX = x + 4 * n, clientY = y + n;
    document.elementFromPoint(clientX, clientY).dispatchEvent(
      new MouseEvent("mousemove", { bubbles: true, clientX, clientY, view: window }));
  }
}"""
STEP = (0.0008, 0.0003)
CHANGES, MOVES = 500, 60


class Waited(NamedTuple):
    """What a client meets: milliseconds it waits, those the server computes, and bytes."""

    ms: list[float]
    computed_ms: list[float]
    size: int


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


def walks(today: BenchAnswer, bench: Bench, target: int) -> dict[str, tuple[list[Bench], int]]:
    """Return by kind of edit the benches of a walk, and the target in milliseconds."""
    situation = today.standing.situation
    unit_id, unit = next(iter(situation.units.items()))
    (start,) = gpd.GeoSeries([unit.point], crs=situation.villages.crs).to_crs("EPSG:4326")
    places = [(start.x + STEP[0] * k, start.y + STEP[1] * k) for k in range(1, 21)]

    def closed(name: str, at: tuple[float, float]) -> ChangeStreet:
        return ChangeStreet(closure=Closure(name=name, at=at, at_most_m=300, source="benchmark"))

    many = after(bench, *(closed(str(n), at) for n, at in enumerate(places[:16])))
    weight = bench.base.need[0]
    return {
        "a unit dragged": (
            [after(bench, MoveUnit(unit_id=unit_id, lon=x, lat=y)) for x, y in places], target),
        "a new unit dragged": (
            [after(bench, OpenUnit(unit=NewUnit(unit_id="new", lon=x, lat=y, source="benchmark")))
             for x, y in places], target),
        "the threshold": ([after(bench, SetThreshold(minutes=m)) for m in range(5, 25)], target),
        "a weight": (
            [after(bench, SetCriterion(criterion=weight.model_copy(update={"weight": n / 10})))
             for n in range(1, 21)], target),
        "a street closed": ([after(bench, closed("x", at)) for at in places], 2 * target),
        "a 17th street closed": ([after(many, closed("x", at)) for at in places], 2 * target),
        "the speeds": ([after(bench, SetSpeeds(speed_set=s)) for s in ("slow", "fast")], 2 * target),
    }  # fmt: skip


def row(name: str, ms: list[float], target: int) -> str:
    """Return a row of the table."""
    return f"| {name} | {len(ms)} | {np.median(ms):.0f} | {np.percentile(ms, 95):.0f} | {target} |"


def computed_ms(process: int) -> float:
    """Return the milliseconds that all threads of a process have computed so far."""
    folder = Path(f"/proc/{process}/task")
    return sum(int(p.joinpath("schedstat").read_text().split()[0]) for p in folder.iterdir()) / 1e6


def resident_mb(process: int) -> float:
    """Return the memory of a process in MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


class Client:
    """A client of `batu-geo open`."""

    def __init__(self, address: str, process: int) -> None:
        found = address.rpartition(":")[2].partition("/#")
        self.address, self.process, self.token = address, process, found[2]
        self.line = http.client.HTTPConnection("127.0.0.1", int(found[0]))

    def ask(self, path: str, body: dict[str, object] | None = None) -> bytes:
        """Return the answer of an address."""
        head = {"x-batu-token": self.token, "content-type": "application/json"}
        self.line.request("POST" if body else "GET", path, body and json.dumps(body), head)
        reply = self.line.getresponse()
        content = reply.read()
        assert reply.status == 200, (reply.status, content)
        return content

    def previewed(self, benches: list[Bench]) -> Waited:
        """Ask for the preview of the edits of each bench."""
        ms, spent, size = [], [], 0
        for seq, bench in enumerate(benches):
            body = {"tab": f"t{id(benches)}", "seq": seq, "acts": acts(bench)}
            before, start = computed_ms(self.process), time.perf_counter()
            size = max(size, len(self.ask("/api/preview", body)))
            ms.append(1000 * (time.perf_counter() - start))
            spent.append(computed_ms(self.process) - before)
        return Waited(ms, spent, size)

    def changed(self, benches: list[Bench]) -> None:
        """Do so many steps, each on disk."""
        revision = json.loads(self.ask("/api/state"))["revision"]
        for n in range(CHANGES):
            body = {"revision": revision, "do": "acts", "acts": acts(benches[n % len(benches)])}
            revision = json.loads(self.ask("/api/do", body))["revision"]


def acts(bench: Bench) -> list[dict[str, object]]:
    """Return the edits of a bench as a page sends them."""
    return [e.model_dump(mode="json", exclude={"key"}, exclude_none=True) for e in bench.edits]


@contextmanager
def opened() -> Iterator[Client]:
    """Serve the embedded study by the verb itself, in a process of its own."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "batu_geo", "open", "--no-browser", "--out", out]
        start = time.perf_counter()
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        waited, computed = time.perf_counter() - start, computed_ms(server.pid) / 1000
        print(f"\naddress after {waited:.1f} s, of which {computed:.1f} s computed (target 4)")
        try:
            yield Client(address, server.pid)
        finally:
            server.kill()
            server.wait()


def served(kinds: dict[str, tuple[list[Bench], int]]) -> None:
    """Print what a client and a page meet."""
    with opened() as client:
        print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
        print(SERVED_HEAD, end="")
        for name, (benches, target) in kinds.items():
            w = client.previewed(benches)
            numbers = (f"{f(v):.0f}" for v in (w.ms, w.computed_ms) for f in (np.median, p95))
            print(f"| {name} | {len(w.ms)} | {' | '.join(numbers)} | {target} | {w.size:,} |")
        if chromium := shutil.which("chromium"):
            paged(client, chromium)
        every = [bench for benches, _ in kinds.values() for bench in benches]
        client.changed(every)
        print(f"after {CHANGES} changes {resident_mb(client.process):.0f} MB (target 350)")


def p95(values: list[float]) -> float:
    """Return what 95 % do not exceed."""
    return float(np.percentile(values, 95))


def paged(client: Client, chromium: str) -> None:
    """Print when the page is painted and ready, and how many moves of the mouse are answered."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(client.address)
        page.wait_for_selector("body[data-state=ready]")
        ready = page.evaluate("performance.now()")
        painted = page.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        )
        print(f"\nfirst paint {painted / 1000:.2f} s (target 0.4), ready {ready / 1000:.2f} s (1)")
        answers: list[int] = []
        page.on("response", lambda r: answers.append(r.status) if "preview" in r.url else None)
        page.keyboard.press("u")
        box = page.locator("#map").bounding_box()
        page.wait_for_timeout(4000)  # the process for jobs has read the study by then
        page.evaluate(MOUSE, [box["x"] + 300, box["y"] + 300, MOVES])
        page.wait_for_timeout(1000)
        print(
            f"{sum(s == 200 for s in answers)} of {MOVES} moves of the mouse answered (target 59)"
        )
        browser.close()


def main() -> None:
    """Measure each kind of edit, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--served", action="store_true")
    parser.add_argument("--villages", type=int)
    args = parser.parse_args()
    if args.villages:
        from synthetic_region import synthetic_region

        study = synthetic_region(args.villages)
    else:
        study = bg.load_study()
    bench = bench_of(load_scenario("baseline"))
    today = bench_answer(standing(study, bench.base))
    gc.collect()
    gc.freeze()
    kinds = walks(today, bench, 200 if args.villages else 50)
    rows = [
        row(name, spent_ms(today, benches), target) for name, (benches, target) in kinds.items()
    ]
    homes = len(today.standing.situation.demand)
    title = f"{study.title}: {len(study.villages):,} villages, {homes:,} demand points"
    print(f"{title}\n\n{HEAD}" + "\n".join(rows))
    if args.served:
        served(kinds)


if __name__ == "__main__":
    main()
