"""A scenario refuses what cannot be meant."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from batu_geo.domain.errors import ScenarioError
from batu_geo.domain.scenario import Scenario, scenario_schema
from batu_geo.domain.travel import Closure, Mode
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.scenarios import find_scenario, read_scenario
from tests.toy import RIDING, WALKING, scenario

BASELINE = embedded_study() / "scenarios" / "baseline.toml"


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("headline.mode=boat", "'boat' bukan salah satu dari modes"),
        ("headline.threshold_minutes=0", "harus lebih dari 0"),
        ("headline.threshold_minutes='x'", "headline.threshold_minutes"),
        (
            "need=[{name='mean_minutes', weight=0, none_at=0, worst_at=9, reason='x'}]",
            "setiap bobot need adalah 0",
        ),
        ("need=[{name='mean_minutes', weight=-1, none_at=0, worst_at=9, reason='x'}]", "weight"),
        ("facility_changes=[{facility_id='a', lon=112, source='x'}]", "lon dan lat bersama"),
        (
            "facility_changes=[{facility_id='a', status='closed', lat=-7, source='x'}]",
            "lon dan lat bersama",
        ),
        ("facility_changes=[{facility_id='a', kind='WARUNG', source='x'}]", "bukan salah satu"),
        ("new_units=[{unit_id='', source='x'}]", "new_units.0.unit_id"),
        ("new_units=[{unit_id='a', lat=-7, source='x'}]", "lon dan lat bersama"),
        ("new_units=[{unit_id='a', lon=190, lat=-7, source='x'}]", "new_units.0.lon"),
        ("new_units=[{unit_id='a', cost_rupiah=1, source='x'}]", "hanya untuk unit dengan lon"),
        ("closures=[{name='a', source='x'}]", "titik (at)"),
        ("closures=[{name='a', at=[112, -7], at_most_m=0, source='x'}]", "lebih dari 0"),
        ("facility_changes=[{facility_id='a', source='x'}]", "memerlukan status"),
        ("new_roads=[{name='a', line=[[112, -7]], road_class='residential', source='x'}]", "line"),
        (
            "new_roads=[{name='a', line=[[112, -7], [112, -8]], road_class='jalan', source='x'}]",
            "road_class",
        ),
        ("closures=[{name='a', ways=[1], speed_factor=3.1, source='x'}]", "paling banyak 3"),
        ("modes.foot.thresholds_minutes=[30, 15]", "harus menaik"),
        ("snapping.warn=3", "snapping.warn"),
        ("snapping.warn_m=-1", "harus lebih dari 0"),
        ("service.kinds=['WARUNG']", "'WARUNG' bukan salah satu dari"),
        ("candidates.min_rooms=0", "paling sedikit 1"),
        ("catchment.buffer_m=inf", "berhingga"),
        ("name=../x", "name"),
        ("demand.spacing_m=dekat", "harus bilangan"),
        ("demand.spacing_m=true", "harus bilangan"),
        ("robustness.draws=true", "harus bilangan"),
        ("travel.season=pancaroba", "travel.season"),
        ("snapping.warn_m.x=1", "snapping.warn_m.x"),
        ("nonsense", "nonsense"),
    ],
)
def test_wrong_settings_are_refused(override: str, expected: str) -> None:
    with pytest.raises(ScenarioError, match=re.escape(expected)):
        read_scenario(BASELINE, overrides=[override])


def test_an_unknown_key_comes_with_the_nearest_known_one() -> None:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(BASELINE, overrides=["headline.treshold_minutes=15"])
    assert "(threshold_minutes?)" in str(caught.value)


def test_all_mistakes_come_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(BASELINE, overrides=["a=1", "snapping.warn_m=-1", "modes.foot.vehicle=x"])
    assert len(caught.value.problems) == 3


def test_an_override_changes_what_it_names_and_nothing_else() -> None:
    plain = read_scenario(BASELINE)
    changed = read_scenario(BASELINE, overrides=["snapping.refuse_m=400"])
    assert changed.snapping.refuse_m == 400
    rest = {"snapping": plain.snapping, "overrides": ()}
    assert changed.model_copy(update=rest) == plain


def test_a_headline_threshold_adds_itself_to_its_mode() -> None:
    found = read_scenario(BASELINE, overrides=["headline.threshold_minutes=20"])
    assert found.modes["foot"].thresholds_minutes == (15, 20, 30)
    assert found.modes["motorcycle"].thresholds_minutes == (5, 10, 15)
    car = read_scenario(BASELINE, overrides=["headline.mode=car", "headline.threshold_minutes=9"])
    assert car.modes["car"].thresholds_minutes == (9,)


def test_a_scenario_survives_being_written_down() -> None:
    plain = read_scenario(BASELINE)
    assert Scenario.model_validate(plain.model_dump(mode="json")) == plain


def test_thresholds_keep_the_order_of_the_file() -> None:
    found = [(t.mode, t.threshold_minutes) for t in read_scenario(BASELINE).thresholds]
    assert found == [
        ("foot", 15), ("foot", 30), ("motorcycle", 5), ("motorcycle", 10), ("motorcycle", 15),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "others", "closures", "km"),
    [
        (WALKING, {}, (), 2 / 60 * 40),
        (RIDING.model_copy(update={"speeds_kmh": {"primary": (60, 60, 90)}}), {}, (), 3.0),
        (RIDING, {}, (Closure(name="x", ways=(1,), speed_factor=3, source="x"),), 2 / 60 * 108),
        (WALKING.model_copy(update={"then": "ride"}),
         {"ride": RIDING.model_copy(update={"speeds_kmh": {"primary": (60, 60, 90)},
                                            "thresholds_minutes": ()})}, (), 3.0),
        (WALKING.model_copy(update={"slope": "tobler", "speeds_kmh": {"path": (50, 50, 50)}}),
         {}, (), 2 / 60 * 60),
    ],
)  # fmt: skip
def test_nobody_gets_farther_within_a_threshold_than_this(
    mode: Mode, others: dict[str, Mode], closures: tuple[Closure, ...], km: float
) -> None:
    assert scenario(mode, others=others, closures=closures).reach_km == pytest.approx(km)


SHIPPED = sorted(path.stem for path in (embedded_study() / "scenarios").glob("*.toml"))


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_at_least_eight_scenarios_come_with_the_study() -> None:
    assert len(SHIPPED) >= 9
    for name in SHIPPED:
        scenario = read_scenario(BASELINE.with_name(f"{name}.toml"))
        assert scenario.name == name
        assert scenario.title
        assert scenario.title_en


def test_a_file_is_laid_over_what_it_extends_and_set_over_both(tmp_path: Path) -> None:
    write(
        tmp_path,
        "lama",
        'extends = "baseline"\nname = "lama"\n[snapping]\nwarn_m = 1\nrefuse_m = 2\n',
    )
    path = write(tmp_path, "baru", 'extends = "lama"\nname = "baru"\n[snapping]\nrefuse_m = 3\n')
    study = embedded_study()
    found = read_scenario(path, study=study)
    assert (found.name, found.snapping.warn_m, found.snapping.refuse_m) == ("baru", 1, 3)
    changed = read_scenario(path, study=study, overrides=["snapping.refuse_m=4"])
    assert (changed.snapping.warn_m, changed.snapping.refuse_m) == (1, 4)
    plain = read_scenario(BASELINE)
    assert found.model_copy(update={"name": plain.name, "snapping": plain.snapping}) == plain


def test_lists_are_replaced_whole(tmp_path: Path) -> None:
    text = 'extends = "baseline"\nname = "satu"\n[[need]]\nname = "people_beyond"\nweight = 1\nnone_at = 0\nworst_at = 10\nreason = "uji"\n'
    found = read_scenario(write(tmp_path, "satu", text), study=embedded_study())
    assert [criterion.name for criterion in found.need] == ["people_beyond"]


def test_scenarios_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "a", 'extends = "b"\n')
    write(tmp_path, "b", 'extends = "a"\n')
    with pytest.raises(ScenarioError, match=r"a\.toml > b\.toml > a\.toml"):
        read_scenario(tmp_path / "a.toml")


@pytest.mark.parametrize("base", ['"../baseline"', '"/etc/passwd"', "3", '"x y"', "[]"])
def test_what_is_extended_is_a_name_not_a_path(tmp_path: Path, base: str) -> None:
    with pytest.raises(ScenarioError, match="extends"):
        read_scenario(write(tmp_path, "a", f"extends = {base}\n"), study=embedded_study())


@pytest.mark.parametrize("name", ["basline", "../baseline", "a\x1b[2J", "x" * 300])
def test_an_unknown_scenario_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(ScenarioError, match=r"BG-305.*baseline") as caught:
        find_scenario(name, embedded_study())
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('model = "capacitated_mclp"\nsource = "x"', "capacitated_mclp memerlukan people_per_unit"),
        (
            'model = "mclp"\nmust_open = ["a"]\nmust_close = ["a"]\nsource = "x"',
            "a ada di must_open",
        ),
        ('model = "greedy"\nsource = "x"', "siting.model"),
        ('model = "mclp"\nbudget_rupiah = -1\nsource = "x"', "paling sedikit 0"),
        ('model = "mclp"\nbugdet_rupiah = 1\nsource = "x"', "budget_rupiah"),
        ('model = "mclp"\nstaff_caps = { dukun = 1 }\nsource = "x"', "dukun"),
    ],
)
def test_wrong_site_choices_are_refused(tmp_path: Path, text: str, expected: str) -> None:
    text = f'extends = "baseline"\nname = "a"\n[siting]\n{text}\n'
    with pytest.raises(ScenarioError, match=expected):
        read_scenario(write(tmp_path, "a", text), study=embedded_study())


@pytest.mark.parametrize(
    ("siting", "key"),
    [
        ("model = 'one_per_village'\nsite_count = 3", "site_count"),
        ("model = 'one_per_village'\none_per_village = false", "one_per_village"),
        ("model = 'mclp'\npeople_per_unit = 10", "people_per_unit"),
        ("model = 'mclp'\nonly_coverable = true", "only_coverable"),
    ],
)
def test_a_setting_without_effect_is_refused(tmp_path: Path, siting: str, key: str) -> None:
    text = f"extends = 'baseline'\nname = 'a'\n[siting]\n{siting}\nsource = 'uji'\n"
    with pytest.raises(ScenarioError, match=key):
        read_scenario(write(tmp_path, "a", text), study=embedded_study())


def test_what_the_command_line_lays_over_is_kept_and_cannot_be_written(tmp_path: Path) -> None:
    path = write(tmp_path, "a", "extends = 'baseline'\nname = 'a'\n")
    found = read_scenario(path, overrides=["travel.speed_set=slow"], study=embedded_study())
    assert found.overrides == ("travel.speed_set=slow",)
    path = write(tmp_path, "b", "extends = 'baseline'\nname = 'b'\noverrides = []\n")
    with pytest.raises(ScenarioError, match="BG-301"):
        read_scenario(path, study=embedded_study())


def test_the_schema_in_the_docs_is_that_of_the_model(request: pytest.FixtureRequest) -> None:
    """Editors check scenario files by it; `--update-golden` writes it anew."""
    path = Path(__file__).parents[2] / "docs" / "scenario.schema.json"
    text = json.dumps(scenario_schema(), ensure_ascii=False, indent=1) + "\n"
    if request.config.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
