"""Why a home is served or not, what ranks a village, which street a click means."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from batu_geo.domain.errors import Problem
from batu_geo.domain.need_criteria import need_criteria
from batu_geo.network.impedance import stretch_at
from batu_geo.planning.situation import ranked_villages
from batu_geo.render.text.words import mode_word, need_sentence, number, word
from batu_geo.serving.records.answer_record import (
    BEYOND,
    FAR,
    SERVED,
    home_states,
    rounded,
    village_numbers,
)
from batu_geo.serving.records.settings_record import criterion_label
from batu_geo.serving.records.unit_records import lon_lat
from batu_geo.serving.refusals import Refusal
from batu_geo.workbench.standing import measured

if TYPE_CHECKING:
    from batu_geo.domain.errors import Language
    from batu_geo.workbench.bench_answer import BenchAnswer
    from batu_geo.workbench.standing import Standing

NEAR_HOME_M, NEAR_STREET_M = 500.0, 100.0
KEYS = {SERVED: "why_served", BEYOND: "why_beyond", FAR: "why_far"}


def why_home(standing: Standing, lon: float, lat: float, language: Language) -> dict[str, Any]:
    """Return the nearest home to a place: its unit, its way and what both come to.

    Where nobody lives near, ``home`` is None and nothing else is said.
    """
    situation, study = standing.situation, standing.study
    demand, head = situation.demand, situation.scenario.headline
    (spot,) = gpd.points_from_xy([lon], [lat], crs="EPSG:4326").to_crs(study.crs)
    far = np.asarray(shapely.distance(demand.geometry.to_numpy(), spot))
    if not len(far) or far.min() > NEAR_HOME_M:
        return {"home": None}
    home = int(far.argmin())
    times = measured(standing).times[head.mode]
    nearest = times.nearest_trip()
    minutes, column = float(nearest.minutes[home]), int(nearest.column[home])
    metres = None if nearest.metres is None else rounded(float(nearest.metres[home]), 0)
    unit_id = times.destination_ids[column] if column >= 0 else None
    names = study.facilities.set_index("facility_id")["facility_name"]
    state = int(home_states(situation)[home])
    joined = float(times.origin_snap_m[home])
    people = int(demand["population"].iloc[home])
    values = {
        "people": number(people, language), "minutes": number(minutes, language, 1),
        "unit": "-" if unit_id is None else str(names[unit_id]),
        "mode": mode_word(head.mode, language), "metres": number(joined, language),
        "threshold": number(head.threshold_minutes, language, 1, is_trimmed=True),
    }  # fmt: skip
    (place,) = lon_lat(gpd.GeoSeries(demand.geometry.iloc[[home]]))
    village = village_numbers(study.villages)[demand["village_id"].iloc[home]]
    return {
        "home": {"lon": place[0], "lat": place[1], "people": people, "village": village},
        "state": state,
        "minutes": rounded(minutes),
        "metres": metres,
        "unit": None if unit_id is None else {"id": unit_id, "name": values["unit"]},
        "joinMetres": rounded(joined, 1),
        "lines": [word(KEYS.get(state, "why_no_way"), language, **values)],
    }


def why_village(answer: BenchAnswer, village: int, language: Language) -> dict[str, Any]:
    """Return what ranks a village: each criterion with its value, weight and share.

    Raises
    ------
    Refusal
        When there is no such village (404).
    """
    situation, table = answer.standing.situation, answer.villages
    if village >= len(table):
        raise Refusal(404, (Problem("BG-603"),))
    row = table.iloc[village]
    ranked = ranked_villages(measured(answer.standing))
    gap = ranked[ranked["village_id"] == row["village_id"]].to_dict("records")
    head, need = situation.scenario.headline, situation.scenario.need
    values = {
        "name": row["village_name"], "served": number(row["served"], language),
        "people": number(row["population"], language),
        "share": number(row["share_served_percent"], language, 1),
        "threshold": number(head.threshold_minutes, language, 1, is_trimmed=True),
        "mode": mode_word(head.mode, language),
    }  # fmt: skip
    lines = [word("why_village", language, **values)]
    criteria: list[dict[str, Any]] = []
    if gap:
        lines.append(
            need_sentence(gap[0], language, minutes=head.threshold_minutes, mode=head.mode)
        )
        criteria = [_criterion(gap[0], c.name, language) for c in need if c.name in gap[0]]
    return {"village": village, "lines": lines, "criteria": criteria}


def _criterion(gap: dict[Any, Any], name: str, language: Language) -> dict[str, Any]:
    def known(column: str) -> float | None:
        value = gap.get(column)
        return None if value is None or pd.isna(value) else rounded(value, 4)

    return {
        "name": name,
        "label": criterion_label(name, language),
        "value": known(name),
        "digits": need_criteria()[name].digits,
        "share": known(f"value_{name}"),
        "weight": known(f"weight_{name}"),
        "contribution": known(f"contribution_{name}"),
    }


def street_at(standing: Standing, lon: float, lat: float) -> dict[str, Any]:
    """Return the stretch that a closure at a place means, from junction to junction.

    Where there is none near, ``shape`` is None and nothing else is said.
    """
    roads = standing.study.roads
    edges = np.flatnonzero(stretch_at(roads, (lon, lat), at_most_m=NEAR_STREET_M))
    if not len(edges):
        return {"shape": None}
    (spot,) = gpd.points_from_xy([lon], [lat], crs="EPSG:4326").to_crs(roads.crs)
    line = shapely.line_merge(shapely.union_all(roads.lines(edges)))
    degrees = gpd.GeoSeries(np.array([line], dtype=object), crs=roads.crs).to_crs("EPSG:4326")
    first = int(edges[0])
    return {
        "name": roads.names[roads.name[first]],
        "class": roads.classes[roads.road_class[first]],
        "metres": rounded(float(shapely.distance(line, spot)), 1),
        "shape": json.loads(shapely.to_geojson(degrees.iloc[0])),
        "length": rounded(float(roads.length_m[edges].sum()), 1),
    }
