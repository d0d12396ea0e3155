"""Text from data shows as itself in HTML, Jinja and JavaScript."""

from __future__ import annotations

import html
import json

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batu_geo.render.text.escaping import escape_json, escape_text
from batu_geo.render.web.offline import OUTSIDE
from tests.hostile import NAMES


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_show_as_themselves(name: str) -> None:
    assert html.unescape(escape_text(name)) == name


@pytest.mark.slow
@given(st.text())
def test_nothing_is_left_that_any_layer_would_read(text: str) -> None:
    safe = escape_text(text)
    assert not set(safe) & set("<>\"'\\`${}")
    assert html.unescape(safe) == text or "&" in text
    assert jinja2.Template(safe, keep_trailing_newline=True, newline_sequence="\n")


@given(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])))
@pytest.mark.slow
def test_two_rounds_of_templates_change_nothing(text: str) -> None:
    """Folium renders what it has rendered once more."""
    safe = escape_text(text)
    once = jinja2.Template(safe).render()
    assert jinja2.Template(once).render() == safe
    assert json.loads(json.dumps(safe)) == safe


def test_nothing_becomes_nothing() -> None:
    assert escape_text(None) == ""
    assert escape_text(12.5) == "12.5"


@given(st.text())
def test_no_text_names_an_address_for_the_page_to_ask(text: str) -> None:
    for safe in (escape_text(f"src='//{text}' url({text}"), escape_json([f"href=//{text}"])):
        assert not OUTSIDE.search(safe)


@given(st.recursive(st.text() | st.integers() | st.booleans() | st.none(), st.lists))
@pytest.mark.slow
def test_json_in_a_page_comes_back_and_ends_nothing(content: object) -> None:
    safe = escape_json(content)
    assert not set(safe) & set("<>&=(")
    assert json.loads(safe) == content


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_come_back_from_json(name: str) -> None:
    assert json.loads(escape_json({name: name})) == {name: name}
    assert "</" not in escape_json(name)
