"""What is left out of sparse times changes no gain, no measure and no plan.

On random towns the trips kept (within the longest threshold, from a site also those nearer than
every unit, and everybody's nearest unit) give the gains of buildings with the person-minutes they
save, the floating catchments and the plan of every model that all trips give; the capacitated
p-median asks for all trips anyway.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from batu_geo.access.decay import decay_stepped
from batu_geo.access.floating_catchment import two_step_fca
from batu_geo.network.travel_times import Kept, matrix_times
from batu_geo.siting.buildings.candidates import rank_sites
from batu_geo.siting.models import capacitated, location
from batu_geo.siting.problem.siting_problem import Rules, SitingProblem
from tests.dense import minutes_of
from tests.how_many import few
from tests.network.test_sparse_times import Town
from tests.toy import demand

pytestmark = pytest.mark.slow

LIMIT = 3.0


def towns(block: int, blocks: int = 25):
    """Yield seeds, towns with a unit at least, people, and sparse and dense times of both kinds."""
    for seed in range(block, few(1000), blocks):
        town = Town(seed)
        if len(town.units):
            people = town.rng.integers(0, 50, len(town.homes))
            now = town.ask(town.units, Kept(LIMIT))
            to_sites = town.ask(town.sites, Kept(LIMIT, now))
            dense = town.all_to(town.units).minutes, town.all_to(town.sites).minutes
            yield seed, town, people, (now, to_sites), dense


@pytest.mark.parametrize("block", range(25))
def test_gains_and_floating_catchments_are_those_of_all_trips(block: int) -> None:
    for seed, town, people, sparse, dense in towns(block):
        homes = tuple(f"d{n}" for n in range(len(people)))
        whole = [
            matrix_times(minutes, homes, tuple(places["place_id"]))
            for minutes, places in zip(dense, (town.units, town.sites), strict=True)
        ]
        sites = gpd.GeoDataFrame({"site_id": town.sites["place_id"], "village_id": "v",
                                  "building_state": 2}, geometry=list(town.sites.geometry))  # fmt: skip
        ranked = [
            rank_sites(sites, now=now, to_sites=to_sites, demand=demand(people.tolist()),
                       threshold_minutes=LIMIT)
            for now, to_sites in (sparse, whole)
        ]  # fmt: skip
        pd.testing.assert_frame_equal(*ranked)
        zones = decay_stepped([1, 2, LIMIT], [1, 0.68, 0.22])
        supply = town.rng.integers(0, 4, len(town.units)).astype(float)
        near, every = (two_step_fca(t, supply, people, decay=zones) for t in (sparse[0], whole[0]))
        assert near == pytest.approx(every, rel=1e-13, abs=1e-15), seed


def problem(people: np.ndarray, units: np.ndarray, sites: np.ndarray) -> SitingProblem:
    count = sites.shape[1]
    return SitingProblem(
        sites, people, tuple(f"s{n:02d}" for n in range(count)), existing_minutes=units,
        rules=Rules(site_count=min(2, count), is_exact=False), capacity=np.full(count, 40),
        existing_capacity=np.full(units.shape[1], 60),
        village_ids=tuple(f"v{n % 2}" for n in range(count)),
    )  # fmt: skip


def plans(p: SitingProblem) -> list[object]:
    near = {"threshold_minutes": LIMIT}
    found = [
        location.mclp(p, **near), location.backup_coverage(p, **near),
        location.lscp(p.with_rules(site_count=None), only_coverable=True, **near),
        location.p_median(p), location.p_centre(p), capacitated.capacitated_mclp(p, **near),
        location.one_per_village(p, village_ids=tuple(sorted(set(p.village_ids)))),
    ]  # fmt: skip
    kept = ("model", "status", "site_ids", "objective", "bound", "people_unreached",
            "person_minutes", "people_uncoverable")  # fmt: skip
    return [tuple(getattr(plan, name) for name in kept) for plan in found]


@pytest.mark.parametrize("block", range(25))
def test_the_plan_of_every_model_is_that_of_all_trips(block: int) -> None:
    for seed, _, people, (now, to_sites), (units, sites) in towns(block):
        kept, nearest = minutes_of(now), now.nearest_trip()
        rows = np.flatnonzero(nearest.column >= 0)
        kept[rows, nearest.column[rows]] = nearest.minutes[rows]
        sparse = problem(people, kept, minutes_of(to_sites))
        assert plans(sparse) == plans(problem(people, units, sites)), seed
