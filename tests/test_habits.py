"""The scripts that watch over the habits of the project find what they are there to find."""

from __future__ import annotations

import importlib.util
import json
import sys
import textwrap
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


def script(name: str) -> ModuleType:
    """Return a module of `scripts/`."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a package of two rooms that keeps every limit."""
    package = tmp_path / "toy_house"
    for name in ("", "kitchen", "cellar"):
        (package / name).mkdir()
        (package / name / "__init__.py").write_text("")
    (package / "kitchen" / "stove.py").write_text(
        "import toy_house.cellar.wine\ndef boil():\n    pass\n"
    )
    (package / "cellar" / "wine.py").write_text("def pour():\n    return 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    return package


def broken(house: Path) -> dict[str, tuple[str, ...]]:
    """Return each measure beyond its limit with its places."""
    found = script("house_limits").measures(house)
    assert len(found) == 6
    return {measure.name: measure.beyond for measure in found if not measure.is_kept}


def test_a_house_within_its_limits_breaks_none(house: Path) -> None:
    assert broken(house) == {}


def test_a_module_may_have_350_lines_and_no_more(house: Path) -> None:
    wine = house / "cellar" / "wine.py"
    wine.write_text("x = 1\n" * 350)
    assert broken(house) == {}
    wine.write_text("x = 1\n" * 351)
    assert broken(house) == {"largest module, lines": ("toy_house/cellar/wine.py: 351",)}


def test_a_function_may_have_50_lines_wherever_it_is_and_no_more(house: Path) -> None:
    body = "        x = 1\n"
    wine = house / "cellar" / "wine.py"
    wine.write_text("class Cask:\n    async def pour(self):\n" + body * 49)
    assert broken(house) == {}
    wine.write_text("class Cask:\n    async def pour(self):\n" + body * 50)
    assert broken(house) == {"longest function, lines": ("cellar/wine.py:2 pour: 51",)}


def test_a_folder_may_hold_20_modules_and_no_more(house: Path) -> None:
    for number in range(19):
        (house / "cellar" / f"shelf_{number}.py").write_text("")
    assert broken(house) == {}
    (house / "cellar" / "shelf_19.py").write_text("")
    assert broken(house) == {"modules in one folder": ("toy_house/cellar: 21",)}


def test_no_two_modules_have_one_name(house: Path) -> None:
    (house / "kitchen" / "wine.py").write_text("")
    (places,) = broken(house).values()
    assert places == ("wine: cellar, kitchen",)


def test_no_line_waives_the_limit_of_arguments(house: Path) -> None:
    wine = house / "cellar" / "wine.py"
    wine.write_text("x = 1\ndef pour():  # noqa: C901, PLR0913\n    return 1\n")
    assert broken(house) == {"waivers of PLR0913": ("cellar/wine.py:2",)}


@pytest.mark.parametrize(
    "text",
    [
        "import toy_house.kitchen.stove\n",
        "def late():\n    from toy_house.kitchen import stove\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import toy_house.kitchen.stove\n",
    ],
    ids=["plain", "lazy", "for types"],
)
def test_a_cycle_of_imports_is_found_of_whatever_kind(house: Path, text: str) -> None:
    (house / "cellar" / "wine.py").write_text(textwrap.dedent(text))
    assert broken(house) == {"import cycles": ("toy_house.cellar.wine <> toy_house.kitchen.stove",)}


@pytest.mark.parametrize(
    "message",
    [
        "siting: one Outcome for every solver",
        "ci, docs: branch coverage is measured\n\nWhy: nobody knew.",
        "render/web: one description of each map",
        "Merge branch 'x'",
        'Revert "siting: one Outcome"',
    ],
)
def test_a_subject_names_its_area(message: str) -> None:
    assert script("commit_subject").fault(message) == ""


@pytest.mark.parametrize(
    "message",
    [
        "",
        "One piece of code where the change had written twins",
        "Siting: capital area",
        "siting:no space",
        "siting: ends in a full stop.",
        "siting: ",
        "the comma behind: a whole number",
        "siting: " + "x" * 93,
    ],
)
def test_any_other_subject_is_refused(message: str) -> None:
    assert script("commit_subject").fault(message)


def measured(missing_lines: list[int], missing_branches: list[list[int]]) -> dict[str, object]:
    return {"missing_lines": missing_lines, "missing_branches": missing_branches}


def test_of_the_pure_floors_each_line_and_branch_never_run_is_named() -> None:
    files = {
        "batu_geo/siting/search/milp.py": measured([7], [[3, -1]]),
        "batu_geo/domain/tables.py": measured([], [[4, 9]]),
        "batu_geo/access/decay.py": measured([], []),
        "batu_geo/render/text/words.py": measured([1, 2], []),
        "batu_geo/runs.py": measured([5], []),
    }
    assert script("coverage_floors").not_run(files) == {
        "batu_geo/domain/tables.py": ["4->9"],
        "batu_geo/siting/search/milp.py": ["7", "3->-1"],
    }


def test_lines_excepted_stand_in_the_list_with_their_reason(house: Path) -> None:
    floors = script("coverage_floors")
    wine = house / "cellar" / "wine.py"
    wine.write_text("if True:  # pragma: no branch\n    x = 1  # pragma: no cover - never\n")
    marked = floors.excepted(house)
    first, second = (
        {"file": "toy_house/cellar/wine.py", "line": line, "reason": "toy"}
        for line in ("if True:", "x = 1")
    )
    assert floors.faults_of_exceptions(marked, [first, second]) == []
    (fault,) = floors.faults_of_exceptions(marked, [first])
    assert fault == "marked, not in uncovered.toml: toy_house/cellar/wine.py: x = 1"
    (fault,) = floors.faults_of_exceptions(marked, [first, second, second])
    assert fault.startswith("in uncovered.toml, not marked")
    (fault,) = floors.faults_of_exceptions(marked, [first, {**second, "reason": ""}])
    assert fault.startswith("no reason")


def test_no_more_than_twenty_lines_are_excepted(house: Path) -> None:
    floors = script("coverage_floors")
    line = "x = 1  # pragma: no cover\n"
    cards = [{"file": "toy_house/cellar/wine.py", "line": "x = 1", "reason": "toy"}]
    for count, faults in ((20, 0), (21, 1)):
        (house / "cellar" / "wine.py").write_text(line * count)
        assert len(floors.faults_of_exceptions(floors.excepted(house), cards * count)) == faults


@pytest.mark.parametrize(
    ("missing", "percent", "code"), [([], 95.0, 0), ([], 94.99, 1), ([7], 99.0, 1)]
)
@pytest.mark.slow
def test_below_either_floor_the_measure_fails(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    missing: list[int],
    percent: float,
    code: int,
) -> None:
    """The pure floors are judged line by line, the whole by its share."""
    report = tmp_path / "coverage.json"
    files = {"batu_geo/access/decay.py": measured(missing, [])}
    report.write_text(json.dumps({"files": files, "totals": {"percent_covered": percent}}))
    assert script("coverage_floors").main(str(report)) == code
    assert f"{percent:.2f} %" in capsys.readouterr().out


def test_every_line_excepted_in_the_package_has_its_reason() -> None:
    floors = script("coverage_floors")
    cards = tomllib.loads((ROOT / "scripts" / "uncovered.toml").read_text(encoding="utf-8"))
    assert (
        floors.faults_of_exceptions(floors.excepted(ROOT / "batu_geo"), cards.get("line", [])) == []
    )
