"""Cut a road file of any format to a box around a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batu_geo.domain.errors import BatuGeoError, DataError, Problem
from batu_geo.sources.files.opening import Opened
from batu_geo.sources.roads.cut_graph import cut_graph
from batu_geo.sources.roads.cut_layers import cut_elements, cut_layers
from batu_geo.sources.roads.cut_osm import cut_osm

if TYPE_CHECKING:
    from batu_geo.sources.osm.overpass import Box

CUTTERS = {
    ".pbf": (cut_osm, ".osm.pbf"),
    ".osm": (cut_osm, ".osm.pbf"),
    ".json": (cut_elements, ".json"),
    ".graphml": (cut_graph, ".graphml"),
    ".gpkg": (cut_layers, ".gpkg"),
    ".geojson": (cut_layers, ".gpkg"),
    ".gdb": (cut_layers, ".gpkg"),
    ".zip": (cut_layers, ".gpkg"),
}


@dataclass(frozen=True, slots=True)
class Cut:
    """A road file as cut: its bytes, and how many ways or lines are in it and are left out."""

    opened: Opened
    kept: int
    outside: int


def cut_roads(opened: Opened, box: Box) -> Cut | None:
    """Return the part of a road file in a box, None where all of it lies there, or nothing.

    Roads with a node in the box are kept whole: a trip within a threshold that the box has room
    for passes no node outside it. A file without its bytes is read from the disk.

    Raises
    ------
    SourceError
        When the file is truncated or of another format.
    DataError
        When no road of a file without its bytes lies in the box.
    """
    cutter, suffix = CUTTERS.get(opened.suffix, (None, ""))
    if cutter is None:
        return None
    try:
        content, kept, outside = cutter(opened, box)
    except BatuGeoError:
        raise
    except Exception as error:  # osmium, GDAL and expat raise many types
        raise opened.unreadable(error) from error
    if opened.content and not (kept and outside):
        return None  # where no road lies in the box, the study says how far away they are
    if not kept:
        sides = ", ".join(f"{side:.2f}" for side in box)
        raise DataError(Problem("BG-620", opened.name, values={"count": outside, "box": sides}))
    return Cut(Opened(f"roads{suffix}", content), kept, outside)
