"""Elements around every map: heading, banner, legend, tools and sources, all escaped here."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

from batu_geo.render.cartography.symbols import SYMBOLS
from batu_geo.render.text.escaping import escape_text
from batu_geo.render.text.words import cards_in, word
from batu_geo.render.web.svg_symbols import (
    RANK,
    svg_house,
    svg_rank,
    svg_stroke,
    svg_swatch,
    svg_symbol,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batu_geo.domain.errors import Language
    from batu_geo.render.cartography.map_spec import LegendEntry, LegendGroup


LONGEST_ORIGIN = 60


def heading(title: str, subtitle: str) -> str:
    """Return the heading of a page."""
    return (
        f'<header class="page"><h1>{escape_text(title)}</h1><p>{escape_text(subtitle)}</p></header>'
    )


def banner(inputs: Mapping[str, Mapping[str, str]], language: Language) -> str:
    """Return the line that names what is made up; nothing where nothing is."""
    made_up = [
        word(f"table_{table}", language)
        for table, card in inputs.items()
        if card["evidence"] == "illustrative"
    ]
    if not made_up:
        return ""
    text = word("illustrative_banner", language, what=", ".join(made_up))
    return f'<div class="banner">{escape_text(text)}</div>'


def sources(inputs: Mapping[str, Mapping[str, str]], language: Language) -> str:
    """Return the foot of a page: every input with its origin, date and evidence."""
    cards = cards_in(inputs, language)
    lines = (
        f"{word(f'table_{table}', language)}: {card['origin']} "
        f"({card['date']}, {word(card['evidence'], language)})"
        for table, card in cards.items()
    )
    listed = "".join(f"<li>{escape_text(line)}</li>" for line in lines)
    origin = textwrap.shorten(cards["roads"]["origin"], LONGEST_ORIGIN, placeholder=" ...")
    roads = f"{origin} ({cards['roads']['date']})"
    summary = word("sources_summary", language, roads=roads, count=len(inputs))
    return (
        f'<footer class="page"><details><summary>{escape_text(summary)}</summary>'
        f"<ul>{listed}</ul></details></footer>"
    )


def legend(groups: Iterable[LegendGroup], language: Language) -> str:
    """Return the legend, which folds."""
    return (
        f'<details class="legend" open><summary>{escape_text(word("legend", language))}</summary>'
        f"{legend_groups(groups)}</details>"
    )


def legend_groups(groups: Iterable[LegendGroup]) -> str:
    """Return the lines of a legend, each group under its title."""
    return "".join(
        f'<div data-layers="{escape_text(json.dumps(group.layers))}">'
        f"<h2>{escape_text(group.title.screen)}</h2>"
        f"<ul>{''.join(_entry(entry) for entry in group.lines('screen'))}</ul></div>"
        for group in groups
    )


def _entry(entry: LegendEntry) -> str:
    """Return a line of a legend."""
    kind = f' data-kind="{escape_text(entry.kind)}"' if entry.kind else ""
    if entry.layer:
        kind += f' data-layers="{escape_text(json.dumps([entry.layer]))}"'
    return f"<li{kind}>{_sign(entry)}{escape_text(entry.label.screen)}</li>"


def _sign(entry: LegendEntry) -> str:
    if entry.symbol == RANK:
        return f'<span class="sign">{svg_rank()}</span>'
    if entry.look is None:
        symbol = SYMBOLS.get(entry.symbol)
        if symbol is not None and symbol.shape == "house":
            svg = svg_house(symbol, entry.number, is_dashed=entry.is_dashed)
        else:
            svg = svg_symbol(entry.symbol)
        return f'<span class="sign">{svg}</span>'
    svg = svg_stroke(entry.look) if entry.is_line else svg_swatch(entry.look)
    return f'<span class="sign">{svg}</span>'


def tools(controls: str, language: Language, *, has_picture: bool = True) -> str:
    """Return search, print and PNG, and the controls of the map's own (escaped already)."""
    png = escape_text(word("map_png", language))
    label, go = escape_text(word("map_search", language)), word("map_search_go", language)
    return (
        '<div class="tools"><form class="search" role="search">'
        f'<input type="search" list="names" aria-label="{label}" placeholder="{label}">'
        f'<datalist id="names"></datalist><button>{escape_text(go)}</button></form>'
        f"{controls}"
        f'<button type="button" class="print">{escape_text(word("map_print", language))}</button>'
        + (f'<button type="button" class="png">{png}</button>' if has_picture else "")
        + '<span class="said" role="status"></span></div>'
        '<p class="answer" role="status"></p>'
    )


def picker(identity: str, label: str) -> str:
    """Return an empty list to choose from, for a script to fill."""
    return f'<label class="pick">{escape_text(label)} <select id="{identity}"></select></label>'
