"""`open`: the workbench in the browser of this computer, until it is stopped."""

from __future__ import annotations

import os
import secrets
import tempfile
import webbrowser
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from batu_geo.domain.errors import EnvironmentFault, Problem
from batu_geo.domain.reasons import coded_reason
from batu_geo.locks import locked
from batu_geo.render.text.words import word
from batu_geo.serving.bench_keeper import EARLIER, Door, Keeper
from batu_geo.serving.service import Service, first_kept
from batu_geo.sources.study.load_study import CACHE
from batu_geo.sources.study.scenarios import find_scenario, read_scenario
from batu_geo.verbs.read_study import read_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from socket import socket

    from batu_geo.domain.errors import Language
    from batu_geo.planning.study import Study
    from batu_geo.serving.live_bench import Kept

NEEDED = ("starlette", "uvicorn")
NOT_INSTALLED, PORT_TAKEN = "BG-607", "BG-614"
WAIT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What `open` is asked for.

    Attributes
    ----------
    data
        Folder of the study.
    scenario
        Name or path of the scenario to begin with; None to go on where it was left.
    out
        Folder of all runs; the state is kept in it.
    port
        0 for one of the system's choice.
    is_shown
        Whether the browser is opened.
    language
        Of every word.
    """

    data: Path
    scenario: str | None
    out: Path
    port: int
    is_shown: bool
    language: Language


def open_bench(
    asked: Asked, say: Callable[[str], None], progress: Callable[[str], None] | None = None
) -> None:
    """Serve the workbench on this computer until it is interrupted.

    Parameters
    ----------
    asked
        What to open.
    say
        Called with each line: first what is to know of the state, then the address.
    progress
        Called with each step in words as it begins.

    Raises
    ------
    EnvironmentFault
        When the extra `app` is not installed, another process serves this folder, or the port is
        taken.
    BatuGeoError
        When the study or the scenario is at fault.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise EnvironmentFault(Problem(NOT_INSTALLED, values={"name": missing[0]}))
    from batu_geo.serving.listening import HOST, listening, server, without_pauses  # noqa: PLC0415
    from batu_geo.serving.routes import application  # noqa: PLC0415

    if progress:
        progress(word("step_read", asked.language))
    study = _study(asked)
    keeper = Keeper(asked.out, study)
    keeper.folder.mkdir(parents=True, exist_ok=True)
    with locked(keeper.folder, longest_wait_s=WAIT_SECONDS):
        kept = _kept(asked, study, keeper, say)
        service = Service(study, kept, keeper, out=asked.out, language=asked.language)
        service.begun(asked.scenario)
        door = keeper.left_door()
        sock = _sock(listening, asked.port, door.port if door else 0)
        port = sock.getsockname()[1]
        token = door.token if door and door.port == port else secrets.token_urlsafe(32)
        keeper.leave_door(Door(port, token))
        address = f"http://{HOST}:{port}/#{token}"
        without_pauses()
        with sock, _way(address, is_shown=asked.is_shown):
            say(address)
            with suppress(KeyboardInterrupt):
                server(application(service, port=port, token=token)).run(sockets=[sock])
        keeper.close_door()


def _sock(listening: Callable[[int], socket], port: int, before: int) -> socket:
    """Return a socket at the port asked for; else at that of a server that did not end."""
    for wanted in [port] if port or not before else [before, 0]:
        try:
            return listening(wanted)
        except OSError as error:
            values = {"port": str(wanted), "reason": coded_reason(error) or error}
            fault = EnvironmentFault(Problem(PORT_TAKEN, values=values))
    raise fault


def _study(asked: Asked) -> Study:
    """Return the study; its texts are small ones whether pyarrow is installed or not."""
    pd.options.mode.string_storage = "python"
    return read_study(asked.data, cache=asked.out / CACHE)


def _kept(asked: Asked, study: Study, keeper: Keeper, say: Callable[[str], None]) -> Kept:
    """Return the state to go on with; what is not gone on with is kept aside and said."""
    found = keeper.found()
    for notice in found.notices:
        say(notice.line(asked.language))
    if found.kept is not None and asked.scenario is None:
        return found.kept
    name = asked.scenario or "baseline"
    kept = first_kept(read_scenario(find_scenario(name, study.folder), study=study.folder))
    if found.kept is not None:
        if found.kept.bench.edits:
            aside = keeper.put_aside(EARLIER)
            say(word("serve_aside", asked.language, name=aside.name))
        kept.revision = found.kept.revision + 1
    return kept


@contextmanager
def _way(address: str, *, is_shown: bool) -> Iterator[None]:
    """Open the browser through a file that only this user may read, as the address has the key."""
    if not is_shown:
        yield
        return
    handle, name = tempfile.mkstemp(suffix=".html")
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(
                '<!DOCTYPE html><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
                f'<meta http-equiv="refresh" content="0; url={address}"><title>batu-geo</title>\n'
            )
        webbrowser.open(path.as_uri())
        yield
    finally:
        path.unlink(missing_ok=True)
