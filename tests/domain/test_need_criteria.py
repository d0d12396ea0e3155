"""Every need criterion is whole where it is described: formula, columns, words in both languages."""

from __future__ import annotations

import pytest

from batu_geo.domain.contracts import INDICATORS
from batu_geo.domain.criteria import GROWS_WITH_PEOPLE, Criterion
from batu_geo.domain.need_criteria import NeedCriterion, need_criteria

KNOWN = {column.name for column in INDICATORS.columns if column.kind == "integer"} | {"population"}
EACH = pytest.mark.parametrize("card", need_criteria().values(), ids=lambda card: card.name)


@EACH
def test_a_criterion_has_its_words_in_both_languages(card: NeedCriterion) -> None:
    for words in (card.heading, card.label):
        assert set(words) == {"id", "en"}
        assert all(text.strip() for text in words.values())
        assert words["id"] != words["en"]


@EACH
def test_a_formula_divides_one_known_figure_by_another(card: NeedCriterion) -> None:
    if card.formula is None:
        assert card.columns == ()
        return
    first, second = card.columns
    assert {first, second} <= KNOWN
    assert first != second
    assert card.formula in {"per", "percent_of", "percent_without"}
    assert card.name.endswith("_percent") == card.formula.startswith("percent")


@EACH
def test_a_scenario_may_rank_by_it(card: NeedCriterion) -> None:
    criterion = Criterion(name=card.name, weight=1, none_at=0, worst_at=1, reason="toy")
    assert criterion.name == card.name


def test_a_scenario_may_rank_by_nothing_else() -> None:
    with pytest.raises(ValueError, match="'wealth' is not one of mean_minutes, people_beyond"):
        Criterion(name="wealth", weight=1, none_at=0, worst_at=1, reason="toy")


def test_a_share_of_people_does_not_grow_with_them() -> None:
    assert set(GROWS_WITH_PEOPLE) == {"people_beyond", "residents_per_posyandu"}
