"""Every verb on a terminal of 80 columns, as it was looked at, and long work that says its steps."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from batu_geo.cli import VERBS, cli
from batu_geo.cli import verb as verb_module
from batu_geo.cli.lazy_group import DEBUG
from batu_geo.cli.options import JSON, LANGUAGE, QUIET
from batu_geo.cli.verb import Answer, Session, verb
from batu_geo.render.text.steps import Steps
from tests.conftest import ROOT

if TYPE_CHECKING:
    from batu_geo.verbs.plan import Run

GOLDEN = ROOT / "tests" / "golden" / "terminal_80.txt"
WIDTH = 80
# What runs here; of the others the help, which has an example each.
RUNS = (
    "plan", "assess --part petugas", "explain Oro", "list villages", "list scenarios",
    "list units", "list buildings", "list settings", "answer --list", "check", "status",
)  # fmt: skip
WITH_OUT = ("plan", "assess", "status")
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


@pytest.mark.slow
def test_every_verb_fits_80_columns_and_cuts_no_word(
    baseline_run: Run, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(verb_module, "terminal_width", lambda: WIDTH)
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    out = str(baseline_run.folder.parent)
    verbs = [name for group in VERBS.values() for name in group]
    parts = []
    for asked in ("--help", *(f"{name} --help" for name in verbs), *RUNS):
        more = ["--out", out] if asked.split()[0] in WITH_OUT and "help" not in asked else []
        result = CliRunner().invoke(cli, [*asked.split(), *more])
        assert result.exit_code == 0, result.output
        said = re.sub(r"[ \t]+$", "", result.stdout.replace(out, "OUT"), flags=re.MULTILINE)
        for line in said.splitlines():
            assert len(line) <= WIDTH or "OUT" in line, f"{asked}: {line}"
            assert "\u2026" not in line, f"{asked}: {line}"
        parts.append(f"$ batu-geo {asked}\n{said}")
    text = "\n".join(parts)
    villages = parts[[part.split("\n")[0] for part in parts].index("$ batu-geo list villages")]
    for name in baseline_run.gaps["village_name"]:
        assert name in villages
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(text, encoding="utf-8", newline="\n")
    assert text == GOLDEN.read_text(encoding="utf-8")


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
