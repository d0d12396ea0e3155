"""`maps` writes one folder, whole or not at all, the same bytes each time."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from batu_geo.cli import cli
from batu_geo.domain.errors import EnvironmentFault, ScenarioError
from batu_geo.render.cartography.palette import MINUTES
from batu_geo.render.text.words import word
from batu_geo.verbs import maps as map_pages
from batu_geo.verbs.brief import brief
from batu_geo.verbs.maps import maps
from batu_geo.verbs.plan import open_run
from batu_geo.verbs.replay import replay, status
from tests.toy_study import write_toy_study

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def toy_folder(tmp_path_factory) -> Path:
    return write_toy_study(
        tmp_path_factory.mktemp("toy") / "study",
        "A         K",
        {"AK": "residential"},
        villages={"v.1": ((-1, -1, 5, 1), 50), "v.2": ((5, -1, 11, 1), 50)},
        units={"v.1": (0, 0)},
        buildings={"E": (10, 0)},
    )


TOY = []


def test_a_study_without_a_roster_has_every_map_but_that_of_hours(toy_folder, tmp_path) -> None:
    drawn = maps(data=toy_folder, out=tmp_path, overrides=TOY)
    assert drawn.is_new
    names = {path.relative_to(drawn.folder).as_posix() for path in drawn.folder.rglob("*.html")}
    assert names == {"index.html", "jelajah.html", *(f"peta/{n}.html" for n in (
        "bangunan", "jangkauan", "kepastian", "kesenjangan", "rujukan", "sebelum_sesudah",
        "status"))}  # fmt: skip
    assert {path.relative_to(drawn.folder).as_posix() for path in drawn.pages} == names


def test_a_second_time_finds_the_folder_and_again_draws_the_same_bytes(
    toy_folder, tmp_path
) -> None:
    first = maps(data=toy_folder, out=tmp_path, overrides=TOY)
    before = {path: path.read_bytes() for path in first.pages}
    assert not maps(data=toy_folder, out=tmp_path, overrides=TOY).is_new
    anew = maps(data=toy_folder, out=tmp_path, overrides=TOY, again=True)
    assert anew.is_new
    assert {path: path.read_bytes() for path in anew.pages} == before


def test_maps_that_were_touched_are_drawn_again(toy_folder, tmp_path) -> None:
    first = maps(data=toy_folder, out=tmp_path, overrides=TOY)
    page = first.folder / "jelajah.html"
    before = page.read_bytes()
    page.write_bytes(before[:-100])
    again = maps(data=toy_folder, out=tmp_path, overrides=TOY)
    assert (again.folder, again.is_new) == (first.folder, True)
    assert page.read_bytes() == before


def test_maps_are_made_again_like_a_run_but_are_none(toy_folder, tmp_path) -> None:
    drawn = maps(data=toy_folder, out=tmp_path, overrides=TOY)
    assert replay(drawn.folder, data=toy_folder) == []
    (state,) = status(tmp_path, data=toy_folder)
    assert (state.folder, state.reasons) == (drawn.folder, ())
    for use in (open_run, lambda folder: brief(str(folder), data=toy_folder, out=tmp_path)):
        with pytest.raises(ScenarioError, match="BG-452"):
            use(drawn.folder)


def test_a_title_changed_in_the_card_of_the_study_is_drawn_anew(toy_folder, tmp_path) -> None:
    study = shutil.copytree(toy_folder, tmp_path / "study")
    first = maps(data=study, out=tmp_path / "out", overrides=TOY)
    card = study / "study.toml"
    card.write_text(re.sub('title = "[^"]*"', 'title = "Kota Lain"', card.read_text()))
    second = maps(data=study, out=tmp_path / "out", overrides=TOY)
    assert second.folder != first.folder
    assert "Kota Lain" in (second.folder / "index.html").read_text(encoding="utf-8")


def test_a_fault_leaves_nothing_behind(toy_folder, tmp_path, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(map_pages, "index_body", broken)
    with pytest.raises(EnvironmentFault, match="BG-401"):
        maps(data=toy_folder, out=tmp_path, overrides=TOY)
    assert [path.name for path in tmp_path.iterdir() if path.name != ".cache"] == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_command_prints_the_pages_in_both_languages(toy_folder, tmp_path, language) -> None:
    args = ["maps", "--data", str(toy_folder), "--out", str(tmp_path), "--lang", language]
    result = CliRunner().invoke(cli, args)
    assert result.exit_code == 0, result.output
    assert "jelajah.html" in result.output
    folder = Path(result.output.strip().splitlines()[-1])
    for path in folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert f'<html lang="{language}">' in text
        other: str = "en" if language == "id" else "id"
        assert word("map_print", other) not in re.sub(
            r"<(script|style).*?</\1>", "", text, flags=re.DOTALL
        )


def test_a_name_that_looks_like_an_address_stops_no_map(toy_folder, tmp_path) -> None:
    spoilt = shutil.copytree(toy_folder, tmp_path / "study")
    path = spoilt / "bangunan.geojson"
    path.write_text(path.read_text().replace("Balai E", "url(x) <img src=//evil.example/x>"))
    drawn = maps(data=spoilt, out=tmp_path / "out", overrides=TOY)
    assert all(
        "evil.example" in p.read_text() for p in drawn.pages if p.stem in ("bangunan", "jelajah")
    )


def test_colours_of_minutes_include_their_upper_break() -> None:
    assert MINUTES.look_of(5.0) == MINUTES.looks[0]
    assert MINUTES.look_of(5.01) == MINUTES.looks[1]
    assert MINUTES.look_of(float("inf")) == MINUTES.looks[-1]
    assert MINUTES.look_of(float("nan")) == MINUTES.missing
