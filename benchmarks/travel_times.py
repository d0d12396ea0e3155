"""Travel times beside the peers: same graphs, same process, ratios and targets.

    python benchmarks/travel_times.py [--quick] [--out docs/benchmarks/travel_times.md]

`--quick` takes the embedded study and, where it is there, Merapi. Without it Porto
and a made-up town of 1,000,000 nodes come on top. A peer that would take over a
minute is timed on a sample, scaled up and marked `~`. Seconds depend on the
machine; the ratios are what is promised. Lines at the end hold the targets.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import gc
import os
import resource
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from peers import (
    CATCHMENT_MINUTES,
    PATIENCE_S,
    Jobs,
    quiet,
    recipe_polygon,
    recipe_search,
    sampled,
    timed,
    to_networkx,
    to_pandana,
    with_igraph,
    with_networkit,
)
from scipy.sparse.csgraph import breadth_first_order, dijkstra

from batu_geo.network.catchment import catchments
from batu_geo.network.graph import ModeGraph, mode_graph
from batu_geo.network.nearest_updates import nearest_times, with_facility
from batu_geo.network.roads import RoadNetwork
from batu_geo.network.search import Seeds, search, with_sources
from batu_geo.sources.files.opening import open_input
from batu_geo.sources.roads.read_roads import READERS, read_roads
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario

MINUTES, FACILITIES = CATCHMENT_MINUTES, 50
SHORT_S, SHORT_CALLS = 0.01, 40
SOURCES, TARGETS = 200, 2_000
WITHIN = "matrix within 15 minutes"
SHARED = Path(os.environ.get("BATU_GEO_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


def graphs(*, quick: bool) -> dict[str, ModeGraph]:
    """Return the graphs to compare on, for motorcycles."""
    study = load_study()
    scenario = load_scenario("baseline", study=study)
    roads = {"embedded study": study.roads}
    for name, crs in (("merapi_sleman", "EPSG:32749"), ("porto_portugal", "EPSG:32629")):
        path = SHARED / "roads" / f"{name}.osm.pbf"
        if path.is_file() and not (quick and "porto" in name):
            opened = open_input(path, name=path.name, table="roads", suffixes=tuple(READERS))
            roads[name.split("_")[0]] = read_roads(opened, crs=crs)
    if not quick:
        roads["grid of 1,000,000"] = grid_town(1_000)
    return {name: mode_graph(r, scenario, mode="motorcycle") for name, r in roads.items()}


def grid_town(side: int) -> RoadNetwork:
    """Return a town of side x side crossings, 100 m apart more or less, some streets one-way."""
    rng = np.random.default_rng(1)
    row, column = np.divmod(np.arange(side * side), side)
    xy = np.column_stack([column, row]) * 100.0 + rng.uniform(-30, 30, (side * side, 2))
    across = np.flatnonzero(column < side - 1)
    down = np.flatnonzero(row < side - 1)
    ends = np.vstack([np.column_stack([across, across + 1]), np.column_stack([down, down + side])])
    rank = np.r_[row[across], column[down]]
    road_class = np.where(rank % 40 == 0, 0, np.where(rank % 8 == 0, 1, 2)).astype(np.int32)
    count = len(ends)
    closed = np.zeros((count, 2), np.uint8)
    closed[(rng.random(count) < 0.05) & (road_class == 2), 1] = 6
    zeros = np.zeros(count, np.int32)
    return RoadNetwork(
        crs="EPSG:32749", node_xy=xy, edge_node=ends.astype(np.int32),
        length_m=np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T) * rng.uniform(1, 1.3, count),
        road_class=road_class, classes=("primary", "tertiary", "residential"), surface=zeros,
        surfaces=("",), name=zeros, names=("",), closed=closed,
        maxspeed_kmh=np.full(count, np.nan), way_id=np.arange(count),
        line_start=np.arange(0, 2 * count + 1, 2), line_xy=xy[ends.ravel()], dropped={},
        structure=np.zeros(count, np.uint8), barrier_start=np.zeros(1, np.int64),
        barrier_xy=np.zeros((0, 2)),
    )  # fmt: skip


def at_nodes(nodes: np.ndarray) -> Seeds:
    """Return seeds right at nodes, so that only the search is compared."""
    count = len(nodes)
    zeros = np.zeros(count)
    return Seeds(count, np.arange(count), nodes.astype(np.int64), zeros, zeros, zeros.astype(int))


class Table:
    """Rows of ours, peer and ratio, as they are measured."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str, float, float, str]] = []

    def add(
        self, graph: str, job: str, peer: str, ours: float, theirs: float, mark: str = ""
    ) -> None:
        self.rows.append((graph, job, peer, ours, theirs, mark))
        print(
            f"{graph:18} {job:34} {peer:22} {ours:10.4f} {mark}{theirs:10.4f} {theirs / ours:9.2f}x"
        )

    def ratio(self, graph: str, job: str, peer: str) -> float | None:
        """Return how many times faster ours is, or None where not measured."""
        for row in self.rows:
            if row[:3] == (graph, job, peer):
                return row[4] / row[3]
        return None

    def markdown(self) -> str:
        """Return the rows as a table."""
        head = "| graph | job | beside | ours s | theirs s | ratio |\n|---|---|---|--:|--:|--:|\n"
        return head + "\n".join(
            f"| {g} | {j} | {p} | {o:.4f} | {m}{t:.4f} | {t / o:.2f} |"
            for g, j, p, o, t, m in self.rows
        )


def best_of(work: Any, times: int = 3) -> float:
    """Return the least seconds of some calls; of calls of milliseconds, of many."""
    first = timed(work)[0]
    more = SHORT_CALLS if first < SHORT_S else times - 1
    return min([first, *(timed(work)[0] for _ in range(more))])


def measure(name: str, net: ModeGraph, table: Table) -> None:
    """Compare everything on one graph."""
    rng = np.random.default_rng(2)
    usable = np.unique(net.roads.edge_node[net.layers[0].is_open])
    places = rng.choice(usable, FACILITIES, replace=False)
    sources = rng.choice(usable, min(SOURCES, len(usable)), replace=False)
    targets = rng.choice(usable, min(TARGETS, len(usable)), replace=False)
    is_large = net.roads.node_count > 200_000
    limit_ms = MINUTES * 60_000

    ours = {
        "nearest": best_of(lambda: search(net, at_nodes(places), is_joint=True)),
        "catchments": best_of(
            lambda: search(net, at_nodes(places), is_joint=False, limit_ms=limit_ms)
        ),
        "matrix": best_of(lambda: matrix(net, sources, targets), 1 if is_large else 2),
        "cut off": best_of(lambda: matrix(net, sources, targets, limit_ms), 1 if is_large else 2),
    }
    extended, rows = with_sources(net, at_nodes(places))
    table.add(name, "nearest facility", "raw scipy", ours["nearest"],
              best_of(lambda: dijkstra(extended, indices=rows, min_only=True)))  # fmt: skip
    table.add(name, "nearest facility", "breadth-first floor", ours["nearest"],
              best_of(lambda: breadth_first_order(net.outward, int(places[0]))))  # fmt: skip
    table.add(name, "nearest facility", "streaming the arrays", ours["nearest"],
              best_of(lambda: (net.outward.data.sum(), net.outward.indices.sum())))  # fmt: skip
    what_if(name, net, places, table)
    if not is_large:
        polygons(name, net, places, table)
    peers(name, net, places, sources, targets, ours, table, is_large=is_large)


def matrix(
    net: ModeGraph, sources: np.ndarray, targets: np.ndarray, limit_ms: float = np.inf
) -> np.ndarray:
    """Return the times of all pairs, in blocks of sources; inf beyond a limit."""
    found = np.empty((len(sources), len(targets)))
    block = max(1, 8_000_000 // net.state_count)
    for start in range(0, len(sources), block):
        part = sources[start : start + block]
        ms = search(net, at_nodes(part), is_joint=False, limit_ms=limit_ms)
        found[start : start + block] = ms[:, targets]
    return found


def as_points(net: ModeGraph, nodes: np.ndarray) -> gpd.GeoDataFrame:
    """Return nodes as facilities."""
    names = [f"f{node}" for node in nodes]
    points = shapely.points(net.roads.node_xy[nodes])
    return gpd.GeoDataFrame({"facility_id": names}, geometry=points, crs=net.roads.crs)


def what_if(name: str, net: ModeGraph, places: np.ndarray, table: Table) -> None:
    """Compare adding one site to a whole new search."""
    kept = nearest_times(net, as_points(net, places[:-1]), refuse_m=500)
    one = as_points(net, places[-1:])
    seconds = best_of(lambda: with_facility(kept, one, refuse_m=500))
    whole = best_of(lambda: nearest_times(net, as_points(net, places), refuse_m=500), 1)
    table.add(name, "adding one site", "our full recompute", seconds, whole)


def polygons(name: str, net: ModeGraph, places: np.ndarray, table: Table) -> None:
    """Compare whole isochrones, search and polygon."""
    units = as_points(net, places)
    ours = best_of(lambda: catchments(net, facilities=units, thresholds_minutes=[MINUTES],
                                      refuse_m=500, buffer_m=60, by="facility"), 1)  # fmt: skip
    graph = to_networkx(net).reverse()
    theirs, is_scaled = sampled(
        lambda n: recipe_polygon(recipe_search(graph, int(places[n]), MINUTES)), FACILITIES
    )
    table.add(
        name, "polygons of 50 catchments", "OSMnx recipe", ours, theirs, "~" if is_scaled else ""
    )


def peers(
    name: str, net: ModeGraph, places: np.ndarray, sources: np.ndarray, targets: np.ndarray,
    ours: dict[str, float], table: Table, *, is_large: bool,
) -> None:  # fmt: skip
    """Compare the searches with networkx, the OSMnx recipe and pandana."""
    graph = to_networkx(net).reverse()
    seconds, _ = timed(
        lambda: nx.multi_source_dijkstra_path_length(graph, set(places.tolist()), weight="time")
    )
    table.add(name, "nearest facility", "networkx", ours["nearest"], seconds)
    seconds, scaled = sampled(lambda n: recipe_search(graph, int(places[n]), MINUTES), FACILITIES)
    table.add(
        name,
        "50 catchments, search",
        "OSMnx recipe",
        ours["catchments"],
        seconds,
        "~" if scaled else "",
    )
    seconds, scaled = sampled(
        lambda n: nx.single_source_dijkstra_path_length(
            graph, int(places[n]), cutoff=MINUTES, weight="time"
        ),
        FACILITIES,
    )
    table.add(
        name,
        "50 catchments, search",
        "networkx",
        ours["catchments"],
        seconds,
        "~" if scaled else "",
    )
    seconds, scaled = sampled(
        lambda n: nx.single_source_dijkstra_path_length(graph, int(sources[n]), weight="time"),
        len(sources),
    )
    table.add(
        name, "matrix 200 x 2,000", "networkx", ours["matrix"], seconds, "~" if scaled else ""
    )
    for peer, made in (("igraph", with_igraph), ("networkit", with_networkit)):
        with contextlib.suppress(ImportError):
            compiled(name, peer, made(net, places, sources, targets), ours, table)
    if is_large:
        print(f"{name:18} pandana left out: preparing it takes more than {PATIENCE_S:.0f} s")
        return
    try:
        build, network = to_pandana(net)
    except ImportError:
        print("pandana is not installed")
        return
    print(f"{name:18} pandana prepared in {build:.1f} s, not counted")
    with quiet(), warnings.catch_warnings(action="ignore"):  # it names each pair without a way
        network.set_pois("f", 10_000, 1, *net.roads.node_xy[places].T)
        seconds, _ = timed(lambda: network.nearest_pois(10_000, "f"))
        reach, _ = timed(lambda: network.nodes_in_range(places.tolist(), MINUTES))
        a, b = (v.ravel() for v in np.meshgrid(sources, targets))
        pairs, _ = timed(lambda: network.shortest_path_lengths(a, b))
    table.add(name, "nearest facility", "pandana", ours["nearest"], seconds)
    table.add(name, "nearest facility", "pandana and its build", ours["nearest"], build + seconds)
    table.add(name, "50 catchments, search", "pandana", ours["catchments"], reach)
    table.add(name, "matrix 200 x 2,000", "pandana", ours["matrix"], pairs)
    table.add(name, WITHIN, "pandana", ours["cut off"], pairs)


def compiled(name: str, peer: str, jobs: Jobs, ours: dict[str, float], table: Table) -> None:
    """Compare the searches with a compiled library of graphs, prepared before."""
    seconds = {job: best_of(work, 2) for job, work in jobs._asdict().items()}
    table.add(name, "nearest facility", peer, ours["nearest"], seconds["nearest"])
    table.add(name, "50 catchments, search", peer, ours["catchments"], seconds["catchments"])
    table.add(name, "matrix 200 x 2,000", peer, ours["matrix"], seconds["matrix"])
    table.add(name, WITHIN, peer, ours["cut off"], seconds["matrix"])


def peak_over_arrays_mb() -> float:
    """Return the memory a nearest search at a million nodes adds at its peak, in a fresh process."""
    done = subprocess.run(
        [sys.executable, __file__, "--memory"], capture_output=True, text=True, check=True
    )
    return float(done.stdout.splitlines()[-1])


def measure_memory() -> None:
    """Print the peak of this process over what it holds when the arrays are ready."""
    net = mode_graph(
        grid_town(1_000), load_scenario("baseline", study=load_study()), mode="motorcycle"
    )
    seeds = at_nodes(
        np.random.default_rng(2).choice(net.roads.node_count, FACILITIES, replace=False)
    )
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    search(net, seeds, is_joint=True)
    status = Path("/proc/self/status").read_text().splitlines()
    peak_kb = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    print(peak_kb / 1024 - pages * resource.getpagesize() / 2**20)


LARGE = "grid of 1,000,000"
GOALS = (
    # job, beside, graph, least ratio, in words
    ("nearest facility", "raw scipy", None, 1 / 1.2, "at most 1.2 times the raw scipy call"),
    (
        "nearest facility",
        "breadth-first floor",
        None,
        1 / 10,
        "at most 10 times a breadth-first pass",
    ),
    ("nearest facility", "networkx", None, 15, "at least 15 times networkx"),
    (
        "50 catchments, search",
        "OSMnx recipe",
        "porto",
        100,
        "at least 100 times the OSMnx recipe at 100k",
    ),
    (
        "50 catchments, search",
        "OSMnx recipe",
        LARGE,
        25,
        "at least 25 times the OSMnx recipe at 1M",
    ),
    ("50 catchments, search", "pandana", "porto", 1.5, "at least 1.5 times pandana"),
    *(
        (job, peer, None, 1, f"never behind {peer}")
        for job in ("nearest facility", "50 catchments, search", WITHIN)
        for peer in ("pandana", "igraph", "networkit")
    ),
    ("polygons of 50 catchments", "OSMnx recipe", None, 40, "at least 40 times the OSMnx recipe"),
    ("adding one site", "our full recompute", LARGE, 2.5, "at least 2.5 times a full recompute"),
)


def goals(table: Table, found: dict[str, ModeGraph]) -> list[str]:
    """Return one line a target: its ratio, and met or missed."""
    lines = []
    for job, peer, only, least, words in GOALS:
        for name in [only] if only else list(found):
            ratio = table.ratio(name, job, peer)
            if ratio is not None:
                verdict = "met" if ratio >= least else "missed"
                lines.append(
                    f"- {job}, {name}: {words}: {ratio:.2f} (target {least:.2f}) **{verdict}**"
                )
    if LARGE in found:
        peak = peak_over_arrays_mb()
        verdict = "met" if peak <= 150 else "missed"
        lines.append(
            f"- memory of the nearest search at 1M: {peak:.0f} MiB over the arrays (target 150) **{verdict}**"
        )
    lines.append("- Valhalla, OSRM: no wheel for Python 3.11, not measured")
    return lines


def main() -> None:
    """Measure, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.memory:
        measure_memory()
        return
    found, table = graphs(quick=args.quick), Table()
    sizes = [
        f"- {name}: {g.roads.node_count:,} nodes, {g.outward.nnz:,} arcs"
        for name, g in found.items()
    ]
    print("\n".join(sizes))
    for name, net in found.items():
        measure(name, net, table)
    lines = goals(table, found)
    print("\n".join(lines))
    if args.out:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(
            "# Travel times beside the peers\n\nMade by `python benchmarks/travel_times.py"
            f"{' --quick' if args.quick else ''} --out {args.out}`. CPU seconds of all threads on one machine, which count for "
            "nothing; ratios are theirs over ours, above 1 is faster. `~` is scaled up from a sample.\n\n"
            + "\n".join(sizes) + "\n\n" + table.markdown() + "\n\n## Targets\n\n" + "\n".join(lines) + "\n"
        )  # fmt: skip


if __name__ == "__main__":
    main()
