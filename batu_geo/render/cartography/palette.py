"""Classes and colours of every map: one palette a measure, the same on a screen and on paper.

A palette of a measure runs from pale to dark, its worst class the darkest, so that a grey copy
reads and what is worst stands out most on pale ground; readers who lack a kind of cones tell its
classes apart. Where nothing is known there is a pattern, which is no colour of a scale. Pages,
sheets, slides, styles for a GIS and the scripts of pages all take their colours from here;
`tests/render/test_palettes.py` holds the numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Look:
    """How one class looks, on every medium.

    Attributes
    ----------
    colour
        Of a fill or a line; empty where there is none.
    hatch
        Pattern over the colour, as matplotlib writes it.
    edge
        Colour of the outline; of a line in print what it is cased in.
    is_dashed
        Whether a line is broken.
    """

    colour: str
    hatch: str = ""
    edge: str = ""
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Ranges:
    """Classes of a quantity; each includes its upper break.

    Attributes
    ----------
    breaks
        Upper break of every class but the last, rising.
    looks
        One a class.
    missing
        Where the quantity is unknown.

    Examples
    --------
    >>> SHARE.class_of(20), SHARE.class_of(20.1), SHARE.class_of(100)
    (0, 1, 4)
    """

    breaks: tuple[float, ...]
    looks: tuple[Look, ...]
    missing: Look

    def class_of(self, value: float) -> int:
        """Return the number of the class of a known value."""
        return sum(value > limit for limit in self.breaks)

    def look_of(self, value: float) -> Look:
        """Return the look of a value; NaN is unknown, infinity is in the last class."""
        return self.missing if math.isnan(value) else self.looks[self.class_of(value)]


@dataclass(frozen=True, slots=True)
class Kinds:
    """Classes by name, in the order of the legend."""

    looks: Mapping[str, Look]

    def look_of(self, kind: str) -> Look:
        """Return the look of a kind."""
        return self.looks[kind]


MISSING = Look("#ffffff", "////")
# Share served, worst to best.
SHARE = Ranges(
    breaks=(20.0, 40.0, 60.0, 80.0),
    looks=tuple(map(Look, ("#6b0f2a", "#b8332f", "#e57f3f", "#f2c06a", "#cde6dd"))),
    missing=MISSING,
)
# Share of stunted children, by the classes of WHO and UNICEF (de Onis et al. 2019).
BURDEN = Ranges(breaks=(2.5, 10.0, 20.0, 30.0), looks=SHARE.looks[::-1], missing=MISSING)
MINUTES = Ranges(
    breaks=(5.0, 10.0, 15.0, 30.0),
    looks=tuple(map(Look, ("#f3f7dd", "#9bd0a0", "#4ea5a8", "#2f6f9e", "#2c2d72"))),
    missing=MISSING,
)
STATUS = Kinds(
    {
        "open": Look("#dbe9f4", edge="#7a8b99"),
        "off_road": Look("#c3a5dc", edge="#6a2c8f"),
        "closed": Look("#c98a1e", edge="#6e4a0c"),
        "none": Look("#9c2a12", edge="#5c1508"),
    }
)
CERTAINTY = Kinds(
    {
        "certainly_within": SHARE.looks[-1],
        "depends": Look("#e0ab47"),
        "certainly_beyond": STATUS.looks["none"],
        "nobody": MISSING,
    }
)
REFERRAL = Kinds({"puskesmas": Look("#1f4e8c"), "hospital": Look("#b35806", is_dashed=True)})
PEOPLE = Kinds(
    {
        "served": Look("#6cc4ba"),
        "fresh": Look("#9a85ef"),
        "beyond": Look("#c2571a"),
        "unreachable": Look("#a51362"),
        "cut_off": Look("#7f0000"),
        "not_snapped": Look("#262626"),
    }
)
# People served by both of two plans, by one of them, by neither.
PAIR = Kinds(
    {
        "both": PEOPLE.looks["served"],
        "only_a": Look("#6f93e8"),
        "only_b": PEOPLE.looks["beyond"],
        "neither": Look("#4d4d4d"),
    }
)
# How many people one more unit would newly reach, the fewest first.
SURFACE = ("#fbf0f7", "#dfb0d6", "#c17fbd", "#97499f", "#5e1a6b")
UNCONNECTED = Look("#c51b7d", is_dashed=True)
ROAD_FINDINGS = Kinds(
    {
        "gap": Look("#b3261e"),
        "without_unit": Look("#d95f02"),
        "without_people": Look("#7a5195", is_dashed=True),
        "end_near_street": Look("#1f78b4"),
        "crossing_without_vertex": Look("#1b7837"),
        "drawn_twice": Look("#c51b7d"),
        "ends_at_border": Look("#2b2b2b"),
        "barrier": Look("#8c510a"),
        "turn_rule": Look("#01665e"),
        "time_rule": Look("#5c6bc0"),
    }
)
# Roads to be built.
NEW_ROAD = Look("#4a1486", edge="#ffffff")
CLOSED_OFF = Look("#7f0000", is_dashed=True)
NOT_CLASSED = Look("#ffffff")
# Ground where nobody lives, over the classes; the lines of districts.
EMPTY_GROUND = Look("#ffffff")
DISTRICT_LINE = Look("#1a1a1a", is_dashed=True)
# Rivers, coasts and lakes.
WATER = Look("#6fa8d6")
# A slope away from the light, over the ground without homes.
HILLSHADE = Look("#8f8f8f")

# Catchments by mode, the shortest threshold darkest.
REACH = {
    "foot": ("#12552b", "#4d9a55", "#b3dca8"),
    "motorcycle": ("#44156f", "#7f67b8", "#c3bbe2"),
}
REACH_OF_OTHER_MODES = ("#08406f", "#4a8fc4", "#b8d5ea")


def reach_look(mode: str, order: int) -> Look:
    """Return the look of the catchment of a mode at its threshold number `order`, 0 the shortest.

    >>> reach_look("foot", 0).colour, reach_look("foot", 5).colour
    ('#12552b', '#b3dca8')
    """
    ramp = REACH.get(mode, REACH_OF_OTHER_MODES)
    return Look(ramp[min(order, len(ramp) - 1)])


@dataclass(frozen=True, slots=True)
class RoadLook:
    """How a group of highway classes is drawn.

    Attributes
    ----------
    classes
        Values of ``highway``; links are drawn like the road they lead to.
    screen, paper
        Width in pixels or points, and colour; None where a medium leaves it out.
    """

    classes: tuple[str, ...]
    screen: tuple[float, str]
    paper: tuple[float, str] | None


MAIN_ROAD, OTHER_ROAD = (1.1, "#8c6d4f"), (0.3, "#bdb5a8")
ROADS = (
    RoadLook(("motorway", "trunk", "primary"), (3.0, "#8c6d4f"), MAIN_ROAD),
    RoadLook(("secondary",), (2.4, "#9c8468"), MAIN_ROAD),
    RoadLook(("tertiary",), (1.8, "#a89a88"), (0.7, "#a08d74")),
    RoadLook(
        ("unclassified", "residential", "living_street", "service", "road"),
        (0.9, "#b3b0ab"),
        OTHER_ROAD,
    ),
    RoadLook(
        ("track", "path", "footway", "steps", "pedestrian", "cycleway"), (0.7, "#c4bfae"), None
    ),
)
