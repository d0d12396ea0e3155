"""The national page: one file, offline, of every village and region that was computed."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any

from batu_geo.domain.tables import EVIDENCE
from batu_geo.render.cartography.legends import share_group
from batu_geo.render.cartography.map_spec import Label, LegendEntry, LegendGroup
from batu_geo.render.cartography.palette import DISTRICT_LINE, SHARE, Look
from batu_geo.render.nation.shared_arcs import shared_arcs
from batu_geo.render.text.catalogue import catalogue
from batu_geo.render.text.escaping import escape_json, escape_text
from batu_geo.render.text.words import number, word
from batu_geo.render.web import map_elements
from batu_geo.render.web.asset_files import asset
from batu_geo.render.web.map_page import MapPage
from batu_geo.render.web.offline import own_page
from batu_geo.render.web.packing import packed_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from batu_geo.domain.errors import Language

BANDS = 20
VILLAGE = ("village_id", "village_name", "region", "population", "people_beyond", "band")
REGION = ("region", "title", "population", "people_beyond", "units", "evidence", "band",
          "villages", "criteria_lacking")  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class NationalData:
    """What the page says.

    Attributes
    ----------
    title, reach
        Of the whole, and when people count as reached, in words.
    villages
        ``village_id``, ``village_name``, ``region``, ``population``, ``people_beyond``, ``band``
        (missing for a village with a unit) and outlines.
    regions
        ``region`` (its code), ``title``, ``population``, ``people_beyond``, ``units``,
        ``evidence``, ``band``, ``villages`` and ``criteria_lacking``.
    total
        How many regions there are, computed or not.
    failed
        Those that are not on the page.
    links
        Address of the own page of a region, by its code.
    """

    title: str
    reach: str
    villages: gpd.GeoDataFrame
    regions: pd.DataFrame
    total: int
    failed: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)


def nation_page(data: NationalData, language: Language = "id") -> MapPage:
    """Return the page, under 5 MB for 83,000 villages."""
    made = {"count": number(len(data.regions), language), "total": number(data.total, language)}
    standing = word("nation_standing", language, **made)
    body = Template(_own("nation.html")).substitute(
        heading=map_elements.heading(data.title, f"{data.reach} {standing}"),
        banner=_banner(data, language),
        legend=map_elements.legend(_legend(language), language),
        data=escape_json(_content(data, language)),
        **{key: escape_text(word(f"nation_{key}", language)) for key in catalogue()["nation"]},
    )
    scripts = [asset("unpack_text.js"), *(_own(f"nation_{n}.js") for n in ("arcs", "map", "lists"))]
    script = "(() => {\n" + "\n".join(['"use strict";', *scripts]) + "})();"
    page = own_page(title=data.title, language=language, body=body, styles=_own("nation.css"),
                    script=script)  # fmt: skip
    return MapPage(page)


def _own(name: str) -> str:
    """Return an asset of this room."""
    return files("batu_geo.render.nation").joinpath("assets", name).read_text(encoding="utf-8")


def _banner(data: NationalData, language: Language) -> str:
    """Return which regions are not on the page; nothing where all are."""
    if len(data.regions) >= data.total:
        return ""
    found = ", ".join(data.failed) or "-"
    text = word("nation_not_here", language, count=data.total - len(data.regions), found=found)
    return f'<div class="banner">{escape_text(text)}</div>'


def _legend(language: Language) -> tuple[LegendGroup, ...]:
    line = LegendEntry(
        Label(word("nation_border", language)), Look(DISTRICT_LINE.colour), is_line=True
    )
    shares = share_group(word("explore_share", language), language)
    return (LegendGroup(shares.title, (*shares.entries, line)),)


def _content(data: NationalData, language: Language) -> dict[str, Any]:
    """Return what the scripts of the page begin with."""
    villages = data.villages.to_crs("EPSG:4326").sort_values(["region", "village_id"])
    arcs = shared_arcs(list(villages.geometry))
    codes = {code: n for n, code in enumerate(data.regions["region"])}
    columns = {
        "id": villages["village_id"].tolist(),
        "name": villages["village_name"].tolist(),
        "region": villages["region"].map(codes).tolist(),
        "people": villages["population"].astype(int).tolist(),
        "beyond": villages["people_beyond"].astype(int).tolist(),
        "band": villages["band"].fillna(0).astype(int).tolist(),
    }
    return {
        "language": language,
        "words": {key: word(f"nation_{key}", language) for key in catalogue()["nation"]},
        "evidence": {name: word(name, language) for name in EVIDENCE},
        "bands": BANDS,
        "arcs": {"text": arcs.text, "west": arcs.west, "north": arcs.north, "step": arcs.step,
                 "metres": arcs.metres},
        "villages": packed_text(escape_json(columns)),
        "regions": data.regions[list(REGION)].astype(object).to_dict("records"),
        "links": dict(data.links),
        "looks": {"share": [look.colour for look in SHARE.looks], "breaks": SHARE.breaks},
    }  # fmt: skip
