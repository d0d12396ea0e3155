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
    """Bawa satu berkas jalan untuk semua wilayah; yang lama diganti.

    Bring one road file of all regions; the one that is there is replaced.

    Contoh / Example: batu-geo fleet roads jatim jawa-latest.osm.pbf
    """
    from batu_geo.fleet.card import Fleet
    from batu_geo.fleet.input_files import put_road_file
    from batu_geo.render.text.words import word

    placed = put_road_file(Fleet.at(folder).root, file)
    said = word("fleet_roads", session.language, file=str(placed))
    return Answer(lambda: [said], folder=placed)
