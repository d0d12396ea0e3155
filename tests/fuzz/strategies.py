"""Inputs that are nearly right: real files with harm done, and made-up ones of the right words."""

from __future__ import annotations

from hypothesis import strategies as st

JSON_WORDS = (
    "type", "features", "properties", "geometry", "coordinates", "FeatureCollection", "Feature",
    "Polygon", "MultiPolygon", "Point", "village_id", "village_name", "facility_id",
    "facility_name", "kind", "status", "UPKDK", "active", "35.79.01.1001", "kd_propinsi",
    "kd_dati2", "kd_kecamatan", "kd_kelurahan", "nm_kelurahan", "crs", "name", "elements", "node",
    "way", "id", "lat", "lon", "nodes", "tags", "highway", "primary", "maxspeed", "remark",
)  # fmt: skip
TOKENS = (
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"NaN", b"-Infinity", b"1e999", b'"', b"'", b"{", b"}",
    b"[" * 70, b"]", b",", b";", b"\n", b"\r", b"null", b"true", b"9" * 400, b"-", b"\\ud800",
    b"\\u0000", b"<!DOCTYPE a>", b"&a;", b"<", b">", b"/>", b"=", b"#", b"..", b"\xe2\x80\xae",
    b"3579012345678901", b"PK\x03\x04", b"0" * 50, b"\x7f\xff\xff\xff",
)  # fmt: skip


@st.composite
def harmed(draw: st.DrawFn, base: bytes) -> bytes:
    """Return the bytes of a file with up to eight changes."""
    content = base
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(content)))
        size = draw(st.sampled_from((1, 2, 7, 64, 1000)))
        act = draw(st.integers(0, 5))
        if act == 0:
            content = content[:at]
        elif act == 1:
            content = content[:at] + content[at + size :]
        elif act == 2:
            content = content[:at] + content[at : at + size] * 2 + content[at + size :]
        elif act == 3:
            content = content[:at] + draw(st.binary(min_size=1, max_size=8)) + content[at:]
        elif act == 4:
            other = draw(st.integers(0, len(content)))
            content = content[:at] + content[other : other + size] + content[at + size :]
        else:
            content = content[:at] + draw(st.sampled_from(TOKENS)) + content[at + size :]
    return content


numbers = st.one_of(
    st.integers(-200, 200), st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**400), 10**400), st.sampled_from((112.52, -7.87, 112.53, -7.88)),
)  # fmt: skip
words = st.one_of(st.sampled_from(JSON_WORDS), st.text(max_size=6))
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, words),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(words, inner, max_size=6)),
    max_leaves=30,
)
positions = st.lists(st.one_of(numbers, words, st.none()), max_size=4)
rings = st.lists(st.lists(st.one_of(positions, json_values), max_size=6), max_size=3)
geometries = st.one_of(
    json_values,
    st.fixed_dictionaries(
        {"type": st.sampled_from(("Polygon", "MultiPolygon", "Point", "LineString")),
         "coordinates": st.one_of(rings, st.lists(rings, max_size=2), positions, json_values)}
    ),
)  # fmt: skip
collections = st.fixed_dictionaries(
    {
        "type": st.just("FeatureCollection"),
        "features": st.lists(
            st.one_of(
                json_values,
                st.fixed_dictionaries(
                    {"type": st.just("Feature"), "geometry": geometries,
                     "properties": st.dictionaries(words, json_values, max_size=8)}
                ),
            ),
            max_size=4,
        ),
    }
)  # fmt: skip
elements = st.one_of(
    json_values,
    st.fixed_dictionaries(
        {"type": st.just("node"), "id": st.one_of(st.integers(1, 4), json_values),
         "lat": numbers, "lon": numbers}
    ),
    st.fixed_dictionaries(
        {"type": st.just("way"), "id": st.one_of(st.integers(1, 4), json_values),
         "nodes": st.one_of(st.lists(st.integers(1, 4), max_size=5), json_values),
         "tags": st.one_of(st.just({"highway": "primary"}),
                           st.dictionaries(words, json_values, max_size=4))}
    ),
)  # fmt: skip
overpass = st.fixed_dictionaries(
    {"elements": st.lists(elements, max_size=8)}, optional={"osm3s": json_values}
)
nominatim = st.one_of(
    json_values,
    st.lists(
        st.one_of(
            json_values,
            st.fixed_dictionaries(
                {"display_name": json_values, "osm_id": json_values, "importance": json_values,
                 "geojson": geometries}
            ),
        ),
        max_size=4,
    ),
)  # fmt: skip
csv_cells = st.one_of(
    words, st.text(alphabet='",;\n\r\t\x00 =+-@0123456789.e½', max_size=12), numbers.map(str)
)
