"""What a bench adds when the hand rests: how sure the order is, and the border closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batu_geo.domain.travel import SPEED_SETS
from batu_geo.planning.border_effect import border_effect
from batu_geo.planning.sensitivity import sensitivity, with_certainty
from batu_geo.planning.situation import need_ranks, ranked_villages, served_people
from batu_geo.workbench.standing import measured

if TYPE_CHECKING:
    import pandas as pd

    from batu_geo.workbench.standing import Standing


class AtRest(NamedTuple):
    """How sure the numbers of a standing are.

    Attributes
    ----------
    served
        People within the headline threshold, by speed set.
    served_if_closed
        The same where nobody crosses the border of the study.
    gaps
        Ranked villages as in an assessment: shares of draws, and ``rank_if_border_closed``.
    """

    served: dict[str, int]
    served_if_closed: int
    gaps: pd.DataFrame


def at_rest(standing: Standing) -> AtRest:
    """Return how sure the numbers of a standing are, as `assess` finds it.

    Examples
    --------
    >>> import batu_geo as bg
    >>> from batu_geo.workbench.standing import standing
    >>> study = bg.load_study()
    >>> found = at_rest(standing(study, bg.load_scenario("baseline", study=study)))
    >>> found.served["slow"] < found.served["middle"] < found.served["fast"]
    True
    """
    situation = measured(standing)
    gaps, border = ranked_villages(situation), border_effect(situation)
    varied = sensitivity(situation, gaps)
    closed = gaps["village_id"].map(need_ranks(border.closed)).astype("Int64")
    return AtRest(
        {speed_set: served_people(varied.at_speed[speed_set]) for speed_set in SPEED_SETS},
        border.served_if_closed,
        with_certainty(gaps, varied).assign(rank_if_border_closed=closed),
    )
