"""Query servers of OpenStreetMap through osmnx with a cache, pauses and retries."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from batu_geo.domain.errors import BatuGeoError, EnvironmentFault, Problem, ScenarioError
from batu_geo.writing import naming_write_errors, write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LICENCE = "ODbL 1.0"
LONGEST_CONNECT_S = 4.0
LONGEST_ANSWER_S = 200
PAUSE_S = 1.0
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 60.0
TRIES = 4
NO_JSON = "no JSON, no HTML"
BUSY = {429, 502, 503, 504}
LARGEST_ANSWER = 256 * 2**20
PORTS = {"https": 443, "http": 80}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of the Overpass interpreter and of Nominatim."""

    overpass: str = "https://overpass-api.de/api/interpreter"
    nominatim: str = "https://nominatim.openstreetmap.org"


PUBLIC_SERVERS = Servers()


def check_reachable(server: str) -> None:
    """Check within five seconds that a server can be reached.

    Raises
    ------
    ScenarioError
        When the address is not that of a server.
    EnvironmentFault
        When the server cannot be reached.
    """
    import requests  # noqa: PLC0415 - only fetching needs it

    try:
        parts = urlsplit(server)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError(server)
        proxies = requests.utils.get_environ_proxies(server)
        parts = urlsplit(proxies.get(parts.scheme) or server)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise ScenarioError(Problem("BG-437", values={"value": server})) from error
    reached: list[bool] = []

    def connect() -> None:
        try:
            socket.create_connection((parts.hostname, port), timeout=LONGEST_CONNECT_S).close()
            reached.append(True)
        except (OSError, UnicodeError):  # an invalid host name
            pass

    # Name resolution has no time limit of its own.
    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(LONGEST_CONNECT_S + 0.5)
    if not reached:
        raise _offline(server)


def _offline(server: str) -> EnvironmentFault:
    return EnvironmentFault(Problem("BG-431", values={"server": urlsplit(server).hostname or "?"}))


def cached_answer(
    question: str,
    ask: Callable[[Any], object],
    read: Callable[[bytes], T],
    *,
    server: str,
    cache: Path,
    again: bool,
) -> T:
    """Return the answer to a query, from the cache where it has a complete one.

    Parameters
    ----------
    question
        Text of the query: with the server, the key in the cache.
    ask
        Sends the query with the osmnx module it is given.
    read
        Parses the body of an answer; raises where it is incomplete.
    server
        Address of the server.
    cache
        Folder of cached answers.
    again
        Whether to query the server even if the cache has the answer.

    Raises
    ------
    EnvironmentFault
        When the server cannot be reached, stays busy, or sends no usable answer, or the
        answer cannot be written to the cache.
    """
    cached = cache / f"{hashlib.sha256(f'{question} {server}'.encode()).hexdigest()[:24]}.json"
    # Before the query, so that no answer is lost that cannot be cached.
    with naming_write_errors(cache):
        cache.mkdir(parents=True, exist_ok=True)
        if not again and cached.is_file():
            try:
                return read(cached.read_bytes())
            except BatuGeoError:
                cached.unlink()
    content = _ask_with_retries(ask, read, server)
    with naming_write_errors(cache):
        write_atomically(cached, content)
    return read(content)


def _ask_with_retries(
    ask: Callable[[Any], object], read: Callable[[bytes], object], server: str
) -> bytes:
    """Query a server until the answer is complete, at most four times with growing pauses."""
    reason = ""
    for wait in _waits():
        time.sleep(wait)
        status, content, patience = _send(ask, server)
        if status in BUSY:
            reason = str(status)
            time.sleep(patience)
            continue
        if status != 200:
            raise _unusable_answer(f"HTTP {status}")
        try:
            read(content)
        except BatuGeoError as error:
            reason = "" if content[:1] in b"{[" else "HTML" if b"<" in content[:200] else NO_JSON
            reason = reason or error.problems[0].line("en")[:120]
            continue
        return content
    if not reason.isdecimal():
        raise _unusable_answer(reason)
    raise EnvironmentFault(Problem("BG-432", values={"reason": reason}))


def _unusable_answer(reason: str) -> EnvironmentFault:
    return EnvironmentFault(Problem("BG-433", values={"reason": reason}))


def _waits() -> Iterator[float]:
    yield PAUSE_S
    for number in range(TRIES - 1):
        yield min(FIRST_WAIT_S * 2**number, LONGEST_WAIT_S)


class _AnsweredError(Exception):
    """Raised to leave osmnx once the response is received, as it is parsed here."""


def _send(ask: Callable[[Any], object], server: str) -> tuple[int, bytes, float]:
    """Send a query through osmnx; return status, body and the seconds the server asks to wait.

    osmnx builds and sends the request. As it retries busy servers without end, each response
    is taken from it by a hook.
    """
    import requests  # noqa: PLC0415 - only fetching needs it

    responses: list[tuple[int, bytes, float]] = []

    def receive(response: Any, *_: Any, **__: Any) -> None:
        delay = response.headers.get("Retry-After", "")
        patience = min(float(delay), LONGEST_WAIT_S) if delay.isdecimal() else 0.0
        responses.append((response.status_code, b"".join(_limited_parts(response)), patience))
        raise _AnsweredError

    try:
        with _osmnx_with_settings(server, receive) as osmnx:
            ask(osmnx)
    except _AnsweredError:
        return responses[-1]
    except (requests.ConnectionError, requests.Timeout) as error:
        if isinstance(error, requests.exceptions.ChunkedEncodingError):
            return 200, b"", 0.0
        raise _offline(server) from error
    except requests.RequestException:  # a body that ends too soon
        pass
    return 200, b"", 0.0


@contextmanager
def _osmnx_with_settings(server: str, receive: Callable[..., None]) -> Iterator[Any]:
    """Yield osmnx with our server and settings, and restore its own afterwards."""
    import osmnx  # noqa: PLC0415 - heavy

    wanted = {
        "overpass_url": server.removesuffix("/interpreter"),
        "overpass_rate_limit": False,
        "nominatim_url": server,
        "use_cache": False,
        "requests_timeout": LONGEST_ANSWER_S,
        "requests_kwargs": {"hooks": {"response": receive}, "allow_redirects": False},
        "http_user_agent": f"batu_geo/{version('batu_geo')}",
        "doh_url_template": None,
    }
    before = {name: getattr(osmnx.settings, name) for name in wanted}
    look_up = socket.getaddrinfo
    try:
        for name, value in wanted.items():
            setattr(osmnx.settings, name, value)
        yield osmnx
    finally:
        for name, value in before.items():
            setattr(osmnx.settings, name, value)
        socket.getaddrinfo = look_up


def _limited_parts(response: Any) -> Iterator[bytes]:
    size = 0
    for part in response.iter_content(2**20):
        size += len(part)
        if size > LARGEST_ANSWER:
            raise _unusable_answer("> 256 MiB")
        yield part
