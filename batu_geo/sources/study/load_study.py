"""Read every input of a study into checked tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyproj

from batu_geo.domain.errors import BatuGeoError, DataError, Problem
from batu_geo.domain.norms import HOME
from batu_geo.planning.answering.answered_study import answered, unfitting
from batu_geo.planning.study import PeoplePlaces, Study
from batu_geo.planning.study_indicators import public_inputs, publishable
from batu_geo.sources.geometry.study_area import study_area
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.study_files import ANSWERS_FILE, Input, StudyFiles
from batu_geo.sources.study.study_roads import ELEVATIONS, roads_of
from batu_geo.sources.tables.answer_rows import read_answers
from batu_geo.sources.tables.elevation import sampled_relief
from batu_geo.sources.tables.points import read_buildings, read_facilities
from batu_geo.sources.tables.population_places import read_footprints, read_population_raster
from batu_geo.sources.tables.records import (
    read_costs,
    read_figures,
    read_indicators,
    read_population,
    read_profiles,
    read_staffing,
)
from batu_geo.sources.tables.villages import read_villages

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from batu_geo.domain.asking.answers import Answer
    from batu_geo.domain.letterhead import Place
    from batu_geo.domain.tables import Buildings, Facilities, Villages
    from batu_geo.network.roads import RoadNetwork
    from batu_geo.sources.files.opening import Opened
    from batu_geo.sources.study.study_files import StudyFile

# Folder of what is kept beside runs.
CACHE = ".cache"
# How often a study is read while others go on writing into it.
MOST_READINGS = 4


def load_study(
    folder: Path | str | None = None,
    *,
    cache: Path | None = None,
    answers: Sequence[Answer] | None = None,
    roads: RoadNetwork | None = None,
) -> Study:
    """Read and check every input of a study.

    It is read again when an import writes meanwhile: all tables are of the state of the card.

    Parameters
    ----------
    folder
        Folder with a `study.toml`, or that file; the embedded study of Kota
        Batu when nothing is named.
    cache
        Folder to keep parsed roads in, so that a large extract is parsed once.
    answers
        What an office has answered; by default the rows of `answers.csv` beside `study.toml`.
    roads
        Of a larger area, read before: the file of the study is not opened then.

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
    place = embedded_study() if folder is None else Path(folder)
    for _ in range(MOST_READINGS - 1):
        files = StudyFiles.at(place)
        try:
            study = _read(files, cache, answers, roads)
        except BatuGeoError:
            if not files.is_written_over():
                raise
        else:
            if not files.is_written_over():
                return study
    return _read(StudyFiles.at(place), cache, answers, roads)


def _read(
    files: StudyFiles, cache: Path | None, said: Sequence[Answer] | None, given: RoadNetwork | None
) -> Study:
    """Read every input, whoever writes meanwhile."""
    card = files.card
    people = population_of(files)
    villages, notices = villages_of(files, people)
    facilities, more = facilities_of(files, villages)
    notices += more
    buildings, more = buildings_of(files, villages)
    notices += more
    roads, more = (given, []) if given else roads_of(files, villages, cache)
    relief = None
    if card.elevation:
        relief = sampled_relief(villages, files.open_all("elevation", *ELEVATIONS))
    costs, counts = costs_of(files, buildings, facilities), indicators_of(files, people)
    staffing, profiles = staffing_of(files, facilities), profiles_of(files, facilities)
    figures = figures_of(files)
    study = Study(
        name=card.name,
        title=card.title,
        place=card.place,
        country=country_of(card.place, villages),
        crs=card.crs,
        folder=files.root,
        villages=villages,
        facilities=facilities,
        buildings=buildings,
        roads=roads,
        costs=costs,
        indicators=None,
        staffing=staffing,
        profiles=profiles,
        figures=figures,
        homes={},
        inputs=files.inputs,
        notices=(*notices, *more),
        relief=relief,
    )
    study = with_answers(study, answers_of(files) if said is None else said)
    protected = publishable(study.villages, counts, study.figures)
    homes, more = homes_of(files, villages)
    return replace(
        study,
        indicators=protected,
        inputs=public_inputs(study.inputs, protected),
        homes=homes,
        notices=(*study.notices, *more),
    )


def country_of(place: Place, villages: Villages) -> str:
    """Return the country that a place says; else Indonesia, where it lies there."""
    if place.country is not None:
        return place.country.said("en")
    to_degrees = pyproj.Transformer.from_crs(villages.crs, "EPSG:4326", always_xy=True)
    area = study_area(str(villages.crs), to_degrees.transform_bounds(*villages.total_bounds))
    return "" if area.is_abroad else HOME


def answers_of(files: StudyFiles) -> tuple[Answer, ...]:
    """Read what an office has answered, and record its file; of no file, nothing.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    opened = files.open_answers()
    if opened is None or not opened.content.strip():
        return ()
    sheet = read_answers(opened)
    if sheet.faults:
        raise DataError(sheet.faults)
    if sheet.answers:
        files.inputs["answers"] = card_of(sheet.answers, opened)
    return sheet.answers


def card_of(answers: Sequence[Answer], opened: Opened) -> dict[str, str]:
    """Return what is known of a file of answers: the latest of their dates is its own."""
    date = max(answer.date for answer in answers)
    made = Input(path=opened.name, origin=opened.name, licence="", date=date, evidence="reported")
    return {**made.model_dump(), "sha256": opened.sha256}


def with_answers(study: Study, answers: Sequence[Answer]) -> Study:
    """Return a study that has been read with the answers in its cells.

    Raises
    ------
    DataError
        When answers name rows that the study does not have.
    """
    problems = list(unfitting(tables_of(study), answers, ANSWERS_FILE))
    if problems:
        raise DataError(problems)
    return answered(study, answers)


def tables_of(study: Study) -> dict[str, pd.DataFrame | None]:
    """Return the tables of a study that answers name."""
    names = ("villages", "facilities", "buildings", "staffing", "profiles", "costs", "figures")
    return {**{name: getattr(study, name) for name in names}, "population": study.villages}


def population_of(files: StudyFiles) -> pd.DataFrame:
    """Read the list of villages with their people."""
    evidence = files.card.population.evidence
    return read_population(files.open("population", ".csv"), evidence=evidence)


def villages_of(files: StudyFiles, people: pd.DataFrame) -> tuple[Villages, list[Problem]]:
    """Read the outlines of the villages on the list."""
    card = files.card
    villages, notices = read_villages(
        files.open("villages", ".geojson", ".json"),
        crs=card.crs,
        population=people,
        evidence=card.villages.evidence,
    )
    _check_count(villages, card)
    return villages, notices


def facilities_of(files: StudyFiles, villages: Villages) -> tuple[Facilities, list[Problem]]:
    """Read the facilities."""
    opened = files.open("facilities", ".geojson", ".json")
    return read_facilities(opened, villages=villages, evidence=files.card.facilities.evidence)


def buildings_of(files: StudyFiles, villages: Villages) -> tuple[Buildings, list[Problem]]:
    """Read the candidate buildings."""
    opened = files.open("buildings", ".geojson", ".json")
    return read_buildings(opened, villages=villages, evidence=files.card.buildings.evidence)


def indicators_of(files: StudyFiles, people: pd.DataFrame) -> pd.DataFrame | None:
    """Read the programme figures, where the study has any, for `publishable`."""
    entry = files.card.indicators
    if entry is None:
        return None
    opened = files.open("indicators", ".csv")
    return read_indicators(opened, evidence=entry.evidence, population=people)


def costs_of(
    files: StudyFiles, buildings: Buildings, facilities: Facilities
) -> pd.DataFrame | None:
    """Read what buildings would cost, where the study says so."""
    entry = files.card.costs
    if entry is None:
        return None
    opened = files.open("costs", ".csv")
    return read_costs(opened, evidence=entry.evidence, buildings=buildings, facilities=facilities)


def staffing_of(files: StudyFiles, facilities: Facilities) -> pd.DataFrame | None:
    """Read who works where, where the study says so."""
    entry = files.card.staffing
    if entry is None:
        return None
    opened = files.open("staffing", ".csv")
    return read_staffing(opened, evidence=entry.evidence, facilities=facilities)


def profiles_of(files: StudyFiles, facilities: Facilities) -> pd.DataFrame | None:
    """Read what units offer, where the study says so."""
    entry = files.card.profiles
    if entry is None:
        return None
    opened = files.open("profiles", ".csv")
    return read_profiles(opened, evidence=entry.evidence, facilities=facilities)


def homes_of(
    files: StudyFiles, villages: Villages
) -> tuple[dict[str, PeoplePlaces], list[Problem]]:
    """Read where people live by other sources than the streets."""
    places: dict[str, PeoplePlaces] = {}
    notices: list[Problem] = []
    if files.card.population_raster:
        opened = files.open("population_raster", ".tif")
        places["raster"], notices = read_population_raster(opened, villages)
    if files.card.footprints:
        opened = files.open("footprints", ".geojson", ".json")
        places["footprints"] = read_footprints(opened, villages)
    return places, notices


def figures_of(files: StudyFiles) -> pd.DataFrame | None:
    """Read the figures the city reports, where the study has any."""
    entry = files.card.figures
    if entry is None:
        return None
    return read_figures(files.open("figures", ".csv"), evidence=entry.evidence)


def _check_count(villages: Villages, card: StudyFile) -> None:
    if card.villages_expected not in (None, len(villages)):
        values = {"found": len(villages), "expected": card.villages_expected}
        raise DataError(Problem("BG-216", card.villages.path, values=values))
