"""Malformed inputs of our own, made in code: each fault of the catalogue, and its code.

A case is a name, the table it is checked as, a file name, its bytes and the
code it must end with; `""` where it must be read, a code of 8xx or of the
check where it must be read and noted.
"""

from __future__ import annotations

import copy
import io
import json
import stat
import struct
import zipfile
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from batu_geo.sources.study.embedded import embedded_study
from tests.malformed.road_layers import road_layer_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VILLAGES = "boundaries/desa_kelurahan.geojson"
HTML = b"<!DOCTYPE html><html><head><title>Masuk</title></head><body></body></html>"


@dataclass(frozen=True)
class Case:
    """One malformed input."""

    name: str
    table: str
    file: str
    content: bytes
    code: str


@cache
def _file(name: str) -> bytes:
    return (embedded_study() / name).read_bytes()


def _document(name: str) -> Any:
    return json.loads(_file(name))


def _spoilt(name: str, change: Callable[[list[Any]], Any]) -> bytes:
    document = _document(name)
    change(document["features"])
    return json.dumps(document, ensure_ascii=False).encode()


def every_case() -> list[Case]:
    """Return all cases."""
    return [
        *wrong_files(), *geometries(), *coordinates(), *properties(), *large_ones(), *json_texts(),
        *tables(), *networks(), *road_layers(), *settings(), *archives(), *xml_texts(), *databases(), *rasters(),
    ]  # fmt: skip


def wrong_files() -> Iterator[Case]:
    """Files that are something else than their name says (4.2, 4.6)."""
    other = {
        "html": HTML,
        "html without doctype": b"\xef\xbb\xbf\n<HTML><BODY>502 Bad Gateway</BODY></HTML>",
        "png": b"\x89PNG\r\n\x1a\n" + bytes(40),
        "jpeg": b"\xff\xd8\xff\xe0" + bytes(40),
        "pdf": b"%PDF-1.7\n%\xe2\xe3",
        "zip": zipped({"a.txt": b"x"}),
        "gzip": b"\x1f\x8b\x08\x00" + bytes(20),
        "git lfs pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
        "gdal vrt": b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd'
        b"</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
        "gdal vrt with a url": b"<OGRVRTDataSource><OGRVRTLayer><SrcDataSource>/vsicurl/"
        b"http://127.0.0.1:9/a.json</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
        "gdal wms": b"<GDAL_WMS><Service name='TMS'><ServerUrl>http://127.0.0.1/</ServerUrl>"
        b"</Service></GDAL_WMS>",
        "excel 97": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60),
        "sqlite": b"SQLite format 3\x00" + bytes(100),
        "shapefile": b"\x00\x00\x27\x0a" + bytes(96),
        "parquet": b"PAR1" + bytes(20) + b"PAR1",
        "pickle": b"\x80\x04\x95\x0e\x00\x00\x00\x00\x00\x00\x00cos\nsystem\n",
        "elf": b"\x7fELF\x02\x01\x01" + bytes(50),
        "kml": b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"></kml>',
    }
    # What people have and nobody reads gets advice of its own.
    advised = {"png", "jpeg", "pdf", "gzip", "excel 97", "sqlite", "parquet"}
    for name, content in other.items():
        code = "BG-119" if name in advised else "BG-103"
        yield Case(f"{name} as boundaries", "villages", "batas.geojson", content, code)
    for name in ("html", "zip", "png", "gdal vrt", "git lfs pointer"):
        code = "BG-119" if name in advised else "BG-103"
        yield Case(f"{name} as a table", "population", "penduduk.csv", other[name], code)
        yield Case(f"{name} as roads", "roads", "jalan.osm.pbf", other[name], code)
        yield Case(f"{name} as osm", "roads", "jalan.osm", other[name], code)
        yield Case(f"{name} as a scenario", "scenario", "skenario.toml", other[name], code)
    for table, file in (
        ("villages", "batas.geojson"), ("population", "p.csv"), ("roads", "j.osm.pbf"),
        ("roads", "j.osm"), ("roads", "j.gpkg"), ("roads", "j.graphml"), ("scenario", "s.toml"),
    ):  # fmt: skip
        yield Case(f"empty {file}", table, file, b"", "BG-102")
    yield Case("a bare batas.shp", "villages", "batas.shp", b"x", "BG-229")
    for file in ("batas.vrt", "batas.pkl", "batas.gpickle", "batas.yaml", "batas"):
        yield Case(f"unknown type {file}", "villages", file, b"x", "BG-106")


def geometries() -> Iterator[Case]:
    """Faulty outlines (4.1)."""

    def outline(name: str, geometry: Any, code: str = "BG-207") -> Case:
        content = _spoilt(VILLAGES, lambda m: m[6].update(geometry=geometry))
        return Case(name, "villages", "batas.geojson", content, code)

    def polygon(*rings: Any) -> dict[str, Any]:
        return {"type": "Polygon", "coordinates": list(rings)}

    box = [[112.5, -7.9], [112.6, -7.9], [112.6, -7.8], [112.5, -7.8], [112.5, -7.9]]
    bow = [[112.5, -7.9], [112.6, -7.8], [112.6, -7.9], [112.5, -7.8], [112.5, -7.9]]
    far = [[113.5, -7.9], [113.6, -7.9], [113.6, -7.8], [113.5, -7.9]]
    yield outline("bow-tie", polygon(bow))
    yield outline("hole outside", polygon(box, far))
    yield outline("hole equal to shell", polygon(box, box))
    yield outline("nested shells", {"type": "MultiPolygon", "coordinates": [[box], [
        [[x * 0.5 + 56.275, y * 0.5 - 3.925] for x, y in box]]]})  # fmt: skip
    yield outline("unclosed ring", polygon(box[:-1]))
    yield outline("ring of one point", polygon([box[0]]))
    yield outline("ring of three", polygon([box[0], box[1], box[0]]))
    yield outline("zero area", polygon([box[0], box[1], box[0], box[0]]))
    yield outline("empty polygon", polygon(), "BG-202")
    yield outline("empty ring", polygon([]), "BG-202")
    yield outline("null geometry", None, "BG-202")
    yield outline("geometry as text", "POLYGON((0 0, 1 1, 1 0, 0 0))", "BG-202")
    yield outline("geometry as number", 3, "BG-202")
    yield outline("no coordinates", {"type": "Polygon"})
    yield outline("coordinates as text", {"type": "Polygon", "coordinates": "112.5 -7.9"})
    yield outline("coordinates as object", {"type": "Polygon", "coordinates": {"0": box}})
    yield outline("a point", {"type": "Point", "coordinates": [112.5, -7.9]}, "BG-217")
    yield outline("a line", {"type": "LineString", "coordinates": box}, "BG-217")
    yield outline(
        "a collection",
        {
            "type": "GeometryCollection",
            "geometries": [{"type": "Point", "coordinates": [112.5, -7.9]}],
        },
        "BG-217",
    )
    yield outline("type in lower case", {"type": "polygon", "coordinates": [box]}, "BG-217")
    yield outline("type a list", {"type": ["Polygon"], "coordinates": [box]}, "BG-217")
    yield outline("no type", {"coordinates": [box]}, "BG-217")
    for name, odd in (
        ("null", None), ("text", "112.5"), ("true", True), ("object", {}), ("huge", 10**400),
        ("list", [1]),
    ):  # fmt: skip
        ring = [[odd, -7.9], *box[1:]]
        yield outline(f"a coordinate that is {name}", polygon(ring))
    yield outline("positions of one number", polygon([[112.5], *box[1:]]))
    yield outline("positions that are empty", polygon([[], *box[1:]]))
    yield outline("ring is a position", polygon(box[0]))
    yield Case(
        "overlap",
        "villages",
        "batas.geojson",
        _spoilt(VILLAGES, lambda m: m[1].update(geometry=m[0]["geometry"])),
        "BG-218",
    )
    yield Case(
        "23 of 24", "villages", "batas.geojson", _spoilt(VILLAGES, lambda m: m.pop()), "BG-210"
    )
    yield Case(
        "duplicate feature",
        "villages",
        "batas.geojson",
        _spoilt(VILLAGES, lambda m: m.append(m[0])),
        "BG-206",
    )
    yield Case(
        "no features", "villages", "batas.geojson", _spoilt(VILLAGES, lambda m: m.clear()), "BG-214"
    )
    yield Case(
        "a gap between villages",
        "villages",
        "batas.geojson",
        _spoilt(VILLAGES, _with_hole),
        "BG-230",
    )
    yield Case(
        "three dimensions", "villages", "batas.geojson", _spoilt(VILLAGES, _with_heights), "BG-808"
    )


def _with_hole(members: list[Any]) -> None:
    """Cut a hole of some hectares into the middle of a village."""
    import shapely

    shape = shapely.from_geojson(json.dumps(members[0]["geometry"]))
    point = shape.representative_point()
    holed = shape.difference(point.buffer(0.0008, quad_segs=2))
    members[0]["geometry"] = json.loads(shapely.to_geojson(holed))


def _with_heights(members: list[Any]) -> None:
    def raised(value: Any) -> Any:
        if isinstance(value[0], (int, float)):
            return [*value, 812.5]
        return [raised(v) for v in value]

    for member in members:
        member["geometry"]["coordinates"] = raised(member["geometry"]["coordinates"])


def coordinates() -> Iterator[Case]:
    """Coordinates in other systems, orders and places (4.1)."""

    def moved(name: str, change: Callable[[float, float], Any], code: str) -> Iterator[Case]:
        def walk(value: Any) -> Any:
            if isinstance(value[0], (int, float)):
                return change(*value[:2])
            return [walk(v) for v in value]

        def all_of(members: list[Any]) -> None:
            for member in members:
                member["geometry"]["coordinates"] = walk(member["geometry"]["coordinates"])

        yield Case(f"{name}, outlines", "villages", "b.geojson", _spoilt(VILLAGES, all_of), code)
        code = "BG-215" if code == "BG-231" else code
        for table in ("facilities", "buildings"):
            content = _spoilt(f"{table}.geojson", all_of)
            yield Case(f"{name}, {table}", table, f"{table}.geojson", content, code)

    yield from moved("swapped", lambda x, y: [y, x], "BG-208")
    yield from moved("lost minus sign", lambda x, y: [x, -y], "BG-231")
    yield from moved("null island", lambda x, y: [x - 112.5, y + 7.9], "BG-231")
    yield from moved("microdegrees", lambda x, y: [x * 1e6, y * 1e6], "BG-209")
    yield from moved("UTM 49S as degrees", lambda x, y: [668000 + x, 9130000 + y], "BG-209")
    yield from moved("web mercator", lambda x, y: [x * 111319.5, y * 111319.5], "BG-209")
    yield from moved("other side of the earth", lambda x, y: [x - 180, y], "BG-231")
    yield from moved("decimal commas", lambda x, y: [f"{x}".replace(".", ","), f"{y}"], "BG-207")
    yield from moved("degrees, minutes, seconds", lambda *_: ["112°31'", "7°54'S"], "BG-207")
    for name, crs in (
        ("UTM crs member", {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32749"}}),
        ("crs as link", {"type": "link", "properties": {"href": "http://127.0.0.1/crs"}}),
        ("crs as text", "local"),
    ):
        document = _document(VILLAGES)
        document["crs"] = crs
        yield Case(name, "villages", "b.geojson", json.dumps(document).encode(), "BG-110")


def properties() -> Iterator[Case]:
    """Faulty values of features (4.2)."""

    def facility(name: str, code: str, **values: Any) -> Case:
        content = _spoilt("facilities.geojson", lambda m: m[3]["properties"].update(values))
        return Case(f"facility: {name}", "facilities", "faskes.geojson", content, code)

    yield facility("unknown kind", "BG-205", kind="WARUNG")
    yield facility("kind as number", "BG-205", kind=7)
    yield facility("kind as list", "BG-205", kind=["UPKDK"])
    yield facility("kind as object", "BG-205", kind={"a": 1})
    yield facility("empty name", "BG-202", facility_name="  ")
    yield facility("null name", "BG-202", facility_name=None)
    yield facility("name as list", "BG-242", facility_name=["UPKDK"])
    yield facility("id as object", "BG-242", facility_id={"a": 1})
    yield facility("look-alike letters in a code", "BG-205", status="аctive")  # noqa: RUF001
    yield facility("unknown village", "BG-211", village_id="35.07.01.2001")
    yield facility("village by BPS code", "BG-211", village_id="3579010001")
    yield facility("village by name", "BG-211", village_id="Sumberejo")
    yield facility("odd date", "BG-221", closed_from="3-Mar")
    yield facility("date that is none", "BG-221", closed_from="31-02-2025")
    yield facility("NIK in a column", "BG-220", catatan="3579012345678901")
    yield facility("column named NIK", "BG-220", NIK="x")
    yield facility("telephone", "BG-220", kontak="0812-3456-7890")
    yield facility("huge text", "BG-240", facility_name="x" * 40_000)
    yield facility("properties of another type", "BG-205", kind=True)
    building = {
        "rooms: a fraction": ("BG-203", {"rooms": 2.5}),
        "rooms: a word": ("BG-203", {"rooms": "tiga"}),
        "rooms: huge": ("BG-203", {"rooms": 10**30}),
        "rooms: enormous": ("BG-203", {"rooms": 10**400}),
        "rooms: true": ("BG-203", {"rooms": True}),
        "rooms: negative": ("BG-204", {"rooms": -1}),
        "area: text": ("BG-219", {"floor_area_m2": "90 m2"}),
        "area: 1e999": ("BG-219", {"floor_area_m2": "1e999"}),
        "area: list": ("BG-219", {"floor_area_m2": [90]}),
        "owner: unknown": ("BG-205", {"owner": "pemkot"}),
    }
    for name, (code, values) in building.items():
        content = _spoilt("buildings.geojson", lambda m, v=values: m[0]["properties"].update(v))
        yield Case(f"building, {name}", "buildings", "bangunan.geojson", content, code)
    for name, change, code in (
        ("duplicate id", lambda m: m.append(m[2]), "BG-206"),
        ("feature is a list", lambda m: m.__setitem__(0, []), "BG-110"),
        ("feature is null", lambda m: m.__setitem__(0, None), "BG-110"),
        ("feature is text", lambda m: m.__setitem__(0, "Feature"), "BG-110"),
        ("feature of another type", lambda m: m[0].update(type="Ferature"), "BG-110"),
        ("properties a list", lambda m: m[0].update(properties=[1]), "BG-202"),
        ("properties null", lambda m: m[0].update(properties=None), "BG-202"),
        ("in another country", lambda m: m[0]["geometry"].update(coordinates=[103.8, 1.3]),
         "BG-215"),
        ("beyond the poles", lambda m: m[0]["geometry"].update(coordinates=[112.5, -97.9]),
         "BG-209"),
        ("a point with text", lambda m: m[0]["geometry"].update(coordinates=["x", "y"]), "BG-207"),
        ("a polygon", lambda m: m[0].update(geometry={"type": "Polygon", "coordinates": [
            [[112.5, -7.9], [112.6, -7.9], [112.6, -7.8], [112.5, -7.9]]]}),
         "BG-217"),
        ("in another village", lambda m: m[0]["properties"].update(village_id="35.79.03.1001"),
         "BG-801"),
        ("twice under two ids", lambda m: m.append(
            {**copy.deepcopy(m[3]), "properties": {**m[3]["properties"], "facility_id": "Z"}}),
         "BG-233"),
        ("one column gone", lambda m: [f["properties"].pop("kind") for f in m], "BG-201"),
    ):  # fmt: skip
        content = _spoilt("facilities.geojson", change)
        yield Case(f"facilities, {name}", "facilities", "faskes.geojson", content, code)


def large_ones() -> Iterator[Case]:
    """Return inputs that are slow for readers that compare everything with everything."""

    def many(members: list[Any], *, own_column: bool = False, same_name: bool = False) -> None:
        base = members[3]
        members.clear()
        for number in range(6_000):
            more = {"facility_id": f"F{number}"} if not own_column else {f"k{number}": 1}
            name = {} if same_name else {"facility_name": f"F{number}"}
            members.append({**base, "properties": {**base["properties"], **more, **name}})

    yield Case(
        "6 000 facilities with a column each",
        "facilities",
        "f.geojson",
        _spoilt("facilities.geojson", lambda m: many(m, own_column=True)),
        "BG-206",
    )
    yield Case(
        "6 000 facilities of one name at one point",
        "facilities",
        "f.geojson",
        _spoilt("facilities.geojson", lambda m: many(m, same_name=True)),
        "BG-233",
    )
    keys = ", ".join(f'"k{n}": 1' for n in range(200_000))
    yield Case(
        "200 000 keys and the last again",
        "facilities",
        "f.geojson",
        f'{{{keys}, "k199999": 2}}'.encode(),
        "BG-104",
    )
    header = ",".join(f"c{n}" for n in range(100_000))
    yield Case(
        "100 000 columns and the last again",
        "population",
        "p.csv",
        f"{header},c99999\n1".encode(),
        "BG-111",
    )
    yield Case("300 000 open quotes", "facilities", "f.geojson", b'["' * 300_000, "BG-104")
    escaped = b'"' + b'\\"' * 200_000
    yield Case("200 000 escaped quotes", "facilities", "f.geojson", escaped, "BG-104")
    yield Case("one line of 5 MB", "population", "p.csv", b"x" * 5_000_000, "BG-111")
    yield Case("200 000 short rows", "population", "p.csv", b"a\n" * 200_000, "BG-201")


def json_texts() -> Iterator[Case]:
    """Texts that are no strict JSON, or no FeatureCollection (4.2)."""
    good = _file("facilities.geojson")
    texts = {
        "cut off": (good[:3000], "BG-104"),
        "cut in a character": ('{"a": "é'.encode()[:-1], "BG-108"),
        "NaN": (good.replace(b"112.", b"NaN, 112.", 1), "BG-104"),
        "Infinity": (b'{"a": Infinity}', "BG-104"),
        "minus Infinity": (b'{"a": -Infinity}', "BG-104"),
        "a number that is infinite": (good.replace(b"112.", b"1e400, 112.", 1), "BG-104"),
        "repeated key": (good.replace(b'"type"', b'"type": 1, "type"', 1), "BG-104"),
        "trailing comma": (b'{"a": [1,]}', "BG-104"),
        "two documents": (good + good, "BG-104"),
        "comments": (b"// x\n" + good, "BG-104"),
        "single quotes": (b"{'type': 'FeatureCollection'}", "BG-104"),
        "deep lists": (b"[" * 100_000 + b"]" * 100_000, "BG-104"),
        "deep objects": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "BG-104"),
        "deep and unclosed": (b"[" * 1_000_000, "BG-104"),
        "a number of 5000 digits": (b'{"a": ' + b"9" * 5000 + b"}", "BG-104"),
        "NUL escape": (good.replace(b"UPKDK ", b"UPKDK\\u0000", 1), "BG-104"),
        "half a character": (good.replace(b"UPKDK ", b"UPKDK\\ud800", 1), "BG-104"),
        "UTF-16": (good.decode().encode("utf-16"), "BG-108"),
        "UTF-16 without a mark": (good.decode().encode("utf-16-le"), "BG-103"),
        "UTF-32": (good.decode().encode("utf-32"), "BG-108"),
        "latin-1": (b'{"type": "\xe9"}', "BG-108"),
        "NUL bytes": (b'{"a": "\x00"}', "BG-103"),
        "a list": (b"[1, 2]", "BG-110"),
        "a number": (b"3", "BG-110"),
        "a text": (b'"FeatureCollection"', "BG-110"),
        "null": (b"null", "BG-110"),
        "one feature": (b'{"type": "Feature", "geometry": null}', "BG-202"),
        "a geometry": (b'{"type": "Point", "coordinates": [112.5, -7.9]}', "BG-201"),
        "TopoJSON": (b'{"type": "Topology", "objects": {}}', "BG-110"),
        "features an object": (b'{"type": "FeatureCollection", "features": {}}', "BG-110"),
        "no features": (b'{"type": "FeatureCollection"}', "BG-110"),
        "line-delimited": (b'{"type": "Feature"}\n{"type": "Feature"}\n', "BG-104"),
        "only blanks": (b"  \n\n  ", "BG-104"),
    }
    for name, (content, code) in texts.items():
        yield Case(f"JSON: {name}", "facilities", "faskes.geojson", content, code)


def tables() -> Iterator[Case]:
    """Faulty tables (4.2)."""
    good = _file("population.csv").decode()
    header, *rows = good.splitlines()
    first = rows[0].split(",")
    number = next(i for i, name in enumerate(header.split(",")) if name == "population")

    def with_value(value: str) -> bytes:
        cells = [*first[:number], value, *first[number + 1 :]]
        return "\n".join([header, ",".join(cells), *rows[1:]]).encode()

    for value, code in (
        ("-5", "BG-204"), ("12.5", "BG-203"), ("1e4", "BG-203"), ("n/a", "BG-203"),
        ("", "BG-202"), ("NaN", "BG-203"), ("inf", "BG-203"), ("1 234", "BG-203"),
        ("0x10", "BG-203"), ("9" * 30, "BG-203"), ("9" * 400, "BG-203"), ("12.34.567", "BG-203"),
        ("=1+1", "BG-203"), ("1.234.567", ""), ("18_068", "BG-203"), ("½", "BG-203"),
    ):  # fmt: skip
        yield Case(
            f"population {value[:12]!r} of {len(value)}",
            "population",
            "p.csv",
            with_value(value),
            code,
        )
    texts: dict[str, tuple[bytes, str]] = {
        "latin-1": (good.replace("Desa", "Désa").replace(first[1], "Béji").encode("latin-1"),
                    "BG-108"),
        "UTF-16": (good.encode("utf-16"), "BG-108"),
        "a byte order mark": (b"\xef\xbb\xbf" + good.encode(), ""),
        "NUL": (good.replace(",", ",\x00", 1).encode(), "BG-103"),
        "semicolons": (good.replace(",", ";").encode(), "BG-299"),
        "semicolon header, comma body": (
            "\n".join([header.replace(",", ";"), *rows]).encode(), "BG-299"),
        "tabs": (good.replace(",", "\t").encode(), "BG-299"),
        "ragged": ("\n".join([header, rows[0] + ",x", *rows[1:]]).encode(), "BG-111"),
        "short row": ("\n".join([header, rows[0].rpartition(",")[0], *rows[1:]]).encode(),
                      "BG-111"),
        "header only": (header.encode(), "BG-214"),
        "no header": ("\n".join(rows).encode(), "BG-201"),
        "duplicate header": (
            "\n".join([header + ",population", *(r + ",1" for r in rows)]).encode(), "BG-111"),
        "duplicate id": ("\n".join([header, rows[0], *rows]).encode(), "BG-206"),
        "only blank lines": (b"\n\n \n", "BG-102"),
        "unclosed quote": ("\n".join([header, '"' + rows[0], *rows[1:]]).encode(), "BG-111"),
        "text after a quote": (f'{header}\n"x"y,{rows[0]}\n'.encode(), "BG-111"),
        "a huge field": ("\n".join([header, "x" * 200_000 + rows[0]]).encode(), "BG-111"),
        "carriage returns only": (good.replace("\n", "\r").encode(), ""),
        "NIK": ("\n".join([header + ",nik", *(r + ",3579010101010001" for r in rows)]).encode(),
                "BG-220"),
        "patient names": ("\n".join([header + ",Nama Pasien", *(r + ",x" for r in rows)]).encode(),
                          "BG-220"),
        "an empty id": (good.replace(first[0], "", 1).encode(), "BG-202"),
    }  # fmt: skip
    for name, (content, code) in texts.items():
        yield Case(f"table: {name}", "population", "p.csv", content, code)
    swap = {
        "indicators": ("indicators.csv", first[0], "35.79.09.9999", "BG-211"),
        "staffing": ("staffing.csv", "1-5", "Senin", "BG-223"),
        "profiles": ("profiles.csv", "yes", "ya", "BG-205"),
    }
    for table, (name, old, new, code) in swap.items():
        content = _file(name).replace(old.encode(), new.encode(), 1)
        yield Case(f"{table}: a value of no meaning", table, name, content, code)
        rows = _file(name).splitlines()
        rows[-1] = rows[-1][:12]
        yield Case(f"{table}: cut off", table, name, b"\n".join(rows), "BG-111")


def road_layers() -> Iterator[Case]:
    """Faulty lines of roads: GeoJSON, Shapefiles, GeoPackages, graphs."""
    for name, file, content, code in road_layer_cases():
        yield Case(name, "roads", file, content, code)


def networks() -> Iterator[Case]:
    """Faulty road files (4.3)."""
    pbf = _file("roads/jalan_ilustratif.osm.pbf")
    for share in (0.001, 0.01, 0.1, 0.5, 0.9, 0.999):
        content = pbf[: int(len(pbf) * share)]
        code = "BG-109" if len(content) > 20 else "BG-103"
        yield Case(f"pbf cut at {share:.1%}", "roads", "j.osm.pbf", content, code)
    yield Case(
        "pbf with a flipped byte",
        "roads",
        "j.osm.pbf",
        pbf[:5000] + bytes([pbf[5000] ^ 255]) + pbf[5001:],
        "BG-109",
    )
    yield Case(
        "pbf with a huge block", "roads", "j.osm.pbf", struct.pack(">I", 2**31) + pbf[4:], "BG-109"
    )

    def osm(name: str, inner: str, code: str, *, version: str = "0.6") -> Case:
        text = f'<?xml version="1.0"?><osm version="{version}">{inner}</osm>'
        return Case(f"osm: {name}", "roads", "j.osm", text.encode(), code)

    def node(number: int, lon: float, lat: float) -> str:
        return f'<node id="{number}" version="1" lon="{lon}" lat="{lat}"/>'

    two = node(1, 112.52, -7.87) + node(2, 112.53, -7.87)
    way = '<way id="1" version="1">{}<tag k="highway" v="primary"/>{}</way>'
    ends = '<nd ref="1"/><nd ref="2"/>'
    yield osm("no elements", "", "BG-213")
    yield osm("no roads", two, "BG-213")
    yield osm("old version", two + way.format(ends, ""), "BG-117", version="0.5")
    yield osm("unknown element", two + "<road/>", "BG-117")
    yield osm("unknown element in a way", two + way.format(ends, "<node id='1'/>"), "BG-117")
    yield osm("a reference of letters", two + way.format('<nd ref="a"/>', ""), "BG-117")
    yield osm(
        "a reference that is too large", two + way.format(f'<nd ref="{9**40}"/>', ""), "BG-117"
    )
    yield osm(
        "a node without a place", '<node id="1" version="1"/>' + way.format(ends, ""), "BG-117"
    )
    yield osm("a node at NaN", '<node id="1" lon="nan" lat="inf"/>', "BG-117")
    yield osm("a node beyond the pole", node(1, 112.5, -97), "BG-117")
    yield osm("a tag without a value", two + way.format(ends, '<tag k="oneway"/>'), "BG-117")
    yield osm("missing nodes", node(1, 112.5, -7.9) + way.format(ends, ""), "BG-213")
    yield osm(
        "roads elsewhere",
        node(1, 2.35, 48.86) + node(2, 2.36, 48.86) + way.format(ends, ""),
        "BG-212",
    )
    yield osm("a time-out of Overpass", "<remark>runtime error: Query timed out</remark>", "BG-114")
    yield osm("wrongly nested", "<way id='1'><tag k='a' v='b'></way></tag>", "BG-117")
    odd = {
        "maxspeed fast": '<tag k="maxspeed" v="fast"/>',
        "maxspeed -30": '<tag k="maxspeed" v="-30"/>',
        "maxspeed 1e999": '<tag k="maxspeed" v="1e999"/>',
        "maxspeed 30 mph;50": '<tag k="maxspeed" v="30 mph;50"/>',
        "oneway -1": '<tag k="oneway" v="-1"/>',
        "a repeated node": '<nd ref="2"/>',
        "a self loop": '<nd ref="1"/>',
        "a very long name": f'<tag k="name" v="{"x" * 255}"/>',
    }
    noted = {"maxspeed fast", "maxspeed -30", "maxspeed 1e999", "maxspeed 30 mph;50",
             "a repeated node"}  # fmt: skip
    for name, more in odd.items():
        refs, tags = (ends + more, "") if more.startswith("<nd") else (ends, more)
        yield osm(name, two + way.format(refs, tags), "BG-241" if name in noted else "")
    overpass = {
        "a remark": ({"elements": [], "remark": "runtime error: out of memory"}, "BG-114"),
        "no elements": ({"version": 0.6}, "BG-103"),
        "elements a number": ({"elements": 3}, "BG-103"),
        "an element that is null": ({"elements": [None]}, "BG-109"),
        "an element without a type": ({"elements": [{"id": 1}]}, "BG-109"),
        "a node of letters": ({"elements": [{"type": "node", "id": 1, "lon": "x", "lat": 0}]},
                              "BG-109"),
        "a huge coordinate": ({"elements": [
            {"type": "node", "id": 1, "lon": 10**400, "lat": 0}]}, "BG-109"),
        "a huge id": ({"elements": [
            {"type": "way", "id": 2**70, "nodes": [2**70], "tags": {"highway": "path"}}]},
            "BG-109"),
        "tags a list": ({"elements": [{"type": "way", "id": 1, "nodes": [], "tags": []}]},
                        "BG-213"),
        "a name that is a list": ({"elements": [
            {"type": "node", "id": 1, "lon": 112.52, "lat": -7.87},
            {"type": "node", "id": 2, "lon": 112.53, "lat": -7.87},
            {"type": "way", "id": 1, "nodes": [1, 2],
             "tags": {"highway": "path", "name": ["a", {}]}}]}, ""),
        "coordinates of another world": ({"elements": [
            {"type": "node", "id": 1, "lon": 1e300, "lat": -7.87},
            {"type": "node", "id": 2, "lon": 112.53, "lat": 1e300},
            {"type": "way", "id": 1, "nodes": [1, 2], "tags": {"highway": "path"}}]}, "BG-213"),
    }  # fmt: skip
    for name, (answer, code) in overpass.items():
        content = json.dumps(answer).encode()
        yield Case(f"Overpass: {name}", "roads", "jalan.json", content, code)
    graph = (
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
        '<key id="d0" for="graph" attr.name="crs" attr.type="string"/>{}</graphml>'
    )
    for name, inner, code in (
        ("no graph", "", "BG-109"),
        ("no crs", "<graph></graph>", "BG-115"),
        ("nodes without a place",
         ('<graph edgedefault="directed"><data key="d0">epsg:4326</data><node id="1"/>'
         '<node id="2"/><edge source="1" target="2"/></graph>'), "BG-109"),
        ("letters as ids",
         '<graph edgedefault="directed"><data key="d0">epsg:4326</data><node id="a"/></graph>',
         "BG-109"),
        ("cut off", "<graph>", "BG-117"),
    ):  # fmt: skip
        yield Case(f"GraphML: {name}", "roads", "j.graphml", graph.format(inner).encode(), code)


def settings() -> Iterator[Case]:
    """Faulty scenarios (4.4)."""
    good = _file("scenarios/baseline.toml").decode()
    texts = {
        "repeated key": ("name = 'a'\nname = 'b'\n", "BG-112"),
        "cut off": (good[: good.rindex("\n", 0, 1500)], "BG-302"),
        "unknown key": (f"kecepatan = 3\n{good}", "BG-301"),
        "deep": ("a = " + "[" * 100_000, "BG-112"),
        "long dotted key": (".".join("a" * 5000) + " = 1", "BG-30"),
        "nan": (good.replace("threshold_minutes = ", "threshold_minutes = nan #", 1), "BG-302"),
        "inf": (good.replace("threshold_minutes = ", "threshold_minutes = inf #", 1), "BG-302"),
        "a path as name": (good.replace('name = "baseline"', 'name = "../../x"', 1), "BG-302"),
        "a device as name": (good.replace('name = "baseline"', 'name = "CON"', 1), "BG-302"),
        "a long name": (good.replace('name = "baseline"', f'name = "{"a" * 300}"', 1), "BG-302"),
        "control characters": (good.replace('name = "baseline"', 'name = "a\\u001b[2J"', 1),
                               "BG-302"),
        "yaml": ("name: baseline\n", "BG-112"),
        "json": ('{"name": "baseline"}', "BG-103"),
        "not UTF-8": ("name = 'é'", "BG-108"),
        "too large": ("# " + "x" * 1_000_001, "BG-105"),
        "only a comment": ("# nothing\n", "BG-302"),
    }  # fmt: skip
    for name, (text, code) in texts.items():
        content = text.encode("latin-1" if name == "not UTF-8" else "utf-8")
        yield Case(f"scenario: {name}", "scenario", "s.toml", content, code)


def zipped(members: dict[str, bytes], *, mode: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", mode) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def archives() -> Iterator[Case]:
    """Hostile archives (4.6)."""

    def odd_entry(name: str, *, mode: int = 0, flags: int = 0) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            entry.create_system = 3
            archive.writestr(entry, b"/etc/passwd")
        content = packed.getvalue()
        if flags:
            at = content.index(b"PK\x01\x02")
            content = content[:6] + bytes([flags, 0]) + content[8:at + 8] + bytes([flags, 0]) \
                + content[at + 10:]  # fmt: skip
        return content

    def lying(size: int) -> bytes:
        """Say that a member is smaller than it is."""
        content = bytearray(zipped({"a.csv": b"x" * 5000}))
        at = content.index(b"PK\x01\x02")
        content[22:26] = content[at + 24 : at + 28] = struct.pack("<I", size)
        return bytes(content)

    good = zipped({"desa.csv": b"a,b\n1,2\n"}, mode=zipfile.ZIP_STORED)
    packed = {
        "bomb": zipped({"a.csv": bytes(64 * 2**20)}),
        "many entries": zipped({f"{n}.csv": b"x" for n in range(201)}),
        "parent folder": zipped({"../a.csv": b"x"}),
        "parent folder inside": zipped({"a/../../b.csv": b"x"}),
        "absolute": zipped({"/etc/a.csv": b"x"}),
        "drive letter": zipped({"C:a.csv": b"x"}),
        "backslash": odd_entry("..\\a.csv"),
        "link": odd_entry("a.csv", mode=stat.S_IFLNK | 0o777),
        "device": odd_entry("a.csv", mode=stat.S_IFCHR | 0o666),
        "encrypted": odd_entry("a.csv", flags=1),
        "nested by name": zipped({"b.zip": good}),
        "nested by content": zipped({"b.csv": good}),
        "gzip inside": zipped({"b.csv": b"\x1f\x8b\x08" + bytes(30)}),
        "names that differ in capitals": zipped({"a.csv": b"x", "A.csv": b"y"}),
        "packed with lzma": zipped({"a.csv": b"x" * 99}, mode=zipfile.ZIP_LZMA),
        "cut off": good[:-30],
        "wrong checksum": good.replace(b"a,b", b"a;b", 1),
        "smaller than it says": lying(10),
        "larger than it says": lying(2**31),
        "directory gone": good[: good.index(b"PK\x01\x02")],
    }
    for name, content in packed.items():
        yield Case(f"zip: {name}", "zip", "batas.zip", content, "BG-116")
        yield Case(f"zip: {name}, as boundaries", "villages", "batas.zip", content, "BG-1")


BOMB = "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "x" * 100}">' for n in range(10)
)  # fmt: skip


def xml_texts() -> Iterator[Case]:
    """Hostile XML (4.6), as OSM, GraphML and KML."""
    texts = {
        "billion laughs": (f"<!DOCTYPE x [{BOMB}]><{{root}}>&a9;</{{root}}>", "BG-103"),
        "quadratic": (f'<!DOCTYPE x [<!ENTITY a "{"x" * 9999}">]><{{root}}>{"&a;" * 999}</{{root}}>',
                      "BG-103"),
        "external entity": (('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
                            "<{root}>&a;</{root}>"), "BG-103"),
        "external DTD": ('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><{root}/>', "BG-103"),
        "parameter entity": (('<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/"> %a;]>'
                             "<{root}/>"), "BG-103"),
        "DTD behind a long comment": ((f"<!--{'x' * 5000}--><!DOCTYPE x [{BOMB}]>"
                                      "<{root}>&a9;</{root}>"), "BG-1"),
        "deep": ("<{root}>" + "<a>" * 100_000, "BG-117"),
        "an undefined entity": ("<{root}>&nbsp;</{root}>", "BG-117"),
        "NUL": ("<{root}>\x00</{root}>", "BG-117"),
        "an unknown encoding": ('<?xml version="1.0" encoding="klingon"?><{root}/>', "BG-117"),
        "include": (('<{root} xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include '
                    'href="/etc/passwd"/></{root}>'), ""),
    }  # fmt: skip
    for name, (text, code) in texts.items():
        for root, table, file in (
            ("osm", "roads", "j.osm"), ("graphml", "roads", "j.graphml"), ("kml", "xml", "b.kml"),
        ):  # fmt: skip
            expected = code or {"osm": "BG-117", "graphml": "BG-109", "kml": ""}[root]
            content = text.replace("{root}", root, 1).replace("{root}", root).encode()
            yield Case(f"{root}: {name}", table, file, content, expected)


def databases() -> Iterator[Case]:
    """Hostile GeoPackages (4.6)."""
    import sqlite3

    def package(*statements: str, application: int = 0x47504B47) -> bytes:
        database = sqlite3.connect(":memory:")
        database.execute(f"PRAGMA application_id = {application}")
        for statement in ("CREATE TABLE gpkg_contents (table_name TEXT)", *statements):
            database.execute(statement)
        database.commit()
        return database.serialize()

    virtual = (
        "PRAGMA writable_schema = 1",
        (
            "INSERT INTO sqlite_master VALUES ('table', 'x', 'x', 0, "
            "'CREATE VIRTUAL TABLE x USING VirtualOGR(''/etc/passwd'')')"
        ),
    )
    yield Case("gpkg: no layers", "roads", "j.gpkg", package(), "BG-1")
    yield Case("gpkg: another application", "roads", "j.gpkg", package(application=7), "BG-119")
    yield Case("gpkg: a virtual table", "roads", "j.gpkg", package(*virtual), "BG-103")
    hidden = [statement.replace("CREATE VIRTUAL", "CREATE/**/VIRTUAL") for statement in virtual]
    yield Case("gpkg: a hidden virtual table", "roads", "j.gpkg", package(*hidden), "BG-103")
    yield Case("gpkg: cut off", "roads", "j.gpkg", package()[:5000], "BG-1")
    yield Case("gpkg: only a header", "roads", "j.gpkg", b"SQLite format 3\x00", "BG-119")


def rasters() -> Iterator[Case]:
    """Files that call themselves a GeoTIFF; as roads they are of no known type."""
    yield Case("tif as roads", "roads", "j.tif", b"II*\x00" + bytes(60), "BG-106")
    yield Case("tif as boundaries", "villages", "b.tif", b"II*\x00" + bytes(60), "BG-106")
