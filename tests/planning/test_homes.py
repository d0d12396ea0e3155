"""Where people live, by streets, a raster or footprints: every number adds up, to the person."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from batu_geo.access.demand import demand_from_places, joined_homes
from batu_geo.domain.errors import ScenarioError
from batu_geo.domain.tables import Villages
from batu_geo.planning import homes as planning_homes
from batu_geo.planning.assess import assess
from batu_geo.planning.evidence.ledger import ledger_of
from batu_geo.planning.explorer_data import ExplorerState, explorer_answer, explorer_data
from batu_geo.planning.homes import homes
from batu_geo.planning.situation import served_people
from batu_geo.planning.study import PeoplePlaces, Study
from batu_geo.planning.tables.certainty_tables import demand_sources, homes_compared
from batu_geo.planning.tables.health_office_tables import health_office_tables
from batu_geo.planning.what_if import add_unit, close_unit, what_if
from tests.how_many import few
from tests.planning.street import CRS, IDS, place, settings, study

UNITS = {"u0": ("v0", 0.0)}


@pytest.fixture(autouse=True)
def _single_homes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep each place of the 30 people of a village of the street."""
    monkeypatch.setattr(planning_homes, "FEWEST_PEOPLE", 1)


def places(*rows: tuple[float, int, float], use: tuple[str, ...] | None = None) -> PeoplePlaces:
    """Return places given in blocks, by the row of their village, with weights."""
    xy = shapely.get_coordinates([place(blocks) for blocks, *_ in rows]).reshape(-1, 2)
    said = None if use is None else np.array(use, dtype=object)
    return PeoplePlaces(
        xy, np.array([v for _, v, _ in rows], dtype=np.int64),
        np.array([w for *_, w in rows], dtype=float), "estimated", said,
    )  # fmt: skip


def by(source: str, **demand: object):
    plain = settings()
    return plain.model_copy(
        update={"demand": plain.demand.model_copy(update={"by": source, **demand})}
    )


# All of v0 at 2.5, of v1 at 3.1 and 5.9 one to two, of v2 at 6.5; v3 has no cell.
RASTER = places((2.5, 0, 4), (3.1, 1, 1), (5.9, 1, 2), (6.5, 2, 9))
HOUSES = places(
    (0.5, 0, 100), (3.5, 1, 100), (4.5, 1, 50), (5.5, 1, 400), (7.5, 2, 60), (10.5, 3, 60),
    use=("house", "house", "house", "mosque", "", "house"),
)  # fmt: skip


def town(**known: PeoplePlaces) -> Study:
    return study(UNITS, homes=known)


@pytest.mark.slow
def test_the_source_a_scenario_names_drives_every_table() -> None:
    """Within 2 minutes of 0 nobody, within 4 minutes v0 whole and the 10 of v1 at 3.1."""
    found = assess(town(raster=RASTER), by("raster"))
    assert found.city["served"].tolist() == [0, 40]
    served = found.villages[found.villages["threshold_minutes"] == 4].set_index("village_id")
    assert served["served"].to_dict() == {"v0": 30, "v1": 10, "v2": 0, "v3": 0}
    assert (served[["served", "not_served"]].sum(axis=1) == served["population"]).all()
    streets = assess(town(raster=RASTER), by("streets"))
    assert streets.city["served"].tolist() == [20, 40]
    assert not found.demand.equals(streets.demand)


@pytest.mark.slow
def test_a_village_without_a_place_falls_back_to_its_streets_and_is_named() -> None:
    found = homes(town(raster=RASTER), by("raster"))
    assert found.by_streets == ("v3",)
    lonely = found.demand[found.demand["village_id"] == "v3"]
    assert lonely["is_on_street"].all()
    assert not found.demand[found.demand["village_id"] != "v3"]["is_on_street"].any()
    notices = [n for n in assess(town(raster=RASTER), by("raster")).notices if n.code == "BG-845"]
    assert [n.values for n in notices] == [{"names": "Desa v3", "source": "population_raster"}]


def test_footprints_may_be_filtered_by_area_and_use() -> None:
    def of(village: str, **demand: object) -> list[int]:
        table = homes(town(footprints=HOUSES), by("footprints", **demand)).demand
        return table.loc[table["village_id"] == village, "population"].tolist()

    assert of("v1") == [5, 3, 22]
    assert of("v1", footprint_m2=(60, 300)) == [30]
    assert of("v1", footprint_uses=("house",)) == [20, 10]
    assert homes(
        town(footprints=HOUSES), by("footprints", footprint_uses=("house",))
    ).by_streets == ("v2",)


@pytest.mark.slow
def test_nobody_lives_in_a_lake_whatever_a_raster_says() -> None:
    base = town(raster=RASTER)
    ring = shapely.get_coordinates(place(5.9).buffer(20))
    lake = replace(base.roads, barrier_start=np.array([0, len(ring)]), barrier_xy=ring,
                   barrier_lake=np.array([0]))  # fmt: skip
    found = homes(replace(base, roads=lake), by("raster")).demand
    assert found.loc[found["village_id"] == "v1", "population"].tolist() == [30]
    notices = assess(replace(base, roads=lake), by("raster")).notices
    (notice,) = [n for n in notices if n.code == "BG-847"]
    assert notice.line("en").startswith(
        "BG-847 of 4 cells or footprints not counted as places to live: 1 in water, 0 outside"
    )


@pytest.mark.slow
def test_buildings_outside_the_filters_are_counted_by_the_first_reason() -> None:
    narrow = by("footprints", footprint_m2=(60, 300), footprint_uses=("house",))
    place = town(footprints=HOUSES)
    (notice,) = [n for n in assess(place, narrow).notices if n.code == "BG-847"]
    is_small = (HOUSES.weight < 60) | (HOUSES.weight > 300)
    is_other = ~is_small & (HOUSES.use != "house")
    assert is_small.any()
    assert is_other.any()
    assert notice.values == {
        "water": 0, "area": is_small.sum(), "use": is_other.sum(), "total": len(HOUSES.weight),
        "source": "footprints",
    }  # fmt: skip
    kept = len(homes(place, narrow).demand.query("not is_on_street"))
    assert kept == len(HOUSES.weight) - is_small.sum() - is_other.sum()
    assert not [n for n in assess(place, by("footprints")).notices if n.code == "BG-847"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "narrow", [{}, {"footprint_m2": (60, 300)}, {"footprint_uses": ("house",)}]
)
def test_where_homes_are_rests_on_the_setting_that_chooses_footprints(
    narrow: dict[str, object],
) -> None:
    answer = assess(town(footprints=HOUSES), by("footprints", **narrow))
    found = {source.table for source in ledger_of(answer).of("homes", ["v1"])}
    assert found == {"footprints", *(["scenario"] if narrow else [])}


def test_a_source_the_study_does_not_have_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"BG-330.*footprints"):
        assess(town(raster=RASTER), by("footprints"))


BUILDINGS = {"b1": ("v1", 4.0), "b2": ("v2", 8.0)}
# Within 2 minutes by source: today, more with b1 at 4, more with b2 at 8. A raster has all of v0
# at 2.5, v1 at 3.1 and 5.9, v2 at 6.5 and v3 along its street; houses have v2 at 7.5, v3 at 10.5.
REACHED = {"raster": (0, 60, 40), "footprints": (30, 30, 30)}


@pytest.mark.parametrize("source", REACHED)
@pytest.mark.slow
def test_what_if_counts_the_people_where_the_source_has_them(source: str) -> None:
    known = {"raster": RASTER, "footprints": HOUSES}
    before, more, other = REACHED[source]
    today = what_if(assess(study(UNITS, BUILDINGS, homes=known), by(source)))
    assert served_people(today.situation) == before
    both = add_unit(add_unit(today, "b1"), "b2")
    assert served_people(both.situation) == before + more + other
    assert served_people(close_unit(today, "u0").situation) == 0
    opened = add_unit(today, "b1")
    assert served_people(opened.situation) == before + more
    anew = assess(study({"b1": ("v1", 4), **UNITS}, BUILDINGS, homes=known), by(source))
    pd.testing.assert_frame_equal(opened.coverage(), anew.villages)
    columns = ["rank", "village_id", "mean_minutes", "people_beyond", "score"]
    pd.testing.assert_frame_equal(opened.gaps()[columns], anew.gaps[columns])


@pytest.mark.parametrize("source", REACHED)
@pytest.mark.slow
def test_the_explorer_counts_the_people_where_the_source_has_them(source: str) -> None:
    known = {"raster": RASTER, "footprints": HOUSES}
    before, more, other = REACHED[source]
    data = explorer_data(assess(study(UNITS, BUILDINGS, homes=known), by(source)))
    answer = explorer_answer(data, ExplorerState("toy", 2))
    assert (answer["served"], answer["gains"]) == (before, {"b1": more, "b2": other})
    chosen = explorer_answer(data, ExplorerState("toy", 2, chosen=("b1",)))
    assert chosen["served"] == before + more
    assert chosen["villages"] == {"v0": 30, "v1": 30, "v2": 0, "v3": 0}


@pytest.mark.parametrize("source", ["streets", "raster", "footprints"])
@pytest.mark.slow
def test_one_table_compares_the_sources(source: str) -> None:
    """Within 2 minutes: the homes at 0.5 and 1.5 by streets, none by raster, all of v0 by houses."""
    assessment = assess(town(raster=RASTER, footprints=HOUSES), by(source))
    table = homes_compared(assessment).set_index("village_id")
    assert table["raster_people"].to_dict() == {"v0": 4, "v1": 3, "v2": 9, "v3": 0}
    assert table["within_streets"].to_dict() == {"v0": 20, "v1": 0, "v2": 0, "v3": 0}
    assert table["within_raster"].sum() == 0
    assert table["within_footprints"].to_dict() == {"v0": 30, "v1": 0, "v2": 0, "v3": 0}
    assert table["side_raster"].tolist() == [20, 0, 0, 0]
    assert table["side_footprints"].tolist() == [10, 0, 0, 0]
    assert set(demand_sources(assessment).columns) == {
        "village_id", "village_name", "rank_streets", "rank_raster", "rank_footprints"}  # fmt: skip
    assert "homes_compared" in health_office_tables(assessment)


def test_a_raster_counts_tenths_and_where_nobody_lives_nobody_is_within() -> None:
    """Nobody lives in v0: by no source is anybody of it within 2 minutes of its unit."""
    known = {"raster": replace(RASTER, weight=RASTER.weight + 0.26), "footprints": HOUSES}
    empty = study(UNITS, people=(0, 30, 30, 30), homes=known)
    table = homes_compared(assess(empty, by("streets")))
    assert table["raster_people"].tolist() == [4.3, 3.5, 9.3, 0]
    for source in ("streets", "raster", "footprints"):
        assert table[f"within_{source}"].tolist() == [0, 0, 0, 0]


@pytest.mark.slow
def test_sources_that_a_study_lacks_are_not_compared() -> None:
    houses = homes_compared(assess(town(footprints=HOUSES), by("footprints")))
    assert [name for name in houses if "raster" in name] == []
    assert houses["side_footprints"].tolist() == [10, 0, 0, 0]
    bare = assess(town(), settings())
    assert homes_compared(bare).empty
    assert "homes_compared" not in health_office_tables(bare)


@pytest.mark.slow
@pytest.mark.parametrize("source", ["streets", "raster", "footprints"])
def test_people_balance_exactly_in_a_thousand_random_villages(source: str) -> None:
    rng = np.random.default_rng(7)
    base = town()
    for _ in range(few(20)):
        west = rng.uniform(0, 12.5, 50)
        shapes = [
            shapely.box(place(w).x, place(w).y - 30, place(w + rng.uniform(0.01, 2)).x, place(w).y + 30)
            for w in west
        ]  # fmt: skip
        people = rng.integers(0, 5000, 50)
        area = gpd.GeoDataFrame(
            {"village_id": [f"v{n:02d}" for n in range(50)], "village_name": "x",
             "district_name": "x", "population": people, "population_evidence": "reported"},
            geometry=shapes, crs=CRS,
        )  # fmt: skip
        count = int(rng.integers(1, 200))
        known = places(
            *zip(rng.uniform(0, 13, count), rng.integers(0, 50, count),
                 rng.uniform(1e-3, 1e3, count), strict=True),
            use=("house",) * count if source == "footprints" else None,
        )  # fmt: skip
        crowd = replace(base, villages=area, homes={} if source == "streets" else {source: known})
        found = homes(crowd, by(source))
        totals = found.demand.groupby("village_id")["population"].sum()
        expected = pd.Series(people, index=area["village_id"])
        assert totals.reindex(expected.index, fill_value=0).tolist() == expected.tolist()
        assert found.demand["demand_id"].is_unique
        empty = set(range(50)) - set(known.village.tolist()) if source != "streets" else set()
        assert set(found.by_streets) == {f"v{n:02d}" for n in empty if people[n]}


def test_the_villages_of_the_street_keep_their_order() -> None:
    """Also where the study has them in another order than that of their ids."""
    known = town(raster=RASTER)
    assert homes(known, by("raster")).demand["village_id"].unique().tolist() == list(IDS)
    turned = Villages(known.villages.iloc[::-1].reset_index(drop=True))
    there = replace(RASTER, village=3 - RASTER.village)
    found = homes(replace(known, villages=turned, homes={"raster": there}), by("raster"))
    assert found.by_streets == ("v3",)
    assert found.demand["village_id"].unique().tolist() == list(IDS[::-1])


def test_no_point_of_a_raster_or_footprints_is_a_dwelling(monkeypatch) -> None:
    """With 25 people at least v1 is one point, at its largest house; villages keep their people."""
    monkeypatch.setattr(planning_homes, "FEWEST_PEOPLE", 25)
    for source, known in (("raster", RASTER), ("footprints", HOUSES)):
        found = homes(town(**{source: known}), by(source))
        placed = found.demand[~found.demand["village_id"].isin(found.by_streets)]
        assert (placed["population"] >= 25).all()
        assert found.demand.groupby("village_id")["population"].sum().tolist() == [30] * 4
    assert placed.loc[placed["village_id"] == "v1"].geometry.iloc[0].equals(place(5.5))


def test_one_dwelling_alone_joins_the_nearest_point_that_has_enough() -> None:
    """Of 30 people 1 lives at 3.5 and 29 in two houses of one square at 5.5: one point of 30."""
    houses = places((3.5, 1, 1), (5.5, 1, 20), (5.51, 1, 9), use=("", "", ""))
    demand = demand_from_places(
        town().villages, houses.xy, houses.village, houses.weight, evidence="estimated"
    )
    both = joined_homes(demand[demand["village_id"] == "v1"], fewest_people=1)
    assert both["population"].tolist() == [1, 29]
    one = joined_homes(demand[demand["village_id"] == "v1"], fewest_people=25)
    assert one["population"].tolist() == [30]
    assert one.geometry.iloc[0].equals(place(5.5))
