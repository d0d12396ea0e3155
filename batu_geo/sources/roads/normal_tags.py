"""Write the values of any road file as OpenStreetMap writes them: texts like `yes` and `50`."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

from batu_geo.sources.osm.osm_tags import ROAD_CLASSES
from batu_geo.sources.roads.tag_keys import is_yes_or_no

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ABSENT = {"", "nan", "none", "null", "<na>", "nat"}
YES = {"true", "t", "yes", "y", "1", "1.0"}
NO = {"false", "f", "no", "n", "0", "0.0"}
ODD_TRUTHS = {"True", "true", "TRUE", "1", "Yes", "YES", "False", "false", "FALSE", "0", "No", "NO"}
# One-way streets of shapefiles made of OpenStreetMap: along the line, against it, both ways.
FORWARD_TO_BACK = {"f": "yes", "t": "-1", "b": "no"}
BAG_KEYS = ("other_tags", "all_tags", "tags", "hstore")
PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"\s*=>\s*(?:"((?:[^"\\]|\\.)*)"|NULL)\s*(?:,|$)')
ESCAPED = re.compile(r"\\(.)")
WHOLE = re.compile(r"-?\d+\.0+")
LONGEST_LIST = 10_000
# Of streets merged into one edge the strictest value holds for all of it.
STRICTEST = ("no", "private", "-1")


def is_absent(value: Any) -> bool:
    """Return whether a cell says nothing: none, NaN, or an empty text.

    >>> is_absent(None), is_absent(float("nan")), is_absent(" "), is_absent(0)
    (True, True, True, False)
    """
    if value is None or value != value:  # noqa: PLR0124 - NaN is not itself
        return True
    return isinstance(value, str) and value.strip().casefold() in ABSENT


def value_of(key: str, value: Any) -> str:
    """Return a value as OpenStreetMap writes it, empty where it says nothing.

    Parameters
    ----------
    key
        The canonical key: what may be true or false depends on it.
    value
        Of a column or attribute: text, number, truth value, or several of them.

    Examples
    --------
    >>> value_of("oneway", True), value_of("oneway", 0), value_of("oneway", "-1")
    ('yes', 'no', '-1')
    >>> value_of("maxspeed", 50.0), value_of("lanes", "1"), value_of("name", None)
    ('50', '1', '')
    >>> value_of("highway", "['residential', 'service']")
    'service'
    """
    several = listed(value)
    if len(several) > 1:
        return _one_of(key, [text for v in several if (text := value_of(key, v))])
    value = several[0] if several else None
    if key == "name" and isinstance(value, str):
        return value.strip()  # a street may be called None
    if is_absent(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value).strip()
    if WHOLE.fullmatch(text):
        text = text[: text.index(".")]
    if is_yes_or_no(key):
        folded = text.casefold()
        return "yes" if folded in YES else "no" if folded in NO else text
    return text


def listed(value: Any) -> list[Any]:
    """Return the values of a cell: graphs of merged streets write several as the text of a list.

    >>> listed("['a', 'b']"), listed("[1, 2]"), listed("[sic]"), listed(7)
    (['a', 'b'], [1, 2], ['[sic]'], [7])
    """
    if isinstance(value, str) and value.startswith("[") and len(value) <= LONGEST_LIST:
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return [value]
    return list(value) if isinstance(value, list | tuple | set) else [value]


def _one_of(key: str, values: Sequence[str]) -> str:
    """Return the value that holds for an edge merged of streets with different ones.

    The slowest class, the lowest speed limit, the strictest rule of access; of names the first
    in order, so that the order in the file does not matter.
    """
    if not values:
        return ""
    if key == "highway":
        known = [v for v in values if v in ROAD_CLASSES]
        return max(known, key=ROAD_CLASSES.index) if known else min(values)
    if is_yes_or_no(key):
        return next((v for v in STRICTEST if v in values), min(values))
    numbers = [v for v in values if v.replace(".", "", 1).isdecimal()]
    return min(numbers, key=lambda v: (float(v), v)) if numbers else min(values)


def tags_in_text(text: Any) -> dict[str, str]:
    r"""Return the tags in the text of one cell: hstore or a JSON object; none where it is neither.

    >>> tags_in_text('"oneway"=>"yes","name"=>"Gang \\"B\\""')
    {'oneway': 'yes', 'name': 'Gang "B"'}
    >>> tags_in_text('{"oneway": "yes"}'), tags_in_text("x")
    ({'oneway': 'yes'}, {})
    """
    if not isinstance(text, str) or not text.strip():
        return {}
    if text.lstrip().startswith("{"):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return {}
        return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}
    pairs = {_plain(p[1]): _plain(p[2] or "") for p in PAIR.finditer(text)}
    return {key: value for key, value in pairs.items() if value}


def _plain(text: str) -> str:
    return ESCAPED.sub(r"\1", text)


def with_bags(tags: dict[str, str], record: Mapping[str, Any]) -> dict[str, str]:
    """Return tags with those that the writer has put into one column; own columns come first."""
    for name in BAG_KEYS:
        if name in record:
            for key, value in tags_in_text(record[name]).items():
                if key not in tags and (text := value_of(key, value)):
                    tags[key] = text
    return tags


def plain_tags(tags: Mapping[str, str]) -> Mapping[str, str]:
    """Return tags whose truth values are `yes` and `no`, as mappers and old files differ in them.

    >>> plain_tags({"oneway": "True", "layer": "1"})
    {'oneway': 'yes', 'layer': '1'}
    """
    if ODD_TRUTHS.isdisjoint(tags.values()):
        return tags
    return {k: value_of(k, v) if v in ODD_TRUTHS else v for k, v in tags.items()}


def is_forward_to_back(values: Sequence[Any]) -> bool:
    """Return whether a column of one-way streets says F, T and B, not true and false.

    >>> is_forward_to_back(["F", "B"]), is_forward_to_back(["F", "T"])
    (True, False)
    """
    texts = {str(v).strip().casefold() for v in values if not is_absent(v)}
    return "b" in texts and texts <= set(FORWARD_TO_BACK)


def reversed_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags of a way drawn the other way round.

    >>> reversed_tags({"oneway": "yes", "motorcar:forward": "no"})
    {'oneway': '-1', 'motorcar:backward': 'no'}
    """
    turned = {}
    for key, value in tags.items():
        parts = [SIDES.get(part, part) for part in key.split(":")]
        is_direction = parts[0] == "oneway" and parts[-1] != "conditional"
        turned[":".join(parts)] = ONEWAY.get(value, value) if is_direction else value
    return turned


SIDES = {"forward": "backward", "backward": "forward"}
ONEWAY = {"yes": "-1", "-1": "yes", "reverse": "yes"}
