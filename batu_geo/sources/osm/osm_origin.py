"""What a file of OpenStreetMap says of itself for the card of a study: whose, and of which day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from batu_geo.sources.files.opening import json_of
from batu_geo.sources.osm.osm_servers import LICENCE

if TYPE_CHECKING:
    from batu_geo.sources.files.opening import Opened

# As its licence asks to be named.
ATTRIBUTION = "© OpenStreetMap contributors"
# Lines of a GeoPackage may be anybody's; the other formats are of OpenStreetMap alone.
ITS_FORMATS = (".pbf", ".osm", ".json", ".graphml")


def origin_of(opened: Opened) -> dict[str, str]:
    """Return origin, licence and date of a file of roads that was read, as far as it says them."""
    if opened.suffix not in ITS_FORMATS:
        return {}
    about = {"origin": ATTRIBUTION, "licence": LICENCE}
    date = _day(_timestamp(opened))
    return {**about, "date": date} if date else about


def _timestamp(opened: Opened) -> str:
    """Return the moment the map is of, as the header of the file has it."""
    if opened.suffix == ".json":
        header = json_of(opened).get("osm3s")
        return str(header.get("timestamp_osm_base", "")) if isinstance(header, dict) else ""
    if opened.suffix == ".graphml":  # OSMnx notes when the graph was made, not of when its map is
        return ""
    import osmium  # noqa: PLC0415 - heavy

    kind = "pbf" if opened.suffix == ".pbf" else "osm"
    source: Any = osmium.io.FileBuffer(opened.content, kind)
    with osmium.io.Reader(source) as reader:
        return str(reader.header().get("osmosis_replication_timestamp"))


def _day(stamp: str) -> str:
    """Return the day of a moment; nothing where it is none.

    >>> _day("2026-11-01T02:03:04Z"), _day("kemarin")
    ('2026-11-01', '')
    """
    try:
        return dt.date.fromisoformat(stamp[:10]).isoformat()
    except ValueError:
        return ""
