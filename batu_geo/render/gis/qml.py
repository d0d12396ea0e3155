"""Styles as QGIS reads them (QML): symbols, labels, titles of columns and words of codes."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from batu_geo.render.gis.layer_looks import UNKNOWN, as_rgba
from batu_geo.render.text.column_headings import plain_text
from batu_geo.render.web.svg_symbols import svg_symbol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batu_geo.render.gis.layer_looks import ClassLook, Kind, LayerLook

VERSION = "3.22.0"
CATEGORIES = "Symbology|Labeling|Fields|Forms"
LABEL = {"fontSize": "8", "fontFamily": "Sans", "textColor": "30,30,30,255"}
HALO = {"bufferDraw": "1", "bufferSize": "0.8", "bufferColor": "255,255,255,220"}
SVG_HEAD, SVG_NAMED = "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '
SYMBOL = "symbol "
LAYER_OF: Mapping[Kind, str] = {
    "fill": "SimpleFill",
    "line": "SimpleLine",
    "marker": "SimpleMarker",
}
AROUND_POINT, OVER_AREA = "0", "1"


def qml(look: LayerLook, fields: Mapping[str, str], codes: Mapping[str, Mapping[str, str]]) -> str:
    """Return a style as text.

    Parameters
    ----------
    look
        How the layer is drawn.
    fields
        By column, in the order of the layer: its title.
    codes
        By column: words of its codes.
    """
    root = ET.Element("qgis", version=VERSION, styleCategories=CATEGORIES,
                      labelsEnabled=str(int(bool(look.label))))  # fmt: skip
    root.extend(style_parts(look, fields, codes))
    return ET.tostring(root, encoding="unicode")


def style_parts(
    look: LayerLook, fields: Mapping[str, str], codes: Mapping[str, Mapping[str, str]]
) -> list[ET.Element]:
    """Return the elements of a style, for a style alone and for a layer of a project."""
    parts = [_renderer(look)]
    if look.label:
        parts.append(_labels(look))
    widgets = ET.Element("fieldConfiguration")
    for name in fields:
        field = ET.SubElement(widgets, "field", name=name)
        if name in codes:
            field.append(_value_map(codes[name]))
    aliases = ET.Element("aliases")
    for n, (name, title) in enumerate(fields.items()):
        ET.SubElement(aliases, "alias", index=str(n), field=name, name=plain_text(title))
    return [*parts, widgets, aliases]


def _renderer(look: LayerLook) -> ET.Element:
    ranges = all(isinstance(c.value, tuple) for c in look.classes)
    if not look.attribute:
        root = ET.Element("renderer-v2", type="singleSymbol")
    elif ranges:
        attribute = look.attribute
        if any(c.value == (UNKNOWN, UNKNOWN) for c in look.classes):
            attribute = f'coalesce("{attribute}", {UNKNOWN:g})'
        root = ET.Element("renderer-v2", type="graduatedSymbol", attr=attribute,
                          graduatedMethod="GraduatedColor")  # fmt: skip
        root.append(_ranges(look.classes))
    else:
        root = ET.Element("renderer-v2", type="categorizedSymbol", attr=look.attribute)
        root.append(_categories(look.classes))
    symbols = ET.SubElement(root, "symbols")
    for n, shown in enumerate(look.classes):
        symbols.append(_symbol(look.kind, n, shown))
    return root


def _ranges(classes: Sequence[ClassLook]) -> ET.Element:
    root = ET.Element("ranges")
    for n, shown in enumerate(classes):
        assert isinstance(shown.value, tuple)  # noqa: S101 - asked by the caller
        low, high = shown.value
        ET.SubElement(root, "range", symbol=str(n), lower=f"{low:g}", upper=f"{high:g}",
                      label=plain_text(shown.label), render="true")  # fmt: skip
    return root


def _categories(classes: Sequence[ClassLook]) -> ET.Element:
    root = ET.Element("categories")
    for n, shown in enumerate(classes):
        ET.SubElement(root, "category", symbol=str(n), value=plain_text(shown.value),
                      label=plain_text(shown.label), type="string", render="true")  # fmt: skip
    return root


def _symbol(kind: Kind, number: int, shown: ClassLook) -> ET.Element:
    symbol = ET.Element("symbol", type=kind, name=str(number), alpha="1")
    is_svg = shown.marker.startswith(SYMBOL)
    layer = ET.SubElement(symbol, "layer", {"class": "SvgMarker" if is_svg else LAYER_OF[kind],
                          "enabled": "1", "locked": "0", "pass": "0"})  # fmt: skip
    options = ET.SubElement(layer, "Option", type="Map")
    for key, value in _properties(kind, shown):
        ET.SubElement(options, "Option", name=key, type="QString", value=value)
        # QGIS before 3.18 reads these.
        ET.SubElement(layer, "prop", k=key, v=value)
    return symbol


def _properties(kind: Kind, shown: ClassLook) -> Iterable[tuple[str, str]]:
    """Return what a layer of a symbol is made of."""
    colour, edge = as_rgba(shown.colour, shown.alpha), as_rgba(shown.edge)
    stroke = "dash" if shown.is_dashed else "solid"
    if kind == "line":
        return [("line_color", colour), ("line_width", f"{shown.width:g}"),
                ("line_width_unit", "MM"), ("line_style", stroke)]  # fmt: skip
    if kind == "fill":
        style = "b_diagonal" if shown.is_hatched else "solid"
        return [("color", colour), ("style", style), ("outline_color", edge),
                ("outline_style", stroke), ("outline_width", f"{shown.width:g}"),
                ("outline_width_unit", "MM")]  # fmt: skip
    size = [("size", f"{shown.width:g}"), ("size_unit", "MM")]
    if shown.marker.startswith(SYMBOL):
        drawn = svg_symbol(shown.marker.removeprefix(SYMBOL)).replace(SVG_HEAD, SVG_NAMED, 1)
        packed = base64.b64encode(drawn.encode()).decode()
        return [("name", f"base64:{packed}"), ("color", colour), *size]
    return [("name", shown.marker), ("color", colour), ("outline_color", edge), *size]


def _labels(look: LayerLook) -> ET.Element:
    labeling = ET.Element("labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    style = ET.SubElement(settings, "text-style", LABEL | {"fieldName": look.label,
                          "isExpression": "0"})  # fmt: skip
    ET.SubElement(style, "text-buffer", HALO)
    place = OVER_AREA if look.kind == "fill" else AROUND_POINT
    ET.SubElement(settings, "placement", placement=place)
    ET.SubElement(settings, "rendering", obstacle="1")
    return labeling


def _value_map(words: Mapping[str, str]) -> ET.Element:
    """Return the words of codes, shown in forms and tables in place of the codes."""
    widget = ET.Element("editWidget", type="ValueMap")
    outer = ET.SubElement(ET.SubElement(widget, "config"), "Option", type="Map")
    rows = ET.SubElement(outer, "Option", name="map", type="List")
    for code, text in words.items():
        row = ET.SubElement(rows, "Option", type="Map")
        ET.SubElement(row, "Option", name=plain_text(text), type="QString", value=plain_text(code))
    return widget
