"""Remarks on the data of a run: not errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.access.demand import villages_without_streets
from batu_geo.domain.errors import Problem
from batu_geo.network.impedance import closed_edges

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import pandas as pd

    from batu_geo.domain.tables import Facilities
    from batu_geo.planning.situation import Situation
    from batu_geo.planning.study import Study


def network_notices(study: Study, situation: Situation) -> Iterator[Problem]:
    """Yield which roads are not used, and who lives far from them."""
    scenario, demand = situation.scenario, situation.demand
    now = situation.times[scenario.headline.mode]
    name = study.inputs["roads"]["path"]
    for mode, graph in situation.graphs.items():
        if graph.unconnected.any():
            km = graph.roads.length_m[graph.unconnected].sum() / 1000
            values = {"count": int(graph.unconnected.sum()), "km": round(float(km), 1)}
            yield Problem("BG-805", name, column=mode, values=values)
    for closure in scenario.closures:
        if not closed_edges(study.roads, closure).any():
            yield Problem("BG-811", name, values={"name": closure.name})
    far = now.origin_snap_m > scenario.snapping.warn_m
    if far.any():
        values = {
            "count": int(far.sum()),
            "limit": float(scenario.snapping.warn_m),
            "farthest": round(float(now.origin_snap_m.max())),
        }
        yield Problem("BG-804", name, values=values)
    for village_id in villages_without_streets(demand, study.villages):
        yield Problem("BG-809", name, record_id=village_id, values={"village": village_id})


def health_notices(study: Study, serving: Facilities, areas: pd.Series[str]) -> Iterator[Problem]:
    """Yield which open units no roster names, and which villages have no known puskesmas."""
    if study.staffing is not None:
        is_known = serving["facility_id"].isin(study.staffing["facility_id"])
        if not is_known.all():
            values = {"names": ", ".join(serving.loc[~is_known, "facility_name"])}
            yield Problem("BG-812", study.inputs["staffing"]["path"], values=values)
    if areas.isna().any():
        names = study.villages["village_name"].to_numpy()[areas.isna().to_numpy()]
        values = {"count": str(len(names)), "names": ", ".join(names)}
        yield Problem("BG-813", study.inputs["villages"]["path"], values=values)


def siting_notices(
    gaps: pd.DataFrame, sites: gpd.GeoDataFrame, missing: dict[str, list[str]]
) -> Iterator[Problem]:
    """Yield which criteria were left out, and which villages have no building."""
    for criterion, villages in missing.items():
        yield Problem("BG-806", values={"name": criterion, "missing": ", ".join(villages)})
    kept = set(sites.loc[sites["suitability"] != "refused", "village_id"])
    for village_id, village_name in zip(gaps["village_id"], gaps["village_name"], strict=True):
        if village_id not in kept:
            yield Problem("BG-807", record_id=village_id, values={"village": village_name})
