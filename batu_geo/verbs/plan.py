"""`plan`: from the inputs to a run folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from batu_geo.domain.cell_rows import CellRows, Conflict, rows_column
from batu_geo.domain.errors import EnvironmentFault, Problem, ScenarioError
from batu_geo.planning.assess import assess
from batu_geo.render.terminal.appraisal import OF_A_PLAN, appraisal
from batu_geo.render.terminal.notebook import run_html
from batu_geo.render.terminal.run_summary import run_summary
from batu_geo.render.text.catalogue import say_as
from batu_geo.render.text.words import word
from batu_geo.render.web.map_page import MapPage
from batu_geo.render.web.question_maps import gap_map as drawn_gap_map
from batu_geo.runs import (
    put_run,
    read_manifest,
    refuse_other_version,
    refuse_pack,
    run_name,
    what_is_spoilt,
)
from batu_geo.sources.study.load_study import CACHE
from batu_geo.sources.study.scenarios import load_scenario
from batu_geo.verbs.read_study import read_study
from batu_geo.verbs.run_files import TABLES, fill_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.console import RenderableType

    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.planning.assessment import Assessment
    from batu_geo.planning.study import Study

LAYERS = "coverage.gpkg"
LISTED = 10
# What a place calls otherwise stands in the texts of a run.
OWN_WORDS = {"country", "levels", "owner", "budget", "head"}
MAIN_TABLES = ("villages", "city", "gaps", "candidates")
TEXT_COLUMNS = ("village_name", "asset_code", "sites", "without_cost", "date", "conflicts")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Run:
    """A finished run, read from its folder.

    Attributes
    ----------
    folder
        Where its files are.
    is_new
        Whether it was computed now, or existed.
    manifest
        What went in, what came out, and by which versions.
    villages, city, gaps, candidates
        Its tables; missing and unreachable values are empty. Villages and gaps have the outlines of
        their villages, candidates their places.

    Examples
    --------
    >>> import tempfile
    >>> run = plan(out=tempfile.mkdtemp())
    >>> len(run.gaps), run.gaps.crs.to_string(), len(repr(run).splitlines()) <= 10
    (6, 'EPSG:32749', True)
    """

    folder: Path
    is_new: bool
    manifest: dict[str, Any]
    villages: gpd.GeoDataFrame
    city: pd.DataFrame
    gaps: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame

    @property
    def summary(self) -> RenderableType:
        """Summary that a terminal shows for the run."""
        return run_summary(
            gaps=self.gaps,
            candidates=self.candidates,
            city=self.city,
            plan={n: self._printed(n) for n in OF_A_PLAN} if "plan" in self.tables else None,
            manifest=self.manifest,
            folder=self.folder,
            is_new=self.is_new,
        )

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables of the health office, for `table`."""
        return tuple(sorted(path.stem for path in (self.folder / TABLES).glob("*.csv")))

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of the health office, such as ``figures`` or ``staff_days``."""
        return _read(self.folder / TABLES / f"{name}.csv")

    @property
    def is_infeasible(self) -> bool:
        """Whether no plan satisfies the rules of the scenario."""
        if "plan_proof" not in self.tables:
            return False
        return bool(self.table("plan_proof")["plan_status"].eq("infeasible").any())

    def records(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a table of the health office for JSON: missing values are null."""
        rows: list[dict[str, Any]] = json.loads(self.table(name).to_json(orient="records"))
        return rows

    @property
    def appraisal(self) -> RenderableType:
        """Every table of the health office, as a terminal shows it."""
        return self.printed()

    def printed(self, *names: str) -> RenderableType:
        """Return every table of the health office, or some by name, as a terminal shows them."""
        tables = {n: self._printed(n) for n in self.tables if not names or n in names}
        return appraisal(tables, self.manifest["language"], only=names)

    def _printed(self, name: str) -> pd.DataFrame:
        """Return a table as it is printed: the rules in conflict are rows of the manifest."""
        table = self.table(name)
        if name == "plan_proof" and "conflicts" in self.manifest:
            rules = (Conflict(row["code"], row["values"]) for row in self.manifest["conflicts"])
            table["conflicts"] = rows_column([CellRows(tuple(rules))], table)
        return table

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the ranked villages and the buildings with matplotlib, and return the axes."""
        ax = self.villages.plot(ax=ax, color="#f2f2f2", edgecolor="#999999")
        if len(self.gaps):
            self.gaps.plot(ax=ax, column="score", cmap="OrRd", edgecolor="#666666", legend=True)
        return self.candidates.plot(ax=ax, color="#08519c", markersize=12)

    def __repr__(self) -> str:
        """Return the folder and the villages in order of need, in at most ten lines."""
        names = ", ".join(self.gaps["village_name"].head(LISTED))
        return (
            f"Run: {self.folder} ({'new' if self.is_new else 'existed'})\n"
            f"  {len(self.gaps)} villages without a unit, by need: {names}\n"
            f"  {len(self.candidates)} buildings; tables: {len(self.tables)}, for table()"
        )

    def _repr_html_(self) -> str:
        return run_html(
            self.gaps,
            self.city,
            evidence=self.manifest.get("evidence", ""),
            language=self.manifest["language"],
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
    """Run a scenario on a study and write its run folder atomically.

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

    Examples
    --------
    >>> import tempfile
    >>> run = plan(out=tempfile.mkdtemp(), language="en")
    >>> run.is_new, run.gaps["village_name"][0]
    (True, 'Oro-oro Ombo')
    """
    if progress:
        progress(word("step_read", language))
    study = read_study(data, cache=Path(out) / CACHE)
    settings = load_scenario(scenario, overrides=overrides, study=study)
    folder = Path(out) / run_name(settings.name, ingredients(study, settings, language))
    is_new = again or what_is_spoilt(folder) != []
    if is_new:
        run_scenario(study, settings, out=Path(out), language=language, progress=progress)
    return open_run(folder, is_new=is_new)


def run_scenario(
    study: Study,
    scenario: Scenario,
    *,
    out: Path,
    language: Language,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Compute a scenario on a loaded study, and return its run folder."""

    def step(name: str) -> None:
        if progress:
            progress(word(name, language))

    assessment = assess(study, scenario, progress=step)
    step("step_write")
    return write_run(assessment, out=out, language=language)


def write_run(assessment: Assessment, *, out: Path, language: Language) -> Path:
    """Write the run folder of an assessment, replacing an existing one."""
    made_of = ingredients(assessment.study, assessment.scenario, language)
    name = run_name(assessment.scenario.name, made_of)
    return put_run(out, name, lambda aside: fill_run(aside, assessment, language, made_of))


def ingredients(study: Study, scenario: Scenario, language: Language) -> dict[str, Any]:
    """Return everything a run depends on; a hash of it is part of the name of the run."""
    words = study.place.model_dump(mode="json", include=OWN_WORDS, exclude_defaults=True)
    named = {"place": words} if words else {}
    return {
        "batu_geo": version("batu_geo"),
        "language": language,
        "scenario": scenario.model_dump(mode="json"),
        "study": {"name": study.name, "title": study.title, "crs": study.crs, **named},
        "inputs": study.inputs,
    }


def gap_map(answer: Run | Assessment, language: Language = "id") -> MapPage:
    """Return the map of a run or an assessment: villages, units, catchments, ranked buildings.

    Parameters
    ----------
    answer
        From `plan`, whose map is in its folder in the language of the run, or from `assess`.
    language
        Of every word on the page of an assessment.

    Examples
    --------
    >>> from batu_geo import assess
    >>> from batu_geo import load_study
    >>> page = gap_map(assess(load_study(), load_scenario("baseline")), "en")
    >>> page.html.startswith("<!DOCTYPE html>")
    True
    """
    if isinstance(answer, Run):
        return answer.map
    say_as(answer.study.place)
    return drawn_gap_map(answer, language)


def open_run(folder: Path, *, is_new: bool = False) -> Run:
    """Return a run that exists.

    Raises
    ------
    EnvironmentFault
        When a file of it is missing or damaged.
    DataError
        When another version made it.
    ScenarioError
        When the folder is of maps, a comparison or a briefing pack.
    """
    refuse_pack(folder)
    refuse_other_version(folder)
    spoilt = what_is_spoilt(folder)
    if spoilt:
        raise EnvironmentFault(Problem("BG-412", str(folder), values={"reason": spoilt[0]}))
    manifest = read_manifest(folder)
    if not {f"{name}.csv" for name in MAIN_TABLES} <= set(manifest["outputs"]):
        raise ScenarioError(Problem("BG-452", str(folder)))
    tables = {name: _read(folder / f"{name}.csv") for name in MAIN_TABLES}
    outlines = _places(folder, "villages", "village_id")
    return Run(
        folder=folder,
        is_new=is_new,
        manifest=manifest,
        villages=_with_places(tables["villages"], outlines),
        city=tables["city"],
        gaps=_with_places(tables["gaps"], outlines),
        candidates=_with_places(tables["candidates"], _places(folder, "candidates", "site_id")),
    )


def _places(folder: Path, layer: str, key: str) -> gpd.GeoSeries:
    """Return the shapes of a layer of a run by id."""
    table = gpd.read_file(folder / LAYERS, layer=layer, columns=[key])
    return table.set_index(key).geometry


def _with_places(table: pd.DataFrame, shapes: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Return a table with the shape of the id in its first column that has shapes."""
    key = str(shapes.index.name)
    return gpd.GeoDataFrame(table, geometry=list(table[key].map(shapes)), crs=shapes.crs)


def _read(path: Path) -> pd.DataFrame:
    """Return a table that a run has written; ids are text, missing values are empty."""
    names = pd.read_csv(path, nrows=0).columns
    texts = {n: "str" for n in names if n.endswith("_id") or n in TEXT_COLUMNS}
    return pd.read_csv(path, dtype=texts, keep_default_na=False, na_values=[""])
