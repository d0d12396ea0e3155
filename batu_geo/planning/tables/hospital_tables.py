"""Minutes from every village and unit to its hospitals and back, for referral and emergencies."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from batu_geo.access.referral import HospitalTrips, emergency_hospitals, every_hospital
from batu_geo.access.units import SERVING, status_on, units
from batu_geo.domain.names import names_by_id
from batu_geo.domain.tables import Facilities
from batu_geo.network.nearby.chosen_trips import chosen_trips
from batu_geo.network.nearby.trips_within import Among
from batu_geo.network.snapping import ON_STREET
from batu_geo.network.travel_times import NEAREST_ALONE, travel_times
from batu_geo.planning.tables.trip_graphs import EMERGENCY, trip_graphs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.assessment import Assessment

NEAREST_HOSPITALS = 6  # of each village or unit; with fewer in a study, all
# By column: the trip it counts.
COLUMNS = {
    "referral_to_minutes": "referral_to",
    "referral_back_minutes": "referral_back",
    "emergency_out_minutes": "emergency_out",
    "emergency_in_minutes": "emergency_in",
}


def hospital_tables(assessment: Assessment) -> dict[str, pd.DataFrame]:
    """Return the minutes between villages, and units, and the hospitals that serve on the day.

    Of many hospitals the `NEAREST_HOSPITALS` of each village or unit, in a straight line. For a
    referral both ways in the mode of referral; for an emergency out from the hospital and
    in, by ambulance, to hospitals that have an emergency unit or may have one. Of a village means
    over everybody.
    """
    study, homes = assessment.study, assessment.demand
    present = units(study.facilities, assessment.scenario.service, is_open=False)
    in_village, villages = pd.factorize(homes["village_id"])
    at_unit, names = pd.factorize(present["facility_id"])
    place = np.r_[in_village, at_unit + len(villages)].astype(np.int64)
    people = np.r_[homes["population"].to_numpy(np.int64), np.ones(len(present), np.int64)]
    table = _to_hospitals(assessment, homes_and_units(assessment), place, people)
    hospitals, _ = hospitals_today(assessment)
    village_names = study.villages.set_index("village_id")["village_name"]
    unit_names = names_by_id(study.facilities, "facility")
    is_unit = table["place"] >= len(villages)
    table["place"] = np.r_[villages, names].astype(object)[table["place"]]
    by_village, by_unit = (table[rows].reset_index(drop=True) for rows in (~is_unit, is_unit))
    return {
        "village_hospitals": _named(by_village, "village", village_names, hospitals),
        "unit_hospitals": _named(by_unit, "facility", unit_names, hospitals),
    }


def homes_and_units(assessment: Assessment) -> gpd.GeoDataFrame:
    """Return all demand points and then all units: the roads are searched once for both."""
    homes, service = assessment.demand, assessment.scenario.service
    present = units(assessment.study.facilities, service, is_open=False)
    on_street = np.r_[homes[ON_STREET].to_numpy(bool), np.zeros(len(present), bool)]
    return gpd.GeoDataFrame(
        {"origin": range(len(on_street)), ON_STREET: on_street},
        geometry=pd.concat([homes.geometry, present.geometry], ignore_index=True),
    )


def _to_hospitals(
    assessment: Assessment,
    origins: gpd.GeoDataFrame,
    place: NDArray[np.int64],
    people: NDArray[np.int64],
) -> pd.DataFrame:
    hospitals, emergency = hospitals_today(assessment)
    graphs, ids = trip_graphs(assessment.situation), hospitals["facility_id"]
    allowed = _nearest_hospitals(origins, place, hospitals)

    def found(trip: str) -> Iterator[HospitalTrips]:
        if trip not in graphs:
            return
        there = emergency if trip in EMERGENCY else hospitals
        number = pd.Index(ids).get_indexer(there["facility_id"])
        names = there["facility_id"].tolist()
        trips = chosen_trips(
            graphs[trip], origins=origins, destinations=there,
            among=Among(place, allowed[:, number]),
            refuse_m=assessment.scenario.snapping.refuse_m,
        )  # fmt: skip
        for some in trips:
            yield HospitalTrips(names[some.destination], *some[1:])

    chosen = {name: allowed[:, n] for n, name in enumerate(ids)}
    trips = {column: partial(found, trip) for column, trip in COLUMNS.items()}
    return every_hospital(place, people, chosen, trips)


def _nearest_hospitals(
    origins: gpd.GeoDataFrame, group: NDArray[np.int64], hospitals: Facilities
) -> NDArray[np.bool_]:
    """Return the nearest hospitals of the middle of each group, bool [groups, hospitals]."""
    count = np.bincount(group)
    allowed = np.ones((len(count), len(hospitals)), bool)
    if len(hospitals) > NEAREST_HOSPITALS:
        xy = shapely.get_coordinates(origins.geometry.to_numpy())
        middle = np.column_stack([np.bincount(group, xy[:, side]) / count for side in (0, 1)])
        tree = cKDTree(shapely.get_coordinates(hospitals.geometry.to_numpy()))
        allowed[:] = False
        nearest = tree.query(middle, range(1, NEAREST_HOSPITALS + 1))[1]
        allowed[np.arange(len(count))[:, None], nearest] = True
    return allowed


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


def ambulance_times(assessment: Assessment) -> list[TravelTimes]:
    """Return the times of the homes from and to their quickest hospital with an emergency unit."""
    graphs, (_, emergency) = trip_graphs(assessment.situation), hospitals_today(assessment)
    return [
        travel_times(
            graphs[trip],
            origins=assessment.demand,
            destinations=emergency,
            refuse_m=assessment.scenario.snapping.refuse_m,
            kept=NEAREST_ALONE,
        )
        for trip in EMERGENCY
        if trip in graphs
    ]


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
