"""Roads of any origin, with the speeds of the ways to travel on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from batu_geo.domain.errors import DataError, Problem, ScenarioError
from batu_geo.domain.tables import in_crs
from batu_geo.network.graph import mode_graph
from batu_geo.own_data.networkx_export import as_networkx
from batu_geo.planning.once import ByMode
from batu_geo.sources.files.opening import Opened, open_input
from batu_geo.sources.geometry.projections import utm_zone_of
from batu_geo.sources.roads.graph_file import add_graph
from batu_geo.sources.roads.line_layers import add_layers, layer_of
from batu_geo.sources.roads.read_roads import READERS, network_of, reading_of
from batu_geo.sources.roads.reading import RoadReading
from batu_geo.sources.study.scenarios import load_scenario

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    import geopandas as gpd
    import networkx as nx
    from matplotlib.axes import Axes

    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.roads import RoadNetwork, Ways

GRAPH, LINES = "graph", "lines"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Roads:
    """A road network and how fast people travel on it.

    Attributes
    ----------
    network
        Edges between junctions, in metres.
    settings
        Speeds by mode and road class, the direction of travel, and the longest walk to a road.

    Examples
    --------
    >>> import batu_geo as bg
    >>> roads = bg.load_roads(bg.load_study().folder / "roads" / "jalan_ilustratif.osm.pbf")
    >>> roads
    Roads: 10,422 edges, 694 km, EPSG:32749
      modes: car, foot, motorcycle, ojek
    """

    network: RoadNetwork
    settings: Scenario
    _graphs: ByMode[ModeGraph] = field(init=False)

    def __post_init__(self) -> None:
        """Make the graph of each mode when it is first asked for."""
        network, settings = self.network, self.settings
        graphs = ByMode(
            tuple(settings.modes), lambda mode: mode_graph(network, settings, mode=mode)
        )
        object.__setattr__(self, "_graphs", graphs)

    @property
    def crs(self) -> str:
        """Metric projection of the network."""
        return self.network.crs

    @property
    def modes(self) -> tuple[str, ...]:
        """Ways to travel, of which `mode=` takes one."""
        return tuple(sorted(self.settings.modes))

    def graph(self, mode: str) -> ModeGraph:
        """Return the network as a mode may use it.

        Raises
        ------
        ScenarioError
            When there is no such mode.
        """
        if mode not in self.settings.modes:
            known = ", ".join(self.modes)
            raise ScenarioError(Problem("BG-472", values={"mode": mode, "known": known}))
        return self._graphs[mode]

    def to_networkx(self, mode: str) -> nx.MultiDiGraph[int]:
        """Return a graph of NetworkX in degrees, on which OSMnx plots and NetworkX computes.

        Each edge goes the way people travel, with ``ms`` (whole milliseconds, on which this
        package computes), ``travel_time`` (the same in seconds), ``length`` in metres and the
        tags of its street. A node keeps its id of OpenStreetMap. Where what comes next depends
        on the street one came by (a turn restriction, a street for residents), the junction
        has more nodes, numbered below zero, whose ``junction`` is its id.
        """
        return as_networkx(self.graph(mode))

    def lines(self) -> gpd.GeoDataFrame:
        """Return the edges as lines with ``highway``, ``name``, ``surface`` and ``length``."""
        import geopandas as gpd  # noqa: PLC0415 - heavy

        network = self.network
        columns = {
            "highway": np.array(network.classes, dtype=object)[network.road_class],
            "name": np.array(network.names, dtype=object)[network.name],
            "surface": np.array(network.surfaces, dtype=object)[network.surface],
            "length": network.length_m,
        }
        return gpd.GeoDataFrame(columns, geometry=network.lines(), crs=network.crs)

    def plot(self, *, ax: Axes | None = None, color: str = "#777777") -> Axes:
        """Draw the edges with matplotlib, and return the axes."""
        drawn: Axes = self.lines().plot(ax=ax, color=color, linewidth=0.6)
        return drawn

    def __repr__(self) -> str:
        """Return size and modes in two lines."""
        network = self.network
        km = network.length_m.sum() / 1000
        return (
            f"Roads: {network.edge_count:,} edges, {km:,.0f} km, {network.crs}\n"
            f"  modes: {', '.join(self.modes)}"
        )


def load_roads(
    path: str | os.PathLike[str], *, crs: str | None = None, settings: Iterable[str] = ()
) -> Roads:
    """Return the roads of a file.

    Parameters
    ----------
    path
        An OpenStreetMap extract (``.osm.pbf``, ``.osm``), an answer of Overpass (``.json``),
        a graph of OSMnx (``.graphml``), or lines with a column ``highway`` (``.gpkg``,
        ``.geojson``, a zipped Shapefile).
    crs
        Metric projection to compute in; the UTM zone of the roads where none is named.
    settings
        Changes of the default speeds and rules as ``key=value``, for example
        ``travel.direction=from_facility`` or ``modes.foot.door_speed_kmh=4``.

    Raises
    ------
    SourceError
        When the file is missing or not what its suffix says.
    DataError
        When it has no usable road.
    ScenarioError
        When a setting is wrong.

    Examples
    --------
    >>> import batu_geo as bg
    >>> roads = bg.load_roads(bg.load_study().folder / "roads" / "jalan_ilustratif.osm.pbf")
    >>> len(roads.lines())
    10422
    """
    path = Path(path)
    opened = open_input(path, name=path.name, table="roads", suffixes=tuple(READERS))
    return _roads(path.name, *reading_of(opened), crs, settings)


def roads_from_graph(
    graph: nx.Graph[Any],
    *,
    highway: str | None = None,
    crs: str | None = None,
    settings: Iterable[str] = (),
) -> Roads:
    """Return the roads of a graph of OSMnx or NetworkX.

    Nodes have ``x`` and ``y`` in the system that ``graph.graph["crs"]`` names. Edges have the
    tags of OpenStreetMap as OSMnx keeps them (``highway``, ``oneway``, ``maxspeed``, ...) and
    may have a ``geometry``. Without ``oneway`` the edges of a directed graph go one way. Lengths
    are measured along the lines.

    Parameters
    ----------
    graph
        `Graph`, `DiGraph`, `MultiGraph` or `MultiDiGraph`.
    highway
        Class of the edges that name none, such as ``residential``.
    crs, settings
        As in `load_roads`.

    Raises
    ------
    DataError
        When nodes have no place, the coordinate system is missing, or no edge is usable.

    Examples
    --------
    >>> import networkx as nx
    >>> streets = nx.Graph(crs="EPSG:4326")
    >>> streets.add_node("a", x=112.520, y=-7.870)
    >>> streets.add_node("b", x=112.525, y=-7.870)
    >>> streets.add_edge("a", "b")
    >>> roads_from_graph(streets, highway="residential").network.edge_count
    1
    """
    reading = RoadReading()
    add_graph(_numbered_in_degrees(graph, highway), reading)
    return _roads(GRAPH, reading, reading.collector.ways(), crs, settings)


def roads_from_lines(
    lines: gpd.GeoDataFrame,
    *,
    highway: str | None = None,
    crs: str | None = None,
    settings: Iterable[str] = (),
) -> Roads:
    """Return the roads of a table of lines; lines meet where they share a vertex.

    Parameters
    ----------
    lines
        In any coordinate system, with columns as tags of OpenStreetMap (``highway``,
        ``oneway``, ``surface``, ...) or with those of known makers of road layers.
    highway
        Class of all lines where no column names classes, such as ``residential``.
    crs, settings
        As in `load_roads`.

    Raises
    ------
    DataError
        When the coordinate system or the classes are missing, or no line is usable.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> street = shapely.LineString([(112.520, -7.870), (112.525, -7.870)])
    >>> table = gpd.GeoDataFrame(geometry=[street], crs="EPSG:4326")
    >>> roads_from_lines(table, highway="residential").crs
    'EPSG:32749'
    """
    known = in_crs(lines, "EPSG:4326", name=LINES)
    if highway is not None:
        known = known.assign(highway=highway)
    opened, reading = Opened(LINES, b""), RoadReading()
    add_layers(opened, [layer_of(opened, known, reading)], reading)
    return _roads(LINES, reading, reading.collector.ways(), crs, settings)


def _roads(
    name: str, reading: RoadReading, ways: Ways, crs: str | None, settings: Iterable[str]
) -> Roads:
    is_known = np.isfinite(ways.lon) & np.isfinite(ways.lat)
    if not is_known.any():
        raise DataError(Problem("BG-213", name))
    zone = crs or utm_zone_of(shapely.points(ways.lon[is_known], ways.lat[is_known]))
    network = network_of(name, reading, ways, crs=zone)
    return Roads(network, load_scenario("baseline", overrides=settings))


def _numbered_in_degrees(graph: nx.Graph[Any], highway: str | None) -> nx.MultiDiGraph[int]:
    """Return a graph as OSMnx keeps one: nodes are numbers, places degrees, edges directed."""
    import networkx as nx  # noqa: PLC0415 - heavy
    import pyproj  # noqa: PLC0415

    crs = graph.graph.get("crs")
    if crs is None:
        raise DataError(
            Problem("BG-471", GRAPH, values={"how": 'graph.graph["crs"] = "EPSG:4326"'})
        )
    lost = [node for node, data in graph.nodes(data=True) if not {"x", "y"} <= set(data)]
    if lost:
        raise DataError(Problem("BG-474", GRAPH, values={"count": len(lost), "node": lost[0]}))
    to_degrees = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    is_whole = all(isinstance(node, int) for node in graph)
    number = {node: node if is_whole else n for n, node in enumerate(graph, start=1)}
    made: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs="EPSG:4326")
    for node, data in graph.nodes(data=True):
        lon, lat = to_degrees.transform(float(data["x"]), float(data["y"]))
        made.add_node(number[node], **{**data, "x": lon, "y": lat})
    says_oneway = any("oneway" in data for *_, data in graph.edges(data=True))
    for start, end, data in graph.edges(data=True):
        tags = dict(data)
        if highway is not None:
            tags.setdefault("highway", highway)
        if not says_oneway:
            tags["oneway"] = graph.is_directed()
        if "geometry" in tags:
            xy = shapely.get_coordinates(tags["geometry"]).T
            tags["geometry"] = shapely.LineString(np.column_stack(to_degrees.transform(*xy)))
        made.add_edge(number[start], number[end], **tags)
    return made
