"""What rows about doctors, services, age groups, homes and legal instruments rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from batu_geo.access.programmes import services_offered
from batu_geo.access.referral import work_areas
from batu_geo.access.units import SERVING, status_on
from batu_geo.planning.evidence.compared_homes import compared_homes
from batu_geo.planning.evidence.ledger import FILE_OF_HOMES, ledger_of
from batu_geo.planning.evidence.worth import NOTHING, Basis
from batu_geo.planning.once import once_for_each

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.planning.assessment import Assessment

Row: TypeAlias = "Mapping[Any, Any]"


def puskesmas_row(assessment: Assessment, row: Row) -> Basis:
    """Return a puskesmas, who works there, and the people of its villages.

    New doctors go where most people share one: with them a puskesmas rests on all others.
    """
    ledger, rules = ledger_of(assessment), assessment.scenario.staffing
    own = _served_by(assessment)
    ids = list(own) if rules.new_doctors else [str(row["facility_id"])]
    villages = [v for name in ids for v in own.get(name, ())]
    basis = ledger.of("population", villages) | ledger.of("outline")
    basis |= ledger.settings["staffing"] if rules.new_doctors else NOTHING
    return basis | ledger.of("facilities", ids) | ledger.of("staffing", ids)


def doctor_row(assessment: Assessment, _row: Row) -> Basis:
    """Return every puskesmas and who works there: an even share is shared out over all of them.

    Needed are doctors for the participants of the work areas, else for their residents.
    """
    ledger, own = ledger_of(assessment), _served_by(assessment)
    villages = [v for of_one in own.values() for v in of_one]
    basis = ledger.of("population", villages) | ledger.of("outline")
    basis |= ledger.of("indicators", villages) | ledger.settings["staffing"]
    return basis | ledger.of("facilities", own) | ledger.of("staffing", own)


@once_for_each
def _served_by(assessment: Assessment) -> dict[str, list[str]]:
    """Return by puskesmas the villages of its work area."""
    areas = work_areas(assessment.study.villages, assessment.study.facilities).dropna()
    return {str(name): [str(v) for v in own.index] for name, own in areas.groupby(areas)}


def service_row(assessment: Assessment, row: Row) -> Basis:
    """Return who lives where, the facilities that offer a service, and what all of them list."""
    ledger, study, scenario = ledger_of(assessment), assessment.study, assessment.scenario
    facilities = study.facilities
    state = status_on(facilities, scenario.service.on_date)
    serving = facilities[state.isin(SERVING)]
    offers = services_offered(serving, study.profiles)
    offering = [f for f in serving["facility_id"] if row["service"] in offers.get(f, "").split()]
    basis = ledger.people() | ledger.ways[scenario.headline.mode] | ledger.of("facilities")
    return basis | ledger.of("position", offering) | ledger.of("profiles", serving["facility_id"])


def age_group_row(assessment: Assessment, row: Row) -> Basis:
    """Return the number of an age group, and the ways of the people of its village."""
    ledger, villages = ledger_of(assessment), assessment.study.villages
    inside = villages["village_name"] == row["area"]
    ids = list(villages["village_id"][inside if inside.any() else slice(None)])
    return ledger.reach(assessment.scenario.headline.mode, ids) | ledger.of("indicators", ids)


def homes_row(assessment: Assessment, row: Row) -> Basis:
    """Return the people of a village, every source of where they live, and the units they go to."""
    ledger, ids = ledger_of(assessment), [row["village_id"]]
    basis = ledger.of("population", ids) | ledger.of("outline", ids) | ledger.settings["demand"]
    for source, compared in compared_homes(assessment).items():
        units = compared.nearest.get(str(row["village_id"]), ledger.open_units)
        basis |= ledger.places(units) | ledger.of(FILE_OF_HOMES.get(source, ""))
    return basis | ledger.ways[assessment.scenario.headline.mode]


def term_row(assessment: Assessment, row: Row) -> Basis:
    """Return how the text of an instrument was seen: no row of the study says what the law is."""
    return ledger_of(assessment).of("instruments", [row["instrument"]])
