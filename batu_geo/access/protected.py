"""The one door to programme figures: what may be published of them, computed once.

Everything else computes on a `Protected` and never on the counts themselves, so whatever it
writes follows from what is published anyway.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from batu_geo.access.disclosure import RULE, Hidden, classes, fit_for_parts, hide
from batu_geo.domain.contracts import INDICATOR_CARDS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from batu_geo.access.disclosure import Cells, Rule
    from batu_geo.domain.tables import Villages

CITY = "kota"
JOIN = " + "


class Pool(NamedTuple):
    """Hidden cells whose sum everybody can work out."""

    rows: NDArray[np.intp]
    total: float


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One indicator as it may be published.

    Attributes
    ----------
    counts
        By village: the count, NaN where hidden or unknown, float64 [n].
    is_hidden
        bool [n].
    totals
        Of the districts and of the city: NaN where hidden or unknown, float64 [k + 1].
    is_total_hidden
        bool [k + 1].
    together
        Districts that are published as one: ``joined`` is their total, NaN where it is hidden too.
    pools
        Hidden cells with their sum, which follows from the totals.
    """

    counts: NDArray[np.float64]
    is_hidden: NDArray[np.bool_]
    totals: NDArray[np.float64]
    is_total_hidden: NDArray[np.bool_]
    together: tuple[int, ...]
    joined: float
    pools: tuple[Pool, ...]

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """Villages that have a count, published or hidden, bool [n]."""
        return np.isfinite(self.counts) | self.is_hidden

    def sum_over(self, inside: NDArray[np.bool_]) -> float:
        """Return the sum over some villages; NaN where nothing published gives it."""
        open_rows = self.is_hidden & inside
        found = float(np.nansum(self.counts[inside]))
        for pool in self.pools:
            if inside[pool.rows].all():
                found += pool.total
                open_rows[pool.rows] = False
        return float("nan") if open_rows.any() or not self.is_known[inside].any() else found


@dataclass(frozen=True, slots=True, eq=False)
class Protected:
    """Programme figures of a study as they may be published.

    Attributes
    ----------
    village_ids
        The villages of the study, in their order.
    population
        Their people, float64 [n].
    areas
        Names of the districts, at last the city.
    districts
        Rows of each district.
    figures
        By indicator.
    evidence
        By village, as the input says.
    """

    village_ids: tuple[str, ...]
    population: NDArray[np.float64]
    areas: tuple[str, ...]
    districts: tuple[NDArray[np.intp], ...]
    figures: Mapping[str, Figure]
    evidence: pd.Series[str]

    @property
    def hides_any(self) -> bool:
        """Whether any count is hidden."""
        return any(figure.is_hidden.any() for figure in self.figures.values())

    @property
    def people(self) -> Figure:
        """The population, which is published whole, as a figure beside the others."""
        rows = list(self.districts)
        return _figure(self.population, _nothing_hidden(self.population, rows), rows)

    def figure(self, name: str) -> Figure | None:
        """Return an indicator or the ``population``; None where the study does not have it."""
        return self.people if name == "population" else self.figures.get(name)

    def shared(self, part: str, whole: str) -> tuple[float, float, int]:
        """Return the sums of two figures over the villages that have both, and how many these are.

        NaN where a sum does not follow from what is published, or no village has both.
        """
        one, other = self.figure(part), self.figure(whole)
        if one is None or other is None:
            return float("nan"), float("nan"), 0
        both = one.is_known & other.is_known
        return one.sum_over(both), other.sum_over(both), int(both.sum())

    def fingerprint(self) -> str:
        """Return a SHA-256 of what may be published, which gives nothing else away.

        That of the file itself would let anybody try which hidden counts give it.
        """
        content = {
            name: [f.counts.tolist(), f.is_hidden.tolist(), f.totals.tolist(), f.together, f.joined]
            for name, f in self.figures.items()
        }
        parts = [self.village_ids, self.areas, content, self.evidence.astype(str).tolist()]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def usable(self) -> pd.DataFrame:
        """Return the figures by village id as criteria and ranks may use them.

        A hidden count stands at its share of the sum of the hidden ones, by the people it is
        counted of; it is missing where that sum follows from no total.
        """
        columns: dict[str, NDArray[np.float64]] = {}
        for name, figure in self.figures.items():
            of = columns.get(INDICATOR_CARDS[name].denominator, self.population)
            values = figure.counts.copy()
            for rows, total in figure.pools:
                share = np.where(np.isfinite(of[rows]), of[rows], self.population[rows])
                whole = share.sum()
                values[rows] = total * share / whole if whole > 0 else np.nan
            columns[name] = values
        return pd.DataFrame(columns, index=pd.Index(self.village_ids, name="village_id"))

    def beside(self, other: Protected) -> Protected:
        """Return this table as it may be shown beside another one of the same villages.

        What either hides is hidden in both; where they hide different cells no total is published,
        lest a count that did not change be found by the difference.
        """
        kept = {}
        for name, figure in self.figures.items():
            theirs = other.figures.get(name)
            if theirs is None or (theirs.is_hidden == figure.is_hidden).all():
                kept[name] = figure
            else:
                kept[name] = _without_totals(figure, figure.is_hidden | theirs.is_hidden)
        return Protected(
            self.village_ids, self.population, self.areas, self.districts, kept, self.evidence
        )


def protect(
    villages: Villages, indicators: pd.DataFrame, *, reported: Collection[str] = ()
) -> Protected:
    """Return what may be published of the programme figures of a study.

    Wholes come before their parts: a part is a small count also where it lacks few of its
    whole, and a whole that is hidden bounds its parts.

    Parameters
    ----------
    villages
        With ``population`` and ``district_name``.
    indicators
        Counts by ``village_id``; villages and columns may be missing.
    reported
        Ids of the figures that the city reports itself: a total that is among them is known
        whether it is published here or not.
    """
    area = villages.set_index("village_id")
    known = indicators.set_index("village_id").reindex(area.index)
    people = area["population"].to_numpy(dtype=np.float64)
    districts = area["district_name"].fillna("").to_numpy(dtype=object)
    names = sorted(set(districts))
    rows = [np.flatnonzero(districts == name) for name in names]
    given = {
        name: known[name].to_numpy(dtype=np.float64, na_value=np.nan)
        for name in INDICATOR_CARDS
        if name in known
    }
    figures = figures_of(given, people, rows, reported=reported)
    evidence = known["evidence"] if "evidence" in known else pd.Series(pd.NA, index=known.index)
    ids = tuple(str(village_id) for village_id in area.index)
    return Protected(ids, people, (*names, CITY), tuple(rows), figures, evidence)


def figures_of(
    given: Mapping[str, NDArray[np.float64]],
    people: NDArray[np.float64],
    rows: Sequence[NDArray[np.intp]],
    *,
    reported: Collection[str] = (),
    rule: Rule = RULE,
) -> dict[str, Figure]:
    """Return each indicator as it may be published.

    Parameters
    ----------
    given
        Counts by indicator, wholes before their parts; NaN where unknown, float64 [n].
    people
        Population of each village, float64 [n].
    rows
        Rows of each district.
    reported, rule
        Figures that the city reports, and the limits.
    """
    classed: dict[str, Cells] = {}
    figures: dict[str, Figure] = {}
    for name, counts in given.items():
        card = INDICATOR_CARDS[name]
        hidden = _nothing_hidden(counts, rows)
        if card.is_people:
            low, high = _whole_of(name, given, classed, figures, people)
            parts = [given[part] for part in parts_of(name) if part in given]
            cells = fit_for_parts(classes(counts, low, high, rule), parts, rule.limit)
            hidden = hide(cells, people, rows, may_stand_bare=not _is_rested_on(cells, parts))
            if not hidden.is_whole_public and card.figure in reported:
                hidden = _everything_hidden(counts, rows)
            classed[name] = cells
        figures[name] = _figure(counts, hidden, rows)
    return figures


def _nothing_hidden(counts: NDArray[np.float64], rows: Sequence[NDArray[np.intp]]) -> Hidden:
    nothing, every = np.zeros(len(counts), bool), np.ones(len(rows), bool)
    return Hidden(nothing, every, is_whole_public=True, together=())


def _everything_hidden(counts: NDArray[np.float64], rows: Sequence[NDArray[np.intp]]) -> Hidden:
    nothing = np.zeros(len(rows), bool)
    every = tuple(range(len(rows)))
    return Hidden(np.isfinite(counts), nothing, is_whole_public=False, together=every)


def parts_of(name: str) -> list[str]:
    """Return the indicators that count some of the people that another one counts."""
    return [part for part, card in INDICATOR_CARDS.items() if card.denominator == name]


def _whole_of(
    name: str,
    given: Mapping[str, NDArray[np.float64]],
    classed: Mapping[str, Cells],
    figures: Mapping[str, Figure],
    people: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the least and the most that each village's whole may be; inf where it has none.

    Where nobody counted the whole, the people of the village bound the part.
    """
    whole = INDICATOR_CARDS[name].denominator
    if whole == "population":
        return people, people
    if whole not in classed:
        return np.full_like(people, np.inf), np.full_like(people, np.inf)
    counts, is_hidden = given[whole], figures[whole].is_hidden
    exact = np.where(np.isfinite(counts), counts, people)
    cells = classed[whole]
    return np.where(is_hidden, cells.low, exact), np.where(is_hidden, cells.high, exact)


def _is_rested_on(cells: Cells, parts: Sequence[NDArray[np.float64]]) -> bool:
    """Return whether a small count has parts, which must find room below whatever it may be."""
    return any(bool((cells.is_small & (part > 0)).any()) for part in parts)


def _figure(
    counts: NDArray[np.float64], hidden: Hidden, rows: Sequence[NDArray[np.intp]]
) -> Figure:
    """Return an indicator with its published totals, and the sums that follow from them."""
    everywhere = np.arange(len(counts))
    totals = np.array([_total(counts[inside]) for inside in (*rows, everywhere)])
    is_public = np.array([*hidden.parts, hidden.is_whole_public])
    groups = [inside for inside, public in zip(rows, hidden.parts, strict=True) if public]
    joined = np.nan
    if hidden.together and hidden.is_whole_public:
        together = np.concatenate([rows[number] for number in hidden.together])
        groups.append(together)
        joined = _total(counts[together])
    pools = [inside[hidden.cells[inside]] for inside in groups]
    return Figure(
        counts=np.where(hidden.cells, np.nan, counts),
        is_hidden=hidden.cells & np.isfinite(counts),
        totals=np.where(is_public, totals, np.nan),
        is_total_hidden=~is_public & np.isfinite(totals),
        together=hidden.together,
        joined=joined,
        pools=tuple(Pool(inside, _total(counts[inside])) for inside in pools if len(inside)),
    )


def _without_totals(figure: Figure, is_hidden: NDArray[np.bool_]) -> Figure:
    """Return an indicator with more hidden and no total published."""
    nothing = np.full_like(figure.totals, np.nan)
    return Figure(
        counts=np.where(is_hidden, np.nan, figure.counts),
        is_hidden=is_hidden & figure.is_known,
        totals=nothing,
        is_total_hidden=figure.is_total_hidden | np.isfinite(figure.totals),
        together=tuple(range(len(nothing) - 1)),
        joined=np.nan,
        pools=(),
    )


def _total(values: NDArray[np.float64]) -> float:
    return float(np.nansum(values)) if np.isfinite(values).any() else float("nan")
