"""`batu-geo import`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from batu_geo.cli.options import LANGUAGE, PATH, into
from batu_geo.cli.verb import Answer, Session, show, verb
from batu_geo.importing.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rich.console import RenderableType

    from batu_geo.domain.errors import Problem

TABLES = (
    "villages", "facilities", "buildings", "population", "indicators", "staffing", "kib",
    "roads",
)  # fmt: skip
EVIDENCE = ("reported", "estimated", "inferred", "assumed", "illustrative")
AGREED = ("y", "ya", "yes")
REQUEST: dict[str, Any] = {"expose_value": False, "callback": into("request")}
ABOUT: dict[str, Any] = {"expose_value": False, "callback": into("about")}
OPTIONS = (
    click.Argument(["file"], type=PATH, **REQUEST),
    click.Option(["--as", "table"], required=True, type=click.Choice(TABLES), **REQUEST,
                 help="Isi berkas. / What it is."),
    click.Option(["--into"], required=True, type=PATH, **REQUEST,
                 help="Folder studi. / Study folder."),
    click.Option(["--column", "columns"], multiple=True, metavar="TARGET=SOURCE",
                 help="Tentukan kolom. / Say which column it is."),
    click.Option(["--kib-a"], type=PATH,
                 help="KIB A (tanah) untuk --as kib. / Card A for --as kib."),
    click.Option(["--compare"], is_flag=True,
                 help="Bandingkan batas saja. / Only compare the outlines."),
    click.Option(["--layer"], default="", **REQUEST,
                 help="Lembar atau lapisan. / Sheet or layer."),
    click.Option(["--origin"], default="", **ABOUT,
                 help="Asal data. / Where it comes from."),
    click.Option(["--licence"], default="", **ABOUT, help="Lisensi. / Licence."),
    click.Option(["--date"], default="", **ABOUT, help="Tanggal data. / Date of the data."),
    click.Option(["--evidence"], default="reported", show_default=True, **ABOUT,
                 type=click.Choice(EVIDENCE),
                 help="Kepastian data. / How sure the data are."),
    click.Option(["--again"], is_flag=True, **REQUEST,
                 help="Ganti isi lama. / Replace what is there."),
    click.Option(["--yes"], is_flag=True,
                 help="Setujui yang ditunjukkan. / Agree to what is shown."),
)  # fmt: skip


@verb("import", *OPTIONS, LANGUAGE)
def command(
    session: Session, *, request: dict[str, Any], about: dict[str, str],
    columns: tuple[str, ...], kib_a: Path | None, compare: bool, yes: bool,
) -> Answer:  # fmt: skip
    """Masukkan berkas kantor ke studi: batas, fasilitas, bangunan, penduduk, KIB, jalan.

    Take a file as an office has it into a study; what it is taken for is shown before.

    Contoh / Example: batu-geo import fasilitas.xlsx --as facilities --data studi-saya
    """
    from batu_geo.verbs.import_verb import run_import

    _refuse_contradictions(request, columns, compare=compare)
    chosen = dict(column.split("=", 1) for column in columns)
    whole = Request(
        **request, chosen=chosen, about={key: about[key] for key in about if about[key]}
    )
    session.study(whole.into)

    def agreed(table: RenderableType, notices: Iterable[Problem], question: str) -> bool:
        return _agreed(session, table, notices, question, yes=yes)

    parts = list(run_import(
        whole, confirm=agreed, kib_a=kib_a, compare=compare, language=session.language
    ))  # fmt: skip
    return Answer(lambda: parts)


def _refuse_contradictions(
    request: dict[str, Any], columns: tuple[str, ...], *, compare: bool
) -> None:
    """Refuse options that do not go together."""
    table = request["table"]
    if any("=" not in column for column in columns):
        raise click.UsageError("--column TARGET=SOURCE")
    if compare and table != "villages":
        raise click.UsageError("--compare --as villages")
    if table == "roads" and (columns or request["layer"]):
        raise click.UsageError("--as roads: --column, --layer")


def _agreed(
    session: Session, table: RenderableType, notices: Iterable[Problem], question: str, *, yes: bool
) -> bool:
    """Show how the file was understood and ask whether that is right."""
    from batu_geo.render.text.words import word

    show(table)
    for notice in notices:
        click.echo(notice.line(session.language))
    if yes or not sys.stdin.isatty():
        return yes
    answer: str = click.prompt(word(question, session.language), default="", show_default=False)
    return answer.strip().lower() in AGREED
