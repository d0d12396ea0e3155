"""A village's row is the same whether its town is studied alone or in company.

Company is another town with its own villages, streets, units and buildings, beyond every
threshold of whoever shares a unit or a building with the first, and nearer to nobody in it.
Heights are held fixed (a function of the place), and so are the columns of the inputs. A road
leads out of the town alone too, for longer than any threshold; company begins at its far end, or
hangs on nothing. What compares villages may change: ranks, shares of draws and their words, ties,
places in a plan.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from batu_geo.access.inhabited import inhabited_stretches
from batu_geo.domain.criteria import Criterion
from batu_geo.domain.tables import Buildings, Facilities, Villages
from batu_geo.network.build_network import build_network
from batu_geo.network.graph import mode_graph
from batu_geo.planning.assess import assess
from batu_geo.planning.study import Study
from batu_geo.planning.tables.health_office_tables import health_office_tables
from batu_geo.sources.osm.ways import WayCollector
from tests.how_many import RARE, few
from tests.planning import street
from tests.toy import CORNER, CRS, RIDING, STEP_M, TO_DEGREES, WALKING, scenario

if TYPE_CHECKING:
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.planning.assessment import Assessment

WIDE, HIGH = 7, 5
# Blocks from one town to the other: three hops of the longest zone and more.
APART = 60
SIZE = 1_000
OUT = 7
MODES = (
    WALKING.model_copy(update={"slope": "tobler", "crossing_s": 4.0}),
    RIDING.model_copy(update={"turn_s": 3.0}),
)
NEED = (
    Criterion(name="mean_minutes", weight=2, none_at=0, worst_at=9, reason="law"),
    Criterion(name="share_beyond_percent", weight=1, none_at=0, worst_at=100, reason="law"),
    Criterion(name="people_beyond", weight=1, none_at=0, worst_at=300, reason="law"),
)
COMPARING = {
    "rank", "rank_if_border_closed", "rank_share_percent", "first_share_percent", "tied_with",
    "parts",  # numbered by length
}  # fmt: skip
# By table: what names its rows.
TABLES = {
    "access": ["village_id"],
    "bands": ["village_id"],
    "building_costs": ["site_id"],
    "equity": ["area"],
    "feasibility": ["village_id", "site_id"],
    "referral": ["village_id"],
    "snapping": ["role", "point_id"],
    "staff_gaps": ["facility_id", "profession"],
    "staff_one_more": ["facility_id"],
}
CITY = "kota"

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Town:
    """Streets as node pairs with tags, places of nodes, villages, units and buildings."""

    node: dict[int, tuple[float, float]]
    ways: dict[int, tuple[list[int], dict[str, str]]]
    gates: dict[int, dict[str, str]]
    people: dict[str, int]
    units: dict[str, tuple[str, tuple[float, float]]]
    buildings: dict[str, tuple[str, tuple[float, float]]]
    east: int


def town(seed: int, *, east: int, letter: str) -> Town:
    """Return random streets on a grid: one-ways, gates, streets drawn twice, dead ends."""
    rng = np.random.default_rng([seed, east])
    first = SIZE * (2 - (letter == "b"))  # company may come before or after in every numbering
    number = lambda x, y: first + y * WIDE + x  # noqa: E731
    node = {
        number(x, y): (east + x + float(rng.uniform(-0.2, 0.2)), y + float(rng.uniform(-0.2, 0.2)))
        for x in range(WIDE) for y in range(HIGH)
    }  # fmt: skip
    pairs = [((x, y), (x + 1, y)) for x in range(WIDE - 1) for y in range(HIGH)]
    pairs += [((x, y), (x, y + 1)) for x in range(WIDE) for y in range(HIGH - 1)]
    ways, gates = {}, {}
    for n, (a, b) in enumerate(pairs):
        if rng.random() < 0.25:
            continue
        tags = {"highway": str(rng.choice(["residential", "path", "primary"], p=[0.7, 0.1, 0.2]))}
        if rng.random() < 0.15:
            tags["oneway"] = "yes"
        if rng.random() < 0.08:
            tags["access"] = "private"
        ways[first + n] = ([number(*a), number(*b)], tags)
        if rng.random() < 0.15:  # drawn again 4 m beside, hanging together with nothing
            ends = [first + 500 + 2 * n, first + 501 + 2 * n]
            for end, place in zip(ends, (a, b), strict=True):
                x, y = node[number(*place)]
                node[end] = (x + 0.03, y + 0.03)
            ways[first + 500 + n] = (ends, tags)
    for name in rng.choice(list(ways), 2, replace=False).tolist():
        gates[ways[name][0][0]] = {"barrier": "gate", "access": "private"}
    ids = [f"{letter}{n}" for n in range(3)]
    spot = lambda n: (east + (n + 0.5) * WIDE / 3 - 0.5, float(rng.uniform(0, HIGH - 1)))  # noqa: E731
    has_unit = rng.random(3) < 0.5
    has_unit[0] = True
    return Town(
        node, ways, gates,
        {name: int(rng.integers(20, 400)) for name in ids},
        {f"u-{name}": (name, spot(n)) for n, name in enumerate(ids) if has_unit[n]},
        {f"s-{name}": (name, spot(n)) for n, name in enumerate(ids) if not has_unit[n]},
        east,
    )  # fmt: skip


def study(towns: list[Town], link: dict[int, tuple[list[int], dict[str, str]]]) -> Study:
    """Return a study of one town, or of two with streets between them."""
    found, node = WayCollector(), {}
    for one in towns:
        node |= one.node
    lonlat = {
        n: TO_DEGREES.transform(CORNER[0] + STEP_M * x, CORNER[1] - STEP_M * y)
        for n, (x, y) in node.items()
    }
    ways = {name: way for one in towns for name, way in one.ways.items()} | link
    for one in towns:
        for n, tags in one.gates.items():
            found.add_node_tags(n, tags)
    for name, (nodes, tags) in sorted(ways.items()):
        found.add(name, tags, [(n, *lonlat[n]) for n in nodes])
    roads = build_network(found.ways(), crs=CRS, dropped=found.dropped)
    roads = replace(roads, line_z=20 * np.sin(roads.line_xy / 90).sum(axis=1))
    units = {name: unit for one in towns for name, unit in one.units.items()}
    sites = {name: site for one in towns for name, site in one.buildings.items()}
    base = street.study({name: (v, 0) for name, (v, _) in units.items()},
                        {name: (v, 0) for name, (v, _) in sites.items()})  # fmt: skip
    staffing = street.roster(
        *((name, job, 1 + int(name[-1]), "1-5", "08:00", "12:00")
          for name in sorted(units) for job in ("nurse", "midwife"))
    )  # fmt: skip
    return replace(
        base,
        villages=villages(towns),
        facilities=Facilities(base.facilities.set_geometry(places(units), crs=CRS)),
        buildings=Buildings(base.buildings.set_geometry(places(sites), crs=CRS)),
        roads=roads,
        staffing=staffing,
    )


def places(things: dict[str, tuple[str, tuple[float, float]]]) -> list[shapely.Point]:
    return [
        shapely.Point(CORNER[0] + STEP_M * x, CORNER[1] - STEP_M * y)
        for _, (x, y) in things.values()
    ]


def villages(towns: list[Town]) -> Villages:
    """Return three villages side by side in each town; each town is a district."""
    rows, boxes = [], []
    for one in towns:
        for n, (name, people) in enumerate(one.people.items()):
            west, east = (one.east + WIDE / 3 * (n + k) - 0.5 for k in (0, 1))
            (x0, x1), (y0, y1) = (west, east), (-1, HIGH)
            boxes.append(shapely.box(CORNER[0] + STEP_M * x0, CORNER[1] - STEP_M * y1,
                                     CORNER[0] + STEP_M * x1, CORNER[1] - STEP_M * y0))  # fmt: skip
            rows.append({"village_id": name, "village_name": f"Desa {name}",
                         "district_name": name[0], "population": people,
                         "population_evidence": "reported", "area_km2": 0.1,
                         "puskesmas": None})  # fmt: skip
    frame = gpd.GeoDataFrame(pd.DataFrame(rows), geometry=boxes, crs=CRS)
    return Villages(frame.sort_values("village_id", ignore_index=True))


def settings() -> Any:
    """Return a scenario by two modes, ranked by walking."""
    walking, riding = MODES
    return scenario(walking, others={"ride": riding}).model_copy(update={"need": NEED})


def with_way_out(old: Town) -> Town:
    """Return a town with a road that leads out of it for `APART` blocks."""
    start = max(old.node, key=lambda n: old.node[n][0])
    node = old.node | {OUT: (old.node[start][0] + APART, old.node[start][1])}
    return replace(old, node=node, ways=old.ways | {OUT: ([start, OUT], {"highway": "primary"})})


@cache
def answers(seed: int) -> tuple[Assessment, Assessment]:
    """Return the assessments of a town alone and in company, joined where nobody is cut off."""
    old = with_way_out(town(seed, east=0, letter="am"[seed % 2]))
    new = town(seed, east=APART + WIDE, letter="b")
    alone = assess(study([old], {}), settings())
    everybody_arrives = all(
        np.isfinite(alone.situation.times[mode].best()).all() for mode in ("toy", "ride")
    )
    ends = [OUT, min(new.node, key=lambda n: new.node[n][0])]
    link = {OUT + 1: (ends, {"highway": "primary"})} if everybody_arrives else {}
    return alone, assess(study([old, new], link), settings())


def rows_of(table: pd.DataFrame, keys: list[str], alone: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the town alone, without what compares, in the order of their keys."""
    kept = [name for name in table.columns if name not in COMPARING]
    own = alone.loc[alone[keys[0]] != CITY, keys]
    both = own.merge(pd.DataFrame(table[kept]), on=keys, how="left")
    return both.sort_values(keys, ignore_index=True)


def assert_same(name: str, keys: list[str], alone: pd.DataFrame, among: pd.DataFrame) -> None:
    here, there = (rows_of(table, keys, alone) for table in (alone, among))
    pd.testing.assert_frame_equal(here, there, check_exact=True, check_dtype=False, obj=name)


SEEDS = range(few(80, RARE))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_row_of_a_village_is_the_same_in_company(seed: int) -> None:
    alone, among = answers(seed)
    assert_same(
        "villages", ["village_id", "mode", "threshold_minutes"], alone.villages, among.villages
    )
    assert_same("gaps", ["village_id"], alone.gaps, among.gaps)
    assert_same("candidates", ["site_id"], alone.candidates, among.candidates)
    here, there = health_office_tables(alone), health_office_tables(among)
    for name, keys in TABLES.items():
        assert_same(name, keys, here[name], there[name])


def test_how_often_a_village_stands_above_another_is_the_same_in_company() -> None:
    pair, shares = ["village_id", "other_village_id"], 0
    for seed in SEEDS:
        here, there = (
            {
                (row[pair[0]], row[pair[1]]): row["share_before"]
                for row in assessment.get("pairwise_wins", pd.DataFrame()).to_dict("records")
            }
            for assessment in map(health_office_tables, answers(seed))
        )
        for (one, other), share in here.items():
            found = there.get((one, other), 1 - there.get((other, one), np.nan))
            assert found == pytest.approx(share, abs=1e-12), seed
            shares += 1
    assert shares


def long_streets(extra: int) -> RoadNetwork:
    """Return two streets of 6 km with a private gate between; the second may go on.

    The first is drawn again 4 m beside it, hanging together with nothing.
    """
    found = WayCollector()
    blocks = {1: (0, 0), 2: (60, 0), 3: (120, 0), 4: (120 + extra, 0), 5: (0, 0.04), 6: (60, 0.04)}
    lonlat = {
        n: TO_DEGREES.transform(CORNER[0] + STEP_M * x, CORNER[1] - STEP_M * y)
        for n, (x, y) in blocks.items()
    }
    found.add_node_tags(2, {"barrier": "gate", "access": "private"})
    ways = [(1, 2), (2, 3), (5, 6), *([(3, 4)] if extra else [])]
    for number, pair in enumerate(ways, start=1):
        found.add(number, {"highway": "residential"}, [(n, *lonlat[n]) for n in pair])
    return build_network(found.ways(), crs=CRS)


@pytest.mark.parametrize("extra", [0, 1, 90])
def test_of_two_long_parts_neither_lies_behind_the_gate_whatever_hangs_on_them(extra: int) -> None:
    riding = scenario(RIDING)
    is_ends = mode_graph(long_streets(extra), riding, mode="toy").layers[0].is_ends
    assert not is_ends.any()


@pytest.mark.parametrize("extra", [0, 1, 90])
def test_a_drawing_of_6_km_leads_somewhere_whatever_hangs_on_the_other(extra: int) -> None:
    """The street of 6 km counts once, half of it along each of its two drawings."""
    lived = inhabited_stretches(long_streets(extra), spacing_m=100, classes=("residential",))
    at_second = shapely.get_y(lived.middle) < CORNER[1] - 2
    assert lived.weight_m[at_second].sum() == pytest.approx(3_000, abs=60)
