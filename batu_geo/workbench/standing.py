"""Where a bench stands: the situation of its scenario, taken over from those before it.

The ladder, the cheapest step first: other weights or a shorter threshold need no travel; a unit
more, less or elsewhere is a column of times; other speeds and closures need graphs and times anew,
but people join the streets where they did; new roads and other modes of travel need all of it.
Whatever is taken over, the numbers are those of a run from the start.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import shapely

from batu_geo.network.graph import mode_graph
from batu_geo.network.nearby.ends import starts
from batu_geo.network.travel_times import NEAREST_ALONE, Kept, travel_times
from batu_geo.planning.once import ByMode, once_for_each
from batu_geo.planning.situation import (
    points_of,
    situation_before_graphs,
    with_unit_times_anew,
)
from batu_geo.planning.study import as_changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.nearby.ends import Ends, Starts
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.situation import Situation, Unit
    from batu_geo.planning.study import Study

Value = TypeVar("Value")
# More new units at once than this are quicker found all together.
MOST_NEW = 6


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Standing:
    """A scenario on a study, with everything its numbers come from.

    Attributes
    ----------
    given
        The study as it was read.
    study
        The study with the units, facilities and roads of the scenario.
    scenario
        The scenario.
    situation
        Units, graphs, joins and times; those of a mode are found when they are asked for. Times
        are minutes to the nearest unit alone; `measured` has the rest.
    of_others
        By mode: times to the units that are where they were in the standing before, as far as
        they were taken over. With a unit that is moved over the map they stay the same.
    """

    given: Study
    study: Study
    scenario: Scenario
    situation: Situation
    of_others: Mapping[str, TravelTimes]


def standing(study: Study, scenario: Scenario, *, after: Sequence[Standing] = ()) -> Standing:
    """Return where a scenario stands on a study.

    Parameters
    ----------
    study, scenario
        What to compute on, and how.
    after
        Where other scenarios stand, the latest first: whatever of them still holds is taken over.

    Raises
    ------
    ScenarioError
        When the study cannot follow the scenario, as `as_changed`.

    Examples
    --------
    >>> import batu_geo as bg
    >>> from batu_geo.planning.situation import served_people
    >>> study = bg.load_study()
    >>> today = standing(study, bg.load_scenario("baseline", study=study))
    >>> people = served_people(today.situation)
    >>> ten = ["headline.threshold_minutes=10"]
    >>> later = bg.load_scenario("baseline", study=study, overrides=ten)
    >>> quick = standing(study, later, after=[today])
    >>> quick.situation.graphs["foot"] is today.situation.graphs["foot"]
    True
    >>> served_people(quick.situation) < people
    True
    """
    known = [one for one in after if one.given is study]
    for one in known:
        if one.scenario == scenario:
            return one
    built = _first(one.study.built for one in known if one.scenario.new_roads == scenario.new_roads)
    changed = as_changed(study, scenario, built=built)
    # Nobody lives along a new road, so that people start where they did.
    demand = _first(one.situation.demand for one in known if one.scenario.demand == scenario.demand)
    then = situation_before_graphs(changed, scenario, demand=demand)
    then = _with_graphs(then, [one.situation for one in known])
    situation, others = _with_times(then, _most_alike(then, known))
    return Standing(study, changed, scenario, situation, others)


@once_for_each
def measured(standing: Standing) -> Situation:
    """Return the situation of a standing with what it leaves out: metres, and all near units.

    >>> import batu_geo as bg
    >>> from batu_geo.planning.situation import headline_trips
    >>> study = bg.load_study()
    >>> today = standing(study, bg.load_scenario("baseline", study=study))
    >>> bool(headline_trips(today.situation)["travel_distance_m"].isna().all())
    True
    >>> round(headline_trips(measured(today))["travel_distance_m"].median())
    696
    """
    return with_unit_times_anew(standing.situation)


def _first(values: Iterable[Value | None]) -> Value | None:
    return next((value for value in values if value is not None), None)


def _with_graphs(then: Situation, known: Sequence[Situation]) -> Situation:
    """Return a situation with graphs and joins; those of the same streets are taken over."""
    scenario, homes = then.scenario, then.demand
    modes = tuple(name for name, mode in scenario.modes.items() if mode.thresholds_minutes)
    graphs: dict[str, ModeGraph] = {}
    free: dict[str, ModeGraph] = {}
    joins: dict[str, Starts] = {}
    for mode in modes:
        of_joins, of_graph = _of_joins(then, mode), _of_graph(then, mode)
        for one in known:
            if mode not in one.scenario.modes or _of_joins(one, mode) != of_joins:
                continue
            if mode in _known(one.graphs) and _of_graph(one, mode) == of_graph:
                graphs.setdefault(mode, one.graphs[mode])
            if mode in _known(one.graphs) and one.scenario.travel == scenario.travel:
                graph = one.graphs[mode]
                free.setdefault(mode, graph.without_closures or graph)
            if mode in _known(one.joined) and one.demand is homes:
                joins.setdefault(mode, one.joined[mode])
    roads, refuse_m = then.roads, scenario.snapping.refuse_m

    def graph_of(mode: str) -> ModeGraph:
        return mode_graph(roads, scenario, mode=mode, free=free.get(mode))

    by_mode = ByMode(modes, graph_of, graphs)
    joined = ByMode(modes, lambda mode: starts(by_mode[mode], homes, refuse_m=refuse_m), joins)
    return replace(then, graphs=by_mode, joined=joined)


def _known(by_mode: Mapping[str, Value]) -> Mapping[str, Value]:
    """Return of values by mode those that need no computing."""
    return by_mode.known if isinstance(by_mode, ByMode) else by_mode


def _of_joins(situation: Situation, mode: str) -> tuple[object, ...]:
    """Return what joins of points depend on: streets, law and speeds, but no closure."""
    scenario = situation.scenario
    travel = scenario.travel.model_copy(update={"speed_set": "middle"})
    settings = [
        scenario.modes[name].model_copy(update={"thresholds_minutes": ()})
        for name in (mode, scenario.modes[mode].then)
        if name
    ]
    return id(situation.roads), settings, travel, scenario.snapping


def _of_graph(situation: Situation, mode: str) -> tuple[object, ...]:
    """Return what the graph of a mode depends on besides that."""
    scenario = situation.scenario
    names = (mode, scenario.modes[mode].then)
    closures = [scenario.closures_for(name) for name in names if name]
    return scenario.travel.speed_set, closures, scenario.closures_for_walkers


def _most_alike(then: Situation, known: Sequence[Standing]) -> Standing | None:
    """Return the standing whose times are of most use: those of the headline, to most units."""
    mode = then.scenario.headline.mode

    def differences(one: Standing) -> tuple[bool, int]:
        new, gone = _new(then, one.situation), _new(one.situation, then)
        return mode not in _usable(then, one.situation), 3 * len(new) + len(gone)

    return min(known, key=differences, default=None)


def _usable(then: Situation, like: Situation) -> dict[str, TravelTimes]:
    """Return by mode the times of another situation that are over the same graph."""
    if like.demand is not then.demand:
        return {}
    graphs = _known(then.graphs)
    return {
        mode: times
        for mode, times in _known(like.times).items()
        if times.ways is not None and times.ways.graph is graphs.get(mode)
    }


def _new(then: Situation, before: Situation) -> list[str]:
    """Return the units of a situation that another one has not, or has elsewhere."""
    old = before.units
    return [
        name
        for name, unit in then.units.items()
        if name not in old or not shapely.equals_exact(old[name].point, unit.point)
    ]


def _with_times(then: Situation, like: Standing | None) -> tuple[Situation, dict[str, TravelTimes]]:
    """Return a situation with its times, and those to the units that stayed where they were.

    The units are in the order of the times: who stayed first, as in the situation before.
    """
    new = [*then.units] if like is None else _new(then, like.situation)
    if like is None or len(new) > MOST_NEW:
        return replace(then, times=_times(then, {}, {}, {})), {}
    gone = set(_new(like.situation, then))
    stayed = [name for name in like.situation.units if name not in gone]
    units = {name: then.units[name] for name in (*stayed, *new)}
    then, others = replace(then, units=units), {}
    for mode, times in _usable(then, like.situation).items():
        # While one unit is moved, the times to the others stay the same.
        known = like.of_others.get(mode)
        if known is None or [*known.destination_ids] != stayed:
            known = times
            for name in gone:
                known = known.without(name)
            known = known.with_sure_nearest() if gone else known
        others[mode] = known
    if not new:
        both = {} if gone else _both_ends(then, like.situation)
        return replace(then, times=_times(then, others, {}, both)), others
    return replace(then, times=_times(then, {}, others, {})), others


def _both_ends(then: Situation, like: Situation) -> dict[str, Ends]:
    """Return by mode both ends of trips, where homes join the streets as for the same units."""
    joined = _known(then.joined)
    return {
        mode: times.ways.ends
        for mode, times in _known(like.times).items()
        if times.ways and mode in joined and times.ways.ends.here is joined[mode].joins
    }


def _times(
    then: Situation,
    whole: Mapping[str, TravelTimes],
    others: Mapping[str, TravelTimes],
    both: Mapping[str, Ends],
) -> ByMode[TravelTimes]:
    """Return times by mode: `whole` as they are, `others` with those to the units after them.

    Of each origin the nearest unit is enough, without metres.
    """
    crs, refuse_m = then.villages.crs, then.scenario.snapping.refuse_m

    def found(mode: str, units: Mapping[str, Unit], kept: Kept) -> TravelTimes:
        places = points_of(units, crs)
        return travel_times(
            then.graphs[mode], origins=then.demand, destinations=places, refuse_m=refuse_m,
            joined=both.get(mode) or then.joined[mode], kept=kept,
        )  # fmt: skip

    def of(mode: str) -> TravelTimes:
        if mode not in others:
            return found(mode, then.units, NEAREST_ALONE)
        before = others[mode]
        new = dict(islice(then.units.items(), len(before.destination_ids), None))
        return before.joined(found(mode, new, Kept(0.0, before)))

    return ByMode(tuple(then.graphs), of, whole)
