"""What a page carries comes out of it as it went in."""

from __future__ import annotations

import base64
import zlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from batu_geo.render.web.packing import packed, packed_text, unpacked

NUMBERS = st.lists(st.integers(0, 65535), max_size=200)


@given(NUMBERS)
def test_numbers_come_back(numbers: list[int]) -> None:
    assert unpacked(packed(np.array(numbers, np.uint16))).tolist() == numbers


def test_the_bytes_are_those_the_page_reads() -> None:
    """Steps 1, -1, 2 as zigzag 2, 1, 4: all low bytes, then all high ones."""
    planes = zlib.decompress(base64.b64decode(packed(np.array([1, 0, 2], np.uint16))))
    assert planes == bytes([2, 1, 4, 0, 0, 0])


def test_likeness_makes_it_short() -> None:
    rng = np.random.default_rng(1)
    steady = (600 + np.cumsum(rng.integers(-20, 21, 10_000))).astype(np.uint16)
    assert len(packed(steady)) < 0.5 * 2 * len(steady)


def test_rows_follow_each_other() -> None:
    table = np.array([[1, 2, 3], [4, 5, 65535]], np.uint16)
    assert unpacked(packed(table)).reshape(2, 3).tolist() == table.tolist()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_comes_back(text: str) -> None:
    assert zlib.decompress(base64.b64decode(packed_text(text))).decode() == text
