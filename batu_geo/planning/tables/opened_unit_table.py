"""The units that a scenario opens or upgrades: where, and what that costs whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from batu_geo.domain.names import names_by_id
from batu_geo.siting.buildings.building_costs import cost_columns, costs_by_payer

if TYPE_CHECKING:
    from batu_geo.domain.scenario import Scenario
    from batu_geo.planning.study import Study

OPEN, UPGRADE = "open_unit", "upgrade_unit"


def opened_by(scenario: Scenario) -> dict[str, tuple[str, str]]:
    """Return by id of the facility what a scenario does to have a unit there, and its source.

    ``open_unit`` for a new unit, ``upgrade_unit`` for a facility that becomes one of the kinds
    of `service`.
    """
    opened = {unit.unit_id: (OPEN, unit.source) for unit in scenario.new_units}
    kinds = scenario.service.kinds
    upgraded = {
        change.facility_id: (UPGRADE, change.source)
        for change in scenario.facility_changes
        if change.kind in kinds and change.facility_id not in opened
    }
    return opened | upgraded


def opened_unit_table(study: Study, scenario: Scenario) -> pd.DataFrame:
    """Return one row for each unit that a scenario opens or upgrades, in its order.

    Columns: ``facility_id``, ``facility_name``, ``village_id``, ``village_name``, ``action``, the
    costs of `costs_by_payer` and the ``source`` of the scenario. What a building or an upgrade
    costs stands in the table of costs of the study; a unit with a place of its own costs the city
    once what the scenario says. Costs that nobody has said are missing, never 0.

    Parameters
    ----------
    study
        With the facilities of the scenario.
    scenario
        Whose units are meant.
    """
    made = opened_by(scenario)
    rows = pd.DataFrame(study.facilities).set_index("facility_id", drop=False).loc[list(made)]
    table = rows[["facility_id", "facility_name", "village_id"]].reset_index(drop=True)
    villages = names_by_id(study.villages, "village")
    table["village_name"] = table["village_id"].map(villages)
    table["action"] = [action for action, _ in made.values()]
    costs = costs_by_payer(list(made), study.costs).drop(columns="site_id")
    for unit in scenario.new_units:
        if unit.lon is not None:
            row = list(made).index(unit.unit_id)
            costs.loc[row] = pd.NA
            if unit.cost_rupiah is not None:
                once = [name for name, (when, _) in cost_columns().items() if when == "once"]
                costs.loc[row, once] = 0
                costs.loc[row, ["city_rupiah", "once_rupiah"]] = unit.cost_rupiah
    return table.join(costs).assign(source=[source for _, source in made.values()])
