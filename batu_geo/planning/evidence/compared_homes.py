"""Where people live by each source a study has, and the units they go to from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batu_geo.planning.evidence.ledger import nearest_units
from batu_geo.planning.homes import homes
from batu_geo.planning.once import once_for_each
from batu_geo.planning.variants import with_demand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.situation import Situation


class ComparedHomes(NamedTuple):
    """People living by one source.

    Attributes
    ----------
    situation
        Of today, with people living there.
    nearest
        By village: the units its people go to at the headline mode; all where nobody arrives.
    """

    situation: Situation
    nearest: Mapping[str, tuple[str, ...]]


@once_for_each
def compared_homes(assessment: Assessment) -> dict[str, ComparedHomes]:
    """Return by source where people live, streets first, for every source the study has."""
    study, scenario = assessment.study, assessment.scenario
    found: dict[str, ComparedHomes] = {}
    for source in ("streets", *study.homes):
        situation = assessment.situation
        if source != scenario.demand.by:
            demand = homes(study, scenario, by=source).demand
            situation = with_demand(assessment.situation, demand)
        found[source] = ComparedHomes(situation, nearest_units(situation, scenario.headline.mode))
    return found
