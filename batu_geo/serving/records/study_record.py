"""What stays while a planner works, as plain values: villages, homes, roads, places, choices."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from batu_geo.access.units import unit_is_open
from batu_geo.domain import contracts
from batu_geo.domain.site_choice import COUNTED, ModelName
from batu_geo.domain.tables import EVIDENCE
from batu_geo.domain.travel import SPEED_SETS, VEHICLES, RoadClass
from batu_geo.render.cartography.base_map import OUTLINE_TOLERANCE_M, ROAD_TOLERANCE_M
from batu_geo.render.cartography.name_places import named_villages, orientation
from batu_geo.render.text.words import cards_in, code_word, has_word, mode_word, word
from batu_geo.render.web.packing import packed
from batu_geo.serving.records.answer_record import COSTS, village_numbers, whole
from batu_geo.serving.records.unit_records import lon_lat
from batu_geo.serving.request_bodies import (
    ACTS,
    LARGEST,
    LETTERS,
    LONGEST_MINUTES,
    MARGIN_DEGREES,
    POINTS,
    Bounds,
)
from batu_geo.siting.buildings.building_costs import costs_by_payer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import DemandPoints
    from batu_geo.planning.study import Study

GRID = 65_535
FIVE_DIGITS = 5
# Evidence of inputs that may not be quoted.
NOT_QUOTED = ("illustrative", "assumed")


def study_record(
    study: Study, scenario: Scenario, demand: DemandPoints, language: Language
) -> dict[str, Any]:
    """Return a study as the page draws it.

    Parameters
    ----------
    study
        As it was read.
    scenario
        The one the workbench begins with.
    demand
        Where people live by that scenario.
    language
        Of every word.
    """
    frame = frame_of(study, demand)
    limits = bounds_of(study)
    return {
        "name": study.name,
        "title": study.title,
        "language": language,
        "bounds": list(frame),
        "limits": {**limits._asdict(), "points": POINTS, "letters": LETTERS,
                   "threshold": LONGEST_MINUTES, "acts": ACTS, "largest": LARGEST},
        "villages": _villages(study),
        "orientation": orientation(study, _points(study), language),
        "homes": _homes(study, demand, frame),
        "roads": _roads(study, frame),
        "facilities": _facilities(study, scenario, language),
        "buildings": _buildings(study, language),
        "choices": _choices(scenario, language),
        "evidence": [{"name": name, "label": word(name, language)} for name in EVIDENCE],
        "inputs": _inputs(study, language),
        "banner": _banner(study, language),
    }  # fmt: skip


def bounds_of(study: Study) -> Bounds:
    """Return the degrees within which a page may name places."""
    west, south, east, north = study.villages.to_crs("EPSG:4326").total_bounds.tolist()
    m = MARGIN_DEGREES
    return Bounds(west - m, south - m, east + m, north + m)


def frame_of(study: Study, demand: DemandPoints) -> tuple[float, float, float, float]:
    """Return the degrees that hold villages, homes and roads."""
    roads = study.roads
    ends = gpd.GeoSeries(shapely.points(_corners(roads.line_xy)), crs=roads.crs)
    parts = [study.villages.geometry, demand.geometry, ends]
    boxes = np.array([p.to_crs("EPSG:4326").total_bounds for p in parts if len(p)])
    west, south = np.nanmin(boxes[:, :2], axis=0).tolist()
    east, north = np.nanmax(boxes[:, 2:], axis=0).tolist()
    return west, south, east, north


def _corners(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    if not len(xy):
        return np.empty((0, 2))
    (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
    return np.array([[west, south], [west, north], [east, south], [east, north]])


def on_grid(points: gpd.GeoSeries, frame: tuple[float, float, float, float]) -> dict[str, str]:
    """Return the places of points as packed numbers of 16 bits over a frame of degrees."""
    west, south, east, north = frame
    degrees = shapely.get_coordinates(points.to_crs("EPSG:4326"))
    size = np.maximum([east - west, north - south], 1e-9)
    grid = np.round(np.clip((degrees - [west, south]) / size, 0, 1) * GRID).astype(np.uint16)
    return {"x": packed(grid[:, 0]), "y": packed(grid[:, 1])}


def packed_whole(values: NDArray[np.int64], name: str) -> dict[str, str]:
    """Return whole numbers as packed low and high parts under two names."""
    low, high = (values & 0xFFFF).astype(np.uint16), (values >> 16).astype(np.uint16)
    return {f"{name}Low": packed(low), f"{name}High": packed(high)}


def _villages(study: Study) -> list[dict[str, Any]]:
    villages = study.villages
    shapes = shapely.coverage_simplify(villages.geometry.to_numpy(), OUTLINE_TOLERANCE_M["screen"])
    degrees = gpd.GeoSeries(shapes, crs=villages.crs).to_crs("EPSG:4326").to_numpy()
    outlines = shapely.transform(degrees, lambda xy: np.round(xy, FIVE_DIGITS))
    ids = set(villages["village_id"])  # each may come to have a rank
    plain = pd.DataFrame(villages.drop(columns="geometry"))
    district = plain.get("district_name", pd.Series("", index=plain.index)).fillna("")
    return [
        {"id": str(name), "name": str(called), "district": str(part), "population": int(people),
         "shape": json.loads(shapely.to_geojson(shape)), **named}
        for name, called, part, people, shape, named in zip(
            plain["village_id"], plain["village_name"], district, plain["population"], outlines,
            named_villages(villages, ids, _points(study)), strict=True,
        )
    ]  # fmt: skip


def _points(study: Study) -> gpd.GeoSeries:
    """Return the places of all signs."""
    return gpd.GeoSeries([*study.facilities.geometry, *study.buildings.geometry])


def _homes(
    study: Study, demand: DemandPoints, frame: tuple[float, float, float, float]
) -> dict[str, Any]:
    village = pd.Index(study.villages["village_id"]).get_indexer(pd.Index(demand["village_id"]))
    people = demand["population"].to_numpy(dtype=np.int64)
    return {
        "count": len(demand),
        "bounds": list(frame),
        **on_grid(demand.geometry, frame),
        "village": packed(village.astype(np.uint16)),
        **packed_whole(people, "people"),
    }


def _roads(study: Study, frame: tuple[float, float, float, float]) -> dict[str, Any]:
    """Return every stretch with few points: their coordinates one after the other."""
    roads = study.roads
    lines = shapely.simplify(roads.lines(), ROAD_TOLERANCE_M["screen"])
    xy = shapely.get_coordinates(lines)
    points = gpd.GeoSeries(shapely.points(xy), crs=roads.crs)
    return {
        "count": roads.edge_count,
        "classes": list(roads.classes),
        "class": packed(roads.road_class.astype(np.uint16)),
        "points": packed(shapely.get_num_coordinates(lines).astype(np.uint16)),
        **on_grid(points, frame),
    }


def _facilities(study: Study, scenario: Scenario, language: Language) -> list[dict[str, Any]]:
    facilities, number = study.facilities, village_numbers(study.villages)
    is_open = unit_is_open(facilities, scenario.service)
    rows = pd.DataFrame(facilities.drop(columns="geometry")).to_dict("records")
    return [
        {
            "id": str(row["facility_id"]), "name": str(row["facility_name"]),
            "kind": row["kind"], "kindLabel": _kind(row["kind"], language),
            "isUnit": bool(pd.notna(opened)), "isOpen": opened is True,
            "status": row["status"], "village": number.get(row["village_id"]),
            "lon": lon, "lat": lat, "evidence": row["evidence"],
            "positionEvidence": _text(row.get("position_evidence")),
            "note": _note(row, language),
        }
        for row, opened, (lon, lat) in zip(
            rows, is_open.astype(object).tolist(), lon_lat(facilities.geometry), strict=True)
    ]  # fmt: skip


def _buildings(study: Study, language: Language) -> list[dict[str, Any]]:
    buildings, number = study.buildings, village_numbers(study.villages)
    ids = buildings["building_id"].astype(str).tolist()
    costs = costs_by_payer(ids, study.costs)[list(COSTS.values())].to_dict("records")
    rows = pd.DataFrame(buildings.drop(columns="geometry")).to_dict("records")
    return [
        {
            "id": str(row["building_id"]), "name": str(row["building_name"]),
            "village": number.get(row["village_id"]), "lon": lon, "lat": lat,
            "owner": row["owner"], "condition": row["condition"],
            "conditionLabel": _label(row["condition"], language), "evidence": row["evidence"],
            "note": _note(row, language),
            "costs": {name: whole(cost[column]) for name, column in COSTS.items()},
        }
        for row, cost, (lon, lat) in zip(rows, costs, lon_lat(buildings.geometry), strict=True)
    ]  # fmt: skip


def _choices(scenario: Scenario, language: Language) -> dict[str, Any]:
    """Return what settings may be chosen from, in words."""
    seasons = list(scenario.travel.seasons) or [scenario.travel.season]
    open_ones = scenario.service.open_statuses
    return {
        "modes": [{"name": n, "label": mode_word(n, language)}
                  for n, mode in scenario.modes.items() if mode.thresholds_minutes],
        "speedSets": [{"name": n, "label": word(f"speeds_{n}", language)} for n in SPEED_SETS],
        "seasons": [{"name": n, "label": _season(n, language)} for n in seasons],
        "models": [{"name": n, "label": word(f"code_{n}", language), "needsCount": n in COUNTED,
                    "needsCapacity": n.startswith("capacitated")} for n in get_args(ModelName)],
        "statuses": [{"name": n, "label": word(n, language), "isOpen": n in open_ones}
                     for n in contracts.STATUSES],
        "professions": [{"name": n, "label": word(f"profession_{n}", language)}
                        for n in contracts.PROFESSIONS],
        "roadClasses": [{"name": n, "label": word(f"serve_class_{n}", language)}
                        for n in get_args(RoadClass)],
        "vehicles": [{"name": n, "label": word(f"road_vehicle_{n}", language)} for n in VEHICLES],
    }  # fmt: skip


def _season(name: str, language: Language) -> str:
    key = f"season_{name}"
    return word(key, language) if has_word(key) else name


def _inputs(study: Study, language: Language) -> list[dict[str, Any]]:
    return [
        {"table": table, "label": word(f"table_{table}", language), "evidence": card["evidence"],
         "evidenceLabel": word(card["evidence"], language), "origin": card["origin"],
         "date": card["date"], "sha256": card["sha256"]}
        for table, card in cards_in(study.inputs, language).items()
    ]  # fmt: skip


def _banner(study: Study, language: Language) -> str:
    """Return which inputs may not be quoted; empty where all may."""
    names = [
        word(f"table_{table}", language)
        for table, card in study.inputs.items()
        if card["evidence"] in NOT_QUOTED
    ]
    return word("serve_banner", language, names=", ".join(names)) if names else ""


def _label(value: object, language: Language) -> str:
    key = f"code_{str(value).lower()}"
    return code_word(value, language) if has_word(key) else str(value)


def _kind(kind: str, language: Language) -> str:
    key = f"layer_{kind}"
    return word(key, language) if has_word(key) else kind.replace("_", " ").capitalize()


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]


def _note(row: dict[Any, Any], language: Language) -> str:
    english = _text(row.get("evidence_note_en")) if language == "en" else ""
    return english or _text(row.get("evidence_note"))
