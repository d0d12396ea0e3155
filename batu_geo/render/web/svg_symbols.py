"""Symbols of facilities and buildings as SVG, for the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batu_geo.render.cartography.symbols import HOUSE_EDGE, SYMBOLS, Symbol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.render.cartography.palette import Look

NO_DATA = "no-data"
PATTERNS = (
    '<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>'
    f'<pattern id="{NO_DATA}" width="7" height="7" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path fill="#fff" d="M0 0h7v7H0z"/>'
    '<path stroke="#5b6770" stroke-width="1.6" d="M0 0v7"/></pattern></defs></svg>'
)
RANK = "rank"  # sign of a legend
SIZE, HOUSE_SIZE, CROSS_SIZE = 18, 24, 14
WHITE_EDGE = 'stroke="#fff" stroke-width="1.5"'
BROKEN = 'stroke-dasharray="3 2"'
OUTLINES = {
    "disc": '<circle cx="10" cy="10" r="8.5" fill="{fill}" {edge}/>',
    "small disc": '<circle cx="10" cy="10" r="6" fill="{fill}" {edge}/>',
    "square": '<rect x="2" y="2" width="16" height="16" rx="2" fill="{fill}" {edge}/>',
    "rounded square": '<rect x="2" y="2" width="16" height="16" rx="8" fill="{fill}" {edge}/>',
}
HOLLOW = '<circle cx="10" cy="10" r="8" fill="#fff" stroke="{colour}" stroke-width="2" {broken}/>'
SIGNS = {
    "plus": '<path d="M10 5v10M5 10h10" stroke="{ink}" stroke-width="2.6"/>',
    "h": '<path d="M7 5v10M13 5v10M7 10h6" stroke="{ink}" stroke-width="2.2"/>',
    "x": '<path d="M6 6l8 8M14 6L6 14" stroke="{ink}" stroke-width="2.4"/>',
    "": "",
}
CROSS = (
    '<path d="M5 5l10 10M15 5L5 15" stroke="{colour}" stroke-width="2.6" stroke-linecap="round"/>'
)


def fill_of(look: Look) -> str:
    """Return what a shape of a page is filled with: a colour, or the pattern of `PATTERNS`.

    >>> from batu_geo.render.cartography.palette import MISSING, SHARE
    >>> fill_of(SHARE.looks[0]), fill_of(MISSING)
    ('#6b0f2a', 'url(#no-data)')
    """
    return f"url(#{NO_DATA})" if look.hatch else look.colour


def svg_symbol(name: str) -> str:
    """Return a symbol without a number; ``unit_asleep`` is a unit with nobody there now."""
    if name == "unit_asleep":
        return f'<span class="symbol asleep">{svg_symbol("unit_open")}</span>'
    symbol = SYMBOLS[name]
    colour = symbol.colour
    if symbol.shape == "cross":
        return _svg(CROSS.format(colour=colour), CROSS_SIZE)
    if symbol.is_hollow:
        outline, ink = HOLLOW.format(colour=colour, broken=BROKEN), colour
    else:
        outline, ink = OUTLINES[symbol.shape].format(fill=colour, edge=WHITE_EDGE), "#fff"
    return _svg(outline + SIGNS[symbol.sign].format(ink=ink), SIZE)


def svg_rank() -> str:
    """Return the badge of a rank as it stands before the name of a village."""
    return _svg(
        '<rect x="1" y="3" width="18" height="14" rx="7" fill="#a63603"/><text x="10" y="14.2" '
        'text-anchor="middle" font-size="12.5" font-weight="700" fill="#fff">1</text>',
        SIZE,
    )


def svg_swatch(look: Look) -> str:
    """Return the box of a class in a legend: its colour, or the pattern of no data."""
    return (
        '<svg viewBox="0 0 22 13" width="22" height="13" aria-hidden="true">'
        f'<rect x=".5" y=".5" width="21" height="12" fill="{fill_of(look)}" stroke="#7a8b99"/>'
        "</svg>"
    )


def svg_stroke(look: Look) -> str:
    """Return the line of a legend."""
    dash = ' stroke-dasharray="5 3"' if look.is_dashed else ""
    return (
        '<svg viewBox="0 0 22 13" width="22" height="13" aria-hidden="true">'
        f'<path d="M0 6.5h22" stroke="{look.colour}" stroke-width="3"{dash}/></svg>'
    )


def svg_house(symbol: Symbol, number: int, *, is_dashed: bool) -> str:
    """Return a house with its rank in it."""
    edge = HOUSE_EDGE
    dash = f" {BROKEN}" if is_dashed else ""
    size = 10 if number < 100 else 9.2  # at least 11 pixels on a screen
    return _svg(
        f'<path d="M10 1 19 8v11H1V8z" fill="{symbol.colour}" stroke="{edge}" '
        f'stroke-width="1.4"{dash}/>'
        f'<text x="10" y="16" text-anchor="middle" font-size="{size}" font-weight="700" '
        f'fill="{edge}">{number:d}</text>',
        HOUSE_SIZE,
    )


def candidate_symbol(row: Mapping[Any, Any]) -> str:
    """Return the house of a ranked building; broken where the building is made up."""
    symbol = SYMBOLS[row["suitability"]]
    return svg_house(symbol, int(row["rank"]), is_dashed=row["evidence"] == "illustrative")


def _svg(body: str, size: int) -> str:
    frame = f'viewBox="0 0 20 20" width="{size}" height="{size}"'
    return f'<svg {frame} aria-hidden="true">{body}</svg>'
