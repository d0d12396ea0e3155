"""`batu-geo compare`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from batu_geo.cli.options import AGAINST, DATA, JSON, LANGUAGE, OUT, QUIET, SET
from batu_geo.cli.verb import Answer, Session, verb

if TYPE_CHECKING:
    from pathlib import Path

SCENARIOS = click.Argument(["scenarios"], nargs=-1)


@verb("compare", SCENARIOS, DATA, AGAINST, OUT, LANGUAGE, SET, JSON, QUIET)
def command(
    session: Session, *, scenarios: tuple[str, ...], data: Path | None, against: Path | None,
    out: Path, overrides: tuple[str, ...],
) -> Answer:  # fmt: skip
    """Bandingkan skenario: jiwa, menit, biaya, petugas, bukti; tanpa nama: semuanya.

    Compare scenarios: people, minutes, costs, staff, proof; without names: all of them.

    Contoh / Example: batu-geo compare baseline tiga-terbaik
    """
    from batu_geo.render.terminal.comparison_report import comparison
    from batu_geo.render.text.words import word
    from batu_geo.verbs.compare import compare, save

    study = session.study(data, against=against)
    language = session.language
    compared = compare(
        scenarios, data=study, against=against, overrides=overrides, progress=session.progress
    )
    folder = save(compared, out, language=language)
    where = f"{word('print_folder', language)}: {folder}"
    return Answer(
        lambda: [comparison(compared.tables, language), where], lambda: compared.records, folder
    )
