"""`maps`: a page for every question and the explorer, in one folder that opens offline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batu_geo.planning.assess import ASSESS_STEPS, assess
from batu_geo.render.cartography.base_map import base_map
from batu_geo.render.text.steps import Steps
from batu_geo.render.text.words import word
from batu_geo.render.web.explorer.district_pages import EXPLORER, save_explorer
from batu_geo.render.web.map_page import MapPage
from batu_geo.render.web.offline import own_page
from batu_geo.render.web.question_maps import (
    FILE_NAMES,
    explorer_picture,
    index_body,
    question_maps,
    questions,
)
from batu_geo.render.web.village_facts import links_of_villages
from batu_geo.runs import MANIFEST, outputs_of, put_run, run_name, what_is_spoilt, write_json
from batu_geo.sources.study.load_study import CACHE
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.verbs.plan import ingredients
from batu_geo.verbs.read_study import read_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.study import Study

FOLDER = "peta"
PAGES = "pages"  # key of the manifest of a folder of maps
INDEX = "index.html"


@dataclass(frozen=True, slots=True, eq=False)
class MapFolder:
    """A folder of maps.

    Attributes
    ----------
    folder
        Path of the folder; ``index.html`` links to every page.
    pages
        Every file of it, in the order of the index.
    is_new
        Whether it was drawn now, or existed.
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
    """Draw every map of a scenario and its explorer into one folder, atomically.

    Arguments and errors are those of `plan`.
    """
    out, steps = Path(out), Steps(progress)
    steps(word("step_read", language))
    study = read_study(data, cache=out / CACHE)
    settings = load_scenario(scenario, overrides=overrides, study=study)
    folder = out / _name(study, settings, language)
    is_new = again or what_is_spoilt(folder) != []
    if is_new:
        draw_maps(study, settings, out=out, language=language, progress=steps)
    first = [folder / INDEX, folder / EXPLORER]
    pages = [*first, *sorted(set(folder.rglob("*.html")) - set(first))]
    return MapFolder(folder, tuple(pages), is_new)


def draw_maps(
    study: Study,
    scenario: Scenario,
    *,
    out: Path,
    language: Language,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Draw the maps of a scenario on a loaded study, and return their folder."""
    steps = progress if isinstance(progress, Steps) else Steps(progress)
    steps.expect(len(ASSESS_STEPS) + 1 + len(questions(study)))
    assessment = assess(study, scenario, progress=lambda key: steps(word(key, language)))
    name = _name(study, scenario, language)
    return put_run(out, name, lambda aside: fill_maps(aside, assessment, language, steps))


def _name(study: Study, scenario: Scenario, language: Language) -> str:
    return run_name(f"{scenario.name}-{FOLDER}", ingredients(study, scenario, language))


def fill_maps(
    folder: Path, assessment: Assessment, language: Language, steps: Callable[[str], None]
) -> None:
    """Write every map, the explorer, the index and the manifest into a folder."""
    base, place = base_map(assessment, language), assessment.study.title
    (folder / FOLDER).mkdir()
    title = word("explore_title", language, place=place)
    steps(title)
    gaps = (word("map_gaps_title", language, place=place), f"{FOLDER}/{FILE_NAMES['gaps']}.html")
    links = links_of_villages(assessment, [gaps], {})
    save_explorer(folder, assessment, language, links)
    question = word("front_explorer", language)
    listed = [(EXPLORER, title, question, explorer_picture(base))]
    for one in question_maps(assessment, language, steps):
        path = f"{FOLDER}/{one.name}.html"
        one.page.save(folder / path)
        listed.append((path, one.title, one.question, one.picture))
    title = word("map_index_title", language, place=place)
    body = index_body(base, listed)
    MapPage(own_page(title=title, language=language, body=body)).save(folder / INDEX)
    made_of = ingredients(assessment.study, assessment.scenario, language)
    write_json({**made_of, PAGES: FOLDER, "outputs": outputs_of(folder)}, folder / MANIFEST)
