"""What a page elsewhere, or a broken one, may try: each try has one status and changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from batu_geo.serving.guard import HEADERS
from tests.serving.page import HOST, PORT, TOKEN, Page, unit
from tests.toy_study import point

MIDDLE = point(6, 2)
OPEN = unit("UNIT-1", MIDDLE.x, MIDDLE.y)


def step(*acts: Any, **more: Any) -> dict[str, Any]:
    return {"revision": 0, "do": "acts", "acts": list(acts), **more}


def opening(**changes: Any) -> dict[str, Any]:
    return step({"what": "open_unit", "unit": {**OPEN["unit"], **changes}})


def road(points: int, lon: float = MIDDLE.x) -> dict[str, Any]:
    line = [[lon + n / 1e6, MIDDLE.y] for n in range(points)]
    return step({"what": "build_road", "road": {
        "name": "r", "line": line, "road_class": "path", "source": "uji"}})  # fmt: skip


def head(**headers: str | None) -> dict[str, Any]:
    return {"method": "GET", "path": "/api/state",
            "head": {k.replace("_", "-"): v for k, v in headers.items()}}  # fmt: skip


def post(body: Any, path: str = "/api/do", **more: Any) -> dict[str, Any]:
    return {"method": "POST", "path": path, "body": body, **more}


def get(path: str, method: str = "GET", **more: Any) -> dict[str, Any]:
    return {"method": method, "path": path, **more}


DEEP = b"[" * 20_000 + b"]" * 20_000
TRIES: dict[str, tuple[int, dict[str, Any]]] = {
    # Host
    "no host": (403, head(host=None)),
    "host of another name": (403, head(host=f"evil.example:{PORT}")),
    "host rebound without port": (403, head(host="127.0.0.1")),
    "host of another port": (403, head(host="127.0.0.1:80")),
    "host with user": (403, head(host=f"x@{HOST}")),
    "host of all addresses": (403, head(host=f"0.0.0.0:{PORT}")),
    "host with a dot": (403, head(host=f"127.0.0.1.:{PORT}")),
    "two hosts": (403, {**head(), "more": [("host", "evil.example")]}),
    # Origin and site
    "origin elsewhere": (403, head(origin="http://evil.example")),
    "origin null": (403, head(origin="null")),
    "origin of another port": (403, head(origin="http://127.0.0.1:9")),
    "origin by https": (403, head(origin=f"https://{HOST}")),
    "two origins": (403, {**head(origin=f"http://{HOST}"), "more": [("origin", "http://evil")]}),
    "site elsewhere": (403, head(sec_fetch_site="cross-site")),
    "site beside": (403, head(sec_fetch_site="same-site")),
    "script from elsewhere": (403, get("/assets/leaflet.js", head={
        "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"})),
    "frame from elsewhere": (403, get("/api/state", head={
        "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"})),
    # Key
    "no key": (401, head(x_batu_token=None)),
    "wrong key": (401, head(x_batu_token="x" * len(TOKEN))),
    "empty key": (401, head(x_batu_token="")),
    "key cut off": (401, head(x_batu_token=TOKEN[:-1])),
    "two keys": (401, {**head(), "more": [("x-batu-token", TOKEN)]}),
    "key in the address": (401, get(f"/api/state?token={TOKEN}", head={"x-batu-token": None})),
    "key as a cookie": (401, get("/api/state", head={
        "x-batu-token": None, "cookie": f"x-batu-token={TOKEN}"})),
    # Method and address
    "put": (405, get("/api/do", "PUT")),
    "delete": (405, get("/api/state", "DELETE")),
    "options": (405, get("/api/state", "OPTIONS")),
    "trace": (405, get("/", "TRACE")),
    "get of a step": (405, get("/api/do")),
    "post of the state": (405, post({}, "/api/state")),
    "no such address": (404, get("/api/nothing")),
    "climbing": (404, get("/assets/../pyproject.toml")),
    "climbing in code": (404, get("/assets/%2e%2e%2fpyproject.toml")),
    "file of the package": (404, get("/assets/explorer.html")),
    "absolute path": (404, get("/assets//etc/passwd")),
    "null in the name": (404, get("/assets/workbench\x00.js")),
    # Body
    "no type": (415, post(step(OPEN), head={"content-type": None})),
    "form": (415, post(b"a=b", head={"content-type": "application/x-www-form-urlencoded"})),
    "text": (415, post(step(OPEN), head={"content-type": "text/plain"})),
    "two types": (415, post(step(OPEN), more=[("content-type", "application/json")])),
    "no length": (411, post(step(OPEN), head={"content-length": None})),
    "length of letters": (411, post(step(OPEN), head={"content-length": "many"})),
    "negative length": (411, post(step(OPEN), head={"content-length": "-1"})),
    "two lengths": (411, post(step(OPEN), more=[("content-length", "9")])),
    "chunks": (411, post(step(OPEN), head={"transfer-encoding": "chunked"})),
    "too long": (413, post(b" " * 65_537)),
    "length beyond numbers": (413, post(step(OPEN), head={"content-length": "9" * 400})),
    "longer than said": (413, post(b"{}", chunks=[b" " * 40_000, b" " * 40_000])),
    "cut off": (400, post(b"{}", chunks=[])),
    "long headers": (431, head(x_more="y" * 17_000)),
    "many headers": (431, {**head(), "more": [(f"x-{n}", "y") for n in range(70)]}),
    "long address": (414, get("/api/state?" + "q" * 3_000)),
    # JSON
    "no json": (400, post(b"{")),
    "no text": (400, post(b"\xff\xfe\x00")),
    "empty": (400, post(b"")),
    "deep": (400, post(DEEP)),
    "a list": (400, post([])),
    "not a number": (400, post(b'{"revision": NaN, "do": "undo"}')),
    "infinite": (400, post(opening(lon=float("inf")))),
    "number of 5,000 digits": (400, post(b'{"revision":' + b"9" * 5_000 + b',"do":"undo"}')),
    # Form and bounds
    "unknown key": (400, post(step(OPEN, path="/etc/passwd"))),
    "unknown act": (400, post(step({"what": "run", "command": "ls"}))),
    "truth as a number": (400, post({"revision": True, "do": "undo"})),
    "place on another continent": (400, post(opening(lon=2.35, lat=48.85))),
    "place beyond degrees": (400, post(opening(lon=1e9))),
    "half a place": (400, post(opening(lat=None))),
    "name of 81 letters": (400, post(opening(name="x" * 81))),
    "id of 81 letters": (400, post(opening(unit_id="x" * 81))),
    "no id": (400, post(opening(unit_id=""))),
    "road of 201 points": (400, post(road(201))),
    "road elsewhere": (400, post(road(2, lon=10.0))),
    "201 acts": (400, post(step(*([OPEN] * 201)))),
    "threshold of 121 minutes": (400, post(step({"what": "set_threshold", "minutes": 121}))),
    "negative threshold": (400, post(step({"what": "set_threshold", "minutes": -1}))),
    "budget beyond numbers": (400, post(step({"what": "set_budget", "rupiah": 10**14}))),
    "tab of control characters": (400, post(
        {"tab": "a\x1b[2J", "seq": 0, "acts": [OPEN]}, "/api/preview")),
    "save to a path": (400, post({"revision": 0, "name": "../../x"}, "/api/save")),
    "open a path": (400, post({"revision": 0, "scenario": "/etc/passwd"}, "/api/open")),
    "load by a path": (400, post(
        {"revision": 0, "name": "../x.toml", "text": ""}, "/api/load")),
    # The engine refuses
    "other revision": (409, post({**step(OPEN), "revision": 7})),
    "unit that is none": (422, post(step({"what": "move_unit", "unit_id": "x",
                                          "lon": MIDDLE.x, "lat": MIDDLE.y}))),
    "removal of nothing": (422, post(step({"what": "remove", "of": "unit:x"}))),
    "second act of a step wrong": (422, post(step(OPEN, {"what": "remove", "of": "x"}))),
    "place outside all villages": (422, post(opening(lon=MIDDLE.x + 0.09))),
    "mode that is none": (422, post(step({"what": "set_mode", "mode": "kuda"}))),
    "scenario that is none": (422, post({"revision": 0, "scenario": "tidak-ada"}, "/api/open")),
    "file that is no scenario": (422, post(
        {"revision": 0, "name": "x.toml", "text": "a = ["}, "/api/load")),
    "file that extends in a circle": (422, post(
        {"revision": 0, "name": "x.toml", "text": 'extends = "x"'}, "/api/load")),
}  # fmt: skip


@pytest.mark.parametrize("name", TRIES)
def test_a_hostile_request_has_its_status_and_changes_nothing(still_page: Page, name: str) -> None:
    status, request = TRIES[name]
    state, on_disk = still_page.get("/api/state"), still_page.service.keeper.state.read_bytes()
    reply = still_page.ask(**request)
    assert reply.status == status, reply.content
    error = reply.record["error"]
    assert error["message"].startswith(error["code"])
    said = reply.content.decode()
    for secret in (TOKEN, str(still_page.service.keeper.folder), "Traceback", ".py", "/etc/"):
        assert secret not in json.dumps(error), said
    assert still_page.get("/api/state") == state
    assert still_page.service.keeper.state.read_bytes() == on_disk


def test_there_are_at_least_60_of_them() -> None:
    assert len(TRIES) >= 60


@pytest.mark.parametrize("path", ["/", "/api/state", "/api/nothing", "/favicon.ico", "/x"])
@pytest.mark.parametrize("host", [HOST, "evil.example"])
def test_every_answer_carries_the_headers(still_page: Page, path: str, host: str) -> None:
    reply = still_page.ask("GET", path, head={"host": host})
    assert {(k.decode(), v.decode()) for k, v in HEADERS} <= set(reply.headers.items())


def test_the_shell_and_its_parts_need_no_key_and_hold_no_data(still_page: Page) -> None:
    shell = still_page.ask("GET", "/", head={"x-batu-token": None})
    assert shell.status == 200
    for text in ("Desa 1", "UPKDK 1", "Kota Mainan", TOKEN):
        assert text not in shell.content.decode()
    script = still_page.ask("GET", "/assets/leaflet.js", head={"x-batu-token": None})
    assert (script.status, script.headers["content-type"]) == (
        200, "text/javascript; charset=utf-8")  # fmt: skip


def test_the_browser_may_arrive_from_a_file(still_page: Page) -> None:
    arrival: dict[str, str | None] = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert still_page.ask("GET", "/", head=arrival).status == 200
