"""Made-up towns whose optimum was proved once by two solvers and is kept.

``python -m tests.siting.kept`` proves them again with spopt, by HiGHS and by CBC at no gap,
and writes `kept_optima.json`; it stops where the two do not agree.
"""

from __future__ import annotations

import json
import math
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from batu_geo.siting.problem.siting_problem import Rules, SitingProblem

OPTIMA = Path(__file__).with_name("kept_optima.json")
WITHIN = {"mclp": 18.0, "lscp": 29.0}  # minutes
SIZES = ((60, 20, 4), (100, 30, 5), (150, 40, 6), (250, 60, 8), (400, 80, 10))
# p-centre grows out of reach of the peer first.
MOST_OF_CENTRE = 100


def kept_town(number: int) -> SitingProblem:
    """Return a town by plain whole-number arithmetic, the same under every version of numpy."""
    demand, sites, count = SIZES[number]
    state = 12_345 + number

    def draw(below: int) -> int:
        nonlocal state
        state = (1_103_515_245 * state + 12_345) % 2**31
        return (state >> 8) % below

    homes = [(draw(6_000), draw(6_000)) for _ in range(demand)]
    halls = [(draw(6_000), draw(6_000)) for _ in range(sites)]
    metres = [[math.isqrt((a - c) ** 2 + (b - d) ** 2) for c, d in halls] for a, b in homes]
    people = [1 + draw(400) for _ in range(demand)]
    names = tuple(f"s{n:02}" for n in range(sites))
    # 60 m a minute: every time is a whole number of seconds.
    minutes = np.array(metres) / 60
    return SitingProblem(minutes, np.array(people), names, rules=Rules(site_count=count))


def kept() -> list[tuple[str, int, float]]:
    """Return model, number of the town and the best objective of each."""
    rows = json.loads(OPTIMA.read_text(encoding="utf-8"))["optima"]
    return [(row["model"], row["town"], row["objective"]) for row in rows]


def proved(model: str, town: SitingProblem, solver: Any) -> float:
    """Return the best objective as the peer finds it."""
    import pulp
    from spopt import locate

    minutes, count = town.minutes.dense(), town.rules.site_count
    peer = {
        "mclp": lambda: locate.MCLP.from_cost_matrix(
            minutes, town.population, WITHIN[model], count
        ),
        "lscp": lambda: locate.LSCP.from_cost_matrix(minutes, WITHIN[model]),
        "p_median": lambda: locate.PMedian.from_cost_matrix(minutes, town.population, count),
        "p_centre": lambda: locate.PCenter.from_cost_matrix(minutes, count),
    }[model]()
    return float(pulp.value(peer.solve(solver).problem.objective))


def main() -> int:
    """Prove every optimum and write them."""
    import pulp

    warnings.filterwarnings("ignore")
    rows = []
    for number, (demand, _, _) in enumerate(SIZES):
        for model in ("mclp", "lscp", "p_median", "p_centre"):
            if model == "p_centre" and demand > MOST_OF_CENTRE:
                continue
            town = kept_town(number)
            solvers = pulp.HiGHS(msg=False, gapRel=0), pulp.PULP_CBC_CMD(msg=False, gapRel=0)
            found = [proved(model, town, solver) for solver in solvers]
            sys.stdout.write(f"{model} {number} {found}\n")
            if abs(found[0] - found[1]) > 1e-6:
                return 1
            rows.append({"model": model, "town": number, "objective": found[0]})
    about = "Proved by spopt with HiGHS and with CBC at no gap: python -m tests.siting.kept"
    text = json.dumps({"about": about, "within_minutes": WITHIN, "optima": rows}, indent=1)
    OPTIMA.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
