"""The whole line: from inputs to a run folder, the same bytes each time."""

from __future__ import annotations

import hashlib
import json
import math
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

import batu_geo as bg
from batu_geo.cli import cli
from batu_geo.domain.errors import EnvironmentFault, ScenarioError
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.geometry.geoparquet import geoparquet_frame
from batu_geo.verbs.excel_tables import write_excel_tables
from batu_geo.verbs.parquet_layers import write_parquet_layers
from batu_geo.verbs.plan import open_run
from tests.conftest import ROOT

if TYPE_CHECKING:
    from batu_geo.verbs.plan import Run

pytestmark = pytest.mark.slow

FILES = {
    "villages.csv", "city.csv", "gaps.csv", "candidates.csv", "catchments.geojson",
    "coverage.gpkg", "coverage.qgz", "map.html", "manifest.json", "tables",
}  # fmt: skip
GROUPS = ["served", "not_served", "unreachable", "cut_off", "not_snapped"]
BUFFER_M = 60  # catchment.buffer_m of the baseline
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def run(baseline_run: Run) -> Run:
    return baseline_run


@pytest.fixture(scope="module")
def sparse_run(sparse_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return bg.plan(data=sparse_study, out=tmp_path_factory.mktemp("outputs"))


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def visible(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name != ".cache"]


def test_a_run_folder_is_complete_and_named_by_what_went_in(run: Run) -> None:
    assert {path.name for path in run.folder.iterdir()} == FILES
    assert run.folder.name.startswith("baseline-")
    assert visible(run.folder.parent) == [run.folder.name]


def test_every_person_is_counted_in_every_table(run: Run) -> None:
    villages = run.villages
    assert len(villages) == 24 * 5
    assert (villages[GROUPS].sum(axis=1) == villages["population"]).all()
    assert (run.city[GROUPS].sum(axis=1) == 225_408).all()
    by_threshold = villages.groupby(["mode", "threshold_minutes"])["served"].sum()
    city = run.city.set_index(["mode", "threshold_minutes"])["served"]
    assert by_threshold.to_dict() == city.to_dict()


def test_the_six_villages_are_told_apart_by_every_criterion(run: Run) -> None:
    gaps = run.gaps
    assert gaps["rank"].tolist() == [1, 2, 3, 4, 5, 6]
    for criterion in (
        "mean_minutes", "people_beyond", "share_beyond_percent", "residents_per_posyandu",
    ):  # fmt: skip
        assert gaps[criterion].nunique() == 6, criterion
        assert gaps[f"value_{criterion}"].nunique() >= 5, criterion
    parts = gaps.filter(like="contribution_").sum(axis=1)
    assert parts.to_numpy() == pytest.approx(gaps["score"].to_numpy(), abs=1e-5)


def test_every_row_says_how_sure_it_is(run: Run) -> None:
    for table in (run.villages, run.city, run.gaps, run.candidates):
        assert table["evidence"].isin(bg_evidence()).all()
    assert set(run.gaps["evidence"]) == {"illustrative"}, "roads are made up"
    assert set(run.gaps["unit_evidence"]) == {"reported", "inferred"}


def bg_evidence() -> list[str]:
    return ["reported", "estimated", "inferred", "assumed", "illustrative"]


def test_reasons_quote_the_numbers_of_their_row(run: Run) -> None:
    for gap in run.gaps.to_dict("records"):
        beyond = f"{gap['people_beyond']:,.0f}".replace(",", ".")
        assert gap["village_name"] in gap["reason"]
        assert f"{beyond} jiwa" in gap["reason"]
        assert "menit berjalan kaki" in gap["reason"]


def test_refused_buildings_say_why_and_unknown_is_to_be_verified(run: Run) -> None:
    sites = run.candidates.set_index("site_id")
    refused = sites[sites["suitability"] == "refused"]
    assert refused["why_not"].notna().all()
    assert refused["rank"].isna().all()
    office = sites.loc["KEL-35.79.01.1002"]
    assert office["suitability"] == "to_verify"
    assert office["verify"] == "land_status; condition; floor_area_m2; rooms"
    best = sites[sites["rank_in_village"] == 1]
    assert set(best["village_id"]) == set(run.gaps["village_id"])
    assert best.sort_values("rank")["people_gained"].is_monotonic_decreasing


def test_catchments_are_nested_polygons(run: Run) -> None:
    reach = gpd.read_file(run.folder / "catchments.geojson")
    assert reach.geometry.is_valid.all()
    assert reach["threshold_minutes"].tolist() == [15, 30, 5, 10, 15]
    metres = reach.to_crs("EPSG:32749")
    for _, rows in metres.groupby("mode"):
        shapes = rows.sort_values("threshold_minutes").geometry.to_list()
        for inner, outer in zip(shapes, shapes[1:], strict=False):
            # Corners are eighths of a circle, so one may stick out by the height of its arc.
            arc = BUFFER_M * (1 - math.cos(math.pi / 8))
            assert shapely.difference(inner, outer.buffer(arc)).area < 0.1


def test_the_geopackage_holds_every_layer(run: Run) -> None:
    layers = {name for name, _ in pyogrio.list_layers(run.folder / "coverage.gpkg")}
    assert layers == {"villages", "facilities", "candidates", "demand_points", "catchments",
                      "unit_catchments", "roads", "layer_styles"}  # fmt: skip
    people = gpd.read_file(run.folder / "coverage.gpkg", layer="demand_points")
    assert people["population"].sum() == 225_408


def test_the_manifest_names_inputs_scenario_versions_and_outputs(run: Run) -> None:
    manifest = run.manifest
    assert set(manifest["inputs"]) == {
        "population", "villages", "facilities", "buildings", "roads", "indicators", "figures",
        "staffing", "profiles", "costs",
    }  # fmt: skip
    for card in manifest["inputs"].values():
        assert len(card["sha256"]) == 64
        assert card["evidence"] in bg_evidence()
    assert manifest["outputs"] == {
        name: sha for name, sha in hashes(run.folder).items() if name != "manifest.json"
    }
    assert manifest["scenario"]["headline"] == {"mode": "foot", "threshold_minutes": 15.0}
    assert str(Path.home()) not in json.dumps(manifest)


def test_the_reported_figures_that_differ_are_printed_beside_ours(run: Run) -> None:
    texts = [n["text"] for n in run.manifest["notices"] if n["code"] == "BG-803"]
    assert any("191 di tabel, 193 dilaporkan" in text for text in texts)


@pytest.mark.slow
def test_a_second_run_elsewhere_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    again = bg.plan(out=tmp_path / "lain")
    assert again.is_new
    assert hashes(again.folder) == hashes(run.folder)


@pytest.mark.slow
def test_shuffled_inputs_give_the_same_bytes_but_for_their_hashes(
    sparse_run: Run, sparse_copy: Path, tmp_path: Path
) -> None:
    rng = random.Random(7)
    for path in [*sparse_copy.glob("*.geojson"), sparse_copy / "boundaries/desa_kelurahan.geojson"]:
        document = json.loads(path.read_text(encoding="utf-8"))
        rng.shuffle(document["features"])
        path.write_text(json.dumps(document), encoding="utf-8")
    for path in sparse_copy.glob("*.csv"):
        head, *rows = path.read_text(encoding="utf-8").splitlines()
        rng.shuffle(rows)
        path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    shuffle_ways(sparse_copy / "roads" / "jalan_ilustratif.osm.pbf", rng)
    again = bg.plan(data=sparse_copy, out=tmp_path / "lain")
    before, after = hashes(sparse_run.folder), hashes(again.folder)
    differ = {name for name in before if before[name] != after[name]}
    assert differ == {"manifest.json"}
    one, other = sparse_run.manifest, again.manifest
    for manifest in (one, other):
        for card in manifest["inputs"].values():
            del card["sha256"]
    assert one == other


def shuffle_ways(path: Path, rng: random.Random) -> None:
    objects: list[Any] = []
    for item in osmium.FileProcessor(str(path)):
        mutable = osmium.osm.mutable.Node if item.is_node() else osmium.osm.mutable.Way
        tags = dict(item.tags)
        if item.is_node():
            location = (item.location.lon, item.location.lat)
            objects.append(mutable(id=item.id, location=location, tags=tags))
        else:
            nodes = [node.ref for node in item.nodes]
            objects.append(mutable(id=item.id, nodes=nodes, tags=tags))
    rng.shuffle(objects)
    objects.sort(key=lambda item: hasattr(item, "nodes") and item.nodes is not None)
    path.unlink()
    with osmium.SimpleWriter(str(path)) as writer:
        for item in objects:
            if item.__class__ is osmium.osm.mutable.Node:
                writer.add_node(item)
            else:
                writer.add_way(item)


def test_a_run_that_exists_is_shown_not_computed(sparse_run: Run, sparse_study: Path) -> None:
    assert sparse_run.is_new
    stamp = (sparse_run.folder / "map.html").stat().st_mtime_ns
    again = bg.plan(data=sparse_study, out=sparse_run.folder.parent)
    assert not again.is_new
    assert again.folder == sparse_run.folder
    assert (sparse_run.folder / "map.html").stat().st_mtime_ns == stamp
    pd.testing.assert_frame_equal(again.gaps, sparse_run.gaps)


@pytest.mark.slow
def test_again_computes_it_anew(sparse_run: Run, sparse_study: Path, tmp_path: Path) -> None:
    first = shutil.copytree(sparse_run.folder, tmp_path / sparse_run.folder.name)
    (first / "gaps.csv").write_text("spoilt")
    again = bg.plan(data=sparse_study, out=tmp_path, again=True)
    assert again.is_new
    assert again.folder == first
    assert hashes(first) == hashes(sparse_run.folder)
    assert visible(tmp_path) == [first.name]


def test_a_folder_that_cannot_be_written_is_one_line(sparse_study: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "berkas"
    blocked.write_text("not a folder")
    with pytest.raises(EnvironmentFault, match="BG-401"):
        bg.plan(data=sparse_study, out=blocked)


def test_a_fault_while_writing_leaves_nothing(
    sparse_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **rest: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("batu_geo.verbs.run_files.write_styled_gpkg", full)
    with pytest.raises(EnvironmentFault, match="penyimpanan penuh"):
        bg.plan(data=sparse_study, out=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_study_without_buildings_still_ranks_the_villages(
    sparse_copy: Path, tmp_path: Path
) -> None:
    empty = '{"type": "FeatureCollection", "features": []}'
    (sparse_copy / "buildings.geojson").write_text(empty)
    (sparse_copy / "costs.csv").write_text("building_id,item,payer,period,rupiah\n")
    run = bg.plan(data=sparse_copy, out=tmp_path)
    assert len(run.gaps) == 6
    assert run.candidates.empty
    assert run.gaps["best_site_id"].isna().all()
    assert sum(n["code"] == "BG-807" for n in run.manifest["notices"]) == 6


def test_a_study_without_any_facility_leaves_everybody_unreachable(
    sparse_copy: Path, tmp_path: Path
) -> None:
    empty = '{"type": "FeatureCollection", "features": []}'
    (sparse_copy / "facilities.geojson").write_text(empty)
    for name in ("staffing", "profiles"):
        head = (sparse_copy / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        (sparse_copy / f"{name}.csv").write_text(f"{head}\n", encoding="utf-8")
    run = bg.plan(data=sparse_copy, out=tmp_path)
    assert len(run.gaps) == 24
    assert (run.city["unreachable"] == 225_408).all()
    assert run.gaps["mean_minutes"].isna().all()
    for name in ("gaps", "villages"):
        assert "inf" not in (run.folder / f"{name}.csv").read_text().replace("\n", ",").split(",")


def test_when_every_village_has_a_unit_nothing_is_ranked(sparse_copy: Path, tmp_path: Path) -> None:
    path = sparse_copy / "facilities.geojson"
    document = json.loads(path.read_text(encoding="utf-8"))
    villages = pd.read_csv(sparse_copy / "population.csv", dtype=str)["village_id"]
    point = document["features"][0]["geometry"]
    for village_id in villages:
        unit = {"facility_id": f"NEW-{village_id}", "facility_name": "Unit baru", "kind": "UPKDK"}
        unit |= {"village_id": village_id, "status": "active"}
        feature = {"type": "Feature", "properties": unit, "geometry": point}
        document["features"].append(feature)
    path.write_text(json.dumps(document), encoding="utf-8")
    run = bg.plan(data=sparse_copy, out=tmp_path)
    assert run.gaps.empty
    assert (run.candidates["suitability"] == "refused").all()


def test_a_village_far_from_every_road_is_listed_and_counted(
    sparse_copy: Path, tmp_path: Path
) -> None:
    """With a snap limit of 1 cm only people on the line itself are snapped: all of them."""
    run = bg.plan(data=sparse_copy, out=tmp_path, overrides=["snapping.refuse_m=0.01"])
    assert (run.city[GROUPS].sum(axis=1) == 225_408).all()


@pytest.mark.parametrize("name", ["gaps", "city"])
def test_golden_results(run: Run, name: str, request: pytest.FixtureRequest) -> None:
    """What the embedded study says today; `--update-golden` after a change that means it."""
    path, found = GOLDEN / f"{name}.csv", run.folder / f"{name}.csv"
    if request.config.getoption("--update-golden"):
        path.write_bytes(found.read_bytes())
    assert found.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


def test_the_run_can_be_opened_again_and_shows_itself(run: Run) -> None:
    again = open_run(run.folder)
    assert "srcdoc" in again.map._repr_html_()
    assert np.isclose(again.gaps["score"], run.gaps["score"]).all()


def test_steps_are_told_in_the_language_of_the_run(sparse_study: Path, tmp_path: Path) -> None:
    told: list[str] = []
    bg.plan(data=sparse_study, out=tmp_path, language="en", progress=told.append)
    assert told[0] == "reading and checking the data"
    assert told[-1] == "writing results"
    assert str(ROOT) not in "".join(told)


def test_layers_as_geoparquet_stand_beside_a_run(baseline_run: Run, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is an extra")
    run = Path(shutil.copytree(baseline_run.folder, tmp_path / baseline_run.folder.name))
    folder = write_parquet_layers(run)
    names = [name for name, kind in pyogrio.list_layers(run / "coverage.gpkg") if kind]
    assert sorted(p.stem for p in folder.glob("*.parquet")) == sorted(names)
    for name in names:
        beside = gpd.read_parquet(folder / f"{name}.parquet")
        layer = gpd.read_file(run / "coverage.gpkg", layer=name)
        assert list(beside.columns) == list(layer.columns)
        assert beside.crs == layer.crs
        assert beside.geometry.geom_equals(layer.geometry).all()
    assert hashes(write_parquet_layers(run)) == hashes(folder)


def test_without_pyarrow_geoparquet_says_how_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("batu_geo.sources.geometry.geoparquet.find_spec", lambda _: None)
    for ask in (lambda: write_parquet_layers(tmp_path / "run"),
                lambda: geoparquet_frame(Opened("desa.parquet", b"PAR1"))):  # fmt: skip
        with pytest.raises(EnvironmentFault, match=r"BG-498.*batu_geo\[parquet\]"):
            ask()
    out = tmp_path / "out"
    said = CliRunner().invoke(cli, ["plan", "--geoparquet", "--out", str(out)])
    assert (said.exit_code, out.exists()) == (6, False), "before it works"


def test_tables_for_excel_stand_beside_a_run_that_stays_as_it_is(
    baseline_run: Run, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(baseline_run.folder, tmp_path / baseline_run.folder.name))
    before = hashes(run)
    folder = write_excel_tables(run)
    assert folder.name == f"{run.name}-excel-id"
    names = {p.relative_to(run).as_posix() for p in run.rglob("*.csv")}
    assert {p.relative_to(folder).as_posix() for p in folder.rglob("*.csv")} == names
    first = (folder / "gaps.csv").read_bytes()
    assert first.startswith(b"\xef\xbb\xbfrank;")
    assert hashes(run) == before
    assert hashes(write_excel_tables(run)) == hashes(folder)
    with pytest.raises(ScenarioError, match="BG-454"):
        open_run(folder)
