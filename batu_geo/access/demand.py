"""Demand points: where the people of each village start their trips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from batu_geo.access.inhabited import inhabited_stretches
from batu_geo.domain.tables import DemandPoints, Villages
from batu_geo.domain.village_of_points import village_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.domain.travel import Demand
    from batu_geo.network.roads import RoadNetwork


# Points of homes are put together in squares of so many metres.
GROUP_M = 100.0


def demand_points(villages: Villages, roads: RoadNetwork, *, settings: Demand) -> DemandPoints:
    """Spread the people of each village along its inhabited streets.

    Every stretch of street up to `settings.spacing_m` long becomes one point in its
    middle and takes people in proportion to its length, as `inhabited_stretches` counts it: a
    street that is drawn twice houses people once. People are whole and each village keeps its total
    exactly (largest remainder). A village without an inhabited street keeps its people at a
    point inside its outline.

    Parameters
    ----------
    villages
        With ``population``, in the projection of the roads.
    roads
        The network.
    settings
        How long a stretch may be, along which highway classes people live, and
        what the placement is worth: that marks every row.

    Returns
    -------
    DemandPoints
        ``demand_id``, ``village_id``, ``population``, ``evidence``, ``is_on_street`` and a
        point; only points with people, sorted by id.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> settings = bg.load_scenario("baseline", study=study).demand
    >>> int(demand_points(study.villages, study.roads, settings=settings)["population"].sum())
    225408
    """
    middle, weight_m = inhabited_stretches(
        roads, spacing_m=settings.spacing_m, classes=settings.inhabited_classes
    )
    village = village_rows(villages, middle)
    return _placed(villages, middle, village, weight_m, settings.evidence, is_on_street=True)


def demand_from_places(
    villages: Villages,
    xy: NDArray[np.float64],
    village: NDArray[np.int64],
    weight: NDArray[np.float64],
    *,
    evidence: str,
) -> DemandPoints:
    """Share the people of each village out over places that somebody else knows.

    Places are cells of a population raster or building footprints. People are whole
    and each village keeps its total; a village without a place keeps its people at a
    point inside its outline.

    Parameters
    ----------
    villages
        With ``population``.
    xy, village, weight
        Metres, row of the village and weight of each place.
    evidence
        What the placement is worth.
    """
    points = np.asarray(shapely.points(xy))
    return _placed(villages, points, village, weight, evidence, is_on_street=False)


def joined_homes(
    demand: DemandPoints, *, fewest_people: int, cell_m: float = GROUP_M
) -> DemandPoints:
    """Return demand points of which each stands for many people, so that none is a dwelling.

    Points of one cell of a grid become one, at the place of the largest; where these are fewer
    people than ``fewest_people`` they join the nearest such point of their village that has
    enough. A village without any becomes one point. Every village keeps its people.

    Parameters
    ----------
    demand
        From `demand_from_places`.
    fewest_people
        People that a point must stand for.
    cell_m
        Metres of a side of the grid.
    """
    xy = shapely.get_coordinates(demand.geometry.to_numpy())
    people = demand["population"].to_numpy(dtype=np.int64)
    square = np.floor(xy / cell_m).astype(np.int64)
    keys = pd.DataFrame({"village": demand["village_id"], "x": square[:, 0], "y": square[:, 1]})
    squares = keys.groupby(["village", "x", "y"], sort=False).ngroup()
    group = np.asarray(squares, dtype=np.int64)
    largest = _largest(group, people)
    total = np.bincount(group, weights=people).astype(np.int64)
    village = demand["village_id"].to_numpy()[largest]
    into = np.arange(len(total))
    for name in pd.unique(village):
        here = np.flatnonzero(village == name)
        enough = here[total[here] >= fewest_people]
        few = here[total[here] < fewest_people]
        if not len(enough):
            enough = here[[np.argmax(total[here])]]
        if len(few):
            _, near = cKDTree(xy[largest[enough]]).query(xy[largest[few]])
            into[few] = enough[near]
    kept = np.unique(into)
    table = demand.iloc[largest[kept]].copy()
    table["population"] = np.bincount(into[group], weights=people).astype(np.int64)[kept]
    return DemandPoints(table.sort_index().reset_index(drop=True))


def _largest(group: NDArray[np.int64], people: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return of each group the row with the most people, the first of several."""
    order = np.lexsort((np.arange(len(group)), -people, group))
    return order[np.r_[True, np.diff(group[order]) > 0]]


def _placed(
    villages: Villages,
    points: NDArray[np.object_],
    village: NDArray[np.int64],
    weight: NDArray[np.float64],
    evidence: str,
    *,
    is_on_street: bool,
) -> DemandPoints:
    order = np.argsort(village, kind="stable")
    ends = np.searchsorted(village[order], np.arange(len(villages) + 1))
    found = []
    for number, people in enumerate(villages["population"].tolist()):
        here = order[ends[number] : ends[number + 1]]
        places, weights = points[here], weight[here]
        if not len(here):
            places = np.array([villages.geometry.iloc[number].representative_point()])
            weights = np.ones(1)
        shares = largest_remainder(int(people), weights)
        lived = np.flatnonzero(shares > 0)
        found.append((lived + 1, shares[lived], places[lived]))
    numbers, shares, places = (np.concatenate(column) for column in zip(*found, strict=True))
    row = np.repeat(np.arange(len(villages)), [len(part[0]) for part in found])
    ids = villages["village_id"].array.take(row)
    table = {
        "demand_id": [f"{name}-{n:04d}" for name, n in zip(ids, numbers.tolist(), strict=True)],
        "village_id": ids,
        "population": shares,
        "evidence": pd.array([evidence], dtype="str").take(np.zeros(len(row), int)),
        "is_on_street": is_on_street & (np.diff(ends) > 0)[row],
    }
    return DemandPoints(gpd.GeoDataFrame(table, geometry=places, crs=villages.crs))


def villages_without_streets(demand: DemandPoints, villages: Villages) -> list[str]:
    """Return the villages whose people had to be placed at one inner point."""
    inner = {
        village_id: shape.representative_point()
        for village_id, shape in zip(villages["village_id"], villages.geometry, strict=True)
    }
    alone = demand.groupby("village_id").filter(lambda rows: len(rows) == 1)
    return [
        village_id
        for village_id, point in zip(alone["village_id"], alone.geometry, strict=True)
        if point.equals(inner[village_id])
    ]


def largest_remainder(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Share whole people out by weight so that they add up to the total.

    >>> largest_remainder(10, np.array([1.0, 1.0, 1.0])).tolist()
    [4, 3, 3]
    """
    exact = total * weights / weights.sum()
    shares = np.floor(exact).astype(np.int64)
    # Remainders equal up to rounding error go to the earlier place.
    rest = np.round(exact - shares, 9)
    order = np.lexsort((np.arange(len(weights)), -rest))
    shares[order[: total - int(shares.sum())]] += 1
    return np.asarray(shares, dtype=np.int64)
