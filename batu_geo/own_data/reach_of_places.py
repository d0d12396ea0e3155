"""What people ask of roads and places: isochrones, travel times, the nearest, who is served."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.domain.errors import BatuGeoWarning, Problem
from batu_geo.network import travel_times as engine
from batu_geo.network.catchment import catchments
from batu_geo.network.nearby.ends import starts
from batu_geo.own_data.given_places import ID, placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.nearby.ends import Starts
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.own_data.own_roads import Roads


def travel_times(
    roads: Roads,
    *,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    mode: str = "motorcycle",
    origin_id: str | None = None,
    destination_id: str | None = None,
    refuse_m: float | None = None,
) -> TravelTimes:
    """Return the origin-destination matrix of places, in minutes; inf where there is no way.

    Parameters
    ----------
    roads
        From `load_roads`, `roads_from_graph` or `roads_from_lines`.
    origins, destinations
        Points in any coordinate system.
    mode
        One of `roads.modes`.
    origin_id, destination_id
        Columns with ids; the index of a table where none is named.
    refuse_m
        Points farther than this from a road get no time and are counted in a warning; the
        limit of `roads.settings` where none is named.

    Raises
    ------
    DataError, ScenarioError
        When a table has no coordinate system, lacks the column or repeats an id; when there
        is no such mode.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> roads = bg.load_roads(study.folder / "roads" / "jalan_ilustratif.osm.pbf")
    >>> units = study.facilities[study.facilities["kind"] == "UPKDK"].head(2)
    >>> bg.travel_times(roads, origins=units, destinations=units.to_crs("EPSG:4326")).best()
    array([0., 0.])
    """
    graph, limit_m = roads.graph(mode), _refuse_m(roads, refuse_m)
    here = placed(origins, crs=roads.crs, name="origins", id_column=origin_id)
    there = placed(destinations, crs=roads.crs, name="destinations", id_column=destination_id)
    joined = _joined(graph, here, limit_m, "origins")
    _joined(graph, there, limit_m, "destinations")
    return engine.travel_times(
        graph, origins=here, destinations=there, refuse_m=limit_m, with_metres=True, joined=joined
    )


def nearest(
    roads: Roads,
    *,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    mode: str = "motorcycle",
    destination_id: str | None = None,
    refuse_m: float | None = None,
) -> gpd.GeoDataFrame:
    """Return the origins with ``nearest_id``, ``minutes`` and ``metres`` to their nearest.

    Where no destination can be reached there is no id and both are inf. Parameters and errors
    as in `travel_times`.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> roads = bg.load_roads(study.folder / "roads" / "jalan_ilustratif.osm.pbf")
    >>> units = study.facilities[study.facilities["kind"] == "UPKDK"]
    >>> found = bg.nearest(roads, origins=units, destinations=units, destination_id="facility_id")
    >>> bool((found["nearest_id"] == units["facility_id"]).all())
    True
    """
    times = travel_times(
        roads, origins=origins, destinations=destinations, mode=mode,
        destination_id=destination_id, refuse_m=refuse_m,
    )  # fmt: skip
    trip = times.nearest_trip()
    ids = np.array([*times.destination_ids, None], dtype=object)[trip.column]
    return origins.assign(nearest_id=ids, minutes=trip.minutes, metres=trip.metres)


def served(
    roads: Roads,
    *,
    homes: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
    minutes: float = 15.0,
    mode: str = "motorcycle",
    refuse_m: float | None = None,
) -> gpd.GeoDataFrame:
    """Return the homes with ``minutes`` to their nearest facility and ``is_served``.

    A home exactly at the threshold is served. The people served are the sum of a column of
    people over these rows. Parameters and errors as in `travel_times`.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> roads = bg.load_roads(study.folder / "roads" / "jalan_ilustratif.osm.pbf")
    >>> units = study.facilities[study.facilities["kind"] == "UPKDK"]
    >>> bool(bg.served(roads, homes=units, facilities=units, mode="foot")["is_served"].all())
    True
    """
    times = travel_times(
        roads, origins=homes, destinations=facilities, mode=mode, refuse_m=refuse_m
    )
    best = times.best()
    return homes.assign(minutes=best, is_served=best <= minutes)


def isochrones(
    roads: Roads,
    points: gpd.GeoDataFrame,
    *,
    minutes: Sequence[float] = (5, 10, 15),
    mode: str = "motorcycle",
    point_id: str | None = None,
    is_joint: bool = False,
    refuse_m: float | None = None,
) -> gpd.GeoDataFrame:
    """Return the streets within some minutes of points, as polygons, the longest first.

    A row has the id of its point in column `point_id` (or ``id``), ``minutes``, ``street_km`` and
    the polygon, in the coordinate system of the points. Parameters and errors as in
    `travel_times`; also

    Parameters
    ----------
    minutes
        Thresholds; a place exactly there is inside.
    is_joint
        One polygon a threshold for all points together, not one for each point.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> roads = bg.load_roads(study.folder / "roads" / "jalan_ilustratif.osm.pbf")
    >>> unit = study.facilities[study.facilities["kind"] == "UPKDK"].head(1)
    >>> bg.isochrones(roads, unit, minutes=[5, 10], point_id="facility_id")["minutes"].tolist()
    [10.0, 5.0]
    """
    graph, limit_m = roads.graph(mode), _refuse_m(roads, refuse_m)
    there = placed(points, crs=roads.crs, name="points", id_column=point_id)
    _joined(graph, there, limit_m, "points")
    found = catchments(
        graph,
        facilities=there,
        thresholds_minutes=sorted({float(m) for m in minutes}),
        refuse_m=limit_m,
        buffer_m=roads.settings.catchment.buffer_m,
        by="threshold" if is_joint else "facility",
    )
    names = {"facility_id": point_id or ID, "threshold_minutes": "minutes"}
    named = found.rename(columns=names).to_crs(str(points.crs))
    return named.sort_values("minutes", ascending=False, kind="stable", ignore_index=True)


def _refuse_m(roads: Roads, refuse_m: float | None) -> float:
    return roads.settings.snapping.refuse_m if refuse_m is None else refuse_m


def _joined(graph: ModeGraph, places: gpd.GeoDataFrame, limit_m: float, name: str) -> Starts:
    """Return where places join the roads; warn of those too far from a road to have a time."""
    joined = starts(graph, places, refuse_m=limit_m)
    far = int((~np.any([joins.is_snapped for joins in joined.joins], axis=0)).sum())
    if far:
        values = {"count": far, "all": len(places), "metres": limit_m}
        problem = Problem("BG-477", name, values=values)
        warnings.warn(BatuGeoWarning(problem.line("en")), stacklevel=3)
    return joined
