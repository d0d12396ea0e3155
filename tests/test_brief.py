"""The briefing pack: complete, true to its tables, the same bytes anywhere, and unimpressed."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest
import python_calamine
from click.testing import CliRunner
from pptx import Presentation

from batu_geo.cli import cli
from batu_geo.domain.errors import DataError, ScenarioError
from batu_geo.domain.need_criteria import need_criteria
from batu_geo.planning.assess import assess
from batu_geo.render.briefing.blocks import heading, plain_table
from batu_geo.render.briefing.pdf import as_pdf, document
from batu_geo.render.briefing.report import report
from batu_geo.render.briefing.report_tables import (
    PRINTED,
    of_the_other,
    printed_rows,
    printed_table,
)
from batu_geo.render.briefing.sentences import chosen_sites, gain_sentence, sites_heading
from batu_geo.render.briefing.sheet_columns import SUMS, column_letter
from batu_geo.render.briefing.sheet_names import sheet_name
from batu_geo.render.briefing.sheets import village_sheet
from batu_geo.render.briefing.slides import slides
from batu_geo.render.briefing.summary import map_size, summary
from batu_geo.render.briefing.workbook import workbook
from batu_geo.render.text.catalogue import catalogue
from batu_geo.render.text.column_headings import cell, column_words, plain_text
from batu_geo.render.text.words import code_word
from batu_geo.runs import MANIFEST, sha256_of
from batu_geo.siting.search import enumeration
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.read_letterhead import read_letterhead
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.verbs.brief import brief
from batu_geo.verbs.pack_files import PackSource, pack_content, pack_tables
from batu_geo.verbs.pack_maps import MAP_FILES, PackMaps
from batu_geo.verbs.plan import open_run, write_run
from batu_geo.verbs.replay import replay
from tests.conftest import ROOT
from tests.hostile import NAMES
from tests.slide_cover import covered_share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batu_geo.planning.assessment import Assessment
    from batu_geo.render.briefing.content import Brief
    from batu_geo.verbs.plan import Run

pytestmark = pytest.mark.slow

KOP = """
lines = ["PEMERINTAH KOTA", "DINAS KESEHATAN", "Jalan Contoh 1"]
number = "Nomor: contoh"
place_and_date = "Batu, ............"
signatures = [{role = "Kepala Dinas", name = "", number = ""}, {role = "Sekretaris"}]
"""
OF_PROGRAMMERS = re.compile(
    r"EPSG|scripts/|dibuat oleh|\w+\.(?:py|toml|csv|geojson|pbf)\b|(?<![\w-])--[a-z]{2,}"
)
POPPLER = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
NO_TABLES = ("Baca dulu", "Kalimat", "Kamus kode", "Kamus data")
CALC = Path("/usr/lib/libreoffice/program/libsclo.so")
AGAIN = """
import sys
from batu_geo.verbs.brief import brief
brief(out=sys.argv[1], letterhead=sys.argv[2])
"""


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all workers of this test run share."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = shared / "briefing"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def kop(place: Path) -> Path:
    path = place / "kop.toml"
    path.write_text(KOP, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def pack(place: Path, kop: Path, baseline_run: Run) -> Path:
    """Return the pack of the embedded study, built once for all workers."""
    lock, done = place / "lock", place / "done"
    try:
        lock.mkdir()
    except FileExistsError:
        for _ in range(1200):
            if done.is_file():
                return Path(done.read_text())
            time.sleep(0.25)
        raise
    shutil.copytree(baseline_run.folder, place / "out" / baseline_run.folder.name)
    folder = brief(out=place / "out", letterhead=kop).folder
    (place / "part").write_text(str(folder))
    (place / "part").replace(done)
    return folder


@pytest.fixture(scope="session")
def run(pack: Path):
    return open_run(pack.with_name(pack.name.removesuffix("-brief")))


@pytest.fixture(scope="session")
def book(pack: Path) -> openpyxl.Workbook:
    """Return the workbook of the pack, read once; nobody may change it."""
    return openpyxl.load_workbook(pack / "tabel.xlsx")


@pytest.fixture(scope="session")
def values(pack: Path) -> openpyxl.Workbook:
    """Return the same with the values of its formulas."""
    return openpyxl.load_workbook(pack / "tabel.xlsx", data_only=True)


class Blank(dict):
    """A map under every name, so that a document can be set without drawing any."""

    def __init__(self, width: float, height: float) -> None:
        self.svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}mm" height="{height}mm"><rect width="{width}" height="{height}"/></svg>'
        )

    def __missing__(self, key: str) -> str:
        return self.svg

    def __contains__(self, key: object) -> bool:
        return True


def content_of(found: Assessment, language: str, kop_path: Path, out: Path) -> Brief:
    """Return what the documents of an assessment say, without its maps."""
    run = open_run(write_run(found, out=out, language=language))
    head, fingerprint = read_letterhead(kop_path)
    width, height = map_size(head)
    titles = {key: key for key in MAP_FILES}
    drawn = PackMaps(Blank(width, height), titles, {}, {})
    source = PackSource(run, found, (), head, fingerprint, language)
    return pack_content(source, pack_tables(source), drawn)


@pytest.fixture(scope="module")
def english(baseline: Assessment, kop: Path, tmp_path_factory: pytest.TempPathFactory) -> Brief:
    return content_of(baseline, "en", kop, tmp_path_factory.mktemp("en"))


@cache
def text_of(pdf: Path | bytes) -> str:
    """Return the text of a PDF, words apart by single blanks."""
    given = pdf.read_bytes() if isinstance(pdf, Path) else pdf
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=given, capture_output=True, check=True
    )
    return " ".join(done.stdout.decode().replace("\u200b", "").split())


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b]+", "", text)


def pages_of(pdf: bytes) -> int:
    done = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True)
    return int(re.search(r"Pages:\s+(\d+)", done.stdout.decode())[1])


def indonesian(value: float, digits: int) -> str:
    """Write a number as an Indonesian reader does; on its own, apart from the program."""
    text = f"{abs(value):.{digits}f}"
    whole, _, decimals = text.partition(".")
    groups = []
    while whole:
        groups.insert(0, whole[-3:])
        whole = whole[:-3]
    sign = "-" if value < 0 and float(text) else ""
    return sign + ".".join(groups) + (f",{decimals}" if decimals else "")


# --- complete -------------------------------------------------------------------------------


def test_the_pack_holds_every_file_and_its_manifest_their_fingerprints(pack: Path) -> None:
    found = {p.relative_to(pack).as_posix() for p in pack.rglob("*") if p.is_file()}
    expected = {
        "ringkasan.pdf", "laporan.pdf", "presentasi.pptx", "paparan.pptx", "nota_dinas.docx",
        "telaahan_staf.docx", "tabel.xlsx", "peta.gpkg", "peta.html",
        MANIFEST,
        *(f"peta_cetak/{name}-{paper}.pdf" for name in MAP_FILES.values() for paper in ("A4", "A3")),
    }  # fmt: skip
    assert expected <= found
    assert len([name for name in found if name.startswith("lembar_desa/")]) == 6
    manifest = json.loads((pack / MANIFEST).read_text())
    assert manifest["outputs"] == {n: sha256_of(pack / n) for n in sorted(found - {MANIFEST})}


def test_the_pack_says_its_size_and_what_goes_into_a_mail(pack: Path) -> None:
    said = (pack / "isi_paket.txt").read_text(encoding="utf-8")
    mail, _, rest = said.partition("Selebihnya")
    sent = re.findall(r"^ +[\d,]+ +(\S+)$", mail, re.MULTILINE)
    kept = re.findall(r"^ +[\d,]+ +(\S+)$", rest, re.MULTILINE)
    files = {p.relative_to(pack).as_posix() for p in pack.rglob("*") if p.is_file()}
    assert {*sent, *kept} == files - {MANIFEST, "isi_paket.txt"}
    size = sum((pack / name).stat().st_size for name in sent) / 1e6
    assert size <= 8
    assert f"{len(sent)} berkas, {indonesian(size, 1)} MB" in mail
    assert "lembar_desa/01-oro-oro-ombo-35.79.01.2006.pdf" in kept


def test_the_maps_of_the_run_are_in_the_pack(pack: Path, run) -> None:
    assert sha256_of(pack / "peta.gpkg") == sha256_of(run.folder / "coverage.gpkg")
    assert (pack / "peta.qgz").is_file()
    assert sha256_of(pack / "peta.html") == sha256_of(run.folder / "map.html")


@pytest.mark.slow
def test_another_place_and_time_give_the_same_bytes(pack: Path, kop: Path, tmp_path: Path) -> None:
    there = os.environ | {
        "TZ": "Asia/Jayapura", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "4242",
        "PYTHONPATH": str(ROOT), "MPLCONFIGDIR": str(tmp_path), "SOURCE_DATE_EPOCH": "1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", AGAIN, str(tmp_path / "out"), str(kop)],
        env=there, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    other = tmp_path / "out" / pack.name
    names = [p.relative_to(pack) for p in sorted(pack.rglob("*")) if p.is_file()]
    assert [n for n in names if sha256_of(pack / n) != sha256_of(other / n)] == []
    assert len(list(other.rglob("*"))) == len(list(pack.rglob("*")))


def test_no_place_of_this_machine_is_in_the_pack(pack: Path) -> None:
    for path in pack.rglob("*"):
        if path.suffix in (".xlsx", ".pptx"):
            with zipfile.ZipFile(path) as zipped:
                content = b"".join(zipped.read(name) for name in zipped.namelist())
        elif path.is_file():
            content = path.read_bytes()
        else:
            continue
        for name in (str(ROOT), str(Path.home()), str(pack.parent)):
            assert len(name) < 3 or name.encode() not in content, (path.name, name)


# --- true -----------------------------------------------------------------------------------


@POPPLER
def test_page_one_says_what_should_be_done_for_whom_and_on_what_it_rests(
    pack: Path, run, values: openpyxl.Workbook
) -> None:
    """Three questions of a reader who has one page, and every number of it in a table."""
    page = subprocess.run(["pdftotext", "-l", "1", "-layout", pack / "ringkasan.pdf", "-"],
                          capture_output=True, text=True, check=True).stdout  # fmt: skip
    shown = " ".join(page.replace("\u200b", "").split())
    people, reached = run.city["population"].iloc[0], run.city["served"].iloc[0]
    sheet = values["Sebelum dan sesudah"]
    after = sum(row[4].value for row in sheet.iter_rows(min_row=2, max_row=25))
    before, then = (indonesian(100 * n / people, 1) for n in (reached, after))
    assert (
        "Rekomendasi: buka unit di 6 bangunan, di Oro-oro Ombo, Tlekung, Tulungrejo, dan 3" in shown
    )
    assert f"naik dari {before}% menjadi {then}%" in shown
    best = run.candidates[run.candidates["rank_in_village"] == 1].set_index("village_id")
    for gap in run.gaps.to_dict("records"):
        site = best.loc[gap["village_id"]]
        beyond, gained = (indonesian(n, 0) for n in (gap["people_beyond"], site["people_gained"]))
        line = (
            f"{gap['rank']} {gap['village_name']} {beyond} {code_word(gap['unit_evidence'], 'id')}"
        )
        assert line in shown
        assert gained in shown
    for words in ("Berdasarkan", "belum dibuktikan sebagai pilihan terbaik",
                  "tabel.xlsx, lembar Urutan prioritas"):  # fmt: skip
        assert words in shown
    known = {f"+{indonesian(after - reached, 0)}", before, then, *map(str, range(1, 16))}
    tables = [run.city, run.gaps, run.candidates]
    for table in tables:
        for column in table:
            digits = catalogue()["column"].get(column, {}).get("digits")
            if digits is not None:
                known |= {indonesian(v, digits) for v in table[column].dropna()}
    weights = {"35", "25", "15", str(sheet.max_row)}
    table = shown[shown.index("Rekomendasi"):shown.index("Sumber: batas")] + shown[
        shown.index("Urutan prioritas Peringkat"):]  # fmt: skip
    map_classes = {"0-20", "20-40", "40-60", "60-80", "80-100", "0", "2,5", "5", "10"}
    names = " ".join([*run.gaps["village_name"], *run.candidates["building_name"]])
    foot = {"31", "2025", "1", "2"}
    for number in re.findall(r"(?<![\w-])\+?\d[\d.,-]*\d|(?<![\w-])\d", table):
        plain = number.strip(".,")
        assert plain in known | weights | map_classes | foot or plain in names, number


@POPPLER
def test_the_summary_has_two_pages_in_both_languages(pack: Path, english: Brief) -> None:
    assert pages_of((pack / "ringkasan.pdf").read_bytes()) == 2
    assert pages_of(as_pdf(summary(english))) == 2


def test_the_english_pack_says_nothing_of_our_files_in_indonesian(english: Brief) -> None:
    cards = load_study().inputs.values()
    ours = {card[key] for card in cards for key in ("origin", "note") if card.get(f"{key}_en")}
    ours |= set(english.scenario.english)
    assert len(ours) > 8
    pages = [summary(english), report(english)]
    written = json.dumps(pages, ensure_ascii=False).replace("\u200b", "")
    assert [text for text in sorted(ours) if text in written] == []
    register = english.tables["evidence_register"]["source_origin"]
    assert not ours & set(register)


@POPPLER
def test_every_sheet_and_every_map_is_one_page(pack: Path) -> None:
    for path in [*(pack / "lembar_desa").iterdir(), *(pack / "peta_cetak").iterdir()]:
        assert pages_of(path.read_bytes()) == 1, path.name


@POPPLER
def test_the_pdfs_are_tagged_with_their_fonts_inside(pack: Path) -> None:
    for path in pack.rglob("*.pdf"):
        info = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
        assert re.search(r"Tagged:\s+yes", info)
        assert re.search(r"Title:\s+\S", info)
        assert b"pdfuaid" in path.read_bytes()
        fonts = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True)
        rows = [line.split() for line in fonts.stdout.splitlines()[2:]]
        assert rows
        assert all(row[-5] == "yes" for row in rows), path.name


def as_said(run, name: str) -> pd.DataFrame:
    """Return a table of the run; its weights of criteria are headed as weights in a pack."""
    weights = {criterion: f"weight_{criterion}" for criterion in need_criteria()}
    table = run.table(name)
    return table.rename(columns=weights) if name == "central_weights" else table


@POPPLER
def test_the_report_holds_every_number_of_its_tables(pack: Path, run) -> None:
    """Formatted here, from the files of the run, and looked for in the text of the pages."""
    shown = f" {text_of(pack / 'laporan.pdf')} "
    tables = {"city": run.city, "candidates": run.candidates, "gaps": run.gaps}
    tables |= {name: as_said(run, name) for name in run.tables if name != "staff_hours"}
    columns = catalogue()["column"]
    looked_for = 0
    for name, table in tables.items():
        kept = PRINTED.get(name, tuple(table.columns))
        if name in ("gaps", "candidates"):
            kept = ("population", "mean_minutes", "people_beyond", "score", "first_share_percent",
                    "rank_share_percent", "feasibility_score", "people_gained",
                    "person_minutes_saved", "floor_area_m2", "lat", "lon")  # fmt: skip
        for column in kept:
            digits = columns.get(column, {}).get("digits")
            if name == "central_weights":
                digits = column_words(column, "id").digits
            if column not in table or digits is None or column == "strategy":
                continue
            for value in printed_rows(name, table)[column].dropna():
                assert f" {indonesian(value, digits)} " in shown, (name, column, value)
                looked_for += 1
    for row in run.table("staff_hours").query("people > 0").to_dict("records"):
        assert f" {indonesian(row['people'], 0)} " in shown
    assert looked_for > 900
    assert pages_of((pack / "laporan.pdf").read_bytes()) <= 40


@POPPLER
def test_the_order_of_the_summary_is_that_of_the_table(pack: Path, run) -> None:
    shown = text_of(pack / "ringkasan.pdf")
    for gap in run.gaps.to_dict("records"):
        cells = [indonesian(gap[c], d) for c, d in (
            ("population", 0), ("people_beyond", 0), ("share_beyond_percent", 1),
            ("mean_minutes", 1), ("score", 3), ("rank_share_percent", 1))]  # fmt: skip
        status = code_word(gap["unit_evidence"], "id")
        assert f"{gap['rank']} {gap['village_name']} {status} {' '.join(cells)}" in shown
    best = run.candidates[run.candidates["rank_in_village"] == 1]
    assert len(best) == 6
    for site in best.to_dict("records"):
        assert indonesian(site["people_gained"], 0) in shown


@POPPLER
def test_every_figure_in_a_sentence_equals_its_table(
    pack: Path, run, book: openpyxl.Workbook
) -> None:
    shown = text_of(pack / "ringkasan.pdf")
    row = run.city.iloc[0]
    assert (row["mode"], row["threshold_minutes"]) == ("foot", 15)
    assert (
        f"{indonesian(row['served'], 0)} dari {indonesian(row['population'], 0)} jiwa "
        f"({indonesian(row['share_served_percent'], 1)}%) mencapai UPKDK yang buka"
    ) in shown
    assert f"{indonesian(row['population'] - row['served'], 0)} jiwa belum" in shown
    first = run.gaps.iloc[0]
    share = indonesian(first["first_share_percent"], 1)
    assert (
        f"{first['village_name']} tetap urutan pertama pada {share}% dari 10.000 pengujian" in shown
    )
    sheet = book["Sebelum dan sesudah"]
    after = sum(r[4].value for r in sheet.iter_rows(min_row=2, max_row=25))
    assert f"{indonesian(after, 0)} dari {indonesian(row['population'], 0)} jiwa" in shown


@POPPLER
def test_what_is_made_up_is_marked_on_every_page(pack: Path, book: openpyxl.Workbook) -> None:
    for path in pack.rglob("*.pdf"):
        pages = subprocess.run(
            ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
        ).stdout.split("\f")[:-1]
        for page in pages:
            assert "BERISI DATA ILUSTRATIF" in page, path.name
    report_text = text_of(pack / "laporan.pdf")
    candidates = book[sheet_name("candidates", "id")]
    evidence = [c.value for c in candidates[1]].index("Dasar data (kode)")
    made_up = [r for r in candidates.iter_rows(min_row=2) if r[evidence].value == "illustrative"]
    assert report_text.count("BANGUNAN ILUSTRATIF") >= len(made_up) > 10


@POPPLER
def test_the_report_has_the_six_strategies_each_norm_and_each_input(pack: Path, run) -> None:
    from batu_geo.domain.norms import norms

    shown = text_of(pack / "laporan.pdf")
    flat = squeezed(shown)
    place = load_study().place
    for strategy in place.strategies.values():
        assert strategy.id in shown
    for aim in place.aims("id"):
        assert squeezed(aim) in flat
    for norm_id, norm in norms().items():
        assert norm_id in flat
        assert all(part in flat for part in norm.source.split())
    for card in run.manifest["inputs"].values():
        assert card["date"] in flat
        assert card["sha256"][:16] in flat
    assert "tidak ada data" in shown, "what nobody knows says so"


@POPPLER
def test_maps_carry_source_date_and_projection(pack: Path) -> None:
    for path in (pack / "peta_cetak").iterdir():
        shown = text_of(path)
        assert "Sumber: batas desa/kelurahan: Badan Informasi Geospasial" in shown
        assert "Data per 31 Desember 2025" in shown
        assert "Proyeksi UTM zona 49S, datum WGS 84" in re.sub(r"\s+", " ", shown)
        assert "EPSG" not in shown
        assert " km" in shown


@POPPLER
def test_the_letterhead_and_the_signatures_are_those_of_the_file(pack: Path) -> None:
    shown = text_of(pack / "ringkasan.pdf")
    for words in ("PEMERINTAH KOTA", "DINAS KESEHATAN", "Nomor: contoh", "Kepala Dinas"):
        assert words in shown


@POPPLER
def test_an_english_report_is_english_with_english_numbers(english: Brief) -> None:
    shown = text_of(as_pdf(report(english)))
    assert "174,339 of 225,408 people (77.3%)" in shown
    for words in (
        "tidak ada data",
        "Dasar data tabel",
        "Berdasarkan",
        "Halaman 1",
        "terlayani",
    ):
        assert words not in shown
    assert re.search(r"Page 1 of \d\d", shown)


# --- workbook and slides ---------------------------------------------------------------------


def heads_of(sheet) -> list[str]:
    return [cell.value for cell in sheet[1]]


def test_the_workbook_holds_every_table_number_for_number(book: openpyxl.Workbook, run) -> None:
    tables = {"city": run.city, "gaps": run.gaps, "candidates": run.candidates,
              "villages": run.villages} | {name: as_said(run, name) for name in run.tables}  # fmt: skip
    names = dict(zip(load_study().villages["village_id"], load_study().villages["village_name"],
                     strict=True))  # fmt: skip
    for name, table in tables.items():
        sheet = book[sheet_name(name, "id")]
        heads = heads_of(sheet)
        assert sheet.freeze_panes
        assert sheet.auto_filter.ref
        assert sheet.max_row == len(table) + 1 + (name in SUMS)
        n = 0
        other = of_the_other(table.columns, "id")
        for column in table.columns.drop(["geometry", *other], errors="ignore"):
            # Two columns of a sheet may have one heading: they stand in the order of the table.
            n = heads.index(names.get(column, column_words(column, "id").heading), n) + 1
            numbers = pd.to_numeric(table[column], errors="coerce")
            if (
                not pd.api.types.is_numeric_dtype(table[column].dtype)
                or table[column].dtype == bool
                or column_words(column, "id").prefix is not None
            ):
                continue
            for row, value in enumerate(numbers, start=2):
                cell = sheet.cell(row, n)
                if pd.isna(value):
                    assert cell.value is None
                else:
                    assert cell.value == pytest.approx(value, rel=1e-6, abs=1e-6)


def test_the_dictionary_knows_every_column(book: openpyxl.Workbook) -> None:
    told = {(r[0].value, r[2].value) for r in book["Kamus data"].iter_rows(min_row=2)}
    for name in book.sheetnames:
        if name not in NO_TABLES:
            heads = {head for head in heads_of(book[name]) if not head.endswith("(kode)")}
            assert {heading for table, heading in told if table == name} == heads


def test_every_code_of_the_workbook_is_explained_and_stands_in_grey(
    book: openpyxl.Workbook,
) -> None:
    told = {tuple(cell.value for cell in row) for row in book["Kamus kode"].iter_rows(min_row=2)}
    assert all(code and said for code, said, _ in told)
    looked_at = 0
    for name in book.sheetnames:
        if name in NO_TABLES:
            continue
        sheet = book[name]
        for n, head in enumerate(heads_of(sheet), start=1):
            if not head.endswith(" (kode)"):
                continue
            for row in range(2, sheet.max_row + 1):
                code, said = sheet.cell(row, n).value, sheet.cell(row, n - 1).value
                if code is not None and code != said:
                    assert (code, said, head.removesuffix(" (kode)")) in told
                    assert sheet.cell(row, n).font.color.rgb == "FF8A8A8A"
                    looked_at += 1
    assert looked_at > 2000


def test_the_index_leads_to_every_sheet_the_working_ones_first(book: openpyxl.Workbook) -> None:
    first = book[book.sheetnames[0]]
    links = [cell.hyperlink for row in first.iter_rows() for cell in row if cell.hyperlink]
    led = [re.fullmatch(r"'(.*)'!A1", link.location)[1] for link in links]
    assert led == [name for name in book.sheetnames if name not in NO_TABLES]
    assert led[:6] == [sheet_name(name, "id") for name in
                       ("gaps", "villages", "city", "candidates", "before_after", "actions")]  # fmt: skip
    for name in led:
        sheet = book[name]
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.paperSize, sheet.print_title_rows) == (9, "$1:$1")


def test_every_sentence_leads_to_its_row_of_the_workbook(values: openpyxl.Workbook) -> None:
    """The row that a sentence leads to holds a number of the sentence, as its reader writes it."""
    led = [(row[0].value, row[1]) for row in values["Kalimat"].iter_rows(min_row=2)]
    assert len(led) > 15
    to_a_row = 0
    for text, place in led:
        found = re.fullmatch(r"'(.*)'!A(\d+)(?::A(\d+))?", place.hyperlink.location)
        name, row, last = found.groups()
        assert int(row) <= values[name].max_row
        rows = [int(n) for n in re.findall(r"\d+", place.value.partition(" baris ")[2])]
        assert (int(row), int(last or row)) == ((rows[0], rows[-1]) if rows else (1, 1))
        for n in rows:
            cells = [cell.value for cell in values[name][n] if cell.value is not None]
            said = {str(v) for v in cells} | {
                indonesian(v, digits)
                for v in cells
                if isinstance(v, int | float)
                for digits in (0, 1)
            }
            assert any(word.strip("().,;:%") in said for word in text.split()) or any(
                str(v).lower() in text.lower() for v in cells
            ), (text, place.value)
            to_a_row += 1
    assert to_a_row > 8


def test_a_sentence_of_several_villages_leads_to_the_row_of_each(
    book: openpyxl.Workbook, run
) -> None:
    """In the workbook to the rows from the first to the last, all named; in the PDF to each."""
    order, names = book["Urutan prioritas"], run.gaps["village_name"].tolist()
    column = heads_of(order).index("Desa/kelurahan") + 1
    of = {order.cell(row, column).value: row for row in range(2, len(names) + 2)}
    several = 0
    for text, place in ((row[0].value, row[1].value) for row in book["Kalimat"].iter_rows(2)):
        sheet, _, rows = place.partition(" baris ")
        if sheet == "lembar Urutan prioritas":
            named = [of[name] for name in names if re.search(rf"(?<!\w){name}(?!\w)", text)]
            assert rows == ", ".join(map(str, sorted(named)))
            several += len(named) > 1
    assert several > 3


def totals_in(
    formulas: openpyxl.Workbook, values: openpyxl.Workbook
) -> dict[tuple[str, str], float]:
    """Return every formula of a workbook with the value that stands in its cell."""
    return {
        (sheet.title, cell.coordinate): values[sheet.title][cell.coordinate].value
        for sheet in formulas for row in sheet.iter_rows() for cell in row
        if cell.data_type == "f"
    }  # fmt: skip


def test_totals_are_formulas_with_their_values(
    book: openpyxl.Workbook, values: openpyxl.Workbook, run
) -> None:
    held = totals_in(book, values)
    assert len(held) == 8
    changed = heads_of(book["Sebelum dan sesudah"])
    letter = column_letter(changed.index("Penduduk"))
    assert held["Sebelum dan sesudah", f"{letter}26"] == run.city["population"].iloc[0]
    letter = column_letter(changed.index("Terlayani sebelum"))
    assert held["Sebelum dan sesudah", f"{letter}26"] == run.city["served"].iloc[0]
    letter = column_letter(heads_of(book["Urutan prioritas"]).index("Penduduk"))
    assert held["Urutan prioritas", f"{letter}8"] == run.gaps["population"].sum()


@pytest.mark.skipif(not CALC.is_file(), reason="needs libreoffice-calc")
def test_another_program_recalculates_the_same_totals(
    pack: Path, book: openpyxl.Workbook, values: openpyxl.Workbook, tmp_path: Path
) -> None:
    """All cached values are thrown away first, so that what comes back is computed."""
    plain = openpyxl.load_workbook(pack / "tabel.xlsx")
    for name in plain.sheetnames:
        if name not in ("Sebelum dan sesudah", "Urutan prioritas"):
            del plain[name]
    plain.save(tmp_path / "plain.xlsx")
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
         "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "again"),
         str(tmp_path / "plain.xlsx")],
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    again = (
        openpyxl.load_workbook(tmp_path / "again" / "plain.xlsx", data_only=is_value)
        for is_value in (False, True)
    )
    assert totals_in(*again) == pytest.approx(totals_in(book, values), rel=1e-9)


@pytest.mark.skipif(not CALC.is_file(), reason="needs libreoffice-calc")
def test_the_workbook_is_the_same_as_ods(
    pack: Path, values: openpyxl.Workbook, tmp_path: Path
) -> None:
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
         "--convert-to", "ods", "--outdir", str(tmp_path), str(pack / "tabel.xlsx")],
        capture_output=True, check=True, timeout=400,
    )  # fmt: skip
    again = python_calamine.CalamineWorkbook.from_path(tmp_path / "tabel.ods")
    assert again.sheet_names == values.sheetnames
    for name in values.sheetnames:
        found = again.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for row, cells in enumerate(values[name].iter_rows(values_only=True)):
            for column, value in enumerate(cells):
                if value is not None:
                    cell = found[row][column]
                    same = (
                        pytest.approx(value, rel=1e-9) if isinstance(value, int | float) else value
                    )
                    assert cell == same, (name, row, column)


def test_every_column_of_a_run_has_words_in_both_languages(run) -> None:
    tables = {"city": run.city, "gaps": run.gaps, "candidates": run.candidates,
              "villages": run.villages} | {name: run.table(name) for name in run.tables}  # fmt: skip
    for name, table in tables.items():
        for column in table.columns:
            if column == "geometry" or re.fullmatch(r"\d\d\.\d\d\.\d\d\.\d{4}", column):
                continue
            for language in ("id", "en"):
                assert column_words(column, language).heading != column or column in (
                    "gini", "theil", "palma"), (name, column)  # fmt: skip


def test_a_workbook_has_no_clock(pack: Path) -> None:
    for path in (pack / "tabel.xlsx", pack / "presentasi.pptx"):
        with zipfile.ZipFile(path) as zipped:
            assert {entry.date_time for entry in zipped.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = zipped.read("docProps/core.xml").decode()
        assert set(re.findall(r">(\d{4}-\d\d-\d\dT[^<]*)<", core)) <= {"2025-12-31T00:00:00Z"}


def test_every_slide_fits_has_notes_and_names_its_pictures(pack: Path) -> None:
    show = Presentation(str(pack / "presentasi.pptx"))
    assert len(show.slides) == 12
    for slide in show.slides:
        assert slide.has_notes_slide
        assert len(slide.notes_slide.notes_text_frame.text) > 20
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= show.slide_width
            assert shape.top + shape.height <= show.slide_height
            if shape.shape_type == 13:
                assert shape._element.nvPicPr.cNvPr.get("descr")
    words = [s.text_frame.text for slide in show.slides for s in slide.shapes if s.has_text_frame]
    assert sum("BERISI DATA ILUSTRATIF" in text for text in words) == 12


@pytest.mark.parametrize("name", ["presentasi.pptx", "paparan.pptx"])
def test_no_slide_is_two_thirds_empty(pack: Path, name: str) -> None:
    show = Presentation(str(pack / name))
    shares = [covered_share(slide, show) for slide in show.slides]
    assert min(shares) > 1 / 3, [round(share, 2) for share in shares]


# --- whatever the names are -------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(sparse_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Brief:
    """Return what the documents of a study say whose every name is hostile."""
    folder = tmp_path_factory.mktemp("hostile") / "study"
    shutil.copytree(sparse_study, folder)
    for name, column in (
        ("boundaries/desa_kelurahan.geojson", "village_name"),
        ("facilities.geojson", "facility_name"),
        ("buildings.geojson", "building_name"),
    ):
        path = folder / name
        features = json.loads(path.read_text())
        for n, feature in enumerate(features["features"]):
            feature["properties"][column] = NAMES[n % len(NAMES)]
        path.write_text(json.dumps(features))
    head = folder / "kop.toml"
    head.write_text(f"lines = {json.dumps([NAMES[0], NAMES[10]])}\n", encoding="utf-8")
    study = load_study(folder)
    found = assess(study, load_scenario("baseline", study=study))
    return content_of(found, "id", head, tmp_path_factory.mktemp("out"))


def safe(name: str) -> str:
    """Return what a page shows of a name; fonts have no picture for some characters."""
    return squeezed("".join(c for c in plain_text(name) if ord(c) < 128))


@POPPLER
def test_hostile_names_are_text_in_the_pdfs(hostile: Brief) -> None:
    assert NAMES[0] in hostile.names.values()
    shown = squeezed(text_of(as_pdf(report(hostile))))
    used = set(hostile.tables["candidates"]["building_name"]) | set(
        hostile.tables["gaps"]["village_name"]
    )
    for name in used:
        for part in re.findall(r"[\x21-\x7e]{1,24}", safe(name)):
            assert part in shown, name
    assert pages_of(as_pdf(summary(hostile))) == 2
    for village_id in hostile.tables["gaps"]["village_id"]:
        assert as_pdf(village_sheet(hostile, village_id)).startswith(b"%PDF")
    assert not Path("/tmp/batu_geo_was_here").exists()


@POPPLER
def test_hostile_names_are_text_on_a_printed_map(hostile: Brief, baseline: Assessment) -> None:
    from dataclasses import replace

    from batu_geo.render.briefing.blocks import map_block
    from batu_geo.render.cartography.base_map import base_map
    from batu_geo.render.cartography.village_maps import gap_spec
    from batu_geo.render.paper.print_elements import as_svg
    from batu_geo.render.paper.print_style import printed
    from batu_geo.render.paper.sheet_painter import paint_sheet

    study = baseline.study
    names = [NAMES[n % len(NAMES)] for n in range(len(study.villages))]
    spoilt = replace(study, villages=study.villages.assign(village_name=names))
    base = base_map(replace(baseline, study=spoilt), "id")
    with printed():
        svg = as_svg(paint_sheet(base, gap_spec(base), (186, 200)))
    block = map_block(hostile, "map_served", svg, NAMES[0], 186)
    page = as_pdf(document(hostile, NAMES[1], [heading(NAMES[1], 1), block]))
    shown = squeezed(text_of(page))
    assert "@SUM(1+1)" in shown
    assert "<svgonload=window.pwned=1>" in shown
    assert pages_of(page) == 1


def cells_of(book: openpyxl.Workbook) -> Iterator[object]:
    for sheet in book:
        for row in sheet.iter_rows():
            yield from row


def test_hostile_names_are_text_in_the_workbook(hostile: Brief) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(hostile)))
    cells = list(cells_of(book))
    formulas = [cell.value for cell in cells if cell.data_type == "f"]
    assert all(
        re.fullmatch(r"=SUBTOTAL\(109,[A-Z]+2:[A-Z]+\d+\)|=100\*[A-Z]+\d+/[A-Z]+\d+", text)
        for text in formulas
    )
    shown = {cell.value for cell in cells}
    names = set(hostile.tables["candidates"]["building_name"])
    assert {plain_text(name) for name in names} <= shown
    assert any(str(value).startswith("=HYPERLINK") for value in shown)


def test_hostile_names_are_text_in_the_slides(hostile: Brief) -> None:
    show = Presentation(io.BytesIO(slides(hostile, {})))
    shown = [
        cell.text_frame.text
        for slide in show.slides for shape in slide.shapes if shape.has_table
        for row in shape.table.rows for cell in row.cells
    ]  # fmt: skip
    for name in hostile.tables["gaps"]["village_name"]:
        assert plain_text(name) in shown
    assert not [rel for slide in show.slides for rel in slide.part.rels.values() if rel.is_external]


def test_the_list_of_naughty_strings_breaks_nothing(hostile: Brief, shared_data) -> None:
    naughty = json.loads(shared_data("malformed/blns/blns.json").read_text(encoding="utf-8"))
    table = pd.DataFrame({"village_name": naughty, "people_gained": range(len(naughty))})
    page = as_pdf(document(hostile, "x", [heading("x", 1), plain_table(table, "id", names={})]))
    assert page.startswith(b"%PDF")
    if shutil.which("pdftotext"):
        shown = squeezed(text_of(page))
        plain = [n for n in naughty if n and len(n) < 22 and re.fullmatch(r"[\x21-\x7e]+", n)]
        assert len(plain) > 100
        assert [n for n in plain if n not in shown] == []
    from dataclasses import replace

    book = openpyxl.load_workbook(
        io.BytesIO(workbook(replace(hostile, tables={**hostile.tables, "naughty": table})))
    )
    cells = [row[0] for row in book["naughty"].iter_rows(min_row=2)]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert [cell.value or "" for cell in cells] == [plain_text(name) for name in naughty]


PLAN, BEST = "Bangunan rencana skenario", "Bangunan terbaik di tiap desa/kelurahan"
SAID_OF_PLANS = {
    "tiga-terbaik": (
        [], PLAN, 3,
        ("195.991 dari 225.408 jiwa (86,9%) terlayani, bertambah 21.652 jiwa.",
         "Rencana ini terbukti terbaik menurut modelnya (MCLP)."),
    ),
    "daya-tampung": (
        ["siting.people_per_unit=9000"], PLAN, 6,
        ("jiwa; itu belum berarti mendapat tempat.",
         "Dengan paling banyak 9.000 jiwa tiap unit, 207.000 jiwa mendapat tempat dan 18.408 tidak.",),
    ),
    "cadangan": (
        ["siting.node_limit=0"], PLAN, 6,
        ("(cakupan cadangan), belum terbukti: jaraknya ke batas paling banyak 38,41%.",),
    ),
    "enam-unit": (
        ["siting.budget_rupiah=1"], BEST, 6,
        ("Tidak ada rencana: aturan skenario ini tidak dapat dipenuhi bersama, yaitu",
         "tepat 6 unit dibuka; biaya paling banyak Rp1."),
    ),
}  # fmt: skip


@pytest.mark.parametrize("scenario", SAID_OF_PLANS)
def test_a_council_reads_which_buildings_a_plan_opens_and_what_proves_it(
    scenario: str,
    baseline: Assessment,
    kop: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    overrides, title, count, said = SAID_OF_PLANS[scenario]
    if "siting.node_limit=0" in overrides:
        monkeypatch.setattr(enumeration, "MOST_PLANS", 0)
    settings = load_scenario(scenario, overrides=overrides, study=baseline.study)
    content = content_of(baseline.with_scenario(settings), "id", kop, tmp_path)
    assert sites_heading(content) == title
    assert len(chosen_sites(content)) == count
    assert all(words in gain_sentence(content) for words in said)
    assert title in json.dumps(summary(content), ensure_ascii=False)


def test_of_many_plans_the_report_prints_the_first_ten_and_says_so(hostile) -> None:
    rows = [{"rank": n, "objective": 100.0 - n, "worse_percent": n / 10, "is_optimal": n == 1,
             "sites": f"S{n}", "evidence": "illustrative"} for n in range(1, 33)]  # fmt: skip
    table = pd.DataFrame(rows)
    head, body, *_ = printed_table(hostile, "plan_alternatives", table)
    assert "10 pertama dari 32" in json.dumps(head, ensure_ascii=False)
    text = json.dumps(body, ensure_ascii=False)
    assert ("S10" in text, "S11" in text) == (True, False)
    assert len(printed_table(hostile, "plan_alternatives", table.head(10))) == 2


def test_a_year_has_no_thousands() -> None:
    assert cell("year", 2026, "id") == "2026"


# --- what it refuses --------------------------------------------------------------------------


def test_a_finished_run_is_briefed_from_its_folder_and_others_stand_beside(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("batu_geo.verbs.pack_files.pack_maps", blank_maps)
    pack = brief([str(run.folder), "baseline"], out=tmp_path, language="en")
    assert pack.folder.name == f"{run.folder.name}-brief-en"
    manifest = json.loads((pack.folder / MANIFEST).read_text())
    assert manifest["run"] == run.folder.name
    said = CliRunner().invoke(cli, ["replay", str(pack.folder), "--lang", "en"])
    assert (said.exit_code, said.stderr.count("\n")) == (4, 2), "the study, and one fault"
    assert f"name the folder {run.folder.name}, beside this one" in said.stderr
    assert len(manifest["compared"]) == 1
    book = openpyxl.load_workbook(pack.folder / "tabel.xlsx")
    assert book["Scenarios compared"].max_row == 1 + 2 * len(run.city)
    assert "Briefing pack" in pack.summary
    page = (pack.folder / "peta.html").read_text(encoding="utf-8")
    assert '<html lang="en"' in page


def blank_maps(base: object, specs: object, letterhead: object) -> PackMaps:
    svg = Blank(100, 50).svg
    keys = dict.fromkeys(MAP_FILES, "x")
    sheets = {(key, paper): (svg, 100.0, False) for key in MAP_FILES for paper in ("A4", "A3")}
    return PackMaps(Blank(100, 50), keys, {}, sheets)


def test_a_run_on_other_inputs_is_refused(run, study_copy: Path, tmp_path: Path) -> None:
    path = study_copy / "population.csv"
    path.write_text(path.read_text().replace("13265", "13266").replace("18068", "18067"))
    with pytest.raises(DataError, match="BG-451") as raised:
        brief(str(run.folder), data=study_copy, out=tmp_path)
    assert [problem.column for problem in raised.value.problems] == ["population"]
    assert not list(tmp_path.glob("*brief*"))


def test_a_folder_that_is_no_run_and_settings_for_a_finished_one_are_refused(
    run, tmp_path: Path
) -> None:
    with pytest.raises(ScenarioError, match="BG-452"):
        brief(str(tmp_path), out=tmp_path)
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "manifest.json").write_text('{"run": "baseline-0", "inputs": {}, "outputs": {}}')
    for use in (replay, lambda folder: brief(str(folder), out=tmp_path)):
        with pytest.raises(ScenarioError, match=r"BG-454 .*pack: .* dari hasil baseline-0\."):
            use(pack)
    with pytest.raises(ScenarioError, match="BG-453"):
        brief(str(run.folder), out=tmp_path, overrides=["candidates.min_rooms=3"])


@pytest.mark.parametrize(
    ("kop_text", "exit_code", "shown"),
    [
        ('kepala = "x"', 4, "BG-301"),
        ("lines = 3", 4, "BG-302"),
        ("lines = [", 3, "BG-112"),
    ],
)
def test_a_wrong_letterhead_is_refused(
    tmp_path: Path, place: Path, run, kop_text: str, exit_code: int, shown: str
) -> None:
    path = tmp_path / "kop.toml"
    path.write_text(kop_text)
    args = ["brief", str(run.folder), "--out", str(tmp_path), "--letterhead", str(path), "-q"]
    result = CliRunner().invoke(cli, args)
    assert result.exit_code == exit_code, result.output
    assert shown in result.stderr


@POPPLER
def test_nothing_on_paper_is_set_smaller_than_6_points(pack: Path) -> None:
    """The box of a word is as high as its letters are set, in points."""
    paths = [pack / "ringkasan.pdf", pack / "laporan.pdf", *(pack / "lembar_desa").glob("*.pdf"),
             *(pack / "peta_cetak").glob("*A4.pdf")]  # fmt: skip
    for path in paths:
        done = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, check=True)
        found = re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">', done.stdout.decode())
        assert min(float(low) - float(top) for top, low in found) > 5.95, path.name
        assert not OF_PROGRAMMERS.findall(text_of(path)), path.name
