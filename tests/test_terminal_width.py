"""Every verb on a terminal of 80 columns, as it was looked at, and long work that says its steps."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from batu_geo.cli import VERBS, cli
from batu_geo.cli import verb as verb_module
from batu_geo.cli.commands.cmd_fleet import VERBS as FLEET_VERBS
from batu_geo.cli.lazy_group import DEBUG
from batu_geo.cli.options import JSON, LANGUAGE, QUIET
from batu_geo.cli.verb import Answer, Session, verb
from batu_geo.render.text.steps import Steps
from batu_geo.serving import listening
from batu_geo.verbs import pack_files
from tests.conftest import ROOT
from tests.test_brief import blank_maps
from tests.test_fetch import StandIn, osm_servers
from tests.workbench.town import write_town

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType

    from batu_geo.verbs.plan import Run

GOLDEN = ROOT / "tests" / "golden" / "terminal_80.txt"
WIDTH = 80
# What runs here; of the others the help, which has an example each.
RUNS = (
    "assess --part petugas", "explain Oro", "list villages", "list scenarios",
    "list units", "list buildings", "list settings", "answer --list", "check", "status",
)  # fmt: skip
WITH_OUT = ("assess", "status")
STEPS = """
from batu_geo.cli.progress import Progress
from batu_geo.render.text.steps import Steps
with Progress() as progress:
    steps = Steps(progress)
    steps("baca [b]")
    steps.expect(2)
    steps("hitung")
    progress.rest()
    steps("gambar")
    progress("tanpa hitungan")
"""


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Return what a command prints at 80 columns; at 100 and 120 its answer is only looked at."""
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    printed = verb_module.show

    def at_every_width(*parts: RenderableType, is_paged: bool = False) -> None:
        for width in (120, 100, WIDTH):
            monkeypatch.setattr(verb_module, "terminal_width", lambda width=width: width)
            if width == WIDTH:
                printed(*parts, is_paged=is_paged)
                return
            with contextlib.redirect_stdout(io.StringIO()) as said:
                printed(*parts)
            fits(said.getvalue(), width)

    monkeypatch.setattr(verb_module, "show", at_every_width)

    def run(asked: str, *more: str) -> str:
        result = CliRunner().invoke(cli, [*shlex.split(asked), *more])
        assert result.exit_code == 0, result.output
        fits(result.stdout, WIDTH)
        return result.stdout

    return run


def fits(said: str, width: int) -> None:
    """Refuse a line that is too long but for a path, and a word that is cut."""
    for line in said.splitlines():
        assert len(line.rstrip()) <= width or "/" in line, (width, line)
        assert "\u2026" not in line, (width, line)


def as_kept(asked: str, said: str) -> str:
    """Return a section of the snapshot: without what differs from run to run."""
    text = f"$ batu-geo {asked}\n{said}"
    for known, kept in (
        (r"[0-9]+[.,][0-9]+ MB", "N MB"), (r"-[0-9a-f]{8}\b", "-FINGERPRINT"),
        (r"http://127.0.0.1:\d+(/\S+)?", "ADDRESS"), (r"[ \t]+$", ""),
    ):  # fmt: skip
        text = re.sub(known, kept, text, flags=re.MULTILINE)
    return text


def compared(path: Path, parts: list[str], request: pytest.FixtureRequest) -> None:
    """Compare sections with those that were looked at."""
    text = "\n".join(parts)
    if request.config.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_verb_fits_its_width_and_cuts_no_word(
    baseline_run: Run, wide: Callable[..., str], request: pytest.FixtureRequest
) -> None:
    out = str(baseline_run.folder.parent)
    verbs = [name for group in VERBS.values() for name in group]
    verbs += [f"fleet {name}" for group in FLEET_VERBS.values() for name in group]
    parts = []
    for asked in ("--help", *(f"{name} --help" for name in verbs), *RUNS):
        more = ["--out", out] if asked.split()[0] in WITH_OUT and "help" not in asked else []
        parts.append(as_kept(asked, wide(asked, *more).replace(out, "OUT")))
    villages = parts[[part.split("\n")[0] for part in parts].index("$ batu-geo list villages")]
    for name in baseline_run.gaps["village_name"]:
        assert name in villages
    compared(GOLDEN, parts, request)


@pytest.mark.slow
def test_every_verb_that_writes_or_serves_is_run(
    tmp_path: Path, wide: Callable[..., str], monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    """On a town of four villages, the maps of its pack blank; a server that stops at once."""
    server = StandIn()
    request.addfinalizer(server.stop)
    monkeypatch.setattr(osm_servers.time, "sleep", lambda _: None)
    monkeypatch.setattr(pack_files, "pack_maps", blank_maps)
    monkeypatch.setattr(listening, "server", lambda *_, **__: SimpleNamespace(run=lambda **_: None))
    monkeypatch.chdir(tmp_path)
    write_town(tmp_path / "kota")
    people = "Kode Desa;Nama Desa;Jumlah Penduduk\n"
    people += "".join(f"v.{n};Desa {n};{100 * n}\n" for n in (1, 2, 3, 4))
    Path("penduduk.csv").write_text(people)
    here, parts = "--data kota --out out", []
    for asked in (
        f"plan {here}", f"maps {here}", f"compare baseline tiga-terbaik {here}", f"brief {here}",
        f"open --no-browser {here}", "init baru", "replay out/RUN --data kota",
        f"fetch kota --only roads --server {server.url}",
        "import penduduk.csv --as population --into kota --again --yes",
    ):  # fmt: skip
        run = next(Path("out").glob("baseline-????????"), Path())
        said = wide(asked.replace("out/RUN", str(run)))
        if asked == "init baru":  # a whole path, broken by its length
            said = f"{' '.join(said.split())}\n".replace(str(tmp_path), "HERE")
        parts.append(as_kept(asked, said))
    compared(GOLDEN.with_name("terminal_80_written.txt"), parts, request)


def test_every_example_of_a_help_is_understood() -> None:
    for name in (name for group in VERBS.values() for name in group):
        command = cli.get_command(click.Context(cli), name)
        (line,) = re.findall(r"Contoh / Example: batu-geo (.+)", command.help)
        verb_name, *words = shlex.split(line)
        assert verb_name == name
        with click.Context(command, info_name=name, resilient_parsing=False) as context:
            command.parse_args(context, words)


def test_long_work_says_its_steps_as_lines_off_a_terminal() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STEPS], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == ""
    lines = [re.sub(r"\d:\d\d", "M:SS", line) for line in done.stderr.splitlines()]
    assert lines == ["[1] M:SS baca [b]", "[2/3] M:SS hitung", "[3/3] M:SS gambar"]


def test_long_work_has_a_bar_on_a_terminal() -> None:
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", STEPS], stderr=theirs, stdout=subprocess.DEVNULL, cwd=ROOT,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80"},
    )  # fmt: skip
    os.close(theirs)
    said = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        said += piece
    os.close(ours)
    assert child.wait() == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said.decode())
    assert re.search("\u2501.* 2/3 0:00:0\\d hitung", text)
    assert re.search("\u2501.* 3/3 0:00:0\\d gambar", text)
    assert "baca [b]" in text
    assert "tanpa hitungan" in text


@pytest.mark.parametrize(
    ("args", "expected"), [([], "[1] 0:00 langkah\n"), (["-q"], ""), (["--json"], "")]
)
def test_quiet_and_json_say_no_steps(args: list[str], expected: str) -> None:
    @verb("kerja", QUIET, JSON, LANGUAGE)
    def command(session: Session) -> Answer:
        """Kerja."""
        Steps(session.progress)("langkah")
        return Answer(lambda: ["selesai"], dict)

    @click.group()
    @click.pass_context
    def group(context: click.Context) -> None:
        context.meta[DEBUG] = True

    group.add_command(command)
    result = CliRunner().invoke(group, ["kerja", *args])
    assert result.exit_code == 0, result.output
    assert result.stderr == expected
