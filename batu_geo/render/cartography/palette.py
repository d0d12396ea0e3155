"""Classes and colours of every map, once for the screen and once for paper.

The screen has light fills under dark names; paper has colours that colour-blind readers
tell apart and hatching for copies in grey. Each class holds both, so that no map can
class its villages in one way on a page and in another in print.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of one class.

    Attributes
    ----------
    screen, paper
        Colour on a page and in print; empty where a medium does not draw it.
    hatch
        Hatching in print.
    edge
        Colour of the outline on a page; of a line in print what it is cased in.
    is_dashed
        Whether a line is broken.
    """

    screen: str
    paper: str = ""
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


# Share served, worst to best: on paper the densest hatching where it is worst.
SHARE = Ranges(
    breaks=(20.0, 40.0, 60.0, 80.0),
    looks=(
        Look("#fde0c5", "#c7433b", "xxxx"),
        Look("#facba6", "#f2a07c", "////"),
        Look("#b9d6c9", "#fbe6d4", "//"),
        Look("#6fb0a4", "#abd3e6", "..."),
        Look("#2b7f82", "#3b8bc2", ""),
    ),
    missing=Look("#d9d9d9", "#ffffff"),
)
# Uptake of a programme: as the share served, but for what is not known, which is no share.
RATE = Ranges(breaks=SHARE.breaks, looks=SHARE.looks, missing=Look("#d9d9d9"))
# Share of stunted children, by the classes of WHO and UNICEF (de Onis et al. 2019).
BURDEN = Ranges(breaks=(2.5, 10.0, 20.0, 30.0), looks=SHARE.looks[::-1], missing=Look("#d9d9d9"))
MINUTES = Ranges(
    breaks=(5.0, 10.0, 15.0, 30.0),
    looks=(Look("#a9d3c9"), Look("#d3e8d5"), Look("#f6ecc9"), Look("#fbcf9f"), Look("#d98c5f")),
    missing=Look("#d9d9d9"),
)
STATUS = Kinds(
    {
        "open": Look("#dbe9f4", "#d1e5f0", "", edge="#7a8b99"),
        "off_road": Look("#dcc6e6", "#bfa3d0", "xx", edge="#6a2c8f"),
        "closed": Look("#fee6b8", "#fee090", "...", edge="#9a7a20"),
        "none": Look("#f4a582", "#f4a582", "////", edge="#a63603"),
    }
)
CERTAINTY = Kinds(
    {
        "certainly_within": Look("#6fb0a4"),
        "depends": Look("#f3e3a3"),
        "certainly_beyond": Look("#d98c5f"),
        "nobody": Look("#d9d9d9"),
    }
)
REFERRAL = Kinds(
    {
        "puskesmas": Look("#1f4e8c", "#1f3d7a"),
        "hospital": Look("#7a1f5c", "#b35806", is_dashed=True),
    }
)
PEOPLE = Kinds(
    {
        "served": Look("#2b7f82"),
        "fresh": Look("#6a2c8f"),
        "beyond": Look("#d95f02"),
        "unreachable": Look("#c51b7d"),
        "cut_off": Look("#7f0000"),
        "not_snapped": Look("#4d4d4d"),
    }
)
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
NEW_ROAD = Look("#e31a1c", "#4a1486", edge="#ffffff")
CLOSED_OFF = Look("#7f0000", is_dashed=True)
NOT_CLASSED = Look("#ffffff", "#ffffff")

# Catchments, the shortest threshold darkest: a ramp a mode on screen, one ramp on paper.
REACH_ON_SCREEN = {
    "foot": ("#1b7837", "#7fbf7b"),
    "motorcycle": ("#54278f", "#807dba", "#bcbddc"),
}
REACH_OF_OTHER_MODES = ("#08519c", "#6baed6", "#c6dbef")
REACH_ON_PAPER = (("#2166ac", ""), ("#92c5de", "//"), ("#e3eef5", ".."))


def reach_look(mode: str, order: int) -> Look:
    """Return the look of the catchment of a mode at its threshold number `order`, 0 the shortest.

    >>> reach_look("foot", 0).screen, reach_look("foot", 5).screen, reach_look("foot", 1).hatch
    ('#1b7837', '#7fbf7b', '//')
    """
    ramp = REACH_ON_SCREEN.get(mode, REACH_OF_OTHER_MODES)
    ink, hatch = REACH_ON_PAPER[min(order, len(REACH_ON_PAPER) - 1)]
    return Look(ramp[min(order, len(ramp) - 1)], ink, hatch)


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
