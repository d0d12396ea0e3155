"""No plan depends on a clock: a slower computer gives the same plan."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize

import batu_geo
from batu_geo.siting.analysis.alternative_optima import all_optimal
from batu_geo.siting.analysis.conflicting_rules import why_infeasible
from batu_geo.siting.models import capacitated, location
from batu_geo.siting.problem.location_plan import Plan
from batu_geo.siting.problem.siting_problem import SitingProblem
from batu_geo.siting.search import enumeration
from tests.siting.worlds import THRESHOLD, random_problem

PACKAGE = Path(batu_geo.__file__).parent
SOLVE = {
    "mclp": location.mclp,
    "lscp": location.lscp,
    "backup_coverage": location.backup_coverage,
    "p_median": location.p_median,
    "p_centre": location.p_centre,
    "capacitated_mclp": capacitated.capacitated_mclp,
    "capacitated_p_median": capacitated.capacitated_p_median,
}
THRESHOLDED = ("mclp", "lscp", "backup_coverage", "capacitated_mclp")
# It writes the seconds a plan took on the plan, and decides nothing by them.
MEASURED = ("siting/textbook/solve.py",)
CLOCKS = ("time", "monotonic", "perf_counter", "process_time", "thread_time")
CLOCKS_NS = tuple(f"{name}_ns" for name in CLOCKS)


def solve(problem: SitingProblem, model: str, **settings: float) -> Plan:
    if model in THRESHOLDED:
        settings["threshold_minutes"] = THRESHOLD
    return SOLVE[model](problem, **settings)


def imported(path: Path) -> set[str]:
    """Return the names of the modules that a module imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module))
    return names


@pytest.mark.parametrize("floor", ["domain", "network", "access", "siting", "planning"])
@pytest.mark.slow
def test_no_pure_module_imports_a_clock(floor: str) -> None:
    paths = sorted((PACKAGE / floor).rglob("*.py"))
    assert len(paths) > 5
    found = {p.relative_to(PACKAGE).as_posix() for p in paths if "time" in imported(p)}
    assert found == {path for path in MEASURED if path.startswith(floor)}


@pytest.mark.slow
def test_the_solver_gets_no_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every solve of HiGHS has a limit of nodes and none of time."""
    options, solver = [], optimize.milp
    monkeypatch.setattr(
        optimize,
        "milp",
        lambda *args, **kw: options.append(dict(kw["options"])) or solver(*args, **kw),
    )
    monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    for seed in range(20):
        for model in SOLVE:
            solve(random_problem(np.random.default_rng(seed), most_sites=4), model, node_limit=7)
    assert len(options) > 50
    assert all("time_limit" not in given and "node_limit" in given for given in options)
    assert {given["node_limit"] for given in options} >= {7}


@pytest.mark.parametrize("model", [*SOLVE])
@pytest.mark.slow
def test_a_clock_that_runs_ahead_changes_no_plan(model: str, monkeypatch) -> None:
    monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    problems = [random_problem(np.random.default_rng(seed), most_sites=5) for seed in range(8)]

    def answers() -> list[object]:
        plans = [solve(problem, model) for problem in problems]
        found: list[object] = [(p.site_ids, p.objective, p.bound, p.status) for p in plans]
        found += [why_infeasible(problem) for problem in problems]
        if model == "p_median":
            found += [all_optimal(problem, "p_median", within_percent=5) for problem in problems]
        return found

    with_this_clock, hours = answers(), iter(range(0, 10**12, 3600))
    for name in (*CLOCKS, *CLOCKS_NS):
        monkeypatch.setattr(time, name, lambda: next(hours))
    assert answers() == with_this_clock
