"""`batu-geo init`: a new study in a folder, ready to be filled in."""

from __future__ import annotations

import csv
import datetime as dt
import re
import shutil
from importlib.resources import files
from typing import TYPE_CHECKING

from batu_geo.domain.contracts import BUILDINGS, FACILITIES, POPULATION, VILLAGES
from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.render.table_templates import header, write_templates
from batu_geo.runs import put_new
from batu_geo.sources.desk import STUDY_FILE
from batu_geo.sources.study import embedded_study

if TYPE_CHECKING:
    from pathlib import Path

EMBEDDED_CODE = "35.79"
CODE = re.compile(r"\d\d\.\d\d")
NOTHING = '{"type": "FeatureCollection", "features": [\n]}\n'
# Settings that name places of Kota Batu mean nothing anywhere else.
PLACE_NAME = re.compile(r"\d\d\.\d\d\.\d\d\.\d{4}|^polygon|^ways", re.MULTILINE)
IGNORED = shutil.ignore_patterns(".*", "__pycache__")


def init(folder: Path, *, code: str = "", with_batu: bool = False) -> Path:
    """Make a new study.

    Parameters
    ----------
    folder
        New or empty; it appears whole or not at all.
    code
        Kemendagri code of the kabupaten or kota, ``33.07``. With that of Kota Batu,
        ``35.79``, the study begins as a copy of the embedded one.
    with_batu
        Whether to begin with that copy anyway, as an example to overwrite.

    Raises
    ------
    ScenarioError
        When the code is none.
    EnvironmentFault
        When the folder holds files already or cannot be written.
    """
    if code and not CODE.fullmatch(code):
        raise ScenarioError(Problem("BG-441", "--code", values={"value": code}))
    fill = _copied if with_batu or code == EMBEDDED_CODE else lambda aside: _empty(aside, code)

    def whole(aside: Path) -> None:
        fill(aside)
        (aside / "templates").mkdir()
        write_templates(aside / "templates")

    return put_new(folder, whole)


def _copied(aside: Path) -> None:
    """Copy the embedded study with all its files."""
    shutil.copytree(embedded_study(), aside, dirs_exist_ok=True, ignore=IGNORED,
                    copy_function=shutil.copyfile)  # fmt: skip


def _empty(aside: Path, code: str) -> None:
    words = {
        "name": f"studi-{code.replace('.', '-')}" if code else "studi-baru",
        "title": f"Kabupaten/kota {code}" if code else "Studi baru",
        "today": dt.datetime.now(dt.UTC).date().isoformat(),
    }
    for name in (STUDY_FILE, "README.md"):
        text = _starter(name)
        for key, value in words.items():
            text = text.replace(f"{{{key}}}", value)
        (aside / name).write_text(text, encoding="utf-8", newline="\n")
    with (aside / "population.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(header(POPULATION))
    for contract in (VILLAGES, FACILITIES, BUILDINGS):
        path = aside / f"{contract.table}.geojson"
        path.write_text(NOTHING, encoding="utf-8", newline="\n")
    (aside / "scenarios").mkdir()
    for path in sorted((embedded_study() / "scenarios").glob("*.toml")):
        if not PLACE_NAME.search(path.read_text(encoding="utf-8")):
            shutil.copyfile(path, aside / "scenarios" / path.name)


def _starter(name: str) -> str:
    return files("batu_geo.pipeline").joinpath("starter", name).read_text(encoding="utf-8")
