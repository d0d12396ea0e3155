"""All regions of a fleet as one study: their tables together, on roads that were read once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from batu_geo.domain.errors import DataError, Problem
from batu_geo.domain.tables import Buildings, Facilities, Villages, in_crs
from batu_geo.planning.study import PeoplePlaces

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batu_geo.network.roads import RoadNetwork
    from batu_geo.planning.study import Study

NAMES = {"villages": "village_id", "facilities": "facility_id", "buildings": "building_id"}
PLAIN = ("costs", "staffing", "profiles")


def joint_study(studies: Mapping[str, Study], roads: RoadNetwork) -> Study:
    """Return the studies of some regions as one, in the order of their codes.

    Programme figures stay with the regions, which protect their small counts.

    Parameters
    ----------
    studies
        By code of the region.
    roads
        Of all regions, read and split once.

    Raises
    ------
    DataError
        When two regions have the same village, facility or building (BG-634); every one is named.

    Examples
    --------
    >>> import batu_geo as bg
    >>> study = bg.load_study()
    >>> len(joint_study({"35.79": study}, study.roads).villages)
    24
    """
    studies = dict(sorted(studies.items()))
    problems = [p for table, column in NAMES.items() for p in _twice(studies, table, column)]
    if problems:
        raise DataError(problems)
    first, crs = next(iter(studies.values())), roads.crs
    plain: dict[str, Any] = {name: _rows([getattr(s, name) for s in studies.values()])
                             for name in PLAIN}  # fmt: skip
    return replace(
        first,
        crs=crs,
        villages=Villages(_places([s.villages for s in studies.values()], crs)),
        facilities=Facilities(_places([s.facilities for s in studies.values()], crs)),
        buildings=Buildings(_places([s.buildings for s in studies.values()], crs)),
        roads=roads,
        homes=_homes(list(studies.values()), crs),
        notices=tuple(notice for s in studies.values() for notice in s.notices),
        indicators=None,
        figures=None,
        relief=None,
        answers=(),
        **plain,
    )


def _twice(studies: Mapping[str, Study], table: str, column: str) -> Iterator[Problem]:
    """Yield each id that several regions have."""
    rows = [(str(i), code) for code, s in studies.items() for i in getattr(s, table)[column]]
    by_id = pd.DataFrame(rows, columns=["id", "region"]).groupby("id")["region"]
    for name, regions in by_id:
        found = sorted(set(regions))
        if len(found) > 1:
            values = {"value": str(name), "found": ", ".join(found)}
            yield Problem("BG-634", table, column=column, values=values)


def _places(tables: list[Any], crs: str) -> gpd.GeoDataFrame:
    placed = [in_crs(table, crs) for table in tables if len(table)] or tables[:1]
    return gpd.GeoDataFrame(pd.concat(placed, ignore_index=True), crs=crs)


def _rows(tables: list[pd.DataFrame | None]) -> pd.DataFrame | None:
    known = [table for table in tables if table is not None]
    return pd.concat(known, ignore_index=True) if known else None


def _homes(studies: list[Study], crs: str) -> dict[str, PeoplePlaces]:
    """Return the places where people live, where every region has them from a source."""
    first = np.cumsum([0, *(len(study.villages) for study in studies)])
    found = {}
    for source in sorted(set.intersection(*(set(study.homes) for study in studies))):
        parts = [study.homes[source] for study in studies]
        uses = [part.use for part in parts if part.use is not None]
        found[source] = PeoplePlaces(
            xy=np.vstack([_in_metres(p.xy, s.crs, crs) for p, s in zip(parts, studies,
                                                                      strict=True)]),
            village=np.concatenate([p.village + n for p, n in zip(parts, first, strict=False)]),
            weight=np.concatenate([part.weight for part in parts]),
            evidence=parts[0].evidence,
            use=np.concatenate(uses) if len(uses) == len(parts) else None,
        )  # fmt: skip
    return found


def _in_metres(xy: Any, old: str, new: str) -> Any:
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=old)
    moved = in_crs(points, new).geometry
    return np.column_stack([moved.x, moved.y])
