"""What `batu-geo import` prints: what each column is taken for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from batu_geo.domain.errors import shown
from batu_geo.render.words import word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batu_geo.domain.errors import Language
    from batu_geo.sources.columns import Match


def columns_table(matches: Iterable[Match], language: Language) -> Table:
    """Return the columns of a file with what they are taken for."""
    table = Table(box=None, pad_edge=False)
    for key in ("import_column", "import_taken_for", "import_alike"):
        table.add_column(word(key, language))
    for match in matches:
        if not match.target:
            target = word("import_not_used", language)
        elif match.is_sure:
            target = match.target
        else:
            target = word("import_unsure", language, target=match.target)
        alike = f"{match.score:.0f} %" if match.target else ""
        table.add_row(Text(shown(match.source)), Text(target), Text(alike))
    return table
