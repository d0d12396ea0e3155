"""A GeoPackage with its styles in it, and a QGIS project that opens it from any folder."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zipfile
from typing import TYPE_CHECKING

import pandas as pd
import pyproj

from batu_geo.render.files.write_tables import write_gpkg, write_plain_layer
from batu_geo.render.gis.qml import VERSION, qml, style_parts
from batu_geo.render.text.column_headings import plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from batu_geo.render.gis.coverage_layers import Layer

STYLES = "layer_styles"
GEOMETRY = {"fill": "Polygon", "line": "Line", "marker": "Point"}
EARLIEST = (1980, 1, 1, 0, 0, 0)
MARGIN = 0.03


def write_styled_gpkg(layers: Mapping[str, Layer], path: Path, *, date: str) -> None:
    """Write layers with their styles, where QGIS looks for them when it opens one."""
    write_gpkg({name: layer.table for name, layer in layers.items()}, path, date=date)
    write_plain_layer(style_rows(layers, date=date), path, STYLES, date=date, id_column="id")


def style_rows(layers: Mapping[str, Layer], *, date: str) -> pd.DataFrame:
    """Return the table of styles: the first of each layer is its default."""
    rows = [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": name,
            "f_geometry_column": "geom",
            "styleName": plain_text(look.title),
            "styleQML": qml(look, layer.fields, layer.codes),
            "styleSLD": "",
            "useAsDefault": n == 0,
            "description": plain_text(layer.title),
            "owner": "",
            "ui": "",
            "update_time": f"{date}T00:00:00.000Z",
        }
        for name, layer in layers.items()
        for n, look in enumerate(layer.looks)
    ]
    return pd.DataFrame(rows)


def qgis_project(layers: Mapping[str, Layer], *, beside: str, title: str) -> bytes:
    """Return a project (`.qgz`) whose layers lie in a GeoPackage in the same folder.

    Parameters
    ----------
    beside
        Name of the GeoPackage.
    """
    root = ET.Element("qgis", version=VERSION, projectname=plain_text(title))
    ET.SubElement(root, "title").text = plain_text(title)
    crs = str(next(iter(layers.values())).table.crs)
    ET.SubElement(root, "projectCrs").append(_spatial(crs))
    tree = ET.SubElement(root, "layer-tree-group")
    for name, layer in layers.items():
        shown = "Qt::Checked" if layer.is_shown else "Qt::Unchecked"
        ET.SubElement(tree, "layer-tree-layer", id=_layer_id(name), name=plain_text(layer.title),
                      source=_source(beside, name), providerKey="ogr", checked=shown,
                      expanded="1")  # fmt: skip
    root.append(_canvas(layers, crs))
    within = ET.SubElement(root, "projectlayers")
    for name, layer in layers.items():
        within.append(_map_layer(name, layer, beside, crs))
    order = ET.SubElement(root, "layerorder")
    for name in layers:
        ET.SubElement(order, "layer", id=_layer_id(name))
    root.append(_properties(crs))
    text = "<!DOCTYPE qgis>\n" + ET.tostring(root, encoding="unicode")
    return _zipped(f"{beside.rpartition('.')[0]}.qgs", text.encode())


def _layer_id(name: str) -> str:
    """Return the id of a layer: QGIS makes another of one without an underscore."""
    return f"layer_{name}"


def _source(beside: str, name: str) -> str:
    return f"./{beside}|layername={name}"


def _spatial(crs: str) -> ET.Element:
    root = ET.Element("spatialrefsys", nativeFormat="Wkt")
    known = pyproj.CRS(crs)
    ET.SubElement(root, "wkt").text = known.to_wkt()
    authority = known.to_authority()
    ET.SubElement(root, "authid").text = ":".join(authority) if authority else ""
    return root


def _canvas(layers: Mapping[str, Layer], crs: str) -> ET.Element:
    """Return the view a project opens with: everything, and a little around it."""
    root = ET.Element("mapcanvas", name="theMapCanvas")
    west, south, east, north = layers["villages"].table.total_bounds
    edge = MARGIN * max(east - west, north - south)
    extent = ET.SubElement(root, "extent")
    sides = {"xmin": west - edge, "ymin": south - edge, "xmax": east + edge, "ymax": north + edge}
    for side, value in sides.items():
        ET.SubElement(extent, side).text = f"{value:.1f}"
    ET.SubElement(root, "destinationsrs").append(_spatial(crs))
    return root


def _map_layer(name: str, layer: Layer, beside: str, crs: str) -> ET.Element:
    look = layer.looks[0]
    root = ET.Element("maplayer", type="vector", geometry=GEOMETRY[look.kind],
                      labelsEnabled=str(int(bool(look.label))))  # fmt: skip
    ET.SubElement(root, "id").text = _layer_id(name)
    ET.SubElement(root, "datasource").text = _source(beside, name)
    ET.SubElement(root, "layername").text = plain_text(layer.title)
    ET.SubElement(root, "srs").append(_spatial(crs))
    ET.SubElement(root, "provider", encoding="UTF-8").text = "ogr"
    root.extend(style_parts(look, layer.fields, layer.codes))
    return root


def _properties(crs: str) -> ET.Element:
    root = ET.Element("properties")
    spatial = ET.SubElement(root, "SpatialRefSys")
    ET.SubElement(spatial, "ProjectionsEnabled", type="int").text = "1"
    ET.SubElement(spatial, "ProjectCrs", type="QString").text = crs
    paths = ET.SubElement(root, "Paths")
    ET.SubElement(paths, "Absolute", type="bool").text = "false"
    return root


def _zipped(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as zipped:
        entry = zipfile.ZipInfo(name, EARLIEST)
        entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
        entry.external_attr = 0o600 << 16
        zipped.writestr(entry, content)
    return target.getvalue()
