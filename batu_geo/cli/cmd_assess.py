"""`batu-geo assess`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.cli.options import AGAIN, DATA, JSON, LANGUAGE, OUT, SCENARIO, SET
from batu_geo.cli.verb import Answer, Session, verb
from batu_geo.verbs.plan import plan

if TYPE_CHECKING:
    from pathlib import Path


@verb("assess", SCENARIO, DATA, OUT, LANGUAGE, SET, AGAIN, JSON)
def command(
    session: Session, *, scenario: str, data: Path | None, out: Path,
    overrides: tuple[str, ...], again: bool,
) -> Answer:  # fmt: skip
    """Cetak semua ukuran: empat cakupan, petugas, norma, rujukan, pemerataan, kepastian.

    Print every measure of a run: coverage, staff, norms, referral, equity, certainty.
    """
    run = plan(
        scenario, data=session.study(data), out=out, language=session.language,
        overrides=overrides, again=again, progress=session.progress,
    )  # fmt: skip
    return Answer(
        lambda: [run.summary, run.appraisal],
        lambda: {name: run.records(name) for name in run.tables},
    )
