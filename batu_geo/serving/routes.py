"""The addresses of the server: each reads a body, calls the service and returns plain values."""

from __future__ import annotations

import asyncio
import traceback
from contextlib import asynccontextmanager
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from batu_geo.domain.errors import BatuGeoError, Problem
from batu_geo.domain.frozen import Frozen
from batu_geo.render.web.workbench_page import workbench_page
from batu_geo.serving import request_bodies as bodies
from batu_geo.serving.guard import Guard
from batu_geo.serving.records.answer_record import rest_record
from batu_geo.serving.records.surface_record import surface_record
from batu_geo.serving.refusals import (
    FAULT,
    NO_ADDRESS,
    Refusal,
    encoded,
    of_engine,
    refusal_record,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from batu_geo.serving.service import Service
    from batu_geo.workbench.standing import Standing

Body = TypeVar("Body", bound=Frozen)
TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
         "png": "image/png", "svg": "image/svg+xml"}  # fmt: skip
STARTS = ("workbench", "leaflet.")
OTHERS = ("layers.png", "layers-2x.png", "marker-icon.png", "explorer_unpack.js", "map_dots.js",
          "map_card.js", "map_shared.css", "map_names.js", "map_orientation.js",
          "map_villages.js")  # fmt: skip
JOB_BODIES = {
    "pack": bodies.OnRevision, "run": bodies.OnRevision, "explorer": bodies.OnRevision,
    "cut_off": bodies.OnRevision,
}  # fmt: skip
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<path fill="#1b7837" d="M8 1 15 8H13V15H3V8H1Z"/></svg>'
)


def application(service: Service, *, port: int, token: str) -> ASGIApp:
    """Return the server as an ASGI application behind its guard."""

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        service.news.begin()
        watching = asyncio.create_task(service.watch())
        yield
        watching.cancel()
        service.close()

    app = Starlette(
        routes=[*_pages(service), *_api(service)],
        exception_handlers={
            Refusal: partial(_refused, service), BatuGeoError: partial(_refused, service),
            HTTPException: partial(_refused, service), Exception: partial(_refused, service),
        },
        lifespan=life,
    )  # fmt: skip
    return Guard(app, port=port, token=token, language=service.language)


def plain(record: Any, status: int = 200) -> Response:
    """Return plain values as an answer."""
    return Response(encoded(record), status, media_type="application/json")


def plain_or_none(record: Any) -> Response:
    """Return plain values as an answer, an empty one where the page has moved on."""
    return Response(status_code=204) if record is None else plain(record)


async def _refused(service: Service, _request: Request, error: Exception) -> Response:
    if isinstance(error, BatuGeoError):
        error = of_engine(error)
    elif isinstance(error, HTTPException):
        error = Refusal(error.status_code, (Problem(NO_ADDRESS),))
    elif not isinstance(error, Refusal):
        traceback.print_exception(error)
        error = Refusal(500, (Problem(FAULT, values={"reason": type(error).__name__}),))
    return plain(refusal_record(error, service.language), error.status)


def _pages(service: Service) -> list[Route]:
    """Return the shell and its parts: the same for all, without data."""
    shell = workbench_page(service.language)

    async def page(_request: Request) -> Response:
        return HTMLResponse(shell)

    async def icon(_request: Request) -> Response:
        return Response(ICON, media_type=TYPES["svg"])

    async def part(request: Request) -> Response:
        name = str(request.path_params["name"])
        found = _parts().get(name)
        if found is None:
            raise HTTPException(404)
        return Response(found.read_bytes(), media_type=TYPES[name.rpartition(".")[2]])

    addresses = {"/": page, "/favicon.ico": icon, "/assets/{name}": part}
    addresses["/assets/images/{name}"] = part
    return [Route(path, answer, methods=["GET"]) for path, answer in addresses.items()]


@cache
def _parts() -> dict[str, Any]:
    """Return by name the files that the page may load."""
    folder = files("batu_geo.render.web").joinpath("assets")
    return {
        file.name: file
        for file in folder.iterdir()
        if (file.name.startswith(STARTS) or file.name in OTHERS)
        and file.name.rpartition(".")[2] in TYPES
    }


def _api(service: Service) -> list[Route]:
    def get(path: str, work: Callable[[], Any]) -> Route:
        async def answer(_request: Request) -> Response:
            return plain(await service.run(work))

        return Route(path, answer, methods=["GET"])

    def post(path: str, kind: type[Body], work: Callable[[Body], Any], status: int = 200) -> Route:
        async def answer(request: Request) -> Response:
            body = bodies.body_of(kind, await request.body(), service.bench.bounds)
            return plain(await service.run(lambda: work(body)), status)

        return Route(path, answer, methods=["POST"])

    async def preview(request: Request) -> Response:
        body = bodies.body_of(bodies.Preview, await request.body(), service.bench.bounds)
        return plain_or_none(await service.preview(body))

    def beside(path: str, record: Callable[[Standing], dict[str, Any]]) -> Route:
        async def answer(request: Request) -> Response:
            body = bodies.body_of(bodies.OnRevision, await request.body(), service.bench.bounds)
            return plain_or_none(await service.beside(body, record))

        return Route(path, answer, methods=["POST"])

    return [
        get("/api/study", service.study),
        get("/api/state", lambda: service.bench.state(with_start=True)),
        get("/api/log", lambda: {"lines": service.keeper.lines()}),
        get("/api/scenarios", service.scenarios),
        Route("/api/preview", preview, methods=["POST"]),
        beside("/api/rest", rest_record),
        beside("/api/one_more", surface_record),
        *_streams(service),
        post("/api/do", bodies.Do, service.do),
        post("/api/effects", bodies.OnRevision, service.effects),
        post("/api/snapshot", bodies.Snapshot, service.snapshot),
        post("/api/compare", bodies.Compare, service.compare),
        post("/api/open", bodies.Open, service.open),
        post("/api/load", bodies.Load, service.load),
        post("/api/file/accept", bodies.Accept, service.accept),
        post("/api/save", bodies.Save, service.save),
        post("/api/why", bodies.Place, service.why),
        post("/api/village", bodies.OfVillage, service.village),
        post("/api/street", bodies.Place, service.street),
        *_job_routes(service, post),
    ]


def _streams(service: Service) -> list[Route]:
    """Return the addresses that give news and text."""

    async def events(_request: Request) -> Response:
        if service.news.is_full:
            raise Refusal(503, (Problem("BG-606"),))
        asyncio.get_running_loop().run_in_executor(None, service.jobs.warm)
        return StreamingResponse(service.news.stream(), media_type="text/event-stream")

    async def text(_request: Request) -> Response:
        content = await service.run(service.text)
        name = service.bench.kept.file or service.bench.bench.base.name
        headers = {"content-disposition": f'attachment; filename="{_ascii(name)}.toml"'}
        return Response(content, media_type="text/plain; charset=utf-8", headers=headers)

    async def file(request: Request) -> Response:
        asked, content = request.query_params, await request.body()
        table, suffix = asked.get("table", ""), asked.get("suffix", "")
        return plain(await service.run(lambda: service.drop(table, suffix, content)))

    return [
        Route("/api/file", file, methods=["POST"]),
        Route("/api/events", events, methods=["GET"]),
        Route("/api/scenario.toml", text, methods=["GET"]),
    ]


def _job_routes(service: Service, post: Callable[..., Route]) -> list[Route]:
    """Return the addresses of jobs and of what they made."""

    async def job(request: Request) -> Response:
        return plain(service.jobs.record(request.path_params["name"]))

    async def result(request: Request) -> Response:
        path = service.jobs.file(request.path_params["name"], request.path_params["number"])
        name = quote(path.name)
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
        content = await asyncio.to_thread(path.read_bytes)
        return Response(content, media_type="application/octet-stream", headers=headers)

    return [
        post("/api/plan", bodies.Plan, service.plan, 202),
        *(
            post(f"/api/{kind}", model, partial(service.job, kind), 202)
            for kind, model in JOB_BODIES.items()
        ),
        post("/api/cancel", bodies.Cancel, lambda body: service.jobs.cancel(body.job)),
        Route("/api/job/{name}", job, methods=["GET"]),
        Route("/api/result/{name}/{number:int}", result, methods=["GET"]),
    ]


def _ascii(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)
