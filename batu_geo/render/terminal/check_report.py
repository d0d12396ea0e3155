"""Report of `batu-geo check`: the inputs, then every fault with its place and how to fix it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from batu_geo.domain.errors import MOST_LINES, shown
from batu_geo.render.terminal.fitted_table import FittedTable
from batu_geo.render.text.words import number, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from batu_geo.domain.errors import Language, Problem


def checkup_report(
    title: str,
    faults: Sequence[tuple[str, Problem, bool]],
    *,
    records: Mapping[str, int],
    inputs: Mapping[str, Mapping[str, str]],
    language: Language,
) -> RenderableType:
    """Return the report of a check for a terminal.

    Parameters
    ----------
    title
        Title of the study, or the name of the file.
    faults
        Table, problem and whether it is an error.
    records
        Number of records of each table that could be read.
    inputs
        Entry in `study.toml` of each table.
    language
        Language of the report.
    """
    parts: list[RenderableType] = [
        Text(word("check_title", language, title=shown(title)), style="bold"),
        _inputs_table(faults, records, inputs, language),
    ]
    errors = [problem for _, problem, is_error in faults if is_error]
    warnings = [problem for _, problem, is_error in faults if not is_error]
    parts += _fault_lines(errors, "check_error", "red", language)
    parts += _fault_lines(warnings, "check_warning", "yellow", language)
    counts = word(
        "check_counts", language,
        errors=number(len(errors), language), warnings=number(len(warnings), language),
    )  # fmt: skip
    return Group(*parts, Text(counts, style="bold"))


def _fault_lines(
    problems: Sequence[Problem], key: str, style: str, language: Language
) -> Iterator[Text]:
    """Yield one unwrapped line for each fault, so that a pipe has one line for each."""
    for problem in problems[:MOST_LINES]:
        yield Text.assemble(
            (f"{word(key, language)} ", style), problem.line(language),
            no_wrap=True, overflow="ignore",
        )  # fmt: skip
    if len(problems) > MOST_LINES:
        rest = number(len(problems) - MOST_LINES, language)
        yield Text(word("check_more", language, count=rest))


def _inputs_table(
    faults: Sequence[tuple[str, Problem, bool]],
    records: Mapping[str, int],
    inputs: Mapping[str, Mapping[str, str]],
    language: Language,
) -> FittedTable:
    table = FittedTable()
    for key in ("check_table", "check_file"):
        table.add_column(word(key, language))
    for key in ("check_records", "check_errors", "check_warnings"):
        table.add_column(word(key, language), "right")
    names = dict.fromkeys([*inputs, *records, *(name for name, _, _ in faults)])
    for name in names:
        errors = sum(is_error for owner, _, is_error in faults if owner == name)
        warnings = sum(not is_error for owner, _, is_error in faults if owner == name)
        count = number(records[name], language) if name in records else "-"
        path = shown(inputs.get(name, {}).get("path", ""))
        table.add_row(
            _table_word(name, language), path, count,
            Text(str(errors), style="red" if errors else ""), str(warnings),
        )  # fmt: skip
    return table


def _table_word(name: str, language: Language) -> str:
    known = {"scenario": "check_scenario", "outputs": "check_outputs", "homes": "check_homes"}
    return word(known.get(name, f"table_{name}"), language)


def checkup_card(
    title: str,
    faults: Sequence[tuple[str, Problem, bool]],
    *,
    records: Mapping[str, int],
    inputs: Mapping[str, Mapping[str, str]],
    language: Language,
) -> dict[str, Any]:
    """Return the content of `checkup_report` for JSON."""
    return {
        "title": shown(title, longest=400),
        "inputs": {
            name: {"path": shown(card.get("path", ""), longest=400),
                   "sha256": card.get("sha256", ""), "records": records.get(name)}
            for name, card in inputs.items()
        },
        "errors": [_card(t, p, language) for t, p, is_error in faults if is_error],
        "warnings": [_card(t, p, language) for t, p, is_error in faults if not is_error],
    }  # fmt: skip


def _card(table: str, problem: Problem, language: Language) -> dict[str, Any]:
    return {
        "table": table,
        "code": problem.code,
        "path": shown(problem.path, longest=400),
        "row": problem.row,
        "feature": problem.feature,
        "record_id": shown(problem.record_id),
        "column": shown(problem.column),
        "line": problem.line(language),
    }
