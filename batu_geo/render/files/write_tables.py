"""Tables and layers as files: the same bytes each time, no live formulas, no inf."""

from __future__ import annotations

import csv
import errno
import io
import json
import sqlite3
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from batu_geo.domain.cell_rows import CellRows, joined
from batu_geo.domain.numbers import filed_number
from batu_geo.domain.tables import geojson_text
from batu_geo.writing import gdal_dated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

DEGREE_STEP = 1e-6
# Of coordinates in a GeoPackage: millimetres.
METRE_DIGITS, DEGREE_DIGITS = 3, 8
# From here on 10 figures would not show every one of a whole number.
LONG = 1e10
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table for machines: decimal points, codes in English, empty where unknown.

    Unreachable (inf) is written as empty too; the counts beside it say so.
    Text that a spreadsheet would take for a formula gets a leading apostrophe.
    """
    path.write_bytes(csv_bytes(table))


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as the file that `write_csv` writes."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.itertuples(index=False, name=None):
        writer.writerow([_cell(value) for value in row])
    return file.getvalue().encode("utf-8")


def _cell(value: Any) -> str:
    if isinstance(value, CellRows):
        value = str(value)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if np.isinf(value):
        return ""
    number = filed_number(value)
    return f"{number:.10g}" if abs(number) < LONG else f"{number:.0f}"


def write_geojson(table: gpd.GeoDataFrame, path: Path) -> None:
    """Write a layer in WGS 84, one feature a line, wound as RFC 7946 says."""
    degrees = table.to_crs("EPSG:4326")
    shapes = shapely.set_precision(degrees.geometry.to_numpy(), DEGREE_STEP)
    names = [name for name in table.columns if name != table.geometry.name]
    lines = []
    for shape, row in zip(shapes, table[names].to_dict("records"), strict=True):
        geometry = geojson_text(shape).replace(",", ", ").replace(":", ": ")
        properties = {str(name): _plain(value) for name, value in row.items()}
        feature = {"type": "Feature", "properties": properties}
        text = json.dumps(feature, ensure_ascii=False, allow_nan=False)
        lines.append(f'{text[:-1]}, "geometry": {geometry}}}')
    text = '{"type": "FeatureCollection", "features": [\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def _plain(value: Any) -> Any:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    if isinstance(value, (np.floating, float)):
        return None if np.isinf(value) else filed_number(value)
    return value.item() if isinstance(value, np.generic) else value


def write_gpkg(layers: Mapping[str, gpd.GeoDataFrame], path: Path, *, date: str) -> None:
    """Write layers into one GeoPackage whose stamps all carry the date of the data.

    Raises
    ------
    OSError
        When it cannot be written whole, as on a full disk; GDAL has errors of its own for it.
    """
    from pyogrio.errors import DataLayerError, DataSourceError  # noqa: PLC0415 - only needed here

    try:
        _write_layers(layers, path, date)
    except (DataLayerError, DataSourceError) as error:
        raise OSError(errno.EIO, str(error), str(path)) from error
    _check_whole(path, {name: len(table) for name, table in layers.items()})


def write_plain_layer(
    table: pd.DataFrame, path: Path, name: str, *, date: str, id_column: str
) -> None:
    """Add a table without a geometry to a GeoPackage; its rows are numbered in `id_column`."""
    from pyogrio import write_dataframe  # noqa: PLC0415 - only needed here
    from pyogrio.errors import DataLayerError, DataSourceError  # noqa: PLC0415

    try:
        with gdal_dated(date):
            write_dataframe(table, path, layer=name, driver="GPKG",
                            layer_options={"FID": id_column})  # fmt: skip
    except (DataLayerError, DataSourceError) as error:
        raise OSError(errno.EIO, str(error), str(path)) from error
    _check_whole(path, {name: len(table)})


def _check_whole(path: Path, counts: Mapping[str, int]) -> None:
    """Read a GeoPackage back: GDAL does not say when its last bytes found no room."""
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        written = dict(database.execute("SELECT table_name, feature_count FROM gpkg_ogr_contents"))
        state = database.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        raise OSError(errno.EIO, str(error), str(path)) from error
    finally:
        database.close()
    if state != "ok" or not dict(counts).items() <= written.items():
        raise OSError(errno.EIO, "the GeoPackage is not whole", str(path))


def _write_layers(layers: Mapping[str, gpd.GeoDataFrame], path: Path, date: str) -> None:
    with gdal_dated(date):
        for name, table in layers.items():
            plain = joined(table.copy())
            for column in plain.columns:
                if pd.api.types.is_float_dtype(plain[column].dtype):
                    values = plain[column].astype(float).to_numpy()
                    filed = [np.nan if np.isinf(v) else filed_number(v) for v in values]
                    plain[column] = np.array(filed, dtype=np.float64)
            digits = METRE_DIGITS if plain.crs is None or plain.crs.is_projected else DEGREE_DIGITS
            plain = plain.set_geometry(_rounded(plain.geometry, digits))
            plain.to_file(path, layer=name, driver="GPKG", engine="pyogrio")


def _rounded(shapes: gpd.GeoSeries, digits: int) -> gpd.GeoSeries:
    """Return shapes whose coordinates are rounded: what lies beyond differs between machines."""
    return shapes.transform(lambda xy: np.round(xy, digits))
