"""Write the layers of `town.osm` as QGIS saves them; run by the Python that QGIS came with.

    QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/qgis_layers/write_layers.py

Streets are a layer with a column a key, as QuickOSM makes it from OpenStreetMap; points are the
nodes with tags. QgsVectorFileWriter saves both as a GeoPackage with two layers, and the streets
as a Shapefile (in `town.zip`) and as GeoJSON, with the settings of the dialogue "Save as".
Written with QGIS 3.22.16 (Debian's python3-qgis); the tests read what is kept here.
"""

from __future__ import annotations

import tempfile
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

from qgis.core import (  # type: ignore[import-not-found]
    QgsApplication,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsPointXY,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QVariant  # type: ignore[import-not-found]

HERE = Path(__file__).parent
WHEN = (2026, 1, 31, 0, 0, 0)
Row = tuple[str, dict[str, str], QgsGeometry]


def read_town() -> tuple[list[Row], list[Row]]:
    """Return the ways and the nodes with tags: id, tags and geometry."""
    town = ET.parse(HERE / "town.osm").getroot()
    places = {
        node.get("id"): QgsPointXY(float(node.get("lon", "")), float(node.get("lat", "")))
        for node in town.iter("node")
    }
    ways = [
        (way.get("id", ""), _tags(way),
         QgsGeometry.fromPolylineXY([places[nd.get("ref")] for nd in way.iter("nd")]))
        for way in town.iter("way")
    ]  # fmt: skip
    nodes = [
        (node.get("id", ""), _tags(node), QgsGeometry.fromPointXY(places[node.get("id")]))
        for node in town.iter("node")
        if _tags(node)
    ]
    return ways, nodes


def _tags(element: ET.Element) -> dict[str, str]:
    return {tag.get("k", ""): tag.get("v", "") for tag in element.iter("tag")}


def layer_of(kind: str, name: str, rows: list[Row]) -> Any:
    """Return rows as a layer in memory, as QuickOSM names its columns."""
    layer = QgsVectorLayer(f"{kind}?crs=EPSG:4326", name, "memory")
    keys = list(dict.fromkeys(key for _, tags, _ in rows for key in tags))
    columns = ["full_id", "osm_id", "osm_type", *keys]
    layer.dataProvider().addAttributes([QgsField(key, QVariant.String) for key in columns])
    layer.updateFields()
    kind_of = "node" if kind == "Point" else "way"
    features = []
    for number, tags, shape in rows:
        feature = QgsFeature(layer.fields())
        feature.setGeometry(shape)
        feature.setAttributes(
            [f"{kind_of[0]}{number}", number, kind_of, *(tags.get(key) for key in keys)]
        )
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


def save(layer: Any, path: Path, driver: str, *, is_added: bool = False) -> None:
    """Save a layer as the dialogue of QGIS does."""
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName = driver, layer.name()
    options.fileEncoding = "UTF-8"
    if is_added:
        options.actionOnExistingFile = QgsVectorFileWriter.CreateOrOverwriteLayer
    error, *why = QgsVectorFileWriter.writeAsVectorFormatV3(
        layer, str(path), QgsCoordinateTransformContext(), options
    )
    if error != QgsVectorFileWriter.NoError:
        raise RuntimeError(f"{path}: {why}")


def main() -> None:
    """Write `town.gpkg`, `town.zip` and `town.geojson` beside this file."""
    ways, nodes = read_town()
    lines, points = layer_of("LineString", "jalan", ways), layer_of("Point", "titik", nodes)
    for path in (HERE / "town.gpkg", HERE / "town.geojson"):
        path.unlink(missing_ok=True)
    save(lines, HERE / "town.gpkg", "GPKG")
    save(points, HERE / "town.gpkg", "GPKG", is_added=True)
    save(lines, HERE / "town.geojson", "GeoJSON")
    with tempfile.TemporaryDirectory() as folder:
        save(lines, Path(folder) / "jalan.shp", "ESRI Shapefile")
        with zipfile.ZipFile(HERE / "town.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                archive.writestr(
                    zipfile.ZipInfo(part.name, WHEN), part.read_bytes(), zipfile.ZIP_DEFLATED
                )


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    main()
    application.exitQgis()
