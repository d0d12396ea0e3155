"""Maps of the ways to help: catchments of units, referral, and who is served at which hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from batu_geo.render.cartography.legends import (
    facility_group,
    limit_words,
    minutes_group,
    reach_group,
    referral_group,
    share_group,
    staff_group,
    status_group,
)
from batu_geo.render.cartography.map_spec import (
    AreaLayer,
    FacilityLayer,
    Label,
    MapSpec,
    NameLayer,
    ReachLayer,
    Side,
    StaffLayer,
    TextTable,
    Tip,
    TripLayer,
)
from batu_geo.render.cartography.map_tips import status_tips
from batu_geo.render.cartography.new_road_layer import new_road_groups, road_layers
from batu_geo.render.cartography.palette import MINUTES, REFERRAL, SHARE, STATUS, reach_look
from batu_geo.render.text.words import CLOCK, mode_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from batu_geo.render.cartography.base_map import BaseMap


def reach_spec(base: BaseMap, table: TextTable | None = None) -> MapSpec:
    """Return the map of the catchments of the open units.

    A page shows them one unit and one threshold at a time, and their people in `table`; a
    sheet shows all thresholds of the headline mode at once.
    """
    areas, mode = base.assessment.catchments, base.scenario.headline.mode
    rows = areas[areas["mode"] == mode].sort_values("threshold_minutes")
    looks = tuple(reach_look(mode, order) for order in range(len(rows)))
    title = base.word("map_reach", **base.limit)
    return MapSpec(
        question="reach",
        title=Label(base.word("map_reach_title", place=base.place), title),
        note=base.note(base.word("map_reach_what")),
        layers=(
            AreaLayer(
                base.word("layer_status"), STATUS, base.status, status_tips(base), only="screen"
            ),
            ReachLayer(title, rows.geometry, looks, only="paper"),
            *road_layers(base),
            FacilityLayer(),
            NameLayer(base.points()),
        ),
        legend=(
            reach_group(base, title),
            status_group(base),
            *new_road_groups(base),
            facility_group(base),
        ),
        table=table,
    )


def reach_table(
    base: BaseMap, places: Sequence[str], people: Sequence[Sequence[int | None]]
) -> TextTable:
    """Return the people within reach of each place, [places, thresholds], in words."""
    limits = tuple(limit_words(base, limit) for limit in base.scenario.thresholds)
    rows = zip(places, people, strict=True)
    return TextTable(
        (base.word("map_reach_unit"), *limits),
        tuple((place, *(base.number(count) for count in row)) for place, row in rows),
    )


def referral_spec(base: BaseMap, tables: Mapping[str, pd.DataFrame]) -> MapSpec:
    """Return the map of where each unit sends people, and how far villages are from help.

    Parameters
    ----------
    tables
        ``referral`` and ``unit_referral`` of `referral_tables`.
    """
    known = tables["referral"].set_index("village_id").reindex(base.villages["village_id"])
    mode = mode_word(base.scenario.referral.mode, base.language)
    minutes = {kind: known[f"{kind}_mean_minutes_reached"] for kind in ("hospital", "puskesmas")}
    labels = {kind: base.word(f"map_to_{kind}", mode=mode) for kind in minutes}
    cells = [[base.number(m, 1) for m in column] for column in minutes.values()]
    table = TextTable(
        (base.word("village"), *labels.values()), tuple(zip(base.names, *cells, strict=True))
    )
    return MapSpec(
        question="referral",
        title=Label(
            base.word("map_referral_title", place=base.place), base.word("map_referral")
        ),
        note=base.note(base.word("map_referral_what", mode=mode)),
        layers=(
            *(
                AreaLayer(labels[kind], MINUTES, tuple(column), table.tips,
                          is_shown=kind == "hospital", only="screen")
                for kind, column in minutes.items()
            ),
            *road_layers(base),
            *(_trips(base, tables["unit_referral"], kind) for kind in REFERRAL.looks),
            FacilityLayer(),
            NameLayer(base.points()),
        ),
        legend=(
            referral_group(base),
            minutes_group(labels["hospital"], base),
            *new_road_groups(base),
            facility_group(base),
        ),
        table=table,
    )  # fmt: skip


def _trips(base: BaseMap, pairs: pd.DataFrame, kind: str) -> TripLayer:
    """Return a line from each unit to its puskesmas or hospital; a missing one draws no line."""
    facilities = base.facilities
    points = dict(zip(facilities["facility_id"], facilities.geometry, strict=True))
    names = dict(zip(facilities["facility_id"], facilities["facility_name"], strict=True))
    rows = pairs[pairs[f"{kind}_id"].isin(points)].to_dict("records")
    lines = [
        shapely.LineString([points[row["facility_id"]], points[row[f"{kind}_id"]]]) for row in rows
    ]
    tips = tuple(
        Tip(
            f"{row['facility_name']} → {names[row[f'{kind}_id']]}",
            ((base.word("minutes"), base.number(row[f"{kind}_minutes"], 1)),),
        )
        for row in rows
    )
    return TripLayer(
        base.word(f"map_referral_{kind}"),
        gpd.GeoSeries(np.array(lines, dtype=object), crs=facilities.crs),
        REFERRAL.look_of(kind),
        tips,
    )


def hours_spec(base: BaseMap, days: pd.DataFrame, table: TextTable | None = None) -> MapSpec:
    """Return the map of who is served when: an hour at a time on a page, a weekday each in print.

    Parameters
    ----------
    days
        From `staffed_days`; no rows where no roster is known.
    table
        People served by weekday and hour, for a page.
    """
    rows, layer = days.to_dict("records"), base.word("map_hours_layer")
    evidence = base.inputs["staffing"]["evidence"] if "staffing" in base.inputs else "code_unknown"
    what = base.word("map_hours_what", evidence=base.word(evidence), **base.limit)
    nobody = (0.0,) * len(base.villages)
    return MapSpec(
        question="hours",
        title=Label(base.word("map_hours_title", place=base.place), base.word("map_staff")),
        note=base.note(what),
        layers=(
            AreaLayer(layer, SHARE, nobody, status_tips(base), only="screen"),
            *(
                StaffLayer(frozenset(row["staffed"]), side=str(row["weekday"]), only="paper")
                for row in rows
            ),
            *road_layers(base, only="screen"),
            FacilityLayer(only="screen"),
            NameLayer(base.points(), only="screen"),
        ),
        legend=(
            share_group(layer, base.language, base.villages),
            staff_group(base, has_roster=bool(rows)),
            *new_road_groups(base, is_printed=False),
        ),
        sides=tuple(
            Side(
                str(row["weekday"]),
                base.word(
                    "map_staff_day",
                    day=base.word(f"day_{row['weekday']}"),
                    units=base.number(len(row["staffed"])),
                    people=base.number(row["mean_people"]),
                ),
            )
            for row in rows
        ),
        columns=4,
        table=table,
    )


def hours_table(base: BaseMap, people: NDArray[np.int64]) -> TextTable:
    """Return the people served in the working hours of each weekday, [7, 24], in words."""
    shown, mark = range(*base.scenario.staffing.working_hours), CLOCK[base.language]
    return TextTable(
        (base.word("explore_day"), *(f"{hour:02d}{mark}00" for hour in shown)),
        tuple(
            (base.word(f"day_{n}"), *(base.number(day[hour]) for hour in shown))
            for n, day in enumerate(people, start=1)
        ),
    )
