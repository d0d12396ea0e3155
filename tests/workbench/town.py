"""A town of four villages on a grid, written as a study, and random edits of its scenario."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from batu_geo.domain.criteria import Criterion
from batu_geo.domain.errors import ScenarioError
from batu_geo.domain.site_choice import NewUnit
from batu_geo.domain.travel import Closure, NewRoad
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.workbench.bench import Bench, after, redone, undone
from batu_geo.workbench.edits import (
    BuildRoad,
    ChangeStreet,
    MoveUnit,
    OpenUnit,
    Remove,
    SetBudget,
    SetCapacity,
    SetCriterion,
    SetHours,
    SetMode,
    SetModel,
    SetSeason,
    SetSpeeds,
    SetStaffCap,
    SetStatus,
    SetThreshold,
    Switch,
    UpgradeUnit,
)
from tests.toy_study import point, write_features, write_toy_study

if TYPE_CHECKING:
    from collections.abc import Callable

    from batu_geo.planning.study import Study
    from batu_geo.workbench.edits import Act

DRAWING = """
A---B---C---D---E
|   |   |   |   |
F---G---H---I---J
|   |   |   |   |
K---L---M---N---O
"""
STREETS = {
    "ABCDE": "residential", "FGHIJ": "residential", "KLMNO": "residential",
    "AFK": "residential", "BGL": "path", "CHM": "primary", "DIN": "path", "EJO": "residential",
}  # fmt: skip
VILLAGES = {
    "v.1": ((-1, -1, 4, 6), 900), "v.2": ((4, -1, 8, 6), 500), "v.3": ((8, -1, 12, 6), 700),
    "v.4": ((12, -1, 17, 6), 300),
}  # fmt: skip
BUILDINGS = {"a": (6, 2), "b": (9, 4), "c": (11, 0)}
POLINDES = "POL-v.3"
COSTS = """building_id,item,payer,period,rupiah
a,rehab,city,once,150000000
a,kader,bok,yearly,12000000
b,rehab,city,once,90000000
POL-v.3,rehab,village_fund,once,40000000
"""
CARD = """
[costs]
path = "biaya.csv"
origin = "toy"
licence = "MIT"
date = "2026-01-31"
evidence = "illustrative"
"""
# Edits that need a name take one of a few, so that later ones meet earlier ones.
NAMES = ("satu", "dua", "tiga")


def write_town(folder: Path) -> Path:
    """Write the town: units in v.1 and v.4, a polindes in v.3, three buildings, costs of some."""
    write_toy_study(
        folder, DRAWING, STREETS, villages=VILLAGES, buildings=BUILDINGS,
        units={"v.1": (1, 2), "v.4": (15, 2)},
    )  # fmt: skip
    path = folder / "faskes.geojson"
    features = json.loads(path.read_text())["features"]
    known = [(f["properties"], f["geometry"]) for f in features]
    polindes = {"facility_id": POLINDES, "facility_name": "Polindes", "kind": "POLINDES",
                "village_id": "v.3", "status": "active"}  # fmt: skip
    write_features(path, [])
    rows = [*known, (polindes, json.loads(json.dumps(point(10, 4).__geo_interface__)))]
    members = [{"type": "Feature", "properties": p, "geometry": g} for p, g in rows]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": members}))
    (folder / "biaya.csv").write_text(COSTS)
    with (folder / "study.toml").open("a") as card:
        card.write(CARD)
    return folder


class Ground(NamedTuple):
    """Where random edits take place: what they may name, and the frame of degrees they lie in."""

    units: tuple[str, ...]
    buildings: tuple[str, ...]
    upgraded: str
    frame: tuple[float, float, float, float]
    ways: int
    near_m: float

    def degrees(self, rng: np.random.Generator) -> dict[str, float]:
        """Return a place in the frame."""
        west, south, east, north = self.frame
        return {"lon": float(rng.uniform(west, east)), "lat": float(rng.uniform(south, north))}


def ground_of(study: Study) -> Ground:
    """Return the ground of a study."""
    facilities = study.facilities
    kinds = facilities["kind"].isin(load_scenario("baseline").candidates.upgrade_kinds)
    upgraded = [*facilities["facility_id"][kinds], "-"]
    frame = study.villages.to_crs("EPSG:4326").total_bounds
    units = tuple(facilities["facility_id"][facilities["kind"] == "UPKDK"])
    return Ground(units, tuple(study.buildings["building_id"]), upgraded[0], tuple(frame),
                  int(study.roads.way_id.max()), 400)  # fmt: skip


# A few places lie outside of the town.
LOW, HIGH = point(-1.2, 6.2), point(17.2, -1.2)
TOWN = Ground(
    ("U-v.1", "U-v.4"), tuple(BUILDINGS), POLINDES,
    (min(LOW.x, HIGH.x), min(LOW.y, HIGH.y), max(LOW.x, HIGH.x), max(LOW.y, HIGH.y)), 8, 150,
)  # fmt: skip


def drawn_edit(rng: np.random.Generator, on: Ground = TOWN) -> Act:
    """Return an edit of any kind."""
    return list(EDITS.values())[rng.integers(len(EDITS))](rng, on)


def _line(rng: np.random.Generator, on: Ground) -> tuple[tuple[float, float], ...]:
    places = [on.degrees(rng) for _ in range(int(rng.integers(2, 4)))]
    return tuple((place["lon"], place["lat"]) for place in places)


def _closure(rng: np.random.Generator, on: Ground) -> Closure:
    at, factor = on.degrees(rng), rng.choice([0, 0, 0, 0.5, 2])
    what: dict[str, Any] = {"at": (at["lon"], at["lat"]), "at_most_m": on.near_m}
    if rng.random() < 0.3:
        what = {"ways": (int(rng.integers(1, on.ways + 1)),)}
    return Closure(
        name=str(rng.choice(NAMES)), speed_factor=float(factor), source="uji", **what,
        season=str(rng.choice(["all", "hujan", "kemarau"])),
    )  # fmt: skip


def _unit(rng: np.random.Generator, on: Ground) -> NewUnit:
    if on.buildings and rng.random() < 0.5:
        return NewUnit(unit_id=str(rng.choice(on.buildings)), source="uji")
    cost = int(rng.integers(10**8)) if rng.random() < 0.5 else None
    return NewUnit(
        unit_id=str(rng.choice(NAMES)), cost_rupiah=cost, source="uji", **on.degrees(rng)
    )


def _criterion(rng: np.random.Generator) -> Criterion:
    return Criterion(
        name=str(rng.choice(["mean_minutes", "people_beyond", "share_beyond_percent"])),
        weight=round(float(rng.random()), 2) if rng.random() < 0.8 else 0,
        none_at=0, worst_at=float(rng.integers(20, 90)), reason="uji",
    )  # fmt: skip


def _some_unit(rng: np.random.Generator, on: Ground) -> str:
    return str(rng.choice([*on.units, *NAMES, *on.buildings, on.upgraded]))


def _count(rng: np.random.Generator, most: int) -> int | None:
    return int(rng.integers(1, most)) if rng.random() < 0.8 else None


EDITS: dict[str, Callable[[np.random.Generator, Ground], Act]] = {
    "open_unit": lambda rng, on: OpenUnit(unit=_unit(rng, on)),
    "move_unit": lambda rng, on: MoveUnit(unit_id=_some_unit(rng, on), **on.degrees(rng)),
    "set_status": lambda rng, on: SetStatus(
        unit_id=_some_unit(rng, on), status=str(rng.choice(["active", "closed", "temporarily_closed"]))
    ),
    "upgrade_unit": lambda _, on: UpgradeUnit(facility_id=on.upgraded),
    "change_street": lambda rng, on: ChangeStreet(closure=_closure(rng, on)),
    "build_road": lambda rng, on: BuildRoad(
        road=NewRoad(name=str(rng.choice(NAMES)), line=_line(rng, on), join_m=on.near_m, source="uji",
                     road_class=rng.choice(["residential", "path"]), cost_rupiah=10**9)
    ),
    "set_threshold": lambda rng, _: SetThreshold(minutes=float(rng.choice([4, 7.5, 15, 20]))),
    "set_mode": lambda rng, _: SetMode(mode=str(rng.choice(["foot", "motorcycle", "car", "perahu"]))),
    "set_speeds": lambda rng, _: SetSpeeds(speed_set=rng.choice(["slow", "middle", "fast"])),
    "set_season": lambda rng, _: SetSeason(season=str(rng.choice(["hujan", "kemarau", "semi"]))),
    "set_criterion": lambda rng, _: SetCriterion(criterion=_criterion(rng)),
    "set_hours": lambda rng, _: SetHours(first=int(rng.integers(6, 12)), last=int(rng.integers(9, 18))),
    "set_model": lambda rng, _: SetModel(
        model=rng.choice(["mclp", "p_median", "lscp", "one_per_village"]), site_count=_count(rng, 4)
    ),
    "set_budget": lambda rng, _: SetBudget(rupiah=_count(rng, 3 * 10**8)),
    "set_staff_cap": lambda rng, _: SetStaffCap(
        profession=str(rng.choice(["nurse", "midwife"])), count=_count(rng, 4)
    ),
    "set_capacity": lambda rng, _: SetCapacity(people_per_unit=_count(rng, 2000)),
}  # fmt: skip


def drawn_step(rng: np.random.Generator, bench: Bench, on: Ground = TOWN) -> Bench:
    """Return the bench after one more thing a hand may do; refused, it is the bench itself."""
    keys, dice = [change.key for change in bench.changes], rng.random()
    if dice < 0.1:
        return undone(bench)
    if dice < 0.17:
        return redone(bench)
    if dice < 0.25 and keys:
        acts: tuple[Act, ...] = (Remove(of=str(rng.choice(keys))),)
    elif dice < 0.35 and keys:
        acts = (Switch(of=str(rng.choice(keys)), is_on=bool(rng.random() < 0.5)),)
    else:
        acts = tuple(drawn_edit(rng, on) for _ in range(1 if dice < 0.9 else 3))
    try:
        return after(bench, *acts)
    except ScenarioError:
        return bench
