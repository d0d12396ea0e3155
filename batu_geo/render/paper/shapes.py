"""Many shapes of a printed map as one artist: a patch for each costs ten times as much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.transforms import Affine2D

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.path import Path as Outline
    from numpy.typing import NDArray

Dashes = tuple[float, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Pen:
    """How shapes are filled and edged; the face "none" leaves them open.

    Dashes are an offset and lengths, in widths of the edge.
    """

    face: str
    edge: str
    width: float
    zorder: float
    hatch: str = ""
    dashes: Dashes | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A path in units of the axes, or one around the origin that is scaled and moved there."""

    path: Outline
    pen: Pen
    at: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0


def add_shapes(axes: Axes, shapes: Iterable[Shape]) -> None:
    """Draw shapes in their order, those of one height together."""
    heights: dict[float, list[Shape]] = {}
    for shape in shapes:
        heights.setdefault(shape.pen.zorder, []).append(shape)
    for zorder, drawn in heights.items():
        axes.add_artist(Shapes(drawn, zorder))


class Shapes(Artist):
    """Shapes of one height, drawn as a patch each would be."""

    def __init__(self, shapes: Sequence[Shape], zorder: float) -> None:
        super().__init__()
        self.shapes = shapes
        self.set_zorder(zorder)

    def draw(self, renderer: Any) -> None:
        """Draw every shape in a group of its own."""
        to_paper = self.get_transform().get_affine()
        pens: dict[Pen, Any] = {}
        for shape in self.shapes:
            pen = shape.pen
            if pen not in pens:
                pens[pen] = self._dipped(renderer, pen)
            face = None if pen.face == "none" else to_rgba(pen.face)
            renderer.open_group("patch")
            renderer.draw_path(pens[pen], shape.path, _moved(to_paper, shape), face)
            renderer.close_group("patch")

    def _dipped(self, renderer: Any, pen: Pen) -> Any:
        """Return a pen as the renderer holds it."""
        context = renderer.new_gc()
        context.set_linewidth(pen.width)
        context.set_capstyle("butt")
        context.set_joinstyle("miter")
        context.set_clip_rectangle(self.get_clip_box())
        edge = to_rgba(pen.edge)
        context.set_foreground(edge, isRGBA=True)
        if pen.hatch:
            context.set_hatch(pen.hatch)
            context.set_hatch_color(edge)
            context.set_hatch_linewidth(mpl.rcParams["hatch.linewidth"])
        if pen.width and pen.dashes is not None:
            offset, lengths = pen.dashes
            context.set_dashes(offset * pen.width, [length * pen.width for length in lengths])
        return context


def _moved(to_paper: Any, shape: Shape) -> Any:
    """Return the way of a shape to paper."""
    if shape.scale == 1.0 and shape.at == (0.0, 0.0):
        return to_paper
    (x, y), s = shape.at, shape.scale
    own: NDArray[np.float64] = np.array([[s, 0.0, x], [0.0, s, y], [0.0, 0.0, 1.0]])
    return Affine2D(np.dot(to_paper.get_matrix(), own))
