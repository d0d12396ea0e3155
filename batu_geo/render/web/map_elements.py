"""What stands around every map: heading, banner, legend, tools and sources, all escaped here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.render.text.escaping import escape_text
from batu_geo.render.text.words import mode_word, number, word
from batu_geo.render.web import style

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario


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


def sources(inputs: Mapping[str, Mapping[str, str]], crs: str, language: Language) -> str:
    """Return the foot of a page: every input with its origin, date and evidence."""
    lines = (
        f"{word(f'table_{table}', language)}: {card['origin']} "
        f"({card['date']}, {word(card['evidence'], language)})"
        for table, card in inputs.items()
    )
    listed = "".join(f"<li>{escape_text(line)}</li>" for line in lines)
    roads = f"{inputs['roads']['origin'][:60]} ({inputs['roads']['date']})"
    summary = word("sources_summary", language, roads=roads, count=len(inputs), crs=crs)
    return (
        f'<footer class="page"><details><summary>{escape_text(summary)}</summary>'
        f"<ul>{listed}</ul></details></footer>"
    )


def scenario_title(scenario: Scenario, language: Language) -> str:
    """Return the title of a scenario in the language, where it has one."""
    return scenario.title_en if language == "en" and scenario.title_en else scenario.title


def swatch(colour: str, label: str) -> str:
    """Return a line of a legend for an area."""
    return f'<li><span class="swatch" style="background:{colour}"></span>{escape_text(label)}</li>'


def line_swatch(colour: str, label: str, *, is_dashed: bool = False) -> str:
    """Return a line of a legend for a line."""
    kind = "dashed" if is_dashed else "solid"
    looks = f"border-top:3px {kind} {colour}"
    return f'<li><span class="stroke" style="{looks}"></span>{escape_text(label)}</li>'


def sign(svg: str, label: str) -> str:
    """Return a line of a legend for a symbol."""
    return f'<li><span class="sign">{svg}</span>{escape_text(label)}</li>'


def group(title: str, items: Iterable[str]) -> str:
    """Return some lines of a legend under a title."""
    return f"<h2>{escape_text(title)}</h2><ul>{''.join(items)}</ul>"


def legend(groups: Iterable[str], language: Language) -> str:
    """Return the legend, which folds."""
    return (
        f'<details class="legend" open><summary>{escape_text(word("legend", language))}</summary>'
        f"{''.join(groups)}</details>"
    )


def status_group(language: Language) -> str:
    """Return what the colours of the state of a village mean."""
    keys = ("open", "closed", "none")
    lines = [swatch(style.STATUS_FILL[key], word(f"status_{key}", language)) for key in keys]
    return group(word("layer_status", language), lines)


def places_group(language: Language) -> str:
    """Return what the symbols of facilities mean."""
    return group(
        word("facility", language),
        [
            sign(style.SYMBOLS["unit_open"], f"UPKDK, {word('active', language)}"),
            sign(style.SYMBOLS["unit_closed"], f"UPKDK, {word('temporarily_closed', language)}"),
            sign(style.SYMBOLS["PUSKESMAS"], word("layer_PUSKESMAS", language)),
            sign(style.SYMBOLS["RUMAH_SAKIT"], word("layer_RUMAH_SAKIT", language)),
        ],
    )


def candidates_group(language: Language) -> str:
    """Return what the symbols of buildings mean."""
    numbered = [
        (style.candidate_symbol(1, is_certain=True, is_illustrative=False), "fit"),
        (style.candidate_symbol(2, is_certain=False, is_illustrative=False), "to_verify"),
        (style.candidate_symbol(3, is_certain=True, is_illustrative=True), "illustrative"),
        (style.SYMBOLS["refused"], "refused"),
    ]
    lines = [sign(svg, word(key, language)) for svg, key in numbered]
    return group(word("candidates", language), lines)


def share_group(title: str, language: Language) -> str:
    """Return what the colours of a share mean."""
    limits = [0.0, *style.SHARE_BREAKS, 100.0]
    lines = [
        swatch(colour, f"{number(low, language)}-{number(high, language)} %")
        for colour, low, high in zip(style.SHARE_FILL, limits, limits[1:], strict=False)
    ]
    return group(title, lines)


def reach_group(scenario: Scenario, language: Language) -> str:
    """Return what the colours of catchments mean."""
    lines = [
        swatch(
            colour,
            f"{number(limit, language)} {word('minutes', language)} {mode_word(name, language)}",
        )
        for name, settings in scenario.modes.items()
        for colour, limit in zip(
            style.catchment_colours(name, len(settings.thresholds_minutes)),
            settings.thresholds_minutes,
            strict=True,
        )
    ]
    return group(word("catchment", language), lines)


def tools(controls: str, language: Language) -> str:
    """Return search, print and PNG, and the controls of the map's own (escaped already)."""
    label, go = escape_text(word("map_search", language)), word("map_search_go", language)
    return (
        '<div class="tools"><form class="search" role="search">'
        f'<input type="search" list="names" aria-label="{label}" placeholder="{label}">'
        f'<datalist id="names"></datalist><button>{escape_text(go)}</button></form>'
        f"{controls}"
        f'<button type="button" class="print">{escape_text(word("map_print", language))}</button>'
        f'<button type="button" class="png">{escape_text(word("map_png", language))}</button>'
        '<span class="said" role="status"></span></div>'
        '<p class="answer" role="status"></p>'
    )


def picker(identity: str, label: str) -> str:
    """Return an empty list to choose from, for a script to fill."""
    return f'<label class="pick">{escape_text(label)} <select id="{identity}"></select></label>'
