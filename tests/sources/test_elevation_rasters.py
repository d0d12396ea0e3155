"""Rasters of elevation as they come, written by GDAL: each with its right answer beside it.

The ground is a plane that rises 10 m for each cell of 50 m eastwards and 5 m for each southwards,
so that every height between, and every void filled from around it, can be worked out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyproj
import pytest

from batu_geo.domain.errors import SourceError
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.tables.elevation import sampled_elevation
from tests.toy import CORNER, UTM, town

rasterio = pytest.importorskip("rasterio")
Affine = rasterio.Affine
WEST, NORTH = CORNER[0] - 500, CORNER[1] + 500
UPRIGHT = Affine(50, 0, WEST, 0, -50, NORTH)
# A at cell 9.5 / 9.5, B 400 m east, C 300 m south.
ROADS = {"AB": "residential", "AC": "residential"}
FOOT = 0.3048


def roads():
    return replace(town("A   B\n\n\nC", ROADS), crs=UTM)


def plane(rows: int = 40, columns: int = 40) -> np.ndarray:
    row, column = np.mgrid[:rows, :columns]
    return 500 + 10.0 * column + 5.0 * row


def expected() -> np.ndarray:
    """Return the height of the plane at every vertex of the roads."""
    xy = roads().line_xy
    return 500 + 10 * ((xy[:, 0] - WEST) / 50 - 0.5) + 5 * ((NORTH - xy[:, 1]) / 50 - 0.5)


def written(
    cells: np.ndarray, *, kind: str = "float32", name: str = "dem.tif", crs: Any = UTM,
    to_crs: Any = UPRIGHT, bands: int = 1, scale: float = 1.0, offset: float = 0.0, unit: str = "",
    **options: Any,
) -> Opened:  # fmt: skip
    rows, columns = cells.shape
    with rasterio.MemoryFile() as memory:
        with memory.open(driver="GTiff", height=rows, width=columns, count=bands, dtype=kind,
                         crs=crs, transform=to_crs, **options) as file:  # fmt: skip
            for band in range(1, bands + 1):
                file.write(cells.astype(kind), band)
            if scale != 1 or offset:
                file.scales, file.offsets = (scale,), (offset,)
            if unit:
                file.units = (unit,)
        return Opened(name, bytes(memory.getbuffer()))


def holed(value: float, kind: str = "float32", **options: Any) -> list[Opened]:
    """Return the plane with one cell of another value at a corner of the junction A."""
    cells = plane()
    cells[10, 10] = value
    return [written(cells, kind=kind, **options)]


def plane_in(crs: str, step: float, *, rows: int = 400, columns: int = 400) -> Opened:
    """Return the plane on cells of another projection, a tenth of a cell of the first one wide."""
    out_of = pyproj.Transformer.from_crs(UTM, crs, always_xy=True)
    into = pyproj.Transformer.from_crs(crs, UTM, always_xy=True)
    west, north = out_of.transform(WEST, NORTH)
    column, row = np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5)
    x, y = into.transform(west + step * column, north - step * row)
    heights = 500 + 10 * ((x - WEST) / 50 - 0.5) + 5 * ((NORTH - y) / 50 - 0.5)
    return written(heights, crs=crs, to_crs=Affine(step, 0, west, 0, -step, north))


def halves(shift: float = 0.0) -> list[Opened]:
    """Return the plane as two tiles whose seam runs between A and B, half a cell from neither."""
    cells = plane()
    east = Affine(50, 0, WEST + 14 * 50 + shift, 0, -50, NORTH)
    return [
        written(cells[:, :14], name="barat.tif"),
        written(cells[:, 14:], name="timur.tif", to_crs=east),
    ]


def turned() -> Opened:
    """Return the plane on cells turned by 30 degrees."""
    to_crs = Affine.translation(WEST - 300, NORTH) @ Affine.rotation(30) @ Affine.scale(25, -25)
    column, row = np.meshgrid(np.arange(160) + 0.5, np.arange(160) + 0.5)
    x, y = to_crs @ (column, row)
    heights = 500 + 10 * ((x - WEST) / 50 - 0.5) + 5 * ((NORTH - y) / 50 - 0.5)
    return written(heights, to_crs=to_crs)


GOOD = {
    "int16 in UTM, packed in blocks": lambda: [
        written(plane(), kind="int16", nodata=-32768, tiled=True, blockxsize=16, blockysize=16,
                compress="deflate")
    ],
    "degrees": lambda: [plane_in("EPSG:4326", 0.00005)],
    "another projection": lambda: [plane_in("EPSG:3395", 5.1)],
    "two tiles": halves,
    "metres said, and a vertical system": lambda: [
        written(plane(), crs="EPSG:32749+5773", unit="metre")
    ],
    "turned by 30 degrees": lambda: [turned()],
    "south on top": lambda: [
        written(plane()[::-1], to_crs=Affine(50, 0, WEST, 0, 50, NORTH - 40 * 50))
    ],
    "decimetres above 200 m": lambda: [
        written((plane() - 200) * 10, kind="int16", scale=0.1, offset=200)
    ],
    "feet by its unit": lambda: [written(plane() / FOOT, unit="ft")],
    "feet by its vertical system": lambda: [written(plane() / FOOT, crs="EPSG:32749+8228")],
}  # fmt: skip
HOLED = {
    "-9999 undeclared": (lambda: holed(-9999, "int16"), "known"),
    "-32768 undeclared": (lambda: holed(-32768, "int16"), "known"),
    "32767 undeclared": (lambda: holed(32767, "int16"), "known"),
    "-3.4e38 undeclared": (lambda: holed(-3.4028234663852886e38), "known"),
    "declared": (lambda: holed(-9999, nodata=-9999), "declared"),
    "not a number": (lambda: holed(np.nan), "declared"),
    "20,000 m": (lambda: holed(20_000), "impossible"),
    "-500 m": (lambda: holed(-500), "impossible"),
    "a void in feet that would be a height in metres": (
        lambda: [written(np.where(np.arange(1600).reshape(40, 40) == 410, 30_000, plane() / FOOT),
                         unit="ft")], "impossible"),
}  # fmt: skip
REFUSED = {
    "no coordinate system": (lambda: [written(plane(), crs=None)], "BG-115"),
    "a drawing board": (
        lambda: [written(plane(), crs=pyproj.CRS.from_wkt(
            'LOCAL_CS["papan",UNIT["metre",1],AXIS["x",EAST],AXIS["y",NORTH]]').to_wkt())],
        "BG-254"),
    "another datum": (lambda: [written(plane(), crs="EPSG:3001")], "BG-254"),
    "no place": (lambda: [written(plane(), to_crs=Affine.identity())], "BG-141"),
    "a picture": (lambda: [written(plane() / 10, kind="uint8", bands=3)], "BG-142"),
    "an unknown unit": (lambda: [written(plane(), unit="fathom")], "BG-144"),
    "depths": (lambda: [written(plane(), crs="EPSG:32749+5715")], "BG-144"),
    "tiles half a cell apart": (lambda: halves(25), "BG-145"),
    "an .hgt of another size": (lambda: [Opened("S08E112.hgt", b"\0" * 200)], "BG-143"),
    "an .hgt of another name": (lambda: [Opened("dem.hgt", b"\0" * 2 * 1201**2)], "BG-143"),
    "cut off": (lambda: [Opened("dem.tif", written(plane()).content[:3000])], "BG-109"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("case", GOOD)
def test_a_good_raster_is_read_as_it_means(case: str) -> None:
    found, notices = sampled_elevation(roads(), GOOD[case]())
    assert found.line_z == pytest.approx(expected(), abs=0.06)
    assert notices == []


@pytest.mark.parametrize("case", HOLED)
def test_a_void_is_counted_and_filled_from_around_it(case: str) -> None:
    tiles, reason = HOLED[case]
    found, notices = sampled_elevation(roads(), tiles())
    # The eight cells around it lie evenly on the plane: their mean is the plane.
    assert found.line_z == pytest.approx(expected(), abs=0.01)
    assert [n.code for n in notices] == ["BG-840"]
    counts = {"declared": 0, "known": 0, "impossible": 0, reason: 1}
    assert notices[0].values == {"count": 1, "total": 1600, "vertices": 2, **counts}


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_known_is_refused_by_name(case: str) -> None:
    tiles, code = REFUSED[case]
    with pytest.raises(SourceError, match=code) as caught:
        sampled_elevation(roads(), tiles())
    assert caught.value.problems[0].path in {"dem.tif", "timur.tif", "S08E112.hgt", "dem.hgt"}


def test_an_hgt_tile_stands_on_whole_degrees() -> None:
    side = 1201
    row, column = np.mgrid[:side, :side]
    heights = (row + 2 * column).astype(">i2")
    heights[0, 0] = -32768
    around = roads()
    found, notices = sampled_elevation(around, [Opened("S08E112.hgt", heights.tobytes())])
    lon, lat = pyproj.Transformer.from_crs(UTM, 4326, always_xy=True).transform(*around.line_xy.T)
    step = (-7 - lat) * 1200 + 2 * (lon - 112) * 1200
    assert found.line_z == pytest.approx(step, abs=0.01)
    assert notices == []


def test_a_raster_of_nothing_but_voids_leaves_the_roads_flat() -> None:
    found, notices = sampled_elevation(roads(), [written(np.full((40, 40), -9999.0))])
    assert np.isnan(found.line_z).all()
    assert [n.code for n in notices] == ["BG-840", "BG-810"]


def test_roads_beyond_the_raster_are_flat_and_counted() -> None:
    far = Affine(50, 0, WEST + 100_000, 0, -50, NORTH)
    found, notices = sampled_elevation(roads(), [written(plane(), to_crs=far)])
    assert np.isnan(found.line_z).all()
    assert notices[0].values == {"count": 4, "total": 4}


def test_no_height_is_known_far_inside_a_hole() -> None:
    """A is 60 cells from the nearest known cell, more than the 50 from which voids are filled."""
    cells = np.full((160, 160), -9999.0)
    cells[:, :10] = 500
    to_crs = Affine(50, 0, CORNER[0] - 70 * 50, 0, -50, CORNER[1] + 2000)
    found, notices = sampled_elevation(roads(), [written(cells, to_crs=to_crs)])
    assert np.isnan(found.line_z).all()
    assert [n.code for n in notices] == ["BG-840", "BG-810"]


def test_where_tiles_overlap_the_first_that_knows_a_height_gives_it() -> None:
    cells = plane()
    holed_first = cells.copy()
    holed_first[:, 20:] = -9999
    tiles = [written(holed_first, name="a.tif"), written(cells, name="b.tif")]
    found, notices = sampled_elevation(roads(), tiles)
    assert found.line_z == pytest.approx(expected(), abs=0.01)
    assert notices == []
