"""What the terminal shows: every figure stands in a table of the run, every word in its language."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from batu_geo.domain.cell_rows import CellRows, Conflict
from batu_geo.domain.site_choice import SiteChoice
from batu_geo.planning.assess import assess
from batu_geo.planning.effects import Placing, Side, effects
from batu_geo.planning.evidence.main_worths import with_main_worth
from batu_geo.planning.tables.comparison_tables import summary_row
from batu_geo.planning.tables.health_office_tables import health_office_tables
from batu_geo.render.terminal.appraisal import (
    SECTIONS,
    appraisal,
    certainty_lines,
    served_lines,
)
from batu_geo.render.terminal.comparison_report import comparison
from batu_geo.render.terminal.run_summary import run_summary
from batu_geo.render.text.column_headings import table_title
from batu_geo.render.text.words import word
from tests.planning.street import INPUTS, roster, settings, study

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from batu_geo.planning.assessment import Assessment

UNITS = {"u0": ("v0", 0.0)}
BUILDINGS = {"a": ("v1", 3.0), "b": ("v1", 5.0), "c": ("v2", 7.0), "d": ("v3", 9.5)}
OTHERS = {"pkm-barat": ("PUSKESMAS", 1.0), "rs-1": ("RUMAH_SAKIT", 13.0)}
LANGUAGES = ("id", "en")
MILLION = 1_000_000


def printed(content: RenderableType, width: int = 200) -> str:
    """Return what a terminal of this width shows, without colours."""
    console = Console(file=io.StringIO(), width=width, no_color=True, color_system=None)
    console.print(content)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def costs(**millions: int) -> pd.DataFrame:
    return pd.DataFrame(
        [(name, "works", "city", "once", n * MILLION) for name, n in millions.items()],
        columns=["building_id", "item", "payer", "period", "rupiah"],
    )


def town(**tables: Any):
    rows = roster(("u0", "nurse", 1, "1,2", "08:00", "12:00"))
    return study(
        UNITS, BUILDINGS, facilities=OTHERS, **({"staffing": rows, "costs": costs(b=7)} | tables)
    )


def under(model: str, **choice: Any):
    return settings(siting=SiteChoice(model=model, source="toy", **choice))


@pytest.fixture(scope="module")
def street() -> Assessment:
    return assess(town(), under("mclp", site_count=1))


@pytest.fixture(scope="module")
def tables(street: Assessment) -> dict[str, pd.DataFrame]:
    return health_office_tables(street)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.slow
def test_every_table_has_its_title_and_its_evidence_or_says_that_there_is_no_data(
    tables: dict[str, pd.DataFrame], language: Any
) -> None:
    text = printed(appraisal(tables, language))
    for section in SECTIONS:
        title = table_title(section.name, language)
        of_some = {"new_roads", "opened_units", "plan_units", "plan_villages", "still_to_ask"}
        if section.name not in tables and section.name in of_some:
            assert title not in text
        else:
            assert title in text, section.name
    nothing = {"id": "tidak ada data", "en": "no data"}[language]
    assert f"{table_title('figures', language)}: {nothing}" in text


def test_only_the_tables_asked_for(tables: dict[str, pd.DataFrame]) -> None:
    text = printed(appraisal(tables, "en", only=("plan",)))
    assert table_title("plan", "en") in text
    assert table_title("bands", "en") not in text
    # One site: at 9.5 people from 7.5 to 11.5 are new.
    assert re.search(r"^\s*d\s+Balai d\s+Desa v3\b.*\b50\b", text, re.MULTILINE)


def test_columns_of_which_nothing_is_known_are_left_out(street: Assessment) -> None:
    """A hidden count is called hidden, small or not, and no column stands empty."""
    gaps = pd.DataFrame(
        {"facility_name": ["A"], "profession": ["nurse"], "present": [0], "norm": [1],
         "gap": [1], "norm_id": ["N-SDM-NURSE"], "evidence": ["reported"]}
    )  # fmt: skip
    text = printed(appraisal({"staff_gaps": gaps}, "en", only=("staff_gaps",)))
    assert "A" in text
    indicators = pd.DataFrame(
        {"village_name": ["Desa v0", "Desa v1"], "indicator": ["jkn_active"] * 2,
         "count": pd.array([None, 12], dtype="Int64"), "is_hidden": [True, False],
         "rate": [np.nan, 40.0], "rate_unit": ["percent"] * 2, "evidence": ["reported"] * 2}
    )  # fmt: skip
    text = printed(appraisal({"indicators": indicators}, "en", only=("indicators",)))
    assert re.search(r"Desa v0.*hidden", text)
    assert re.search(r"Desa v1.*12", text)


def test_staff_within_the_norm_is_not_listed(tables: dict[str, pd.DataFrame]) -> None:
    """The nurse is there; a midwife and two cadres are not."""
    text = printed(appraisal(tables, "en", only=("staff_gaps",)))
    assert "midwife" in text
    assert "cadre" in text
    assert "nurse" not in text


def test_norms_are_counted_by_object(tables: dict[str, pd.DataFrame]) -> None:
    text = printed(appraisal(tables, "en", only=("norm_checks",)), width=300)
    line = next(line for line in text.splitlines() if "N-UPKDK-DESA" in line)
    # One object alone is compared: its value stands in the table, 1 of 4 villages.
    assert re.search(r"\b25\b.*\b100\b.*\b0\b.*\b1\b.*\b0\b", line)


def test_a_table_of_rows_of_different_worth_says_so(tables: dict[str, pd.DataFrame]) -> None:
    mixed = tables["bands"].assign(evidence=["reported", "assumed", "reported", "reported"])
    one = printed(appraisal({"bands": tables["bands"]}, "en", only=("bands",))).splitlines()
    two = printed(appraisal({"bands": mixed}, "en", only=("bands",))).splitlines()
    assert one[1] != two[1]


@pytest.mark.parametrize(
    ("language", "text"), [("en", "16.7"), ("id", "16,7")], ids=["English", "Indonesian"]
)
def test_people_served_by_mode_and_threshold(street: Assessment, language: Any, text: str) -> None:
    first, second = served_lines(street.city, language)
    assert "20" in first
    assert "120" in first
    assert text in first
    assert "40" in second


def test_only_ranks_that_were_tried_have_a_certainty() -> None:
    gaps = pd.DataFrame(
        {"village_name": ["Desa v1", "Desa v2"], "rank": [1, 2], "rank_share_percent": [80, np.nan],
         "first_share_percent": [80, np.nan], "tied_with": [CellRows(()), CellRows(())]}
    )  # fmt: skip
    (line,) = certainty_lines(gaps, "en")
    assert "Desa v1" in line
    assert "80" in line


def summary_of(street: Assessment, folder: Path, **changes: Any) -> str:
    manifest = {"language": "en", "inputs": INPUTS, "notices": ()}
    given: dict[str, Any] = {
        "gaps": with_main_worth(street, "gaps", street.gaps), "candidates": street.candidates,
        "city": street.city, "plan": None,
        "manifest": manifest, "folder": folder, "is_new": True,
    } | changes  # fmt: skip
    return printed(run_summary(**given))


def test_a_run_in_short(street: Assessment, tmp_path: Path) -> None:
    """v3 is farthest; its building d gains 50, b of v1 40, c of v2 40."""
    text = summary_of(street, tmp_path)
    rows = [line for line in text.splitlines() if "Balai" in line]
    ranked = [re.findall(r"Desa (v\d)|Balai (\w)|\+(\d+)", line) for line in rows]
    found = [tuple(next(filter(None, parts)) for parts in line) for line in ranked]
    assert found == [("v3", "d", "50"), ("v2", "c", "40"), ("v1", "b", "40")]
    sure = "Certain to have no unit (reported): 3 of 3: Desa v3, Desa v2, Desa v1."
    assert sure in " ".join(text.split())
    assert "This order is assumed (chosen, not checked)" in text
    assert str(tmp_path) in text.replace("\n", "")
    # Of the inputs only what is assumed or made up is named.
    assert "illustrative" in text
    assert "already" not in text


def test_a_run_that_was_there_says_so(street: Assessment, tmp_path: Path) -> None:
    again = summary_of(street, tmp_path, is_new=False)
    assert len(again.splitlines()) > len(summary_of(street, tmp_path).splitlines())


def test_notices_are_counted_and_the_first_are_shown(street: Assessment, tmp_path: Path) -> None:
    notices = [{"text": f"remark {n}"} for n in range(12)]
    manifest = {"language": "en", "inputs": INPUTS, "notices": notices}
    text = summary_of(street, tmp_path, manifest=manifest)
    assert re.search(r"\b12\b", text)
    assert [f"remark {n}" in text for n in range(12)] == [True] + [False] * 11
    assert "(11 more like it)" in text


def test_a_run_without_villages_to_rank_says_so(street: Assessment, tmp_path: Path) -> None:
    text = summary_of(street, tmp_path, gaps=street.gaps.head(0))
    assert "Desa" not in text


def test_a_village_without_a_building_is_ranked_without_one(
    street: Assessment, tmp_path: Path
) -> None:
    sites = street.candidates[street.candidates["village_id"] != "v2"]
    text = summary_of(street, tmp_path, candidates=sites)
    line = next(line for line in text.splitlines() if "Desa v2" in line)
    assert "Balai" not in line
    assert "+" not in line


@pytest.mark.slow
def test_names_are_text_and_never_markup(tmp_path: Path) -> None:
    rough = town()
    rough.villages["village_name"] = [f"[bold]{name}[/]" for name in "abcd"]
    street = assess(rough, settings())
    text = summary_of(street, tmp_path)
    assert "[bold]d[/]" in text


@pytest.fixture(scope="module")
def sides() -> tuple[Placing, list[Side]]:
    here = town()
    return Placing(), [
        Side("today", here, settings()),
        Side("one", here, under("mclp", site_count=1)),
        Side("two", here, under("p_median", site_count=2)),
    ]


def side_by_side(placing: Placing, sides: list[Side], language: Any, width: int = 200) -> str:
    rows = [summary_row(side.name, placing(side.study, side.scenario)) for side in sides]
    nothing = pd.DataFrame()
    report = comparison({"summary": pd.DataFrame(rows), "effects": nothing}, language)
    return printed(report, width)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.slow
def test_scenarios_side_by_side(sides: tuple[Placing, list[Side]], language: Any) -> None:
    """Today 20 of 120 within two minutes; d adds 50."""
    placing, all_sides = sides
    text = side_by_side(placing, all_sides, language)
    lines = [line for line in text.splitlines() if re.search(r"\b20\b.*\b70\b", line)]
    assert len(lines) == 1
    share = "58,3" if language == "id" else "58.3"
    assert share in text
    assert "{" not in text


@pytest.mark.slow
def test_sums_with_unknown_parts_are_lower_bounds(
    sides: tuple[Placing, list[Side]],
) -> None:
    """Two sites are opened of which one has no row of costs."""
    placing, all_sides = sides
    row = summary_row("two", placing(all_sides[2].study, all_sides[2].scenario))
    assert row["sites_without_cost"] in {1, 2}
    known = row | {"city_rupiah": 1_250 * MILLION, "sites_without_cost": 1}
    table = {"summary": pd.DataFrame([known]), "effects": pd.DataFrame()}
    assert "1,250 + ?" in printed(comparison(table, "en"))
    assert "1.250 + ?" in printed(comparison(table, "id"))
    whole = {"summary": pd.DataFrame([known | {"sites_without_cost": 0}]),
             "effects": pd.DataFrame()}  # fmt: skip
    assert "1,250 + ?" not in printed(comparison(whole, "en"))
    assert "1,250" in printed(comparison(whole, "en"))


def test_a_plan_not_proved_shows_its_gap(sides: tuple[Placing, list[Side]]) -> None:
    placing, all_sides = sides
    row = summary_row("one", placing(all_sides[1].study, all_sides[1].scenario))
    late = {"summary": pd.DataFrame([row | {"status": "best_so_far", "gap": 0.0125}]),
            "effects": pd.DataFrame()}  # fmt: skip
    assert "± 1.25%" in printed(comparison(late, "en"))
    proved = {"summary": pd.DataFrame([row]), "effects": pd.DataFrame()}
    assert "±" not in printed(comparison(proved, "en"))


@pytest.mark.slow
def test_scenarios_that_do_not_fit_side_by_side_are_continued_below(
    sides: tuple[Placing, list[Side]],
) -> None:
    placing, all_sides = sides
    many = [replace(all_sides[0], name=f"side-{n:02d}") for n in range(12)]
    wide, narrow = (side_by_side(placing, many, "en", width) for width in (240, 80))
    label = word("compare_villages_without_unit", "en").split()[0]
    assert (wide.count(label), narrow.count(label)) == (1, 2)
    assert {w for w in wide.split() if w.strip("─")} <= set(narrow.split())


@pytest.mark.slow
def test_what_each_difference_is_worth(sides: tuple[Placing, list[Side]]) -> None:
    """Opening d, v2 and v3 walk less and change their ranks."""
    placing, all_sides = sides
    moved = effects(all_sides[0], all_sides[1], placing)
    rows = [summary_row(s.name, placing(s.study, s.scenario)) for s in all_sides[:2]]
    text = printed(comparison({"summary": pd.DataFrame(rows), "effects": moved}, "en"))
    listed = moved[moved["village_id"] == "v3"].iloc[0]
    line = next(line for line in text.splitlines() if "Desa v3" in line and "→" in line)
    assert f"{listed['minutes_more']:.1f}" in line.replace("\N{MINUS SIGN}", "-")


@pytest.mark.slow
def test_conflicts_are_told_in_words() -> None:
    placed = Placing()(town(), under("mclp", must_open=("a", "b")))
    tables = health_office_tables(placed.assessment)
    (row,) = tables["plan_proof"]["conflicts"]
    assert all(isinstance(conflict, Conflict) for conflict in row.rows)
    text = printed(appraisal(tables, "en", only=("plan", "plan_proof")), width=400)
    assert "must_open" not in text
    assert re.search(r"\ba\b.*\bb\b", text)
