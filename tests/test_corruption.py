"""Any byte of any input may be wrong or missing: the same result, another, or one error.

By default a few offsets of each input; all 500 with ``--all-offsets``.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from batu_geo.checking.check_study import check_study
from batu_geo.domain.errors import BatuGeoError
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.verbs.check import Writes, run_check
from tests.malformed.runner import LONGEST_S, _at_most, run

pytestmark = pytest.mark.slow

INPUTS = {
    "population": "population.csv",
    "villages": "boundaries/desa_kelurahan.geojson",
    "facilities": "facilities.geojson",
    "buildings": "buildings.geojson",
    "roads": "roads/jalan_ilustratif.osm.pbf",
    "indicators": "indicators.csv",
    "staffing": "staffing.csv",
    "profiles": "profiles.csv",
    "figures": "facts/city_figures.csv",
    "scenario": "scenarios/baseline.toml",
}
FEW, ALL = 10, 500


@pytest.fixture
def offsets(request: pytest.FixtureRequest) -> int:
    return ALL if request.config.getoption("--all-offsets") else FEW


@pytest.mark.parametrize("table", INPUTS)
@pytest.mark.parametrize("harm", ["flip", "cut"])
def test_a_wrong_byte_or_a_cut_ends_in_one_error_or_a_table(
    table: str, harm: str, offsets: int, tmp_path: Path
) -> None:
    content = (embedded_study() / INPUTS[table]).read_bytes()
    path = tmp_path / Path(INPUTS[table]).name
    dice = random.Random(f"{table} {harm}")
    outcomes = set()
    for _ in range(offsets):
        at = dice.randrange(len(content))
        other = bytes([content[at] ^ dice.randrange(1, 256)])
        path.write_bytes(
            content[:at] if harm == "cut" else content[:at] + other + content[at + 1 :]
        )
        end = run(path, table)
        assert end.faults == [], (at, other)
        outcomes.add(end.outcome)
    assert "refused" in outcomes, "some harm must show"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = Path(shutil.copytree(embedded_study(), tmp_path_factory.mktemp("sealed") / "study"))
    run_check(data=study, writes=Writes(is_sealed=True))
    return study


@pytest.mark.parametrize("table", [table for table in INPUTS if table != "scenario"])
def test_with_a_fingerprint_every_wrong_byte_is_refused(
    table: str, offsets: int, sealed: Path
) -> None:
    """`check --seal` makes it certain: the same bytes or one error."""
    path = sealed / INPUTS[table]
    content = path.read_bytes()
    dice = random.Random(table)
    for number in range(max(2, offsets // 25)):
        at = dice.randrange(len(content))
        other = bytes([content[at] ^ dice.randrange(1, 256)])
        cut = content[: max(at, 1)]
        path.write_bytes(cut if number % 2 else content[:at] + other + content[at + 1 :])
        with _at_most(LONGEST_S), pytest.raises(BatuGeoError) as caught:
            load_study(sealed)
        assert len(caught.value.lines()) == 1
    path.write_bytes(content)


def test_with_every_byte_back_the_sealed_study_is_read(sealed: Path) -> None:
    study = load_study(sealed)
    assert all(study.inputs[table]["sha256"] for table in INPUTS if table != "scenario")


def test_a_wrong_byte_in_the_card_is_one_kind_of_error(offsets: int, tmp_path: Path) -> None:
    content = (embedded_study() / "study.toml").read_bytes()
    folder = tmp_path / "study"
    folder.mkdir()
    dice = random.Random("card")
    for number in range(offsets):
        at = dice.randrange(len(content))
        cut = content[:at] or b" "
        flipped = content[:at] + bytes([content[at] ^ dice.randrange(1, 256)]) + content[at + 1 :]
        (folder / "study.toml").write_bytes(cut if number % 2 else flipped)
        end = run(folder, "study")
        assert end.faults == []
        assert end.outcome == "refused", "there are no inputs in this folder"


def test_permuted_features_and_rows_give_the_same_tables(study, tmp_path: Path) -> None:
    """Property 28, for every table with rows of its own."""
    import json

    folder = Path(shutil.copytree(embedded_study(), tmp_path / "study"))
    dice = random.Random(28)
    for name in INPUTS.values():
        path = folder / name
        if path.suffix == ".geojson":
            document = json.loads(path.read_text(encoding="utf-8"))
            dice.shuffle(document["features"])
            path.write_text(json.dumps(document), encoding="utf-8")
        elif path.suffix == ".csv":
            header, *rows = path.read_text(encoding="utf-8").splitlines()
            dice.shuffle(rows)
            path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    other = load_study(folder)
    for table in (
        "villages",
        "facilities",
        "buildings",
        "staffing",
        "profiles",
        "figures",
    ):
        pd.testing.assert_frame_equal(getattr(study, table), getattr(other, table))
    assert study.indicators.fingerprint() == other.indicators.fingerprint()


def test_what_was_written_is_read_and_written_the_same(study, tmp_path: Path) -> None:
    """Property 29: a table written again is the same bytes, a layer the same layer."""
    from batu_geo.render.files.write_tables import write_csv, write_geojson

    first, second = tmp_path / "1", tmp_path / "2"
    write_csv(study.staffing, first)
    again = pd.read_csv(first, dtype=dict.fromkeys(study.staffing, "str"), keep_default_na=False)
    write_csv(again, second)
    assert first.read_bytes() == second.read_bytes()
    write_geojson(study.villages, first.with_suffix(".geojson"))
    back = gpd.read_file(first.with_suffix(".geojson"))
    assert back["village_id"].tolist() == study.villages["village_id"].tolist()
    assert back.to_crs(study.crs).geometry.distance(study.villages.geometry).max() < 1
    write_geojson(back[study.villages.columns], second.with_suffix(".geojson"))
    # The start of a ring may move; the outline and every property may not.
    twice = gpd.read_file(second.with_suffix(".geojson"))
    assert shapely.equals(twice.geometry.to_numpy(), back.geometry.to_numpy()).all()
    pd.testing.assert_frame_equal(
        twice.drop(columns="geometry"), back.drop(columns="geometry"), check_like=True
    )


def test_people_are_shared_out_to_the_last_one(study) -> None:
    """Property 30, whatever the streets: whole people, none negative, every village whole."""
    from batu_geo.access.demand import demand_points

    points = demand_points(
        study.villages, study.roads, settings=load_scenario("baseline", study=study).demand
    )
    assert points["population"].dtype.kind == "i"
    assert (points["population"] > 0).all()
    by_village = points.groupby("village_id")["population"].sum()
    expected = study.villages.set_index("village_id")["population"]
    assert by_village.to_dict() == expected.to_dict()


def test_checking_a_sealed_study_finds_nothing_new(tmp_path: Path) -> None:
    study = Path(shutil.copytree(embedded_study(), tmp_path / "study"))
    run_check(data=study, writes=Writes(is_sealed=True))
    assert check_study(study).exit_code == 0
