"""Remarks on the data of a run: not errors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely

from batu_geo.access.demand import villages_without_streets
from batu_geo.access.inhabited import left_out
from batu_geo.domain.errors import Problem
from batu_geo.domain.numbers import written_number
from batu_geo.domain.reasons import left_out_words
from batu_geo.network.heights import too_steep
from batu_geo.network.impedance import closed_edges
from batu_geo.network.road_audit import ends_at_border, ends_near_streets, roads_across
from batu_geo.network.rules_in_force import timed_rules
from batu_geo.network.turning.turning_round import FARTHEST
from batu_geo.planning.homes import homes, places_by_state
from batu_geo.planning.road_joins import edges_cut_off, edges_without_way
from batu_geo.siting.buildings.candidates import can_open
from batu_geo.siting.need.gaps import criteria_without_data, unknown_criteria

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from batu_geo.access.inhabited import LeftOut
    from batu_geo.domain.criteria import Criterion
    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import Facilities, Villages
    from batu_geo.domain.travel import Demand
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.planning.situation import Situation
    from batu_geo.planning.study import Study

MOST_NAMED = 10


def network_notices(study: Study, situation: Situation, joins: pd.DataFrame) -> Iterator[Problem]:
    """Yield from which roads no unit is reached, whether they end at the border, who is far off.

    Parameters
    ----------
    study, situation
        The inputs, and what follows from them.
    joins
        From `join_table`.
    """
    scenario, demand = situation.scenario, situation.demand
    name = study.inputs["roads"]["path"]
    for mode, graph in situation.graphs.items():
        is_lost = edges_without_way(situation)[mode]
        if is_lost.any():
            is_cut_off = edges_cut_off(situation)[mode]
            values = _extent("", graph.roads, is_lost & ~is_cut_off)
            values |= _extent("cut_off_", graph.roads, is_cut_off)
            yield Problem("BG-805", name, column=mode, values=values)
        cut_short = sum(layer.cut_short for layer in graph.layers)
        if cut_short:
            counts: dict[str, str | int | float] = {"count": cut_short, "limit": FARTHEST}
            yield Problem("BG-852", name, column=mode, values=counts)
    yield from _steep_notices(study, scenario)
    yield from _time_notices(study, scenario)
    for closure in scenario.closures:
        if not closed_edges(study.roads, closure).any():
            yield Problem("BG-811", name, values={"name": closure.name})
    yield from _border_notice(study.roads, study.villages, name)
    if scenario.reach_km > (kept := float(study.inputs["roads"].get("reach_km") or math.inf)):
        reach: dict[str, str | int | float] = {"km": kept, "reach": math.ceil(scenario.reach_km)}
        yield Problem("BG-623", name, values=reach)
    yield from _near_miss_notice(study.roads, name)
    far = joins[joins["metres_to_road"] > scenario.snapping.warn_m]
    for role, rows in far.groupby("role", sort=False):
        ids = rows["village_id" if role == "home" else "point_id"].astype("str").tolist()
        farthest = rows["metres_to_road"].max()
        far_values: dict[str, str | int | float] = {
            "count": len(rows),
            "limit": float(scenario.snapping.warn_m),
            "farthest": round(float(farthest)) if np.isfinite(farthest) else "-",
            "ids": _first_of(ids),
        }
        yield Problem("BG-804", name, column=str(role), values=far_values)
    yield from _homes_notices(study, scenario)
    for village_id in villages_without_streets(demand, study.villages):
        yield Problem("BG-809", name, record_id=village_id, values={"village": village_id})


def _homes_notices(study: Study, scenario: Scenario) -> Iterator[Problem]:
    """Yield what holds nobody, and which villages have no place of the source of homes at all."""
    source, settings = scenario.demand.by, scenario.demand
    lacking = () if source == "streets" else homes(study, scenario).by_streets
    if source == "streets" or lacking:
        name = study.inputs["roads"]["path"]
        yield from streets_left_out(study.roads, study.villages, settings, name)
    if source != "streets":
        yield from places_left_out(study, settings, source)
    if lacking:
        ids = study.villages["village_id"]
        names = study.villages["village_name"][ids.isin(lacking)]
        table, path = _table_of(study, source)
        yield Problem("BG-845", path, values={"names": ", ".join(names), "source": table})


def streets_left_out(
    roads: RoadNetwork, villages: Villages, settings: Demand, name: str
) -> Iterator[Problem]:
    """Yield along which streets nobody lives, by reason (BG-846).

    Streets outside the villages alone are no remark: most files of roads go beyond the border.

    Parameters
    ----------
    roads, villages
        The network, and the outlines.
    settings
        `spacing_m` and `inhabited_classes`.
    name
        Of the file of roads.
    """
    found = left_out(
        roads, villages, spacing_m=settings.spacing_m, classes=settings.inhabited_classes
    )
    if any(part.reason != "outside" for part in found):
        values = {"listed": _listed(found, "id"), "listed_en": _listed(found, "en")}
        yield Problem("BG-846", name, values=values)


def places_left_out(study: Study, settings: Demand, source: str) -> Iterator[Problem]:
    """Yield how many cells or buildings of a source hold nobody, by reason (BG-847)."""
    states = places_by_state(study, study.homes[source], settings)
    if any(states.values()):
        table, path = _table_of(study, source)
        values = {**states, "total": len(study.homes[source].weight), "source": table}
        yield Problem("BG-847", path, values=values)


def _table_of(study: Study, source: str) -> tuple[str, str]:
    """Return the table of a source of homes in `study.toml`, and the path of its file."""
    table = {"raster": "population_raster"}.get(source, source)
    return table, study.inputs.get(table, {}).get("path", "")


def _listed(found: Sequence[LeftOut], language: Language) -> str:
    return ", ".join(
        left_out_words(
            part.reason,
            language,
            count=written_number(part.edge_count, language),
            km=written_number(part.metres / 1000, language, 2, is_trimmed=True),
        )
        for part in found
    )


def _time_notices(study: Study, scenario: Scenario) -> Iterator[Problem]:
    """Yield how many rules by time the scenario decides, and a season that its date contradicts."""
    found, travel = timed_rules(study.roads, scenario.travel), scenario.travel
    if found.places:
        counts = {"count": found.places, "decided": found.decided, "open": found.left_open}
        yield Problem("BG-850", study.inputs["roads"]["path"], values={**counts})
    months, date = travel.seasons.get(travel.season, ()), scenario.service.on_date
    if months and int(date[5:7]) not in months:
        yield Problem("BG-851", f"scenarios/{scenario.name}.toml",
                      values={"season": travel.season, "date": date})  # fmt: skip


def _extent(
    state: str, roads: RoadNetwork, edges: NDArray[np.bool_]
) -> dict[str, str | int | float]:
    """Return the number and the kilometres of some edges, by the name of their state."""
    km = float(roads.length_m[edges].sum()) / 1000
    return {f"{state}count": int(edges.sum()), f"{state}km": round(km, 1)}


def _steep_notices(study: Study, scenario: Scenario) -> Iterator[Problem]:
    """Yield how many stretches are steeper than the limit of a mode that heeds slopes."""
    name = study.inputs.get("elevation", study.inputs["roads"])["path"]
    modes = [mode for mode in scenario.modes.values() if mode.slope != "none"]
    for limit in sorted({mode.steepest_percent for mode in modes}):
        count, metres = too_steep(study.roads, limit)
        if count:
            values = {"count": count, "metres": round(metres), "limit": float(limit)}
            yield Problem("BG-841", name, values=values)


def _border_notice(roads: RoadNetwork, villages: Villages, name: str) -> Iterator[Problem]:
    """Yield that the roads end at the border of the study: more do than go on beyond it."""
    area = shapely.union_all(villages.geometry.to_numpy())
    ends, across = len(ends_at_border(roads, area)), roads_across(roads, area)
    if ends > across:
        yield Problem("BG-815", name, values={"count": ends, "across": across})


def _near_miss_notice(roads: RoadNetwork, name: str) -> Iterator[Problem]:
    """Yield how many streets end within 1 m of another that they do not join, and where."""
    ends = ends_near_streets(roads)
    if len(ends):
        places = ends.geometry.to_crs("EPSG:4326")
        rows = zip(places.y, places.x, ends["way_id"], strict=True)
        named = [f"{y:.5f} {x:.5f} (way {way})" for y, x, way in rows]
        yield Problem("BG-816", name, values={"count": len(ends), "places": _first_of(named)})


def _first_of(names: Sequence[str]) -> str:
    """Return names with commas between them, at most `MOST_NAMED` of them."""
    return ", ".join([*names[:MOST_NAMED], *(["..."] if len(names) > MOST_NAMED else [])])


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
    gaps: pd.DataFrame,
    sites: gpd.GeoDataFrame,
    values: pd.DataFrame,
    criteria: Sequence[Criterion],
) -> Iterator[Problem]:
    """Yield which criteria lack a figure and for whom, and which villages have no building.

    Parameters
    ----------
    gaps, sites
        The ranked villages, and the buildings.
    values, criteria
        Every criterion by village, from `need_values`, and those of the scenario.
    """
    unknown = unknown_criteria(values, criteria)
    for criterion, villages in criteria_without_data(gaps, values, criteria).items():
        named = {"name": criterion, "missing": ", ".join(villages)}
        yield Problem("BG-806" if criterion in unknown else "BG-814", values=named)
    kept = set(sites.loc[can_open(sites), "village_id"])
    for village_id, village_name in zip(gaps["village_id"], gaps["village_name"], strict=True):
        if village_id not in kept:
            yield Problem("BG-807", record_id=village_id, values={"village": village_name})
