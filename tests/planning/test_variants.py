"""Variants of a situation: each equals a run from the start on inputs that were changed by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from batu_geo.access.coverage import village_coverage
from batu_geo.access.demand import demand_from_places
from batu_geo.domain.criteria import Criterion
from batu_geo.domain.scenario import Scenario
from batu_geo.domain.tables import Facilities, Villages
from batu_geo.domain.travel import Threshold
from batu_geo.network.graph import mode_graph
from batu_geo.network.roads import closed_outside
from batu_geo.planning.situation import (
    Situation,
    Unit,
    has_unit,
    headline_coverage,
    need_ranks,
    need_values,
    ranked_villages,
    served_people,
    situation_of,
    times_to,
    trips,
    unit_points,
)
from batu_geo.planning.study import Study
from batu_geo.planning.variants import (
    OF_GRAPHS,
    at_speed,
    closed_border,
    with_closed_unit,
    with_criteria,
    with_demand,
    with_headline,
    with_inputs,
    with_people_factor,
    with_served_villages,
    with_times,
    with_units,
    within_capacity,
    without_unit,
)
from tests.toy import CORNER, CRS, RIDING, STEP_M, scenario, town

# A grid: whichever street is a path and whichever unit closes, everything stays connected.
DRAWING = """
A-B-C-D-E-F
| | | | | |
G-H-I-J-K-L
| | | | | |
M-N-O-P-Q-R
"""
WORDS = ("ABCDEF", "GHIJKL", "MNOPQR", "AGM", "BHN", "CIO", "DJP", "EKQ", "FLR")
WEST, NORTH = CORNER
SEEDS = range(6)


def toy_scenario() -> Scenario:
    criteria = [("mean_minutes", 2.0, 9.0), ("people_beyond", 1.0, 500.0)]
    need = tuple(
        Criterion(name=name, weight=weight, none_at=0, worst_at=worst, reason="toy")
        for name, weight, worst in criteria
    )
    return scenario(others={"ride": RIDING}).model_copy(update={"need": need})


def toy_study(seed: int) -> Study:
    """Return four villages side by side, units in some of them, and one east of the border."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(["residential", "residential", "path"], len(WORDS))
    roads = town(DRAWING.replace("|", " "), dict(zip(WORDS, kinds, strict=True)))
    ids = [f"v{n}" for n in range(4)]
    strips = [
        shapely.box(WEST + 110 * n - 5, NORTH - 250, WEST + 110 * (n + 1) - 5, NORTH + 50)
        for n in range(4)
    ]
    villages = gpd.GeoDataFrame(
        {
            "village_id": ids,
            "village_name": [f"Desa {name}" for name in ids],
            "district_name": "Toy",
            "population": rng.integers(50, 900, 4),
        },
        geometry=strips,
        crs=CRS,
    )
    homes = [*rng.choice(ids, 2, replace=False), None]
    units = gpd.GeoDataFrame(
        {
            "facility_id": ["u0", "u1", "outside"],
            "facility_name": ["Unit 0", "Unit 1", "Unit outside"],
            "kind": "UPKDK",
            "operator": "city",
            "status": "active",
            "closed_from": None,
            "closed_until": None,
            "village_id": pd.array(homes, dtype="str"),
        },
        geometry=[*_somewhere(rng, 2), shapely.Point(WEST + 5 * STEP_M + 3, NORTH - 20)],
        crs=CRS,
    )
    return Study(
        name="toy", title="Toy", crs=CRS, folder=Path(), villages=Villages(villages),
        facilities=Facilities(units), buildings=None, roads=roads, costs=None, indicators=None,
        staffing=None, profiles=None, figures=None, homes={}, inputs={}, notices=(),
    )  # fmt: skip


def _somewhere(rng: np.random.Generator, count: int) -> list[shapely.Point]:
    """Return places a few metres from the streets of the villages."""
    right, down = rng.integers(0, 4, count), rng.integers(0, 3, count)
    aside = rng.integers(-4, 5, (2, count))
    xy = zip(WEST + STEP_M * right + aside[0], NORTH - STEP_M * down + aside[1], strict=True)
    return [shapely.Point(*place) for place in xy]


def same(variant: Situation, afresh: Situation) -> None:
    """Compare coverage in every mode, and the ranks."""
    tables = [
        village_coverage(s.villages, s.times, s.demand, s.scenario.thresholds)
        for s in (variant, afresh)
    ]
    pd.testing.assert_frame_equal(*tables)
    pd.testing.assert_frame_equal(ranked_villages(variant), ranked_villages(afresh))


def with_facilities(study: Study, facilities: pd.DataFrame) -> Study:
    table = gpd.GeoDataFrame(facilities.reset_index(drop=True), crs=CRS)
    return replace(study, facilities=Facilities(table))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.slow
def test_a_unit_less_is_as_computed_from_the_start(seed: int) -> None:
    study, settings = toy_study(seed), toy_scenario()
    rest = with_facilities(study, study.facilities[study.facilities["facility_id"] != "u0"])
    same(without_unit(situation_of(study, settings), "u0"), situation_of(rest, settings))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.slow
def test_a_closed_unit_is_as_computed_from_the_start(seed: int) -> None:
    study, settings = toy_study(seed), toy_scenario()
    status = study.facilities["facility_id"].map({"u1": "temporarily_closed"}).fillna("active")
    closed = with_facilities(study, study.facilities.assign(status=status))
    variant = with_closed_unit(situation_of(study, settings), "u1")
    same(variant, situation_of(closed, settings))
    assert has_unit(variant).sum() == 2
    assert has_unit(without_unit(situation_of(study, settings), "u1")).sum() == 1


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.slow
def test_a_unit_more_is_as_computed_from_the_start(seed: int) -> None:
    study, settings = toy_study(seed), toy_scenario()
    now = situation_of(study, settings)
    village, *_ = has_unit(now).index[~has_unit(now)]
    (point,) = _somewhere(np.random.default_rng(seed + 1000), 1)
    new = study.facilities.iloc[[0]].assign(facility_id="new", village_id=village, geometry=[point])
    more = with_facilities(study, pd.concat([study.facilities, new]))
    place = gpd.GeoDataFrame({"facility_id": ["new"]}, geometry=[point], crs=CRS)
    variant = with_units(now, {"new": Unit(village, point)}, times_to(now, place))
    same(variant, situation_of(more, settings))
    same(without_unit(variant, "new"), now)


@pytest.mark.parametrize("speed_set", ["slow", "middle", "fast"])
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.slow
def test_other_speeds_are_as_computed_from_the_start(seed: int, speed_set: str) -> None:
    study, settings = toy_study(seed), toy_scenario()
    travel = settings.travel.model_copy(update={"speed_set": speed_set})
    afresh = situation_of(study, settings.model_copy(update={"travel": travel}))
    same(at_speed(situation_of(study, settings), speed_set), afresh)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.slow
def test_a_closed_border_is_as_computed_from_the_start(seed: int) -> None:
    study, settings = toy_study(seed), toy_scenario()
    area = shapely.union_all(study.villages.geometry.to_numpy())
    inside = study.facilities[study.facilities["facility_id"] != "outside"]
    closed = replace(with_facilities(study, inside), roads=closed_outside(study.roads, area))
    now = situation_of(study, settings)
    variant = closed_border(now)
    # People live where they lived, also along streets that are closed now.
    same(variant, with_demand(situation_of(closed, settings), now.demand))
    assert set(variant.units) == {"u0", "u1"}
    assert served_people(variant) <= served_people(now)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.slow
def test_variants_of_variants_are_as_computed_from_the_start(seed: int) -> None:
    study, settings = toy_study(seed), toy_scenario()
    rest = with_facilities(study, study.facilities[study.facilities["facility_id"] != "u0"])
    travel = settings.travel.model_copy(update={"speed_set": "slow"})
    afresh = situation_of(rest, settings.model_copy(update={"travel": travel}))
    now = situation_of(study, settings)
    same(at_speed(without_unit(now, "u0"), "slow"), afresh)
    same(without_unit(at_speed(now, "slow"), "u0"), afresh)
    same(closed_border(at_speed(now, "fast")), at_speed(closed_border(now), "fast"))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.slow
def test_homes_elsewhere_and_another_headline_are_as_computed_from_the_start(seed: int) -> None:
    study, settings = toy_study(seed), toy_scenario()
    now, rng = situation_of(study, settings), np.random.default_rng(seed)
    places = np.array([(p.x, p.y) for p in _somewhere(rng, 9)])
    demand = demand_from_places(
        study.villages, places, rng.integers(0, 4, 9), np.ones(9), evidence="assumed"
    )
    moved = with_demand(now, demand)
    assert moved.graphs is now.graphs
    afresh = situation_of(study, settings)
    same(moved, replace(with_demand(afresh, demand), graphs=afresh.graphs))
    head = Threshold(mode="ride", threshold_minutes=2)
    by_bike = settings.model_copy(update={"headline": head})
    same(with_headline(now, head), situation_of(study, by_bike))


def test_what_does_not_change_is_kept_by_identity() -> None:
    now = situation_of(toy_study(1), toy_scenario())
    assert at_speed(now, "middle") is now
    heavier = with_criteria(now, [now.scenario.need[0]])
    assert (heavier.times, heavier.graphs, heavier.demand) == (now.times, now.graphs, now.demand)
    less = without_unit(now, "u0")
    assert less.graphs is now.graphs
    assert less.roads is now.roads
    assert headline_coverage(now) is headline_coverage(now)
    assert headline_coverage(less) is not headline_coverage(now)
    assert ranked_villages(now) is ranked_villages(now)


def test_other_weights_rank_by_them_alone() -> None:
    now = situation_of(toy_study(2), toy_scenario())
    only = with_criteria(now, [now.scenario.need[1]])
    table = ranked_villages(only)
    beyond = table["people_beyond"].clip(upper=500)
    assert table["score"].tolist() == pytest.approx((beyond / 500).tolist(), abs=1e-9)
    assert need_ranks(only).tolist() == sorted(need_ranks(only))


def test_more_people_scale_the_criteria_that_grow_with_people_and_nothing_else() -> None:
    now = situation_of(toy_study(3), toy_scenario())
    more = with_people_factor(now, "v0", 1.5)
    before, after = need_values(now), need_values(more)
    assert after.loc["v0", "people_beyond"] == 1.5 * before.loc["v0", "people_beyond"]
    assert after.loc["v0", "mean_minutes"] == before.loc["v0", "mean_minutes"]
    pd.testing.assert_frame_equal(after.drop("v0"), before.drop("v0"))
    back = with_people_factor(more, "v0", 1.0)
    pd.testing.assert_frame_equal(need_values(back), before)


def test_a_mode_that_is_not_travelled_has_no_times() -> None:
    now: Any = situation_of(toy_study(4), toy_scenario())
    assert set(now.times) == {"toy", "ride"}
    assert len(now.times) == 2
    with pytest.raises(KeyError, match="car"):
        now.times["car"]


def test_units_stand_where_the_facilities_stand() -> None:
    study = toy_study(5)
    points = unit_points(situation_of(study, toy_scenario()))
    assert points["facility_id"].tolist() == ["u0", "u1", "outside"]
    assert points.geometry.tolist() == study.facilities.geometry.tolist()
    assert points.crs == study.facilities.crs == CRS


SETTINGS = {
    "travel": lambda s: s.travel.model_copy(update={"speed_set": "slow"}),
    "snapping": lambda s: s.snapping.model_copy(update={"refuse_m": s.snapping.refuse_m / 8}),
    "need": lambda s: s.need[:1],
    "demand": lambda s: s.demand.model_copy(update={"spacing_m": s.demand.spacing_m / 4}),
    "service": lambda s: s.service.model_copy(update={"open_statuses": ("temporarily_closed",)}),
}
# What is taken over by identity: graphs, joins, times.
KEPT = {
    "travel": (False, False, False),
    "snapping": (True, False, False),
    "need": (True, True, True),
    "demand": (True, False, False),
    "service": (True, True, False),
}


@pytest.mark.parametrize("name", [*SETTINGS])
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.slow
def test_other_settings_are_as_computed_from_the_start(seed: int, name: str) -> None:
    """And the steps that do not depend on them are those of the situation itself."""
    study, settings = toy_study(seed), toy_scenario()
    other = settings.model_copy(update={name: SETTINGS[name](settings)})
    assert getattr(other, name) != getattr(settings, name)
    now = situation_of(study, settings)
    variant = with_inputs(now, study, other)
    same(variant, situation_of(study, other))
    kept = (variant.graphs is now.graphs, variant.joined is now.joined, variant.times is now.times)
    assert kept == KEPT[name]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.slow
def test_another_input_is_as_computed_from_the_start(seed: int) -> None:
    study, settings = toy_study(seed), toy_scenario()
    now, other = situation_of(study, settings), toy_study(seed + 100)
    for part, is_kept in (("villages", True), ("facilities", True), ("roads", False)):
        changed = replace(study, **{part: getattr(other, part)})
        variant = with_inputs(now, changed, settings)
        same(variant, situation_of(changed, settings))
        assert (variant.graphs is now.graphs) == is_kept
        assert variant.times is not now.times


def test_units_in_another_order_have_their_times_in_that_order() -> None:
    study, settings = toy_study(0), toy_scenario()
    now = situation_of(study, settings)
    turned = with_facilities(study, study.facilities.iloc[::-1])
    variant = with_inputs(now, turned, settings)
    assert variant.times["toy"].destination_ids == tuple(variant.units)
    same(variant, situation_of(turned, settings))


def test_graphs_depend_on_no_setting_but_those_listed() -> None:
    """`with_inputs` takes graphs over by them."""
    read: set[str] = set()

    class Watched(Scenario):
        def __getattribute__(self, name: str) -> Any:
            if name in Scenario.model_fields:
                read.add(name)
            return super().__getattribute__(name)

    study, settings = toy_study(0), toy_scenario()
    watched = Watched.model_validate(settings.model_dump())
    read.clear()
    for mode in ("toy", "ride"):
        mode_graph(study.roads, watched, mode=mode)
    assert read == set(OF_GRAPHS)


def test_within_capacity_people_go_where_they_are_assigned() -> None:
    now = situation_of(toy_study(0), toy_scenario())
    first, second, *_ = now.demand["demand_id"]
    assignments = pd.DataFrame(
        {"demand_id": [first, first, second], "facility_id": ["u0", None, "u1"],
         "people": [2, 1, 4], "travel_time_min": [3.0, np.inf, 5.0]}
    )  # fmt: skip
    full = within_capacity(now, assignments)
    table, villages = trips(full), now.demand.set_index("demand_id")["village_id"]
    assert table["village_id"].tolist() == villages[[first, first, second]].tolist()
    assert table[["people", "travel_time_min"]].values.tolist() == [[2, 3.0], [1, np.inf], [4, 5.0]]
    nearest = trips(now)
    assert nearest["people"].tolist() == now.demand["population"].tolist()
    assert nearest["travel_time_min"].tolist() == now.times["toy"].best().tolist()
    changed = [without_unit(full, "u0"), with_times(full, now.times), with_demand(full, now.demand)]
    assert [variant.assignments for variant in changed] == [None, None, None]


def test_a_village_served_elsewhere_is_not_ranked() -> None:
    now = situation_of(toy_study(0), toy_scenario())
    first, *rest = sorted(ranked_villages(now)["village_id"])
    variant = with_served_villages(now, [first])
    assert sorted(ranked_villages(variant)["village_id"]) == rest
    assert variant.times is now.times
