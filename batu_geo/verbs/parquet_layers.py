"""`plan --geoparquet`: the layers of a run once more, as GeoParquet."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from batu_geo.runs import MANIFEST, outputs_of, put_run, write_json
from batu_geo.sources.geometry.geoparquet import require_pyarrow

if TYPE_CHECKING:
    from pathlib import Path

FORM = "geoparquet"


def write_parquet_layers(run: Path) -> Path:
    """Write every layer of `coverage.gpkg` into a folder beside a run, and return that folder.

    Raises
    ------
    EnvironmentFault
        When pyarrow is not installed.
    """
    require_pyarrow(f"{run.name}-{FORM}")
    import pyogrio  # noqa: PLC0415 - heavy

    layers = run / "coverage.gpkg"

    def fill(aside: Path) -> None:
        for name, geometry in pyogrio.list_layers(layers):
            if geometry is not None:
                with warnings.catch_warnings(action="ignore"):
                    table = pyogrio.read_dataframe(layers, layer=name)
                table.to_parquet(aside / f"{name}.parquet", index=False, schema_version="1.1.0")
        write_json({"run": run.name, "layers": FORM, "outputs": outputs_of(aside)},
                   aside / MANIFEST)  # fmt: skip

    return put_run(run.parent, f"{run.name}-{FORM}", fill)
