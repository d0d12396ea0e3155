"""Numbers and sentences as Indonesian and English readers write them."""

from __future__ import annotations

import re
import string

import numpy as np
import pandas as pd
import pytest

from batu_geo.domain import contracts, tables
from batu_geo.domain.cell_rows import CellRows, Refusal, Unverified
from batu_geo.domain.errors import messages
from batu_geo.render.text.catalogue import labels
from batu_geo.render.text.column_headings import cell
from batu_geo.render.text.words import mode_word, need_sentence, number, rows_words, word


@pytest.mark.parametrize(
    ("value", "digits", "indonesian", "english"),
    [
        (225408, 0, "225.408", "225,408"),
        (1234.56, 1, "1.234,6", "1,234.6"),
        (0.5, 2, "0,50", "0.50"),
        (-1234, 0, "-1.234", "-1,234"),
        (np.int64(7), 0, "7", "7"),
        (np.nan, 0, "tidak ada data", "no data"),
        (None, 1, "tidak ada data", "no data"),
        (pd.NA, 1, "tidak ada data", "no data"),
        (np.inf, 1, "tak hingga", "infinite"),
    ],
)
def test_numbers(value: object, digits: int, indonesian: str, english: str) -> None:
    assert number(value, "id", digits) == indonesian
    assert number(value, "en", digits) == english


def test_every_label_has_both_languages_with_the_same_values() -> None:
    for key, label in labels().items():
        assert set(label) == {"id", "en"}, key
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(label[language]) if name}
            for language in ("id", "en")
        ]
        assert fields[0] == fields[1], key


def test_every_code_of_the_tables_has_a_word() -> None:
    for code in (*tables.EVIDENCE, *contracts.STATUSES):
        assert word(code, "id")
    for code in (*contracts.OWNERS, *contracts.LAND_STATUSES, *contracts.CONDITIONS):
        assert word(f"code_{code}", "id")


@pytest.mark.parametrize("language", ["id", "en"])
def test_how_a_norm_and_an_instrument_were_read_is_told_by_the_same_words(language) -> None:
    for evidence in ("seen", "second_hand", "memory"):
        assert cell("instrument_evidence", evidence, language) == word(f"norm_{evidence}", language)


@pytest.mark.parametrize("other", ["laju", "berimpit", "bertumpuk", "bertindih", "bitnya"])
def test_one_word_means_one_thing(other: str) -> None:
    """Speed is kecepatan, overlap is bertumpang tindih, exactness is bita demi bita."""
    texts = [label["id"] for label in labels().values()]
    texts += [text for m in messages().values() for text in (m["id"], m["fix_id"])]
    assert [text for text in texts if re.search(rf"\b{other}\b", text, re.IGNORECASE)] == []


GAP = {
    "village_name": "Tlekung",
    "mean_minutes": 32.3277,
    "mean_minutes_reached": 32.3277,
    "people_without_way": 0,
    "unreachable": 0,
    "cut_off": 0,
    "not_snapped": 0,
    "mean_distance_m": 2612.0,
    "people_beyond": 5379.0,
    "share_beyond_percent": 98.93,
    "residents_per_posyandu": 1087.4,
    "weight_residents_per_posyandu": 0.15,
    "poor_percent": 12.34,
}


def test_the_reason_of_a_village_is_made_from_its_numbers() -> None:
    assert need_sentence(GAP, "id", minutes=15, mode="foot") == (
        "Tlekung: rata-rata 32,3 menit berjalan kaki (2,6 km) ke UPKDK buka terdekat; "
        "5.379 jiwa (98,9%) di luar 15 menit; 1.087 jiwa per posyandu."
    )
    assert need_sentence(GAP, "en", minutes=15, mode="foot") == (
        "Tlekung: on average 32.3 minutes on foot (2.6 km) to the nearest open unit; "
        "5,379 people (98.9%) beyond 15 minutes; 1,087 people per posyandu."
    )


def test_a_figure_the_study_lacks_is_not_in_the_sentence() -> None:
    text = need_sentence({**GAP, "residents_per_posyandu": np.nan}, "id", minutes=15, mode="foot")
    assert "posyandu" not in text


def test_every_programme_figure_that_ranks_is_in_the_sentence_and_no_other() -> None:
    assert "miskin" not in need_sentence(GAP, "id", minutes=15, mode="foot")
    for language, words in (("id", "12,3% miskin dan rentan miskin"),
                            ("en", "12.3% poor and near-poor")):  # fmt: skip
        text = need_sentence({**GAP, "weight_poor_percent": 1}, language, minutes=15, mode="foot")
        assert text.endswith(f"per posyandu; {words}.")


def test_an_unreachable_village_says_so() -> None:
    lost = {"mean_minutes": np.inf, "mean_minutes_reached": np.nan, "people_without_way": 5437,
            "unreachable": 5000, "cut_off": 400, "not_snapped": 37}  # fmt: skip
    assert need_sentence({**GAP, **lost}, "id", minutes=15, mode="foot") == (
        "Tlekung: tidak seorang pun mencapai UPKDK buka, berjalan kaki: 5.000 jiwa tidak terjangkau, "
        "400 jiwa terputus oleh penutupan jalan, 37 jiwa jauh dari jalan; 1.087 jiwa per posyandu."
    )


def test_a_village_of_which_some_are_lost_has_the_mean_of_the_others() -> None:
    lost = {"mean_minutes": np.inf, "mean_minutes_reached": 12.5, "people_without_way": 400,
            "cut_off": 400}  # fmt: skip
    assert need_sentence({**GAP, **lost}, "en", minutes=15, mode="foot") == (
        "Tlekung: on average 12.5 minutes on foot for those who reach the nearest open unit, but "
        "400 people cut off by a closure; 5,379 people (98.9%) beyond 15 minutes; "
        "1,087 people per posyandu."
    )


def test_rules_in_words() -> None:
    broken = CellRows((Refusal("B1", "owner", "village"), Refusal("B1", "rooms", "1")))
    assert rows_words(broken, "id") == "pemilik: desa; jumlah ruang: 1"
    unknown = CellRows((Unverified("B1", "owner"), Unverified("B1", "rooms")))
    assert rows_words(unknown, "en") == "owner; rooms"
    assert rows_words(CellRows(), "id") == ""


def test_a_mode_of_ones_own_keeps_its_name() -> None:
    assert mode_word("foot", "id") == "berjalan kaki"
    assert mode_word("angkot", "id") == "angkot"
