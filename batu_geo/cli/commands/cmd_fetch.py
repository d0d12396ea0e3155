"""`batu-geo fetch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from batu_geo.cli.options import LANGUAGE, PATH, into
from batu_geo.cli.verb import Answer, Session, verb
from batu_geo.domain.errors import Language, shown
from batu_geo.sources.osm.osm_servers import PUBLIC_SERVERS, Servers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from batu_geo.verbs.fetch import Fetched

FOLDER = click.Argument(["folder"], type=PATH)
ONLY = click.Option(
    ["--only"], multiple=True, type=click.Choice(["roads", "facilities", "footprints"]),
    help="Sebagian saja. / Only these.",
)  # fmt: skip
PLACE = click.Option(
    ["--place"], default="", metavar="NAME",
    help="Wilayah, pengganti batas desa. / Area instead of outlines.",
)  # fmt: skip
BUFFER = click.Option(
    ["--buffer-km"], type=click.FloatRange(0, 50), default=None,
    help="Jarak di luar batas (bawaan: jangkauan). / Beyond the outlines (default: the reach).",
)  # fmt: skip
SERVER = click.Option(
    ["--server", "overpass"], metavar="URL", default=PUBLIC_SERVERS.overpass, show_default=True,
    expose_value=False, callback=into("servers"), help="Server Overpass. / Overpass server.",
)  # fmt: skip
GEOCODER = click.Option(
    ["--geocoder", "nominatim"], metavar="URL", default=PUBLIC_SERVERS.nominatim, show_default=True,
    expose_value=False, callback=into("servers"), help="Server Nominatim. / Nominatim server.",
)  # fmt: skip
AGAIN = click.Option(["--again"], is_flag=True, help="Unduh ulang. / Ask anew.")


@verb("fetch", FOLDER, ONLY, PLACE, BUFFER, SERVER, GEOCODER, AGAIN, LANGUAGE)
def command(
    session: Session, *, folder: Path, only: tuple[str, ...], place: str, buffer_km: float | None,
    servers: dict[str, str], again: bool,
) -> Answer:  # fmt: skip
    """Ambil jalan, fasilitas dan tapak bangunan dari OpenStreetMap; perlu internet.

    Fetch roads, facilities and footprints of OpenStreetMap; the one verb that goes online.

    Contoh / Example: batu-geo fetch studi-saya --only roads
    """
    from batu_geo.verbs.fetch import fetch

    files = fetch(
        session.study(folder), only=only, place=place, buffer_km=buffer_km,
        servers=Servers(**servers), again=again, progress=session.progress,
    )  # fmt: skip
    return Answer(lambda: [line for file in files for line in _lines(file, folder, session)])


def _lines(file: Fetched, folder: Path, session: Session) -> Iterator[str]:
    """Return the contents of a file, and for facilities the command that imports them."""
    from batu_geo.render.text.words import number, word

    language: Language = session.language
    if file.about:
        yield word("fetch_place", language, name=shown(file.about), path=file.path)
        return
    count = number(file.count, language)
    yield word("fetch_done", language, count=count, what=file.what, date=file.date, path=file.path)
    if file.what == "facilities":
        yield word("fetch_next", language, path=file.path, folder=folder)
