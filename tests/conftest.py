"""Shared fixtures: the embedded study, a copy of it to spoil, and data from outside."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.load_study import load_study

if TYPE_CHECKING:
    from collections.abc import Callable

    from batu_geo.planning.study import Study

ROOT = Path(__file__).resolve().parents[1]
# Run by the Python that QGIS came with.
collect_ignore = ["qgis_layers/write_layers.py"]
# A slow machine fails no law, and main is held to the same worlds each time; others are drawn
# with `--hypothesis-profile=default --hypothesis-seed=random`.
settings.register_profile(
    "same_worlds", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same_worlds")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")
    parser.addoption("--all-offsets", action="store_true", help="500 wrong bytes of each input")
    parser.addoption("--all-kills", action="store_true", help="200 kills and 50 full disks")
    parser.addoption("--all-worlds", action="store_true", help="1,000 random towns for each law")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the examples of floors that assess the embedded study as slow."""
    for item in items:
        if isinstance(item, pytest.DoctestItem) and item.path.parent.name in {"planning", "verbs"}:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test reach beyond this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family != socket.AF_UNIX and (
            not isinstance(address, tuple) or address[0] not in {"127.0.0.1", "::1", "localhost"}
        ):
            pytest.fail(f"a test tried to connect to {address}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def study() -> Study:
    """Return the embedded study of Kota Batu."""
    return load_study()


@pytest.fixture
def study_copy(tmp_path: Path) -> Path:
    """Return a folder with the embedded study, free to be spoilt."""
    return Path(shutil.copytree(embedded_study(), tmp_path / "study"))


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Return a finder of real data that is not part of the project; absent, the test skips."""
    folder = Path(os.environ.get("BATU_GEO_SHARED_DATA", ROOT.parent / "shared" / "data"))

    def find(name: str) -> Path:
        path = folder / name
        if not path.exists():
            pytest.skip(f"real data not here: shared/data/{name}")
        return path

    return find
