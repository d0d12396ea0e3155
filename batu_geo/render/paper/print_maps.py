"""Maps for paper: vector, hatched for copies in grey, with scale, north, legend and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from batu_geo.render.paper import print_style as ink
from batu_geo.render.paper.map_tables import MapTables, houses, opened_sites, places
from batu_geo.render.paper.print_elements import (
    LEGEND_MM,
    Entry,
    draw_legend,
    draw_north,
    draw_scale,
    map_panel,
    sheet,
)
from batu_geo.render.paper.print_layers import (
    Mark,
    draw_areas,
    draw_marks,
    draw_names,
    draw_reach,
    draw_roads,
    draw_trips,
    mark_boxes,
    placed_names,
    share_looks,
    spread,
)
from batu_geo.render.paper.print_legends import house_entries, place_entries, share_entries
from batu_geo.render.text.column_headings import plain_text
from batu_geo.render.text.words import mode_word, number, opened_words, word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd
    from matplotlib.figure import Figure

    from batu_geo.render.paper.print_elements import Panel
    from batu_geo.render.paper.print_layers import PlacedLabel

NAME_SIZE = 7.0
WITHOUT_UNIT_EDGE = 1.6
Size = tuple[float, float]
PAPER_MM = {"A4": (210, 297), "A3": (297, 420)}
SIDE_BY_SIDE = ("map_change", "map_staff")


def served_map(tables: MapTables, size: Size) -> Figure:
    """Return who is served today: villages by share, units, ranks of those without one."""
    figure, panel = _whole(tables, size)
    _shares(panel, tables, "share_before_percent")
    draw_roads(panel, tables.roads)
    _finish(panel, tables, places(tables))
    _legend(figure, [*share_entries(tables), *place_entries(tables)])
    return figure


def change_map(tables: MapTables, size: Size) -> Figure:
    """Return who is served before and after, side by side."""
    width, height = size
    figure = sheet(width, height)
    each = (width - LEGEND_MM - 6) / 2
    table = tables.before_after
    opened = opened_sites(tables)
    for n, (key, column, marks) in enumerate((
        ("print_map_before", "share_before_percent", places(tables)),
        ("print_map_after", "share_after_percent", [*places(tables), *houses(opened)]),
    )):  # fmt: skip
        panel = map_panel(figure, (n * (each + 3), 0, each, height - 7), _bounds(tables))
        _shares(panel, tables, column)
        draw_roads(panel, tables.roads)
        _finish(panel, tables, marks, size=6.2)
        served = table["served_before" if n == 0 else "served_after"].sum()
        share = number(100 * served / table["population"].sum(), tables.language, 1)
        _caption(figure, word(key, tables.language, share=share), n * (each + 3), height - 5)
    entries = [*share_entries(tables), *place_entries(tables), *house_entries(tables, opened)]
    _legend(figure, entries)
    return figure


def reach_map(tables: MapTables, size: Size) -> Figure:
    """Return the ground within reach of an open unit, by threshold."""
    figure, panel = _whole(tables, size)
    _outlines(panel, tables)
    rows = _headline_reach(tables)
    draw_reach(panel, rows, ink.REACH_FILL[: len(rows)])
    draw_roads(panel, tables.roads)
    _finish(panel, tables, places(tables))
    reach = [
        Entry(
            word("map_within", tables.language, minutes=number(limit, tables.language)),
            fill=colour,
            hatch=hatch,
        )
        for limit, colour, hatch in zip(
            sorted(rows["threshold_minutes"]), ink.REACH_FILL, ink.REACH_HATCH, strict=False
        )
    ]
    heading = Entry(_title(tables, "map_reach"))
    _legend(figure, [heading, *reach, *place_entries(tables)])
    return figure


def candidate_map(tables: MapTables, size: Size) -> Figure:
    """Return every candidate building with its rank, and the state of each village."""
    figure, panel = _whole(tables, size)
    status = [tables.unit_status[i] for i in tables.villages["village_id"]]
    draw_areas(
        panel,
        tables.shapes,
        [ink.STATUS_FILL[s] for s in status],
        [ink.STATUS_HATCH[s] for s in status],
        edges=_edges(tables),
    )
    draw_roads(panel, tables.roads)
    order = tables.candidates.sort_values("rank", na_position="last")
    _finish(panel, tables, [*places(tables), *houses(order)])
    states = [
        Entry(word(f"status_{key}", tables.language), fill=ink.STATUS_FILL[key],
              hatch=ink.STATUS_HATCH[key])
        for key in ("open", "closed", "none") if key in set(status)
    ]  # fmt: skip
    heading = Entry(word("layer_status", tables.language))
    entries = [heading, *states, *place_entries(tables), *house_entries(tables, order)]
    _legend(figure, entries)
    return figure


def referral_map(tables: MapTables, size: Size) -> Figure:
    """Return where each unit refers to: its parent puskesmas and the nearest hospital."""
    figure, panel = _whole(tables, size)
    _outlines(panel, tables)
    draw_roads(panel, tables.roads)
    points = tables.facilities.set_index("facility_id").geometry
    for column, colour, dashed in (
        ("puskesmas_id", ink.TO_PUSKESMAS, False),
        ("hospital_id", ink.TO_HOSPITAL, True),
    ):
        pairs = tables.trips[["facility_id", column]].dropna().itertuples(index=False, name=None)
        lines = [
            (points[a].x, points[a].y, points[b].x, points[b].y)
            for a, b in pairs
            if a in points.index and b in points.index
        ]
        draw_trips(panel, lines, colour=colour, dashed=dashed)
    _finish(panel, tables, places(tables))
    language = tables.language
    entries = [
        Entry(word("map_referral", language)),
        Entry(word("print_map_to_puskesmas", language), line=ink.TO_PUSKESMAS),
        Entry(word("print_map_to_hospital", language), line=ink.TO_HOSPITAL, dashes=True),
        Entry(word("map_straight", language)),
    ]
    _legend(figure, [*entries, *place_entries(tables)])
    return figure


def staff_map(tables: MapTables, size: Size) -> Figure:
    """Return which units have staff on each weekday, one small map a day."""
    width, height = size
    figure = sheet(width, height)
    columns, rows = 4, 2
    each, high = (width - 3 * (columns - 1)) / columns, (height - 4) / rows
    language = tables.language
    units = tables.facilities[tables.is_open_unit.notna()]
    days = tables.days.to_dict("records")
    for n, day in enumerate(days):
        left, bottom = (n % columns) * (each + 3), height - (n // columns + 1) * (high + 2) + 2
        panel = map_panel(figure, (left, bottom, each, high - 6), _bounds(tables))
        _outlines(panel, tables, thick=1.0)
        names = [
            "unit_open" if i in day["staffed"] else "unit_closed" for i in units["facility_id"]
        ]
        places = shapely.get_coordinates(units.geometry.to_numpy()).tolist()
        draw_marks(panel, [Mark(name, *xy) for name, xy in zip(names, places, strict=True)])
        text = word("map_staff_day", language, day=word(f"day_{day['weekday']}", language),
                    units=number(len(day["staffed"]), language),
                    people=number(day["mean_people"], language))  # fmt: skip
        _caption(figure, text, left, bottom + high - 5, size=6.6)
        if n == 0:
            _orient(panel, tables, [])
    entries = [
        Entry(word("map_staff", language)),
        Entry(word("map_staffed", language), symbol="unit_open"),
        Entry(word("map_unstaffed", language), symbol="unit_closed"),
    ]
    if not days:
        entries.append(Entry(word("map_no_staff", language)))
    draw_legend(figure, (width - each, 2, each, high - 6), entries)
    return figure


def village_map(tables: MapTables, size: Size, village_id: str, site_id: str = "") -> Figure:
    """Return one village with its candidate buildings; one of them large where named."""
    figure = sheet(*size)
    chosen = (tables.villages["village_id"] == village_id).to_numpy()
    west, south, east, north = tables.villages[chosen].total_bounds.tolist()
    panel = map_panel(figure, (0, 0, *size), (west, south, east, north))
    fills = ["#fff3df" if here else "#f4f4f1" for here in chosen]
    draw_areas(panel, tables.shapes, fills, [""] * len(fills),
               edges=[1.6 if here else 0.5 for here in chosen])  # fmt: skip
    draw_roads(panel, tables.roads)
    here = tables.candidates[tables.candidates["village_id"] == village_id]
    drawn = [
        Mark(m.name, m.x, m.y, m.text, m.dashed, scale=1.5 if row == site_id else 1.0)
        for m, row in zip(houses(here), here["site_id"], strict=True)
    ]
    drawn.sort(key=lambda mark: -mark.scale)
    marks = spread(panel, [*drawn, *places(tables)])
    draw_marks(panel, marks)
    _orient(panel, tables, marks)
    return figure


def paper_mm(tables: MapTables, key: str, paper: str) -> Size:
    """Return the sheet of a map: as the city stands, but side by side for several small ones."""
    short, long = PAPER_MM[paper]
    west, south, east, north = tables.villages.total_bounds.tolist()
    is_tall = north - south > east - west
    is_upright = is_tall and key not in SIDE_BY_SIDE
    return (short, long) if is_upright else (long, short)


MAPS: dict[str, Callable[[MapTables, Size], Figure]] = {
    "map_served": served_map,
    "map_change": change_map,
    "map_reach": reach_map,
    "map_candidates": candidate_map,
    "map_referral": referral_map,
    "map_staff": staff_map,
}


def map_title(tables: MapTables, key: str) -> str:
    """Return the title of one of `MAPS`."""
    return _title(tables, key)


def _title(tables: MapTables, key: str) -> str:
    head = tables.scenario.headline
    return word(
        key,
        tables.language,
        threshold=number(head.threshold_minutes, tables.language),
        mode=mode_word(head.mode, tables.language),
        opened=opened_words(tables.scenario, tables.language, count=len(tables.opened)),
    )


def _bounds(tables: MapTables) -> tuple[float, float, float, float]:
    west, south, east, north = tables.villages.total_bounds.tolist()
    return west, south, east, north


def _whole(tables: MapTables, size: Size) -> tuple[Figure, Panel]:
    width, height = size
    figure = sheet(width, height)
    return figure, map_panel(figure, (0, 0, width - LEGEND_MM - 3, height), _bounds(tables))


def _legend(figure: Figure, entries: Sequence[Entry]) -> None:
    width, height = figure.get_size_inches() / ink.MM
    draw_legend(figure, (width - LEGEND_MM, 0, LEGEND_MM, height), entries)


def _caption(figure: Figure, text: str, x_mm: float, y_mm: float, *, size: float = 8.0) -> None:
    width, height = figure.get_size_inches() / ink.MM
    figure.text(x_mm / width, y_mm / height, text, fontsize=size, fontweight="bold",
                color=ink.INK, va="bottom")  # fmt: skip


def _edges(tables: MapTables, *, thick: float = WITHOUT_UNIT_EDGE) -> list[float]:
    return [
        thick if tables.unit_status[i] == "none" else 0.5 for i in tables.villages["village_id"]
    ]


def _outlines(panel: Panel, tables: MapTables, *, thick: float = WITHOUT_UNIT_EDGE) -> None:
    count = len(tables.villages)
    edges = _edges(tables, thick=thick)
    draw_areas(panel, tables.shapes, ["#ffffff"] * count, [""] * count, edges=edges)


def _shares(panel: Panel, tables: MapTables, column: str) -> None:
    shares = tables.before_after.set_index("village_id")[column].to_dict()
    fills, hatches = share_looks(tables.villages["village_id"].tolist(), shares)
    draw_areas(panel, tables.shapes, fills, hatches, edges=_edges(tables))


def _finish(panel: Panel, tables: MapTables, marks: Sequence[Mark], *, size: float = 0) -> None:
    """Draw symbols, names, scale and north arrow."""
    placed = spread(panel, marks)
    draw_marks(panel, placed)
    labels = village_names(panel, tables, placed, size=size)
    bold = [i in tables.ranks for i in tables.villages["village_id"]]
    draw_names(panel, labels, bold)
    _orient(panel, tables, placed)


def _orient(panel: Panel, tables: MapTables, marks: Sequence[Mark]) -> None:
    """Draw scale and north arrow, where they hide neither a village nor a symbol."""
    boxes = [shapely.box(*box) for box in mark_boxes(panel, marks).tolist()]
    used = [*tables.villages.geometry, *boxes]
    draw_scale(panel, tables.language, used)
    draw_north(panel, str(tables.villages.crs), tables.language, used)


def village_names(
    panel: Panel, tables: MapTables, marks: Sequence[Mark], *, size: float = 0
) -> list[PlacedLabel]:
    """Return the names of the villages in their places, those without a unit with their rank."""
    ids = tables.villages["village_id"]
    names = [
        f"{tables.ranks[i]}. {plain_text(name)}" if i in tables.ranks else plain_text(name)
        for i, name in zip(ids, tables.villages["village_name"], strict=True)
    ]
    bold = [i in tables.ranks for i in ids]
    shapes = tables.villages.geometry.to_numpy()
    return placed_names(panel, shapes, names, marks, size=size or NAME_SIZE, bold=bold)


def _headline_reach(tables: MapTables) -> gpd.GeoDataFrame:
    return tables.catchments[tables.catchments["mode"] == tables.scenario.headline.mode]
