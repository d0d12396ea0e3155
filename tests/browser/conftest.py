"""Headless Chromium with the network cut; absent, the tests skip and say so."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from batu_geo.verbs.maps import MapFolder, maps
from tests.shared_by_workers import made_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass
class Opened:
    """A page, what it asked for and what it complained of."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.skip("chromium is not installed")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def map_folder(tmp_path_factory: pytest.TempPathFactory) -> MapFolder:
    """Every map of the embedded study and its explorer."""
    folder = made_once(tmp_path_factory, "maps", lambda out: maps(out=out).folder)
    return maps(out=folder.parent)


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Opened]]:
    """Open a file offline; every request and complaint is kept."""
    contexts = []

    def open_file(
        path: Path,
        *,
        width: int = 1400,
        height: int = 1000,
        ready: str = ".leaflet-overlay-pane svg path",
        address: str = "",
    ) -> Opened:
        context = chromium.new_context(
            offline=True, viewport={"width": width, "height": height}, locale="id-ID"
        )
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.on(
            "request",
            lambda r: (
                None if r.url.startswith(("data:", "blob:")) else opened.requests.append(r.url)
            ),
        )
        opened.page.on("console", lambda m: opened.complaints.append(f"{m.type}: {m.text}"))
        opened.page.on("pageerror", lambda e: opened.complaints.append(f"error: {e}"))
        opened.page.on("dialog", lambda d: (opened.complaints.append("dialog"), d.dismiss()))
        opened.page.goto(path.as_uri() + address)
        opened.page.wait_for_selector(ready, state="attached")
        return opened

    yield open_file
    for context in contexts:
        context.close()
