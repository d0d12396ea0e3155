"""Road maps drawn in letters, through the command line: who is served, and how far away."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from batu_geo.cli import cli
from tests.toy_study import write_toy_study

pytestmark = pytest.mark.slow

WALK = "modes.foot.speeds_kmh={residential=[6, 6, 6], path=[3, 3, 3]}"
RIDE = "modes.motorcycle.speeds_kmh={residential=[12, 12, 12]}"
PLAIN = ["modes.foot.slope=none", "demand.spacing_m=101", WALK, RIDE,
         'demand.inhabited_classes=["residential", "path"]',
         "snapping.warn_m=50", "snapping.refuse_m=50"]  # fmt: skip
WHOLE = {"v.1": ((-1, -1, 12, 12), 8000)}


def villages(tmp_path: Path, drawing: str, streets: dict, *settings: str, units=None, areas=WHOLE):
    study = write_toy_study(tmp_path / "study", drawing, streets, villages=areas,
                            units=units or {"v.1": (0, 0)})  # fmt: skip
    args = ["plan", "--data", str(study), "--out", str(tmp_path / "out"), "-q"]
    for setting in (*PLAIN, *settings):
        args += ["--set", setting]
    result = CliRunner().invoke(cli, args)
    assert result.exit_code == 0, result.output
    with (Path(result.stdout.strip()) / "villages.csv").open() as file:
        return list(csv.DictReader(file))


def mean(rows: list[dict[str, str]], mode: str) -> float:
    return float(next(r for r in rows if r["mode"] == mode)["mean_travel_time_min"])


def test_a_straight_street(tmp_path: Path) -> None:
    """Five blocks of 100 m, people at their middles: 0.5 to 4.5 minutes."""
    rows = villages(tmp_path, "A    F", {"AF": "residential"})
    assert mean(rows, "foot") == pytest.approx(2.5, abs=1e-3)


def test_a_one_way_loop_is_walked_back_but_ridden_round(tmp_path: Path) -> None:
    """A to B is one-way towards B: who walks turns back.

    Who lives on it pushes the motorcycle back along the own street, where that is quicker than
    riding round; a street of paths is never the own one here.
    """
    streets = {
        "AB": {"highway": "residential", "oneway": "yes"}, "BC": "path", "CD": "path", "DA": "path",
    }  # fmt: skip
    drawing = "A B\n   \nD C"
    ride = "modes.motorcycle.speeds_kmh={residential=[12, 12, 12], path=[12, 12, 12]}"
    rows = villages(tmp_path, drawing, streets, ride, 'demand.inhabited_classes=["residential"]')
    # Middles at 50 and 150 m: walking back 0.5 and 1.5 minutes; pushing at the 75 m a minute of
    # doors 0.67 and 2.0, quicker than to ride on for 750 and 650 m at 200 m a minute.
    assert mean(rows, "foot") == pytest.approx(1.0, abs=1e-3)
    assert mean(rows, "motorcycle") == pytest.approx((50 / 75 + 150 / 75) / 2, abs=1e-3)


def test_a_river_without_a_bridge_leaves_one_bank_out(tmp_path: Path) -> None:
    drawing = "A   B\n\n\n\n\n\n\n\nC   D"
    areas = {"v.1": ((-1, -1, 6, 4), 100), "v.2": ((-1, 4, 6, 12), 50)}
    rows = villages(tmp_path, drawing, {"AB": "residential", "CD": "residential"}, areas=areas)
    foot = {
        r["village_id"]: r for r in rows if (r["mode"], r["threshold_minutes"]) == ("foot", "15")
    }
    assert (foot["v.1"]["served"], foot["v.2"]["served"]) == ("100", "0")
    assert foot["v.2"]["unreachable"] == "50", "they have a street, and no way from it to a unit"
    assert foot["v.2"]["not_snapped"] == "0"
    assert foot["v.2"]["mean_travel_time_min"] == ""


def test_a_bridge_closed_in_the_wet_season(tmp_path: Path) -> None:
    drawing = "A   B\n\n\n\nC   D"
    streets = {"AB": "residential", "CD": "residential", "AC": "path", "BD": "path"}
    closed = 'closures=[{name="jembatan", season="hujan", ways=[3], source="uji"}]'
    only = 'demand.inhabited_classes=["residential"]'
    dry = villages(tmp_path / "a", drawing, streets, closed, only, "travel.season=kemarau")
    wet = villages(tmp_path / "b", drawing, streets, closed, only, "travel.season=hujan")
    # CD in the dry: 400 m of path (8 min) and on average 200 m; in the wet round by BD and AB.
    assert mean(dry, "foot") == pytest.approx((2 + 10) / 2, abs=1e-2)
    assert mean(wet, "foot") == pytest.approx((2 + 2 + 8 + 4) / 2, abs=1e-2)


def test_slow_speeds_take_longer(tmp_path: Path) -> None:
    walk = "modes.foot.speeds_kmh={residential=[3, 6, 12]}"
    middle = villages(tmp_path / "a", "A    F", {"AF": "residential"}, walk)
    slow = villages(tmp_path / "b", "A    F", {"AF": "residential"}, walk, "travel.speed_set=slow")
    assert mean(slow, "foot") == pytest.approx(2 * mean(middle, "foot"), abs=1e-3)
