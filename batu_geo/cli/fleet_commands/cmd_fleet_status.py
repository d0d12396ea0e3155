"""`batu-geo fleet status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.cli.commands.cmd_init import FOLDER
from batu_geo.cli.options import JSON, LANGUAGE
from batu_geo.cli.verb import Answer, Session, verb

if TYPE_CHECKING:
    from pathlib import Path


@verb("status", FOLDER, LANGUAGE, JSON)
def command(session: Session, *, folder: Path) -> Answer:
    """Sebutkan hasil yang ada, yang belum ada, dan yang gagal dengan sebabnya.

    Name the results that are there and missing, and those that failed with the reason.

    Contoh / Example: batu-geo fleet status jatim
    """
    from batu_geo.fleet.card import Fleet
    from batu_geo.render.terminal.fleet_report import stages_report

    stages = Fleet.at(folder).ledger().recorded()
    rows = [(name, len(s.made), s.total, s.failed) for name, s in stages.items()]
    records = [
        {"stage": name, "there": there, "wanted": wanted, "failed": dict(failed)}
        for name, there, wanted, failed in rows
    ]
    return Answer(lambda: stages_report(rows, session.language), lambda: records)
