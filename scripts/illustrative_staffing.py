"""Staff and profiles of the units in the embedded study: made up, and saying so.

Nobody publishes who works where and when. What is here shows the tool: most
units have a nurse and a midwife on working days, in some the midwife is called
to the puskesmas on Tuesdays, a few lack somebody.
"""

from __future__ import annotations

import random
from typing import Any

import facts

NOTE = "made up to show the tool: no roster is public"
SERVICES = ("maternal_child", "adult_elderly", "communicable", "environment")
ITEMS = ("service_room", "cadre_room", "water", "power", "toilet", "waste", "ramp", "equipment")
ITEM_CHANCE = (0.95, 0.6, 0.95, 0.98, 0.9, 0.5, 0.4, 0.65)


def staffing(facilities: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return who is where and when: units and puskesmas."""
    rows = []
    for facility in facilities:
        rng = random.Random(f"staff-{facility['facility_id']}")
        if facility["kind"] == "UPKDK":
            rows += _unit(facility["facility_id"], rng)
        elif facility["kind"] == "PUSKESMAS" and facility["village_id"]:
            rows += _puskesmas(facility["facility_id"], rng)
    return rows


def _unit(facility_id: str, rng: random.Random) -> list[dict[str, Any]]:
    has_nurse, has_midwife = rng.random() < 0.8, rng.random() < 0.9
    is_called_away = rng.random() < 0.4
    midwife_days = "1,3-5" if is_called_away else "1-5"
    cadres = rng.choices((0, 1, 2, 3), weights=(1, 3, 8, 2))[0]
    return [
        _row(facility_id, "nurse", int(has_nurse), "1-5", "07:30", "14:00"),
        _row(facility_id, "midwife", int(has_midwife), midwife_days, "07:30", "14:00"),
        _row(facility_id, "cadre", cadres, "", "", ""),
    ]


def _puskesmas(facility_id: str, rng: random.Random) -> list[dict[str, Any]]:
    return [
        _row(facility_id, "doctor", rng.randint(3, 6), "1-6", "07:00", "14:00"),
        _row(facility_id, "nurse", rng.randint(8, 14), "1-6", "07:00", "14:00"),
        _row(facility_id, "midwife", rng.randint(6, 10), "1-6", "07:00", "14:00"),
    ]


def _row(
    facility_id: str, profession: str, count: int, weekdays: str, start: str, end: str
) -> dict[str, Any]:
    return {
        "facility_id": facility_id,
        "profession": profession,
        "count": count,
        "weekdays": weekdays,
        "start": start,
        "end": end,
        "evidence": "illustrative",
        **facts.notes(NOTE),
    }


def profiles(facilities: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return what each unit offers and which facility standards it meets."""
    rows = []
    for facility in facilities:
        if facility["kind"] != "UPKDK":
            continue
        rng = random.Random(f"profile-{facility['facility_id']}")
        offered = [s for n, s in enumerate(SERVICES) if rng.random() < (0.95, 0.85, 0.4, 0.3)[n]]
        items = {
            item: rng.choices(("yes", "no", "unknown"), (p, 1 - p, 0.08))[0]
            for item, p in zip(ITEMS, ITEM_CHANCE, strict=True)
        }
        rows.append(
            {
                "facility_id": facility["facility_id"],
                "services": " ".join(offered),
                **items,
                "evidence": "illustrative",
                **facts.notes(NOTE),
            }
        )
    return rows
