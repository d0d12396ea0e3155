"""Hard rules first, then gains that can be counted on fingers.

Three places with 10, 20 and 40 people walk 20, 30 and inf minutes to the open
unit. Site S is 10, 12 and 15 minutes away, site T 25, 10 and inf.
Threshold 15: S newly serves all 70 (40 of them newly reach a unit at all) and
saves 10 x 10 + 20 x 18 = 460 person-minutes. T newly serves 20 and saves
20 x 20 = 400.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from batu_geo.domain.cell_rows import Refusal, Unverified
from batu_geo.domain.criteria import CandidateRules
from batu_geo.network.travel_times import TravelTimes, matrix_times
from batu_geo.siting.buildings.building_state import BuildingState
from batu_geo.siting.buildings.candidates import (
    candidate_sites,
    rank_sites,
    refusals_table,
    without_village_rule,
)
from tests.toy import CRS, demand

RULES = CandidateRules(
    owners=("city",),
    land_statuses=("local_government",),
    conditions=("good", "light_damage"),
    min_floor_area_m2=60,
    min_rooms=2,
    evidence="assumed",
    source="toy",
)
GOOD = {
    "owner": "city", "land_status": "local_government", "condition": "good",
    "floor_area_m2": 60.0, "rooms": 2, "village_id": "v",
}  # fmt: skip
GAPS = pd.DataFrame({"village_id": ["v"]})


def ledger(*changes: dict[str, object]) -> gpd.GeoDataFrame:
    rows = [{"building_id": f"B{n}", **GOOD, **change} for n, change in enumerate(changes)]
    return gpd.GeoDataFrame(rows, geometry=[shapely.Point()] * len(rows), crs=CRS)


def screened(**change: object) -> tuple[str, str, str]:
    site = candidate_sites(ledger(change), GAPS, rules=RULES).iloc[0]
    return site["suitability"], str(site["why_not"]), str(site["verify"])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ("fit", "", "")),
        ({"owner": "village"}, ("refused", "owner=village", "")),
        ({"land_status": "customary"}, ("refused", "land_status=customary", "")),
        ({"condition": "heavy_damage"}, ("refused", "condition=heavy_damage", "")),
        ({"floor_area_m2": 59.9}, ("refused", "floor_area_m2=59.9", "")),
        ({"rooms": 1}, ("refused", "rooms=1", "")),
        ({"owner": "unknown"}, ("to_verify", "", "owner")),
        ({"floor_area_m2": np.nan, "rooms": None}, ("to_verify", "", "floor_area_m2; rooms")),
        ({"rooms": 1, "owner": "unknown"}, ("refused", "rooms=1", "owner")),
        ({"village_id": "w"}, ("refused", "village_has_unit=w", "")),
    ],
)
def test_each_rule_is_met_broken_or_unknown(
    change: dict[str, object], expected: tuple[str, str, str]
) -> None:
    assert screened(**change) == expected


def test_a_building_that_joins_no_road_is_to_be_verified() -> None:
    sites = candidate_sites(ledger({}, {}), GAPS, rules=RULES, off_road={"B1"})
    assert sites["joins_road"].tolist() == [True, False]
    assert sites["verify"].map(str).tolist() == ["", "road"]
    assert sites["suitability"].tolist() == ["fit", "to_verify"]


def test_an_upgrade_of_a_village_is_offered_and_needs_another_legal_basis() -> None:
    """A hall of the village stays refused; where villages may be owners nothing is asked."""
    upgrade = {"owner": "village", "action": "upgrade_unit"}
    assert screened(**upgrade) == ("to_verify", "", "legal_basis")
    assert screened(owner="village", action="open_unit") == ("refused", "owner=village", "")
    assert screened(owner="private", action="upgrade_unit") == ("refused", "owner=private", "")
    open_to_all = RULES.model_copy(update={"owners": ("city", "village")})
    site = candidate_sites(ledger(upgrade), GAPS, rules=open_to_all).iloc[0]
    assert (site["suitability"], str(site["verify"])) == ("fit", "")


def test_reasons_are_rows_of_the_building() -> None:
    changes = ({"rooms": 1, "owner": "village", "condition": "unknown"}, {})
    sites = candidate_sites(ledger(*changes), GAPS, rules=RULES)
    assert sites["why_not"].iloc[0].rows == (
        Refusal("B0", "owner", "village"),
        Refusal("B0", "rooms", "1"),
    )
    assert sites["verify"].iloc[0].rows == (Unverified("B0", "condition"),)
    assert refusals_table(sites).to_dict("list") == {
        "site_id": ["B0", "B0"], "rule": ["owner", "rooms"], "value": ["village", "1"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, BuildingState.READY),
        ({"condition": "light_damage"}, BuildingState.WITH_WORKS),
        ({"rooms": None, "condition": "light_damage"}, BuildingState.TO_VERIFY),
        ({"rooms": 1, "owner": "unknown"}, BuildingState.REFUSED),
    ],
)
def test_the_state_of_a_building(change: dict[str, object], state: BuildingState) -> None:
    site = candidate_sites(ledger(change), GAPS, rules=RULES).iloc[0]
    assert site["building_state"] == state


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, BuildingState.READY),
        ({"condition": "light_damage"}, BuildingState.WITH_WORKS),
        ({"owner": "unknown"}, BuildingState.TO_VERIFY),
        ({"rooms": 1}, BuildingState.REFUSED),
        # An owner whose code holds the separators of the written text changes nothing.
        ({"owner": "a; village_has_unit=b"}, BuildingState.REFUSED),
    ],
)
def test_a_village_that_has_a_unit_refuses_no_building_where_all_may_open(
    change: dict[str, object], state: BuildingState
) -> None:
    sites = candidate_sites(ledger({"village_id": "w", **change}), GAPS, rules=RULES)
    assert sites["building_state"].tolist() == [BuildingState.REFUSED]
    allowed = without_village_rule(sites)
    assert allowed["building_state"].tolist() == [state]
    assert allowed["why_not"].equals(sites["why_not"])


def matrix(columns: list[list[float]], ids: tuple[str, ...]) -> TravelTimes:
    return matrix_times(np.array(columns, dtype=float).T, ("d0", "d1", "d2"), ids)


NOW = matrix([[20, 30, np.inf]], ("U",))
SITES = matrix([[25, 10, np.inf], [10, 12, 15]], ("B0", "B1"))
PEOPLE = demand([10, 20, 40])


def ranked(*changes: dict[str, object], to_sites: TravelTimes = SITES) -> gpd.GeoDataFrame:
    sites = candidate_sites(ledger(*changes), GAPS, rules=RULES)
    return rank_sites(sites, now=NOW, to_sites=to_sites, demand=PEOPLE, threshold_minutes=15)


def test_gains_are_counted_to_the_person() -> None:
    found = ranked({}, {})
    assert found["site_id"].tolist() == ["B1", "B0"]
    assert found["people_gained"].tolist() == [70, 20]
    assert found["people_newly_reachable"].tolist() == [40, 0]
    assert found["person_minutes_saved"].tolist() == [460, 400]
    assert found["rank"].tolist() == [1, 2]


def test_refused_buildings_stay_in_the_table_without_a_rank() -> None:
    found = ranked({}, {"rooms": 1})
    assert found["site_id"].tolist() == ["B0", "B1"]
    assert found["rank"].isna().tolist() == [False, True]
    assert found["people_gained"].tolist() == [20, 70]


def test_rank_in_village_counts_within_the_village() -> None:
    sites = candidate_sites(ledger({}, {"village_id": "w"}), pd.DataFrame({"village_id": ["v", "w"]}),
                            rules=RULES)  # fmt: skip
    found = rank_sites(sites, now=NOW, to_sites=SITES, demand=PEOPLE, threshold_minutes=15)
    assert found["rank_in_village"].tolist() == [1, 1]


def test_equal_gains_go_to_the_lower_id() -> None:
    same = matrix([[10, 12, 15], [10, 12, 15]], ("B0", "B1"))
    assert ranked({}, {}, to_sites=same)["site_id"].tolist() == ["B0", "B1"]


def test_of_equal_gains_in_people_the_one_that_saves_more_minutes_comes_first() -> None:
    """Both newly serve the 10 and the 20; the second brings them 5 minutes nearer."""
    slow, quick = [15, 15, np.inf], [10, 10, np.inf]
    for columns, first in (([slow, quick], "B1"), ([quick, slow], "B0")):
        found = ranked({}, {}, to_sites=matrix(columns, ("B0", "B1")))
        assert found["people_gained"].tolist() == [30, 30]
        assert found["site_id"].iloc[0] == first
        assert found["person_minutes_saved"].tolist() == [10 * 10 + 20 * 20, 10 * 5 + 20 * 15]


@pytest.mark.parametrize("seed", range(60))
def test_the_order_is_that_of_people_then_minutes_then_id(seed: int) -> None:
    """By brute force, on few whole minutes so that many are equal."""
    rng = np.random.default_rng(seed)
    minutes = rng.choice([5.0, 10.0, 15.0, 25.0, np.inf], (4, 3)).tolist()
    found = ranked(*({"rooms": int(rng.integers(1, 4))} for _ in range(4)),
                   to_sites=matrix(minutes, ("B0", "B1", "B2", "B3")))  # fmt: skip
    rows = found.to_dict("records")
    keys = [
        (
            r["suitability"] == "refused",
            -r["people_gained"],
            -r["person_minutes_saved"],
            r["site_id"],
        )
        for r in rows
    ]
    assert keys == sorted(keys)
    gains = {
        f"B{n}": (
            sum(p for p, m, b in zip([10, 20, 40], column, [20, 30, np.inf], strict=True)
                if m <= 15 < b),
            sum(p * max(b - m, 0) for p, m, b in zip([10, 20], column, [20, 30], strict=False)),
        )
        for n, column in enumerate(minutes)
    }  # fmt: skip
    assert {r["site_id"]: (r["people_gained"], r["person_minutes_saved"]) for r in rows} == gains


def test_no_building_at_all_gives_an_empty_table() -> None:
    empty = ledger({}).iloc[:0]
    sites = candidate_sites(empty, GAPS, rules=RULES)
    none = matrix_times(np.empty((3, 0)), ("d0", "d1", "d2"), ())
    found = rank_sites(sites, now=NOW, to_sites=none, demand=PEOPLE, threshold_minutes=15)
    assert found.empty
    assert "rank" in found


def test_buildings_of_no_village_are_numbered_among_themselves() -> None:
    """Both may open where all villages may have one; neither has a village to be first in."""
    without = ledger({"village_id": None}, {"village_id": None})
    sites = without_village_rule(candidate_sites(without, GAPS, rules=RULES))
    found = rank_sites(sites, now=NOW, to_sites=SITES, demand=PEOPLE, threshold_minutes=15)
    assert found["rank_in_village"].tolist() == found["rank"].tolist() == [1, 2]
