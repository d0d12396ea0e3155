"""Four ways to cut regions that give other numbers without a word, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from batu_geo.access.demand import demand_points
from batu_geo.access.protected import protect
from batu_geo.domain.errors import DataError
from batu_geo.domain.tables import Buildings, Facilities, Villages
from batu_geo.fleet.joint_study import joint_study
from batu_geo.fleet.measures import measures
from batu_geo.fleet.merging import merge
from batu_geo.fleet.stages import nation, places
from tests.fleet.regions import NEED, settings, world
from tests.planning import street
from tests.toy import CORNER, CRS, STEP_M, town

if TYPE_CHECKING:
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.planning.study import Study

E2SFCA = "e2sfca_1_2_min_per_5000"


def halves(joint: Study) -> dict[str, Study]:
    """Return the west and the east of the street as two regions, on the same roads."""
    found = {}
    for code, ids in (("1", ("v0", "v1")), ("2", ("v2", "v3"))):
        tables = (joint.villages, joint.facilities, joint.buildings)
        v, f, b = (t[t["village_id"].isin(ids)].reset_index(drop=True) for t in tables)
        staff = joint.staffing
        if staff is not None:
            staff = staff[staff["facility_id"].isin(f["facility_id"])]
        found[code] = replace(
            joint, villages=Villages(v), facilities=Facilities(f), buildings=Buildings(b),
            staffing=staff,
        )  # fmt: skip
    return found


def served(tables: dict[str, pd.DataFrame]) -> int:
    return int(tables["coverage"]["served"].sum())


def test_without_a_halo_a_unit_across_the_border_serves_nobody() -> None:
    joint, wanted = street.study({"u": ("v2", 6.5)}), street.settings((2, 4))
    regions = halves(joint)
    exact = measures(places(nation(regions, joint.roads, wanted), "1"), wanted)
    alone = nation({"1": regions["1"]}, joint.roads, wanted)
    wrong = measures(places(alone, "1"), wanted)
    # At 4.5 and 5.5 within 2 minutes, from 2.5 within 4: ten people a block.
    assert (served(exact), served(wrong)) == (20 + 40, 0)


def test_after_one_hop_a_unit_is_shared_with_own_people_only() -> None:
    staffing = street.roster(("u", "nurse", 1, None, None, None))
    joint = street.study({"u": ("v2", 6.5)}, staffing=staffing)
    wanted = street.settings((1, 2))
    whole = nation(halves(joint), joint.roads, wanted)
    exact, wrong = (measures(places(whole, "1", hops=n), wanted) for n in (2, 1))
    assert served(exact) == served(wrong)
    # Three blocks within a minute weigh 10 each, two more within two minutes half as much.
    per_person = [1 / (10 + 10 + 10 + 5 + 5), 1 / (10 + 5)]
    (shared, alone) = (table["access"].set_index("village_id")[E2SFCA]["v1"] for table in
                       (exact, wrong))  # fmt: skip
    assert [shared, alone] == pytest.approx([5000 * (10 + 5) / 30 * x for x in per_person])


def test_an_extract_splits_no_edge_where_the_other_way_lies_outside() -> None:
    drawing = "ABCD\n..E."
    whole = town(drawing, {"ABCD": "residential", "CE": "residential"})
    extract = town(drawing, {"ABCD": "residential"})
    assert (whole.edge_count, extract.edge_count) == (3, 1)
    own = street.villages((30, 30, 30, 30))[:1]
    apart = street.settings().demand.model_copy(update={"spacing_m": 150})
    here, there = (
        demand_points(Villages(own), roads, settings=apart).geometry.x - CORNER[0]
        for roads in (whole, extract)
    )
    assert not np.allclose(here.head(2), there.head(2), atol=1)


def test_a_street_that_hangs_on_the_neighbour_leads_nowhere_in_the_cut() -> None:
    drawing = "ABC\n..D\nGHI"
    streets = {"AB": "residential", "BC": "residential", "CD": "residential",
               "DI": "residential", "IH": "residential", "HG": "residential"}  # fmt: skip
    inside = {name: kind for name, kind in streets.items() if name in ("AB", "HG")}
    wanted = street.settings((2, 9))
    exact, wrong = (
        measures(places(nation(*bend(town(drawing, some))), "1"), wanted)["coverage"].iloc[-1]
        for some in (streets, inside)
    )
    assert (exact["unreachable"], wrong["unreachable"]) == (0, 15)
    assert exact["served"] == 30


def bend(roads: RoadNetwork) -> tuple[dict[str, Study], RoadNetwork, object]:
    """Return one village around the left of a bend, with a unit in its north."""
    base = street.study({"u": ("v0", 0.5)})
    west, north = CORNER
    box = shapely.box(west - 50, north - 250, west + 1.4 * STEP_M, north + 50)
    village = base.villages[:1].set_geometry(gpd.GeoSeries([box], crs=CRS))
    study = replace(base, villages=Villages(village), roads=roads)
    return {"1": study}, roads, street.settings((2, 9))


def test_in_random_worlds_regions_without_their_neighbours_differ() -> None:
    studies, roads = world(3)
    wanted = settings(3)
    whole = nation(studies, roads, wanted)
    exact = {code: served(measures(places(whole, code), wanted)) for code in studies}
    alone = {
        code: served(measures(places(nation({code: study}, roads, wanted), code), wanted))
        for code, study in studies.items()
    }
    assert sum(exact.values()) > sum(alone.values())
    homes = [len(places(whole, code)["home_people"]) for code in studies]
    assert max(homes) < len(whole.head["home_people"])


def test_a_village_and_a_unit_in_two_regions_are_both_named() -> None:
    study = street.study({"u": ("v0", 1)})
    with pytest.raises(DataError) as found:
        joint_study({"1": study, "2": study}, study.roads)
    said = "\n".join(found.value.lines("en"))
    assert all(name in said for name in ("v0", "v3", "u"))


def test_a_criterion_that_one_region_lacks_is_said_and_counts_where_it_is_known() -> None:
    joint = street.study({"u": ("v0", 1)})
    regions = halves(joint)
    figures = pd.DataFrame({"village_id": ["v2", "v3"], "posyandu": [2.0, 3.0],
                            "evidence": "reported"})  # fmt: skip
    known = protect(regions["2"].villages, figures)
    regions["2"] = replace(regions["2"], indicators=known)
    wanted = street.settings().model_copy(update={"need": NEED})
    whole = nation(regions, joint.roads, wanted)
    parts = {code: places(whole, code) for code in regions}
    tables = {code: measures(part, wanted) for code, part in parts.items()}
    merged = merge(parts, tables, wanted, crs=CRS)
    assert merged["lacking"].to_numpy().tolist() == [["1", "residents_per_posyandu", 1]]
    assert merged["regions"]["criteria_lacking"].tolist() == [1, 0]
    assert merged["villages"]["residents_per_posyandu"].tolist()[2:] == [15, 10]


def test_a_region_without_a_roster_beside_one_that_has_it_is_said() -> None:
    staffing = street.roster(("u", "nurse", 1, None, None, None))
    joint = street.study({"u": ("v0", 1)}, staffing=staffing)
    wanted = street.settings()
    for without, said in ({"2"}, ["2"]), ({"1", "2"}, []):
        regions = {
            code: replace(study, staffing=None) if code in without else study
            for code, study in halves(joint).items()
        }
        whole = nation(regions, joint.roads, wanted)
        parts = {code: places(whole, code) for code in regions}
        tables = {code: measures(part, wanted) for code, part in parts.items()}
        lacking = merge(parts, tables, wanted, crs=CRS)["lacking"]
        assert lacking.loc[lacking["criterion"].eq("staffing"), "region"].tolist() == said
