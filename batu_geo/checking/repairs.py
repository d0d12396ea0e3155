"""`check --fix`: write repaired copies with a list of changes; inputs are never changed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pandas as pd

from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import BatuGeoError, shown
from batu_geo.domain.privacy import masked, personal_columns
from batu_geo.render.files.write_tables import write_csv
from batu_geo.render.text.words import word
from batu_geo.runs import put_new
from batu_geo.sources.files.opening import json_of
from batu_geo.sources.geometry.repair_geometry import Change, clean_value, repair_geometry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.errors import Language
    from batu_geo.domain.tables import Contract
    from batu_geo.sources.files.opening import Opened

CHANGES = "perubahan.csv"
SEPARATORS = (",", ";", "\t")


def propose_repairs(opened: Mapping[str, Opened], folder: Path, language: Language) -> list[Change]:
    """Write repaired copies of the files that can be repaired, and a list of the changes.

    Parameters
    ----------
    opened
        By table: the opened file.
    folder
        New or empty; all files are written or none.
    language
        Language of the reasons in the list of changes.

    Returns
    -------
    list of Change
        Empty when nothing could be repaired; then nothing is written.

    Raises
    ------
    EnvironmentFault
        When the folder holds files already or cannot be written.
    """
    texts: dict[str, str] = {}
    changes: list[Change] = []
    for table, file in opened.items():
        contract = CONTRACTS.get(table)
        if contract is None:
            continue
        repair = _repair_features if contract.geometry else _repair_rows
        text, made = repair(file, contract)
        if made:
            texts[_target(file.name)] = text
            changes += made

    def fill(aside: Path) -> None:
        for name, text in texts.items():
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            (aside / name).write_text(text, encoding="utf-8", newline="")
        write_csv(_changes_table(changes, language), aside / CHANGES)

    if changes:
        put_new(folder, fill)
    return changes


def _target(name: str) -> str:
    """Return the path of a file in the new folder, never outside it."""
    path = PurePosixPath(Path(name).as_posix())
    is_inside = not path.is_absolute() and ".." not in path.parts
    return path.as_posix() if is_inside else path.name


def _changes_table(changes: list[Change], language: Language) -> pd.DataFrame:
    columns = ["file", "record", "record_id", "column", "before", "after", "reason"]
    rows = [
        [shown(c.file, longest=400), c.record, shown(c.record_id), shown(c.column),
         shown(c.before), shown(c.after), word(f"fix_{c.reason}", language)]
        for c in changes
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _repair_features(opened: Opened, contract: Contract) -> tuple[str, list[Change]]:
    """Return a GeoJSON file with its features repaired, and the changes; none if unreadable."""
    try:
        document = json_of(opened)
    except BatuGeoError:
        return "", []
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not all(isinstance(f, dict) for f in features):
        return "", []
    records = [f["properties"] if isinstance(f.get("properties"), dict) else {} for f in features]
    repaired, changes, seen = [], [], set()
    hidden = list(personal_columns(records))
    changes += [Change(opened.name, 0, "", name, "", "", "personal") for name in hidden]
    for number, (feature, record) in enumerate(zip(features, records, strict=True), start=1):
        record_id = str(record.get(str(contract.id_column), ""))
        content = json.dumps(feature, sort_keys=True)
        if content in seen:
            changes.append(Change(opened.name, number, record_id, "", "", "", "repeated"))
            continue
        seen.add(content)
        kept, made = _repair_record(record, contract, hidden)
        geometry, reasons = repair_geometry(feature.get("geometry"))
        changes += [
            Change(opened.name, number, record_id, column, before, after, reason)
            for column, before, after, reason in made
        ]
        changes += [
            Change(opened.name, number, record_id, "geometry", "", note, reason)
            for reason, note in reasons
        ]
        repaired.append({**feature, "properties": kept, "geometry": geometry})
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in repaired)
    rest = {name: value for name, value in document.items() if name != "features"}
    front = json.dumps(rest, ensure_ascii=False)[:-1]
    return f'{front}, "features": [\n{lines}\n]}}\n', changes


def _repair_rows(opened: Opened, contract: Contract) -> tuple[str, list[Change]]:
    """Return a CSV file with its rows repaired, and the changes; none if unreadable."""
    text, notes = _decode(opened.content)
    separator = max(SEPARATORS, key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        return "", []
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows or len({name.strip() for name in rows[0]}) < len(rows[0]):
        return "", []
    if separator != ",":
        notes.append("separator")
    changes = [Change(opened.name, 0, "", "", "", "", reason) for reason in notes]
    header = [name.strip() for name in rows[0]]
    if any(len(row) != len(header) for row in rows):
        return "", []
    records: list[dict[str, Any]] = [dict(zip(header, row, strict=True)) for row in rows[1:]]
    hidden = list(personal_columns(records))
    changes += [Change(opened.name, 0, "", name, "", "", "personal") for name in hidden]
    repaired, seen = [[name for name in header if name not in hidden]], set()
    for number, record in enumerate(records, start=2):
        record_id = str(record.get(contract.id_column or "", ""))
        content = tuple(record.values())
        if content in seen:
            changes.append(Change(opened.name, number, record_id, "", "", "", "repeated"))
            continue
        seen.add(content)
        kept, made = _repair_record(record, contract, hidden)
        changes += [
            Change(opened.name, number, record_id, column, before, after, reason)
            for column, before, after, reason in made
        ]
        repaired.append(list(kept.values()))
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(repaired)
    return out.getvalue(), changes


def _decode(content: bytes) -> tuple[str, list[str]]:
    """Return the text, and the name of its encoding where that is not UTF-8."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), ["utf16"]
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), ["cp1252"]


def _repair_record(
    record: Mapping[str, Any], contract: Contract, hidden: list[str]
) -> tuple[dict[str, Any], list[tuple[str, str, str, str]]]:
    """Return a record with its texts repaired, and column, before, after, reason of each change."""
    columns = {column.name: column for column in contract.columns}
    kept: dict[str, Any] = {}
    changes: list[tuple[str, str, str, str]] = []
    for name, value in record.items():
        if name in hidden:
            continue
        cleaned, reason = clean_value(value, columns.get(name))
        if masked(cleaned) != cleaned:
            cleaned, reason = masked(cleaned), "masked"
        kept[name] = cleaned
        if reason:
            changes.append((name, str(value), str(cleaned), reason))
    return kept, changes
