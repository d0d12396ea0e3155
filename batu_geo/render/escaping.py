"""The one way for text from data into anything drawn.

`html.escape` is not enough: folium renders its templates twice, so braces run
as Jinja, and JavaScript template strings run what stands in `${...}`.
"""

from __future__ import annotations

import html


def escape_text(value: object) -> str:
    r"""Return text that shows as itself in HTML, Jinja and JavaScript strings.

    >>> escape_text("{{7*7}}<b>${1}`\\")
    '&#123;&#123;7*7&#125;&#125;&lt;b&gt;&#36;&#123;1&#125;&#96;&#92;'
    """
    text = html.escape("" if value is None else str(value), quote=True)
    for character in "\\`${}":
        text = text.replace(character, f"&#{ord(character)};")
    return text
