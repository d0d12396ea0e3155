"""`list`: what a study has, and the names that other verbs take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.access.units import status_on, units
from batu_geo.domain.asking.leaf_settings import ABOUT, flat_settings
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.verbs.read_study import read_study

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from batu_geo.domain.health import Service
    from batu_geo.planning.study import Study

BUILDING_COLUMNS = ["building_id", "building_name", "village_name", "owner", "land_status",
                    "condition", "floor_area_m2", "evidence"]  # fmt: skip


def listing(
    what: str,
    scenario: str = "baseline",
    *,
    data: Path | str | None = None,
    overrides: Iterable[str] = (),
) -> pd.DataFrame:
    """Return what a study has of one kind, a row each.

    Parameters
    ----------
    what
        ``villages``, ``scenarios``, ``settings``, ``units`` or ``buildings``.
    scenario, overrides
        Whose settings are listed; its day says which unit is open.
    data
        Folder of the study; the embedded one when nothing is named.

    Examples
    --------
    >>> listing("villages")["unit_status"].value_counts().to_dict()
    {'open': 17, 'none': 6, 'closed': 1}
    >>> settings = listing("settings", overrides=["headline.threshold_minutes=20"])
    >>> settings.set_index("setting")["setting_value"]["headline.threshold_minutes"]
    '20.0'
    """
    study = read_study(data)
    settings = load_scenario(scenario, overrides=overrides, study=study)
    if what == "scenarios":
        return _scenarios(study)
    if what == "settings":
        flat = flat_settings(settings)
        rows = [(key, text) for key, text in flat.items() if key.partition(".")[0] not in ABOUT]
        return pd.DataFrame(rows, columns=["setting", "setting_value"])
    if what == "units":
        return _units(study, settings.service)
    if what == "buildings":
        return pd.DataFrame(_with_village(study.buildings, study)[BUILDING_COLUMNS])
    return _villages(study, settings.service)


def _villages(study: Study, service: Service) -> pd.DataFrame:
    """Return each village with the state of its unit, and how sure that is."""
    found = pd.DataFrame(study.villages)
    serving, present = (
        found["village_id"].isin(units(study.facilities, service, is_open=is_open)["village_id"])
        for is_open in (True, False)
    )
    found["unit_status"] = np.select([serving, present], ["open", "closed"], default="none")
    return found[["village_id", "village_name", "district_name", "population", "unit_status",
                  "unit_evidence"]]  # fmt: skip


def _units(study: Study, service: Service) -> pd.DataFrame:
    """Return each unit with its state on the day of the scenario."""
    present = units(study.facilities, service, is_open=False)
    found = _with_village(present, study)
    found["unit_state"] = status_on(present, service.on_date)
    return pd.DataFrame(
        found[["facility_id", "facility_name", "village_name", "host", "unit_state", "evidence",
               "position_evidence"]]
    )  # fmt: skip


def _with_village(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return a table with the name of each row's village."""
    names = study.villages.set_index("village_id")["village_name"]
    return table.assign(village_name=table["village_id"].map(names))


def _scenarios(study: Study) -> pd.DataFrame:
    """Return the scenarios of a study: the name that verbs take, title, model and buildings."""
    files = sorted((study.folder / "scenarios").glob("*.toml"))
    known = {file.stem: load_scenario(file.stem, study=study) for file in files}
    return pd.DataFrame(
        {
            "scenario": list(known),
            "title": [each.title for each in known.values()],
            "title_en": [each.title_en for each in known.values()],
            "model": [each.siting and each.siting.model for each in known.values()],
            "site_count": [each.siting and each.siting.site_count for each in known.values()],
        }
    )
