"""The town of the workbench, served."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.serving.page import Page, opened
from tests.workbench.town import write_town


@pytest.fixture(scope="session")
def town_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_town(tmp_path_factory.mktemp("served") / "study")


@pytest.fixture
def page(town_folder: Path, tmp_path: Path) -> Page:
    return opened(town_folder, tmp_path / "outputs")


@pytest.fixture(scope="session")
def still_page(town_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """Return a page on which nothing may be done."""
    return opened(town_folder, tmp_path_factory.mktemp("still") / "outputs")
