"""The roads as a mode may use them: arcs, parts, turns, a change on the way."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo.network.graph import connected_parts
from batu_geo.network.impedance import impedance
from tests.toy import RIDING, WALKING, graph, points, scenario, town

ONE_WAY = {"highway": "residential", "oneway": "yes"}


def test_of_parallel_streets_the_fastest_counts() -> None:
    streets = {"AB": "primary", "ACB": "residential", "BA": "residential"}
    net = graph(town("A B\n C ", streets), RIDING)
    assert sorted(net.outward.data.tolist()) == [20_000, 20_000]


def test_streets_apart_from_the_largest_part_are_counted_and_not_used() -> None:
    roads = town("ABC\n\nDE", {"AB": "residential", "BC": "residential", "DE": "residential"})
    net = graph(roads)
    assert net.unconnected.sum() == 1
    assert net.layers[0].is_usable.sum() == 2


def test_the_part_a_facility_joins_is_used_even_if_it_is_not_the_largest() -> None:
    drawing = "ABC\n\nD E"
    roads = town(drawing, {"AB": "residential", "BC": "residential", "DE": "residential"})
    net = graph(roads, facilities=points(drawing, "D"))
    assert net.layers[0].is_usable.sum() == 1
    assert net.unconnected.sum() == 2
    both = graph(roads, facilities=points(drawing, "DA"))
    assert both.layers[0].is_usable.all()
    assert not both.unconnected.any()


def test_a_part_too_small_does_not_draw_a_facility_to_it() -> None:
    drawing = "A         B\n\nCD"
    roads = town(drawing, {"AB": "residential", "CD": "residential"})
    net = graph(roads, facilities=points(drawing, "C"), smallest_part_km=0.5)
    assert roads.length_m[net.layers[0].is_usable].tolist() == pytest.approx([1000], abs=1e-5)


def test_a_one_way_trap_is_not_used() -> None:
    """From C nobody gets out again."""
    net = graph(town("ABC", {"AB": "residential", "BC": ONE_WAY}), RIDING)
    assert net.layers[0].is_usable.sum() == 1
    assert net.unconnected.sum() == 1


def test_a_mode_without_any_street_uses_none() -> None:
    net = graph(town("AB", {"AB": "footway"}), RIDING)
    assert not net.layers[0].is_usable.any()
    assert net.outward.nnz == 0


def test_parts_are_numbered_by_their_nodes_and_closed_edges_have_none() -> None:
    roads = town("ABC\n\nD E", {"AB": "residential", "BC": "footway", "DE": "residential"})
    part = connected_parts(roads, impedance(roads, RIDING, speed_set="middle"))
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
