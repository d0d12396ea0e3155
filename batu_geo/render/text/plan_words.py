"""Why a scenario opens no building, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batu_geo.render.text.column_headings import cell
from batu_geo.render.text.words import word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.domain.errors import Language


def no_plan_words(proof: Mapping[Any, Any], language: Language) -> str:
    """Return that a scenario opens no building, and the rules that keep it from doing so.

    Parameters
    ----------
    proof
        The row of `plan_proof`: ``plan_status`` and ``conflicts``.
    language
        Of the sentence.

    Examples
    --------
    >>> no_plan_words({"plan_status": "optimal"}, "en")
    'This scenario opens no building.'
    >>> no_plan_words({"plan_status": "infeasible", "conflicts": ""}, "en")
    'No plan keeps all rules of this scenario.'
    """
    if proof["plan_status"] == "no_plan_yet":
        return word("plan_not_yet", language)
    if proof["plan_status"] != "infeasible":
        return word("gain_no_plan", language)
    if not proof["conflicts"]:
        return word("plan_impossible", language)
    return word("plan_conflicts", language, rules=cell("conflicts", proof["conflicts"], language))
