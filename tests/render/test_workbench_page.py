"""The page of `batu-geo open` without a browser: its words, its policy, its languages."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from batu_geo.domain.site_choice import ModelName
from batu_geo.render.text.catalogue import catalogue, labels
from batu_geo.render.web.workbench_page import words_of_page, workbench_page
from tests.words_of_workbench import ASSETS, said_by_workbench

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTS = sorted(ASSETS.glob("workbench*.js"))
# What turns text from data into markup or code, or needs a policy that allows it.
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    r"|setAttribute\(\"style|setAttribute\(\"on"
)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_is_whole_in_its_language_and_has_nothing_inline(language) -> None:
    page = workbench_page(language)
    markup, _, given = page.partition('<script id="given" type="application/json">')
    given = json.loads(given.partition("</script>")[0])
    assert f'<html lang="{language}">' in markup
    assert "$" not in markup
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|https?:|//", markup)
    for script in re.findall(r"<script([^>]*)>", markup):
        assert 'src="/assets/' in script
    assert given["language"] == language
    assert given["words"] == {key: labels()[key][language] for key in words_of_page()}
    for symbol in given["symbols"].values():
        assert "http://www.w3.org/2000/svg" in symbol
        assert 'aria-hidden="true"' in symbol


def test_every_word_of_the_page_is_in_the_catalogue_and_said() -> None:
    known = {f"bench_{name}" for name in catalogue()["bench"]}
    assert said_by_workbench() == known
    assert {f"bench_model_{name}" for name in ModelName.__args__} <= known


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_make_no_markup_of_text_and_each_is_easily_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not FORBIDDEN.search(text)
    assert len(text.splitlines()) <= 350
    assert text.startswith("//")


def test_the_forbidden_are_found() -> None:
    for bad in ("a.innerHTML = b", "eval(b)", 'a.setAttribute("style", b)'):
        assert FORBIDDEN.search(bad)
