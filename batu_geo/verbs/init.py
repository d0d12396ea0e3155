"""`batu-geo init`: a new study folder with `study.toml`, empty tables and scenarios."""

from __future__ import annotations

import csv
import datetime as dt
import re
import shutil
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING

from batu_geo.domain.contracts import BUILDINGS, FACILITIES, POPULATION, VILLAGES
from batu_geo.domain.errors import Problem, ScenarioError
from batu_geo.render.files.table_templates import header, write_templates
from batu_geo.render.text.words import word
from batu_geo.sources.files.opening import open_input
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.scenarios import read_scenario
from batu_geo.sources.study.study_files import STUDY_FILE, Input, StudyFiles
from batu_geo.sources.tables.area_codes import AREA_CODES, read_area_codes
from batu_geo.writing import put_new

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from batu_geo.domain.errors import Language
    from batu_geo.sources.tables.area_codes import AreaCodes

EMBEDDED_CODE = "35.79"
CODE = re.compile(r"\d\d(\.\d\d){0,2}")
NOTHING = '{"type": "FeatureCollection", "features": [\n]}\n'
SCENARIOS = ("baseline", "paling-adil", "satu-per-desa", "terbaik")
MOST_NEAR = 20
IGNORED = shutil.ignore_patterns(".*", "__pycache__")


def init(
    folder: Path,
    *,
    code: str = "",
    with_batu: bool = False,
    area_codes: Path | None = None,
    is_empty: bool = False,
    language: Language = "id",
) -> Path:
    """Make a new study.

    Parameters
    ----------
    folder
        New or empty; its files appear all of them or none.
    code
        Kemendagri code of the kabupaten or kota, ``33.07``, of a kecamatan or a province:
        imports are cut to it. With ``35.79``, Kota Batu, the study begins as a copy of ours.
    with_batu
        Whether to begin with that copy anyway, as an example to overwrite.
    area_codes
        CSV file of area codes and names, as Kemendagri or BPS list them: what it says of the code,
        of what that lies in and of what lies in it is kept in the study.
    is_empty, language
        Whether it begins without data also for Kota Batu; of its README.

    Raises
    ------
    ScenarioError
        When the code is none, or not in the list.
    SourceError, DataError, EnvironmentFault
        When the list cannot be read, or the folder has files or cannot be written.
    """
    if code and not CODE.fullmatch(code):
        raise ScenarioError(Problem("BG-441", "--code", values={"value": code}))
    listed = _listed(area_codes, code) if area_codes else None

    def whole(aside: Path) -> None:
        if (with_batu or code == EMBEDDED_CODE) and not is_empty:
            _copied(aside)
        else:
            _empty(aside, code, language, listed.names[code] if listed else "")
        if listed:
            (aside / AREA_CODES).write_bytes(listed.content())
        _write(aside / "README.md", _readme(aside, language))
        (aside / "templates").mkdir()
        write_templates(aside / "templates")

    return put_new(folder, whole)


def _listed(file: Path, code: str) -> AreaCodes:
    """Return what a list of area codes says of the area of a study."""
    opened = open_input(file, name=str(file), table="area_codes", suffixes=(".csv",))
    codes = read_area_codes(opened)[0]
    if code not in codes.names:
        parent = code.rpartition(".")[0]
        near = [c for c in codes.names if c.rpartition(".")[0] == parent]
        found = ", ".join(f"{c} {codes.names[c]}" for c in near[:MOST_NEAR]) or "-"
        raise ScenarioError(Problem("BG-627", str(file), values={"value": code, "found": found}))
    return codes.part(code)


def _copied(aside: Path) -> None:
    """Copy the embedded study with all its files."""
    shutil.copytree(embedded_study(), aside, dirs_exist_ok=True, ignore=IGNORED,
                    copy_function=shutil.copyfile)  # fmt: skip


def _empty(aside: Path, code: str, language: Language, title: str) -> None:
    today = dt.datetime.now(dt.UTC).date()
    words = {
        "code": code,
        "name": f"studi-{code.replace('.', '-')}" if code else "studi-baru",
        "title": title or word("init_title_of" if code else "init_title", language, code=code),
        "today": today.isoformat(),
        "season": _season_of(today.month),
    }
    (aside / "scenarios").mkdir()
    for name in (STUDY_FILE, *(f"scenarios/{scenario}.toml" for scenario in SCENARIOS)):
        _write(aside / name, _filled(name, words))
    with (aside / "population.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(header(POPULATION))
    for contract in (VILLAGES, FACILITIES, BUILDINGS):
        _write(aside / f"{contract.table}.geojson", NOTHING)


def _season_of(month: int) -> str:
    """Return the season of a month by the starter, so that a new study contradicts no date."""
    starter = tomllib.loads(_filled("scenarios/baseline.toml", {}))
    seasons: dict[str, list[int]] = starter["travel"]["seasons"]
    return next(name for name, months in seasons.items() if month in months)


def _readme(aside: Path, language: Language) -> str:
    """Return the README: the files and scenarios of the study and the next commands."""
    card = StudyFiles.at(aside).card
    entries = [(name, entry) for name, entry in card if isinstance(entry, Input)]
    scenarios = [read_scenario(path) for path in sorted((aside / "scenarios").glob("*.toml"))]
    titles = [(s.name, s.title_en if language == "en" else s.title) for s in scenarios]
    words = {
        "title": card.title,
        "files": "\n".join(f"| {word(f'table_{t}', language)} | `{e.path}` |" for t, e in entries),
        "scenarios": "\n".join(f"- `{name}`: {title}" for name, title in titles),
    }
    return _filled(f"README.{language}.md", words)


def _filled(name: str, words: Mapping[str, str]) -> str:
    """Return a file of the starter study with its placeholders replaced."""
    starter = files("batu_geo.verbs").joinpath("starter", *name.split("/"))
    text = starter.read_text(encoding="utf-8")
    for key, value in words.items():
        text = text.replace(f"{{{key}}}", value)
    return text


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
