"""`batu-geo list`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from batu_geo.cli.options import DATA, JSON, LANGUAGE, SCENARIO, SET
from batu_geo.cli.verb import Answer, Session, verb

if TYPE_CHECKING:
    from pathlib import Path

LISTED = ("villages", "scenarios", "settings", "units", "buildings")


@verb("list", click.Argument(["what"], type=click.Choice(LISTED)), SCENARIO, DATA, LANGUAGE, SET,
      JSON)  # fmt: skip
def command(
    session: Session, *, what: str, scenario: str, data: Path | None, overrides: tuple[str, ...]
) -> Answer:
    """Sebutkan isi studi: desa/kelurahan, skenario, pengaturan, unit, bangunan.

    List what a study has, with the names that the other verbs take.

    Contoh / Example: batu-geo list scenarios
    """
    from batu_geo.domain.cell_rows import joined
    from batu_geo.render.terminal.appraisal import shown_table
    from batu_geo.verbs.listing import listing

    table = listing(what, scenario, data=session.study(data), overrides=overrides)
    return Answer(
        lambda: [shown_table(table.columns.tolist(), table, session.language)],
        lambda: json.loads(joined(table).to_json(orient="records")),
    )
