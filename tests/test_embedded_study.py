"""The embedded study is what `data/README.md` says it is."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

from batu_geo.access.units import units
from batu_geo.network.graph import mode_graph
from batu_geo.network.road_audit import parts_by_edge
from batu_geo.network.snapping import snap
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.scenarios import load_scenario
from tests.conftest import ROOT

if TYPE_CHECKING:
    from batu_geo.planning.study import Study

pytestmark = pytest.mark.slow


@pytest.mark.slow
def test_the_script_builds_the_same_bytes_again() -> None:
    built = subprocess.run(
        [sys.executable, "scripts/build_study.py", "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr


def test_24_villages_form_a_valid_coverage_of_the_city(study: Study) -> None:
    shapes = study.villages.geometry.to_numpy()
    assert len(shapes) == 24
    assert shapely.coverage_is_valid(shapes)
    assert study.villages["area_km2"].sum() == pytest.approx(194.15, abs=0.005)
    assert study.villages["village_id"].str.fullmatch(r"35\.79\.0[123]\.[12]\d{3}").all()
    assert study.villages["population"].sum() == 225_408


@pytest.mark.parametrize(("name", "count"), [("kecamatan", 3), ("kota", 1)])
def test_districts_and_city_are_dissolved_from_the_villages(
    study: Study, name: str, count: int
) -> None:
    parts = gpd.read_file(embedded_study() / "boundaries" / f"{name}.geojson").to_crs(study.crs)
    assert len(parts) == count
    assert parts.area.sum() == pytest.approx(study.villages.area.sum(), rel=1e-9)


def test_18_villages_have_a_unit_and_17_are_open(study: Study) -> None:
    service = load_scenario("baseline", study=study).service
    present = units(study.facilities, service, is_open=False)
    serving = units(study.facilities, service, is_open=True)
    assert present["village_id"].nunique() == 18
    assert serving["village_id"].nunique() == 17
    closed = set(present["village_id"]) - set(serving["village_id"])
    assert closed == {"35.79.03.2007"}


def test_what_is_said_of_its_files_is_said_in_english_too(study: Study) -> None:
    """Names of newspapers and licences are the same in both languages."""
    for table, card in study.inputs.items():
        for key in ("origin", "note", "licence"):
            text = card.get(key, "")
            is_name = text in ("", "MIT") or text.startswith("Harian Bhirawa")
            assert is_name or card[f"{key}_en"] not in ("", text), (table, key)


def test_32_facilities_of_three_kinds(study: Study) -> None:
    kinds = Counter(study.facilities["kind"])
    assert kinds == {"UPKDK": 18, "PUSKESMAS": 8, "RUMAH_SAKIT": 6}


def test_the_checks_say_which_points_lie_elsewhere_and_which_are_shared(study: Study) -> None:
    codes = Counter(notice.code for notice in study.notices)
    assert codes == {"BG-801": 3, "BG-802": 3}
    misplaced = {n.record_id for n in study.notices if n.code == "BG-801"}
    assert misplaced == {"PKM-Beji", "PKM-Junrejo", "PKM-Sisir"}


def test_buildings_are_five_real_ones_and_made_up_ones_that_say_so(study: Study) -> None:
    buildings = study.buildings
    real = buildings[buildings["evidence"] != "illustrative"]
    assert len(real) == 5
    assert (real["condition"] == "unknown").all()
    assert real["floor_area_m2"].isna().all()
    made_up = buildings[buildings["evidence"] == "illustrative"]
    assert made_up["building_name"].str.contains("ilustratif").all()
    service = load_scenario("baseline", study=study).service
    present = units(study.facilities, service, is_open=False)
    without = set(study.villages["village_id"]) - set(present["village_id"])
    assert len(without) == 6
    counts = made_up["village_id"].value_counts()
    assert all(counts[village_id] >= 3 for village_id in without)


def test_the_road_network_is_large_enough_and_hangs_together(study: Study) -> None:
    roads = study.roads
    assert roads.node_count >= 4_000
    assert not roads.dropped
    riding = mode_graph(roads, load_scenario("baseline", study=study), mode="motorcycle")
    assert set(parts_by_edge(riding)[riding.layers[0].is_open].tolist()) == {0}
    classes = {roads.classes[code] for code in np.unique(roads.road_class)}
    assert {"primary", "secondary", "tertiary", "residential", "track", "path"} <= classes
    degree = np.bincount(roads.edge_node.ravel())
    assert (degree == 1).sum() > 500, "dead ends"


def test_every_village_office_is_near_a_road(study: Study) -> None:
    offices = village_offices(study)
    graph = mode_graph(study.roads, load_scenario("baseline", study=study), mode="motorcycle")
    assert snap(graph, offices, refuse_m=150)[0].is_snapped.all()


def test_main_roads_leave_the_city(study: Study) -> None:
    city = shapely.union_all(study.villages.geometry.to_numpy())
    outside = shapely.distance(shapely.points(study.roads.node_xy), city)
    assert 1_000 < outside.max() < 2_500


def test_local_streets_keep_to_offices_and_corridors(study: Study) -> None:
    roads = study.roads
    name = np.array(roads.classes, dtype=object)[roads.road_class]
    lines = roads.lines()
    main = shapely.union_all(lines[np.isin(name, ["primary", "secondary", "tertiary"])])
    near = shapely.union_all(shapely.buffer(shapely.points(village_offices(study)), 1_250))
    kept = shapely.union(near, main.buffer(250))
    local = np.isin(name, ["residential", "living_street"])
    outside = shapely.length(shapely.difference(lines[local], kept)).sum()
    assert outside / shapely.length(lines[local]).sum() < 0.01


def test_trips_between_offices_go_at_the_reported_speed(study: Study) -> None:
    """Median network speed, computed by networkx: an independent witness."""
    graph = mode_graph(study.roads, load_scenario("baseline", study=study), mode="motorcycle")
    joined = snap(graph, village_offices(study), refuse_m=150)[0]
    net = nx.DiGraph()
    for (a, b), (forward, backward), metres in zip(
        study.roads.edge_node.tolist(),
        graph.layers[0].edge_ms.tolist(),
        study.roads.length_m,
        strict=True,
    ):
        for start, end, ms in ((a, b, forward), (b, a, backward)):
            if np.isfinite(ms) and ms < net.get_edge_data(start, end, {"ms": np.inf})["ms"]:
                net.add_edge(start, end, ms=ms, metres=metres)
    row = joined.nearest_rows()
    ends = np.round(joined.fraction[row]).astype(int)
    nodes = np.unique(study.roads.edge_node[joined.edge[row], ends]).tolist()
    assert len(nodes) == 24
    speeds = []
    for start in nodes:
        before, ms = nx.dijkstra_predecessor_and_distance(net, start, weight="ms")
        for end in set(nodes) - {start}:
            metres, node = 0.0, end
            while node != start:
                last = before[node][0]
                metres += net.edges[last, node]["metres"]
                node = last
            speeds.append(metres / ms[end] * 3600)
    assert 20 <= np.median(speeds) <= 30


def village_offices(study: Study) -> np.ndarray:
    """Return the metres of the 24 village offices."""
    degrees = gpd.points_from_xy(study.villages["office_lon"], study.villages["office_lat"])
    points = gpd.GeoSeries(degrees, crs="EPSG:4326").to_crs(study.crs)
    return shapely.get_coordinates(points.to_numpy())
