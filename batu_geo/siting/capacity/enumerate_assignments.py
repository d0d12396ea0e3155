"""The best plan within capacity of those that can be listed: most people placed, then minutes.

Each of the two is a table of costs that `best_first` settles exactly, one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from batu_geo.siting.capacity.assignment import (
    counting,
    send_in_haste,
    sent_of,
    short_of_room,
    timing,
)
from batu_geo.siting.capacity.best_first_search import look, sites_of
from batu_geo.siting.capacity.transport import raised

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from batu_geo.siting.capacity.assignment import Sent, Trips
    from batu_geo.siting.capacity.transport import Table
    from batu_geo.siting.problem.location_plan import Proof

    Numbers = NDArray[np.float64]
    Columns = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a search.

    Attributes
    ----------
    needs_minutes
        Whether minutes are part of the objective, and not only of the tie rule.
    settle_ties
        Whether to prove too that no equal plan comes before by the tie rule.
    deadline
        Reading of `time.monotonic` to stop at.
    """

    needs_minutes: bool
    settle_ties: bool
    deadline: float


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A plan and what is known of it.

    Attributes
    ----------
    sites, sent
        Which sites open, and who is sent where.
    fewest_left
        No plan leaves fewer people without a place.
    least_ms
        No plan that leaves as few as this one has less person-milliseconds.
    is_settled
        Whether it is certain that no equal plan comes first by the tie rule.
    proof
        How it is proved or bounded.
    """

    sites: Columns
    sent: Sent
    fewest_left: int = 0
    least_ms: float = 0.0
    is_settled: bool = False
    proof: Proof = "bound"

    def key(self) -> tuple[int, ...]:
        """Return what plans are compared by: people left, minutes, fewer sites, lowest ids."""
        return (self.sent.left, self.sent.ms, len(self.sites), *self.sites.tolist())


def best_listed(trips: Trips, plans: Columns, start: int, wish: Wish) -> Found:
    """Return the best of some plans.

    Parameters
    ----------
    trips
        Who may be sent where.
    plans
        As from `best_first.listed`; at least one.
    start
        Place of the plan to look at first.
    wish
        What is asked, and until when.
    """
    always, table = 1 + trips.existing, counting(trips)
    least = max(least_bound(table), short_of_room(trips, plans.shape[1]))
    most = look(table, always, plans, start, settle_ties=False, floor=least, deadline=wish.deadline)
    best, people = start, None
    if most.sending is not None:
        best, people = most.place, most.sending.people
    fewest = int(most.bounds.min())
    if not most.is_complete:
        return _in_haste(trips, sites_of(plans[best]), people, fewest)
    is_equal = most.bounds <= fewest
    if not (wish.needs_minutes or wish.settle_ties):
        is_equal = np.arange(len(plans)) == best
    table, places = timing(trips, fewest), np.flatnonzero(is_equal)
    shortest = look(
        table, always, plans[places], int(np.searchsorted(places, best)),
        settle_ties=wish.settle_ties, floor=least_bound(table), deadline=wish.deadline,
    )  # fmt: skip
    if shortest.sending is None:
        found = _in_haste(trips, sites_of(plans[best]), people, fewest)
    else:
        sites = sites_of(plans[places[shortest.place]])
        found = Found(sites, sent_of(trips, sites, shortest.sending.people[1:]), fewest)
    if found.sent.left == fewest:
        found = replace(found, least_ms=float(shortest.bounds.min()))
    is_proved = found.sent.left == fewest
    if wish.needs_minutes:
        is_proved = is_proved and found.sent.ms == found.least_ms
    is_settled = wish.settle_ties and shortest.is_complete
    return replace(found, is_settled=is_settled, proof="enumeration" if is_proved else "bound")


def _in_haste(trips: Trips, sites: Columns, most: Numbers | None, fewest: int) -> Found:
    """Return a plan for which no time is left, with the bound that needs none."""
    sent = send_in_haste(trips, sites, most)
    return Found(sites, sent, fewest, least_bound(timing(trips, sent.left)))


def least_bound(table: Table) -> float:
    """Return what no plan costs less than: all units open, none full, only no place is."""
    start = np.zeros(len(table.room))
    return table.bound(raised(table, start, deadline=-np.inf))
