"""What is published of the figures of a study is said, and stays hidden beside another study."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from batu_geo.planning.assess import assess
from batu_geo.planning.study import Study
from batu_geo.planning.study_indicators import (
    programme,
    protection_notices,
    public_inputs,
    publishable,
    together,
)
from batu_geo.planning.tables.health_office_tables import health_office_tables
from tests.planning.street import IDS, settings, study

UNITS = {"u0": ("v0", 0.0)}


def town(**figures: list[float]) -> Study:
    """Return the street with 100 people in each village and some figures."""
    rows = pd.DataFrame({"village_id": list(IDS), **figures})
    return study(UNITS, indicators=rows, people=(100, 100, 100, 100))


def said(of: Study) -> list[tuple[str, object]]:
    return [(n.code, n.values.get("places", n.values.get("count"))) for n in protection_notices(of)]


def test_a_run_says_what_it_hides_and_which_totals_are_joined() -> None:
    """A cover in West; in East none, so West lends; nothing but small ones anywhere."""
    assert said(town(births=[9, 8, 7, 0])) == []
    assert said(town(births=[3, 40, 9, 8])) == [("BG-860", 2)]
    assert said(town(births=[30, 40, 3, 0])) == [("BG-860", 2), ("BG-861", "East, West")]
    assert said(town(births=[0, 0, 3, 0])) == [("BG-860", 1), ("BG-862", "East, kota")]
    for births in ([30, 40, 3, 0], [0, 0, 3, 0]):
        places = {(n.path, n.column) for n in protection_notices(town(births=births))}
        assert places == {("indicators.csv", "births")}


def test_the_fingerprint_of_a_file_with_hidden_counts_is_that_of_what_is_published() -> None:
    """Two files that are published alike have one fingerprint; without small counts the file's."""
    inputs = {"indicators": {"path": "i.csv", "sha256": "of the file"}, "roads": {"sha256": "r"}}
    hidden, alike, other = (
        programme(town(births=births)) for births in ([3, 40, 9, 8], [2, 41, 9, 8], [3, 40, 9, 9])
    )
    told = public_inputs(inputs, hidden)
    assert told == {**inputs, "indicators": {"path": "i.csv", "sha256": hidden.fingerprint()}}
    assert len(told["indicators"]["sha256"]) == 64
    assert alike.fingerprint() == hidden.fingerprint() != other.fingerprint()
    assert public_inputs(inputs, programme(town(births=[9, 8, 7, 0]))) == inputs
    assert public_inputs(inputs, None)["indicators"]["sha256"] == ""
    assert public_inputs({"roads": {"sha256": "r"}}, hidden) == {"roads": {"sha256": "r"}}


@pytest.mark.slow
def test_the_notices_of_an_assessment_have_them() -> None:
    codes = {notice.code for notice in assess(town(births=[30, 40, 3, 0]), settings()).notices}
    assert {"BG-860", "BG-861"} <= codes


@pytest.mark.slow
def test_a_norm_check_knows_only_what_is_published() -> None:
    """3 cadres of v0 alone: neither their number nor their ratio to 2 posyandu is told."""
    figures = {"posyandu": [2, np.nan, np.nan, np.nan], "posyandu_cadres": [3, 30, 0, 0]}
    checks = health_office_tables(assess(town(**figures), settings()))["norm_checks"]
    ratio = checks.loc[checks["what"] == "cadres_per_posyandu", "value"]
    assert ratio.isna().all()


def test_a_total_that_the_city_reports_is_known_to_everybody() -> None:
    area, rows = (
        study(UNITS).villages,
        pd.DataFrame({"village_id": ["v0"], "ckg_participants": [3]}),
    )
    figures = pd.DataFrame({"figure_id": ["F-CKG"]})
    assert publishable(area, None, figures) is None
    for given in (None, figures):
        found = publishable(area, rows, given)
        assert found is not None
        assert found.figures["ckg_participants"].is_hidden.tolist() == [True, False, False, False]


def test_beside_each_other_two_studies_hide_what_either_hides() -> None:
    """40 covers for 3 before; after, with 2 in v1, it would be told."""
    before, after = town(births=[3, 40, 9, 8]), town(births=[3, 2, 9, 8])
    assert programme(after).figures["births"].is_hidden.tolist() == [True, True, False, False]
    assert together(before, before) == (before, before)
    lent = town(births=[30, 40, 3, 0])
    one, other = together(before, lent)
    for shown, own in ((one, before), (other, lent)):
        figure = programme(shown).figures["births"]
        assert figure.is_hidden.sum() == 3
        assert np.isnan(figure.totals).all()
        assert shown.hashes["indicators"] != own.hashes["indicators"]
        assert shown.hashes["roads"] == own.hashes["roads"]
    elsewhere = before.villages.assign(village_id=["w0", "w1", "w2", "w3"])
    rows = pd.DataFrame({"village_id": ["w0"], "births": [3]})
    other = replace(before, indicators=publishable(elsewhere, rows, None))
    assert together(before, other) == (before, other)
    bare = study(UNITS)
    assert together(bare, before) == (bare, before)
