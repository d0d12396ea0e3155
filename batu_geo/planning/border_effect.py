"""The border effect: what changes when nobody travels across the border of the study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batu_geo.planning.situation import headline_coverage, served_people
from batu_geo.planning.variants import closed_border

if TYPE_CHECKING:
    from batu_geo.planning.situation import Situation


@dataclass(frozen=True, slots=True, eq=False)
class BorderEffect:
    """The headline with open and with closed border.

    Attributes
    ----------
    people_nearest_outside
        People whose nearest open unit lies outside the study.
    served, served_if_closed
        People within the headline threshold.
    closed
        The situation with a closed border.
    """

    people_nearest_outside: int
    served: int
    served_if_closed: int
    closed: Situation


def border_effect(situation: Situation) -> BorderEffect:
    """Compare a situation with itself under a closed border."""
    closed, covered = closed_border(situation), headline_coverage(situation)
    is_nearest_outside = covered["nearest_id"].isin(set(situation.units) - set(closed.units))
    return BorderEffect(
        people_nearest_outside=int(covered["population"][is_nearest_outside].sum()),
        served=served_people(situation),
        served_if_closed=served_people(closed),
        closed=closed,
    )
