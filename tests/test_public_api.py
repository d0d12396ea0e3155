"""The public names are few, documented, and load without side effects."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib import import_module

import pytest

import batu_geo
import batu_geo.access
import batu_geo.siting


def test_the_names_are_sorted_and_load() -> None:
    assert batu_geo.__all__ == sorted(batu_geo.__all__)
    assert set(batu_geo.__all__) == set(batu_geo._HOMES)
    assert len(batu_geo.__all__) <= 45
    assert dir(batu_geo) == batu_geo.__all__


ROOMS = (batu_geo, batu_geo.access, batu_geo.siting)


@pytest.mark.parametrize(
    ("room", "name"), [(room.__name__, name) for room in ROOMS for name in room.__all__]
)
def test_every_name_is_documented_and_has_an_example(room: str, name: str) -> None:
    """Examples run as doctests."""
    assert ">>>" in inspect.getdoc(getattr(sys.modules[room], name))


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="frobnicate"):
        batu_geo.frobnicate  # noqa: B018 - reading it is the test


RENAMED = {
    "HeldRun": "WhatIf",
    "hold": "what_if",
    "moved": "move_unit",
    "place": "solve_placement",
    "with_site": "add_unit",
    "without": "close_unit",
}


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_a_name_of_the_first_version_says_the_new_one(old: str, new: str) -> None:
    with pytest.raises(AttributeError, match=rf"{old} was renamed .*: use batu_geo\.{new}$"):
        getattr(batu_geo, old)
    assert new in batu_geo.__all__
    assert not hasattr(batu_geo, old)


@pytest.mark.parametrize(
    "name", ["candidate_sites", "criterion_values", "health_office_tables", "rank_gaps",
             "rank_sites", "appraise"]
)  # fmt: skip
def test_a_name_that_moved_says_its_room(name: str) -> None:
    with pytest.raises(AttributeError, match=rf"batu_geo\.{name} is batu_geo\.") as said:
        getattr(batu_geo, name)
    module, _, moved = str(said.value).split()[2].rpartition(".")
    assert callable(getattr(import_module(module), moved))


def test_the_scenario_of_a_study_says_the_new_function(study: batu_geo.Study) -> None:
    with pytest.raises(AttributeError, match=r"use batu_geo\.load_scenario\(name, study=study\)"):
        study.scenario("baseline")
    with pytest.raises(AttributeError, match="no attribute 'frobnicate'"):
        study.frobnicate  # noqa: B018 - reading it is the test
    assert not hasattr(study, "scenario")


def test_at_most_two_arguments_go_by_position() -> None:
    for name in batu_geo.__all__:
        thing = getattr(batu_geo, name)
        if inspect.isfunction(thing):
            kinds = [p.kind for p in inspect.signature(thing).parameters.values()]
            assert kinds.count(inspect.Parameter.POSITIONAL_OR_KEYWORD) <= 2, name


QUIET = """
import sys, logging, warnings, os, locale
filters = list(warnings.filters)
before = (logging.root.level, list(logging.root.handlers),
          dict(os.environ), os.getcwd())
import batu_geo, batu_geo.cli
assert filters == list(warnings.filters)
heavy = {"osmnx", "folium", "geopandas", "pandas", "scipy", "numpy", "matplotlib", "osmium"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
import batu_geo.verbs.plan
assert "osmnx" not in sys.modules and "matplotlib" not in sys.modules
assert before == (logging.root.level, list(logging.root.handlers), dict(os.environ),
                      os.getcwd())
"""


@pytest.mark.slow
def test_importing_is_quiet_and_light(tmp_path: object) -> None:
    done = subprocess.run(
        [sys.executable, "-c", QUIET], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []
