"""What `assess` prints: every table of the health office, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from batu_geo.domain.errors import shown
from batu_geo.render.words import certainty_sentence, code_word, date_word, mode_word, number, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from batu_geo.domain.errors import Language

HIDDEN = "<5"
TEXT, CODE, MODE, DAY, AUTO = "text", "code", "mode", "day", "auto"


@dataclass(frozen=True, slots=True)
class Section:
    """A table as it is printed: its columns with digits after the comma, or how to say them."""

    name: str
    columns: dict[str, int | str]
    rows: Callable[[pd.DataFrame], pd.DataFrame] = lambda table: table


def _norm_summary(checks: pd.DataFrame) -> pd.DataFrame:
    """Count how often each norm is met; a value is told where only one thing is compared."""
    rows = []
    for (what, norm_id), part in checks.groupby(["what", "norm_id"], sort=False):
        first, met = part.iloc[0], part["is_met"].astype("boolean")
        rows.append(
            {
                "what": what,
                "value": first["value"] if len(part) == 1 else None,
                "comparison": first["comparison"],
                "norm": first["norm"],
                "met": int(met.fillna(value=False).sum()),
                "not_met": int((~met).fillna(value=False).sum()),
                "no_data": int(met.isna().sum()),
                "norm_id": norm_id,
                "source": f"{first['source']}, {first['article']}",
                "conflicts_with": first["conflicts_with"],
            }
        )
    return pd.DataFrame(rows)


def _action_summary(actions: pd.DataFrame) -> pd.DataFrame:
    keys = ["strategy", "action", "owner"]
    return actions.groupby(keys, as_index=False).size().rename(columns={"size": "count"})


def _below_norm(gaps: pd.DataFrame) -> pd.DataFrame:
    return gaps[gaps["gap"].isna() | (gaps["gap"] > 0)]


SECTIONS = (
    Section("four_coverages", {"word": CODE, "mode": MODE, "threshold_minutes": 0, "value": 0,
                               "of": 0, "percent": 2, "villages_known": 0, "source": CODE,
                               "evidence": CODE}),
    Section("figures", {"figure_id": TEXT, "meaning": TEXT, "reported": AUTO, "found": AUTO,
                        "found_in": CODE, "source": TEXT, "date": TEXT}),
    Section("feasibility", {"village_id": TEXT, "site_id": TEXT, "building_readiness": 1,
                            "process_stage": 2, "people_gained": 0, "buildings_left": 0,
                            "feasibility_score": 2}),
    Section("bands", {"village_name": TEXT, "minutes_p5": 1, "mean_minutes_middle": 1,
                      "minutes_p95": 1, "people_certainly_within": 0, "people_depends": 0,
                      "people_certainly_beyond": 0, "state": CODE}),
    Section("demand_sources", {"village_name": TEXT, "rank_streets": 0, "rank_raster": 0,
                               "rank_footprints": 0}),
    Section("access", {"village_name": TEXT, "units_within": 2, "staff_within": 2, "gravity": 2,
                       "two_step_fca_per_5000": 2, "e2sfca_per_5000": 2,
                       "balanced_fca_per_5000": 2}),
    Section("equity", {"area": TEXT, "people": 0, "people_beyond": 0, "gini": 3, "theil": 3,
                       "palma": 2, "p10_minutes": 1, "p90_minutes": 1,
                       "p90_minus_p10_minutes": 1, "concentration_by_poverty": 3}),
    Section("staff_days", {"weekday": DAY, "is_working_day": CODE, "people_hours": 0,
                           "mean_people": 0, "worst_hour": 0, "worst_people": 0,
                           "is_worst": CODE}),
    Section("staff_one_more", {"facility_name": TEXT, "people_hours_gained": 0},
            lambda table: table[table["people_hours_gained"] > 0]),
    Section("staff_gaps", {"facility_name": TEXT, "profession": CODE, "present": 0, "norm": 0,
                           "gap": 0, "norm_id": TEXT}, _below_norm),
    Section("unit_hours", {"facility_name": TEXT, "open_days": 0, "open_hours": 0}),
    Section("services", {"service": CODE, "units": 0, "people": 0, "share_percent": 1}),
    Section("standards", {"facility_id": TEXT, "met": 0, "known": 0, "percent_met": 0}),
    Section("indicators", {"village_name": TEXT, "indicator": CODE, "count": 0, "rate": 1,
                           "rate_unit": CODE, "evidence": CODE}),
    Section("puskesmas", {"facility_name": TEXT, "villages": 0, "people": 0, "doctors": 0,
                          "people_per_doctor": 0, "doctors_added": 0,
                          "people_per_doctor_after": 0}),
    Section("referral", {"village_name": TEXT, "puskesmas_id": TEXT, "puskesmas_minutes": 1,
                         "hospital_id": TEXT, "hospital_minutes": 1, "people_beyond": 0,
                         "share_beyond_percent": 1}),
    Section("unit_referral", {"facility_name": TEXT, "puskesmas_id": TEXT, "puskesmas_minutes": 1,
                              "hospital_id": TEXT, "hospital_minutes": 1}),
    Section("plan", {"site_id": TEXT, "building_name": TEXT, "village_name": TEXT,
                     "suitability": CODE, "people_gained": 0, "city_rupiah": 0,
                     "in_every_optimal": CODE, "in_every_nearly": CODE}),
    Section("plan_proof", {"model": CODE, "status": CODE, "objective": 0, "bound": 0, "gap": 4,
                           "proof": CODE, "optimal_plans": 0, "nearly_plans": 0,
                           "conflicts": TEXT, "without_cost": TEXT}),
    Section("building_order", {"step": 0, "site_id": TEXT, "people_served": 0, "people_added": 0,
                               "best_possible": 0, "regret_people": 0, "best_is_proved": CODE}),
    Section("building_costs", {"site_id": TEXT, "readiness": CODE, "city_rupiah": 0,
                               "village_fund_rupiah": 0, "bok_rupiah": 0}),
    Section("norm_checks", {"what": CODE, "value": 1, "comparison": CODE, "norm": 0, "met": 0,
                            "not_met": 0, "no_data": 0, "norm_id": TEXT, "source": TEXT,
                            "conflicts_with": TEXT}, _norm_summary),
    Section("actions", {"strategy": 0, "action": CODE, "owner": TEXT, "count": 0},
            _action_summary),
)  # fmt: skip


OF_A_PLAN = ("plan", "plan_proof", "building_order")


def appraisal(
    tables: Mapping[str, pd.DataFrame], language: Language, *, only: Sequence[str] = ()
) -> RenderableType:
    """Return every table of the health office as a terminal shows it, or some of them.

    Parameters
    ----------
    tables
        From `appraise`, by name; those that a study lacks are said to have no data.
    language
        Of titles, headings and codes.
    only
        Names of the tables; all when none is named.
    """
    parts: list[RenderableType] = []
    for section in (s for s in SECTIONS if not only or s.name in only):
        title = word(f"title_{section.name}", language)
        table = tables.get(section.name)
        if table is None and section.name in OF_A_PLAN:
            continue
        if table is None or table.empty:
            parts.append(Text(f"\n{title}: {word('no_data', language)}", style="bold"))
            continue
        rows = section.rows(table)
        worth = code_word(_weakest_word(table), language)
        parts += [Text(f"\n{title} ({worth})", style="bold"), _shown(section, rows, language)]
    return Group(*parts)


def _weakest_word(table: pd.DataFrame) -> str:
    """Return the evidence of a table: one word where all rows agree, else that it varies."""
    kinds = table["evidence"].dropna().unique()
    return str(kinds[0]) if len(kinds) == 1 else "evidence_varies"


def _shown(section: Section, rows: pd.DataFrame, language: Language) -> Table:
    columns = {name: how for name, how in section.columns.items() if name in rows}
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name, how in columns.items():
        justify: Any = "right" if isinstance(how, int) or how == AUTO else "left"
        table.add_column(word(f"col_{name}", language), justify=justify, overflow="fold")
    for row in rows.to_dict("records"):
        table.add_row(*(Text(cell) for cell in _cells(row, columns, language)))
    return table


def _cells(
    row: Mapping[Any, Any], columns: Mapping[str, int | str], language: Language
) -> Iterator[str]:
    for name, how in columns.items():
        value = row[name]
        if name == "meaning" and language == "en" and not pd.isna(row.get("meaning_en")):
            value = row["meaning_en"]
        if name == "count" and row.get("is_hidden") is True:
            yield HIDDEN
        elif name == "date":
            yield date_word(value, language)
        elif isinstance(how, int):
            yield "" if _is_blank(name, value) else number(value, language, how)
        elif how == AUTO:
            yield number(value, language, 0 if _is_whole(value) else 2)
        elif pd.isna(value) or value == "":
            yield ""
        elif how == MODE:
            yield mode_word(str(value), language)
        elif how == DAY:
            yield word(f"day_{value}", language)
        else:
            yield code_word(value, language) if how == CODE else shown(str(value))


def _is_blank(name: str, value: Any) -> bool:
    """Say whether a cell has nothing to tell, which is not the same as no data."""
    return name in {"threshold_minutes", "villages_known"} and pd.isna(value)


def _is_whole(value: Any) -> bool:
    return pd.isna(value) or float(value).is_integer()


def certainty_lines(gaps: pd.DataFrame, language: Language) -> Iterator[str]:
    """Yield of each ranked village how sure its rank is, and whom it ties with."""
    for gap in gaps.to_dict("records"):
        if pd.isna(gap["rank_share_percent"]):
            continue
        yield certainty_sentence(gap, language)
