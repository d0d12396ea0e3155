"""A perfect grid whose times are known by theory, through the command line.

Twenty streets each way, 100 m apart, a unit at the middle crossing, walking
exactly 100 m a minute (6 km/h). A place at (x, y) blocks from the unit walks
|x| + |y| minutes. One hundred people live on every block of street, at its
middle, so the served within t minutes can be counted by hand.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from batu_geo.cli import cli
from tests.toy_study import write_toy_study

pytestmark = pytest.mark.slow

SIDE = 21
MIDDLE = SIDE // 2
PEOPLE = 100
WALK = "{" + ", ".join(f"{c} = [6, 6, 6]" for c in ("residential", "path")) + "}"
SETTINGS = [
    "modes.foot.slope=none",
    f"modes.foot.speeds_kmh={WALK}",
    "modes.foot.thresholds_minutes=[5, 10]",
    "headline.threshold_minutes=5",
    'demand.inhabited_classes=["residential"]',
    # The theory is that of streets: from the unit nobody cuts across a block.
    "snapping.warn_m=1",
    "snapping.refuse_m=1",
]


def grid() -> tuple[str, dict[str, str]]:
    letters = [[chr(0x4E00 + SIDE * row + column) for column in range(SIDE)] for row in range(SIDE)]
    streets = {"".join(row): "residential" for row in letters}
    streets |= {"".join(column): "residential" for column in zip(*letters, strict=True)}
    return "\n".join("".join(row) for row in letters), streets


def middles() -> list[tuple[float, float]]:
    across = [(n + 0.5 - MIDDLE, row - MIDDLE) for row in range(SIDE) for n in range(SIDE - 1)]
    return across + [(y, x) for x, y in across]


def served(minutes: float) -> int:
    return PEOPLE * sum(abs(x) + abs(y) <= minutes for x, y in middles())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grid")
    drawing, streets = grid()
    last = SIDE - 1
    study = write_toy_study(
        folder / "study", drawing, streets,
        villages={"v.1": ((-0.5, -0.5, last + 0.5, last + 0.5), PEOPLE * len(middles()))},
        units={"v.1": (MIDDLE, MIDDLE)},
    )  # fmt: skip
    args = ["plan", "--data", str(study), "--out", str(folder / "out"), "-q"]
    for setting in SETTINGS:
        args += ["--set", setting]
    result = CliRunner().invoke(cli, args)
    assert result.exit_code == 0, result.output
    return Path(result.stdout.strip())


def test_people_served_are_those_of_the_theory(run: Path) -> None:
    with (run / "city.csv").open() as file:
        rows = {(r["mode"], r["threshold_minutes"]): r for r in csv.DictReader(file)}
    assert int(rows["foot", "5"]["served"]) == served(5)
    assert int(rows["foot", "10"]["served"]) == served(10)


def test_mean_minutes_and_metres_are_those_of_the_theory(run: Path) -> None:
    with (run / "villages.csv").open() as file:
        row = next(csv.DictReader(file))
    mean = sum(abs(x) + abs(y) for x, y in middles()) / len(middles())
    assert float(row["mean_travel_time_min"]) == pytest.approx(mean, abs=1e-3)
    assert float(row["mean_travel_distance_m"]) == pytest.approx(100 * mean, abs=0.1)


def test_the_catchment_is_a_diamond_of_streets(run: Path) -> None:
    """Within 5 minutes: of each street at distance d, 2 (5 - d) blocks."""
    reach = json.loads((run / "catchments.geojson").read_text())
    km = [
        f["properties"]["street_km"] for f in reach["features"] if f["properties"]["mode"] == "foot"
    ]
    for limit, found in zip((5, 10), km, strict=True):
        blocks = 2 * sum(2 * (limit - abs(d)) for d in range(-limit, limit + 1))
        assert found == pytest.approx(blocks / 10, abs=0.01)
