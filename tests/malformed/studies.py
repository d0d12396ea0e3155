"""Whole studies whose card or folder tries to lead elsewhere (4.4 to 4.6)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from batu_geo.sources.study.embedded import embedded_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATHS = {
    "parent folder": "../penduduk.csv",
    "many parents": "../../../../../../etc/passwd",
    "absolute": "/etc/passwd",
    "absolute with a suffix": "/etc/x.csv",
    "address": "http://127.0.0.1:9/p.csv",
    "address with capitals": "HTTPS://127.0.0.1:9/p.csv",
    "file address": "file:///etc/passwd",
    "address after a parent": "../x://p.csv",
    "vsicurl": "/vsicurl/http://127.0.0.1:9/p.csv",
    "vsizip": "/vsizip/p.zip/p.csv",
    "network share": "\\\\\\\\127.0.0.1\\\\p.csv",
    "NUL": "p\\u0000.csv",
    "too long": "p" * 5000 + ".csv",
    "empty": "",
    "the folder itself": ".",
    "home": "~/p.csv",
    "a device": "/dev/zero",
    "control characters": "p\\u001b[2J.csv",
}


def study_cases(folder: Path) -> Iterator[tuple[str, Path, str]]:
    """Yield name and folder of each study, and the code it must end with."""
    for name, path in PATHS.items():
        study = _copy(folder, f"path-{name}")
        _card(study, 'path = "population.csv"', f'path = "{path}"')
        yield f"path: {name}", study, ""
    for name, spoil in SPOILT.items():
        study = _copy(folder, f"study-{name}")
        spoil(study)
        yield f"study: {name}", study, ""


def _copy(folder: Path, name: str) -> Path:
    safe = "".join(c if c.isalnum() else "-" for c in name)
    return Path(shutil.copytree(embedded_study(), folder / safe))


def _card(study: Path, old: str, new: str) -> None:
    text = (study / "study.toml").read_text(encoding="utf-8")
    assert old in text
    (study / "study.toml").write_text(text.replace(old, new, 1), encoding="utf-8")


def _instead(make: Callable[[Path], object]) -> Callable[[Path], None]:
    """Put something else where the population stands."""

    def spoil(study: Path) -> None:
        path = study / "population.csv"
        path.unlink()
        make(path)

    return spoil


def _sealed(study: Path) -> None:
    _card(study, 'path = "population.csv"', f'path = "population.csv"\nsha256 = "{"0" * 64}"')


SPOILT: dict[str, Callable[[Path], None]] = {
    "link to another file": _instead(lambda p: p.symlink_to("/etc/passwd")),
    "link to a parent": _instead(lambda p: p.symlink_to("../../x.csv")),
    "loop of links": _instead(lambda p: p.symlink_to(p)),
    "folder for a file": _instead(lambda p: p.mkdir()),
    "pipe for a file": _instead(os.mkfifo),
    "missing file": lambda s: (s / "population.csv").unlink(),
    "another fingerprint": _sealed,
    "fingerprint of letters": lambda s: _card(
        s, 'path = "population.csv"', 'path = "population.csv"\nsha256 = "x"'
    ),
    "projection in degrees": lambda s: _card(s, "EPSG:32749", "EPSG:4326"),
    "projection of another zone": lambda s: _card(s, "EPSG:32749", "EPSG:32731"),
    "projection of the north": lambda s: _card(s, "EPSG:32749", "EPSG:32649"),
    "projection of no zone": lambda s: _card(s, "EPSG:32749", "EPSG:32799"),
    "projection as a file": lambda s: _card(s, "EPSG:32749", "/etc/passwd"),
    "unknown key": lambda s: _card(s, "licence", "license"),
    "unknown table": lambda s: _card(s, "[population]", "[populasi]"),
    "name with a path": lambda s: _card(s, '"kota-batu"', '"../kota"'),
    "wrong count": lambda s: _card(s, "villages_expected = 24", "villages_expected = 23"),
    "no card": lambda s: (s / "study.toml").unlink(),
    "card as a folder": lambda s: ((s / "study.toml").unlink(), (s / "study.toml").mkdir()),
    "empty card": lambda s: (s / "study.toml").write_text(""),
    "card of another encoding": lambda s: (s / "study.toml").write_bytes(b"title = '\xe9'"),
    "three faults in three files": lambda s: [
        (s / name).write_text("x") for name in ("population.csv", "indicators.csv", "profiles.csv")
    ],
}
