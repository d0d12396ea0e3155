"""The command line as a planner meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from batu_geo.cli import cli


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outputs")


def invoke(*args: object):
    return CliRunner().invoke(cli, [str(arg) for arg in args])


def test_plan_prints_the_villages_in_order_and_what_is_assumed(outputs: Path) -> None:
    result = invoke("plan", "--out", outputs)
    assert result.exit_code == 0, result.output
    assert "6 desa/kelurahan belum punya UPKDK" in result.stdout
    order = ["Oro-oro Ombo", "Tlekung", "Tulungrejo", "Songgokerto", "Bulukerto", "Ngaglik"]
    positions = [result.stdout.index(f" {rank} │ {name}") for rank, name in enumerate(order, 1)]
    assert positions == sorted(positions)
    assert "jaringan jalan (ilustratif)" in result.stdout
    assert "225.408 jiwa" in result.stdout
    assert result.stderr == "", "silent in a pipe"


def test_plan_speaks_english(outputs: Path) -> None:
    result = invoke("plan", "--out", outputs, "--lang", "en")
    assert "6 villages without a unit, by need" in result.stdout
    assert "225,408 people" in result.stdout


def test_quiet_prints_the_folder_and_json_the_manifest(outputs: Path) -> None:
    folder = invoke("plan", "--out", outputs, "-q").stdout.strip()
    assert (Path(folder) / "map.html").is_file()
    manifest = json.loads(invoke("plan", "--out", outputs, "--json").stdout)
    assert manifest["study"]["name"] == "kota-batu"


def test_a_setting_makes_another_run(outputs: Path) -> None:
    one = invoke("plan", "--out", outputs, "-q").stdout
    other = invoke("plan", "--out", outputs, "-q", "--set", "candidates.min_rooms=4").stdout
    assert one != other


@pytest.mark.parametrize(
    ("args", "exit_code", "shown"),
    [
        (["plan", "nowhere"], 4, "BG-305"),
        (["plan", "--set", "headline.mode=boat"], 4, "BG-302"),
        (["plan", "--lang", "fr"], 2, "fr"),
        (["plan", "--data", "/nonexistent"], 3, "/nonexistent/study.toml"),
        (["frobnicate"], 2, "frobnicate"),
    ],
)
def test_mistakes_end_with_their_exit_code(args: list[str], exit_code: int, shown: str) -> None:
    result = invoke(*args)
    assert result.exit_code == exit_code
    assert shown in result.stderr
    assert "Traceback" not in result.output


def test_a_fault_of_the_program_is_one_line_and_exit_70(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **rest: object) -> None:
        raise ZeroDivisionError("toy")

    monkeypatch.setattr("batu_geo.verbs.plan.load_study", broken)
    result = invoke("plan")
    assert result.exit_code == 70
    assert result.stderr.startswith("BG-900 ")
    assert "ZeroDivisionError: toy" in result.stderr


def test_help_names_every_verb_in_both_languages() -> None:
    for verb, command in cli.commands.items():
        assert command.help, verb
        for option in command.params:
            if getattr(option, "help", None):
                assert " / " in option.help, f"{verb} {option.name}"


@pytest.mark.slow
def test_python_m_runs_from_any_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "batu_geo", "plan", "-q"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / done.stdout.strip() / "manifest.json").is_file()


@pytest.mark.slow
def test_who_stops_reading_ends_a_verb_without_a_word() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "batu_geo", "check"],
        stdout=writing, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")
