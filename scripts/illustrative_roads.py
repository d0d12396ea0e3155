"""Grow the illustrative road network of the embedded study.

No extract of OpenStreetMap for Kota Batu may be redistributed here, so the
study carries a network that is made up from what is public: which villages
the main roads join, where the village offices stand and how many people live
in each village. The method, in order:

1. every corridor becomes a winding main road through the village offices;
2. each village gets junctions in proportion to its people, around its office,
   in hamlets and along the corridors;
3. a spanning tree over the Delaunay neighbours joins them all, some further
   short links close loops, and what is left over are the dead ends;
4. farm tracks leave the fringe;
5. crossing lines get a shared node, and the whole is written as OSM ways.

Everything is drawn from generators seeded with the village or corridor code,
so one village can change without moving the streets of another.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree
from scipy.spatial import Delaunay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PEOPLE_PER_JUNCTION = 33
JUNCTION_SPACING_M = 36.0
SETTLED_RADIUS_M = 1200.0
ROADSIDE_M = 170.0
VERTEX_SPACING_M = 90.0
LOOP_SHARE = 0.30
LONGEST_LOOP_LINK_M = 130.0
GRID_M = 0.01
STEEP = 0.05

Point = tuple[float, float]


class Place(NamedTuple):
    """A village as the streets see it, in metres."""

    village_id: str
    office: Point
    elevation_m: float
    population: int
    outline: shapely.Polygon


class Corridor(NamedTuple):
    """A main road and the points it passes, in order."""

    corridor_id: str
    name: str
    highway: str
    waypoints: tuple[Point, ...]
    elevations_m: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Street:
    """One line of the network with its OSM tags."""

    line: shapely.LineString
    tags: tuple[tuple[str, str], ...]


def grow_streets(places: Sequence[Place], corridors: Sequence[Corridor]) -> list[Street]:
    """Return the streets of the whole study, crossing lines not yet noded."""
    roads = [(c, leg) for c in corridors for leg in _corridor_legs(c)]
    roadside = shapely.union_all([shapely.LineString(leg) for _, leg in roads])
    main_points = list(dict.fromkeys(p for _, leg in roads for p in leg))
    local_points: list[Point] = []
    owners: list[Place | None] = [None] * len(main_points)
    for place in places:
        fresh = _junctions(place, roadside, taken=main_points + local_points)
        local_points += fresh
        owners += [place] * len(fresh)
    points = main_points + local_points
    links = _links(points, len(main_points), [leg for _, leg in roads])
    streets = [
        Street(shapely.LineString(leg), (("highway", c.highway), ("name", c.name)))
        for c, leg in roads
    ]
    streets += _local_streets(points, owners, links)
    streets += _farm_tracks(places, points, owners)
    return streets


# 1. main roads ---------------------------------------------------------------


def _corridor_legs(corridor: Corridor) -> Iterator[list[Point]]:
    stops = list(zip(corridor.waypoints, corridor.elevations_m, strict=True))
    for number, ((a, up), (b, down)) in enumerate(pairwise(stops)):
        rng = random.Random(f"{corridor.corridor_id}-{number}")
        steepness = abs(up - down) / math.dist(a, b)
        sway = 0.07 if steepness < STEEP else 0.11
        yield _winding(a, b, sway=sway, rng=rng)


def _winding(a: Point, b: Point, *, sway: float, rng: random.Random) -> list[Point]:
    """Displace midpoints sideways until the pieces are short."""
    length = math.dist(a, b)
    if length <= VERTEX_SPACING_M:
        return [a, b]
    shift = rng.uniform(-sway, sway)
    middle = (
        (a[0] + b[0]) / 2 - (b[1] - a[1]) * shift,
        (a[1] + b[1]) / 2 + (b[0] - a[0]) * shift,
    )
    head = _winding(a, middle, sway=sway, rng=rng)
    return head + _winding(middle, b, sway=sway, rng=rng)[1:]


# 2. junctions of each village ------------------------------------------------


def _junctions(place: Place, roadside: shapely.Geometry, *, taken: list[Point]) -> list[Point]:
    rng = random.Random(place.village_id)
    area = shapely.intersection(
        place.outline.buffer(-15),
        shapely.union(
            shapely.Point(place.office).buffer(SETTLED_RADIUS_M), roadside.buffer(ROADSIDE_M)
        ),
    )
    shapely.prepare(area)
    wanted = round(place.population / PEOPLE_PER_JUNCTION)
    nearby = [p for p in taken if math.dist(p, place.office) < 4 * SETTLED_RADIUS_M]
    crowd = _Crowd([place.office, *nearby])
    hamlets = [_around(place.office, 820, rng) for _ in range(2 + place.population // 3500)]
    stretch = shapely.intersection(roadside, place.outline)
    fresh: list[Point] = []
    for _ in range(wanted * 60):
        if len(fresh) == wanted:
            break
        point = _draw(place.office, hamlets, stretch, rng)
        if area.contains(shapely.Point(point)) and crowd.has_room(point):
            crowd.add(point)
            fresh.append(point)
    return [*([] if place.office in taken else [place.office]), *fresh]


def _draw(
    office: Point, hamlets: list[Point], stretch: shapely.Geometry, rng: random.Random
) -> Point:
    where = rng.random()
    if where < 0.42:
        return _around(office, 430, rng)
    if where < 0.80 or stretch.is_empty:
        return _around(hamlets[rng.randrange(len(hamlets))], 210, rng)
    lines = shapely.get_parts(shapely.line_merge(stretch))
    line = lines[rng.randrange(len(lines))]
    on_road = shapely.line_interpolate_point(line, rng.random(), normalized=True)
    return _around((on_road.x, on_road.y), 75, rng)


def _around(centre: Point, sigma_m: float, rng: random.Random) -> Point:
    return (rng.gauss(centre[0], sigma_m), rng.gauss(centre[1], sigma_m))


class _Crowd:
    """Points in square cells, so that a new one keeps its distance."""

    def __init__(self, points: Iterable[Point]) -> None:
        self.cells: dict[tuple[int, int], list[Point]] = {}
        for point in points:
            self.add(point)

    def add(self, point: Point) -> None:
        self.cells.setdefault(self._cell(point), []).append(point)

    def has_room(self, point: Point) -> bool:
        column, row = self._cell(point)
        return all(
            math.dist(point, other) >= JUNCTION_SPACING_M
            for c in (column - 1, column, column + 1)
            for r in (row - 1, row, row + 1)
            for other in self.cells.get((c, r), ())
        )

    @staticmethod
    def _cell(point: Point) -> tuple[int, int]:
        return int(point[0] // JUNCTION_SPACING_M), int(point[1] // JUNCTION_SPACING_M)


# 3. local streets ------------------------------------------------------------


class Link(NamedTuple):
    """A street between two points: in the tree, with people behind it, or a loop."""

    start: int
    end: int
    behind: int
    is_loop: bool


def _links(points: list[Point], main: int, legs: list[list[Point]]) -> list[Link]:
    xy = np.array(points)
    index = {p: i for i, p in enumerate(points)}
    on_road = np.array([(index[p], index[q]) for leg in legs for p, q in pairwise(leg)])
    triangles = Delaunay(xy).simplices
    pairs = np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    pairs = pairs[pairs[:, 1] >= main]
    length = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T)
    start = np.concatenate([on_road[:, 0], pairs[:, 0]])
    end = np.concatenate([on_road[:, 1], pairs[:, 1]])
    weight = np.concatenate([np.full(len(on_road), 1e-3), length])
    size = (len(points), len(points))
    tree = minimum_spanning_tree(coo_array((weight, (start, end)), shape=size).tocsr())
    behind = _behind(tree, len(points))
    in_tree = {(min(a, b), max(a, b)) for a, b in zip(*tree.nonzero(), strict=True)}
    roads = {(min(a, b), max(a, b)) for a, b in on_road.tolist()}
    links = [
        Link(int(a), int(b), min(behind[a], behind[b]), is_loop=False)
        for a, b in sorted(in_tree - roads)
    ]
    rng = random.Random("loops")
    links += [
        Link(int(a), int(b), 0, is_loop=True)
        for (a, b), metres in zip(pairs.tolist(), length.tolist(), strict=True)
        if (a, b) not in in_tree
        and metres < LONGEST_LOOP_LINK_M
        and _is_gabriel(xy, a, b)
        and rng.random() < LOOP_SHARE
    ]
    return links


def _behind(tree: coo_array, size: int) -> list[int]:
    """Junctions that hang on each point of the tree, itself included."""
    order, parent = breadth_first_order(tree, 0, directed=False)
    behind = [1] * size
    for node in order[:0:-1].tolist():
        behind[parent[node]] += behind[node]
    return behind


def _is_gabriel(xy: np.ndarray, a: int, b: int) -> bool:
    """Say whether no other point lies in the circle over the link."""
    middle, radius = (xy[a] + xy[b]) / 2, np.hypot(*(xy[a] - xy[b])) / 2
    others = np.hypot(*(xy - middle).T) < radius * 0.999
    return not others.any()


def _local_streets(
    points: list[Point], owners: list[Place | None], links: list[Link]
) -> Iterator[Street]:
    rng = random.Random("local streets")
    for link in links:
        a, b = points[link.start], points[link.end]
        owner = owners[link.end] or owners[link.start]
        if owner is None:
            raise ValueError("a local street joins two points of a main road")
        line = shapely.LineString(_bent(a, b, rng))
        yield Street(line, tuple(_local_tags(link, line, owner, rng)))


def _bent(a: Point, b: Point, rng: random.Random) -> list[Point]:
    length = math.dist(a, b)
    count = 0 if length < 45 else 1 if length < 110 else int(length // 60)
    bent = [a]
    for k in range(1, count + 1):
        t = k / (count + 1)
        shift = rng.gauss(0, 0.055)
        bent.append(
            (
                a[0] + (b[0] - a[0]) * t - (b[1] - a[1]) * shift,
                a[1] + (b[1] - a[1]) * t + (b[0] - a[0]) * shift,
            )
        )
    return [*bent, b]


def _local_tags(
    link: Link, line: shapely.LineString, owner: Place, rng: random.Random
) -> Iterator[tuple[str, str]]:
    from_office = line.distance(shapely.Point(owner.office))
    chance = rng.random()
    if link.is_loop:
        in_town = owner.population > 13_000 and from_office < 450
        if chance < 0.06:
            yield ("highway", "footway")
        elif chance < 0.13:
            yield ("highway", "path")
        elif chance < 0.28 and in_town:
            yield from (("highway", "residential"), ("oneway", "-1" if chance < 0.14 else "yes"))
        else:
            yield ("highway", "living_street" if in_town and chance < 0.45 else "residential")
    elif link.behind >= 30 or line.length > 190:
        yield ("highway", "unclassified")
        if chance < 0.06:
            yield ("surface", "asphalt" if chance < 0.04 else "concrete")
    elif link.behind == 1 and from_office > 700 and chance < 0.16:
        yield ("highway", "path" if chance < 0.09 else "service")
    else:
        yield ("highway", "living_street" if chance < 0.06 else "residential")
        if 0.06 < chance < 0.063:
            yield ("maxspeed", "30")


# 4. farm tracks --------------------------------------------------------------


def _farm_tracks(
    places: Sequence[Place], points: list[Point], owners: list[Place | None]
) -> Iterator[Street]:
    for place in places:
        rng = random.Random(f"tracks-{place.village_id}")
        mine = [p for p, owner in zip(points, owners, strict=True) if owner is place]
        mine.sort(key=lambda p: math.dist(p, place.office))
        fringe = mine[int(len(mine) * 0.75) :]
        field = shapely.Point(place.office).buffer(SETTLED_RADIUS_M + 150)
        field = shapely.intersection(field, place.outline)
        for start in rng.sample(fringe, min(5, len(fringe))):
            away = math.atan2(start[1] - place.office[1], start[0] - place.office[0])
            angle, reach = away + rng.uniform(-0.6, 0.6), rng.uniform(180, 420)
            end = (start[0] + reach * math.cos(angle), start[1] + reach * math.sin(angle))
            line = shapely.LineString(_winding(start, end, sway=0.16, rng=rng))
            if shapely.contains(field, line):
                yield Street(line, (("highway", "track"), ("surface", "unpaved")))


# 5. shared nodes -------------------------------------------------------------


def noded_ways(streets: Sequence[Street]) -> list[tuple[list[Point], dict[str, str]]]:
    """Give crossing streets a shared vertex and return each as points and tags.

    Vertices fall on a grid of one centimetre, so that equal points are equal.
    """
    lines = [s.line for s in streets]
    pieces = shapely.get_parts(shapely.union_all(lines, grid_size=GRID_M))
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    tree = shapely.STRtree(lines)
    found, parents = tree.query_nearest(middles, all_matches=False)
    owned: dict[int, list[tuple[float, shapely.LineString]]] = {}
    for piece, middle, parent in zip(pieces[found], middles[found], parents, strict=True):
        along = shapely.line_locate_point(lines[parent], middle)
        owned.setdefault(int(parent), []).append((float(along), piece))
    ways = []
    for parent in sorted(owned):
        street = streets[parent]
        ways += [(chain, dict(street.tags)) for chain in _chains(street.line, owned[parent])]
    return ways


def _chains(
    line: shapely.LineString, pieces: list[tuple[float, shapely.LineString]]
) -> Iterator[list[Point]]:
    """Join the pieces of a street again, in its own direction."""
    chain: list[Point] = []
    for _, piece in sorted(pieces, key=lambda p: p[0]):
        run = [(round(x, 2), round(y, 2)) for x, y in piece.coords]
        first, last = (line.project(shapely.Point(p)) for p in (run[0], run[-1]))
        if first > last:
            run.reverse()
        if chain and chain[-1] == run[0]:
            chain += run[1:]
            continue
        if chain:
            yield chain
        chain = run
    if chain:
        yield chain
