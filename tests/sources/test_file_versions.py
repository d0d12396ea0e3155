"""Study cards and scenarios of other versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batu_geo.domain.errors import ScenarioError
from batu_geo.sources.study.scenarios import read_scenario
from batu_geo.sources.study.study_files import StudyFiles
from batu_geo.verbs.init import init

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("study.toml", "scenarios/baseline.toml", "scenarios/terbaik.toml")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return init(tmp_path_factory.mktemp("versi") / "studi")


def read(study: Path, name: str) -> object:
    return (
        StudyFiles.at(study).card if name == FILES[0] else read_scenario(study / name, study=study)
    )


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("version", ['version = "0.1"\n', "", 'version = "0.2.7"\n'])
def test_versions_up_to_this_one_are_read_alike(study: Path, name: str, version: str) -> None:
    path = study / name
    text = path.read_text(encoding="utf-8")
    now = read(study, name)
    assert text.count('version = "0.2"\n') == 1, "new studies carry the version"
    path.write_text(text.replace('version = "0.2"\n', version), encoding="utf-8")
    assert read(study, name) == now
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("version", ['"0.3"', '"1.0"', '"baru"', "2"])
def test_a_newer_version_is_refused_in_one_sentence(study: Path, name: str, version: str) -> None:
    path = study / name
    text = path.read_text(encoding="utf-8")
    later = text.replace('version = "0.2"', f"version = {version}")
    path.write_text(f"{later}\n[kunci_baru]\nx = 1\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read(study, name)
    path.write_text(text, encoding="utf-8")
    (problem,) = caught.value.problems
    assert problem.code == "BG-630"
