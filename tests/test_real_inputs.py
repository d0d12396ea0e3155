"""The same command on real boundaries and on a real OpenStreetMap extract."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import batu_geo as bg
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
