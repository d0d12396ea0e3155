"""Rupiah of each building by payer and period: what nobody noted is missing and never 0."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from batu_geo.domain.contracts import PAYERS, PERIODS
from batu_geo.siting.buildings.building_costs import cost_columns, costs_by_payer


def costs(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["building_id", "period", "payer", "rupiah"])


def test_amounts_of_one_payer_add_up_and_other_payers_pay_nothing() -> None:
    found = costs_by_payer(
        ["B1"],
        costs(("B1", "once", "city", 30), ("B1", "once", "city", 12), ("B1", "once", "bok", 5)),
    ).iloc[0]
    assert (found["city_rupiah"], found["bok_rupiah"], found["village_fund_rupiah"]) == (42, 5, 0)
    assert (found["once_rupiah"], found["yearly_rupiah"]) == (47, 0)


@pytest.mark.parametrize("known", [None, costs(("B2", "once", "city", 7))])
def test_a_building_without_any_row_has_no_sum(known: pd.DataFrame | None) -> None:
    """Missing, of each payer and of all together: a sum of nothing known is not 0."""
    found = costs_by_payer(["B1"], known).iloc[0]
    assert found.drop("site_id").isna().all()


@pytest.mark.parametrize("seed", range(20))
def test_every_rupiah_is_in_one_column_and_in_one_sum(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ids = ["B1", "B2", "B3", "B4"]
    rows = [
        (str(rng.choice(ids[:3])), str(rng.choice(PERIODS)), str(rng.choice(PAYERS)), int(n))
        for n in rng.integers(0, 10**12, 12)
    ]
    table = costs_by_payer(ids, costs(*rows)).set_index("site_id")
    for name in ids:
        own = [row for row in rows if row[0] == name]
        assert table.loc[name].isna().all() == (not own)
        for period in PERIODS if own else ():
            total = sum(row[3] for row in own if row[1] == period)
            assert table.loc[name, f"{period}_rupiah"] == total
            for column, key in cost_columns().items():
                if key[0] == period:
                    assert table.loc[name, column] == sum(r[3] for r in own if r[1:3] == key)
