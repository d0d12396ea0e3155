"""The roads that a scenario builds: how long they are, what they cost, what they join."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from batu_geo.network.new_roads import ENDS

if TYPE_CHECKING:
    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.new_roads import Built


def new_road_table(scenario: Scenario, built: Built) -> pd.DataFrame:
    """Return one row for each new road of a scenario, in its order.

    Columns: ``way_id`` (-1, -2, ... by which closures may name it), ``road_name``, ``road_class``,
    ``length_m`` with the pieces that join it to streets, ``cost_rupiah`` (missing where the
    scenario says none), ``joined_ends`` (``both``, ``first``, ``last`` or ``neither``) and the
    ``source`` of the scenario.
    """
    lost = {(end.way_id, end.end) for end in built.loose}
    rows = []
    for number, (road, metres) in enumerate(
        zip(scenario.new_roads, built.metres, strict=True), start=1
    ):
        ends = [end for end in ENDS if (-number, end) not in lost]
        rows.append({
            "way_id": -number, "road_name": road.name, "road_class": road.road_class,
            "length_m": round(metres, 1), "cost_rupiah": road.cost_rupiah,
            "joined_ends": "both" if len(ends) == len(ENDS) else ends[0] if ends else "neither",
            "source": road.source,
        })  # fmt: skip
    return pd.DataFrame(rows).astype({"cost_rupiah": "Int64"})
