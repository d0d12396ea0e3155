"""How far beyond a study its roads are kept: the reach of its longest threshold."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from batu_geo.domain.errors import BatuGeoError
from batu_geo.importing.scope import FARTHEST_KM
from batu_geo.sources.osm.overpass import buffered_box
from batu_geo.sources.study.scenarios import read_scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

    import shapely

    from batu_geo.importing.study_folder import StudyFolder
    from batu_geo.sources.osm.overpass import Box


def road_reach_km(folder: StudyFolder) -> float:
    """Return the reach of the longest threshold of any scenario of a study, in whole km.

    It is at least 25 km: so far away facilities belong to the study, and people travel to them.
    """
    reaches = [FARTHEST_KM]
    for path in sorted((folder.root / "scenarios").glob("*.toml")):
        try:
            reaches.append(read_scenario(path, study=folder.root).reach_km)
        except BatuGeoError:
            continue  # `check` and `plan` say what is wrong with it
    return float(math.ceil(max(reaches)))


def box_around(shapes: Sequence[shapely.Geometry], km: float) -> Box:
    """Return the box of some shapes in degrees, moved outwards by a distance.

    >>> import shapely
    >>> box_around([shapely.box(112, 0, 113, 1)], 0.0)
    (112.0, 0.0, 113.0, 1.0)
    """
    import shapely  # noqa: PLC0415 - heavy

    west, south, east, north = map(float, shapely.total_bounds(list(shapes)))
    return buffered_box((west, south, east, north), km)
