"""An empty scenario is the baseline, and a change taken back leaves no trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batu_geo.verbs.plan import plan
from tests.toy import CORNER, TO_DEGREES
from tests.toy_study import write_toy_study

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

START = TO_DEGREES.transform(CORNER[0], CORNER[1])
END = TO_DEGREES.transform(CORNER[0] + 900, CORNER[1])
NEW_ROAD = f"""[[new_roads]]
name = "Jalan baru"
line = [{list(END)}, {list(START)}]
road_class = "residential"
source = "x"
"""
CHANGES = {
    "a threshold": ("[modes.foot]\nthresholds_minutes = [15]\n",
                    "[modes.foot]\nthresholds_minutes = [15, 30]\n"),
    "speeds": ('[travel]\nspeed_set = "slow"\n', '[travel]\nspeed_set = "middle"\n'),
    "demand": ("[demand]\nspacing_m = 25\n", "[demand]\nspacing_m = 100\n"),
    "a new road": (NEW_ROAD, "new_roads = []\n"),
    "a faster street": ('[[closures]]\nname = "lebar"\nways = [1]\nspeed_factor = 2\nsource = "x"\n',
                        "closures = []\n"),
    "a unit moved": (f'[[facility_changes]]\nfacility_id = "U-v.1"\nlon = {END[0]}\nlat = {END[1]}\nsource = "x"\n',
                     "facility_changes = []\n"),
    "a unit in a building": ('[[new_units]]\nunit_id = "E"\nsource = "x"\n', "new_units = []\n"),
    "a unit anywhere": (f'[[new_units]]\nunit_id = "baru"\nlon = {END[0]}\nlat = {END[1]}\nsource = "x"\n',
                        "new_units = []\n"),
    "the stretch at a point": (f'[[closures]]\nname = "longsor"\nat = {list(END)}\nsource = "x"\n',
                               "closures = []\n"),
    "a unit closed": ('[[facility_changes]]\nfacility_id = "U-v.1"\nstatus = "closed"\nsource = "x"\n',
                      "facility_changes = []\n"),
}  # fmt: skip


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_toy_study(
        tmp_path / "study",
        "A         K",
        {"AK": "residential"},
        villages={"v.1": ((-1, -1, 5, 1), 50), "v.2": ((5, -1, 11, 1), 50)},
        units={"v.1": (0, 0)},
        buildings={"E": (10, 0)},
    )


def files_of(scenario: str, study: Path, out: Path) -> dict[str, bytes]:
    """Return every file of a run by its path."""
    folder = plan(scenario, data=study, out=out, overrides=[]).folder
    return {
        f"{folder.name}/{path.relative_to(folder)}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_an_empty_scenario_is_the_baseline_byte_for_byte(study: Path, tmp_path: Path) -> None:
    (study / "scenarios" / "kosong.toml").write_text('extends = "baseline"\n')
    baseline = files_of("baseline", study, tmp_path / "a")
    assert len(baseline) > 5
    assert files_of("kosong", study, tmp_path / "b") == baseline


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_taken_back_is_the_baseline(study: Path, tmp_path: Path, change: str) -> None:
    there, back = CHANGES[change]
    (study / "scenarios" / "ubah.toml").write_text(f'extends = "baseline"\n{there}')
    (study / "scenarios" / "kembali.toml").write_text(f'extends = "ubah"\n{back}')
    baseline = files_of("baseline", study, tmp_path / "a")
    assert files_of("ubah", study, tmp_path / "b") != baseline
    assert files_of("kembali", study, tmp_path / "c") == baseline
