"""What is still to ask: the cells whose evidence binds conclusions, most binding first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from batu_geo.domain.asking.answers import DEFINING, HAS_UNIT, POSITION, cell_column
from batu_geo.domain.cell_rows import ids_cell
from batu_geo.domain.tables import EVIDENCE
from batu_geo.planning.evidence.bases import (
    buildings_basis,
    city_basis,
    hospitals_basis,
    order_basis,
    plan_basis,
    staffed_basis,
)
from batu_geo.planning.evidence.ledger import ledger_of
from batu_geo.planning.evidence.worth import SURE, Basis, weakest
from batu_geo.planning.once import once_for_each

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.evidence.worth import Source

# In the order in which a council decides: first which villages have no unit.
CONCLUSIONS = ("which_villages", "buildings", "order", "reach", "plan", "staff", "referral")
COLUMNS = ("table", "id", "field", "name", "now", "evidence", "binds", "bound_count")
# By kind of source: the table of its answers, and the cells to ask for, in this order.
CELLS: dict[str, tuple[str, tuple[str, ...]]] = {
    "unit": ("villages", (HAS_UNIT,)),
    "population": ("population", ("population",)),
    "facilities": ("facilities", ("status",)),
    "position": ("facilities", (POSITION,)),
    "buildings": ("buildings", ("land_status", "condition", "owner", "floor_area_m2", "rooms",
                                POSITION)),
    "profiles": ("profiles", DEFINING["profiles"]),
    "figures": ("figures", ("value",)),
}  # fmt: skip
KINDS = (*CELLS, "staffing", "costs")
# By table of answers: the table of the study, and the column of its ids.
ROWS_OF = {
    "population": ("villages", "village_id"), "facilities": ("facilities", "facility_id"),
    "buildings": ("buildings", "building_id"), "profiles": ("profiles", "facility_id"),
    "figures": ("figures", "figure_id"), "staffing": ("staffing", "facility_id"),
    "costs": ("costs", "building_id"),
}  # fmt: skip


def open_questions(assessment: Assessment) -> pd.DataFrame:
    """Return the cells that are not reported and can be answered, most binding first.

    Of the sources of a conclusion that an office can answer, those of the weakest class bind it.
    Cells come by the first conclusion they bind (`CONCLUSIONS`), then by how many they bind.

    Columns: ``table``, ``id``, ``field``, ``name`` (of the village, facility or building), ``now``
    (the value as it stands, missing where unknown), ``evidence`` of its row, ``binds`` (codes of
    the conclusions) and ``bound_count`` (their number, each building one).
    """
    known = {kind: rows for kind, rows in ledger_of(assessment).rows.items() if kind in KINDS}
    bound = _bound(assessment, frozenset(s for s in _askable(assessment) if s.evidence != SURE))
    done = {answer.cell for answer in assessment.study.answers}
    names, rows = _names(assessment), []
    for kind in (kind for kind in KINDS if kind in known):
        for row_id, basis in known[kind].items():
            evidence = weakest(source.evidence for source in basis)
            counts = sum((bound.get(source, Counter()) for source in basis), Counter[str]())
            if evidence == SURE:
                continue
            for table, name, now in _cells(assessment, kind, row_id):
                if (table, row_id, name) not in done:
                    rows.append((table, row_id, name, names.get(row_id, ""), now, evidence, counts))
    rows.sort(key=_order)
    cells = [(*r[:6], ids_cell(c for c in CONCLUSIONS if c in r[6]), r[6].total()) for r in rows]
    return pd.DataFrame(cells, columns=list(COLUMNS))


def not_answerable(assessment: Assessment) -> list[str]:
    """Return ids of the inputs that bind the order or the reach and that no answer can give."""
    askable = _askable(assessment)
    basis = order_basis(assessment) | city_basis(assessment)
    return sorted({s.input_id for s in basis if s not in askable and s.evidence != SURE})


def _askable(assessment: Assessment) -> set[Source]:
    """Return the sources that an answer can be of."""
    rows = ledger_of(assessment).rows
    return {s for kind in KINDS if kind in rows for basis in rows[kind].values() for s in basis}


def _order(row: tuple[Any, ...]) -> tuple[Any, ...]:
    table, row_id, name, _, _, evidence, counts = row
    first = next((n for n, c in enumerate(CONCLUSIONS) if c in counts), len(CONCLUSIONS))
    tables = [cells[0] for cells in CELLS.values()]
    asked = tables.index(table) if table in tables else len(tables)
    fields = [f for of, cells in CELLS.values() if of == table for f in cells]
    place = fields.index(name) if name in fields else len(fields)
    return (first, -counts.total(), -EVIDENCE.index(evidence), asked, row_id, place, name)


def _bound(assessment: Assessment, unsure: Basis) -> dict[Source, Counter[str]]:
    """Return by source how many conclusions of each kind it binds."""
    found: dict[Source, Counter[str]] = {}
    for name, basis in _conclusions(assessment):
        asked = basis & unsure
        if not asked:
            continue
        worst = weakest(source.evidence for source in asked)
        for source in asked:
            if source.evidence == worst:
                found.setdefault(source, Counter())[name] += 1
    return found


def _conclusions(assessment: Assessment) -> Iterator[tuple[str, Basis]]:
    ledger, ranked = ledger_of(assessment), set(assessment.gaps["village_id"])
    yield "which_villages", ledger.of("unit")
    for village in (*ledger.rows["unit"], *ranked):
        yield "which_villages", ledger.of("unit", [village])
    sites = assessment.candidates
    for site in sites["site_id"][sites["village_id"].isin(ranked)]:
        yield "buildings", buildings_basis(assessment, [site])
    yield "order", order_basis(assessment)
    yield "reach", city_basis(assessment)
    yield "plan", plan_basis(assessment)
    yield "staff", staffed_basis(assessment)
    yield "referral", hospitals_basis(assessment)


def _cells(assessment: Assessment, kind: str, row_id: str) -> Iterator[tuple[str, str, Any]]:
    """Yield table, field and present value of the cells to ask for of one row."""
    study = assessment.study
    if kind == "unit":
        yield "villages", HAS_UNIT, _has_unit(assessment, row_id)
    elif kind == "staffing":
        own = _rows_by_id(assessment)["staffing"].get(row_id, pd.DataFrame({"profession": []}))
        for profession, rows in own.groupby("profession", sort=True):
            yield "staffing", str(profession), _roster(rows)
    elif kind == "costs":
        own = _rows_by_id(assessment)["costs"].get(row_id, pd.DataFrame())
        for cost in own.to_dict("records"):
            yield "costs", f"{cost['item']}/{cost['payer']}/{cost['period']}", cost["rupiah"]
    else:
        table, fields = CELLS.get(kind, ("", ()))
        row = _row(assessment, table, row_id) if table else {}
        for name in fields:
            yield table, name, _place(study, row) if name == POSITION else row.get(name)


def _has_unit(assessment: Assessment, village_id: str) -> str:
    return "no" if assessment.unit_status.get(village_id, "none") == "none" else "yes"


@once_for_each
def _rows_by_id(assessment: Assessment) -> dict[str, dict[str, pd.DataFrame]]:
    """Return by table of answers the rows of the study of each id."""
    study = assessment.study
    frames = {name: getattr(study, of) for name, (of, _) in ROWS_OF.items()}
    return {
        name: {} if frame is None else
        {str(i): rows for i, rows in frame.groupby(ROWS_OF[name][1], sort=False)}
        for name, frame in frames.items()
    }  # fmt: skip


def _row(assessment: Assessment, table: str, row_id: str) -> dict[str, Any]:
    found = _rows_by_id(assessment)[table].get(row_id)
    return {} if found is None else {str(k): v for k, v in found.iloc[0].items()}


def _place(study: Any, row: dict[str, Any]) -> str | None:
    """Return longitude and latitude of a row, six decimals."""
    import geopandas as gpd  # noqa: PLC0415 - with its own import of GDAL

    point = np.array([row.get("geometry")], dtype=object)
    degrees = gpd.GeoSeries(point, crs=study.crs).to_crs("EPSG:4326").to_numpy()
    places = [f"{lon:.6f} {lat:.6f}" for lon, lat in shapely.get_coordinates(degrees)]
    return places[0] if places else None


def _roster(rows: pd.DataFrame) -> str:
    """Return the roster of a profession as an answer writes it."""
    shifts = []
    for row in rows.to_dict("records"):
        hours = "" if pd.isna(row["start"]) else f"{row['start']}-{row['end']}"
        days = "" if pd.isna(row["weekdays"]) else str(row["weekdays"])
        shifts.append(" ".join(part for part in (str(row["count"]), days, hours) if part))
    return "; ".join(shifts)


def _names(assessment: Assessment) -> dict[str, str]:
    study = assessment.study
    found: dict[str, Any] = {}
    for table, column in (("villages", "village"), ("facilities", "facility"),
                          ("buildings", "building")):  # fmt: skip
        frame = getattr(study, table)
        ids = frame[f"{column}_id"].astype(str)
        found.update(zip(ids, frame[f"{column}_name"], strict=True))
    if study.figures is not None:
        found.update(zip(study.figures["figure_id"], study.figures["meaning"], strict=True))
    return {key: str(value) for key, value in found.items()}


def allowed(table: str, name: str) -> str:
    """Return the codes that a cell may have, else its unit; empty for free text.

    >>> allowed("villages", "has_unit"), allowed("buildings", "floor_area_m2")
    ('yes, no', 'm²')
    """
    column = cell_column(table, name)
    return "" if column is None else ", ".join(column.codes) or column.unit
