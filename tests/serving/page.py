"""A page without a browser: it asks the application directly, with any headers and bytes."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batu_geo.domain.errors import Language
from batu_geo.serving.bench_keeper import Keeper
from batu_geo.serving.routes import application
from batu_geo.serving.service import Service, first_kept
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario

PORT, TOKEN = 8123, "kunci-uji"
HOST = f"127.0.0.1:{PORT}"


@dataclass(frozen=True)
class Reply:
    """An answer: status, headers and bytes."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def record(self) -> Any:
        """The content as plain values."""
        return json.loads(self.content)


class Page:
    """A page on an application."""

    def __init__(self, app: Any, service: Service) -> None:
        self.app, self.service = app, service

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        head: dict[str, str | None] | None = None,
        more: list[tuple[str, str]] | None = None,
        chunks: list[bytes] | None = None,
    ) -> Reply:
        """Ask; `head` replaces headers of the page (None leaves one out), `more` adds others."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers: dict[str, str | None] = {"host": HOST, "x-batu-token": TOKEN}
        if method == "POST":
            headers |= {"content-type": "application/json", "content-length": str(len(content))}
        headers |= head or {}
        pairs = [(k, v) for k, v in headers.items() if v is not None] + (more or [])
        asked = self._asked(method, path, pairs, [content] if chunks is None else chunks)
        # A browser of other tests keeps a loop running in the thread of the tests.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, asked).result()

    async def _asked(
        self, method: str, path: str, headers: list[tuple[str, str]], chunks: list[bytes]
    ) -> Reply:
        target, _, query = path.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "path": target, "raw_path": target.encode(), "query_string": query.encode(),
            "root_path": "", "scheme": "http", "server": ("127.0.0.1", PORT),
            "client": ("127.0.0.1", 1),
            "headers": [(k.encode("latin-1"), v.encode("latin-1")) for k, v in headers],
        }  # fmt: skip
        waiting, got = list(chunks), []

        async def receive() -> dict[str, Any]:
            if waiting:
                part = waiting.pop(0)
                return {"type": "http.request", "body": part, "more_body": bool(waiting)}
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            got.append(message)

        await self.app(scope, receive, send)
        start = got[0]
        body = b"".join(message.get("body", b"") for message in got[1:])
        return Reply(start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body)

    def get(self, path: str) -> Any:
        """Return what an address gives."""
        reply = self.ask("GET", path)
        assert reply.status == 200, reply.content
        return reply.record

    def post(self, path: str, body: Any, status: int = 200) -> Any:
        """Return what an address answers to a body."""
        reply = self.ask("POST", path, body)
        assert reply.status == status, reply.content
        return reply.record if reply.content else None

    def do(self, *acts: dict[str, Any], do: str = "acts", **more: Any) -> Any:
        """Do one step on the newest revision, and return the state."""
        revision = self.get("/api/state")["revision"]
        return self.post("/api/do", {"revision": revision, "do": do, "acts": list(acts), **more})


def opened(folder: Path, out: Path, *, language: Language = "id", name: str = "baseline") -> Page:
    """Return a page on a study, which goes on where it was left."""
    study = load_study(folder)
    keeper = Keeper(out, study)
    kept = keeper.found().kept or first_kept(load_scenario(name, study=study))
    service = Service(study, kept, keeper, out=out, language=language)
    service.begun(None)
    return Page(application(service, port=PORT, token=TOKEN), service)


def unit(name: str, lon: float, lat: float) -> dict[str, Any]:
    """Return the act that opens a unit anywhere."""
    place = {"unit_id": name, "lon": lon, "lat": lat, "source": "uji"}
    return {"what": "open_unit", "unit": place}
