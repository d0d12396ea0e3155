"""Towns that are extreme and yet sound, each with what it may be given besides.

`EXTREMES` are the towns, `ADDED` what a study may have besides: rosters, costs, profiles and
elevation. `write_extreme` writes one of them as a study; `Extreme.refusals` names the verbs that
may refuse it with their code. Everything else has to end well.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.drawn_towns import CORNER, Town, Village, drawn_study

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADDED = ("rosters", "costs", "profiles", "elevation")
SCENARIOS = ("baseline", "lain", "dua", "rata")
NODES = {"a": (0.0, 0.0), "b": (600.0, 0.0), "c": (1200.0, 0.0), "d": (1800.0, 0.0),
         "e": (2400.0, 0.0), "f": (600.0, 700.0), "g": (1200.0, 1400.0)}  # fmt: skip
WAYS = (("abcde", "residential"), ("bf", "tertiary"), ("cg", "residential"))
SATU, DUA, TIGA = (
    Village("1001", "Satu", 100, (-100, -300, 900, 900)),
    Village("1002", "Dua", 200, (900, -300, 1500, 1500)),
    Village("1003", "Tiga", 50, (1500, -300, 2600, 900)),
)
PLAIN = Town(
    NODES,
    WAYS,
    (SATU, DUA, TIGA),
    (("U1", "1001", (10.0, 20.0)),),
    (("B1", "1002", (1250.0, 30.0)), ("B2", "1003", (1900.0, 20.0)), ("B3", "1003", (2300, 15.0))),
)
MEAN_MINUTES = """[[need]]
name = "mean_minutes"
weight = 1
none_at = 5
worst_at = 45
reason = "satu kriteria"
"""
# Marks over and under, composed and apart, right to left, a keycap, a joined picture, a tab.
MARKED = ("Ne\u0301go\u0308ri", "A\u0300\u0323\u0335\u0360\u034fB", "\u0301", "Z\u0351\u036b\u0343\u036a\u0302algo",
          "\u05d0\u05dc\u05d5\u05ea \u0627\u0644\u0633", "1\ufe0f\u20e3 \U0001f469\u200d\u2695\ufe0f", "a\u200b\u00adb\u2028c",
          "\ua9a5\ua9ba\ua9b4\ua9a0\ua9b8")  # fmt: skip
SCENARIO_TEXTS = {
    "lain": 'extends = "baseline"\nname = "lain"\ntitle = "Lain"\ntitle_en = "Other"\n',
    "dua": 'extends = "baseline"\nname = "dua"\ntitle = "Dua"\ntitle_en = "Two"\n\n'
    '[siting]\nmodel = "mclp"\nsite_count = 2\nsource = "MCLP"\n',
    "rata": 'extends = "baseline"\nname = "rata"\ntitle = "Rata"\ntitle_en = "Mean"\n\n'
    '[siting]\nmodel = "p_median"\nsite_count = 1\nsource = "p-median"\n',
}


@dataclass(frozen=True)
class Extreme:
    """An extreme town.

    Attributes
    ----------
    town
        As it is drawn.
    status
        State of its units.
    scenario
        Put in place of the criteria of need of the baseline, where it says anything.
    refusals
        By verb: the code of the error it may end in.
    infeasible
        Scenarios whose plan cannot be met here: `plan` writes its run and ends in 5.
    """

    town: Town
    status: str = "active"
    scenario: str = ""
    refusals: dict[str, str] = field(default_factory=dict)
    infeasible: tuple[str, ...] = ()


def named(*names: str) -> Town:
    """Return the plain town whose villages, units and buildings have these names in turn."""
    villages = tuple(
        replace(village, name=names[n % len(names)]) for n, village in enumerate(PLAIN.villages)
    )
    return replace(PLAIN, villages=villages)


def peopled(*people: int) -> Town:
    """Return the plain town with so many people in each village."""
    villages = tuple(
        replace(v, people=n) for v, n in zip(PLAIN.villages, people, strict=True)
    )  # fmt: skip
    return replace(PLAIN, villages=villages)


ISLAND = {"x": (-3000.0, -3000.0), "y": (-2500.0, -3000.0)}
# Plans that a town cannot meet, which has no village without a unit, or too few of them with a
# building: at most one unit opens in a village.
TWO, EITHER = ("dua",), ("dua", "rata")
EXTREMES = {
    "plain": Extreme(PLAIN),
    "no unit": Extreme(replace(PLAIN, units=())),
    "all closed": Extreme(PLAIN, status="closed"),
    "all closed for a time": Extreme(PLAIN, status="temporarily_closed"),
    "planned only": Extreme(PLAIN, status="planned"),
    "a unit everywhere": Extreme(
        replace(
            PLAIN,
            units=tuple((f"U{v.code}", v.code, (v.box[0] + 200, 10.0)) for v in PLAIN.villages),
        ),
        infeasible=EITHER,
    ),
    "one village": Extreme(
        replace(
            PLAIN,
            villages=(replace(SATU, box=(-100, -300, 2600, 1500)),),
            buildings=(("B1", "1001", (1250.0, 30.0)),),
        ),
        infeasible=EITHER,
    ),
    "one village without unit": Extreme(
        replace(
            PLAIN,
            villages=(replace(SATU, box=(-100, -300, 2600, 1500)),),
            units=(),
            buildings=(("B1", "1001", (1250.0, 30.0)),),
        ),
        infeasible=TWO,
    ),
    "nobody": Extreme(peopled(0, 0, 0)),
    "nobody in a village": Extreme(peopled(100, 0, 50)),
    "one person": Extreme(peopled(0, 1, 0)),
    "nobody reaches": Extreme(
        replace(
            PLAIN,
            nodes=NODES | ISLAND,
            ways=(*WAYS, ("xy", "residential")),
            villages=(*PLAIN.villages, Village("1004", "Pulau", 0, (-3300, -3300, -2300, -2700))),
            units=(("U1", "1004", (-2700.0, -2990.0)),),
        )
    ),
    "no building": Extreme(replace(PLAIN, buildings=()), infeasible=EITHER),
    "nothing but villages": Extreme(replace(PLAIN, units=(), buildings=()), infeasible=EITHER),
    "motorways alone": Extreme(replace(PLAIN, ways=(("abcde", "motorway"), ("bf", "motorway")))),
    "steps alone": Extreme(replace(PLAIN, ways=(("abcde", "steps"), ("bf", "steps")))),
    "one street": Extreme(replace(PLAIN, ways=(("ab", "residential"),))),
    "no inhabited street": Extreme(replace(PLAIN, ways=(("abcde", "primary"), ("bf", "trunk")))),
    "equal points": Extreme(
        replace(
            PLAIN,
            units=(("U1", "1001", (10.0, 20.0)), ("U2", "1001", (10.0, 20.0))),
            buildings=tuple((f"B{n}", "1002", (1250.0, 30.0)) for n in (1, 2, 3)),
        ),
        infeasible=TWO,
    ),
    "unit and building at one point": Extreme(
        replace(
            PLAIN,
            units=(("U1", "1002", (1250.0, 30.0)),),
            buildings=(("B1", "1002", (1250.0, 30.0)),),
        ),
        infeasible=EITHER,
    ),
    "equal villages": Extreme(
        replace(
            PLAIN,
            nodes={c: (500.0 * n, 0.0) for n, c in enumerate("abcde")},
            ways=(("abcde", "residential"),),
            units=(),
            buildings=(),
            villages=tuple(
                Village(f"100{n}", "Sama", 100, (500 * n - 500, -300, 500 * n, 300))
                for n in (1, 2, 3, 4)
            ),
        ),
        infeasible=EITHER,
    ),
    "one criterion": Extreme(PLAIN, scenario=MEAN_MINUTES),
    "a million": Extreme(peopled(1_000_000, 0, 50)),
    "ten million": Extreme(peopled(100, 10_000_000, 50)),
    "names of one letter": Extreme(named("A", "B", "C")),
    "names of 300 letters": Extreme(named("Desa " + "sangat panjang " * 20, "W" * 300, "i" * 300)),
    "equal names": Extreme(named("Sama")),
    **{f"marks {n}": Extreme(named(name, "Dua", f"Tiga {name}")) for n, name in enumerate(MARKED)},
}


def with_additions() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every extreme with nothing besides, with each thing it may be given, and with all."""
    for name in EXTREMES:
        yield name, ()
        yield from ((name, (one,)) for one in ADDED)
        yield name, ADDED


def write_extreme(folder: Path, name: str, added: tuple[str, ...] = ()) -> Path:
    """Write an extreme study with what it is given besides, and return its folder."""
    extreme = EXTREMES[name]
    study = drawn_study(folder, extreme.town)
    _scenarios(study, extreme.scenario)
    points = study / "facilities.geojson"
    units = json.loads(points.read_text(encoding="utf-8"))
    for unit in units["features"]:
        unit["properties"]["status"] = extreme.status
    _name_like_villages(units, "facility_name", extreme.town)
    points.write_text(json.dumps(units), encoding="utf-8")
    path = study / "buildings.geojson"
    buildings = json.loads(path.read_text(encoding="utf-8"))
    _name_like_villages(buildings, "building_name", extreme.town)
    path.write_text(json.dumps(buildings), encoding="utf-8")
    ids = {table: [f["properties"][key] for f in found["features"]]
           for table, key, found in (("unit", "facility_id", units),
                                     ("building", "building_id", buildings))}  # fmt: skip
    for table in added:
        WRITERS[table](study, ids)
    return study


def _name_like_villages(points: dict, column: str, town: Town) -> None:
    for n, feature in enumerate(points["features"]):
        feature["properties"][column] = town.villages[n % len(town.villages)].name


def _scenarios(study: Path, criteria: str) -> None:
    folder = study / "scenarios"
    for path in folder.glob("*.toml"):
        if path.stem != "baseline":
            path.unlink()
    for name, text in SCENARIO_TEXTS.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    if criteria:
        baseline = folder / "baseline.toml"
        text = baseline.read_text(encoding="utf-8")
        before, _, rest = text.partition("[[need]]")
        _, _, after = rest.partition("[candidates]")
        baseline.write_text(f"{before}{criteria}\n[candidates]{after}", encoding="utf-8")


def _card(study: Path, table: str, path: str) -> None:
    with (study / "study.toml").open("a", encoding="utf-8") as card:
        card.write(f'[{table}]\npath = "{path}"\norigin = "drawn"\nlicence = "MIT"\n'
                   'date = "2026-01-31"\nevidence = "illustrative"\n')  # fmt: skip


def _table(study: Path, table: str, header: str, rows: list[str]) -> None:
    text = "\n".join([header, *rows]) + "\n"
    (study / f"{table}.csv").write_text(text, encoding="utf-8")
    _card(study, table, f"{table}.csv")


def _rosters(study: Path, ids: dict[str, list[str]]) -> None:
    rows = [f"{one},{who},1,1-5,08:00,14:00" for one in ids["unit"] for who in ("nurse", "doctor")]
    _table(study, "staffing", "facility_id,profession,count,weekdays,start,end", rows)


def _costs(study: Path, ids: dict[str, list[str]]) -> None:
    rows = [f"{one},works,{payer},{period},{rupiah}" for one in ids["building"]
            for payer, period, rupiah in (("city", "once", 10**9), ("bok", "yearly", 0))]  # fmt: skip
    _table(study, "costs", "building_id,item,payer,period,rupiah", rows)


def _profiles(study: Path, ids: dict[str, list[str]]) -> None:
    rows = [f"{one},maternal_child pharmacy,yes,no,unknown" for one in ids["unit"]]
    _table(study, "profiles", "facility_id,services,service_room,water,ramp", rows)


def _elevation(study: Path, ids: dict[str, list[str]]) -> None:
    import numpy as np
    import rasterio

    rows, columns = np.mgrid[0:60, 0:70]
    heights = (900 + 40 * np.sin(columns / 5) + rows * 3).astype("int16")
    to_crs = rasterio.Affine(100, 0, CORNER[0] - 4000, 0, -100, CORNER[1] + 2000)
    with rasterio.open(study / "dem.tif", "w", driver="GTiff", height=60, width=70, count=1,
                       dtype="int16", crs="EPSG:32749", transform=to_crs) as file:  # fmt: skip
        file.write(heights, 1)
    _card(study, "elevation", "dem.tif")


WRITERS = {"rosters": _rosters, "costs": _costs, "profiles": _profiles, "elevation": _elevation}
