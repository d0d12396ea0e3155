"""`batu-geo check`: check a study or a file; write a map of faults or proposed repairs."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from batu_geo.checking.check_one_file import check_file
from batu_geo.checking.check_roads import audit_roads, road_audit_files, road_audit_page
from batu_geo.checking.check_study import check_study
from batu_geo.checking.repairs import propose_repairs
from batu_geo.domain.errors import EnvironmentFault, Problem, ScenarioError
from batu_geo.importing.check_import import checked_import, is_of_a_study
from batu_geo.importing.study_folder import StudyFolder
from batu_geo.render.terminal.check_report import checkup_card, checkup_report
from batu_geo.render.terminal.road_audit_report import road_audit_card, road_audit_report
from batu_geo.render.terminal.tag_table import tag_table
from batu_geo.render.text.words import number, word
from batu_geo.sources.roads.tag_use import counts_by_tag
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.study_files import STUDY_FILE
from batu_geo.writing import naming_write_errors, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from batu_geo.checking.check_roads import RoadAudit
    from batu_geo.checking.findings import CheckResult
    from batu_geo.domain.errors import Language
    from batu_geo.network.roads import RoadNetwork

PAGES = (".html", ".htm")
# How the files of a road audit begin; without findings the layer is empty.
AUDIT_STARTS = {
    ".csv": re.compile(rb"number,kind,village_name,lon,lat,"),
    ".geojson": re.compile(rb'[^\n]*\n(\n\]|\{"type": "Feature", "properties": \{"number": \d)'),
}
HTML = re.compile(rb"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Report for people, its content for JSON, and the exit code."""

    report: RenderableType
    card: dict[str, Any]
    exit_code: int


@dataclass(frozen=True, slots=True)
class Writes:
    """Files that a check writes; none by default.

    Attributes
    ----------
    map_file, fix_folder
        Paths of the map and of the folder of repairs. Beside the map of a study stands its
        road audit, as a page, CSV and GeoJSON: the same name with ``_roads``.
    is_sealed
        Whether to write the SHA-256 of every input into `study.toml`, so that an input
        changed later is refused.
    """

    map_file: Path | None = None
    fix_folder: Path | None = None
    is_sealed: bool = False


NOTHING_WRITTEN = Writes()


def run_check(
    file: Path | None = None,
    table: str | None = None,
    *,
    data: Path | None = None,
    out: Path | None = None,
    writes: Writes = NOTHING_WRITTEN,
    language: Language = "id",
) -> Answer:
    """Check a study or a file, and write a map or repairs on request.

    Parameters
    ----------
    file, table
        One file and its table; without a table the folder of a study.
    data
        Folder of the study; the embedded one by default.
    out
        Folder of runs.
    writes
        Files to write.
    language
        Language of the report.

    Raises
    ------
    ScenarioError
        When the map would overwrite a file that is no HTML page.
    """
    if writes.map_file is not None:
        _refuse_over(writes.map_file)
    if file is not None and table is not None:
        checkup = _checked(file, table, data)
    else:
        checkup = check_study(file or data, out=out)
    faults = [(f.table, f.problem, f.is_error) for f in checkup.faults]
    read = {"records": checkup.records, "inputs": checkup.shown_inputs}
    about: dict[str, Any] = {**read, "language": language}
    report: list[RenderableType] = [checkup_report(checkup.title, faults, **about)]
    card = checkup_card(checkup.title, faults, **about)
    report += _tags(checkup, language, card)
    audit = None if file and table else audit_roads(checkup)
    report += _audit_report(audit, language, card) if audit else []
    if writes.map_file is not None:
        report += _maps(checkup, audit, writes.map_file, language)
    if writes.fix_folder is not None:
        report.append(_repairs(checkup, writes.fix_folder, language, card))
    if writes.is_sealed:
        report.append(_sealed(checkup, file or data, language))
    return Answer(Group(*report), card, checkup.exit_code)


def _checked(file: Path, table: str, data: Path | None) -> CheckResult:
    """Check a file with the columns of a study as it is, any other as `import` would read it."""
    if is_of_a_study(file, table):
        return check_file(file, table, data=data)
    return checked_import(file, table, data or embedded_study())


def _tags(checkup: CheckResult, language: Language, card: dict[str, Any]) -> list[RenderableType]:
    """Return the table of the tags of the roads, and put their counts into the content."""
    roads: RoadNetwork | None = checkup.parts.get("roads")
    if roads is None or not roads.tag_counts:
        return []
    card["openstreetmap"] = counts_by_tag(roads.tag_counts)
    return [tag_table(roads.tag_counts, language)]


def _audit_report(
    audit: RoadAudit, language: Language, card: dict[str, Any]
) -> list[RenderableType]:
    """Return the report of a road audit, and add it to the JSON content."""
    about = (audit.findings, audit.missing, audit.source)
    card["road_audit"] = road_audit_card(*about)
    return [road_audit_report(*about, language)]


def _maps(
    checkup: CheckResult, audit: RoadAudit | None, path: Path, language: Language
) -> list[RenderableType]:
    """Write the map of the findings and the road audit beside it, and return where they are."""
    _write_map(checkup, path, language)
    written: list[RenderableType] = [Text(word("check_map_at", language, path=path))]
    if audit is not None and audit.findings is not None:
        beside = _write_audit(checkup, audit, path, language)
        written.append(Text(word("audit_at", language, path=beside)))
    return written


def _write_map(checkup: CheckResult, path: Path, language: Language) -> None:
    from batu_geo.checking.fault_map_data import check_map  # noqa: PLC0415 - folium is heavy

    page = check_map(checkup, language)
    with naming_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, page.html.encode())


def _write_audit(checkup: CheckResult, audit: RoadAudit, beside: Path, language: Language) -> Path:
    """Write the road audit beside a map, none over a file that is not an older audit."""
    path = beside.with_name(f"{beside.stem}_roads{beside.suffix}")
    files = {path: road_audit_page(checkup, audit, language).html.encode()}
    if audit.findings is not None:
        more = road_audit_files(audit.findings)
        files |= {path.with_suffix(suffix): content for suffix, content in more.items()}
    _refuse_over(path)
    for suffix in AUDIT_STARTS:
        _refuse_over_other(path.with_suffix(suffix))
    for target, content in files.items():
        with naming_write_errors(target):
            write_atomically(target, content)
    return path


def _refuse_over_other(path: Path) -> None:
    """Refuse to overwrite a table or layer that is no road audit, such as an input."""
    with suppress(OSError), path.open("rb") as file:
        if not AUDIT_STARTS[path.suffix].match(file.read(200)):
            raise ScenarioError(Problem("BG-442", "--map", values={"value": path}))


def _refuse_over(path: Path) -> None:
    """Refuse to overwrite a file that is no HTML page, such as an input."""
    is_page = True
    # An OSError is reported when the map is written.
    with suppress(OSError), path.open("rb") as file:
        is_page = HTML.match(file.read(200)) is not None
    if path.suffix.lower() not in PAGES or not is_page:
        raise ScenarioError(Problem("BG-442", "--map", values={"value": path}))


def _sealed(checkup: CheckResult, folder: Path | None, language: Language) -> Text:
    """Write the SHA-256 of every input into the `study.toml` of a study without errors."""
    if checkup.exit_code or folder is None:
        return Text(word("check_not_sealed", language))
    # Answers have no entry: a row of them may come or go.
    read = {table: card for table, card in checkup.inputs.items() if table != "answers"}
    entries = {
        table: {key: value for key, value in card.items() if value} for table, card in read.items()
    }
    with StudyFolder.at(folder).edit() as edit:
        if edit.study.inputs() != read:
            raise EnvironmentFault(Problem("BG-414", str(folder)))
        edit.entries |= entries
    count = number(len(entries), language)
    path = edit.study.root / STUDY_FILE
    return Text(word("check_sealed", language, count=count, path=path))


def _repairs(checkup: CheckResult, folder: Path, language: Language, card: dict[str, Any]) -> Text:
    """Write the proposed repairs and add their number to the JSON content."""
    changes = propose_repairs(checkup.opened, folder, language)
    card["changes"] = len(changes)
    if not changes:
        return Text(word("check_not_fixed", language))
    return Text(word("check_fixed", language, count=number(len(changes), language), path=folder))
