"""What `check` calls sound goes through every verb: no fault of the program, no warning.

A sample, and every extreme town with each thing it may be given with `--all-worlds`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.extreme_runs import on_extreme, one
from tests.extreme_towns import ADDED, EXTREMES, with_additions, write_extreme
from tests.how_many import is_all

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

SAMPLE = (("nobody", ADDED),)
CHOSEN = tuple(with_additions()) if is_all() else SAMPLE


@pytest.mark.parametrize(("name", "added"), CHOSEN, ids=[f"{n}+{'+'.join(a)}" for n, a in CHOSEN])
def test_every_verb_ends_well(tmp_path: Path, name: str, added: tuple[str, ...]) -> None:
    ended = on_extreme(tmp_path, name, added)
    assert len(ended) >= 12
    assert [end for end in ended if not end.is_expected(EXTREMES[name])] == []


def test_a_plan_that_cannot_be_met_ends_in_5_and_names_the_rules(tmp_path: Path) -> None:
    study = write_extreme(tmp_path / "study", "one village")
    ended = one("plan", "dua", "--data", str(study), "--out", str(tmp_path / "out"), "--lang", "en")
    assert ended.code == 5
    assert ended.is_expected(EXTREMES["one village"])
    assert not ended.is_expected(EXTREMES["plain"]), "where it can be met it has to be"
    said = " ".join(ended.output.split())
    assert (
        "There is no plan: the rules of this scenario cannot hold together, namely exactly 2"
        in said
    )
    assert "This scenario opens no building" not in said
