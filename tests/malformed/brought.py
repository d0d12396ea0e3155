"""Every malformed input of the corpus as what `import` may be told it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batu_geo.sources.cells.header_rows import TABLE_SUFFIXES
from batu_geo.sources.geometry.vector_layers import MAP_SUFFIXES
from tests.malformed.cases import every_case
from tests.malformed.office import office_cases
from tests.malformed.outside import outside_cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.malformed.cases import Case

TABLES = ("villages", "population", "facilities", "buildings", "indicators", "staffing")
OF_MAPS = ("villages", "facilities")


def put(folder: Path, cases: Iterable[Case]) -> Iterator[tuple[str, Path, str]]:
    """Write each case into a folder of its own; yield name, path and table."""
    for number, case in enumerate(cases):
        path = folder / str(number) / case.file
        path.parent.mkdir(parents=True)
        path.write_bytes(case.content)
        yield case.name, path, case.table


def own_imports(folder: Path) -> Iterator[tuple[str, Path, str]]:
    """Yield the own files of the corpus, each as all it may be imported as."""
    yield from _as_imports(put(folder / "own", every_case()))


def office_imports(folder: Path) -> Iterator[tuple[str, Path, str]]:
    """Yield the files that only `import` takes."""
    yield from put(folder / "office", office_cases())


def outside_imports(folder: Path) -> Iterator[tuple[str, Path, str]]:
    """Yield the files of others, each as all it may be imported as."""
    copies = folder / "outside"
    copies.mkdir()
    yield from _as_imports(outside_cases(copies))


def _as_imports(files: Iterable[tuple[str, Path, str]]) -> Iterator[tuple[str, Path, str]]:
    for name, path, table in files:
        for target in _tables_of(path, table):
            yield f"{name}, as {target}", path, target


def _tables_of(path: Path, table: str) -> Iterator[str]:
    """Yield the table a file is for if there is a way to import it, and what else it may be."""
    suffix = path.suffix.lower()
    if suffix in MAP_SUFFIXES:
        yield from dict.fromkeys((*OF_MAPS, table if table == "buildings" else OF_MAPS[0]))
        return
    yield table if table in TABLES else "population"
    if suffix in TABLE_SUFFIXES:
        yield "kib"
