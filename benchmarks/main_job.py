"""Wall, CPU and peak memory of `batu-geo plan`, whole and step by step.

    python benchmarks/main_job.py [--runs 5]

The whole job is a fresh process each time, imports included; the steps are
timed inside one more process. Figures are medians; compare them only with
figures of the same machine.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def whole_job() -> tuple[float, float, float]:
    """Return wall seconds, CPU seconds and peak MB of one run in a fresh process."""
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        job = subprocess.Popen(
            [sys.executable, "-m", "batu_geo", "plan", "-q", "--out", out],
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(job.pid, 0)
        wall = time.perf_counter() - start
    if status:
        raise SystemExit(f"the job ended with status {status}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def steps() -> list[tuple[str, float, float, float]]:
    """Return name, wall, CPU and peak MB so far of each step, imports first."""
    marks = [("mulai", time.perf_counter(), time.process_time(), peak())]

    def mark(name: str) -> None:
        marks.append((name, time.perf_counter(), time.process_time(), peak()))

    mark("imports")
    from batu_geo.verbs.plan import plan

    with tempfile.TemporaryDirectory() as out:
        plan(out=Path(out), language="en", progress=mark)
        mark("end")
    return [
        (name, after[1] - wall, after[2] - cpu, after[3])
        for (name, wall, cpu, _), after in zip(marks[1:], marks[2:], strict=False)
    ]


def peak() -> float:
    """Return the peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    runs = [whole_job() for _ in range(parser.parse_args().runs)]
    wall, cpu, memory = (statistics.median(column) for column in zip(*runs, strict=True))
    print(f"{'step':42} {'wall s':>8} {'CPU s':>8} {'peak MB':>8}")
    for name, step_wall, step_cpu, step_peak in steps():
        print(f"{name:42} {step_wall:8.2f} {step_cpu:8.2f} {step_peak:8.0f}")
    print(
        f"{f'whole job, median of {len(runs)} processes':42} {wall:8.2f} {cpu:8.2f} {memory:8.0f}"
    )


if __name__ == "__main__":
    main()
