"""The numbers of a standing as plain values: what the page draws from, some kilobytes."""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.access.coverage import GROUPS
from batu_geo.planning.situation import has_unit
from batu_geo.workbench.at_rest import at_rest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.domain.tables import Villages
    from batu_geo.planning.situation import Situation
    from batu_geo.workbench.bench_answer import BenchAnswer
    from batu_geo.workbench.standing import Standing

# What the page calls the costs of each payer, by column of `costs_by_payer`.
COSTS = {
    "city": "city_rupiah", "villageFund": "village_fund_rupiah", "bok": "bok_rupiah",
    "cityYearly": "city_yearly_rupiah", "villageFundYearly": "village_fund_yearly_rupiah",
    "bokYearly": "bok_yearly_rupiah",
}  # fmt: skip
BEYOND, SERVED, WITHOUT_WAY, FAR = range(4)
LONGEST_RUN = 64


def answer_record(answer: BenchAnswer) -> dict[str, Any]:
    """Return an answer as plain values; unreachable and unknown are None.

    ``villages`` and ``hasUnit`` are in the order of the study; ``homes`` has the `home_states` of
    the demand points as `packed_states`.
    """
    situation, villages = answer.standing.situation, answer.villages
    number = village_numbers(situation.villages)
    people = np.column_stack([villages[name] for name in GROUPS])
    means = np.column_stack([villages[name] for name in _MEANS])
    total = people.sum(axis=0).tolist()
    mean, reached = _city_means(situation)
    ranked = answer.gaps
    return {
        "population": int(people.sum()),
        "served": answer.people_served,
        "meanMinutes": mean,
        "meanReached": reached,
        "groups": dict(zip(_GROUP_NAMES, total, strict=True)),
        "villages": [
            [*groups, *map(rounded, minutes)]
            for groups, minutes in zip(people.tolist(), means.tolist(), strict=True)
        ],
        "hasUnit": has_unit(situation).astype(int).tolist(),
        "ranking": [
            {"village": number[name], "rank": int(rank), "score": rounded(score, 4),
             "meanMinutes": rounded(minutes), "beyond": int(beyond)}
            for name, rank, score, minutes, beyond in zip(
                *(ranked[c].tolist() for c in _RANKED), strict=True)
        ],
        "gains": _gains(answer),
        **_opened(answer, number),
        "homes": base64.b64encode(packed_states(home_states(situation))).decode("ascii"),
    }  # fmt: skip


def rest_record(standing: Standing) -> dict[str, Any]:
    """Return `at_rest` as plain values; shares are per cent of the draws."""
    found = at_rest(standing)
    number, columns = village_numbers(standing.study.villages), (found.gaps[n] for n in _CERTAIN)
    return {
        "served": found.served,
        "ifClosed": found.served_if_closed,
        "ranking": [
            {"village": number[name], "first": rounded(first, 1), "own": rounded(own, 1),
             "ifClosed": whole(closed)}
            for name, first, own, closed in zip(*columns, strict=True)
        ],
    }  # fmt: skip


_CERTAIN = ("village_id", "first_share_percent", "rank_share_percent", "rank_if_border_closed")
_MEANS = ("mean_travel_time_min", "mean_minutes_reached")
_GROUP_NAMES = ("served", "notServed", "unreachable", "cutOff", "notSnapped")
_RANKED = ("village_id", "rank", "score", "mean_minutes", "people_beyond")


def village_numbers(villages: Villages) -> dict[str, int]:
    """Return by village id its place in the table."""
    return {str(name): n for n, name in enumerate(villages["village_id"])}


def rounded(value: float, digits: int = 2) -> float | None:
    """Return a number with few digits, None for one that is infinite or missing.

    >>> rounded(26.8048), rounded(float("inf"))
    (26.8, None)
    """
    return round(float(value), digits) if math.isfinite(value) else None


def whole(value: Any) -> int | None:
    """Return a whole number, None for a missing one."""
    return None if pd.isna(value) else int(value)


def home_states(situation: Situation) -> NDArray[np.uint8]:
    """Return of each demand point whether it is served, uint8 [homes].

    0 where a unit is beyond the threshold, 1 served, 2 without a way (unreachable or cut off), 3
    far from any road.
    """
    head = situation.scenario.headline
    times = situation.times[head.mode]
    minutes = times.best()
    states = np.where(minutes <= head.threshold_minutes, SERVED, BEYOND).astype(np.uint8)
    states[~np.isfinite(minutes)] = WITHOUT_WAY
    states[~np.isfinite(minutes) & ~times.is_snapped] = FAR
    return states


def packed_states(states: NDArray[np.uint8]) -> bytes:
    """Return numbers of two bits as runs of equal ones, a byte a run of at most 64.

    The number is in the two lowest bits, the length less one above them.

    >>> packed_states(np.array([1, 1, 1, 3, 0], np.uint8)).hex()
    '090300'
    """
    first = np.flatnonzero(np.r_[True, np.diff(states) != 0]) if len(states) else np.arange(0)
    length = np.diff(first, append=len(states))
    pieces = -(-length // LONGEST_RUN)
    runs = np.repeat(states[first] | (LONGEST_RUN - 1 << 2), pieces).astype(np.uint8)
    last = np.cumsum(pieces) - 1
    runs[last] = states[first] | ((length - 1) % LONGEST_RUN << 2)
    return bytes(runs)


def _city_means(situation: Situation) -> tuple[float | None, float | None]:
    """Return the mean minutes of everybody, and of those who reach a unit."""
    minutes = situation.times[situation.scenario.headline.mode].best()
    people = situation.demand["population"].to_numpy(dtype=float)
    there = np.isfinite(minutes)
    reached = float(people[there].sum())
    # A sum of products by hand: a product of vectors wakes every thread of the library.
    total = float((minutes[there] * people[there]).sum())
    is_everybody = bool((people[~there] == 0).all())
    mean = rounded(total / reached) if reached else None
    return mean if is_everybody else None, mean


def _gains(answer: BenchAnswer) -> list[dict[str, Any]]:
    columns = ("site_id", "rank", "people_gained", "people_newly_reachable", "suitability")
    rows = zip(*(answer.gains[name].tolist() for name in columns), strict=True)
    return [
        {"id": str(name), "rank": whole(rank), "gain": int(gain), "reachable": int(newly),
         "suitability": str(fit)}
        for name, rank, gain, newly, fit in rows
    ]  # fmt: skip


def _rows(table: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Return the rows of a small table as plain values, none of no table."""
    if table is None:
        return []
    columns = [table[name].array.tolist() for name in table.columns]
    return [dict(zip(table.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def _opened(answer: BenchAnswer, number: dict[str, int]) -> dict[str, Any]:
    """Return opened units and new roads with their costs, and what all together costs whom."""
    units, roads = _rows(answer.opened), _rows(answer.new_roads)
    opened = [
        {
            "id": row["facility_id"],
            "name": row["facility_name"],
            "village": number.get(row["village_id"]),
            "action": row["action"],
            **{name: whole(row[column]) for name, column in COSTS.items()},
        }
        for row in units
    ]
    built = [
        {
            "name": row["road_name"],
            "metres": float(row["length_m"]),
            "city": whole(row["cost_rupiah"]),
            "joined": row["joined_ends"],
        }
        for row in roads
    ]
    total = {name: sum(row.get(name) or 0 for row in (*opened, *built)) for name in COSTS}
    unknown = sum(row["city"] is None for row in (*opened, *built))
    return {"opened": opened, "roads": built, "cost": {**total, "unknown": unknown}}  # fmt: skip
