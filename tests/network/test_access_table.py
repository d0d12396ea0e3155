"""Who may pass what: every row of `access_table.csv`, which gives each its reason."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from batu_geo.domain.travel import VEHICLES
from batu_geo.network.law.access_law import access_of
from batu_geo.network.law.barrier_law import gate_of
from batu_geo.network.law.turn_law import turn_tags

TABLE = Path(__file__).with_name("access_table.csv")
with TABLE.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def of_a_way(tags: dict[str, str], bit: int) -> str:
    access = access_of(tags)
    is_open = [not bits & bit for bits in access.closed]
    if is_open != [True, True]:
        return {(True, False): "forward", (False, True): "backward"}.get(tuple(is_open), "closed")
    return "ends" if any(bits & bit for bits in access.ends_only) else "open"


def of_a_node(tags: dict[str, str], bit: int) -> str:
    gate = gate_of(tags)
    known = {"closed": gate.closed, "ends": gate.ends_only, "setting": gate.by_setting}
    return next((word for word, bits in known.items() if bits & bit), "open")


def of_a_turn(tags: dict[str, str], bit: int) -> str:
    found, _ = turn_tags(tags)
    return "bound" if any(turn.vehicles & bit for turn in found) else "free"


ANSWERS = {"way": of_a_way, "node": of_a_node, "turn": of_a_turn}


def test_the_table_has_a_reason_for_each_of_many_rows() -> None:
    assert len({(row["on"], row["tags"]) for row in ROWS}) >= 300
    assert all(row["reason"] for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['on']} {row['tags']}")
def test_who_may_pass(row: dict[str, str]) -> None:
    tags = dict(pair.split("=", 1) for pair in row["tags"].split("&"))
    answer = ANSWERS[row["on"]]
    found = {vehicle: answer(tags, 1 << number) for number, vehicle in enumerate(VEHICLES)}
    assert found == {vehicle: row[vehicle] for vehicle in VEHICLES}, row["reason"]
