"""A study as a value."""

from __future__ import annotations

import pytest

from batu_geo.planning.study import Study
from tests.planning.street import study


@pytest.fixture(scope="module")
def street() -> Study:
    return study({"u0": ("v0", 0)}, inputs={"roads": {"path": "a.pbf", "sha256": "12ab"}})


def test_hashes_are_those_of_the_files(street: Study) -> None:
    assert street.hashes == {"roads": "12ab"}


def test_a_removed_method_names_the_function_that_took_its_place(street: Study) -> None:
    with pytest.raises(AttributeError, match=r"removed .* use batu_geo\.load_scenario"):
        street.scenario  # noqa: B018


def test_an_attribute_that_never_was_is_missing_as_usual(street: Study) -> None:
    with pytest.raises(AttributeError, match="'Study' object has no attribute 'scenarios'"):
        street.scenarios  # noqa: B018
    assert not hasattr(street, "scenarios")
