"""Every junction and every stretch at once, against one scenario each."""

from __future__ import annotations

from contextlib import suppress

import geopandas as gpd
import numpy as np
import pytest
import shapely

from batu_geo.domain.errors import ScenarioError
from batu_geo.domain.site_choice import NewUnit
from batu_geo.domain.travel import Closure
from batu_geo.domain.village_of_points import village_rows
from batu_geo.network.nearby import junctions
from batu_geo.network.nearby.ends import Ends
from batu_geo.network.nearby.junctions import at_junctions
from batu_geo.network.travel_times import travel_times
from batu_geo.planning.situation import served_people
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.workbench.bench import after, bench_of, scenario_of
from batu_geo.workbench.edits import ChangeStreet, OpenUnit, SetStatus, SetThreshold
from batu_geo.workbench.lost_stretches import lost_stretches
from batu_geo.workbench.one_more_unit import gained_at, one_more_unit
from batu_geo.workbench.standing import Standing, standing
from tests.how_many import blocks, few
from tests.workbench.town import drawn_step, write_town


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    study = load_study(write_town(tmp_path_factory.mktemp("layers") / "study"))
    overrides = ["headline.threshold_minutes=4"]
    return standing(study, load_scenario("baseline", study=study, overrides=overrides))


def degrees(xy: np.ndarray, crs: str) -> list[tuple[float, float]]:
    points = gpd.GeoSeries(shapely.points(xy), crs=crs).to_crs("EPSG:4326")
    return [(point.x, point.y) for point in points]


@pytest.mark.slow
def test_a_unit_opened_at_a_junction_serves_as_many_as_is_said(today: Standing) -> None:
    found, before = one_more_unit(today), served_people(today.situation)
    assert len(found.people) == 15
    assert found.people.min() == 0 < found.people.max()
    bench, exact = bench_of(today.scenario), gained_at(today, found.xy)
    assert (found.people <= exact).all()
    for (lon, lat), people in zip(degrees(found.xy, today.study.crs), exact, strict=True):
        unit = NewUnit(unit_id="baru", lon=lon, lat=lat, source="uji")
        then = standing(today.given, scenario_of(after(bench, OpenUnit(unit=unit))), after=[today])
        assert served_people(then.situation) - before == people


def by_one_trip_table(now: Standing) -> np.ndarray:
    """People newly within the threshold of each junction, searched from the junctions."""
    mode, limit = now.scenario.headline.mode, now.scenario.headline.threshold_minutes
    graph, homes = now.situation.graphs[mode], now.situation.demand
    nodes = np.unique(graph.roads.edge_node[graph.layers[0].is_joinable])
    points = shapely.points(graph.roads.node_xy[nodes])
    is_inside = village_rows(now.study.villages, points) >= 0
    nodes, points = nodes[is_inside], points[is_inside]
    starts = now.situation.joined[mode]
    xy = graph.roads.node_xy[nodes]
    ends = Ends(starts.joins, at_junctions(graph, nodes), starts.by_place, xy, starts.ids)
    places = gpd.GeoDataFrame({"n": nodes.astype(str)}, geometry=points, crs=graph.roads.crs)
    times = travel_times(graph, origins=homes, destinations=places, refuse_m=1.0, joined=ends)
    minutes = np.full((len(homes), len(nodes)), np.inf)
    trips = times.trips
    minutes[trips.origin, trips.column] = trips.minutes
    is_new = (minutes <= limit) & ~(now.situation.times[mode].best() <= limit)[:, None]
    return homes["population"].to_numpy(dtype=np.int64) @ is_new


@pytest.mark.parametrize("block", blocks(2))
def test_the_surface_is_the_trips_to_every_junction(
    block: int, today: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = 0
    monkeypatch.setattr(junctions, "TOGETHER", 3)
    for seed in range(few(60)):
        rng = np.random.default_rng([block, seed])
        bench = after(bench_of(today.scenario), SetThreshold(minutes=int(rng.integers(2, 9))))
        for _ in range(8):
            with suppress(ScenarioError):
                bench = drawn_step(rng, bench)
        try:
            now = standing(today.given, scenario_of(bench), after=[today])
        except ScenarioError:
            continue
        found = one_more_unit(now)
        assert found.people.tolist() == by_one_trip_table(now).tolist(), bench.edits
        assert (found.people <= gained_at(now, found.xy)).all(), bench.edits
        met += bool(found.people.any())
    assert met


@pytest.mark.slow
@pytest.mark.parametrize("closed", [(), ("U-v.1",), ("U-v.1", "U-v.4")])
def test_a_stretch_that_is_closed_cuts_off_as_many_as_the_layer_says(
    today: Standing, closed: tuple[str, ...]
) -> None:
    acts = [SetStatus(unit_id=name, status="closed") for name in closed]
    bench = after(bench_of(today.scenario), *acts) if acts else bench_of(today.scenario)
    before = standing(today.given, scenario_of(bench), after=[today])
    roads, mode = today.study.roads, today.scenario.headline.mode
    people = today.situation.demand["population"].to_numpy()
    reached = np.isfinite(before.situation.times[mode].best())
    lost = lost_stretches(before, most=roads.edge_count)
    found = dict(zip(lost.edge.tolist(), lost.people.tolist(), strict=True))
    assert list(lost.people) == sorted(lost.people, reverse=True)
    middles = shapely.line_interpolate_point(roads.lines(), 0.5, normalized=True)
    for edge, at in enumerate(degrees(shapely.get_coordinates(middles), roads.crs)):
        street = ChangeStreet(closure=Closure(name="x", at=at, source="uji"))
        then = standing(today.given, scenario_of(after(bench, street)), after=[before])
        gone = reached & ~np.isfinite(then.situation.times[mode].best())
        assert found.get(edge, 0) == int(people[gone].sum()), edge
