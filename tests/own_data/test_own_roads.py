"""Roads of graphs, lines and files of anybody give the same times as NetworkX on the same milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

import batu_geo as bg
from tests.road_files import town, write_xml
from tests.worlds import random_roads

if TYPE_CHECKING:
    from pathlib import Path

# Three corners 0.005 degrees apart at the equator of longitude: 552.9 m north, 556.6 m east.
CORNERS = {"a": (112.500, 0.000), "b": (112.505, 0.000), "c": (112.505, 0.005)}


def streets(kind: type[nx.Graph] = nx.Graph, **edge: object) -> nx.Graph:
    graph = kind(crs="EPSG:4326")
    for name, (x, y) in CORNERS.items():
        graph.add_node(name, x=x, y=y)
    graph.add_edge("a", "b", **edge)
    graph.add_edge("b", "c", **edge)
    return graph


def corners(*names: str) -> gpd.GeoDataFrame:
    places = [shapely.Point(CORNERS[name]) for name in names]
    return gpd.GeoDataFrame({"name": names}, geometry=places, crs="EPSG:4326")


def minutes(roads: bg.Roads, start: str, end: str, **more: object) -> float:
    times = bg.travel_times(roads, origins=corners(start), destinations=corners(end), **more)
    return float(times.best()[0])


def test_a_plain_graph_takes_its_lengths_from_its_places() -> None:
    """556.6 m and 552.9 m of residential street at 16 km/h."""
    roads = bg.roads_from_graph(streets(highway="residential"))
    metres = [111319.49 * 0.005, 110574.28 * 0.005]
    assert roads.network.length_m.sum() == pytest.approx(sum(metres), rel=1e-5)
    assert minutes(roads, "a", "c") == pytest.approx(sum(metres) / 16000 * 60, abs=1e-3)
    assert minutes(roads, "a", "c") == minutes(roads, "c", "a")


def test_a_directed_graph_goes_one_way_for_who_rides() -> None:
    roads = bg.roads_from_graph(streets(nx.DiGraph), highway="residential")
    on_foot = minutes(roads, "c", "a", mode="foot")
    assert minutes(roads, "a", "c") == pytest.approx(4.161, abs=1e-3)
    assert np.isfinite(on_foot)
    assert minutes(roads, "c", "a") > 2 * minutes(roads, "a", "c")  # on foot along the own street


def test_a_projected_graph_is_the_same_graph() -> None:
    graph = streets(highway="residential")
    projected = nx.Graph(crs="EPSG:32649")
    for name, place in zip(CORNERS, corners(*CORNERS).to_crs(32649).geometry, strict=True):
        projected.add_node(name, x=place.x, y=place.y)
    projected.add_edges_from(graph.edges(data=True))
    here, there = bg.roads_from_graph(graph), bg.roads_from_graph(projected)
    assert minutes(here, "a", "c") == minutes(there, "a", "c")


@pytest.mark.parametrize("damage", ["crs", "x", "highway"])
def test_what_a_graph_lacks_is_said(damage: str) -> None:
    graph = streets()
    if damage == "crs":
        del graph.graph["crs"]
    if damage == "x":
        del graph.nodes["b"]["x"]
    code = {"crs": "BG-471", "x": "BG-474", "highway": "BG-213"}[damage]
    with pytest.raises(bg.BatuGeoError, match=code):
        bg.roads_from_graph(graph)


def test_lines_meet_at_their_vertices_in_any_coordinate_system() -> None:
    lines = [shapely.LineString([CORNERS["a"], CORNERS["b"]]),
             shapely.LineString([CORNERS["c"], CORNERS["b"]])]  # fmt: skip
    table = gpd.GeoDataFrame({"highway": ["residential"] * 2}, geometry=lines, crs="EPSG:4326")
    graph = bg.roads_from_graph(streets(), highway="residential")
    for crs in ("EPSG:4326", "EPSG:32649", "EPSG:3857"):
        roads = bg.roads_from_lines(table.to_crs(crs))
        assert minutes(roads, "a", "c") == pytest.approx(minutes(graph, "a", "c"), abs=1e-4)
    with pytest.raises(bg.BatuGeoError, match="BG-471"):
        bg.roads_from_lines(table.set_crs(None, allow_override=True))


@pytest.mark.slow
def test_a_file_and_its_graph_of_osmnx_give_the_same_times(tmp_path: Path) -> None:
    """Saved by OSMnx, loaded by OSMnx, handed over as a graph, or read as a file: one answer."""
    import osmnx

    graph = osmnx.graph_from_xml(write_xml(tmp_path, town()), simplify=False, retain_all=True)
    osmnx.save_graphml(graph, tmp_path / "town.graphml")
    loaded = osmnx.load_graphml(tmp_path / "town.graphml")
    read = bg.load_roads(tmp_path / "town.graphml")
    junctions = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(*zip(*((d["x"], d["y"]) for _, d in graph.nodes(data=True)),
                                         strict=True)), crs="EPSG:4326")  # fmt: skip
    simple = osmnx.simplify_graph(loaded)
    for mode in read.modes:
        tables = [
            bg.travel_times(roads, origins=junctions, destinations=junctions, mode=mode).to_frame()
            for roads in (read, bg.roads_from_graph(graph), bg.roads_from_graph(loaded))
        ]
        assert tables[0].equals(tables[1])
        assert tables[0].equals(tables[2])
    assert bg.roads_from_graph(simple).network.length_m.sum() == pytest.approx(
        read.network.length_m.sum(), rel=1e-6
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("mode", ["foot", "motorcycle", "ojek"])
def test_networkx_finds_the_same_milliseconds_on_the_export(seed: int, mode: str) -> None:
    """Every pair of junctions: equal milliseconds, and unreachable for both."""
    from scipy.sparse.csgraph import dijkstra

    roads = bg.Roads(random_roads(np.random.default_rng(seed)), bg.load_scenario("baseline"))
    graph, exported = roads.graph(mode), roads.to_networkx(mode)
    count = roads.network.node_count
    towards = dijkstra(graph.outward, indices=np.arange(count))
    backwards = exported.reverse(copy=False)
    ids = list(exported)
    for node in range(count):
        found = nx.single_source_dijkstra_path_length(backwards, node, weight="ms")
        for state, name in enumerate(ids[:count]):
            assert found.get(name, np.inf) == towards[node, state]


def test_the_export_of_a_town_with_turn_restrictions_keeps_every_state(tmp_path: Path) -> None:
    roads = bg.load_roads(write_xml(tmp_path, town()))
    exported = roads.to_networkx("car")
    assert min(exported) < 0  # a junction where what comes next depends on the street behind
    assert {data["junction"] for _, data in exported.nodes(data=True)} <= {
        *roads.network.node_id.tolist()
    }
    assert all(data["travel_time"] * 1000 == data["ms"] for *_, data in exported.edges(data=True))


def random_streets(rng: np.random.Generator, count: int = 25) -> gpd.GeoDataFrame:
    """Return streets between twelve corners, some one-way, of three classes, bent or straight."""
    corner = np.column_stack([112.5 + rng.random(12) / 50, rng.random(12) / 50])
    lines = []
    for _ in range(count):
        start, end = corner[rng.choice(12, 2, replace=False)]
        bend = [start + (end - start) * 0.4 + rng.normal(0, 1e-3, 2)] * int(rng.integers(0, 2))
        lines.append(shapely.LineString([start, *bend, end]))
    columns = {
        "highway": rng.choice(["residential", "path", "tertiary"], count),
        "oneway": rng.choice(["yes", "no", "-1"], count),
        "surface": rng.choice(["asphalt", "mud"], count),
    }
    return gpd.GeoDataFrame(columns, geometry=lines, crs="EPSG:4326")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:BG-477")  # corners of paths alone, for a car
@pytest.mark.parametrize("mode", ["foot", "motorcycle", "car"])
@pytest.mark.parametrize("seed", range(8))
def test_the_export_read_again_gives_the_same_times(seed: int, mode: str) -> None:
    """To the millisecond, and unreachable for both."""
    roads = bg.roads_from_lines(random_streets(np.random.default_rng(seed)))
    again = bg.roads_from_graph(roads.to_networkx(mode))
    places = gpd.GeoDataFrame(geometry=shapely.points(roads.network.node_xy), crs=roads.crs)
    tables = [
        bg.travel_times(r, origins=places, destinations=places, mode=mode, refuse_m=1).to_frame()
        for r in (roads, again)
    ]
    for table in tables:
        table["ms"] = np.rint(table.pop("travel_time_min") * 60_000)
    assert tables[0].equals(tables[1])
    assert len(tables[0]) > len(places)


@pytest.mark.slow
def test_osmnx_draws_the_export(tmp_path: Path) -> None:
    import matplotlib as mpl
    import osmnx

    mpl.use("Agg")
    exported = bg.load_roads(write_xml(tmp_path, town())).to_networkx("car")
    figure, _ = osmnx.plot_graph(exported, show=False, close=True)
    assert figure.axes


def test_a_mode_that_is_not_there_names_those_that_are() -> None:
    roads = bg.roads_from_graph(streets(), highway="residential")
    with pytest.raises(bg.BatuGeoError, match=r"BG-472.*car, foot, motorcycle, ojek"):
        roads.to_networkx("bicycle")


def test_size_and_modes_are_printed_and_the_edges_drawn() -> None:
    roads = bg.roads_from_graph(streets(), highway="residential")
    assert repr(roads).splitlines() == [
        "Roads: 2 edges, 1 km, EPSG:32649", "  modes: car, foot, motorcycle, ojek"
    ]  # fmt: skip
    assert roads.plot().has_data()
    assert roads.crs == "EPSG:32649"


def test_settings_change_speed_and_direction() -> None:
    graph = streets(nx.DiGraph)
    slow = bg.roads_from_graph(
        graph, highway="residential", settings=["travel.speed_set=slow"]
    )  # 12 km/h
    assert minutes(slow, "a", "c") == pytest.approx(4.161 * 16 / 12, abs=1e-2)
    outward = bg.roads_from_graph(
        graph, highway="residential", settings=["travel.direction=from_facility"]
    )
    assert minutes(outward, "c", "a") == pytest.approx(4.161, abs=1e-3)
