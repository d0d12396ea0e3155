"""Bridges and tunnels run straight; what is too steep counts as the limit, and is counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from batu_geo.network.heights import stretch_slopes, too_steep, with_straight_decks
from batu_geo.network.impedance import impedance
from tests.toy import WALKING, town

BRIDGE = {"highway": "residential", "bridge": "yes"}
TUNNEL = {"highway": "residential", "tunnel": "yes"}


def at(roads, heights):
    """Return the roads with heights by column of the drawing, 100 m each."""
    column = np.rint((roads.line_xy[:, 0] - roads.line_xy[:, 0].min()) / 100).astype(int)
    return replace(roads, line_z=np.array(heights, dtype=float)[column])


def by_column(roads):
    column = np.rint((roads.line_xy[:, 0] - roads.line_xy[:, 0].min()) / 100).astype(int)
    return {c: set(np.round(roads.line_z[column == c], 6)) for c in np.unique(column).tolist()}


@pytest.mark.parametrize("deck", [BRIDGE, TUNNEL])
def test_a_deck_is_straight_between_the_ground_at_its_ends(deck) -> None:
    """The valley of 0 m between 100 and 130 m is crossed at 110 and 120."""
    roads = town("ABCDEF", {"AB": "residential", "BCDE": deck, "EF": "residential"})
    found = with_straight_decks(at(roads, [90, 100, 0, 500, 130, 140]))
    assert by_column(found) == {0: {90}, 1: {100}, 2: {110}, 3: {120}, 4: {130}, 5: {140}}


def test_ways_that_follow_each_other_are_one_deck() -> None:
    streets = {"AB": "residential", "BC": BRIDGE, "CDE": BRIDGE, "EF": "residential"}
    found = with_straight_decks(at(town("ABCDEF", streets), [90, 100, 0, 500, 130, 140]))
    assert by_column(found) == {0: {90}, 1: {100}, 2: {110}, 3: {120}, 4: {130}, 5: {140}}


def test_a_junction_on_the_deck_lies_between_all_its_ends() -> None:
    """Three decks of 100 m meet: the mean of 100, 130 and 40."""
    roads = town("BCD\n E", {"BC": BRIDGE, "CD": BRIDGE, "CE": BRIDGE})
    z = np.zeros(len(roads.line_xy))
    xy = roads.line_xy - roads.line_xy.min(axis=0)
    z[(xy[:, 0] < 50)] = 100
    z[(xy[:, 0] > 150)] = 130
    z[(xy[:, 1] < 50)] = 40
    found = with_straight_decks(replace(roads, line_z=z))
    middle = (abs(xy[:, 0] - 100) < 1) & (xy[:, 1] > 50)
    assert found.line_z[middle] == pytest.approx([90, 90, 90])


def test_an_unknown_end_leaves_the_deck_as_it_was() -> None:
    roads = at(town("ABC", {"ABC": BRIDGE}), [np.nan, 5, 7])
    assert by_column(with_straight_decks(roads))[2] == {7}
    assert np.isnan(with_straight_decks(at(roads, [np.nan] * 3)).line_z).all()
    flat = town("AB", {"AB": "residential"})
    assert with_straight_decks(flat) is flat


def test_what_is_steeper_than_the_limit_counts_as_the_limit_and_is_counted() -> None:
    """100 m up 200 m at 50 %: exp(3.5 x 0.55) / exp(3.5 x 0.05) = 5.755 times a minute."""
    hill = WALKING.model_copy(update={"slope": "tobler"})
    roads = at(town("ABC", {"ABC": "residential"}), [0, 200, 220])
    ms = impedance(roads, hill, speed_set="middle")
    up, gentle = np.exp(3.5 * 0.5), np.exp(3.5 * 0.2)
    assert ms[0, 0] == pytest.approx(60_000 * (up + gentle), abs=1)
    assert too_steep(roads, 50) == (1, pytest.approx(100))
    assert too_steep(roads, 10) == (2, pytest.approx(200))
    assert too_steep(town("AB", {"AB": "residential"}), 1) == (0, 0)


def test_slopes_are_over_metres_on_the_ground() -> None:
    """A street of 50 m that a projection draws as 100: 10 m up are 20 %."""
    roads = replace(at(town("AB", {"AB": "residential"}), [0, 10]), length_m=np.array([50.0]))
    length, slope = stretch_slopes(roads)
    assert length.tolist() == [0, 50]
    assert abs(slope[1]) == pytest.approx(0.2)
