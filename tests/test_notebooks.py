"""Notebooks there are, and results that show themselves in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batu_geo.verbs.plan import open_run
from tests.conftest import ROOT

if TYPE_CHECKING:
    from batu_geo.verbs.plan import Run


pytestmark = pytest.mark.slow


def test_there_are_four() -> None:
    names = sorted(path.stem[3:] for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert names == sorted(["data", "gaps", "scenarios", "own_data"])


@pytest.mark.slow
def test_results_show_themselves_with_every_text_escaped(baseline_run: Run) -> None:
    run = baseline_run
    html = run._repr_html_()
    assert "Oro-oro Ombo" in html
    assert "174.339" in html
    assert "ilustratif" in html
    hostile = run.gaps.assign(village_name="<script>alert(1)</script>")
    shown = type(run)(**{**{n: getattr(run, n) for n in run.__slots__}, "gaps": hostile})
    assert "<script>" not in shown._repr_html_()
    assert open_run(run.folder)._repr_html_() == html
