"""How sure the order of the street's villages is, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from batu_geo.planning.sensitivity import Sensitivity, sensitivity, with_certainty
from batu_geo.planning.situation import ranked_villages, situation_of
from tests.planning.street import criterion, settings, study

if TYPE_CHECKING:
    from batu_geo.planning.situation import Situation


def varied(now: Situation) -> tuple[pd.DataFrame, Sensitivity]:
    """Return the ranked villages with their certainty, and what it rests on."""
    ranked = ranked_villages(now)
    result = sensitivity(now, ranked)
    return with_certainty(ranked, result), result


@pytest.fixture(scope="module")
def street() -> tuple[pd.DataFrame, Sensitivity]:
    return varied(situation_of(study({"u0": ("v0", 0)}), settings((2, 4))))


def test_bands_reach_nine_tenths_of_the_way_to_slow_and_fast(
    street: tuple[pd.DataFrame, Sensitivity],
) -> None:
    """Slow trips take twice as long as middle ones, fast trips half as long."""
    bands = street[1].bands.set_index("village_id")
    middle = np.array([1.5, 4.5, 7.5, 10.5])
    for name, minutes in (
        ("mean_minutes_slow", 2 * middle),
        ("mean_minutes_middle", middle),
        ("mean_minutes_fast", middle / 2),
        ("minutes_p5", middle - 0.9 * middle / 2),
        ("minutes_p95", middle + 0.9 * middle),
    ):
        assert bands[name].tolist() == pytest.approx(minutes.tolist())


def test_people_are_certainly_within_at_slow_and_certainly_beyond_at_fast_speed(
    street: tuple[pd.DataFrame, Sensitivity],
) -> None:
    """Two minutes are one block at slow speed and four at fast: homes at 0.5 and up to 3.5."""
    bands = street[1].bands.set_index("village_id")
    assert bands["people_certainly_within"].tolist() == [10, 0, 0, 0]
    assert bands["people_depends"].tolist() == [20, 10, 0, 0]
    assert bands["people_certainly_beyond"].tolist() == [0, 20, 30, 30]
    groups = ["people_certainly_within", "people_depends", "people_certainly_beyond"]
    assert bands[groups].sum(axis=1).tolist() == bands["population"].tolist()
    # 0.8 to 2.9 minutes hold the limit of 2; 2.5 to 8.6 lie beyond it.
    assert bands["state"].tolist() == ["depends", *["certainly_beyond"] * 3]


def test_a_village_within_the_limit_even_when_slow_is_certainly_within() -> None:
    _, result = varied(situation_of(study({"u0": ("v0", 1.5)}), settings((2, 4))))
    # Homes at 1, 0 and 1 blocks: at most 2 minutes at slow speed.
    bands = result.bands.set_index("village_id")
    assert bands.loc["v0", "people_certainly_within"] == 30
    assert bands.loc["v0", "state"] == "certainly_within"


def test_minutes_that_are_infinite_stay_so_at_every_speed() -> None:
    _, result = varied(situation_of(study({}), settings()))
    bands = result.bands
    assert np.isinf(bands[["minutes_p5", "minutes_p95"]]).all(axis=None)
    assert bands["state"].eq("certainly_beyond").all()
    assert bands["people_certainly_beyond"].sum() == 120


def test_the_order_is_certain_where_no_draw_can_turn_it() -> None:
    """v1 scores 0.5 at 4.5 of 9 minutes, v2 0.83 and v3 1.0, and all minutes vary together."""
    need = (criterion("mean_minutes", 100),)
    gaps, result = varied(situation_of(study({"u0": ("v0", 0)}), settings(need=need)))
    assert gaps["village_id"].tolist() == ["v3", "v2", "v1"]
    assert gaps["first_share_percent"].tolist() == [100, 0, 0]
    assert gaps["rank_share_percent"].tolist() == [100, 100, 100]
    assert not any(gaps["tied_with"])
    assert set(result.at_speed) == {"slow", "middle", "fast"}


def test_villages_that_cannot_be_told_apart_are_tied_with_each_other_by_name() -> None:
    """Units at both ends: v1 and v2 mirror each other, whatever the speed."""
    now = situation_of(study({"u0": ("v0", 0), "u3": ("v3", 12)}), settings())
    gaps, _ = varied(now)
    ties = {row["village_id"]: str(row["tied_with"]) for row in gaps.to_dict("records")}
    assert ties == {"v1": "Desa v2", "v2": "Desa v1"}
    assert gaps["tied_with"].iloc[0].rows[0].village_name == gaps["village_name"].iloc[0]


@pytest.mark.parametrize("count", [0, 1])
def test_of_fewer_than_two_villages_no_order_is_tried(count: int) -> None:
    units = {f"u{n}": (f"v{n}", 3.0 * n) for n in range(4 - count)}
    gaps, result = varied(situation_of(study(units), settings()))
    assert len(gaps) == count
    assert result.acceptability is None
    assert gaps["first_share_percent"].isna().all()
    assert gaps["rank_share_percent"].isna().all()
    assert not any(gaps["tied_with"])
    assert len(result.bands) == 4


@pytest.mark.slow
def test_a_criterion_without_data_is_left_out_of_the_draws() -> None:
    need = (criterion("mean_minutes", 9), criterion("poor_percent", 30))
    with_poor = varied(situation_of(study({"u0": ("v0", 0)}), settings(need=need)))[0]
    without = varied(situation_of(study({"u0": ("v0", 0)}), settings(need=need[:1])))[0]
    shares = ["first_share_percent", "rank_share_percent"]
    pd.testing.assert_frame_equal(with_poor[shares], without[shares])


def test_the_same_seed_draws_the_same_ranks() -> None:
    now = situation_of(study({"u0": ("v0", 0)}), settings())
    first, again = varied(now)[0], varied(now)[0]
    pd.testing.assert_frame_equal(first, again)


def test_a_criterion_of_weight_0_turns_no_order() -> None:
    """More people of v1 than of v2 live beyond the limit, and v3 walks farthest in every draw."""
    town = study({"u0": ("v0", 0)}, people=(30, 60, 30, 30))
    shares = {}
    for weight in (0.0, 1.0):
        need = (criterion("mean_minutes", 100), criterion("people_beyond", 60, weight))
        gaps, result = varied(situation_of(town, settings(need=need)))
        assert result.acceptability is not None
        central = result.acceptability.central_weights
        assert central.shape == (3, 2)
        assert (np.nan_to_num(central[:, 1]) > 0).any() == (weight > 0)
        assert np.nansum(central, axis=1)[2] == pytest.approx(1)
        shares[weight] = gaps.set_index("village_id")["first_share_percent"].to_dict()
    assert shares[0.0] == {"v1": 0, "v2": 0, "v3": 100}
    assert 0 < shares[1.0]["v1"] < 100
