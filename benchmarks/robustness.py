"""Seconds for 10,000 draws of ranks over 24 villages and 12 criteria; the target is under 1 s.

python benchmarks/robustness.py [--draws 10000] [--villages 24] [--criteria 12]
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from batu_geo.siting.need.rank_acceptability import Acceptability, rank_acceptability

TARGET_S = 1.0
TIMES = 5


def world(villages: int, criteria: int) -> tuple[np.ndarray, np.ndarray]:
    """Return criteria under slow, middle and fast speeds, and their goalposts."""
    rng = np.random.default_rng(1)
    middle = rng.uniform(0, 1, (villages, criteria))
    return np.array([middle * 1.3, middle, middle * 0.8]), np.tile([0.0, 1.0], (criteria, 1))


def timed(draws: int, villages: int, criteria: int) -> tuple[float, Acceptability]:
    """Return the least seconds of some calls, and the answer."""
    raw, goalposts = world(villages, criteria)
    least = np.inf
    for _ in range(TIMES):
        start = time.perf_counter()
        found = rank_acceptability(
            [f"v{n}" for n in range(villages)],
            raw,
            goalposts,
            population_scaled=np.arange(criteria) < 2,
            population_error=0.05,
            draws=draws,
            seed=1,
        )
        least = min(least, time.perf_counter() - start)
    return least, found


def main() -> None:
    """Print the seconds and how far doubling the draws moves an index."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--villages", type=int, default=24)
    parser.add_argument("--criteria", type=int, default=12)
    asked = parser.parse_args()
    seconds, once = timed(asked.draws, asked.villages, asked.criteria)
    _, twice = timed(2 * asked.draws, asked.villages, asked.criteria)
    moved = max(
        np.abs(once.rank_share - twice.rank_share).max(),
        np.abs(once.win_share - twice.win_share).max(),
    )
    print(f"{asked.draws} draws, {asked.villages} villages, {asked.criteria} criteria")
    print(f"{seconds:.3f} s, least of {TIMES}; target {TARGET_S:g} s: "
          f"{'met' if seconds < TARGET_S else 'missed'}")  # fmt: skip
    print(f"doubling the draws moves no index by more than {moved:.4f}")


if __name__ == "__main__":
    main()
