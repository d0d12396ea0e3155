"""Which facilities count as a unit, and which of them are open on a day."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from batu_geo.access.units import status_on, unit_is_open, units
from batu_geo.domain.contracts import STATUSES
from batu_geo.domain.tables import Facilities
from batu_geo.sources.study.scenarios import load_scenario
from tests.toy import SERVICE

DAY = SERVICE.on_date
BEFORE, AFTER = "2025-12-31", "2026-02-28"


def facilities(*rows: tuple[str, str, str | None]) -> Facilities:
    """Return facilities by kind, status and operator, without dates of closing."""
    table = pd.DataFrame(list(rows), columns=["kind", "status", "operator"])
    table.insert(0, "facility_id", [f"f{n}" for n in range(len(table))])
    table["closed_from"] = table["closed_until"] = pd.Series(None, index=table.index, dtype="str")
    return Facilities(table)


EVERY_KIND = list(
    itertools.product(
        ("UPKDK", "PUSKESMAS"),
        ("active", "temporarily_closed", "closed"),
        ("city", "private", None),
    )
)


@pytest.mark.parametrize("count_private", [False, True])
@pytest.mark.parametrize("is_open", [False, True])
def test_a_unit_is_of_a_serving_kind_in_a_serving_state(is_open: bool, count_private: bool) -> None:
    """By brute force over every kind, state and operator."""
    service = SERVICE.model_copy(update={"count_private": count_private})
    states = service.open_statuses if is_open else service.present_statuses
    expected = [
        f"f{n}"
        for n, (kind, status, operator) in enumerate(EVERY_KIND)
        if kind == "UPKDK" and status in states and (count_private or operator != "private")
    ]
    found = units(facilities(*EVERY_KIND), service, is_open=is_open)
    assert found["facility_id"].tolist() == expected
    assert found.index.tolist() == list(range(len(expected)))


@pytest.mark.parametrize("state", ["active", "closed_at_times", "building_unfit"])
def test_dates_close_whatever_serves(state: str) -> None:
    table = facilities(("UPKDK", state, "city"))
    table["closed_from"], table["closed_until"] = "2026-01-15", "2026-02-15"
    assert status_on(table, DAY).tolist() == ["temporarily_closed"]
    assert status_on(table, AFTER).tolist() == [state]


def test_a_unit_in_process_is_none_yet_and_one_in_an_unfit_building_serves() -> None:
    """By the settings of the baseline, where they are policy."""
    service = load_scenario("baseline").service
    rows = facilities(*(("UPKDK", state, "city") for state in STATUSES))
    states = dict(zip(rows["facility_id"], STATUSES, strict=True))
    for is_open, expected in (
        (True, {"active", "closed_at_times", "building_unfit"}),
        (False, {"active", "closed_at_times", "building_unfit", "temporarily_closed"}),
    ):
        found = units(rows, service, is_open=is_open)["facility_id"]
        assert {states[name] for name in found} == expected


def test_of_a_facility_that_is_no_unit_nothing_is_said() -> None:
    found = unit_is_open(
        facilities(
            ("UPKDK", "active", "city"),
            ("UPKDK", "temporarily_closed", "city"),
            ("UPKDK", "closed", "city"),
            ("UPKDK", "active", "private"),
            ("PUSKESMAS", "active", "city"),
        ),
        SERVICE,
    )
    assert found.isna().tolist() == [False, False, True, True, True]
    assert found[:2].tolist() == [True, False]


@pytest.mark.parametrize(
    ("start", "end", "is_closed"),
    [
        (None, None, None),
        (BEFORE, None, True),
        (DAY, None, True),
        (AFTER, None, False),
        (None, AFTER, True),
        (None, DAY, True),
        (None, BEFORE, False),
        (DAY, DAY, True),
        (BEFORE, AFTER, True),
        (AFTER, AFTER, False),
        (BEFORE, BEFORE, False),
    ],
)
@pytest.mark.parametrize("status", ["active", "temporarily_closed", "closed"])
def test_a_closing_holds_from_its_first_day_to_its_last(
    status: str, start: str | None, end: str | None, is_closed: bool | None
) -> None:
    """Without dates the state stays; a facility closed for good is closed whatever the day."""
    table = facilities(("UPKDK", status, "city"))
    table["closed_from"], table["closed_until"] = [start], [end]
    expected = status
    if is_closed is not None and status != "closed":
        expected = "temporarily_closed" if is_closed else "active"
    assert status_on(table, DAY).tolist() == [expected]
    assert table["status"].tolist() == [status]
