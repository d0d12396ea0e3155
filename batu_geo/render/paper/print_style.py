"""Ink, sizes and settings of print; the colours of classes are in the palette of all maps."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

FONT = "DejaVu Sans"
MM = 1 / 25.4
POINT_MM = 25.4 / 72

# Nothing on paper is set smaller than this, in points.
SMALLEST_SIZE = 6.0
OUTSIDE = "#f7f5ef"
EDGE, HATCH_INK = "#3d3d3d", "#333333"
INK = "#222222"

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
