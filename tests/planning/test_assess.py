"""The assessment of the street: its tables by hand, and what the scenario changes in it."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from rich.console import Console

from batu_geo.domain.errors import ScenarioError
from batu_geo.domain.site_choice import FacilityChange
from batu_geo.domain.tables import Villages
from batu_geo.domain.travel import Calibration, NewRoad
from batu_geo.planning.assess import assess, plan_inputs, village_offices
from batu_geo.planning.assessment import Assessment
from batu_geo.planning.study import Study
from batu_geo.planning.tables.health_office_tables import health_office_tables
from batu_geo.render.terminal.appraisal import appraisal
from tests.planning.street import CRS, place, settings, study
from tests.toy import CORNER, RIDING, TO_DEGREES

UNITS = {"u0": ("v0", 0.0)}
BUILDINGS = {"b1": ("v1", 4.0), "b3": ("v3", 12.0)}


@pytest.fixture(scope="module")
def street() -> Assessment:
    return assess(study(UNITS, BUILDINGS), settings())


def with_offices(town: Study, *blocks: float | None) -> Study:
    """Return a study with a village office at each place, None for an unknown one."""
    points = gpd.GeoSeries([place(0 if x is None else x) for x in blocks], crs=CRS)
    degrees = points.to_crs("EPSG:4326")
    known = [x is not None for x in blocks]
    table = town.villages.assign(
        office_lon=degrees.x.where(known), office_lat=degrees.y.where(known)
    )
    return replace(town, villages=Villages(table))


def figures(**values: float) -> pd.DataFrame:
    """Return reported figures by id, ``F_POP`` for F-POP."""
    return pd.DataFrame(
        [
            (name.replace("_", "-"), name, name, value, "people", "2026-01-01", "toy", "reported")
            for name, value in values.items()
        ],
        columns=["figure_id", "meaning", "meaning_en", "value", "unit", "date", "source",
                 "evidence"],
    )  # fmt: skip


@pytest.mark.slow
def test_people_of_the_villages_add_up_to_those_of_the_city(street: Assessment) -> None:
    """Within 2 minutes of 0: the homes at 0.5 and 1.5; within 4 also those at 2.5 and 3.5."""
    groups = ["served", "not_served", "unreachable", "not_snapped"]
    assert street.city["threshold_minutes"].tolist() == [2, 4]
    assert street.city["served"].tolist() == [20, 40]
    assert street.city[groups].sum(axis=1).tolist() == [120, 120]
    assert street.city["share_served_percent"].tolist() == pytest.approx([100 / 6, 100 / 3])
    at_4 = street.villages[street.villages["threshold_minutes"] == 4]
    assert at_4["served"].tolist() == [30, 10, 0, 0]


def test_buildings_are_ranked_by_people_gained(street: Assessment) -> None:
    """At 4: 2.5, 3.5, 4.5 and 5.5 are newly within 2 minutes; at 12: 10.5 and 11.5."""
    ranked = street.candidates
    assert ranked["site_id"].tolist() == ["b1", "b3"]
    assert ranked["people_gained"].tolist() == [40, 20]


def test_each_village_is_as_ready_as_its_best_building(street: Assessment) -> None:
    ready = street.feasibility.set_index("village_id")["feasibility_score"]
    assert ready.to_dict() == {"v1": 1, "v3": 1, "v2": 0}
    scores = street.gaps.set_index("village_id")["feasibility_score"]
    assert scores.to_dict() == ready.to_dict()


def test_catchments_end_where_the_minutes_end(street: Assessment) -> None:
    """From 0 to 2 and to 4 blocks along the street, with the buffer of 10 m."""
    assert street.catchments["threshold_minutes"].tolist() == [2, 4]
    west = place(0).x
    ends = [shape.bounds[2] - west for shape in street.catchments.geometry]
    assert ends == pytest.approx([210, 410], abs=0.5)


@pytest.mark.slow
def test_the_rank_under_a_closed_border_stands_beside_the_rank() -> None:
    """A unit outside at 13 brings v3 close; without it v3 is the farthest."""
    gaps = assess(study({"u0": ("v0", 0), "out": (None, 13)}), settings()).gaps
    ranks = gaps.set_index("village_id")[["rank", "rank_if_border_closed"]]
    assert ranks["rank"].to_dict() == {"v2": 1, "v1": 2, "v3": 3}
    assert ranks["rank_if_border_closed"].to_dict() == {"v3": 1, "v2": 2, "v1": 3}


def test_a_scenario_closes_a_unit_and_the_study_itself_stays_as_it_was() -> None:
    town = study({"u0": ("v0", 0), "u3": ("v3", 12)})
    town.facilities.loc[0, "closed_from"] = "2026-02-01"
    change = FacilityChange(facility_id="u0", status="temporarily_closed", source="toy")
    closed = assess(town, settings(facility_changes=(change,)))
    assert closed.unit_status.to_dict() == {"v0": "closed", "v1": "none", "v2": "none",
                                            "v3": "open"}  # fmt: skip
    assert closed.city["served"].tolist() == [20, 40]
    # The dates of the file do not speak of what the scenario changed.
    assert closed.study.facilities.loc[0, "closed_from"] is None
    assert town.facilities["status"].tolist() == ["active", "active"]


def test_a_scenario_cannot_change_a_facility_that_is_not_there() -> None:
    change = FacilityChange(facility_id="nowhere", status="closed", source="toy")
    with pytest.raises(ScenarioError, match=r"BG-306.*nowhere"):
        assess(study(UNITS), settings(facility_changes=(change,)))


@pytest.mark.slow
def test_progress_names_each_step_in_order() -> None:
    steps: list[str] = []
    assess(study(UNITS), settings(), progress=steps.append)
    assert steps == ["step_demand", "step_times", "step_rank", "step_robust"]


def test_a_plan_says_that_it_computes_times_and_draws_no_catchment() -> None:
    steps: list[str] = []
    found = plan_inputs(study(UNITS), settings(), progress=steps.append)
    assert steps == ["step_times"]
    assert found.scenario == settings()


def test_an_assessment_under_another_siting_keeps_everything_else(street: Assessment) -> None:
    other = street.with_scenario(street.scenario.model_copy(update={"title": "Other"}))
    assert other.scenario.title == "Other"
    assert other.gaps is street.gaps
    assert other.times is street.times
    assert other.graphs is street.graphs
    assert other.demand is street.demand
    assert street.scenario.title == "Toy"


def calibrated(town: Study, **others: Any) -> dict[str, float | str] | None:
    calibration = Calibration(mode="toy", figure="F-SPEED")
    return assess(town, settings(calibration=calibration, **others)).calibration


@pytest.mark.slow
def test_trips_between_offices_are_held_against_the_reported_speed() -> None:
    """On foot every trip along the street is at 6 km/h."""
    town = replace(with_offices(study(UNITS), 1, 4, 7, None), figures=figures(F_SPEED=5.0))
    result = calibrated(town)
    assert result == {"mode": "toy", "figure": "F-SPEED", "reported_kmh": 5.0, "median_kmh": 6.0,
                      "quartile_1_kmh": 6.0, "quartile_3_kmh": 6.0, "trips": 6}  # fmt: skip
    speeds = {"residential": (3, 19 / 3, 12)}
    walk = settings().modes["toy"].model_copy(update={"speeds_kmh": speeds})
    uneven = calibrated(town, modes={"toy": walk})
    assert uneven is not None
    assert [uneven[name] for name in ("quartile_1_kmh", "median_kmh", "quartile_3_kmh")] == [
        6.33, 6.33, 6.33,
    ]  # fmt: skip


@pytest.mark.parametrize("lacking", ["figures", "figure", "offices", "trips", "setting"])
@pytest.mark.slow
def test_without_all_it_needs_no_speed_is_compared(lacking: str) -> None:
    town = replace(with_offices(study(UNITS), 1, 4, 7, 10), figures=figures(F_SPEED=5.0))
    if lacking == "figures":
        town = replace(town, figures=None)
    elif lacking == "figure":
        town = replace(town, figures=figures(F_POP=120))
    elif lacking == "offices":
        town = replace(study(UNITS), figures=town.figures)
    elif lacking == "trips":
        town = replace(with_offices(town, 1, None, None, None), figures=town.figures)
    else:
        assert assess(town, settings()).calibration is None
        return
    assert calibrated(town) is None


def test_offices_are_the_known_ones_in_metres() -> None:
    offices = village_offices(with_offices(study(UNITS), 1, None, 7.25, None))
    assert offices is not None
    assert offices["village_id"].tolist() == ["v0", "v2"]
    metres = [point.x - place(0).x for point in offices.geometry]
    assert metres == pytest.approx([100, 725], abs=0.01)
    assert village_offices(study(UNITS)) is None


@pytest.mark.slow
def test_every_mode_with_thresholds_has_its_rows() -> None:
    """By motorcycle a block takes half a minute: homes up to 3.5 are within 2 minutes."""
    toy = settings()
    silent = RIDING.model_copy(update={"thresholds_minutes": ()})
    modes = {**toy.modes, "ride": RIDING.model_copy(update={"thresholds_minutes": (2,)}),
             "car": silent}  # fmt: skip
    city = assess(study(UNITS), settings(modes=modes)).city
    assert list(zip(city["mode"], city["served"], strict=True)) == [
        ("toy", 20), ("toy", 40), ("ride", 40),
    ]  # fmt: skip


def test_a_village_with_a_unit_where_nobody_lives_counts_nobody() -> None:
    result = assess(study({"u1": ("v1", 3)}, people=(30, 0, 30, 30)), settings())
    row = result.villages[result.villages["village_id"] == "v1"].iloc[0]
    assert (row["population"], row["served"]) == (0, 0)
    assert result.city["population"].tolist() == [90, 90]


def lonlat(blocks: float, south_m: float = 0) -> tuple[float, float]:
    return TO_DEGREES.transform(CORNER[0] + 100 * blocks, CORNER[1] - south_m)


def test_a_scenario_moves_a_unit_that_still_serves_its_village() -> None:
    """From 0 to 8: 5.5 to 9.5 are within 2 minutes, and v0 keeps its unit."""
    lon, lat = lonlat(8)
    change = FacilityChange(facility_id="u0", lon=lon, lat=lat, source="toy")
    town = study({"u0": ("v0", 0)})
    moved = assess(town, settings(facility_changes=(change,)))
    assert moved.city["served"].tolist() == [40, 80]
    assert moved.unit_status.to_dict()["v0"] == "open"
    assert town.facilities.geometry.iloc[0].distance(place(0)) == 0
    away = FacilityChange(facility_id="u0", lon=0, lat=0, source="toy")
    with pytest.raises(ScenarioError, match="BG-316"):
        assess(town, settings(facility_changes=(away,)))


@pytest.mark.slow
def test_a_scenario_builds_a_road_that_houses_nobody_and_says_what_it_joins() -> None:
    """A street beside the street helps nobody; a path south of it ends 374 m from the nearest."""
    road = NewRoad(name="pintas", line=(lonlat(0), lonlat(6, 50), lonlat(12)),
                   road_class="residential", cost_rupiah=10**9, source="toy")  # fmt: skip
    loose = NewRoad(name="buntu", line=(lonlat(3), lonlat(3, 400)), road_class="path", source="toy")
    town = study(UNITS)
    plain, built = assess(town, settings()), assess(town, settings(new_roads=(road, loose)))
    assert built.demand.equals(plain.demand)
    assert built.city["served"].tolist() == plain.city["served"].tolist()
    said = {n.code: n.values for n in built.notices if n.code in {"BG-842", "BG-843"}}
    assert said["BG-843"] == {"name": "buntu", "end": 2, "metres": 374, "limit": 30.0}
    lengths = [n.values["metres"] for n in built.notices if n.code == "BG-842"]
    assert lengths == [1204, 400]
    assert len(town.roads.way_id) + 8 == len(built.study.roads.way_id)
    table = health_office_tables(built)["new_roads"]
    assert table["way_id"].tolist() == [-1, -2]
    assert table["road_name"].tolist() == ["pintas", "buntu"]
    assert table["length_m"].tolist() == pytest.approx([1204.2, 400], abs=0.2)
    assert table["cost_rupiah"].tolist() == [10**9, pd.NA]
    assert table["joined_ends"].tolist() == ["both", "first"]
    for language, words in (("id", "ujung pertama"), ("en", "the first end")):
        shown = Console(width=300, file=io.StringIO())
        shown.print(appraisal({"new_roads": table}, language, only=["new_roads"]))
        assert words in shown.file.getvalue()
    assert "new_roads" not in health_office_tables(plain)


@pytest.mark.slow
def test_a_new_road_far_from_every_street_joins_at_neither_end() -> None:
    road = NewRoad(name="x", line=(lonlat(3, 300), lonlat(3, 400)), road_class="path", source="toy")
    last = NewRoad(name="x", line=(lonlat(3, 400), lonlat(3)), road_class="path", source="toy")
    built = assess(study(UNITS), settings(new_roads=(road, last)))
    assert health_office_tables(built)["new_roads"]["joined_ends"].tolist() == ["neither", "both"]
