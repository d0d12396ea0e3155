"""The layers of `coverage.gpkg`: what they hold, how they are drawn and what their columns say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from batu_geo.access.coverage import at_threshold
from batu_geo.domain.cell_rows import joined
from batu_geo.domain.names import names_by_id
from batu_geo.planning.evidence.main_worths import catchments_with_worth
from batu_geo.planning.tables.reach_and_hours import headline_catchments, serving_units
from batu_geo.render.cartography.base_map import base_map
from batu_geo.render.gis.layer_looks import LayerLook, looks_of, share_column
from batu_geo.render.text.column_headings import cell, column_words
from batu_geo.render.text.words import mode_word, number, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from batu_geo.domain.errors import Language
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.planning.assessment import Assessment

# From the top of the map down; of the rest of the layers QGIS draws the first on top too.
ORDER = ("candidates", "facilities", "demand_points", "roads", "unit_catchments", "catchments",
         "villages")  # fmt: skip
HIDDEN_AT_FIRST = ("demand_points", "unit_catchments", "catchments")
INTERNAL = ["building_state"]  # written as its codes `suitability` and `readiness`
RANKS = ["rank", "score"]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer of a GeoPackage.

    Attributes
    ----------
    table
        Its features.
    title
        Its name in the language of the reader.
    looks
        The ways to draw it, the first by default.
    fields
        By column: its title.
    codes
        By column: words of the codes that occur.
    is_shown
        Whether a project opens with it.
    """

    table: gpd.GeoDataFrame
    title: str
    looks: tuple[LayerLook, ...]
    fields: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    is_shown: bool


def coverage_layers(
    assessment: Assessment, villages: pd.DataFrame, language: Language
) -> dict[str, Layer]:
    """Return the layers by name, from the top of the map down.

    Parameters
    ----------
    assessment
        What is drawn.
    villages
        The table of a run: people by village, mode and threshold.
    language
        Of titles, aliases and words of codes; columns and codes are those of the tables.
    """
    tables = {
        "candidates": gpd.GeoDataFrame(assessment.candidates.drop(columns=INTERNAL)),
        "facilities": _facilities(assessment),
        "demand_points": gpd.GeoDataFrame(assessment.demand),
        "roads": road_layer(assessment.study.roads),
        "unit_catchments": _unit_catchments(assessment),
        "catchments": _catchments(assessment),
        "villages": _villages(assessment, villages),
    }
    return {name: _layer(assessment, name, tables[name], language) for name in ORDER}


def _layer(assessment: Assessment, name: str, table: gpd.GeoDataFrame, language: Language) -> Layer:
    columns = [str(c) for c in table.columns if c != table.geometry.name]
    found = set(table["road_class"]) if name == "roads" else set()
    looks = looks_of(assessment, name, found, language)
    fields = {column: _title(column, language) for column in columns}
    codes = {column: words for column in columns if (words := _words(table[column], language))}
    codes |= {look.attribute: _class_words(look) for look in looks if look.attribute in fields
              and isinstance(look.classes[0].value, str)}  # fmt: skip
    title = word(f"gis_{name}", language)
    return Layer(table, title, looks, fields, codes, name not in HIDDEN_AT_FIRST)


def _class_words(look: LayerLook) -> dict[str, str]:
    return {str(shown.value): shown.label for shown in look.classes}


def _words(values: pd.Series[Any], language: Language) -> dict[str, str]:
    """Return the words of the codes of a column; nothing where its text stands as it is."""
    column = str(values.name)
    if column_words(column, language).prefix is None:
        return {}
    codes = sorted({str(v) for v in values.dropna() if isinstance(v, str) and v})
    words = {code: cell(column, code, language) for code in codes}
    return {code: text for code, text in words.items() if text != code}


def _title(column: str, language: Language) -> str:
    """Return the title of a column, at a threshold beside the headline with its limit."""
    for start in ("share_served_percent_", "served_"):
        mode, _, minutes = column.removeprefix(start).rpartition("_")
        if column.startswith(start) and minutes.replace(".", "").isdigit():
            head = column_words(start.rstrip("_"), language).heading
            shown = number(float(minutes), language, 3, is_trimmed=True)
            return f"{head}: {shown} {word('minutes', language)} {mode_word(mode, language)}"
    return column_words(column, language).heading


def _villages(assessment: Assessment, reached: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a row a village: the headline threshold, its rank, and people at every other."""
    scenario, outlines = assessment.scenario, assessment.study.villages
    head = scenario.headline
    table = outlines[["village_id", "geometry"]].merge(at_threshold(reached, head), on="village_id")
    ranks = assessment.gaps.set_index("village_id")[RANKS]
    table = table.merge(ranks, on="village_id", how="left")
    for limit in scenario.thresholds:
        if limit == head:
            continue
        there = at_threshold(reached, limit).set_index("village_id")
        name = share_column(limit.mode, limit.threshold_minutes)
        people = name.replace("share_served_percent", "served")
        table[people] = table["village_id"].map(there["served"])
        table[name] = table["village_id"].map(there["share_served_percent"])
    return gpd.GeoDataFrame(table, crs=assessment.study.crs)


def _catchments(assessment: Assessment) -> gpd.GeoDataFrame:
    """Return the joint catchment of each mode and threshold, the longest first."""
    table = joined(catchments_with_worth(assessment))
    codes = [f"{m} {t:g}" for m, t in zip(table["mode"], table["threshold_minutes"], strict=True)]
    return gpd.GeoDataFrame(table.assign(reach=codes).iloc[::-1].reset_index(drop=True))


def _unit_catchments(assessment: Assessment) -> gpd.GeoDataFrame:
    """Return the catchment of each open unit at the headline threshold."""
    serving = serving_units(assessment)
    found = headline_catchments(assessment, serving[["facility_id", "geometry"]], by="facility")
    names = names_by_id(serving, "facility")
    worth = catchments_with_worth(assessment)
    of_mode = worth.loc[worth["mode"] == assessment.scenario.headline.mode, "evidence"]
    found.insert(1, "facility_name", found["facility_id"].map(names))
    found.insert(2, "mode", assessment.scenario.headline.mode)
    return gpd.GeoDataFrame(found.assign(evidence=of_mode.iloc[0] if len(of_mode) else None))


def _facilities(assessment: Assessment) -> gpd.GeoDataFrame:
    table = assessment.study.facilities
    symbols = base_map(assessment, "en").facility_symbols
    return gpd.GeoDataFrame(table.assign(symbol=np.asarray(symbols)))


def road_layer(roads: RoadNetwork) -> gpd.GeoDataFrame:
    """Return a line for each edge of the roads with its way, class, name, surface and length."""

    def said(codes: Any, texts: tuple[str, ...]) -> Any:
        return np.array(texts, dtype=object)[codes]

    table = {
        "way_id": roads.way_id,
        "road_class": said(roads.road_class, roads.classes),
        "road_name": said(roads.name, roads.names),
        "surface": said(roads.surface, roads.surfaces),
        "length_m": np.round(roads.length_m, 1),
    }
    return gpd.GeoDataFrame(table, geometry=list(roads.lines()), crs=roads.crs)
