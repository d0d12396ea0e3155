"""Who can be sent where, and at what cost: an oracle by min-cost flow."""

from __future__ import annotations

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from batu_geo.siting.capacity.transport import CostTable
from batu_geo.siting.problem.siting_problem import SitingProblem


def least_flow(
    cost: NDArray[np.float64], people: NDArray[np.int64], room: NDArray[np.int64]
) -> tuple[int, int]:
    """Return how many people can be sent to units with room, and the least cost of as many.

    Parameters
    ----------
    cost
        Whole numbers a person, inf where there is no way, [units, rows].
    people, room
        By row and by unit.
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(["from", "to"])
    for row, count in enumerate(people.tolist()):
        graph.add_edge("from", ("row", row), capacity=int(count), weight=0)
        for unit in np.flatnonzero(np.isfinite(cost[:, row])).tolist():
            graph.add_edge(("row", row), ("unit", unit), weight=round(float(cost[unit, row])))
    for unit, places in enumerate(room.tolist()):
        graph.add_edge(("unit", unit), "to", capacity=int(places), weight=0)
    flow = nx.max_flow_min_cost(graph, "from", "to")
    return sum(flow["from"].values()), nx.cost_of_flow(graph, flow)


def left_over(
    p: SitingProblem, plan: tuple[int, ...], limit: float, *, a_minute: int = 8
) -> tuple[int, int]:
    """Return people without a place within a limit, and the least minutes of the others.

    Minutes are in parts, `a_minute` of them in each, so that they are whole numbers.
    """
    minutes = np.hstack([p.units.dense(), p.minutes.dense()[:, list(plan)]]).T
    room = np.r_[p.existing_capacity, p.capacity[list(plan)]]
    cost = np.where(minutes <= limit, minutes * a_minute, np.inf)
    placed, spent = least_flow(cost, p.population, room)
    return int(p.population.sum()) - placed, spent


def least_cost(table: CostTable) -> float:
    """Return the cost by min-cost flow, inf where not everybody can be sent."""
    placed, cost = least_flow(table.cost, table.people, table.capacity)
    return cost if placed == table.people.sum() else np.inf
