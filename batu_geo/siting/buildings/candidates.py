"""Candidate buildings: screened by hard rules, then ranked by what a unit in each would gain.

A building of the ledger has a `building_id`, a facility that may be upgraded a `facility_id`.
`candidate_sites` names both `site_id`, and so does everything that follows: problem, plan and
tables. The ledger's own code stays beside it in the column `building_id`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from batu_geo.domain.cell_rows import LEGAL_BASIS, ROAD, CellRows, Refusal, Unverified, rows_column
from batu_geo.domain.contracts import OWNERS
from batu_geo.domain.tables import UNKNOWN, Buildings
from batu_geo.network.impedance import MS_PER_MINUTE
from batu_geo.siting.buildings.building_state import (
    BuildingState,
    building_state,
    suitability,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.criteria import CandidateRules
    from batu_geo.domain.tables import DemandPoints
    from batu_geo.network.nearby.trip_table import TripTable
    from batu_geo.network.travel_times import TravelTimes

Table = TypeVar("Table", bound=pd.DataFrame)

VILLAGE_HAS_UNIT = "village_has_unit"
# Trips added up together.
BLOCK_TRIPS = 1_000_000


def with_upgrades(
    buildings: Buildings, facilities: gpd.GeoDataFrame, kinds: Sequence[str]
) -> Buildings:
    """Return the ledger with the open facilities of some kinds, which may be upgraded to units.

    Their ``action`` is ``upgrade_unit``, that of a building ``open_unit``. Fields a facility
    lacks are set to `unknown`; its operator becomes its owner.
    """
    ledger = buildings.assign(action="open_unit")
    chosen = facilities[facilities["kind"].isin(kinds) & (facilities["status"] != "closed")]
    if chosen.empty:
        return Buildings(ledger)
    rows = gpd.GeoDataFrame(
        {
            "building_id": chosen["facility_id"],
            "building_name": chosen["facility_name"],
            "owner": [o if o in OWNERS else UNKNOWN for o in chosen["operator"]],
            "land_status": UNKNOWN,
            "condition": UNKNOWN,
            "present_use": chosen["kind"],
            "village_id": chosen["village_id"],
            "evidence": chosen["evidence"],
            "evidence_note": chosen["evidence_note"],
            "action": "upgrade_unit",
        },
        geometry=chosen.geometry,
        crs=facilities.crs,
    )
    rows = rows.reindex(columns=ledger.columns)
    kinds_of_columns = ledger.dtypes.drop("geometry").to_dict()
    both = pd.concat([ledger, rows.astype(kinds_of_columns)], ignore_index=True)
    return Buildings(gpd.GeoDataFrame(both, geometry="geometry", crs=ledger.crs))


def candidate_sites(
    buildings: Buildings,
    gaps: pd.DataFrame,
    *,
    rules: CandidateRules,
    off_road: Container[str] = frozenset(),
) -> gpd.GeoDataFrame:
    """Screen the buildings by the hard rules.

    Parameters
    ----------
    buildings
        The ledger.
    gaps
        Villages without a unit, from `rank_gaps`.
    rules
        Rules a building must meet. A rule on an unknown field is neither met nor
        broken: the field has to be verified.
    off_road
        Ids of the buildings that join no road: how they are reached has to be verified.

    Returns
    -------
    geopandas.GeoDataFrame
        The buildings with ``site_id`` in front and five columns more: ``joins_road`` (bool),
        ``building_state``
        (a `BuildingState`), ``suitability`` (its code ``fit``, ``to_verify`` or
        ``refused``), ``why_not`` (a `CellRows` of `Refusal`) and ``verify`` (a `CellRows`
        of `Unverified`).
    """
    in_gap = set(gaps["village_id"])
    records = buildings.to_dict("records")
    sites = buildings.copy()
    sites.insert(0, "site_id", sites["building_id"])
    refusals = [CellRows(tuple(_refusals(site, rules, in_gap))) for site in records]
    unverified = [CellRows(tuple(_unverified(site, rules, off_road))) for site in records]
    sites["joins_road"] = [site["building_id"] not in off_road for site in records]
    sites["suitability"] = ""
    sites["why_not"] = rows_column(refusals, sites)
    sites["verify"] = rows_column(unverified, sites)
    return with_state(sites)


def with_state(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the sites with their state as ``why_not``, ``verify`` and ``condition`` have it."""
    states = [
        building_state(is_refused=bool(broken), is_unverified=bool(unknown), condition=condition)
        for broken, unknown, condition in zip(
            sites["why_not"], sites["verify"], sites["condition"], strict=True
        )
    ]
    return sites.assign(
        building_state=pd.Series(states, index=sites.index, dtype="int64"),
        suitability=pd.Series(suitability(states), index=sites.index, dtype="str"),
    )


def without_village_rule(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the sites as they are where a village that has a unit may get another one."""
    refusals = [
        CellRows(tuple(r for r in cell.rows if r.rule != VILLAGE_HAS_UNIT))
        for cell in sites["why_not"]
    ]
    allowed = sites.assign(why_not=rows_column(refusals, sites))
    return with_state(allowed).assign(why_not=sites["why_not"])


def refusals_table(sites: pd.DataFrame) -> pd.DataFrame:
    """Return the rules that buildings break as a tidy table: ``site_id``, ``rule``, ``value``."""
    rows = [(r.site_id, r.rule, r.value) for cell in sites["why_not"] for r in cell.rows]
    return pd.DataFrame(rows, columns=["site_id", "rule", "value"])


def _refusals(
    building: dict[Any, Any], rules: CandidateRules, in_gap: set[str]
) -> Iterator[Refusal]:
    """Yield each rule that a building breaks."""
    site_id = building["building_id"]
    for rule, value, is_met in _ruled_fields(building, rules):
        is_offered = rule == "owner" and _needs_other_basis(building)
        if value is not None and not is_met and not is_offered:
            yield Refusal(site_id, rule, value)
    if building["village_id"] not in in_gap:
        yield Refusal(site_id, VILLAGE_HAS_UNIT, str(building["village_id"]))


def _unverified(
    building: dict[Any, Any], rules: CandidateRules, off_road: Container[str]
) -> Iterator[Unverified]:
    """Yield each rule whose field is unknown, the road where there is none, and the legal basis."""
    for rule, value, _ in _ruled_fields(building, rules):
        if value is None:
            yield Unverified(building["building_id"], rule)
    if building["building_id"] in off_road:
        yield Unverified(building["building_id"], ROAD)
    if _needs_other_basis(building) and "village" not in rules.owners:
        yield Unverified(building["building_id"], LEGAL_BASIS)


def _needs_other_basis(building: dict[Any, Any]) -> bool:
    """Return whether a village runs the facility that would be upgraded, a polindes mostly.

    The upgrade is offered: whether the city may do so is for others to say. Buildings of a
    village that are no facility stay refused, since the city processes its own.
    """
    return building.get("action") == "upgrade_unit" and building["owner"] == "village"


def _ruled_fields(
    building: dict[Any, Any], rules: CandidateRules
) -> Iterator[tuple[str, str | None, bool]]:
    """Yield each field with a rule: its name, its value (None if unknown), if the rule is met."""
    for rule, allowed in (
        ("owner", rules.owners),
        ("land_status", rules.land_statuses),
        ("condition", rules.conditions),
        ("hazard", rules.hazards),
        ("road_access", ("yes",) if rules.needs_road_access else ()),
    ):
        if allowed:
            value = building.get(rule)
            is_known = not pd.isna(value) and value != UNKNOWN
            yield rule, str(value) if is_known else None, value in allowed
    for rule, least in (
        ("floor_area_m2", rules.min_floor_area_m2),
        ("rooms", float(rules.min_rooms)),
    ):
        number = building[rule]
        is_known = not pd.isna(number)
        yield rule, f"{number:g}" if is_known else None, is_known and number >= least


def rank_sites(
    sites: Table,
    *,
    now: TravelTimes,
    to_sites: TravelTimes,
    demand: DemandPoints,
    threshold_minutes: float,
) -> Table:
    """Rank the buildings that no hard rule refuses by what a unit in each would gain.

    Parameters
    ----------
    sites
        From `candidate_sites`.
    now
        Travel times of the demand points to the open units.
    to_sites
        Travel times of the same demand points to the buildings, in their order: the trips
        within the threshold, and those that are shorter than the trip to the nearest unit.
    demand
        People by demand point.
    threshold_minutes
        The headline threshold, inclusive.

    Returns
    -------
    geopandas.GeoDataFrame
        The sites with ``people_gained`` (newly within the threshold),
        ``people_newly_reachable`` (who reach no unit today),
        ``person_minutes_saved`` (of those who do), ``rank`` and
        ``rank_in_village`` (missing where refused), best first: people gained,
        then person-minutes saved, then the lower id.
    """
    people = demand["population"].to_numpy(dtype=np.int64)
    sums = _sums(to_sites.trips, people, now.best(), threshold_minutes, len(sites))
    gained, reachable, saved_ms = sums
    by_name: dict[str, NDArray[Any]] = {
        "people_gained": gained.astype(np.int64),
        "people_newly_reachable": reachable.astype(np.int64),
        "person_minutes_saved": np.round(saved_ms / MS_PER_MINUTE, 6),
    }
    return in_order(sites, by_name)


def _sums(
    trips: TripTable,
    people: NDArray[np.int64],
    best: NDArray[np.float64],
    threshold_minutes: float,
    sites: int,
) -> NDArray[np.float64]:
    """Return people gained, newly reachable, and person-milliseconds saved, [3, sites].

    Blocks of trips are added up one after the other; whole numbers, so that no order matters.
    """
    sums = np.zeros((3, sites))
    for start in range(0, len(trips.column), BLOCK_TRIPS):
        part = slice(start, start + BLOCK_TRIPS)
        column, minutes = trips.column[part], trips.minutes[part]
        ends = np.clip(trips.first, start, start + len(column))
        origin = np.repeat(np.arange(trips.origins), ends[1:] - ends[:-1])
        weight, before = people[origin], best[origin]
        is_reached = np.isinf(before)
        is_nearer = ~is_reached & (minutes < before)
        saved_ms = np.zeros(len(minutes))
        saved_ms[is_nearer] = np.rint((before - minutes)[is_nearer] * MS_PER_MINUTE)
        is_new = (minutes <= threshold_minutes) & (before > threshold_minutes)
        for row, value in enumerate((is_new, is_reached, saved_ms)):
            sums[row] += np.bincount(column, weight * value, minlength=sites)
    return sums


def in_order(sites: Table, sums: dict[str, NDArray[Any]]) -> Table:
    """Return the buildings with the sums of `rank_sites`, numbered over all and in their village.

    Best first; needed are ``site_id``, ``village_id`` and ``building_state``.
    """
    is_kept = can_open(sites).to_numpy(bool)
    ids = sites["site_id"].to_numpy(dtype=object)
    order = np.lexsort((ids, -sums["person_minutes_saved"], -sums["people_gained"], ~is_kept))
    in_village, met = np.zeros(len(sites), np.int64), Counter[str]()
    for n, village in enumerate(sites["village_id"].to_numpy(dtype=object)[order]):
        met[village] += 1
        in_village[n] = met[village]
    numbers, is_refused = np.arange(1, len(sites) + 1), ~is_kept[order]
    ranked = sites.take(order).reset_index(drop=True)
    sums = {name: values[order] for name, values in sums.items()}
    return ranked.assign(
        **sums,
        rank=pd.arrays.IntegerArray(numbers, is_refused),
        rank_in_village=pd.arrays.IntegerArray(in_village, is_refused.copy()),
    )


def is_best_in_village(sites: pd.DataFrame) -> pd.Series[bool]:
    """Return by ranked building whether it is the first of its village."""
    return sites["rank_in_village"].eq(1).fillna(value=False).astype(bool)


def can_open(sites: pd.DataFrame) -> pd.Series[bool]:
    """Return by building whether no hard rule refuses it."""
    return sites["building_state"] > BuildingState.REFUSED
