"""`batu-geo assess`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from batu_geo.cli.options import (
    AGAIN,
    DATA,
    JSON,
    LANGUAGE,
    OPEN,
    OUT,
    PAGES,
    SCENARIO,
    SET,
)
from batu_geo.cli.parts import NAMES, PARTS, tables_of
from batu_geo.cli.verb import Answer, Session, verb

if TYPE_CHECKING:
    from pathlib import Path


PART = click.Option(
    ["--part"], type=click.Choice(NAMES), metavar="PART",
    help=f"Hanya satu bagian. / One part only: {', '.join('|'.join(names) for names in PARTS)}.",
)  # fmt: skip


@verb("assess", SCENARIO, DATA, OUT, LANGUAGE, SET, AGAIN, PART, PAGES, OPEN, JSON)
def command(
    session: Session, *, scenario: str, data: Path | None, out: Path,
    overrides: tuple[str, ...], again: bool, part: str | None,
) -> Answer:  # fmt: skip
    """Cetak semua ukuran: empat cakupan, petugas, norma, rujukan, pemerataan, kepastian.

    Print every measure of a run: coverage, staff, norms, referral, equity, certainty.

    Contoh / Example: batu-geo assess --part petugas
    """
    from batu_geo.verbs.plan import plan

    run = plan(
        scenario, data=session.study(data), out=out, language=session.language,
        overrides=overrides, again=again, progress=session.progress,
    )  # fmt: skip
    names = tables_of(part) if part else ()
    return Answer(
        lambda: [run.printed(*names)] if part else [run.summary, run.printed()],
        lambda: {name: run.records(name) for name in run.tables if not part or name in names},
        page=run.folder / "map.html",
    )
