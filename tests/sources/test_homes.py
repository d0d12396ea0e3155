"""People where they live: cells shared by area, footprints by their own, totals exact.

Two square villages of 1 km, a west of b, in metres. The raster has cells of 500 m whose columns
begin 250 m west of a::

    column      0          1     2          3     4
    a           half       all   half
    b                            half       all   half

Values by column 4, 8, 6, 2, 10 in the upper row, none (a void) in the lower one. So a has
4/2 + 8 + 6/2 = 13 and b 6/2 + 2 + 10/2 = 10: of 130 people of a, 20, 80, 30.
"""

from __future__ import annotations

import json

import numpy as np
import pytest

from batu_geo.access.demand import demand_from_places
from batu_geo.domain.errors import BatuGeoError, DataError
from batu_geo.planning.study import PeoplePlaces
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.tables.population_places import read_footprints, read_population_raster
from tests.toy import CORNER, CRS, TO_DEGREES, villages

rasterio = pytest.importorskip("rasterio")
pytest.importorskip("exactextract")
CELL = 500.0
UPPER = [4.0, 8, 6, 2, 10]
VOID = -99999.0


def raster(rows: list[list[float]], *, west: float = -250.0, crs: str | None = CRS) -> Opened:
    """Return a GeoTIFF of cells of 500 m whose corner is `west` of that of the villages."""
    values = np.array(rows, dtype="float32")
    shift = rasterio.transform.from_origin(CORNER[0] + west, CORNER[1], CELL, CELL)
    with rasterio.MemoryFile() as memory:
        with memory.open(
            driver="GTiff", height=values.shape[0], width=values.shape[1], count=1,
            dtype="float32", crs=crs, transform=shift, nodata=VOID,
        ) as image:  # fmt: skip
            image.write(values, 1)
        return Opened("penduduk.tif", bytes(memory.getbuffer()))


def by_village(places: PeoplePlaces) -> list[float]:
    return np.bincount(places.village, places.weight, minlength=2).tolist()


def test_a_cell_on_a_border_counts_on_both_sides_by_its_area() -> None:
    area = villages(a=130, b=100)
    places, _ = read_population_raster(raster([UPPER, [VOID] * 5]), area)
    assert by_village(places) == pytest.approx([13, 10])
    assert sorted(places.weight[places.village == 0]) == pytest.approx([2, 3, 8])
    assert places.evidence == "estimated"


def test_people_of_a_village_are_shared_out_whole_and_exactly() -> None:
    area = villages(a=130, b=101)
    places, _ = read_population_raster(raster([UPPER, [VOID] * 5]), area)
    found = demand_from_places(
        area, places.xy, places.village, places.weight, evidence=places.evidence
    )
    people = found.groupby("village_id")["population"]
    assert people.sum().to_dict() == {"a": 130, "b": 101}
    assert sorted(people.get_group("a")) == [20, 30, 80]
    assert set(found["evidence"]) == {"estimated"}


def test_places_are_the_middles_of_cells_in_metres() -> None:
    places, _ = read_population_raster(raster([UPPER, [VOID] * 5]), villages(a=1, b=1))
    expected = [(CORNER[0] + 250 + CELL * n - 250, CORNER[1] - 250) for n in (0, 1, 2)]
    assert places.xy[places.village == 0] == pytest.approx(np.array(expected), abs=1e-6)


def test_negative_values_voids_and_zeros_hold_nobody() -> None:
    places, _ = read_population_raster(
        raster([[-5.0, 8, 0, 2, VOID], [VOID] * 5]), villages(a=1, b=1)
    )
    assert places.weight.tolist() == [8, 2]


def test_a_raster_in_degrees_counts_the_same_people() -> None:
    """Cells of about a hundred metres with one person each: some hundred on a square kilometre."""
    west, north = TO_DEGREES.transform(CORNER[0] - 500, CORNER[1] + 500)
    step = 0.001
    with rasterio.MemoryFile() as memory:
        with memory.open(
            driver="GTiff", height=25, width=35, count=1, dtype="float32", crs="EPSG:4326",
            transform=rasterio.transform.from_origin(west, north, step, step),
        ) as image:  # fmt: skip
            image.write(np.ones((25, 35), "float32"), 1)
        source = Opened("penduduk.tif", bytes(memory.getbuffer()))
    found = by_village(read_population_raster(source, villages(a=1, b=1))[0])
    cells = 1_000 / (step * 110_300) * 1_000 / (step * 110_600)
    assert found == pytest.approx([cells, cells], rel=0.02)
    assert found[0] == pytest.approx(found[1], rel=1e-3)


def test_a_village_outside_the_raster_keeps_its_people_inside_its_outline() -> None:
    area = villages(a=7, b=9)
    places, _ = read_population_raster(raster([[4.0], [4.0]], west=0), area)
    assert set(places.village.tolist()) == {0}
    found = demand_from_places(area, places.xy, places.village, places.weight, evidence="estimated")
    lonely = found[found["village_id"] == "b"]
    assert lonely["population"].tolist() == [9]
    assert area.geometry.iloc[1].contains(lonely.geometry.iloc[0])


def test_an_empty_raster_places_nobody_and_loses_nobody() -> None:
    area = villages(a=7, b=9)
    places, _ = read_population_raster(raster([[VOID] * 5] * 2), area)
    assert len(places.weight) == 0
    found = demand_from_places(area, places.xy, places.village, places.weight, evidence="estimated")
    assert found["population"].sum() == 16


@pytest.mark.parametrize("content", [b"II*\x00", b"II*\x00" + b"\xff" * 500])
def test_a_broken_raster_is_one_fault(content: bytes) -> None:
    with pytest.raises(BatuGeoError, match="BG-109"):
        read_population_raster(Opened("rusak.tif", content), villages(a=1))


def test_a_raster_without_a_coordinate_system_is_refused() -> None:
    with pytest.raises(BatuGeoError, match="BG-115"):
        read_population_raster(raster([UPPER], crs=None), villages(a=1))


# Footprints.


def footprints(*squares: tuple[float, float, float]) -> Opened:
    """Return square buildings: metres east and south of the corner of the villages, and side."""
    features = []
    for east, south, side in squares:
        ring = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)]
        x, y = np.array([(CORNER[0] + east + a, CORNER[1] - south - b) for a, b in ring]).T
        coordinates = [list(pair) for pair in zip(*TO_DEGREES.transform(x, y), strict=True)]
        features.append({"type": "Feature", "properties": {"id": "x"},
                         "geometry": {"type": "Polygon", "coordinates": [coordinates]}})  # fmt: skip
    document = {"type": "FeatureCollection", "features": features}
    return Opened("bangunan.geojson", json.dumps(document).encode())


HOUSES = [(100, 100, 10), (300, 100, 20), (1_500, 400, 10), (5_000, 400, 10)]


def test_footprints_count_by_their_area_in_the_village_they_stand_in() -> None:
    """100 and 400 m2 in a, 100 in b; the one outside both is left out. Of 50: 10 and 40."""
    area = villages(a=50, b=3)
    places = read_footprints(footprints(*HOUSES), area)
    assert places.village.tolist() == [0, 0, 1]
    assert places.weight == pytest.approx([100, 400, 100], rel=1e-6)
    found = demand_from_places(area, places.xy, places.village, places.weight, evidence="estimated")
    assert found["population"].tolist() == [10, 40, 3]


def test_the_order_of_buildings_changes_no_byte() -> None:
    twins = [*HOUSES, (300, 100, 20), (995, 500, 10)]
    one, two = (
        read_footprints(footprints(*houses), villages(a=1, b=1)) for houses in (twins, twins[::-1])
    )
    for name in ("xy", "village", "weight"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes()


def test_a_building_counts_once_though_villages_overlap() -> None:
    area = villages(a=1, b=1)
    area.geometry = [area.geometry.iloc[0].union(area.geometry.iloc[1]), area.geometry.iloc[1]]
    places = read_footprints(footprints((1_500, 400, 10)), area)
    assert places.village.tolist() == [0]


def test_no_building_in_any_village_places_nobody() -> None:
    places = read_footprints(footprints((5_000, 400, 10)), villages(a=1))
    assert places.xy.shape == (0, 2)
    assert len(places.weight) == 0


def test_every_faulty_outline_is_named() -> None:
    broken = {"type": "Feature", "properties": {"id": "g7"},
              "geometry": {"type": "Polygon", "coordinates": [[[112, -7], [112.1, -7]]]}}  # fmt: skip
    document = {"type": "FeatureCollection", "features": [broken, {**broken, "geometry": None}]}
    with pytest.raises(DataError) as caught:
        read_footprints(Opened("b.geojson", json.dumps(document).encode()), villages(a=1))
    assert [(p.code, p.feature) for p in caught.value.problems] == [("BG-207", 1), ("BG-202", 2)]
