"""Every result prints itself in ten lines and draws itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pytest
import shapely

import batu_geo as bg
from batu_geo.network.travel_times import matrix_times
from batu_geo.planning.assessment import draw_need

if TYPE_CHECKING:
    from batu_geo import Assessment, Run

mpl.use("Agg")
pytestmark = pytest.mark.slow
CLOSED = "UPKDK-35.79.03.2003"


@pytest.fixture(scope="module")
def results(baseline: Assessment, baseline_run: Run) -> dict[str, Any]:
    study, scenario = baseline.study, baseline.scenario
    units = bg.units(study.facilities, scenario.service, is_open=True)
    roads = bg.Roads(study.roads, scenario)
    times = bg.travel_times(roads, origins=units, destinations=units.head(3), mode="foot")
    problem = bg.LocationProblem.from_travel_times(times, np.ones(len(units)))
    found = bg.compare(["baseline", "enam-unit"])
    return {
        "study": study,
        "scenario": scenario,
        "network": study.roads,
        "graph": roads.graph("foot"),
        "roads": roads,
        "times": times,
        "assessment": baseline,
        "what_if": bg.close_unit(bg.what_if(baseline), CLOSED),
        "placement": bg.solve_placement(
            bg.assess(study, bg.load_scenario("tiga-terbaik", study=study))
        ),
        "run": baseline_run,
        "map": baseline_run.map,
        "comparison": found,
        "problem": problem,
        "plan": bg.solve_mclp(problem, 1, minutes=10),
    }


def test_each_prints_itself_in_ten_short_lines(results: dict[str, Any]) -> None:
    for name, result in results.items():
        lines = repr(result).splitlines()
        assert len(lines) <= 10, name
        assert max(map(len, lines)) <= 300, name
    for name, words in {
        "study": "24 villages, 225,408 people",
        "assessment": "6 villages without a unit, by need: Oro-oro Ombo",
        "what_if": "16 open units; 0 opened, 1 closed by hand",
        "comparison": "Comparison: baseline, enam-unit",
        "times": "17 origins, 3 destinations",
        "scenario": "modes: ",
        "placement": "optimal (enumeration)",
    }.items():
        assert words in repr(results[name]), (name, repr(results[name]))


PICTURES = [
    "study", "roads", "times", "assessment", "what_if", "placement", "run", "comparison", "plan",
]  # fmt: skip


@pytest.mark.parametrize("name", PICTURES)
def test_each_draws_itself_on_axes_of_its_own_or_given(name: str, results: dict[str, Any]) -> None:
    import matplotlib.pyplot as plt

    figure, given = plt.subplots()
    drawn = results[name].plot(ax=given)
    assert drawn is given
    assert given.has_data()
    alone = results[name].plot()
    assert alone.get_figure() is not figure
    assert alone.has_data()
    plt.close("all")


def test_a_plan_of_travel_times_has_its_places(results: dict[str, Any]) -> None:
    plan, problem = results["plan"], results["problem"]
    assert "<iframe" in plan._repr_html_()
    places = problem.located.places
    assert places["minutes"].tolist() == results["times"].best().tolist()
    assert len(problem.located.sites) == 3


def test_times_of_a_matrix_are_a_curve_that_who_has_no_way_never_joins() -> None:
    import matplotlib.pyplot as plt

    times = matrix_times([[5.0, 3.0], [np.inf, np.inf], [7.0, 9.0], [np.inf, 3.0]])
    _, axes = plt.subplots()
    line = times.plot(ax=axes).lines[0]
    assert line.get_xdata().tolist() == [0, 3, 3, 7]
    assert line.get_ydata().tolist() == [0, 25, 50, 75]
    assert repr(times).splitlines() == [
        "TravelTimes: 4 origins, 2 destinations",
        "  5 trips kept: all",
        "  3 origins have a way, nearest 3.0 to 7.0 min",
    ]
    lost = matrix_times([[np.inf]])
    assert repr(lost).splitlines()[-1] == "  0 origins have a way"
    assert lost.plot().lines[0].get_ydata().tolist() == [0]
    plt.close("all")


def test_where_every_village_has_a_unit_the_map_has_no_ranks(baseline: Assessment) -> None:
    import matplotlib.pyplot as plt

    axes = draw_need(baseline.situation, baseline.gaps.head(0), None)
    assert len(axes.collections) == 2  # villages and units
    assert len(draw_need(baseline.situation, baseline.gaps, None).collections) == 3
    plt.close("all")


def test_times_to_nowhere_are_a_map_of_places_without_a_way() -> None:
    import matplotlib.pyplot as plt

    street = gpd.GeoDataFrame(
        geometry=[shapely.LineString([(112.5, -7.9), (112.51, -7.9)])], crs="EPSG:4326"
    )
    home = gpd.GeoDataFrame(geometry=gpd.points_from_xy([112.5], [-7.9]), crs="EPSG:4326")
    roads = bg.roads_from_lines(street, highway="residential")
    times = bg.travel_times(roads, origins=home, destinations=home, mode="foot")
    assert len(times.plot().collections) == 2  # the place and the destination
    assert len(times.only().plot().collections) == 1
    plt.close("all")
