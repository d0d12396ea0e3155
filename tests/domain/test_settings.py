"""Settings that contradict one another are refused; those at the limit are not."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from batu_geo.domain.criteria import Criterion, FeasibilityCriterion
from batu_geo.domain.health import AccessMeasures, StaffRules
from batu_geo.domain.letterhead import Letterhead, Signature
from batu_geo.domain.scenario import Scenario
from batu_geo.domain.travel import Calibration, Closure, Mode
from tests.toy import WALKING, scenario

TOY = scenario()
SQUARE = ((112.5, -7.9), (112.6, -7.9), (112.6, -7.8))
CLOSED = Closure(name="banjir", ways=(1,), source="toy")


def changed(settings: BaseModel, **values: Any) -> BaseModel:
    """Return settings read anew with some values changed."""
    return type(settings).model_validate(settings.model_dump() | values)


def reason(settings: BaseModel, **values: Any) -> str:
    """Return why changed settings are refused."""
    with pytest.raises(ValidationError) as caught:
        changed(settings, **values)
    (error,) = caught.value.errors()
    return str(error["msg"]).removeprefix("Value error, ")


@pytest.mark.parametrize("hours", [(0, 1), (8, 14), (0, 24), (23, 24)])
def test_working_hours_that_rise_within_a_day_pass(hours: tuple[int, int]) -> None:
    assert changed(TOY.staffing, working_hours=hours).working_hours == hours


@pytest.mark.parametrize("hours", [(8, 8), (14, 8), (-1, 8), (8, 25), (24, 24)])
def test_other_working_hours_are_refused(hours: tuple[int, int]) -> None:
    assert isinstance(TOY.staffing, StaffRules)
    assert reason(TOY.staffing, working_hours=hours) == (
        "working_hours must be two hours of a day that rise"
    )


@pytest.mark.parametrize(
    ("zones", "weights"), [((10,), (1,)), ((1, 2, 3), (1, 0.5, 0)), ((1, 2), (0.5, 0.5))]
)
def test_zones_that_rise_with_weights_that_do_not_pass(zones: Any, weights: Any) -> None:
    found = changed(TOY.access, zones_minutes=zones, zone_weights=weights)
    assert isinstance(found, AccessMeasures)
    assert (found.zones_minutes, found.zone_weights) == (zones, weights)


@pytest.mark.parametrize(
    ("zones", "weights", "expected"),
    [
        ((10, 20), (1,), "zones_minutes and zone_weights must be as many"),
        ((10,), (1, 0.5), "zones_minutes and zone_weights must be as many"),
        ((20, 10), (1, 0.5), "zones_minutes must rise"),
        ((10, 10), (1, 0.5), "zones_minutes must rise"),
        ((10, 20), (0.5, 1), "zone_weights must not rise"),
        ((10, 20, 30), (1, 0.2, 0.3), "zone_weights must not rise"),
    ],
)
def test_other_zones_are_refused(zones: Any, weights: Any, expected: str) -> None:
    assert reason(TOY.access, zones_minutes=zones, zone_weights=weights) == expected


@pytest.mark.parametrize(
    ("criterion", "full"),
    [
        (
            Criterion(name="mean_minutes", weight=1, none_at=5, worst_at=45, reason="toy"),
            "worst_at",
        ),
        (
            FeasibilityCriterion(
                name="people_gained", weight=1, none_at=0, best_at=1, reason="toy"
            ),
            "best_at",
        ),
    ],
)
def test_goalposts_differ_and_may_fall(criterion: BaseModel, full: str) -> None:
    assert reason(criterion, none_at=7, **{full: 7}) == f"none_at and {full} must differ"
    assert changed(criterion, none_at=7, **{full: 6}).none_at == 7
    assert changed(criterion, none_at=7, **{full: 7.001}).none_at == 7


@pytest.mark.parametrize(
    "what",
    [
        {"ways": (4,)},
        {"polygon": SQUARE},
        {"ways": (4,), "polygon": SQUARE[:2]},
        {"at": (112.5, -7.8)},
    ],
)
def test_a_closure_names_ways_or_an_area(what: dict[str, Any]) -> None:
    assert changed(CLOSED, **({"ways": ()} | what)).name == "banjir"


@pytest.mark.parametrize("corners", [0, 1, 2])
def test_a_closure_of_nothing_is_refused(corners: int) -> None:
    assert reason(CLOSED, ways=(), polygon=SQUARE[:corners]) == (
        "a closure needs ways, a point (at), or a polygon of three corners or more"
    )


def test_a_mode_that_is_not_there_is_refused_wherever_it_is_named() -> None:
    assert reason(TOY, headline={"mode": "sea", "threshold_minutes": 1}).startswith("headline.mode")
    assert reason(TOY, referral=TOY.referral.model_dump() | {"mode": "sea"}).startswith(
        "referral.mode"
    )
    sail = Calibration(mode="sea", figure="F-SPEED").model_dump()
    assert reason(TOY, calibration=sail).startswith("calibration.mode")
    walk = WALKING.model_dump() | {"then": "sea"}
    assert reason(TOY, modes={"toy": walk}).startswith("modes.toy.then")


def test_modes_that_are_there_pass_wherever_they_are_named() -> None:
    walk = WALKING.model_dump() | {"then": "ride"}
    found = changed(
        TOY,
        modes={"toy": walk, "ride": WALKING.model_dump()},
        calibration={"mode": "ride", "figure": "F-SPEED"},
        referral=TOY.referral.model_dump() | {"mode": "ride"},
    )
    assert isinstance(found, Scenario)
    assert (found.calibration.mode, found.referral.mode, found.modes["toy"].then) == (
        "ride", "ride", "ride",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"thresholds_minutes": (2, 1)}, "thresholds_minutes must rise"),
        ({"thresholds_minutes": (1, 1)}, "thresholds_minutes must rise"),
        ({"speeds_kmh": {"path": (2, 1, 3)}}, "speeds_kmh.path must be slow, middle, fast"),
        (
            {"speeds_kmh": {"path": (1, 2, 41)}, "caps_kmh": {"default": 40}},
            "speeds_kmh.path 41 is above the limit of 40",
        ),
        (
            {"speeds_kmh": {"path": (1, 2, 31)}, "caps_kmh": {"default": 40, "path": 30}},
            "speeds_kmh.path 31 is above the limit of 30",
        ),
        ({"then": "ride", "turn_s": 1}, "turn_s and then cannot be used together"),
    ],
)
def test_a_mode_that_contradicts_itself_is_refused(change: dict[str, Any], expected: str) -> None:
    assert reason(WALKING, **change) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"thresholds_minutes": ()},
        {"speeds_kmh": {"path": (2, 2, 2)}},
        {"speeds_kmh": {"path": (1, 2, 40)}, "caps_kmh": {"default": 40}},
        {"speeds_kmh": {"path": (1, 2, 41)}, "caps_kmh": {"default": 40, "path": 41}},
        {"speeds_kmh": {"path": (1, 2, 41)}, "caps_kmh": {"residential": 30}},
        {"then": "ride", "turn_s": 0},
        {"turn_s": 1},
    ],
)
def test_a_mode_at_its_limits_passes(change: dict[str, Any]) -> None:
    assert isinstance(changed(WALKING, **change), Mode)


def test_a_class_without_a_speed_is_not_used_and_each_set_has_its_own() -> None:
    speeds = [WALKING.speed_kmh("path", name) for name in ("slow", "middle", "fast")]
    assert speeds == [1.5, 3, 6]
    assert str(WALKING.speed_kmh("motorway", "middle")) == "nan"


def test_a_letterhead_holds_six_lines_and_four_signatures() -> None:
    head = Letterhead()
    assert (head.lines, head.signatures, head.number) == ((), (), "")
    sign = Signature(role="Kepala Dinas")
    assert (sign.name, sign.number) == ("", "")
    full = changed(head, lines=["x"] * 6, signatures=[{"role": "x" * 160}] * 4)
    assert len(full.lines) == 6
    assert "at most 6" in reason(head, lines=["x"] * 7)
    assert "at most 4" in reason(head, signatures=[{"role": "x"}] * 5)
    assert "at most 160 characters" in reason(sign, role="x" * 161)
    assert "at most 80 characters" in reason(sign, number="x" * 81)
