"""The headline of a scenario: who is covered, and what each village needs by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from batu_geo.access.coverage import coverage
from batu_geo.access.indicators import told_indicators
from batu_geo.network.travel_times import travel_times
from batu_geo.siting.need.gaps import criterion_values, rank_gaps

if TYPE_CHECKING:
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import DemandPoints, Facilities
    from batu_geo.network.graph import ModeGraph
    from batu_geo.planning.study import Study


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
    values = need_values(study, covered)
    ranked = rank_gaps(study.villages, values, has_unit=status != "none", criteria=scenario.need)
    return ranked.set_index("village_id")["rank"]


def need_values(study: Study, covered: pd.DataFrame) -> pd.DataFrame:
    """Return every need criterion by village id, from coverage at the headline."""
    return criterion_values(study.villages, covered, indicators=indicators_by_village(study))


def indicators_by_village(study: Study) -> pd.DataFrame:
    """Return the programme figures by village id as they may be used, empty where there are none.

    Small counts are replaced as `told_indicators` says, so that no rate, rank or
    score gives one away.
    """
    return told_indicators(study.villages, raw_indicators(study))


def raw_indicators(study: Study) -> pd.DataFrame:
    """Return the programme figures by village id as the study has them."""
    if study.indicators is None:
        return pd.DataFrame(index=pd.Index([], name="village_id"))
    return study.indicators.set_index("village_id")
