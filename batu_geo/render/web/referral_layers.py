"""Lines of referral: from each unit to where it sends people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from batu_geo.render.text.words import number, word
from batu_geo.render.web import style
from batu_geo.render.web.map_layers import geojson_layer
from batu_geo.render.web.tooltips import tooltip

if TYPE_CHECKING:
    import folium
    import pandas as pd

    from batu_geo.domain.errors import Language
    from batu_geo.domain.tables import Facilities

KINDS = ("puskesmas", "hospital")


def referral_layers(
    facilities: Facilities, pairs: pd.DataFrame, language: Language
) -> list[folium.GeoJson]:
    """Return a layer of lines to puskesmas and one to hospitals.

    Parameters
    ----------
    facilities
        Both ends of each line.
    pairs
        ``facility_id``, ``facility_name``, ``puskesmas_id``, ``puskesmas_minutes``,
        ``hospital_id`` and ``hospital_minutes``; a missing id draws no line.
    """
    points = dict(zip(facilities["facility_id"], facilities.geometry, strict=True))
    names = dict(zip(facilities["facility_id"], facilities["facility_name"], strict=True))
    layers = []
    for kind in KINDS:
        rows = pairs[pairs[f"{kind}_id"].isin(points)].to_dict("records")
        lines = [
            shapely.LineString([points[row["facility_id"]], points[row[f"{kind}_id"]]])
            for row in rows
        ]
        tips = [
            tooltip(
                f"{row['facility_name']} → {names[row[f'{kind}_id']]}",
                [(word("minutes", language), number(row[f"{kind}_minutes"], language, 1))],
            )
            for row in rows
        ]
        layers.append(
            geojson_layer(
                gpd.GeoSeries(np.array(lines, dtype=object), crs=facilities.crs),
                tips,
                [style.REFERRAL[kind]] * len(lines),
                name=word(f"map_referral_{kind}", language),
                pane="lines",
            )
        )
    return layers
