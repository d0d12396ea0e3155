"""Write `docs/data_dictionary.md`, `commands.md` and `openstreetmap_tags.md` from the program.

Run it after a change of a contract or a verb; a test holds both equal.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from batu_geo.cli import cli
from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import BatuGeoError
from batu_geo.sources.roads.tag_use import tag_uses

if TYPE_CHECKING:
    from collections.abc import Iterator

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
COMPLETION = """
## Completion

`eval "$(_BATU_GEO_COMPLETE=bash_source batu-geo)"` in `~/.bashrc` completes verbs, options and
their values with the tab key; `zsh_source` and `fish_source` do so for zsh and fish.
"""
TAGS = """# What of OpenStreetMap is used

Written from `batu_geo/sources/roads/tag_use.toml` by `scripts/reference_pages.py`. `check` prints
this table for your file, with how often each key stands there, and `manifest.json` of a run has it
under `roads.openstreetmap`: `used`, `unknown` (a value that is not listed here, and so not used),
`unused` (a key about traffic that is not listed here), `other` (every other tag, in sum),
`not_held` (what the format or its writer has no place for) and `unclear` (columns whose names were
cut to ten letters and may be several keys).

| key | on | used for | values |
|---|---|---|---|
"""
TAGS_NOT_USED = """
Counted as dropped, with the reason, are also ways of a class that is no road, areas, ways drawn
twice, nodes that are missing, barriers that stand on no road, and rules by direction on streets
that OSMnx has merged.
"""
ANY = {"text": "any", "number": "metres", "speed": "km/h, or a number with `mph`"}
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
    parts.append(COMPLETION)
    parts.append("\n## Before the verb\n\n| option | |\n|---|---|\n")
    records = (option.get_help_record(parent) for option in cli.params)
    parts += [f"| `{names}` | {what} |\n" for names, what in filter(None, records)]
    return "".join([*parts, *_helps(cli, parent, "")])


def _helps(group: click.Group, parent: click.Context, before: str) -> Iterator[str]:
    """Yield the help of every verb of a group, and of the verbs within it."""
    for name in group.list_commands(parent):
        verb = group.get_command(parent, name)
        context = click.Context(verb, info_name=name, parent=parent, max_content_width=96)
        context.terminal_width = 96
        yield f"\n## {before}{name}\n\n```text\n{verb.get_help(context)}\n```\n"
        if isinstance(verb, click.Group):
            yield from _helps(verb, context, f"{before}{name} ")


def tags_page() -> str:
    """Return what of OpenStreetMap is used, key by key."""
    parts = [TAGS]
    for use in tag_uses():
        keys = ", ".join(f"`{name}`" for name in use.names)
        values = ", ".join(f"`{value}`" for value in use.values) or ANY[use.kind]
        parts.append(f"| {keys} | {', '.join(use.on)} | {use.use} | {values} |\n")
    return "".join([*parts, TAGS_NOT_USED])


PAGES = {
    "data_dictionary.md": dictionary_page,
    "commands.md": commands_page,
    "openstreetmap_tags.md": tags_page,
}


if __name__ == "__main__":
    for file, page in PAGES.items():
        (DOCS / file).write_text(page(), encoding="utf-8")
