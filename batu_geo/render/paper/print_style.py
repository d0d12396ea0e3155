"""Ink for paper: colours that colour-blind readers tell apart, hatching for copies in grey."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

FONT = "DejaVu Sans"
MM = 1 / 25.4
POINT_MM = 25.4 / 72

# Share served, worst to best: dark red to dark blue, the densest hatching where it is worst.
SHARE_BREAKS = (20.0, 40.0, 60.0, 80.0)
SHARE_FILL = ("#c7433b", "#f2a07c", "#fbe6d4", "#abd3e6", "#3b8bc2")
SHARE_HATCH = ("xxxx", "////", "//", "...", "")
STATUS_FILL = {"open": "#d1e5f0", "closed": "#fee090", "none": "#f4a582"}
STATUS_HATCH = {"open": "", "closed": "...", "none": "////"}
REACH_FILL = ("#2166ac", "#92c5de", "#e3eef5")
REACH_HATCH = ("", "//", "..")
OUTSIDE = "#f7f5ef"
EDGE, HATCH_INK = "#3d3d3d", "#333333"
UNIT, PUSKESMAS, HOSPITAL = "#00574b", "#1f3d7a", "#7a1f5c"
HOUSE = {"fit": "#f2c230", "to_verify": "#fffbe6", "refused": "#bdbdbd"}
INK = "#222222"
TO_PUSKESMAS, TO_HOSPITAL = "#1f3d7a", "#b35806"
ROADS = (
    # classes, width in points, colour
    (("motorway", "trunk", "primary", "secondary"), 1.1, "#8c6d4f"),
    (("tertiary",), 0.7, "#a08d74"),
    (("unclassified", "residential", "living_street", "service", "road"), 0.3, "#bdb5a8"),
)


def share_class(percent: float) -> int:
    """Return the class of a share, 0 the worst; each class includes its upper break.

    >>> share_class(20), share_class(20.1), share_class(100)
    (0, 1, 4)
    """
    return sum(percent > limit for limit in SHARE_BREAKS)


SETTINGS: dict[str, Any] = {
    "font.family": FONT,
    "hatch.linewidth": 0.35,
    "svg.fonttype": "none",
    "svg.hashsalt": "batu_geo",
    "svg.image_inline": True,
    "text.parse_math": False,
    "text.usetex": False,
    "path.simplify": False,
}


@contextmanager
def printed() -> Iterator[None]:
    """Draw with the settings of print, whatever the reader's own settings are."""
    import matplotlib as mpl  # noqa: PLC0415 - heavy
    from matplotlib import rcParamsDefault  # noqa: PLC0415

    settings: Any = {
        name: value for name, value in rcParamsDefault.items() if not name.startswith("backend")
    }
    with mpl.rc_context():
        mpl.rcParams.update(settings | SETTINGS)
        yield
