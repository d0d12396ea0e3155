"""The checks of the site find what they look for; its tutorials say the same in both languages."""

from __future__ import annotations

import importlib.util
import re
import shlex
from typing import TYPE_CHECKING

import click
import pytest

from batu_geo.cli import cli
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

TUTORIALS = [
    ("planner", "perencana"), ("map_maker", "pembuat_peta"), ("explorer", "penjelajah"),
    ("own_map", "peta_sendiri"),
]  # fmt: skip
BOTH = [("index", "index"), ("workbench", "meja_kerja"), *TUTORIALS]


@pytest.fixture(scope="module")
def site_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build", ROOT / "scripts" / "build_site.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


@pytest.mark.parametrize(
    "tag",
    [
        '<img src="https://example.org/a.png">',
        '<script src="//example.org/a.js"></script>',
        '<link rel="stylesheet" href="HTTP://example.org/a.css"/>',
        '<p style="background: url(https://example.org/a.png)">a</p>',
        '<iframe srcdoc="<p>&lt;</p><img src=&quot;https://example.org/a.png&quot;>"></iframe>',
    ],
)
def test_a_page_that_asks_another_computer_is_found(
    tag: str, tmp_path: Path, site_script: ModuleType
) -> None:
    page = tmp_path / "a.html"
    page.write_text(f'<a href="https://example.org">a link to follow</a>{tag}', encoding="utf-8")
    assert len(site_script.outside_requests(tmp_path)) == 1
    page.write_text('<a href="https://example.org">a link</a><img src="b.png">', encoding="utf-8")
    assert site_script.outside_requests(tmp_path) == []


def test_a_font_from_outside_is_found_in_a_style(tmp_path: Path, site_script: ModuleType) -> None:
    style = tmp_path / "a.css"
    style.write_text('@import "https://example.org/a.css";\n.b { src: url(//example.org/f) }')
    assert len(site_script.outside_requests(tmp_path)) == 2


def test_links_to_no_file_and_to_no_place_are_found(
    tmp_path: Path, site_script: ModuleType
) -> None:
    (tmp_path / "b.html").write_text('<h2 id="here">b</h2>', encoding="utf-8")
    (tmp_path / "a.html").write_text(
        '<a href="b.html#here">1</a><a href="b.html#gone">2</a><a href="c.html">3</a>'
        '<a href="#gone">4</a><a href="https://example.org/x">5</a><img src="d.png">',
        encoding="utf-8",
    )
    assert site_script.broken_links(tmp_path) == [
        "a.html: b.html#gone", "a.html: c.html", "a.html: #gone", "a.html: d.png",
    ]  # fmt: skip


def test_a_public_name_without_an_entry_is_found(tmp_path: Path, site_script: ModuleType) -> None:
    (tmp_path / "api.html").write_text('<dt id="batu_geo.plan">plan</dt>', encoding="utf-8")
    missing = site_script.names_without_entry(tmp_path)
    assert "batu_geo.plan" not in missing
    assert {"batu_geo.served", "batu_geo.access.gini", "batu_geo.siting.solve_mclp"} < set(missing)


@pytest.mark.parametrize(("english", "indonesian"), BOTH)
def test_both_languages_give_the_same_code_and_lead_to_each_other(
    english: str, indonesian: str
) -> None:
    pages = {
        "en": (ROOT / "docs" / "en" / f"{english}.md").read_text(encoding="utf-8"),
        "id": (ROOT / "docs" / "id" / f"{indonesian}.md").read_text(encoding="utf-8"),
    }
    assert f"(../id/{indonesian}.md)" in pages["en"]
    assert f"(../en/{english}.md)" in pages["id"]
    code = {key: re.findall(r"```\w+\n(.*?)```", text, re.DOTALL) for key, text in pages.items()}
    bare = {key: [_without_words(block) for block in blocks] for key, blocks in code.items()}
    assert bare["en"]
    assert bare["en"] == bare["id"]


def _without_words(code: str) -> str:
    """Return code without comments, texts of its language and the choice of language."""
    return re.sub(r'\s+#.*|"[^"]*"| --lang en', "", code)


@pytest.mark.parametrize("name", [f"en/{one}" for one, _ in TUTORIALS])
def test_the_command_line_understands_every_command_of_a_tutorial(name: str) -> None:
    text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    commands = re.findall(r"batu-geo (.+?)(?:`|$)", text, re.MULTILINE)
    assert commands or name.endswith("explorer")
    for command in commands:
        verb, *options = shlex.split(command)
        with click.Context(cli, info_name="batu-geo", **cli.context_settings) as parent:
            cli.get_command(parent, verb).make_context(verb, options, parent=parent)
