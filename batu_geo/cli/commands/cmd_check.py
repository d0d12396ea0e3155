"""`batu-geo check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from batu_geo.cli.options import DATA, JSON, LANGUAGE, OUT, PATH, into
from batu_geo.cli.verb import Answer, Session, verb

if TYPE_CHECKING:
    from pathlib import Path

CHECKED_AS = (
    "villages", "facilities", "buildings", "roads", "population", "indicators", "costs",
    "staffing", "profiles", "figures", "scenario",
)  # fmt: skip
WRITES: dict[str, Any] = {"expose_value": False, "callback": into("writes")}
OPTIONS = (
    click.Argument(["file"], required=False, type=PATH),
    click.Option(["--as", "table"], type=click.Choice(CHECKED_AS), metavar="TABLE",
                 help=f"Isi berkas. / What it is: {', '.join(CHECKED_AS)}."),
    DATA,
    OUT,
    click.Option(["--map", "map_file"], type=PATH, metavar="FILE.html", **WRITES,
                 help="Tulis peta temuan dan, di sampingnya, pemeriksaan jalan. / "
                 "Write a map of the findings and, beside it, the road audit."),
    click.Option(["--fix", "fix_folder"], type=PATH, metavar="DIR", **WRITES,
                 help="Usulkan perbaikan di sini. / Propose repairs here."),
    click.Option(["--seal", "is_sealed"], is_flag=True, **WRITES,
                 help="Catat sidik jari masukan di kartu studi. / "
                 "Note fingerprints of the inputs."),
)  # fmt: skip


@verb("check", *OPTIONS, LANGUAGE, JSON)
def command(
    session: Session, *, file: Path | None, table: str | None, data: Path | None, out: Path,
    writes: dict[str, Any],
) -> Answer:  # fmt: skip
    """Periksa semua masukan studi, atau satu berkas dengan --as.

    Check every input of a study, or one file with --as; writes nothing unless asked to.

    Contoh / Example: batu-geo check --map temuan.html
    """
    from batu_geo.sources.study.study_files import STUDY_FILE
    from batu_geo.verbs.check import Writes, run_check

    if file and not table and not (file.is_dir() or file.name == STUDY_FILE):
        raise click.UsageError("FILE --as TABLE")
    if writes["is_sealed"] and (table or not (data or file)):
        raise click.UsageError("--seal --data DIR")
    study = session.study(data if table else file or data)
    checked = run_check(
        file if table else None, table, data=study, out=out, writes=Writes(**writes),
        language=session.language,
    )  # fmt: skip
    return Answer(lambda: [checked.report], lambda: checked.card, exit_code=checked.exit_code)
