"""The servers of OpenStreetMap, asked through osmnx, politely; nothing else goes online."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from contextlib import contextmanager
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
BUSY = {429, 502, 503, 504}
LARGEST_ANSWER = 256 * 2**20
PORTS = {"https": 443, "http": 80}
T = TypeVar("T")


def check_reachable(server: str) -> None:
    """Find out within five seconds whether the server can be reached at all.

    Raises
    ------
    ScenarioError
        When that is no address of a server.
    EnvironmentFault
        With one plain sentence.
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
        except (OSError, UnicodeError):  # a name that no name may look like
            pass

    # The look-up of a name has no time limit of its own.
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
    """Return the answer to a question, from the cache where that is there and whole.

    Parameters
    ----------
    question
        What is asked of which server: the name of the answer in the cache.
    ask
        Asks osmnx, which is lent to it.
    read
        Makes the answer of the body; raises where that is not whole.
    server
        Address of the server.
    cache
        Folder of the answers that are kept.
    again
        Whether to ask anew for what is kept.

    Raises
    ------
    EnvironmentFault
        When the server cannot be reached, stays busy, or sends no usable answer, or the
        answer cannot be kept.
    """
    kept = cache / f"{hashlib.sha256(f'{question} {server}'.encode()).hexdigest()[:24]}.json"
    # Before anybody is asked: an answer that cannot be kept would be asked for again.
    with naming_write_errors(cache):
        cache.mkdir(parents=True, exist_ok=True)
        if not again and kept.is_file():
            try:
                return read(kept.read_bytes())
            except BatuGeoError:
                kept.unlink()
    content = _ask_with_retries(ask, read, server)
    with naming_write_errors(cache):
        write_atomically(kept, content)
    return read(content)


def _ask_with_retries(
    ask: Callable[[Any], object], read: Callable[[bytes], object], server: str
) -> bytes:
    """Ask until there is a whole answer, waiting longer each time, at most four times."""
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
            reason = "" if content[:1] in b"{[" else "HTML" if b"<" in content[:200] else "?"
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
    """The answer is heard: it is kept and checked here, so osmnx need not go on with it."""


def _send(ask: Callable[[Any], object], server: str) -> tuple[int, bytes, float]:
    """Ask through osmnx; return the status, the body and how long the server asks to wait.

    osmnx writes the question and sends it. Its own wait after a busy answer has no end, so
    each answer is taken from it as it comes in.
    """
    import requests  # noqa: PLC0415 - only fetching needs it

    heard: list[tuple[int, bytes, float]] = []

    def hear(response: Any, *_: Any, **__: Any) -> None:
        asked = response.headers.get("Retry-After", "")
        patience = min(float(asked), LONGEST_WAIT_S) if asked.isdecimal() else 0.0
        heard.append((response.status_code, b"".join(_limited_parts(response)), patience))
        raise _AnsweredError

    try:
        with _osmnx_with_settings(server, hear) as osmnx:
            ask(osmnx)
    except _AnsweredError:
        return heard[-1]
    except (requests.ConnectionError, requests.Timeout) as error:
        if isinstance(error, requests.exceptions.ChunkedEncodingError):
            return 200, b"", 0.0
        raise _offline(server) from error
    except requests.RequestException:  # a body that ends too soon
        pass
    return 200, b"", 0.0


@contextmanager
def _osmnx_with_settings(server: str, hear: Callable[..., None]) -> Iterator[Any]:
    """Lend osmnx with our server and manners, and leave everything as it was."""
    import osmnx  # noqa: PLC0415 - heavy

    wanted = {
        "overpass_url": server.removesuffix("/interpreter"),
        "overpass_rate_limit": False,
        "nominatim_url": server,
        "use_cache": False,
        "requests_timeout": LONGEST_ANSWER_S,
        "requests_kwargs": {"hooks": {"response": hear}, "allow_redirects": False},
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
