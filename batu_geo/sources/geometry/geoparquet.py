"""Read the one layer of a GeoParquet file, with an extra package."""

from __future__ import annotations

import io
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import EnvironmentFault, Problem

if TYPE_CHECKING:
    import geopandas as gpd

    from batu_geo.sources.files.opening import Opened

# What a layer of a city has many times over, and far from what short of memory would be.
MOST_CELLS, LARGEST_BYTES = 20_000_000, 2**29


def require_pyarrow(name: str) -> None:
    """Refuse a GeoParquet file where nothing can read or write it.

    Parameters
    ----------
    name
        Of the file or folder, in the message.

    Raises
    ------
    EnvironmentFault
        When pyarrow is not installed (BG-498).
    """
    if find_spec("pyarrow") is None:
        raise EnvironmentFault(Problem("BG-498", name))


def geoparquet_frame(opened: Opened) -> gpd.GeoDataFrame:
    """Return the layer of a file whose size its own directory says before it is read.

    Raises
    ------
    EnvironmentFault
        When pyarrow is not installed.
    SourceError
        When it would hold more cells or bytes than a layer of a city.
    """
    require_pyarrow(opened.name)
    import geopandas as gpd  # noqa: PLC0415 - heavy
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415 - an extra

    about = ParquetFile(io.BytesIO(opened.content)).metadata
    size = sum(about.row_group(n).total_byte_size for n in range(about.num_row_groups))
    if about.num_rows * about.num_columns > MOST_CELLS or size > LARGEST_BYTES:
        reason = f"{about.num_rows} x {about.num_columns} cells > {MOST_CELLS}"
        raise opened.error("BG-109", reason=reason)
    with warnings.catch_warnings(action="ignore"):
        content: Any = io.BytesIO(opened.content)  # its types know of paths alone
        return gpd.read_parquet(content)
