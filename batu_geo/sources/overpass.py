"""Ask an Overpass server through osmnx, politely; nothing else here uses the network."""

from __future__ import annotations

import hashlib
import json
import math
import socket
import threading
import time
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import shapely

from batu_geo.domain.errors import BatuGeoError, EnvironmentFault, Problem
from batu_geo.sources.opening import Opened, json_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SERVER = "https://overpass-api.de/api/interpreter"
LICENCE = "ODbL 1.0"
ORIGIN = "OpenStreetMap contributors, Overpass API"
TILE_DEGREES = 0.25
KM_PER_DEGREE = 111.2
LONGEST_CONNECT_S = 4.0
LONGEST_ANSWER_S = 200
PAUSE_S = 1.0
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 60.0
TRIES = 4
BUSY = {429, 502, 503, 504}
LARGEST_ANSWER = 256 * 2**20
PORTS = {"https": 443, "http": 80}
ROADS = '["highway"]'
PLACES: dict[str, dict[str, Any]] = {
    "facilities": {
        "amenity": ["clinic", "hospital", "doctors", "pharmacy"],
        "healthcare": True,
    },
    "footprints": {"building": True},
}
Box = tuple[float, float, float, float]


def with_margin(box: Box, km: float) -> Box:
    """Return west, south, east and north moved outwards.

    >>> [round(side, 2) for side in with_margin((112.5, -8.0, 112.6, -7.7), 11.12)]
    [112.4, -8.1, 112.7, -7.6]
    """
    west, south, east, north = box
    high = km / KM_PER_DEGREE
    wide = high / math.cos(math.radians((south + north) / 2))
    return west - wide, south - high, east + wide, north + high


def tiles_of(box: Box) -> list[Box]:
    """Return the parts a box is asked for in, so that a broken download goes on where it was."""
    west, south, east, north = box
    columns = max(1, math.ceil((east - west) / TILE_DEGREES))
    rows = max(1, math.ceil((north - south) / TILE_DEGREES))
    width, height = (east - west) / columns, (north - south) / rows
    return [
        (west + c * width, south + r * height, west + (c + 1) * width, south + (r + 1) * height)
        for r in range(rows)
        for c in range(columns)
    ]


def check_reachable(server: str) -> None:
    """Find out within five seconds whether the server can be reached at all.

    Raises
    ------
    EnvironmentFault
        With one plain sentence.
    """
    import requests  # noqa: PLC0415 - only fetching needs it

    proxies = requests.utils.get_environ_proxies(server)
    parts = urlsplit(proxies.get(urlsplit(server).scheme) or server)
    port = parts.port or PORTS.get(parts.scheme, 0)
    reached: list[bool] = []

    def connect() -> None:
        try:
            socket.create_connection((parts.hostname, port), timeout=LONGEST_CONNECT_S).close()
            reached.append(True)
        except OSError:
            pass

    # The look-up of a name has no time limit of its own.
    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(LONGEST_CONNECT_S + 0.5)
    if not reached:
        raise _offline(server)


def _offline(server: str) -> EnvironmentFault:
    return EnvironmentFault(Problem("BG-431", values={"server": urlsplit(server).hostname or "?"}))


def answer_of(what: str, box: Box, server: str, cache: Path, *, again: bool) -> dict[str, Any]:
    """Return what there is of a topic in a box, from the cache where that is there and whole.

    Raises
    ------
    EnvironmentFault
        When the server cannot be reached, stays busy, or sends no usable answer.
    """
    question = f"{what} {[round(side, 6) for side in box]} {server}"
    kept = cache / f"{hashlib.sha256(question.encode()).hexdigest()[:24]}.json"
    if not again and kept.is_file():
        try:
            return _parsed(kept.read_bytes())
        except BatuGeoError:
            kept.unlink()
    content = _asked(what, box, server)
    cache.mkdir(parents=True, exist_ok=True)
    aside = kept.with_suffix(".part")
    aside.write_bytes(content)
    aside.replace(kept)
    return _parsed(content)


def _parsed(content: bytes) -> dict[str, Any]:
    """Return an answer that is whole: JSON with elements, and no remark that it was cut short."""
    opened = Opened("overpass.json", content)
    answer = json_of(opened)
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        raise opened.error("BG-103", found="JSON", expected="Overpass JSON")
    if answer.get("remark"):
        raise opened.error("BG-114", remark=answer["remark"])
    return answer


def _asked(what: str, box: Box, server: str) -> bytes:
    """Ask until there is a whole answer, waiting longer each time, at most four times."""
    reason = ""
    for wait in _waits():
        time.sleep(wait)
        status, content, patience = _sent(what, box, server)
        if status in BUSY:
            reason = str(status)
            time.sleep(patience)
            continue
        if status != 200:
            raise EnvironmentFault(Problem("BG-433", values={"reason": f"HTTP {status}"}))
        try:
            _parsed(content)
        except BatuGeoError as error:
            reason = "" if content[:1] == b"{" else "HTML" if b"<" in content[:200] else "?"
            reason = reason or error.problems[0].line("en")[:120]
            continue
        return content
    code = "BG-432" if reason.isdecimal() else "BG-433"
    raise EnvironmentFault(Problem(code, values={"reason": reason}))


def _waits() -> Iterator[float]:
    yield PAUSE_S
    for number in range(TRIES - 1):
        yield min(FIRST_WAIT_S * 2**number, LONGEST_WAIT_S)


class _HeardError(Exception):
    """The answer is heard: it is kept and checked here, so osmnx need not go on with it."""


def _sent(what: str, box: Box, server: str) -> tuple[int, bytes, float]:
    """Ask through osmnx; return the status, the body and how long the server asks to wait.

    osmnx writes the question and sends it. Its own wait after a busy answer has no end, so
    each answer is taken from it as it comes in.
    """
    import requests  # noqa: PLC0415 - only fetching needs it

    heard: list[tuple[int, bytes, float]] = []

    def hear(response: Any, *_: Any, **__: Any) -> None:
        asked = response.headers.get("Retry-After", "")
        patience = min(float(asked), LONGEST_WAIT_S) if asked.isdecimal() else 0.0
        heard.append((response.status_code, b"".join(_parts(response)), patience))
        raise _HeardError

    try:
        with _lent(server, hear) as osmnx:
            area = shapely.box(*box)
            if what == "roads":
                osmnx.graph_from_polygon(area, custom_filter=ROADS, retain_all=True, simplify=False)
            else:
                osmnx.features_from_polygon(area, PLACES[what])
    except _HeardError:
        return heard[-1]
    except (requests.ConnectionError, requests.Timeout) as error:
        if isinstance(error, requests.exceptions.ChunkedEncodingError):
            return 200, b"", 0.0
        raise _offline(server) from error
    except requests.RequestException:  # a body that ends too soon
        pass
    return 200, b"", 0.0


@contextmanager
def _lent(server: str, hear: Callable[..., None]) -> Iterator[Any]:
    """Lend osmnx with our server and manners, and leave everything as it was."""
    import osmnx  # noqa: PLC0415 - heavy

    wanted = {
        "overpass_url": server.removesuffix("/interpreter"),
        "overpass_rate_limit": False,
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


def _parts(response: Any) -> Iterator[bytes]:
    size = 0
    for part in response.iter_content(2**20):
        size += len(part)
        if size > LARGEST_ANSWER:
            raise EnvironmentFault(Problem("BG-433", values={"reason": "> 256 MiB"}))
        yield part


def date_of_answer(answer: dict[str, Any]) -> str:
    """Return the day the map of an answer is of."""
    return str(answer.get("osm3s", {}).get("timestamp_osm_base", ""))[:10]


def merged(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the elements of all parts, each once, in the order of their ids.

    A node may come bare in one part and with its tags in another: the fuller one is kept.
    """
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for answer in answers:
        for element in answer["elements"]:
            key = (str(element.get("type")), int(element.get("id", 0)))
            if len(json.dumps(element)) > len(json.dumps(found.get(key, {}))):
                found[key] = element
    return _with_places([found[key] for key in sorted(found)])


def _with_places(elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the elements with the outline and the middle of each way, from its nodes."""
    nodes = {e["id"]: e for e in elements if e.get("type") == "node" and "lon" in e}
    for way in elements:
        places = [nodes[n] for n in way.get("nodes", ()) if n in nodes]
        if way.get("type") != "way" or not places:
            continue
        outline = [{"lon": n["lon"], "lat": n["lat"]} for n in places]
        way.setdefault("geometry", outline)
        inner = outline[:-1] if len(outline) > 1 and outline[0] == outline[-1] else outline
        middle = {k: sum(p[k] for p in inner) / len(inner) for k in ("lon", "lat")}
        way.setdefault("center", middle)
    return elements
