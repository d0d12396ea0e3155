"""Age groups on the street: their people live where everybody lives, and add up."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from rich.console import Console

from batu_geo.planning.assess import assess
from batu_geo.planning.tables.age_groups import AGE_GROUPS, age_group_table
from batu_geo.planning.tables.health_office_tables import health_office_tables
from batu_geo.render.terminal.appraisal import appraisal
from tests.planning.street import IDS, criterion, settings, study

UNITS = {"u0": ("v0", 0.0)}
COUNTS = ["group_people", "group_within", "group_beyond"]


def counted(**groups: list[int | None]) -> pd.DataFrame:
    table = pd.DataFrame({"village_id": list(IDS), **groups})
    return table.assign(evidence="reported", evidence_note=None)


def table_of(**groups: list[int | None]) -> pd.DataFrame:
    table = age_group_table(assess(study(UNITS, indicators=counted(**groups)), settings()))
    return table.set_index(["age_group", "area"])


@pytest.mark.slow
def test_each_group_is_shared_out_over_the_homes_of_its_village_and_adds_up() -> None:
    """Within 2 minutes of 0 are two of the three homes of v0: of 10 children 7, of 8 mothers 6."""
    table = table_of(children_under_5=[10, 7, 8, 9], pregnant_women=[8, 0, 6, 0])
    first = table.loc[("children_under_5", "Desa v0")]
    assert first.tolist() == [10, 7, 3]
    assert table.loc[("children_under_5", "kota")].tolist() == [34, 7, 27]
    assert table.loc[("pregnant_women", "kota")].tolist() == [14, 6, 8]
    known = table.dropna()
    assert (known["group_within"] + known["group_beyond"] == known["group_people"]).all()
    assert table.loc["over_60"].index.tolist() == ["kota"]
    assert table.loc[("over_60", "kota")].isna().all()


@pytest.mark.slow
def test_a_number_nobody_gives_is_missing_there_and_in_the_city() -> None:
    table = table_of(over_60=[6, None, 9, 9])
    assert table.loc[("over_60", "Desa v0")].tolist() == [6, 4, 2]
    assert table.loc[("over_60", "Desa v1")].isna().all()
    assert table.loc[("over_60", "kota")].isna().all()


@pytest.mark.slow
def test_small_counts_are_not_given_away() -> None:
    """The 3 of v1 are hidden, and the 7 of v0 with them: 28 less 18 are the 10 of both."""
    table = table_of(over_60=[7, 3, 9, 9])
    assert table.loc[("over_60", "Desa v0")].isna().all()
    assert table.loc[("over_60", "Desa v1")].isna().all()
    assert table.loc[("over_60", "Desa v2")].tolist() == [9, 0, 9]
    assert table.loc[("over_60", "kota"), "group_people"] == 28
    assert table.loc[("over_60", "kota"), ["group_within", "group_beyond"]].isna().all()


def test_a_city_of_few_is_not_counted_either() -> None:
    """The total of 4 would say that each village has one."""
    table = table_of(over_60=[1, 1, 1, 1])
    assert table.loc[("over_60", "kota")].isna().all()


@pytest.mark.slow
def test_a_group_where_nobody_is_said_to_live_is_beyond() -> None:
    """Nobody lives in v3, whose 9 old people reach nothing."""
    town = study(UNITS, indicators=counted(over_60=[6, 7, 8, 9]), people=(30, 30, 30, 0))
    need = (criterion("people_beyond", 100),)
    table = age_group_table(assess(town, settings(need=need))).set_index(["age_group", "area"])
    table = table.loc["over_60"]
    assert table.loc["Desa v3", COUNTS].tolist() == [9, 0, 9]
    assert table.loc["kota", COUNTS].tolist() == [30, 4, 26]


@pytest.mark.parametrize(("language", "words"), [("id", "tidak ada data"), ("en", "no data")])
@pytest.mark.slow
def test_a_group_that_nobody_counts_is_a_row_without_numbers(language, words) -> None:
    tables = health_office_tables(assess(study(UNITS), settings()))
    bare = tables["age_groups"]
    assert bare["age_group"].tolist() == list(AGE_GROUPS)
    assert bare["area"].tolist() == ["kota"] * 3
    assert bare[["group_people", "group_within", "group_beyond"]].isna().all(axis=None)
    shown = Console(width=200, file=io.StringIO())
    shown.print(appraisal(tables, language, only=["age_groups"]))
    assert shown.file.getvalue().count(words) == 9


@pytest.mark.slow
def test_the_table_says_which_strategy_it_serves() -> None:
    with_them = assess(study(UNITS, indicators=counted(over_60=[6, 7, 8, 9])), settings())
    marked = health_office_tables(with_them)["age_groups"]
    assert marked["strategy"].unique().tolist() == [2]
