"""Write `docs/data_dictionary.md` and `docs/commands.md` from the program itself.

Run it after a change of a contract or a verb; a test holds both equal.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from batu_geo.cli import cli
from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import BatuGeoError

if TYPE_CHECKING:
    from batu_geo.domain.tables import Column

DOCS = Path(__file__).resolve().parent.parent / "docs"
DICTIONARY = """# Kamus data · Data dictionary

Every input table, written from the contracts the program checks by
(`scripts/reference_pages.py`). Columns that are not listed are ignored; `evidence` says how
sure a record is.
"""
COMMANDS = """# Perintah · Commands

Written from the program by `scripts/reference_pages.py`.

## Exit codes

| code | |
|---|---|
"""
# Beside the errors of `batu_geo.domain.errors`.
OTHER_ENDS = {
    0: "Done.",
    1: "`replay`: the result differs.",
    click.UsageError.exit_code: "The command is not understood.",
    BatuGeoError.exit_code: "A fault of the program.",
    130: "Interrupted.",
}


def dictionary_page() -> str:
    """Return every table with its columns."""
    parts = [DICTIONARY]
    for name, contract in sorted(CONTRACTS.items()):
        what = f", {contract.geometry}s" if contract.geometry else ""
        parts.append(f"\n## {name}{what}\n\n| kolom · column | jenis · kind | arti | meaning |\n")
        parts.append("|---|---|---|---|\n")
        parts += [_row(column) for column in contract.columns]
    return "".join(parts)


def _row(column: Column) -> str:
    kind = column.kind + (f", {column.unit}" if column.unit else "")
    if column.codes:
        kind += f": {', '.join(f'`{code}`' for code in column.codes)}"
    name = f"**`{column.name}`**" if column.is_required else f"`{column.name}`"
    return f"| {name} | {kind} | {column.meaning_id} | {column.meaning_en} |\n"


def commands_page() -> str:
    """Return the help of every verb."""
    ends = dict(OTHER_ENDS)
    for error in BatuGeoError.__subclasses__():
        says = str(error.__doc__).strip()
        ends[error.exit_code] = f"{ends.get(error.exit_code, '')} {says}".strip()
    parts = [COMMANDS, *(f"| {code} | {ends[code]} |\n" for code in sorted(ends))]
    parent = click.Context(cli, info_name="batu-geo", **cli.context_settings)
    for name in cli.list_commands(parent):
        verb = cli.get_command(parent, name)
        context = click.Context(verb, info_name=name, parent=parent, max_content_width=96)
        context.terminal_width = 96
        parts.append(f"\n## {name}\n\n```text\n{verb.get_help(context)}\n```\n")
    return "".join(parts)


PAGES = {"data_dictionary.md": dictionary_page, "commands.md": commands_page}


if __name__ == "__main__":
    for file, page in PAGES.items():
        (DOCS / file).write_text(page(), encoding="utf-8")
