"""Origin, licence and date of an OpenStreetMap file, for its entry in `study.toml`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from batu_geo.sources.files.opening import json_of
from batu_geo.sources.osm.osm_servers import LICENCE

if TYPE_CHECKING:
    from batu_geo.sources.files.opening import Opened

# The attribution that the licence asks for.
ATTRIBUTION = "© OpenStreetMap contributors"
# A GeoPackage may have any source; these formats come from OpenStreetMap only.
ITS_FORMATS = (".pbf", ".osm", ".json", ".graphml")


def origin_of(opened: Opened) -> dict[str, str]:
    """Return origin, licence and date of a road file, as far as the file has them."""
    if opened.suffix not in ITS_FORMATS:
        return {}
    about = {"origin": ATTRIBUTION, "licence": LICENCE}
    date = _day(_timestamp(opened))
    return {**about, "date": date} if date else about


def _timestamp(opened: Opened) -> str:
    """Return the timestamp of the map from the header of the file, empty if it has none."""
    if opened.suffix == ".json":
        header = json_of(opened).get("osm3s")
        return str(header.get("timestamp_osm_base", "")) if isinstance(header, dict) else ""
    if opened.suffix == ".graphml":  # has the time of download only
        return ""
    import osmium  # noqa: PLC0415 - heavy

    kind = "pbf" if opened.suffix == ".pbf" else "osm"
    source: Any = (
        osmium.io.FileBuffer(opened.content, kind)
        if opened.content
        else osmium.io.File(str(opened.path), kind)
    )
    with osmium.io.Reader(source) as reader:
        return str(reader.header().get("osmosis_replication_timestamp"))


def _day(stamp: str) -> str:
    """Return the date of a timestamp, empty where it is none.

    >>> _day("2026-11-01T02:03:04Z"), _day("kemarin")
    ('2026-11-01', '')
    """
    try:
        return dt.date.fromisoformat(stamp[:10]).isoformat()
    except ValueError:
        return ""
