"""A kabupaten from nothing to a briefing with files as they are downloaded, and the minutes it takes.

    python benchmarks/another_kabupaten.py --size full --into FOLDER

Outlines and people of a whole province (8,500 villages), the list of area codes (83,000), a national
list of 10,000 facilities, a road layer as RBI has it and an OSM PBF of 1 GB are made in the folder
and removed at the end. Every command of the program is run as typed, and a table of its minutes,
memory and first notices is printed. `--size small` makes a hundredth of the roads.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyogrio
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

WEST, SOUTH, WIDE, HIGH = 111.0, -8.8, 4.0, 2.0
COLUMNS, ROWS, KABUPATEN_COLUMNS, KABUPATEN_ROWS = 125, 68, 19, 2
CODE = "35.09"
SIZES = {"small": 0.01, "full": 1.0}
NODES, BUILDINGS, LINES = 210_000_000, 6_000_000, 600_000
ROAD_EVERY, ACROSS_EVERY, ALONG = 20, 64, 12


def villages() -> list[tuple[str, str, str, float, float]]:
    """Return code, name, district, and the south-west corner of every village of a province."""
    found, seen = [], dict[str, int]()
    for row in range(ROWS):
        for column in range(COLUMNS):
            kab = (
                1
                + column * KABUPATEN_COLUMNS // COLUMNS
                + KABUPATEN_COLUMNS * (row * KABUPATEN_ROWS // ROWS)
            )
            district = f"35.{kab:02}.{1 + row % 17:02}"
            seen[district] = seen.get(district, 0) + 1
            code = f"{district}.2{seen[district]:03}"
            x, y = WEST + column * WIDE / COLUMNS, SOUTH + row * HIGH / ROWS
            found.append((code, f"Desa {column} {row}", f"Kecamatan {district[-2:]}", x, y))
    return found


def office_files(room: Path) -> None:
    """Write the lists of an office, those of a whole province or the nation."""
    rng = np.random.default_rng(1)
    rows = villages()
    with (room / "kode.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        names = {"35": "Jawa Timur"}
        for code, name, district, *_ in rows:
            names[code[:5]] = f"Kabupaten Contoh {code[3:5]}"
            names[code[:8]], names[code] = district, name
        others = {f"{p}.{k:02}.{d:02}.2{v:03}": f"Desa {v}" for p in range(51, 80)
                  for k in range(1, 14) for d in range(1, 15) for v in range(1, 15)}  # fmt: skip
        writer.writerows((names | others).items())
    with (room / "penduduk.csv").open("w", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Kode Desa", "Nama Desa", "Kecamatan", *(f"{a}-{a + 4} {s}" for a in range(0, 75, 5) for s in "LP"), "75+ L", "75+ P"])  # fmt: skip
        writer.writerows([code, name, district, *rng.integers(20, 200, 32).tolist()]
                         for code, name, district, *_ in rows)  # fmt: skip
    features = []
    for code, name, district, x, y in rows:
        ring = shapely.segmentize(shapely.box(x, y, x + WIDE / COLUMNS, y + HIGH / ROWS), 0.002)
        about = {"KDEPUM": code, "WADMKD": name, "WADMKC": district}
        features.append({"type": "Feature", "properties": about,
                         "geometry": json.loads(shapely.to_geojson(shapely.set_precision(ring, 1e-7)))})  # fmt: skip
    whole = {"type": "FeatureCollection", "features": features}
    (room / "batas.geojson").write_text(json.dumps(whole))
    kinds = ("PUSKESMAS", "PUSTU", "RUMAH SAKIT", "KLINIK", "UPKDK")
    with (room / "faskes.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["kode_faskes", "Nama", "Jenis", "Status", "Lintang", "Bujur"])
        for number in range(10_000):
            near = number % 20 == 0
            lon = rng.uniform(WEST, WEST + WIDE) if near else rng.uniform(95, 141)
            lat = rng.uniform(SOUTH, SOUTH + HIGH) if near else rng.uniform(-6.5, 5)
            kind = kinds[number // 20 % 5] if near else kinds[number % 5]
            writer.writerow([f"P{number:010}", f"{kind.title()} {number}", kind, "aktif",
                             f"{lat:.6f}", f"{lon:.6f}"])  # fmt: skip
    own = [row for row in rows if row[0].startswith(CODE)]
    with (room / "gedung.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Nama Gedung", "Pemilik", "Kondisi", "Luas lantai (m2)", "Jumlah ruang",
                         "Status tanah", "Desa", "Kecamatan", "Bujur", "Lintang"])  # fmt: skip
        for code, name, district, x, y in own[::4]:
            writer.writerow([f"Balai {code}", "Pemkab", "baik", 90, 3, "milik pemda", name, district,
                             f"{x + 0.01:.6f}", f"{y + 0.01:.6f}"])  # fmt: skip


def rbi_layer(path: Path, share: float) -> None:
    """Write lines of roads in the columns of RBI, over the whole province."""
    rng = np.random.default_rng(2)
    side = int((LINES * share / 2) ** 0.5)
    xs, ys = np.linspace(WEST, WEST + WIDE, side), np.linspace(SOUTH, SOUTH + HIGH, side)
    x, y = (grid.ravel() for grid in np.meshgrid(xs, ys))
    ends = [(x + (xs[1] - xs[0]), y), (x, y + (ys[1] - ys[0]))]
    lines = []
    for x2, y2 in ends:
        steps = np.linspace(0, 1, 14)
        at = np.stack([x[:, None] + (x2 - x)[:, None] * steps, y[:, None] + (y2 - y)[:, None] * steps], -1)  # fmt: skip
        lines.append(shapely.linestrings(at))
    geometry = np.concatenate(lines)
    remarks = np.array(["Jalan Lokal", "Jalan Lain", "Jalan Kolektor"])
    import geopandas as gpd

    frame = gpd.GeoDataFrame(
        {"NAMOBJ": "", "REMARK": remarks[rng.integers(0, 3, len(geometry))]},
        geometry=geometry, crs="EPSG:4326",
    )  # fmt: skip
    pyogrio.write_dataframe(frame, path, layer="JALAN_LN_25K", driver="GPKG")


def varints(numbers: np.ndarray) -> bytes:
    """Return signed numbers as OSM PBF packs them."""
    zigzag = ((numbers << 1) ^ (numbers >> 63)).astype(np.uint64)
    size = np.maximum(1, (np.floor(np.log2(np.maximum(zigzag, 1))).astype(int) // 7) + 1)
    ends = np.cumsum(size)
    packed = np.zeros(ends[-1], np.uint8)
    for byte in range(int(size.max())):
        has = size > byte
        more = np.where(size[has] > byte + 1, 128, 0).astype(np.uint8)
        part = ((zigzag[has] >> np.uint64(7 * byte)) & np.uint64(127)).astype(np.uint8)
        packed[ends[has] - size[has] + byte] = part | more
    return packed.tobytes()


def number(value: int) -> bytes:
    """Return a number of variable length."""
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def field(key: int, content: bytes) -> bytes:
    """Return a field of bytes of a message."""
    return number(key << 3 | 2) + number(len(content)) + content


def blob(kind: str, content: bytes) -> bytes:
    """Return a block of an OSM PBF, not packed."""
    data = field(1, content) + b"\x10" + number(len(content))
    header = field(1, kind.encode()) + b"\x18" + number(len(data))
    return len(header).to_bytes(4, "big") + header + data


TEXTS = b"".join(
    field(1, text) for text in (b"", b"highway", b"residential", b"tertiary", b"building", b"yes")
)


def osm_extract(path: Path, share: float) -> None:
    """Write a lattice of nodes as an OSM PBF: streets on some rows and columns, else buildings."""
    rng = np.random.default_rng(3)
    wide = int((NODES * share * 2) ** 0.5)
    high = wide // 2
    step = round(WIDE * 1e7 / wide)
    with path.open("wb") as file:
        features = field(4, b"OsmSchema-V0.6") + field(4, b"DenseNodes")
        file.write(blob("OSMHeader", features))
        for start in range(0, wide * high, 8000):
            ids = np.arange(start, min(start + 8000, wide * high))
            lon = round(WEST * 1e7) + ids % wide * step + rng.integers(-40, 40, len(ids))
            lat = round(SOUTH * 1e7) + ids // wide * step + rng.integers(-40, 40, len(ids))
            packed = [varints(np.diff(column, prepend=0)) for column in (ids + 1, lat, lon)]
            dense = field(1, packed[0]) + field(8, packed[1]) + field(9, packed[2])
            file.write(blob("OSMData", field(1, TEXTS) + field(2, field(2, dense))))
        ways = _ways(wide, high, int(BUILDINGS * share))
        while group := [way for way, _ in zip(ways, range(8000), strict=False)]:
            file.write(blob("OSMData", field(1, TEXTS) + field(2, b"".join(group))))


def _ways(wide: int, high: int, buildings: int) -> Iterator[bytes]:
    """Yield streets along rows and columns of the lattice, then buildings, as messages."""
    count = 0

    def way(first: int, rest: bytes, tag: bytes) -> bytes:
        nonlocal count
        count += 1
        refs = number(2 * (first + 1)) + rest
        return field(3, b"\x08" + number(count) + tag + field(8, refs))

    street, main = (field(2, b"\x01") + field(3, bytes([value])) for value in (2, 3))
    building = field(2, b"\x04") + field(3, b"\x05")
    along, across = b"\x02" * (ALONG - 1), number(2 * wide) * (ALONG - 1)
    for row in range(0, high, ROAD_EVERY):
        for column in range(0, wide - ALONG, ALONG - 1):
            yield way(row * wide + column, along, street)
    for column in range(0, wide, ACROSS_EVERY):
        for row in range(0, high - ALONG, ALONG - 1):
            yield way(row * wide + column, across, main)
    for index in range(buildings):
        yield way(index * 5 % (wide * high - 9), b"\x02\x02\x02\x05", building)


COMMANDS = (
    f"init studi --code {CODE} --area-codes kode.csv",
    "import penduduk.csv --as population --also indicators=penduduk.csv --into studi --yes",
    "import batas.geojson --as villages --into studi --yes",
    "import faskes.csv --as facilities --into studi --yes",
    "import gedung.csv --as buildings --into studi --yes",
    "import jalan_rbi.gpkg --as roads --into studi --yes",
    "import pulau.osm.pbf --as roads --into studi --yes --again",
    "check studi",
    "plan --data studi --out hasil",
    "maps --data studi --out hasil",
    "brief --data studi --out hasil",
)


def main() -> None:
    """Make the files, run every command, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--into", type=Path, required=True)
    asked = parser.parse_args()
    room, share = asked.into, SIZES[asked.size]
    room.mkdir(parents=True)
    try:
        begun = time.perf_counter()
        office_files(room)
        rbi_layer(room / "jalan_rbi.gpkg", share)
        osm_extract(room / "pulau.osm.pbf", share)
        sizes = {path.name: path.stat().st_size / 1e6 for path in sorted(room.iterdir())}
        print(f"files made in {time.perf_counter() - begun:.0f} s:")
        print("\n".join(f"  {name} {size:,.1f} MB" for name, size in sizes.items()), flush=True)
        print(
            "\n| command | minutes | CPU minutes | peak MB | said |\n|---|--:|--:|--:|---|",
            flush=True,
        )
        for command in COMMANDS:
            print(ran(command, room), flush=True)
    finally:
        shutil.rmtree(room)


def ran(command: str, room: Path) -> str:
    """Run one command, and return its row of the table."""
    program = [sys.executable, "-m", "batu_geo", *command.split()]
    measured = [sys.executable, "-c", MEASURED, *program]
    begun = time.perf_counter()
    done = subprocess.run(measured, cwd=room, capture_output=True, text=True, check=False)
    minutes = (time.perf_counter() - begun) / 60
    cpu, peak = done.stderr.rstrip().rpartition("\n")[2].split()
    lines = (done.stdout + done.stderr).splitlines()
    told = [line for line in lines if line.startswith(("BG-487", "BG-622", "BG-629"))]
    said = (
        "; ".join(line.partition(" Perbaikan")[0] for line in told)
        or f"ends with {done.returncode}"
    )
    if done.returncode not in (0, 1):
        print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
    return f"| `{command}` | {minutes:.1f} | {float(cpu) / 60:.1f} | {int(peak) / 1000:,.0f} | {said} |"


MEASURED = (
    "import resource, subprocess, sys; code = subprocess.run(sys.argv[1:]).returncode; "
    "u = resource.getrusage(resource.RUSAGE_CHILDREN); "
    "print(u.ru_utime + u.ru_stime, u.ru_maxrss, file=sys.stderr); sys.exit(code)"
)

if __name__ == "__main__":
    main()
