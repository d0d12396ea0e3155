"""Ask an Overpass server politely; nothing else in the package uses the network."""

from __future__ import annotations

import hashlib
import json
import math
import socket
import threading
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from batu_geo.domain.errors import BatuGeoError, EnvironmentFault, Problem
from batu_geo.sources.opening import Opened, json_of

if TYPE_CHECKING:
    from collections.abc import Iterator
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
QUERIES = {
    "roads": 'way["highway"]({box});out body;>;out skel qt;',
    "facilities": '(nwr["amenity"~"^(clinic|hospital|doctors|pharmacy)$"]({box});'
    'nwr["healthcare"]({box}););out center tags;',
    "footprints": 'way["building"]({box});out geom;',
}
HEAD = f"[out:json][timeout:{LONGEST_ANSWER_S - 20}];"
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


def query_of(what: str, box: Box) -> str:
    """Return the question for a part, in Overpass QL."""
    west, south, east, north = (round(side, 6) for side in box)
    return HEAD + QUERIES[what].replace("{box}", f"{south},{west},{north},{east}")


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


def answer_of(query: str, server: str, cache: Path, *, again: bool) -> dict[str, Any]:
    """Return the answer to a question, from the cache where it is there and whole.

    Raises
    ------
    EnvironmentFault
        When the server cannot be reached, stays busy, or sends no usable answer.
    """
    kept = cache / f"{hashlib.sha256(query.encode()).hexdigest()[:24]}.json"
    if not again and kept.is_file():
        try:
            return _parsed(kept.read_bytes())
        except BatuGeoError:
            kept.unlink()
    content = _asked(query, server)
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


def _asked(query: str, server: str) -> bytes:
    """Ask until there is a whole answer, waiting longer each time, at most four times."""
    reason = ""
    for wait in _waits():
        time.sleep(wait)
        status, content, patience = _sent(query, server)
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


def _sent(query: str, server: str) -> tuple[int, bytes, float]:
    """Send a question; return the status, the body and how long the server asks to wait."""
    import requests  # noqa: PLC0415

    try:
        with requests.post(
            server,
            data={"data": query},
            headers={"User-Agent": f"batu_geo/{version('batu_geo')}"},
            timeout=(LONGEST_CONNECT_S, LONGEST_ANSWER_S),
            allow_redirects=False,
            stream=True,
        ) as response:
            content = b"".join(_parts(response))
            asked = response.headers.get("Retry-After", "")
            patience = min(float(asked), LONGEST_WAIT_S) if asked.isdecimal() else 0.0
            return response.status_code, content, patience
    except (requests.ConnectionError, requests.Timeout) as error:
        if isinstance(error, requests.exceptions.ChunkedEncodingError):
            return 200, b"", 0.0
        raise _offline(server) from error
    except requests.RequestException:  # a body that ends too soon
        return 200, b"", 0.0


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
    return [found[key] for key in sorted(found)]
