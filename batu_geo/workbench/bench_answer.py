"""The numbers of a standing that a planner watches: people, villages, ranking, gains and costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from batu_geo.access.coverage import GROUPS, coverage_table
from batu_geo.network.nearby.ends import ends
from batu_geo.network.travel_times import Kept, travel_times
from batu_geo.planning.situation import (
    headline_sums,
    ranked_villages,
)
from batu_geo.planning.tables.new_road_table import new_road_table
from batu_geo.planning.tables.opened_unit_table import opened_by, opened_unit_table
from batu_geo.siting.buildings.candidates import candidate_sites, rank_sites, with_upgrades

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.domain.criteria import CandidateRules
    from batu_geo.domain.tables import Buildings
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.workbench.standing import Standing

# What of a screened building a planner watches while a hand moves.
SCREENED = ("site_id", "village_id", "building_state", "suitability")


@dataclass(frozen=True, slots=True, eq=False)
class SiteTimes:
    """Times from where people live to the buildings of the ledger, by the headline mode.

    Attributes
    ----------
    ledger
        The buildings, and the facilities that may be upgraded.
    off_road
        Ids of those that join no road.
    times
        Every trip to them that is shorter than `known_to`: no other gains anything.
    known_to
        Minutes, float64 [homes].
    demand
        Where people live.
    """

    ledger: Buildings
    off_road: frozenset[str]
    times: TravelTimes
    known_to: NDArray[np.float64]
    demand: object


class Screened(NamedTuple):
    """The `SCREENED` of buildings by `candidate_sites`, and what that depends on."""

    ledger: Buildings
    gaps: frozenset[str]
    rules: CandidateRules
    off_road: frozenset[str]
    table: pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class BenchAnswer:
    """The numbers of a standing at the headline.

    Attributes
    ----------
    standing
        Where they come from.
    people_served
        Within the headline threshold of an open unit.
    villages
        People by village at the headline, as `village_coverage`, without metres.
    gaps
        Villages without a unit, ranked by need, as `ranked_villages`, without metres.
    gains
        The `SCREENED` of the buildings of the ledger, best first, as `rank_sites`.
    opened
        Units that the scenario opens and what each costs whom, as `opened_unit_table`; None where
        it opens none.
    new_roads
        Roads that it builds, as `new_road_table`; None where it builds none.
    sites, screened
        The times behind `gains`, and the buildings screened by the rules, to be used again.
    """

    standing: Standing
    people_served: int
    villages: pd.DataFrame
    gaps: pd.DataFrame
    gains: pd.DataFrame
    opened: pd.DataFrame | None
    new_roads: pd.DataFrame | None
    sites: SiteTimes
    screened: Screened


def bench_answer(standing: Standing, *, before: BenchAnswer | None = None) -> BenchAnswer:
    """Return the numbers of a standing; times to buildings are taken over where they still hold.

    Examples
    --------
    >>> import batu_geo as bg
    >>> from batu_geo.workbench.standing import standing
    >>> study = bg.load_study()
    >>> now = bench_answer(standing(study, bg.load_scenario("baseline", study=study)))
    >>> len(now.gaps), len(now.villages)
    (6, 24)
    """
    situation, study, scenario = standing.situation, standing.study, standing.scenario
    head, sums = scenario.headline, headline_sums(situation)
    ledger = _ledger(standing, before)
    sites = site_times(standing, ledger, before=before.sites if before else None)
    screened = _screened(standing, ledger, sites, before)
    built = study.built
    return BenchAnswer(
        standing=standing,
        people_served=int(sums.people[:, GROUPS.index("served")].sum()),
        villages=coverage_table(situation.villages, (head,), (sums.people,), (sums.means,)),
        gaps=ranked_villages(situation),
        gains=_gains(standing, screened.table, sites),
        opened=_opened(standing, before),
        new_roads=None if built is None else new_road_table(scenario, built),
        sites=sites,
        screened=screened,
    )


def site_times(
    standing: Standing, ledger: Buildings, *, before: SiteTimes | None = None
) -> SiteTimes:
    """Return the times to the buildings of the ledger, as from `with_upgrades`.

    Those found before hold as long as buildings, streets and homes are the same and nobody is
    farther from a unit than they were found for. They are found for the units that stay while
    one is moved, so that they hold wherever it goes.
    """
    situation, scenario = standing.situation, standing.scenario
    mode = scenario.headline.mode
    graph = situation.graphs[mode]
    now = situation.times[mode].best()
    if before is not None and before.demand is situation.demand:
        ways = before.times.ways
        is_same = ways is not None and ways.graph is graph and _are_among(ledger, before.ledger)
        if is_same and bool((now <= before.known_to).all()):
            return before
    bound = standing.of_others.get(mode, situation.times[mode])
    if bool((bound.best() < now).any()):
        bound = situation.times[mode]
    places = ledger[["building_id", "geometry"]]
    starts, refuse_m = situation.joined[mode], scenario.snapping.refuse_m
    both = None
    if before is not None and before.ledger is ledger and before.times.ways is not None:
        both = before.times.ways.ends
    if both is None or both.here is not starts.joins:
        both = ends(graph, starts, places, refuse_m=refuse_m)
    found = travel_times(
        graph, origins=situation.demand, destinations=places, refuse_m=refuse_m, joined=both,
        kept=Kept(0.0, bound),
    )  # fmt: skip
    off_road = frozenset(places["building_id"].astype(str)[~both.there[0].is_snapped])
    return SiteTimes(ledger, off_road, found, bound.best(), situation.demand)


def _are_among(ledger: Buildings, known: Buildings) -> bool:
    """Return whether every building of a ledger is in another one, at the same place."""
    places = dict(zip(known["building_id"], known.geometry, strict=True))
    return all(
        name in places and places[name].equals_exact(point, 0.0)
        for name, point in zip(ledger["building_id"], ledger.geometry, strict=True)
    )


def _ledger(standing: Standing, before: BenchAnswer | None) -> Buildings:
    """Return the buildings and the facilities that may be upgraded; those before if they are it."""
    study = standing.study
    if before is not None and before.standing.given is standing.given:
        is_same = before.standing.study.buildings is study.buildings
        if is_same and _of_upgrades(before.standing) == _of_upgrades(standing):
            return before.screened.ledger
    kinds = standing.scenario.candidates.upgrade_kinds
    return with_upgrades(study.buildings, study.facilities, kinds)


def _of_upgrades(standing: Standing) -> tuple[object, ...]:
    """Return what of a scenario decides which facilities may be upgraded, and what they are."""
    scenario, facilities = standing.scenario, standing.given.facilities
    kinds, service = scenario.candidates.upgrade_kinds, scenario.service
    is_new = service.kinds[0] in kinds
    rows = np.isin(facilities["kind"].to_numpy(dtype=object), kinds)
    names = set(facilities["facility_id"].to_numpy(dtype=object)[rows])
    changes = [
        change for change in scenario.facility_changes
        if is_new or change.kind in kinds or change.facility_id in names
    ]  # fmt: skip
    return kinds, changes, (scenario.new_units, service) if is_new else ()


def _opened(standing: Standing, before: BenchAnswer | None) -> pd.DataFrame | None:
    """Return the units that a scenario opens; those before if only their places differ."""
    study, scenario = standing.study, standing.scenario
    if not opened_by(scenario):
        return None
    if before is None or before.standing.given is not standing.given:
        return opened_unit_table(study, scenario)
    is_same = _of_costs(before.standing) == _of_costs(standing)
    return before.opened if is_same else opened_unit_table(study, scenario)


def _of_costs(standing: Standing) -> tuple[object, ...]:
    """Return what of a scenario decides who opens what where for whom, but for exact places."""
    scenario, rows = standing.scenario, standing.study.facilities
    # New units are the last facilities.
    villages = rows["village_id"].array[len(rows) - len(scenario.new_units) :].tolist()
    units = [
        unit.model_copy(update={"lon": unit.lon is None, "lat": None})
        for unit in scenario.new_units
    ]
    return opened_by(scenario), units, villages


def _screened(
    standing: Standing, ledger: Buildings, sites: SiteTimes, before: BenchAnswer | None
) -> Screened:
    """Return the buildings screened by the rules; those before hold where nothing has changed."""
    gaps = ranked_villages(standing.situation)
    names, rules = frozenset(gaps["village_id"]), standing.scenario.candidates
    if before is not None:
        known = before.screened
        is_same = known.ledger is ledger and known.gaps == names and known.rules == rules
        if is_same and known.off_road == sites.off_road:
            return known
    table = candidate_sites(ledger, gaps, rules=rules, off_road=sites.off_road)
    plain = pd.DataFrame(table)[list(SCREENED)]
    return Screened(ledger, names, rules, sites.off_road, plain)


def _gains(standing: Standing, screened: pd.DataFrame, sites: SiteTimes) -> pd.DataFrame:
    """Return the screened buildings, ranked by what a unit in each would gain."""
    situation, scenario = standing.situation, standing.scenario
    names, times = tuple(screened["site_id"]), sites.times
    return rank_sites(
        screened,
        now=situation.times[scenario.headline.mode],
        to_sites=times if times.destination_ids == names else times.only(*names),
        demand=situation.demand,
        threshold_minutes=scenario.headline.threshold_minutes,
    )
