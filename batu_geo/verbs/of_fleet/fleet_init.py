"""`batu-geo fleet init`: a folder of many regions from one file a table of all of them."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batu_geo.domain.errors import BatuGeoError, DataError, Problem, ScenarioError
from batu_geo.fleet.card import FLEET_FILE, REGIONS, TEXT
from batu_geo.fleet.split_files import Part, outlines_of, regions_in, split
from batu_geo.importing.import_table import Recognised, import_files, recognise
from batu_geo.importing.request import Request
from batu_geo.sources.files.opening import open_input
from batu_geo.sources.tables.area_codes import AREA_CODES, AreaCodes, read_area_codes
from batu_geo.verbs.init import init
from batu_geo.verbs.of_fleet import TABLES
from batu_geo.writing import put_new

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batu_geo.domain.errors import Language
    from batu_geo.sources.cells.match_columns import Match

CODE = re.compile(r"(\d\d(\.\d\d)?)?")
OF_KABUPATEN = 2


@dataclass(frozen=True, slots=True)
class FleetMade:
    """A new fleet.

    Attributes
    ----------
    folder
        Of the fleet.
    rows
        By region: how many rows of each table it has.
    notices
        Of the imports, with the region of each.
    """

    folder: Path
    rows: Mapping[str, Mapping[str, int]]
    notices: Sequence[Problem]


def fleet_init(
    folder: Path, files: Mapping[str, Path], *, code: str = "", area_codes: Path | None = None,
    confirm: Callable[[Sequence[Match], Sequence[Problem]], bool] = lambda *_: True,
    tell: Callable[[str], None] = lambda _: None, language: Language = "id",
) -> FleetMade:  # fmt: skip
    """Make a fleet; its files appear all of them or none.

    Parameters
    ----------
    folder
        New or empty.
    files
        By table, villages among them: one file of all regions.
    code
        Of a province, ``35``, or empty for every region of the files.
    area_codes
        List of area codes and names; what it names is the regions, and how they are called.
    confirm
        Called for each file with its columns and notices; on False nothing is written.
    tell
        Called with the code of each region that is begun.
    language
        Of the README of each region.

    Raises
    ------
    DataError
        With the faults of every region, each at its row of the whole file.
    """
    if not CODE.fullmatch(code):
        raise ScenarioError(Problem("BG-441", "--code", values={"value": code}))
    made: list[FleetMade] = []

    def whole(aside: Path) -> None:
        with tempfile.TemporaryDirectory() as name:
            work = _Work(aside, Path(name), code, _part_of(area_codes, code), language)
            made.append(work.made(files, confirm, tell))

    put_new(folder, whole)
    return FleetMade(folder, made[0].rows, made[0].notices)


def _part_of(file: Path | None, code: str) -> AreaCodes | None:
    if file is None:
        return None
    opened = open_input(file, name=str(file), table="area_codes", suffixes=(".csv",))
    codes = read_area_codes(opened)[0]
    if not code:
        return codes
    if code not in codes.names:
        values = {"value": code, "found": ", ".join(list(codes.names)[:20])}
        raise ScenarioError(Problem("BG-627", str(file), values=values))
    return codes.part(code)


@dataclass(frozen=True, slots=True)
class _Work:
    aside: Path
    beside: Path
    code: str
    listed: AreaCodes | None
    language: Language

    def made(
        self, files: Mapping[str, Path],
        confirm: Callable[[Sequence[Match], Sequence[Problem]], bool], tell: Callable[[str], None],
    ) -> FleetMade:  # fmt: skip
        known = self._recognised(files, confirm)
        regions, parts = self._regions(known["villages"]), dict[str, dict[str, Part]]()
        notices, outlines = list[Problem](), None
        for table in TABLES:
            if table in known:
                name = files[table].name
                parts[table], more = split(known[table], table, regions, name, outlines)
                notices += more
                outlines = outlines or outlines_of(parts["villages"])
        faults, rows = list[Problem](), dict[str, dict[str, int]]()
        for region in regions:
            tell(region)
            self._begin(region)
            own = {table: of[region] for table, of in parts.items() if region in of}
            rows[region] = {table: len(part.rows.records) for table, part in own.items()}
            if "villages" not in own:
                notices.append(Problem("BG-650", region, values={"table": "villages"}))
                continue
            try:
                notices += self._bring(region, own, files)
            except BatuGeoError as error:
                faults += [_named(p, region, own, files) for p in error.problems]
        if faults:
            raise DataError(faults)
        self._card(regions)
        return FleetMade(self.aside, rows, notices)

    def _recognised(
        self, files: Mapping[str, Path],
        confirm: Callable[[Sequence[Match], Sequence[Problem]], bool],
    ) -> dict[str, Recognised]:  # fmt: skip
        """Return what each file is taken for, agreed to."""
        study = init(self.beside / "study", is_empty=True, language=self.language)
        if self.listed:
            (study / AREA_CODES).write_bytes(self.listed.content())
        known = {}
        for table, file in files.items():
            found = recognise(Request(file, table, study))
            if not confirm(found.matches, found.notices):
                raise ScenarioError(Problem("BG-422", file.name))
            known[table] = found
        return known

    def _regions(self, villages: Recognised) -> list[str]:
        if self.listed and self.listed.system == "kemendagri":
            return [c for c in self.listed.names if self.listed.level(c) == OF_KABUPATEN]
        return [code for code in regions_in(villages) if code.startswith(self.code)]

    def _begin(self, region: str) -> None:
        """Make the empty study of a region."""
        codes = self.beside / "codes.csv"
        if self.listed and not codes.exists():
            codes.write_bytes(self.listed.content())
        is_listed = self.listed is not None and region in self.listed.names
        init(self.aside / REGIONS / region, code=region, is_empty=True,
             area_codes=codes if is_listed else None, language=self.language)  # fmt: skip

    def _bring(
        self, region: str, own: Mapping[str, Part], files: Mapping[str, Path]
    ) -> list[Problem]:
        """Import the parts of a region, and return its notices."""
        requests = []
        for table, part in own.items():
            file = self.beside / region / table / f"{files[table].stem}{part.suffix}"
            file.parent.mkdir(parents=True)
            file.write_bytes(part.content)
            about = {"origin": files[table].name, "evidence": "reported"}
            requests.append(Request(file, table, self.aside / REGIONS / region, about=about))
        done = import_files(requests, lambda *_: True)
        shutil.rmtree(self.beside / region)
        return [_named(n, region, own, files) for one in done for n in one.notices]

    def _card(self, regions: Sequence[str]) -> None:
        """Write `fleet.toml` and the scenarios of all regions."""
        scenarios = self.aside / REGIONS / regions[0] / "scenarios"
        shutil.copytree(scenarios, self.aside / "scenarios")
        title = self.listed.names.get(self.code, "") if self.listed else ""
        name = f"wilayah-{self.code.replace('.', '-')}" if self.code else "wilayah"
        words = {"name": name, "title": title or name, "code": self.code}
        text = TEXT.format(**{key: json.dumps(v, ensure_ascii=False) for key, v in words.items()})
        (self.aside / FLEET_FILE).write_text(text, encoding="utf-8", newline="\n")


def _named(
    problem: Problem, region: str, own: Mapping[str, Part], files: Mapping[str, Path]
) -> Problem:
    """Return a problem of a region at its row of the whole file."""
    for table, part in own.items():
        if problem.path == f"{files[table].stem}{part.suffix}":
            return part.in_whole(problem, region)
    return Part(b"", "", next(iter(own.values())).rows).in_whole(
        Problem(problem.code, problem.path, values=problem.values), region
    )
