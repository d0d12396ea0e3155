"""The border effect of the street by hand."""

from __future__ import annotations

from batu_geo.planning.border_effect import border_effect
from batu_geo.planning.situation import headline_coverage, situation_of
from tests.planning.street import settings, study


def test_people_near_a_unit_beyond_the_border_lose_it_where_the_border_is_closed() -> None:
    """Units at 1 and, outside, at 13: homes east of 7 are nearer to the one outside.

    Within 2 minutes are the homes at 0.5, 1.5 and 2.5, and the one at 11.5.
    """
    now = situation_of(study({"u0": ("v0", 1), "out": (None, 13)}), settings())
    effect = border_effect(now)
    assert effect.people_nearest_outside == 50
    assert (effect.served, effect.served_if_closed) == (40, 30)
    assert set(effect.closed.units) == {"u0"}
    trips = headline_coverage(effect.closed)
    assert trips["nearest_id"].eq("u0").all()
    assert trips["travel_time_min"].iloc[-1] == 10.5


def test_where_all_units_are_inside_a_closed_border_changes_nothing() -> None:
    effect = border_effect(situation_of(study({"u0": ("v0", 0), "u3": ("v3", 12)}), settings()))
    assert effect.people_nearest_outside == 0
    assert effect.served == effect.served_if_closed == 40


def test_where_the_only_unit_is_outside_a_closed_border_leaves_none() -> None:
    effect = border_effect(situation_of(study({"out": (None, 13)}), settings()))
    assert effect.people_nearest_outside == 120
    assert (effect.served, effect.served_if_closed) == (10, 0)
    assert not effect.closed.units
