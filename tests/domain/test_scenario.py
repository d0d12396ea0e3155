"""A scenario refuses what cannot be meant."""

from __future__ import annotations

import pytest

from batu_geo.domain.errors import ScenarioError
from batu_geo.domain.scenario import Scenario
from batu_geo.sources.study import embedded_study, load_scenario

BASELINE = embedded_study() / "scenarios" / "baseline.toml"


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("headline.mode=boat", "'boat' is not one of modes"),
        ("headline.threshold_minutes=17", "not a threshold of its mode"),
        ("modes.foot.thresholds_minutes=[30, 15]", "must rise"),
        ("snapping.warn=3", "snapping.warn"),
        ("snapping.warn_m=-1", "greater than 0"),
        ("service.kinds=['WARUNG']", "'WARUNG' is not one of"),
        ("candidates.min_rooms=0", "greater than or equal to 1"),
        ("catchment.buffer_m=inf", "finite"),
        ("name=../x", "name"),
        ("demand.spacing_m=dekat", "valid number"),
        ("snapping.warn_m.x=1", "snapping.warn_m.x"),
        ("nonsense", "nonsense"),
    ],
)
def test_wrong_settings_are_refused(override: str, expected: str) -> None:
    with pytest.raises(ScenarioError, match=expected.replace(".", r"\.")):
        load_scenario(BASELINE, overrides=[override])


def test_an_unknown_key_comes_with_the_nearest_known_one() -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(BASELINE, overrides=["headline.treshold_minutes=15"])
    assert "(threshold_minutes?)" in str(caught.value)


def test_all_mistakes_come_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(BASELINE, overrides=["a=1", "snapping.warn_m=-1", "modes.foot.vehicle=x"])
    assert len(caught.value.problems) == 3


def test_an_override_changes_what_it_names_and_nothing_else() -> None:
    plain = load_scenario(BASELINE)
    changed = load_scenario(BASELINE, overrides=["snapping.refuse_m=400"])
    assert changed.snapping.refuse_m == 400
    rest = {"snapping": plain.snapping}
    assert changed.model_copy(update=rest) == plain


def test_a_scenario_survives_being_written_down() -> None:
    plain = load_scenario(BASELINE)
    assert Scenario.model_validate(plain.model_dump(mode="json")) == plain


def test_thresholds_keep_the_order_of_the_file() -> None:
    found = [(t.mode, t.threshold_minutes) for t in load_scenario(BASELINE).thresholds]
    assert found == [
        ("foot", 15), ("foot", 30), ("motorcycle", 5), ("motorcycle", 10), ("motorcycle", 15),
    ]  # fmt: skip
