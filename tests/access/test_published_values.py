"""Measures that pysal `access` lacks, against worked values that others have published."""

from __future__ import annotations

import numpy as np
import pytest

from batu_geo import access


def test_spatial_availability_of_the_example_of_its_authors() -> None:
    """Soukhov et al. 2023, PLOS ONE 18(1): 66,833, 133,203 and 9,963 of 210,000 jobs."""
    times = access.matrix_times([[15, 30, 100], [30, 15, 100], [100, 100, 15]])
    jobs, people = np.array([100_000.0, 100_000, 10_000]), np.array([50_000, 150_000, 10_000])
    found = access.spatial_availability(
        times, jobs, people, decay=lambda minutes: np.exp(-0.1 * minutes)
    )
    assert np.rint(found).tolist() == [66_833, 133_203, 9_963]
    assert found.sum() == pytest.approx(210_000)


def test_concentration_of_deaths_of_children_in_india() -> None:
    """O'Donnell et al. 2008, Analyzing Health Equity Using Household Survey Data, table 8.1."""
    births = np.array([29_939, 28_776, 26_528, 24_689, 19_739])
    deaths = np.array([154.7, 152.9, 119.5, 86.9, 54.3])
    index = access.concentration_index(deaths, births, np.arange(5.0))
    assert round(index, 4) == -0.1694


@pytest.mark.parametrize(
    ("amounts", "power", "published"),
    [
        ([100, 110, 150, 160], 2, 0.0136),
        ([100, 100, 150, 150], 0, 0.5),
        ([100, 100, 150, 150], 1, 0.1),
    ],
)
def test_poverty_of_the_countries_of_the_handbook(
    amounts: list[float], power: int, published: float
) -> None:
    """Haughton, Khandker 2009, Handbook on Poverty and Inequality, chapter 4; line 125."""
    found = access.fgt(np.array(amounts, float), np.ones(4), 125, power=power, is_worse_above=False)
    assert found == pytest.approx(published, abs=1e-12)


@pytest.mark.parametrize(
    ("amounts", "people", "published"),
    [
        ([8, 5, 1, 3, 5, 6, 7, 6, 3], [1] * 9, 0.10494562214323544),
        ([8, 5, 1, 3, 5, 6, 7, 6, 3], range(1, 10), 0.08120013911680612),
        ([1, 2, 3, 4, 5], [1] * 5, 0.1196876),
        ([1, 2, 3], [1, 2, 3], 0.05699495),
    ],
)
def test_theil_of_the_examples_of_other_packages(
    amounts: list[float], people: list[int], published: float
) -> None:
    """The first two of Inequality.jl for Julia, the others of a package for R (theil.md)."""
    found = access.theil(np.array(amounts, float), np.array(list(people)))
    assert found == pytest.approx(published, rel=1e-7)


def test_gini_of_the_example_of_a_course() -> None:
    """Bellu, Liberati 2006, FAO EASYPol 040: five incomes of 1,000 to 5,000 have 0.267."""
    assert round(access.gini(np.arange(1000.0, 6000, 1000), np.ones(5)), 3) == 0.267


def test_palma_of_ten_tenths() -> None:
    """Tenths that have 1 to 10: the top one has what the lower four have, so it is 1."""
    amounts = np.repeat(np.arange(1.0, 11), 5)
    assert access.palma(amounts, np.ones(50)) == pytest.approx(1)
    assert access.palma_by(amounts, np.ones(50), amounts) == pytest.approx(1)
