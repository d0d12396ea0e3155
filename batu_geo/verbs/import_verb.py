"""`batu-geo import`: import a file into a study, and the lines to print."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

from batu_geo.importing.compare_outlines import compare_file
from batu_geo.importing.import_kib import import_kib
from batu_geo.importing.import_roads import import_roads
from batu_geo.importing.import_table import import_files
from batu_geo.render.terminal.import_report import changes_table, columns_table, roads_table
from batu_geo.render.text.words import number, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
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
    also: Sequence[Request] = (),
    drop: Sequence[str] = (),
    kib_a: Path | None = None,
    compare: bool = False,
    language: Language = "id",
) -> Iterator[RenderableType]:
    """Import a file, or compare its outlines, and yield what to print.

    Parameters
    ----------
    request
        File, table and study of the import.
    confirm
        Called before anything is written with a table of the matched columns, the notices and
        the key of the question; returns whether to write.
    also
        Further files into the same study: all of them are written, or none.
    drop
        Optional tables that leave the study.
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
        ended = [import_kib(request, kib_a, agreed)]
    else:
        ended = import_files([request, *also], agreed, drop)
    for done in ended:
        for notice in done.notices:
            yield notice.line(language)
        count = number(done.count, language)
        yield word("import_done", language, count=count, table=done.table, path=done.path)


def _roads(request: Request, confirm: Callable[..., bool], language: Language) -> str:
    """Import roads, which have no columns to confirm."""

    def agreed(summary: RoadSummary, notices: Iterable[Problem]) -> bool:
        return confirm(roads_table(summary, language), notices, "import_roads_agree")

    done = import_roads(request, agreed)
    count = number(done.count, language)
    return word("import_roads_done", language, count=count, path=done.path)
