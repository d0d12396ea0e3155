"""Candidate buildings of the embedded study.

The list of city-owned (Pemkot) buildings is not public. Five are real: the
kelurahan offices, whose remaining fields nobody has published and which
therefore say `unknown`. All others are made up to show the tool, and their
name says so. Each village without a unit gets the same mixture of ledgers, so
that every rule has something to accept, to refuse and to leave open.
"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Any

import facts
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from illustrative_roads import Place, Point

UNKNOWN = "unknown"
APART_M = 250.0
FARTHEST_M = 950.0
SETBACK_M = 12.0

# owner, land_status, condition, floor area, rooms, present use, process
LEDGERS: tuple[tuple[Any, ...], ...] = (
    ("city", "local_government", "good", (96, 150), 4, "gudang arsip", "proposed"),
    ("city", "local_government", "light_damage", (72, 110), 3, "rumah dinas kosong", "none"),
    ("city", UNKNOWN, "good", (80, 120), 3, "balai pertemuan", "in_process"),
)
REFUSED: tuple[tuple[Any, ...], ...] = (
    ("village", "local_government", "good", (90, 140), 3, "balai desa lama", "none"),
    ("city", "local_government", "heavy_damage", (80, 120), 3, "bekas sekolah dasar", "none"),
    ("city", "local_government", "good", (28, 44), 1, "pos jaga", "none"),
    ("province", "local_government", "good", (100, 160), 4, "kantor cabang", UNKNOWN),
    ("city", "other", "light_damage", (80, 120), 3, "kios pasar", "none"),
    ("city", "local_government", "light_damage", (60, 90), 1, "gudang pupuk", UNKNOWN),
)


def kelurahan_offices(villages: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
    """Return the five real candidates; what nobody published is unknown."""
    return [
        _record(
            f"KEL-{row['village_id']}",
            f"Kantor Kelurahan {row['village_name']}",
            row["village_id"],
            (float(row["office_lon"]), float(row["office_lat"])),
            ("city", UNKNOWN, UNKNOWN, None, None, "kantor kelurahan", UNKNOWN),
            evidence="inferred",
            note="kelurahan offices are city property; no other field is published",
        )
        for row in villages
        if row["kind"] == "kelurahan"
    ]


def illustrative_buildings(
    place: Place, name: str, roadside: Sequence[Point], refused: int
) -> list[tuple[Point, dict[str, Any]]]:
    """Return four made-up candidates of one village with their points in metres."""
    rng = random.Random(f"buildings-{place.village_id}")
    chosen: list[Point] = []
    near = [p for p in roadside if math.dist(p, place.office) < FARTHEST_M]
    inside = place.outline.buffer(-2 * SETBACK_M)
    while len(chosen) < len(LEDGERS) + 1:
        x, y = rng.choice(near)
        angle = rng.uniform(0, math.tau)
        point = (x + SETBACK_M * math.cos(angle), y + SETBACK_M * math.sin(angle))
        apart = all(math.dist(point, other) >= APART_M for other in chosen)
        if apart and inside.contains(shapely.Point(point)):
            chosen.append(point)
    ledgers = (*LEDGERS, REFUSED[refused % len(REFUSED)])
    found = []
    for number, (point, ledger) in enumerate(zip(chosen, ledgers, strict=True), start=1):
        area = rng.randint(*ledger[3])
        record = _record(
            f"ILU-{place.village_id}-{number}",
            f"Bangunan contoh {number} {name} (ilustratif)",
            place.village_id,
            point,
            (*ledger[:3], area, *ledger[4:]),
            evidence="illustrative",
            note="made up to show the tool: not a real building",
        )
        found.append((point, record))
    return found


def _record(
    building_id: str,
    name: str,
    village_id: str,
    point: Point,
    ledger: tuple[Any, ...],
    *,
    evidence: str,
    note: str,
) -> dict[str, Any]:
    owner, land_status, condition, area, rooms, use, process = ledger
    return {
        "building_id": building_id,
        "building_name": name,
        "owner": owner,
        "asset_code": UNKNOWN,
        "land_status": land_status,
        "condition": condition,
        "floor_area_m2": area,
        "rooms": rooms,
        "present_use": use,
        "process_status": process,
        "village_id": village_id,
        "evidence": evidence,
        **facts.notes(note),
        "point": point,
    }
