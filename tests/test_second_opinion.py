"""The page says enough: a second implementation that shares no code gives the same headline."""

from __future__ import annotations

import ast
from pathlib import Path

import pandas as pd
import pytest

from batu_geo.planning.assessment import Assessment
from tests import second_opinion
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

SERVED = 174_339
MEAN_MINUTES = {"35.79.01.2006": 26.8048, "35.79.02.2008": 9.5972, "35.79.03.1001": 6.0822}


@pytest.fixture(scope="module")
def opinion() -> second_opinion.Opinion:
    return second_opinion.Opinion(ROOT / "data")


@pytest.fixture(scope="module")
def assessment(baseline: Assessment) -> Assessment:
    return baseline


def test_it_shares_no_code_with_the_package() -> None:
    tree = ast.parse(Path(second_opinion.__file__).read_text(encoding="utf-8"))
    names = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    names += [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
    assert not [name for name in names if name.split(".")[0] in {"batu_geo", "tests"}]


def test_the_headline_to_the_person(
    opinion: second_opinion.Opinion, assessment: Assessment
) -> None:
    assert opinion.served() == SERVED
    rows = headline(assessment)
    assert rows["served"].sum() == SERVED


def test_the_mean_minutes_of_every_village(
    opinion: second_opinion.Opinion, assessment: Assessment
) -> None:
    """Three of them as numbers, all of them beside the program, to 0.001 minutes."""
    for village_id, minutes in MEAN_MINUTES.items():
        assert opinion.mean_minutes(village_id) == pytest.approx(minutes, abs=0.001)
    found = headline(assessment).set_index("village_id")["mean_travel_time_min"]
    assert len(found) == 24
    for village_id, minutes in found.items():
        assert opinion.mean_minutes(village_id) == pytest.approx(minutes, abs=0.001), village_id


def headline(assessment: Assessment) -> pd.DataFrame:
    table, asked = assessment.villages, assessment.scenario.headline
    is_asked = table["mode"].eq(asked.mode)
    return table[is_asked & table["threshold_minutes"].eq(asked.threshold_minutes)]
