"""The situation of a study today: units, coverage, criteria and ranks of the street by hand."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest

from batu_geo.domain.errors import DataError
from batu_geo.domain.tables import Facilities
from batu_geo.network.travel_times import EVERY
from batu_geo.planning.situation import (
    has_unit,
    headline_coverage,
    need_ranks,
    need_values,
    ranked_villages,
    served_people,
    situation_of,
    times_to,
)
from batu_geo.planning.study import Study
from tests.planning.street import IDS, criterion, place, settings, study


def with_status(town: Study, **status: str) -> Study:
    """Return a study with some units in another state."""
    table = town.facilities.copy()
    ids = table["facility_id"]
    table["status"] = ids.map(status).fillna(table["status"])
    return replace(town, facilities=Facilities(table))


def test_the_street_today_by_hand() -> None:
    """The unit at 0 is 0.5, 1.5, ... 11.5 minutes from the blocks; two of them are within 2."""
    now = situation_of(study({"u0": ("v0", 0)}), settings())
    trips = headline_coverage(now)
    assert trips["travel_time_min"].tolist() == pytest.approx(np.arange(12) + 0.5)
    assert trips["population"].tolist() == [10] * 12
    assert trips["nearest_id"].eq("u0").all()
    assert served_people(now) == 20
    values = need_values(now)
    assert values["mean_minutes"].tolist() == pytest.approx([1.5, 4.5, 7.5, 10.5])
    assert values["people_beyond"].tolist() == [10, 30, 30, 30]
    assert need_ranks(now).to_dict() == {"v3": 1, "v2": 2, "v1": 3}
    assert ranked_villages(now)["score"].tolist() == pytest.approx([1, 7.5 / 9, 4.5 / 9])
    assert has_unit(now).to_dict() == {"v0": True, "v1": False, "v2": False, "v3": False}


def test_the_threshold_itself_is_within() -> None:
    """Homes at 0.5, 1.5 and 2.5 minutes."""
    for limit, served in ((1.5, 20), (1.4, 10), (2.5, 30)):
        assert served_people(situation_of(study({"u0": ("v0", 0)}), settings((limit,)))) == served


def test_where_no_unit_is_open_everybody_is_beyond_and_all_villages_share_the_first_rank() -> None:
    now = situation_of(study({}), settings())
    assert served_people(now) == 0
    trips = headline_coverage(now)
    assert np.isinf(trips["travel_time_min"]).all()
    assert trips["nearest_id"].isna().all()
    assert not has_unit(now).any()
    assert need_ranks(now).to_dict() == dict.fromkeys(IDS, 1)
    assert ranked_villages(now)["score"].tolist() == [1, 1, 1, 1]


def test_a_closed_unit_serves_nobody_but_its_village_has_one() -> None:
    town = with_status(study({"u0": ("v0", 0), "u2": ("v2", 9)}), u2="temporarily_closed")
    now = situation_of(town, settings())
    assert set(now.units) == {"u0"}
    assert now.closed_villages == {"v2"}
    assert served_people(now) == 20
    assert need_ranks(now).to_dict() == {"v3": 1, "v1": 2}


def test_a_village_with_one_open_and_one_closed_unit_is_not_closed() -> None:
    town = with_status(study({"a": ("v0", 0), "b": ("v0", 1)}), b="temporarily_closed")
    now = situation_of(town, settings())
    assert now.closed_villages == frozenset()
    assert list(now.units) == ["a"]


def test_a_planned_unit_is_neither_open_nor_present() -> None:
    now = situation_of(with_status(study({"u0": ("v0", 0)}), u0="planned"), settings())
    assert not now.units
    assert not has_unit(now).any()


def test_a_private_provider_counts_only_where_the_scenario_says_so() -> None:
    town = study({"u0": ("v0", 0)})
    private = Facilities(town.facilities.assign(operator="private"))
    town, scenario = replace(town, facilities=private), settings()
    assert not situation_of(town, scenario).units
    service = scenario.service.model_copy(update={"count_private": True})
    assert set(situation_of(town, settings(service=service)).units) == {"u0"}


def test_times_to_other_places_do_not_touch_those_to_units() -> None:
    now = situation_of(study({"u0": ("v0", 0)}), settings())
    places = gpd.GeoDataFrame({"facility_id": ["x"]}, geometry=[place(12)], crs=now.villages.crs)
    minutes, _ = times_to(now, places, kept=lambda _: EVERY)["toy"].to("x")
    assert minutes.tolist() == pytest.approx(12 - (np.arange(12) + 0.5))
    assert now.times["toy"].destination_ids == ("u0",)


def test_equal_scores_share_a_rank() -> None:
    """All of v2 and v3 are beyond the goalpost of 5; of v1 those at 3.5 and 4.5 are not."""
    need = (criterion("mean_minutes", 5),)
    now = situation_of(study({"u0": ("v0", 0)}), settings(need=need))
    ranked = ranked_villages(now).set_index("village_id")
    assert ranked["score"].to_dict() == pytest.approx({"v2": 1, "v3": 1, "v1": 2.6 / 3})
    assert ranked["rank"].to_dict() == {"v2": 1, "v3": 1, "v1": 3}


def test_without_any_criterion_that_has_data_there_is_no_order() -> None:
    now = situation_of(study({"u0": ("v0", 0)}), settings(need=(criterion("poor_percent", 30),)))
    with pytest.raises(DataError, match="BG-303"):
        ranked_villages(now)
