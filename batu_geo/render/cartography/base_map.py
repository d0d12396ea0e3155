"""What every map of an assessment shares: the tables it is drawn from and the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from batu_geo.access.units import unit_is_open
from batu_geo.planning.once import once_for_each
from batu_geo.planning.road_joins import far_from_roads
from batu_geo.render.cartography.ground import districts, empty_ground, landmarks, water
from batu_geo.render.cartography.hillshade import hillshade
from batu_geo.render.cartography.palette import ROADS
from batu_geo.render.cartography.symbols import facility_symbols
from batu_geo.render.text.words import mode_word, number, opened_words, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import Facilities, Villages
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.study import Relief
    from batu_geo.render.cartography.map_spec import Medium


OUTLINE_TOLERANCE_M: Mapping[Medium, float] = {"screen": 15.0, "paper": 10.0}
ROAD_TOLERANCE_M: Mapping[Medium, float] = {"screen": 5.0, "paper": 12.0}


@dataclass(frozen=True, slots=True)
class RoadLines:
    """The lines of roads that look alike."""

    lines: shapely.Geometry
    width: float
    colour: str


@dataclass(frozen=True, eq=False)
class Backdrop:
    """What lies beneath the maps of an assessment in every language."""

    villages: Villages
    roads: RoadNetwork
    demand: gpd.GeoDataFrame
    relief: Relief | None

    @cached_property
    def districts(self) -> gpd.GeoSeries:
        """The outlines of the districts by name."""
        return districts(self.villages)

    @cached_property
    def empty_ground(self) -> shapely.Geometry:
        """The ground where nobody lives."""
        return empty_ground(self.villages, self.demand)

    @cached_property
    def water(self) -> gpd.GeoSeries:
        """The water that the road file brings."""
        return water(self.roads, self.villages)

    @cached_property
    def shade(self) -> NDArray[np.uint8] | None:
        """The shadows of the hills where nobody lives."""
        return None if self.relief is None else hillshade(self.relief, self.empty_ground)

    @cached_property
    def screen_outlines(self) -> gpd.GeoSeries:
        """The outlines of the villages for a page."""
        return outlines(self.villages, "screen")

    @cached_property
    def paper_outlines(self) -> gpd.GeoSeries:
        """The outlines of the villages for a sheet."""
        return outlines(self.villages, "paper")


@once_for_each
def backdrop(assessment: Assessment) -> Backdrop:
    """Return what lies beneath the maps of an assessment; each part is drawn when asked for."""
    study = assessment.study
    return Backdrop(study.villages, study.roads, assessment.demand, study.relief)


@dataclass(frozen=True, eq=False)
class BaseMap:
    """An assessment as its maps show it.

    Attributes
    ----------
    assessment, language
        What is shown, and the language of every word.
    backdrop
        What lies beneath, shared by all maps of the assessment.
    is_open_unit
        By facility: whether a unit is open; missing for others.
    ranks
        Rank of need by village id, of those without a unit.
    """

    assessment: Assessment
    language: Language
    backdrop: Backdrop
    is_open_unit: pd.Series[bool]
    ranks: Mapping[str, int]

    @property
    def villages(self) -> Villages:
        """The villages of the study."""
        return self.assessment.study.villages

    @property
    def facilities(self) -> Facilities:
        """The facilities of the study."""
        return self.assessment.study.facilities

    @property
    def roads(self) -> RoadNetwork:
        """The roads of the study."""
        return self.assessment.study.roads

    @property
    def scenario(self) -> Scenario:
        """The scenario that was assessed."""
        return self.assessment.scenario

    @property
    def place(self) -> str:
        """The name of the city."""
        return self.assessment.study.title

    @property
    def inputs(self) -> Mapping[str, Mapping[str, str]]:
        """By table: origin, date and evidence."""
        return self.assessment.study.inputs

    @property
    def status(self) -> tuple[str, ...]:
        """State of each village in the order of the table, as `Assessment.unit_status`."""
        return tuple(self.villages["village_id"].map(self.assessment.unit_status))

    @cached_property
    def facility_symbols(self) -> pd.Series[str]:
        """The name of the symbol of each facility."""
        off_road = far_from_roads(self.assessment.joins, "unit")
        return facility_symbols(self.facilities, self.is_open_unit, off_road)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the villages in the order of the table."""
        return tuple(str(name) for name in self.villages["village_name"])

    @property
    def limit(self) -> dict[str, str]:
        """Headline threshold and mode in words."""
        headline = self.scenario.headline
        return self.limit_of(headline.mode, headline.threshold_minutes)

    def limit_of(self, mode: str, minutes: float) -> dict[str, str]:
        """Return a threshold and mode in words."""
        return {"threshold": self.number(minutes), "mode": mode_word(mode, self.language)}

    @property
    def districts(self) -> gpd.GeoSeries:
        """The outlines of the districts by name."""
        return self.backdrop.districts

    @cached_property
    def landmarks(self) -> gpd.GeoDataFrame:
        """Names by which readers find their way, as the study says them."""
        study = self.assessment.study
        return landmarks(study.place.landmarks, study.crs, self.language)

    @property
    def empty_ground(self) -> shapely.Geometry:
        """The ground where nobody lives."""
        return self.backdrop.empty_ground

    @property
    def water(self) -> gpd.GeoSeries:
        """The water that the road file brings: lines and areas, none where it has none."""
        return self.backdrop.water

    @property
    def shade(self) -> NDArray[np.uint8] | None:
        """The shadows of the hills where nobody lives; None where the study has no heights."""
        return self.backdrop.shade

    @property
    def screen_roads(self) -> tuple[RoadLines, ...]:
        """The roads of a page, merged by their look."""
        return screen_roads(self.roads)

    @property
    def paper_roads(self) -> tuple[RoadLines, ...]:
        """The roads of a sheet, merged by their look."""
        return paper_roads(self.roads)

    @property
    def screen_outlines(self) -> gpd.GeoSeries:
        """The outlines of the villages for a page."""
        return self.backdrop.screen_outlines

    @property
    def paper_outlines(self) -> gpd.GeoSeries:
        """The outlines of the villages for a sheet."""
        return self.backdrop.paper_outlines

    def word(self, key: str, **values: object) -> str:
        """Return a label in the language of the map."""
        return word(key, self.language, **values)

    def number(self, value: Any, digits: int = 0) -> str:
        """Return a number as the reader of the map writes it."""
        return number(value, self.language, digits)

    def note(self, what: str) -> str:
        """Return the line under a heading: which scenario, and what is shown."""
        title = scenario_title(self.scenario, self.language)
        return self.word("map_scenario", scenario=title, what=what)

    def opened(self, count: int) -> str:
        """Return the buildings that are opened in words."""
        return opened_words(self.scenario, self.language, count=count)

    def points(self, *more: pd.Series[Any]) -> gpd.GeoSeries:
        """Return the places of the facilities and some more."""
        return gpd.GeoSeries(pd.concat([self.facilities.geometry, *more], ignore_index=True))


def base_map(assessment: Assessment, language: Language = "id") -> BaseMap:
    """Return what every map of an assessment shares."""
    gaps = assessment.gaps
    return BaseMap(
        assessment=assessment,
        language=language,
        backdrop=backdrop(assessment),
        is_open_unit=unit_is_open(assessment.study.facilities, assessment.scenario.service),
        ranks=dict(zip(gaps["village_id"], gaps["rank"].astype(int), strict=True)),
    )


def scenario_title(scenario: Scenario, language: Language) -> str:
    """Return the title of a scenario in the language, where it has one."""
    return scenario.title_en if language == "en" and scenario.title_en else scenario.title


def outlines(villages: Villages, medium: Medium) -> gpd.GeoSeries:
    """Return the outlines of villages, simplified together so that no gap opens."""
    shapes = shapely.coverage_simplify(villages.geometry.to_numpy(), OUTLINE_TOLERANCE_M[medium])
    return gpd.GeoSeries(shapes, crs=villages.crs)


def road_lines(roads: RoadNetwork, medium: Medium) -> tuple[RoadLines, ...]:
    """Return the roads as one line a look, the least important first."""
    members: dict[tuple[float, str], list[str]] = {}
    for road in reversed(ROADS):
        look = road.screen if medium == "screen" else road.paper
        if look:
            members.setdefault(look, []).extend(road.classes)
    classes = np.array(roads.classes, dtype=object)[roads.road_class]
    drawn = []
    for (width, colour), names in members.items():
        chosen = np.flatnonzero(np.isin(classes, [*names, *(f"{name}_link" for name in names)]))
        if len(chosen):
            lines = simplified_lines(roads.lines(chosen), ROAD_TOLERANCE_M[medium])
            drawn.append(RoadLines(lines, width, colour))
    return tuple(drawn)


@once_for_each
def screen_roads(roads: RoadNetwork) -> tuple[RoadLines, ...]:
    """Return the roads of a page, merged by their look."""
    return road_lines(roads, "screen")


@once_for_each
def paper_roads(roads: RoadNetwork) -> tuple[RoadLines, ...]:
    """Return the roads of a sheet, merged by their look."""
    return road_lines(roads, "paper")


def simplified_lines(lines: Iterable[shapely.LineString], tolerance_m: float) -> shapely.Geometry:
    """Return lines merged at their ends, each simplified alone: at once they take their square."""
    merged = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(list(lines))))
    return shapely.MultiLineString(list(shapely.simplify(merged, tolerance_m)))


def simplified_area(area: shapely.Geometry, tolerance_m: float) -> shapely.Geometry:
    """Return polygons with each ring simplified alone: all at once they take their square.

    Should rings then cross, which nothing rules out where two lie side by side, they are
    simplified at once.

    >>> square = shapely.box(0, 0, 90, 90)
    >>> simplified_area(square.segmentize(30), 1).equals(square)
    True
    """
    parts = shapely.get_parts(area)
    if shapely.is_empty(area) or set(shapely.get_type_id(parts)) != {shapely.GeometryType.POLYGON}:
        return shapely.simplify(area, tolerance_m)
    rings, of = shapely.get_rings(parts, return_index=True)
    rings = shapely.simplify(rings, tolerance_m)
    first = np.append(np.flatnonzero(np.diff(of, prepend=-1)), len(of))
    simple: list[shapely.Polygon] = [
        shapely.polygons(rings[start], holes=rings[start + 1 : end])
        for start, end in pairwise(first.tolist())
    ]
    is_one = shapely.get_type_id(area) == shapely.GeometryType.POLYGON
    drawn: shapely.Geometry = simple[0] if is_one else shapely.MultiPolygon(simple)
    return drawn if shapely.is_valid(drawn) else shapely.simplify(area, tolerance_m)
