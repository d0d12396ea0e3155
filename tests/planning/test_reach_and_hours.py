"""Catchments of single units and who is covered when, on the street by hand.

Units stand at 0 (v0) and at 12 (v3), people at 0.5, 1.5, ... 11.5, ten at each; a minute is a
block of 100 m. A catchment reaches 10 m to the sides of the street.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from batu_geo.planning.assess import assess
from batu_geo.planning.tables.reach_and_hours import (
    covered_hours,
    headline_catchments,
    reach_before_after,
    reach_by_unit,
    reach_of_best_sites,
    serving_units,
)
from tests.planning.street import place, roster, settings, study
from tests.toy import RIDING

if TYPE_CHECKING:
    from batu_geo.planning.assessment import Assessment

UNITS = {"u0": ("v0", 0.0), "u3": ("v3", 12.0)}
BUILDINGS = {"b1": ("v1", 4.0), "b2": ("v2", 8.0), "far": ("v1", 5.5)}


def street(units: Any = UNITS, **tables: Any) -> Assessment:
    return assess(study(units, BUILDINGS, **tables), settings())


@pytest.fixture(scope="module")
def town() -> Assessment:
    """Return the street with a nurse at 0 on Mondays, and both units staffed on Sundays."""
    return street(
        staffing=roster(
            ("u0", "nurse", 1, "1,7", "08:00", "12:00"), ("u3", "midwife", 1, "7", "10:00", "13:00")
        )
    )


def blocks(area: shapely.Geometry) -> list[tuple[float, float]]:
    """Return from where to where an area lies on the street, in blocks, to a tenth."""
    west = place(0).x
    parts = shapely.get_parts(area)
    return sorted(
        (round((part.bounds[0] - west) / 100, 1), round((part.bounds[2] - west) / 100, 1))
        for part in parts
    )


@pytest.mark.slow
def test_catchments_of_each_unit_and_of_all_together(town: Assessment) -> None:
    """From 0 two minutes reach block 2, four block 4; the buffer adds 0.1 to the ends."""
    found = reach_by_unit(town)
    assert found.names == ("Unit u0", "Unit u3")
    areas = found.areas.set_index(["place", "threshold_minutes"]).geometry
    assert blocks(areas[1, 2]) == [(-0.1, 2.1)]
    assert blocks(areas[1, 4]) == [(-0.1, 4.1)]
    # East of 12 lies one more block of the street, which is its end.
    assert blocks(areas[2, 2]) == [(9.9, 13.1)]
    assert blocks(areas[0, 2]) == [(-0.1, 2.1), (9.9, 13.1)]
    assert set(found.areas["mode"]) == {"toy"}


def test_people_within_each_catchment(town: Assessment) -> None:
    found = reach_by_unit(town)
    keys = zip(found.areas["place"], found.areas["threshold_minutes"], strict=True)
    people = dict(zip(keys, found.people.tolist(), strict=True))
    assert people == {(0, 2): 40, (0, 4): 80, (1, 2): 20, (1, 4): 40, (2, 2): 20, (2, 4): 40}


def test_people_stand_by_row_in_every_mode() -> None:
    """A motorcycle takes half a minute a block: the homes of two minutes are those of four."""
    ride = RIDING.model_copy(update={"thresholds_minutes": (2,)})
    modes = {**settings().modes, "ride": ride}
    found = reach_by_unit(assess(study(UNITS), settings(modes=modes)))
    assert found.areas.index.tolist() == list(range(9))
    assert found.areas["mode"].tolist() == ["toy"] * 6 + ["ride"] * 3
    assert found.people[found.areas.index[found.areas["mode"] == "ride"]].tolist() == [80, 40, 40]


def test_the_joint_catchment_is_that_of_all_its_units(town: Assessment) -> None:
    areas = reach_by_unit(town).areas
    for minutes in (2, 4):
        rows = areas[areas["threshold_minutes"] == minutes].set_index("place").geometry
        together = shapely.union_all([rows[1], rows[2]])
        assert shapely.symmetric_difference(rows[0], together).area < 1e-6 * together.area


def test_overlapping_catchments_count_nobody_twice() -> None:
    found = reach_by_unit(street({"u0": ("v0", 0.0), "u1": ("v1", 3.0)}))
    people = dict(
        zip(
            zip(found.areas["place"], found.areas["threshold_minutes"], strict=True),
            found.people.tolist(),
            strict=True,
        )
    )
    # From 3: 1.5 to 4.5 within two minutes, 0.5 to 6.5 within four; from 0: 0.5 and 1.5, to 3.5.
    assert (people[0, 2], people[1, 2], people[2, 2]) == (50, 20, 40)
    assert (people[0, 4], people[1, 4], people[2, 4]) == (70, 40, 70)


def test_the_best_building_of_each_village_without_a_unit(town: Assessment) -> None:
    """At 4 people from 2.5 to 5.5 are new, at 5.5 those from 3.5 to 7.5: five blocks, not four."""
    reach = reach_of_best_sites(town).set_index("facility_id").geometry
    assert sorted(reach.index) == ["b2", "far"]
    assert blocks(reach["far"]) == [(3.4, 7.6)]
    assert blocks(reach["b2"]) == [(5.9, 10.1)]


def test_the_joint_catchment_before_and_after_opening(town: Assessment) -> None:
    both = reach_before_after(town, ("b1",))
    assert blocks(both["before"].geometry.union_all()) == [(-0.1, 2.1), (9.9, 13.1)]
    assert blocks(both["after"].geometry.union_all()) == [(-0.1, 6.1), (9.9, 13.1)]
    nothing = reach_before_after(town, ())
    difference = shapely.symmetric_difference(
        nothing["before"].geometry.union_all(), nothing["after"].geometry.union_all()
    )
    assert difference.area < 1e-6


def test_catchments_of_places_together_or_one_each(town: Assessment) -> None:
    units = serving_units(town)
    together = headline_catchments(town, units, by="threshold")
    single = headline_catchments(town, units, by="facility")
    assert (len(together), len(single)) == (1, 2)
    assert set(together["threshold_minutes"]) == {2}
    assert together.geometry.union_all().area == pytest.approx(single.geometry.area.sum())


def test_patterns_of_staffing_and_their_hours(town: Assessment) -> None:
    """20 people at either end: on Mondays those at 0, on Sundays from 10 to 12 both."""
    found = covered_hours(town)
    people = found.people
    expected = np.zeros((7, 24), dtype=np.int64)
    expected[0, 8:12] = 20
    expected[6, 8:10] = 20
    expected[6, 10:12] = 40
    expected[6, 12:13] = 20
    assert (people == expected).all()
    assert found.served.shape[1] == 4
    # Nobody there, each alone, both.
    assert sorted(map(tuple, found.staffed.tolist())) == [
        (False, False), (False, True), (True, False), (True, True),
    ]  # fmt: skip
    both = found.staffed.all(axis=1).nonzero()[0][0]
    assert found.served[both].tolist() == [20, 0, 0, 20]
    assert (found.pattern_of_hour.reshape(7, 24)[6, 10:12] == both).all()


def test_without_a_roster_nobody_is_covered_in_any_hour() -> None:
    found = covered_hours(street())
    assert found.people.sum() == 0
    assert not found.staffed.any()


@pytest.mark.slow
def test_a_closed_unit_is_never_staffed() -> None:
    town = study(
        {"u0": ("v0", 0.0), "shut": ("v2", 7.0), "u3": ("v3", 12.0)},
        BUILDINGS,
        staffing=roster(
            ("u0", "nurse", 1, "1", "08:00", "12:00"), ("shut", "nurse", 1, "1", "08:00", "12:00")
        ),
    )
    town.facilities.loc[town.facilities["facility_id"] == "shut", "status"] = "temporarily_closed"
    found = covered_hours(assess(town, settings()))
    assert found.staffed.shape[1] == 3
    assert not found.staffed[:, 1].any()
    assert found.people[0, 9] == 20
    assert serving_units(assess(town, settings()))["facility_id"].tolist() == ["u0", "u3"]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.slow
def test_covered_people_of_any_roster_by_looking_at_every_hour(seed: int) -> None:
    rng = np.random.default_rng(seed)
    units = {f"u{n}": (f"v{n}", float(x)) for n, x in enumerate(rng.integers(0, 12, 3))}
    rows = []
    for name in units:
        start = int(rng.integers(0, 20))
        days = ",".join(str(d) for d in sorted(rng.choice(7, 3, replace=False) + 1))
        end = start + int(rng.integers(1, 4))
        rows.append((name, "nurse", 1, days, f"{start:02}:00", f"{end:02}:00"))
    people = covered_hours(street(units, staffing=roster(*rows))).people
    for day in range(7):
        for hour in range(24):
            there = [
                units[name][1]
                for name, _, _, days, start, end in rows
                if str(day + 1) in days.split(",") and int(start[:2]) <= hour < int(end[:2])
            ]
            near = [min((abs(x + 0.5 - p) for p in there), default=99) <= 2 for x in range(12)]
            assert people[day, hour] == 10 * sum(near)
