"""Sentences that more than one document says, each made from a table and only from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access.coverage import at_threshold
from batu_geo.render.briefing.content import CHOSEN, MADE_UP
from batu_geo.render.text.column_headings import cell, plain_text
from batu_geo.render.text.plan_words import no_plan_words
from batu_geo.render.text.which_villages import (
    few,
    to_confirm,
    what_binds,
    which_villages,
)
from batu_geo.render.text.words import (
    code_word,
    number,
    opened_words,
    score_words,
    word,
)
from batu_geo.siting.buildings.candidates import is_best_in_village

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batu_geo.render.briefing.content import Brief

Row = dict[Any, Any]


def headline_row(brief: Brief) -> Row:
    """Return the row of the city at the headline threshold."""
    at_head = at_threshold(brief.tables["city"], brief.scenario.headline)
    rows: list[Row] = at_head.to_dict("records")
    return rows[0]


def chosen_sites(brief: Brief) -> pd.DataFrame:
    """Return the buildings of the plan or the best of each village, as the villages stand."""
    candidates = brief.tables["candidates"]
    is_chosen = is_best_in_village(candidates)
    if has_plan(brief):
        plan = brief.tables["plan"].set_index("site_id")
        is_chosen = candidates["site_id"].isin(plan.index)
        # A plan for all villages may open what the ledger refuses, as its village has a unit.
        allowed = candidates["site_id"].map(plan["suitability"])
        candidates = candidates.assign(suitability=allowed)
    order = {v: n for n, v in enumerate(brief.tables["gaps"]["village_id"])}
    chosen = candidates[is_chosen].assign(order=candidates["village_id"].map(order))
    chosen["village_name"] = chosen["village_id"].map(brief.names)
    return chosen.sort_values("order").drop(columns="order")


def sites_heading(brief: Brief) -> str:
    """Return what `chosen_sites` are."""
    return word("plan_heading" if has_plan(brief) else "building_heading", brief.language)


def has_plan(brief: Brief) -> bool:
    """Return whether the scenario has a plan that opens at least one building."""
    return "plan" in brief.tables and not brief.tables["plan"].empty


def order_sentences(brief: Brief) -> list[str]:
    """Return which villages certainly have no unit, and what their order rests on."""
    return [*which_villages(brief.tables["gaps"], brief.language), *basis_sentences(brief)]


def basis_sentences(brief: Brief) -> list[str]:
    """Return what the order rests on, how often the first is first, and who is tied."""
    language, gaps = brief.language, brief.tables["gaps"]
    if gaps.empty:
        return [word("order_none", language)]
    first, bound = gaps.iloc[0], what_binds(gaps, language)
    said = [_criteria(brief), *([bound] if bound else [])]
    if pd.notna(first["first_share_percent"]):
        share = cell("first_share_percent", first["first_share_percent"], language)
        said.append(word("order_first", language, name=first["village_name"], share=share,
                         draws=number(brief.scenario.robustness.draws, language)))  # fmt: skip
    pairs = sorted(
        {
            tuple(sorted((tie.village_name, tie.other_name)))
            for tied_with in gaps["tied_with"]
            for tie in tied_with.rows
        }
    )
    if pairs:
        tied = [word("order_and", language, a=a, b=b) for a, b in pairs]
        listed = few(tied, language, between="; ")
        said.append(word("order_tied", language, pairs=listed))
    elif len(gaps) > 1:
        said.append(word("order_no_ties", language))
    settings = brief.scenario.robustness
    error = number(100 * settings.population_error, language)
    draws = number(settings.draws, language)
    return [*said, *_incomplete(brief), word("order_how", language, draws=draws, error=error)]


def _criteria(brief: Brief) -> str:
    """Return the criteria that the order rests on, and how much each weighs."""
    language, gaps = brief.language, brief.tables["gaps"]
    used = [c for c in brief.scenario.need if c.weight > 0 and f"weight_{c.name}" in gaps]
    total = sum(c.weight for c in used)
    listed = [
        word("order_rests_of", language, label=code_word(c.name, language),
             weight=number(round(100 * c.weight / total, 1), language))
        for c in used
    ]  # fmt: skip
    return word("order_rests", language, criteria="; ".join(listed))


def _incomplete(brief: Brief) -> Iterator[str]:
    """Yield which criteria no village has a figure for, and whose scores some leave open."""
    language, gaps = brief.language, brief.tables["gaps"]
    unknown = [c.name for c in brief.scenario.need if f"weight_{c.name}" not in gaps]
    if unknown:
        names = ", ".join(code_word(name, language) for name in unknown)
        yield word("criteria_left_out", language, names=names)
    unsure = gaps[gaps["score_low"] < gaps["score_high"]].to_dict("records")
    if unsure:
        scores = [f"{r['village_name']} {score_words(r, language)}" for r in unsure]
        listed = few(scores, language, between="; ")
        yield word("order_interval", language, list=listed)


def finite_means(gaps: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Return columns with the mean of those who reach a unit, where some reach none."""
    is_endless = bool(np.isinf(gaps["mean_minutes"].astype("float64")).any())
    own = {"mean_minutes": "mean_minutes_reached"} if is_endless else {}
    return [own.get(name, name) for name in columns]


def with_interval(gaps: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Return columns of the ranked villages with the interval of the score where there is one."""
    is_unsure = bool((gaps["score_low"] < gaps["score_high"]).any())
    beside = {"score": ["score_low", "score_high"]} if is_unsure else {}
    return [
        name for column in finite_means(gaps, columns) for name in (column, *beside.get(column, ()))
    ]


def gain_sentence(brief: Brief) -> str:
    """Return what the buildings of the plan, or the best ones, change together, and the proof."""
    table, language = brief.tables["before_after"], brief.language
    if "plan" in brief.tables and not has_plan(brief):
        return no_plan_words(brief.tables["plan_proof"].to_dict("records")[0], language)
    if chosen_sites(brief).empty:
        return word("gain_none", language)
    after, people = int(table["served_after"].sum()), int(table["population"].sum())
    places = _places(brief)
    gain = word(
        "gain_near" if places else "gain_together", language,
        opened=opened_words(brief.scenario, language, count=len(chosen_sites(brief))),
        after=cell("served_after", after, language),
        population=cell("population", people, language),
        share=cell("share_after_percent", 100 * after / people if people else None, language),
        added=cell("people_added", int(table["people_added"].sum()), language),
    )  # fmt: skip
    return " ".join([gain, *places, _proof(brief)]) if has_plan(brief) else gain


def _places(brief: Brief) -> list[str]:
    """Return who has a place at a unit, where units take in only so many people."""
    units, villages = brief.tables.get("plan_units"), brief.tables.get("plan_villages")
    if units is None or villages is None or units["people_per_unit"].isna().all():
        return []
    totals = {
        "most": ("people_per_unit", units["people_per_unit"].max()),
        "sent": ("people_sent", villages["people_sent"].sum()),
        "left": ("people_without_place", villages["people_without_place"].sum()),
    }
    values = {key: cell(*value, brief.language) for key, value in totals.items()}
    return [word("plan_places", brief.language, **values)]


def _proof(brief: Brief) -> str:
    """Return whether the plan is proved to be the best one, and else how far it may be from it."""
    row, language = brief.tables["plan_proof"].iloc[0], brief.language
    model = cell("model", row["model"], language)
    if row["plan_status"] == "optimal":
        return word("plan_proved", language, model=model)
    gap = cell("gap_percent", row["gap_percent"], language)
    return word("plan_unproved", language, model=model, gap=gap)


def cost_sentence(brief: Brief) -> str:
    """Return that there is no data; nothing where the table of buildings holds costs or no row."""
    chosen = chosen_sites(brief)
    if "costs" not in brief.inputs:
        return word("cost_none", brief.language)
    if chosen.empty or ("cost_rupiah" in chosen and chosen["cost_rupiah"].notna().any()):
        return ""
    return word("cost_none_here", brief.language)


def assumed_sentences(brief: Brief) -> list[str]:
    """Return what is assumed or made up, each with where it comes from."""
    language, scenario = brief.language, brief.scenario
    mode = scenario.modes[scenario.headline.mode]
    said = [
        word("assumed_input", language, table=word(f"table_{name}", language).capitalize(),
             evidence=word(card["evidence"], language), origin=card["origin"])
        for name, card in brief.inputs.items()
        if card["evidence"] in (MADE_UP, CHOSEN)
    ]  # fmt: skip
    return [
        *said,
        word(
            "assumed_travel", language, mode=brief.mode, source=scenario.said(mode.source, language)
        ),
        word("assumed_demand", language, source=scenario.said(scenario.demand.source, language)),
        word(
            "assumed_candidates",
            language,
            source=scenario.said(scenario.candidates.source, language),
        ),
    ]


def asked_sentences(brief: Brief) -> list[str]:
    """Return what the council is asked to decide."""
    language, gaps = brief.language, brief.tables["gaps"]
    if gaps.empty:
        return [word("order_none", language)]
    order = few([f"{r['rank']}. {r['village_name']}" for r in gaps.to_dict("records")], language)
    chosen = chosen_sites(brief)
    unsure = chosen.loc[chosen["suitability"] == "to_verify", "building_name"].tolist()
    verify = [word("asked_verify", language, buildings=few(unsure, language))] if unsure else []
    first = to_confirm(gaps, language)
    asked = [
        *([first] if first else []),
        word("asked_order", language, order=order),
        word("asked_building", language),
        *verify,
    ]
    made_up = brief.inputs_of(MADE_UP)
    if made_up:
        asked.append(word("asked_data", language, what=", ".join(made_up)))
    return asked


def reach_sentence(brief: Brief, village: Mapping[Any, Any]) -> str:
    """Return who of a village reaches an open unit."""
    return word(
        "sheet_reach", brief.language,
        served=cell("served_before", village["served_before"], brief.language),
        population=cell("population", village["population"], brief.language),
        share=cell("share_before_percent", village["share_before_percent"], brief.language),
        minutes=brief.minutes, mode=brief.mode,
    )  # fmt: skip


def note_of(row: Mapping[Any, Any], language: str) -> str:
    """Return the note on the evidence of a record in the language of the reader."""
    note = row.get("evidence_note_en") if language == "en" else None
    if note is None or pd.isna(note) or note == "":
        note = row.get("evidence_note")
    return plain_text(note)
