"""`batu-geo fleet init`."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

import click

from batu_geo.cli.commands.cmd_import import agreed_to
from batu_geo.cli.commands.cmd_init import AREA_CODES, FOLDER
from batu_geo.cli.options import LANGUAGE, PATH
from batu_geo.cli.verb import Answer, Session, verb
from batu_geo.verbs.of_fleet import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from batu_geo.domain.errors import Problem
    from batu_geo.sources.cells.match_columns import Match

OPTIONS = (
    click.Option(["--code"], default="", metavar="35",
                 help="Kode provinsi. / Code of the province."),
    AREA_CODES,
    click.Option(["--from", "pairs"], multiple=True, required=True, metavar="TABLE=FILE",
                 help="Berkas semua wilayah. / A file of all regions: " + ", ".join(TABLES) + "."),
    click.Option(["--yes"], is_flag=True,
                 help="Setujui yang ditunjukkan. / Agree to what is shown."),
)  # fmt: skip


@verb("init", FOLDER, *OPTIONS, LANGUAGE)
def command(
    session: Session, *, folder: Path, code: str, area_codes: Path | None,
    pairs: tuple[str, ...], yes: bool,
) -> Answer:  # fmt: skip
    """Buat studi setiap kabupaten/kota dari satu berkas per tabel.

    Make a study of every regency or city from one file a table.

    Contoh / Example: batu-geo fleet init jatim --code 35 --area-codes kode.csv
    --from villages=batas.gpkg --from facilities=faskes.xlsx
    """
    from batu_geo.render.terminal.fleet_report import rows_by_region
    from batu_geo.render.terminal.import_report import columns_table
    from batu_geo.render.text.steps import Steps
    from batu_geo.render.text.words import number, word
    from batu_geo.verbs.of_fleet.fleet_init import fleet_init

    files = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    if len(files) < len(pairs) or not {"villages"} <= set(files) <= set(TABLES):
        raise click.UsageError(f"--from villages=FILE --from TABLE=FILE: {', '.join(TABLES)}")
    paths = {name: PATH.convert(files[name], None, None) for name in TABLES if name in files}
    steps, language = Steps(session.progress), session.language

    def agreed(matches: Sequence[Match], notices: Sequence[Problem]) -> bool:
        table = columns_table(map(astuple, matches), language)
        return agreed_to(session, table, notices, "import_agree", yes=yes)

    made = fleet_init(
        folder, paths, code=code, area_codes=area_codes, confirm=agreed,
        tell=lambda region: steps(word("fleet_step", language, code=region)), language=language,
    )  # fmt: skip
    done = word("fleet_made", language, count=number(len(made.rows), language), folder=made.folder)
    lines = [notice.line(language) for notice in made.notices]
    return Answer(lambda: [*lines, rows_by_region(made.rows, language), done])
