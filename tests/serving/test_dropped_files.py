"""Files dropped on the page: recognised without writing, accepted into a study of one's own."""

from __future__ import annotations

import shutil
from pathlib import Path
from string import Formatter

import pytest

from batu_geo.domain.errors import Problem, messages
from batu_geo.render.text.catalogue import labels
from batu_geo.serving.refusals import page_line
from batu_geo.sources.study.embedded import embedded_study
from tests.serving.page import Page, opened
from tests.toy_study import write_osm
from tests.workbench.town import DRAWING, STREETS, write_town

pytestmark = pytest.mark.slow

# What the page itself says, and the server for it.
OF_PAGE = ("bench_", "serve_", "did_", "why_")
PEOPLE = "Kode Desa;Nama Desa;Jumlah Penduduk;Telp Kepala\n" + "".join(
    f"v.{n};Desa {n};{100 * n};08123456789{n}\n" for n in (1, 2, 3, 4)
)


@pytest.fixture
def own(tmp_path: Path) -> Page:
    return opened(write_town(tmp_path / "study"), tmp_path / "outputs")


def drop(page: Page, content: bytes, table: str = "population", suffix: str = ".csv"):
    head = {"content-type": "application/octet-stream"}
    return page.ask("POST", f"/api/file?table={table}&suffix={suffix}", content, head=head)


def tree(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_file_is_recognised_and_nothing_is_written(own: Page, tmp_path: Path) -> None:
    before = tree(tmp_path / "study")
    found = drop(own, PEOPLE.encode()).record
    assert (found["table"], found["count"]) == ("population", 4)
    taken = {row["column"]: row["field"] for row in found["columns"]}
    assert taken == {
        "Kode Desa": "village_id", "Nama Desa": "village_name", "Jumlah Penduduk": "population",
    }  # fmt: skip
    assert any("Telp Kepala" in notice for notice in found["notices"])
    assert "0812" not in str(found)
    assert found["sample"][0] == ["v.1", "Desa 1", "100"]
    assert {field["name"] for field in found["fields"]} >= {"village_id", "population"}
    assert tree(tmp_path / "study") == before


def test_an_accepted_file_changes_the_study_and_the_numbers(own: Page, tmp_path: Path) -> None:
    state = own.get("/api/state")
    found = drop(own, PEOPLE.encode()).record
    columns = {row["column"]: row["field"] for row in found["columns"] if row["field"]}
    done = own.post("/api/file/accept", {"file": found["file"], "columns": columns, "codes": {}})
    assert done["study"] == "changed"
    assert done["state"]["answer"]["population"] == 1000
    assert done["state"]["revision"] == state["revision"] + 1
    assert done["state"]["studyTag"] != state["studyTag"]
    assert sum(v["population"] for v in own.get("/api/study")["villages"]) == 1000
    again = opened(tmp_path / "study", tmp_path / "outputs")
    assert again.get("/api/state")["answer"] == done["state"]["answer"]


def test_changes_that_the_study_cannot_follow_any_more_are_off_and_listed(own: Page) -> None:
    known = {row["id"]: row for row in own.get("/api/study")["facilities"]}
    first = known["U-v.1"]
    move = {"what": "move_unit", "unit_id": "U-v.1", "lon": first["lon"], "lat": first["lat"]}
    own.do(move, {"what": "set_threshold", "minutes": 5})
    rows = "".join(
        f"{name};{row['name']};{row['kind']};v.{4 if name == 'U-v.4' else 3};active;"
        f"{row['lat']};{row['lon']}\n"
        for name, row in known.items()
        if name != "U-v.1"
    )
    head = "facility_id;facility_name;kind;village_id;status;lat;lon\n"
    found = drop(own, (head + rows).encode(), "facilities")
    fields = {field["name"]: field["label"] for field in found.record["fields"]}
    assert {"lon", "lat", "village_name", "coordinates"} <= set(fields)
    assert all(fields.values())
    assert found.status == 200, found.content
    columns = {row["column"]: row["field"] for row in found.record["columns"] if row["field"]}
    body = {"file": found.record["file"], "columns": columns}
    done = own.post("/api/file/accept", body)
    assert [row["key"] for row in done["state"]["outdated"]] == ["place:U-v.1"]
    is_on = {change["key"]: change["isOn"] for change in done["state"]["changes"]}
    assert is_on == {"place:U-v.1": False, "threshold": True}


def test_roads_are_recognised_and_then_the_roads_of_the_study(own: Page, tmp_path: Path) -> None:
    own.do({"what": "set_threshold", "minutes": 5})
    was, streets = own.get("/api/state")["answer"], dict(STREETS)
    del streets["ABCDE"]
    write_osm(tmp_path / "roads.osm.pbf", DRAWING, streets)
    before, fewer = tree(tmp_path / "study"), (tmp_path / "roads.osm.pbf").read_bytes()
    found = drop(own, fewer, "roads", ".pbf").record
    assert (found["table"], found["columns"], found["codes"]) == ("roads", [], [])
    assert found["count"] == len(streets)
    assert found["notices"][0].startswith("Jenis berkas: ")
    assert tree(tmp_path / "study") == before
    done = own.post("/api/file/accept", {"file": found["file"]})
    assert done["state"]["answer"] != was
    assert (tmp_path / "study" / "roads.osm.pbf").read_bytes() == fewer
    assert (
        opened(tmp_path / "study", tmp_path / "outputs").get("/api/state")["answer"]
        == (done["state"]["answer"])
    )
    refused = drop(own, b"<osm></osm>", "roads", ".osm")
    assert refused.status == 422
    assert "/tmp" not in refused.content.decode()


def test_a_word_that_is_no_code_is_chosen_from_the_codes(own: Page) -> None:
    rows = "facility_id;facility_name;kind;village_id;status;lat;lon\n" + "".join(
        f"{f['id']};{f['name']};{f['kind']};v.{n};{state};{f['lat']};{f['lon']}\n"
        for n, (f, state) in enumerate(
            zip(own.get("/api/study")["facilities"], ("buka terus", "active", "active"),
                strict=True), 1)
    )  # fmt: skip
    found = drop(own, rows.encode(), "facilities").record
    (unknown,) = found["codes"]
    assert (unknown["field"], unknown["value"]) == ("status", "buka terus")
    names = {one["name"]: one["label"] for one in unknown["choices"]}
    assert "closed" in names
    assert names["active"] != "active"
    columns = {row["column"]: row["field"] for row in found["columns"] if row["field"]}
    body = {"file": found["file"], "columns": columns}
    refused = own.post("/api/file/accept", body, 422)["error"]
    assert any("buka terus" in one["message"] for one in refused["problems"])
    done = own.post("/api/file/accept", body | {"codes": {"status": {"buka terus": "active"}}})
    assert done["study"] == "changed"


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_message_of_the_page_names_an_option(language: str) -> None:
    """Of every code; BG-318 is of overrides, which a page cannot give."""
    for code, message in messages().items():
        fields = [name for text in message.values() for _, name, _, _ in Formatter().parse(text)]
        line = page_line(Problem(code, values={n: "x" for n in fields if n}), language)
        assert " --" not in line or code == "BG-318", line
    texts = [label[language] for key, label in labels().items() if key.startswith(OF_PAGE)]
    assert len(texts) > 250
    assert [text for text in texts if " --" in text] == []


@pytest.mark.parametrize(
    ("table", "suffix", "content", "status"),
    [
        ("population", ".exe", b"x", 400), ("passwd", ".csv", b"x", 400),
        ("../population", ".csv", b"x", 400), ("population", "", b"x", 400),
        ("population", ".csv", b"", 422), ("population", ".csv", b"\x00\xff" * 50, 422),
        ("population", ".xlsx", b"PK\x03\x04 no book", 422),
        ("facilities", ".geojson", b"{", 422),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused(
    own: Page, table: str, suffix: str, content: bytes, status: int
) -> None:
    reply = drop(own, content, table, suffix)
    assert reply.status == status, reply.content
    for secret in ("/tmp", "Traceback", str(own.service.out)):
        assert secret not in reply.content.decode()


def test_a_file_that_breaks_the_study_is_refused_and_all_stays(own: Page, tmp_path: Path) -> None:
    before, state = tree(tmp_path / "study"), own.get("/api/state")
    found = drop(own, PEOPLE.replace("100", "-5").encode()).record
    refused = own.post("/api/file/accept", {"file": found["file"], "columns": {}}, 422)
    assert refused["error"]["code"].startswith("BG-2")
    assert tree(tmp_path / "study") == before
    assert own.get("/api/state") == state
    assert own.post("/api/file/accept", {"file": "f99", "columns": {}}, 404)["error"]


@pytest.mark.slow
def test_the_embedded_study_is_copied_and_stays(tmp_path: Path) -> None:
    page = opened(embedded_study(), tmp_path / "outputs")
    before = (embedded_study() / "population.csv").read_bytes()
    content = before.replace(b",18068", b",18069", 1)
    found = drop(page, content).record
    columns = {row["column"]: row["field"] for row in found["columns"] if row["field"]}
    done = page.post("/api/file/accept", {"file": found["file"], "columns": columns})
    assert (embedded_study() / "population.csv").read_bytes() == before
    copies = list((tmp_path / "outputs" / "studi").iterdir())
    assert len(copies) == 1
    assert any(f"studi/{copies[0].name}" in notice for notice in done["notices"])
    assert page.get("/api/study")["isEmbedded"] is False
    shutil.rmtree(copies[0])
