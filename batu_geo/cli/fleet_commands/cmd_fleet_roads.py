"""`batu-geo fleet roads`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from batu_geo.cli.commands.cmd_init import FOLDER
from batu_geo.cli.options import LANGUAGE, PATH
from batu_geo.cli.verb import Answer, Session, verb

if TYPE_CHECKING:
    from pathlib import Path

FILE = click.Argument(["file"], type=PATH)


@verb("roads", FOLDER, FILE, LANGUAGE)
def command(session: Session, *, folder: Path, file: Path) -> Answer:
    """Bawa dan baca satu berkas jalan untuk semua wilayah; yang lama diganti.

    Bring and read one road file of all regions; the one that is there is replaced.

    Contoh / Example: batu-geo fleet roads jatim jawa-latest.osm.pbf
    """
    from batu_geo.fleet.card import Fleet
    from batu_geo.fleet.input_files import put_road_file
    from batu_geo.fleet.run_fleet import FleetInputs, keep_roads
    from batu_geo.render.terminal.fleet_run_report import Shown
    from batu_geo.render.text.words import word
    from batu_geo.sources.geometry.geoparquet import require_pyarrow

    require_pyarrow(str(folder))
    fleet = Fleet.at(folder)
    placed = put_road_file(fleet.root, file)
    show = Shown(session.progress, session.language)
    inputs = FleetInputs.at(fleet.root, fleet.regions(), fleet.scenario_file())
    keep_roads(inputs, fleet.ledger(), lambda c: show(c.ended, c.total, c.slowest, c.slowest_s))
    said = word("fleet_roads", session.language, file=str(placed))
    return Answer(lambda: [said], folder=placed)
