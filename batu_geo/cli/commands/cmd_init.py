"""`batu-geo init`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from batu_geo.cli.options import LANGUAGE, PATH
from batu_geo.cli.verb import Answer, Session, verb
from batu_geo.sources.study.embedded import embedded_study

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = click.Argument(["folder"], type=PATH)
CODE = click.Option(
    ["--code"], default="", metavar="33.07",
    help="Kode Kemendagri. / Kemendagri code of the kabupaten or kota.",
)  # fmt: skip
WITH_BATU = click.Option(
    ["--with-batu"], is_flag=True,
    help="Mulai dari salinan Kota Batu. / Begin with a copy of Kota Batu.",
)  # fmt: skip
AREA_CODES = click.Option(
    ["--area-codes"], type=PATH, default=None, metavar="FILE",
    help="Daftar kode wilayah (CSV kode,nama). / List of area codes (CSV code,name).",
)  # fmt: skip


@verb("init", FOLDER, CODE, WITH_BATU, AREA_CODES, LANGUAGE)
def command(
    session: Session, *, folder: Path, code: str, with_batu: bool, area_codes: Path | None
) -> Answer:
    """Buat studi baru: kartu studi, templat tabel, skenario.

    Make a new study: its card, templates of its tables, scenarios.

    Contoh / Example: batu-geo init studi-saya --code 35.79
    """
    from batu_geo.render.text.words import word
    from batu_geo.verbs.init import EMBEDDED_CODE, init

    if with_batu or code == EMBEDDED_CODE:
        session.study(embedded_study())
    if area_codes and not code:
        raise click.UsageError("--area-codes FILE --code 33.07")
    made = init(folder, code=code, with_batu=with_batu, area_codes=area_codes,
                language=session.language)  # fmt: skip
    return Answer(lambda: [word("init_done", session.language, folder=made)])
