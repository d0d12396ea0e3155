"""Start runs or imports and stop them at random moments: ``python -m tests.kills VERB STUDY OUT COUNT``.

Imports the program once and forks a child for each run, so that hundreds are affordable.
Prints how many were stopped and what was found after each.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from batu_geo.domain.errors import EnvironmentFault
from batu_geo.importing.import_table import import_file
from batu_geo.importing.request import Request
from batu_geo.locks import MARK
from batu_geo.runs import what_is_spoilt
from batu_geo.sources.study.study_files import StudyFiles
from batu_geo.verbs.plan import plan
from batu_geo.writing import OLD


def child(study: Path, out: Path, *, largest: int | None = None) -> int:
    """Fork a run; return its process. It ends with the exit code of the program."""
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        if largest is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
        plan(data=study, out=out, again=True)
        code = 0
    except EnvironmentFault:
        code = 6
    finally:
        os._exit(code)


def state(out: Path, name: str) -> str:
    """Return whether the run is whole, missing, aside (whole, put back at the next start) or half."""
    if (out / name).exists():
        return "half" if what_is_spoilt(out / name) else "whole"
    aside = [path for path in out.glob(f"{MARK}{name}-*{OLD}") if not what_is_spoilt(path)]
    return "aside" if aside else "missing"


def kills(study: Path, out: Path, count: int, seed: int = 7) -> dict[str, int]:
    """Kill as many runs, at random moments, and count what each left."""
    dice = random.Random(seed)
    begin = time.monotonic()
    os.waitpid(child(study, out), 0)
    takes = time.monotonic() - begin
    [name] = [path.name for path in out.iterdir() if not path.name.startswith(".")]
    found: Counter[str] = Counter()
    while found["killed"] < count:
        pid = child(study, out)
        is_killed = kill_within(pid, dice.uniform(0, takes))
        found["killed"] += is_killed
        # A machine that has become faster ends before it is killed.
        takes *= 1.02 if is_killed else 0.9
        found[state(out, name)] += 1
    return dict(found)


def kill_within(pid: int, seconds: float) -> bool:
    """Kill a child after a while and return whether it had not ended by then."""
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def full_disks(study: Path, out: Path, points: int) -> dict[str, int]:
    """Limit the size of a file to ever more bytes, as a full disk does, and count the endings."""
    [name] = [path.name for path in out.iterdir() if not path.name.startswith(".")]
    largest = max(path.stat().st_size for path in (out / name).rglob("*") if path.is_file())
    found: Counter[str] = Counter()
    for point in range(points):
        _, status = os.waitpid(child(study, out, largest=int(largest * point / points)), 0)
        found[f"exit {os.waitstatus_to_exitcode(status)}"] += 1
        found[state(out, name)] += 1
    return dict(found)


def together(study: Path, out: Path, count: int) -> dict[str, int]:
    """Start runs at once and count their endings."""
    found: Counter[str] = Counter()
    for pid in [child(study, out) for _ in range(count)]:
        _, status = os.waitpid(pid, 0)
        found[f"exit {os.waitstatus_to_exitcode(status)}"] += 1
    return dict(found)


def importing(file: Path, study: Path) -> int:
    """Fork an import of people that replaces those of a study; return its process."""
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        import_file(Request(file, "population", study, again=True), lambda *_: True)
        code = 0
    finally:
        os._exit(code)


def import_kills(study: Path, out: Path, count: int, seed: int = 7) -> dict[str, int]:
    """Kill as many imports of a file ``out`` into a sealed study; count what the next finds."""
    dice = random.Random(seed)
    names = ("study.toml", "population.csv")
    before = [(study / name).read_bytes() for name in names]
    begin = time.monotonic()
    os.waitpid(importing(out, study), 0)
    takes = time.monotonic() - begin
    after = [(study / name).read_bytes() for name in names]
    found: Counter[str] = Counter()
    while found["killed"] < count:
        for name, content in zip(names, before, strict=True):
            (study / name).write_bytes(content)
        is_killed = kill_within(importing(out, study), dice.uniform(0, takes))
        found["killed"] += is_killed
        takes *= 1.02 if is_killed else 0.9
        StudyFiles.at(study).open("population", ".csv")
        now = [(study / name).read_bytes() for name in names]
        found["old" if now == before else "new" if now == after else "half"] += 1
    return dict(found)


if __name__ == "__main__":
    verbs = {
        "kills": kills,
        "full_disks": full_disks,
        "together": together,
        "import_kills": import_kills,
    }
    answer = verbs[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
    sys.stdout.write(json.dumps(answer))
