"""Cut a layer of lines to a box: GDAL reads what lies in it, and nothing else is kept in memory."""

from __future__ import annotations

import json
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batu_geo.sources.files.archives import unpacked, zip_members
from batu_geo.sources.files.geodatabase import TABLE
from batu_geo.sources.files.opening import json_of
from batu_geo.sources.geometry.large_archives import is_large_zip, layers_on_disk
from batu_geo.sources.geometry.projections import plain_crs
from batu_geo.sources.geometry.shapefiles import packed_shapefile
from batu_geo.sources.roads.line_layers import is_hidden, may_matter
from batu_geo.writing import gdal_dated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batu_geo.sources.files.opening import Opened
    from batu_geo.sources.osm.overpass import Box

# The same roads are to be the same bytes.
SAME_DAY = "2000-01-01"


def cut_layers(opened: Opened, box: Box) -> tuple[bytes, int, int]:
    """Return the part of a GeoPackage, GeoJSON, Shapefile or geodatabase in a box as a GeoPackage.

    Returns
    -------
    content, kept, outside
        The new file, and how many features of its road layers are in it and are left out.
    """
    import pyogrio  # noqa: PLC0415 - only these readers need it

    kept = outside = 0
    with (
        tempfile.TemporaryDirectory() as aside,
        warnings.catch_warnings(action="ignore"),
        gdal_dated(SAME_DAY),
    ):
        target = Path(aside) / "roads.gpkg"
        for number, (source, layer) in enumerate(_layers(opened)):
            about = pyogrio.read_info(source, layer=layer, force_feature_count=True)
            frame = pyogrio.read_dataframe(
                source, layer=layer, bbox=_in_its_system(opened, about["crs"], box)
            )
            if len(frame):
                name = f"{number} {layer}"
                pyogrio.write_dataframe(frame, target, layer=name, driver="GPKG")
            kept += len(frame)
            outside += about["features"] - len(frame)
        return target.read_bytes() if target.is_file() else b"", kept, outside


def cut_elements(opened: Opened, box: Box) -> tuple[bytes, int, int]:
    """Return the part of an Overpass answer with a node in a box as an Overpass answer."""
    answer = json_of(opened)
    elements = answer.get("elements") if isinstance(answer, dict) else None
    if not isinstance(elements, list):
        return b"", 0, 0
    west, south, east, north = box

    def is_inside(place: Any) -> bool:
        return bool(place) and west <= place["lon"] <= east and south <= place["lat"] <= north

    inside = {e["id"] for e in elements if e["type"] == "node" and is_inside(e)}
    ways = [e for e in elements if e["type"] == "way"]
    kept = {
        way["id"] for way in ways
        if not inside.isdisjoint(way.get("nodes", ()))
        or any(map(is_inside, way.get("geometry", ())))
    }  # fmt: skip
    for relation in (e for e in elements if e["type"] == "relation"):
        members = {m["ref"] for m in relation.get("members", ()) if m["type"] == "way"}
        if relation.get("tags", {}).get("type") == "multipolygon" and not kept.isdisjoint(members):
            kept |= members
    used = {node for way in ways if way["id"] in kept for node in way.get("nodes", ())}
    rest = [
        e for e in elements
        if e["type"] not in ("node", "way") or e["id"] in (used if e["type"] == "node" else kept)
    ]  # fmt: skip
    content = json.dumps({**answer, "elements": rest}, ensure_ascii=False).encode()
    count = sum(way["id"] in kept for way in ways)
    return content, count, len(ways) - count


def _layers(opened: Opened) -> Iterator[tuple[Any, str]]:
    """Yield the layers that may hold roads, each with what GDAL reads it from."""
    if opened.suffix not in {".zip", ".gdb"}:
        yield from _of_source(opened.content or opened.path)
        return
    if not opened.content and opened.suffix == ".gdb":
        yield from _of_source(opened.path)
        return
    if is_large_zip(opened):
        with layers_on_disk(opened) as layers:
            for layer in layers:
                yield from _of_source(layer)
        return
    members = zip_members(opened)
    if any(name.lower().endswith(TABLE) for name in members):
        with unpacked(opened, members) as copy:
            yield from _of_source(copy)
        return
    maps = [member for member in members.values() if member.suffix in {".gpkg", ".geojson"}]
    if maps:
        yield from _of_source(maps[0].content)
        return
    for name in sorted(members):
        if members[name].suffix == ".shp" and not is_hidden(name):
            yield from _of_source(packed_shapefile(opened, members, name)[0])


def _of_source(source: Any) -> Iterator[tuple[Any, str]]:
    import pyogrio  # noqa: PLC0415

    for name, kind in pyogrio.list_layers(source):
        fields = pyogrio.read_info(source, layer=name)["fields"]
        if kind and may_matter(dict.fromkeys(fields)):
            yield source, name


def _in_its_system(opened: Opened, crs: str | None, box: Box) -> Box:
    """Return a box of degrees in the coordinates of a layer; without a system these are degrees."""
    import pyproj  # noqa: PLC0415

    if not crs:
        return box
    plain = plain_crs(opened, pyproj.CRS.from_user_input(crs))
    west, south, east, north = pyproj.Transformer.from_crs(
        "EPSG:4326", plain, always_xy=True
    ).transform_bounds(*box)
    return west, south, east, north
