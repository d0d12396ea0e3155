"""Whether the embedded study has one answer, byte by byte, on other processors and Pythons.

`plan`, `compare`, `maps` and `brief` run several times, each time on another machine as far as
one machine can play another: with one BLAS thread and with two, without the vector units of the
processor, and by other Pythons.

    python scripts/same_bytes.py                           # this Python alone
    python scripts/same_bytes.py --python .venv312/bin/python --python .venv313/bin/python
    python scripts/same_bytes.py --values --python .lowest/bin/python   # other versions

By bytes, the SHA-256 of every file must be the same, the versions of libraries that a manifest
names left out. With `--values`, for other versions of the libraries: every cell of a CSV or a
workbook, every GeoJSON and JSON, and every word and number of pages, slides and documents (their
text; of PDF by `pdftotext`). Every Python needs the package's metadata (`pip install -e .`).
"""

from __future__ import annotations

import argparse
import hashlib
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
VERBS = (["plan"], ["compare", "baseline", "enam-unit"], ["maps"], ["brief"])
# What a numpy looks for at its start, so that it can be told not to.
FEATURES = """
import numpy._core._multiarray_umath as core
print(*(name for name in core.__cpu_dispatch__ if core.__cpu_features__[name]))
"""
ABOUT = """
import platform
from importlib.metadata import version
print(platform.python_version(), *(f"{n} {version(n)}" for n in
      ("numpy", "scipy", "pandas", "shapely", "pyproj", "typst")), sep=", ")
"""
PLAIN_CORE = "Nehalem"  # an OpenBLAS without AVX
OF_MACHINE = ("NPY_DISABLE_CPU_FEATURES", "OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS")
LIBRARIES = "libraries"
SCRIPTS = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
MOST_NAMED = 20


@dataclass(frozen=True)
class Machine:
    """A Python and the environment it runs in."""

    name: str
    python: str
    environment: dict[str, str]


def machines(pythons: list[str]) -> Iterator[Machine]:
    """Yield this Python with one and two threads and without vector units, then the others."""
    yield Machine("as it is, 1 BLAS thread", sys.executable, {"OPENBLAS_NUM_THREADS": "1"})
    yield Machine("as it is, 2 BLAS threads", sys.executable, {"OPENBLAS_NUM_THREADS": "2"})
    plain = {"NPY_DISABLE_CPU_FEATURES": said(sys.executable, FEATURES),
             "OPENBLAS_CORETYPE": PLAIN_CORE, "OPENBLAS_NUM_THREADS": "1"}  # fmt: skip
    yield Machine(f"without {plain['NPY_DISABLE_CPU_FEATURES']}", sys.executable, plain)
    for python in pythons:
        yield Machine(f"Python {python}", python, {"OPENBLAS_NUM_THREADS": "1"})


def said(python: str, script: str) -> str:
    """Return what a script prints on one line."""
    return run([python, "-c", script], dict(os.environ)).decode().strip()


def run(command: list[str], environment: dict[str, str], content: bytes = b"") -> bytes:
    """Return what a program prints; end with its complaint where it fails."""
    done = subprocess.run(  # noqa: S603 - programs named by whoever runs this
        command, env=environment, input=content, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def made(machine: Machine, out: Path) -> Path:
    """Run every verb on the embedded study and return the folder of what it wrote."""
    clean = {key: value for key, value in os.environ.items() if key not in OF_MACHINE}
    environment = clean | machine.environment | {"PYTHONPATH": str(ROOT)}
    for verb in VERBS:
        command = [machine.python, "-m", "batu_geo", *verb, "--data", str(ROOT / "data"),
                   "--out", str(out)]  # fmt: skip
        if verb != ["compare", "baseline", "enam-unit"]:
            command.append("-q")
        run(command, environment)
    return out


def files_of(folder: Path) -> dict[str, Path]:
    """Return every file of the runs by its path, caches and locks left out."""
    paths = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {name: path for name, path in sorted(paths.items()) if not name.startswith(".")}


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file; of a manifest without the versions and hashes it names."""
    content = path.read_bytes()
    if path.name == "manifest.json":
        content = json.dumps(manifest_of(content), sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()


def manifest_of(content: bytes) -> dict[str, Any]:
    """Return a manifest without the versions of libraries, and the hashes of what is beside it."""
    known = json.loads(content)
    return {key: value for key, value in known.items() if key not in (LIBRARIES, "outputs")}


def values_of(path: Path) -> Any:
    """Return what a reader finds in a file: cells, numbers and words."""
    content = path.read_bytes()
    if path.name == "manifest.json":
        return manifest_of(content)
    read = READERS.get(path.suffix)
    return None if read is None else read(content)


def book_cells(content: bytes) -> list[Any]:
    """Return every cell of every sheet of a workbook."""
    book = load_workbook(io.BytesIO(content))
    return [(sheet.title, [[cell.value for cell in row] for row in sheet]) for sheet in book]


def slide_words(content: bytes) -> list[str]:
    """Return the text of every slide."""
    with zipfile.ZipFile(io.BytesIO(content)) as deck:
        names = sorted(name for name in deck.namelist() if name.startswith("ppt/slides/slide"))
        return [re.sub(TAG, "|", deck.read(name).decode()) for name in names]


def page_words(content: bytes) -> list[str]:
    """Return the words and numbers of a page, scripts left out."""
    return html.unescape(TAG.sub(" ", SCRIPTS.sub(" ", content.decode()))).split()


def pdf_words(content: bytes) -> list[str] | None:
    """Return the words and numbers of a PDF, or None where nothing here can read it."""
    program = shutil.which("pdftotext")
    if program is None:
        return None
    return sorted(run([program, "-", "-"], dict(os.environ), content).decode().split())


def csv_cells(content: bytes) -> list[str]:
    """Return the lines of a CSV."""
    return content.decode().splitlines()


READERS: dict[str, Callable[[bytes], Any]] = {
    ".csv": csv_cells, ".geojson": json.loads, ".json": json.loads, ".xlsx": book_cells,
    ".pptx": slide_words, ".html": page_words, ".pdf": pdf_words,
}  # fmt: skip


def differing(first: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Return the names whose content is not the same, or that one of the two lacks."""
    return [n for n in sorted({*first, *other}) if first.get(n, "") != other.get(n, "")]


def first_difference(one: Any, two: Any, place: str = "") -> str:
    """Return the place of the first difference of two contents, and both of them there."""
    if isinstance(one, dict) and isinstance(two, dict) and one.keys() == two.keys():
        pairs: list[tuple[Any, Any, Any]] = [(key, one[key], two[key]) for key in one]
    elif isinstance(one, (list, tuple)) and isinstance(two, (list, tuple)) and len(one) == len(two):
        pairs = [(n, a, b) for n, (a, b) in enumerate(zip(one, two, strict=True))]
    else:
        return f"{place}: {str(one)[:90]!r} / {str(two)[:90]!r}"
    return next((first_difference(a, b, f"{place}/{key}") for key, a, b in pairs if a != b), "")


def main() -> int:
    """Print the fingerprints of the first machine, and in what each other one differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", action="append", default=[], help="a further Python")
    parser.add_argument("--values", action="store_true", help="compare values, not bytes")
    parser.add_argument("--list", type=Path, help="file to write the SHA-256 of every file to")
    asked = parser.parse_args()
    all_machines = list(machines(asked.python))
    if asked.values:
        all_machines = [all_machines[0], *all_machines[3:]]
    found: list[dict[str, Any]] = []
    is_same = True
    with tempfile.TemporaryDirectory() as folder:
        for number, machine in enumerate(all_machines):
            files = files_of(made(machine, Path(folder) / str(number)))
            of_file = values_of if asked.values else fingerprint
            found.append({name: of_file(path) for name, path in files.items()})
            print(f"\n{machine.name} ({said(machine.python, ABOUT)})")
            is_same &= _told(found[0], found[-1], is_first=number == 0, is_values=asked.values)
            if number == 0 and asked.list:
                hashes = [f"{fingerprint(path)}  {name}" for name, path in files.items()]
                asked.list.write_text("\n".join(hashes) + "\n", encoding="utf-8")
    return 0 if is_same else 1


def _told(first: dict[str, Any], other: dict[str, Any], *, is_first: bool, is_values: bool) -> bool:
    """Print how the files of a machine compare with those of the first; return if they agree."""
    if is_first:
        print(f"  {len(first)} files")
        if not is_values:
            whole = hashlib.sha256(json.dumps(first, sort_keys=True).encode()).hexdigest()
            print(f"  all together {whole}")
        return True
    names = differing(first, other)
    unread = sum(value is None for value in other.values())
    print(f"  {len(other)} files, {len(names)} differ" + (f", {unread} not read" if unread else ""))
    for name in names[:MOST_NAMED]:
        place = first_difference(first.get(name), other.get(name)) if is_values else ""
        print(f"  differs: {name} {place}", flush=True)
    return not names


if __name__ == "__main__":
    sys.exit(main())
