"""A row of a supply table rests on its own records, and on no others of their kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batu_geo.planning.evidence.ledger import ledger_of
from batu_geo.planning.evidence.people_bases import puskesmas_row
from batu_geo.planning.evidence.supply_bases import found_basis, hospital_row

if TYPE_CHECKING:
    from batu_geo.planning.assessment import Assessment

pytestmark = pytest.mark.slow


def test_a_puskesmas_rests_on_its_own_roster(baseline: Assessment) -> None:
    ledger = ledger_of(baseline)
    of_staff = set(ledger.rows["staffing"])
    name = next(
        str(row["facility_id"])
        for row in baseline.study.facilities.to_dict("records")
        if row["kind"] == "PUSKESMAS" and row["facility_id"] in of_staff
    )
    staffing = baseline.scenario.staffing.model_copy(update={"new_doctors": 0})
    alone = baseline.with_scenario(baseline.scenario.model_copy(update={"staffing": staffing}))
    basis, own = puskesmas_row(alone, {"facility_id": name}), ledger.of("staffing", [name])
    assert own
    assert basis & ledger.of("staffing") == own
    # New doctors go where most people share one: who works elsewhere decides it too.
    many = puskesmas_row(baseline, {"facility_id": name}) & ledger.of("staffing")
    assert {str(source.row)[:4] for source in many} == {"PKM-"}
    assert len(many) == 5


def test_a_trip_to_a_hospital_rests_on_both_ends_the_ways_and_the_rules(
    baseline: Assessment,
) -> None:
    ledger, village = ledger_of(baseline), str(baseline.study.villages["village_id"][0])
    hospitals = baseline.study.facilities
    hospital = str(hospitals["facility_id"][hospitals["kind"] == "RUMAH_SAKIT"].iloc[0])
    row = {"hospital_id": hospital, "village_id": village}
    basis = hospital_row(baseline, row)
    ways = [ledger.ways[mode] for mode in ledger.ways]
    for part in (*ways, ledger.places([hospital]), ledger.settings["referral"],
                 ledger.people([village])):  # fmt: skip
        assert part <= basis
    unit = str(hospitals["facility_id"][hospitals["kind"] == "UPKDK"].iloc[0])
    assert ledger.places([unit]) <= hospital_row(baseline, {**row, "facility_id": unit})


@pytest.mark.parametrize(
    ("figure", "kind"), [("F-CKG", "indicators"), ("F-POP", "population"), ("F-UPKDK", "unit")]
)
def test_what_stands_beside_a_figure_rests_on_what_was_counted(
    baseline: Assessment, figure: str, kind: str
) -> None:
    row = {"figure_id": figure, "found": 1.0, "found_in": "inputs"}
    assert found_basis(baseline, row) == ledger_of(baseline).of(kind)
