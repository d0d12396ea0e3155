"""Runs again from their manifests, and runs that are stale."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import batu_geo as bg
from batu_geo.cli import cli
from batu_geo.domain.errors import DataError, SourceError
from batu_geo.pipeline.replay import replay, status


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bg.plan("torongrejo-buka", out=tmp_path_factory.mktemp("outputs")).folder


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "outputs" / folder.name))


def reasons(folder: Path, data: Path | None = None) -> list[tuple[str, str]]:
    (state,) = status(folder.parent, data=data)
    return list(state.reasons)


@pytest.mark.slow
def test_a_run_comes_again_to_the_byte(folder: Path) -> None:
    result = CliRunner().invoke(cli, ["replay", str(folder)])
    assert (result.exit_code, result.stdout) == (0, "Sama persis, bita demi bita.\n")


@pytest.mark.slow
def test_a_file_that_was_changed_is_named(copied: Path) -> None:
    (copied / "gaps.csv").write_text("spoilt")
    (copied / "tables" / "equity.csv").unlink()
    assert replay(copied) == ["gaps.csv", "tables/equity.csv"]


@pytest.mark.slow
def test_a_manifest_that_was_changed_does_not_hide_it(copied: Path) -> None:
    path = copied / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["outputs"]["gaps.csv"] = "0" * 64
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert replay(copied) == ["gaps.csv"]


def test_another_study_is_refused_by_input(copied: Path, study_copy: Path) -> None:
    with (study_copy / "population.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    with pytest.raises(DataError, match=r"BG-308 population\.csv"):
        replay(copied, data=study_copy)
    assert reasons(copied, study_copy) == [("input", "population")]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_a_folder_without_a_manifest_is_one_line(copied: Path, text: str) -> None:
    (copied / "manifest.json").write_text(text)
    with pytest.raises(SourceError, match="BG-310"):
        replay(copied)
    assert reasons(copied) == [("unreadable", "manifest.json")]


def test_a_fresh_run_is_fresh_and_a_spoilt_one_says_which_file(copied: Path) -> None:
    assert reasons(copied) == []
    (copied / "map.html").write_text("spoilt")
    assert reasons(copied) == [("file", "map.html")]


def test_a_changed_scenario_makes_it_stale(copied: Path, study_copy: Path) -> None:
    path = study_copy / "scenarios" / "torongrejo-buka.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("active", "planned"))
    assert reasons(copied, study_copy) == [("scenario", "torongrejo-buka")]


@pytest.mark.slow
def test_a_run_with_changed_settings_is_fresh_until_the_scenario_changes(
    study_copy: Path, tmp_path: Path
) -> None:
    changed = ["travel.speed_set=slow"]
    folder = bg.plan("torongrejo-buka", data=study_copy, out=tmp_path, overrides=changed).folder
    assert reasons(folder, study_copy) == []
    path = study_copy / "scenarios" / "torongrejo-buka.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("active", "planned"))
    assert reasons(folder, study_copy) == [("scenario", "torongrejo-buka")]


def test_status_is_said_in_both_languages(copied: Path) -> None:
    arguments = ["status", "--out", str(copied.parent)]
    assert "sesuai keadaan sekarang" in CliRunner().invoke(cli, arguments).stdout
    assert "fresh" in CliRunner().invoke(cli, [*arguments, "--lang", "en"]).stdout
    empty = CliRunner().invoke(cli, ["status", "--out", str(copied / "tables")])
    assert "Belum ada hasil" in empty.stdout
