"""What `batu-geo import` does with what it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batu_geo.pipeline.import_kib import import_kib
from batu_geo.pipeline.importing import Request, import_file
from batu_geo.render.words import number, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from batu_geo.domain.errors import Language

ABOUT = ("origin", "licence", "date")


def run_import(
    *,
    file: Path,
    table: str,
    into: Path,
    confirm: Callable[..., bool],
    columns: Sequence[str] = (),
    language: Language = "id",
    **rest: Any,
) -> Iterator[str]:
    """Import a file and yield the lines to print.

    Parameters
    ----------
    file, table, into
        What, as what, into which study.
    confirm
        Asked with the columns before anything is written.
    columns
        ``target=source``: what the user says a column is.
    language
        Of the words.
    rest
        ``layer``, ``again``, ``kib_a``, ``origin``, ``licence`` and ``date``.
    """
    request = Request(
        file=file,
        table=table,
        into=into,
        again=bool(rest.get("again")),
        layer=str(rest.get("layer") or ""),
        chosen=dict(column.split("=", 1) for column in columns),
        about={name: str(rest[name]) for name in ABOUT if rest.get(name)},
    )
    if table == "kib":
        done = import_kib(request, rest.get("kib_a"), confirm)
    else:
        done = import_file(request, confirm)
    for notice in done.notices:
        yield notice.line(language)
    count = number(done.count, language)
    yield word("import_done", language, count=count, table=done.table, path=done.path)
