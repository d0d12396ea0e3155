"""Minutes from every village and unit to every hospital and back, for referral and emergencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from batu_geo.access.referral import emergency_hospitals, every_hospital
from batu_geo.access.units import SERVING, status_on, units
from batu_geo.domain.names import names_by_id
from batu_geo.domain.tables import Facilities
from batu_geo.network.graph import mode_graph
from batu_geo.network.travel_times import travel_times

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.assessment import Assessment

AMBULANCE = {"vehicle": "ambulance"}
# By column: whether an ambulance drives, and which way.
TRIPS = {
    "referral_to_minutes": (False, "to_facility"),
    "referral_back_minutes": (False, "from_facility"),
    "emergency_out_minutes": (True, "from_facility"),
    "emergency_in_minutes": (True, "to_facility"),
}


def hospital_tables(assessment: Assessment) -> dict[str, pd.DataFrame]:
    """Return the minutes between villages, and units, and every hospital that serves on the day.

    For a referral both ways in the mode of referral; for an emergency out from the hospital and
    in, by ambulance, to hospitals that have an emergency unit or may have one. Of a village means
    over everybody.
    """
    study, settings = assessment.study, assessment.scenario.referral
    today = status_on(study.facilities, assessment.scenario.service.on_date)
    now = Facilities(study.facilities.assign(status=today))
    serves = now["kind"].isin(settings.hospital_kinds) & now["status"].isin(SERVING)
    hospitals = Facilities(now[serves].reset_index(drop=True))
    emergency = emergency_hospitals(
        now, kinds=settings.hospital_kinds, count_unknown=settings.count_unknown_emergency
    )
    homes, villages = assessment.demand, study.villages.set_index("village_id")
    present = units(study.facilities, assessment.scenario.service, is_open=False)
    of_homes = _trips(assessment, homes, hospitals, emergency)
    of_units = _trips(assessment, present, hospitals, emergency)
    ids = hospitals["facility_id"].tolist()
    people = homes["population"].to_numpy(dtype=np.int64)
    by_village = every_hospital(homes["village_id"], people, ids, of_homes)
    one = np.ones(len(present), np.int64)
    by_unit = every_hospital(present["facility_id"], one, ids, of_units)
    unit_names = names_by_id(study.facilities, "facility")
    return {
        "village_hospitals": _named(by_village, "village", villages["village_name"], hospitals),
        "unit_hospitals": _named(by_unit, "facility", unit_names, hospitals),
    }


def _trips(
    assessment: Assessment,
    origins: gpd.GeoDataFrame,
    hospitals: Facilities,
    emergency: Facilities,
) -> dict[str, TravelTimes | None]:
    """Return the times of each kind of trip; None for an ambulance where the scenario has none."""
    scenario = assessment.scenario
    found: dict[str, TravelTimes | None] = {}
    for column, (is_emergency, direction) in TRIPS.items():
        driven = (
            ambulance_scenario(scenario) if is_emergency else (scenario, scenario.referral.mode)
        )
        if driven is None:
            found[column] = None
            continue
        setting, mode = driven
        travel = setting.travel.model_copy(update={"direction": direction})
        graph = mode_graph(
            assessment.study.roads, setting.model_copy(update={"travel": travel}), mode=mode
        )
        found[column] = travel_times(
            graph,
            origins=origins,
            destinations=emergency if is_emergency else hospitals,
            refuse_m=scenario.snapping.refuse_m,
        )
    return found


def ambulance_scenario(scenario: Scenario) -> tuple[Scenario, str] | None:
    """Return the scenario in which a mode is an ambulance, and that mode; None where nobody drives.

    It drives at the speeds of the mode `ambulance` or, without one, at those of a car, on every
    street that is open to an ambulance.
    """
    for vehicle in ("ambulance", "car"):
        for name in (scenario.referral.mode, *scenario.modes):
            if scenario.modes[name].vehicle == vehicle:
                as_ambulance = scenario.modes[name].model_copy(update=AMBULANCE)
                modes = {**scenario.modes, name: as_ambulance}
                return scenario.model_copy(update={"modes": modes}), name
    return None


def _named(
    table: pd.DataFrame, kind: str, names: pd.Series[str], hospitals: Facilities
) -> pd.DataFrame:
    """Return a table with the names of places and hospitals, and whether these take emergencies."""
    known = hospitals.set_index("facility_id")
    table = table.rename(columns={"place": f"{kind}_id"})
    table.insert(1, f"{kind}_name", table[f"{kind}_id"].map(names))
    table.insert(3, "hospital_name", table["hospital_id"].map(known["facility_name"]))
    answer = known["emergency_unit"].fillna("unknown")
    table.insert(4, "emergency_unit", table["hospital_id"].map(answer))
    return table
