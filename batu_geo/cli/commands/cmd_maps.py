"""`batu-geo maps`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from batu_geo.cli.options import DATA, LANGUAGE, OPEN, OUT, QUIET, SCENARIO, SET
from batu_geo.cli.verb import Answer, Session, verb

if TYPE_CHECKING:
    from pathlib import Path

AGAIN = click.Option(["--again"], is_flag=True, help="Gambar ulang. / Draw anew.")


@verb("maps", SCENARIO, DATA, OUT, LANGUAGE, SET, AGAIN, OPEN, QUIET)
def command(
    session: Session, *, scenario: str, data: Path | None, out: Path,
    overrides: tuple[str, ...], again: bool,
) -> Answer:  # fmt: skip
    """Gambar peta untuk setiap pertanyaan dan penjelajah jelajah.html.

    Draw a map for every question and the explorer, each one file without a network.

    Contoh / Example: batu-geo maps --open
    """
    from batu_geo.verbs.maps import maps

    drawn = maps(
        scenario, data=session.study(data), out=out, language=session.language,
        overrides=overrides, again=again, progress=session.progress,
    )  # fmt: skip
    sizes = ((path.stat().st_size / 1e6, path.relative_to(drawn.folder)) for path in drawn.pages)
    lines = [f"{megabytes:5.2f} MB  {path}" for megabytes, path in sizes]
    return Answer(lambda: [*lines, str(drawn.folder)], folder=drawn.folder, page=drawn.pages[0])
