"""Who takes a ferry, and for how many minutes, in a town worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from batu_geo.access.ferry_trips import ferry_trips_of_all, with_ferry_trips
from batu_geo.planning.assess import assess
from batu_geo.planning.explain_village import explain_village
from batu_geo.planning.what_if import close_unit, what_if
from batu_geo.render.terminal.appraisal import served_lines
from tests.drawn_towns import Town, Village, read_drawn
from tests.toy import demand

FERRY = {"route": "ferry", "duration": "00:10", "foot": "yes", "motorcycle": "yes"}
# An island in the west: 100 m of street, then 1 km by ferry, then 100 m to the unit in the east.
TOWN = Town(
    nodes={"A": (0, 0), "B": (100, 0), "C": (1100, 0), "D": (1200, 0)},
    ways=(("AB", "residential"), ("CD", "residential"), ("BC", FERRY)),
    villages=(Village("1001", "Pulau", 100, (-50, -50, 95, 50)),
              Village("1002", "Timur", 300, (1050, -50, 1250, 50))),
    units=(("U1", "1002", (1200.0, 0.0)),),
)  # fmt: skip
WAIT = "travel.ferry_wait_minutes=5"
AS_BEFORE = ["people_by_ferry", "mean_ferry_minutes"]


def by_mode(table: pd.DataFrame, mode: str) -> pd.DataFrame:
    return table[table["mode"].eq(mode)].drop_duplicates(["mode", *{"village_id"} & {*table}])


@pytest.mark.slow
@pytest.mark.parametrize(("settings", "aboard"), [((), 10.0), ((WAIT,), 15.0)])
def test_minutes_by_boat_stand_apart(
    tmp_path: Path, settings: tuple[str, ...], aboard: float
) -> None:
    """All 100 people of the island sail 10 minutes and wait 5 where the scenario says so."""
    answer = assess(*read_drawn(tmp_path, TOWN, settings=settings))
    for mode in ("foot", "motorcycle"):
        island, east = by_mode(answer.villages, mode)[AS_BEFORE].to_dict("records")
        assert island == {"people_by_ferry": 100, "mean_ferry_minutes": pytest.approx(aboard)}
        assert east["people_by_ferry"] == 0
        assert np.isnan(east["mean_ferry_minutes"])
        (city,) = by_mode(answer.city, mode)[AS_BEFORE].to_dict("records")
        assert city == island, "nobody else sails"
    parts = pd.DataFrame(explain_village(answer, "35.79.01.1001")["minutes"]["parts"])
    sailed = parts[parts["part"] == "ferry"]
    assert sailed["minutes"].tolist() == pytest.approx([aboard])
    assert sailed["metres"].tolist() == pytest.approx([1000], abs=1)
    assert f"By ferry, on foot: 100 people, on average {aboard} minutes aboard" in list(
        served_lines(answer.city, "en")
    )


@pytest.mark.slow
def test_who_takes_the_bridge_is_not_aboard(tmp_path: Path) -> None:
    """A bridge beside the ferry is quicker for motorcycles and slower for walkers."""
    ways = (*TOWN.ways, ("BC", {"highway": "residential", "foot": "no", "bridge": "yes"}))
    answer = assess(*read_drawn(tmp_path, replace(TOWN, ways=ways)))
    assert by_mode(answer.villages, "motorcycle")["people_by_ferry"].tolist() == [0, 0]
    assert by_mode(answer.villages, "foot")["people_by_ferry"].tolist() == [100, 0]
    (motorcycle,) = by_mode(answer.city, "motorcycle")["mean_ferry_minutes"]
    assert np.isnan(motorcycle)


@pytest.mark.slow
def test_two_ferries_are_added_up_and_a_mean_is_of_those_who_sail(tmp_path: Path) -> None:
    """Half way there is an islet with a road of 10 m: 4 and 6 minutes; people live on both."""
    town = Town(
        nodes={**TOWN.nodes, "M": (500, 0), "N": (510, 0)},
        ways=(("AB", "residential"), ("CD", "residential"), ("MN", "residential"),
              ("BM", FERRY | {"duration": "00:04"}), ("NC", FERRY | {"duration": "00:06"})),
        villages=(*TOWN.villages, Village("1003", "Tengah", 60, (490, -50, 520, 50))),
        units=TOWN.units,
    )  # fmt: skip
    answer = assess(*read_drawn(tmp_path, town))
    found = by_mode(answer.villages, "foot").set_index("village_name")[AS_BEFORE]
    assert found.loc["Pulau"].tolist() == pytest.approx([100, 10])
    assert found.loc["Tengah"].tolist() == pytest.approx([60, 6])
    city = by_mode(answer.city, "foot")[AS_BEFORE].iloc[0]
    assert city.tolist() == pytest.approx([160, (100 * 10 + 60 * 6) / 160])
    without_units = close_unit(what_if(answer), "U1").coverage()
    assert not without_units["people_by_ferry"].any(), "nobody sails where no unit is open"


@pytest.mark.slow
def test_a_town_without_ferries_has_no_such_column(tmp_path: Path) -> None:
    dry = replace(TOWN, ways=(*TOWN.ways[:2], ("BC", "residential")))
    answer = assess(*read_drawn(tmp_path, dry))
    assert not {*AS_BEFORE} & {*answer.villages, *answer.city}


def test_whoever_sails_however_shortly_is_counted() -> None:
    """One person of v half a minute, 3 for 2 minutes, 6 not; the one of w 4 minutes; nobody of x."""
    people = demand([1, 3, 6, 1, 5], ["v", "v", "v", "w", "x"])
    villages = pd.DataFrame({"village_id": ["v", "w", "x"], "mode": "foot"})
    found = with_ferry_trips(villages, {"foot": np.array([0.5, 2, 0, 4, 0])}, people)
    assert found["people_by_ferry"].tolist() == [4, 1, 0]
    assert found["mean_ferry_minutes"][:2].tolist() == [6.5 / 4, 4]
    assert np.isnan(found["mean_ferry_minutes"][2])
    (city,) = ferry_trips_of_all(found, ["mode"]).to_dict("records")
    assert city == {"people_by_ferry": 5, "mean_ferry_minutes": 10.5 / 5}
