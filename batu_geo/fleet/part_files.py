"""Parts of a fleet as bytes: arrays and tables in a parquet file, a column for each."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from batu_geo.sources.files.opening import Opened, open_input

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

ARRAYS, ABOUT = b"batu_geo.arrays", "regions.json"
# Of villages: a region of a few hundred is read by a few of such groups.
ROWS_TOGETHER = 2_000


def packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return arrays as a parquet file of one row; the same arrays are the same bytes.

    >>> content = packed({"ids": np.array(["a", "bc"]), "ms": np.array([[1.5], [2.0]])})
    >>> unpacked(Opened("part", content), ["ms"])["ms"].tolist()
    [[1.5], [2.0]]
    """
    import pyarrow as pa  # noqa: PLC0415 - an extra
    from pyarrow import parquet  # noqa: PLC0415

    kinds = {name: [array.dtype.str, array.shape] for name, array in arrays.items()}
    table = pa.table(
        {n: pa.array([np.ascontiguousarray(a).tobytes()], pa.large_binary())
         for n, a in arrays.items()},
        metadata={ARRAYS: json.dumps(kinds).encode()},
    )  # fmt: skip
    content = io.BytesIO()
    parquet.write_table(table, content, compression="zstd", write_statistics=False)
    return content.getvalue()


def unpacked(opened: Opened, names: Sequence[str] | None = None) -> dict[str, NDArray[Any]]:
    """Return the arrays of `packed`, or some of them by name."""
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    # Not `read_table`, which takes half a second to be imported.
    file = parquet.ParquetFile(io.BytesIO(opened.content))
    table = file.read(columns=None if names is None else list(names))
    kinds: dict[str, tuple[str, list[int]]] = json.loads(table.schema.metadata[ARRAYS])
    return {
        name: np.frombuffer(table[name][0].as_buffer(), np.dtype(kinds[name][0])).reshape(
            kinds[name][1]
        )
        for name in table.column_names
    }


def packed_tables(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Return tables as one file.

    >>> import pandas as pd
    >>> content = packed_tables({"units": pd.DataFrame({"id": ["a"], "people": [7]})})
    >>> unpacked_tables(Opened("part", content))["units"]["people"].tolist()
    [7]
    """
    contents = {name: table.to_parquet(index=False) for name, table in tables.items()}
    return packed({n: np.frombuffer(content, np.uint8) for n, content in contents.items()})


def unpacked_tables(opened: Opened) -> dict[str, pd.DataFrame]:
    """Return the tables of `packed_tables`."""
    import pandas as pd  # noqa: PLC0415 - heavy

    arrays = unpacked(opened)
    return {n: pd.read_parquet(io.BytesIO(array.tobytes())) for n, array in arrays.items()}


def write_tables(
    tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any], folder: Path
) -> None:
    """Write tables of all regions, sorted by region, and what is said about them.

    One with outlines is GeoParquet, of which a part is read by region or by place.
    """
    import geopandas as gpd  # noqa: PLC0415 - heavy

    for name, table in tables.items():
        path = folder / f"{name}.parquet"
        if isinstance(table, gpd.GeoDataFrame):
            table.to_parquet(
                path, index=False, compression="zstd", schema_version="1.1.0",
                write_covering_bbox=True, row_group_size=ROWS_TOGETHER,
            )  # fmt: skip
        else:
            table.to_parquet(path, index=False, compression="zstd")
    text = json.dumps(dict(about), ensure_ascii=False, indent=1)
    (folder / ABOUT).write_text(text, encoding="utf-8")


def opened_part(path: Path) -> Opened:
    """Open a part."""
    return open_input(path, name=path.name, table="fleet", suffixes=(".parquet",))
