"""The plan of a scenario as tables: buildings, proof, what else is as good, what it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from batu_geo.domain.cell_rows import CellRows, ids_cell
from batu_geo.domain.names import names_by_id
from batu_geo.planning.before_after import sent_by, villages_after, with_plan
from batu_geo.planning.placement import PROFESSIONS, planned_sites, solve_placement
from batu_geo.planning.tables.opened_unit_table import opened_by
from batu_geo.siting.analysis.trade_offs import building_order
from batu_geo.siting.buildings.building_costs import costs_by_payer
from batu_geo.siting.buildings.building_state import readiness
from batu_geo.siting.buildings.instruments import instrument_options, instrument_terms
from batu_geo.siting.problem.location_plan import nearest_assignments, relative_gap, unit_of

if TYPE_CHECKING:
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.placement import Placement
    from batu_geo.siting.problem.siting_problem import SitingProblem

MOST_LISTED = 1_000


def building_tables(assessment: Assessment) -> dict[str, pd.DataFrame]:
    """Return of every building whether it is ready, what it costs whom, and the legal options.

    To build a unit in it, or to upgrade a facility. Costs of a unit that is open already are those
    of enlarging it: a row of its own, that is no choice of a plan.
    """
    sites = pd.DataFrame(assessment.candidates.drop(columns="geometry"))
    ready = sites[["site_id", "building_name", "village_id", "suitability", "action"]].assign(
        readiness=readiness(sites["building_state"])
    )
    larger = _to_enlarge(assessment)
    if len(larger):
        ready = pd.concat([ready, larger], ignore_index=True)
    costs = costs_by_payer(list(ready["site_id"]), assessment.study.costs)
    return {
        "building_costs": ready.merge(costs, on="site_id", how="left"),
        "instruments": instrument_options(sites, assessment.study.country),
        "instrument_terms": instrument_terms(assessment.study.country),
    }


def _to_enlarge(assessment: Assessment) -> pd.DataFrame:
    """Return the units open today whose enlarging has a known cost.

    Costs of a unit that the scenario opens or upgrades are those of that, in a table of their own.
    """
    costs, facilities = assessment.study.costs, assessment.study.facilities
    known = set() if costs is None else set(costs["building_id"].astype(str))
    units = known & set(assessment.situation.units) - set(opened_by(assessment.scenario))
    rows = pd.DataFrame(facilities[facilities["facility_id"].isin(units)])
    names = {"facility_id": "site_id", "facility_name": "building_name"}
    rows = rows.rename(columns=names)[["site_id", "building_name", "village_id"]]
    return rows.assign(action="enlarge_unit")


def placement_tables(assessment: Assessment) -> dict[str, pd.DataFrame]:
    """Return the plan, its proof, what else is as good, what it changes, and its order.

    Empty for a scenario that opens nothing.
    """
    choice, placement = assessment.scenario.siting, solve_placement(assessment)
    if choice is None or placement is None:
        return {}
    sites = placement.plan.site_ids
    return {
        "plan": plan_table(assessment, placement),
        "plan_proof": _proof(placement),
        "plan_alternatives": _alternatives(placement),
        "villages_after": villages_after(assessment, with_plan(assessment, sites)),
        **assignment_tables(assessment, placement),
        "building_order": building_order(
            placement.problem,
            sites,
            threshold_minutes=assessment.scenario.headline.threshold_minutes,
            units_per_year=choice.units_per_year,
            first_year=choice.first_year,
            node_limit=choice.node_limit,
        ),
    }


def plan_table(assessment: Assessment, placement: Placement) -> pd.DataFrame:
    """Return one row a site: what it gains, costs and needs, and whether every best plan has it."""
    sites = placement.plan.site_ids
    kept = ["site_id", "building_name", "village_id", "action", "suitability", "verify",
            "people_gained"]  # fmt: skip
    table = planned_sites(assessment, sites)[[*kept, "evidence"]]
    table = table.rename(columns={"evidence": "building_evidence"})
    names = names_by_id(assessment.study.villages, "village")
    table.insert(3, "village_name", table["village_id"].map(names))
    costs = costs_by_payer(sites, assessment.study.costs)
    table = table.merge(costs, on="site_id", how="left")
    for profession, needed in zip(PROFESSIONS, placement.problem.staff_of(sites).T, strict=True):
        table[f"needs_{profession}"] = needed
    for name, alternatives in (("optimal", placement.optimal), ("nearly", placement.nearly)):
        is_sure = alternatives is not None and alternatives.is_sure
        in_every = alternatives.in_every if alternatives is not None and is_sure else None
        table[f"in_every_{name}"] = None if in_every is None else table["site_id"].isin(in_every)
    return table


def _proof(placement: Placement) -> pd.DataFrame:
    """Return one row: what the plan reaches, how far that is from the bound, and what conflicts."""
    plan = placement.plan
    # Of a plan that does not exist nobody is left and no minute is travelled.
    is_plan, has_limits = plan.objective is not None, placement.problem.capacity is not None
    row: dict[str, Any] = {
        "model": plan.model,
        "objective": plan.objective,
        "bound": plan.bound,
        "gap_percent": None if plan.gap is None else 100 * plan.gap,
        "proof": plan.proof,
        "people_unreached": plan.people_unreached if is_plan and not has_limits else None,
        "people_without_place": plan.people_unreached if is_plan and has_limits else None,
        "person_minutes": plan.person_minutes if is_plan else None,
        "is_tie_break_optimal": plan.is_tie_break_optimal if is_plan else None,
    }
    row["objective_unit"] = unit_of(plan.model)
    row["plan_status"] = plan.status
    row["sites"] = ids_cell(plan.site_ids)
    for name, alternatives in (("optimal", placement.optimal), ("nearly", placement.nearly)):
        row[f"{name}_plans"] = None if alternatives is None else len(alternatives.plans)
        row[f"{name}_complete"] = None if alternatives is None else alternatives.is_complete
    row["conflicts"] = CellRows(placement.conflicts.rules)
    row["conflicts_smallest"] = placement.conflicts.is_smallest if row["conflicts"] else None
    row["without_cost"] = ids_cell(placement.without_cost)
    counts = ("optimal_plans", "nearly_plans", "people_unreached", "people_without_place")
    return pd.DataFrame([row]).astype(dict.fromkeys(counts, "Int64"))


def _alternatives(placement: Placement) -> pd.DataFrame:
    """Return the plans within 1 per cent of the best, the best first; at most a thousand.

    The share of the gain is of what the best plan adds to the units open today.
    """
    columns = ["rank", "objective", "worse_percent", "of_gain_percent", "is_optimal", "sites"]
    nearly = placement.nearly
    if nearly is None or not nearly.plans:
        return pd.DataFrame(columns=columns)
    best = nearly.objectives[0]
    gain = abs(best - placement.today)
    rows = [
        (rank, objective, 100 * relative_gap(best, objective),
         100 * abs(objective - best) / gain if gain else None, objective == best, ids_cell(sites))
        for rank, (sites, objective) in enumerate(
            zip(nearly.plans[:MOST_LISTED], nearly.objectives, strict=False), 1
        )
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def assignment_tables(assessment: Assessment, placement: Placement) -> dict[str, pd.DataFrame]:
    """Return where a plan sends people: one row a unit, one row a village.

    Empty for a plan that sends nobody: of a model that only counts who is in reach.
    """
    trips = placement.plan.assignments
    if trips is None:
        return {}
    homes = assessment.demand.set_index("demand_id")["village_id"]
    trips = trips.assign(village_id=trips["demand_id"].map(homes))
    return {
        "plan_units": _units(assessment, placement, trips),
        "plan_villages": _places(assessment, trips),
    }


def _units(assessment: Assessment, placement: Placement, trips: pd.DataFrame) -> pd.DataFrame:
    """Return how many people each unit is to serve, units nobody is sent to included."""
    problem = placement.problem
    facilities = assessment.study.facilities.set_index("facility_id")
    kept = ["facility_id", "facility_name", "village_id"]
    open_now = facilities.loc[list(problem.existing_ids)].reset_index()[kept]
    sites = planned_sites(assessment, placement.plan.site_ids)
    new = sites.rename(columns={"site_id": "facility_id", "building_name": "facility_name"})[kept]
    table = pd.concat([open_now.assign(is_new=False), new.assign(is_new=True)], ignore_index=True)
    names = names_by_id(assessment.study.villages, "village")
    table.insert(2, "village_name", table["village_id"].map(names))
    sent = sent_by(trips, "facility_id", table["facility_id"])
    table["people_sent"] = sent["people_sent"]
    table["people_nearest"] = table["facility_id"].map(_nearest(placement)).astype("Int64")
    table["people_per_unit"] = table["facility_id"].map(_capacities(problem)).astype("Int64")
    table["mean_minutes_sent"] = sent["mean_minutes_sent"]
    return table


def _capacities(problem: SitingProblem) -> dict[str, int]:
    """Return how many people each unit can serve; of units that are never full, nothing."""
    if problem.capacity is None or problem.existing_capacity is None:
        return {}
    pairs = ((problem.existing_ids, problem.existing_capacity),
             (problem.site_ids, problem.capacity))  # fmt: skip
    return {i: int(n) for ids, numbers in pairs for i, n in zip(ids, numbers, strict=True)}


def _nearest(placement: Placement) -> dict[str, int]:
    """Return by unit open under a plan whose nearest it is, wherever they are sent.

    Of the trips that the model decides on, which for coverage are those within its threshold.
    """
    problem, plan = placement.problem, placement.plan
    nearest = nearest_assignments(problem, problem.columns(plan.site_ids))
    people = nearest.groupby("facility_id")["people"].sum()
    ids = [*problem.existing_ids, *plan.site_ids]
    return dict(zip(ids, people.reindex(ids, fill_value=0).astype(int).tolist(), strict=True))


def _places(assessment: Assessment, trips: pd.DataFrame) -> pd.DataFrame:
    """Return how many people of each village have a place at a unit, and how far it is."""
    table = pd.DataFrame(assessment.study.villages[["village_id", "village_name", "population"]])
    sent = sent_by(trips, "village_id", table["village_id"])
    table["people_sent"] = sent["people_sent"]
    table["people_without_place"] = table["population"] - table["people_sent"]
    table["mean_minutes_sent"] = sent["mean_minutes_sent"]
    return table
