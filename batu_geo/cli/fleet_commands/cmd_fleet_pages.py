"""`batu-geo fleet pages`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.cli.commands.cmd_init import FOLDER
from batu_geo.cli.options import LANGUAGE, OPEN, QUIET
from batu_geo.cli.verb import Answer, Session, verb

if TYPE_CHECKING:
    from pathlib import Path


@verb("pages", FOLDER, LANGUAGE, OPEN, QUIET)
def command(session: Session, *, folder: Path) -> Answer:
    """Tulis halaman semua wilayah: satu berkas tanpa jaringan.

    Write the page of all regions: one file that needs no network.

    Contoh / Example: batu-geo fleet pages jatim
    """
    from batu_geo.fleet.card import Fleet
    from batu_geo.verbs.of_fleet.fleet_pages import fleet_pages

    page = fleet_pages(Fleet.at(folder), session.language)
    return Answer(list, folder=page, page=page)
