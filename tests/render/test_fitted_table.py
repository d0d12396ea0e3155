"""Tables of the terminal: no word is cut, nothing is lost, whatever the width."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from batu_geo.render.terminal.fitted_table import FittedTable
from batu_geo.verbs.listing import listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from batu_geo.verbs.plan import Run

WIDTHS = (80, 100, 120)
WORDS = (
    "Oro-oro", "Ombo", "tersedia", "10.293", "35.79.01.2006", "ketersediaan", "di", "Kelurahan",
    "pertanggungjawaban", "[bold]", "\\[x]", "日本", "a",
)  # fmt: skip


def printed(content: RenderableType, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, no_color=True, color_system=None)
    console.print(content, crop=False)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def words_of(table: FittedTable) -> Iterator[str]:
    for cells in (table.headings, *table.rows):
        for cell in cells:
            yield from cell.plain.split()


def random_table(rng: random.Random) -> FittedTable:
    table = FittedTable(keys=rng.choice([1, 1, 2]))
    count = rng.randint(1, 12)
    for _ in range(count):
        heading = " ".join(rng.choices(WORDS, k=rng.randint(0, 4)))
        table.add_column(heading, rng.choice(["left", "right"]))
    for _ in range(rng.randint(0, 5)):
        table.add_row(*(" ".join(rng.choices(WORDS, k=rng.randint(0, 6))) for _ in range(count)))
    return table


@pytest.mark.slow
def test_every_word_stands_whole_within_the_width() -> None:
    for seed in range(150):
        rng = random.Random(seed)
        table, width = random_table(rng), rng.randint(48, 140)
        lines = printed(table, width)
        assert set(words_of(table)) <= {word for line in lines for word in line.split()}, seed
        assert all(len(line.rstrip()) <= width for line in lines), seed


def test_a_table_that_fits_is_one_part_and_a_wider_one_repeats_its_first_columns() -> None:
    table = FittedTable(keys=2)
    for heading in ("#", "Desa/kelurahan", "Penduduk", "Terjangkau", "Dasar data"):
        table.add_column(heading)
    table.add_row("1", "Tlekung", "5.437", "143", "disimpulkan")
    wide, narrow = (" ".join(printed(table, width)) for width in (80, 40))
    assert (wide.count("Tlekung"), narrow.count("Tlekung")) == (1, 3)
    assert narrow.count("5.437") == 1


def test_a_word_wider_than_the_terminal_is_folded_and_not_lost() -> None:
    table = FittedTable()
    table.add_column("a")
    table.add_row("x" * 70)
    assert "".join(printed(table, 40)).count("x") == 70


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_no_word_of_a_run_is_cut(baseline_run: Run, width: int) -> None:
    wide = {w for line in printed(baseline_run.appraisal, 4_000) for w in line.split()}
    lines = printed(baseline_run.appraisal, width)
    assert {word for word in wide if word.strip("─")} <= {w for line in lines for w in line.split()}
    assert all(len(line.rstrip()) <= width for line in lines)
    names = set(listing("villages")["village_name"])
    table = " ".join(" ".join(line.split()) for line in printed(baseline_run.summary, width))
    assert all(name in table for name in names if name in set(baseline_run.gaps["village_name"]))
