"""No file of a run, of its maps or of a pack depends on what is hidden.

The embedded study with its main roads is given made-up small counts, and once more other counts that are published
alike. Everything that is written and said must then be the same bytes: no number, rank, colour,
hash or log can hold what differs. A search for the counts themselves, by village and figure,
stands beside it.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from pptx import Presentation

from batu_geo.access.protected import Protected, protect
from batu_geo.cli import cli
from batu_geo.domain.contracts import INDICATOR_CARDS
from batu_geo.planning.study import as_changed
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario
from tests.how_many import is_all
from tests.test_brief import blank_maps

pytestmark = pytest.mark.slow

# By village, in the order of the study. Villages 3 and 13 are among the six without a unit.
FIGURES = {
    "children_under_5": [400 + 7 * n for n in range(24)],
    "stunted_children": [
        3, 41, 0, 35, 52, 4, 38, 29, 33, 1, 47, 26, 44, 2, 31, 28, 39, 36, 2, 3, 51, 27, 45, 30,
    ],
    "jkn_registered": [3_044 + 13 * n for n in range(24)],
    "jkn_active": [
        3_042, 2_610, 2_700, 2_711, 2_650, 2_803, 2_640, 2_510, 2_666, 2_777, 3_171, 2_690, 2_720,
        2_600, 2_811, 2_790, 2_688, 2_701, 2_644, 2_733, 3_303, 2_681, 2_655, 2_707,
    ],
    "poor_or_near_poor": [
        611, 2, 430, 515, 488, 703, 640, 3, 555, 432, 518, 4, 602, 477, 391, 620, 584, 533, 498, 1,
        566, 474, 590, 612,
    ],
    "over_60": [300 + 11 * n for n in range(22)] + [4, 2],
    "posyandu": [5 + n % 7 for n in range(24)],
    "posyandu_cadres": [60, 3, *(48 + 5 * (n % 9) for n in range(22))],
}  # fmt: skip
NEED = """
[[need]]
name = "stunted_percent"
weight = 0.2
none_at = 0
worst_at = 30
reason = "untuk uji"
[[need]]
name = "jkn_inactive_percent"
weight = 0.2
none_at = 0
worst_at = 40
reason = "untuk uji"
"""


# The time of a step of long work.
CLOCK = re.compile(r"\] \d+:\d\d")


def counts_of(folder: Path) -> pd.DataFrame:
    ids = load_study(folder).villages["village_id"]
    return pd.DataFrame({"village_id": ids.to_numpy(), **FIGURES})


def otherwise(villages: Any, counts: pd.DataFrame, protected: Protected) -> pd.DataFrame:
    """Return other counts that are published alike: one more in a hidden cell, one less in another.

    As many cells of each sum as the rule lets go, small ones first.
    """
    other = counts.copy()
    for name, figure in protected.figures.items():
        for rows, _ in figure.pools:
            left = sorted(rows.tolist(), key=lambda k: counts[name][k])
            while left:
                first = left.pop(0)
                for second, step in itertools.product(left, (1, -1)):
                    trial = other.copy()
                    trial.loc[first, name] += step
                    trial.loc[second, name] -= step
                    if protect(villages, trial).fingerprint() == protected.fingerprint():
                        other = trial
                        left.remove(second)
                        break
    return other


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory, sparse_study: Path) -> dict[str, Any]:
    """Return the counts, what may be published, and the outputs of both worlds with their logs."""
    home = tmp_path_factory.mktemp("hidden")
    folder = home / "study"
    shutil.copytree(sparse_study, folder)
    scenario = folder / "scenarios" / "baseline.toml"
    scenario.write_text(scenario.read_text(encoding="utf-8") + NEED, encoding="utf-8")
    one = counts_of(folder)
    villages = load_study(folder).villages
    protected = protect(villages, one)
    two = otherwise(villages, one, protected)
    assert protect(villages, two).fingerprint() == protected.fingerprint()
    found: dict[str, Any] = {"counts": one, "other": two, "protected": protected, "home": home}
    for name, counts in (("one", one), ("two", two)):
        counts.assign(evidence="illustrative").to_csv(folder / "indicators.csv", index=False)
        out, said = home / "outputs", []
        for verb in ("plan", "maps", "brief"):
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(home)
                if not is_all():  # the pages of `maps` show what the sheets of a pack do
                    patch.setattr("batu_geo.verbs.pack_files.pack_maps", blank_maps)
                more = ["--json"] if verb == "plan" else []
                done = CliRunner().invoke(cli, [verb, "--data", "study", *more])
            assert done.exit_code == 0, done.output
            said.append(CLOCK.sub("]", done.output))
        found[f"hash of {name}"] = hashlib.sha256((folder / "indicators.csv").read_bytes())
        out.rename(home / name)
        found[name], found[f"said of {name}"] = home / name, said
    return found


def files_of(folder: Path) -> dict[str, bytes]:
    kept = (path for path in folder.rglob("*") if path.is_file() and ".cache" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in kept}


def hidden_counts(worlds: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Return village, figure and count of every hidden cell."""
    counts, protected = worlds["counts"].set_index("village_id"), worlds["protected"]
    return [
        (protected.village_ids[row], name, int(counts[name].iloc[row]))
        for name, figure in protected.figures.items()
        for row in np.flatnonzero(figure.is_hidden)
    ]


def test_the_study_has_small_counts_of_every_kind(worlds: dict[str, Any]) -> None:
    """More than a dozen small ones, in several figures, and both worlds differ in their cells."""
    cells = hidden_counts(worlds)
    small = [cell for cell in cells if cell[2] < 5]
    assert len(small) > 10
    assert {name for _, name, _ in cells} >= {"stunted_children", "jkn_active", "over_60"}
    differs = (worlds["counts"] != worlds["other"]).sum().sum()
    assert differs > 10


def test_counts_that_are_published_alike_give_the_same_bytes(worlds: dict[str, Any]) -> None:
    """Tables, maps, explorer, workbook, slides, PDF, GeoPackage, manifest; and what was said."""
    one, two = files_of(worlds["one"]), files_of(worlds["two"])
    assert set(one) == set(two)
    kinds = {Path(name).suffix for name in one}
    assert kinds >= {".csv", ".geojson", ".gpkg", ".html", ".json", ".pdf", ".pptx", ".xlsx"}
    assert [name for name in one if one[name] != two[name]] == []
    assert worlds["said of one"] == worlds["said of two"]


def test_no_output_has_a_fingerprint_of_the_counts(worlds: dict[str, Any]) -> None:
    """Against the hash of the file every table that fits could be tried."""
    for content in files_of(worlds["one"]).values():
        for name in ("one", "two"):
            assert worlds[f"hash of {name}"].hexdigest().encode() not in content


def records_of(path: Path) -> list[dict[Any, Any]]:
    """Return the records of a file by column, as far as it has any."""
    readers = {
        ".csv": lambda: pd.read_csv(path, dtype=str).fillna("").to_dict("records"),
        ".geojson": lambda: [
            feature["properties"]
            for feature in json.loads(path.read_text(encoding="utf-8"))["features"]
        ],
        ".gpkg": lambda: [row for layer in layers_of(path) for row in layer.to_dict("records")],
        ".xlsx": lambda: [
            dict(enumerate(row))
            for sheet in openpyxl.load_workbook(path)
            for row in sheet.iter_rows(values_only=True)
        ],
        ".pptx": lambda: [
            {number: cell.text for number, cell in enumerate(row.cells)}
            for slide in Presentation(str(path)).slides
            for shape in slide.shapes if shape.has_table
            for row in shape.table.rows
        ],
        ".pdf": lambda: [
            dict(enumerate(re.split(r"\s{2,}", line.strip()))) for line in lines_of(path)
        ],
    }  # fmt: skip
    return readers[path.suffix]() if path.suffix in readers else []


def layers_of(path: Path) -> list[pd.DataFrame]:
    with contextlib.closing(sqlite3.connect(path)) as base:
        names = base.execute("select table_name from gpkg_contents").fetchall()
    # Styles stand beside the layers, in a table without geometry.
    layers = [pd.DataFrame(gpd.read_file(path, layer=name)) for (name,) in names]
    return [layer.drop(columns="geometry", errors="ignore") for layer in layers]


def lines_of(path: Path) -> list[str]:
    if shutil.which("pdftotext") is None:
        return []
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return done.stdout.decode().splitlines()


def test_no_record_of_a_village_and_a_figure_has_the_count(worlds: dict[str, Any]) -> None:
    """A record names the village and the figure, by code or in words; none of its cells is it."""
    study = worlds["home"] / "study"
    names = load_study(study).villages.set_index("village_id")["village_name"].to_dict()
    words = {name: {name, *words_of(name)} for name in INDICATOR_CARDS}
    cells = hidden_counts(worlds)
    read = found = 0
    for path in sorted(worlds["one"].rglob("*")):
        for record in records_of(path) if path.is_file() else ():
            values = [str(value) for value in record.values()]
            for village_id, figure, count in cells:
                if not {village_id, names[village_id]} & set(values):
                    continue
                if not words[figure] & set(values):
                    continue
                read += 1
                written = {str(count), f"{count}.0", f"{count:,}".replace(",", ".")}
                # The number of the strategy stands in the record once.
                usual = count == INDICATOR_CARDS[figure].strategy
                found += sum(value in written for value in values) > usual
    assert read >= len(cells), "the table of indicators is among them"
    assert found == 0


def words_of(name: str) -> set[str]:
    from batu_geo.render.text.column_headings import cell

    return {cell("indicator", name, language) for language in ("id", "en")}


def test_the_table_of_indicators_balances_and_marks_what_it_hides(worlds: dict[str, Any]) -> None:
    """A reader sees no count where one is hidden, and districts that add up to the city."""
    (path,) = worlds["one"].glob("baseline-*/tables/indicators.csv")
    table = pd.read_csv(path, dtype={"village_id": str})
    hidden = table[table["is_hidden"]]
    assert len(hidden) >= len(hidden_counts(worlds))
    assert hidden[["count", "rate"]].isna().all(axis=None)
    for name, rows in table.groupby("indicator"):
        totals = rows[rows["village_id"].isna()].set_index("village_name")["count"]
        assert totals["kota"] == worlds["counts"][name].sum()
        parts = totals.drop("kota").dropna()
        assert parts.sum() == totals["kota"], name


def test_nothing_of_a_study_leads_back_to_its_counts(worlds: dict[str, Any]) -> None:
    """Drawers are handed a study; whatever hangs on it holds no hidden count."""
    study = load_study(worlds["home"] / "study")
    assert isinstance(study.indicators, Protected)
    for figure in study.indicators.figures.values():
        assert np.isnan(figure.counts[figure.is_hidden]).all()
    assert [name for name in dir(study) if "raw" in name] == []


def test_a_check_prints_no_fingerprint_of_the_counts(sparse_copy: Path) -> None:
    """Of the study, of the file alone, and where the outlines cannot be read."""
    path = sparse_copy / "indicators.csv"
    counts_of(sparse_copy).assign(evidence="illustrative").to_csv(path, index=False)
    secret = hashlib.sha256(path.read_bytes()).hexdigest()
    shown = [["--data", sparse_copy], ["--data", sparse_copy, path, "--as", "indicators"]]
    for more in shown:
        done = CliRunner().invoke(cli, ["check", *map(str, more), "--json"])
        assert "indicators.csv" in done.output
        assert secret not in done.output
    sealed = CliRunner().invoke(cli, ["check", "--data", str(sparse_copy), "--seal"])
    assert sealed.exit_code == 0
    assert secret not in sealed.output
    assert secret in (sparse_copy / "study.toml").read_text(encoding="utf-8"), (
        "of the owner's files"
    )
    assert load_study(sparse_copy).hashes["indicators"] != secret
    (sparse_copy / "boundaries" / "desa_kelurahan.geojson").write_text("{}", encoding="utf-8")
    done = CliRunner().invoke(cli, ["check", "--data", str(sparse_copy), "--json"])
    assert "indicators.csv" in done.output
    assert secret not in done.output


def test_every_scenario_of_a_study_publishes_the_same_of_it(worlds: dict[str, Any]) -> None:
    study = load_study(worlds["home"] / "study")
    for name in ("torongrejo-buka", "jalan-putus"):
        changed = as_changed(study, load_scenario(name, study=study))
        assert changed.indicators is study.indicators
