"""Need on fixed goalposts, worked out by hand.

Two criteria: people beyond (weight 3, 0 to 100 people) and mean minutes
(weight 1, 5 to 25 minutes). Village a: 50 people, 15 minutes: 0.5 and 0.5, so
0.375 + 0.125 = 0.5. Village b: 100 people, 5 minutes: 1 and 0, so 0.75.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from batu_geo.domain.errors import DataError
from batu_geo.domain.siting_rules import Criterion
from batu_geo.siting.gaps import criteria_without_data, rank_gaps
from tests.toy import villages

CRITERIA = (
    Criterion(name="people_beyond", weight=3, none_at=0, worst_at=100, reason="toy"),
    Criterion(name="mean_minutes", weight=1, none_at=5, worst_at=25, reason="toy"),
)


def values(**rows: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["people_beyond", "mean_minutes"]
    ).assign(share_beyond_percent=1.0, mean_distance_m=1.0, residents_per_posyandu=np.nan)


def rank(table: pd.DataFrame, criteria=CRITERIA, **has_unit: bool) -> pd.DataFrame:
    area = villages(**dict.fromkeys(table.index, 100))
    unit = pd.Series({name: has_unit.get(name, False) for name in table.index})
    return rank_gaps(area, unit, table, criteria=criteria)


def test_scores_add_up_from_their_contributions() -> None:
    found = rank(values(a=(50, 15), b=(100, 5)))
    assert found["village_id"].tolist() == ["b", "a"]
    assert found["score"].tolist() == [0.75, 0.5]
    assert found["rank"].tolist() == [1, 2]
    parts = found[["contribution_people_beyond", "contribution_mean_minutes"]]
    assert parts.values.tolist() == [[0.75, 0.0], [0.375, 0.125]]


def test_only_villages_without_a_unit_are_ranked() -> None:
    assert rank(values(a=(50, 15), b=(100, 5)), b=True)["village_id"].tolist() == ["a"]


def test_no_village_without_a_unit_gives_an_empty_table() -> None:
    found = rank(values(a=(50, 15)), a=True)
    assert found.empty
    assert "score" in found


def test_values_stop_at_the_goalposts() -> None:
    found = rank(values(a=(500, 1), b=(0, 99)))
    assert found.set_index("village_id")["score"].to_dict() == {"a": 0.75, "b": 0.25}


def test_unreachable_counts_as_the_worst() -> None:
    found = rank(values(a=(0, np.inf)))
    assert found["value_mean_minutes"].tolist() == [1]


def test_equal_scores_share_a_rank_in_the_order_of_their_ids() -> None:
    found = rank(values(b=(50, 5), a=(50, 5), c=(0, 5)))
    assert found["rank"].tolist() == [1, 1, 3]
    assert found["village_id"].tolist() == ["a", "b", "c"]


def test_float_noise_decides_no_rank() -> None:
    found = rank(values(a=(30.000000000001, 5), b=(30, 5)))
    assert found["rank"].tolist() == [1, 1]


def test_leaving_a_village_out_reorders_nobody() -> None:
    rng = np.random.default_rng(5)
    for _ in range(50):
        rows = {f"v{n}": tuple(rng.uniform(0, 120, 2)) for n in range(6)}
        whole = rank(values(**rows))["village_id"].tolist()
        for gone in rows:
            rest = {name: row for name, row in rows.items() if name != gone}
            assert rank(values(**rest))["village_id"].tolist() == [v for v in whole if v != gone]


def test_scaling_the_weights_changes_nothing() -> None:
    doubled = tuple(c.model_copy(update={"weight": 2 * c.weight}) for c in CRITERIA)
    table = values(a=(50, 15), b=(100, 5), c=(7, 22))
    pd.testing.assert_frame_equal(rank(table), rank(table, doubled))


def test_a_criterion_without_figures_is_left_out_for_everybody() -> None:
    posyandu = Criterion(
        name="residents_per_posyandu", weight=9, none_at=0, worst_at=1, reason="toy"
    )
    table = values(a=(50, 15), b=(100, 5))
    found = rank(table, (*CRITERIA, posyandu))
    assert found["score"].tolist() == [0.75, 0.5]
    assert "value_residents_per_posyandu" not in found
    area = villages(a=1, b=1)
    missing = criteria_without_data(area, table, (*CRITERIA, posyandu))
    assert missing == {"residents_per_posyandu": ["a", "b"]}


def test_no_criterion_at_all_is_an_error() -> None:
    posyandu = CRITERIA[0].model_copy(update={"name": "residents_per_posyandu"})
    with pytest.raises(DataError, match="BG-303"):
        rank(values(a=(1, 1)), (posyandu,))
