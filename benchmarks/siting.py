"""Location models beside spopt (CBC and HiGHS through PuLP): same matrices, ratios and targets.

    python benchmarks/siting.py [--quick] [--patience 60] [--out docs/benchmarks/siting.md]

Towns are made up: people and candidate buildings evenly spread, straight-line minutes.
A solve of the peer that does not end within `--patience` seconds is stopped and marked `>`;
ours ends by nodes and steps, with its gap. A large p-median is asked for a gap of 0.5 % instead
of a proof; there the peer does not heed its time limit, so it runs in a process of its own
that is killed. `--quick` leaves out the two largest sizes. Times include building the model,
as a user waits for it. Seconds depend on the machine; the ratios are what is promised.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pulp
from peers import quiet, timed

from batu_geo.siting.models.location import mclp, p_median
from batu_geo.siting.problem.siting_problem import Rules, SitingProblem

warnings.filterwarnings("ignore")
from spopt.locate import MCLP, PMedian  # noqa: E402 - it warns on import

SIZES = ((24, 60, 6), (500, 200, 20), (2_000, 200, 20), (2_000, 400, 20))
QUICK = 2
THRESHOLD = 15.0
# Above this the peer's p-median ignores its time limit for minutes.
MOST_PAIRS = 100_000
GAP = 0.005
HEAD = (
    "| model | people x sites, p | ours s | ours | gap | tie-break | peer | peer s | peer found "
    "| peer / ours |\n|---|---|--:|--:|--:|---|---|--:|--:|--:|\n"
)


def town(demand: int, sites: int, count: int) -> SitingProblem:
    """Return a made-up town of 10 km x 10 km, walked at 80 m a minute."""
    rng = np.random.default_rng(1)
    homes, halls = rng.uniform(0, 1e4, (demand, 2)), rng.uniform(0, 1e4, (sites, 2))
    minutes = np.empty((demand, sites))
    for column, hall in enumerate(halls):
        minutes[:, column] = np.hypot(*(homes - hall).T) / 80
    names = tuple(f"s{n:04}" for n in range(sites))
    people = rng.integers(1, 500, demand)
    return SitingProblem(minutes, people, names, rules=Rules(site_count=count))


def ours(problem: SitingProblem, model: str) -> Any:
    """Return seconds and plan; our searches end by nodes and steps, not by seconds."""
    if model == "mclp":
        return timed(lambda: mclp(problem, threshold_minutes=THRESHOLD))
    return timed(lambda: p_median(problem))


def theirs(
    problem: SitingProblem, model: str, solver: str, patience: float
) -> tuple[float, str, bool]:
    """Return seconds, what was found, and whether it was proved in time."""
    count = problem.rules.site_count
    gap = GAP if is_large(problem, model) else None
    engine = {
        "CBC": lambda: pulp.PULP_CBC_CMD(msg=False, timeLimit=patience, gapRel=gap),
        "HiGHS": lambda: pulp.HiGHS(msg=False, timeLimit=patience, gapRel=gap),
    }[solver]()

    def work() -> Any:
        minutes, people = problem.minutes, problem.population
        if model == "mclp":
            peer = MCLP.from_cost_matrix(minutes, people, THRESHOLD, count)
        else:
            peer = PMedian.from_cost_matrix(minutes, people, count)
        try:
            return peer.solve(engine)
        except (RuntimeError, TypeError, ValueError, IndexError):
            return peer

    with quiet():
        seconds, peer = timed(work)
    value = pulp.value(peer.problem.objective)
    is_done = peer.problem.status == 1 and seconds < patience
    # Stopped, the peer holds values that need not be a plan.
    return seconds, f"{value:,.0f}" if is_done and value is not None else "stopped", is_done


def is_large(problem: SitingProblem, model: str) -> bool:
    """Say whether a plan within `GAP` is asked for instead of a proof."""
    return model == "p_median" and problem.minutes.size > MOST_PAIRS


def _alone(seconds: int) -> None:
    """Give a process a session of its own, and an end should whoever asked be killed first."""
    os.setsid()
    signal.alarm(seconds)


def killed_after(seconds: float, *args: Any) -> tuple[float, str, bool]:
    """Return what `theirs` finds in a process of its own, or that it was killed."""
    # A session of its own, so that the solver a peer starts is killed with it.
    with multiprocessing.get_context("fork").Pool(1, _alone, (int(2 * seconds),)) as pool:
        session = pool.apply(os.getpid)
        try:
            return pool.apply_async(theirs, args).get(timeout=seconds)
        except multiprocessing.TimeoutError:
            os.killpg(session, signal.SIGKILL)
            return seconds, "killed", False


def compare(sizes: Any, patience: float) -> tuple[list[str], dict[tuple[str, str, str], float]]:
    """Return table rows and the ratios by model, size and solver."""
    rows, ratios = [], {}
    for demand, sites, count in sizes:
        problem = town(demand, sites, count)
        for model in ("mclp", "p_median"):
            to_gap = is_large(problem, model)
            seconds, plan = ours(problem, model)
            size = f"{demand:,} x {sites}, {count}" + (f", to {GAP:.1%}" if to_gap else "")
            for solver in ("HiGHS", "CBC"):
                asked = (problem, model, solver, patience)
                spent, found, is_done = (
                    killed_after(3 * patience, *asked) if to_gap else theirs(*asked)
                )
                mark = "" if is_done else ">"
                ratio = spent / seconds
                ratios[model, size, solver] = ratio
                tie_break = "optimal" if plan.is_tie_break_optimal else "cut off"
                rows.append(
                    f"| {model} | {size} | {seconds:.3f} | {plan.objective:,.0f} {plan.status} "
                    f"({plan.proof}) | {plan.gap:.4%} | {tie_break} | spopt, {solver} "
                    f"| {mark}{spent:.2f} | {found} | {mark}{ratio:.2f} |"
                )
                print(rows[-1], flush=True)
    return rows, ratios


def large(*, quick: bool) -> list[str]:
    """Return one line a target on large p-medians: gap and seconds."""
    lines = []
    goals = [(2_000, 200, 20, 1.0, 0.005), (10_000, 1_000, 30, 15.0, 0.02)]
    for demand, sites, count, limit, most in goals[: 1 if quick else 2]:
        problem = town(demand, sites, count)
        seconds, plan = timed(lambda p=problem: p_median(p))
        is_met = plan.gap <= most and seconds <= limit * 1.1
        lines.append(
            f"- p-median {demand:,} x {sites:,}, p = {count}, target {limit:g} s: gap {plan.gap:.3%} "
            f"after {seconds:.2f} s, {plan.status} (target {most:.1%}) "
            f"**{'met' if is_met else 'missed'}**"
        )
        print(lines[-1], flush=True)
    return lines


def main() -> None:
    """Measure, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--patience", type=float, default=60.0)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    mclp(town(24, 10, 2), threshold_minutes=THRESHOLD)
    lines = large(quick=args.quick)
    rows, ratios = compare(SIZES[:QUICK] if args.quick else SIZES, args.patience)
    for (model, size, solver), ratio in ratios.items():
        if model == "mclp" and solver == "HiGHS":
            verdict = "met" if ratio >= 1 else "missed"
            lines.append(
                f"- mclp {size}: never slower than spopt with HiGHS: {ratio:.2f} **{verdict}**"
            )
    print("\n".join(lines))
    if args.out:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(
            "# Location models beside spopt\n\n"
            f"Made by `python benchmarks/siting.py{' --quick' if args.quick else ''} --patience "
            f"{args.patience:g} --out {args.out}`.\n\n"
            "Towns are made up and straight-line. Seconds are of one machine and count for ratios\n"
            "only; they include building the model. `>` marks a solve stopped by the limit: its\n"
            "time and ratio are at least that. `tie rule too` is\n"
            "ours once more with the proof that no equal plan comes before; peers return any. Peers\n"
            "stop at a gap of 0.01 %; ours goes on until no person is in doubt. `to 0.5%` asks both\n"
            "for a plan within that of the best; there the peer does not heed its time limit and is\n"
            "killed after three times as long.\n\n"
            + HEAD + "\n".join(rows) + "\n\n## Targets\n\n" + "\n".join(lines) + "\n",
            encoding="utf-8",
        )  # fmt: skip


if __name__ == "__main__":
    main()
