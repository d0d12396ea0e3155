"""The headline of a scenario computed on other roads, units, homes or speeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.access.coverage import coverage
from batu_geo.network.travel_times import travel_times
from batu_geo.pipeline.notices import indicators_by_village
from batu_geo.siting.gaps import criterion_values, rank_gaps

if TYPE_CHECKING:
    import pandas as pd

    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import DemandPoints, Facilities
    from batu_geo.network.graph import ModeGraph
    from batu_geo.sources.study import Study


def headline_coverage(
    graph: ModeGraph, demand: DemandPoints, serving: Facilities, scenario: Scenario
) -> pd.DataFrame:
    """Return by demand point its nearest unit and group, as `coverage` at the headline."""
    times = travel_times(
        graph,
        origins=demand,
        destinations=serving,
        refuse_m=scenario.snapping.refuse_m,
        with_metres=True,
    )
    limit = scenario.headline.threshold_minutes
    return coverage(times, demand, threshold_minutes=limit)


def need_ranks(
    study: Study, status: pd.Series[str], covered: pd.DataFrame, scenario: Scenario
) -> pd.Series[int]:
    """Return by village id the rank of each village without a unit.

    ``status`` is by village id: ``open``, ``closed`` or ``none``.
    """
    values = criterion_values(study.villages, covered, indicators_by_village(study))
    ranked = rank_gaps(study.villages, status != "none", values, criteria=scenario.need)
    return ranked.set_index("village_id")["rank"]
