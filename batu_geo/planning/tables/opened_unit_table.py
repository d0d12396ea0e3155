"""The units that a scenario opens or upgrades: where, and what that costs whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    facilities, villages = study.facilities, names_by_id(study.villages, "village")
    rows = pd.Index(facilities["facility_id"]).get_indexer(list(made))
    names = ("facility_id", "facility_name", "village_id")
    columns: dict[str, Any] = {name: facilities[name].array.take(rows) for name in names}
    columns["village_name"] = pd.array(villages.reindex(columns["village_id"]).to_numpy(), "str")
    columns["action"] = [action for action, _ in made.values()]
    known = costs_by_payer(list(made), study.costs).drop(columns="site_id")
    costs = {str(name): known[name].tolist() for name in known}
    once = {name for name, (when, _) in cost_columns().items() if when == "once"}
    for unit in scenario.new_units:
        if unit.lon is not None:
            row, cost = list(made).index(unit.unit_id), unit.cost_rupiah
            for name, cells in costs.items():
                cells[row] = 0 if name in once and cost is not None else pd.NA
            if cost is not None:
                costs["city_rupiah"][row] = costs["once_rupiah"][row] = cost
    columns |= {name: pd.array(cells, dtype="Int64") for name, cells in costs.items()}
    return pd.DataFrame({**columns, "source": [source for _, source in made.values()]})
