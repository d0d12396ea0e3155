"""The roads as a mode may use them: arcs, parts, turns, a change on the way."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.domain.travel import Closure
from batu_geo.network.road_audit import parts_by_edge
from tests.toy import RIDING, WALKING, graph, scenario, town

ONE_WAY = {"highway": "residential", "oneway": "yes"}


def test_of_parallel_streets_the_fastest_counts() -> None:
    streets = {"AB": "primary", "ACB": "residential", "BA": "residential"}
    net = graph(town("A B\n C ", streets), RIDING)
    assert sorted(net.outward.data.tolist()) == [20_000, 20_000]


def test_every_part_of_the_roads_is_kept_however_short() -> None:
    roads = town("ABC\n\nDE", {"AB": "residential", "BC": "residential", "DE": "residential"})
    layer = graph(roads).layers[0]
    assert layer.is_open.all()
    assert layer.is_joinable.all()


def test_a_one_way_street_without_a_way_back_is_kept() -> None:
    """From C nobody gets out on the motorcycle; who lives there may walk along it."""
    layer = graph(town("ABC", {"AB": "residential", "BC": ONE_WAY}), RIDING).layers[0]
    assert layer.is_open.all()
    assert np.isfinite(layer.local_ms).all()
    assert np.isinf(layer.edge_ms).sum() == 1


def test_closing_a_street_moves_nobody_to_another_one() -> None:
    roads = town("AB", {"AB": "residential"})
    both = Closure(name="flood", ways=(1,), source="toy")
    ride = Closure(name="works", ways=(1,), modes=("toy",), source="toy")
    shut, works = (graph(roads, RIDING, closures=(c,)).layers[0] for c in (both, ride))
    assert shut.is_joinable.all()
    assert works.is_joinable.all()
    assert np.isinf(shut.local_ms).all(), "closed to walkers too"
    assert works.local_ms[0] == pytest.approx(100_000), "100 m on foot at 1 m a second"


def test_a_mode_without_any_street_uses_none() -> None:
    net = graph(town("AB", {"AB": "footway"}), RIDING)
    assert not net.layers[0].is_open.any()
    assert net.outward.nnz == 0


def test_parts_are_numbered_and_closed_edges_have_none() -> None:
    roads = town("ABC\n\nD E", {"AB": "residential", "BC": "footway", "DE": "residential"})
    part = parts_by_edge(graph(roads, RIDING))
    assert sorted(part.tolist()) == [-1, 0, 1] or sorted(part.tolist())[0] == -1
    assert len(set(part.tolist())) == 3


def test_from_the_facility_every_street_is_turned_round() -> None:
    roads = town("AB", {"AB": ONE_WAY})
    there = graph(roads, RIDING).layers[0].edge_ms
    back = graph(roads, RIDING, direction="from_facility").layers[0].edge_ms
    assert np.array_equal(there, back[:, ::-1])


def test_a_crossing_costs_at_junctions_of_three_streets_only() -> None:
    slow = RIDING.model_copy(update={"crossing_s": 7})
    net = graph(town("ABCD\n  E ", {"AB": "residential", "BC": "residential",
                                    "CD": "residential", "CE": "residential"}), slow)  # fmt: skip
    assert sorted(net.tail_ms) == [0, 0, 0, 0, 7000]


def test_a_mode_that_changes_on_the_way_has_two_layers() -> None:
    roads = town("ABC", {"AB": "path", "BC": "primary"})
    walk_then_ride = WALKING.model_copy(update={"then": "ride", "wait_minutes": 3})
    net = graph(roads, walk_then_ride, others={"ride": RIDING})
    assert [layer.mode for layer in net.layers] == ["toy", "ride"]
    assert [layer.board_ms for layer in net.layers] == [0, 180_000]
    assert net.state_count == 2 * roads.node_count
    boarding = net.outward.data[net.arc_edge == -1]
    assert boarding.tolist() == [180_000, 180_000], "at B and C, where a street can be ridden"


def test_turns_and_a_change_cannot_be_had_together() -> None:
    from pydantic import ValidationError

    with pytest.raises(ValidationError, match="cannot be used together"):
        type(WALKING).model_validate({**WALKING.model_dump(), "then": "x", "turn_s": 3})
    with pytest.raises(ValidationError, match="above the limit"):
        type(RIDING).model_validate({**RIDING.model_dump(), "caps_kmh": {"default": 30}})
    with pytest.raises(ValidationError, match="slow, middle, fast"):
        type(RIDING).model_validate({**RIDING.model_dump(), "speeds_kmh": {"primary": (9, 8, 10)}})
    with pytest.raises(ValidationError, match="is not one of modes"):
        scenario(WALKING.model_copy(update={"then": "nothing"}))
