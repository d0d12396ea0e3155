"""Files of the package that pages carry in themselves."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from batu_geo.domain.errors import EnvironmentFault, Problem


@cache
def asset(name: str) -> str:
    """Return a file of the package that every page carries in itself."""
    try:
        return files("batu_geo.render.web").joinpath("assets", name).read_text(encoding="utf-8")
    except OSError as error:
        raise EnvironmentFault(Problem("BG-402", values={"name": name})) from error


@cache
def scripts_of(page: str) -> tuple[str, ...]:
    """Return the names of the scripts that belong to one page alone, in their order."""
    names = (part.name for part in files("batu_geo.render.web").joinpath("assets").iterdir())
    return tuple(sorted(name for name in names if name.startswith(page) and name.endswith(".js")))
