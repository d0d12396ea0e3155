"""Every figure the city reports, and what the inputs of the study add up to beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from batu_geo.access.indicators import city_totals
from batu_geo.access.programmes import figures_beside
from batu_geo.access.referral import puskesmas_load, work_areas
from batu_geo.access.units import units
from batu_geo.domain.contracts import INDICATOR_CARDS
from batu_geo.domain.errors import Problem
from batu_geo.planning.study_indicators import programme

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from batu_geo.domain.scenario import Scenario
    from batu_geo.planning.study import Study

NORM_OF_FIGURE = {
    "F-NEW-NURSE": "N-SDM-NURSE",
    "F-NEW-MIDWIFE": "N-SDM-MIDWIFE",
    "F-MIN-CADRE": "N-SDM-CADRE",
    "F-PKM-MAX": "N-PKM-30000",
}
NO_VILLAGE_COUNTS = "no_village_counts"
MEASURED = ("km2", "m2", "percent")
MEASURED_SHARE = 0.01


def city_figures(
    study: Study,
    scenario: Scenario,
    *,
    unit_status: pd.Series[str],
    calibration: dict[str, float | str] | None,
) -> pd.DataFrame:
    """Return each reported figure with what was found beside it, and where.

    Columns: those of the figures with the value as ``reported``; ``found`` (missing where the
    study has no data), ``found_in`` (``inputs``, ``scenario``, ``norms``, ``computed``,
    ``no_village_counts`` where no table says what each village has, or empty) and
    ``difference``. Empty where the study has no figures.
    """
    if study.figures is None:
        return figures_beside(None, {})
    reported = study.figures.set_index("figure_id")["value"]
    of_inputs = _of_inputs(study, unit_status) | {
        "F-DOCTOR-VILLAGES": _villages_with_doctor(study, scenario)
    }
    found = {figure_id: (value, "inputs") for figure_id, value in of_inputs.items()}
    for name, card in INDICATOR_CARDS.items():
        counts = programme(study).figure(name)
        if card.figure and (counts is None or not counts.is_known.all()):
            found[card.figure] = (np.nan, NO_VILLAGE_COUNTS)
    found["F-NEW-DOCTORS"] = (float(scenario.staffing.new_doctors), "scenario")
    own = study.norms
    found |= {f: (own[n].value, "norms") for f, n in NORM_OF_FIGURE.items() if n in own}
    if {"F-CKG", "F-POP"} <= set(reported.index):
        found["F-CKG-PCT"] = (100 * float(reported["F-CKG"] / reported["F-POP"]), "computed")
    if calibration:
        found[str(calibration["figure"])] = (float(calibration["median_kmh"]), "computed")
    return figures_beside(study.figures, found)


def _of_inputs(study: Study, unit_status: pd.Series[str]) -> dict[str, float]:
    """Return what the tables of the study add up to; NaN where they have no such figure."""
    totals = city_totals(programme(study))
    found = {
        "F-VILLAGES": float(len(study.villages)),
        "F-UPKDK": float((unit_status != "none").sum()),
        "F-POP": float(study.villages["population"].sum()),
        "F-AREA": float(study.villages["area_km2"].sum()),
    }
    for name, card in INDICATOR_CARDS.items():
        if card.figure:
            found[card.figure] = totals.get(name, np.nan)
    areas = work_areas(study.villages, study.facilities)
    for row in puskesmas_load(study.villages, study.facilities, areas, None).to_dict("records"):
        short = str(row["facility_id"]).removeprefix("PKM-").upper()
        found[f"F-PKM-{short}"] = float(row["people"])
    return found


def _villages_with_doctor(study: Study, scenario: Scenario) -> float:
    """Return the villages whose unit has a doctor; NaN where no roster names one."""
    if study.staffing is None:
        return np.nan
    rows = study.staffing
    doctors = rows.loc[(rows["profession"] == "doctor") & (rows["count"] > 0), "facility_id"]
    present = units(study.facilities, scenario.service, is_open=False)
    count = present.loc[present["facility_id"].isin(doctors), "village_id"].nunique()
    return float(count) if count else np.nan


def contradictions(figures: pd.DataFrame) -> Iterator[Problem]:
    """Say where the inputs add up to something else than the city reports.

    Counts must agree to one; what is measured, to one per cent.
    """
    for row in figures[figures["found_in"] == "inputs"].to_dict("records"):
        is_measured = row["unit"] in MEASURED
        allowed = MEASURED_SHARE * row["reported"] if is_measured else 0.0
        if abs(row["difference"]) > allowed:
            values = {
                "meaning": row["meaning"],
                "meaning_en": row["meaning_en"],
                "found": float(row["found"]),
                "reported": float(row["reported"]),
                "source": row["source"],
                "date": row["date"],
            }
            yield Problem("BG-803", record_id=row["figure_id"], values=values)
