"""A study with thousands of candidate buildings plans in memory that grows with what they reach."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.how_many import is_all

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.mark.slow
def test_thousands_of_candidates_plan_in_a_few_hundred_megabytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sites x homes alone would be 170 MB a table, of which there were a dozen."""
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    bench = import_module("many_candidates")
    study = bench.write_study(tmp_path / "study", 2_000 if is_all() else 700)
    _, peak_mb, proof = bench.measured(study, "tiga-terbaik", tmp_path / "out")
    assert proof.startswith("mclp,"), proof
    assert peak_mb < 800 if is_all() else peak_mb < 500
