"""Write how many files of each format the tests of importing read, into `docs/importing.md`.

python scripts/formats_tried.py

The tests run, and every different file is counted that became a table or the roads of a study, or
was read as such, by what it is read for and by its suffix. What stands between the two marks of
the page is replaced. Asset cards count as the buildings that they become.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import pkgutil
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import batu_geo.importing
import batu_geo.sources.roads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "importing.md"
MARKS = ("<!-- tried -->\n", "<!-- /tried -->")
TESTS = (
    "test_import_cases.py", "test_import_ages.py", "test_editions.py", "test_real_inputs.py",
    "test_importing.py", "test_kib.py",
    "test_importing_roads.py", "sources/test_ordinary_files.py",
    "sources/test_import_readers.py", "sources/test_cut_roads.py", "sources/test_road_formats.py",
    "sources/test_qgis_layers.py",
)  # fmt: skip
# Parts of road files, as they were cut.
OF_STUDIES = ("roads.gpkg", "roads.osm.pbf")
TABLES = (
    "villages",
    "population",
    "indicators",
    "facilities",
    "buildings",
    "staffing",
    "roads",
)


class Tried:
    """A plugin of pytest that notes the files that were read."""

    def __init__(self) -> None:
        self.files: dict[tuple[str, str], set[str]] = defaultdict(set)

    def pytest_sessionstart(self) -> None:
        """Listen to what ends a reading."""
        for package in (batu_geo.importing, batu_geo.sources.roads):
            for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
                importlib.import_module(module.name)
        self._listen("write_tables", lambda _, brought, *_rest: self._tables(brought))
        self._listen(
            "read_roads", lambda opened, **_rest: self._note("roads", opened.name, opened.content)
        )

    def _listen(self, name: str, note: Callable[..., None]) -> None:
        """Note the arguments of a function after each call that ends well."""
        for module in [m for n, m in sys.modules.items() if n.startswith("batu_geo")]:
            if (function := getattr(module, name, None)) is not None:
                setattr(module, name, _noted(function, note))

    def _tables(self, brought: Any) -> None:
        for request, _ in brought:
            file = request.file
            parts = sorted(file.iterdir()) if file.is_dir() else [file]
            self._note(request.table, file.name, b"".join(part.read_bytes() for part in parts))

    def _note(self, table: str, name: str, content: bytes) -> None:
        if name in OF_STUDIES:
            return
        suffix = ".osm.pbf" if name.endswith(".pbf") else Path(name).suffix.lower()
        self.files[table, suffix].add(hashlib.sha256(content).hexdigest())

    def rows(self) -> Iterator[str]:
        """Yield the lines of the table."""
        yield "| read as | different files by suffix |"
        yield "|---|---|"
        for table in TABLES:
            counts = {
                suffix: len(known) for (of, suffix), known in self.files.items() if of == table
            }
            cells = (f"`{suffix}` {counts[suffix]}" for suffix in sorted(counts))
            yield f"| {table} | {', '.join(cells)} |"


def _noted(function: Callable[..., Any], note: Callable[..., None]) -> Callable[..., Any]:
    @functools.wraps(function)
    def listening(*args: Any, **named: Any) -> Any:
        found = function(*args, **named)
        note(*args, **named)
        return found

    return listening


def main() -> int:
    """Run the tests, write the page, and end as the tests do."""
    tried = Tried()
    ended = pytest.main(["-q", *(str(ROOT / "tests" / name) for name in TESTS)], plugins=[tried])
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    table = "".join(f"{row}\n" for row in tried.rows())
    PAGE.write_text(f"{before}{MARKS[0]}{table}{MARKS[1]}{after}", encoding="utf-8")
    return int(ended)


if __name__ == "__main__":
    sys.exit(main())
