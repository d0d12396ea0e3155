"""`MapSpec`: what a map shows, before anybody decides whether it is a page or a sheet of paper.

`render.web.page_painter` paints a specification as a page, `render.paper.sheet_painter`
as a sheet. Neither chooses a class, a colour, a title or a word of the legend.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from batu_geo.render.cartography.palette import UNCONNECTED

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

    from batu_geo.render.cartography.palette import Kinds, Look, Ranges

Medium = Literal["screen", "paper"]


@dataclass(frozen=True, slots=True)
class Label:
    """A text as each medium has room for; empty where the medium leaves it out."""

    screen: str = ""
    paper: str = ""

    def on(self, medium: Medium) -> str:
        """Return the text on a medium."""
        return self.screen if medium == "screen" else self.paper


@dataclass(frozen=True, slots=True)
class Tip:
    """What the tooltip of a thing says: plain text, a title over labels and values."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class AreaLayer:
    """The villages, each filled by its class.

    Attributes
    ----------
    name
        In the list of layers of a page.
    classes, values
        The value of each village in the order of their table, and how values are classed.
    tips
        One a village, or none.
    is_shown
        Whether a page opens with it.
    side
        The side of the map it belongs to; empty for all.
    only
        The one medium that draws it; None for both.
    """

    name: str
    classes: Ranges | Kinds
    values: tuple[Any, ...]
    tips: tuple[Tip, ...] = ()
    is_shown: bool = True
    side: str = ""
    only: Medium | None = None

    @property
    def looks(self) -> tuple[Look, ...]:
        """The look of each village."""
        return tuple(self.classes.look_of(value) for value in self.values)


@dataclass(frozen=True, slots=True, eq=False)
class ReachLayer:
    """Outlines of catchments, the shortest threshold first.

    `opacity` is that of the fill on a page; `is_inert` lets the pointer through to what is below.
    """

    name: str
    shapes: gpd.GeoSeries
    looks: tuple[Look, ...]
    opacity: float = 0.2
    is_inert: bool = True
    is_shown: bool = True
    side: str = ""
    only: Medium | None = None


@dataclass(frozen=True, slots=True)
class RoadLayer:
    """The roads, for orientation."""

    side: str = ""
    only: Medium | None = None


@dataclass(frozen=True, slots=True, eq=False)
class UnconnectedLayer:
    """The streets that lead to no unit, bool [edges]; `name` is the key of its words."""

    is_unconnected: NDArray[np.bool_]
    name: str = "layer_unconnected"
    look: Look = UNCONNECTED
    side: str = ""
    only: Medium | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TripLayer:
    """Lines between places, with a tooltip each: trips, or roads to be built."""

    name: str
    lines: gpd.GeoSeries
    look: Look
    tips: tuple[Tip, ...]
    side: str = ""
    only: Medium | None = None


@dataclass(frozen=True, slots=True)
class FacilityLayer:
    """Units, puskesmas, hospitals and other facilities."""

    side: str = ""
    only: Medium | None = None


@dataclass(frozen=True, slots=True)
class StaffLayer:
    """The units alone, those with somebody there as open and the others as closed."""

    staffed: frozenset[str]
    side: str = ""
    only: Medium | None = None


@dataclass(frozen=True, slots=True, eq=False)
class BuildingLayer:
    """Candidate buildings with their rank.

    `is_all_shown` opens a page with all of them, else with the best of each village.
    """

    sites: gpd.GeoDataFrame
    is_all_shown: bool = False
    side: str = ""
    only: Medium | None = None


@dataclass(frozen=True, slots=True, eq=False)
class NameLayer:
    """The names of the villages, which keep clear of some points."""

    clear_of: gpd.GeoSeries
    side: str = ""
    only: Medium | None = None


Layer = (
    AreaLayer
    | ReachLayer
    | RoadLayer
    | UnconnectedLayer
    | TripLayer
    | FacilityLayer
    | StaffLayer
    | BuildingLayer
    | NameLayer
)


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of a legend: a filled box, a line or a symbol, and its words.

    Attributes
    ----------
    label
        Its words; a medium for which they are empty leaves the line out.
    look
        Colours of a box, or of a line.
    symbol
        Name in `SYMBOLS`; ``number`` and ``house_number`` show how ranks are written.
    number
        Sign inside a house on a page.
    is_line, is_thick, is_dashed
        A line, a box with the thick outline of a village without a unit, a broken outline.
    kind
        By which the script of a page finds the line, to show it when it occurs.
    layer
        Name in the list of layers of a page: with it off, the page leaves the line out.
    """

    label: Label
    look: Look | None = None
    symbol: str = ""
    number: int = 0
    is_line: bool = False
    is_thick: bool = False
    is_dashed: bool = False
    kind: str = ""
    layer: str = ""

    @property
    def is_heading(self) -> bool:
        """Whether it stands alone, without a sign."""
        return self.look is None and not self.symbol


@dataclass(frozen=True, slots=True)
class LegendGroup:
    """Lines of a legend under a title.

    On a page the groups stand in their order; a sheet has what is filled or drawn as a line
    first, then facilities, then buildings. A medium for which the title is empty leaves
    the group out. `layers` are names in the list of layers of a page: with all of them off, a
    page leaves the group out too.
    """

    title: Label
    entries: tuple[LegendEntry, ...]
    about: Literal["classes", "facilities", "buildings"] = "classes"
    layers: tuple[str, ...] = ()

    def lines(self, medium: Medium) -> tuple[LegendEntry, ...]:
        """Return the lines a medium has."""
        return tuple(entry for entry in self.entries if entry.label.on(medium))


@dataclass(frozen=True, slots=True)
class Side:
    """One of several small maps: its name, and its caption in print."""

    name: str
    caption: str


@dataclass(frozen=True, slots=True)
class TextTable:
    """The figures of a map for those who read rather than see: columns and rows of text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def tips(self) -> tuple[Tip, ...]:
        """A tooltip a row: its first cell over the others with the headings of their columns."""
        labels = self.columns[1:]
        return tuple(
            Tip(name, tuple(zip(labels, cells, strict=True))) for name, *cells in self.rows
        )


@dataclass(frozen=True, slots=True, eq=False)
class MapSpec:
    """What a map shows.

    Attributes
    ----------
    question
        What it answers, in one word: ``status``, ``gaps``, ``change`` ...
    title
        The heading of a page; the title of a sheet, empty where it is not printed.
    note
        The line under the heading of a page: which scenario, and what is shown.
    layers
        From the lowest to the highest.
    legend
        In the order of a page.
    sides, columns
        The small maps of a sheet, and how many stand beside each other; a page draws them
        over each other. None for one map.
    table
        Its figures.
    sites
        Buildings that the search of a page knows.
    """

    question: str
    title: Label
    note: str
    layers: tuple[Layer, ...]
    legend: tuple[LegendGroup, ...]
    sides: tuple[Side, ...] = ()
    columns: int = 1
    table: TextTable | None = None
    sites: gpd.GeoDataFrame | None = None

    def layers_on(self, medium: Medium, side: str = "") -> tuple[Layer, ...]:
        """Return the layers of a medium; with a side those of it and those of all sides."""
        return tuple(
            layer
            for layer in self.layers
            if layer.only in (None, medium) and (not side or layer.side in ("", side))
        )

    def legend_on(self, medium: Medium) -> tuple[LegendGroup, ...]:
        """Return the groups of the legend of a medium, in its order."""
        groups = [group for group in self.legend if group.title.on(medium)]
        if medium == "paper":
            order = ("classes", "facilities", "buildings")
            groups.sort(key=lambda group: order.index(group.about))
        return tuple(groups)
