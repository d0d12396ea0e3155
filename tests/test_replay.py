"""Runs again from their manifests, and runs that are stale."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import batu_geo as bg
from batu_geo.cli import cli
from batu_geo.domain.errors import DataError, EnvironmentFault, ScenarioError, SourceError
from batu_geo.runs import made_by_other_version, stale_runs
from batu_geo.verbs.brief import brief as bg_brief
from batu_geo.verbs.plan import open_run
from batu_geo.verbs.replay import replay, status
from tests.conftest import blank_maps_of_runs

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _blank_maps() -> Iterator[None]:
    with blank_maps_of_runs():
        yield


@pytest.fixture(scope="module")
def folder(sparse_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("outputs")
    return bg.plan("torongrejo-buka", data=sparse_study, out=out).folder


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "outputs" / folder.name))


def reasons(folder: Path, data: Path) -> list[tuple[str, str]]:
    (state,) = status(folder.parent, data=data)
    return list(state.reasons)


@pytest.mark.slow
def test_a_run_comes_again_to_the_byte(folder: Path, sparse_study: Path) -> None:
    result = CliRunner().invoke(cli, ["replay", str(folder), "--data", str(sparse_study)])
    assert (result.exit_code, result.stdout) == (0, "Sama persis, bita demi bita.\n")


@pytest.mark.slow
def test_a_file_that_was_changed_is_named(copied: Path, sparse_study: Path) -> None:
    (copied / "gaps.csv").write_text("spoilt")
    (copied / "tables" / "equity.csv").unlink()
    assert replay(copied, data=sparse_study) == ["gaps.csv", "tables/equity.csv"]


@pytest.mark.slow
def test_a_manifest_that_was_changed_does_not_hide_it(copied: Path, sparse_study: Path) -> None:
    path = copied / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["outputs"]["gaps.csv"] = "0" * 64
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert replay(copied, data=sparse_study) == ["gaps.csv"]


def test_another_study_is_refused_by_input(copied: Path, sparse_copy: Path) -> None:
    with (sparse_copy / "population.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    with pytest.raises(DataError, match=r"BG-308 population\.csv"):
        replay(copied, data=sparse_copy)
    assert reasons(copied, sparse_copy) == [("input", "population")]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "[" * 100_000])
def test_a_folder_without_a_manifest_is_one_line(
    copied: Path, sparse_study: Path, text: str
) -> None:
    (copied / "manifest.json").write_text(text)
    with pytest.raises(SourceError, match="BG-310"):
        replay(copied, data=sparse_study)
    assert reasons(copied, sparse_study) == [("unreadable", "manifest.json")]


@pytest.mark.parametrize(
    "damage",
    [
        {"inputs": {"population": {"sha256": 5}}},
        {"inputs": []},
        {"outputs": []},
        {"outputs": {"gaps.csv": 5}},
        {"study": {"name": 5}},
        {"language": "jv"},
        {"scenario": {"name": "baseline"}},
        {"notices": [5]},
        {"evidence": None},
        {"compared": {}},
        {"compared": {"a": {}}},
        {"@against": None},
        {"@against": {"study": {"name": "a"}, "inputs": 5}},
    ],
    ids=str,
)
def test_one_damaged_manifest_is_one_line_and_stops_no_other_run(
    copied: Path, sparse_study: Path, damage: dict[str, object]
) -> None:
    other = Path(shutil.copytree(copied, copied.with_name("z")))
    path = copied / "manifest.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(found | damage), encoding="utf-8")
    with pytest.raises(SourceError, match="BG-310"):
        replay(copied, data=sparse_study)
    states = {state.folder: state.reasons for state in status(copied.parent, data=sparse_study)}
    assert states == {copied: (("unreadable", "manifest.json"),), other: ()}
    assert [p.path for p in stale_runs(copied.parent, found["study"]["name"], {})][:1] == [
        str(copied)
    ]
    with pytest.raises(EnvironmentFault, match=r"BG-412 .*manifest\.json"):
        open_run(copied)


def test_what_a_manifest_does_not_say_is_not_what_it_was_made_from(
    copied: Path, sparse_study: Path
) -> None:
    path = copied / "manifest.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    del found["evidence"], found["notices"], found["inputs"]["population"]["sha256"]
    path.write_text(json.dumps(found), encoding="utf-8")
    assert reasons(copied, sparse_study) == [("input", "population")]
    path.write_text(json.dumps(found | {"study": {}}), encoding="utf-8")
    assert reasons(copied, sparse_study) == [("other_study", "?")]
    with pytest.raises(DataError, match="BG-308"):
        replay(copied, data=sparse_study)
    run = open_run(copied)
    assert run.summary
    assert run._repr_html_()


def test_a_scenario_of_a_manifest_that_is_none_is_named(copied: Path, sparse_study: Path) -> None:
    path = copied / "manifest.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    found["scenario"]["travel"] = 5
    path.write_text(json.dumps(found), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"BG-302 manifest\.json, travel"):
        replay(copied, data=sparse_study)


def test_a_fresh_run_is_fresh_and_a_spoilt_one_says_which_file(
    copied: Path, sparse_study: Path
) -> None:
    assert reasons(copied, sparse_study) == []
    (copied / "map.html").write_text("spoilt")
    assert reasons(copied, sparse_study) == [("file", "map.html")]


def test_a_changed_scenario_makes_it_stale(copied: Path, sparse_copy: Path) -> None:
    path = sparse_copy / "scenarios" / "torongrejo-buka.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("active", "planned"))
    assert reasons(copied, sparse_copy) == [("scenario", "torongrejo-buka")]


@pytest.mark.slow
def test_a_run_with_changed_settings_is_fresh_until_the_scenario_changes(
    sparse_copy: Path, tmp_path: Path
) -> None:
    changed = ["travel.speed_set=slow"]
    folder = bg.plan("torongrejo-buka", data=sparse_copy, out=tmp_path, overrides=changed).folder
    assert reasons(folder, sparse_copy) == []
    path = sparse_copy / "scenarios" / "torongrejo-buka.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("active", "planned"))
    assert reasons(folder, sparse_copy) == [("scenario", "torongrejo-buka")]


def of_version(folder: Path, number: str, **damage: object) -> Path:
    """Make a run one of another version, with parts of its manifest in another form."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {"batu_geo": number} | damage), encoding="utf-8")
    return folder


@pytest.mark.parametrize("number", ["0.0.9", "9.0.0"])
@pytest.mark.parametrize("damage", [{}, {"outputs": [], "inputs": 5}, {"scenario": [1]}], ids=str)
def test_a_run_of_another_version_is_named_with_the_command_that_makes_it_anew(
    copied: Path, sparse_study: Path, number: str, damage: dict[str, object]
) -> None:
    older = of_version(copied, number, **damage)
    command = "batu-geo plan" if damage.get("scenario") else "batu-geo plan torongrejo-buka"
    for ask in (
        lambda folder: replay(folder, data=sparse_study),
        open_run,
        lambda folder: bg_brief(str(folder), data=sparse_study, out=folder.parent),
    ):
        with pytest.raises(DataError) as caught:
            ask(older)
        (line,) = caught.value.lines("en")
        assert line.startswith(f"BG-309 {older}: this was made by batu_geo {number}; installed now")
        assert f"make it anew from the same study with {command}; to replay" in line
        assert caught.value.lines("id") != [line]
    assert reasons(older, sparse_study) == [("version", number)]
    assert [p.code for p in stale_runs(older.parent, "kota-batu", {})] == ["BG-309"]


@pytest.mark.parametrize(
    ("parts", "command"),
    [
        ({"scenario": {"name": "a", "overrides": ["b.c=1", "d.e=x y"]}},
         "batu-geo plan a --set b.c=1 --set 'd.e=x y'"),
        ({"pages": [], "language": "en"}, "batu-geo maps torongrejo-buka --lang en"),
        ({"compared": {"a": {"name": "a", "overrides": []}, "b": {"name": "b", "overrides": []}}},
         "batu-geo compare a b"),
        ({"compared": {}}, "batu-geo compare"),
    ],
)  # fmt: skip
def test_the_command_is_that_of_the_manifest(
    copied: Path, parts: dict[str, object], command: str
) -> None:
    problem = made_by_other_version(of_version(copied, "0.0.9", **parts))
    assert problem is not None
    assert problem.values["command"] == command


def test_a_run_of_this_version_is_not_named(copied: Path) -> None:
    assert made_by_other_version(copied) is None
    assert made_by_other_version(copied / "tables") is None


def test_status_is_said_in_both_languages(copied: Path, sparse_study: Path) -> None:
    arguments = ["status", "--out", str(copied.parent), "--data", str(sparse_study)]
    assert "sesuai keadaan sekarang" in CliRunner().invoke(cli, arguments).stdout
    assert "fresh" in CliRunner().invoke(cli, [*arguments, "--lang", "en"]).stdout
    empty = CliRunner().invoke(cli, ["status", "--out", str(copied / "tables")])
    assert "Belum ada hasil" in empty.stdout
