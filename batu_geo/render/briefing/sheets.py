"""One page a village without a unit, and one page a candidate building."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.render.briefing.blocks import (
    Block,
    beside,
    callout,
    heading,
    led_list,
    map_block,
    paragraph,
    table_blocks,
)
from batu_geo.render.briefing.content import MADE_UP
from batu_geo.render.briefing.pdf import document
from batu_geo.render.briefing.sentences import cost_sentence, note_of, reach_sentence
from batu_geo.render.briefing.sheet_names import Led
from batu_geo.render.text.column_headings import cell, column_words, plain_text
from batu_geo.render.text.words import mode_word, need_sentence, number, suitability_words, word
from batu_geo.siting.buildings.candidates import is_best_in_village

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batu_geo.domain.errors import Language
    from batu_geo.domain.letterhead import Letterhead
    from batu_geo.render.briefing.content import Brief

INSET_MM, LEAST_INSET_MM = 86.0, 50.0
# Of the map on a card of a building, as `kit.typ` sets it.
CARD_MM = (58.0, 29.0)
HEAD_LINE_MM, SIGNED_MM = 5.0, 14.0
CHOICES = (
    "rank", "building_name", "suitability", "people_gained",
    "person_minutes_saved", "verify", "why_not",
)  # fmt: skip
CARD = (
    "asset_code", "village_name", "owner", "land_status", "condition",
    "floor_area_m2", "rooms", "present_use", "process_status", "lat", "lon", "evidence",
)  # fmt: skip
GAIN = (
    "rank_in_village", "suitability", "people_gained", "people_newly_reachable",
    "person_minutes_saved", "why_not", "verify",
)  # fmt: skip
LEDGER = ("instrument_options", "missing_documents", "cost_rupiah", "cost_yearly_rupiah")


def village_sheet(brief: Brief, village_id: str) -> dict[str, Any]:
    """Return the document for one village head."""
    name = brief.names[village_id]
    title = brief.title("brief_sheet", name=name)
    body = village_blocks(brief, village_id, inset_mm=inset_mm(brief.letterhead))
    blocks = [heading(title, 1), *body, {"kind": "signatures"}]
    return document(brief, title, blocks, has_letterhead=True)


def inset_mm(head: Letterhead) -> float:
    """Return how wide and high the map of a sheet is beside letterhead and signatures.

    >>> from batu_geo.domain.letterhead import Letterhead
    >>> inset_mm(Letterhead(lines=("PEMERINTAH KOTA",)))
    81.0
    """
    taken = HEAD_LINE_MM * (len(head.lines) + bool(head.number)) + SIGNED_MM * bool(head.signatures)
    return max(LEAST_INSET_MM, INSET_MM - taken)


def village_blocks(
    brief: Brief, village_id: str, *, inset_mm: float, is_report: bool = False
) -> list[Block]:
    """Return what is said of one village without a unit; in a report with a smaller map."""
    language = brief.language
    gap = _row(brief.tables["gaps"], "village_id", village_id)
    people = _row(brief.tables["before_after"], "village_id", village_id)
    head = brief.scenario.headline
    status = word("status_none", language)
    evidence = cell("unit_evidence", gap["unit_evidence"], language)
    here = [
        ("gaps", word("sheet_unit", language, status=status, evidence=evidence)),
        ("before_after", reach_sentence(brief, people)),
        ("gaps", need_sentence(gap, language, minutes=head.threshold_minutes, mode=head.mode)),
        ("gaps", _rank_sentence(brief, gap)),
        *(("nearest_units", text) for text in _nearest_sentence(brief, village_id)),
        *(("referral", text) for text in _referral_sentence(brief, village_id)),
    ]
    said = [Led(text, name, (_place(brief.tables[name], village_id),)) for name, text in here]
    sites = brief.tables["candidates"]
    sites = sites[sites["village_id"] == village_id]
    drawn = brief.maps[f"{'report' if is_report else 'village'}-{village_id}"]
    return [
        beside(
            inset_mm,
            [map_block(brief, "map_candidates", drawn,
                       word("map_inset", language, name=brief.names[village_id]), inset_mm)
             | ({"note": ""} if is_report else {})],
            [heading(word("sheet_here", language), 2), led_list(brief, said)],
        ),
        heading(word("sheet_choices", language), 2),
        *_best_sentence(brief, sites),
        *table_blocks(brief, "candidates", sites, CHOICES, level=0),
        heading(word("sheet_next", language), 2),
        *_needed(brief, [village_id, *sites["site_id"]]),
    ]  # fmt: skip


def _place(table: pd.DataFrame, village_id: str) -> int:
    """Return the position of the first row of a village."""
    return table["village_id"].tolist().index(village_id)


def _row(table: pd.DataFrame, column: str, value: str) -> dict[Any, Any]:
    rows: list[dict[Any, Any]] = table[table[column] == value].to_dict("records")
    return rows[0]


def _rank_sentence(brief: Brief, gap: dict[Any, Any]) -> str:
    language = brief.language
    return word(
        "sheet_rank", language, rank=cell("rank", gap["rank"], language),
        count=len(brief.tables["gaps"]),
        share=cell("rank_share_percent", gap["rank_share_percent"], language),
    )  # fmt: skip


def _nearest_sentence(brief: Brief, village_id: str) -> list[str]:
    """Return which unit is nearest to most people, and what it is run from if that is known."""
    row, language = _row(brief.tables["nearest_units"], "village_id", village_id), brief.language
    if pd.isna(row["facility_id"]):
        return []
    unit, people = row["facility_name"], number(row["people_nearest"], language)
    if not pd.isna(row["host"]):
        unit += f" ({cell('host', row['host'], language)})"
    return [word("sheet_nearest", language, people=people, unit=unit)]


def _referral_sentence(brief: Brief, village_id: str) -> list[str]:
    table, language = brief.tables.get("referral"), brief.language
    if table is None or village_id not in set(table["village_id"]):
        return []
    row = _row(table, "village_id", village_id)
    mode = mode_word(brief.scenario.referral.mode, language)
    trips = {kind: _trip_to(row, kind, language) for kind in ("puskesmas", "hospital")}
    said = [word("sheet_referral", language, mode=mode, **trips)]
    lost = row["hospital_people_without_way"]
    if lost and np.isfinite(row["hospital_mean_minutes_reached"]):
        said.append(word("sheet_no_hospital", language, people=number(lost, language), mode=mode))
    return [" ".join(said)]


def _trip_to(row: dict[Any, Any], kind: str, language: Language) -> str:
    """Return the mean minutes of those who get there, or why there are none."""
    column = f"{kind}_mean_minutes_reached"
    minutes = row[column]
    if np.isnan(minutes):
        return word(f"trip_unknown_{kind}", language)
    if np.isinf(minutes):
        return word(f"trip_nobody_{kind}", language)
    return word(f"trip_mean_{kind}", language, minutes=cell(column, minutes, language))


def _best_sentence(brief: Brief, sites: pd.DataFrame) -> list[Block]:
    language = brief.language
    best = sites[is_best_in_village(sites)]
    if best.empty:
        return [callout(word("gain_none", language), "warn")]
    row = best.to_dict("records")[0]
    text = word("sheet_best", language, building=row["building_name"],
                suitability=suitability_words(row, language),
                gained=cell("people_gained", row["people_gained"], language))  # fmt: skip
    warning = [callout(word("building_made_up", language), "warn")]
    return [paragraph(text), *(warning if row["evidence"] == MADE_UP else [])]


def _needed(brief: Brief, subjects: Sequence[str]) -> list[Block]:
    """Return the actions that concern a village and its buildings, and the cost."""
    actions = brief.tables["actions"]
    mine = actions[actions["subject_id"].isin(subjects)]
    cost = cost_sentence(brief)
    return [
        *table_blocks(brief, "actions", mine,
                      ("action", "subject", "missing", "owner", "norm_id"), level=0),
        *([paragraph(cost)] if cost else []),
    ]  # fmt: skip


def building_card(brief: Brief, site: dict[Any, Any]) -> dict[str, Any]:
    """Return the card of one candidate building: map, state, gain, ways to use it."""
    language = brief.language
    key = "building_refused" if pd.isna(site["rank"]) else "building_page"
    rank = "" if pd.isna(site["rank"]) else cell("rank", site["rank"], language)
    title = word(key, language, rank=rank, name=site["building_name"])
    known = site | {"village_name": brief.names.get(str(site["village_id"]))}
    inset = word("map_inset", language, name=site["building_name"])
    made_up = site["evidence"] == MADE_UP
    rows = _facts(known, (*CARD, *GAIN, *LEDGER), language)
    return {
        "title": plain_text(title),
        "warning": word("building_made_up", language) if made_up else "",
        "svg": brief.maps[f"site-{site['site_id']}"],
        "alt": word("brief_map_alt", language, title=plain_text(inset)),
        "rows": [[plain_text(label), plain_text(value)] for label, value in rows],
        "note": note_of(site, language),
    }


def _facts(row: dict[Any, Any], columns: Sequence[str], language: Any) -> list[tuple[str, str]]:
    cells = []
    for name in columns:
        value = row.get(name)
        cells.append((column_words(name, language).heading, cell(name, value, language)))
    return cells
