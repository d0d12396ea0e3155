"""What `batu-geo import` does with what it was asked, and the lines it prints."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

from batu_geo.importing.compare_outlines import compare_file
from batu_geo.importing.import_kib import import_kib
from batu_geo.importing.import_roads import import_roads
from batu_geo.importing.import_table import import_file
from batu_geo.render.terminal.import_report import changes_table, columns_table, roads_table
from batu_geo.render.text.words import number, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from rich.console import RenderableType

    from batu_geo.domain.errors import Language, Problem
    from batu_geo.importing.request import Request
    from batu_geo.render.terminal.import_report import RoadSummary
    from batu_geo.sources.cells.match_columns import Match


def run_import(
    request: Request,
    *,
    confirm: Callable[..., bool],
    kib_a: Path | None = None,
    compare: bool = False,
    language: Language = "id",
) -> Iterator[RenderableType]:
    """Import a file, or compare its outlines, and yield what to print.

    Parameters
    ----------
    request
        What, as what, into which study.
    confirm
        Asked with a table of what the file is taken for, the notices and the name of the
        question before anything is written.
    kib_a
        Card A, for a table ``kib``.
    compare
        Whether to compare outlines only.
    language
        Of the words.
    """
    if request.table == "roads":
        yield _roads(request, confirm, language)
        return

    def agreed(matches: Iterable[Match], notices: Iterable[Problem]) -> bool:
        return confirm(columns_table(map(astuple, matches), language), notices, "import_agree")

    if compare:
        yield changes_table(compare_file(request, agreed), language)
        return
    if request.table == "kib":
        done = import_kib(request, kib_a, agreed)
    else:
        done = import_file(request, agreed)
    for notice in done.notices:
        yield notice.line(language)
    count = number(done.count, language)
    yield word("import_done", language, count=count, table=done.table, path=done.path)


def _roads(request: Request, confirm: Callable[..., bool], language: Language) -> str:
    """Import roads, which have no columns to agree to."""

    def agreed(summary: RoadSummary, notices: Iterable[Problem]) -> bool:
        return confirm(roads_table(summary, language), notices, "import_roads_agree")

    done = import_roads(request, agreed)
    count = number(done.count, language)
    return word("import_roads_done", language, count=count, path=done.path)
