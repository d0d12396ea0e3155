"""Towns too large to try every plan: the optimum that two other solvers proved is ours."""

from __future__ import annotations

import pytest

from batu_geo.siting.models.location import lscp, mclp, p_centre, p_median
from tests.siting.kept import WITHIN, kept, kept_town


@pytest.mark.slow
@pytest.mark.parametrize(("model", "number", "objective"), kept())
def test_our_optimum_is_the_one_that_is_kept(model: str, number: int, objective: float) -> None:
    town = kept_town(number)
    plan = {
        "mclp": lambda: mclp(town, threshold_minutes=WITHIN[model]),
        "lscp": lambda: lscp(town.with_rules(site_count=None), threshold_minutes=WITHIN[model]),
        "p_median": lambda: p_median(town),
        "p_centre": lambda: p_centre(town),
    }[model]()  # fmt: skip
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(objective, rel=1e-9)
    assert plan.gap == 0


def test_the_towns_are_the_ones_the_optima_were_proved_for() -> None:
    first = kept_town(0)
    assert first.minutes.shape == (60, 20)
    assert (first.minutes.dense()[0, :3] * 60).round().tolist() == [1949, 4189, 4358]
    assert len(kept()) >= 15
