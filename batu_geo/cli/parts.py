"""The parts of `assess`, by the words that `--part` takes in both languages."""

from __future__ import annotations

PARTS: dict[tuple[str, str], tuple[str, ...]] = {
    ("cakupan", "coverage"): (
        "four_coverages", "figures", "demand_sources", "homes_compared", "new_roads", "age_groups",
    ),
    ("kepastian", "certainty"): ("feasibility", "bands", "still_to_ask"),
    ("pemerataan", "equity"): ("access", "equity", "equity_of_staff"),
    ("petugas", "staff"): (
        "staff_days", "staff_one_more", "staff_gaps", "puskesmas", "doctors", "posyandu",
    ),
    ("unit", "units"): ("units", "unit_hours", "services", "standards"),
    ("program", "programmes"): ("indicators",),
    ("rujukan", "referral"): ("referral", "unit_referral", "unit_hospitals"),
    ("rencana", "plan"): (
        "opened_units", "plan", "plan_proof", "plan_units", "plan_villages", "building_order",
        "building_costs",
    ),
    ("norma", "norms"): ("norm_checks", "actions"),
}  # fmt: skip
NAMES = tuple(name for names in PARTS for name in names)


def tables_of(part: str) -> tuple[str, ...]:
    """Return the tables of a part.

    >>> tables_of("rujukan") == tables_of("referral")
    True
    """
    return next(tables for names, tables in PARTS.items() if part in names)
