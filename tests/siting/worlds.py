"""Random small siting problems, and an oracle that tries every combination in plain Python.

Minutes lie on a grid of 1/8, so that sums are exact and ties are common; populations
include zero, ways include none.
"""

from __future__ import annotations

from itertools import combinations
from math import inf
from typing import Any

import numpy as np

from batu_geo.siting.problem.siting_problem import Rules, SitingProblem

THRESHOLD = 2.0


def random_problem(
    rng: np.random.Generator, *, most_sites: int = 7, plain: bool = False
) -> SitingProblem:
    """Return a problem; a plain one has everybody reach everything and a number of sites only."""
    sites = int(rng.integers(1 if plain else 0, most_sites + 1))
    demand = int(rng.integers(1, 8))
    units = int(rng.integers(0, 3)) * (not plain)
    minutes = rng.integers(0, 40, (demand, sites)) / 8
    existing = rng.integers(0, 60, (demand, units)) / 8
    if not plain:
        minutes[rng.random(minutes.shape) < 0.2] = inf
        existing[rng.random(existing.shape) < 0.4] = inf
    ids = tuple(f"s{n}" for n in rng.permutation(sites))
    villages = tuple(f"v{n}" for n in rng.integers(0, 4, sites))
    return SitingProblem(
        minutes,
        rng.integers(1 if plain else 0, 9, demand),
        ids,
        villages,
        existing_minutes=existing,
        existing_ids=tuple(f"e{n}" for n in range(units)),
        costs=rng.integers(0, 9, sites),
        professions=("nurse", "midwife"),
        staff=rng.integers(0, 3, (sites, 2)),
        readiness=rng.integers(0, 3, sites),
        capacity=rng.integers(0, 15, sites),
        existing_capacity=rng.integers(0, 15, units),
        rules=Rules(site_count=int(rng.integers(1, sites + 1)))
        if plain
        else _rules(rng, ids, villages),
    )


def _rules(rng: np.random.Generator, ids: tuple[str, ...], villages: tuple[str, ...]) -> Rules:
    def maybe(value: Any, share: float = 0.3) -> Any:
        return value if rng.random() < share else None

    return Rules(
        site_count=maybe(int(rng.integers(0, 5)), 0.8),
        is_exact=bool(rng.random() < 0.5),
        budget=maybe(int(rng.integers(0, 25))),
        staff_caps=(("nurse", int(rng.integers(0, 6))),) if rng.random() < 0.3 else (),
        min_readiness=maybe(1, 0.2),
        must_open=tuple(name for name in ids if rng.random() < 0.08),
        must_close=tuple(name for name in ids if rng.random() < 0.08),
        one_per_village=bool(rng.random() < 0.3),
        exactly_one_in=tuple(sorted({v for v in villages if rng.random() < 0.1})),
    )


def keeps_rules(p: SitingProblem, plan: tuple[int, ...]) -> bool:
    rules, names = p.rules, [p.site_ids[n] for n in plan]
    villages = [p.village_ids[n] for n in plan]
    count = rules.site_count
    return all(
        (
            count is None or (len(plan) == count if rules.is_exact else len(plan) <= count),
            rules.budget is None or sum(p.costs[n] for n in plan) <= rules.budget,
            all(
                sum(p.staff[n, p.professions.index(who)] for n in plan) <= cap
                for who, cap in rules.staff_caps
            ),
            rules.min_readiness is None or all(p.readiness[n] >= rules.min_readiness for n in plan),
            set(rules.must_open) <= set(names),
            not set(rules.must_close) & set(names),
            not rules.one_per_village or len(villages) == len(set(villages)),
            all(villages.count(v) == 1 for v in rules.exactly_one_in),
        )
    )


def all_plans(p: SitingProblem) -> list[tuple[int, ...]]:
    sites = range(len(p.site_ids))
    return [c for k in range(len(sites) + 1) for c in combinations(sites, k) if keeps_rules(p, c)]


def judged(p: SitingProblem, plan: tuple[int, ...], threshold: float = THRESHOLD) -> dict[str, Any]:
    """Return every objective of a plan, by loops."""
    once = twice = unreached = missed = 0
    total = worst = 0.0
    units, sites = p.units.dense(), p.minutes.dense()
    for row, people in enumerate(p.population.tolist()):
        times = [*units[row].tolist(), *(sites[row, n] for n in plan)]
        near = sum(t <= threshold for t in times)
        once += people * (near >= 1)
        twice += people * (near >= 2)
        missed += people * (near < 1)
        best = min(times, default=inf)
        if best == inf:
            unreached += people
        elif people:
            total += people * best
            worst = max(worst, best)
    return {
        "mclp": -once,
        "backup_coverage": -twice,
        "lscp": (missed, len(plan)),
        "p_median": (unreached, total),
        "p_centre": (unreached, worst),
        "ties": (unreached, total, len(plan), plan),
    }


def brute_force(
    p: SitingProblem, model: str, threshold: float = THRESHOLD
) -> tuple[Any, tuple[str, ...]] | None:
    """Return the best objective and the plan that comes first by the tie rule; None for none."""
    best = None
    for plan in all_plans(p):
        keys = judged(p, plan, threshold)
        if model == "lscp" and keys["lscp"][0] > 0:
            continue
        key = (keys[model], keys["ties"])
        best = key if best is None else min(best, key)
    if best is None:
        return None
    objective = best[0][1] if isinstance(best[0], tuple) else -best[0]
    return objective, tuple(p.site_ids[n] for n in best[1][3])
