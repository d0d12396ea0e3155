"""A folium map as one HTML file that needs no network and is the same bytes each time."""

from __future__ import annotations

import base64
import re
from collections import Counter
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

import folium

from batu_geo.domain.errors import EnvironmentFault, Problem
from batu_geo.render.text.escaping import escape_text
from batu_geo.render.web.asset_files import asset
from batu_geo.render.web.shape_texts import NAMED, written
from batu_geo.render.web.svg_symbols import PATTERNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from branca.element import Element

# Scripts run that stand in the page as it was made, by their hashes, and no other.
CONTENT_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'"
)
SCRIPTS = "{scripts}"
VIEWPORT = "width=device-width, initial-scale=1"
# What folium writes: a page that cannot be enlarged with two fingers.
FIXED_ZOOM = re.compile(r'<meta name="viewport"\s+content="[^"]*"\s*/>')
# Data for scripts is none: it is never run.
SCRIPT = re.compile(
    r"<script(?![^>]*application/json)(?:\s[^>]*)?>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE
)
# Only the page's own JSON has a bare quote before a list; in text from data it is escaped.
COORDINATES = re.compile(r'"coordinates": (?:[\[\]0-9., e-]+|"shape:[0-9a-f]{24}"(?:, )?)')
WITHOUT_SPACES = re.compile(rf'"coordinates":[\[\]0-9.,e-]+\]|{NAMED.pattern}')
# Coordinates up to so many characters may stand in a page more than once.
LONGEST_TWICE = 100
# A name that folium draws for an element: 128 bits.
RANDOM_NAME = re.compile(r"[0-9a-f]{32}")
OUTSIDE = re.compile(r"""(?:src|href)\s*=\s*["']?\s*(?:https?:)?//|url\(\s*["']?(?!data:|#)""")


class OfflineMap(folium.Map):
    """A folium map that names no file of a content network.

    folium keeps the lists on the class; these are its own, so that other maps
    of the same process stay as they are.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - the name folium reads
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


@cache
def _leaflet() -> str:
    style = re.sub(r"url\(images/([\w-]+\.png)\)", _data_url, asset("leaflet.css"))
    script = asset("leaflet.js").replace("</script", "<\\/script")
    script = re.sub(r"//# sourceMappingURL=.*", "", script)
    return f"<style>{style}</style><script>{script}</script>"


def _data_url(match: re.Match[str]) -> str:
    content = files("batu_geo.render.web").joinpath("assets", match[1]).read_bytes()
    return f"url(data:image/png;base64,{base64.b64encode(content).decode()})"


def page(drawn: folium.Map, *, title: str, language: str, furniture: str, script: str) -> str:
    """Return the map as a self-contained page.

    Parameters
    ----------
    drawn
        An `OfflineMap` with its layers.
    title
        Title of the page, plain text.
    language
        ``"id"`` or ``"en"``.
    furniture
        HTML to stand over the map: heading, legend, sources. Its texts are
        escaped already.
    script
        JavaScript to run when the map is made; ``MAP`` stands for the map.

    Raises
    ------
    EnvironmentFault
        When the page would ask for anything outside itself.
    """
    html: str = drawn.get_root().render()
    _refuse_outside(html + furniture)
    head = _head(title, _leaflet() + f"<style>{asset('map_shared.css')}{asset('page.css')}</style>")
    script = script.replace("MAP", drawn.get_name())
    html = html.replace("<html>", f'<html lang="{language}">', 1)
    html = html.replace("<head>", f"<head>{head}", 1)
    html = FIXED_ZOOM.sub(f'<meta name="viewport" content="{VIEWPORT}">', html)
    # The last closing tags: text from data holds none, it is escaped.
    body = f"{PATTERNS}{furniture}</body>"
    html = body.join(html.rsplit("</body>", 1))
    html = f"<script>{script}</script></html>".join(html.rsplit("</html>", 1))
    html = COORDINATES.sub(_without_spaces, _renumbered(html, drawn.get_root()))
    texts = {
        name: text
        for element in _elements(drawn.get_root())
        for name, text in getattr(element, "texts", {}).items()
    }
    return _with_hashes(_written_once(html, texts))


def own_page(*, title: str, language: str, body: str, styles: str = "", script: str = "") -> str:
    """Return a page of our own making, without folium.

    Parameters
    ----------
    title
        Plain text.
    language
        ``"id"`` or ``"en"``.
    body
        HTML whose texts are escaped already.
    styles
        CSS after that of every page.
    script
        JavaScript that runs at the end of the page, after Leaflet; nothing of it is
        loaded where there is none.

    Raises
    ------
    EnvironmentFault
        When the page would ask for anything outside itself.
    """
    _refuse_outside(body)
    library = _leaflet() if script else ""
    head = _head(
        title, f"{library}<style>{asset('map_shared.css')}{asset('page.css')}{styles}</style>"
    )
    run = f"<script>{script}</script>" if script else ""
    return _with_hashes(
        f'<!DOCTYPE html><html lang="{language}"><head>{head}'
        f'<meta name="viewport" content="{VIEWPORT}"></head>'
        f"<body>{PATTERNS}{body}{run}</body></html>\n"
    )


def _refuse_outside(html: str) -> None:
    reference = OUTSIDE.search(html)
    if reference:
        name = html[reference.start() : reference.start() + 80]
        raise EnvironmentFault(Problem("BG-402", values={"name": name}))


def _head(title: str, more: str) -> str:
    return (
        '<meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{CONTENT_POLICY}">'
        f"<title>{escape_text(title)}</title>{more}"
    )


def _with_hashes(html: str) -> str:
    """Name the hash of every script of the finished page in its policy."""
    texts = {match[1] for match in SCRIPT.finditer(html) if match[1].strip()}
    hashes = sorted(base64.b64encode(sha256(text.encode()).digest()).decode() for text in texts)
    named = " ".join(f"'sha256-{value}'" for value in hashes) or "'none'"
    return html.replace(SCRIPTS, named, 1)


def _without_spaces(match: re.Match[str]) -> str:
    return match[0].replace(" ", "")


def _written_once(html: str, texts: Mapping[str, str]) -> str:
    """Write coordinates that several layers have, as those of villages, once for all scripts."""
    scripts = [match[1] for match in SCRIPT.finditer(html)]
    counts = Counter(
        written(found, texts) for text in scripts for found in WITHOUT_SPACES.finditer(text)
    )
    repeated = [text for text, count in counts.items() if count > 1 and len(text) > LONGEST_TWICE]
    places = {text: f'"coordinates":SHARED[{n}]' for n, text in enumerate(repeated)}

    def named(script: re.Match[str]) -> str:
        return WITHOUT_SPACES.sub(in_place, script[0])

    def in_place(match: re.Match[str]) -> str:
        text = written(match, texts)
        return places.get(text, text)

    html = SCRIPT.sub(named, html)
    if not repeated:
        return html
    values = ",".join(text.partition(":")[2] for text in repeated)
    head = f"<script>const SHARED=[{values}];</script></head>"
    return head.join(html.split("</head>", 1))


def _renumbered(html: str, root: Element) -> str:
    """Give each element of the map a number in place of its random name."""
    numbers = {element._id: f"{n:04d}" for n, element in enumerate(_elements(root))}  # noqa: SLF001 - branca has no public name for it
    return RANDOM_NAME.sub(lambda match: numbers.get(match[0], match[0]), html)


def _elements(element: Element) -> Iterator[Element]:
    """Yield every element of a page, with its head, body and script."""
    yield element
    parts = [element, *(getattr(element, part, None) for part in ("header", "html", "script"))]
    for part in parts:
        if part is None:
            continue
        if part is not element:
            yield part
        for child in part._children.values():  # noqa: SLF001
            yield from _elements(child)
