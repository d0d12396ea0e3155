"""Steps, previews, snapshots and files: the page's numbers are those of the engine."""

from __future__ import annotations

import base64
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

from batu_geo.planning.assess import assess
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.workbench.bench import scenario_of
from batu_geo.workbench.bench_text import bench_from
from tests.serving.page import Page, opened, unit
from tests.toy_study import point

pytestmark = pytest.mark.slow

HERE, THERE = point(6, 2), point(9, 3)
OPEN = unit("UNIT-1", HERE.x, HERE.y)
CLOSE = {"what": "set_status", "unit_id": "U-v.1", "status": "closed"}
TEN = {"what": "set_threshold", "minutes": 5}


def kept(page: Page):
    return bench_from(json.loads(page.service.keeper.state.read_bytes())["bench"])


def test_a_step_is_on_disk_before_it_is_answered(page: Page) -> None:
    state = page.do(OPEN, TEN)
    assert (state["revision"], state["undo"], len(state["changes"])) == (1, 1, 2)
    assert [change.key for change in kept(page).changes] == ["unit:UNIT-1", "threshold"]
    assert page.do(do="undo")["changes"] == []
    assert [c["key"] for c in page.do(do="redo")["changes"]] == ["unit:UNIT-1", "threshold"]
    cleared = page.do(do="clear")
    assert (cleared["changes"], cleared["undo"]) == ([], 2)
    assert len(page.do(do="undo")["changes"]) == 2


def test_a_preview_is_what_the_step_then_gives_and_is_kept_nowhere(page: Page) -> None:
    before = page.service.keeper.state.read_bytes()
    tried = page.post("/api/preview", {"tab": "a", "seq": 1, "acts": [OPEN]})
    assert page.get("/api/state")["changes"] == []
    assert page.service.keeper.state.read_bytes() == before
    state = page.do(OPEN)
    assert tried["answer"] == state["answer"]
    assert tried["units"] == state["units"]
    (row,) = state["units"]
    assert (row["id"], row["isNew"], row["isMoved"], row["join"]["isJoined"]) == (
        "UNIT-1", True, False, True)  # fmt: skip


def test_a_preview_where_nothing_can_be_says_so(page: Page) -> None:
    far = unit("UNIT-1", HERE.x + 0.09, HERE.y)
    tried = page.post("/api/preview", {"tab": "a", "seq": 1, "acts": [far]})
    assert tried["seq"] == 1
    assert tried["refused"].startswith("BG-316")


def test_an_older_preview_of_a_tab_is_dropped(page: Page) -> None:
    page.post("/api/preview", {"tab": "a", "seq": 5, "acts": [OPEN]})
    assert page.post("/api/preview", {"tab": "a", "seq": 4, "acts": [OPEN]}, 204) is None
    page.post("/api/preview", {"tab": "b", "seq": 4, "acts": [OPEN]})


def test_a_preview_that_a_tab_still_waits_for_is_answered_after_newer_ones(page: Page) -> None:
    page.post("/api/preview", {"tab": "a", "seq": 5, "since": 3, "acts": [OPEN]})
    for seq in (3, 4):
        asked = {"tab": "a", "seq": seq, "since": 3, "acts": [OPEN]}
        assert page.post("/api/preview", asked)["seq"] == seq
    assert (
        page.post("/api/preview", {"tab": "a", "seq": 2, "since": 1, "acts": [OPEN]}, 204) is None
    )


def test_the_numbers_are_those_of_the_engine(page: Page, town_folder: Path) -> None:
    answer = page.do(OPEN, CLOSE, TEN)["answer"]
    study = load_study(town_folder)
    run = assess(study, scenario_of(kept(page)))
    head = run.scenario.headline
    rows = run.villages[
        run.villages["mode"].eq(head.mode) & run.villages["threshold_minutes"].eq(5)
    ]
    assert answer["served"] == int(rows["served"].sum())
    assert [row[0] for row in answer["villages"]] == rows["served"].tolist()
    ids = list(study.villages["village_id"])
    ranked = [ids[row["village"]] for row in answer["ranking"]]
    assert ranked == run.gaps["village_id"].tolist()
    gains = dict(zip(run.candidates["site_id"], run.candidates["people_gained"], strict=True))
    assert {row["id"]: row["gain"] for row in answer["gains"]} == gains
    runs = np.frombuffer(base64.b64decode(answer["homes"]), np.uint8)
    states = np.repeat(runs & 3, (runs >> 2) + 1)
    people = run.demand["population"].to_numpy()
    assert int(people[states == 1].sum()) == answer["served"]


def test_two_pages_follow_one_another(page: Page) -> None:
    page.do(OPEN)
    late = page.post("/api/do", {"revision": 0, "do": "acts", "acts": [TEN]}, 409)
    assert late["error"]["code"] == "BG-605"
    assert late["state"]["revision"] == 1
    assert [c["key"] for c in late["state"]["changes"]] == ["unit:UNIT-1"]


def test_a_page_goes_on_where_it_was_left(page: Page, town_folder: Path, tmp_path: Path) -> None:
    page.do(OPEN)
    page.post("/api/snapshot", {"name": "A"})
    page.do(TEN)
    again = opened(town_folder, tmp_path / "outputs")
    state, old = again.get("/api/state"), page.get("/api/state")
    assert {**state, "studyTag": ""} == {**old, "studyTag": ""}


@pytest.mark.parametrize("text", [b"", b"{", b'{"version": 2}', b"\xff" * 9, b"[" * 99_999])
def test_a_state_that_cannot_be_read_is_kept_aside(page: Page, text: bytes) -> None:
    keeper = page.service.keeper
    keeper.state.write_bytes(text)
    found = keeper.found()
    assert found.kept is None
    assert [notice.code for notice in found.notices] == ["BG-608"]
    (aside,) = keeper.folder.glob("*.rusak*")
    assert aside.read_bytes() == text
    assert not keeper.state.exists()


def test_snapshots_are_compared(page: Page) -> None:
    page.do(OPEN)
    shots = page.post("/api/snapshot", {"name": "A"})["snapshots"]
    assert [(shot["name"], shot["changes"]) for shot in shots] == [("A", 1)]
    now = page.do(CLOSE)
    both = page.post("/api/compare", {"a": {"is": "snapshot", "name": "A"}, "b": {"is": "now"}})
    assert both["b"] == now["answer"]
    assert both["a"]["served"] == shots[0]["served"]
    assert both["sameHomes"] is True
    back = page.do(do="snapshot", name="A")
    assert [c["key"] for c in back["changes"]] == ["unit:UNIT-1"]
    assert page.post("/api/snapshot", {"name": "B", "remove": True}, 422)["error"]


def test_effects_are_what_is_lost_without_a_change(page: Page) -> None:
    now = page.do(OPEN, CLOSE)
    effects = page.post("/api/effects", {"revision": now["revision"]})["effects"]
    without = page.do({"what": "remove", "of": "unit:UNIT-1"})
    assert effects["unit:UNIT-1"] == now["answer"]["served"] - without["answer"]["served"]


def test_a_scenario_is_saved_opened_and_planned_with_the_same_numbers(
    page: Page, town_folder: Path
) -> None:
    state = page.do(OPEN, TEN)
    saved = page.post("/api/save", {"revision": state["revision"], "name": "usulan", "title": "U"})
    assert (saved["saved"], saved["where"], saved["keptBoth"]) == ("usulan", "study", None)
    assert saved["state"]["scenario"] == {
        "name": "usulan", "title": "U", "file": "usulan", "isSaved": True}  # fmt: skip
    page.post("/api/save", {"revision": state["revision"]})
    study = load_study(town_folder)
    scenario = load_scenario("usulan", study=study)
    assert (scenario.title, scenario.title_en) == ("U", ""), "as it was called before"
    run = assess(study, scenario)
    head = run.scenario.headline.threshold_minutes
    rows = run.villages[
        run.villages["mode"].eq("foot") & run.villages["threshold_minutes"].eq(head)
    ]
    assert int(rows["served"].sum()) == state["answer"]["served"]
    text = page.ask("GET", "/api/scenario.toml").content.decode()
    assert tomllib.loads(text)["new_units"][0]["unit_id"] == "UNIT-1"
    opened_again = page.post(
        "/api/open", {"revision": page.get("/api/state")["revision"], "scenario": "usulan"}
    )
    assert opened_again["answer"] == state["answer"]
    assert opened_again["start"] == opened_again["answer"]
    names = [row["name"] for row in page.get("/api/scenarios")["study"]]
    assert "usulan" in names
    again = {"revision": opened_again["revision"], "name": "baseline"}
    assert page.post("/api/save", again, 409)["error"]["code"] == "BG-443"
    (town_folder / "scenarios" / "usulan.toml").unlink()


def test_a_file_that_changed_on_disk_is_not_written_over(page: Page, town_folder: Path) -> None:
    state = page.do(OPEN)
    page.post("/api/save", {"revision": state["revision"], "name": "bersama"})
    path = town_folder / "scenarios" / "bersama.toml"
    theirs = path.read_text() + "# punya orang lain\n"
    path.write_text(theirs)
    assert page.service.shelf.is_changed(page.service.bench.kept)
    state = page.do(TEN)
    saved = page.post("/api/save", {"revision": state["revision"]})
    assert saved["keptBoth"] == {"disk": "bersama", "mine": "bersama-2"}
    assert path.read_text() == theirs
    mine = path.with_name("bersama-2.toml")
    assert "threshold_minutes = 5" in mine.read_text()
    path.unlink()
    mine.unlink()


def test_a_file_of_elsewhere_is_loaded(page: Page) -> None:
    state = page.do(OPEN)
    text = page.ask("GET", "/api/scenario.toml").content.decode()
    page.do(do="clear")
    revision = page.get("/api/state")["revision"]
    body = {"revision": revision, "name": "punya saya.toml", "text": text}
    assert page.post("/api/load", body)["answer"] == state["answer"]


def test_no_code_and_no_limit_is_said_in_words(page: Page) -> None:
    classes = page.get("/api/study")["choices"]["roadClasses"]
    assert not {one["label"] for one in classes} & {one["name"] for one in classes}
    state = page.do(
        {"what": "set_capacity", "people_per_unit": None}, {"what": "set_budget", "rupiah": None}
    )
    assert {change["text"] for change in state["changes"]} >= {
        "Daya tampung unit tanpa batas", "Anggaran pemda tanpa batas"}  # fmt: skip
    page.do(do="undo")


def test_the_log_has_one_line_a_step(page: Page) -> None:
    first = page.do(OPEN)
    page.do(do="undo")
    lines = page.get("/api/log")["lines"]
    assert len(lines) == 2
    assert lines[0]["after"] == lines[1]["before"] == first["answer"]["served"]
    assert "UNIT-1" in lines[0]["text"]


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_kind_of_change_has_words(town_folder: Path, tmp_path: Path, language) -> None:
    page = opened(town_folder, tmp_path / "o", language=language)
    closure = {"name": "x", "at": [HERE.x, HERE.y], "at_most_m": 200, "source": "uji"}
    need = {"name": "mean_minutes", "weight": 0.5, "none_at": 5, "worst_at": 45, "reason": "uji"}
    acts = [
        OPEN, {"what": "open_unit", "unit": {"unit_id": "a", "source": "uji"}},
        {"what": "move_unit", "unit_id": "U-v.4", "lon": THERE.x, "lat": THERE.y}, CLOSE,
        {"what": "upgrade_unit", "facility_id": "POL-v.3"},
        {"what": "change_street", "closure": closure},
        {"what": "change_street", "closure": {**closure, "name": "y", "speed_factor": 0.5}},
        {"what": "change_street", "closure": {**closure, "name": "z", "speed_factor": 2}},
        {"what": "build_road", "road": {"name": "r", "line": [[HERE.x, HERE.y], [THERE.x, THERE.y]],
                                        "road_class": "path", "source": "uji"}},
        TEN, {"what": "set_mode", "mode": "motorcycle"},
        {"what": "set_speeds", "speed_set": "slow"}, {"what": "set_season", "season": "kemarau"},
        {"what": "set_criterion", "criterion": need}, {"what": "set_hours", "first": 7, "last": 12},
        {"what": "set_model", "model": "mclp", "site_count": 2},
        {"what": "set_budget", "rupiah": 10**9}, {"what": "set_capacity", "people_per_unit": 500},
        {"what": "set_staff_cap", "profession": "nurse", "count": 3},
    ]  # fmt: skip
    state = page.do(*acts)
    assert len(state["changes"]) == len(acts)
    assert all(change["text"] for change in state["changes"])
    record = page.get("/api/study")
    assert {"tag", "villages", "homes", "roads", "choices", "banner"} <= set(record)


def test_when_the_hand_rests_the_page_is_told_how_sure_it_is(page: Page) -> None:
    page.do(OPEN)
    state = page.get("/api/state")
    found = page.post("/api/rest", {"revision": state["revision"]})
    assert found["revision"] == state["revision"]
    assert found["served"]["middle"] == state["answer"]["served"]
    ranked = [row["village"] for row in state["answer"]["ranking"]]
    assert [row["village"] for row in found["ranking"]] == ranked
    assert not page.post("/api/rest", {"revision": 0}, 204)
