"""ZIP members and XML come in whole and under caps, or not at all."""

from __future__ import annotations

import pytest

from batu_geo.domain.errors import SourceError
from batu_geo.sources.files import archives
from batu_geo.sources.files.archives import zip_members
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.files.recognise import detect_format
from batu_geo.sources.files.safe_xml import DEEPEST_XML, check_osm, xml_of
from tests.malformed.cases import zipped


def test_members_are_read_by_suffix_and_named_by_their_archive() -> None:
    opened = Opened("b.zip", zipped({"a/desa.SHP": b"1", "desa.dbf": b"2", "x.txt": b"3"}))
    found = zip_members(opened, ".shp", ".dbf")
    assert {name: (m.name, m.content) for name, m in found.items()} == {
        "a/desa.SHP": ("b.zip/a/desa.SHP", b"1"),
        "desa.dbf": ("b.zip/desa.dbf", b"2"),
    }
    assert set(zip_members(opened)) == {"a/desa.SHP", "desa.dbf", "x.txt"}


def test_the_cap_on_entries_is_inclusive() -> None:
    most = {f"{n}.csv": b"x" for n in range(archives.MOST_ENTRIES)}
    assert len(zip_members(Opened("b.zip", zipped(most)))) == archives.MOST_ENTRIES
    with pytest.raises(SourceError, match="BG-116"):
        zip_members(Opened("b.zip", zipped({**most, "one": b"x"})))


def test_small_members_may_be_packed_tightly() -> None:
    content = b"0" * archives.SMALLEST_BOMB
    opened = Opened("b.zip", zipped({"a.csv": content}))
    assert zip_members(opened)["a.csv"].content == content
    with pytest.raises(SourceError, match="memadatkan"):
        zip_members(Opened("b.zip", zipped({"a.csv": content + b"0"})))


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"xl/workbook.xml": b""}, "XLSX"), ({"doc.kml": b""}, "KMZ"),
        ({"word/document.xml": b""}, "DOCX"), ({"a.shp": b""}, "ZIP"),
    ],
)  # fmt: skip
def test_a_zip_is_named_by_what_it_is_packed_as(members: dict[str, bytes], kind: str) -> None:
    assert detect_format(zipped(members)) == kind


def test_xml_nests_as_deep_as_is_allowed() -> None:
    def nested(depth: int) -> bytes:
        return b"<a>" * depth + b"</a>" * depth

    assert xml_of(Opened("x.kml", nested(DEEPEST_XML - 1))).tag == "a"
    with pytest.raises(SourceError, match="bertingkat"):
        xml_of(Opened("x.kml", nested(DEEPEST_XML)))


def test_sound_osm_passes_and_its_parts_may_carry_more() -> None:
    check_osm(
        Opened(
            "x.osm",
            b'<osm version="0.6"><bounds minlat="0"/><node id="-1" lat="1" lon="2" user="x"/>'
            b'<node id="2" visible="false"/><way id="1"><center lat="1" lon="1"/><nd ref="-1" '
            b'lat="1" lon="2"/></way><relation id="1"><member type="way" ref="1" role=""/>'
            b"</relation></osm>",
        )
    )


def test_a_namespace_that_begins_with_a_brace_is_refused_not_a_traceback() -> None:
    """Found by fuzzing: well-formed for one parser, broken for the tree of the other."""
    content = b'<?xml version="1.0"?><kml xmlns="}ttp://www.opengis.net/kml/2.2"></kml>'
    with pytest.raises(SourceError, match="BG-117"):
        xml_of(Opened("a.kml", content))
