"""`batu-geo open`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from batu_geo.cli.options import DATA, LANGUAGE, OUT
from batu_geo.cli.verb import Answer, Session, verb

if TYPE_CHECKING:
    from pathlib import Path

BEGIN = click.Option(
    ["--scenario"], default=None,
    help="Skenario awal; tanpa ini: lanjutkan. / Scenario to begin with; without: go on.",
)  # fmt: skip
PORT = click.Option(
    ["--port"], type=click.IntRange(0, 65535), default=0, show_default=True,
    help="Porta; 0: dipilih sistem. / Port; 0: chosen by the system.",
)  # fmt: skip
NO_BROWSER = click.Option(
    ["--no-browser", "is_hidden"], is_flag=True,
    help="Cetak alamat saja. / Print the address only.",
)  # fmt: skip


@verb("open", DATA, BEGIN, OUT, PORT, NO_BROWSER, LANGUAGE)
def command(
    session: Session, *, data: Path | None, scenario: str | None, out: Path, port: int,
    is_hidden: bool,
) -> Answer:  # fmt: skip
    """Buka meja kerja: susun skenario di peta, angka mengikuti tangan. Ctrl+C untuk berhenti.

    Open the workbench: build a scenario on the map, numbers follow the hand. Ctrl+C to stop.

    Contoh / Example: batu-geo open --scenario tiga-terbaik
    """
    from batu_geo.serving.open_bench import Asked, open_bench

    asked = Asked(
        session.study(data), scenario, out, port, is_shown=not is_hidden, language=session.language
    )
    open_bench(asked, click.echo, session.progress)
    return Answer(lambda: ())
