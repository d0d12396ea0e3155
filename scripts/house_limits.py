"""Measure the package against the limits of the house: sizes, names, waivers, import cycles.

Run as ``python scripts/house_limits.py``: prints each measure with its limit and the
worst places, and exits 1 if a limit is broken.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import grimp
import networkx as nx

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "batu_geo"
MODULE_LINES, FUNCTION_LINES, FOLDER_MODULES = 350, 50, 20
WAIVER = re.compile(r"#\s*noqa:[^#]*\bPLR0913\b")


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: its value, its limit, and the places beyond the limit."""

    name: str
    value: int
    limit: int
    worst: str
    beyond: tuple[str, ...] = ()

    @property
    def is_kept(self) -> bool:
        """Say whether the value is within the limit."""
        return self.value <= self.limit


def largest(name: str, sizes: dict[str, int], limit: int) -> Measure:
    """Return the largest of many sizes, with every place beyond the limit."""
    place = max(sizes, key=lambda key: sizes[key])
    beyond = sorted((key for key in sizes if sizes[key] > limit), key=lambda key: -sizes[key])
    shown = tuple(f"{key}: {sizes[key]}" for key in beyond)
    return Measure(name, sizes[place], limit, place, shown)


def count(name: str, places: list[str]) -> Measure:
    """Return how many places break a rule that allows none."""
    return Measure(name, len(places), 0, "", tuple(places))


def modules(package: Path) -> list[Path]:
    """Return every Python file of a package in order of its path."""
    return sorted(package.rglob("*.py"))


def function_lines(package: Path) -> dict[str, int]:
    """Return the lines of each function, from `def` to its end, docstring included."""
    lines = {}
    for path in modules(package):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                place = f"{path.relative_to(package)}:{node.lineno} {node.name}"
                lines[place] = node.end_lineno - node.lineno + 1
    return lines


def names_used_twice(package: Path) -> list[str]:
    """Return each file name that two modules or more have; `__init__.py` names its folder."""
    rooms: dict[str, list[str]] = {}
    for path in modules(package):
        if path.stem != "__init__":
            rooms.setdefault(path.stem, []).append(str(path.parent.relative_to(package)))
    return [f"{name}: {', '.join(of)}" for name, of in sorted(rooms.items()) if len(of) > 1]


def waivers(package: Path) -> list[str]:
    """Return each line that waives the limit of arguments."""
    return [
        f"{path.relative_to(package)}:{number}"
        for path in modules(package)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if WAIVER.search(line)
    ]


def import_cycles(package: str) -> list[str]:
    """Return each group of modules that import one another, type and lazy imports counted."""
    graph = grimp.build_graph(package, exclude_type_checking_imports=False, cache_dir=None)
    arrows = nx.DiGraph()
    for module in sorted(graph.modules):
        imported = graph.find_modules_directly_imported_by(module)
        arrows.add_edges_from((module, other) for other in imported)
    groups = nx.strongly_connected_components(arrows)
    return sorted(" <> ".join(sorted(group)) for group in groups if len(group) > 1)


def measures(package: Path) -> list[Measure]:
    """Return every measure of a package."""
    place = package.parent
    sizes = {
        str(path.relative_to(place)): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules(package)
    }
    folders = Counter(
        str(path.parent.relative_to(place)) for path in modules(package) if path.stem != "__init__"
    )
    return [
        largest("largest module, lines", sizes, MODULE_LINES),
        largest("longest function, lines", function_lines(package), FUNCTION_LINES),
        largest("modules in one folder", dict(folders), FOLDER_MODULES),
        count("module names used twice", names_used_twice(package)),
        count("waivers of PLR0913", waivers(package)),
        count("import cycles", import_cycles(package.name)),
    ]


def tests_to_package() -> str:
    """Return the lines of the tests, those of the package, and their ratio."""
    tests, package = (
        sum(len(path.read_text(encoding="utf-8").splitlines()) for path in modules(folder))
        for folder in (ROOT / "tests", PACKAGE)
    )
    return f"{tests} : {package} = {tests / package:.2f}"


def main() -> int:
    """Print the measures and return 1 if one is beyond its limit."""
    found = measures(PACKAGE)
    for measure in found:
        mark = "ok" if measure.is_kept else "BEYOND"
        print(f"{measure.name:<26}{measure.value:>5} of {measure.limit:<5}{mark:<8}{measure.worst}")
        for place in measure.beyond:
            print(f"    {place}")
    print(f"tests : package, lines    {tests_to_package()}")
    return 0 if all(measure.is_kept for measure in found) else 1


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
