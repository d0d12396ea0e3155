"""The roads as trips of a referral and of an emergency use them, each graph made once a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.network.graph import mode_graph
from batu_geo.planning.once import ByMode, once_for_each

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.graph import ModeGraph
    from batu_geo.planning.situation import Situation

AMBULANCE = {"vehicle": "ambulance"}
REFERRAL = {"referral_to": "to_facility", "referral_back": "from_facility"}
EMERGENCY = {"emergency_out": "from_facility", "emergency_in": "to_facility"}


@once_for_each
def trip_graphs(situation: Situation) -> Mapping[str, ModeGraph]:
    """Return the graph of each kind of trip, those of `REFERRAL` and `EMERGENCY`.

    A referral goes in its own mode. In an emergency an ambulance drives, out from the hospital
    and in; there is no graph of it where the scenario has neither an ambulance nor a car.
    """
    roads, scenario, graphs = situation.roads, situation.scenario, situation.graphs
    by_ambulance = ambulance_scenario(scenario)
    driven = dict.fromkeys(REFERRAL, (scenario, scenario.referral.mode))
    if by_ambulance is not None:
        driven |= dict.fromkeys(EMERGENCY, by_ambulance)

    def graph_of(trip: str) -> ModeGraph:
        settings, mode = driven[trip]
        direction = (REFERRAL | EMERGENCY)[trip]
        if settings is scenario and direction == scenario.travel.direction and mode in graphs:
            return graphs[mode]
        travel = settings.travel.model_copy(update={"direction": direction})
        return mode_graph(roads, settings.model_copy(update={"travel": travel}), mode=mode)

    return ByMode(tuple(driven), graph_of)


def ambulance_scenario(scenario: Scenario) -> tuple[Scenario, str] | None:
    """Return the scenario in which a mode is an ambulance, and that mode; None where nobody drives.

    It drives at the speeds of the mode `ambulance` or, without one, at those of a car, on every
    street that is open to an ambulance.
    """
    for vehicle in ("ambulance", "car"):
        for name in (scenario.referral.mode, *scenario.modes):
            if scenario.modes[name].vehicle == vehicle:
                as_ambulance = scenario.modes[name].model_copy(update=AMBULANCE)
                modes = {**scenario.modes, name: as_ambulance}
                return scenario.model_copy(update={"modes": modes}), name
    return None
