"""The files of a briefing pack, each from the same tables."""

from __future__ import annotations

import shutil
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pandas as pd

from batu_geo.planning.before_after import before_after
from batu_geo.planning.explorer_data import explorer_data
from batu_geo.planning.placement import best_sites
from batu_geo.planning.tables.health_office_tables import RESTS_ON, WAYS, appraise
from batu_geo.render.briefing.blocks import heading, map_block
from batu_geo.render.briefing.content import Brief
from batu_geo.render.briefing.pdf import as_pdf, document
from batu_geo.render.briefing.report import report
from batu_geo.render.briefing.sheets import village_sheet
from batu_geo.render.briefing.slides import slides
from batu_geo.render.briefing.summary import summary
from batu_geo.render.briefing.workbook import workbook
from batu_geo.render.cartography.base_map import base_map
from batu_geo.render.paper.sheet_painter import PAPER_MM
from batu_geo.render.text.words import number_in_text
from batu_geo.render.web.explorer_page import explorer_page
from batu_geo.render.web.gap_map import gap_map
from batu_geo.runs import MANIFEST, outputs_of, write_json
from batu_geo.verbs.pack_maps import MAP_FILES, PackMaps, pack_maps, printed_specs
from batu_geo.verbs.run_files import run_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from batu_geo.domain.errors import Language, Problem
    from batu_geo.domain.letterhead import Letterhead
    from batu_geo.planning.assessment import Assessment
    from batu_geo.verbs.plan import Run

LIBRARIES = ("matplotlib", "openpyxl", "python-pptx", "typst")
PRINTED_MAPS, VILLAGE_SHEETS = "peta_cetak", "lembar_desa"
MAIN_RESTS_ON = {
    "villages": WAYS,
    "city": WAYS,
    "gaps": (*WAYS, "indicators"),
    "candidates": (*WAYS, "buildings"),
    "before_after": (*WAYS, "buildings"),
    "comparison": (*WAYS, "buildings"),
}
NOT_COMPARED = ("name", "title", "title_en")


def fill_pack(  # noqa: PLR0913 - everything a pack is made from, by name
    folder: Path,
    run: Run,
    found: Assessment,
    *,
    language: Language,
    letterhead: Letterhead,
    letterhead_sha256: str,
    others: Sequence[Run],
    progress: Callable[[str], None],
) -> None:
    """Write every file of a pack into the folder."""
    progress("step_draw")
    appraised = appraise(found)
    tables = _tables(run, found, appraised, language, others)
    base = base_map(found, language)
    specs = printed_specs(base, tables, _opened(found, appraised))
    drawn = pack_maps(base, specs, letterhead)
    content = _content(run, found, tables, drawn, language, letterhead)
    progress("step_pages")
    _write(folder / "ringkasan.pdf", as_pdf(summary(content)))
    _write(folder / "laporan.pdf", as_pdf(report(content)))
    for n, gap in enumerate(tables["gaps"].to_dict("records"), start=1):
        sheet = as_pdf(village_sheet(content, gap["village_id"]))
        _write(folder / VILLAGE_SHEETS / f"{n:02d}-{gap['village_id']}.pdf", sheet)
    _printed_maps(folder / PRINTED_MAPS, content, drawn)
    progress("step_slides")
    _write(folder / "presentasi.pptx", slides(content, drawn.pictures))
    _write(folder / "tabel.xlsx", workbook(content))
    shutil.copyfile(run.folder / "coverage.gpkg", folder / "peta.gpkg")
    _web_pages(folder, run, found, language)
    write_json(_manifest(folder, run, language, letterhead_sha256, others), folder / MANIFEST)


def _web_pages(folder: Path, run: Run, found: Assessment, language: Language) -> None:
    """Write the pages for a browser: the map of the run and the explorer."""
    if run.manifest["language"] == language:
        shutil.copyfile(run.folder / "map.html", folder / "peta.html")
    else:
        gap_map(found, language).save(folder / "peta.html")
    explorer_page(explorer_data(found), language).save(folder / "jelajah.html")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def _printed_maps(folder: Path, content: Brief, drawn: PackMaps) -> None:
    """Write each map of the whole city alone on a sheet of each size."""
    for (key, paper), (svg, width_mm, is_flipped) in drawn.sheets.items():
        title = content.title_of(drawn.titles[key])
        blocks = [heading(title, 1), map_block(content, key, svg, drawn.titles[key], width_mm)]
        page = document(content, title, blocks, paper=paper, flipped=is_flipped)
        _write(folder / f"{MAP_FILES[key]}-{paper}.pdf", as_pdf(page))
    assert {paper for _, paper in drawn.sheets} == set(PAPER_MM)  # noqa: S101 - every size is there


def _tables(
    run: Run,
    found: Assessment,
    appraised: dict[str, pd.DataFrame],
    language: Language,
    others: Sequence[Run],
) -> dict[str, pd.DataFrame]:
    """Return every table of the pack: those of the run, and what the pack adds."""
    worth: dict[str, Any] = {"strategy": 4, "evidence": found.evidence}
    tables = run_tables(found, language)
    tables["before_after"] = before_after(found, _opened(found, appraised)).assign(**worth)
    tables |= appraised
    if others:
        tables["comparison"] = _comparison([run, *others], language).assign(**worth)
    return tables


def _opened(found: Assessment, appraised: dict[str, pd.DataFrame]) -> tuple[str, ...]:
    """Return the buildings of the plan that was found, or the best ones."""
    return tuple(appraised["plan"]["site_id"]) if "plan" in appraised else best_sites(found)


def _comparison(runs: Sequence[Run], language: Language) -> pd.DataFrame:
    """Return the city of each run at each threshold, the order, and what was set otherwise."""
    first = _settings(runs[0].manifest["scenario"])
    rows = []
    for run in runs:
        own = _settings(run.manifest["scenario"])
        differ = [
            f"{key} = {own.get(key, '-')}"
            for key in sorted({*own, *first})
            if own.get(key) != first.get(key) and key not in NOT_COMPARED
        ]
        gaps = run.gaps
        common = {
            "scenario": _title(run, language),
            "order": "; ".join(f"{r}. {v}" for r, v in zip(gaps["rank"], gaps["village_name"],
                                                           strict=True)),
            "best_sites": "; ".join(gaps["best_site_name"].dropna()),
            "changes": "; ".join(differ) or "-",
        }  # fmt: skip
        keys = ["mode", "threshold_minutes", "served", "share_served_percent"]
        rows += [common | row for row in run.city[keys].to_dict("records")]
    return pd.DataFrame(rows)


def _title(run: Run, language: Language) -> str:
    """Return the title of the scenario of a run, and the name of the run, which is unique."""
    settings = run.manifest["scenario"]
    title = (settings["title_en"] if language == "en" else "") or settings["title"]
    return f"{title} ({run.folder.name})"


def _settings(scenario: Any, prefix: str = "") -> dict[str, str]:
    """Return the settings of a scenario, flat, as text."""
    if not isinstance(scenario, dict):
        return {prefix: str(scenario)}
    flat: dict[str, str] = {}
    for key, value in scenario.items():
        flat |= _settings(value, f"{prefix}.{key}" if prefix else key)
    return flat


def _content(
    run: Run,
    found: Assessment,
    tables: dict[str, pd.DataFrame],
    drawn: PackMaps,
    language: Language,
    letterhead: Letterhead,
) -> Brief:
    study = found.study
    names: dict[Any, str] = {
        **study.villages.set_index("village_id")["village_name"].to_dict(),
        **study.facilities.set_index("facility_id")["facility_name"].to_dict(),
        **found.candidates.set_index("site_id")["building_name"].to_dict(),
    }
    return Brief(
        place=study.title,
        crs=study.crs,
        run=run.folder.name,
        scenario=found.scenario,
        language=language,
        inputs=study.inputs,
        tables=tables,
        rests_on=MAIN_RESTS_ON | {name: inputs for name, (_, inputs) in RESTS_ON.items()},
        names=names,
        maps=drawn.svgs,
        maps_titles=drawn.titles,
        letterhead=letterhead,
        notices=[_with_numbers(notice, language).line(language) for notice in found.notices],
        demand_points=len(found.demand),
        calibration=found.calibration,
    )


def _with_numbers(notice: Problem, language: Language) -> Problem:
    """Return a notice whose numbers are written as the reader writes them."""
    values = {
        name: number_in_text(value, language) if isinstance(value, str) else value
        for name, value in notice.values.items()
    }
    return replace(notice, values=values)


def _manifest(
    folder: Path, run: Run, language: Language, letterhead_sha256: str, others: Sequence[Run]
) -> dict[str, Any]:
    """Return what went in and what came out. No time, no machine: same inputs, same bytes."""
    return {
        "batu_geo": version("batu_geo"),
        "libraries": {name: version(name) for name in LIBRARIES},
        "run": run.folder.name,
        "compared": [other.folder.name for other in others],
        "language": language,
        "letterhead_sha256": letterhead_sha256,
        "inputs": run.manifest["inputs"],
        "outputs": outputs_of(folder),
    }
