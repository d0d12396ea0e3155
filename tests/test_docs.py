"""What is written about the project is true of it."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path

import jupytext
import nbformat
import pytest

from batu_geo.cli import cli
from batu_geo.domain.errors import messages
from batu_geo.domain.scenario import scenario_schema
from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_holds_no_results_and_equals_its_script(path) -> None:
    notebook = nbformat.read(path, as_version=4)
    script = jupytext.read(path.with_suffix(".py"))
    assert [c.source for c in notebook.cells] == [c.source for c in script.cells]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert not cell.outputs
            assert not re.search(r"^\s*(def|class) ", cell.source, re.MULTILINE)


def test_the_readme_shows_both_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for mark in ("first command", "test command"):
        block = text.partition(f"<!-- {mark} -->\n```bash\n")[2].partition("```")[0]
        assert "--require-hashes" in block, mark
    assert "batu-geo plan" in text


def test_every_link_of_the_documents_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "data" / "README.md"]:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
            if not target.startswith(("http", "mailto:")):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_changelog_knows_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_locks_name_no_address_and_pin_by_hash() -> None:
    for name in (
        "requirements.lock.txt",
        "requirements-dev.lock.txt",
        "requirements-docs.lock.txt",
    ):
        text = (ROOT / name).read_text()
        assert "://" not in text
        pins = re.findall(r"^[a-zA-Z0-9_.-]+==", text, re.MULTILINE)
        assert len(pins) > 20
        assert text.count("--hash=sha256:") >= len(pins)


def test_the_page_of_messages_is_what_the_catalogue_says() -> None:
    path = ROOT / "scripts" / "message_pages.py"
    spec = importlib.util.spec_from_file_location("message_pages", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    text = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    assert text == script.page(), "run scripts/message_pages.py"
    assert {line[3:] for line in text.splitlines() if line.startswith("## ")} == set(messages())


def test_the_page_of_settings_is_what_models_and_baseline_say() -> None:
    """Every setting has a meaning, and every number a unit: the script fails without."""
    path = ROOT / "scripts" / "settings_page.py"
    spec = importlib.util.spec_from_file_location("settings_page", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert text == script.page(), "run scripts/settings_page.py"
    schema = scenario_schema()
    for model in (schema, *schema["$defs"].values()):
        for name, part in model["properties"].items():
            assert part.get("description"), name
            assert f".{name}`" in text or f"`{name}`" in text or f"\n## {name}\n" in text, name


@pytest.mark.parametrize("name", ["data_dictionary.md", "commands.md", "openstreetmap_tags.md"])
def test_a_reference_page_is_what_the_program_says(name: str) -> None:
    spec = importlib.util.spec_from_file_location("pages", ROOT / "scripts" / "reference_pages.py")
    assert spec is not None
    assert spec.loader is not None
    pages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pages)
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == pages.PAGES[name]()


def test_every_file_of_the_tour_is_there() -> None:
    tour = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
    for path in re.findall(r"`(batu_geo/[a-z_/]+\.py)`", tour):
        assert (ROOT / path).is_file(), path
    assert len(re.findall(r"^\d\. ", tour, re.MULTILINE)) == 8


def walks() -> dict[str, list[tuple[str, str]]]:
    """Return the walks of the tour: by value, each module with the name of the value there."""
    tour = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
    part = tour.partition("## Five walks")[2].partition("\n## ")[0]
    return {
        text.partition("\n")[0]: re.findall(r"^\| `(\S+\.py)` \| `(\w+)` \|", text, re.MULTILINE)
        for text in part.split("\n### ")[1:]
    }


def test_the_five_values_walk_through_modules_that_name_them() -> None:
    assert [len(walk) for walk in walks().values()] == [9, 7, 6, 8, 6]
    for value, walk in walks().items():
        for path, name in walk:
            text = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(rf"\b{name}\b", text), f"{value}: {path} does not name {name}"


def test_no_walk_enters_a_room_twice() -> None:
    for value, walk in walks().items():
        rooms = [path.rpartition("/")[0] for path, _ in walk]
        entered = [room for n, room in enumerate(rooms) if room != rooms[n - 1] or n == 0]
        assert len(entered) == len(set(entered)), f"{value}: {entered}"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["README.md", "README.id.md", "docs/own_tables.md", "docs/en/explorer.md"]
)
def test_the_python_of_the_documents_runs(
    name: str, sparse_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Examples of the READMEs, with main roads alone; those of docstrings run as doctests."""
    monkeypatch.chdir(tmp_path)
    for module in ("load_study", "scenarios"):
        where = f"batu_geo.sources.study.{module}.embedded_study"
        monkeypatch.setattr(where, lambda: sparse_study)
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, name, "exec"), {})


def test_every_verb_of_the_documents_exists() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for verb in re.findall(r"batu-geo ([a-z]+)", page.read_text(encoding="utf-8")):
            assert verb in cli.verbs, f"{page.name}: batu-geo {verb}"
