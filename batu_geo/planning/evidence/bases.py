"""What the answers of an assessment rest on, put together once for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.planning.evidence.ledger import ledger_of
from batu_geo.planning.once import once_for_each

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.evidence.worth import Basis


@once_for_each
def city_basis(assessment: Assessment) -> Basis:
    """Return what the figures of the whole city at the headline rest on."""
    return ledger_of(assessment).reach(assessment.scenario.headline.mode)


def need_basis(assessment: Assessment, village_ids: Iterable[str]) -> Basis:
    """Return what the need of villages without a unit rests on, and that they have none."""
    ledger, ids = ledger_of(assessment), list(village_ids)
    basis = ledger.reach(assessment.scenario.headline.mode, ids) | ledger.of("unit", ids)
    if "indicators" in assessment.study.inputs:
        basis |= ledger.of("indicators", ids)
    return basis | ledger.settings["need"]


@once_for_each
def order_basis(assessment: Assessment) -> Basis:
    """Return what the order of the villages rests on: on all of them, ranked or not.

    Draws and the closed border send people to other units than today: to any open one.
    """
    ledger = ledger_of(assessment)
    ranked = need_basis(assessment, [str(v) for v in assessment.gaps["village_id"]])
    basis = ranked | ledger.of("unit") | ledger.places(ledger.open_units)
    return basis | ledger.settings["robustness"]


@once_for_each
def _whom_sites_reach(assessment: Assessment) -> dict[str, tuple[str, ...]]:
    """Return by building the villages of which it reaches anybody at the headline."""
    head = assessment.scenario.headline
    times = assessment.to_sites[head.mode]
    place, villages = pd.factorize(assessment.demand["village_id"].astype(str))
    is_within = times.trips.minutes <= head.threshold_minutes
    pair = times.trips.column[is_within] * np.int64(len(villages))
    pair += place[times.trips.origin[is_within]]
    # Each pair once, villages in the order in which the homes name them first.
    site, village = np.divmod(np.unique(pair), max(1, len(villages)))
    first = np.searchsorted(site, np.arange(len(times.destination_ids) + 1))
    return {
        name: tuple(villages[village[first[n] : first[n + 1]]])
        for n, name in enumerate(times.destination_ids)
    }


def gain_basis(assessment: Assessment, site_id: str) -> Basis:
    """Return what it rests on whom a building would newly reach, and that it may be used."""
    ledger, mode = ledger_of(assessment), assessment.scenario.headline.mode
    reached = _whom_sites_reach(assessment).get(site_id, ())
    basis = ledger.reach(mode, reached) | ledger.settings["candidates"]
    return basis | buildings_basis(assessment, [site_id])


def buildings_basis(assessment: Assessment, site_ids: Iterable[str] | None = None) -> Basis:
    """Return buildings of the ledger, and facilities that may be upgraded."""
    ledger = ledger_of(assessment)
    ids = list(assessment.candidates["site_id"]) if site_ids is None else list(site_ids)
    facilities = ledger.rows["facilities"]
    standing = [i for i in ids if i in facilities]
    return ledger.of("buildings", [i for i in ids if i not in facilities]) | ledger.places(standing)


@once_for_each
def plan_basis(assessment: Assessment) -> Basis:
    """Return what a plan rests on: every building is a choice, and so is its cost.

    Within capacities people may be sent to any open unit.
    """
    ledger = ledger_of(assessment)
    basis = city_basis(assessment) | buildings_basis(assessment) | ledger.of("costs")
    basis |= ledger.places(ledger.open_units)
    return basis | ledger.settings["candidates"] | ledger.settings["siting"]


@once_for_each
def staffed_basis(assessment: Assessment) -> Basis:
    """Return what the hours of the units rest on, and whom they reach.

    While the nearest unit is without staff, another one may be the nearest that has some.
    """
    ledger, own = ledger_of(assessment), ledger_of(assessment).open_units
    basis = city_basis(assessment) | ledger.places(own) | ledger.of("staffing", own)
    return basis | ledger.settings["staffing"]


@once_for_each
def competing_basis(assessment: Assessment) -> Basis:
    """Return what access measures rest on: every unit, and everybody who shares it."""
    ledger = ledger_of(assessment)
    supply = ledger.of("staffing", ledger.open_units)
    return (
        city_basis(assessment)
        | ledger.places(ledger.open_units)
        | supply
        | ledger.settings["access"]
    )


@once_for_each
def hospitals_basis(assessment: Assessment) -> Basis:
    """Return every puskesmas and hospital, and the ways to them."""
    study, scenario = assessment.study, assessment.scenario
    ledger, kinds = ledger_of(assessment), ("PUSKESMAS", *scenario.referral.hospital_kinds)
    ids = study.facilities.loc[study.facilities["kind"].isin(kinds), "facility_id"]
    ways = ledger.ways[scenario.headline.mode] | ledger.ways[scenario.referral.mode]
    return ledger.places(ids) | ways | ledger.settings["referral"]
