"""Regions computed apart have the numbers of all regions as one study."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from batu_geo.fleet.joint_study import joint_study
from batu_geo.fleet.measures import measures
from batu_geo.fleet.merging import merge
from batu_geo.fleet.stages import nation, places
from batu_geo.planning.assess import plan_inputs
from batu_geo.planning.situation import need_values, villages_reached
from batu_geo.planning.tables.access_table import access_by_village, staff_supply
from tests.fleet.regions import settings, world
from tests.how_many import few
from tests.toy import CRS

pytestmark = pytest.mark.slow

SEEDS = range(few(50))


@cache
def both(seed: int) -> tuple[Any, dict[str, pd.DataFrame]]:
    """Return the plan inputs of the joint study, and the merged tables of the regions."""
    studies, roads = world(seed)
    wanted = settings(seed)
    whole = nation(studies, roads, wanted)
    parts = {code: places(whole, code) for code in studies}
    measured = {code: measures(part, wanted) for code, part in parts.items()}
    return (
        plan_inputs(joint_study(studies, roads), wanted),
        merge(parts, measured, wanted, crs=CRS),
    )


def same(
    joint: pd.DataFrame, merged: pd.DataFrame, keys: list[str], *, is_to_the_bit: bool = True
) -> None:
    """Require every column of a table of the joint run in the merged one, to the bit.

    Sums of powers are the same to 1e-14: a processor takes powers of a long array otherwise.
    """
    here, there = (t.sort_values(keys, ignore_index=True)[list(joint)] for t in (joint, merged))
    pd.testing.assert_frame_equal(
        pd.DataFrame(here), pd.DataFrame(there), check_dtype=False,
        **({"check_exact": True} if is_to_the_bit else {"rtol": 1e-14, "atol": 0}),
    )  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_every_number_of_villages_units_and_buildings_is_that_of_the_joint_run(seed: int) -> None:
    joint, merged = both(seed)
    situation, head = joint.situation, joint.scenario.headline
    same(villages_reached(situation), merged["coverage"],
         ["village_id", "mode", "threshold_minutes"])  # fmt: skip
    need = need_values(situation).reset_index(names="village_id")
    inner = [name for name in need if name.startswith("score_")]
    same(need.drop(columns=inner), merged["villages"], ["village_id"])
    ranked = ["village_id", "rank", "score", "score_low", "score_high"]
    same(joint.gaps[ranked], merged["villages"].dropna(subset="rank"), ["village_id"])
    times, demand = joint.times[head.mode], joint.demand
    access = access_by_village(
        joint.study.villages, times, demand, staff_supply(joint), joint.scenario
    )
    same(access, merged["villages"], ["village_id"], is_to_the_bit=False)
    gains = ["site_id", "rank", "rank_in_village", "people_gained", "people_newly_reachable",
             "person_minutes_saved"]  # fmt: skip
    same(pd.DataFrame(joint.candidates)[gains], merged["buildings"], ["site_id"])
    people = demand["population"].to_numpy()
    nearest = np.bincount(times.nearest_column() + 1, people, len(times.destination_ids) + 1)[1:]
    units = pd.DataFrame(
        {
            "unit_id": times.destination_ids,
            "people_within": people @ times.within(head.threshold_minutes),
            "people_nearest": nearest,
            "staff": staff_supply(joint),
        }
    )
    same(units, merged["units"], ["unit_id"])


@pytest.mark.parametrize("seed", SEEDS)
def test_each_next_unit_is_the_best_of_the_joint_run(seed: int) -> None:
    joint, merged = both(seed)
    sites, minutes = joint.candidates, joint.scenario.headline.threshold_minutes
    to_sites = joint.to_sites[joint.scenario.headline.mode]
    near = to_sites.within(minutes).toarray() > 0
    lacking = joint.times[joint.scenario.headline.mode].best() > minutes
    people = joint.demand["population"].to_numpy()
    may = set(sites["site_id"][sites["rank"].notna()])
    for region, rows in merged["budget"].groupby("region"):
        own = merged["buildings"]["site_id"][merged["buildings"]["region"] == region]
        column = {i: n for n, i in enumerate(to_sites.destination_ids)}
        left, total, closed = people * lacking, 0, set[str]()
        village = dict(zip(sites["site_id"], sites["village_id"], strict=True))
        for row in rows.itertuples():
            gains = {i: int(left @ near[:, column[i]]) for i in sorted({*own} & may)
                     if village[i] not in closed}  # fmt: skip
            best = max(gains, key=lambda i: gains[i])
            total += gains[best]
            assert (row.site_id, row.people_gained) == (best, total)
            left = np.where(near[:, column[best]], 0, left)
            closed.add(village[best])
    assert merged["budget"]["people_added"].gt(0).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_totals_are_sums(seed: int) -> None:
    joint, merged = both(seed)
    regions, villages = merged["regions"], merged["villages"]
    assert regions["population"].sum() == joint.study.villages["population"].sum()
    assert (regions["served"] + regions["people_beyond"] == regions["population"]).all()
    beyond = villages.groupby("region")["people_beyond"].sum()
    assert regions.set_index("region")["people_beyond"].eq(beyond).all()
    way = villages.loc[np.isfinite(villages["mean_minutes"]), "population"].sum()
    assert merged["units"]["people_nearest"].sum() >= way
