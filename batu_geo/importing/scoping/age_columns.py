"""People by age and sex, one column or one row a group, become the figures that a study has."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from batu_geo.domain.errors import DataError, Problem
from batu_geo.importing.request import Request, Rows
from batu_geo.sources.cells.age_words import BOTH, AgeGroup, age_group_of
from batu_geo.sources.cells.cells import cell_text
from batu_geo.sources.cells.match_columns import SYNONYMS, Synonyms, synonyms
from batu_geo.sources.cells.plain_text import plain
from batu_geo.sources.cells.unit_words import bare_number
from batu_geo.sources.cells.values import is_empty, plain_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batu_geo.importing.study_folder import StudyFolder
    from batu_geo.sources.cells.match_columns import Match

# By table and column: the first and last year of those meant; None for all that are older.
MEANT: dict[str, dict[str, tuple[int, int | None]]] = {
    "population": {"population": (0, None)},
    "indicators": {"children_under_5": (0, 4), "over_60": (60, None)},
}
FEWEST_GROUPS = 3
AGES = {"kelompokumur", "golonganumur", "umur", "usia", "kelompokusia", "agegroup", "age"}
SEXES = {"jeniskelamin", "kelamin", "jk", "sex", "gender"}
COUNTS = {
    "jumlah",
    "jiwa",
    "penduduk",
    "jumlahpenduduk",
    "jumlahjiwa",
    "population",
    "people",
    "count",
}
Columns = dict[AgeGroup, str]


def with_age_totals(
    rows: Rows, matches: Sequence[Match], folder: StudyFolder, request: Request
) -> tuple[Rows, list[Problem]]:
    """Return rows with the sums of age groups in the columns of a table, and a notice of them.

    A column that the file has already is left as it is. Names of groups in the `ages` of
    `synonyms.toml` count as what is written there.

    Raises
    ------
    DataError
        When the groups have a gap, overlap, or lack one sex.
    """
    table, name = request.table, request.file.name
    if table not in MEANT:
        return rows, []
    words = synonyms(folder.own_table(SYNONYMS, Synonyms))
    wide = _one_row_a_village(rows, words)
    groups = _groups(wide.columns, words)
    years = sorted({group[:2] for group in groups}, key=lambda years: years[0])
    taken = {match.target for match in matches if match.target and match.is_sure} - {"population"}
    if wide is rows:
        taken |= {m.target for m in matches if m.target and m.source not in groups.values()}
    meant = {c: span for c, span in MEANT[table].items() if c not in taken}
    if len(years) < FEWEST_GROUPS or not meant:
        return rows, []
    faults = [*_gaps(years), *_lacking_sex(groups)]
    if faults:
        raise DataError(Problem("BG-628", name, values={"found": ", ".join(faults)}))
    sums = {column: _sums(wide, groups, span) for column, span in meant.items()}
    made = {column: numbers for column, numbers in sums.items() if numbers is not None}
    kept = [column for column in wide.columns if column not in groups.values()]
    records = [
        {**{c: record.get(c) for c in kept}, **{c: numbers[n] for c, numbers in made.items()}}
        for n, record in enumerate(wide.records)
    ]
    values = {"count": len(groups), "found": ", ".join(made) or "-"}
    notice = Problem("BG-629", name, values=values)
    return replace(wide, columns=[*kept, *made], records=records), [notice]


def _groups(columns: Iterable[str], words: Mapping[str, Any]) -> Columns:
    """Return the columns of age groups; the first of those with one meaning."""
    own = {plain(text): meaning for meaning, texts in words["ages"].items() for text in texts}
    found: Columns = {}
    for column in columns:
        group = age_group_of(own.get(plain(column), column))
        if group is not None:
            found.setdefault(group, column)
    return found


def _gaps(years: Sequence[tuple[int, int | None]]) -> list[str]:
    """Return the groups that do not follow each other from birth to the oldest."""
    found = [] if years[0][0] == 0 else [_label(years[0])]
    for before, after in pairwise(years):
        # `> 75` behind `70-74` has those of 75 too.
        follows = before[1] is not None and after[0] - before[1] in (
            (1, 2) if after[1] is None else (1,)
        )
        found += [] if follows else [f"{_label(before)} / {_label(after)}"]
    return found + ([] if years[-1][1] is None else [_label(years[-1])])


def _label(years: tuple[int, int | None]) -> str:
    return f"{years[0]}+" if years[1] is None else f"{years[0]}-{years[1]}"


def _lacking_sex(groups: Columns) -> list[str]:
    sexes: dict[tuple[int, int | None], set[str]] = {}
    for first, last, sex in groups:
        sexes.setdefault((first, last), set()).add(sex)
    return [_label(years) for years, known in sexes.items() if known in ({"L"}, {"P"})]


def _sums(rows: Rows, groups: Columns, span: tuple[int, int | None]) -> list[Any] | None:
    """Return the people of a span of years by row, None where no groups make it up.

    A row in which one group is empty has no sum.
    """
    first, last = span
    inside = [
        g for g in groups if g.first >= first and (last is None or (g.last or last + 1) <= last)
    ]
    ends = {g.last for g in inside}
    if not inside or min(g.first for g in inside) != first or last not in ends:
        return None
    whole = {g[:2] for g in inside if g.sex == BOTH}
    used = [groups[g] for g in inside if g.sex == BOTH or g[:2] not in whole]
    columns = [_numbers([record.get(column) for record in rows.records]) for column in used]
    return [
        sum(numbers) if all(isinstance(n, int) for n in numbers) else None
        for numbers in zip(*columns, strict=True)
    ]


def _numbers(cells: Sequence[Any]) -> list[int | None]:
    """Return whole numbers, None for what is none."""
    texts = plain_numbers([bare_number(cell) for cell in cells], is_whole=True)
    return [int(text) if (text := cell_text(n).strip()).isdecimal() else None for n in texts]


def _one_row_a_village(rows: Rows, words: Mapping[str, Any]) -> Rows:
    """Return rows of one age group each as one row a village; other rows as they are."""
    named = {plain(column): column for column in reversed(rows.columns)}
    age, sex, count = (
        next((named[word] for word in sorted(known) if word in named), "")
        for known in (AGES, SEXES, COUNTS)
    )
    if not age or not count:
        return rows
    others = [column for column in rows.columns if column not in {age, sex, count}]
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    numbers: dict[tuple[str, ...], int] = {}
    columns: dict[str, None] = {}
    own = {plain(text): meaning for meaning, texts in words["ages"].items() for text in texts}
    for number, record in zip(rows.numbers, rows.records, strict=True):
        key = tuple(cell_text(record.get(column)) for column in others)
        text = cell_text(record.get(age))
        heading = (
            f"{own.get(plain(text), text)} {cell_text(record.get(sex)) if sex else ''}".strip()
        )
        if age_group_of(heading) is None or is_empty(record.get(age)):
            continue
        row = found.setdefault(key, {column: record.get(column) for column in others})
        numbers.setdefault(key, number)
        row[heading] = record.get(count)
        columns[heading] = None
    if not found:
        return rows
    return Rows([*others, *columns], [*found.values()], [*numbers.values()])
