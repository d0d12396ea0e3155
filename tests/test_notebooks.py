"""Notebooks: pairs without outputs, without functions, running from a clean start."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import jupytext
import pytest

import batu_geo as bg
from batu_geo.pipeline.plan import open_run
from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_there_are_four() -> None:
    assert [path.stem[3:] for path in NOTEBOOKS] == ["data", "gaps", "scenarios", "own_data"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_holds_no_output_and_no_function(path: Path) -> None:
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        assert not cell.get("outputs")
        if cell["cell_type"] == "code":
            tree = ast.parse("".join(cell["source"]))
            assert not [
                n
                for n in ast.walk(tree)
                if isinstance(n, (ast.FunctionDef, ast.ClassDef, ast.Lambda))
            ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_and_its_pair_say_the_same(path: Path) -> None:
    pair = jupytext.read(path.with_suffix(".py"))
    own = jupytext.read(path)
    assert [c.source for c in own.cells] == [c.source for c in pair.cells]


@pytest.mark.slow
def test_results_show_themselves(tmp_path: Path) -> None:
    run = bg.plan(out=tmp_path)
    html = run._repr_html_()
    assert "Oro-oro Ombo" in html
    assert "166.735" in html
    assert "ilustratif" in html
    hostile = run.gaps.assign(village_name="<script>alert(1)</script>")
    shown = type(run)(**{**{n: getattr(run, n) for n in run.__slots__}, "gaps": hostile})
    assert "<script>" not in shown._repr_html_()
    assert open_run(run.folder)._repr_html_() == html
