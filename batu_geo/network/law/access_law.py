"""Who may use a street, in which direction and how far: the law of access, from its tags."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from batu_geo.domain.travel import VEHICLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FERRY = "ferry"
NOTHING, CLOSED, ENDS, OPEN = range(4)
DIRECTIONS = ("forward", "backward")
FORWARD_VALUES = {"yes", "true", "1"}
BACKWARD_VALUES = {"-1", "reverse"}
TWO_WAY_VALUES = {"no", "false", "0", "alternating"}
REVERSIBLE = "reversible"
ONEWAY_VALUES = FORWARD_VALUES | BACKWARD_VALUES | TWO_WAY_VALUES | {REVERSIBLE}
BY_LANE = ("lanes", "note", "source", "both_ways")


class Access(NamedTuple):
    """What a way allows.

    `closed`, `ends_only` and `opened` hold bits of `VEHICLES`: who may not go forward and
    backward, who may only begin or end a trip there, and whom a tag lets onto a class that
    is not made for that vehicle.
    """

    closed: tuple[int, int]
    ends_only: tuple[int, int]
    opened: int


@cache
def law() -> Mapping[str, Any]:
    """Return the tables of the law of access, as they stand in ``access_law.toml``."""
    found = files("batu_geo.network.law").joinpath("access_law.toml")
    return tomllib.loads(found.read_text(encoding="utf-8"))


@cache
def _meaning(value: str, vehicle: str) -> int:
    """Return what a value of an access key means for a vehicle; of a list the most open part."""
    values = law()["values"]
    best = NOTHING
    for raw in value.split(";"):
        part = raw.strip().casefold()
        by_ambulance = vehicle == "ambulance" and (part in values["ends"] or part == "emergency")
        if part in values["open"] or by_ambulance:
            best = OPEN
        elif part in values["ends"]:
            best = max(best, ENDS)
        elif part in values["closed"]:
            best = max(best, CLOSED)
    return best


class _Said(NamedTuple):
    key: str
    meaning: int


def said(tags: Mapping[str, str], vehicle: str, direction: str = "") -> _Said:
    """Return the most specific key that says something about a vehicle, and what it means.

    A key with a direction goes before the same key without one.

    >>> said({"access": "no", "motorcycle": "yes"}, "motorcycle")
    _Said(key='motorcycle', meaning=3)
    """
    for key in law()["keys"][vehicle]:
        for name in (f"{key}:{direction}", key) if direction else (key,):
            if name not in tags:
                continue
            meaning = _meaning(tags[name], vehicle)
            # `emergency` also says what else stands there, as a hydrant.
            if meaning and not (key == "emergency" and meaning == CLOSED and tags[name] != "no"):
                return _Said(key, meaning)
    return _Said("", NOTHING)


def access_of(tags: Mapping[str, str]) -> Access:
    """Return what a way allows each vehicle.

    Examples
    --------
    A one-way street closes the way back to vehicles, not to people on foot:

    >>> access_of({"highway": "residential", "oneway": "yes"}).closed
    (0, 14)

    A toll road is closed to walkers and motorcycles, and an alley opened to motorcycles:

    >>> access_of({"highway": "motorway", "oneway": "no"}).closed
    (3, 3)
    >>> access_of({"highway": "footway", "motorcycle": "yes"}).opened
    2
    """
    closed, ends_only, opened = [0, 0], [0, 0], 0
    for number, vehicle in enumerate(VEHICLES):
        bit = 1 << number
        direction = oneway_of(tags, vehicle)
        is_shut = _is_shut(tags, vehicle)
        for side, name in enumerate(DIRECTIONS):
            key, meaning = said(tags, vehicle, name)
            is_against = _is_against(direction, side) and not _own_way_back(tags, vehicle, name)
            if is_shut or is_against or not _may_use(tags, vehicle, key, meaning):
                closed[side] |= bit
            elif meaning == ENDS:
                ends_only[side] |= bit
            # What is open to everybody (`access`) opens no footway to vehicles.
            if meaning >= ENDS and key != "access":
                opened |= bit
    return Access((closed[0], closed[1]), (ends_only[0], ends_only[1]), opened)


def _may_use(tags: Mapping[str, str], vehicle: str, key: str, meaning: int) -> bool:
    """Return whether keys and class let a vehicle use a way in one direction."""
    own = law()["keys"][vehicle][0]
    if is_toll_road(tags) and vehicle in ("foot", "motorcycle"):
        return key == own and meaning >= ENDS
    if tags.get("route") == FERRY and "highway" not in tags and vehicle != "foot":
        return meaning >= ENDS
    return meaning != CLOSED


def is_toll_road(tags: Mapping[str, str]) -> bool:
    """Return whether a way is a motorway, or a road built like one.

    >>> is_toll_road({"highway": "trunk", "motorroad": "yes"})
    True
    """
    kind = tags.get("highway", "")
    return kind in ("motorway", "motorway_link") or tags.get("motorroad") == "yes"


def _is_shut(tags: Mapping[str, str], vehicle: str) -> bool:
    """Return whether a way is closed to a vehicle whatever its access tags say."""
    for key, rule in law()["closed_ways"].items():
        if tags.get(key, "no").casefold() not in rule["except"]:
            return True
    hard = law()["sac_scale"]["foot" if vehicle == "foot" else "vehicles"]
    if tags.get("sac_scale") in hard:
        return True
    if oneway_value(tags, vehicle) == REVERSIBLE:
        return True
    return vehicle != "foot" and tags.get("smoothness") == "impassable"


def oneway_value(tags: Mapping[str, str], vehicle: str) -> str:
    """Return the value of the most specific one-way key of a vehicle; empty where none says.

    A value that means nothing does not hide the one of a more general key.

    >>> oneway_value({"oneway": "yes", "oneway:motorcycle": "maybe"}, "motorcycle")
    'yes'
    """
    keys = law()["oneway_keys"][vehicle]
    values = (tags[key].strip().casefold() for key in keys if key in tags)
    return next((value for value in values if value in ONEWAY_VALUES), "")


def oneway_of(tags: Mapping[str, str], vehicle: str) -> int:
    """Return 1 for one-way along the way, -1 for one-way against it, 0 for both directions.

    >>> oneway_of({"oneway": "yes", "oneway:motorcycle": "no"}, "motorcycle")
    0
    """
    value = oneway_value(tags, vehicle)
    if value in FORWARD_VALUES:
        return 1
    if value in BACKWARD_VALUES:
        return -1
    is_implied = vehicle != "foot" and (
        tags.get("junction") in {"roundabout", "circular"} or tags.get("highway") == "motorway"
    )
    return 1 if is_implied and value not in TWO_WAY_VALUES else 0


def _is_against(direction: int, side: int) -> bool:
    return (direction > 0 and side == 1) or (direction < 0 and side == 0)


def _own_way_back(tags: Mapping[str, str], vehicle: str, direction: str) -> bool:
    """Return whether the vehicle's own key opens this direction of a one-way street."""
    own = law()["keys"][vehicle][0]
    return _meaning(tags.get(f"{own}:{direction}", ""), vehicle) >= ENDS


def rule_keys() -> frozenset[str]:
    """Return the keys of access that concern a vehicle of ours."""
    return frozenset(key for keys in law()["keys"].values() for key in keys) - {"emergency"}


def not_understood(tags: Mapping[str, str]) -> Iterator[str]:
    """Yield a reason for each rule of a way that is not used as it stands.

    >>> list(not_understood({"access": "maybe", "motor_vehicle:lanes": "yes|no"}))
    ['odd access tags', 'rules by lane']
    """
    for key, value in tags.items():
        first, _, rest = key.partition(":")
        if rest.endswith("conditional"):
            continue
        if first in rule_keys():
            if not rest or rest in DIRECTIONS:
                odd = all(_meaning(value, vehicle) == NOTHING for vehicle in VEHICLES)
                if odd and value.casefold() != "unknown":
                    yield "odd access tags"
            elif rest.partition(":")[0] in BY_LANE:
                yield "rules by lane"
            else:
                yield "access tags of other vehicles"
        elif (
            first == "oneway"
            and (not rest or key in _oneway_keys())
            and value.strip().casefold() not in ONEWAY_VALUES
        ):
            yield "odd oneway tags"


@cache
def _oneway_keys() -> frozenset[str]:
    return frozenset(key for keys in law()["oneway_keys"].values() for key in keys)
