"""Minutes from every village and unit to every hospital and back, for referral and emergencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from batu_geo.access.referral import emergency_hospitals, every_hospital
from batu_geo.access.units import SERVING, status_on, units
from batu_geo.domain.names import names_by_id
from batu_geo.domain.tables import Facilities
from batu_geo.network.travel_times import travel_times
from batu_geo.planning.once import once_for_each
from batu_geo.planning.tables.trip_graphs import EMERGENCY, trip_graphs

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.assessment import Assessment

# By column: the trip it counts.
COLUMNS = {
    "referral_to_minutes": "referral_to",
    "referral_back_minutes": "referral_back",
    "emergency_out_minutes": "emergency_out",
    "emergency_in_minutes": "emergency_in",
}


def hospital_tables(assessment: Assessment) -> dict[str, pd.DataFrame]:
    """Return the minutes between villages, and units, and every hospital that serves on the day.

    For a referral both ways in the mode of referral; for an emergency out from the hospital and
    in, by ambulance, to hospitals that have an emergency unit or may have one. Of a village means
    over everybody.
    """
    study = assessment.study
    hospitals, _ = hospitals_today(assessment)
    homes, villages = assessment.demand, study.villages.set_index("village_id")
    present = units(study.facilities, assessment.scenario.service, is_open=False)
    ids = hospitals["facility_id"].tolist()
    people = homes["population"].to_numpy(dtype=np.int64)
    by_village = every_hospital(
        homes["village_id"], people, ids, _by_column(home_trips(assessment))
    )
    one = np.ones(len(present), np.int64)
    by_unit = every_hospital(
        present["facility_id"], one, ids, _by_column(_trips(assessment, present))
    )
    unit_names = names_by_id(study.facilities, "facility")
    return {
        "village_hospitals": _named(by_village, "village", villages["village_name"], hospitals),
        "unit_hospitals": _named(by_unit, "facility", unit_names, hospitals),
    }


def hospitals_today(assessment: Assessment) -> tuple[Facilities, Facilities]:
    """Return the hospitals that serve on the day, and those that have or may have emergencies."""
    facilities, settings = assessment.study.facilities, assessment.scenario.referral
    today = status_on(facilities, assessment.scenario.service.on_date)
    now = Facilities(facilities.assign(status=today))
    serves = now["kind"].isin(settings.hospital_kinds) & now["status"].isin(SERVING)
    emergency = emergency_hospitals(
        now, kinds=settings.hospital_kinds, count_unknown=settings.count_unknown_emergency
    )
    return Facilities(now[serves].reset_index(drop=True)), emergency


@once_for_each
def home_trips(assessment: Assessment) -> dict[str, TravelTimes | None]:
    """Return by kind of trip the times between the homes and every hospital."""
    return _trips(assessment, assessment.demand)


def _trips(assessment: Assessment, origins: gpd.GeoDataFrame) -> dict[str, TravelTimes | None]:
    """Return the times of each kind of trip; None for an ambulance where the scenario has none."""
    graphs = trip_graphs(assessment.situation)
    hospitals, emergency = hospitals_today(assessment)
    return {
        trip: travel_times(
            graphs[trip],
            origins=origins,
            destinations=emergency if trip in EMERGENCY else hospitals,
            refuse_m=assessment.scenario.snapping.refuse_m,
        )
        if trip in graphs
        else None
        for trip in COLUMNS.values()
    }


def _by_column(trips: Mapping[str, TravelTimes | None]) -> dict[str, TravelTimes | None]:
    return {column: trips[trip] for column, trip in COLUMNS.items()}


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
