"""How much of a slide is covered: pictures and tables whole, of texts the lines that hold letters."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

STEP, INCH, LETTER, LINE, POINTS = 0.1, 914_400, 0.55, 1.2, 72


def covered_share(slide: Any, show: Any) -> float:
    """Return the share of a slide that pictures, tables and lines of text take."""
    wide, high = show.slide_width / INCH, show.slide_height / INCH
    taken = np.zeros((round(high / STEP), round(wide / STEP)), bool)
    for shape in slide.shapes:
        left, top, width, height = (
            value / INCH for value in (shape.left, shape.top, shape.width, shape.height)
        )
        if not shape.has_text_frame:
            take(taken, left, top, width, height)
            continue
        for paragraph in shape.text_frame.paragraphs:
            if not paragraph.runs:
                continue
            size = paragraph.runs[0].font.size.pt / POINTS
            letters = max(1, int(width / (size * LETTER)))
            lines = math.ceil(len(paragraph.text) / letters)
            for n in range(lines):
                own = min(letters, len(paragraph.text) - n * letters) * size * LETTER
                take(taken, left, top + n * size * LINE, own, size * LINE)
            top += lines * size * LINE + size / 3
    return float(taken.mean())


def take(taken: np.ndarray, left: float, top: float, width: float, height: float) -> None:
    """Mark a box as taken."""
    rows = slice(max(0, round(top / STEP)), round((top + height) / STEP))
    taken[rows, max(0, round(left / STEP)) : round((left + width) / STEP)] = True
