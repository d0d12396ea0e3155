"""Studies with no unit, no building, one village: each answers, and takes a step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from batu_geo.planning.assess import assess
from batu_geo.sources.study.load_study import load_study
from tests.serving.page import opened, unit
from tests.toy_study import point, write_toy_study
from tests.workbench.town import DRAWING, STREETS, VILLAGES

pytestmark = pytest.mark.slow

ONE = {"v.1": ((-1, -1, 17, 6), 900)}
TOWNS: dict[str, dict[str, Any]] = {
    "no units": {"villages": VILLAGES, "units": {}, "buildings": {"a": (6, 2)}},
    "no buildings": {"villages": VILLAGES, "units": {"v.1": (1, 2)}, "buildings": {}},
    "no units, no buildings": {"villages": VILLAGES, "units": {}, "buildings": {}},
    "one village with a unit": {"villages": ONE, "units": {"v.1": (1, 2)}, "buildings": {}},
    "one village without": {"villages": ONE, "units": {}, "buildings": {"a": (6, 2)}},
}  # fmt: skip


@pytest.mark.parametrize("name", TOWNS)
def test_a_small_study_answers_and_takes_a_step(tmp_path: Path, name: str) -> None:
    folder = write_toy_study(tmp_path / "study", DRAWING, STREETS, **TOWNS[name])
    page = opened(folder, tmp_path / "outputs")
    study, state = page.get("/api/study"), page.get("/api/state")
    assert len(study["villages"]) == len(TOWNS[name]["villages"])
    run = assess(load_study(folder), page.service.bench.scenario)
    head = run.scenario.headline
    rows = run.villages[
        run.villages["mode"].eq(head.mode)
        & run.villages["threshold_minutes"].eq(head.threshold_minutes)
    ]
    assert state["answer"]["served"] == int(rows["served"].sum())
    here = point(6, 2)
    act = unit("UNIT-1", here.x, here.y)
    tried = page.post("/api/preview", {"tab": "a", "seq": 1, "acts": [act]})
    then = page.do(act)
    assert then["answer"] == tried["answer"]
    assert then["answer"]["served"] > state["answer"]["served"] or TOWNS[name]["units"]
    assert page.do(do="undo")["answer"] == state["answer"]
    page.post("/api/village", {"village": 0})
    page.post("/api/why", {"lon": here.x, "lat": here.y})
    page.post("/api/compare", {"a": {"is": "start"}, "b": {"is": "now"}})
