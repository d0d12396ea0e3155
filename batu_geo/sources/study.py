"""A study: which inputs there are, where they come from, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from pydantic import BaseModel, ConfigDict, Field

from batu_geo.domain.errors import DataError, Problem, ScenarioError
from batu_geo.domain.scenario import Evidence
from batu_geo.sources.opening import Opened, open_input, toml_of
from batu_geo.sources.points import read_buildings, read_facilities
from batu_geo.sources.records import read_figures, read_indicators, read_population
from batu_geo.sources.roads import read_osm_pbf
from batu_geo.sources.scenarios import load_scenario, validated
from batu_geo.sources.villages import read_villages

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import Buildings, Facilities, Villages
    from batu_geo.network.roads import RoadNetwork

STUDY_FILE = "study.toml"


class Input(BaseModel):
    """One input file and what is known of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    origin: str
    licence: str
    date: str
    evidence: Evidence
    note: str = ""


class StudyFile(BaseModel):
    """The contents of `study.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    title: str
    crs: str = Field(pattern=r"^EPSG:32[67]\d\d$")
    villages_expected: int | None = Field(default=None, ge=1)
    population: Input
    villages: Input
    facilities: Input
    buildings: Input
    roads: Input
    indicators: Input | None = None
    figures: Input | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """Everything a run reads, checked.

    Attributes
    ----------
    name, title, crs
        From `study.toml`; every geometry is in this projection.
    folder
        Where the inputs stand.
    villages, facilities, buildings, roads
        The tables and the network.
    indicators, figures
        Programme figures by village and figures the city reports, or None.
    inputs
        By table: what is known of the file, with its SHA-256.
    notices
        What the checks found worth saying; not errors.
    """

    name: str
    title: str
    crs: str
    folder: Path
    villages: Villages
    facilities: Facilities
    buildings: Buildings
    roads: RoadNetwork
    indicators: pd.DataFrame | None
    figures: pd.DataFrame | None
    inputs: dict[str, dict[str, str]]
    notices: tuple[Problem, ...]

    def scenario(self, name: str, *, overrides: Iterable[str] = ()) -> Scenario:
        """Return a scenario of this study by its name."""
        return load_scenario(self.folder / "scenarios" / f"{name}.toml", overrides=overrides)


def embedded_study() -> Path:
    """Return the folder of the study that comes with the package."""
    installed = Path(str(files("batu_geo"))) / "study"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[2] / "data"


def load_study(folder: Path | str | None = None) -> Study:
    """Read and check every input of a study.

    Parameters
    ----------
    folder
        Folder with a `study.toml`, or that file; the embedded study of Kota
        Batu when nothing is named.

    Raises
    ------
    SourceError
        When a file is missing or not what it says it is.
    DataError
        When a file breaks its contract; all faults of that file at once.
    ScenarioError
        When `study.toml` itself is wrong.

    Examples
    --------
    >>> study = load_study()
    >>> len(study.villages), int(study.villages["population"].sum())
    (24, 225408)
    """
    root = embedded_study() if folder is None else Path(folder)
    root = root.parent if root.name == STUDY_FILE else root
    opened = open_input(root / STUDY_FILE, name=STUDY_FILE, table="study", suffixes=(".toml",))
    card = validated(StudyFile, toml_of(opened), STUDY_FILE)
    inputs: dict[str, dict[str, str]] = {}

    def open_table(table: str, *suffixes: str) -> Opened:
        entry: Input = getattr(card, table)
        found = _open_inside(root, entry, table, suffixes)
        inputs[table] = {**entry.model_dump(), "sha256": found.sha256}
        return found

    def evidence(table: str) -> Any:
        return getattr(card, table).evidence

    people = read_population(open_table("population", ".csv"), evidence=evidence("population"))
    villages, notices = read_villages(
        open_table("villages", ".geojson", ".json"),
        crs=card.crs,
        population=people,
        evidence=evidence("villages"),
    )
    _check_count(villages, card)
    facilities, more = read_facilities(
        open_table("facilities", ".geojson", ".json"),
        villages=villages,
        evidence=evidence("facilities"),
    )
    buildings, further = read_buildings(
        open_table("buildings", ".geojson", ".json"),
        villages=villages,
        evidence=evidence("buildings"),
    )
    roads = read_osm_pbf(open_table("roads", ".pbf"), crs=card.crs)
    _check_roads(roads, villages, card.roads.path)
    return Study(
        name=card.name,
        title=card.title,
        crs=card.crs,
        folder=root,
        villages=villages,
        facilities=facilities,
        buildings=buildings,
        roads=roads,
        indicators=read_indicators(
            open_table("indicators", ".csv"), evidence=evidence("indicators"), population=people
        )
        if card.indicators
        else None,
        figures=read_figures(open_table("figures", ".csv"), evidence=evidence("figures"))
        if card.figures
        else None,
        inputs=inputs,
        notices=(*notices, *more, *further),
    )


def _open_inside(root: Path, entry: Input, table: str, suffixes: tuple[str, ...]) -> Opened:
    """Open an input that must stand inside the folder of the study."""
    path = root / entry.path
    if not path.resolve().is_relative_to(root.resolve()) and "://" not in entry.path:
        values = {"reason": "path leads out of the study", "key": f"{table}.path"}
        raise ScenarioError(Problem("BG-302", STUDY_FILE, column=f"{table}.path", values=values))
    return open_input(path, name=entry.path, table=table, suffixes=suffixes)


def _check_count(villages: Villages, card: StudyFile) -> None:
    if card.villages_expected not in (None, len(villages)):
        values = {"found": len(villages), "expected": card.villages_expected}
        raise DataError(Problem("BG-216", card.villages.path, values=values))


def _check_roads(roads: RoadNetwork, villages: Villages, name: str) -> None:
    if not roads.edge_count:
        raise DataError(Problem("BG-213", name))
    city = shapely.union_all(villages.geometry.to_numpy())
    distance = shapely.distance(shapely.multipoints(roads.node_xy), city)
    if distance > 0:
        raise DataError(Problem("BG-212", name, values={"km": f"{distance / 1000:.0f}"}))
