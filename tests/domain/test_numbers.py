"""Numbers and dates as Indonesian and English readers write them."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batu_geo.domain.numbers import written_date, written_number

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
    assert english.replace(",", "") == f"{value:z.{digits}f}"
    assert indonesian == english.translate(str.maketrans(",.", ".,"))


@given(FINITE)
def test_trimmed_decimals_end_in_no_zero_and_change_no_value(value: float) -> None:
    trimmed = written_number(value, "en", 3, is_trimmed=True)
    assert float(trimmed.replace(",", "")) == float(f"{value:z.3f}")
    assert "." not in trimmed or trimmed[-1] not in ".0"


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
