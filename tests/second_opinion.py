"""The headline once more, from `docs/methods/travel_time.md` alone: no code of the package.

People on foot, a study folder with boundaries, population, units, roads and a baseline.
"""

from __future__ import annotations

import csv
import json
import math
import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import osmium
import pyproj
import shapely

AT_ONCE_M = 0.1
DRAWN_TWICE_M = 1.0
CARRIAGEWAYS_M, DRAWINGS_M, MOST, PLACES_M = 30.0, 8.0, 0.75, 20.0
STRETCH_M = 100.0
OFF_LIMITS = ("motorway", "motorway_link")
CLOSED = ("no", "private", "agricultural", "forestry", "military", "emergency")


class Opinion:
    """Whole people and milliseconds on foot of every stretch of inhabited street of a study."""

    def __init__(self, study: Path) -> None:
        self.card = tomllib.loads((study / "study.toml").read_text(encoding="utf-8"))
        self.scenario = tomllib.loads((study / "scenarios/baseline.toml").read_text("utf-8"))
        self.to_metres = pyproj.Transformer.from_crs("EPSG:4326", self.card["crs"], always_xy=True)
        self.foot = self.scenario["modes"]["foot"]
        beyond = ("turn_s", "crossing_s", "then")
        if self.scenario.get("closures") or any(self.foot.get(name) for name in beyond):
            raise ValueError("closures, delays at junctions and changes are not counted here")
        self.walk_ms_per_m = 3600 / self.foot["door_speed_kmh"]
        self.villages = self._features(study / self.card["villages"]["path"])
        self.edges = self._edges(study / self.card["roads"]["path"])
        self.lines = [edge["line"] for edge in self.edges]
        self.tree = shapely.STRtree(self.lines)
        self.people = self._people(study / self.card["population"]["path"])
        self.units = self._units(study / self.card["facilities"]["path"])
        self.homes = self._homes()
        self.minutes = self._minutes()

    def served(self) -> int:
        """Return the people within the threshold of the headline."""
        limit = self.scenario["headline"]["threshold_minutes"]
        return sum(n for (_, _, n), t in zip(self.homes, self.minutes, strict=True) if t <= limit)

    def mean_minutes(self, village_id: str) -> float:
        """Return the mean minutes of the people of a village."""
        here = [(n, t) for (v, _, n), t in zip(self.homes, self.minutes, strict=True)
                if v == village_id]  # fmt: skip
        return sum(n * t for n, t in here) / sum(n for n, _ in here)

    def _features(self, path: Path) -> list[tuple[dict[str, Any], shapely.Geometry]]:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        shapes = [shapely.geometry.shape(f["geometry"]) for f in features]
        metres = [shapely.transform(s, self.to_metres.transform, interleaved=False) for s in shapes]
        return [(f["properties"], shape) for f, shape in zip(features, metres, strict=True)]

    def _edges(self, path: Path) -> list[dict[str, Any]]:
        """Return the streets cut at their ends and wherever a node is used more than once."""
        node, degrees, ways = {}, {}, []
        for thing in osmium.FileProcessor(str(path)):
            if thing.is_node():
                degrees[thing.id] = thing.location.lon, thing.location.lat
                node[thing.id] = self.to_metres.transform(*degrees[thing.id])
            elif thing.is_way() and "highway" in thing.tags and thing.tags.get("area") != "yes":
                ways.append((thing.id, dict(thing.tags), [n.ref for n in thing.nodes]))
        # How many metres are drawn for one on the ground.
        drawn = pyproj.Proj(self.card["crs"]).get_factors(*np.array([*degrees.values()]).T)
        scale = dict(zip(degrees, drawn.meridional_scale, strict=True))
        uses = Counter(n for _, _, nodes in ways for n in nodes)
        height = self._surface()
        edges = []
        for way_id, tags, nodes in sorted(ways, key=lambda way: way[0]):
            cuts = [k for k, n in enumerate(nodes) if uses[n] > 1 or k in (0, len(nodes) - 1)]
            for low, high in zip(cuts, cuts[1:], strict=False):
                xy = np.array([node[n] for n in nodes[low : high + 1]])
                factor = np.array([scale[n] for n in nodes[low : high + 1]])
                run = np.hypot(*np.diff(xy, axis=0).T) / ((factor[1:] + factor[:-1]) / 2)
                edges.append({
                    "way": way_id, "name": tags.get("name") or tags.get("ref"),
                    "sense": {"yes": 1, "-1": -1}.get(tags.get("oneway", "no"), 0), "ends": (nodes[low], nodes[high]), "class": tags["highway"],
                    "line": shapely.LineString(xy), "metres": run.sum(),
                    "ms": self._edge_ms(tags, run, np.diff(height(xy))),
                    "is_off": tags["highway"] in OFF_LIMITS
                    or tags.get("bridge", "no") != "no" or tags.get("tunnel", "no") != "no",
                })  # fmt: skip
        return edges

    def _surface(self) -> Any:
        """Return the heights at places: a cone over each village office, and a constant."""
        known = [p for p, _ in self.villages]
        office = np.array([self.to_metres.transform(p["office_lon"], p["office_lat"])
                           for p in known])  # fmt: skip
        z = np.array([p["office_elevation_m"] for p in known], float)
        apart = np.hypot(*(office[:, None] - office[None]).transpose(2, 0, 1))
        count = len(z)
        system = np.ones((count + 1, count + 1))
        system[:count, :count], system[count, count] = apart, 0
        *weights, level = np.linalg.solve(system, np.append(z, 0))

        def height(xy: np.ndarray) -> np.ndarray:
            far = np.hypot(*(xy[:, None] - office[None]).transpose(2, 0, 1))
            return np.clip(far @ np.array(weights) + level, z.min(), z.max())

        return height

    def _edge_ms(
        self, tags: dict[str, str], run: np.ndarray, rise: np.ndarray
    ) -> tuple[float, float]:
        """Return whole milliseconds along a stretch of street and against it."""
        speeds = self.foot["speeds_kmh"].get(tags["highway"])
        if speeds is None or tags.get("foot", tags.get("access")) in CLOSED:
            return math.inf, math.inf
        kmh = speeds[["slow", "middle", "fast"].index(self.scenario["travel"]["speed_set"])]
        slope = np.divide(rise, run, out=np.zeros_like(run), where=run > 0)
        steepest = self.foot.get("steepest_percent", 50) / 100
        slope = np.clip(slope, -steepest, steepest)
        ms = [(run * np.exp(3.5 * (np.abs(sign * slope + 0.05) - 0.05))).sum() * 3600 / kmh
              for sign in (1, -1)]  # fmt: skip
        return float(np.rint(ms[0])), float(np.rint(ms[1]))

    def _people(self, path: Path) -> dict[str, int]:
        with path.open(encoding="utf-8", newline="") as file:
            return {r["village_id"]: int(r["population"]) for r in csv.DictReader(file)}

    def _units(self, path: Path) -> list[shapely.Point]:
        service = self.scenario["service"]
        return [p for f, p in self._features(path)
                if f["kind"] in service["kinds"] and f["status"] in service["open_statuses"]
                and f["operator"] != "private"]  # fmt: skip

    def _homes(self) -> list[tuple[str, shapely.Point, int]]:
        """Return village, place and people of each stretch of inhabited street with people."""
        settings = self.scenario["demand"]
        lived_in = [
            e for e in self.edges if e["class"] in settings["inhabited_classes"]
            and e["metres"] > 0 and not e["is_off"]
        ]  # fmt: skip
        shapes = sorted(((p["village_id"], s) for p, s in self.villages), key=lambda v: v[0])
        outlines = [shape for _, shape in shapes]
        tree = shapely.STRtree([e["line"] for e in lived_in])
        lived_in = [
            edge for number, edge in enumerate(lived_in)
            if not any(self._is_same(lived_in[k], edge) for k in tree.query(edge["line"])
                       if k < number)
        ]  # fmt: skip
        tree = shapely.STRtree([e["line"] for e in lived_in])
        stretches: dict[str, list[tuple[shapely.Point, float]]] = defaultdict(list)
        for edge in lived_in:
            count = math.ceil(edge["metres"] / settings["spacing_m"])
            near = tree.query(edge["line"], predicate="dwithin", distance=CARRIAGEWAYS_M)
            others = [lived_in[k] for k in near if lived_in[k] is not edge]
            share = _shares(edge, [e for e in others if _may_be_one(edge, e)], count)
            for k in range(count):
                place = edge["line"].interpolate((k + 0.5) / count, normalized=True)
                inside = [v for v, o in zip(shapes, outlines, strict=True) if o.intersects(place)]
                if inside:
                    stretches[inside[0][0]].append((place, edge["metres"] / count * share[k]))
        homes = []
        for village_id, here in stretches.items():
            metres = np.array([m for _, m in here])
            exact = self.people[village_id] * metres / metres.sum()
            whole = np.floor(exact).astype(int)
            left = self.people[village_id] - whole.sum()
            order = np.argsort(-np.round(exact - whole, 9), kind="stable")
            whole[order[:left]] += 1
            homes += [(village_id, p, int(n))
                      for (p, _), n in zip(here, whole, strict=True) if n]  # fmt: skip
        return homes

    def _is_same(self, one: dict[str, Any], other: dict[str, Any]) -> bool:
        is_alike = abs(one["metres"] - other["metres"]) <= 2 * DRAWN_TWICE_M
        return is_alike and shapely.hausdorff_distance(one["line"], other["line"]) <= DRAWN_TWICE_M

    def _joins(self, place: shapely.Point, limit_m: float) -> list[tuple[int, float, float]]:
        """Return edge, share along it and straight metres of every join of a place."""
        found = []
        for number in self.tree.query(place, predicate="dwithin", distance=limit_m).tolist():
            line = self.lines[number]
            along = line.project(place)
            share = 0.0 if along < AT_ONCE_M else along / line.length
            share = 1.0 if along >= AT_ONCE_M and line.length - along < AT_ONCE_M else share
            found.append((number, share, line.distance(place)))
        return found

    def _minutes(self) -> list[float]:
        """Return the minutes of each home to the nearest unit."""
        refuse_m = self.scenario["snapping"]["refuse_m"]
        towards, of_edge = nx.DiGraph(), defaultdict(list)

        def link(here: Any, there: Any, ms: float) -> None:
            # The search runs from the units, so every arc is turned round.
            if ms < towards.get_edge_data(there, here, {"ms": math.inf})["ms"]:
                towards.add_edge(there, here, ms=ms)

        for edge in self.edges:
            start, end = edge["ends"]
            link(start, end, edge["ms"][0])
            link(end, start, edge["ms"][1])
        for unit in self.units:
            for number, share, metres in self._joins(unit, refuse_m):
                edge = self.edges[number]
                if edge["is_off"] or math.isinf(edge["ms"][0]):
                    continue
                walk = round(metres * self.walk_ms_per_m)
                start, end = edge["ends"]
                link(start, "unit", round(share * edge["ms"][0]) + walk)
                link(end, "unit", round((1 - share) * edge["ms"][1]) + walk)
                of_edge[number].append((share, walk))
        ms_from = nx.single_source_dijkstra_path_length(towards, "unit", weight="ms")
        return [self._trip_ms(place, ms_from, of_edge) / 60_000 for _, place, _ in self.homes]

    def _trip_ms(self, home: shapely.Point, ms_from: Any, of_edge: Any) -> float:
        if any(home.distance(unit) <= AT_ONCE_M for unit in self.units):
            return 0.0
        best = math.inf
        for number, share, _ in self._joins(home, AT_ONCE_M):
            ahead, back = self.edges[number]["ms"]
            start, end = self.edges[number]["ends"]
            best = min(best, ms_from.get(start, math.inf) + round(share * back),
                       ms_from.get(end, math.inf) + round((1 - share) * ahead))  # fmt: skip
            for to, walk in of_edge[number]:
                along = (to - share) * ahead if to >= share else (share - to) * back
                best = min(best, round(along) + walk)
        return best


def _may_be_one(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if one["name"] and other["name"]:
        return bool(one["name"] == other["name"])
    return bool(one["class"] == other["class"])


def _shares(edge: dict[str, Any], others: list[dict[str, Any]], count: int) -> list[float]:
    """Return what each of the equal stretches of an edge counts beside others of its street."""
    if not others:
        return [1.0] * count
    lines = np.zeros(len(_places(edge)[0]))
    for other in others:
        metres, sense = _beside(edge, other)
        is_near = metres <= DRAWINGS_M
        is_twin = sense < 0
        if max(is_near.mean(), (_beside(other, edge)[0] <= DRAWINGS_M).mean()) >= MOST:
            is_twin |= is_near
        lines += is_twin
    return [float(part.mean()) for part in (1 / (1 + lines)).reshape(count, -1)]


def _beside(edge: dict[str, Any], other: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return metres to another line, inf where it is not beside, and below 0 if against, by place.

    Of several pieces beside a place the nearest counts.
    """
    places, ahead = _places(edge)
    begin, step = _pieces(other)
    way, metres = _way_and_metres(places, begin, step)
    cosine = ahead @ step.T / np.hypot(*step.T)
    is_beside = (way >= 0) & (way <= 1) & (metres <= CARRIAGEWAYS_M)
    is_beside &= np.abs(cosine) >= math.cos(math.radians(20))
    metres = np.where(is_beside, metres, np.inf)
    row, best = np.arange(len(places)), metres.argmin(axis=1)
    sense = np.where(is_beside, edge["sense"] * other["sense"] * cosine, 0.0)
    return metres[row, best], sense[row, best]


def _places(edge: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return places at most 20 m apart in stretches of at most 100 m, and the directions there."""
    if "places" not in edge:
        count = math.ceil(edge["metres"] / STRETCH_M)
        count *= math.ceil(edge["metres"] / count / PLACES_M)
        shares = (np.arange(count) + 0.5) / count
        found = shapely.line_interpolate_point(edge["line"], shares, normalized=True)
        places, (begin, step) = shapely.get_coordinates(found), _pieces(edge)
        own = _way_and_metres(places, begin, step)[1].argmin(axis=1)
        edge["places"] = places, step[own] / np.hypot(*step[own].T)[:, None]
    return edge["places"]


def _pieces(edge: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return where each straight piece of a line begins, and the step to its end."""
    corners = np.array(edge["line"].coords)
    step = np.diff(corners, axis=0)
    is_long = np.hypot(*step.T) > 0
    return corners[:-1][is_long], step[is_long]


def _way_and_metres(
    places: np.ndarray, begin: np.ndarray, step: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return how far along each piece the foot of each place lies, in lengths, and its distance."""
    away = places[:, None] - begin
    way = (away * step).sum(axis=2) / (step**2).sum(axis=1)
    rest = away - np.clip(way, 0, 1)[:, :, None] * step
    return way, np.hypot(rest[..., 0], rest[..., 1])
