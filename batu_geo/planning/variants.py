"""Variants: changes of a situation, each an ordinary value that can be changed again.

Every function returns a new situation. What the change does not touch, travel times
above all, is that of the situation it was made from.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import shapely

from batu_geo.network.roads import closed_outside
from batu_geo.planning.situation import (
    Situation,
    Unit,
    longest_minutes,
    situation_before_graphs,
    with_graphs_anew,
    with_times_anew,
    with_unit_times_anew,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from batu_geo.domain.criteria import Criterion
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import DemandPoints
    from batu_geo.domain.travel import Threshold
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.study import Study

# The settings that graphs are made from, as `mode_graph` reads them.
OF_GRAPHS = ("modes", "travel", "closures")


def closed_border(situation: Situation) -> Situation:
    """Only the roads and units inside the study: nobody travels across its border."""
    area = shapely.union_all(situation.villages.geometry.to_numpy())
    inside = {
        name: unit for name, unit in situation.units.items() if shapely.intersects(unit.point, area)
    }
    roads = closed_outside(situation.roads, area)
    return with_graphs_anew(replace(situation, roads=roads, units=inside))


def at_speed(situation: Situation, speed_set: str) -> Situation:
    """Everybody at the ``slow``, ``middle`` or ``fast`` speeds of their modes."""
    scenario = situation.scenario
    if scenario.travel.speed_set == speed_set:
        return situation
    travel = scenario.travel.model_copy(update={"speed_set": speed_set})
    varied = scenario.model_copy(update={"travel": travel})
    return with_graphs_anew(replace(situation, scenario=varied))


def with_inputs(situation: Situation, study: Study, scenario: Scenario) -> Situation:
    """Other inputs or settings; the chain begins at the first step that depends on one of them."""
    before = situation.scenario
    then = situation_before_graphs(study, scenario)
    if then.roads is not situation.roads or any(
        getattr(before, name) != getattr(scenario, name) for name in OF_GRAPHS
    ):
        return with_graphs_anew(then)
    then = replace(then, graphs=situation.graphs)
    if not then.demand.equals(situation.demand) or before.snapping != scenario.snapping:
        return with_times_anew(then)
    then = replace(then, demand=situation.demand, joined=situation.joined)
    is_as_far = all(
        longest_minutes(before, mode) == longest_minutes(scenario, mode) for mode in then.graphs
    )
    if not is_as_far or [*then.units.items()] != [*situation.units.items()]:
        return with_unit_times_anew(then)
    return replace(then, times=situation.times)


def with_demand(situation: Situation, demand: DemandPoints) -> Situation:
    """People living elsewhere, on the same roads."""
    return with_times_anew(replace(situation, demand=demand))


def with_criteria(situation: Situation, criteria: Sequence[Criterion]) -> Situation:
    """Other criteria of need, or other weights."""
    scenario = situation.scenario.model_copy(update={"need": tuple(criteria)})
    return replace(situation, scenario=scenario)


def with_headline(situation: Situation, headline: Threshold) -> Situation:
    """Another mode and threshold as the headline."""
    scenario = situation.scenario.model_copy(update={"headline": headline})
    return replace(situation, scenario=scenario)


def with_people_factor(situation: Situation, village_id: str, factor: float) -> Situation:
    """More or fewer people in one village, as the criteria that grow with people count them."""
    return replace(situation, people_factor={**situation.people_factor, village_id: factor})


def without_unit(situation: Situation, unit_id: str) -> Situation:
    """One unit less; a village whose only unit it was has none then."""
    rest = _without_unit(situation, unit_id)
    return replace(rest, times={m: times.with_sure_nearest() for m, times in rest.times.items()})


def _without_unit(situation: Situation, unit_id: str) -> Situation:
    """One unit less; whose nearest is beyond the trips kept is still to be found."""
    units = {name: unit for name, unit in situation.units.items() if name != unit_id}
    times = {mode: times.without(unit_id) for mode, times in situation.times.items()}
    return replace(situation, units=units, times=times, assignments=None)


def with_moved_unit(
    situation: Situation, unit_id: str, point: shapely.Geometry, times: Mapping[str, TravelTimes]
) -> Situation:
    """One unit somewhere else, for the same village; `times` are those to its new place alone."""
    unit = Unit(situation.units[unit_id].village_id, point)
    return with_units(_without_unit(situation, unit_id), {unit_id: unit}, times)


def with_closed_unit(situation: Situation, unit_id: str) -> Situation:
    """One unit present but not open: its village keeps it, and is not ranked."""
    closed = situation.closed_villages | {situation.units[unit_id].village_id}
    return replace(without_unit(situation, unit_id), closed_villages=closed)


def with_units(
    situation: Situation, units: Mapping[str, Unit], times: Mapping[str, TravelTimes]
) -> Situation:
    """More units; `times` are those to them alone, in their order, by mode."""
    more = {mode: known.joined(times[mode]) for mode, known in situation.times.items()}
    both = {**situation.units, **units}
    return replace(situation, units=both, times=more, assignments=None)


def with_served_villages(situation: Situation, village_ids: Iterable[str]) -> Situation:
    """More villages that have a unit, wherever it is; they are not ranked."""
    return replace(situation, closed_villages=situation.closed_villages.union(village_ids))


def with_times(situation: Situation, times: Mapping[str, TravelTimes]) -> Situation:
    """Other travel times by mode, such as those to the units that are staffed at an hour."""
    return replace(situation, times=times, assignments=None)


def within_capacity(situation: Situation, assignments: pd.DataFrame) -> Situation:
    """Units that can be full: people go where a plan assigns them, or have no place."""
    return replace(situation, assignments=assignments)
