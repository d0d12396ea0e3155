"""Jobs in processes of their own: results, one of a kind at a time, cancelled at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batu_geo.planning.assess import assess
from batu_geo.planning.placement import solve_placement
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.workbench.edits import SetModel
from batu_geo.workbench.fold import fold
from tests.serving.page import Page, opened, unit
from tests.toy_study import point

HERE = point(6, 2)
OPEN = unit("UNIT-1", HERE.x, HERE.y)
LONGEST_S = 120.0


@pytest.fixture(scope="module")
def working(town_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    page = opened(town_folder, tmp_path_factory.mktemp("jobs") / "outputs")
    yield page
    page.service.jobs.close()


def started(page: Page, address: str, **asked: Any) -> str:
    revision = page.get("/api/state")["revision"]
    return page.post(address, {"revision": revision, **asked}, 202)["job"]


def ended(page: Page, name: str) -> Any:
    """Return a job once it is under way no more."""
    until = time.monotonic() + LONGEST_S
    while time.monotonic() < until:
        job = page.get(f"/api/job/{name}")
        if job["state"] != "running":
            return job
        time.sleep(0.05)
    raise AssertionError(f"{name} did not end")


@pytest.mark.slow
@pytest.mark.parametrize("model", ["mclp", "p_median", "p_centre", "backup_coverage", "lscp"])
def test_a_plan_is_that_of_the_engine(working: Page, town_folder: Path, model: Any) -> None:
    count = None if model == "lscp" else 1
    result = ended(working, started(working, "/api/plan", model=model, count=count))["result"]
    study = load_study(town_folder)
    edit = SetModel(model=model, site_count=count)
    scenario = fold(load_scenario("baseline", study=study), [edit])
    placement = solve_placement(assess(study, scenario))
    assert placement is not None
    assert result["status"] == placement.plan.status
    assert [site["id"] for site in result["sites"]] == list(placement.plan.site_ids)
    assert result["objective"] == pytest.approx(placement.plan.objective)
    assert result["sentence"]


@pytest.mark.slow
def test_a_plan_is_taken_over_as_one_step(working: Page) -> None:
    result = ended(working, started(working, "/api/plan", model="mclp", count=2))["result"]
    state = working.do(*result["acts"])
    assert state["answer"]["served"] == result["served"]
    assert len(state["changes"]) == len(result["sites"]) == 2
    assert working.do(do="undo")["changes"] == []


@pytest.mark.slow
def test_one_of_a_kind_at_a_time_and_cancelled_at_once(working: Page) -> None:
    name = started(working, "/api/run")
    revision = working.get("/api/state")["revision"]
    again = working.post("/api/run", {"revision": revision}, 409)
    assert again["error"]["code"] == "BG-606"
    start = time.monotonic()
    assert working.post("/api/cancel", {"job": name})["state"] == "cancelled"
    assert time.monotonic() - start < LONGEST_S
    assert working.get(f"/api/job/{name}")["result"] is None
    assert working.post("/api/cancel", {"job": name})["state"] == "cancelled"
    assert list(working.service.out.glob("baseline-*")) == []


@pytest.mark.slow
def test_a_run_and_the_explorer_are_files_to_take(working: Page) -> None:
    working.do(OPEN)
    for kind, wanted in (("explorer", "jelajah.html"), ("run", "manifest.json")):
        job = ended(working, started(working, f"/api/{kind}"))
        assert job["state"] == "done", job
        files = {file["name"]: file for file in job["result"]["files"]}
        content = working.ask("GET", f"/api/result/{job['job']}/{files[wanted]['n']}")
        assert (content.status, len(content.content)) == (200, files[wanted]["bytes"])
        assert str(working.service.out) not in str(job)
        assert working.ask("GET", f"/api/result/{job['job']}/{len(files)}").status == 404
    working.do(do="undo")


@pytest.mark.slow
def test_layers_are_of_the_scenario(working: Page) -> None:
    closing = {"what": "set_status", "unit_id": "U-v.1", "status": "closed"}
    state = working.do(closing, {"what": "set_threshold", "minutes": 6})
    found = working.post("/api/one_more", {"revision": state["revision"]})
    best = found["best"]
    assert found["count"] > 0
    then = working.do(unit("UNIT-9", best["lon"], best["lat"]))
    assert then["answer"]["served"] - state["answer"]["served"] == best["people"]
    working.do(do="undo")
    (worst, *_) = ended(working, started(working, "/api/cut_off"))["result"]["stretches"]
    closure = {"name": "x", "at": [worst["lon"], worst["lat"]], "source": "uji"}
    then = working.do({"what": "change_street", "closure": closure})
    lost = then["answer"]["groups"]["cutOff"] - state["answer"]["groups"]["cutOff"]
    assert lost == worst["people"]
    working.do(do="clear")


@pytest.mark.slow
def test_a_worker_that_dies_is_a_failed_job_and_the_next_one_works(working: Page) -> None:
    name = started(working, "/api/explorer")
    process = working.service.jobs._jobs[name].process
    assert process is not None
    process.kill()
    job = ended(working, name)
    assert (job["state"], job["error"]["code"]) == ("failed", "BG-612")
    assert ended(working, started(working, "/api/explorer"))["state"] == "done"


def test_a_model_without_its_capacity_is_refused_before_it_starts(page: Page) -> None:
    body = {"revision": 0, "model": "capacitated_mclp", "count": 2}
    assert page.post("/api/plan", body, 422)["error"]["code"] == "BG-302"
    assert page.ask("GET", "/api/job/j1").status == 404
    assert page.post("/api/cancel", {"job": "j1"}, 404)["error"]


def test_why_a_home_and_a_village_are_as_they_are(page: Page) -> None:
    why = page.post("/api/why", {"lon": HERE.x, "lat": HERE.y})
    assert why["lines"]
    assert why["state"] in {0, 1}
    if why["state"] == 1:
        assert why["minutes"] <= page.get("/api/state")["settings"]["threshold"]
    assert page.post("/api/why", {"lon": HERE.x + 0.09, "lat": HERE.y}) == {"home": None}
    state = page.get("/api/state")
    for row in state["answer"]["ranking"]:
        card = page.post("/api/village", {"village": row["village"]})
        assert {c["name"]: c["digits"] for c in card["criteria"]}["people_beyond"] == 0
        score = sum(c["contribution"] or 0 for c in card["criteria"])
        assert score == pytest.approx(row["score"], abs=2e-3)
    assert page.post("/api/village", {"village": 99}, 404)["error"]


def test_a_street_is_the_one_that_a_closure_there_closes(page: Page) -> None:
    street = page.post("/api/street", {"lon": HERE.x, "lat": HERE.y})
    assert street["metres"] < 100
    assert street["shape"]["type"] == "LineString"
    assert page.post("/api/street", {"lon": HERE.x + 0.09, "lat": HERE.y}) == {"shape": None}
