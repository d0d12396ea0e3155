"""The access measures of every village, each column with the minutes it counts up to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.access.decay import decay_binary, decay_exponential, decay_stepped
from batu_geo.access.floating_catchment import (
    cumulative_opportunities,
    gravity,
    spatial_availability,
    two_step_fca,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.domain.scenario import Scenario
    from batu_geo.network.arrays import Counts, Numbers
    from batu_geo.network.travel_times import TravelTimes
    from batu_geo.planning.assessment import Assessment

PER_PEOPLE = 5_000
# The N of a column stands for its minutes, which a scenario sets.
UNITS_WITHIN, STAFF_WITHIN = "units_within_N_min", "staff_within_N_min"
GRAVITY = "gravity_N_min"
TWO_STEP, E2SFCA = "two_step_fca_N_min_per_5000", "e2sfca_N_min_per_5000"
AVAILABLE = "staff_available_N_min"


def with_minutes(column: str, *minutes: float) -> str:
    """Return the name of a column with its minutes.

    >>> with_minutes(UNITS_WITHIN, 15), with_minutes(E2SFCA, 10, 20, 30)
    ('units_within_15_min', 'e2sfca_10_20_30_min_per_5000')
    """
    return column.replace("_N_", f"_{'_'.join(f'{m:g}' for m in minutes)}_")


def access_table(assessment: Assessment) -> pd.DataFrame:
    """Return every access measure by village, as `access_by_village`."""
    supply = None if assessment.study.staffing is None else staff_supply(assessment)
    times = assessment.times[assessment.scenario.headline.mode]
    villages = assessment.study.villages
    return access_by_village(villages, times, assessment.demand, supply, assessment.scenario)


def access_by_village(
    villages: pd.DataFrame,
    times: TravelTimes,
    demand: pd.DataFrame,
    supply: Numbers | None,
    scenario: Scenario,
) -> pd.DataFrame:
    """Return every access measure by village; those of staff are missing without a roster.

    Means over the people of the village; the staff available to it are a sum, which over all
    villages is the staff that somebody reaches.

    Times are of the headline, from `demand` to every open unit; `supply` is what each unit offers,
    None without a roster.
    """
    settings, limit = scenario.access, scenario.headline.threshold_minutes
    people = demand["population"].to_numpy(dtype=np.int64)
    zones, widest = settings.zones_minutes, max(settings.zones_minutes)
    stepped = decay_stepped(zones, settings.zone_weights)
    ones = np.ones(len(times.destination_ids))
    staff = np.zeros(len(ones)) if supply is None else supply
    units = with_minutes(UNITS_WITHIN, limit)
    of_staff = {
        with_minutes(STAFF_WITHIN, limit): cumulative_opportunities(
            times, staff, threshold_minutes=limit
        ),
        # Units beyond the last zone count for nothing, as in the floating catchments.
        with_minutes(GRAVITY, widest): gravity(
            times, staff, decay=decay_exponential(settings.half_minutes, widest)
        ),
        with_minutes(TWO_STEP, widest): PER_PEOPLE
        * two_step_fca(times, staff, people, decay=decay_binary(widest)),
        with_minutes(E2SFCA, *zones): two_step_fca(times, staff, people, decay=stepped)
        * PER_PEOPLE,
    }
    of_units = {units: cumulative_opportunities(times, ones, threshold_minutes=limit)}
    cells = pd.DataFrame({**of_units, **of_staff})
    where = demand["village_id"].to_numpy()
    by_village = _means(cells, people, where)
    available = pd.Series(spatial_availability(times, staff, people, decay=stepped))
    by_village[with_minutes(AVAILABLE, *zones)] = available.groupby(where).sum()
    if supply is None:
        by_village[by_village.columns.drop(units)] = np.nan
    table = pd.DataFrame(villages[["village_id", "village_name", "population"]])
    return table.join(by_village, on="village_id")


def _means(cells: pd.DataFrame, people: Counts, where: NDArray[np.object_]) -> pd.DataFrame:
    """Return the means of cells over the people of each village."""
    total = pd.Series(people).groupby(where).sum()
    return cells.mul(people, axis=0).groupby(where).sum().div(total, axis=0)


def e2sfca_per_person(assessment: Assessment) -> NDArray[np.float64]:
    """Return the staff per person of each demand point by E2SFCA, [demand]."""
    settings = assessment.scenario.access
    return np.asarray(
        two_step_fca(
            assessment.times[assessment.scenario.headline.mode],
            staff_supply(assessment),
            _people(assessment),
            decay=decay_stepped(settings.zones_minutes, settings.zone_weights),
        )
    )


def staff_supply(assessment: Assessment) -> NDArray[np.float64]:
    """Return the staff of each open unit that counts as supply; none where no roster has it."""
    ids = list(assessment.times[assessment.scenario.headline.mode].destination_ids)
    staffing = assessment.study.staffing
    if staffing is None:
        return np.zeros(len(ids))
    counted = staffing[staffing["profession"].isin(assessment.scenario.access.professions)]
    totals = counted.groupby("facility_id")["count"].sum()
    return totals.reindex(ids).fillna(0).to_numpy(dtype=float)


def _people(assessment: Assessment) -> NDArray[np.int64]:
    return assessment.demand["population"].to_numpy(dtype=np.int64)
