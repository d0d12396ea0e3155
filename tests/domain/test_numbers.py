"""Numbers and dates as Indonesian and English readers write them."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batu_geo.domain.numbers import filed_number, filed_numbers, written_date, written_number

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("value", "digits", "indonesian", "english"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (-0.04, 1, "0,0", "0.0"),
        (-0.0, 0, "0", "0"),
        (2.675, 2, "2,67", "2.67"),  # the binary number is below 2.675
        (2.5, 0, "2", "2"),
        (999, 0, "999", "999"),
        (1e30, 0, "1.000.000.000.000.000.019.884.624.838.656", None),
    ],
)
def test_numbers_by_hand(value: float, digits: int, indonesian: str, english: str | None) -> None:
    assert written_number(value, "id", digits) == indonesian
    assert written_number(value, "en", digits) == (english or indonesian.replace(".", ","))


@given(FINITE, st.integers(0, 6))
def test_a_number_can_be_read_back(value: float, digits: int) -> None:
    english, indonesian = (written_number(value, name, digits) for name in ("en", "id"))
    same = round(value, 6) if digits < 6 else value
    assert english.replace(",", "") == f"{same:z.{digits}f}"
    assert indonesian == english.translate(str.maketrans(",.", ".,"))


@given(FINITE)
def test_trimmed_decimals_end_in_no_zero_and_change_no_value(value: float) -> None:
    trimmed = written_number(value, "en", 3, is_trimmed=True)
    assert float(trimmed.replace(",", "")) == float(f"{round(value, 6):z.3f}")
    assert "." not in trimmed or trimmed[-1] not in ".0"


@pytest.mark.parametrize("value", [12.25, 0.5, 2.5, 1234.125, 166735.0625])
@pytest.mark.parametrize("digits", [0, 1, 2, 3])
def test_the_order_of_a_sum_changes_no_written_number(value: float, digits: int) -> None:
    """A processor that adds up in another order ends a few last bits away, also at a half."""
    for near in (math.nextafter(value, 0), math.nextafter(value, math.inf), value * (1 + 2e-15)):
        assert written_number(near, "id", digits) == written_number(value, "id", digits)
        assert filed_number(near) == filed_number(value)


@pytest.mark.parametrize(
    ("value", "filed"),
    [
        (0.1 + 0.2, 0.3),
        (1 / 3, 0.333333),
        (166735.12345678, 166735.1235),
        (9999999999.4, 9999999999),
        (12345678901.0, 12345678901),  # rupiah: every figure of a whole number
        (987654321098765.0, 987654321098765),
        (-1e-7, 0),
    ],
)
def test_numbers_of_files_by_hand(value: float, filed: float) -> None:
    assert filed_number(value) == filed
    assert filed_numbers({"a": [value, "x", None, 3]}) == {"a": [filed, "x", None, 3]}


@given(FINITE)
def test_what_a_file_holds_is_written_again_as_it_is(value: float) -> None:
    once = filed_number(value)
    assert filed_number(once) == once
    assert once == pytest.approx(value, rel=1e-9, abs=1e-6)


def test_what_is_no_number_stays_so() -> None:
    assert math.isnan(filed_number(math.nan))
    assert filed_number(-math.inf) == -math.inf


@pytest.mark.parametrize(
    ("text", "indonesian", "english"),
    [
        ("2025-12-22", "22 Desember 2025", "22 December 2025"),
        ("2026-08-07", "7 Agustus 2026", "7 August 2026"),
        ("2025-02-30", None, None),
        ("2024", None, None),
        ("22-12-2025", None, None),
    ],
)
def test_dates_by_hand(text: str, indonesian: str | None, english: str | None) -> None:
    assert written_date(text, "id") == indonesian
    assert written_date(text, "en") == english


@pytest.mark.slow
def test_help_does_not_load_the_locale_library() -> None:
    code = (
        "import sys; from batu_geo.cli import cli\n"
        "try: cli(['plan', '--help'])\n"
        "except SystemExit: print('babel' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [(7.0, 2, "7"), (7.25, 3, "7,25"), (70.0, 1, "70"), (0.5, 1, "0,5"), (100.0, 0, "100")],
)
def test_trimmed_decimals_leave_whole_numbers_whole(
    value: float, digits: int, written: str
) -> None:
    assert written_number(value, "id", digits, is_trimmed=True) == written
