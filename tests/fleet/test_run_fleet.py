"""A fleet on disk: three districts run apart are the city, and only what changed is made again."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from batu_geo.cli import cli
from batu_geo.domain.errors import ScenarioError, SourceError
from batu_geo.domain.tables import Villages
from batu_geo.fleet.engines import Loop, Processes
from batu_geo.fleet.input_files import road_file
from batu_geo.fleet.part_ledger import Ledger
from batu_geo.fleet.run_fleet import FleetInputs, FleetRun, run_fleet
from batu_geo.fleet.stages import nation, places
from batu_geo.sources.study.embedded import embedded_study
from tests.fleet.regions import settings, world
from tests.fleet.split_batu import write_fleet

if TYPE_CHECKING:
    from pathlib import Path

    from batu_geo.planning.assessment import Assessment

pytestmark = pytest.mark.slow
pytest.importorskip("pyarrow")


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> tuple[FleetInputs, Path, FleetRun]:
    """Return the fleet, its folder, and what a loop made of it."""
    root = tmp_path_factory.mktemp("fleet")
    inputs = write_fleet(root)
    return inputs, root, run_fleet(inputs, Ledger(root / "outputs" / "parts"), Loop())


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every table and part."""
    files = folder.rglob("*.parquet")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_districts_apart_are_the_city(
    fleet: tuple[FleetInputs, Path, FleetRun], baseline: Assessment
) -> None:
    folder = fleet[2].tables
    assert folder is not None
    assert (len(fleet[2].regions), fleet[2].total, fleet[2].failed) == (3, 3, {})
    keys = ["village_id", "mode", "threshold_minutes"]
    found = pd.read_parquet(folder / "coverage.parquet").set_index(keys).drop(columns="region")
    joint = baseline.villages.set_index(keys)[list(found)]
    pd.testing.assert_frame_equal(found.loc[joint.index], joint, check_exact=True)
    villages = gpd.read_parquet(folder / "villages.parquet")
    ranked = villages.dropna(subset="rank").sort_values("rank")
    assert ranked["village_id"].tolist() == baseline.gaps["village_id"].tolist()
    assert ranked["score"].tolist() == baseline.gaps["score"].tolist()
    sites = pd.read_parquet(folder / "buildings.parquet")
    gains = ["site_id", "rank", "people_gained", "person_minutes_saved"]
    best = pd.DataFrame(baseline.candidates)[gains]
    pd.testing.assert_frame_equal(sites[gains], best, check_dtype=False)
    one = gpd.read_parquet(folder / "villages.parquet", filters=[("region", "==", "35.79.02")])
    assert one["region"].unique().tolist() == ["35.79.02"]


def test_duckdb_reads_the_tables_by_region(fleet: tuple[FleetInputs, Path, FleetRun]) -> None:
    duckdb = pytest.importorskip("duckdb")
    folder = fleet[2].tables
    assert folder is not None
    asked, file = "select region, population from read_parquet(?)", folder / "villages.parquet"
    rows = duckdb.sql(asked, params=[str(file)]).fetchall()
    known = gpd.read_parquet(file)
    assert rows == list(zip(known["region"], known["population"], strict=True))
    assert rows == sorted(rows, key=lambda row: row[0]), "a region is in few groups of rows"


def test_processes_make_the_same_bytes_and_a_second_run_makes_nothing(
    fleet: tuple[FleetInputs, Path, FleetRun],
) -> None:
    inputs, root, first = fleet
    ledger = Ledger(root / "processes" / "parts")
    with Processes(2) as engine:
        second = run_fleet(inputs, ledger, engine)
    assert hashes(root / "processes") == hashes(root / "outputs")
    assert second.tables is not None
    assert first.tables is not None
    assert second.tables.name == first.tables.name
    made: list[object] = []
    assert run_fleet(inputs, ledger, Loop(), made.append) == second
    assert made == []
    assert list(ledger.recorded()) == ["read", "joint", "measures", "merge"]


def test_the_verb_says_how_many_regions_are_in_the_tables(
    fleet: tuple[FleetInputs, Path, FleetRun],
) -> None:
    card = 'version = "0.2"\nname = "batu"\ntitle = "Batu"\n'
    (fleet[1] / "fleet.toml").write_text(card, encoding="utf-8")
    said = CliRunner().invoke(cli, ["fleet", "run", str(fleet[1])])
    assert said.exit_code == 0, said.output
    lines = [" ".join(line.split()) for line in said.output.splitlines()]
    assert "3 dari 3 wilayah ada dalam tabel" in lines
    assert any(line.startswith("35.79.03 7 57.915 15.726 27,2") for line in lines)
    found = CliRunner().invoke(cli, ["fleet", "run", str(fleet[1]), "--json"])
    assert [row["region"][-1] for row in json.loads(found.stdout)["regions"]] == ["3", "1", "2"]
    refused = CliRunner().invoke(cli, ["fleet", "run", str(fleet[1]), "--engine", "dask"])
    assert (refused.exit_code, "BG-636" in refused.output) == (4, True)


def test_one_region_alone_has_the_numbers_of_all(
    fleet: tuple[FleetInputs, Path, FleetRun],
) -> None:
    inputs, root, first = fleet
    ledger, only = Ledger(root / "one" / "parts"), "35.79.02"
    run = run_fleet(inputs, ledger, Loop(), only=[only])
    assert (run.regions, run.failed) == ((only,), {})
    assert len(list(ledger.folder.glob("measures-*.parquet"))) == 1
    assert run.tables is not None
    assert first.tables is not None
    there, here = (
        pd.read_parquet(r.tables / "coverage.parquet", filters=[("region", "==", only)])
        for r in (first, run)
    )
    pd.testing.assert_frame_equal(there, here)
    with pytest.raises(ScenarioError, match=r"BG-652.*35\.79\.09"):
        run_fleet(inputs, ledger, Loop(), only=["35.79.09"])


def test_a_region_that_cannot_be_read_is_said_and_the_others_are_made(tmp_path: Path) -> None:
    inputs = write_fleet(tmp_path)
    (inputs.regions["35.79.02"] / "population.csv").write_text("village_id\n", encoding="utf-8")
    run = run_fleet(inputs, Ledger(tmp_path / "outputs" / "parts"), Loop())
    assert (run.regions, run.total) == (("35.79.01", "35.79.03"), 3)
    assert "population.csv" in run.failed["35.79.02"]["id"]
    assert run.tables is not None
    about = json.loads((run.tables / "regions.json").read_text(encoding="utf-8"))
    assert about == {"regions": ["35.79.01", "35.79.03"], "missing": ["35.79.02"]}


def test_a_road_file_takes_the_place_of_the_one_that_is_there(tmp_path: Path) -> None:
    write_fleet(tmp_path)
    (tmp_path / "fleet.toml").write_text('name = "batu"\ntitle = "Batu"\n', encoding="utf-8")
    found = next((embedded_study() / "roads").glob("*.pbf"))
    for name in ("a.osm.pbf", "b.osm.pbf"):
        shutil.copy(found, tmp_path / name)
        words = ["fleet", "roads", str(tmp_path), str(tmp_path / name)]
        assert CliRunner().invoke(cli, words).exit_code == 0
    assert road_file(tmp_path).name == "b.osm.pbf"
    kept = {p.name.rpartition("-")[0] for p in (tmp_path / "outputs" / "parts").glob("*.arrays")}
    assert kept == {"roads-all"}, "read when they are brought"
    refused = CliRunner().invoke(cli, ["fleet", "roads", str(tmp_path), str(tmp_path / "x.csv")])
    assert "BG-106" in refused.output
    assert road_file(tmp_path).name == "b.osm.pbf"


def test_without_one_road_file_nothing_is_begun(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="BG-635"):
        FleetInputs.at(tmp_path, {}, tmp_path)


def test_only_regions_that_a_change_reaches_have_another_part() -> None:
    studies, roads = world(4)
    first = next(iter(studies))
    villages = studies[first].villages
    more = villages.assign(population=villages["population"] + 7)
    changed = {**studies, first: replace(studies[first], villages=Villages(more))}
    before, after = (nation(s, roads, settings(4)) for s in (studies, changed))
    same = {
        code: all(
            np.array_equal(old, new, equal_nan=old.dtype.kind == "f")
            for old, new in zip(
                places(before, code).values(), places(after, code).values(), strict=True
            )
        )
        for code in studies
    }
    assert not same[first]
    assert sum(same.values()) >= 2
