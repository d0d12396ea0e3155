"""A wrong key is one line that names the key that was meant."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from batu_geo.domain.errors import ScenarioError
from batu_geo.domain.letterhead import Letterhead
from batu_geo.domain.scenario import Scenario
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.read_letterhead import read_letterhead
from batu_geo.sources.study.scenarios import read_scenario
from batu_geo.sources.study.study_files import STUDY_FILE, StudyFile

SCENARIOS = embedded_study() / "scenarios"
BASELINE = SCENARIOS / "baseline.toml"


def faults(error: ScenarioError) -> list[tuple[str, str, str]]:
    """Return code, key and the key that was meant, of each line."""
    return [
        (p.code, p.column, str(p.values.get("nearest", "")).strip(" (?)")) for p in error.problems
    ]


def faults_of(*overrides: str, scenario: str = "baseline") -> list[tuple[str, str, str]]:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(SCENARIOS / f"{scenario}.toml", overrides=overrides)
    return faults(caught.value)


@pytest.mark.parametrize("scenario", ["baseline", "enam-unit"])
def test_new_units_are_the_site_count(scenario: str) -> None:
    assert faults_of("siting.new_units=4", scenario=scenario) == [
        ("BG-301", "siting.new_units", "site_count")
    ]


@pytest.mark.parametrize(
    ("override", "key", "meant"),
    [
        ("headline.mod=foot", "headline.mod", "mode"),
        ("headline.minutes=15", "headline.minutes", "threshold_minutes"),
        ("sitting.site_count=4", "sitting", "siting"),
        ("site_count=4", "site_count", "siting.site_count"),
        ("count=4", "count", "siting.site_count"),
        ("modes.foot.speed=3", "modes.foot.speed", "speeds_kmh"),
        ("siting.xyzzy=1", "siting.xyzzy", ""),
    ],
)
@pytest.mark.slow
def test_a_wrong_setting_is_one_line(override: str, key: str, meant: str) -> None:
    assert faults_of(override) == [("BG-301", key, meant)]


@pytest.mark.parametrize(
    ("override", "key", "meant"),
    [
        ("siting.time_limit_s=30", "siting.time_limit_s", "node_limit"),
        ("travel.smallest_part_km=1", "travel.smallest_part_km", ""),
    ],
)
def test_a_setting_of_version_0_1_0_is_said_to_be_gone(override: str, key: str, meant: str) -> None:
    assert faults_of(override, scenario="enam-unit") == [("BG-319", key, meant)]


def test_two_wrong_settings_are_two_lines() -> None:
    assert faults_of("siting.new_units=4", "siting.modl=mclp") == [
        ("BG-301", "siting.new_units", "site_count"),
        ("BG-301", "siting.modl", "model"),
    ]


@pytest.mark.parametrize(
    ("overrides", "table"),
    [
        (("siting.site_count=4",), "siting"),
        (("siting.site_count=4", "siting.budget_rupiah=5"), "siting"),
        (("modes.fot.wait_minutes=2",), "modes.fot"),
    ],
)
def test_a_part_of_a_table_that_no_file_has_is_one_line(
    overrides: tuple[str, ...], table: str
) -> None:
    assert faults_of(*overrides) == [("BG-318", table, "")]


def test_a_whole_table_may_be_set() -> None:
    overrides = ["siting.model=mclp", "siting.source=uji", "siting.site_count=2"]
    scenario = read_scenario(BASELINE, overrides=overrides)
    assert scenario.siting is not None
    assert scenario.siting.site_count == 2


@pytest.mark.parametrize(
    ("old", "new", "key", "meant"),
    [
        ('[[need]]\nname = "mean', '[[need]]\nnam = "mean', "need.0.nam", "name"),
        ("[[need]]", "[[needs]]", "needs", "need"),
        ("[snapping]", "[snaping]", "snaping", "snapping"),
        ("refuse_m", "refuse_metres", "snapping.refuse_metres", "refuse_m"),
        ("best_at = 5000", "best = 5000", "feasibility.2.best", "best_at"),
    ],
)
@pytest.mark.slow
def test_a_wrong_key_of_a_scenario_file_is_one_line(
    tmp_path: Path, old: str, new: str, key: str, meant: str
) -> None:
    text = BASELINE.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "x.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(tmp_path / "x.toml")
    assert faults(caught.value) == [("BG-301", key, meant)]


def test_a_misspelled_extends_does_not_make_every_table_missing(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text('extend = "baseline"\nname = "x"\n[snapping]\nwarn_m = 3\n')
    with pytest.raises(ScenarioError) as caught:
        read_scenario(tmp_path / "x.toml")
    assert faults(caught.value) == [("BG-301", "extend", "extends")]


def test_a_key_that_is_missing_beside_an_unknown_one_is_a_fault_of_its_own(tmp_path: Path) -> None:
    text = BASELINE.read_text(encoding="utf-8").replace("refuse_m = 500", "xyzzy = 500")
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(tmp_path / "x.toml")
    assert sorted(faults(caught.value)) == [
        ("BG-301", "snapping.xyzzy", ""),
        ("BG-302", "snapping.refuse_m", ""),
    ]


@pytest.mark.parametrize(
    ("old", "new", "key", "meant"),
    [
        ("licence =", "license =", "population.license", "licence"),
        ("path =", "file =", "population.file", "path"),
        ("[roads]", "[road]", "road", "roads"),
        ("[population]", "[people]", "people", "population"),
        ("crs =", "projection =", "projection", "crs"),
        ("[indicators]", "[indicator]", "indicator", "indicators"),
    ],
)
def test_a_wrong_key_of_a_study_is_one_line(
    study_copy: Path, old: str, new: str, key: str, meant: str
) -> None:
    card = study_copy / STUDY_FILE
    text = card.read_text(encoding="utf-8")
    assert old in text
    card.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_study(study_copy)
    assert faults(caught.value) == [("BG-301", key, meant)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('line = ["x"]', ("BG-301", "line", "lines")),
        ('[[signature]]\nrole = "a"', ("BG-301", "signature", "signatures")),
        ('[[signatures]]\nrol = "a"', ("BG-301", "signatures.0.rol", "role")),
        ('[[signatures]]\njabatan = "a"', ("BG-301", "signatures.0.jabatan", "role")),
        ('[[signatures]]\nname = "a"', ("BG-302", "signatures.0.role", "")),
        ("lines = 3", ("BG-302", "lines", "")),
    ],
)
def test_a_wrong_key_of_a_letterhead_is_one_line(
    tmp_path: Path, text: str, expected: tuple[str, str, str]
) -> None:
    (tmp_path / "kop.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_letterhead(tmp_path / "kop.toml")
    assert faults(caught.value) == [expected]


def test_every_near_word_leads_to_a_key_that_exists_and_is_none_itself() -> None:
    path = files("batu_geo.sources.study").joinpath("near_words.toml")
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    keys = {"extends"}
    for model in (Scenario, StudyFile, Letterhead):
        schema = model.model_json_schema()
        for table in (schema, *schema["$defs"].values()):
            keys |= set(table.get("properties", {}))
    assert set(words.values()) <= keys
    assert list(words) == sorted(words)
