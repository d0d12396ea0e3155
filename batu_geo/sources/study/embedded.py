"""The study that comes with the package."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def embedded_study() -> Path:
    """Return the folder of the study that comes with the package."""
    installed = Path(str(files("batu_geo"))) / "study"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[3] / "data"
