"""Rows of a file whose regions are all said by their codes need no place."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import shapely

from batu_geo.fleet.split_files import Outlines, _by_place


def test_where_every_row_names_its_region_no_place_is_looked_up() -> None:
    known = SimpleNamespace(matches=(), rows=SimpleNamespace(records=[{}], geometry=None))
    outlines = Outlines(np.array([shapely.box(112, -8, 113, -7)], dtype=object), ["35.79"])
    assert _by_place(known, ["35.01"], outlines) == ["35.01"]
