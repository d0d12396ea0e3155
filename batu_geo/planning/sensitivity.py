"""How sure the order is: speeds and people varied, places counted as certain or not.

The three speed sets are variants of the situation (`variants.at_speed`). A draw lies between
their need values, so that ten thousand draws cost three chains.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from batu_geo.access.coverage import served_by_village
from batu_geo.domain.cell_rows import CellRows, Tie, rows_column
from batu_geo.domain.criteria import GROWS_WITH_PEOPLE
from batu_geo.domain.travel import SPEED_SETS
from batu_geo.planning.situation import headline_coverage, need_values
from batu_geo.planning.variants import at_speed
from batu_geo.siting.need.gaps import unknown_criteria
from batu_geo.siting.need.rank_acceptability import Acceptability, rank_acceptability

if TYPE_CHECKING:
    from batu_geo.domain.scenario import Scenario
    from batu_geo.planning.situation import Situation

SPAN = 0.9  # from 5 to 95 per cent of an even spread between slow and fast


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """What varying speeds and people does to minutes and ranks.

    Attributes
    ----------
    acceptability
        Ranks over the draws, in which criteria of weight 0 have weight 0; None where fewer
        than two villages are ranked.
    bands
        By village: mean minutes under slow, middle and fast speeds, their 5-95 per cent
        band, and people certainly within, certainly beyond, and in between.
    at_speed
        By speed set: the situation at those speeds.
    """

    acceptability: Acceptability | None
    bands: pd.DataFrame
    at_speed: dict[str, Situation]


def sensitivity(situation: Situation, gaps: pd.DataFrame) -> Sensitivity:
    """Compute the headline under all three speed sets, and the ranks over all draws."""
    varied: dict[str, Situation] = {s: at_speed(situation, s) for s in SPEED_SETS}
    values = {speed_set: need_values(variant) for speed_set, variant in varied.items()}
    acceptability = _acceptability(situation.scenario, gaps, values) if len(gaps) > 1 else None
    return Sensitivity(acceptability, _bands(situation, varied, values), varied)


def _acceptability(
    scenario: Scenario, gaps: pd.DataFrame, values: dict[str, pd.DataFrame]
) -> Acceptability:
    unknown = unknown_criteria(values["middle"], scenario.need)
    known = [c for c in scenario.need if c.name not in unknown]
    # A criterion of weight 0 is shown and ranks nothing: no draw may give it weight.
    criteria = [c for c in known if c.weight > 0]
    names = [c.name for c in criteria]
    ids = sorted(gaps["village_id"])
    # Criteria in minutes are scored already, person by person.
    columns = [n if f"score_{n}" not in values["middle"] else f"score_{n}" for n in names]
    goalposts = [
        (0.0, 1.0) if column != c.name else (c.none_at, c.worst_at)
        for column, c in zip(columns, criteria, strict=True)
    ]
    raw = np.array([values[s].loc[ids, columns].to_numpy(dtype=float) for s in SPEED_SETS])
    settings = scenario.robustness
    found = rank_acceptability(
        ids,
        raw,
        np.array(goalposts),
        population_scaled=np.array([name in GROWS_WITH_PEOPLE for name in names]),
        population_error=settings.population_error,
        draws=settings.draws,
        seed=settings.seed,
    )
    weights = np.where(np.isnan(found.central_weights[:, :1]), np.nan, np.zeros(len(known)))
    weights[:, [c.weight > 0 for c in known]] = found.central_weights
    return replace(found, central_weights=weights)


def _bands(
    situation: Situation, varied: dict[str, Situation], values: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    table = pd.DataFrame(situation.villages[["village_id", "village_name", "population"]])
    minutes = {s: table["village_id"].map(values[s]["mean_minutes"]) for s in SPEED_SETS}
    for speed_set, mean in minutes.items():
        table[f"mean_minutes_{speed_set}"] = mean
    middle = minutes["middle"]
    table["minutes_p5"] = _towards(middle, minutes["fast"])
    table["minutes_p95"] = _towards(middle, minutes["slow"])
    served = {s: served_by_village(headline_coverage(varied[s])) for s in SPEED_SETS}
    within = table["village_id"].map(served["slow"]).fillna(0).astype("int64")
    possible = table["village_id"].map(served["fast"]).fillna(0).astype("int64")
    table["people_certainly_within"] = within
    table["people_depends"] = possible - within
    table["people_certainly_beyond"] = table["population"] - possible
    limit = situation.scenario.headline.threshold_minutes
    table["state"] = np.select(
        [table["minutes_p95"] <= limit, table["minutes_p5"] > limit, middle.isna()],
        ["certainly_within", "certainly_beyond", "nobody"],
        default="depends",
    )
    return table


def _towards(middle: pd.Series[float], limit: pd.Series[float]) -> pd.Series[float]:
    """Return the value nine tenths of the way to a limit; beyond reach stays beyond reach."""
    between = middle + SPAN * (limit - middle).where(np.isfinite(middle) & np.isfinite(limit), 0.0)
    return between.where(np.isfinite(limit), limit)


def with_certainty(gaps: pd.DataFrame, sensitivity: Sensitivity) -> pd.DataFrame:
    """Return the ranked villages with how often each comes first and at its own rank.

    New columns: ``first_share_percent``, ``rank_share_percent`` and ``tied_with`` (a `CellRows`
    of `Tie`, one for each village whose order against it is not certain).
    """
    acceptability = sensitivity.acceptability
    table = gaps.copy()
    if acceptability is None:
        no_ties = rows_column((CellRows() for _ in table.index), table)
        return table.assign(
            first_share_percent=np.nan, rank_share_percent=np.nan, tied_with=no_ties
        )
    number = {village_id: n for n, village_id in enumerate(acceptability.ids)}
    names = dict(zip(gaps["village_id"], gaps["village_name"], strict=True))
    rows = [number[village_id] for village_id in gaps["village_id"]]
    table["first_share_percent"] = 100 * acceptability.rank_share[rows, 0]
    share = acceptability.rank_share
    rank = gaps["rank"].to_numpy(int) - 1
    is_kept = rank < share.shape[1]
    own = share[rows, np.where(is_kept, rank, 0)]
    table["rank_share_percent"] = np.where(is_kept, 100 * own, np.nan)
    others: dict[str, list[str]] = {village_id: [] for village_id in names}
    for a, b in acceptability.tied_pairs():
        others[a].append(b)
        others[b].append(a)
    ties = (
        CellRows(tuple(Tie(names[v], names[other]) for other in sorted(others[v]))) for v in names
    )
    return table.assign(tied_with=rows_column(ties, table))
