"""What it would cost to make each made-up building a unit: made up as well, and saying so.

The five real kelurahan offices have no cost here: nobody has published one, and a figure
for a real building would be taken for a fact.
"""

from __future__ import annotations

import random
from typing import Any

import facts

NOTE = "made up to show the tool: no estimate is public"
WORKS = {"good": 0, "light_damage": 90, "moderate_damage": 210, "heavy_damage": 480, "unknown": 120}


def costs(buildings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the costs of the illustrative buildings by item and payer, in rupiah."""
    rows = []
    for building in buildings:
        if building["evidence"] != "illustrative":
            continue
        rng = random.Random(f"cost-{building['building_id']}")
        works = WORKS[building["condition"]] + rng.randrange(120, 241, 5)
        items = (
            ("works", "city", "once", works),
            ("equipment", "city", "once", rng.randrange(110, 171, 5)),
            ("operation", "bok", "yearly", rng.randrange(18, 31, 3)),
        )
        rows += [
            {
                "building_id": building["building_id"],
                "item": item,
                "payer": payer,
                "period": period,
                "rupiah": million * 1_000_000,
                "evidence": "illustrative",
                **facts.notes(NOTE),
            }
            for item, payer, period, million in items
        ]
    return rows
