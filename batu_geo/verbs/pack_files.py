"""The files of a briefing pack, each from the same tables."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd

from batu_geo.access.coverage import NO_WAY
from batu_geo.access.protected import CITY
from batu_geo.domain.errors import Problem
from batu_geo.domain.names import names_by_id
from batu_geo.domain.need_criteria import need_criteria
from batu_geo.domain.norms import english_sources
from batu_geo.planning.before_after import before_after
from batu_geo.planning.evidence.main_worths import with_plan_worth
from batu_geo.planning.placement import best_sites
from batu_geo.planning.tables.health_office_tables import RESTS_ON, WAYS, health_office_tables
from batu_geo.render.briefing.blocks import heading, map_block
from batu_geo.render.briefing.content import Brief
from batu_geo.render.briefing.letters import office_note, staff_study
from batu_geo.render.briefing.pack_list import PACK_LIST, pack_list
from batu_geo.render.briefing.pdf import as_pdf, document
from batu_geo.render.briefing.report import report
from batu_geo.render.briefing.sheets import village_sheet
from batu_geo.render.briefing.slides import slides
from batu_geo.render.briefing.story import story
from batu_geo.render.briefing.summary import summary
from batu_geo.render.briefing.workbook import workbook
from batu_geo.render.cartography.base_map import base_map
from batu_geo.render.paper.sheet_painter import PAPER_MM
from batu_geo.render.text.column_headings import cell
from batu_geo.render.text.file_names import readable_name
from batu_geo.render.text.lettering import not_in_font
from batu_geo.render.text.words import cards_in, code_word, number_in_text, word
from batu_geo.render.web.explorer.district_pages import save_explorer
from batu_geo.render.web.question_maps import gap_map
from batu_geo.render.web.village_facts import links_of_villages
from batu_geo.runs import MANIFEST, outputs_of, write_json
from batu_geo.siting.buildings.instruments import instruments
from batu_geo.verbs.pack_maps import MAP_FILES, PackMaps, pack_maps, printed_specs
from batu_geo.verbs.run_files import run_tables, write_layers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from batu_geo.domain.errors import Language
    from batu_geo.domain.letterhead import Letterhead
    from batu_geo.planning.assessment import Assessment
    from batu_geo.verbs.plan import Run

LIBRARIES = ("matplotlib", "python-docx", "python-pptx", "typst", "xlsxwriter")
PRINTED_MAPS, VILLAGE_SHEETS = "peta_cetak", "lembar_desa"
MAIN_RESTS_ON = {
    "villages": WAYS,
    "city": WAYS,
    "gaps": (*WAYS, "indicators"),
    "candidates": (*WAYS, "buildings"),
    "before_after": (*WAYS, "buildings"),
    "comparison": (*WAYS, "buildings"),
}
NAMES_SHOWN = 5
SAID_IN_ENGLISH = {
    "evidence_register": ("source_origin",),
    "instrument_terms": ("source",),
    "norm_checks": ("source", "article"),
}
NOT_COMPARED = ("name", "title", "title_en")


@dataclass(frozen=True, slots=True, eq=False)
class PackSource:
    """Inputs of a briefing pack.

    Attributes
    ----------
    run, assessment
        The run of the pack and its assessment.
    others
        Runs of further scenarios, printed beside it.
    letterhead, letterhead_sha256
        The head of the office and the fingerprint of its file, empty where there is none.
    language
        Of every page.
    """

    run: Run
    assessment: Assessment
    others: tuple[Run, ...]
    letterhead: Letterhead
    letterhead_sha256: str
    language: Language


PACK_STEPS = ("step_draw", "step_pages", "step_slides")


def fill_pack(folder: Path, source: PackSource, progress: Callable[[str], None]) -> None:
    """Write every file of a pack into the folder."""
    progress("step_draw")
    tables = pack_tables(source)
    base = base_map(source.assessment, source.language)
    opened = _opened(source.assessment, tables)
    drawn = pack_maps(base, printed_specs(base, tables, opened), source.letterhead)
    content = pack_content(source, tables, drawn)
    progress("step_pages")
    _write(folder / "ringkasan.pdf", as_pdf(summary(content)))
    _write(folder / "laporan.pdf", as_pdf(report(content)))
    for code, name in _sheet_names(tables["gaps"]).items():
        page = as_pdf(village_sheet(content, code))
        _write(folder / VILLAGE_SHEETS / f"{name}.pdf", page)
    _printed_maps(folder / PRINTED_MAPS, content, drawn)
    progress("step_slides")
    _write(folder / "paparan.pptx", story(content, drawn.pictures))
    _write(folder / "presentasi.pptx", slides(content, drawn.pictures))
    _write(folder / "nota_dinas.docx", office_note(content))
    _write(folder / "telaahan_staf.docx", staff_study(content))
    _write(folder / "tabel.xlsx", workbook(content))
    write_layers(folder, "peta", source.assessment, tables["villages"], source.language)
    _web_pages(folder, source)
    sizes = {p.relative_to(folder).as_posix(): p.stat().st_size
             for p in folder.rglob("*") if p.is_file()}  # fmt: skip
    listed = pack_list(sizes, content.title("brief_report"), source.language)
    _write(folder / PACK_LIST, listed.encode())
    write_json(_manifest(folder, source), folder / MANIFEST)


def _sheet_names(gaps: pd.DataFrame) -> dict[str, str]:
    """Return the name of the sheet of each village without a unit, by its id."""
    return {
        gap["village_id"]: readable_name(n, gap["village_name"], gap["village_id"])
        for n, gap in enumerate(gaps.to_dict("records"), start=1)
    }


def _web_pages(folder: Path, source: PackSource) -> None:
    """Write the HTML pages: the map of the run and the explorer."""
    assessment, language = source.assessment, source.language
    if source.run.manifest["language"] == language:
        shutil.copyfile(source.run.folder / "map.html", folder / "peta.html")
    else:
        gap_map(assessment, language).save(folder / "peta.html")
    page = word("map_gaps_title", language, place=assessment.study.title), "peta.html"
    sheets = {
        code: (word("card_sheet", language), f"{VILLAGE_SHEETS}/{quote(name)}.pdf")
        for code, name in _sheet_names(assessment.gaps).items()
    }
    links = links_of_villages(assessment, [page], sheets)
    save_explorer(folder, assessment, language, links)


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


def pack_tables(source: PackSource) -> dict[str, pd.DataFrame]:
    """Return the tables of the run and those that only the pack has."""
    assessment, language = source.assessment, source.language
    appraised = health_office_tables(assessment)
    opened = _opened(assessment, appraised)
    tables = run_tables(assessment, language)
    changed = before_after(assessment, opened).assign(strategy=4)
    tables["before_after"] = with_plan_worth(assessment, changed)
    tables |= appraised
    tables |= _in_words(tables, language)
    if language == "en":
        tables |= _in_english(assessment, tables)
    if source.others:
        runs = [source.run, *source.others]
        beside = _comparison(runs, language).assign(strategy=4)
        tables["comparison"] = with_plan_worth(assessment, beside)
    return tables


def _in_words(tables: Mapping[str, pd.DataFrame], language: Language) -> dict[str, pd.DataFrame]:
    """Return tables whose columns or rows are named by codes, in words that pages have."""
    programme, weights = tables["indicators"], {name: f"weight_{name}" for name in need_criteria()}
    whole = programme["village_name"].replace({CITY: cell("area", CITY, language)})
    said = {"indicators": programme.assign(village_name=whole)}
    if "central_weights" in tables:  # of two villages to be ranked, and more
        said["central_weights"] = tables["central_weights"].rename(columns=weights)
    return said


def _in_english(
    assessment: Assessment, tables: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Return tables with the English sources that study, scenario, norms and instruments have."""
    cards = assessment.study.inputs.values()
    said = {card["origin"]: card["origin_en"] for card in cards if card.get("origin_en")}
    said |= assessment.scenario.english | english_sources()
    said |= {card["source"]: card["source_en"] for card in instruments().values()}
    return {
        name: tables[name].assign(**{c: tables[name][c].replace(said) for c in columns})
        for name, columns in SAID_IN_ENGLISH.items()
        if name in tables
    }


def _opened(assessment: Assessment, tables: Mapping[str, pd.DataFrame]) -> tuple[str, ...]:
    """Return the buildings of the plan of the scenario, or the best of each village."""
    return tuple(tables["plan"]["site_id"]) if "plan" in tables else best_sites(assessment)


def _comparison(runs: Sequence[Run], language: Language) -> pd.DataFrame:
    """Return for each run the city at each threshold, the ranks and the differing settings."""
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
        keys = ["mode", "threshold_minutes", "served", *NO_WAY, "share_served_percent"]
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


def pack_content(source: PackSource, tables: dict[str, pd.DataFrame], drawn: PackMaps) -> Brief:
    """Return the content shared by the documents of the pack."""
    assessment, language = source.assessment, source.language
    study = assessment.study
    names: dict[Any, str] = {
        **names_by_id(study.villages, "village"),
        **names_by_id(study.facilities, "facility"),
        **assessment.candidates.set_index("site_id")["building_name"].to_dict(),
    }
    return Brief(
        place=study.title,
        crs=study.crs,
        run=source.run.folder.name,
        scenario=assessment.scenario,
        language=language,
        inputs=cards_in(study.inputs, language),
        tables=tables,
        rests_on=MAIN_RESTS_ON | {name: inputs for name, (_, inputs) in RESTS_ON.items()},
        names=names,
        maps=drawn.svgs,
        maps_titles=drawn.titles,
        letterhead=source.letterhead,
        notices=list(dict.fromkeys(
            _with_numbers(n, language).said(language)
            for n in (*assessment.notices, *font_notices(assessment))
        )),
        demand_points=len(assessment.demand),
        calibration=assessment.calibration,
        frame=study.place,
        country=study.country,
    )  # fmt: skip


def font_notices(assessment: Assessment) -> list[Problem]:
    """Return what is said of names with letters that the font of printed pages lacks."""
    study = assessment.study
    names = [study.title, *study.villages["village_name"], *study.facilities["facility_name"],
             *assessment.candidates["building_name"]]  # fmt: skip
    odd = not_in_font(names)
    if not odd:
        return []
    listed = ", ".join(odd[:NAMES_SHOWN]) + (", ..." if len(odd) > NAMES_SHOWN else "")
    return [Problem("BG-870", values={"count": str(len(odd)), "listed": listed})]


def _with_numbers(notice: Problem, language: Language) -> Problem:
    """Return a notice with its numbers and criteria as the reader writes them."""
    values = {
        name: code_word(value, language) if value in need_criteria()
        else number_in_text(value, language) if isinstance(value, str) else value
        for name, value in notice.values.items()
    }  # fmt: skip
    return replace(notice, values=values)


def _manifest(folder: Path, source: PackSource) -> dict[str, Any]:
    """Return the manifest: inputs and outputs, without time or machine, so it is reproducible."""
    return {
        "batu_geo": version("batu_geo"),
        "libraries": {name: version(name) for name in LIBRARIES},
        "run": source.run.folder.name,
        "compared": [other.folder.name for other in source.others],
        "language": source.language,
        "letterhead_sha256": source.letterhead_sha256,
        "inputs": source.run.manifest["inputs"],
        "notices": [
            {"code": notice.code, "text": notice.line(source.language)}
            for notice in font_notices(source.assessment)
        ],
        "outputs": outputs_of(folder),
    }
