"""`plan`: the whole line, from inputs to a run folder."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from batu_geo.pipeline.assess import Assessment, assess
from batu_geo.render.console import run_summary
from batu_geo.render.maps import MapPage, gap_map
from batu_geo.render.tables import write_csv, write_geojson, write_gpkg
from batu_geo.render.words import need_sentence, word
from batu_geo.runs import MANIFEST, put_run, read_json, run_name, sha256_of, write_json
from batu_geo.siting.gaps import units
from batu_geo.sources.scenarios import find_scenario, load_scenario
from batu_geo.sources.study import load_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.console import RenderableType

    from batu_geo.domain.errors import Language

CACHE = ".cache"
LIBRARIES = ("folium", "geopandas", "numpy", "osmium", "pandas", "pyproj", "scipy", "shapely")


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A finished run, as it stands in its folder.

    Attributes
    ----------
    folder
        Where its files are.
    is_new
        Whether it was computed now, or found.
    manifest
        What went in, what came out, and by which versions.
    villages, city, gaps, candidates
        Its tables; missing and unreachable values are empty.
    """

    folder: Path
    is_new: bool
    manifest: dict[str, Any]
    villages: pd.DataFrame
    city: pd.DataFrame
    gaps: pd.DataFrame
    candidates: pd.DataFrame

    @property
    def summary(self) -> RenderableType:
        """What the run says on a terminal."""
        return run_summary(
            gaps=self.gaps,
            candidates=self.candidates,
            city=self.city,
            manifest=self.manifest,
            folder=self.folder,
            is_new=self.is_new,
        )

    @property
    def map(self) -> MapPage:
        """The map of the run; a notebook shows it."""
        return MapPage((self.folder / "map.html").read_text(encoding="utf-8"))


def plan(
    scenario: str = "baseline",
    *,
    data: Path | str | None = None,
    out: Path | str = "outputs",
    language: Language = "id",
    overrides: Iterable[str] = (),
    again: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Run:
    """Run a scenario on a study and write its run folder, whole or not at all.

    Parameters
    ----------
    scenario
        Name of a scenario of the study, or path of a TOML file.
    data
        Folder of the study; the embedded one of Kota Batu when nothing is named.
    out
        Folder of all runs.
    language
        Of the map and the sentences.
    overrides
        Settings as ``key=value``, applied last.
    again
        Compute and replace a run that exists already.
    progress
        Called with each step in words as it begins.

    Raises
    ------
    BatuGeoError
        With every problem of the input that is at fault; nothing is written.
    """

    def step(name: str) -> None:
        if progress:
            progress(word(name, language))

    step("step_read")
    study = load_study(data, cache=Path(out) / CACHE)
    settings = load_scenario(find_scenario(scenario, study.folder), overrides=overrides)
    ingredients = {
        "batu_geo": version("batu_geo"),
        "language": language,
        "scenario": settings.model_dump(mode="json"),
        "inputs": {table: card["sha256"] for table, card in study.inputs.items()},
    }
    name = run_name(settings.name, ingredients)
    folder = Path(out) / name
    is_new = again or not (folder / MANIFEST).is_file()
    if is_new:
        found = assess(study, settings, progress=step)
        step("step_write")
        put_run(
            Path(out), name, lambda aside: _fill(aside, found, language, ingredients), again=again
        )
    return open_run(folder, is_new=is_new)


def open_run(folder: Path, *, is_new: bool = False) -> Run:
    """Return a run that exists."""
    tables = {
        name: pd.read_csv(folder / f"{name}.csv", dtype=TEXT_COLUMNS, keep_default_na=False,
                          na_values=[""])
        for name in ("villages", "city", "gaps", "candidates")
    }  # fmt: skip
    return Run(folder=folder, is_new=is_new, manifest=read_json(folder / MANIFEST), **tables)


TEXT_COLUMNS = dict.fromkeys(
    ("village_id", "village_name", "site_id", "building_id", "asset_code", "best_site_id"), "str"
)


def _fill(folder: Path, found: Assessment, language: Language, ingredients: dict[str, Any]) -> None:
    """Write every file of a run into the folder."""
    study, scenario = found.study, found.scenario
    tables = run_tables(found, language)
    for name, table in tables.items():
        write_csv(table, folder / f"{name}.csv")
    reach = found.catchments.assign(evidence=found.evidence)
    write_geojson(reach, folder / "catchments.geojson")
    crs = study.crs
    villages = study.villages[["village_id", "geometry"]]
    headline = scenario.headline
    at_headline = tables["villages"][
        (tables["villages"]["mode"] == headline.mode)
        & (tables["villages"]["threshold_minutes"] == headline.threshold_minutes)
    ]
    write_gpkg(
        {
            "villages": gpd.GeoDataFrame(villages.merge(at_headline, on="village_id"), crs=crs),
            "facilities": study.facilities,
            "candidates": found.candidates,
            "demand_points": found.demand,
            "catchments": reach,
        },
        folder / "coverage.gpkg",
        date=max(card["date"] for card in study.inputs.values()),
    )
    run_map(found, language).save(folder / "map.html")
    write_json(_manifest(folder, found, language, ingredients), folder / MANIFEST)


def run_map(found: Assessment, language: Language) -> MapPage:
    """Return the map of an assessment."""
    study, service = found.study, found.scenario.service
    present = units(study.facilities, service, is_open=False)["facility_id"]
    serving = units(study.facilities, service, is_open=True)["facility_id"]
    is_open = study.facilities["facility_id"].isin(serving)
    return gap_map(
        study.villages,
        found.gaps,
        facilities=study.facilities,
        sites=found.candidates,
        roads=study.roads,
        catchments=found.catchments,
        coverage=found.villages,
        unconnected=found.graphs[found.scenario.headline.mode].unconnected,
        unit_status=found.unit_status,
        is_open_unit=is_open.where(study.facilities["facility_id"].isin(present)),
        scenario=found.scenario,
        place=study.title,
        inputs=study.inputs,
        language=language,
    )


def run_tables(found: Assessment, language: Language) -> dict[str, pd.DataFrame]:
    """Return the tables of a run as they are written, each row with its evidence."""
    study, headline = found.study, found.scenario.headline
    about = study.villages.set_index("village_id")[
        ["district_name", "population_evidence", "unit_evidence"]
    ]
    villages = found.villages.join(about, on="village_id")
    villages.insert(2, "unit_status", villages["village_id"].map(found.unit_status))
    gaps = found.gaps.join(
        study.villages.set_index("village_id")[["unit_evidence", "unit_evidence_note"]],
        on="village_id",
    )
    gaps["reason"] = [
        need_sentence(row, language, minutes=headline.threshold_minutes, mode=headline.mode)
        for row in gaps.to_dict("records")
    ]
    best = found.candidates[found.candidates["rank_in_village"] == 1].set_index("village_id")
    gaps["best_site_id"] = gaps["village_id"].map(best["site_id"])
    gaps["best_site_name"] = gaps["village_id"].map(best["building_name"])
    candidates = pd.DataFrame(found.candidates.drop(columns="geometry"))
    degrees = found.candidates.geometry.to_crs("EPSG:4326")
    candidates["lon"], candidates["lat"] = degrees.x.round(6), degrees.y.round(6)
    front = ["rank", "rank_in_village", "site_id", "building_name", "village_id", "suitability"]
    candidates = candidates[[*front, *candidates.columns.difference(front, sort=False)]]
    gain_evidence = {"gain_evidence": found.evidence}
    return {
        "villages": villages.assign(evidence=found.evidence),
        "city": found.city.assign(evidence=found.evidence),
        "gaps": gaps.assign(evidence=found.evidence),
        "candidates": candidates.assign(**gain_evidence),
    }


def _manifest(
    folder: Path, found: Assessment, language: Language, ingredients: dict[str, Any]
) -> dict[str, Any]:
    """Return what went in and what came out. No time, no machine: same inputs, same bytes."""
    study = found.study
    return {
        "batu_geo": ingredients["batu_geo"],
        "libraries": {name: version(name) for name in LIBRARIES},
        "language": language,
        "study": {"name": study.name, "title": study.title, "crs": study.crs},
        "inputs": study.inputs,
        "scenario": ingredients["scenario"],
        "evidence": found.evidence,
        "demand_points": len(found.demand),
        "calibration": found.calibration,
        "border": {
            "people_nearest_outside": found.border.people_nearest_outside,
            "served": found.border.served,
            "served_if_closed": found.border.served_if_closed,
        },
        "snap_distance_m": {
            mode: {
                "median": round(float(np.median(times.origin_snap_m)), 1),
                "farthest": round(float(times.origin_snap_m.max()), 1),
            }
            for mode, times in found.times.items()
        },
        "roads": {
            "nodes": study.roads.node_count,
            "edges": study.roads.edge_count,
            "dropped": dict(sorted(study.roads.dropped.items())),
        },
        "notices": [
            {"code": notice.code, "text": notice.line(language)} for notice in found.notices
        ],
        "outputs": {path.name: sha256_of(path) for path in sorted(folder.iterdir())},
    }
