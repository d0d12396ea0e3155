"""Map files that name other files and addresses: none is opened, no connection is made.

What GDAL and PROJ open, the audit hook of Python cannot see. So in a fresh process there are
a file outside the study whose words must come out nowhere, a pipe that notices who opens it,
and a listener that must hear nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.malformed.cases import zipped

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

SECRET = "RAHASIA-4711"
FEATURES = json.dumps({"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"Nama": SECRET, "Jenis": "Pustu", "Desa": "Beji"},
     "geometry": {"type": "Point", "coordinates": [112.5581234, -7.8912345]}},
]})  # fmt: skip
IMPORT = """
import sys
from pathlib import Path
from batu_geo.domain.errors import BatuGeoError
from batu_geo.importing.import_table import import_file
from batu_geo.importing.request import Request

study, *files = map(Path, sys.argv[1:])
for file in files:
    for table in ("facilities", "villages", "buildings"):
        try:
            done = import_file(Request(file, table, study, again=True), lambda *_: True)
            print(file.name, table, "READ", done)
        except BatuGeoError as error:
            print(file.name, table, *error.lines(), sep="\\n  ")
"""
OPEN = """
import sys, warnings
import pyogrio

warnings.simplefilter("ignore")
for file in sys.argv[1:]:
    print(pyogrio.read_dataframe(open(file, "rb").read()))
"""
GRIDS = """
import contextlib, sys
import pyproj

with contextlib.suppress(pyproj.exceptions.ProjError):
    pyproj.Transformer.from_crs(sys.argv[1], 4326).transform(112.5, -7.8)
"""


@contextlib.contextmanager
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """Answer every request with the secret; yield the address and what was asked."""
    heard: list[bytes] = []
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(8)

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = server.accept()
                    with client:
                        heard.append(client.recv(500))
                        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(FEATURES)}\r\n"
                        head += "Content-Type: application/json\r\nConnection: close\r\n\r\n"
                        client.sendall(head.encode() + FEATURES.encode())

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/rahasia.geojson", heard
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@contextlib.contextmanager
def pipe(path: Path) -> Iterator[list[str]]:
    """Make a file that can be opened; yield by whom it was."""
    os.mkfifo(path)
    opened: list[str] = []
    is_over = threading.Event()

    def wait() -> None:
        while not is_over.is_set():
            writer = os.open(path, os.O_WRONLY)  # waits for a reader
            if not is_over.is_set():
                opened.append("opened")
                with contextlib.suppress(BrokenPipeError):
                    os.write(writer, FEATURES.encode())
            os.close(writer)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    yield opened
    is_over.set()
    os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    thread.join()


def alone(script: str, *args: Path | str) -> str:
    """Run a script in a process of its own and return all it says."""
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, args)], cwd=ROOT, capture_output=True, text=True,
        check=False, timeout=300, env={**os.environ, "NO_PROXY": "*", "GDAL_HTTP_TIMEOUT": "5"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def lures(to: str) -> dict[str, bytes]:
    """Return contents by which GDAL opens what stands elsewhere."""
    place = f"/vsicurl/{to}" if to.startswith("http") else to
    texts = {
        "vrt": f'<OGRVRTDataSource><OGRVRTLayer name="rahasia"><SrcDataSource>{place}'
        "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
        "wfs": f"<OGRWFSDataSource><URL>{to}</URL></OGRWFSDataSource>",
        "algorithm": json.dumps({
            "type": "gdal_streamed_alg",
            "command_line": f"gdal vector pipeline ! read {place} ! write --of=MEM x",
        }),
        "link": '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link>'
        f"<href>{to}</href></Link></NetworkLink></Document></kml>",
        "address": to,
    }  # fmt: skip
    return {name: text.encode() for name, text in texts.items()}


def package(folder: Path, statement: str) -> bytes:
    """Return a sound GeoPackage to whose tables a statement was written by hand."""
    import geopandas as gpd
    import shapely

    path = folder / "sound.gpkg"
    path.unlink(missing_ok=True)
    columns = {"Nama": ["Pustu"], "Jenis": ["Pustu"], "Desa": ["Beji"]}
    gpd.GeoDataFrame(columns, geometry=[shapely.Point(112.53, -7.87)], crs=4326).to_file(
        path, layer="faskes"
    )
    database = sqlite3.connect(path)
    database.execute("PRAGMA writable_schema = 1")
    kind = "view" if "VIEW" in statement else "table"
    database.execute(
        "INSERT INTO sqlite_master VALUES (?, 'rahasia', 'rahasia', 0, ?)", (kind, statement)
    )
    database.execute("UPDATE gpkg_contents SET table_name = 'rahasia'")
    database.execute("UPDATE gpkg_geometry_columns SET table_name = 'rahasia'")
    database.commit()
    database.close()
    return path.read_bytes()


def shapefile(folder: Path) -> dict[str, bytes]:
    """Return the parts of a sound Shapefile."""
    import geopandas as gpd
    import shapely

    columns = {"Nama": ["Pustu"], "Jenis": ["Pustu"], "Desa": ["Beji"]}
    frame = gpd.GeoDataFrame(columns, geometry=[shapely.Point(112.53, -7.87)], crs=4326)
    with warnings.catch_warnings(action="ignore"):
        frame.to_file(folder / "a.shp")
    return {path.name: path.read_bytes() for path in folder.glob("a.*")}


def with_grid(prj: str, to: str) -> str:
    """Return the projection of a Shapefile with a grid beside it, as GDAL 2 wrote them."""
    way = f"+proj=longlat +datum=WGS84 +nadgrids={to} +type=crs"
    return prj[:-1] + f',EXTENSION["PROJ4","{way}"]]'


def with_crs(name: str) -> bytes:
    document = json.loads(FEATURES.replace(SECRET, "Pustu"))
    return json.dumps({**document, "crs": {"type": "name", "properties": {"name": name}}}).encode()


def baits(folder: Path, to: str) -> Iterator[tuple[str, bytes]]:
    """Yield file names and contents that lead to a file or an address."""
    sound = shapefile(folder)
    for name, lure in lures(to).items():
        yield f"{name}.gpkg", lure
        yield f"{name}.geojson", lure
        yield f"{name}.kml", lure
        yield f"{name}-gpkg.zip", zipped({"faskes.gpkg": lure})
        yield f"{name}-kml.zip", zipped({"faskes.kml": lure})
        yield f"{name}-json.zip", zipped({"faskes.geojson": lure})
        yield f"{name}.kmz", zipped({"doc.kml": lure})
        yield f"{name}-parts.zip", zipped({"a.shp": lure, "a.shx": lure, "a.dbf": lure})
        for part in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
            yield f"{name}{part}.zip", zipped({**sound, f"a{part}": lure})
    crs = "+proj=longlat +datum=WGS84 +nadgrids=/vsicurl/{0},{0} +type=crs".format(to)  # noqa: UP032
    extended = sound["a.prj"].decode()[:-1] + f',EXTENSION["PROJ4","{crs}"]]'
    yield "grids.zip", zipped({**sound, "a.prj": extended.encode()})
    for number, name in enumerate((to, crs, f"+init={to}:1", f"{to}/EPSG/32749", extended)):
        yield f"crs-{number}.geojson", with_crs(name)
    for number, statement in enumerate((
        f"CREATE VIRTUAL TABLE rahasia USING VirtualOGR('{to}')",
        f"CREATE/**/VIRTUAL TABLE rahasia USING VirtualOGR('{to}', 0, 'rahasia')",
        f"CREATE VIRTUAL TABLE rahasia USING VirtualShape('{to}', UTF8, 4326)",
        f"CREATE VIEW rahasia AS SELECT fid, geom, 'x' AS Jenis, gdal_get_pixel_value('{to}', 1, 'pixel', 0, 0) AS Nama FROM faskes",
        f"CREATE VIEW rahasia AS SELECT fid, geom, 'x' AS Jenis, readfile('{to}') AS Nama FROM faskes",
        f"CREATE VIEW rahasia AS SELECT fid, geom, 'x' AS Jenis, load_extension('{to}') AS Nama FROM faskes",
    )):  # fmt: skip
        content = package(folder, statement)
        yield f"virtual-{number}.gpkg", content
        yield f"virtual-{number}.zip", zipped({"faskes.gpkg": content})


def test_gdal_and_proj_by_themselves_open_what_a_file_names(tmp_path: Path) -> None:
    """A trap that they would not walk into would prove nothing."""
    path = tmp_path / "rahasia.geojson"
    path.write_text(FEATURES, encoding="utf-8")
    with listener() as (address, heard), pipe(tmp_path / "pipa") as opened:
        files = []
        for number, to in enumerate((str(path), address)):
            files.append(tmp_path / f"{number}.gpkg")
            files[-1].write_bytes(lures(to)["vrt"])
        assert alone(OPEN, *files).count(SECRET) == 2
        assert heard
        assert opened == []
        alone(GRIDS, with_grid(shapefile(tmp_path)["a.prj"].decode(), str(tmp_path / "pipa")))
        assert opened


def test_no_map_file_makes_import_open_another_file_or_connect(
    office: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "outside" / "rahasia.geojson"
    secret.parent.mkdir()
    secret.write_text(FEATURES, encoding="utf-8")
    files = []
    with listener() as (address, heard), pipe(tmp_path / "pipa") as opened:
        for kind, to in (("file", secret), ("pipe", tmp_path / "pipa"), ("address", address)):
            for name, content in baits(tmp_path, str(to)):
                files.append(tmp_path / f"{kind}-{name}")
                files[-1].write_bytes(content)
        said = alone(IMPORT, office, *files)
        assert heard == []
        assert opened == []
    assert len(files) > 200
    assert said.count(" READ ") > 10, "what is sound but for its way to a grid is read"
    assert "Traceback" not in said
    assert SECRET not in said
    for path in office.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path
