"""`fleet init`, `check` and `status`: one file a table becomes a study of each region."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner

from batu_geo.cli import cli
from batu_geo.domain.errors import Problem, SourceError
from batu_geo.fleet.card import Fleet
from batu_geo.fleet.tasks import failed
from batu_geo.sources.study.study_files import StudyFiles
from tests.fleet.province import REGIONS, write_province

if TYPE_CHECKING:
    from pathlib import Path


def begun(tmp_path: Path, *more: str) -> tuple[Path, object]:
    files = write_province(tmp_path)
    pairs = [f"--from={name}={path}" for name, path in files.items() if name != "codes"]
    words = [
        "fleet",
        "init",
        str(tmp_path / "jatim"),
        "--code=35",
        f"--area-codes={files['codes']}",
    ]
    return tmp_path / "jatim", CliRunner().invoke(cli, [*words, *pairs, "--yes", *more])


@pytest.mark.slow
def test_a_province_becomes_ordinary_studies(tmp_path: Path) -> None:
    folder, said = begun(tmp_path)
    assert said.exit_code == 0, said.output
    assert "BG-649 faskes.csv: 1 baris tidak berada di wilayah mana pun: 8" in said.output
    assert f"3 wilayah di {folder}" in said.output
    fleet = Fleet.at(folder)
    assert (fleet.card.code, fleet.card.title, list(fleet.regions())) == (
        "35", "Jawa Timur", list(REGIONS),
    )  # fmt: skip
    assert fleet.scenario_file().is_file()
    ids: list[str] = []
    for code, study in fleet.regions().items():
        card = StudyFiles.at(study).card
        assert (card.code, card.title) == (code, REGIONS[code])
        assert len(gpd.read_file(study / card.villages.path)) == 4
        units = gpd.read_file(study / card.facilities.path)
        assert units["facility_name"].str.contains(REGIONS[code]).all()
        assert card.villages.origin == "batas.geojson"
        ids += list(units["facility_id"])
        assert len(pd.read_csv(study / card.population.path)) == 4
    assert len(set(ids)) == 6, "an id is of one unit of the province"
    checked = CliRunner().invoke(cli, ["fleet", "check", str(folder), "--lang=en"])
    assert checked.exit_code == 3
    assert "0 of 3 regions without errors" in checked.output, "they have no roads yet"
    assert checked.output.count("roads.osm.pbf") == 3
    assert "35.79 error BG-1" in checked.output
    (folder / "regions" / "35.01" / "study.toml").write_text("name = 1")
    found = json.loads(CliRunner().invoke(cli, ["fleet", "check", str(folder), "--json"]).stdout)
    assert [len(region["errors"]) > 0 for region in found] == [True] * 3
    assert found[0]["title"] == "35.01"


@pytest.mark.slow
def test_faults_of_all_regions_are_said_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    files = write_province(tmp_path)
    lines = files["population"].read_text().splitlines()
    lines[2], lines[10] = lines[2].replace("1100", "-5"), lines[10].replace(",1", ",x1")
    files["population"].write_text("\n".join(lines))
    words = ["fleet", "init", str(tmp_path / "jatim"), "--yes", "--lang=en"]
    pairs = [f"--from={name}={files[name]}" for name in ("villages", "population")]
    said = CliRunner().invoke(cli, [*words, *pairs])
    assert said.exit_code == 3, said.output
    assert "35.01: penduduk.csv, row 3" in said.output
    assert "35.79: penduduk.csv, row 11" in said.output
    assert not (tmp_path / "jatim").exists()


@pytest.mark.slow
def test_status_says_what_is_there_and_why_the_rest_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "jatim"
    folder.mkdir()
    (folder / "fleet.toml").write_text('name = "jatim"\ntitle = "Jawa Timur"\ncode = "35"\n')
    fleet = Fleet.at(folder / "fleet.toml")
    with pytest.raises(SourceError, match="BG-648"):
        fleet.regions()
    run = CliRunner().invoke
    assert "Belum ada hasil" in run(cli, ["fleet", "status", str(folder)]).output
    ledger = fleet.ledger()
    ledger.put("measures-35.01-aa", b"PAR1")
    ledger.fail(failed("measures-35.02-bb", Problem("BG-213", "jalan.osm")))
    ledger.record({"measures": ["measures-35.01-aa", "measures-35.02-bb", "measures-35.79-cc"]})
    said = run(cli, ["fleet", "status", str(folder), "--lang=en"]).output
    assert said.split("\n")[3].split()[-6:] == ["of", "each", "region", "1", "3", "1"]
    assert "measures-35.02-bb: BG-213 jalan.osm: there is no usable road" in said
    (record,) = json.loads(run(cli, ["fleet", "status", str(folder), "--json"]).stdout)
    assert (record["there"], record["wanted"]) == (1, 3)


@pytest.mark.parametrize("pairs", [["--from=villages"], ["--from=facilities=a"], ["--from=x=a"]])
def test_options_that_say_too_little_are_refused(tmp_path: Path, pairs: list[str]) -> None:
    said = CliRunner().invoke(cli, ["fleet", "init", str(tmp_path / "x"), *pairs])
    assert (said.exit_code, "--from villages=FILE" in said.output) == (2, True)


@pytest.mark.slow
def test_pages_say_the_tables_of_the_last_run_and_lead_to_each_region(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is an extra")
    from batu_geo.fleet.part_files import write_tables
    from batu_geo.sources.study.scenarios import read_scenario
    from batu_geo.verbs.of_fleet.fleet_pages import national_data
    from tests.browser.test_nation_page import small_nation

    folder, _ = begun(tmp_path)
    fleet, run = Fleet.at(folder), CliRunner().invoke
    assert "BG-651" in run(cli, ["fleet", "pages", str(folder)]).output
    headline, small = read_scenario(fleet.scenario_file()).headline, small_nation()
    villages = small.villages.replace({"35.03": "35.79"}).astype({"band": "Int64"})
    served = villages["population"] - villages.pop("people_beyond")
    covered = villages.drop(columns="geometry").assign(
        served=served, mode=headline.mode, threshold_minutes=headline.threshold_minutes
    )
    regions = small.regions.replace({"35.03": "35.79"}).rename(columns={"units": "open_units"})
    tables = {"villages": villages, "coverage": pd.DataFrame(covered), "regions": regions[:2]}
    ledger = fleet.ledger()
    ledger.put("national-all-00", b"PAR1")
    ledger.record({"merge": ["national-all-00"]})
    (ledger.folder.parent / "national-all-00").mkdir()
    tables["villages"] = villages[villages["region"] != "35.79"]
    write_tables(tables, {"missing": ["35.79"]}, ledger.folder.parent / "national-all-00")
    own = folder / "regions" / "35.02" / "outputs" / "baseline-peta"
    own.mkdir(parents=True)
    (own / "index.html").write_text("<!DOCTYPE html>")
    data = national_data(fleet, "id")
    assert data.links == {"35.02": "regions/35.02/outputs/baseline-peta/index.html"}
    assert data.villages["people_beyond"].sum() == 3600
    assert list(data.regions["title"]) == ["Pacitan", "Ponorogo"]
    assert set(data.regions["evidence"]) == {"assumed"}
    said = run(cli, ["fleet", "pages", str(folder), "-q"])
    assert said.output.strip() == str(folder / "index.html")
    page = (folder / "index.html").read_text()
    assert "2 dari 3 wilayah" in page
    assert "halaman ini: 35.79" in page
