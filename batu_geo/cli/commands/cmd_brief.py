"""`batu-geo brief`."""

from __future__ import annotations

from pathlib import Path

import click

from batu_geo.cli.options import DATA, LANGUAGE, OPEN, OUT, PATH, QUIET, SCENARIO, SET
from batu_geo.cli.verb import Answer, Session, verb

COMPARE = click.Option(
    ["--compare"], multiple=True, metavar="SCENARIO",
    help="Skenario pembanding. / A scenario to print beside.",
)  # fmt: skip
LETTERHEAD = click.Option(["--letterhead"], type=PATH, help="Berkas kop.toml. / Letterhead file.")


@verb("brief", SCENARIO, DATA, OUT, LANGUAGE, SET, COMPARE, LETTERHEAD, OPEN, QUIET)
def command(
    session: Session, *, scenario: str, data: Path | None, out: Path,
    overrides: tuple[str, ...], compare: tuple[str, ...], letterhead: Path | None,
) -> Answer:  # fmt: skip
    """Susun paket briefing satu hasil: PDF, peta cetak, salindia, buku tabel.

    Make the briefing pack of a scenario or of the folder of a finished run.

    Contoh / Example: batu-geo brief tiga-terbaik --compare baseline
    """
    from batu_geo.verbs.brief import brief

    pack = brief(
        [scenario, *compare], data=session.study(data, run=Path(scenario)), out=out,
        language=session.language, overrides=overrides,
        letterhead=letterhead, progress=session.progress,
    )  # fmt: skip
    first = pack.folder / "ringkasan.pdf"
    return Answer(lambda: [pack.summary], folder=pack.folder, page=first)
