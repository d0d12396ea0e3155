"""`check`: validate every input of a study against its contract and report all faults at once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from batu_geo.access.units import units
from batu_geo.checking.check_roads import audited_scenario
from batu_geo.checking.duplicates_and_overlaps import (
    duplicate_notices,
    gap_notices,
    small_overlap_notices,
)
from batu_geo.checking.findings import (
    CheckInProgress,
    CheckResult,
    keeping_files,
)
from batu_geo.checking.road_file_notices import road_file_notices
from batu_geo.domain.contracts import CONTRACTS
from batu_geo.domain.errors import DataError, Problem
from batu_geo.planning.answering.answered_study import answered, unfitting
from batu_geo.planning.notices import streets_left_out
from batu_geo.planning.reported_figures import city_figures, contradictions
from batu_geo.planning.study import Study
from batu_geo.planning.study_indicators import public_inputs, publishable
from batu_geo.runs import stale_runs
from batu_geo.sources.geometry.geojson import read_features
from batu_geo.sources.study.embedded import embedded_study
from batu_geo.sources.study.load_study import (
    answers_of,
    buildings_of,
    costs_of,
    facilities_of,
    figures_of,
    homes_of,
    indicators_of,
    population_of,
    profiles_of,
    staffing_of,
    villages_of,
)
from batu_geo.sources.study.scenarios import find_scenario, read_scenario
from batu_geo.sources.study.study_files import ANSWERS_FILE, StudyFiles
from batu_geo.sources.study.study_roads import roads_of
from batu_geo.sources.tables.points import conforming_points
from batu_geo.sources.tables.records import conforming_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from batu_geo.domain.asking.answers import Answer
    from batu_geo.domain.tables import Villages
    from batu_geo.planning.study_indicators import Publishable

NEEDS = {
    "villages": ("population",),
    "facilities": ("population", "villages"),
    "buildings": ("population", "villages"),
    "roads": ("population", "villages"),
    "indicators": ("population",),
    "costs": ("population", "villages", "buildings", "facilities"),
    "staffing": ("population", "villages", "facilities"),
    "profiles": ("population", "villages", "facilities"),
}
TOTALS_BY = "baseline"


def check_study(
    data: Path | str | None = None, *, out: Path | str | None = None, has_roads: bool = True
) -> CheckResult:
    """Check every input of a study.

    Parameters
    ----------
    data
        Folder of the study; the embedded one by default.
    out
        Folder of runs; those whose inputs have changed since are reported.
    has_roads
        Whether the roads are looked at: a region of a fleet may have none of its own.

    Raises
    ------
    BatuGeoError
        When `study.toml` itself cannot be read.
    """
    files = keeping_files(StudyFiles.at(embedded_study() if data is None else Path(data)))
    state = CheckInProgress()
    read_all(state, files, has_roads=has_roads)
    for table in ("villages", "facilities", "buildings", "roads"):
        warn_of_geometry(state, table, getattr(files.card, table).path)
    protected = _protected(state)
    _check_scenarios(state, files)
    _warn_of_homes(state, files)
    _check_totals(state, files, protected)
    if out is not None:
        public = public_inputs(files.inputs, protected)
        hashes = {table: card["sha256"] for table, card in public.items()}
        state.warn("outputs", stale_runs(Path(out), files.card.name, hashes))
    state.faults.sort(key=lambda fault: not fault.is_error)
    ended = state.ended(files.card.title, files)
    return replace(ended, shown_inputs=public_inputs(files.inputs, protected))


def warn_of_geometry(state: CheckInProgress, table: str, path: str) -> None:
    """Keep the notices that only the geometry of a table shows, where it could be read."""
    part = state.parts[table]
    if part is None:
        return
    if table == "villages":
        state.warn(table, small_overlap_notices(part, path))
        state.warn(table, gap_notices(part, path))
    elif table in {"facilities", "buildings"}:
        state.warn(table, duplicate_notices(part, CONTRACTS[table], path))
    elif table == "roads":
        state.warn(table, road_file_notices(part, path))


def read_all(state: CheckInProgress, files: StudyFiles, *, has_roads: bool = True) -> None:
    """Read every input of a study, of those that cannot be read keep the faults."""
    parts, card = state.parts, files.card
    for table in (*NEEDS, "population"):
        parts.setdefault(table, None)
    state.attempt("population", lambda: population_of(files))
    state.attempt("villages", lambda: villages_of(files, parts["population"]), "population")
    for table in ("facilities", "buildings"):
        _read_points(state, files, table)
    if parts["population"] is None:
        state.attempt("_outlines", lambda: _outlines(files))
    if has_roads:
        state.attempt("roads", lambda: roads_of(files, parts["villages"], None), "villages")
    readers: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {
        "costs": (costs_of, ("buildings", "facilities")),
        "indicators": (indicators_of, ("population",)),
        "staffing": (staffing_of, ("facilities",)),
        "profiles": (profiles_of, ("facilities",)),
    }
    for table, (read, against) in readers.items():
        if getattr(card, table) is not None:
            _read_rows(state, files, table, read, against=against)
    if card.figures:
        state.attempt("figures", lambda: figures_of(files))
    if parts["villages"] is not None and (card.population_raster or card.footprints):
        state.attempt("homes", lambda: homes_of(files, parts["villages"]))
    _read_answers(state, files)
    state.faults = [
        replace(f, table=f.table.replace("_outlines", "villages")) for f in state.faults
    ]
    parts.pop("_outlines", None)


def _read_answers(state: CheckInProgress, files: StudyFiles) -> None:
    """Read what an office has answered; of rows that the study lacks every one is a fault."""
    of = ("villages", "facilities", "buildings", "staffing", "profiles", "costs", "figures")
    parts, card = state.parts, files.card
    tables = {
        name: parts.get(name)
        for name in of
        if parts.get(name) is not None or getattr(card, name) is None
    }
    if "villages" in tables:
        tables["population"] = tables["villages"]

    def read() -> tuple[Answer, ...]:
        answers = answers_of(files)
        _raise_if_any(list(unfitting(tables, answers, ANSWERS_FILE)))
        return answers

    if files.has_answers():
        state.parts["answers"] = state.attempt("answers", lambda: [*read()])


def _read_points(state: CheckInProgress, files: StudyFiles, table: str) -> None:
    """Read facilities or buildings; without villages check their own contract only."""
    villages: Villages | None = state.parts["villages"]
    read: Callable[..., Any] = {"facilities": facilities_of, "buildings": buildings_of}[table]
    if villages is not None:
        state.attempt(table, lambda: read(files, villages))
        return

    def alone() -> None:
        opened = files.open(table, ".geojson", ".json")
        _raise_if_any(conforming_points(opened, CONTRACTS[table])[2])

    state.attempt(table, alone)
    state.warn(table, [Problem("BG-234", getattr(files.card, table).path,
                               values={"table": "villages"})])  # fmt: skip


def _read_rows(
    state: CheckInProgress,
    files: StudyFiles,
    table: str,
    read: Callable[..., Any],
    *,
    against: tuple[str, ...],
) -> None:
    """Read a table that refers to others; without those check its own contract only."""
    missing = [name for name in against if state.parts[name] is None]
    if not missing:
        state.attempt(table, lambda: read(files, *(state.parts[name] for name in against)))
        return

    def alone() -> None:
        _raise_if_any(conforming_rows(files.open(table, ".csv"), CONTRACTS[table])[1])

    state.attempt(table, alone)
    state.warn(table, [Problem("BG-234", getattr(files.card, table).path,
                               values={"table": name}) for name in missing])  # fmt: skip


def _outlines(files: StudyFiles) -> None:
    """Check the geometry of the village outlines where the list of villages cannot be read."""
    opened = files.open("villages", ".geojson", ".json")
    _raise_if_any(read_features(opened, geometry="polygon", id_column="village_id")[1])


def _raise_if_any(problems: list[Problem]) -> None:
    if problems:
        raise DataError(problems)


def _check_scenarios(state: CheckInProgress, files: StudyFiles) -> None:
    paths = sorted((files.root / "scenarios").glob("*.toml"))
    loaded = [state.attempt("scenario", partial(read_scenario, path)) for path in paths]
    if paths:
        state.parts["scenario"] = [scenario for scenario in loaded if scenario is not None]


def _warn_of_homes(state: CheckInProgress, files: StudyFiles) -> None:
    """Keep along which streets nobody lives, as the audited scenario says."""
    villages, roads, scenarios = (state.parts.get(n) for n in ("villages", "roads", "scenario"))
    if villages is None or roads is None or not scenarios:
        return
    settings = audited_scenario(scenarios).demand
    state.warn("roads", streets_left_out(roads, villages, settings, files.card.roads.path))


def _protected(state: CheckInProgress) -> Publishable | None:
    """Return what may be published of the programme figures, where they could be read."""
    parts = state.parts
    villages: Villages | None = parts.get("villages")
    if villages is None or parts.get("indicators") is None:
        return None
    return publishable(villages, parts["indicators"], parts.get("figures"))


def _check_totals(state: CheckInProgress, files: StudyFiles, protected: Publishable | None) -> None:
    """Compare the totals of the inputs with the figures the city reports."""
    parts = state.parts
    path = find_scenario(TOTALS_BY, files.root)
    needed = ("villages", "facilities", "buildings", "roads", "figures")
    if state.exit_code or not path.is_file() or any(parts.get(n) is None for n in needed):
        return
    scenario = read_scenario(path)
    card = files.card
    study = Study(
        name=card.name, title=card.title, crs=card.crs, folder=files.root,
        villages=parts["villages"], facilities=parts["facilities"], buildings=parts["buildings"],
        roads=parts["roads"], costs=None, indicators=protected,
        staffing=parts.get("staffing"), profiles=parts.get("profiles"), figures=parts["figures"],
        homes={}, inputs=public_inputs(files.inputs, protected), notices=(),
    )  # fmt: skip
    study = answered(study, parts.get("answers") or ())
    present = units(study.facilities, scenario.service, is_open=False)["village_id"]
    ids = study.villages["village_id"]
    status = pd.Series(ids.isin(present).map({True: "open", False: "none"}).to_numpy(), index=ids)
    figures = city_figures(study, scenario, unit_status=status, calibration=None)
    state.warn("figures", contradictions(figures))
