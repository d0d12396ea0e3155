"""`maps`: a page for every question and the explorer, in one folder that opens offline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from batu_geo.access.staffing import presence
from batu_geo.access.units import unit_is_open, units
from batu_geo.domain.schedule import DAYS, HOURS
from batu_geo.network.catchment import catchments
from batu_geo.planning.assess import assess
from batu_geo.planning.explorer_data import explorer_data
from batu_geo.planning.placement import opened_sites
from batu_geo.planning.tables.staff_and_referral import referral_tables
from batu_geo.render.text.words import word
from batu_geo.render.web.base_map import Backdrop
from batu_geo.render.web.explorer_page import explorer_page
from batu_geo.render.web.interactive_maps import hours_map, reach_map
from batu_geo.render.web.map_page import MapPage
from batu_geo.render.web.offline import own_page
from batu_geo.render.web.question_maps import (
    candidate_map,
    certainty_map,
    change_map,
    index_body,
    referral_map,
    status_map,
)
from batu_geo.runs import MANIFEST, outputs_of, put_run, run_name, what_is_spoilt, write_json
from batu_geo.siting.buildings.candidates import is_best_in_village
from batu_geo.sources.study.load_study import load_study
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.verbs.plan import CACHE, ingredients
from batu_geo.verbs.run_files import run_map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.domain.tables import Facilities
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.study import Study

FOLDER = "peta"
PAGES = "pages"  # in the manifest: what a folder holds instead of a run
INDEX, EXPLORER = "index.html", "jelajah.html"


@dataclass(frozen=True, slots=True, eq=False)
class MapFolder:
    """A folder of maps.

    Attributes
    ----------
    folder
        Where it stands; ``index.html`` leads to every page.
    pages
        Every file of it, in the order of the index.
    is_new
        Whether it was drawn now, or found.
    """

    folder: Path
    pages: tuple[Path, ...]
    is_new: bool


def maps(
    scenario: str = "baseline",
    *,
    data: Path | str | None = None,
    out: Path | str = "outputs",
    language: Language = "id",
    overrides: Iterable[str] = (),
    again: bool = False,
    progress: Callable[[str], None] | None = None,
) -> MapFolder:
    """Draw every map of a scenario and its explorer into one folder, whole or not at all.

    Arguments and errors are those of `plan`.
    """
    out = Path(out)
    if progress:
        progress(word("step_read", language))
    study = load_study(data, cache=out / CACHE)
    settings = load_scenario(scenario, overrides=overrides, study=study)
    folder = out / _name(study, settings, language)
    is_new = again or what_is_spoilt(folder) != []
    if is_new:
        draw_maps(study, settings, out=out, language=language, progress=progress)
    pages = [folder / INDEX, folder / EXPLORER, *sorted((folder / FOLDER).glob("*.html"))]
    return MapFolder(folder, tuple(pages), is_new)


def draw_maps(
    study: Study,
    scenario: Scenario,
    *,
    out: Path,
    language: Language,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Draw the maps of a scenario on a study that is read already, and return their folder."""

    def step(name: str) -> None:
        if progress:
            progress(word(name, language))

    found = assess(study, scenario, progress=step)
    step("step_maps")
    name = _name(study, scenario, language)
    return put_run(out, name, lambda aside: fill_maps(aside, found, language))


def _name(study: Study, scenario: Scenario, language: Language) -> str:
    return run_name(f"{scenario.name}-{FOLDER}", ingredients(study, scenario, language))


def fill_maps(folder: Path, found: Assessment, language: Language) -> None:
    """Write every map, the explorer, the index and what they were made from into a folder."""
    b = backdrop(found, language)
    (folder / FOLDER).mkdir()
    listed = [(EXPLORER, word("explore_title", language, place=found.study.title))]
    explorer_page(explorer_data(found), language).save(folder / EXPLORER)
    for name, (title, drawn) in question_maps(found, language).items():
        drawn.save(folder / FOLDER / f"{name}.html")
        listed.append((f"{FOLDER}/{name}.html", title))
    title = word("map_index_title", language, place=found.study.title)
    MapPage(own_page(title=title, language=language, body=index_body(b, listed))).save(
        folder / INDEX
    )
    made_of = ingredients(found.study, found.scenario, language)
    write_json({**made_of, PAGES: FOLDER, "outputs": outputs_of(folder)}, folder / MANIFEST)


def question_maps(found: Assessment, language: Language) -> dict[str, tuple[str, MapPage]]:
    """Return the map of each question with its title, by file name without ending.

    The map of hours is left out where the study has no roster.
    """
    b = backdrop(found, language)
    tables = referral_tables(found)
    reach = _reach_of_best(found)
    drawn = {
        "status": ("status", status_map(b)),
        "kesenjangan": ("gaps", run_map(found, language)),
        "jangkauan": ("reach", reach_map(b, *_reach_by_unit(found, language))),
        "sebelum_sesudah": ("change", _change(b, found)),
        "bangunan": ("sites", candidate_map(b, found.candidates, reach)),
        "rujukan": ("referral", referral_map(b, tables["referral"], tables["unit_referral"])),
        "kepastian": ("certainty", certainty_map(b, found.robust.bands)),
    }
    if found.study.staffing is not None:
        drawn["petugas"] = ("hours", hours_map(b, *_covered_patterns(found)))
    place = found.study.title
    return {
        name: (word(f"map_{key}_title", language, place=place), page)
        for name, (key, page) in drawn.items()
    }


def backdrop(found: Assessment, language: Language) -> Backdrop:
    """Return what every map of an assessment shares."""
    study = found.study
    return Backdrop(
        villages=study.villages,
        facilities=study.facilities,
        roads=study.roads,
        is_open_unit=unit_is_open(study.facilities, found.scenario.service),
        unit_status=found.unit_status,
        ranks=dict(zip(found.gaps["village_id"], found.gaps["rank"].astype(int), strict=True)),
        scenario=found.scenario,
        place=study.title,
        inputs=study.inputs,
        language=language,
    )


def _units(found: Assessment) -> tuple[Facilities, Facilities]:
    """Return the units that are present, and those that are open."""
    service = found.scenario.service
    present = units(found.study.facilities, service, is_open=False)
    return present, units(found.study.facilities, service, is_open=True)


def _reach_of_best(found: Assessment) -> gpd.GeoDataFrame:
    """Return the catchment of the best building of each village without a unit."""
    best = found.candidates[is_best_in_village(found.candidates)].reset_index(drop=True)
    return _headline_reach(found, best, by_place=True)


def _headline_reach(
    found: Assessment, places: gpd.GeoDataFrame, *, by_place: bool
) -> gpd.GeoDataFrame:
    headline = found.scenario.headline
    return catchments(
        found.graphs[headline.mode],
        facilities=places,
        thresholds_minutes=(headline.threshold_minutes,),
        refuse_m=found.scenario.snapping.refuse_m,
        buffer_m=found.scenario.catchment.buffer_m,
        by="facility" if by_place else "threshold",
    )


def _reach_by_unit(
    found: Assessment, language: Language
) -> tuple[gpd.GeoDataFrame, NDArray[np.int64], list[str]]:
    """Return the catchments of all open units together and of each, with the people in them."""
    _, serving = _units(found)
    number = {name: n for n, name in enumerate(serving["facility_id"], start=1)}
    population = found.demand["population"].to_numpy(dtype=np.int64)
    parts, people = [], []
    for mode, graph in found.graphs.items():
        rows = catchments(
            graph,
            facilities=serving,
            thresholds_minutes=found.scenario.modes[mode].thresholds_minutes,
            refuse_m=found.scenario.snapping.refuse_m,
            buffer_m=found.scenario.catchment.buffer_m,
            by="facility",
        )
        joint = found.catchments[found.catchments["mode"] == mode]
        rows = gpd.GeoDataFrame(pd.concat([joint, rows], ignore_index=True), crs=rows.crs)
        rows["mode"] = mode
        rows["place"] = rows["facility_id"].map(number).fillna(0).astype(int)
        minutes = np.c_[found.times[mode].best(), found.times[mode].minutes]
        people += [
            int(population[minutes[:, place] <= limit].sum())
            for place, limit in zip(rows["place"], rows["threshold_minutes"], strict=True)
        ]
        parts.append(rows)
    table = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=serving.crs)
    labels = [word("map_reach_all", language), *serving["facility_name"].astype(str)]
    return table, np.array(people, np.int64), labels


def _change(b: Backdrop, found: Assessment) -> MapPage:
    """Return the map of today beside a unit in each building of the plan, or the best ones."""
    headline, sites = found.scenario.headline, found.candidates
    opened = sites[sites["site_id"].isin(opened_sites(found))].reset_index(drop=True)
    before = found.times[headline.mode].best()
    after = np.minimum(before, found.to_sites[headline.mode].only(*opened["site_id"]).best())
    _, serving = _units(found)
    both = gpd.GeoDataFrame(
        pd.concat([serving[["facility_id", "geometry"]],
                   opened[["site_id", "geometry"]].rename(columns={"site_id": "facility_id"})],
                  ignore_index=True), crs=serving.crs,
    )  # fmt: skip
    reach = found.catchments
    is_now = (reach["mode"] == headline.mode) & (
        reach["threshold_minutes"] == headline.threshold_minutes
    )
    now = gpd.GeoDataFrame(reach[is_now])
    then = _headline_reach(found, both, by_place=False)
    served = [_served_by_village(found, minutes) for minutes in (before, after)]
    return change_map(b, *served, opened=opened, reach=(now, then))


def _served_by_village(found: Assessment, minutes: NDArray[np.float64]) -> pd.Series[int]:
    is_within = minutes <= found.scenario.headline.threshold_minutes
    people = found.demand["population"].where(is_within, 0)
    return people.groupby(found.demand["village_id"]).sum()


def _covered_patterns(
    found: Assessment,
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.intp]]:
    """Return people covered by village for each way of being staffed, and which hour has which.

    The second are the units in the order of the map, those that are closed never staffed.
    """
    staffing = found.study.staffing
    there = {} if staffing is None else presence(
        staffing, found.scenario.staffing.serving_professions
    )  # fmt: skip
    present, serving = _units(found)
    nobody = np.zeros((DAYS, HOURS), np.int64)
    flat = np.array([there.get(n, nobody).ravel() > 0 for n in serving["facility_id"]])
    patterns, hours = np.unique(flat.reshape(-1, DAYS * HOURS), axis=1, return_inverse=True)
    headline = found.scenario.headline
    within = found.times[headline.mode].within(headline.threshold_minutes)
    people = found.demand["population"].to_numpy(dtype=np.int64)
    ids = found.study.villages["village_id"]
    village = found.demand["village_id"].map({v: n for n, v in enumerate(ids)}).to_numpy(int)
    served = [
        np.bincount(village, weights=people * within[:, p].any(axis=1), minlength=len(ids))
        for p in patterns.T.astype(bool)
    ]
    column = {name: n for n, name in enumerate(serving["facility_id"])}
    on_map = [name for name in found.study.facilities["facility_id"]
              if name in set(present["facility_id"])]  # fmt: skip
    staffed = [
        patterns[column[name]] if name in column else np.zeros(patterns.shape[1], bool)
        for name in on_map
    ]
    return np.array(served).astype(np.int64), np.array(staffed, bool).T, hours.ravel()
