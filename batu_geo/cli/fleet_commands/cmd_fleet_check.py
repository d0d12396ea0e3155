"""`batu-geo fleet check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.cli.commands.cmd_init import FOLDER
from batu_geo.cli.options import JSON, LANGUAGE
from batu_geo.cli.verb import Answer, Session, verb

if TYPE_CHECKING:
    from pathlib import Path


@verb("check", FOLDER, LANGUAGE, JSON)
def command(session: Session, *, folder: Path) -> Answer:
    """Periksa semua masukan setiap wilayah.

    Check every input of every region; the faults of each.

    Contoh / Example: batu-geo fleet check jatim
    """
    from batu_geo.fleet.card import Fleet
    from batu_geo.render.terminal.fleet_report import region_checks
    from batu_geo.render.text.steps import Steps
    from batu_geo.render.text.words import word
    from batu_geo.verbs.of_fleet.fleet_check import fleet_check

    fleet, language, steps = Fleet.at(folder), session.language, Steps(session.progress)
    steps.expect(len(fleet.regions()))
    checks = fleet_check(fleet, lambda code: steps(word("fleet_step", language, code=code)))
    rows = [(c.code, c.title, c.villages, c.errors, c.warnings) for c in checks]
    records = [
        {
            "code": code, "title": title, "villages": villages,
            "errors": [p.line(language) for p in errors],
            "warnings": [p.line(language) for p in warnings],
        }
        for code, title, villages, errors, warnings in rows
    ]  # fmt: skip
    return Answer(
        lambda: region_checks(rows, language),
        lambda: records,
        exit_code=next((c.exit_code for c in checks if c.exit_code), 0),
    )
