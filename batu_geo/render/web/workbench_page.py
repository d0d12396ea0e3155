"""The page of `batu-geo open`: markup, words and colours; it holds no data of a study."""

from __future__ import annotations

from dataclasses import replace
from string import Template
from typing import TYPE_CHECKING, Any

from batu_geo.domain.tables import EVIDENCE
from batu_geo.render.cartography.legends import share_group
from batu_geo.render.cartography.map_spec import Label, LegendEntry, LegendGroup
from batu_geo.render.cartography.palette import (
    DISTRICT_LINE,
    NEW_ROAD,
    PAIR,
    PEOPLE,
    SHARE,
    SURFACE,
)
from batu_geo.render.cartography.symbols import SYMBOLS
from batu_geo.render.text.catalogue import catalogue, labels
from batu_geo.render.text.escaping import escape_json, escape_text
from batu_geo.render.text.words import word
from batu_geo.render.web.asset_files import asset, scripts_of
from batu_geo.render.web.map_elements import legend
from batu_geo.render.web.svg_symbols import PATTERNS, fill_of, svg_house, svg_symbol

if TYPE_CHECKING:
    from batu_geo.domain.errors import Language
    from batu_geo.render.cartography.palette import Look

# Words of other pages that this one says too.
SHARED = (
    "no_data", "infinite", "people", "village", "population", "building", "north",
    "explore_minutes", "explore_none_left",
    "lost_unreachable", "lost_cut_off", "lost_not_snapped",
)  # fmt: skip
# What a file that is brought in may hold.
TABLES = ("facilities", "buildings", "population", "villages", "indicators", "staffing",
          "roads")  # fmt: skip
SUITABILITIES = ("fit", "to_verify", "refused")
DRAWN = ("unit_open", "unit_closed", "unit_off_road", "puskesmas", "hospital", "other", "refused")


def workbench_page(language: Language = "id") -> str:
    """Return the page as HTML, the same for every study."""
    known = words_of_page()
    return Template(asset("workbench.html")).substitute(
        {key: escape_text(labels()[key][language]) for key in known},
        language=language,
        modules=_modules(),
        patterns=PATTERNS,
        legend_box=legend(_legend(language), language),
        given=escape_json(_given(language)),
    )


def _modules() -> str:
    """Return the names of all modules, which come at once instead of one asking for the next."""
    names = scripts_of("workbench_")
    return "\n".join(f'<link rel="modulepreload" href="/assets/{name}">' for name in names)


def _legend(language: Language) -> tuple[LegendGroup, ...]:
    """Return what dots, signs and colours mean; a script shows the lines that occur."""

    def dots(kind: str, look: Look) -> LegendEntry:
        return LegendEntry(Label(word(f"bench_dot_{kind}", language)), look, kind=kind)

    people = [
        dots("losing" if kind == "cut_off" else kind, look) for kind, look in PEOPLE.looks.items()
    ]
    pair = [dots(kind, look) for kind, look in PAIR.looks.items()]
    signs = (("unit_open", "unit"), ("unit_closed", "closed"), ("fit", "building"))
    places = tuple(
        LegendEntry(Label(word(f"bench_key_{key}", language)), symbol=symbol, number=1)
        for symbol, key in signs
    )
    line = LegendEntry(Label(word("map_district_line", language)), DISTRICT_LINE, is_line=True)
    shares = share_group(word("explore_share", language), language)
    return (
        LegendGroup(Label(word("explore_people", language)), (*people, *pair)),
        LegendGroup(Label(word("facility", language)), places),
        replace(shares, entries=(*shares.entries, replace(line, kind="district"))),
        LegendGroup(
            Label(word("names", language)),
            (LegendEntry(Label(word("map_rank_number", language)), symbol="rank"),),
        ),
    )


def words_of_page() -> tuple[str, ...]:
    """Return the keys of all words that the page may say."""
    return (*SHARED, *(f"bench_{name}" for name in catalogue()["bench"]))


def _given(language: Language) -> dict[str, Any]:
    """Return what the scripts of the page begin with."""
    return {
        "language": language,
        "words": {key: labels()[key][language] for key in words_of_page()},
        "codes": {
            "evidence": {name: word(name, language) for name in EVIDENCE},
            "suitability": {name: word(name, language) for name in SUITABILITIES},
            "table": {name: word(f"table_{name}", language) for name in TABLES},
        },
        "looks": {
            "share": [look.colour for look in SHARE.looks],
            "breaks": SHARE.breaks,
            "nobody": fill_of(SHARE.missing),
            "dots": {kind: look.colour for kind, look in PEOPLE.looks.items()}
            | {"losing": PEOPLE.look_of("cut_off").colour},
            "pair": {kind: look.colour for kind, look in PAIR.looks.items()},
            "house": {name: SYMBOLS[name].colour for name in ("fit", "to_verify")},
            "new": PEOPLE.look_of("fresh").colour,
            "lost": "#a3131f",
            "road": NEW_ROAD.colour,
            "surface": SURFACE,
        },
        "symbols": {name: _as_file(svg_symbol(name)) for name in DRAWN}
        | {"fit": _as_file(svg_house(SYMBOLS["fit"], 1, is_dashed=False))},
    }  # fmt: skip


def _as_file(svg: str) -> str:
    """Return a symbol as a drawing of its own."""
    return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
