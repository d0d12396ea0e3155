"""`batu-geo fleet run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from batu_geo.cli.commands.cmd_init import FOLDER
from batu_geo.cli.options import JSON, LANGUAGE, QUIET
from batu_geo.cli.verb import Answer, Session, verb
from batu_geo.domain.errors import DataError, Problem, ScenarioError

if TYPE_CHECKING:
    from pathlib import Path

    from batu_geo.fleet.dask_engine import DaskEngine
    from batu_geo.fleet.engines import Loop, Processes

ENGINE = click.Option(
    ["--engine"], type=click.Choice(["loop", "processes", "dask"]), default="processes",
    show_default=True, help="Siapa yang menghitung. / Who computes.",
)  # fmt: skip
WORKERS = click.Option(
    ["--workers"], type=click.IntRange(min=1), default=None,
    help="Jumlah proses; semua inti bila kosong. / Processes; every core when left out.",
)  # fmt: skip
SCHEDULER = click.Option(
    ["--scheduler-file", "scheduler"], default=None, metavar="scheduler.json",
    help="Berkas atau alamat penjadwal Dask. / File or address of the scheduler of Dask.",
)  # fmt: skip

ONLY = click.Option(
    ["--only"], multiple=True, metavar="35.79",
    help="Hanya wilayah ini; boleh diulang. / This region alone; may be repeated.",
)  # fmt: skip


@verb("run", FOLDER, ENGINE, WORKERS, SCHEDULER, ONLY, LANGUAGE, JSON, QUIET)
def command(
    session: Session, *, folder: Path, engine: str, workers: int | None, scheduler: str | None,
    only: tuple[str, ...],
) -> Answer:  # fmt: skip
    """Hitung semua wilayah: angka tiap desa sama seperti bila semuanya satu studi.

    Compute every region: each village has the numbers of all regions as one study.

    Contoh / Example: batu-geo fleet run jatim
    """
    from batu_geo.fleet.card import Fleet
    from batu_geo.fleet.run_fleet import FleetInputs, run_fleet
    from batu_geo.render.terminal.fleet_run_report import Shown, fleet_run_report, regions_of
    from batu_geo.sources.geometry.geoparquet import require_pyarrow

    require_pyarrow(str(folder))
    fleet, language = Fleet.at(folder), session.language
    show = Shown(session.progress, language)
    inputs = FleetInputs.at(fleet.root, fleet.regions(), fleet.scenario_file())
    with _engine(engine, workers, scheduler) as chosen:
        run = run_fleet(
            inputs, fleet.ledger(), chosen,
            lambda c: show(c.ended, c.total, c.slowest, c.slowest_s), only=only,
        )  # fmt: skip
    rows = regions_of(run.tables)
    return Answer(
        lambda: fleet_run_report(rows, run.failed, run.total, str(run.tables or ""), language),
        lambda: {"regions": rows, "total": run.total, "failed": dict(run.failed)},
        run.tables,
        DataError.exit_code if run.failed else 0,
    )


def _engine(name: str, workers: int | None, scheduler: str | None) -> DaskEngine | Loop | Processes:
    from batu_geo.fleet.dask_engine import DaskEngine
    from batu_geo.fleet.engines import Loop, Processes

    if name == "dask" or scheduler:
        if not scheduler:
            raise ScenarioError(Problem("BG-636", "--engine dask"))
        return DaskEngine(scheduler)
    return Loop() if name == "loop" else Processes(workers)
