"""Rules of the road as they hold in a scenario: at its time, with its settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from batu_geo.network.law.access_law import access_of
from batu_geo.network.law.time_rules import Moment, is_in_force, tags_at
from batu_geo.network.law.turn_law import AMBULANCE, CAR, MOTORCYCLE

if TYPE_CHECKING:
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.travel import Travel
    from batu_geo.network.road_rules import RoadRules
    from batu_geo.network.roads import RoadNetwork

WIDE = np.uint8(CAR | AMBULANCE)


def moment_of(travel: Travel) -> Moment:
    """Return the time a scenario is about, as far as it says."""
    months = travel.seasons.get(travel.season)
    return Moment(frozenset(months) if months else None, travel.weekday, travel.hour)


def lawful(roads: RoadNetwork, scenario: Scenario) -> RoadNetwork:
    """Return the roads with rules by time and settings resolved; the same where there are none.

    What is too narrow is closed to cars, rules by time that hold are laid over the plain ones,
    and of turn restrictions those stay that hold or may hold.
    """
    rules, travel = roads.rules, scenario.travel
    if rules is None:
        return roads
    moment = moment_of(travel)
    closed, ends_only, opened = roads.closed.copy(), rules.ends_only.copy(), rules.opened.copy()
    for way, tags in rules.timed.items():
        now = tags_at(tags, moment)
        if now.tags == tags:
            continue
        access, hit = access_of(now.tags), roads.way_id == int(way)
        closed[hit], ends_only[hit], opened[hit] = access
    with np.errstate(invalid="ignore"):
        closed[rules.width_m < travel.car_width_m] |= WIDE
    slow = np.where(np.isnan(roads.maxspeed_kmh), travel.ferry_kmh, roads.maxspeed_kmh)
    return replace(
        roads,
        closed=closed,
        maxspeed_kmh=np.where(roads.is_ferry, slow, roads.maxspeed_kmh),
        rules=replace(
            rules,
            ends_only=ends_only,
            opened=opened,
            gate_closed=_gates(rules, travel),
            turn_vehicles=_turns(rules, moment),
        ),
    )


class TimedRules(NamedTuple):
    """Ways and turn restrictions with a rule by time, and how many rules a scenario decides."""

    places: int
    decided: int
    left_open: int


def timed_rules(roads: RoadNetwork, travel: Travel) -> TimedRules:
    """Return how many rules by time a network has, and what a scenario makes of them."""
    if roads.rules is None:
        return TimedRules(0, 0, 0)
    moment = moment_of(travel)
    ways = [tags_at(tags, moment) for tags in roads.rules.timed.values()]
    numbers = roads.rules.turn_relation.tolist()
    turns = {(number, text) for number, text
             in zip(numbers, roads.rules.turn_condition, strict=True) if text}  # fmt: skip
    is_open = [is_in_force(text, moment) is None for _, text in turns]
    return TimedRules(
        places=len(ways) + len(turns),
        decided=sum(way.used for way in ways) + len(is_open) - sum(is_open),
        left_open=sum(way.open_rules for way in ways) + sum(is_open),
    )


def _gates(rules: RoadRules, travel: Travel) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Return whom each barrier stops under the settings of a scenario."""
    closed = rules.gate_closed.copy()
    if travel.bollards_stop_motorcycles:
        closed |= rules.gate_by_setting & np.uint8(MOTORCYCLE)
    with np.errstate(invalid="ignore"):
        closed[rules.gate_width_m < travel.car_width_m] |= WIDE
        closed[rules.gate_height_m < travel.car_height_m] |= WIDE
    return closed


def _turns(rules: RoadRules, moment: Moment) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Return whom each turn restriction binds; nobody where its time is known not to have come."""
    kept = [not text or is_in_force(text, moment) is True for text in rules.turn_condition]
    return np.where(np.array(kept, bool), rules.turn_vehicles, np.uint8(0)).astype(np.uint8)
