"""The road audit as a page for the office that keeps the roads: a map, a table beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import numpy as np
import shapely

from batu_geo.domain.errors import shown
from batu_geo.network.turning.rule_places import KINDS as RULES
from batu_geo.render.cartography.base_map import ROAD_TOLERANCE_M, road_lines
from batu_geo.render.cartography.map_spec import Label, LegendEntry, LegendGroup, Tip
from batu_geo.render.cartography.palette import ROAD_FINDINGS
from batu_geo.render.text.escaping import escape_text
from batu_geo.render.text.road_audit_words import audit_notes, row_cells
from batu_geo.render.text.words import mode_word, number, word
from batu_geo.render.web import map_elements
from batu_geo.render.web.asset_files import asset
from batu_geo.render.web.map_layers import Features, geojson_layer, tooltip
from batu_geo.render.web.map_page import MapPage
from batu_geo.render.web.offline import OfflineMap, page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.errors import Language
    from batu_geo.domain.tables import Villages
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.planning.road_findings import RoadFindings

VILLAGE_STYLE = {"fillColor": "#f4f6f3", "fillOpacity": 0.8, "color": "#7a8b99", "weight": 1}
PARTS = ("without_people", "without_unit")
LINES = (*PARTS, "drawn_twice", "gap")
# Of each kind, those that concern most people; the CSV file has all.
MOST_DRAWN = 1000
MOST_LISTED = 200
# Columns of the list; a second line of a cell has the tags of a rule, or the place.
HEADINGS = {
    "audit_kind": "audit_rule", "village": "", "audit_street": "", "audit_metres": "",
    "audit_people": "", "audit_way": "audit_place",
}  # fmt: skip
# More rules than this crowd the map: their layer begins hidden.
MOST_RULES = 30


def road_audit_map(
    findings: RoadFindings,
    villages: Villages,
    roads: RoadNetwork,
    *,
    title: str,
    inputs: Mapping[str, Mapping[str, str]],
    language: Language,
) -> MapPage:
    """Return the page of a road audit.

    Parameters
    ----------
    findings
        What was found.
    villages, roads
        To draw below it.
    title
        Of the study.
    inputs
        By table: origin, date and evidence; that of ``roads`` is there.
    language
        Of every word on the page.
    """
    heading = word("audit_page_title", language, title=shown(title))
    drawn = _drawn(findings, villages, roads, language)
    subtitle = word("audit_title", language, mode=mode_word(findings.mode, language))
    furniture = (
        f"<style>{asset('road_audit.css')}</style>"
        + map_elements.heading(heading, subtitle)
        + map_elements.banner(inputs, language)
        + _aside(findings, inputs["roads"], language)
        + map_elements.sources(inputs, language)
    )
    west, south, east, north = villages.to_crs("EPSG:4326").total_bounds.tolist()
    corners = json.dumps([[south, west], [north, east]])
    script = f"{asset('map_frame.js')}\n{asset('map_audit.js')}\nsetUpAudit(MAP, {corners});"
    return MapPage(
        page(drawn, title=heading, language=language, furniture=furniture, script=script)
    )


def _groups(findings: RoadFindings) -> dict[str, gpd.GeoDataFrame]:
    """Return the rows that are drawn by the name of their look, parts with a unit left out."""
    parts = findings.of_kind("part")
    alone = parts[parts["units"].fillna(0) == 0]
    groups = {kind: findings.of_kind(kind) for kind in ROAD_FINDINGS.looks if kind not in PARTS}
    groups["without_unit"] = alone[alone["people"] > 0]
    groups["without_people"] = alone[alone["people"] == 0]
    return {kind: groups[kind].head(MOST_DRAWN) for kind in ROAD_FINDINGS.looks}


def _drawn(
    findings: RoadFindings, villages: Villages, roads: RoadNetwork, language: Language
) -> OfflineMap:
    """Return the villages and roads below the findings, lines below points."""
    drawn = OfflineMap(tiles=None, zoom_snap=0.25, zoom_delta=0.5)
    outlines = gpd.GeoSeries(villages.geometry)
    names = [escape_text(shown(name)) for name in villages["village_name"]]
    styles = [VILLAGE_STYLE] * len(villages)
    geojson_layer(
        Features(outlines, names, styles), name=word("village", language)
    ).add_to(drawn)  # fmt: skip
    lines = road_lines(roads, "screen")
    shapes = gpd.GeoSeries([line.lines for line in lines], crs=roads.crs)
    looks: list[dict[str, Any]] = [
        {"color": line.colour, "weight": line.width, "interactive": False} for line in lines
    ]
    if len(shapes):
        geojson_layer(
            Features(shapes, [""] * len(shapes), looks), name=word("roads", language)
        ).add_to(drawn)  # fmt: skip
    groups = _groups(findings)
    for kind in (*LINES, *(kind for kind in groups if kind not in LINES)):
        if len(groups[kind]):
            _layer(kind, groups[kind], findings, language).add_to(drawn)
    folium.LayerControl(collapsed=True, position="topright").add_to(drawn)
    return drawn


def _layer(
    kind: str, rows: gpd.GeoDataFrame, findings: RoadFindings, language: Language
) -> folium.GeoJson:
    """Return the lines of a kind, where it has any, and a point on each row but on parts."""
    look = ROAD_FINDINGS.look_of(kind)
    tips = [tooltip(_tip(row, language)) for row in rows.to_dict("records")]
    shapes: list[shapely.Geometry] = []
    styles: list[dict[str, Any]] = []
    if kind in LINES:
        shapes += rows.geometry.simplify(ROAD_TOLERANCE_M["screen"]).tolist()
        style: dict[str, Any] = {"color": look.colour, "weight": 4, "opacity": 0.9}
        styles += [style | ({"dashArray": "6 5"} if look.is_dashed else {})] * len(rows)
    if kind not in PARTS:
        shapes += findings.places.loc[rows.index].tolist()
        dot = {"color": "#ffffff", "weight": 1.5, "fillColor": look.colour, "fillOpacity": 0.95}
        styles += [dot] * len(rows)
    tips *= len(shapes) // len(rows)
    return geojson_layer(
        Features(gpd.GeoSeries(shapes, crs=rows.crs), tips, styles),
        name=word(f"road_{kind}", language),
        is_shown=kind not in RULES or len(rows) <= MOST_RULES,
        marker=folium.CircleMarker(radius=7, fill=True),
    )


def _tip(row: Mapping[Any, Any], language: Language) -> Tip:
    cells = row_cells(row, language)
    kind = cells.pop("audit_kind")
    rows = tuple((word(key, language), cell) for key, cell in cells.items())
    return Tip(f"{row['number']}. {kind}", rows)


def _legend(findings: RoadFindings, language: Language) -> LegendGroup:
    """Return the kinds that are drawn, with how many there are of each."""
    groups = _groups(findings)
    counts = {kind: len(rows) for kind, rows in groups.items()}
    counts |= {k: n for k, n in findings.counts["n"].items() if k in groups}
    entries = tuple(
        LegendEntry(
            Label(f"{word(f'road_{kind}', language)}: {number(counts[kind], language)}"),
            look, is_line=kind in LINES,
        )
        for kind, look in ROAD_FINDINGS.looks.items()
    )  # fmt: skip
    return LegendGroup(Label(word("audit_kind", language)), entries)


def _aside(findings: RoadFindings, source: Mapping[str, str], language: Language) -> str:
    """Return the HTML beside the map: the sentences, then the table."""
    notes = "".join(f"<p>{escape_text(n)}</p>" for n in audit_notes(findings, source, language))
    listed = findings.rows[findings.rows.groupby("kind").cumcount() < MOST_LISTED]
    rest = len(findings.rows) - len(listed)
    more = word("audit_more", language, count=number(rest, language)) if rest else ""
    legend = map_elements.legend([_legend(findings, language)], language)
    return (
        f'<section class="audit">{legend}{notes}'
        f"<h2>{escape_text(word('audit_list', language))}</h2>"
        f"{_table(listed, findings, language)}<p>{escape_text(more)}</p>"
        f'<p class="small">{escape_text(word("audit_help", language))}</p></section>'
    )


def _table(listed: gpd.GeoDataFrame, findings: RoadFindings, language: Language) -> str:
    if listed.empty:
        return f"<p>{escape_text(word('audit_nothing', language))}</p>"
    places = findings.places.to_crs("EPSG:4326").to_numpy()[listed.index]
    degrees = np.round(shapely.get_coordinates(places), 6).tolist()
    keys = [", ".join(word(k, language) for k in pair if k) for pair in HEADINGS.items()]
    head = "".join(f'<th scope="col">{escape_text(key)}</th>' for key in ("#", *keys))
    rows = []
    for row, (lon, lat) in zip(listed.to_dict("records"), degrees, strict=True):
        said = row_cells(row, language) | {"audit_place": f"{lon:.6f}, {lat:.6f}", "": ""}
        cells = [_cell(word(k, language), said[k], said[below]) for k, below in HEADINGS.items()]
        rows.append(
            f'<tr><th scope="row"><button type="button" data-lon="{lon:.6f}" '
            f'data-lat="{lat:.6f}">{row["number"]}</button></th>'
            f"{''.join(cells)}</tr>"
        )
    return (
        f'<div class="rows" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(label: str, text: str, below: str) -> str:
    """Return the HTML of a cell of the list: its text, a second line, its label for a phone."""
    more = f'<span class="small">{escape_text(below)}</span>' if below else ""
    return f'<td data-label="{escape_text(label)}">{escape_text(text)}{more}</td>'
