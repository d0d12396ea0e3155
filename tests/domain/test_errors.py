"""Errors say what, where and how to fix it, in both languages, on one line."""

from __future__ import annotations

import ast
import re
import string

import pytest

from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import (
    MOST_LINES,
    BatuGeoError,
    DataError,
    EnvironmentFault,
    InfeasiblePlanError,
    Problem,
    ScenarioError,
    SourceError,
    messages,
    shown,
)
from batu_geo.domain.tables import Contract
from tests.conftest import ROOT


def test_every_message_has_both_languages_and_a_fix() -> None:
    for code, message in messages().items():
        of_pages = {"page_id", "page_en"} & set(message)
        assert set(message) - of_pages == {"id", "en", "fix_id", "fix_en"}, code
        assert len(of_pages) in (0, 2), code
        assert all(message.values()), code


def test_both_languages_use_the_same_values() -> None:
    def names(text: str) -> set[str]:
        found = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        return {name.removesuffix("_en") for name in found}

    for code, message in messages().items():
        assert names(message["id"]) == names(message["en"]), code


@pytest.mark.slow
def test_every_code_in_the_program_is_in_the_catalogue_and_the_other_way() -> None:
    used = set()
    for path in (ROOT / "batu_geo").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                used |= set(re.findall(r"^BG-\d{3}$", node.value))
    assert used == set(messages())


def test_a_problem_names_file_feature_record_and_column() -> None:
    fault = Problem("BG-202", "desa.geojson", feature=7, record_id="35.79", column="kind")
    assert fault.line("en") == (
        "BG-202 desa.geojson, feature 7 (35.79), kind: a required value is empty. "
        "Fix: fill in the value."
    )
    assert fault.line("id").startswith("BG-202 desa.geojson, fitur 7 (35.79), kind: nilai")


@pytest.mark.parametrize("text", ["a\nb", "\x1b[2Jx", "\x07", "\u202ex", "a\r\tb"])
def test_values_cannot_break_the_line_or_the_terminal(text: str) -> None:
    line = Problem("BG-205", "f.csv", values={"value": text, "expected": "x"}).line()
    assert line.isprintable()


def test_long_values_are_cut() -> None:
    assert len(shown("x" * 10_000)) == 80


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)
def test_every_code_to_choose_from_is_shown(contract: Contract) -> None:
    for column in contract.columns:
        if column.codes:
            values = {"value": "x", "expected": ", ".join(column.codes)}
            line = Problem("BG-205", "f.csv", values=values).line()
            assert all(code in line for code in column.codes)


def test_an_error_lists_every_problem_up_to_a_limit() -> None:
    error = DataError(Problem("BG-202", row=n) for n in range(MOST_LINES + 9))
    lines = error.lines("en")
    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == "... 9 further problems"
    assert len(error.problems) == MOST_LINES + 9


@pytest.mark.parametrize(
    ("error", "builtin", "exit_code"),
    [
        (DataError, ValueError, 3),
        (SourceError, OSError, 3),
        (ScenarioError, ValueError, 4),
        (InfeasiblePlanError, RuntimeError, 5),
        (EnvironmentFault, OSError, 6),
    ],
)
def test_errors_are_the_builtin_a_reader_expects(
    error: type[BatuGeoError], builtin: type[Exception], exit_code: int
) -> None:
    with pytest.raises(builtin, match="BG-214") as caught:
        raise error(Problem("BG-214", "x.csv"))
    assert isinstance(caught.value, BatuGeoError)
    assert caught.value.exit_code == exit_code


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({}, ""),
        ({"path": "a.csv"}, "a.csv: "),
        ({"row": 3}, "row 3: "),
        ({"row": 3, "feature": 4, "record_id": "B1"}, "row 3 (B1): "),
        ({"feature": 4}, "feature 4: "),
        ({"record_id": "B1"}, "B1: "),
        ({"path": "a.csv", "record_id": "B1", "column": "kind"}, "a.csv, B1, kind: "),
        ({"column": "kind"}, "kind: "),
    ],
)
def test_the_place_of_a_problem_names_what_is_known_of_it(
    place: dict[str, object], expected: str
) -> None:
    said = Problem("BG-202", **place).line("en")
    assert said == f"BG-202 {expected}a required value is empty. Fix: fill in the value."
