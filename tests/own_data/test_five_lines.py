"""From a graph that OSMnx saved and two tables to catchments on a map, in five lines."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest

import batu_geo as bg
from tests.road_files import town, write_xml

if TYPE_CHECKING:
    from pathlib import Path

MODES = ("foot", "motorcycle", "car", "ojek")


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> nx.MultiDiGraph:
    """Return a town as OSMnx reads it, saved and loaded by OSMnx itself."""
    import osmnx

    folder: Path = tmp_path_factory.mktemp("osmnx")
    made = osmnx.graph_from_xml(write_xml(folder, town()), simplify=False, retain_all=True)
    osmnx.save_graphml(made, folder / "town.graphml")
    return osmnx.load_graphml(folder / "town.graphml")


def junctions(graph: nx.MultiDiGraph) -> gpd.GeoDataFrame:
    nodes = [(node, data["x"], data["y"]) for node, data in graph.nodes(data=True)]
    ids, x, y = zip(*nodes, strict=True)
    people = np.arange(10, 10 + len(ids))
    columns = {"node": ids, "people": people}
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(x, y), crs="EPSG:4326")


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32749", "EPSG:3857"])
def test_five_lines_lead_to_a_map(graph: nx.MultiDiGraph, crs: str) -> None:
    homes, clinics = junctions(graph), junctions(graph).head(2).to_crs(crs)

    roads = bg.roads_from_graph(graph)
    areas = bg.isochrones(roads, clinics, minutes=[2, 5], mode="motorcycle", point_id="node")
    near = bg.served(roads, homes=homes, facilities=clinics, minutes=2, mode="motorcycle")
    people = int(near.loc[near["is_served"], "people"].sum())
    page = bg.show({"Catchments": areas, "Homes": near, "Clinics": clinics}, title="Two clinics")

    times = bg.travel_times(roads, origins=homes, destinations=clinics, mode="motorcycle")
    assert people == int(homes["people"][times.best() <= 2].sum())
    assert 0 < people < homes["people"].sum()
    assert areas.crs == crs
    assert areas["minutes"].tolist() == [5.0, 5.0, 2.0, 2.0]
    inside = areas.to_crs("EPSG:32749").union_all()
    assert homes.to_crs("EPSG:32749").geometry[times.best() <= 5].within(inside.buffer(1)).all()
    html = unescape(page.html)
    assert f"Homes ({len(homes)})" in html
    assert "Catchments (4)" in html
    assert not re.search(r'src="(https?:)?//', html)


@pytest.mark.parametrize("mode", MODES)
def test_every_pair_of_junctions_takes_the_exported_milliseconds(
    graph: nx.MultiDiGraph, mode: str
) -> None:
    """By NetworkX on the export and by us on the roads; who cannot get there cannot in either."""
    from scipy.sparse.csgraph import dijkstra

    roads = bg.roads_from_graph(graph)
    ours, exported = roads.graph(mode), roads.to_networkx(mode)
    count = roads.network.node_count
    towards = dijkstra(ours.outward, indices=np.arange(count))
    backwards, ids = exported.reverse(copy=False), list(exported)
    pairs = 0
    for node in range(count):
        found = nx.single_source_dijkstra_path_length(backwards, ids[node], weight="ms")
        for state in range(count):
            assert found.get(ids[state], np.inf) == towards[node, state]
            pairs += np.isfinite(towards[node, state])
    assert set(roads.network.node_id.tolist()) <= set(graph) | set(ids)
    assert pairs > count
