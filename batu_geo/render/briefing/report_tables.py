"""Which columns of which table the report prints; a table it does not know prints all it can."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from batu_geo.access.coverage import NO_WAY, at_threshold
from batu_geo.domain.norms import english_sources, norms_of
from batu_geo.render.briefing.blocks import Block, heading, paragraph, table_blocks, to_table
from batu_geo.render.text.column_headings import cell, column_key, column_words, table_title
from batu_geo.render.text.which_villages import few
from batu_geo.render.text.words import mode_word, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batu_geo.domain.errors import Language
    from batu_geo.render.briefing.content import Brief

MOST_COLUMNS, MOST_RANKS, MOST_LABELS = 9, 11, 2
MOST_ROWS, FIRST_ROWS, SMALL = 30, 10, 7.0
# Printed whole however long they are.
WHOLE = ("villages", "before_after", "city", "gaps", "comparison", "figures")
OWN_PAGES = (
    "gaps", "candidates", "norm_checks", "figures", "comparison", "before_after", "actions",
)  # fmt: skip
BY_FERRY = ("people_by_ferry", "mean_ferry_minutes")
PRINTED: dict[str, tuple[str, ...]] = {
    "four_coverages": ("word", "mode", "threshold_minutes", "value", "of", "percent", "source"),
    "city": ("mode", "threshold_minutes", "population", "served", "not_served", "unreachable",
             "cut_off", "not_snapped", "share_served_percent", *BY_FERRY),
    "villages": ("village_name", "district_name", "unit_status", "population", "served",
                 "not_served", "unreachable", "cut_off", "not_snapped",
                 "share_served_percent", "mean_minutes_reached", *BY_FERRY),
    "before_after": ("village_name", "population", "served_before", "served_after",
                     "people_added", "share_before_percent", "share_after_percent"),
    "access": ("village_name", "population", "units_within_N_min", "staff_within_N_min",
               "gravity_N_min", "two_step_fca_N_min_per_5000", "e2sfca_N_min_per_5000",
               "staff_available_N_min"),
    "actions": ("action", "subject", "missing", "owner", "norm_id"),
    "bands": ("village_name", "mean_minutes_slow", "mean_minutes_middle", "mean_minutes_fast",
              "minutes_p5", "minutes_p95", "people_certainly_within", "people_depends",
              "people_certainly_beyond", "state"),
    "indicators": ("village_name", "indicator", "count", "rate", "rate_unit", "is_hidden"),
    "norm_checks": ("what", "subject", "value", "comparison", "norm", "is_met", "norm_id",
                    "conflicts_with"),
    "referral": ("village_name", "puskesmas_name", "puskesmas_mean_minutes_reached",
                 "puskesmas_people_without_way", "hospital_name",
                 "hospital_mean_minutes_reached", "hospital_people_without_way",
                 "people_beyond", "share_beyond_percent"),
    "standards": ("facility_name", "service_room", "cadre_room", "water", "power", "toilet",
                  "waste", "ramp", "equipment", "met", "known", "percent_met"),
    "comparison": ("scenario", "mode", "threshold_minutes", "served", "unreachable", "cut_off",
                   "not_snapped", "share_served_percent"),
}  # fmt: skip
NORM_COLUMNS = ("norm_id", "norm_meaning", "value", "unit", "scope", "comparison", "source",
                "article", "date", "status", "norm_evidence")  # fmt: skip
NEVER = (
    "strategy", "evidence_note", "evidence_note_en", "reason", "unit_evidence_note",
    "evidence_bound_by", "evidence_without", "evidence_date",
    "source_origin",  # in the words of its author; of inputs it stands in their own register
)  # fmt: skip


def printed_columns(name: str, table: pd.DataFrame, language: Language) -> list[list[str]]:
    """Return the columns of a table in groups that fit a page, its first column in each."""
    known = PRINTED.get(name)
    if known:
        nobody = {c for c in NO_WAY if name == "comparison" and c in table and not table[c].any()}
        own = {column_key(str(column)): str(column) for column in table.columns}
        return [[own[c] for c in known if c in own and c not in nobody]]
    other = "meaning" if language == "en" else "meaning_en"
    hidden = {*NEVER, other, "evidence", *of_the_other(table.columns, language)}
    if "village_name" in table:
        hidden |= {"village_id"}
    if "facility_name" in table:
        hidden |= {"facility_id"}
    if "building_name" in table:
        hidden |= {"site_id", "building_id"}
    if "other_village_name" in table:
        hidden |= {"other_village_id"}
    if "instrument" in table:
        hidden |= {f"name_{language}"}
    hidden |= {f"{name}_id" for name in ("puskesmas", "hospital") if f"{name}_name" in table}
    shown = [str(c) for c in table.columns if c not in hidden]
    first, rest = shown[:1], shown[1:MOST_RANKS] if name == "rank_acceptability" else shown[1:]
    parts = max(1, math.ceil((len(rest) - 1) / MOST_COLUMNS))
    wide = math.ceil(len(rest) / parts)
    return [first + rest[n : n + wide] for n in range(0, len(rest), wide)]


def of_the_other(columns: Iterable[str], language: Language) -> set[str]:
    """Return the columns in the other language of what a table holds in both.

    >>> sorted(of_the_other(["name_id", "name_en", "site_id", "note", "note_en"], "en"))
    ['name_id', 'note']
    """
    names = set(map(str, columns))
    both = {n.removesuffix("_en") for n in names if n.endswith("_en")}
    pairs = [(own, f"{name}_en") for name in both for own in (f"{name}_id", name) if own in names]
    return {indonesian if language == "en" else english for indonesian, english in pairs}


def in_one_language(table: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Return a table without the columns of the other language; a text in that one alone stays.

    >>> table = pd.DataFrame({"note": ["satu", "dua"], "note_en": ["one", None]})
    >>> in_one_language(table, "en")["note_en"].tolist()
    ['one', 'dua']
    """
    gone = of_the_other(table.columns, language)
    own = {f"{name}_en": table[f"{name}_en"].fillna(table[name])
           for name in gone if f"{name}_en" in table}  # fmt: skip
    return table.assign(**own).drop(columns=list(gone))


def printed_table(brief: Brief, name: str, table: pd.DataFrame) -> list[Block]:
    """Return a table of the report with its title."""
    if name == "staff_hours":
        return _hours(brief, table)
    if name == "staff_gaps":
        table = _wide(table, brief)
    if name == "villages":
        table = at_threshold(table, brief.scenario.headline)
        title = word("layer_share", brief.language, threshold=brief.minutes, mode=brief.mode)
        (columns,) = printed_columns(name, table, brief.language)
        return table_blocks(brief, name, table, columns, title=title)
    groups = printed_columns(name, table, brief.language)
    rows = printed_rows(name, by_need(brief, table))
    title = ""
    if len(rows) < len(table):
        part = word("first_of", brief.language, shown=len(rows), count=len(table))
        title = f"{table_title(name, brief.language)} ({part})"
    blocks: list[Block] = []
    unknown = unknown_columns(rows, groups, brief.language)
    if not title and (said := _nothing_known(brief, rows, groups, unknown)):
        return [heading(table_title(name, brief.language), 3), paragraph(said)]
    known = [[column for column in columns if column not in unknown] for columns in groups]
    # Beyond the first, a group of labels alone says nothing.
    for n, columns in enumerate([known[0], *(some for some in known[1:] if len(some) > 1)]):
        blocks += table_blocks(brief, name, rows, columns, level=0 if n else 3, title=title)
    if unknown:
        heads = [brief.names.get(c, column_words(c, brief.language).heading) for c in unknown]
        said = word("columns_unknown", brief.language, columns="; ".join(heads))
        blocks.append(paragraph(said, SMALL))
    if title:
        blocks.append(to_table(name, brief.language))
    return blocks


def _nothing_known(
    brief: Brief, rows: pd.DataFrame, groups: Sequence[Sequence[str]], unknown: Sequence[str]
) -> str:
    """Return that nothing is known of some rows, in place of a table of their labels alone."""
    language, columns = brief.language, dict.fromkeys(c for group in groups for c in group)
    cells = {
        c: [cell(c, value, language) for value in rows[c]]
        for c in columns if c not in unknown and c in rows and c != "evidence"
    }  # fmt: skip
    labels = [c for c, texts in cells.items() if set(texts) != {"-"}]
    if not unknown or len(labels) > MOST_LABELS or any(rows[c].dtype.kind in "iuf" for c in labels):
        return ""
    said = map(", ".join, zip(*(cells[c] for c in labels), strict=True))
    return word("rows_unknown", language, rows=few(list(said), language, between="; "))


def unknown_columns(
    rows: pd.DataFrame, groups: Sequence[Sequence[str]], language: Language
) -> list[str]:
    """Return the columns of which nothing is known in any row: they are named beneath instead."""
    nothing = word("no_data", language)
    columns = dict.fromkeys(name for group in groups for name in group[1:] if name in rows)
    return [
        name for name in columns
        if len(rows) and (
            (rows[name].dtype.kind == "f" and rows[name].isna().all())
            or all(cell(name, value, language) == nothing for value in rows[name])
        )
    ]  # fmt: skip


def by_need(brief: Brief, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of villages without a unit in the order of their need; others as they are."""
    if "village_id" not in table or "other_village_id" in table or "gaps" not in brief.tables:
        return table
    rank = {village: n for n, village in enumerate(brief.tables["gaps"]["village_id"])}
    if not set(table["village_id"]) <= set(rank):
        return table
    return table.sort_values("village_id", key=lambda ids: ids.map(rank), kind="stable")


def printed_rows(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that the report prints: of a long table the first, the workbook has all."""
    is_long = name not in WHOLE and len(table) > MOST_ROWS
    return table.head(FIRST_ROWS) if is_long else table


def _wide(table: pd.DataFrame, brief: Brief) -> pd.DataFrame:
    """Return staff beside the norm with a column a profession: present / norm."""
    shown = table.assign(
        cell=[
            f"{cell('present', p, brief.language)} / {cell('norm', n, brief.language)}"
            for p, n in zip(table["present"], table["norm"], strict=True)
        ],
        profession=[cell("profession", p, brief.language) for p in table["profession"]],
    )
    order = list(dict.fromkeys(shown["profession"]))
    wide = shown.pivot_table(index="facility_name", columns="profession", values="cell",
                             aggfunc="first", sort=False)[order].reset_index()  # fmt: skip
    wide.columns.name = None
    return wide.assign(evidence=table["evidence"].iloc[0]) if len(table) else wide


def _hours(brief: Brief, table: pd.DataFrame) -> list[Block]:
    """Return people by hour (rows) and weekday (columns)."""
    wide = table.pivot_table(index="hour", columns="weekday", values="people", sort=False)
    wide.columns = pd.Index([cell("weekday", day, brief.language) for day in wide.columns])
    shown = wide[(wide > 0).any(axis=1)].astype("int64").reset_index()
    shown["evidence"] = table["evidence"].iloc[0] if len(table) else None
    columns = [c for c in shown.columns if c != "evidence"]
    return table_blocks(brief, "staff_hours", shown, columns)


def shares_by_threshold(brief: Brief) -> list[Block]:
    """Return the share served of every village at every threshold."""
    table, language = brief.tables["villages"], brief.language
    heads = [
        word("threshold_column", language, minutes=cell("threshold_minutes", t, language),
             mode=mode_word(m, language))
        for m, t in zip(table["mode"], table["threshold_minutes"], strict=True)
    ]  # fmt: skip
    wide = table.assign(how=heads).pivot_table(
        index="village_name", columns="how", values="share_served_percent", sort=False
    )
    wide.columns.name = None
    wide = wide.map(lambda value: cell("share_served_percent", value, language)).reset_index()
    columns: Sequence[str] = list(wide.columns)
    return table_blocks(brief, "villages", wide, columns, title=table_title("villages", language))


def norm_rows(brief: Brief) -> pd.DataFrame:
    """Return every norm of the country and the region as a row."""
    said = english_sources() if brief.language == "en" else {}
    rows = [
        {
            "norm_id": norm.norm_id,
            "norm_meaning": norm.meaning_en if brief.language == "en" else norm.meaning_id,
            "value": None if norm.comparison == "none" else norm.value,
            "unit": norm.unit,
            "scope": norm.scope,
            "comparison": norm.comparison,
            "source": said.get(norm.source, norm.source),
            "article": said.get(norm.article, norm.article),
            "date": norm.date,
            "status": norm.status,
            "norm_evidence": norm.evidence,
        }
        for norm in norms_of(brief.names, brief.country).values()
    ]
    return pd.DataFrame(rows, columns=list(NORM_COLUMNS))


def input_rows(brief: Brief) -> pd.DataFrame:
    """Return every input as a row: origin, licence, date, evidence, note and fingerprint."""
    keys = ("path", "origin", "licence", "date", "evidence", "note", "sha256")
    rows = [
        {"input": name, **{key: card.get(key, "") for key in keys}}
        for name, card in brief.inputs.items()
    ]
    return pd.DataFrame(rows, columns=["input", *keys])
