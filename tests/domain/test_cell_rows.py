"""Reasons, conflicts, ties and lists of ids are rows until a writer joins them, once."""

from __future__ import annotations

import ast
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import batu_geo
from batu_geo.domain.cell_rows import (
    CellRows,
    Conflict,
    Refusal,
    StaffShortage,
    Tie,
    Unverified,
    ids_cell,
    joined,
    rows_column,
)
from batu_geo.render.files.write_tables import write_csv, write_gpkg
from batu_geo.render.text.column_headings import cell
from batu_geo.render.text.words import row_words

BROKEN = CellRows((Refusal("B1", "owner", "village"), Refusal("B1", "rooms", "1")))
# The columns whose text a writer has joined.
JOINED = {
    "why_not", "verify", "conflicts", "sites", "tied_with", "missing", "without_cost",
    "instrument_options", "missing_documents", "documents_missing", "best_sites",
}  # fmt: skip
TAKES_APART = {
    "split", "rsplit", "partition", "rpartition", "fullmatch", "match", "extract", "extractall",
    "findall", "finditer", "search", "removeprefix", "explode",
}  # fmt: skip
SEPARATORS = {"; ", ";", "="}
# Text that this project does not join: an option of the command line.
READ_FROM_OUTSIDE = {
    "batu_geo/cli/commands/cmd_import.py", "batu_geo/cli/fleet_commands/cmd_fleet_init.py",
}  # fmt: skip
# The rooms that compute, draw and write; sources and importing read files of others.
ROOMS = ("access", "cli", "planning", "render", "siting", "verbs")


def test_rows_have_no_string_methods() -> None:
    for name in TAKES_APART:
        assert not hasattr(BROKEN, name)
    with pytest.raises(TypeError):
        list(BROKEN)  # type: ignore[call-overload]


def test_each_row_as_a_file_has_it() -> None:
    assert str(BROKEN) == "owner=village; rooms=1"
    assert str(CellRows((Unverified("B1", "rooms"), Unverified("B1", "owner")))) == "rooms; owner"
    conflicts = CellRows((Conflict("site_count", {"count": 6}), Conflict("budget", {"budget": 9})))
    assert str(conflicts) == "site_count(count=6); budget(budget=9)"
    assert str(CellRows((Tie("A", "B"), Tie("A", "C")))) == "B; C"
    assert str(CellRows((StaffShortage(2, "nurse"),))) == "2 nurse"
    assert str(ids_cell(("a", "b"))) == "a b"
    assert (str(CellRows()), bool(CellRows()), bool(BROKEN)) == ("", False, True)


def test_a_value_that_holds_a_separator_stays_one_value() -> None:
    name = Conflict("must_open", {"site_id": "A (lama); B=1, C"})
    assert row_words(name, "en") == "A (lama); B=1, C must open"
    assert row_words(Refusal("B1", "owner", "x; rooms=1"), "en") == "owner: x; rooms=1"
    assert row_words(Conflict("must_open", {"site_id": "2024"}), "id") == "2024 wajib dibuka"


def test_a_cell_in_words() -> None:
    assert cell("why_not", BROKEN, "id") == "pemilik: desa; jumlah ruang: 1"
    assert cell("verify", CellRows((Unverified("B1", "rooms"),)), "en") == "rooms"
    assert cell("missing", CellRows((StaffShortage(2, "nurse"),)), "en") == "2 nurse"
    assert cell("missing", CellRows(("water", "ramp")), "en") == "clean water; ramp"
    assert cell("missing", CellRows((Unverified("B1", "rooms"),)), "id") == "jumlah ruang"
    assert cell("documents_missing", CellRows(("agreement",)), "en") == "agreement"
    assert cell("conflicts", CellRows((Conflict("budget", {"budget": 1000}),)), "en") == (
        "costs of at most Rp1,000"
    )
    assert cell("tied_with", CellRows((Tie("A", "B"), Tie("A", "C"))), "en") == "B; C"
    for column in ("why_not", "verify", "conflicts", "tied_with", "documents_missing"):
        assert cell(column, CellRows(), "id") == "-"


def test_a_writer_joins_rows(tmp_path: Path) -> None:
    table = pd.DataFrame({"site_id": ["B1", "B2", "B3"], "people": [1, 2, 3]})
    table["why_not"] = rows_column((BROKEN, CellRows(), CellRows(("=1+1",))), table)
    write_csv(table, tmp_path / "sites.csv")
    assert (tmp_path / "sites.csv").read_text(encoding="utf-8") == (
        "site_id,people,why_not\nB1,1,owner=village; rooms=1\nB2,2,\nB3,3,'=1+1\n"
    )
    layer = gpd.GeoDataFrame(table, geometry=[shapely.Point(0, 0)] * 3, crs="EPSG:32749")
    write_gpkg({"sites": layer}, tmp_path / "sites.gpkg", date="2025-01-01")
    texts = gpd.read_file(tmp_path / "sites.gpkg")["why_not"].tolist()
    assert texts == ["owner=village; rooms=1", "", "=1+1"]
    plain = joined(table)
    assert plain["why_not"].tolist() == ["owner=village; rooms=1", "", "=1+1"]
    assert plain["people"].equals(table["people"])
    assert table["why_not"].iloc[0] is BROKEN


def taken_apart(tree: ast.AST) -> list[str]:
    """Return the calls that take a joined text apart, or any text at a separator of rows."""
    faults = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr not in TAKES_APART:
            continue
        names = {n.value for n in ast.walk(node) if isinstance(n, ast.Constant)}
        names |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        names |= {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
        given = {a.value for a in node.args if isinstance(a, ast.Constant)}
        if names & JOINED or given & SEPARATORS:
            faults.append(f"line {node.lineno}: {ast.unparse(node)}")
    return faults


@pytest.mark.parametrize(
    "code",
    [
        'row["tied_with"].split("; ")',
        'str(row["sites"] or "").split()',
        'sites["why_not"].astype("str").str.fullmatch(pattern)',
        'for part in text.split("; "): pass',
        'rule, _, value = part.partition("=")',
        "RULE.findall(row.conflicts)",
        're.split(pattern, plan["without_cost"])',
    ],
)
def test_the_walk_sees_a_text_taken_apart(code: str) -> None:
    assert len(taken_apart(ast.parse(code))) == 1


@pytest.mark.slow
def test_no_joined_text_is_split_again() -> None:
    root = Path(batu_geo.__file__).parent
    paths = [path for room in ROOMS for path in sorted((root / room).rglob("*.py"))]
    assert len(paths) > 50
    faults = {
        name: calls
        for path in paths
        if (name := path.relative_to(root.parent).as_posix()) not in READ_FROM_OUTSIDE
        and (calls := taken_apart(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert faults == {}


def test_cells_stand_in_the_rows_of_their_table_whatever_these_are_called() -> None:
    table = pd.DataFrame({"site_id": ["B1", "B2"]}, index=[7, 3])
    column = rows_column((BROKEN, CellRows()), table)
    assert column.index.tolist() == [7, 3]
    assert table.assign(why_not=column)["why_not"].tolist() == [BROKEN, CellRows()]
