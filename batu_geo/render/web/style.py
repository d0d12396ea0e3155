"""Colours, widths and symbols: one palette for every picture, safe for colour-blind readers."""

from __future__ import annotations

import math
from typing import Any

STATUS_FILL = {"open": "#dbe9f4", "closed": "#fee6b8", "none": "#f4a582"}
STATUS_EDGE = {"open": "#7a8b99", "closed": "#9a7a20", "none": "#a63603"}
SHARE_BREAKS = (20.0, 40.0, 60.0, 80.0)
SHARE_FILL = ("#fde0c5", "#facba6", "#b9d6c9", "#6fb0a4", "#2b7f82")
CATCHMENT_FILL = {"foot": ("#1b7837", "#7fbf7b"), "motorcycle": ("#54278f", "#807dba", "#bcbddc")}
OTHER_CATCHMENT_FILL = ("#08519c", "#6baed6", "#c6dbef")
DOTS = {"served": "#2b7f82", "fresh": "#6a2c8f", "beyond": "#d95f02"}
MINUTES_BREAKS = (5.0, 10.0, 15.0, 30.0)
MINUTES_FILL = ("#a9d3c9", "#d3e8d5", "#f6ecc9", "#fbcf9f", "#d98c5f")
NO_DATA_FILL = "#d9d9d9"
CERTAINTY_FILL = {
    "certainly_within": "#6fb0a4",
    "depends": "#f3e3a3",
    "certainly_beyond": "#d98c5f",
}
REFERRAL: dict[str, dict[str, Any]] = {
    "puskesmas": {"color": "#1f4e8c", "weight": 3, "opacity": 0.9},
    "hospital": {"color": "#7a1f5c", "weight": 3, "opacity": 0.9, "dashArray": "7 6"},
}
UNCONNECTED = "#c51b7d"
ROAD_GROUPS = (
    # name, highway classes, width in pixels, colour
    ("main", ("motorway", "trunk", "primary"), 3.0, "#8c6d4f"),
    ("secondary", ("secondary",), 2.4, "#9c8468"),
    ("tertiary", ("tertiary",), 1.8, "#a89a88"),
    ("local", ("unclassified", "residential", "living_street", "service", "road"), 0.9, "#b3b0ab"),
    ("path", ("track", "path", "footway", "steps", "pedestrian", "cycleway"), 0.7, "#c4bfae"),
)

_PLUS = '<path d="M10 5v10M5 10h10" stroke="{ink}" stroke-width="2.6"/>'
_SVG = '<svg viewBox="0 0 20 20" width="{size}" height="{size}" role="img">{body}</svg>'


def _svg(body: str, size: int = 18) -> str:
    return _SVG.format(body=body, size=size)


SYMBOLS = {
    "unit_open": _svg(
        '<circle cx="10" cy="10" r="8.5" fill="#00695c" stroke="#fff" stroke-width="1.5"/>'
        + _PLUS.format(ink="#fff")
    ),
    "unit_closed": _svg(
        '<circle cx="10" cy="10" r="8" fill="#fff" stroke="#00695c" stroke-width="2" '
        'stroke-dasharray="3 2"/>' + _PLUS.format(ink="#00695c")
    ),
    "PUSKESMAS": _svg(
        '<rect x="2" y="2" width="16" height="16" rx="2" fill="#1f4e8c" stroke="#fff" '
        'stroke-width="1.5"/>' + _PLUS.format(ink="#fff")
    ),
    "RUMAH_SAKIT": _svg(
        '<rect x="2" y="2" width="16" height="16" rx="8" fill="#7a1f5c" stroke="#fff" '
        'stroke-width="1.5"/><path d="M7 5v10M13 5v10M7 10h6" stroke="#fff" stroke-width="2.2"/>'
    ),
    "other": _svg('<circle cx="10" cy="10" r="6" fill="#666" stroke="#fff" stroke-width="1.5"/>'),
    "refused": _svg(
        '<path d="M5 5l10 10M15 5L5 15" stroke="#555" stroke-width="2.6" stroke-linecap="round"/>',
        14,
    ),
}


def candidate_symbol(rank: int, *, is_certain: bool, is_illustrative: bool) -> str:
    """Return a numbered house: grey where to be verified, dashed where made up."""
    fill = "#e6ab02" if is_certain else "#f7f1d7"
    dash = ' stroke-dasharray="3 2"' if is_illustrative else ""
    size = 9 if rank < 100 else 7
    return _svg(
        f'<path d="M10 1 19 8v11H1V8z" fill="{fill}" stroke="#3d2f00" stroke-width="1.4"{dash}/>'
        f'<text x="10" y="16" text-anchor="middle" font-size="{size}" font-weight="700" '
        f'fill="#3d2f00">{rank:d}</text>',
        24,
    )


def share_colour(percent: float) -> str:
    """Return the fill of a share: each class includes its upper break."""
    return SHARE_FILL[sum(percent > limit for limit in SHARE_BREAKS)]


def minutes_colour(minutes: float) -> str:
    """Return the fill of a trip: each class includes its upper break; grey where unknown."""
    if math.isnan(minutes):
        return NO_DATA_FILL
    return MINUTES_FILL[sum(minutes > limit for limit in MINUTES_BREAKS)]


def catchment_colours(mode: str, count: int) -> tuple[str, ...]:
    """Return one colour a threshold, the shortest darkest."""
    ramp = CATCHMENT_FILL.get(mode, OTHER_CATCHMENT_FILL)
    return tuple(ramp[min(n, len(ramp) - 1)] for n in range(count))
