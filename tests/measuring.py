"""Branch coverage is measured where it counts: watching every line doubles what Python takes.

All tests are measured but the slow ones of the files below: their lines are run by others, which
the floors of `scripts/coverage_floors.py` hold. A new file is measured.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

    from coverage import Coverage

TESTS = Path(__file__).parent
UNMEASURED = frozenset({
    "access/test_competing_choice.py", "access/test_place_seconds.py", "access/test_pysal_access.py",
    "browser/test_every_page.py", "browser/test_explorer.py", "browser/test_lost_people.py",
    "browser/test_map.py", "browser/test_page_use.py", "browser/test_question_maps.py",
    "network/test_minutes_of_an_extract.py", "network/test_sparse_times.py",
    "properties/test_siting_laws.py", "properties/test_travel_laws.py",
    "render/test_catalogue.py", "render/test_official_words.py", "siting/test_kept_optima.py",
    "siting/test_sparse_objectives.py", "siting/test_spopt.py", "sources/test_tag_use.py",
    "test_bring_your_own_city.py", "test_corruption.py", "test_docs.py", "test_drawn_maps.py",
    "test_drawn_towns.py", "test_environment.py", "test_extreme_studies.py",
    "test_extreme_towns.py", "test_foreign_content.py", "test_hidden_counts.py",
    "test_kills.py", "test_law_of_roads.py", "test_many_candidates.py", "test_notebooks.py",
    "test_other_country.py", "test_own_map.py", "test_personal_data.py", "test_plain_words.py",
    "test_real_inputs.py", "test_terminal_width.py", "test_windows.py",
})  # fmt: skip


class Measuring:
    """Stops coverage before a test that is not measured, and starts it before one that is."""

    stopped: Coverage | None = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Stop or start before the fixtures of the test are made."""
        if is_measured(item):
            self.go_on()
        elif self.stopped is None and "coverage" in sys.modules:
            self.stopped = sys.modules["coverage"].Coverage.current()
            if self.stopped is not None:
                self.stopped.stop()
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Leave it as pytest-cov started it."""
        self.go_on()

    def go_on(self) -> None:
        """Start what was stopped."""
        if self.stopped is not None:
            self.stopped.start()
            self.stopped = None


def is_measured(item: pytest.Item) -> bool:
    """Return whether the lines that a test runs are counted."""
    if not item.get_closest_marker("slow") or not item.path.is_relative_to(TESTS):
        return True
    return item.path.relative_to(TESTS).as_posix() not in UNMEASURED
