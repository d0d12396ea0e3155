"""Shared fixtures: the embedded study, a copy of it to spoil, and data from outside."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.load_study import load_study
from tests.how_many import ask_for_all
from tests.measuring import Measuring
from tests.office_study import office_study
from tests.shared_by_workers import made_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.study import Study
    from batu_geo.verbs.plan import Run

ROOT = Path(__file__).resolve().parents[1]
# Run by the Python that QGIS came with.
collect_ignore = ["qgis_layers/write_layers.py"]
WHOLLY_SLOW = re.compile(r"^pytestmark = .*\bmark\.slow\b", re.MULTILINE)
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
    parser.addoption("--all-worlds", action="store_true", help="every random world of each law")


def pytest_configure(config: pytest.Config) -> None:
    """Tell the laws how many worlds they meet, before they are read."""
    # What asserts are rewritten to is kept: it takes each worker ten seconds.
    sys.dont_write_bytecode = False
    ask_for_all(is_all=config.getoption("--all-worlds"))
    config.pluginmanager.register(Examples())
    config.pluginmanager.register(Measuring())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Leave a module to one worker until another has nothing left: its fixtures are made once."""
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Read no file for the quick run that has slow tests alone."""
    is_of_many = not any(".py" in arg for arg in config.args)
    if config.option.markexpr != "not slow" or not collection_path.name.startswith("test_"):
        return None
    text = collection_path.read_text(encoding="utf-8")
    return True if is_of_many and WHOLLY_SLOW.search(text) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the examples of floors that assess the embedded study as slow."""
    for item in items:
        if isinstance(item, pytest.DoctestItem) and is_dear(item):
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


@cache
def kept_study() -> Study:
    return load_study()


@cache
def kept_baseline() -> Assessment:
    from batu_geo.planning.assess import assess
    from batu_geo.sources.study.scenarios import load_scenario

    return assess(kept_study(), load_scenario("baseline", study=kept_study()))


class Examples:
    """The examples of docstrings read the embedded study once, and assess it once."""

    @pytest.fixture(autouse=True)
    def _share_the_study(
        self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if isinstance(request.node, pytest.DoctestItem) and is_dear(request.node):
            for name in ("batu_geo", "batu_geo.verbs.explain", "batu_geo.verbs.plan"):
                module = import_module(name)
                read = "load_study" if name == "batu_geo" else "read_study"
                monkeypatch.setattr(module, read, lambda *_, **__: kept_study())
                monkeypatch.setattr(
                    module,
                    "assess",
                    lambda _, scenario, **__: kept_baseline().with_scenario(scenario),
                )


def is_dear(item: pytest.DoctestItem) -> bool:
    return item.path.parent.name in {"planning", "verbs"} or "load_study()" in item.dtest.docstring


@pytest.fixture(scope="session")
def study() -> Study:
    """Return the embedded study of Kota Batu."""
    return kept_study()


@pytest.fixture(scope="session")
def baseline() -> Assessment:
    """Return the assessment of the embedded study as it is; nobody may change it."""
    return kept_baseline()


@pytest.fixture(scope="session")
def baseline_run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return the run of the embedded study as it is, written once for all workers."""
    from batu_geo.verbs.plan import open_run, write_run

    def written(folder: Path) -> Path:
        return write_run(request.getfixturevalue("baseline"), out=folder, language="id")

    return open_run(made_once(tmp_path_factory, "baseline_run", written))


@contextmanager
def blank_maps_of_runs() -> Iterator[None]:
    """Write a blank page for the map of each run: half of what a run takes."""
    from batu_geo.verbs import run_files

    blank = SimpleNamespace(save=lambda path: path.write_text("<!doctype html>", encoding="utf-8"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_files, "gap_map", lambda *_: blank)
        yield


@pytest.fixture
def _blank_map() -> Iterator[None]:
    with blank_maps_of_runs():
        yield


@pytest.fixture
def study_copy(tmp_path: Path) -> Path:
    """Return a folder with the embedded study, free to be spoilt."""
    return Path(shutil.copytree(embedded_study(), tmp_path / "study"))


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """Return a copy of it without the tables that name units and buildings."""
    return office_study(tmp_path / "office")


@pytest.fixture(scope="session")
def sparse_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the embedded study with its main roads alone; nobody may change it."""
    from tests.sparse_batu import write_sparse_study

    return write_sparse_study(tmp_path_factory.mktemp("sparse") / "study")


@pytest.fixture
def sparse_copy(sparse_study: Path, tmp_path: Path) -> Path:
    """Return a folder with the study of main roads, free to be spoilt."""
    return Path(shutil.copytree(sparse_study, tmp_path / "study"))


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
