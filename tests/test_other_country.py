"""A study outside Indonesia from nothing to a briefing, in the words and the language of its place."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import shapely
from click.testing import CliRunner

from batu_geo.cli import cli
from batu_geo.render.text.catalogue import say_as
from batu_geo.serving.jobs import COMMAND
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.verbs.maps import maps
from tests.test_bring_your_own_city import grid_of_roads, read_by_people
from tests.toy_study import box, point, write_features

pytestmark = pytest.mark.slow

EAST, NORTH = 43.3 - 112.63, -11.7 + 7.87
INDONESIAN = re.compile(
    r"\b(desa|kelurahan|kecamatan|kabupaten|provinsi|bupati|APBD|pemda|Indonesia)\b", re.IGNORECASE
)
RULES = re.compile(
    r"KMK|MENKES|Permen|Permendagri|Perwali|PP 28|Malang|N-(SDM|UPKDK|POSY|DOK|PKM|BUKA|SPM)"
)
READ = {".pdf", ".pptx", ".docx", ".html"}
PLACE = """
[place]
country = { id = "Komoro", en = "Comoros" }
language = "en"
levels.village = { id = "komune", en = "commune" }
levels.district = { id = "prefektur", en = "prefecture" }
owner = { id = "pemerintah pulau", en = "island government" }
budget = { id = "anggaran pulau", en = "island budget" }
head = { id = "Gubernur Ngazidja", en = "Governor of Ngazidja" }
vision = { id = "Karang sehat", en = "A healthy coral" }
"""


def moved(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda xy: xy + np.array([EAST, NORTH]))


def files_of_the_office(folder: Path) -> None:
    codes = {"99.99.01.2001": "Moroni", "99.99.01.2002": "Iconi"}
    people = [f"{code},{name},1250" for code, name in codes.items()]
    (folder / "people.csv").write_text("\n".join(["code,name,population", *people]))
    shapes = (box(0, 0, 5, 5), box(5, 0, 10, 5))
    rows = [
        ({"code": code, "name": codes[code]}, moved(s))
        for code, s in zip(codes, shapes, strict=True)
    ]
    write_features(folder / "outlines.geojson", rows)
    unit, hall = moved(point(1, 1)), moved(point(8, 2))
    (folder / "units.csv").write_text(
        f"name,kind,status,village,lon,lat\nHealth post,UPKDK,active,Moroni,{unit.x},{unit.y}\n"
    )
    (folder / "halls.csv").write_text(
        "name,owner,condition,floor_area_m2,rooms,land_status,village,lon,lat\n"
        f"Hall,city,good,120,3,local_government,Iconi,{hall.x},{hall.y}\n"
    )
    roads = json.loads(grid_of_roads())
    for node in roads["elements"]:
        if "lon" in node:
            node["lon"], node["lat"] = node["lon"] + EAST, node["lat"] + NORTH
    (folder / "roads.json").write_text(json.dumps(roads))


def job_of_the_workbench(kind: str) -> None:
    """Let a process beside the workbench do a job, as the page asks for it."""
    study = load_study("study")
    scenario = load_scenario("baseline", study=study).model_dump(mode="json")
    lines = [
        {"data": "study", "out": "out", "language": "en"},
        {"kind": kind, "scenario": scenario | {"name": "of-the-page"}},
    ]
    asked = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run(COMMAND, input=asked, capture_output=True, text=True, check=True)
    assert "result" in json.loads(done.stdout.splitlines()[-1]), done.stdout


def test_another_country_has_its_own_words_and_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler is not here")
    monkeypatch.chdir(tmp_path)
    files_of_the_office(tmp_path)
    brought = (("people.csv", "population"), ("outlines.geojson", "villages"), ("units.csv", "facilities"),
               ("halls.csv", "buildings"), ("roads.json", "roads"))  # fmt: skip
    asked = [["init", "study"]]
    asked += [
        ["import", file, "--as", table, "--into", "study", "--yes"] for file, table in brought
    ]
    asked += [
        ["plan", "--data", "study", "--out", "out"],
        ["explain", "Iconi", "--data", "study"],
        ["check", "study"],
    ]
    try:
        for args in asked:
            result = CliRunner().invoke(cli, args)
            assert result.exit_code == 0, f"{args}: {result.output}"
            if args[0] == "init":
                card = Path("study/study.toml")
                text = card.read_text().replace('title = "Studi baru"', 'title = "Ngazidja"')
                card.write_text(text + PLACE)
            elif args[0] not in {"import", "check"}:
                assert "commune" in result.output or args[0] != "explain", result.output
                assert not INDONESIAN.findall(result.output), (args, result.output)
        say_as(None)
        maps(data="study", out="out", language="en")
        for kind in ("run", "explorer", "pack"):
            job_of_the_workbench(kind)
    finally:
        say_as(None)
    written = [path for path in Path("out").rglob("*") if path.is_file()]
    assert {path.suffix for path in written} >= {*READ, ".csv", ".xlsx", ".json"}
    made = {path.parent.name.rpartition("-")[0] for path in written if "of-the-page" in str(path)}
    assert made >= {"of-the-page", "of-the-page-jelajah"}, made
    rules = {path: RULES.search(read_by_people(path)) for path in written}
    assert {path: hit[0] for path, hit in rules.items() if hit} == {}
    texts = {str(path): read_by_people(path) for path in written if path.suffix in READ}
    said = {name: sorted(set(INDONESIAN.findall(text))) for name, text in texts.items()}
    assert {name: hits for name, hits in said.items() if hits} == {}
    (summary,) = (text for name, text in texts.items() if name.endswith("ringkasan.pdf"))
    for words in ("Comoros", "A healthy coral", "Governor of Ngazidja", "commune"):
        assert words in summary, words
