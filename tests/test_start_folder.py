"""The start file of a folder for offices: set up once, anew where it was interrupted, then open.

Python is a stand-in that writes down what it is asked; `scripts/start_folder.py` makes the folder.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

START = ROOT / "scripts" / "start"
STAND_IN = """#!/bin/sh
echo "$*" >> "{log}"
case "$*" in
    "-m venv"*) mkdir -p lingkungan/bin; cp "$0" lingkungan/bin/python;;
    *kunci.txt*) [ ! -e "{stop}" ] || exit 7;;
esac
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "folder dengan spasi"
    (made / "paket").mkdir(parents=True)
    shutil.copy(START / "mulai.sh", made)
    (made / "batu_geo-1-py3-none-any.whl").touch()
    programs = tmp_path / "bin"
    programs.mkdir()
    text = STAND_IN.format(log=tmp_path / "asked", stop=tmp_path / "stop")
    (programs / "python3").write_text(text, encoding="utf-8")
    (programs / "python3").chmod(0o755)
    # The tools of the shell, without the Pythons of this machine.
    for name in ("dirname", "rm", "mkdir", "cp"):
        (programs / name).symlink_to(str(shutil.which(name)))
    return made


def start(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Start it from another folder with the programs beside it alone, and return how it ended."""
    env = {"PATH": str(folder.parent / "bin"), "HOME": str(folder)}
    return subprocess.run(["/bin/sh", str(folder / "mulai.sh"), *arguments], cwd=folder.parent,
                          env=env, capture_output=True, text=True, check=False)  # fmt: skip


def asked(folder: Path) -> list[str]:
    log = folder.parent / "asked"
    lines = log.read_text(encoding="utf-8").splitlines()
    log.unlink()
    return [line for line in lines if not line.startswith("-c ")]


def test_it_sets_up_once_without_a_network_and_opens(folder: Path) -> None:
    assert start(folder, "--lang", "en").returncode == 0
    assert asked(folder) == [
        "-m venv lingkungan",
        "-m pip install -q --no-index --find-links paket --require-hashes -r kunci.txt",
        "-m pip install -q --no-index --no-deps batu_geo-1-py3-none-any.whl",
        "-m batu_geo open --lang en",
    ]
    assert start(folder).returncode == 0
    assert asked(folder) == ["-m batu_geo open"]


def test_what_was_interrupted_is_made_anew(folder: Path) -> None:
    (folder.parent / "stop").touch()
    assert start(folder).returncode == 7
    assert len(asked(folder)) == 2
    (folder.parent / "stop").unlink()
    assert start(folder).returncode == 0
    assert asked(folder)[0] == "-m venv lingkungan"


def test_without_python_one_sentence_says_what_to_do(folder: Path) -> None:
    (folder.parent / "bin" / "python3").unlink()
    done = start(folder)
    assert done.returncode == 1
    assert "python.org" in done.stdout
    assert done.stderr == ""


def test_the_lock_of_the_folder_has_every_line_of_the_program_and_the_page() -> None:
    spec = importlib.util.spec_from_file_location("made", ROOT / "scripts" / "start_folder.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    program, dev = (path.read_text(encoding="utf-8") for path in made.LOCKS)
    lock = made.locked(program, dev)
    for line in (
        line for line in program.splitlines() if "==" in line and not line.startswith(" ")
    ):
        assert line in lock
    assert {"starlette==", "uvicorn==", "h11=="} <= {f"{e[1]}==" for e in made.ENTRY.finditer(lock)}
