"""Beside spopt on the same matrices: equal objectives, the sites by our tie rule only."""

from __future__ import annotations

import warnings
from types import ModuleType

import numpy as np
import pytest

from batu_geo.siting.models.location import backup_coverage, lscp, mclp, p_centre, p_median
from tests.siting.worlds import THRESHOLD, random_problem

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.slow]
SEEDS = range(25)


@pytest.fixture(scope="module")
def pulp() -> ModuleType:
    return pytest.importorskip("pulp")


@pytest.fixture(scope="module")
def locate(pulp: ModuleType) -> ModuleType:
    """Return the peer; it takes seconds to import, so not while the tests are read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("spopt.locate")


def worlds():
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        yield seed, random_problem(rng, most_sites=8, plain=True)


def solved(model):
    from pulp import PULP_CBC_CMD

    return model.solve(PULP_CBC_CMD(msg=False))


def test_mclp(locate: ModuleType, pulp: ModuleType) -> None:
    for seed, p in worlds():
        peer = locate.MCLP.from_cost_matrix(
            p.minutes.dense(), p.population, THRESHOLD, p.rules.site_count
        )
        want = pulp.value(solved(peer).problem.objective) or 0
        assert mclp(p, threshold_minutes=THRESHOLD).objective == round(want), seed


def test_p_median(locate: ModuleType, pulp: ModuleType) -> None:
    for seed, p in worlds():
        peer = locate.PMedian.from_cost_matrix(p.minutes.dense(), p.population, p.rules.site_count)
        want = pulp.value(solved(peer).problem.objective)
        assert p_median(p).objective == pytest.approx(want), seed


def test_p_centre(locate: ModuleType, pulp: ModuleType) -> None:
    for seed, p in worlds():
        peer = locate.PCenter.from_cost_matrix(p.minutes.dense(), p.rules.site_count)
        want = pulp.value(solved(peer).problem.objective)
        assert p_centre(p).objective == pytest.approx(want), seed


def test_lscp(locate: ModuleType, pulp: ModuleType) -> None:
    for seed, p in worlds():
        p = p.with_rules(site_count=None)
        ours = lscp(p, threshold_minutes=THRESHOLD)
        try:
            peer = solved(locate.LSCP.from_cost_matrix(p.minutes.dense(), THRESHOLD))
        except RuntimeError:
            assert ours.status == "infeasible", seed
            continue
        assert ours.objective == pulp.value(peer.problem.objective), seed


def test_backup_coverage_beside_lscp_b(locate: ModuleType, pulp: ModuleType) -> None:
    """Its own sites back up as many when we count, and as many sites of ours no fewer.

    spopt 0.7 counts a place with a single site in reach as backed up; those are taken off.
    """
    compared = 0
    for seed, p in worlds():
        p = type(p)(p.minutes, np.ones(len(p.population), int), p.site_ids)
        try:
            peer = solved(
                locate.LSCPB.from_cost_matrix(p.minutes.dense(), 3.0, pulp.PULP_CBC_CMD(msg=False))
            )
        except RuntimeError:
            continue
        opened = tuple(
            name for name, y in zip(p.site_ids, peer.fac_vars, strict=True) if y.value() > 0.5
        )
        same = backup_coverage(
            p.with_rules(must_open=opened, site_count=len(opened)), threshold_minutes=3
        )
        best = backup_coverage(p.with_rules(site_count=len(opened)), threshold_minutes=3)
        alone = int(((p.minutes.dense() <= 3).sum(axis=1) == 1).sum())
        assert same.objective == pulp.value(peer.problem.objective) - alone, seed
        assert best.objective >= same.objective, seed
        compared += 1
    assert compared >= 5
