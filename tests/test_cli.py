"""The command line as a planner meets it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

import batu_geo as bg
from batu_geo.cli import cli
from batu_geo.cli import commands as modules
from batu_geo.cli.commands import cmd_import
from batu_geo.domain.tables import EVIDENCE
from batu_geo.sources.study.embedded import embedded_study

if TYPE_CHECKING:
    from batu_geo.verbs.plan import Run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def outputs(baseline_run: Run) -> Path:
    """Return the folder where the run of the embedded study is."""
    return baseline_run.folder.parent


@pytest.fixture(scope="module")
def sparse_outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outputs")


def invoke(*args: object):
    return CliRunner().invoke(cli, [str(arg) for arg in args])


def test_plan_prints_the_villages_in_order_and_what_is_assumed(outputs: Path) -> None:
    result = invoke("plan", "--out", outputs)
    assert result.exit_code == 0, result.output
    assert "6 desa/kelurahan belum memiliki UPKDK" in result.stdout
    order = ["Oro-oro Ombo", "Tlekung", "Tulungrejo", "Songgokerto", "Bulukerto", "Ngaglik"]
    positions = [result.stdout.index(f" {rank}  {name}") for rank, name in enumerate(order, 1)]
    assert positions == sorted(positions)
    assert "jaringan jalan (ilustratif)" in result.stdout
    assert "225.408 jiwa" in result.stdout
    (study_line,) = result.stderr.splitlines()
    assert study_line == "Studi yang dibaca: data/study.toml di folder ini", "no progress in a pipe"


def test_plan_speaks_english(sparse_study: Path, sparse_outputs: Path) -> None:
    result = invoke("plan", "--data", sparse_study, "--out", sparse_outputs, "--lang", "en")
    assert result.exit_code == 0, result.output
    assert "6 villages without a unit, by need" in result.stdout
    assert "225,408 people" in result.stdout


def test_quiet_prints_the_folder_and_json_the_manifest(outputs: Path) -> None:
    folder = invoke("plan", "--out", outputs, "-q").stdout.strip()
    assert (Path(folder) / "map.html").is_file()
    manifest = json.loads(invoke("plan", "--out", outputs, "--json").stdout)
    assert manifest["study"]["name"] == "kota-batu"


@pytest.mark.usefixtures("_blank_map")
def test_a_setting_makes_another_run(sparse_study: Path, sparse_outputs: Path) -> None:
    where = ("--data", sparse_study, "--out", sparse_outputs)
    one = invoke("plan", *where, "-q").stdout.strip()
    other = invoke("plan", *where, "-q", "--set", "candidates.min_rooms=4").stdout.strip()
    assert one != other
    assert (Path(one) / "map.html").is_file()
    assert (Path(other) / "map.html").is_file()


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

    monkeypatch.setattr("batu_geo.verbs.plan.read_study", broken)
    result = invoke("plan")
    assert result.exit_code == 70
    (_study_line, error) = result.stderr.splitlines()
    assert error.startswith("BG-900 ")
    assert "ZeroDivisionError: toy" in error


def commands() -> dict[str, click.Command]:
    """Return every verb, imported."""
    context = click.Context(cli)
    found = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def test_help_names_every_verb_in_both_languages() -> None:
    assert list(commands()) == sorted(cli.verbs)
    for verb, command in commands().items():
        assert command.name == verb
        assert "Contoh / Example: batu-geo " in command.help, verb
        assert " / " in cli.verbs[verb], verb
        for option in command.params:
            if getattr(option, "help", None):
                assert " / " in option.help, f"{verb} {option.name}"


def test_every_module_of_a_verb_is_on_the_list_and_no_other() -> None:
    files = Path(modules.__file__).parent.glob("cmd_*.py")
    assert sorted(file.stem.removeprefix("cmd_") for file in files) == sorted(cli.verbs)


HELP = """
import sys
from batu_geo.cli import cli
cli(sys.argv[1:], standalone_mode=False)
heavy = {"folium", "geopandas", "matplotlib", "numpy", "osmium", "osmnx", "pandas", "pydantic"}
heavy |= {"pyogrio", "rich", "scipy", "shapely"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
verbs = {name for name in sys.modules if name.startswith(("batu_geo.verbs.", "batu_geo.cli.commands.cmd_"))}
verbs -= {f"batu_geo.cli.commands.cmd_{verb}" for verb in sys.argv[1:-1]}
assert not verbs, verbs
"""


def help_in_a_new_process(folder: Path, *args: str) -> str:
    """Return what `batu-geo ARGS --help` prints; it fails where a heavy package is imported."""
    done = subprocess.run(
        [sys.executable, "-c", HELP, *args, "--help"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_help_is_printed_without_a_heavy_package(tmp_path: Path) -> None:
    assert "plan     Jalankan skenario. / Run a scenario." in help_in_a_new_process(tmp_path)


@pytest.mark.parametrize("name", sorted(cli.verbs))
def test_help_of_a_verb_is_printed_without_a_heavy_package(name: str, tmp_path: Path) -> None:
    assert f" {name} [OPTIONS]" in help_in_a_new_process(tmp_path, name)


def test_choices_of_import_are_the_evidence_classes_of_the_tables() -> None:
    assert cmd_import.EVIDENCE == EVIDENCE


@pytest.mark.slow
def test_python_m_runs_from_any_folder(sparse_study: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "batu_geo", "plan", "-q", "--data", str(sparse_study)],
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
    (study_line,) = done.stderr.splitlines()
    assert (done.returncode, study_line[:19]) == (1, "Studi yang dibaca: ")


# Which study a verb reads


def study_read(*args: object) -> tuple[str, str]:
    """Return the line on the study, in English, and what is printed on standard output."""
    result = invoke(*args, "--lang", "en")
    assert result.exit_code == 0, result.output
    (line,) = result.stderr.splitlines()
    return line.removeprefix("Study read: "), result.stdout


def with_another_city_name(study: Path) -> Path:
    """Give a study another name and another title."""
    card = study / "study.toml"
    text = card.read_text(encoding="utf-8")
    assert 'name = "kota-batu"' in text
    card.write_text(text.replace('name = "kota-batu"', 'name = "kota-lain"'), encoding="utf-8")
    return study


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder, which is the current one."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_without_a_study_in_the_current_folder_the_embedded_one_is_read(here: Path) -> None:
    line, _ = study_read("status")
    assert line == f"the embedded one, {embedded_study()}/study.toml"


def test_an_edited_scenario_in_the_data_folder_of_a_clone_is_read(
    here: Path, sparse_study: Path
) -> None:
    shutil.copytree(sparse_study, here / "data")
    scenario = here / "data" / "scenarios" / "baseline.toml"
    _, before = study_read("explain", "Tlekung", "--json")
    text = scenario.read_text(encoding="utf-8")
    assert "threshold_minutes = 15" in text
    scenario.write_text(text.replace("threshold_minutes = 15", "threshold_minutes = 30"))
    line, after = study_read("explain", "Tlekung", "--json")
    assert line == "data/study.toml in this folder"
    assert before != after


def test_a_study_in_the_current_folder_is_before_that_in_its_data_folder(
    here: Path, sparse_study: Path
) -> None:
    shutil.copytree(sparse_study, here, dirs_exist_ok=True)
    shutil.copytree(sparse_study, here / "data")
    line, _ = study_read("status")
    assert line == "study.toml in this folder"


def test_a_study_that_is_named_is_before_that_in_the_current_folder(
    here: Path, sparse_copy: Path
) -> None:
    shutil.copytree(sparse_copy, here / "data")
    for name in (sparse_copy, sparse_copy / "study.toml"):
        line, _ = study_read("status", "--data", name)
        assert line == f"{sparse_copy}/study.toml"


def test_in_python_no_study_of_the_current_folder_is_read(here: Path, baseline_run: Run) -> None:
    with_another_city_name(Path(shutil.copytree(embedded_study(), here / "data")))
    shutil.copytree(here / "data", here, dirs_exist_ok=True)
    assert bg.load_study().name == "kota-batu"
    assert bg.load_scenario("baseline").headline.threshold_minutes == 15
    assert bg.plan(out=baseline_run.folder.parent).folder == baseline_run.folder
    assert baseline_run.manifest["study"]["name"] == "kota-batu"


def test_a_run_is_replayed_on_the_study_its_manifest_names(
    here: Path, baseline_run: Run, outputs: Path
) -> None:
    folder = baseline_run.folder
    with_another_city_name(Path(shutil.copytree(embedded_study(), here / "data")))
    line, _ = study_read("replay", folder)
    assert line.startswith("the embedded one, ")
    result = invoke("status", "--out", outputs, "--lang", "en")
    assert result.stderr == "Study read: data/study.toml in this folder\n"
    assert "run of another study (kota-batu)" in result.stdout


def test_every_verb_says_on_standard_error_alone_which_study_it_reads(
    here: Path, sparse_study: Path
) -> None:
    shutil.copytree(sparse_study, here / "data")
    nowhere = here / "nowhere"
    for verb, rest in {
        "assess": ["nowhere"], "brief": ["nowhere"], "check": ["--fix", here / "data"],
        "compare": ["nowhere"], "explain": ["nowhere"], "maps": ["nowhere"], "plan": ["nowhere"],
        "replay": [nowhere], "status": ["--out", nowhere],
    }.items():  # fmt: skip
        result = invoke(verb, *rest, "--lang", "en")
        line = result.stderr.splitlines()[0]
        assert line == "Study read: data/study.toml in this folder", verb
        assert "Study read" not in result.stdout, verb
    for verb, rest in {
        "fetch": [nowhere], "import": [nowhere, "--as", "villages", "--into", nowhere],
    }.items():  # fmt: skip
        result = invoke(verb, *rest, "--lang", "en")
        assert result.stderr.splitlines()[0] == f"Study read: {nowhere}/study.toml", verb
    assert study_read("init", here / "new", "--with-batu")[0] == f"{embedded_study()}/study.toml"
    assert invoke("init", here / "empty").stderr == "", "none is read"


def test_the_other_study_is_on_the_same_line(here: Path, sparse_copy: Path) -> None:
    result = invoke("compare", "nowhere", "--against", sparse_copy, "--data", sparse_copy)
    line, _error = result.stderr.splitlines()
    card = f"{sparse_copy}/study.toml"
    assert line == f"Studi yang dibaca: {card}; pembanding: {card}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "place", "offered"),
    [("batu-geo li", 1, "plain,list"), ("batu-geo assess --part pet", 3, "plain,petugas")],
)
def test_the_shell_completes_verbs_and_values(
    words: str, place: int, offered: str, tmp_path: Path
) -> None:
    asked = {"_BATU_GEO_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(place)}
    code = "from batu_geo.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, **asked},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split() == [offered]
