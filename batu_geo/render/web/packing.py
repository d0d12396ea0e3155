"""Numbers and shapes as short text: what a page carries instead of asking a server."""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def packed(values: NDArray[np.uint16]) -> str:
    """Return numbers of 16 bits as base64 of deflated steps.

    Each number is stored as the step from the one before (modulo 65 536), small steps
    either way as small numbers (zigzag), all low bytes before all high ones: neighbours
    are alike, so this takes a quarter of the room. `explorer_unpack.js` reads it.

    >>> unpacked(packed(np.array([7, 5, 65535, 0], np.uint16))).tolist()
    [7, 5, 65535, 0]
    """
    flat = np.ascontiguousarray(values, dtype=np.uint16).ravel()
    step = np.diff(flat, prepend=np.uint16(0)).astype(np.int16)
    zigzag = ((step >> 15) ^ (step << 1)).astype(np.uint16)
    planes = np.r_[(zigzag & 0xFF).astype(np.uint8), (zigzag >> 8).astype(np.uint8)]
    return base64.b64encode(zlib.compress(planes.tobytes(), 9)).decode("ascii")


def packed_text(text: str) -> str:
    """Return text as base64 of its deflated UTF-8 bytes; `unpack_text.js` reads it."""
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode("ascii")


def unpacked(text: str) -> NDArray[np.uint16]:
    """Return what `packed` was given, as one row."""
    planes = np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8).astype(np.uint16)
    low, high = np.split(planes, 2)
    zigzag = low | (high << np.uint16(8))
    step = (zigzag >> np.uint16(1)) ^ -(zigzag & np.uint16(1))
    return np.cumsum(step, dtype=np.uint16)
