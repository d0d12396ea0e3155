"""Who serves whom and when: staff, puskesmas, referral and what units offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access.programmes import people_by_service, services_offered, standards_met
from batu_geo.access.referral import (
    puskesmas_load,
    referral_table,
    unit_referral,
    work_areas,
)
from batu_geo.access.staffing import (
    covered_by_hour,
    hours_table,
    one_more,
    presence,
    present_where_open,
    staff_gaps,
    unit_hours,
    weekday_table,
)
from batu_geo.access.units import SERVING, status_on, units
from batu_geo.domain.names import names_by_id
from batu_geo.domain.norms import STAFF_NORMS
from batu_geo.domain.schedule import DAYS, HOURS
from batu_geo.domain.tables import Facilities
from batu_geo.network.nearby.own_trips import own_trips
from batu_geo.network.travel_times import Kept, travel_times
from batu_geo.planning.situation import headline_coverage
from batu_geo.planning.tables.hospital_tables import (
    ambulance_times,
    homes_and_units,
    hospitals_today,
)
from batu_geo.planning.tables.trip_graphs import REFERRAL, trip_graphs

if TYPE_CHECKING:
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.study import Study

NO_STAFF = pd.DataFrame(columns=["facility_id", "profession", "count", "weekdays", "start", "end"])


def staff_tables(assessment: Assessment) -> dict[str, pd.DataFrame]:
    """Return staff beside the norm of the country, and who is covered by weekday and hour.

    Without a roster the hours are empty and the gaps missing.
    """
    staffing = assessment.study.staffing
    present = units(assessment.study.facilities, assessment.scenario.service, is_open=False)
    own = assessment.study.norms
    known = {name: n if n in own else "" for name, n in STAFF_NORMS.items()}
    limits = {name: own[norm_id].value if norm_id else None for name, norm_id in known.items()}
    roster = NO_STAFF if staffing is None else staffing
    gap = staff_gaps(list(present["facility_id"]), roster, limits)
    gap["norm_id"] = gap["profession"].map(known)
    state = status_on(present, assessment.scenario.service.on_date)
    state.index = pd.Index(present["facility_id"])
    gap["unit_state"] = gap["facility_id"].map(state)
    gap = _named(assessment.study, gap, "facility")
    if staffing is None:
        return {"staff_gaps": gap}
    rules, head = assessment.scenario.staffing, assessment.scenario.headline
    times = assessment.times[head.mode]
    people = assessment.demand["population"].to_numpy(dtype=np.int64)
    there = presence(staffing, rules.serving_professions)
    limit = head.threshold_minutes
    covered = covered_by_hour(times, people, there, threshold_minutes=limit)
    shift = np.zeros((DAYS, HOURS), np.int64)
    first, last = rules.working_hours
    shift[np.array(rules.working_days) - 1, first:last] = 1
    more = one_more(times, people, there, shift, threshold_minutes=limit)
    is_open = state.isin(assessment.scenario.service.open_statuses)
    # A roster is a plan: nobody works at a unit that is closed.
    really = present_where_open(there, state.index[~is_open].tolist())
    hours = unit_hours(list(present["facility_id"]), really)
    hours.insert(1, "unit_state", hours["facility_id"].map(state))
    return {
        "staff_gaps": gap,
        "unit_hours": _named(assessment.study, hours, "facility"),
        "staff_days": weekday_table(covered, rules.working_days, rules.working_hours),
        "staff_hours": hours_table(covered, int(people.sum())),
        "staff_one_more": _named(assessment.study, more, "facility"),
    }


def unit_table(assessment: Assessment) -> pd.DataFrame:
    """Return every unit with its village, its host, who runs it, and its state."""
    study, service = assessment.study, assessment.scenario.service
    present = units(study.facilities, service, is_open=False)
    names = dict(zip(study.villages["village_id"], study.villages["village_name"], strict=True))
    kept = ["facility_id", "facility_name", "village_id"]
    table = pd.DataFrame(present[kept])
    table["village_name"] = table["village_id"].map(names)
    for name in ("host", "operator"):
        table[name] = present[name].astype("object") if name in present else None
    table["unit_state"] = status_on(present, service.on_date)
    return table.assign(evidence=present["evidence"])


def nearest_unit_table(assessment: Assessment) -> pd.DataFrame:
    """Return the unit that is nearest to most people of each village, and what it is run from.

    At the headline mode, however far; people are those whose nearest it is. A village of which
    nobody has a way to a unit has none. Of equally many people the first unit by id.
    """
    study, covered = assessment.study, headline_coverage(assessment.situation)
    known = covered[covered["is_reachable"]]
    people = known.groupby(["village_id", "nearest_id"])["population"].sum().reset_index()
    order = people.sort_values(["village_id", "population", "nearest_id"],
                               ascending=[True, False, True], kind="stable")  # fmt: skip
    most = order.drop_duplicates("village_id").set_index("village_id")
    facilities = study.facilities.set_index("facility_id")
    table = pd.DataFrame(study.villages[["village_id", "village_name", "population"]])
    table["facility_id"] = table["village_id"].map(most["nearest_id"])
    table["facility_name"] = table["facility_id"].map(facilities["facility_name"])
    table["host"] = table["facility_id"].map(facilities["host"]) if "host" in facilities else None
    nearest = table["village_id"].map(most["population"])
    return table.assign(people_nearest=nearest.fillna(0).astype("int64"))


def referral_tables(assessment: Assessment) -> dict[str, pd.DataFrame]:
    """Return the load of each puskesmas, and the way from villages and units to help."""
    study, demand, settings = assessment.study, assessment.demand, assessment.scenario.referral
    areas = work_areas(study.villages, study.facilities)
    load = puskesmas_load(
        study.villages,
        study.facilities,
        areas,
        study.staffing,
        new_doctors=assessment.scenario.staffing.new_doctors,
    )
    is_own = study.facilities["facility_id"].isin(areas.dropna())
    puskesmas = Facilities(study.facilities[is_own].reset_index(drop=True))
    _, hospitals = hospitals_today(assessment)
    present = units(study.facilities, assessment.scenario.service, is_open=False)
    to_or_back = {way: trip for trip, way in REFERRAL.items()}
    graph = trip_graphs(assessment.situation)[to_or_back[assessment.scenario.travel.direction]]
    refuse_m = assessment.scenario.snapping.refuse_m
    nearest: dict[str, Any] = {"refuse_m": refuse_m, "with_metres": True, "kept": Kept(0)}

    number = {name: n for n, name in enumerate(puskesmas["facility_id"])}
    places = pd.concat([demand["village_id"], present["village_id"]])
    own = own_trips(
        graph, origins=homes_and_units(assessment), destinations=puskesmas,
        own=places.map(areas).map(number).fillna(-1).to_numpy(dtype=np.int64), refuse_m=refuse_m,
    )  # fmt: skip
    homes, beside = (own.only(rows) for rows in (slice(len(demand)), slice(len(demand), None)))
    table = referral_table(
        demand,
        study.villages,
        homes,
        travel_times(graph, origins=demand, destinations=hospitals, **nearest),
        areas,
        limit_minutes=settings.limit_minutes,
        ambulance=ambulance_times(assessment),
    )
    pairs = unit_referral(
        present,
        beside,
        travel_times(graph, origins=present, destinations=hospitals, **nearest),
        areas,
    )
    return {
        "puskesmas": load,
        "referral": _named(study, table, "puskesmas", "hospital"),
        "unit_referral": _named(study, pairs, "puskesmas", "hospital"),
    }


def profile_tables(assessment: Assessment) -> dict[str, pd.DataFrame]:
    """Return the standards each unit meets, and the people within reach of each service."""
    profiles = assessment.study.profiles
    if profiles is None:
        return {}
    head = assessment.scenario.headline
    services = people_by_service(
        assessment.times[head.mode],
        assessment.demand["population"].to_numpy(dtype=np.int64),
        profiles,
        threshold_minutes=head.threshold_minutes,
    )
    services = services.merge(_at_all_facilities(assessment, profiles), on="service")
    standards = _named(assessment.study, standards_met(profiles), "facility")
    return {"standards": standards, "services": services}


def _at_all_facilities(assessment: Assessment, profiles: pd.DataFrame) -> pd.DataFrame:
    """Return the people within reach of each service at any facility that serves on the day.

    A facility whose emergency unit is reported takes emergencies; of how many nobody has listed
    the services stands beside.
    """
    study, scenario = assessment.study, assessment.scenario
    status = status_on(study.facilities, scenario.service.on_date)
    every = study.facilities[status.isin(SERVING)].reset_index(drop=True)
    offers = services_offered(every, profiles)
    head = scenario.headline
    table = people_by_service(
        travel_times(
            assessment.graphs[head.mode],
            origins=assessment.demand,
            destinations=every,
            refuse_m=scenario.snapping.refuse_m,
            joined=assessment.situation.joined[head.mode],
            kept=Kept(head.threshold_minutes),
        ),
        assessment.demand["population"].to_numpy(dtype=np.int64),
        pd.DataFrame({"facility_id": list(offers), "services": list(offers.values())}),
        threshold_minutes=head.threshold_minutes,
    )
    table["facilities_unlisted"] = int((~every["facility_id"].isin(list(offers))).sum())
    return table.rename(
        columns={
            "units": "facilities",
            "people": "people_everywhere",
            "share_percent": "share_everywhere_percent",
        }
    )


def _named(study: Study, table: pd.DataFrame, *places: str) -> pd.DataFrame:
    """Return a table with the name of each facility after its id."""
    names = names_by_id(study.facilities, "facility")
    named = table.copy()
    for place in places:
        column = list(named.columns).index(f"{place}_id")
        named.insert(column + 1, f"{place}_name", named[f"{place}_id"].map(names))
    return named
