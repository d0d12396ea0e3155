"""Read a study for a verb: from then on every word is that of its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.render.text.catalogue import say_as
from batu_geo.sources.study.load_study import load_study

if TYPE_CHECKING:
    from pathlib import Path

    from batu_geo.planning.study import Study


def read_study(data: Path | str | None = None, *, cache: Path | None = None) -> Study:
    """Return a study as `load_study` does; levels, owner and budget are said as it says them.

    >>> read_study().title
    'Kota Batu'
    """
    study = load_study(data, cache=cache)
    say_as(study.place)
    return study
