"""`batu-geo plan`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.cli.options import (
    AGAIN,
    CSV,
    DATA,
    JSON,
    LANGUAGE,
    OPEN,
    OUT,
    PARQUET,
    QUIET,
    SCENARIO,
    SET,
)
from batu_geo.cli.verb import Answer, Session, verb
from batu_geo.domain.errors import InfeasiblePlanError

if TYPE_CHECKING:
    from pathlib import Path


@verb("plan", SCENARIO, DATA, OUT, LANGUAGE, SET, AGAIN, CSV, PARQUET, OPEN, JSON, QUIET)
def command(
    session: Session, *, scenario: str, data: Path | None, out: Path,
    overrides: tuple[str, ...], again: bool, **beside: str | bool,
) -> Answer:  # fmt: skip
    """Jalankan skenario: cakupan, peringkat desa, peringkat bangunan, peta.

    Run a scenario, from the inputs to ranked villages, buildings and a map.

    Contoh / Example: batu-geo plan tiga-terbaik --open
    """
    from batu_geo.sources.geometry.geoparquet import require_pyarrow
    from batu_geo.verbs.excel_tables import FORM, write_excel_tables
    from batu_geo.verbs.parquet_layers import write_parquet_layers
    from batu_geo.verbs.plan import plan

    if beside["is_parquet"]:
        require_pyarrow("--geoparquet")
    run = plan(
        scenario, data=session.study(data), out=out, language=session.language,
        overrides=overrides, again=again, progress=session.progress,
    )  # fmt: skip
    if beside["csv_form"] == FORM:
        write_excel_tables(run.folder)
    if beside["is_parquet"]:
        write_parquet_layers(run.folder)
    exit_code = InfeasiblePlanError.exit_code if run.is_infeasible else 0
    return Answer(
        lambda: [run.summary], lambda: run.manifest, run.folder, exit_code,
        page=run.folder / "map.html",
    )  # fmt: skip
