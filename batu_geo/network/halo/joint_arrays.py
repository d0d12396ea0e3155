"""Joint ways as plain arrays: made once, kept on disk, read by every region for its halo."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from batu_geo.network.halo.cut_ways import arrays_of, laid_of
from batu_geo.network.halo.hops import JointWays, NearerWays
from batu_geo.network.nearby.road_part import RoadPart
from batu_geo.network.nearby.trips_within import Wanted
from batu_geo.network.search import Seeds

if TYPE_CHECKING:
    from collections.abc import Mapping

Arrays = dict[str, NDArray[Any]]
OWN = "sites/"


def part_arrays(part: RoadPart) -> Arrays:
    """Return the arcs of a part of the roads as arrays."""
    arcs = part.outward
    return {"arc_ms": arcs.data, "arc_to": arcs.indices, "arc_start": arcs.indptr}


def _part_of(known: Mapping[str, NDArray[Any]], states: NDArray[np.int64]) -> RoadPart:
    arcs = (known["arc_ms"], known["arc_to"], known["arc_start"])
    outward = csr_array(arcs, shape=(len(states), len(states)))
    return RoadPart(np.zeros(0), outward, _nothing(np.int32(-1), outward.nnz), states)


def _nothing(value: Any, count: int) -> NDArray[Any]:
    """Return one value many times, in the memory of one."""
    return np.broadcast_to(np.asarray(value), (count,))


def joint_arrays(ways: JointWays) -> Arrays:
    """Return joint ways as arrays by name, which `ways_of` makes ways again."""
    out = ways.setting_out
    return {
        **arrays_of(ways.laid),
        **{f"against/{n}": a for n, a in part_arrays(ways.against).items()},
        "out_source": out.source.astype(np.int32),
        "out_state": out.state.astype(np.int32),
        "out_ms": out.ms,
        "limit_ms": np.array(ways.limit_ms),
    }


def ways_of(known: Mapping[str, NDArray[Any]]) -> JointWays:
    """Return the ways of `joint_arrays`; trips on them take as long, and are not measured."""
    laid = laid_of(known)
    against = _part_of(_under(known, "against/"), laid.part.states)
    source, state, ms = (known[f"out_{name}"] for name in ("source", "state", "ms"))
    out = Seeds(
        laid.origins, source, state, ms, _nothing(0.0, len(ms)), _nothing(np.int64(0), len(ms))
    )
    return JointWays(laid, against, out, float(known["limit_ms"]))


def nearer_of(known: Mapping[str, NDArray[Any]], ways: JointWays) -> NearerWays:
    """Return the ways to places that are new, from arrays beside those of `ways`."""
    laid = laid_of({**known, **_under(known, OWN)})
    wanted = Wanted(ways.limit_ms, known["state_ms"], known["near_ms"])
    states = known["nearer/states"]
    return NearerWays(replace(ways, laid=laid), wanted, _part_of(_under(known, "nearer/"), states))


def _under(known: Mapping[str, NDArray[Any]], prefix: str) -> Arrays:
    return {n.removeprefix(prefix): a for n, a in known.items() if n.startswith(prefix)}
