"""Which nodes of an OSM PBF file lie in a box, block by block and in arrays.

An extract of an island has a hundred million nodes, for each of which pyosmium would make an object
of Python. Only one block at a time is in memory.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from numpy.typing import NDArray

    from batu_geo.sources.osm.overpass import Box

SIZE = 4
LARGEST_HEADER = 2**16
LARGEST_BLOB = 2**25
LONGEST_NUMBER = 10
NANODEGREES = 1e-9
# Numbers of fields in the form of OSM PBF; 2 and 0 are its kinds of fields.
NUMBER, BYTES = 0, 2
FIXED = {1: 8, 5: 4}
RAW, ZLIB = 1, 3
GROUP, GRANULARITY, LAT_OFFSET, LON_OFFSET = 2, 17, 19, 20
PLAIN_NODES, DENSE_NODES = 1, 2
ID, LAT, LON = 1, 8, 9


class UnknownFormError(ValueError):
    """A block that is packed in a way that is not read here."""


def nodes_within(file: BinaryIO, box: Box) -> NDArray[np.int64]:
    """Return the ids of the nodes in a box of degrees.

    Raises
    ------
    UnknownFormError
        When the file has blocks that are packed in another way than by zlib, or nodes that are
        not dense: pyosmium reads them.
    """
    found = [_inside(block, box) for block in _blocks(file)]
    return np.concatenate([np.zeros(0, np.int64), *found])


def _blocks(file: BinaryIO) -> Iterator[memoryview]:
    """Yield each block of data, unpacked."""
    while size := file.read(SIZE):
        header = dict(_fields(memoryview(file.read(_at_most(size, LARGEST_HEADER)))))
        length = header.get(3, 0)
        if not isinstance(length, int) or length > LARGEST_BLOB:
            raise UnknownFormError
        blob = dict(_fields(memoryview(file.read(length))))
        kind = header.get(1)
        if not isinstance(kind, memoryview) or bytes(kind) != b"OSMData":
            continue
        if isinstance(packed := blob.get(ZLIB), memoryview):
            unpacker = zlib.decompressobj()
            yield memoryview(unpacker.decompress(packed, LARGEST_BLOB))
        elif isinstance(raw := blob.get(RAW), memoryview):
            yield raw
        else:
            raise UnknownFormError


def _at_most(size: bytes, most: int) -> int:
    length = int.from_bytes(size, "big")
    if length > most or len(size) < SIZE:
        raise UnknownFormError
    return length


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield number and value of each field of a message."""
    at = 0
    while at < len(message):
        key, at = _number(message, at)
        kind = key & 7
        if kind == NUMBER:
            value, at = _number(message, at)
            yield key >> 3, value
            continue
        length, at = (FIXED[kind], at) if kind in FIXED else _number(message, at)
        if kind not in (BYTES, *FIXED) or at + length > len(message):
            raise UnknownFormError
        yield key >> 3, message[at : at + length]
        at += length


def _number(message: memoryview, at: int) -> tuple[int, int]:
    """Return a number of variable length, and where the next field begins."""
    value = shift = 0
    while at < len(message) and shift < 64:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
    raise UnknownFormError


def _inside(block: memoryview, box: Box) -> NDArray[np.int64]:
    """Return the ids of the dense nodes of a block that lie in a box."""
    numbers = {GRANULARITY: 100, LAT_OFFSET: 0, LON_OFFSET: 0}
    groups: list[memoryview] = []
    for field, value in _fields(block):
        if field == GROUP and isinstance(value, memoryview):
            groups.append(value)
        elif field in numbers and isinstance(value, int):
            numbers[field] = value if value < 2**63 else value - 2**64
    found = [np.zeros(0, np.int64)]
    for group in groups:
        for field, value in _fields(group):
            if field == PLAIN_NODES:
                raise UnknownFormError
            if field != DENSE_NODES or not isinstance(value, memoryview):
                break
            columns = dict(_fields(value))
            ids, lat, lon = (_running_sums(columns.get(name, b"")) for name in (ID, LAT, LON))
            if not len(ids) == len(lat) == len(lon):
                raise UnknownFormError
            x, y = (
                (numbers[offset] + numbers[GRANULARITY] * steps) * NANODEGREES
                for offset, steps in ((LON_OFFSET, lon), (LAT_OFFSET, lat))
            )
            west, south, east, north = box
            found.append(ids[(west <= x) & (x <= east) & (south <= y) & (y <= north)])
    return np.concatenate(found)


def _running_sums(packed: int | bytes | memoryview) -> NDArray[np.int64]:
    """Return the sums of signed numbers of variable length, each the step from the one before.

    >>> _running_sums(bytes([2, 4, 3])).tolist(), _running_sums(bytes([0x80, 0x01])).tolist()
    ([1, 3, 1], [64])
    """
    if isinstance(packed, int):
        raise UnknownFormError
    octets = np.frombuffer(packed, np.uint8)
    ends = np.flatnonzero(octets < 128)
    if not len(ends):
        return np.zeros(0, np.int64)
    starts = np.r_[0, ends[:-1] + 1]
    sizes = ends - starts + 1
    if ends[-1] + 1 != len(octets) or sizes.max() > LONGEST_NUMBER:
        raise UnknownFormError
    place = np.arange(len(octets)) - np.repeat(starts, sizes)
    parts = (octets & 127).astype(np.uint64) << (7 * place).astype(np.uint64)
    numbers = np.add.reduceat(parts, starts)
    steps = (numbers >> np.uint64(1)).astype(np.int64) ^ -(numbers & np.uint64(1)).astype(np.int64)
    return np.cumsum(steps)
