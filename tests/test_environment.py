"""What the machine does to a command ends it with one line and its exit code; nothing is half written."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
import pytest
from click.testing import CliRunner

import batu_geo.verbs.check
from batu_geo.__main__ import NO_MEMORY, STOPPED, main
from batu_geo.cli import cli
from batu_geo.cli.environment import TABLE, ending_of
from batu_geo.cli.interrupts import interrupts
from batu_geo.domain.errors import Problem, SourceError
from batu_geo.runs import what_is_spoilt
from batu_geo.sources.files.opening import Opened, open_input
from batu_geo.writing import naming_write_errors
from tests.conftest import ROOT
from tests.toy_study import write_two_villages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_two_villages(tmp_path_factory.mktemp("toy") / "study")


def of_numpy() -> BaseException:
    try:
        np.empty(2**45)
    except MemoryError as error:
        return error
    raise AssertionError("no machine has as much memory")


def coded(code: int) -> OSError:
    return OSError(code, os.strerror(code))


HAPPENED: dict[str, tuple[int, Callable[[], BaseException]]] = {
    "BG-405": (130, KeyboardInterrupt),
    "BG-403": (6, of_numpy),
    "BG-407": (6, lambda: coded(errno.EMFILE)),
    "BG-406": (6, lambda: FileNotFoundError(2, "No usable temporary directory found in ['/x']")),
    "BG-418": (6, lambda: ValueError("ZIP does not support timestamps before 1980")),
    "BG-401": (6, lambda: coded(errno.ENOSPC)),
}
OTHERS = {
    "BG-405": [click.Abort()],
    "BG-403": [
        MemoryError(), coded(errno.ENOMEM), RuntimeError("can't start new thread"),
        ImportError("libx.so: failed to map segment from shared object"), RuntimeError("std::bad_alloc"),
        SystemError("<function command at 0x7f51> returned NULL without setting an exception"),
    ],
    "BG-407": [coded(errno.ENFILE), ImportError("libx.so: cannot open: Too many open files")],
    "BG-401": [coded(errno.EDQUOT), coded(errno.EROFS), coded(errno.EIO)],
}  # fmt: skip


def test_every_row_of_the_table_is_tried() -> None:
    assert [row.code for row in TABLE] == list(HAPPENED)


@pytest.mark.parametrize("code", HAPPENED)
def test_what_happened_inside_a_verb_is_one_line(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    exit_code, happened = HAPPENED[code]

    def fails(*_: object, **__: object) -> None:
        raise happened()

    monkeypatch.setattr(batu_geo.verbs.check, "check_study", fails)
    result = CliRunner().invoke(cli, ["check", "--lang", "en"])
    [_, line] = result.stderr.splitlines()
    assert (result.exit_code, line[:6]) == (exit_code, code)
    assert "Fix: " in line


@pytest.mark.parametrize(
    ("code", "error"), [(code, error) for code, errors in OTHERS.items() for error in errors]
)
def test_other_ways_of_saying_it(code: str, error: BaseException) -> None:
    ending = ending_of(error)
    assert ending is not None
    assert ending[0].code == code


@pytest.mark.parametrize("error", [
    KeyError("x"), ValueError("x"), FileNotFoundError(2, "No such file"), ImportError("no module x"),
    RuntimeError("x"), OSError("x"),
])  # fmt: skip
def test_a_fault_of_the_program_is_none_of_the_machine(error: Exception) -> None:
    assert ending_of(error) is None


def test_memory_is_told_with_what_needed_it() -> None:
    try:
        batu_geo.sources.files.opening.json_of(Opened("x.json", Hungry(b"{}")))
    except MemoryError as error:
        ending = ending_of(error)
    assert ending is not None
    assert (
        ending[0]
        .line("en")
        .startswith(
            "BG-403 not enough memory for sources.files.opening.text_of: Unable to allocate 256. TiB"
        )
    )


@pytest.mark.parametrize(("error", "words"), [
    (of_numpy, "diminta 256. TiB"), (MemoryError, "memori habis"),
    (lambda: coded(errno.EMFILE), "terlalu banyak berkas terbuka"),
    (lambda: RuntimeError("can't start new thread"), "utas baru tidak dapat dimulai"),
    (lambda: ImportError("libx.so: failed to map segment from shared object"), "pustaka libx.so"),
])  # fmt: skip
def test_the_reason_is_in_the_language_of_the_reader(
    error: Callable[[], BaseException], words: str
) -> None:
    ending = ending_of(error())
    assert ending is not None
    assert words in ending[0].line("id")


class Hungry(bytes):
    """Bytes whose text does not fit into memory."""

    def decode(self, *_: Any) -> str:  # type: ignore[override]
        """Fail as numpy does."""
        raise of_numpy()


@pytest.mark.parametrize("error", [MemoryError(), coded(errno.EMFILE)])
def test_no_file_is_blamed_for_the_machine(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(type(error)):
        Opened("x.csv", b"").unreadable(error)
    with pytest.raises(type(error)), naming_write_errors(tmp_path):
        raise error
    (tmp_path / "a.csv").write_text("a\n1\n")

    def fails(*_: object) -> bool:
        raise error

    monkeypatch.setattr(Path, "is_file", fails)
    with pytest.raises(type(error)) as caught:
        open_input(tmp_path / "a.csv", name="a.csv", table="population", suffixes=(".csv",))
    assert not isinstance(caught.value, SourceError)


# Interrupts


def test_the_lines_of_the_first_moment_are_those_of_the_catalogue() -> None:
    stopped, full = Problem("BG-405"), ending_of(MemoryError())[0]
    assert {language: stopped.line(language) for language in ("id", "en")} == STOPPED
    assert {language: full.line(language) for language in ("id", "en")} == NO_MEMORY


@pytest.fixture
def _interrupts_arrive() -> Iterator[None]:
    """Undo what a shell asks of what runs in its background: to ignore interrupts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.2)


def made_an_error() -> None:
    try:
        interrupt()
    except KeyboardInterrupt:
        raise ImportError("a library makes this of it") from None


def swallowed() -> None:
    with suppress(KeyboardInterrupt):
        interrupt()


class Swallows:
    """Its end is interrupted, where Python lets nothing be raised."""

    def __del__(self) -> None:
        interrupt()


def swallowed_by_python() -> None:
    thing = Swallows()
    del thing
    for _ in range(200):
        time.sleep(0.05)
    raise AssertionError("it went on")


@pytest.mark.usefixtures("_interrupts_arrive")
@pytest.mark.parametrize("library", [made_an_error, swallowed, swallowed_by_python])
def test_an_interrupt_that_a_library_hides_is_raised(
    library: Callable[[], None], capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(KeyboardInterrupt), interrupts():
        library()
    assert capfd.readouterr().err == ""


def pressed_twice() -> None:
    with suppress(KeyboardInterrupt):
        interrupt()
    interrupt()


@pytest.mark.usefixtures("_interrupts_arrive")
def test_a_second_interrupt_ends_at_once() -> None:
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        with pytest.raises(KeyboardInterrupt), interrupts():
            pressed_twice()
    finally:
        signal.signal(signal.SIGINT, before)
    assert pressed == [signal.SIGINT]


def test_without_an_interrupt_nothing_changes() -> None:
    before = signal.getsignal(signal.SIGINT), sys.unraisablehook
    with pytest.raises(ValueError, match="mine"), interrupts():
        raise ValueError("mine")
    with interrupts():
        pass
    assert (signal.getsignal(signal.SIGINT), sys.unraisablehook) == before


# Whole commands in processes of their own


def start(*words: object, limit: str = "", **settings: Any) -> subprocess.Popen[str]:
    """Start a command; `limit` is what `ulimit` is told before."""
    command = [sys.executable, "-m", "batu_geo", *map(str, words)]
    if limit:
        command = ["sh", "-c", f'ulimit {limit}; exec "$@"', "sh", *command]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", **settings.pop("env", {})}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **settings}
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **streams)


def ended(process: subprocess.Popen[str]) -> tuple[int, list[str]]:
    _, errors = process.communicate(timeout=300)
    return process.returncode, [line for line in errors.splitlines() if not line.startswith("Stud")]


@pytest.mark.slow
@pytest.mark.parametrize("words", [["check"], ["--help"], ["check", "--json"], ["plan", "--help"]])
def test_a_full_disk_behind_the_output_is_one_line(study: Path, words: list[str]) -> None:
    data = ["--data", study] if words[0] == "check" else []
    with Path("/dev/full").open("w") as full:
        exit_code, lines = ended(start(*words, *data, stdout=full))
    assert exit_code == 6
    assert [line[:6] for line in lines] == ["BG-404"]


@pytest.mark.slow
@pytest.mark.parametrize("closed", [0, 1, 2])
def test_a_closed_stream_stops_nothing_and_no_file_receives_its_text(
    study: Path, tmp_path: Path, closed: int
) -> None:
    code = (f"import os; os.close({closed}); from batu_geo.__main__ import main; import sys;"
            f"sys.argv[1:] = ['plan', '--data', {str(study)!r}, '--out', {str(tmp_path)!r}]; main()")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
    [run] = tmp_path.iterdir()
    assert what_is_spoilt(run) == []


@pytest.mark.slow
def test_output_of_few_characters_is_printed(study: Path) -> None:
    process = start("check", "--data", study, env={"PYTHONIOENCODING": "ascii"})
    assert ended(process) == (0, [])


LIMITED = """
import re, resource, sys
import batu_geo.cli, batu_geo.verbs.plan, highspy, pyogrio.raw, rich.console, scipy.optimize
from batu_geo.__main__ import main
with open("/proc/self/status") as status:
    held = int(re.search(r"VmSize:\\s+(\\d+)", status.read())[1]) * 1024
limit = held + int(sys.argv.pop(1)) * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("more", [0, 1, 2, 34, 40, 65, 66])
def test_little_memory_ends_in_one_line_and_writes_nothing(
    study: Path, tmp_path: Path, more: int
) -> None:
    words = (more, "plan", "--data", study, "--out", tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, *map(str, words)], cwd=ROOT, capture_output=True, text=True,
        check=False, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    lines = [line for line in done.stderr.splitlines() if not line.startswith("Studi")]
    assert (done.returncode, [line[:6] for line in lines]) == (6, ["BG-403"])
    assert list(tmp_path.glob("out/*")) == []


@pytest.mark.slow
@pytest.mark.parametrize("mebibytes", [100])
def test_no_room_for_a_library_is_one_line(study: Path, mebibytes: int) -> None:
    process = start("plan", "--data", study, limit=f"-v {mebibytes * 1024}")
    exit_code, lines = ended(process)
    assert (exit_code, [line[:6] for line in lines]) == (6, ["BG-403"])
    # Either the library says so, or Python itself while it is loaded.
    assert "tidak termuat" in lines[0] or "untuk batu_geo: memori habis" in lines[0]


@pytest.mark.slow
def test_a_geojson_of_300_mb_is_refused_by_its_size_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "large.geojson"
    with file.open("wb") as sparse:
        sparse.write(b'{"type": "FeatureCollection", "features": [')
        sparse.truncate(300_000_000)
    # The peak of the process since it began: that of `getrusage` is its parent's where larger.
    code = ("from batu_geo.cli import cli; import re;"
            f"cli(['check', {str(file)!r}, '--as', 'villages'], standalone_mode=False);"
            "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True,
                          text=True)  # fmt: skip
    assert "BG-105" in done.stdout
    assert int(done.stdout.split()[-1]) < 600_000, "twice its size, in KiB"


@pytest.mark.slow
@pytest.mark.parametrize("files", [5, 7, 9])
def test_few_descriptors_end_in_one_line(study: Path, tmp_path: Path, files: int) -> None:
    words = ("plan", "--data", study, "--out", tmp_path / "o")
    exit_code, lines = ended(start(*words, limit=f"-n {files}"))
    # Where SQLite cannot open its file it does not say why.
    endings = [(6, ["BG-407"]), (6, ["BG-401"]), (0, [])]
    assert (exit_code, [line[:6] for line in lines]) in endings


@pytest.mark.slow
def test_a_temporary_folder_that_is_not_there_is_passed_by(study: Path, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text("village_id,village_name,population\nv.1,Desa 1,510\nv.2,Desa 2,300\n")
    words = ("check", table, "--as", "population", "--data", study)
    assert ended(start(*words, env={"TMPDIR": str(tmp_path / "nowhere")})) == (0, [])


def test_where_no_folder_takes_temporary_files_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr("tempfile.gettempdir", nowhere)
    result = CliRunner().invoke(
        cli, ["init", str(tmp_path / "new"), "--code", "35.79", "--lang", "en"]
    )
    assert (result.exit_code, result.stderr.splitlines()[-1][:6]) == (6, "BG-406")
    assert not (tmp_path / "new").exists()


@pytest.mark.slow
def test_a_clock_of_1970_makes_runs(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 86_400.0)
    result = CliRunner().invoke(cli, ["plan", "--data", str(study), "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output


def test_who_runs_in_the_background_is_not_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interrupts() as watch:
            interrupt()
        assert not watch.came
        monkeypatch.setattr("batu_geo.cli.main", lambda: None)
        main()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.slow
@pytest.mark.usefixtures("_interrupts_arrive")
def test_interrupts_at_random_moments_end_in_one_line_and_leave_nothing_half(
    study: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    count = 30 if request.config.getoption("--all-kills") else 5
    begin = time.monotonic()
    assert ended(start("plan", "--data", study, "--out", tmp_path / "first")) == (0, [])
    takes = time.monotonic() - begin
    out, dice, seen = tmp_path / "out", random.Random(20), []
    out.mkdir()
    for _ in range(count):
        process = start("plan", "--data", study, "--out", out, "--again")
        time.sleep(dice.uniform(0, takes))
        process.send_signal(signal.SIGINT)
        exit_code, lines = ended(process)
        if exit_code == -signal.SIGINT:  # before the first line of the program
            assert not any("batu_geo/cli" in line for line in lines), lines
        else:
            assert (exit_code, [line[:6] for line in lines]) in [(130, ["BG-405"]), (0, [])]
        seen.append(exit_code)
        left = [path for path in out.iterdir() if path.name.startswith(".")]
        assert left == []
        assert all(what_is_spoilt(run) == [] for run in out.iterdir())
    assert 130 in seen
