"""What a plan of a location model says: in words, on a map, as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from batu_geo.network.nearby.shown_times import curve, shaded
from batu_geo.siting.textbook.located import nearest_open

if TYPE_CHECKING:
    import pandas as pd

    from batu_geo.domain.errors import Language
    from batu_geo.render.web.map_page import MapPage
    from batu_geo.siting.textbook.location_problem import LocationProblem

MOST_NAMES = 12
Stopped = Literal["proof", "size", "steps"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LocationPlan:
    """The plan of a location model.

    Attributes
    ----------
    model, site_ids
        Which model, and the sites that it opens, sorted; none where nothing is possible.
    objective, bound, gap
        In weights, weight x minutes, minutes or sites; no plan is better than the bound; the
        gap is 0 where that is proved, None where nothing is possible.
    status
        `optimal` only with a proof over the whole problem; else `best_so_far`, `infeasible` or
        `no_plan_yet`.
    proof, stopped
        How it is proved, and why the search ended: proof, size (a heuristic and its bound) or
        steps.
    optima, is_optima_complete
        Optimal plans, at most 100, and whether these are all.
    unreached
        Weight of the places that have no way to any open site.
    seconds
        That this took; in no file of a run.
    assignments
        Of models that assign: place, site, weight and minutes; None of others.
    problem
        What was to be decided.

    Examples
    --------
    >>> from batu_geo import LocationProblem, solve_p_median
    >>> plan = solve_p_median(LocationProblem.from_matrix([[1.0, 2.0]], [30], ["a", "b"]), 1)
    >>> plan.site_ids, plan.objective, plan.bound, plan.gap, plan.stopped
    (('a',), 30.0, 30.0, 0.0, 'proof')
    >>> print(repr(plan).rpartition(", ")[0])
    p_median: a
      objective 30, bound 30, gap 0
      optimal (enumeration), ended by proof
      1 optimal plans
    """

    model: str
    site_ids: tuple[str, ...] = ()
    status: str = "infeasible"
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    proof: str = ""
    stopped: Stopped = "proof"
    optima: tuple[tuple[str, ...], ...] = ()
    is_optima_complete: bool = True
    unreached: float = 0.0
    seconds: float = 0.0
    assignments: pd.DataFrame | None = None
    problem: LocationProblem | None = None

    def map(self, language: Language = "id") -> MapPage:
        """Return the plan as an offline page: places by minutes, sites opened and left.

        Raises
        ------
        ValueError
            Nobody said where the places are: see `LocationProblem.with_places`.
        """
        from batu_geo.render.web.plan_map import plan_map  # noqa: PLC0415 - heavy

        problem = self.problem
        if problem is None or problem.located is None:
            raise ValueError("the places are not known; LocationProblem.with_places takes them")
        known = problem.located
        places = known.reached(problem.siting, self.site_ids, problem.weight_scale)
        left, opened = (
            known.candidates(self.site_ids, is_open=is_open) for is_open in (False, True)
        )
        return plan_map(places, left, opened, known.existing, language=language)

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the plan with matplotlib, and return the axes.

        A map of the places by minutes with the open sites; where nobody said where they are, the
        share of the weight within how many minutes.

        Raises
        ------
        ValueError
            The plan does not say which problem it is of.
        """
        problem = self.problem
        if problem is None:
            raise ValueError("a plan without its problem cannot be drawn")
        known, siting = problem.located, problem.siting
        if known is None:
            return curve(
                nearest_open(siting, self.site_ids)[0], siting.population.astype(np.float64), ax
            )
        ax = shaded(known.reached(siting, self.site_ids, problem.weight_scale), ax)
        for table, colour, size in (
            (known.existing, "#333333", 30),
            (known.candidates(self.site_ids, is_open=False), "#999999", 18),
            (known.candidates(self.site_ids, is_open=True), "#b3261e", 60),
        ):
            if table is not None and len(table):
                ax = table.plot(ax=ax, color=colour, marker="s", markersize=size)
        return ax

    def __repr__(self) -> str:
        """Return the plan in four lines."""
        found = "no plan" if self.objective is None else _number(self.objective)
        some = "" if self.is_optima_complete else "at least "
        more = len(self.site_ids) - MOST_NAMES
        names = ", ".join(self.site_ids[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
        return "\n".join(
            [
                f"{self.model}: {names or '-'}",
                f"  objective {found}, bound {_number(self.bound)}, gap {_number(self.gap)}",
                f"  {self.status} ({self.proof or 'no proof'}), ended by {self.stopped}",
                f"  {some}{len(self.optima)} optimal plans, {self.seconds:.2f} s",
            ]
        )

    def _repr_html_(self) -> str:
        from batu_geo.render.web.plan_map import lines_html  # noqa: PLC0415 - heavy

        is_located = self.problem is not None and self.problem.located is not None
        return lines_html(repr(self)) + (self.map()._repr_html_() if is_located else "")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.10g}"
