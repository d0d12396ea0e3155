"""Where a bench stands: the situation of its scenario, taken over from those before it.

The ladder, the cheapest step first: other weights or a shorter threshold need no travel; a unit
more, less or elsewhere is a column of times; other speeds and closures need graphs and times anew,
but people join the streets where they did; new roads and other modes of travel need all of it.
Whatever is taken over, the numbers are those of a run from the start.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import shapely

from batu_geo.network.graph import mode_graph
from batu_geo.network.nearby.ends import starts
from batu_geo.planning.once import ByMode
from batu_geo.planning.situation import (
    longest_minutes,
    situation_before_graphs,
    times_to,
    unit_points,
)
from batu_geo.planning.study import as_changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.graph import ModeGraph
    from batu_geo.network.nearby.ends import Starts
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.situation import Situation
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
        Units, graphs, joins and times; those of a mode are found when they are asked for.
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
    like = _most_alike(then, [one.situation for one in known])
    situation, others = _with_times(then, like)
    return Standing(study, changed, scenario, situation, others)


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


def _most_alike(then: Situation, known: Sequence[Situation]) -> Situation | None:
    """Return the situation whose times are of most use: those of the headline, to most units."""
    mode = then.scenario.headline.mode

    def differences(one: Situation) -> tuple[bool, int]:
        new, gone = _new(then, one), _new(one, then)
        return mode not in _usable(then, one), 3 * len(new) + len(gone)

    return min(known, key=differences, default=None)


def _usable(then: Situation, like: Situation) -> dict[str, TravelTimes]:
    """Return by mode the times of another situation that are over the same graph and far enough."""
    if like.demand is not then.demand:
        return {}
    graphs = _known(then.graphs)
    return {
        mode: times
        for mode, times in _known(like.times).items()
        if times.ways is not None
        and times.ways.graph is graphs.get(mode)
        and times.limit_minutes >= longest_minutes(then.scenario, mode)
    }


def _new(then: Situation, before: Situation) -> list[str]:
    """Return the units of a situation that another one has not, or has elsewhere."""
    old = before.units
    return [
        name
        for name, unit in then.units.items()
        if name not in old or not shapely.equals_exact(old[name].point, unit.point)
    ]


def _with_times(
    then: Situation, like: Situation | None
) -> tuple[Situation, dict[str, TravelTimes]]:
    """Return a situation with its times, and those to the units that stayed where they were.

    The units are in the order of the times: who stayed first, as in the situation before.
    """
    new = [*then.units] if like is None else _new(then, like)
    others: dict[str, TravelTimes] = {}
    if like is not None and len(new) <= MOST_NEW:
        gone = _new(like, then)
        for mode, times in _usable(then, like).items():
            for name in gone:
                times = times.without(name)  # noqa: PLW2901
            others[mode] = times
        stayed = [name for name in like.units if name not in set(gone)]
        units = {name: then.units[name] for name in (*stayed, *new)}
        then = replace(then, units=units)
        if not new and not gone:
            return replace(then, times=_times(then, others, {})), others
        others = {mode: times.with_sure_nearest() for mode, times in others.items()}
        if not new:
            return replace(then, times=_times(then, others, {})), others
    return replace(then, times=_times(then, {}, others)), others


def _times(
    then: Situation, whole: Mapping[str, TravelTimes], others: Mapping[str, TravelTimes]
) -> ByMode[TravelTimes]:
    """Return times by mode: `whole` as they are, `others` with those to the units after them."""
    anew = times_to(then, unit_points(then))
    more = {
        mode: times_to(then, unit_points(then).iloc[len(t.destination_ids) :])
        for mode, t in others.items()
    }

    def of(mode: str) -> TravelTimes:
        return others[mode].joined(more[mode][mode]) if mode in others else anew[mode]

    return ByMode(tuple(then.graphs), of, whole)
