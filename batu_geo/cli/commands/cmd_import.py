"""`batu-geo import`."""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from batu_geo.cli.options import LANGUAGE, PATH, into
from batu_geo.cli.verb import Answer, Session, show, verb
from batu_geo.importing.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from batu_geo.domain.errors import Problem

TABLES = (
    "villages", "facilities", "buildings", "population", "indicators", "staffing", "kib",
    "roads",
)  # fmt: skip
OPTIONAL = ("staffing", "profiles", "costs", "indicators", "figures")
EVIDENCE = ("reported", "estimated", "inferred", "assumed", "illustrative")
AGREED = ("y", "ya", "yes")
REQUEST: dict[str, Any] = {"expose_value": False, "callback": into("request")}
ABOUT: dict[str, Any] = {"expose_value": False, "callback": into("about")}
COMPANY: dict[str, Any] = {"expose_value": False, "callback": into("company")}
OPTIONS = (
    click.Argument(["file"], type=PATH, **REQUEST),
    click.Option(["--as", "table"], required=True, type=click.Choice(TABLES), **REQUEST,
                 help="Isi berkas. / What it is."),
    click.Option(["--into"], required=True, type=PATH, **REQUEST,
                 help="Folder studi. / Study folder."),
    click.Option(["--column", "columns"], multiple=True, metavar="TARGET=SOURCE",
                 help="Tentukan kolom. / Say which column it is."),
    click.Option(["--kib-a"], type=PATH, **COMPANY,
                 help="KIB A (tanah) untuk --as kib. / Card A for --as kib."),
    click.Option(["--compare"], is_flag=True,
                 help="Bandingkan batas saja. / Only compare the outlines."),
    click.Option(["--layer"], default="", **REQUEST,
                 help="Lembar atau lapisan. / Sheet or layer."),
    click.Option(["--code"], default="", metavar="35.09", **REQUEST,
                 help="Potong menurut kode wilayah. / Cut to an area code."),
    click.Option(["--also"], multiple=True, **COMPANY, metavar="TABLE=FILE",
                 help="Berkas lain, semua atau tidak satu pun. / Another file, all or none."),
    click.Option(["--drop"], multiple=True, type=click.Choice(OPTIONAL), **COMPANY,
                 help="Lepaskan tabel dari studi. / Take a table out of the study."),
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
    session: Session, *, request: dict[str, Any], about: dict[str, str], company: dict[str, Any],
    columns: tuple[str, ...], compare: bool, yes: bool,
) -> Answer:  # fmt: skip
    """Masukkan berkas kantor ke studi: batas, fasilitas, bangunan, penduduk, KIB, jalan.

    Take a file as an office has it into a study; what it is taken for is shown before.

    Contoh / Example: batu-geo import fasilitas.xlsx --as facilities --into studi-saya
    """
    from batu_geo.render.text.steps import Steps
    from batu_geo.render.text.words import word
    from batu_geo.verbs.import_verb import run_import

    _refuse_contradictions(request, columns, company["also"], compare=compare)
    chosen = dict(column.split("=", 1) for column in columns)
    whole = Request(
        **request, chosen=chosen, about={key: about[key] for key in about if about[key]}
    )
    others = [
        replace(whole, table=table, file=PATH.convert(path, None, None), chosen=None, layer="")
        for table, path in (pair.split("=", 1) for pair in company["also"])
    ]
    session.study(whole.into)
    steps, answers = Steps(session.progress), itertools.count(1)
    steps.expect(2 + len(others))
    steps(word("step_import", session.language))

    def agreed(table: RenderableType, notices: Iterable[Problem], question: str) -> bool:
        is_agreed = agreed_to(session, table, notices, question, yes=yes)
        if is_agreed:
            steps(word("step_import" if next(answers) <= len(others) else "step_import_write",
                       session.language))  # fmt: skip
        return is_agreed

    parts = list(run_import(
        whole, confirm=agreed, compare=compare, language=session.language,
        **{**company, "also": others},
    ))  # fmt: skip
    return Answer(lambda: parts)


def _refuse_contradictions(
    request: dict[str, Any], columns: tuple[str, ...], also: tuple[str, ...], *, compare: bool
) -> None:
    """Refuse options that do not go together."""
    table = request["table"]
    if any("=" not in column for column in columns):
        raise click.UsageError("--column TARGET=SOURCE")
    known = {pair.split("=", 1)[0] for pair in also if "=" in pair}
    in_company = {*TABLES} - {"kib", "roads"}
    if len(known) < len(also) or not known <= in_company - {table}:
        raise click.UsageError(f"--also TABLE=FILE: {', '.join(sorted(in_company - {table}))}")
    if also and table not in in_company:
        raise click.UsageError(f"--also --as {table}")
    if compare and table != "villages":
        raise click.UsageError("--compare --as villages")
    if table == "roads" and (columns or request["layer"]):
        raise click.UsageError("--as roads: --column, --layer")


def agreed_to(
    session: Session, table: RenderableType, notices: Iterable[Problem], question: str, *, yes: bool
) -> bool:
    """Show how the file was understood and ask whether that is right."""
    from batu_geo.render.text.words import word

    if session.progress:
        session.progress.rest()
    show(table)
    for notice in notices:
        click.echo(notice.line(session.language))
    if yes or not sys.stdin.isatty():
        return yes
    answer: str = click.prompt(word(question, session.language), default="", show_default=False)
    return answer.strip().lower() in AGREED
