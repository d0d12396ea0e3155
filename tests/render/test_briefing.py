"""The documents of a pack, before they are set: each sentence and cell from the street's tables.

One unit at 0; ten people each at 0.5, 1.5, ... 11.5; today 20 of 120 are within two minutes.
Of the buildings d in v3 gains 50 people, b of v1 and c of v2 40 each.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from pptx import Presentation

from batu_geo.domain.asking.answers import Answer
from batu_geo.domain.cell_rows import CellRows, Tie
from batu_geo.domain.letterhead import Letterhead, Phrase, Place, Signature, Strategy
from batu_geo.domain.names import names_by_id
from batu_geo.domain.site_choice import SiteChoice
from batu_geo.planning.answering.answered_study import answered
from batu_geo.planning.assess import assess
from batu_geo.planning.before_after import before_after
from batu_geo.planning.evidence.main_worths import with_plan_worth
from batu_geo.planning.placement import opened_sites
from batu_geo.planning.tables.health_office_tables import RESTS_ON, health_office_tables
from batu_geo.render.briefing.blocks import (
    callout,
    facts,
    heading,
    listed,
    paragraph,
    plain_table,
    table_blocks,
)
from batu_geo.render.briefing.content import Brief, head_of_region
from batu_geo.render.briefing.first_page import figure_blocks, headline, how_chosen
from batu_geo.render.briefing.led_sentences import now_sentences
from batu_geo.render.briefing.office_zip import reproducible
from batu_geo.render.briefing.pdf import as_pdf
from batu_geo.render.briefing.report import MOST_CARDS, report
from batu_geo.render.briefing.report_tables import by_need, printed_table
from batu_geo.render.briefing.sentences import (
    asked_sentences,
    assumed_sentences,
    chosen_sites,
    cost_sentence,
    gain_sentence,
    headline_row,
    order_sentences,
    sites_heading,
)
from batu_geo.render.briefing.sheet_columns import SUMS, sheet_columns, totals_of
from batu_geo.render.briefing.sheet_names import sheet_name
from batu_geo.render.briefing.sheets import building_card, village_blocks, village_sheet
from batu_geo.render.briefing.slides import slides
from batu_geo.render.briefing.summary import map_size, summary
from batu_geo.render.briefing.workbook import dictionary_rows, workbook
from batu_geo.render.text.words import word
from batu_geo.verbs.run_files import run_tables
from tests.conftest import ROOT
from tests.planning.street import CRS, IDS, INPUTS, roster, settings, study

UNITS = {"u0": ("v0", 0.0)}
BUILDINGS = {"a": ("v1", 3.0), "b": ("v1", 5.0), "c": ("v2", 7.0), "d": ("v3", 9.5)}
OTHERS = {"pkm-barat": ("PUSKESMAS", 1.0), "rs-1": ("RUMAH_SAKIT", 13.0)}
CARDS = {
    name: card | {"origin": f"Dinas {name}", "date": "2026-01-31", "licence": "MIT"}
    for name, card in INPUTS.items()
}
MAPS = ("summary", *(f"map_{n}" for n in ("served", "change", "reach", "candidates", "referral",
                                          "staff")))  # fmt: skip


def brief_of(language: Any = "en", model: str = "", **choice: Any) -> Brief:
    """Return the content of a pack of the street; its maps are empty pictures."""
    siting = SiteChoice(model=model, source="toy", **choice) if model else None
    town = study(
        UNITS, BUILDINGS, facilities=OTHERS, inputs=CARDS,
        staffing=roster(("u0", "nurse", 1, "1,2", "08:00", "12:00")),
    )  # fmt: skip
    town.villages["unit_evidence"], town.villages["unit_evidence_note"] = "reported", None
    street = assess(town, settings(siting=siting))
    tables = run_tables(street, language)
    changed = before_after(street, opened_sites(street)).assign(strategy=4)
    tables["before_after"] = with_plan_worth(street, changed)
    drawn = [
        *MAPS,
        *(f"{where}-{v}" for v in IDS for where in ("village", "report")),
        *(f"site-{s}" for s in BUILDINGS),
    ]
    return Brief(
        place="Street", crs=CRS, run="toy-1", scenario=street.scenario, language=language,
        inputs=town.inputs, tables=tables | health_office_tables(street),
        rests_on={name: inputs for name, (_, inputs) in RESTS_ON.items()},
        names={
            **names_by_id(town.villages, "village"),
            **names_by_id(town.facilities, "facility"),
            **street.candidates.set_index("site_id")["building_name"].to_dict(),
        },
        maps={name: f"<svg id='{name}'/>" for name in drawn},
        maps_titles={name: f"Title of {name}" for name in MAPS},
        letterhead=Letterhead(), notices=("remark",), demand_points=len(street.demand),
        calibration=street.calibration,
    )  # fmt: skip


@pytest.fixture(scope="module")
def english() -> Brief:
    return brief_of()


@pytest.fixture(scope="module")
def planned() -> Brief:
    return brief_of(model="mclp", site_count=1)


def blocks_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all blocks of a document, those in columns included."""
    found = []
    for block in document["blocks"]:
        found += [block, *block.get("left", []), *block.get("right", [])] if block[
            "kind"
        ] == "beside" else [block]  # fmt: skip
    return found


def texts(document: dict[str, Any]) -> str:
    """Return every text of a document."""
    parts = []
    for block in blocks_of(document):
        parts += [block.get("text", ""), *map(str, block.get("items", ()))]
        parts += [str(cell) for row in block.get("rows", ()) for cell in row]
    return "\n".join(parts)


@pytest.mark.slow
def test_the_city_today_in_sentences(english: Brief) -> None:
    row = headline_row(english)
    assert (row["served"], row["population"]) == (20, 120)
    units, served, others = now_sentences(english)
    assert units.startswith("1 of 4 villages")
    assert "20 of 120 people (16.7%)" in served
    assert "100 people do not" in served
    assert "4 minutes" in others
    assert "33.3%" in others


@pytest.mark.slow
def test_the_same_city_in_indonesian() -> None:
    indonesian = brief_of("id")
    _, served, _ = now_sentences(indonesian)
    assert "20 dari 120 jiwa (16,7%)" in served
    assert "2 menit" in served


def test_the_order_and_what_is_asked(english: Brief) -> None:
    which, rests, bound, first, ties, how = order_sentences(english)
    assert which == "Certain to have no unit (reported): 3 of 3: Desa v3, Desa v2, Desa v1."
    assert rests.startswith("The order rests on: mean minutes to an open unit (weight 100%).")
    assert bound.startswith(
        "This order is assumed (chosen, not checked), as its weakest inputs are"
    )
    assert "where people live" in bound
    assert first.startswith("Desa v3")
    assert "100.0%" in first
    assert "tied" in ties
    assert "1,000" in how
    order, _, data = asked_sentences(english)
    assert "1. Desa v3, 2. Desa v2, 3. Desa v1" in order
    assert "costs" in data


def test_which_villages_is_asked_first_where_it_is_not_reported(english: Brief) -> None:
    gaps = english.tables["gaps"].assign(unit_evidence=["reported", "inferred", "reported"])
    unsure = replace(english, tables={**english.tables, "gaps": gaps})
    first, order, *_ = asked_sentences(unsure)
    assert first == "First confirm which 3 villages have no unit; not reported: Desa v2."
    assert "1. Desa v3" in order
    assert order_sentences(unsure)[0].endswith("2 of 3: Desa v3, Desa v1.")
    assert "inferred 1 (Desa v2)" in order_sentences(unsure)[1]
    assert order_sentences(unsure)[2].endswith("in public as villages without a unit.")


def test_villages_that_tie_are_named_once(english: Brief) -> None:
    """A pair that each of two villages names is one pair."""
    gaps = english.tables["gaps"].copy()
    gaps["tied_with"] = [
        CellRows((Tie("Desa v3", "Desa v2"),)), CellRows((Tie("Desa v2", "Desa v3"),)),
        CellRows(()),
    ]  # fmt: skip
    tied = replace(english, tables={**english.tables, "gaps": gaps})
    sentence = order_sentences(tied)[4]
    assert sentence.count("Desa v2") == sentence.count("Desa v3") == 1


def test_without_villages_to_rank_nothing_is_asked(english: Brief) -> None:
    empty = english.tables["gaps"].head(0)
    none = replace(english, tables={**english.tables, "gaps": empty})
    assert order_sentences(none) == asked_sentences(none)
    assert len(asked_sentences(none)) == 1


@pytest.mark.slow
def test_the_best_buildings_in_the_order_of_the_villages(english: Brief, planned: Brief) -> None:
    assert chosen_sites(english)["site_id"].tolist() == ["d", "c", "b"]
    assert chosen_sites(english)["village_name"].tolist() == ["Desa v3", "Desa v2", "Desa v1"]
    assert chosen_sites(planned)["site_id"].tolist() == ["d"]
    assert sites_heading(english) != sites_heading(planned)


def test_what_the_buildings_change_together(english: Brief, planned: Brief) -> None:
    """With b, c and d all but those at 2.5 are served, with d 50 more than today."""
    best = gain_sentence(english)
    assert "110 of 120 people (91.7%)" in best
    assert "90 more" in best
    assert "proved" not in best
    plan = gain_sentence(planned)
    assert "70 of 120 people (58.3%)" in plan
    assert "50 more" in plan
    assert "proved to be the best" in plan


def test_a_plan_that_is_not_proved_says_how_far_off_it_may_be(planned: Brief) -> None:
    proof = planned.tables["plan_proof"].assign(plan_status="best_so_far", gap_percent=2.5)
    late = replace(planned, tables={**planned.tables, "plan_proof": proof})
    assert "2.5" in gain_sentence(late).split("overlap.")[1]
    assert "proved to be the best" not in gain_sentence(late)


@pytest.mark.slow
def test_full_units_have_places_and_people_without_one() -> None:
    full = brief_of(model="capacitated_mclp", site_count=1, people_per_unit=40)
    sentence = gain_sentence(full)
    assert "At most 40" in sentence or "at most 40" in sentence
    assert "60 people have a place and 60 have none" in sentence


@pytest.mark.slow
def test_no_plan_names_the_rules_that_keep_it_away() -> None:
    none = brief_of(model="mclp", must_open=("a", "b"))
    sentence = gain_sentence(none)
    assert "a must open; b must open" in sentence
    proof = none.tables["plan_proof"]
    for status in ("no_plan_yet", "optimal"):
        other = {**none.tables, "plan_proof": proof.assign(plan_status=status)}
        assert "must open" not in gain_sentence(replace(none, tables=other))


def test_costs_nobody_knows_are_told_and_known_ones_are_not(english: Brief) -> None:
    assert "no data for these buildings" in cost_sentence(english)
    bare = {table: card for table, card in english.inputs.items() if table != "costs"}
    assert "holds no costs" in cost_sentence(replace(english, inputs=bare))
    none = {**english.tables, "candidates": english.tables["candidates"].iloc[:0]}
    assert cost_sentence(replace(english, tables=none)) == "", "the study has costs, of nothing"
    sites = english.tables["candidates"].assign(cost_rupiah=7)
    assert cost_sentence(replace(english, tables={**english.tables, "candidates": sites})) == ""


def test_what_is_assumed_names_where_it_comes_from(english: Brief) -> None:
    costs, *rest = assumed_sentences(english)
    assert "Dinas costs" in costs
    assert "illustrative" in costs
    assert len(rest) == 3
    assert english.scenario.candidates.source in rest[-1]


def test_the_banner_stands_where_something_is_made_up(english: Brief) -> None:
    assert "costs" in english.banner
    real = {name: card for name, card in CARDS.items() if name != "costs"}
    assert replace(english, inputs=real).banner == ""
    chosen = real | {"costs": CARDS["costs"], "figures": CARDS["figures"] | {"evidence": "assumed"}}
    assert len(replace(english, inputs=chosen).banner) > len(english.banner)


def test_a_map_names_its_inputs_date_and_projection(english: Brief) -> None:
    note = english.map_source("map_served")
    for name in ("villages", "population", "facilities", "roads"):
        assert f"Dinas {name}" in note
    assert "Dinas buildings" not in note
    assert "2026-01-31" in note
    assert "Projection Transverse Mercator, datum World Geodetic System 1984." in note


def test_a_table_says_its_evidence_once_or_in_each_row(english: Brief) -> None:
    table = pd.DataFrame({"rank": [1, 2], "village_name": ["A", "B"],
                          "evidence": ["reported", "reported"]})  # fmt: skip
    _, alike = table_blocks(english, "gaps", table, ("rank", "village_name"))
    assert alike["head"][-1] == "Village"
    assert "reported" in alike["note"]
    mixed = table.assign(evidence=["reported", "assumed"])
    _, apart = table_blocks(english, "gaps", mixed, ("rank", "village_name"))
    assert [row[-1] for row in apart["rows"]] == ["reported", "assumed"]
    title, nothing = table_blocks(english, "gaps", table.head(0), ("rank",))
    assert (title["kind"], nothing["kind"]) == ("heading", "paragraph")


def test_cells_are_words_numbers_stand_to_the_right_and_ids_become_names() -> None:
    table = pd.DataFrame(
        {"facility_id": ["u0", "u9"], "population": pd.array([1234, None], dtype="Int64"),
         "mean_minutes": [1.25, np.inf], "v0": ["x", "y"]}
    )  # fmt: skip
    block = plain_table(table, "id", names={"u0": "Unit nol", "v0": "Desa nol"})
    assert block["head"][-1] == "Desa nol"
    assert block["rows"][0] == ["Unit nol", "1.234", "1,2", "x"]
    assert block["rows"][1][0] == "u9"
    assert block["right"][0] is False
    assert block["right"][1] is True
    assert len(block["widths"]) == 4


def test_a_hidden_count_is_called_hidden_and_not_unknown() -> None:
    table = pd.DataFrame(
        {"village_name": ["a", "b", "c"], "count": [np.nan, np.nan, 12.0],
         "rate": [np.nan, np.nan, 5.0], "is_hidden": [True, False, False]}
    )  # fmt: skip
    block = plain_table(table, "en", names={})
    assert [row[1] for row in block["rows"]] == ["hidden", "no data", "12"]
    assert [row[2] for row in block["rows"]] == ["hidden", "no data", "5.0"]
    assert block["right"][1:3] == [True, True]


def test_many_columns_make_letters_smaller() -> None:
    wide = pd.DataFrame({f"column_{n}": ["a word of some length"] for n in range(14)})
    names = {f"column_{n}": "heading" for n in range(14)}
    narrow = plain_table(wide.iloc[:, :3], "en", names=names)
    assert plain_table(wide, "en", names=names)["size"] < narrow["size"]


def test_signs_of_control_are_shown_and_never_in_force() -> None:
    rough = "a\x00b\u202ec"
    for block in (heading(rough), paragraph(rough), callout(rough, "warn")):
        assert "\x00" not in block["text"]
        assert "\u202e" not in block["text"]
        assert block["text"].startswith("a")
        assert block["text"].endswith("c")
    assert listed([rough])["items"] == [heading(rough)["text"]]
    assert facts([(rough, rough)])["rows"] == [[heading(rough)["text"]] * 2]


def test_page_one_answers_which_villages_are_certain_and_what_their_order_rests_on(
    english: Brief,
) -> None:
    """Two questions of somebody who reads page 1 alone; above it what the place aims at."""
    frame = Place(vision=Phrase(id="Visi", en="Vision"), mission=Phrase(id="Misi", en="Mission"),
                  national=Phrase(id="Cita"), strategies={"4": Strategy(id="S4", en="Units")})  # fmt: skip
    gaps = english.tables["gaps"].assign(unit_evidence=["reported", "inferred", "reported"])
    half = replace(english, frame=frame, tables={**english.tables, "gaps": gaps})
    blocks = summary(half)["blocks"]
    end = next(n for n, b in enumerate(blocks) if b.get("new_page"))
    page = blocks[:end]
    assert page[1]["text"] == "Vision · Mission · Cita · Units"
    kinds = [block["kind"] for block in page]
    assert kinds == ["heading", "paragraph", "headline", "figures", "map", "heading", "table",
                     "heading", "list", "heading", "list"]  # fmt: skip
    assert page[-3]["items"] == asked_sentences(half)[:4]
    rests = page[-1]["items"]
    assert rests[0] == "Certain to have no unit (reported): 2 of 3: Desa v3, Desa v1."
    assert rests[1].startswith("The order rests on: mean minutes")
    assert rests[2].startswith("This order is assumed (chosen, not checked)")
    assert rests[3].startswith("Buildings are chosen village by village")
    second = texts({"blocks": blocks[end:]})
    assert "Not certain to have no unit, to be confirmed first: inferred 1 (Desa v2)." in second
    assert summary(english)["blocks"][1]["kind"] == "headline"


@pytest.mark.slow
def test_the_headline_recommends_the_buildings_of_the_plan_or_says_why_none(
    english: Brief, planned: Brief
) -> None:
    """By hand: 20 of 120 today; d of v3 gains 50 and is the best single building."""
    assert headline(planned) == (
        "Recommendation: open a unit in 1 buildings, in Desa v3. The people within 2 minutes "
        "by foot rise from 16.7% to 58.3%."
    ).replace("by foot", planned.mode)
    assert how_chosen(planned).startswith("These buildings together are proved")
    assert "in 3 buildings, in Desa v3, Desa v2, Desa v1." in headline(english)
    (figures,) = figure_blocks(planned)
    assert [item["value"] for item in figures["items"]] == ["16.7%", "3", "+50"]
    nobody = replace(english, tables={
        **english.tables, "gaps": english.tables["gaps"].head(0),
        "candidates": english.tables["candidates"].head(0),
    })  # fmt: skip
    assert headline(nobody) == "Every village has a unit: no new building is recommended."
    empty = replace(english, tables={**english.tables,
                                     "candidates": english.tables["candidates"].head(0)})  # fmt: skip
    assert headline(empty).startswith("No building meets the rules yet")
    impossible = brief_of(model="mclp", site_count=9)
    assert headline(impossible).startswith("There is no plan: the rules of this scenario")
    unproved = planned.tables["plan_proof"].assign(plan_status="best_so_far", gap_percent=2.5)
    unsure = replace(planned, tables={**planned.tables, "plan_proof": unproved})
    assert how_chosen(unsure).endswith("at most 2.50% from the bound.")


def test_the_summary_is_map_order_buildings_and_decision(english: Brief) -> None:
    document = summary(english)
    kinds = [block["kind"] for block in document["blocks"]]
    assert kinds[0] == "heading"
    assert kinds[-1] == "signatures"
    assert kinds.count("table") == 3
    assert document["date"] == [2026, 1, 31]
    assert document["blocks"][3]["svg"] == "<svg id='summary'/>"
    written = texts(document)
    for sentence in (*now_sentences(english), *order_sentences(english), gain_sentence(english),
                     *asked_sentences(english)):  # fmt: skip
        assert sentence in written


def test_of_many_villages_the_summary_shows_the_first(english: Brief) -> None:
    gaps = pd.concat([english.tables["gaps"]] * 4, ignore_index=True)
    many = replace(english, tables={**english.tables, "gaps": gaps})
    first, order, *_ = (b for b in summary(many)["blocks"] if b["kind"] == "table")
    assert (len(first["rows"]), len(order["rows"])) == (10, 6)


def test_who_leads_a_region_is_its_own_word_else_follows_its_name_else_its_code(
    english: Brief,
) -> None:
    of = {"Kota Contoh": "Mayor of Contoh", "Kabupaten Lain": "Regent of Lain"}
    for place, head in of.items():
        assert head_of_region(replace(english, place=place)) == head
    for code, head in {
        "35.79.01.2001": "mayor",
        "35.07.01.2001": "regent",
        "99.99.01.2001": "",
    }.items():
        assert head_of_region(replace(english, place="Jalan", names={code: "Desa"})) == head
    own = Place(head=Phrase(id="Gubernur Mwali", en="Governor of Mwali"))
    assert head_of_region(replace(english, frame=own)) == "Governor of Mwali"
    assert "Governor of Mwali" in str(summary(replace(english, frame=own))["title"])


@pytest.mark.slow
def test_of_sixty_villages_the_summary_is_two_pages(english: Brief) -> None:
    gaps = pd.concat([english.tables["gaps"]] * 20, ignore_index=True)
    names = [f"Desa Sumbermanjing {n}" for n in range(60)]
    many = replace(english, tables={**english.tables, "gaps": gaps.assign(village_name=names)})
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="186mm" height="78mm"/>'
    pdf = as_pdf(summary(replace(many, maps={"summary": svg})))
    assert re.findall(rb"/Type/Pages/Count (\d+)", pdf) == [b"2"]
    assert any("and 50 more" in text for text in asked_sentences(many))


def many_times(brief: Brief, copies: int) -> Brief:
    """Return a brief whose villages, facilities and buildings each stand some times over."""
    ids = [name for name in brief.names if not name.startswith(("mode", "table"))]

    def copied(table: pd.DataFrame) -> pd.DataFrame:
        own = [
            c for c in table if str(c).endswith(("_id", "_name")) and table[c].dtype.kind in "OT"
        ]
        if not {"village_id", "facility_id", "site_id"} & set(own):
            return table
        parts = [table.assign(**{c: table[c] + f"-{n}" for c in own}) for n in range(copies)]
        return pd.concat(parts, ignore_index=True)

    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="186mm" height="112mm"/>'
    maps = dict.fromkeys(MAPS, svg) | {
        f"report-{i}-{n}": svg for i in brief.names for n in range(copies)
    }
    tables = {name: copied(table) for name, table in brief.tables.items()}
    maps |= {f"site-{i}": svg for i in tables["candidates"]["site_id"].head(MOST_CARDS)}
    names = brief.names | {f"{i}-{n}": f"{brief.names[i]} {n}" for i in ids for n in range(copies)}
    return replace(brief, tables=tables, maps=maps, names=names)


@pytest.mark.slow
def test_of_a_hundred_villages_the_report_is_at_most_eighty_pages(english: Brief) -> None:
    many = many_times(english, 25)
    assert len(many.tables["units"]) >= 25
    assert many.tables["villages"]["village_id"].nunique() == 100
    (pages,) = re.findall(rb"/Type/Pages/Count (\d+)", as_pdf(report(many)))
    assert 20 < int(pages) <= 80


def test_the_letterhead_takes_its_room_from_the_map() -> None:
    plain, full = map_size(Letterhead()), map_size(
        Letterhead(lines=("A", "B"), number="1/2026", signatures=(Signature(role="Kepala"),))
    )  # fmt: skip
    assert plain[0] == full[0]
    assert plain[1] - full[1] == 15
    assert map_size(Letterhead(), rows=6) == plain
    assert plain[1] - map_size(Letterhead(), rows=200)[1] == 18


def test_a_sheet_of_a_village_speaks_of_it_alone(english: Brief) -> None:
    document = village_sheet(english, "v3")
    written = texts(document)
    assert "0 of 30 people (0.0%)" in written
    assert "Ranked 1 of 3" in written
    assert "Balai d" in written
    assert "Balai c" not in written
    assert "Desa v1" not in written
    maps = [block["svg"] for block in blocks_of(document) if block["kind"] == "map"]
    assert maps == ["<svg id='village-v3'/>"]


def test_a_village_without_a_building_says_so(english: Brief) -> None:
    sites = english.tables["candidates"]
    rest = {**english.tables, "candidates": sites[sites["village_id"] != "v3"]}
    blocks = village_sheet(replace(english, tables=rest), "v3")["blocks"]
    assert [b["tone"] for b in blocks if b["kind"] == "callout"] == ["warn"]
    without = {name: t for name, t in english.tables.items() if name != "referral"}
    one, other = (texts(village_sheet(b, "v3"))
                  for b in (english, replace(english, tables=without)))  # fmt: skip
    assert "Referral" in one
    assert "Referral" not in other


@pytest.mark.parametrize(
    ("puskesmas", "hospital", "said"),
    [
        (12.34, 5.0, ("12.3 minutes on average to the puskesmas for those who get there; "
                      "5.0 minutes on average to the hospital for those who get there.")),
        (np.nan, np.nan,
         "no data on the time to the puskesmas; no data on the time to the hospital."),
        (np.inf, np.inf, "nobody reaches its puskesmas; nobody reaches a hospital."),
    ],
)  # fmt: skip
def test_referral_says_the_minutes_or_that_nobody_gets_there_or_knows(
    english: Brief, puskesmas: float, hospital: float, said: str
) -> None:
    table = english.tables["referral"].assign(
        puskesmas_mean_minutes_reached=puskesmas,
        hospital_mean_minutes_reached=hospital,
        hospital_people_without_way=3,
    )
    brief = replace(english, tables={**english.tables, "referral": table})
    written = texts(village_sheet(brief, "v3"))
    assert f"Referral (toy): {said}" in written
    assert ("3 people reach no hospital (toy)." in written) == (hospital == 5.0)


def test_shares_of_one_page_have_the_same_digits(english: Brief) -> None:
    """1 of 4 villages have a unit, 20 of 120 people reach it."""
    written = "\n".join(now_sentences(english))
    assert "(25.0%)" in written
    assert "(16.7%)" in written


@pytest.mark.parametrize("evidence", ["estimated", "illustrative"])
def test_a_made_up_building_carries_a_warning(english: Brief, evidence: str) -> None:
    (site,) = english.tables["candidates"].query("site_id == 'd'").to_dict("records")
    card = building_card(english, site | {"evidence": evidence})
    assert bool(card["warning"]) == (evidence == "illustrative")
    assert card["svg"] == "<svg id='site-d'/>"
    assert "Balai d" in card["title"]
    assert dict(card["rows"])["Village"] == "Desa v3"
    refused = building_card(english, site | {"rank": None})
    assert refused["title"] != card["title"]


@pytest.mark.slow
def test_the_report_has_the_chapters_of_an_official_paper_and_none_is_empty(english: Brief) -> None:
    blocks = report(english)["blocks"]
    chapters = [n for n, b in enumerate(blocks) if b["kind"] == "heading" and b["level"] == 2]
    titles = [blocks[n]["text"] for n in chapters]
    assert titles[:8] == [
        "Contents", "Summary", "I. Background", "II. Legal basis", "III. The state today",
        "IV. Analysis", "V. Recommendation", "VI. Follow-up",
    ]  # fmt: skip
    assert titles[8:] == [
        "Annex A. By subject", "Annex B. Villages without a unit", "Annex C. Candidate buildings",
        "Annex D. Methods",
    ]  # fmt: skip
    for start, end in zip(chapters, [*chapters[1:], len(blocks)], strict=True):
        assert any(b["kind"] != "heading" for b in blocks[start + 1 : end]), blocks[start]["text"]
    heads = [n for n, b in enumerate(blocks) if b["kind"] == "heading"]
    bare = [blocks[n]["text"] for n in heads
            if blocks[n + 1]["kind"] in ("heading", "signatures")
            and blocks[n + 1].get("level", 0) <= blocks[n]["level"]]  # fmt: skip
    assert bare == []


@pytest.mark.slow
def test_the_report_holds_every_village_building_and_input(english: Brief) -> None:
    document = report(english)
    titles = [b["text"] for b in document["blocks"] if b["kind"] == "heading"]
    assert titles.count(word("strategy_4", "en")) == 1
    assert [t for t in titles if re.match(r"\d\. Desa", t)] == [
        "1. Desa v3", "2. Desa v2", "3. Desa v1",
    ]  # fmt: skip
    (cards,) = [b["items"] for b in document["blocks"] if b["kind"] == "cards"]
    assert len(cards) == len(BUILDINGS)
    written = texts(document)
    for card in CARDS.values():
        assert card["origin"] in written
    assert "remark" in written


@pytest.mark.slow
def test_what_is_said_of_numbers_leads_to_a_table_of_the_document(english: Brief) -> None:
    blocks = report(english)["blocks"]
    figures = [item for b in blocks if b["kind"] == "figures" for item in b["items"]]
    places = [led for part in (*blocks, *figures) for led in part.get("led", ())]
    led = {place["to"] for place in places}
    shown = {(b["name"], row) for b in blocks for row in b.get("sheet_rows", ())}
    of_villages = [row for p in places if p["to"] == "gaps" for row in map(int, p["rows"])]
    assert len(set(of_villages)) == len(english.tables["gaps"]) > 1
    assert {("gaps", row) for row in of_villages} <= shown
    held = [b["label"] for b in blocks if b.get("label")]
    assert {"city", "gaps", "before_after", "candidates"} <= led <= set(held)


@pytest.mark.slow
def test_page_one_says_what_is_certain_and_what_is_left_to_ask(english: Brief) -> None:
    """Two of four villages and one building of four are answered; v3 is to be asked first."""
    assert not any("Certain now" in text for text in now_sentences(english))
    town = study(UNITS, BUILDINGS, facilities=OTHERS, inputs=CARDS)
    town.villages["unit_evidence"] = "inferred"
    town.villages["population_evidence"] = "estimated"
    said = [Answer("villages", v, "has_unit", "no", "telepon", "2026-01-31") for v in ("v1", "v2")]
    said += [Answer("population", v, "population", "30", "Dukcapil", "2026-01-31") for v in IDS]
    street = assess(answered(town, said), settings())
    table = health_office_tables(street)["still_to_ask"]
    assert table.set_index("asked_about").loc["unit", "rows_certain"] == 2
    brief = replace(english, tables={**english.tables, "still_to_ask": table})
    sentences = now_sentences(brief)
    (certain,) = [text for text in sentences if text.startswith("Certain now")]
    (left,) = [text for text in sentences if text.startswith("Still to ask")]
    assert "which villages have a unit 2/4" in certain
    assert "people 4/4" in certain
    assert "which villages have a unit (Desa v3; Desa v0)" in left
    assert "people (" not in left
    document = summary(brief)
    assert certain in texts(document)
    assert certain not in texts(summary(english))


@pytest.mark.slow
def test_another_kabupaten_brings_its_own_vision_and_strategies(english: Brief) -> None:
    strategies = {
        "4": Strategy(id="Program 7: puskesmas pembantu", en="Programme 7"),
        "3": Strategy(id="Kampanye", note=Phrase(id="tanpa angka", en="no figure")),
    }
    frame = Place(
        vision=Phrase(id="Visi kabupaten <b>", en="Vision of the kabupaten <b>"),
        national=Phrase(id="Kerangka nasional"),
        strategies=strategies,
    )
    document = report(replace(english, frame=frame))
    titles = [b["text"] for b in document["blocks"] if b["kind"] == "heading"]
    assert titles.count("Programme 7") == titles.count("Kampanye") == 1
    assert word("strategy_4", "en") not in titles
    written = texts(document)
    for text in ("Vision of the kabupaten <b>", "Kerangka nasional", "no figure"):
        assert text in written
    show = Presentation(io.BytesIO(slides(replace(english, frame=frame), {})))
    cover = [s.text_frame.text for s in show.slides[0].shapes if s.has_text_frame]
    assert any("Vision of the kabupaten <b>" in text for text in cover)


def test_the_code_has_none_of_the_words_of_one_city() -> None:
    words = re.compile("GERMAS|MBATU|Asta Cita", re.IGNORECASE)
    files = [p for s in ("py", "toml", "md") for p in (ROOT / "batu_geo").rglob(f"*.{s}")]
    assert len(files) > 300
    # In a build the embedded study lies in the package.
    code = [p for p in files if (ROOT / "batu_geo" / "study") not in p.parents]
    found = [p for p in code if words.search(p.read_text(encoding="utf-8"))]
    assert found == []


def test_staff_in_the_report_is_one_row_a_unit(english: Brief) -> None:
    blocks = printed_table(english, "staff_gaps", english.tables["staff_gaps"])
    table = next(b for b in blocks if b["kind"] == "table")
    assert [row[0] for row in table["rows"]] == ["Unit u0"]
    assert table["rows"][0][1:4] == ["1 / 1", "0 / 1", "0 / 2"]


def test_hours_in_the_report_are_those_in_which_anybody_is_covered(english: Brief) -> None:
    """The nurse is there on Mondays and Tuesdays from 8 to 12."""
    blocks = printed_table(english, "staff_hours", english.tables["staff_hours"])
    table = next(b for b in blocks if b["kind"] == "table")
    assert len(table["rows"]) == 4
    assert [row[1:4] for row in table["rows"]] == [["20", "20", "0"]] * 4


def test_of_many_plans_as_good_the_report_shows_the_first(planned: Brief) -> None:
    one = planned.tables["plan_alternatives"]
    many = pd.concat([one] * 300, ignore_index=True)
    blocks = printed_table(planned, "plan_alternatives", many)
    assert "300" in blocks[0]["text"]
    table = next(b for b in blocks if b["kind"] == "table")
    assert 1 < len(table["rows"]) < 300


def sheets_of(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.mark.slow
def test_rows_of_labels_alone_are_a_sentence_and_what_is_known_stays_a_table(
    english: Brief,
) -> None:
    groups = pd.DataFrame({"area": ["kota"], "age_group": ["children_under_5"], "people": [None]})
    (head, said) = printed_table(english, "age_groups", groups)
    assert (head["kind"], said["kind"]) == ("heading", "paragraph")
    assert said["text"].startswith("No data yet for whole area, ")
    units = english.tables["units"].assign(host=None, operator=None)
    kinds = [block["kind"] for block in printed_table(english, "units", units)]
    assert kinds == ["heading", "table", "paragraph"]


@pytest.mark.slow
def test_the_workbook_holds_every_table_with_its_numbers(english: Brief) -> None:
    book = sheets_of(workbook(english))
    for name, table in english.tables.items():
        sheet = book[sheet_name(name, "en")]
        assert sheet.max_row == len(table) + 1 + (name in SUMS) or table.empty, name
    served = english.tables["city"]["served"].tolist()
    city = book[sheet_name("city", "en")]
    column = [cell.value for cell in city[1]].index("Served") + 1
    assert [city.cell(row, column).value for row in (2, 3)] == served
    totals = {sheet.title for sheet in book for row in sheet.iter_rows() for cell in row
              if cell.data_type == "f"}  # fmt: skip
    assert totals == {sheet_name(name, "en") for name in SUMS}


def test_a_column_with_a_cell_that_nobody_may_know_has_no_total(english: Brief) -> None:
    table = english.tables["before_after"]
    whole = totals_of("before_after", sheet_columns(table, english), len(table))
    assert [value for _, _, value in whole][1:] == [120, 20, 110, 90, pytest.approx(100 / 6),
                                                    pytest.approx(1100 / 12)]  # fmt: skip
    hidden = table.assign(
        served_before=table["served_before"].astype("Int64").mask(lambda v: v > 9)
    )
    part = list(totals_of("before_after", sheet_columns(hidden, english), len(table)))
    assert [value for _, _, value in part][1:] == [120, 110, 90, pytest.approx(1100 / 12)]
    assert list(totals_of("city", sheet_columns(english.tables["city"], english), 2)) == []


@pytest.mark.slow
def test_text_that_begins_like_a_formula_stays_text(english: Brief) -> None:
    gaps = english.tables["gaps"].assign(village_name=["=1+1", "+62", "@a"])
    book = sheets_of(workbook(replace(english, tables={**english.tables, "gaps": gaps})))
    heads = [column.name for column in sheet_columns(gaps, english)]
    column = heads.index("village_name") + 1
    cells = [book[sheet_name("gaps", "en")].cell(row, column) for row in (2, 3, 4)]
    assert [cell.value for cell in cells] == ["=1+1", "+62", "@a"]
    assert {cell.data_type for cell in cells} == {"s"}


def test_every_column_is_in_the_dictionary(english: Brief) -> None:
    rows = list(dictionary_rows(english.tables, english))
    assert len(rows) == sum(len(table.columns) for table in english.tables.values())
    assert all(heading for _, _, heading, _ in rows)


@pytest.mark.slow
def test_two_workbooks_are_the_same_bytes_and_carry_the_day_of_the_data(english: Brief) -> None:
    one, two = workbook(english), workbook(english)
    assert one == two
    with zipfile.ZipFile(io.BytesIO(one)) as zipped:
        assert {entry.date_time for entry in zipped.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = zipped.read("docProps/core.xml").decode()
    assert re.findall(r">(\d{4}-\d\d-\d\dT[\d:]+Z)<", core) == ["2026-01-31T00:00:00Z"] * 2
    assert reproducible(one, day=date(2026, 1, 31)) == one


def test_of_villages_without_a_unit_the_first_in_need_are_printed_first(english: Brief) -> None:
    order = english.tables["gaps"]["village_id"].tolist()
    turned = english.tables["gaps"][["village_id"]].iloc[::-1]
    assert by_need(english, turned)["village_id"].tolist() == order
    everybody = english.tables["villages"].iloc[::-1]
    assert by_need(english, everybody) is everybody


def test_columns_of_labels_alone_are_named_and_not_printed_again(english: Brief) -> None:
    known, unknown = ({f"{letter}{n}": value for n in range(9)} for letter, value in
                      (("a", 1.0), ("b", float("nan"))))  # fmt: skip
    table = pd.DataFrame({"village_name": ["Beji"], **known, **unknown, "evidence": ["assumed"]})
    (shown,) = (b for b in printed_table(english, "made up", table) if b["kind"] == "table")
    assert shown["head"][1:] == list(known)


def test_a_unit_whose_host_is_unknown_is_named_alone(english: Brief) -> None:
    units = english.tables["nearest_units"].assign(host=None)
    brief = replace(english, tables={**english.tables, "nearest_units": units})
    said = texts({"blocks": village_blocks(brief, "v3", inset_mm=40.0, is_report=True)})
    assert "Nearest unit of" in said
    assert "no data)" not in said


@pytest.mark.slow
def test_the_evidence_of_a_table_has_no_ids(english: Brief) -> None:
    notes = [block.get("note", "") for block in blocks_of(report(english))]
    assert any("where people live" in note for note in notes)
    assert not any("scenario." in note for note in notes)
