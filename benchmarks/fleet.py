"""A made-up province of many regions on disk, and what a run of it takes.

``python benchmarks/fleet.py make FOLDER [REGIONS] [VILLAGES]`` writes a fleet: square regions side
by side, the streets of `synthetic_region` as one road file. ``run FOLDER [ENGINE]`` makes its
results anew and prints seconds and memory by stage, ``dask FOLDER`` does so on Dask, and
``kills FOLDER [COUNT]`` kills its workers at random. Not part of CI.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import resource
import shutil
import sys
import time
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import osmium
import psutil
import pyproj

from batu_geo.fleet.card import Fleet
from batu_geo.fleet.part_ledger import Ledger
from batu_geo.fleet.run_fleet import FleetInputs, run_fleet
from benchmarks.synthetic_region import CARD, CRS, synthetic_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batu_geo.network.roads import RoadNetwork
    from batu_geo.planning.study import Study

SCENARIO = Path(__file__).parents[1] / "data" / "scenarios" / "baseline.toml"
TABLES = {"population": "population.csv", "villages": "villages.geojson",
          "facilities": "facilities.geojson", "buildings": "buildings.geojson",
          "roads": "roads.osm.pbf"}  # fmt: skip
OF_VILLAGE = ("village_id", "village_name", "district_name", "puskesmas", "office_lon",
              "office_lat", "office_elevation_m")  # fmt: skip


def blocks(regions: int, villages: int) -> tuple[np.ndarray, np.ndarray]:
    """Return column and row of each village: a square block a region, blocks side by side."""
    side, across = int(np.ceil(np.sqrt(villages))), int(np.ceil(np.sqrt(regions)))
    region, number = np.divmod(np.arange(regions * villages), villages)
    return (region % across * side + number % side, region // across * side + number // side)


def make(folder: Path, regions: int = 38, villages: int = 64) -> None:
    """Write a fleet of so many regions with so many villages each."""
    joint = synthetic_region(regions * villages, places=blocks(regions, villages))
    folder.mkdir(parents=True)
    card = 'version = "0.2"\nname = "rekaan"\ntitle = "Provinsi rekaan"\n'
    (folder / "fleet.toml").write_text(card, encoding="utf-8")
    (folder / "scenarios").mkdir()
    shutil.copy(SCENARIO, folder / "scenarios")
    (folder / "roads").mkdir()
    write_roads(joint.roads, folder / "roads" / "roads.osm.pbf")
    for number in range(regions):
        code = f"{11 + number // 38}.{number % 38 + 1:02d}"
        write_region(joint, slice(number * villages, (number + 1) * villages), code,
                     folder / "regions" / code)  # fmt: skip


def write_region(joint: Study, rows: slice, code: str, folder: Path) -> None:
    """Write some villages of a study as a study of its own."""
    folder.mkdir(parents=True)
    areas = joint.villages.iloc[rows]
    number = {old: f"{code}.{n // 20 + 1:02d}.{n % 20 + 2001}"
              for n, old in enumerate(areas["village_id"])}  # fmt: skip
    middle = areas.geometry.centroid.to_crs("EPSG:4326")
    x, y = (areas.geometry.centroid.x / 1000, areas.geometry.centroid.y / 1000)
    areas = areas.assign(
        village_id=areas["village_id"].map(number), office_lon=middle.x.round(5),
        office_lat=middle.y.round(5),
        office_elevation_m=(800 + 60 * np.sin(x / 17) + 40 * np.cos(y / 13)).round(),
    )  # fmt: skip
    people = ["village_id", "village_name", "district_name", "population"]
    areas[people].assign(evidence="illustrative").to_csv(folder / TABLES["population"], index=False)
    _write(areas[[*OF_VILLAGE, "geometry"]].assign(evidence="illustrative"), folder, "villages")
    for name in ("facilities", "buildings"):
        table = getattr(joint, name)
        own = table[table["village_id"].isin(list(number))]
        _write(own.assign(village_id=own["village_id"].map(number)), folder, name)
    name = code.replace(".", "-")
    about = {"version": "0.2", "name": f"rekaan-{name}", "title": f"Kabupaten {code}",
             "crs": CRS, "code": code}  # fmt: skip
    text = [f"{key} = {json.dumps(value)}" for key, value in about.items()]
    for table, path in TABLES.items():
        entry = {k: v for k, v in CARD.items() if k != "sha256"} | {"path": path}
        lines = (f"{key} = {json.dumps(value)}" for key, value in entry.items())
        text += [f"[{table}]", *lines]
    (folder / "study.toml").write_text("\n".join(text), encoding="utf-8")


def _write(table: gpd.GeoDataFrame, folder: Path, name: str) -> None:
    plain = gpd.GeoDataFrame(table).to_crs("EPSG:4326")
    text = plain.drop(columns="is_on_street", errors="ignore").to_json(drop_id=True, to_wgs84=True)
    (folder / TABLES[name]).write_text(text, encoding="utf-8")


def write_roads(roads: RoadNetwork, path: Path) -> None:
    """Write a network as a file of OpenStreetMap: a way for each edge."""
    to_degrees = pyproj.Transformer.from_crs(roads.crs, "EPSG:4326", always_xy=True)
    lonlat = np.column_stack(to_degrees.transform(*roads.node_xy.T)).tolist()
    oneway = (roads.closed[:, 1] > 0).tolist()
    writer = osmium.SimpleWriter(str(path))
    for number, place in enumerate(lonlat, start=1):
        writer.add_node(osmium.osm.mutable.Node(id=number, version=1, location=tuple(place)))
    for number, (a, b) in enumerate((roads.edge_node + 1).tolist()):
        tags = {"highway": roads.classes[roads.road_class[number]]}
        tags |= {"oneway": "yes"} if oneway[number] else {}
        writer.add_way(osmium.osm.mutable.Way(id=number + 1, version=1, nodes=[a, b], tags=tags))
    writer.close()


def run(folder: Path, engine: str = "processes", scheduler: str | None = None) -> None:
    """Run a fleet anew and print what each stage took."""
    from batu_geo.cli.fleet_commands.cmd_fleet_run import _engine

    fleet = Fleet.at(folder)
    for path in (folder / "outputs").glob("parts/*"):
        # What `fleet roads` makes stays.
        if not path.name.startswith("roads-") and path.is_file():
            path.unlink()
    for path in (folder / "outputs").glob("national-*"):
        shutil.rmtree(path)
    began, before = time.perf_counter(), _cpu()
    peaks, times = [0.0], dict[str, list[float]]()

    class Timed(Ledger):
        def make(self, engine: Any, tasks: Any, tell: Any = None) -> Any:
            tasks = list(tasks)
            name = tasks[0].key.partition("-")[0]
            here, used = time.perf_counter(), _cpu()
            try:
                return Ledger.make(self, engine, tasks, tell)
            finally:
                times[name] = [time.perf_counter() - here, _cpu() - used]

    inputs = FleetInputs.at(fleet.root, fleet.regions(), fleet.scenario_file())
    with _engine(engine, None, scheduler) as chosen:
        made = run_fleet(inputs, Timed(fleet.ledger().folder), chosen,
                         lambda count: peaks.append(count.peak_mb))  # fmt: skip
    wall, cpu = time.perf_counter() - began, _cpu() - before
    peak = max(peaks)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{engine}: {len(made.regions)} of {made.total}, {wall:.1f} s wall, {cpu:.1f} s CPU, "
          f"workers {peak:.0f} MB, this process {own:.0f} MB")  # fmt: skip
    for name, (wall, cpu) in times.items():
        print(f"  {name:12}{wall:8.1f} s wall{cpu:8.1f} s CPU of processes that ended")


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[psutil.Process]]]:
    """Start a scheduler and two workers of Dask as `dask.yaml` says, in processes of their own."""
    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)
    environ = {**os.environ, "DASK_CONFIG": str(files("batu_geo.fleet").joinpath("dask.yaml"))}
    closed = ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]
    more = ["--nworkers", "2", "--nthreads", "1", "--memory-limit", "2GiB"]
    with (folder / "dask.log").open("wb") as log:
        started = [
            psutil.Popen([sys.executable, "-m", "dask", *command, "--scheduler-file", file, *closed],
                         env=environ, cwd=folder, stdout=log, stderr=log)
            for command in (["scheduler", "--port", "0"], ["worker", *more])
        ]  # fmt: skip
        while not file.is_file():
            time.sleep(0.1)
        try:
            yield str(file), started
        finally:
            for process in [p for root in started for p in [*root.children(recursive=True), root]]:
                with contextlib.suppress(psutil.Error):
                    process.kill()


def dask(folder: Path) -> None:
    """Run a fleet anew on Dask, and print the processor seconds of everybody."""
    with cluster(folder) as (file, started):
        time.sleep(5)  # until both workers have begun
        every = [p for root in started for p in [root, *root.children(recursive=True)]]
        before = sum(sum(p.cpu_times()[:2]) for p in every)
        began = _cpu()
        run(folder, "dask", file)
        after = sum(sum(p.cpu_times()[:2]) for p in every)
        of_dask = after - before
        print(f"Dask {of_dask:.1f} s CPU, with the client {of_dask + _cpu() - began:.1f}")


def kills(folder: Path, count: int = 20, seed: int = 28) -> None:
    """Kill workers of Dask at random while a fleet is run, and the client once; compare bytes."""
    rng, killed = np.random.default_rng(seed), 0
    run(folder, "loop")
    wanted = hashes(folder)
    with cluster(folder) as (file, started):
        command = [sys.executable, __file__, "run", str(folder), "dask", file]
        client = psutil.Popen(command)
        time.sleep(20)
        client.kill()
        client.wait()
        goes_on = [sys.executable, "-m", "batu_geo", "fleet", "run", str(folder), "-q",
                   "--scheduler-file", file]  # fmt: skip
        client = psutil.Popen(goes_on)
        while killed < count:
            time.sleep(float(rng.uniform(0.5, 3)))
            workers = [p for p in started[1].children(recursive=True)
                       if "spawn_main" in " ".join(p.cmdline())]  # fmt: skip
            if client.poll() is not None:
                for path in (folder / "outputs" / "parts").glob("[chm][ueo][tma]*.parquet"):
                    path.unlink()  # cuts, homes and measures are made again
                client = psutil.Popen(goes_on)
            elif workers:
                workers[int(rng.integers(len(workers)))].kill()
                killed += 1
        if client.wait():
            psutil.Popen(goes_on).wait()
    found = hashes(folder)
    print(f"{killed} workers and one client killed: {len(wanted)} files, "
          f"{sum(found.get(n) == h for n, h in wanted.items())} the same")  # fmt: skip


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every result."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (folder / "outputs").rglob("*.parquet")
    }


def _cpu() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


if __name__ == "__main__":
    verb, where, *more = sys.argv[1:]
    if verb == "make":
        make(Path(where), *map(int, more))
    elif verb == "run":
        run(Path(where), *more)
    else:
        {"dask": dask, "kills": kills}[verb](Path(where), *map(int, more))
