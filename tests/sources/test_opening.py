"""The one safe way in: what a file claims to be and what it is must agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from batu_geo.domain.errors import SourceError
from batu_geo.sources.files.opening import (
    Opened,
    detect_format,
    json_of,
    open_input,
    records_of,
    text_of,
    toml_of,
)
from tests.conftest import ROOT


def put(tmp_path: Path, name: str, content: bytes | str) -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def opened(path: Path, *suffixes: str):
    return open_input(path, name=path.name, table="toy", suffixes=suffixes or (path.suffix,))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.geojson", b"", "BG-102"),
        ("x.geojson", b"<!DOCTYPE html><title>Login</title>", "BG-103"),
        ("x.geojson", b"\xef\xbb\xbf <HTML>", "BG-103"),
        ("x.geojson", b"PK\x03\x04rest", "BG-103"),
        ("x.geojson", b"<OGRVRTDataSource></OGRVRTDataSource>", "BG-103"),
        ("x.geojson", b"version https://git-lfs.github.com/spec/v1", "BG-103"),
        ("x.geojson", b"SQLite format 3\x00", "BG-119"),
        ("x.csv", b'{"type": "FeatureCollection"}', "BG-103"),
        ("x.pbf", b"<osm></osm>", "BG-103"),
        ("x.shp", b"\x00\x00\x27\x0a", "BG-229"),
    ],
)
def test_what_a_file_is_must_agree_with_its_name(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    with pytest.raises(SourceError, match=code):
        opened(put(tmp_path, name, content), ".geojson", ".csv", ".pbf")


def test_a_missing_file_and_a_folder_are_not_found(tmp_path: Path) -> None:
    (tmp_path / "dir.csv").mkdir()
    for name in ("none.csv", "dir.csv"):
        with pytest.raises(SourceError, match="BG-101"):
            opened(tmp_path / name)


@pytest.mark.parametrize(
    "name",
    ["http://127.0.0.1/x.csv", "/vsicurl/http://a/x.csv", "/vsizip/x.csv", "ftp://a/b.csv",
     "\\\\server\\x.csv", "HTTPS://a/x.csv", "https:/a/x.csv"],
)  # fmt: skip
def test_addresses_are_refused_before_anything_is_touched(name: str) -> None:
    with pytest.raises(SourceError, match="BG-107"):
        open_input(Path(name), name=name, table="toy", suffixes=(".csv",))


def test_short_memory_that_a_tag_claims_is_of_the_file() -> None:
    file = Opened("r.tif", b"")
    claimed = OSError('1-2.tif: TIFFReadDirectory:Out of memory reading of "SampleFormat"')
    assert file.unreadable(claimed).problems[0].code == "BG-109"
    with pytest.raises(OSError, match="allocate"):
        file.unreadable(OSError(12, "Cannot allocate memory"))


def test_an_unreadable_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="BG-1"):
        opened(tmp_path / ("x" * 300 + ".csv"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1, "a": 2}', "repeated key 'a'"),
        ('{"a": NaN}', "NaN is not a JSON number"),
        ('{"a": -Infinity}', "-Infinity is not"),
        ('{"a": -1e400}', "-1e400 is too large a number"),
        ('{"a": [1, 2}', "line 1"),
        ('{"a": ' + "[" * 100 + "]" * 100 + "}", "nesting"),
        ('{"a": 1} x', "Extra data"),
    ],
)
def test_json_is_strict(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(SourceError, match="BG-104") as caught:
        json_of(opened(put(tmp_path, "x.json", text)))
    assert reason in "\n".join(caught.value.lines("en"))


def test_broken_json_is_named_with_its_line_and_column(tmp_path: Path) -> None:
    text = '{"a": 1,\n "b": [\n  {"c": 1,\n   "d" 2}]}'
    with pytest.raises(SourceError) as caught:
        json_of(opened(put(tmp_path, "x.json", text)))
    assert "(at line 4, column 8)" in caught.value.lines("en")[0]
    assert "(baris 4, kolom 8)" in caught.value.lines("id")[0]


def test_a_repeated_key_is_named_wherever_it_stands(tmp_path: Path) -> None:
    text = '{"a": 1,\n "b": [\n  {"c": 1,\n   "c": 2}]}'
    with pytest.raises(SourceError) as caught:
        json_of(opened(put(tmp_path, "x.json", text)))
    assert "broken JSON: repeated key 'c'. Fix" in caught.value.lines("en")[0]


def test_no_reader_gives_a_path_to_a_library() -> None:
    """A library that is given a path can look around from it; one that is given bytes cannot.

    Roads above the limit of size are read in part from the disk, once their format is known;
    their archives are opened by zipfile, which looks nowhere else.
    """
    of_roads = {"archives.py", "cut_layers.py", "cut_osm.py", "osm_data.py", "osm_origin.py"}
    for path in (ROOT / "batu_geo").rglob("*.py"):
        is_given = "opened.path" in path.read_text(encoding="utf-8")
        assert is_given == (path.name in of_roads), path


def test_brackets_inside_strings_do_not_nest(tmp_path: Path) -> None:
    assert json_of(opened(put(tmp_path, "x.json", '{"a": "' + "[" * 100 + '"}')))["a"][0] == "["


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    assert text_of(opened(put(tmp_path, "x.csv", b"\xef\xbb\xbfa,b"))) == "a,b"


def test_other_encodings_are_refused_with_the_place(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="BG-108") as caught:
        text_of(opened(put(tmp_path, "x.csv", b"nama\nPuskesm\xe1s")))
    assert "byte 12" in caught.value.lines("en")[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b\n1,2,3\n", "3 cells under 2 columns (row 2)"),
        ("a,a\n1,2\n", "column 'a' twice"),
        ('a,b\n"1,2\n', "BG-111"),
        ("a\n" + "x" * 40_000, "cell"),
        ("a\x00,b\n", "BG-103"),
    ],
)
def test_csv_is_strict(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        records_of(opened(put(tmp_path, "x.csv", text)))
    assert reason in "\n".join(caught.value.lines("en"))


def test_csv_keeps_text_as_it_stands(tmp_path: Path) -> None:
    path = put(tmp_path, "x.csv", 'id,name\r\n007,"Beji, ""Junrejo"""\r\n\r\nNA,-\r\n')
    assert records_of(opened(path)) == [
        {"id": "007", "name": 'Beji, "Junrejo"'},
        {"id": "NA", "name": "-"},
    ]


def test_a_repeated_key_is_an_error_of_toml(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="BG-112"):
        toml_of(opened(put(tmp_path, "x.toml", "a = 1\na = 2\n")))


def test_nothing_in_particular_could_be_any_text() -> None:
    assert detect_format(b"id,name\n") is None
