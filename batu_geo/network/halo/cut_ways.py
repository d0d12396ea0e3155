"""A part of joint ways for a region: the same times to the millisecond, in plain arrays.

What is cut is the graph, made once of all roads, not the roads: no edge is split elsewhere, no
street loses what it hangs on, and nobody is joined to another street because the own is cut off.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from batu_geo.network.nearby.doors import Doors
from batu_geo.network.nearby.road_part import RoadPart
from batu_geo.network.nearby.trips_within import COLUMNS, Found, Laid
from batu_geo.network.search import Seeds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batu_geo.network.halo.hops import Halo

Arrays = dict[str, NDArray[Any]]
# Of edges and metres nothing is kept: they would make the part another where roads far away do.
SEEDS = ("source", "state", "ms")
DOORS = ("point", "state", "leave_ms")


def cut_ways(laid: Laid, kept: Halo) -> Laid:
    """Return some states of joint ways, with some homes and destinations numbered anew in order.

    A way into a home or destination over a state that is not kept is not there.
    """
    part, number = laid.part.only(kept.states)
    states = np.arange(part.state_count, dtype=np.int64)
    home, unit = _numbers(kept.homes), _numbers(kept.units)
    doors = []
    for some in laid.doors:
        own = some.only(kept.homes[some.point]).beside(number)
        doors.append(own._replace(point=home[own.point]))
    seeds = laid.seeds
    state = number[seeds.state]
    rows = np.flatnonzero(kept.units[seeds.source] & (state >= 0))
    direct = laid.direct
    direct = direct.only(kept.homes[direct.origin] & kept.units[direct.destination])
    return Laid(
        replace(part, states=states, length_m=np.zeros(0)),
        doors,
        Seeds(
            int(kept.units.sum()), unit[seeds.source[rows]], state[rows].astype(np.int64),
            seeds.ms[rows], seeds.metres[rows], seeds.arc[rows],
        ),
        laid.xy[kept.units],
        replace(direct, origin=home[direct.origin], destination=unit[direct.destination]),
        int(kept.homes.sum()),
    )  # fmt: skip


def _numbers(is_kept: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the number of each row among those that are kept; of the others nothing is meant."""
    return np.cumsum(is_kept) - 1


def arrays_of(laid: Laid) -> Arrays:
    """Return ways as arrays by name, which `laid_of` makes ways again.

    >>> no_ways = Laid(RoadPart(np.zeros(0), csr_array((2, 2)), np.zeros(0, np.int32),
    ...                np.arange(2)), [], Seeds(0, *(np.zeros(0, int),) * 5), np.zeros((0, 2)),
    ...                Found(*(np.zeros(0),) * 5), 7)
    >>> again = laid_of(arrays_of(no_ways))
    >>> again.origins, again.part.state_count
    (7, 2)
    """
    arcs = laid.part.outward
    arrays: Arrays = {
        "arc_ms": arcs.data, "arc_to": arcs.indices, "arc_start": arcs.indptr,
        "xy": laid.xy,
        "counts": np.array([laid.origins, laid.seeds.count, len(laid.doors)]),
    }  # fmt: skip
    arrays |= {f"seed_{name}": getattr(laid.seeds, name) for name in SEEDS}
    arrays |= {f"direct_{name}": getattr(laid.direct, name) for name in COLUMNS}
    for number, doors in enumerate(laid.doors):
        arrays[f"door_{number}_layer"] = np.array(doors.layer)
        arrays |= {f"door_{number}_{name}": getattr(doors, name) for name in DOORS}
    return arrays


def laid_of(known: Mapping[str, NDArray[Any]]) -> Laid:
    """Return the ways of `arrays_of`; trips on them take as long, and are not measured."""
    origins, units, layers = (int(n) for n in known["counts"])
    states = len(known["arc_start"]) - 1
    arcs = (known["arc_ms"], known["arc_to"], known["arc_start"])
    outward = csr_array(arcs, shape=(states, states))
    no_edge = np.full(outward.nnz, -1, np.int32)
    part = RoadPart(np.zeros(0), outward, no_edge, np.arange(states, dtype=np.int64))
    doors = []
    for n in range(layers):
        point, state, leave_ms = (known[f"door_{n}_{name}"] for name in DOORS)
        layer = int(known[f"door_{n}_layer"])
        doors.append(Doors(layer, point, state, leave_ms, np.zeros(leave_ms.shape)))
    source, state, ms = (known[f"seed_{name}"] for name in SEEDS)
    seeds = Seeds(units, source, state, ms, np.zeros(len(ms)), np.zeros(len(ms), np.int64))
    direct = Found(*(known[f"direct_{name}"] for name in COLUMNS))
    return Laid(part, doors, seeds, known["xy"], direct, origins)
