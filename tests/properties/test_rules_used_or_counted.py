"""Every rule of access of a random town is used, or counted by its reason."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batu_geo.network.build_network import build_network
from batu_geo.network.law.access_law import access_of, law, not_understood, rule_keys
from batu_geo.sources.osm.restrictions import Member
from batu_geo.sources.osm.ways import WayCollector
from tests.toy import CRS, TO_DEGREES

VALUES = [value for meant in law()["values"].values() for value in meant]
ODD = ["maybe", "ja", "x;y", ""]
KEYS = sorted({*rule_keys(), *(f"{key}:forward" for key in rule_keys()),
               *(f"{key}:backward" for key in rule_keys())})  # fmt: skip
ONEWAY = sorted({key for keys in law()["oneway_keys"].values() for key in keys})


@given(key=st.sampled_from(KEYS), value=st.sampled_from([*VALUES, *ODD]))
def test_an_access_tag_bears_on_somebody_or_is_counted(key: str, value: str) -> None:
    """Beside its opposite of a wider kind a tag that means something changes what is allowed."""
    base = {"highway": "footway", "access": "no"}
    is_open = access_of({**base, key: value}) != access_of(base)
    others = {"highway": "residential"}
    is_closed = access_of({**others, key: value}) != access_of(others)
    counted = Counter(not_understood({key: value}))["odd access tags"]
    if key.startswith("access"):
        # No key is wider: what it opens is open anyway.
        is_open = value in law()["values"]["open"]
    assert bool(counted) != (is_open or is_closed)


@given(key=st.sampled_from(ONEWAY), value=st.sampled_from(["yes", "-1", "reversible", "x", "1;2"]))
def test_a_one_way_tag_bears_on_somebody_or_is_counted(key: str, value: str) -> None:
    base = {"highway": "residential"}
    changes = access_of({**base, key: value}) != access_of(base)
    assert changes != bool(Counter(not_understood({key: value}))["odd oneway tags"])


@pytest.mark.parametrize("seed", range(8))
def test_barriers_turns_and_ferries_of_a_random_town_are_used_or_counted(seed: int) -> None:
    rng = np.random.default_rng(seed)
    found, side = WayCollector(), 4
    places = [TO_DEGREES.transform(668_000 + 100 * (n % side), 9_130_000 + 100 * (n // side))
              for n in range(side * side)]  # fmt: skip
    ways = [(n, n + 1) for n in range(side * side) if n % side < side - 1]
    ways += [(n, n + side) for n in range(side * (side - 1))]
    ferries = set(rng.choice(len(ways), 3, replace=False).tolist())
    for number, pair in enumerate(ways):
        tags = {"route": "ferry"} if number in ferries else {"highway": "residential"}
        found.add(number, tags, [(node, *places[node]) for node in pair])
    kinds = ["bollard", "wall", "cycle_barrier", "odd"]
    barriers = {n: str(rng.choice(kinds)) for n in range(0, side * side, 3)}
    for node, kind in barriers.items():
        found.add_node_tags(node, {"barrier": kind})
    count = 30
    for number in range(count):
        one, via, other = (int(n) for n in rng.integers((len(ways), len(places), len(ways))))
        members = [Member("way", one, "from"), Member("node", via, "via"),
                   Member("way", other, "to")]  # fmt: skip
        kind = str(rng.choice(["no_left_turn", "only_straight_on", "no_odd_turn", "odd"]))
        found.add_restriction(number, {"restriction": kind}, members)
    roads = build_network(found.ways(), crs=CRS, dropped=found.dropped)
    assert roads.rules is not None
    odd = sum(kind == "odd" for kind in barriers.values())
    assert len(roads.rules.gate_node) == len(barriers) - odd
    assert roads.dropped.get("barriers of an unknown kind", 0) == odd
    used = len(set(roads.rules.turn_relation.tolist()))
    assert used + sum(n for why, n in roads.dropped.items() if "turn rules" in why) == count
    assert int(roads.is_ferry.sum()) == len(ferries)
