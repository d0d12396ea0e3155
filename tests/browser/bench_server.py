"""The workbench for tests in a browser: a desk served from a thread, and tabs that reach only it."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = "k" * 43
READY = "body[data-state=ready]"


@dataclass
class Bench:
    """A desk that is served."""

    address: str
    out: Path

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the desk as the page does, and return its answer."""
        request = urllib.request.Request(
            self.address + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"x-batu-token": KEY, "content-type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer) if answer.status == 200 else None

    @property
    def state(self) -> dict[str, Any]:
        """The newest state."""
        return self.ask("/api/state")

    def do(self, *acts: dict[str, Any], what: str = "acts") -> dict[str, Any]:
        """Do a step behind the back of the page."""
        body = {"revision": self.state["revision"], "do": what}
        return self.ask("/api/do", body | ({"acts": list(acts)} if what == "acts" else {}))


@contextmanager
def served(study: Path, out: Path, *, language: str = "id") -> Iterator[Bench]:
    """Serve a desk of a study from a thread of this process."""
    pytest.importorskip("uvicorn")
    from batu_geo.serving.bench_keeper import Keeper
    from batu_geo.serving.listening import listening, server
    from batu_geo.serving.routes import application
    from batu_geo.serving.service import Service, first_kept

    given = load_study(study)
    kept = first_kept(load_scenario("baseline", study=given))
    service = Service(given, kept, Keeper(out, given), out=out, language=language)
    with listening() as sock:
        port = sock.getsockname()[1]
        running = server(application(service, port=port, token=KEY))
        thread = threading.Thread(target=lambda: running.run(sockets=[sock]), daemon=True)
        thread.start()
        yield Bench(f"http://127.0.0.1:{port}", out)
        running.should_exit = True
        thread.join(20)


@dataclass
class Tab:
    """A tab of the workbench: what it asked of others, and what it complained of."""

    page: Any
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def text(self, selector: str) -> str:
        """Return the text of an element."""
        return self.page.text_content(selector) or ""

    def until(self, what: str, argument: Any = None, *, seconds: float = 15.0) -> None:
        """Wait until an expression of the page is true; its policy forbids Playwright's own way."""
        for _ in range(int(seconds * 25)):
            # While the page opens anew there is nothing to ask.
            with contextlib.suppress(pytest.importorskip("playwright.sync_api").Error):
                if self.page.evaluate(what, argument):
                    return
            self.page.wait_for_timeout(40)
        pytest.fail(f"never true: {what} {argument!r}")

    def at_revision(self, revision: int) -> None:
        """Wait until the tab shows a revision."""
        self.until("n => Number(document.body.dataset.revision) >= n", revision)

    def unit(self, identity: str) -> Any:
        """Return the marker of a unit or building."""
        return self.page.locator(f'.leaflet-marker-icon[data-id="{identity}"]')

    def drag(self, identity: str, right: int, down: int, *, steps: int = 8) -> list[str]:
        """Drag a marker by the mouse; return the people shown on the way."""
        box = self.unit(identity).bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        shown = []
        for n in range(1, steps + 1):
            self.page.mouse.move(x + right * n / steps, y + down * n / steps)
            self.page.wait_for_timeout(60)
            shown.append(self.text("#served"))
        self.page.mouse.up()
        return shown


def open_tab(
    context: Any, bench: Bench, *, key: str = KEY, ready: str = READY, is_deaf: bool = False
) -> Tab:
    """Open a tab; a request to anything but the desk is refused and kept.

    A deaf one is never told that something happened.
    """
    tab = Tab(context.new_page())

    def routed(route: Any) -> None:
        url = route.request.url
        if is_deaf and url.endswith("/api/events"):
            return
        if url.startswith((bench.address + "/", "data:", "blob:")):
            route.continue_()
            return
        tab.outside.append(url)
        route.abort()

    tab.page.route("**/*", routed)
    tab.page.on("console", lambda m: tab.complaints.append(f"{m.type}: {m.text}"))
    tab.page.on("pageerror", lambda e: tab.complaints.append(f"error: {e}"))
    tab.page.goto(f"{bench.address}/#{key}" if key else f"{bench.address}/")
    tab.page.wait_for_selector(ready)
    return tab


def copy_of(study: Path, folder: Path) -> Path:
    """Return a copy of a study, so that what is saved into it disturbs nobody."""
    shutil.copytree(study, folder)
    return folder
