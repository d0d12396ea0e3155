"""The one way for text from data into anything drawn.

`html.escape` is not enough: folium renders its templates twice, so braces run
as Jinja, and JavaScript template strings run the content of `${...}`.
"""

from __future__ import annotations

import html
import json
from typing import Any

from batu_geo.domain.numbers import filed_numbers

# Ends no script, starts no tag, and names no address a page could be refused for.
IN_SCRIPT = {character: f"\\u{ord(character):04x}" for character in "<>&=("}


def escape_text(value: object) -> str:
    r"""Return text that shows as itself in HTML, Jinja and JavaScript strings.

    >>> escape_text("{{7*7}}<b>${1}`\\")
    '&#123;&#123;7*7&#125;&#125;&lt;b&gt;&#36;&#123;1&#125;&#96;&#92;'
    """
    text = html.escape("" if value is None else str(value), quote=True)
    for character in "\\`${}=(":
        text = text.replace(character, f"&#{ord(character)};")
    return text


def escape_json(content: Any) -> str:
    r"""Return JSON for a script element of the type ``application/json``.

    Texts come out as they went in; what reads them shows them with `textContent`.
    Not for anything that folium renders.

    >>> escape_json({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(
        filed_numbers(content), ensure_ascii=True, allow_nan=False, separators=(",", ":")
    )
    for character, escaped in IN_SCRIPT.items():
        text = text.replace(character, escaped)
    return text
