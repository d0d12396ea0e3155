"""The explorer of a large study: a page for each district, and one that leads to them.

A page counts the people of its district alone, and says so: it carries the units and buildings that
are the nearest for any of them, wherever these stand.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import geopandas as gpd
import numpy as np
import shapely

from batu_geo.domain.tables import geojson_geometry
from batu_geo.planning.explorer_data import explorer_data
from batu_geo.render.cartography.base_map import base_map
from batu_geo.render.cartography.name_places import degrees
from batu_geo.render.text.escaping import escape_json, escape_text
from batu_geo.render.text.file_names import readable_name
from batu_geo.render.web import map_elements
from batu_geo.render.web.asset_files import asset
from batu_geo.render.web.explorer.explorer_content import (
    demand_content,
    homes_lon_lat,
    homes_of,
    modes_content,
    whole_content,
)
from batu_geo.render.web.explorer.explorer_page import PagePart, explorer_page, framed
from batu_geo.render.web.map_layers import road_styles
from batu_geo.render.web.map_page import MapPage
from batu_geo.render.web.offline import own_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from batu_geo.access.place_seconds import HomeSeconds
    from batu_geo.domain.errors import Language
    from batu_geo.domain.tables import Villages
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.explorer_data import ExplorerData
    from batu_geo.render.cartography.base_map import BaseMap
    from batu_geo.render.web.village_facts import Link

HOMES_A_PAGE = 40_000  # with more there is a page for each district; about 5 MB
EXPLORER, FOLDER = "jelajah.html", "jelajah"
AROUND = 0.01  # degrees drawn around a district
CODE_LEVELS = 4


class District(NamedTuple):
    """A district: its name, the numbers of its villages and the path of its page."""

    name: str
    villages: NDArray[np.intp]
    path: str


def explorer_pages(
    assessment: Assessment,
    language: Language = "id",
    links: Mapping[str, Sequence[Link]] | None = None,
) -> Iterator[tuple[str, MapPage]]:
    """Yield path and page of the explorer: one page, or of a large study a page for each district.

    The first is `EXPLORER`; `links` as in `explorer_page`, from the folder of that.
    """
    districts = districts_of(assessment.study.villages)
    is_large = len(assessment.demand) > HOMES_A_PAGE
    data = explorer_data(assessment, is_lean=is_large)
    if not is_large or len(districts) == 1:
        yield EXPLORER, explorer_page(data, language, links)
        return
    base = base_map(assessment, language)
    yield EXPLORER, _index(base, districts)
    yield from _pages(data, base, districts, links or {})


def save_explorer(
    folder: Path,
    assessment: Assessment,
    language: Language = "id",
    links: Mapping[str, Sequence[Link]] | None = None,
) -> None:
    """Write every page of `explorer_pages` into a folder."""
    for path, page in explorer_pages(assessment, language, links):
        (folder / path).parent.mkdir(exist_ok=True)
        page.save(folder / path)


def districts_of(villages: Villages) -> list[District]:
    """Return the districts in the order of their first villages; one where a name is missing.

    Districts of one name in two regencies are two.
    """
    ids = [str(name).split(".") for name in villages["village_id"]]
    codes = [".".join(parts[:-1]) if len(parts) == CODE_LEVELS else "" for parts in ids]
    names = villages["district_name"].fillna("")
    keys = list(zip(names, codes, strict=True)) if (names != "").all() else [("", "")] * len(names)
    order = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    of = np.array([order[key] for key in keys], dtype=np.intp)
    return [
        District(
            name,
            np.flatnonzero(of == n),
            f"{FOLDER}/{readable_name(n + 1, name, code)}.html",
        )
        for (name, code), n in order.items()
    ]


def _pages(
    data: ExplorerData,
    base: BaseMap,
    districts: Sequence[District],
    links: Mapping[str, Sequence[Link]],
) -> Iterator[tuple[str, MapPage]]:
    above = {code: [(title, f"../{path}") for title, path in of] for code, of in links.items()}
    whole, ground = whole_content(data, base, above), _Ground.of(base)
    people, village = homes_of(data)
    lon_lat, district = homes_lon_lat(data), np.zeros(len(base.villages), np.intp)
    for n, one in enumerate(districts):
        district[one.villages] = n
    parts = {
        mode: seconds.of_groups(district[village], len(districts))
        for mode, seconds in data.seconds.items()
    }
    number_of = np.array([-1 if p["village"] is None else p["village"] for p in whole["places"]])
    home_district = np.where(number_of < 0, -1, district[number_of])
    met = [
        np.unique(
            np.r_[np.flatnonzero(home_district == n), *(of[n].place for of in parts.values())]
        )
        for n in range(len(districts))
    ]
    shared = _shared(whole["places"], met, districts)
    for n, one in enumerate(districts):
        own = {mode: of[n] for mode, of in parts.items()}
        homes = next(iter(own.values())).homes
        row_of = np.full(len(base.villages), -1)
        row_of[one.villages] = np.arange(len(one.villages))
        bounds = shapely.total_bounds(ground.outlines[one.villages]).tolist()
        content = whole | {
            "villages": [whole["villages"][row] for row in one.villages],
            "places": [_place(whole, k, row_of, districts[home_district[k]]) for k in met[n]],
            "modes": _modes(data, own, met[n], base.language),
            "demand": demand_content(
                people[homes], row_of[village[homes]], lon_lat[homes], bounds
            ),
            "orientation": _orientation(whole["orientation"], bounds),
            **ground.within(bounds),
        }  # fmt: skip
        said = _said(base, one, int(people[homes].sum()), content["places"], shared)
        title = f"{base.place}, {base.word('map_district', name=one.name)}"
        yield one.path, framed(data, base, content, PagePart(title, said))


def _modes(
    data: ExplorerData, own: Mapping[str, HomeSeconds], met: NDArray[np.intp], language: Language
) -> list[dict[str, Any]]:
    homes = next(iter(own.values())).homes
    return modes_content(data, {m: part.to(met) for m, part in own.items()}, homes, language)


def _place(
    whole: Mapping[str, Any], place: int, row_of: NDArray[np.intp], home: District
) -> dict[str, Any]:
    """Return a unit or building of a page; one of another district says where it stands."""
    known: dict[str, Any] = whole["places"][place]
    village = known["village"]
    if village is None or row_of[village] >= 0:
        return known | {"village": None if village is None else int(row_of[village])}
    name = f"{known['name']} ({whole['villages'][village]['name']}, {home.name})"
    return known | {"village": None, "name": name}


def _shared(
    places: Sequence[Mapping[str, Any]],
    met: Sequence[NDArray[np.intp]],
    districts: Sequence[District],
) -> dict[str, list[District]]:
    """Return the districts of each building that counts in several."""
    found: dict[str, list[District]] = {}
    for one, numbers in zip(districts, met, strict=True):
        for place in numbers.tolist():
            if not places[place]["isUnit"]:
                found.setdefault(places[place]["id"], []).append(one)
    return {name: of for name, of in found.items() if len(of) > 1}


def _said(
    base: BaseMap,
    own: District,
    people: int,
    places: Sequence[Mapping[str, Any]],
    shared: Mapping[str, Sequence[District]],
) -> str:
    """Return what the page of a district says of itself and of other districts, as HTML."""
    what = base.word(
        "explore_part_what", people=base.number(people), villages=base.number(len(own.villages)),
        district=base.word("map_district", name=own.name),
    )  # fmt: skip
    lines = [
        f"<li>{escape_text(place['name'])}: {', '.join(_link(base, of) for of in others)}</li>"
        for place in places
        if (others := [of for of in shared.get(place["id"], ()) if of is not own])
    ]
    listed = ""
    if lines:
        summary = base.word("explore_part_shared", count=base.number(len(lines)))
        listed = (
            f"<details><summary>{escape_text(summary)}</summary><ul>{''.join(lines)}</ul></details>"
        )
    known = json.dumps([place["id"] for place in places if not place["isUnit"]])
    return (
        f'<div class="part"><p>{escape_text(what)} <a class="district" href="../{EXPLORER}">'
        f"{escape_text(base.word('explore_part_all'))}</a></p>{listed}"
        f'<p id="elsewhere" role="status" data-known="{escape_text(known)}" '
        f'data-says="{escape_text(base.word("explore_part_elsewhere"))}" hidden></p></div>'
    )


def _link(base: BaseMap, district: District) -> str:
    name = base.word("map_district", name=district.name)
    path = quote(district.path.removeprefix(f"{FOLDER}/"))
    return f'<a class="district" href="{path}">{escape_text(name)}</a>'


def _orientation(whole: Mapping[str, Any], bounds: Sequence[float]) -> dict[str, Any]:
    """Return the lines of districts that a page meets, and the names on it."""
    west, south, east, north = bounds
    box = shapely.box(west, south, east, north)
    return {
        **whole,
        "lines": [line for line in whole["lines"] if shapely.geometry.shape(line).intersects(box)],
        "names": [
            name
            for name in whole["names"]
            if west <= name["lon"] <= east and south <= name["lat"] <= north
        ],
    }


class _Ground(NamedTuple):
    """Roads, ground and water of the study as pieces that a page cuts its own from, in degrees."""

    outlines: NDArray[np.object_]
    looks: list[dict[str, Any]]
    layers: list[tuple[NDArray[np.object_], shapely.STRtree]]

    @classmethod
    def of(cls, base: BaseMap) -> _Ground:
        """Take the pieces of a map."""
        lines, looks = road_styles(base)
        ground = degrees(gpd.GeoSeries([base.empty_ground], crs=base.villages.crs))
        shapes = [*degrees(lines), ground[0], shapely.GeometryCollection(list(degrees(base.water)))]
        pieces = [shapely.get_parts(shape) for shape in shapes]
        return cls(degrees(base.screen_outlines), looks, [(p, shapely.STRtree(p)) for p in pieces])

    def within(self, bounds: Sequence[float]) -> dict[str, Any]:
        """Return what lies in some bounds and a little around them; the shade of hills does not."""
        west, south, east, north = bounds
        box = (west - AROUND, south - AROUND, east + AROUND, north + AROUND)
        found = []
        for pieces, tree in self.layers:
            cut = shapely.clip_by_rect(pieces[np.sort(tree.query(shapely.box(*box)))], *box)
            there = shapely.GeometryCollection(list(cut[~shapely.is_empty(cut)]))
            found.append(geojson_geometry(there))
        *roads, ground, water = found
        shapes = [{"shape": s, "looks": look} for s, look in zip(roads, self.looks, strict=True)]
        return {"roads": shapes, "ground": ground, "water": [water], "shade": None}


def _index(base: BaseMap, districts: Sequence[District]) -> MapPage:
    """Return the page that leads to the districts, by name or by the name of a village."""
    villages, status = base.villages, np.array(base.status)
    demand = base.assessment.demand
    title = base.word("explore_title", place=base.place)
    what = base.word("explore_index_what", homes=base.number(len(demand)),
                     largest=base.number(HOMES_A_PAGE))  # fmt: skip
    items, names = [], []
    for one in districts:
        of = villages.iloc[one.villages]
        said = base.word(
            "explore_index_district", villages=base.number(len(of)),
            people=base.number(int(of["population"].sum())),
            without=base.number(int((status[one.villages] == "none").sum())),
        )  # fmt: skip
        path, name = quote(one.path), base.word("map_district", name=one.name)
        items.append(f'<li><a class="district" href="{path}"><span><b>{escape_text(name)}</b>'
                     f"{escape_text(said)}</span></a></li>")  # fmt: skip
        names += [
            {"name": f"{row['village_name']} ({one.name})",
             "path": f"{path}#v={quote(str(row['village_id']), safe='')}"}
            for row in of.drop(columns="geometry").to_dict("records")
        ]  # fmt: skip
    found = {
        "names": names,
        "words": {key: base.word(key) for key in ("map_found", "map_not_found")},
    }
    body = (
        map_elements.heading(title, base.note(what))
        + map_elements.tools("", base.language, has_picture=False)
        + map_elements.banner(base.inputs, base.language)
        + f'<main class="front"><ul>{"".join(items)}</ul></main>'
        + map_elements.sources(base.inputs, base.language)
        + f'<script id="data" type="application/json">{escape_json(found)}</script>'
    )
    modules = [asset(f"{name}.js") for name in ("map_search", "explorer_index")]
    script = "(() => {\n" + "\n".join(['"use strict";', *modules]) + "})();"
    return MapPage(own_page(title=title, language=base.language, body=body, script=script))
