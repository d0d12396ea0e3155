"""Every rule of access of a random town is used, or counted by its reason."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from batu_geo.network.law.access_law import access_of, law, not_understood, rule_keys

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
