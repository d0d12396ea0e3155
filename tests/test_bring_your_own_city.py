"""The commands of `docs/bring_your_own_city.md`, word for word, on a made-up city."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import shutil
import subprocess
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from click.testing import CliRunner

from batu_geo.cli import cli
from batu_geo.sources.osm import osm_servers
from batu_geo.sources.osm.osm_files import roads_pbf
from batu_geo.verbs.brief import brief
from tests.conftest import ROOT
from tests.test_fetch import StandIn, answer, near
from tests.test_kib import card
from tests.toy_study import box, point

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "bring_your_own_city.md"
SIDE = 5
VILLAGES = {"99.99.01.2001": "Sumber Contoh", "99.99.01.2002": "Karang Contoh"}


def commands(mark: str = "commands") -> list[list[str]]:
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(rf"<!-- {mark} -->\n```bash\n(.*?)```", text, re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


def make_files(folder: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["JUMLAH PENDUDUK (data buatan)"])
    book.active.append(["No", "Kode Desa", "Nama Desa", "Jumlah Penduduk"])
    for number, (code, name) in enumerate(VILLAGES.items(), start=1):
        book.active.append([number, code, name, f"{number}.250"])
    book.save(folder / "penduduk.xlsx")
    outlines = gpd.GeoDataFrame(
        {"NAMOBJ": list(VILLAGES.values())},
        geometry=[box(0, 0, SIDE, SIDE), box(SIDE, 0, 2 * SIDE, SIDE)],
        crs="EPSG:4326",
    ).to_crs("EPSG:32749")
    with warnings.catch_warnings(action="ignore"):
        outlines.to_file(folder / "batas.shp")
    with zipfile.ZipFile(folder / "batas.zip", "w") as archive:
        for part in sorted(folder.glob("batas.*")):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    place = point(1, 1)
    with (folder / "faskes.csv").open("w", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Nama Unit", "Jenis", "Desa", "Bujur", "Lintang", "Status"])
        xy = [f"{value:.6f}".replace(".", ",") for value in (place.x, place.y)]
        writer.writerow(["UPKDK Sumber", "UPKDK", "Ds. Sumber Contoh", *xy, "Aktif"])
    land = ["1", "Tanah Balai", "01.01.11.04.01", "0001", "300", "1999", "Desa Karang Contoh",
            "Hak Pakai", "-", "12.1", "Balai", "Hibah", "10.000", "-"]  # fmt: skip
    hall = ["1", "Balai Karang", "03.11.01.10.01", "0007", "B", "Tidak", "Beton", "120",
            "Desa Karang Contoh", "-", "-", "300", "-", "01.01.11.04.01", "Hibah", "50.000.000",
            "-"]  # fmt: skip
    card(folder / "kib_a.xlsx", [land], 14)
    card(folder / "kib_c.xlsx", [hall], 17)


def grid_of_roads() -> bytes:
    steps = range(2 * SIDE + 1)
    nodes = [
        {"type": "node", "id": 100 * right + down + 1, **near(right, down)}
        for right in steps
        for down in range(SIDE + 1)
    ]
    across = [[100 * right + down + 1 for right in steps] for down in range(SIDE + 1)]
    along = [[100 * right + down + 1 for down in range(SIDE + 1)] for right in steps]
    ways = [
        {"type": "way", "id": n, "nodes": way, "tags": {"highway": "residential"}}
        for n, way in enumerate([*across, *along], start=1)
    ]
    return answer([*nodes, *ways])


@pytest.mark.parametrize("roads", ["fetched", "of an extract"])
def test_the_commands_of_the_page_lead_from_init_to_a_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, roads: str
) -> None:
    make_files(tmp_path)
    (tmp_path / "ekstrak.osm.pbf").write_bytes(roads_pbf(json.loads(grid_of_roads())["elements"]))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(osm_servers.time, "sleep", lambda _: None)
    server = StandIn()
    server.then = lambda _: (200, grid_of_roads(), {})
    lines = commands()
    assert [line[1] for line in lines] == [
        "init", "import", "import", "import", "import", "fetch", "check", "plan",
    ]  # fmt: skip
    if roads == "of an extract":
        lines[5:6] = commands("instead of fetch")
    for program, *args in lines:
        assert program == "batu-geo"
        online = ["--server", server.url] if args[0] == "fetch" else []
        result = CliRunner().invoke(cli, [*args, *online])
        assert result.exit_code == 0, f"{args}: {result.output}"
    server.stop()
    maps = list(tmp_path.glob("hasil/*/map.html"))
    assert len(maps) == 1
    with (maps[0].parent / "gaps.csv").open(encoding="utf-8") as file:
        gaps = list(csv.DictReader(file))
    assert [row["village_name"] for row in gaps] == ["Karang Contoh"]
    assert gaps[0]["best_site_name"] == "Balai Karang"
    with (maps[0].parent / "villages.csv").open(encoding="utf-8") as file:
        people = {row["village_id"]: int(row["population"]) for row in csv.DictReader(file)}
    assert people == {"99.99.01.2001": 1250, "99.99.01.2002": 2250}


OF_BATU = re.compile(r"Kota Batu|Pemkot|Wali Kota|MBATU|Perwali|\b[Mm]ayor\b")


def read_by_people(path: Path) -> str:
    """Return what a reader of a file sees; of a PDF, a workbook or slides their texts."""
    if path.suffix == ".pdf":
        done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
        return done.stdout.decode()
    content = path.read_bytes()
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


def test_no_output_of_a_kabupaten_speaks_of_batu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler is not here")
    monkeypatch.setattr("tests.test_bring_your_own_city.VILLAGES",
                        {"35.09.01.2001": "Sumber Contoh", "35.09.01.2002": "Karang Contoh"})  # fmt: skip
    make_files(tmp_path)
    (tmp_path / "ekstrak.osm.pbf").write_bytes(roads_pbf(json.loads(grid_of_roads())["elements"]))
    monkeypatch.chdir(tmp_path)
    lines = commands()
    lines[5:6] = commands("instead of fetch")
    asked = [["35.09" if word == "99.99" else word for word in args] for _, *args in lines]
    asked += [[verb, "--data", "kotaku", "--out", "id"] for verb in ("maps", "brief")]
    for args in asked:
        result = CliRunner().invoke(cli, args)
        assert result.exit_code == 0, f"{args}: {result.output}"
        assert not OF_BATU.search(result.output), args
    brief(data="kotaku", out="en", language="en")  # from Python
    written = [
        path for name in ("id", "en", "hasil") for path in Path(name).rglob("*") if path.is_file()
    ]
    assert {".pdf", ".pptx", ".xlsx", ".docx", ".html"} <= {path.suffix for path in written}
    said = {str(path): OF_BATU.findall(read_by_people(path)) for path in written}
    assert {name: hits for name, hits in said.items() if hits} == {}
    (note,) = Path("id").rglob("nota_dinas.docx")
    assert "Bupati" in read_by_people(note)
