"""The verb itself: an address, a kill, connections that say nothing, and no second server."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.serving.page import unit
from tests.toy_study import point

HERE = point(6, 2)
OPEN = unit("UNIT-1", HERE.x, HERE.y)
LONGEST_S = 120.0


class Served:
    """`batu-geo open` in a process of its own."""

    def __init__(self, study: Path, out: Path, *more: str) -> None:
        command = [sys.executable, "-m", "batu_geo", "open", "--no-browser", "--data", str(study),
                   "--out", str(out), *more]  # fmt: skip
        # A run of tests in the background has its interrupts ignored, and so have its children.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        self.process = subprocess.Popen(
            command, cwd=out.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )  # fmt: skip
        signal.signal(signal.SIGINT, before)
        assert self.process.stdout is not None
        self.lines = []
        for line in self.process.stdout:
            self.lines.append(line.strip())
            found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/#([\w-]{43})", line.strip())
            if found:
                self.port, self.token = int(found[1]), found[2]
                break
        else:
            raise AssertionError(self.process.stderr and self.process.stderr.read())

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Return status and values of an answer."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST_S)
        headers = {"x-batu-token": self.token, "content-type": "application/json"}
        try:
            line.request(method, path, None if body is None else json.dumps(body), headers)
            reply = line.getresponse()
            return reply.status, json.loads(reply.read())
        finally:
            line.close()

    def end(self, number: int) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(LONGEST_S)


@contextlib.contextmanager
def served(study: Path, out: Path, *more: str) -> Iterator[Served]:
    server = Served(study, out, *more)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()
        for stream in (server.process.stdout, server.process.stderr):
            if stream is not None:
                stream.close()


@pytest.mark.slow
def test_a_server_that_is_killed_goes_on_with_every_step(town_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "outputs"
    with served(town_folder, out) as server:
        status, state = server.ask("POST", "/api/do", {"revision": 0, "do": "acts", "acts": [OPEN]})
        assert status == 200
        assert server.end(signal.SIGKILL) == -signal.SIGKILL
        (door,) = (out / "meja-kerja").glob("*.key")
        assert door.stat().st_mode & 0o777 == 0o600
    with served(town_folder, out) as again:
        # Its pages find it again; after a clean end they do not.
        assert (again.port, again.token) == (server.port, server.token)
        _, now = again.ask("GET", "/api/state")
        for key in ("revision", "undo", "changes", "answer"):
            assert now[key] == state[key], key
        assert again.end(signal.SIGINT) == 130
    assert not door.exists()


@pytest.mark.slow
def test_a_scenario_that_is_named_puts_the_earlier_changes_aside(
    town_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "outputs"
    with served(town_folder, out) as server:
        server.ask("POST", "/api/do", {"revision": 0, "do": "acts", "acts": [OPEN]})
        server.end(signal.SIGINT)
    with served(town_folder, out, "--scenario", "tiga-terbaik", "--lang", "en") as other:
        assert "were kept as" in other.lines[0]
        _, state = other.ask("GET", "/api/state")
        assert (state["scenario"]["file"], state["changes"]) == ("tiga-terbaik", [])
        assert len([*(out / "meja-kerja").glob("*.sebelumnya*")]) == 1
        second = subprocess.run(
            [sys.executable, "-m", "batu_geo", "open", "--no-browser", "--data", str(town_folder),
             "--out", str(out)],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONGEST_S,
        )  # fmt: skip
        assert second.returncode == 6
        assert "BG-411" in second.stderr


@pytest.mark.slow
def test_connections_that_say_nothing_do_not_keep_the_page_waiting(
    town_folder: Path, tmp_path: Path
) -> None:
    with served(town_folder, tmp_path / "outputs") as server, contextlib.ExitStack() as stack:
        silent = []
        for n in range(64):
            sock = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            sock.sendall([b"", b"GET / HTTP/1.1\r\nHost: x\r\nX: ", b"POST /api/do HT"][n % 3])
            silent.append(sock)
        for _ in range(5):
            assert server.ask("GET", "/api/state")[0] == 200
        for sock in silent:
            sock.settimeout(LONGEST_S)
            while sock.recv(1024):  # until the server has closed it
                pass
