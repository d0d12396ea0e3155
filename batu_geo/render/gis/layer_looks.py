"""How each layer of a GeoPackage is drawn: classes and colours of the maps, as plain data."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from batu_geo.render.cartography.base_map import base_map
from batu_geo.render.cartography.legends import limit_words, unit_words
from batu_geo.render.cartography.palette import ROADS, SHARE, STATUS, RoadLook, reach_look
from batu_geo.render.cartography.symbols import HOUSE_EDGE, SYMBOLS
from batu_geo.render.text.words import code_word, word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from batu_geo.domain.errors import Language
    from batu_geo.planning.assessment import Assessment

Kind = Literal["fill", "line", "marker"]
EDGE, PALE_EDGE = "#555555", "#ffffff"
REACH_ALPHA, PEOPLE = 0.45, "#6b6b6b"
PER_PIXEL_MM = 0.26
MARKER_MM, HOUSE_MM, DOT_MM = 4.2, 4.0, 0.7
# The number for no value where classes are ranges, which know none; the ink of its pattern.
UNKNOWN, PATTERN_INK = -1.0, "#5b6770"
WAY = RoadLook((), (0.9, "#b3b0ab"), None)
SIGN_OF = {"fit": "square", "to_verify": "square", "refused": "cross2"}


@dataclass(frozen=True, slots=True)
class ClassLook:
    """One class of a layer.

    Attributes
    ----------
    label
        In the words of the reader.
    value
        A code, or the lower and upper end of a range, both inside; None for all.
    colour, edge
        ``#rrggbb``.
    width
        Of an outline or a line, or the size of a marker, in millimetres.
    alpha
        1 for opaque.
    marker
        Shape of a marker: a symbol of the maps, or a name that QGIS knows.
    is_dashed
        Whether a line is broken.
    is_hatched
        Whether an area has oblique lines of its colour, not a colour: the pattern of no data.
    """

    label: str
    value: str | tuple[float, float] | None
    colour: str
    edge: str = EDGE
    width: float = 0.3
    alpha: float = 1.0
    marker: str = ""
    is_dashed: bool = False
    is_hatched: bool = False


@dataclass(frozen=True, slots=True)
class LayerLook:
    """One way to draw a layer.

    Attributes
    ----------
    title
        Name of the style.
    kind
        Areas, lines or points.
    attribute
        The column that classes; empty for one class.
    classes
        In the order of the legend.
    label
        The column whose text stands beside each feature; empty for none.
    """

    title: str
    kind: Kind
    attribute: str
    classes: tuple[ClassLook, ...]
    label: str = ""


def looks_of(assessment: Assessment, name: str, found: Collection[str], language: Language
             ) -> tuple[LayerLook, ...]:  # fmt: skip
    """Return the ways to draw a layer, the first by default.

    Parameters
    ----------
    name
        Of the layer.
    found
        Codes of its classes that occur: roads, and shares at other thresholds as column names.
    """
    title = word(f"gis_{name}", language)
    if name == "villages":
        has_nobody = (assessment.study.villages["population"] == 0).any()
        nobody = word("map_nobody", language) if has_nobody else ""
        shares = tuple(
            share_look(column, text, nobody) for column, text in _shares(assessment, language)
        )
        return (*shares, _status(language))
    if name == "roads":
        return (LayerLook(title, "line", "road_class", tuple(_roads(found))),)
    areas = {"catchments": "reach", "unit_catchments": ""}
    if name in areas:
        return (LayerLook(title, "fill", areas[name], tuple(_reach(assessment, name, language))),)
    points = {"facilities": ("symbol", "facility_name"), "candidates": ("suitability", "rank")}
    attribute, label = points.get(name, ("", ""))
    classes = tuple(_points(assessment, name, language))
    return (LayerLook(title, "marker", attribute, classes, label),)


def share_look(column: str, title: str, nobody: str = "") -> LayerLook:
    """Return the classes of a share of the people, and the pattern of villages without people.

    >>> share_look("share", "Share", "nobody").classes[-1].value
    (-1.0, -1.0)
    """
    ends = itertools.pairwise((0.0, *SHARE.breaks, 100.0))
    classes = tuple(
        ClassLook(f"{low:.0f}-{high:.0f}%", (low, high), look.colour)
        for (low, high), look in zip(ends, SHARE.looks, strict=True)
    )
    if nobody:
        pattern = ClassLook(nobody, (UNKNOWN, UNKNOWN), PATTERN_INK, is_hatched=True)
        classes = (*classes, pattern)
    return LayerLook(title, "fill", column, classes, label="village_name")


def share_column(mode: str, minutes: float) -> str:
    """Return the column of the share of the people at a threshold that is not the headline.

    >>> share_column("foot", 30.0)
    'share_served_percent_foot_30'
    """
    return f"share_served_percent_{mode}_{minutes:g}"


def _shares(assessment: Assessment, language: Language) -> Iterable[tuple[str, str]]:
    """Yield the column and the title of the share at the headline threshold and at each other."""
    base, head = base_map(assessment, language), assessment.scenario.headline
    at = (head.mode, head.threshold_minutes)
    limits = sorted(assessment.scenario.thresholds,
                    key=lambda t: (t.mode, t.threshold_minutes) != at)  # fmt: skip
    for n, limit in enumerate(limits):
        column = share_column(limit.mode, limit.threshold_minutes) if n else "share_served_percent"
        yield column, f"{word('map_share', language)}: {limit_words(base, limit)}"


def _status(language: Language) -> LayerLook:
    classes = tuple(
        ClassLook(word(f"status_{state}", language), state, look.colour, edge=look.edge)
        for state, look in STATUS.looks.items()
    )
    title = word("layer_status", language)
    return LayerLook(title, "fill", "unit_status", classes, label="village_name")


def _reach(assessment: Assessment, name: str, language: Language) -> Iterable[ClassLook]:
    """Return a class for each mode and threshold, the longest first: it lies beneath."""
    if name == "unit_catchments":
        look = reach_look(assessment.scenario.headline.mode, 0)
        title = word("gis_unit_catchments", language)
        return [ClassLook(title, None, look.colour, edge=look.colour, alpha=REACH_ALPHA)]
    base, order = base_map(assessment, language), dict[str, int]()
    found = []
    for limit in assessment.scenario.thresholds:
        order[limit.mode] = order.get(limit.mode, -1) + 1
        look = reach_look(limit.mode, order[limit.mode])
        code = f"{limit.mode} {limit.threshold_minutes:g}"
        found.append(ClassLook(limit_words(base, limit), code, look.colour, edge=look.colour,
                               alpha=REACH_ALPHA))  # fmt: skip
    return found[::-1]


def _roads(found: Collection[str]) -> Iterable[ClassLook]:
    """Yield a class for each class of roads that occurs; each keeps the name it has in the data."""
    for name in sorted(found):
        look = next((r for r in ROADS if name.removesuffix("_link") in r.classes), WAY)
        width, colour = look.screen
        yield ClassLook(name, name, colour, width=round(width * PER_PIXEL_MM, 2))


def _points(assessment: Assessment, name: str, language: Language) -> Iterable[ClassLook]:
    """Return the classes of a layer of points."""
    if name == "facilities":
        return _facilities(assessment, language)
    if name == "candidates":
        return _candidates(language)
    title = word("gis_demand_points", language)
    return [ClassLook(title, None, PEOPLE, edge=PEOPLE, width=DOT_MM, marker="circle")]


def _facilities(assessment: Assessment, language: Language) -> Iterable[ClassLook]:
    texts = unit_words(base_map(assessment, language)) | {"other": word("layer_other", language)}
    for name, text in texts.items():
        colour = SYMBOLS[name].colour
        yield ClassLook(text, name, colour, width=MARKER_MM, marker=f"symbol {name}")


def _candidates(language: Language) -> Iterable[ClassLook]:
    for name, sign in SIGN_OF.items():
        colour, edge = SYMBOLS[name].colour, HOUSE_EDGE
        yield ClassLook(code_word(name, language), name, colour, edge=edge, width=HOUSE_MM,
                        marker=sign)  # fmt: skip


def as_rgba(colour: str, alpha: float = 1.0) -> str:
    """Return a colour as QGIS writes it.

    >>> as_rgba("#ff8000"), as_rgba("#666", 0.5)
    ('255,128,0,255', '102,102,102,128')
    """
    digits = colour.removeprefix("#")
    full = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    parts: list[Any] = [int(full[n : n + 2], 16) for n in (0, 2, 4)]
    return ",".join(map(str, [*parts, round(255 * alpha)]))
