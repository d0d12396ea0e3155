"""City-owned buildings that might host a unit: hard rules first, then what they gain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from batu_geo.domain.contracts import OWNERS
from batu_geo.domain.tables import UNKNOWN, Buildings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batu_geo.domain.criteria import CandidateRules
    from batu_geo.domain.tables import DemandPoints
    from batu_geo.network.travel_times import TravelTimes


def with_upgrades(
    buildings: Buildings, facilities: gpd.GeoDataFrame, kinds: Sequence[str]
) -> Buildings:
    """Return the ledger with the facilities of some kinds, which may be made units as they stand.

    Their ``action`` is ``upgrade_unit``, that of a building ``open_unit``. What the ledger asks
    of a building and nobody says of the facility is unknown, its owner is who runs it.
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
    buildings: Buildings, gaps: pd.DataFrame, *, rules: CandidateRules
) -> gpd.GeoDataFrame:
    """Screen the buildings by the hard rules.

    Parameters
    ----------
    buildings
        The ledger.
    gaps
        Villages without a unit, from `rank_gaps`.
    rules
        What a building must meet. A field that nobody has published is neither
        met nor broken: it has to be verified.

    Returns
    -------
    geopandas.GeoDataFrame
        The buildings with ``site_id`` in front and three columns more:
        ``suitability`` (``fit``, ``to_verify`` or ``refused``), ``why_not`` (the
        rules it breaks) and ``verify`` (the fields that are unknown), each as
        ``rule=value`` joined by ``; ``.
    """
    in_gap = set(gaps["village_id"])
    broken, unknown = [], []
    for building in buildings.to_dict("records"):
        found = list(_screened(building, rules))
        if building["village_id"] not in in_gap:
            found.append(("village_has_unit", str(building["village_id"])))
        broken.append([f"{rule}={value}" for rule, value in found if value != UNKNOWN])
        unknown.append([rule for rule, value in found if value == UNKNOWN])
    sites = buildings.copy()
    sites.insert(0, "site_id", sites["building_id"])
    sites["suitability"] = [
        "refused" if no else "to_verify" if open_ else "fit"
        for no, open_ in zip(broken, unknown, strict=True)
    ]
    sites["why_not"] = ["; ".join(rules_) for rules_ in broken]
    sites["verify"] = ["; ".join(fields) for fields in unknown]
    return sites


def _screened(building: dict[Any, Any], rules: CandidateRules) -> Iterator[tuple[str, str]]:
    """Yield each rule that is broken with the value, or with `unknown`."""
    for rule, allowed in (
        ("owner", rules.owners),
        ("land_status", rules.land_statuses),
        ("condition", rules.conditions),
        ("hazard", rules.hazards),
        ("road_access", ("yes",) if rules.needs_road_access else ()),
    ):
        if not allowed:
            continue
        value = building.get(rule)
        if pd.isna(value) or value == UNKNOWN:
            yield rule, UNKNOWN
        elif value not in allowed:
            yield rule, str(value)
    for rule, least in (
        ("floor_area_m2", rules.min_floor_area_m2),
        ("rooms", float(rules.min_rooms)),
    ):
        value = building[rule]
        if pd.isna(value):
            yield rule, UNKNOWN
        elif value < least:
            yield rule, f"{value:g}"


def rank_sites(
    sites: gpd.GeoDataFrame,
    *,
    now: TravelTimes,
    to_sites: TravelTimes,
    demand: DemandPoints,
    threshold_minutes: float,
) -> gpd.GeoDataFrame:
    """Rank the buildings that are not refused by what a unit in each would gain.

    Parameters
    ----------
    sites
        From `candidate_sites`.
    now
        Travel times of the demand points to the open units.
    to_sites
        Travel times of the same demand points to the buildings, in their order.
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
    before, site_minutes = now.best()[:, None], to_sites.minutes
    is_new = (site_minutes <= threshold_minutes) & (before > threshold_minutes)
    is_reached = np.isfinite(site_minutes) & ~np.isfinite(before)
    with np.errstate(invalid="ignore"):
        saved = np.where(np.isfinite(before), before - np.minimum(before, site_minutes), 0)
    ranked = sites.copy()
    ranked["people_gained"] = people @ is_new
    ranked["people_newly_reachable"] = people @ is_reached
    ranked["person_minutes_saved"] = np.round(people @ saved, 6)
    is_refused = ranked["suitability"] == "refused"
    ranked = ranked.iloc[
        np.lexsort(
            (
                ranked["site_id"].to_numpy(dtype=object),
                -ranked["person_minutes_saved"].to_numpy(),
                -ranked["people_gained"].to_numpy(),
                is_refused.to_numpy(),
            )
        )
    ].reset_index(drop=True)
    kept = ranked["suitability"] != "refused"
    ranked["rank"] = pd.Series(kept.cumsum().where(kept), dtype="Int64")
    in_village = kept.groupby(ranked["village_id"], dropna=False).cumsum().where(kept)
    ranked["rank_in_village"] = pd.Series(in_village, dtype="Int64")
    return ranked


def is_best_in_village(sites: pd.DataFrame) -> pd.Series[bool]:
    """Say of each ranked building whether it is the first of its village."""
    return sites["rank_in_village"].eq(1).fillna(value=False).astype(bool)
