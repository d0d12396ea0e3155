"""How sure the main tables of a run are: villages, city, need, order and buildings."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pandas as pd

from batu_geo.planning.evidence.bases import (
    city_basis,
    gain_basis,
    need_basis,
    order_basis,
    plan_basis,
)
from batu_geo.planning.evidence.ledger import ledger_of
from batu_geo.planning.evidence.row_evidence import (
    GAIN_WORTH,
    RANK_WORTH,
    feasibility_basis,
    with_worth,
)
from batu_geo.planning.evidence.worth import Worth, worth_of
from batu_geo.planning.once import once_for_each

if TYPE_CHECKING:
    import geopandas as gpd

    from batu_geo.planning.assessment import Assessment

Table = TypeVar("Table", bound=pd.DataFrame)


@once_for_each
def run_worth(assessment: Assessment) -> Worth:
    """Return how sure the answer as a whole is: people within reach, and the order of need."""
    return worth_of(city_basis(assessment) | order_basis(assessment))


@once_for_each
def rank_worth(assessment: Assessment) -> Worth:
    """Return how sure the order of the villages is: it rests on all of them, ranked or not."""
    return worth_of(order_basis(assessment))


@once_for_each
def plan_worth(assessment: Assessment) -> Worth:
    """Return how sure a plan is: it rests on every building, its cost and the order of need."""
    return worth_of(plan_basis(assessment) | order_basis(assessment))


def gain_worth(assessment: Assessment, site_id: str) -> Worth:
    """Return how sure it is whom a building would newly reach, and that it may be used."""
    return worth_of(gain_basis(assessment, site_id))


def unit_evidence(assessment: Assessment) -> dict[str, str]:
    """Return by village id how sure it is that it has a unit, or has none."""
    ledger = ledger_of(assessment)
    return {village: worth_of(basis).evidence for village, basis in ledger.rows["unit"].items()}


def with_main_worth(assessment: Assessment, name: str, table: Table) -> Table:
    """Return ``villages``, ``city``, ``gaps`` or ``candidates`` with how sure each row is.

    Of a ranked village ``evidence`` is that of its need and ``rank_evidence`` that of its rank, of
    a building ``gain_evidence`` that of whom it would reach: each with what binds it, the class
    without that one, and its date.
    """
    ledger = ledger_of(assessment)
    if name == "villages":
        pairs = zip(table["mode"], table["village_id"], strict=True)
        rows = [worth_of(ledger.reach(m, [v]) | ledger.of("unit", [v])) for m, v in pairs]
        return with_worth(table, rows)
    if name == "city":
        known = {mode: worth_of(ledger.reach(mode)) for mode in table["mode"].unique()}
        return with_worth(table, [known[mode] for mode in table["mode"]])
    if name == "gaps":
        ready = [feasibility_basis(assessment, row) for row in table.to_dict("records")]
        table = table.assign(
            unit_evidence=table["village_id"].map(unit_evidence(assessment)),
            feasibility_evidence=[worth_of(basis).evidence for basis in ready],
        )
        need = [worth_of(need_basis(assessment, [v])) for v in table["village_id"]]
        return with_worth(
            with_worth(table, need), [rank_worth(assessment)] * len(table), RANK_WORTH
        )
    gains = [gain_worth(assessment, site) for site in table["site_id"]]
    return with_worth(table, gains, GAIN_WORTH)


def catchments_with_worth(assessment: Assessment) -> gpd.GeoDataFrame:
    """Return the streets within reach of the open units, with how sure they are."""
    ledger, table = ledger_of(assessment), assessment.catchments
    units = ledger.places(ledger.open_units)
    return with_worth(table, [worth_of(ledger.ways[mode] | units) for mode in table["mode"]])


def with_plan_worth(assessment: Assessment, table: Table) -> Table:
    """Return a table of what a plan or the best buildings change, with how sure it is."""
    return with_worth(table, [plan_worth(assessment)] * len(table))
