"""Programme figures by village with rates and totals, by hand.

Villages a and b (district x, 1,000 and 2,000 people) and c (district y, 500).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from batu_geo.access import indicators
from batu_geo.access.indicators import COLUMNS
from batu_geo.access.protected import Protected, protect
from batu_geo.domain.contracts import INDICATOR_CARDS, INDICATORS
from tests.toy import villages

AREA = villages(a=1000, b=2000, c=500).assign(district_name=["x", "x", "y"])
ROWS = ["a", "b", "c", "x", "y", "kota"]


def told(known: pd.DataFrame) -> Protected:
    return protect(AREA, known.rename_axis("village_id").reset_index())


def indicator_table(area: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    return indicators.indicator_table(area, told(known))


def table(**columns: list[float]) -> pd.DataFrame:
    found = indicator_table(AREA, pd.DataFrame(columns, index=["a", "b", "c"]))
    return found[found["indicator"] == list(columns)[-1]].reset_index(drop=True)


def numbers(column: pd.Series) -> object:
    return pytest.approx(column, nan_ok=True)


def test_counts_totals_and_rates() -> None:
    found = table(ckg_participants=[100, 300, 50])
    assert found["village_name"].tolist() == ["Desa a", "Desa b", "Desa c", "x", "y", "kota"]
    assert found["village_id"].tolist() == ["a", "b", "c", "", "", ""]
    assert found["count"].tolist() == [100, 300, 50, 400, 50, 450]
    assert found["rate"].tolist() == pytest.approx([10, 15, 10, 400 / 30, 10, 450 / 35])
    assert set(found["rate_unit"]) == {"percent"}
    assert set(found["strategy"]) == {1}


def test_a_village_without_a_figure_is_left_out_of_the_rate_of_the_total() -> None:
    """District x: 100 of the 1,000 people of a, not of 3,000; district y says nothing."""
    found = table(ckg_participants=[100, np.nan, np.nan])
    assert found["count"].tolist() == numbers([100, np.nan, np.nan, 100, np.nan, 100])
    assert found["rate"].tolist() == numbers([10, np.nan, np.nan, 10, np.nan, 10])


def test_residents_and_cadres_per_posyandu_and_the_share_that_is_ilp() -> None:
    residents = table(posyandu=[10, 20, 0])
    assert residents["rate"].tolist() == numbers([100, 100, np.nan, 100, np.nan, 3500 / 30])
    cadres = table(posyandu=[10, 20, 5], posyandu_cadres=[120, 200, 60])
    assert cadres["rate"].tolist() == pytest.approx([12, 10, 12, 320 / 30, 12, 380 / 35])
    ilp = table(posyandu=[10, 20, 5], posyandu_ilp=[1, 20, 0])
    assert ilp["rate"].tolist() == pytest.approx([10, 100, 0, 70, 0, 60])


def test_posyandu_are_places_and_may_be_few() -> None:
    found = table(posyandu=[1, 3, 4])
    assert not found["is_hidden"].any()
    assert found["count"].tolist() == [1, 3, 4, 4, 4, 8]


def test_small_counts_of_people_are_hidden_with_one_more_and_rates_with_them() -> None:
    """3 in a: b covers in district x, whose 43 stay; c alone in y is large enough."""
    found = table(births=[3, 40, 20])
    assert found["is_hidden"].tolist() == [True, True, False, False, False, False]
    assert found["count"].tolist() == numbers([np.nan, np.nan, 20, 43, 20, 63])
    assert found["rate"].isna().tolist() == [True, True, False, False, False, False]


def test_districts_without_a_cover_of_their_own_are_published_together() -> None:
    """3 in c, alone in y: a, of the fewer people in x, lends its cell, and 73 is the total of both."""
    found = table(births=[30, 40, 3]).set_index("village_name")
    assert found.index.tolist() == ["Desa a", "Desa b", "Desa c", "x", "y", "kota", "x + y"]
    assert found["count"].tolist() == numbers([np.nan, 40, np.nan, np.nan, np.nan, 73, 73])
    assert found["is_hidden"].tolist() == [True, False, True, True, True, False, False]
    assert found["rate"]["x + y"] == pytest.approx(100 * 73 / 3500)


def test_a_total_has_its_rate_where_the_sum_of_hidden_denominators_is_public() -> None:
    """Children 3 and 60 of x are hidden and 63 in all; where a alone has a count they tell nothing."""
    both = table(children_under_5=[3, 60, 50], stunted_children=[0, 20, 10])
    assert both["rate"].tolist() == numbers([np.nan, np.nan, 20, 2000 / 63, 20, 3000 / 113])
    one = table(children_under_5=[3, 60, 50], stunted_children=[np.nan, 20, 10])
    assert one["rate"].tolist() == numbers([np.nan, np.nan, 20, np.nan, 20, np.nan])


def test_a_table_says_whether_it_hides_any() -> None:
    shown = [told(pd.DataFrame({"births": [n, 40, 20]}, index=["a", "b", "c"])) for n in (3, 30)]
    assert [one.hides_any for one in shown] == [True, False]


def test_figures_without_a_denominator_have_no_rate() -> None:
    assert table(jkn_active=[50, 60, 70])["rate"].isna().all()


def test_no_figures_give_an_empty_table_with_its_columns() -> None:
    found = indicator_table(AREA, pd.DataFrame(index=["a"]))
    assert found.empty
    assert tuple(found.columns) == COLUMNS


def test_the_order_of_rows_changes_nothing() -> None:
    known = pd.DataFrame({"births": [3, 40, 20], "posyandu": [1, 2, 3]}, index=["a", "b", "c"])
    shuffled = known.loc[["c", "a", "b"]]
    pd.testing.assert_frame_equal(indicator_table(AREA, known), indicator_table(AREA, shuffled))
    pd.testing.assert_frame_equal(told(known).usable(), told(shuffled).usable())


def test_a_city_total_needs_every_village() -> None:
    """Part of the villages is not the city: held against its figure it would contradict it."""
    known = pd.DataFrame({"posyandu": [10, 3, 5], "births": [10, np.nan, 7]}, index=["a", "b", "c"])
    totals = indicators.city_totals(told(known))
    assert totals["posyandu"] == 18
    assert np.isnan(totals["births"])


def test_every_column_of_the_contract_has_a_card_whose_denominator_exists() -> None:
    counts = {column.name for column in INDICATORS.columns if column.kind == "integer"}
    assert set(INDICATOR_CARDS) == counts
    for card in INDICATOR_CARDS.values():
        assert card.denominator == "population" or card.denominator in INDICATOR_CARDS
        assert card.strategy in range(1, 7)
