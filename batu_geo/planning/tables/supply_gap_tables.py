"""Doctors and posyandu beside their norms: by puskesmas, by village and for the city."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access.indicators import city_totals
from batu_geo.access.protected import CITY
from batu_geo.access.referral import work_areas
from batu_geo.access.supply_gaps import cadre_gaps, doctor_gaps
from batu_geo.domain.cell_rows import CellRows
from batu_geo.domain.norms import norms
from batu_geo.planning.study_indicators import programme

if TYPE_CHECKING:
    from batu_geo.planning.assessment import Assessment

DOCTOR_NORM = "N-DOK-BPJS"
CADRE_NORMS = {"cadres_at_5": "N-POSY-5", "cadres_at_15": "N-POSY-15"}
# What the city reports of both, used where the villages do not add up to a number.
REPORTED = {"posyandu": "F-POSYANDU", "posyandu_cadres": "F-CADRE"}


def doctor_table(assessment: Assessment, load: pd.DataFrame) -> pd.DataFrame:
    """Return the doctors missing at each puskesmas and in the city, and an even share of them."""
    study = assessment.study
    areas = work_areas(study.villages, study.facilities)
    registered = programme(study).figure("jkn_registered")
    participants = []
    for facility_id in load["facility_id"]:
        inside = areas.eq(facility_id).to_numpy(dtype=bool)
        is_known = registered is not None and bool(registered.is_known[inside].all())
        participants.append(registered.sum_over(inside) if registered and is_known else np.nan)
    has_norm = DOCTOR_NORM in study.norms
    table = doctor_gaps(
        load,
        participants,
        new_doctors=assessment.scenario.staffing.new_doctors,
        people_per_doctor=norms()[DOCTOR_NORM].value if has_norm else np.nan,
    )
    return table.assign(norm_id=DOCTOR_NORM if has_norm else "")


def posyandu_table(assessment: Assessment) -> pd.DataFrame:
    """Return posyandu and cadres of each village and of the city beside both norms of cadres.

    The city is the sum of its villages where all are known, and else what it reports of
    itself, with its source.
    """
    study = assessment.study
    protected = programme(study)
    rows = pd.DataFrame(
        {
            "village_id": study.villages["village_id"],
            "area": study.villages["village_name"],
            "people": study.villages["population"],
        }
    )
    for name in REPORTED:
        figure = protected.figure(name)
        counts = {} if figure is None else dict(zip(protected.village_ids, figure.counts,
                                                    strict=True))  # fmt: skip
        rows[name] = rows["village_id"].map(counts).astype(float)
    own = study.norms
    limits = {
        key: int(own[norm_id].value) for key, norm_id in CADRE_NORMS.items() if norm_id in own
    }
    return cadre_gaps(rows.drop(columns="village_id"), _city(assessment), limits)


def _city(assessment: Assessment) -> dict[str, Any]:
    totals = city_totals(programme(assessment.study))
    reported = assessment.figures.set_index("figure_id")[["reported", "source"]].to_dict("index")
    row: dict[str, Any] = {
        "area": CITY, "people": int(assessment.study.villages["population"].sum())
    }  # fmt: skip
    sources: list[str] = []
    for name, figure_id in REPORTED.items():
        row[name] = totals.get(name, np.nan)
        if np.isfinite(row[name]):
            sources.append("inputs")
        elif figure_id in reported:
            row[name] = float(reported[figure_id]["reported"])
            sources.append(f"{figure_id}: {reported[figure_id]['source']}")
    return {**row, "source": CellRows(tuple(dict.fromkeys(sources)))}
