"""A copy of the embedded study into which an office's own list of units or buildings fits."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from batu_geo.sources.study.edit_study_file import with_entry
from batu_geo.sources.study.embedded import embedded_study

if TYPE_CHECKING:
    from pathlib import Path

NAMING_OTHERS = ("staffing", "profiles", "costs")


def office_study(folder: Path) -> Path:
    """Copy the embedded study without the tables and scenarios that name units and buildings."""
    shutil.copytree(embedded_study(), folder)
    card = folder / "study.toml"
    text = card.read_text(encoding="utf-8")
    for table in NAMING_OTHERS:
        text = with_entry(text, table, None)
        (folder / f"{table}.csv").unlink()
    card.write_text(text, encoding="utf-8")
    for scenario in (folder / "scenarios").iterdir():
        if scenario.name != "baseline.toml":
            scenario.unlink()
    return folder
