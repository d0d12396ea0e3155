"""Readiness by hand, apart from need.

Readiness weighs 3 (fit 1, to be verified 1/2, refused 0), the stage of the process 1
(proposed 1/4), people gained 4 (0 to 200). Village v: a fit building, proposed, gains
100: 3/8 + 1/32 + 2/8 = 0.65625. Village w: one to be verified, stage unknown, gains 500:
1.5/8 + 0 + 4/8 = 0.6875. Village x has a refused building alone: nothing.
"""

from __future__ import annotations

import pandas as pd
import pytest

from batu_geo.domain.contracts import PROCESS_STATUSES
from batu_geo.domain.criteria import FeasibilityCriterion
from batu_geo.siting.buildings.building_state import BuildingState
from batu_geo.siting.buildings.village_readiness import (
    PROCESS_VALUE,
    STATE_VALUE,
    feasibility,
)

GAPS = pd.DataFrame({"village_id": ["v", "w", "x"], "score": [0.1, 0.9, 0.5]})


def criterion(name: str, weight: float, best_at: float) -> FeasibilityCriterion:
    return FeasibilityCriterion(name=name, weight=weight, none_at=0, best_at=best_at, reason="toy")


CRITERIA = (
    criterion("building_readiness", 3, 1),
    criterion("process_stage", 1, 1),
    criterion("people_gained", 4, 200),
)


def sites(**changes: object) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "site_id": ["B1", "B2", "B3", "B4", "B5"],
            "village_id": ["v", "w", "x", "v", "v"],
            "building_state": [3, 1, 0, 1, 0],
            "process_status": ["proposed", "unknown", "handed_over", None, None],
            "people_gained": [100, 500, 900, 50, 0],
            "rank_in_village": pd.array([1, 1, None, 2, None], dtype="Int64"),
        }
    )
    return table.assign(**changes)


def score(*criteria: FeasibilityCriterion, **changes: object) -> dict[str, float]:
    found = feasibility(GAPS, sites(**changes), criteria=criteria or CRITERIA)
    return found.set_index("village_id")["feasibility_score"].to_dict()


def test_the_score_of_the_best_building() -> None:
    assert score() == {"v": 0.65625, "w": 0.6875, "x": 0}


def test_contributions_add_up_to_the_score() -> None:
    found = feasibility(GAPS, sites(), criteria=CRITERIA)
    parts = found[[f"contribution_{c.name}" for c in CRITERIA]].sum(axis=1)
    assert parts.tolist() == pytest.approx(found["feasibility_score"].tolist())
    assert found["site_id"].tolist()[:2] == ["B1", "B2"]
    assert found["site_id"].isna().tolist() == [False, False, True]


def test_buildings_left_counts_those_that_are_not_refused() -> None:
    assert score(criterion("buildings_left", 1, 4)) == {"v": 0.5, "w": 0.25, "x": 0}


def test_need_plays_no_part() -> None:
    other = GAPS.assign(score=[9.0, 0.0, 3.0])
    one, two = (feasibility(g, sites(), criteria=CRITERIA) for g in (GAPS, other))
    pd.testing.assert_frame_equal(one, two)


def test_the_order_of_villages_is_that_of_the_gaps_and_of_buildings_plays_no_part() -> None:
    shuffled = sites().iloc[::-1].reset_index(drop=True)
    one, two = (feasibility(GAPS, s, criteria=CRITERIA) for s in (sites(), shuffled))
    pd.testing.assert_frame_equal(one, two)
    assert one["village_id"].tolist() == ["v", "w", "x"]


def test_every_stage_of_the_ledger_has_a_value_and_more_is_never_less() -> None:
    assert set(PROCESS_VALUE) == set(PROCESS_STATUSES)
    stages = ["none", "proposed", "in_process", "decree", "handed_over"]
    assert [PROCESS_VALUE[s] for s in stages] == sorted(PROCESS_VALUE[s] for s in stages)
    assert PROCESS_VALUE["unknown"] == 0
    assert [STATE_VALUE[state] for state in BuildingState] == [0, 0.5, 1, 1]


def test_the_stages_of_the_process_are_four_even_steps() -> None:
    """As the scenario says: proposed 0.25, in process 0.5, decree 0.75, handed over 1."""
    for stage, expected in (("none", 0), ("unknown", 0), ("proposed", 0.25), ("in_process", 0.5),
                            ("decree", 0.75), ("handed_over", 1)):  # fmt: skip
        found = score(criterion("process_stage", 1, 1), process_status=[stage] * 5)
        assert found == {"v": expected, "w": expected, "x": 0}, stage
