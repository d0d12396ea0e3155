"""Engines: whatever a task does to its worker, the others finish and nothing is half written."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from batu_geo.domain.errors import EnvironmentFault, ScenarioError
from batu_geo.fleet.dask_engine import DaskEngine, scheduler_address
from batu_geo.fleet.engines import Loop, Processes
from batu_geo.fleet.part_ledger import Ledger
from batu_geo.fleet.tasks import run_tasks
from tests.conftest import ROOT
from tests.fleet import toy_tasks
from tests.fleet.toy_tasks import dies, dies_once, eats, packs, raises, tasks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SETTINGS = ROOT / "batu_geo" / "fleet" / "dask.yaml"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if not p.name.startswith(".")}


def test_a_failing_task_is_listed_and_the_second_run_makes_what_is_missing(tmp_path: Path) -> None:
    ledger, counts = Ledger(tmp_path / "parts"), []
    wanted = tasks(ledger.folder, 3, bad=raises)
    standing = ledger.make(Loop(), wanted, counts.append)
    assert (len(standing.made), standing.total, list(standing.failed)) == (3, 4, ["bad"])
    assert standing.failed["bad"]["en"].startswith("BG-213 roads.osm: there is no usable road")
    assert standing.failed["bad"]["id"].startswith("BG-213 roads.osm: tidak ada")
    assert (counts[0].ended, counts[0].slowest) == (1, "")
    assert (counts[-1].ended, counts[-1].total, counts[-1].failed) == (4, 4, 1)
    assert counts[-1].peak_mb > 10
    before = {p: p.stat().st_mtime_ns for p in ledger.folder.glob("r-*")}
    mended = tasks(ledger.folder, 3, bad=toy_tasks.made)
    again: list[object] = []
    assert ledger.make(Loop(), mended, again.append).missing == ()
    assert len(again) == 1, "the failed one alone"
    assert not list(ledger.folder.glob("*.fault.json"))
    assert {p: p.stat().st_mtime_ns for p in ledger.folder.glob("r-*")} == before
    assert ledger.make(Loop(), mended, again.append).total == 4
    assert len(again) == 1, "nothing is left to do"
    ledger.record({"toy": [t.key for t in mended], "next": ["r-99"]})
    recorded = ledger.recorded()
    assert (len(recorded["toy"].made), recorded["next"].missing) == (4, ("r-99",))
    assert Ledger(tmp_path / "none").recorded() == {}


@pytest.mark.slow
def test_processes_outlive_dead_workers_and_bound_their_memory(tmp_path: Path) -> None:
    loop, ledger = Ledger(tmp_path / "loop"), Ledger(tmp_path / "parts")
    loop.make(Loop(), tasks(loop.folder, once=toy_tasks.made))
    with Processes(2, memory_mb=1024, most_deaths=2) as engine:
        wanted = tasks(ledger.folder, bad=raises, dies=dies, once=dies_once, eats=eats)
        standing = ledger.make(engine, wanted)
        pids = engine.pids()
    (ledger.folder / "died").unlink()
    assert len(standing.made) == 7
    why = {key: said["en"].partition(". ")[0] for key, said in standing.failed.items()}
    assert why["dies"] == "BG-643 dies: 2 workers died with this task"
    assert why["eats"].startswith("BG-403 not enough memory for eats"), "its task alone fails"
    assert why["bad"].startswith("BG-213")
    made = {n: b for n, b in bytes_of(ledger.folder).items() if n.endswith(".parquet")}
    assert made == bytes_of(loop.folder)
    assert 0 < len(pids) <= 2, "none begins again for the last tasks alone"
    assert not any(is_running(pid) for pid in pids)


@pytest.mark.slow
def test_arrow_takes_nothing_of_the_bound_of_a_worker(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    with Processes(1) as engine:
        made = Ledger(tmp_path).make(engine, tasks(tmp_path, 0, packs=packs))
    assert not made.failed


@pytest.mark.slow
def test_after_a_task_that_failed_the_next_has_a_new_worker(tmp_path: Path) -> None:
    """What ran out of memory may leave half of it taken."""
    first, second = tasks(tmp_path, 2)
    (bad,) = tasks(tmp_path, 0, bad=toy_tasks.raises)
    endings = []
    with Processes(1) as engine:
        for task in (first, second, bad, first):
            engine.submit(task)
            while not (done := engine.ended(1.0)):
                pass
            endings += done
    pids = [ending.value["pid"] for ending in endings if not ending.fault]
    assert pids[0] == pids[1] != pids[2]


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


CLIENT = """
import sys
from pathlib import Path
from batu_geo.fleet.{module} import {engine}
from batu_geo.fleet.part_ledger import Ledger
from tests.fleet.toy_tasks import tasks
if __name__ == "__main__":
    ledger = Ledger(Path(sys.argv[1]))
    ledger.make({engine}({given}), tasks(ledger.folder, 30, 0.2))
"""


def dead_client(tmp_path: Path, ledger: Ledger, **words: str) -> None:
    """Run a client in a process of its own, and kill it when its first results are there."""
    script = tmp_path / "client.py"
    script.write_text(CLIENT.format(**words), encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    client = subprocess.Popen([sys.executable, script, ledger.folder], env=env)
    until(lambda: len(list(ledger.folder.glob("r-*.parquet"))) > 2)
    client.kill()
    client.wait()


def until(happens: object, longest_s: float = 60.0) -> None:
    end = time.monotonic() + longest_s
    while not happens():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


@pytest.mark.slow
def test_workers_end_with_their_client_and_the_next_run_goes_on(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "parts")
    dead_client(tmp_path, ledger, module="engines", engine="Processes", given="2")
    time.sleep(0.6)
    there = len(list(ledger.folder.glob("r-*.parquet")))
    time.sleep(0.5)
    assert len(list(ledger.folder.glob("r-*.parquet"))) == there, "no worker goes on"
    counts: list[object] = []
    assert not ledger.make(Loop(), tasks(ledger.folder, 30), counts.append).missing
    assert len(counts) == 30 - there
    assert not list(ledger.folder.glob("*.part"))


@pytest.mark.parametrize(
    "address", ["tcp://192.168.1.5:8786", "tcp://0.0.0.0:8786", "ucx://127.0.0.1:1", "tcp://x:1"]
)
def test_an_address_of_an_office_network_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="BG-646"):
        scheduler_address(address)
    (tmp_path / "s.json").write_text(json.dumps({"address": address}))
    with pytest.raises(ScenarioError, match="BG-646"):
        scheduler_address(str(tmp_path / "s.json"))
    assert scheduler_address("tcp://[::1]:8786") == "tcp://[::1]:8786"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[int]]]:
    """Start a scheduler and two workers as the page says: processes of their own."""
    pytest.importorskip("distributed", reason="distributed is an extra")
    folder = tmp_path_factory.mktemp("dask")
    file = folder / "scheduler.json"
    env = {**os.environ, "DASK_CONFIG": str(SETTINGS), "PYTHONPATH": str(ROOT)}
    closed = ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]
    dask = [sys.executable, "-m", "dask"]
    workers = ["--nworkers", "2", "--nthreads", "1", "--memory-limit", "1GiB"]
    with (folder / "log").open("wb") as log:
        started = [
            subprocess.Popen([*dask, *command, "--scheduler-file", file, *closed], env=env,
                             cwd=folder, stdout=log, stderr=log)
            for command in (["scheduler", "--port", "0"], ["worker", *workers])
        ]  # fmt: skip
        until(file.is_file)
        yield str(file), [process.pid for process in started]
        for process in list(of_processes([p.pid for p in started])):
            process.kill()  # a worker between two lives does not listen to less
        for process in started:
            process.wait()


def of_processes(pids: list[int]) -> Iterator[object]:
    """Yield processes and what they started."""
    psutil = pytest.importorskip("psutil")
    for pid in pids:
        process = psutil.Process(pid)
        yield from [process, *process.children(recursive=True)]


@pytest.mark.slow
def test_dask_listens_on_this_computer_alone(cluster: tuple[str, list[int]]) -> None:
    file, pids = cluster
    with DaskEngine(file) as engine:
        until(lambda: engine.width() == 2)
        assert engine.memory_mb() == 1024
        ports = [
            (connection.laddr.ip, connection.laddr.port)
            for process in of_processes([*pids, os.getpid()])
            for connection in process.net_connections()
            if connection.status == "LISTEN"
        ]
        environment = [p.environ() for p in of_processes(pids[1:])]
    assert len(ports) >= 5, "scheduler and its page, two nannies, two workers"
    assert {address for address, _ in ports} == {"127.0.0.1"}
    assert sum(e.get("MALLOC_MMAP_THRESHOLD_") == "1073741824" for e in environment) >= 2


@pytest.mark.slow
def test_dask_outlives_dead_workers_and_a_dead_client(
    cluster: tuple[str, list[int]], tmp_path: Path
) -> None:
    psutil = pytest.importorskip("psutil")
    file, pids = cluster
    loop, ledger = Ledger(tmp_path / "loop"), Ledger(tmp_path / "parts")
    loop.make(Loop(), tasks(loop.folder, 30, once=toy_tasks.made))
    dead_client(tmp_path, ledger, module="dask_engine", engine="DaskEngine", given=repr(file))
    there = len(list(ledger.folder.glob("r-*.parquet")))
    assert 0 < there < 30
    killed: list[int] = []

    def kill_a_worker() -> None:
        time.sleep(0.3)
        # Workers begin and end meanwhile: one that is gone is not the one to kill.
        while not killed:
            with contextlib.suppress(psutil.Error, ProcessLookupError, StopIteration):
                every = of_processes(pids[1:])
                pid = next(p for p in every if "spawn_main" in " ".join(p.cmdline())).pid
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
            time.sleep(0.05)

    killer = threading.Thread(target=kill_a_worker)
    killer.start()
    with DaskEngine(file) as engine:
        wanted = tasks(ledger.folder, 30, 0.1, bad=raises, dies=dies, once=dies_once)
        standing = ledger.make(engine, wanted)
        # Whoever was beside a killer each time is made by the next run.
        innocent = [task for task in wanted if task.key not in {"dies", "bad"}]
        again = ledger.make(engine, innocent)
    killer.join()
    (ledger.folder / "died").unlink()
    assert killed
    assert (len(again.made), again.missing) == (31, ())
    assert "BG-643 dies: 4 workers died" in standing.failed["dies"]["en"]
    assert "BG-213" in standing.failed["bad"]["en"]
    made = {n: b for n, b in bytes_of(ledger.folder).items() if n.endswith(".parquet")}
    assert made == bytes_of(loop.folder)


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_said() -> None:
    pytest.importorskip("distributed", reason="distributed is an extra")
    with pytest.raises(EnvironmentFault, match="BG-645"):
        DaskEngine("tcp://127.0.0.1:9", wait_s=0.5)


def test_without_dask_its_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EnvironmentFault, match=r"BG-647.*batu_geo\[fleet\]"):
        DaskEngine("tcp://127.0.0.1:8786")


def test_a_task_of_another_version_of_the_program_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("batu_geo.fleet.engines.code_version", lambda: "older")
    (ending,) = run_tasks(Loop(), tasks(tmp_path, 1)).values()
    assert ending.fault["en"].startswith("BG-644 r-00")
