"""The same command on real boundaries and on a real OpenStreetMap extract."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

import batu_geo as bg
from batu_geo.network.road_audit import (
    crossings_without_node,
    ends_at_border,
    ends_near_streets,
    roads_across,
    streets_drawn_twice,
)
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.roads.read_roads import read_roads
from batu_geo.verbs.check import Writes, run_check
from tests.made_up_city import make_merapi_study

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow


@pytest.mark.slow
def test_the_original_big_boundaries_run_in_place_of_ours(
    shared_data: Callable[[str], Path], study_copy: Path, tmp_path: Path
) -> None:
    real = shared_data("boundaries/big_kelurahan_35.79.geojson")
    shutil.copy(real, study_copy / "boundaries" / "big.geojson")
    card = study_copy / "study.toml"
    card.write_text(card.read_text().replace("boundaries/desa_kelurahan.geojson",
                                             "boundaries/big.geojson"))  # fmt: skip
    run = bg.plan(data=study_copy, out=tmp_path)
    assert len(run.gaps) == 6
    assert run.gaps["village_id"].iloc[0] == "35.79.01.2006"
    codes = [notice["code"] for notice in run.manifest["notices"]]
    assert codes.count("BG-808") == 1, "heights dropped with a notice"
    villages = bg.load_study(study_copy).villages
    assert villages["area_km2"].sum() == pytest.approx(194.15, abs=0.01)
    assert villages["village_name"].tolist()[0] == "Temas"
    assert set(villages["district_name"]) == {"Batu", "Bumiaji", "Junrejo"}
    assert (run.folder / "map.html").stat().st_size < 1_600_000


@pytest.mark.slow
def test_a_real_extract_with_made_up_villages_runs(
    shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    study = make_merapi_study(tmp_path / "merapi", shared_data("roads/merapi_sleman.osm.pbf"))
    run = bg.plan(data=study, out=tmp_path / "out")
    assert run.manifest["roads"]["edges"] > 4_000
    assert len(run.gaps) == 2
    groups = ["served", "not_served", "unreachable", "not_snapped"]
    assert (run.villages[groups].sum(axis=1) == run.villages["population"]).all()
    assert run.manifest["evidence"] == "illustrative"
    assert run.gaps["residents_per_posyandu"].isna().all(), "no figure, not zero"
    assert "BG-806" in json.dumps(run.manifest["notices"])


@pytest.mark.slow
def test_the_roads_of_a_real_extract_are_audited(
    shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    study = make_merapi_study(tmp_path / "merapi", shared_data("roads/merapi_sleman.osm.pbf"))
    answer = run_check(data=study, writes=Writes(map_file=tmp_path / "p.html"))
    audit = answer.card["road_audit"]
    assert audit["evidence"] == "reported"
    assert audit["counts"]["part"]["people"] == 3000 + 4500 + 6000 + 7500
    assert audit["roads_across"] > audit["counts"]["ends_at_border"]["n"] > 0
    drawing = ("end_near_street", "crossing_without_vertex", "drawn_twice")
    assert [audit["counts"][kind]["n"] for kind in drawing] == [0, 0, 0]
    assert (tmp_path / "p_roads.html").stat().st_size < 2_000_000


def test_the_faults_of_a_large_extract_are_found(shared_data: Callable[[str], Path]) -> None:
    """Porto, 98,107 edges: a step for each pair of streets would not end here."""
    content = shared_data("roads/porto_portugal.osm.pbf").read_bytes()
    roads = read_roads(Opened("porto.osm.pbf", content), crs="EPSG:32629")
    ends, crossings = ends_near_streets(roads), crossings_without_node(roads)
    assert (ends["metres"] <= 1).all()
    assert not ends["way_id"].empty
    assert not crossings.empty
    assert len(streets_drawn_twice(roads)) > 0
    area = shapely.box(*np.percentile(roads.node_xy, (25, 75), axis=0).ravel())
    assert roads_across(roads, area) > len(ends_at_border(roads, area))
