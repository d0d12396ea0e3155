"""Real networks through the network step: size, parts, what was dropped, time and memory.

    python benchmarks/real_networks.py [--out docs/benchmarks/real_networks.md]

Each file is read in a fresh process, joined by 50 made-up facilities and searched.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

SHARED = Path(os.environ.get("BATU_GEO_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
NETWORKS = (
    ("merapi_sleman.osm.pbf", "EPSG:32749"),
    ("merapi_sleman_overpass.json", "EPSG:32749"),
    ("dieng_banjarnegara.osm.pbf", "EPSG:32749"),
    ("jember_lumajang.osm.pbf", "EPSG:32749"),
    ("simpl_balikpapan_kota_drive.graphml", "EPSG:32750"),
    ("porto_portugal.osm.pbf", "EPSG:32629"),
    ("large_union_highways.osm.pbf", "EPSG:32749"),
)


def one(name: str, crs: str) -> None:
    """Read, join and search one network; print what came out."""
    import resource
    import time

    import geopandas as gpd
    import numpy as np
    import shapely

    from batu_geo.network.graph import mode_graph
    from batu_geo.network.road_audit import parts_by_edge
    from batu_geo.network.travel_times import travel_times
    from batu_geo.sources.files.opening import open_input
    from batu_geo.sources.roads.read_roads import READERS, read_roads
    from batu_geo.sources.study.embedded import embedded_study
    from batu_geo.sources.study.scenarios import read_scenario

    path = SHARED / "roads" / name
    start = time.perf_counter()
    opened = open_input(path, name=name, table="roads", suffixes=tuple(READERS))
    roads = read_roads(opened, crs=crs)
    read_s = time.perf_counter() - start
    scenario = read_scenario(embedded_study() / "scenarios" / "baseline.toml")
    nodes = np.random.default_rng(3).choice(roads.node_count, 50, replace=False)
    units = gpd.GeoDataFrame(
        {"facility_id": [f"f{n}" for n in nodes]},
        geometry=shapely.points(roads.node_xy[nodes]), crs=crs,
    )  # fmt: skip
    start = time.perf_counter()
    net = mode_graph(roads, scenario, mode="motorcycle")
    part = parts_by_edge(net)
    usable = part == 0
    times = travel_times(net, origins=units, destinations=units, refuse_m=500, with_metres=True)
    search_s = time.perf_counter() - start
    largest = len(np.unique(roads.edge_node[usable])) / roads.node_count
    print(json.dumps({
        "nodes": roads.node_count, "edges": roads.edge_count,
        "km": round(roads.length_m.sum() / 1000), "largest_part": round(largest, 3),
        "used_edges": int(usable.sum()), "unreachable": int(np.isinf(times.minutes).sum()),
        "dropped": dict(sorted(roads.dropped.items())), "read_s": round(read_s, 2),
        "search_s": round(search_s, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }))  # fmt: skip


def main() -> None:
    """Run every network that is there."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        one(*args.one)
        return
    lines = [
        "| network | nodes | edges | km | largest part | edges used | read s | graph and search s | peak MB | dropped |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    for name, crs in NETWORKS:
        if not (SHARED / "roads" / name).is_file():
            print(f"not here: {name}")
            continue
        done = subprocess.run(
            [sys.executable, __file__, "--one", name, crs],
            capture_output=True,
            text=True,
            check=True,
        )
        found = json.loads(done.stdout.splitlines()[-1])
        dropped = (
            ", ".join(f"{count} {reason}" for reason, count in found["dropped"].items()) or "-"
        )
        lines.append(
            f"| {name} | {found['nodes']:,} | {found['edges']:,} | {found['km']:,} | {found['largest_part']:.1%} | "
            f"{found['used_edges']:,} | {found['read_s']} | {found['search_s']} | {found['peak_mb']} | {dropped} |"
        )
        print(lines[-1], flush=True)
    if args.out:
        args.out.write_text(
            f"# Real networks\n\nMade by `python benchmarks/real_networks.py --out {args.out}`.\n\n"
            + "\n".join(lines) + "\n"
        )  # fmt: skip


if __name__ == "__main__":
    main()
