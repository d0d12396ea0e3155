"""Norms are data: each says where it comes from, and conflicts are told by both sides."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest

from batu_geo.access.programmes import norm_check
from batu_geo.domain.norms import HOME, Norm, norms, norms_of
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "methods" / "norms.md"
EVERY = pytest.mark.parametrize("norm", norms().values(), ids=lambda norm: norm.norm_id)


@EVERY
def test_a_norm_says_where_it_comes_from(norm: Norm) -> None:
    assert re.fullmatch(r"N-[A-Z0-9-]+", norm.norm_id)
    for text in (
        norm.meaning_id,
        norm.meaning_en,
        norm.source,
        norm.article,
        norm.unit,
        norm.scope,
    ):
        assert text.strip()
    assert dt.date.fromisoformat(norm.date).year > 2000
    assert norm.status in ("in_force", "draft", "superseded")
    assert norm.evidence in ("seen", "second_hand", "memory")
    assert norm.comparison in ("at_least", "at_most", "none")
    assert isinstance(norm.value, (int, float))


@EVERY
def test_what_was_seen_in_the_text_names_its_place(norm: Norm) -> None:
    if norm.evidence == "seen":
        assert norm.article != "-"


@EVERY
def test_a_conflict_is_mutual_and_about_the_same_thing(norm: Norm) -> None:
    if norm.conflicts_with:
        other = norms()[norm.conflicts_with]
        assert other.conflicts_with == norm.norm_id
        assert (other.scope, other.unit) == (norm.scope, norm.unit)
        assert other.value != norm.value


def test_there_is_a_conflict_and_both_sides_are_in_force() -> None:
    """2,322 cadres at 193 posyandu: 12.03 each meets 5 and fails 15."""
    five, fifteen = norms()["N-POSY-5"], norms()["N-POSY-15"]
    each = 2322 / 193
    assert (five.is_met(each), fifteen.is_met(each)) == (True, False)
    assert (five.value * 193, fifteen.value * 193 - 2322) == (965, 573)


@pytest.mark.parametrize(
    ("norm_id", "value", "expected"),
    [
        ("N-POSY-5", 5, True),  # at least: the value itself is enough
        ("N-POSY-5", 4.99, False),
        ("N-DOK-BPJS", 5000, True),  # at most: the value itself is not too much
        ("N-DOK-BPJS", 5000.1, False),
        ("N-PKM-KEC", 0, None),  # superseded
        ("N-PERWALI", 0, None),  # a draft
    ],
)
def test_comparisons(norm_id: str, value: float, expected: bool | None) -> None:
    assert norms()[norm_id].is_met(value) is expected


@EVERY
def test_only_what_is_in_force_is_compared(norm: Norm) -> None:
    is_compared = norm.is_met(1.0) is not None
    assert is_compared == (norm.status == "in_force" and norm.comparison != "none")


def test_a_comparison_cites_its_norm_whole() -> None:
    row = norm_check("cadres", 12.03, "N-POSY-15", "kota")
    norm = norms()["N-POSY-15"]
    assert row["is_met"] is False
    assert row["subject"] == "kota"
    for name in ("source", "article", "date", "status", "conflicts_with", "norm_id"):
        assert row[name] == getattr(norm, name)
    assert row["norm_evidence"] == norm.evidence


@pytest.mark.parametrize("value", [None, float("nan")])
def test_no_data_is_no_verdict(value: float | None) -> None:
    row = norm_check("cadres", value, "N-POSY-5")
    assert row["value"] is None
    assert row["is_met"] is None


@EVERY
def test_a_norm_holds_in_its_country_and_region(norm: Norm) -> None:
    assert (norm.norm_id in norms_of(["35.79.01.2001"], HOME)) is True
    assert (norm.norm_id in norms_of(["99.01.01.2001"], HOME)) is (not norm.area)
    assert (norm.norm_id in norms_of(["35.79.01.2001"], "Comoros")) is (not norm.country)


def test_the_page_of_norms_equals_the_data() -> None:
    """Write it anew with ``python scripts/norms_page.py`` after a change of norms.toml."""
    from scripts.norms_page import table

    text = PAGE.read_text(encoding="utf-8")
    between = text.partition("<!-- norms -->\n")[2].partition("<!-- /norms -->")[0]
    assert between == table()


@pytest.mark.parametrize("value", [0.0, 5.0, 1e9])
def test_a_norm_that_only_tells_is_met_by_nobody_and_broken_by_nobody(value: float) -> None:
    """Though in force: it has a value, but nothing says which side of it is right."""
    told = replace(norms()["N-POSY-5"], comparison="none")
    assert told.status == "in_force"
    assert told.is_met(value) is None
