"""Capacitated models against every combination, with the sending of people by networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from batu_geo.domain.errors import ScenarioError
from batu_geo.siting.capacitated import capacitated_mclp, capacitated_p_median
from batu_geo.siting.location import mclp, p_median
from batu_geo.siting.problem import Rules, SitingProblem
from tests.siting.worlds import THRESHOLD, all_plans, random_problem


def sent(p: SitingProblem, plan: tuple[int, ...], limit: float) -> tuple[int, int]:
    """Return people placed and their minutes in eighths, by min-cost flow."""
    graph = nx.DiGraph()
    graph.add_nodes_from(["from", "to"])
    units = [(p.existing_minutes[:, n], p.existing_capacity[n]) for n in range(len(p.existing_ids))]
    units += [(p.minutes[:, n], p.capacity[n]) for n in plan]
    for row, people in enumerate(p.population.tolist()):
        graph.add_edge("from", ("d", row), capacity=people, weight=0)
        for n, (minutes, _) in enumerate(units):
            if minutes[row] <= limit and np.isfinite(minutes[row]):
                graph.add_edge(("d", row), ("u", n), weight=int(minutes[row] * 8))
    for n, (_, capacity) in enumerate(units):
        graph.add_edge(("u", n), "to", capacity=int(capacity), weight=0)
    flow = nx.max_flow_min_cost(graph, "from", "to")
    return sum(flow["from"].values()), nx.cost_of_flow(graph, flow)


@pytest.mark.parametrize("start", [0, 250])
@pytest.mark.parametrize("model", ["capacitated_p_median", "capacitated_mclp"])
def test_capacitated_models_equal_brute_force(model: str, start: int) -> None:
    limit = THRESHOLD if model == "capacitated_mclp" else np.inf
    feasible = 0
    for seed in range(start, start + 250):
        p = random_problem(np.random.default_rng(seed), most_sites=3)
        keys = [
            (*np.multiply(sent(p, plan, limit), (-1, 1)), len(plan), plan) for plan in all_plans(p)
        ]
        if model == "capacitated_mclp":
            found = capacitated_mclp(p, threshold_minutes=THRESHOLD)
        else:
            found = capacitated_p_median(p)
        if not keys:
            assert found.status == "infeasible", seed
            continue
        feasible += 1
        placed, minutes, _, plan = min(keys)
        assert (found.status, found.gap, found.is_tie_settled) == ("optimal", 0, True), seed
        assert found.people_unreached == p.population.sum() + placed, seed
        assert found.person_minutes == minutes / 8, seed
        assert found.site_ids == tuple(p.site_ids[n] for n in plan), seed
        assert found.objective == (-placed if model == "capacitated_mclp" else minutes / 8)
    assert feasible > 130


def test_with_room_for_everybody_they_are_the_models_without_capacity() -> None:
    for seed in range(40):
        p = random_problem(np.random.default_rng(seed), plain=True)
        p = SitingProblem(p.minutes, p.population, p.site_ids, rules=p.rules,
                          capacity=np.full(len(p.site_ids), 999))  # fmt: skip
        assert capacitated_p_median(p).site_ids == p_median(p).site_ids
        wide = capacitated_mclp(p, threshold_minutes=THRESHOLD)
        assert wide.objective == mclp(p, threshold_minutes=THRESHOLD).objective


def test_people_of_one_place_are_shared_and_the_rest_is_counted() -> None:
    """Ten people; the near site takes four, the far one five: one is left without a place."""
    p = SitingProblem(
        np.array([[2.0, 8.0]]), np.array([10]), ("near", "far"), demand_ids=("home",),
        capacity=np.array([4, 5]), rules=Rules(site_count=2),
    )  # fmt: skip
    found = capacitated_p_median(p)
    assert found.objective == 4 * 2 + 5 * 8
    assert found.people_unreached == 1
    rows = found.assignments.to_numpy(dtype=object, na_value=None).tolist()
    assert sorted(rows, key=lambda row: row[3]) == [
        ["home", "near", 4, 2.0],
        ["home", "far", 5, 8.0],
        ["home", None, 1, np.inf],
    ]


def test_capacity_must_be_given() -> None:
    p = SitingProblem(np.zeros((1, 1)), np.array([1]), ("a",))
    with pytest.raises(ScenarioError, match="BG-201"):
        capacitated_p_median(p)


def test_out_of_time_nothing_is_called_optimal_wrongly() -> None:
    for seed in range(60):
        p = random_problem(np.random.default_rng(seed), most_sites=4)
        found = capacitated_p_median(p, time_limit_s=0)
        if found.status == "infeasible":
            assert not all_plans(p)
        if found.status == "optimal":  # by a bound that needs no time
            assert found.objective == capacitated_p_median(p).objective
