"""`batu-geo answer`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from batu_geo.cli.options import DATA, JSON, LANGUAGE, PATH
from batu_geo.cli.verb import Answer, Session, verb

if TYPE_CHECKING:
    from pathlib import Path

SHEET = click.Argument(["sheet"], type=PATH, required=False)
LIST = click.Option(
    ["--list", "is_list"], is_flag=True,
    help="Yang masih harus ditanyakan. / What is still to ask.",
)  # fmt: skip
FORM = click.Option(
    ["--xlsx", "form"], type=PATH, metavar="FILE",
    help="Dengan --list: tulis formulir (.xlsx atau .csv). / With --list: write the form.",
)  # fmt: skip
BY = click.Option(
    ["--scenario"], default="baseline", show_default=True,
    help="Skenario kesimpulan. / Scenario of the conclusions.",
)  # fmt: skip


@verb("answer", SHEET, DATA, LIST, FORM, BY, LANGUAGE, JSON)
def command(
    session: Session, *, sheet: Path | None, data: Path | None, is_list: bool, form: Path | None,
    scenario: str,
) -> Answer:  # fmt: skip
    """Masukkan jawaban kantor (tabel, kode, kolom, nilai, sumber, tanggal); tunjukkan akibatnya.

    Take answers of an office into a study and print what they change; --list prints what to ask.

    Contoh / Example: batu-geo answer --list --xlsx pertanyaan.xlsx
    """
    if is_list == (sheet is not None) or (form and not is_list):
        raise click.UsageError("SHEET | --list [--xlsx FILE]")
    from batu_geo.render.text.words import word

    if sheet is None:
        return _listed(session, data, form, scenario)
    from batu_geo.importing.answer_sheet import refuse_embedded
    from batu_geo.render.terminal.answer_report import changes_report
    from batu_geo.verbs.answer import answer

    folder = session.study(data)
    show_step, language = session.progress, session.language
    step = (lambda name: show_step(word(name, language))) if show_step else None
    refuse_embedded(folder)
    done = answer(sheet, data=folder, scenario=scenario, progress=step)
    lines = [notice.line(language) for notice in done.notices]
    return Answer(
        lambda: [*lines, *changes_report(done.changed, language, new=done.new,
                                         replaced=done.replaced, path=done.path)],
        lambda: done.record,
    )  # fmt: skip


def _listed(session: Session, data: Path | None, form: Path | None, scenario: str) -> Answer:
    """List what is still to ask, and write it as a form where one is named."""
    from batu_geo.render.terminal.answer_report import questions_report
    from batu_geo.render.text.words import word
    from batu_geo.verbs.answer import refuse_form, still_to_ask, write_form

    if form is not None:
        refuse_form(form)
    questions, language = (
        still_to_ask(data=session.study(data), scenario=scenario),
        session.language,
    )
    where = []
    if form is not None:
        where = [word("answer_form", language, path=write_form(questions, form, language=language))]
    return Answer(
        lambda: [*questions_report(questions.table, questions.elsewhere, language), *where],
        lambda: questions.record,
    )
