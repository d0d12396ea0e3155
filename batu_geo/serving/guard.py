"""The door of the server: who may ask, how much, and what every answer says to a browser.

A page elsewhere may try to read, to post blindly, to frame, to load as a script, or to give a name
of its own to this computer. It knows no key, sends its own `Origin` and `Host`, and is refused
before anything is read.
"""

from __future__ import annotations

import asyncio
import hmac
from typing import TYPE_CHECKING

from batu_geo.domain.errors import Problem
from batu_geo.domain.frozen import invalid
from batu_geo.serving.refusals import (
    FOREIGN,
    JSON,
    NO_ADDRESS,
    NO_KEY,
    Refusal,
    encoded,
    ill_formed,
    refusal_record,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from batu_geo.domain.errors import Language

API = "/api/"
TOKEN = b"x-batu-token"
MOST_HEADERS = 64
MOST_HEADER_BYTES = 16_384
LONGEST_TARGET = 2_048
BODY_SECONDS = 10.0
PLAIN, BYTES = b"application/json", b"application/octet-stream"
# Content type and most bytes of a body, by address; of others the first.
BODIES: Mapping[str, tuple[bytes, int]] = {
    "": (PLAIN, 64 * 1024),
    "/api/load": (PLAIN, 1024 * 1024),
    "/api/file": (BYTES, 8 * 1024 * 1024),
}
HEADERS = (
    (b"content-security-policy",
     (b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
      b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-embedder-policy", b"require-corp"),
    (b"cache-control", b"no-store"),
)  # fmt: skip


class Guard:
    """An application that passes on only what its own page may ask.

    Parameters
    ----------
    app
        What answers.
    port
        At which it is reached.
    token
        The key that every request of the API carries.
    language
        Of refusals.
    """

    def __init__(self, app: ASGIApp, *, port: int, token: str, language: Language) -> None:
        self.app, self.language = app, language
        self.token = token.encode()
        self.hosts = {f"{name}:{port}".encode() for name in ("127.0.0.1", "localhost")}
        self.origins = {b"http://" + host for host in self.hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in HEADERS}
                kept = [pair for pair in message.get("headers", ()) if pair[0].lower() not in own]
                message = {**message, "headers": [*kept, *HEADERS]}
            await send(message)

        try:
            self._refuse_foreign(scope)
            body = await _body(scope, receive) if scope["method"] == "POST" else b""
        except Refusal as refusal:
            await _answer(refusal, self.language, shielded)
            return
        await self.app(scope, _again(body, receive), shielded)

    def _refuse_foreign(self, scope: Scope) -> None:
        """Refuse what does not come from the page, or is of no form that the page sends."""
        headers: list[tuple[bytes, bytes]] = list(scope["headers"])
        size = sum(len(name) + len(value) for name, value in headers)
        if size > MOST_HEADER_BYTES or len(headers) > MOST_HEADERS:
            raise ill_formed(431, invalid("headers_too_long"))
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_TARGET:
            raise ill_formed(414, invalid("address_too_long"))
        foreign = Refusal(403, (Problem(FOREIGN),))
        hosts = _all(headers, b"host")
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            raise foreign
        if any(origin not in self.origins for origin in _all(headers, b"origin")):
            raise foreign
        sites = _all(headers, b"sec-fetch-site")
        # The file that opens the browser leads to the shell, which holds nothing.
        is_arrival = scope["path"] == "/" and _all(headers, b"sec-fetch-mode") == [b"navigate"]
        if any(site not in {b"same-origin", b"none"} for site in sites) and not is_arrival:
            raise foreign
        if scope["method"] not in {"GET", "POST"}:
            raise Refusal(405, (Problem(NO_ADDRESS),))
        if scope["path"].startswith(API):
            keys = _all(headers, TOKEN)
            if len(keys) != 1 or not hmac.compare_digest(keys[0], self.token):
                raise Refusal(401, (Problem(NO_KEY),))


def _all(headers: list[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    return [value for key, value in headers if key.lower() == name]


async def _body(scope: Scope, receive: Receive) -> bytes:
    """Return the body of a request of the right kind and size, which came in time."""
    kind, most = BODIES.get(scope["path"], BODIES[""])
    headers: list[tuple[bytes, bytes]] = list(scope["headers"])
    types, sizes = _all(headers, b"content-type"), _all(headers, b"content-length")
    if len(types) != 1 or types[0].lower().replace(b" ", b"") not in {
        kind,
        kind + b";charset=utf-8",
    }:
        raise ill_formed(415, invalid("wrong_content_type"))
    if len(sizes) != 1 or not sizes[0].isdigit() or _all(headers, b"transfer-encoding"):
        raise ill_formed(411, invalid("no_length"))
    if len(sizes[0]) > len(str(most)) or int(sizes[0]) > most:
        raise ill_formed(413, invalid("body_too_long"))
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise ill_formed(400, invalid("body_cut_off"))
                body += message.get("body", b"")
                if len(body) > most:
                    raise ill_formed(413, invalid("body_too_long"))
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        raise ill_formed(408, invalid("body_too_late")) from None


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what hands on a body that was read, and then waits for the end of the connection."""
    waiting = [body]

    async def handed() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return handed


async def _answer(refusal: Refusal, language: Language, send: Send) -> None:
    content = encoded(refusal_record(refusal, language))
    headers = [
        (b"content-type", JSON), (b"content-length", str(len(content)).encode()),
        (b"connection", b"close"),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
