"""One void that nobody declared, through the whole plan of a small town."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from batu_geo.cli import cli
from tests.toy import CORNER, CRS
from tests.toy_study import TABLE, write_toy_study

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
rasterio = pytest.importorskip("rasterio")


def planned(folder: Path, cells: np.ndarray) -> tuple[pd.DataFrame, str]:
    """Return the villages of a plan on these heights, cells of 100 m, and what was said."""
    study = write_toy_study(
        folder / "study",
        "A         K",
        {"AK": "residential"},
        villages={"v.1": ((-1, -1, 5, 1), 50), "v.2": ((5, -1, 11, 1), 50)},
        units={"v.1": (0, 0)},
        buildings={"E": (10, 0)},
    )
    to_crs = rasterio.Affine(100, 0, CORNER[0] - 500, 0, -100, CORNER[1] + 1000)
    rows, columns = cells.shape
    with rasterio.open(study / "dem.tif", "w", driver="GTiff", height=rows, width=columns,
                       count=1, dtype="int16", crs=CRS, transform=to_crs) as file:  # fmt: skip
        file.write(cells.astype("int16"), 1)
    with (study / "study.toml").open("a") as card:
        card.write(TABLE.format(table="elevation", path="dem.tif"))
    done = CliRunner().invoke(
        cli, ["plan", "baseline", "--data", str(study), "--out", str(folder / "out"),
              "--lang", "en"]
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    (table,) = (folder / "out").glob("*/villages.csv")
    return pd.read_csv(table), done.output


def test_an_undeclared_void_is_filled_counted_and_moves_no_figure(tmp_path: Path) -> None:
    """A plane of 500 m with one cell of -9999 under the street, as without it.

    Read as a height it was a cliff of ten kilometres and a mean of 48 million minutes.
    """
    cells = np.full((20, 20), 500)
    flat, quiet = planned(tmp_path / "flat", cells)
    cells[9:11, 8] = -9999
    found, said = planned(tmp_path / "void", cells)
    pd.testing.assert_frame_equal(found, flat)
    on_foot = found[(found["mode"] == "foot") & (found["threshold_minutes"] == 15)]
    assert on_foot["mean_travel_time_min"].tolist() == pytest.approx([3, 9], abs=0.1)
    assert "BG-840" not in quiet
    assert "BG-840" in said
