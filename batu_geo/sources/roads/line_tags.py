"""Turn the columns of a layer of lines into tags of OpenStreetMap, whoever wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batu_geo.sources.osm.osm_tags import WATERWAYS
from batu_geo.sources.roads.normal_tags import (
    BAG_KEYS,
    FORWARD_TO_BACK,
    is_absent,
    is_forward_to_back,
    value_of,
    with_bags,
)
from batu_geo.sources.roads.rbi_layers import rbi_columns, rbi_tags
from batu_geo.sources.roads.tag_keys import columns_by_key, known_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batu_geo.sources.roads.reading import RoadReading

CLASSES = "fclass"
TRACK = "track_grade"
Cells = dict[str, list[Any]]


def tags_of_rows(cells: Cells, reading: RoadReading) -> list[dict[str, str]]:
    """Return the tags of each row of a layer, and note which keys the layer has a place for.

    Parameters
    ----------
    cells
        Values of each column.
    reading
        Where the keys, and columns with unclear names, are noted.

    Examples
    --------
    >>> from batu_geo.sources.roads.reading import RoadReading
    >>> tags_of_rows({"HIGHWAY": ["service"], "motor_vehi": ["no"]}, RoadReading())
    [{'motor_vehicle': 'no', 'highway': 'service'}]
    """
    columns, unclear = columns_by_key(cells)
    found = {key: cells[name] for key, name in columns.items() if key in known_keys()}
    bags = [name for name in cells if name.casefold() in BAG_KEYS]
    by_kind = rbi_columns(cells) if "highway" not in found else ()
    _note_keys(reading, found, has_bag=bool(bags), is_rbi=bool(by_kind))
    reading.unclear.update(unclear)
    texts = {key: _column_texts(key, values) for key, values in found.items()}
    rows: list[dict[str, str]] = [
        {key: text for key, text in zip(texts, row, strict=True) if text}
        for row in zip(*texts.values(), strict=True)
    ] or [{} for _ in next(iter(cells.values()), [])]
    for name in bags:
        for tags, text in zip(rows, cells[name], strict=True):
            with_bags(tags, {BAG_KEYS[0]: text})
    if by_kind:
        rows = rbi_tags(cells, by_kind, rows)
    elif CLASSES in cells and "highway" not in found:
        rows = [_by_class(tags, kind) for tags, kind in zip(rows, cells[CLASSES], strict=True)]
    return [_with_times(tags) for tags in rows]


def _note_keys(
    reading: RoadReading, found: Mapping[str, Any], *, has_bag: bool, is_rbi: bool
) -> None:
    """Keep the keys that any layer of the file has a place for."""
    if has_bag:
        reading.keys = set(known_keys())
    elif not is_rbi:
        reading.keys = (reading.keys or set()) | set(found)
    else:
        reading.keys = reading.keys or {"highway", "name"}


def has_classes(cells: Mapping[str, Sequence[Any] | None]) -> bool:
    """Return whether a layer has the classes of its roads; of unread columns whether it may.

    >>> has_classes({"osm_id": None, "fclass": None}), has_classes({"remark": ["Sungai"]})
    (True, False)
    """
    return "highway" in columns_by_key(cells)[0] or CLASSES in cells or rbi_columns(cells) != ()


def _column_texts(key: str, values: Sequence[Any]) -> list[str]:
    """Return the values of a column as texts; equal ones are converted once."""
    codes = FORWARD_TO_BACK if key == "oneway" and is_forward_to_back(values) else None
    known: dict[Any, str] = {}
    texts = []
    for value in values:
        same = (type(value), repr(value) if isinstance(value, list | dict) else value)
        if same not in known:
            known[same] = _text(key, value, codes)
        texts.append(known[same])
    return texts


def _text(key: str, value: Any, codes: Mapping[str, str] | None) -> str:
    if codes is not None and not is_absent(value):
        return codes[str(value).strip().casefold()]
    text = value_of(key, value)
    # Where a column holds numbers, no limit is 0.
    return "" if key == "maxspeed" and text == "0" else text


def _by_class(tags: dict[str, str], kind: Any) -> dict[str, str]:
    """Add the class of an extract whose column `fclass` holds roads, waterways and more."""
    name = "" if is_absent(kind) else str(kind).strip()
    if name.startswith(TRACK):
        return {**tags, "highway": "track", "tracktype": name.removeprefix("track_")}
    if name in WATERWAYS:
        return {**tags, "waterway": name}
    return {**tags, "highway": "road" if name == "unknown" else name} if name else tags


def _with_times(tags: dict[str, str]) -> dict[str, str]:
    """Give rules by time their own key, where a name cut to ten letters has lost the ending."""
    if not any("@" in value for value in tags.values()):
        return tags
    return {
        f"{key}:conditional" if "@" in value and f"{key}:conditional" in known_keys() else key:
        value for key, value in tags.items()
    }  # fmt: skip
