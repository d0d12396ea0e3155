"""`plan --csv excel-id`: the tables of a run once more, for Excel in Indonesian."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.render.files.excel_csv import excel_csv
from batu_geo.runs import MANIFEST, outputs_of, put_run, write_json

if TYPE_CHECKING:
    from pathlib import Path

FORM = "excel-id"


def write_excel_tables(run: Path) -> Path:
    """Write every table of a run into a folder beside it, and return that folder.

    The tables of the run itself stay as machines read them.
    """

    def fill(aside: Path) -> None:
        for path in sorted(run.rglob("*.csv")):
            own = aside / path.relative_to(run)
            own.parent.mkdir(exist_ok=True)
            own.write_bytes(excel_csv(path.read_bytes()))
        write_json({"run": run.name, "csv": FORM, "outputs": outputs_of(aside)}, aside / MANIFEST)

    return put_run(run.parent, f"{run.name}-{FORM}", fill)
