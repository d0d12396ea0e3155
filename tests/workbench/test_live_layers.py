"""Every junction and every stretch at once, against one scenario each."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from batu_geo.domain.site_choice import NewUnit
from batu_geo.domain.travel import Closure
from batu_geo.planning.situation import served_people
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.workbench.bench import after, bench_of, scenario_of
from batu_geo.workbench.edits import ChangeStreet, OpenUnit, SetStatus
from batu_geo.workbench.lost_stretches import lost_stretches
from batu_geo.workbench.one_more_unit import one_more_unit
from batu_geo.workbench.standing import Standing, standing
from tests.workbench.town import write_town


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    study = load_study(write_town(tmp_path_factory.mktemp("layers") / "study"))
    overrides = ["headline.threshold_minutes=4"]
    return standing(study, load_scenario("baseline", study=study, overrides=overrides))


def degrees(xy: np.ndarray, crs: str) -> list[tuple[float, float]]:
    points = gpd.GeoSeries(shapely.points(xy), crs=crs).to_crs("EPSG:4326")
    return [(point.x, point.y) for point in points]


def test_a_unit_at_a_junction_serves_as_many_as_the_layer_says(today: Standing) -> None:
    found, before = one_more_unit(today), served_people(today.situation)
    assert len(found.people) == 15
    assert found.people.min() == 0 < found.people.max()
    bench = bench_of(today.scenario)
    for (lon, lat), people in zip(degrees(found.xy, today.study.crs), found.people, strict=True):
        unit = NewUnit(unit_id="baru", lon=lon, lat=lat, source="uji")
        then = standing(today.given, scenario_of(after(bench, OpenUnit(unit=unit))), after=[today])
        assert served_people(then.situation) - before == people


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
