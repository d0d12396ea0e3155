"""Result of a search: the best plan, a bound on every plan, and whether they are equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

P = TypeVar("P")
Proof = Literal["enumeration", "milp", "lagrangian", "bound", ""]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome(Generic[P]):
    """The best plan of a search and a lower bound on what any plan costs.

    Attributes
    ----------
    plan
        Site columns, solver variables or an assignment, depending on the search; None
        where no plan is known.
    bound
        No plan has a smaller objective; inf where no plan is possible.
    proved
        Whether the objective of the plan equals the bound; without a plan, whether it is
        proved that none is possible.
    how
        Method of the proof or of the bound.

    Examples
    --------
    >>> Outcome(None, float("inf"), proved=True, how="milp").is_infeasible
    True
    """

    plan: P | None
    bound: float
    proved: bool
    how: Proof = ""

    @property
    def is_infeasible(self) -> bool:
        """Whether it is proved that there is no plan."""
        return self.proved and self.plan is None

    def require(self) -> P:
        """Return the plan.

        Raises
        ------
        ValueError
            There is none.
        """
        if self.plan is None:
            raise ValueError("the search has no plan")
        return self.plan
