"""The tables of all regions as one: what compares is computed once, from the rows of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from batu_geo.access.coverage import GROUPS, at_threshold
from batu_geo.siting.buildings.candidates import in_order
from batu_geo.siting.need.gaps import criteria_without_data, rank_gaps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import Villages

# A place among 83,000 says more than is known; one of 20 bands does not.
BANDS = 20
STAFFING = "staffing"
TEXTS = ("village_id", "village_name", "district_name")
GAINS = ("people_gained", "people_newly_reachable", "person_minutes_saved")


def merge(
    parts: Mapping[str, Mapping[str, NDArray[Any]]],
    measured: Mapping[str, Mapping[str, pd.DataFrame]],
    scenario: Scenario,
    *,
    crs: str,
) -> dict[str, pd.DataFrame]:
    """Return the tables of all regions.

    Parameters
    ----------
    parts, measured
        By code of the region: from `places` and from `measures`.
    scenario
        The settings of all regions.
    crs
        Of the outlines.

    Returns
    -------
    dict of pandas.DataFrame
        ``villages`` (with outlines, every criterion and access measure, and the rank and band among
        the villages without a unit), ``coverage``, ``units``, ``buildings`` (with their rank),
        ``budget`` (what the same number of units gains where), ``regions`` and ``lacking``: the
        criteria that ranked villages of a region have no figure
        for, and ``staffing`` of a region without a roster beside others with one, whose units
        count as nobody's supply. A criterion is left out of the ranking where no village of any
        region has one.
    """
    codes = tuple(sorted(measured))
    joined = {name: _joined(measured, name) for name in measured[codes[0]]}
    villages = pd.concat([_outlines(parts[c], crs).assign(region=c) for c in codes])
    villages = gpd.GeoDataFrame(villages.reset_index(drop=True), crs=crs)
    values = joined["need"].drop(columns="region").set_index("village_id")
    ids = pd.Index(villages["village_id"])
    gaps = rank_gaps(
        cast("Villages", villages), values.loc[ids], criteria=scenario.need,
        has_unit=pd.Series(villages["has_unit"].to_numpy(bool), index=ids),
    )  # fmt: skip
    gaps["band"] = banded(gaps["rank"].to_numpy(np.int64))
    lacking = _lacking(villages, gaps, values, scenario, _without_roster(parts))
    return {
        "villages": _villages(villages, gaps, values, joined["access"]),
        "coverage": joined["coverage"],
        "units": _units(joined, scenario),
        "buildings": _buildings(joined["buildings"]),
        "budget": _budget(joined["budget"]),
        "regions": _regions(joined, villages, lacking, scenario),
        "lacking": lacking,
    }


def banded(rank: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the band of each rank, of `BANDS` as equal as they can be; the first is 1.

    >>> banded(np.arange(1, 41)).tolist()[:4], banded(np.array([1, 2])).tolist()
    ([1, 1, 2, 2], [1, 11])
    """
    return np.asarray(1 + (rank - 1) * BANDS // max(len(rank), 1), np.int64)


def _joined(measured: Mapping[str, Mapping[str, pd.DataFrame]], name: str) -> pd.DataFrame:
    tables = [measured[code][name].assign(region=code) for code in sorted(measured)]
    # An empty table would make the columns of the others lose their type.
    return pd.concat([t for t in tables if len(t)] or tables[:1], ignore_index=True)


def _outlines(part: Mapping[str, NDArray[Any]], crs: str) -> gpd.GeoDataFrame:
    """Return the villages of a region with their outlines."""
    ends = np.cumsum(part["outline_size"])
    content = part["outline"].tobytes()
    starts = ends - part["outline_size"]
    shapes = shapely.from_wkb([content[a:b] for a, b in zip(starts, ends, strict=True)])
    columns = {name: pd.array(part[name], dtype="str") for name in TEXTS}
    plain = {name: part[name] for name in ("population", "has_unit")}
    return gpd.GeoDataFrame({**columns, **plain}, geometry=shapes, crs=crs)


def _without_roster(parts: Mapping[str, Mapping[str, NDArray[Any]]]) -> list[str]:
    """Return the regions that do not say who works where, beside others that do."""
    found = [code for code, part in sorted(parts.items()) if not part["has_roster"].all()]
    return found if len(found) < len(parts) else []


def _lacking(
    villages: pd.DataFrame,
    gaps: pd.DataFrame,
    values: pd.DataFrame,
    scenario: Scenario,
    no_roster: Sequence[str],
) -> pd.DataFrame:
    """Return of each region the criteria without a figure, and of how many ranked villages."""
    region = villages.set_index("village_id")["region"]
    missing = criteria_without_data(gaps, values, scenario.need)
    rows = [
        (code, name, int(count))
        for name, ids in missing.items()
        for code, count in region.loc[ids].value_counts().sort_index().items()
    ]
    rows += [(code, STAFFING, int(villages["region"].eq(code).sum())) for code in no_roster]
    table = pd.DataFrame(rows, columns=["region", "criterion", "villages"])
    return table.sort_values(["region", "criterion"], ignore_index=True)


def _villages(
    villages: gpd.GeoDataFrame, gaps: pd.DataFrame, values: pd.DataFrame, access: pd.DataFrame
) -> pd.DataFrame:
    scores = ["village_id", "rank", "band", "score", "score_low", "score_high"]
    inner = [name for name in values if str(name).startswith("score_")]
    table = villages.merge(values.drop(columns=inner).reset_index(), on="village_id")
    known = ["village_name", "population", "region"]
    table = table.merge(access.drop(columns=known), on="village_id")
    table = table.merge(gaps[scores], how="left", on="village_id")
    for name in ("rank", "band"):
        table[name] = table[name].astype("Int64")
    return table.sort_values(["region", "village_id"], ignore_index=True)


def _units(joined: Mapping[str, pd.DataFrame], scenario: Scenario) -> pd.DataFrame:
    """Return the units with the people of all regions who have them nearest at the headline."""
    rows = joined["nearest"]
    near = rows[rows["mode"].eq(scenario.headline.mode)].groupby("unit_id")["people"].sum()
    units = joined["units"]
    people = units["unit_id"].map(near).fillna(0).astype("int64")
    return units.assign(people_nearest=people)


def _buildings(joined: pd.DataFrame) -> pd.DataFrame:
    """Return the buildings of all regions, ranked among each other."""
    buildings = joined.sort_values("site_id", kind="stable", ignore_index=True)
    sums = {name: buildings.pop(name).to_numpy() for name in GAINS}
    return in_order(buildings.drop(columns=["rank", "rank_in_village"]), sums)


def _budget(joined: pd.DataFrame) -> pd.DataFrame:
    """Return what the same number of units gains in each region, and its place among them."""
    groups = joined.groupby("units")["people_gained"]
    rank = groups.rank(method="min", ascending=False).astype("int64")
    table = joined.assign(rank=rank)
    return table.sort_values(["region", "units"], ignore_index=True)


def _regions(
    joined: Mapping[str, pd.DataFrame],
    villages: pd.DataFrame,
    lacking: pd.DataFrame,
    scenario: Scenario,
) -> pd.DataFrame:
    """Return a row a region at the headline, ranked by the share of its people beyond reach."""
    covered = at_threshold(joined["coverage"], scenario.headline)
    table = covered.groupby("region")[["population", *GROUPS]].sum()
    beyond = table["population"] - table["served"]
    share = 100 * beyond / table["population"].where(table["population"] > 0)
    rank = share.rank(method="min", ascending=False, na_option="bottom")
    table["people_beyond"], table["share_beyond_percent"] = beyond, share
    table["rank"] = rank.astype("int64")
    table["band"] = banded(np.asarray(table["rank"], np.int64))
    by_region = villages.groupby("region")
    table["villages"] = by_region.size()
    table["villages_without_unit"] = (~villages["has_unit"]).groupby(villages["region"]).sum()
    for name, rows in (("open_units", joined["units"]), ("buildings", joined["buildings"])):
        table[name] = rows.groupby("region").size().reindex(table.index, fill_value=0)
    best = joined["buildings"].dropna(subset="rank").groupby("region")["people_gained"].max()
    table["gained_by_best_building"] = best.reindex(table.index, fill_value=0)
    table["criteria_lacking"] = lacking.groupby("region").size().reindex(table.index, fill_value=0)
    return table.reset_index()
