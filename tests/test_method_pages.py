"""The method pages name functions that exist, and every public measure has its place on one."""

from __future__ import annotations

import importlib
import inspect
import re

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

PAGES = {
    page.name: page.read_text(encoding="utf-8")
    for page in sorted((ROOT / "docs" / "methods").glob("*.md"))
}
LAYERS = "access|siting|domain|network|sources"
NAMED = re.compile(
    rf"`((?:{LAYERS})(?:\.(?:need|buildings|models|tables))?\.\w+)\.(\w+)(?:\.\w+)?`"
)
DESCRIBED = (
    "access.decay", "access.disclosure", "access.equity", "access.floating_catchment",
    "access.referral", "access.staffing", "siting.buildings.village_readiness",
    "siting.buildings.actions",
)  # fmt: skip
HELPERS = {"hours_table", "work_areas", "staffed_hours", "shift_hours"}


@pytest.mark.parametrize("page", PAGES)
def test_every_function_a_page_names_exists(page: str) -> None:
    for module, name in NAMED.findall(PAGES[page]):
        assert hasattr(importlib.import_module(f"batu_geo.{module}"), name), f"{module}.{name}"


@pytest.mark.parametrize("module", DESCRIBED)
def test_every_public_function_is_on_a_page(module: str) -> None:
    found = importlib.import_module(f"batu_geo.{module}")
    public = {
        name
        for name, thing in inspect.getmembers(found, inspect.isfunction)
        if thing.__module__ == found.__name__ and not name.startswith("_")
    }
    named = {n for text in PAGES.values() for where, n in NAMED.findall(text) if where == module}
    assert public - HELPERS == named - HELPERS


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_where_its_method_ends(page: str) -> None:
    assert re.search(r"^## (Limits|What does not hold)$", PAGES[page], re.MULTILINE)
