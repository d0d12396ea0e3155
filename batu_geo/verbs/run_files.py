"""The files of a run: tables, catchments, the map and the manifest."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from batu_geo.domain.cell_rows import CellRows, joined
from batu_geo.domain.numbers import filed_numbers
from batu_geo.planning.evidence.main_worths import (
    catchments_with_worth,
    run_worth,
    with_main_worth,
)
from batu_geo.planning.tables.health_office_tables import health_office_tables
from batu_geo.render.cartography.base_map import scenario_title
from batu_geo.render.files.write_tables import write_csv, write_geojson
from batu_geo.render.gis.coverage_layers import INTERNAL, coverage_layers
from batu_geo.render.gis.write_layers import qgis_project, write_styled_gpkg
from batu_geo.render.text.words import certainty_sentence, need_sentence, word
from batu_geo.render.web.question_maps import gap_map
from batu_geo.runs import MANIFEST, outputs_of, write_json
from batu_geo.siting.buildings.building_costs import costs_by_payer
from batu_geo.siting.buildings.building_state import readiness
from batu_geo.siting.buildings.candidates import is_best_in_village
from batu_geo.siting.buildings.instruments import instrument_options, instruments
from batu_geo.sources.roads.tag_use import counts_by_tag

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from batu_geo.domain.errors import Language
    from batu_geo.planning.assessment import Assessment

TABLES = "tables"
LIBRARIES = ("folium", "geopandas", "numpy", "osmium", "pandas", "pyproj", "scipy", "shapely")
STRATEGY = 4  # number among the six strategies of the city: facilities and staff


def fill_run(
    folder: Path, assessment: Assessment, language: Language, ingredients: dict[str, Any]
) -> None:
    """Write every file of a run into the folder."""
    tables = run_tables(assessment, language)
    for name, table in tables.items():
        write_csv(table, folder / f"{name}.csv")
    (folder / TABLES).mkdir()
    appraised = health_office_tables(assessment)
    for name, table in appraised.items():
        write_csv(table, folder / TABLES / f"{name}.csv")
    write_geojson(joined(catchments_with_worth(assessment)), folder / "catchments.geojson")
    write_layers(folder, "coverage", assessment, tables["villages"], language)
    gap_map(assessment, language).save(folder / "map.html")
    manifest = _manifest(folder, assessment, language, ingredients) | _conflicts(appraised)
    write_json(manifest, folder / MANIFEST)


def write_layers(
    folder: Path, name: str, assessment: Assessment, villages: pd.DataFrame, language: Language
) -> None:
    """Write the styled layers and the project that opens them, in the words of a language."""
    study, layers = assessment.study, coverage_layers(assessment, villages, language)
    date = max(card["date"] for card in study.inputs.values())
    write_styled_gpkg(layers, folder / f"{name}.gpkg", date=date)
    title = f"{study.title}: {scenario_title(assessment.scenario, language)}"
    project = qgis_project(layers, beside=f"{name}.gpkg", title=title)
    (folder / f"{name}.qgz").write_bytes(project)


def run_tables(assessment: Assessment, language: Language) -> dict[str, pd.DataFrame]:
    """Return the tables of a run to write, each row with its evidence class."""
    study, headline = assessment.study, assessment.scenario.headline
    about = study.villages.set_index("village_id")[
        ["district_name", "population_evidence", "unit_evidence"]
    ]
    villages = assessment.villages.join(about, on="village_id")
    villages.insert(2, "unit_status", villages["village_id"].map(assessment.unit_status))
    gaps = assessment.gaps.join(
        study.villages.set_index("village_id")[["unit_evidence", "unit_evidence_note"]],
        on="village_id",
    )
    gaps["reason"] = [
        need_sentence(row, language, minutes=headline.threshold_minutes, mode=headline.mode)
        for row in gaps.to_dict("records")
    ]
    gaps["certainty"] = [certainty_sentence(row, language) for row in gaps.to_dict("records")]
    best = assessment.candidates[is_best_in_village(assessment.candidates)].set_index("village_id")
    gaps["best_site_id"] = gaps["village_id"].map(best["site_id"])
    gaps["best_site_name"] = gaps["village_id"].map(best["building_name"])
    candidates = pd.DataFrame(assessment.candidates.drop(columns=["geometry", *INTERNAL]))
    degrees = assessment.candidates.geometry.to_crs("EPSG:4326")
    candidates["lon"], candidates["lat"] = degrees.x.round(6), degrees.y.round(6)
    candidates = _with_ledger(candidates, assessment, language)
    front = ["rank", "rank_in_village", "site_id", "building_name", "village_id", "suitability"]
    candidates = candidates[[*front, *candidates.columns.difference(front, sort=False)]]
    tables = {
        "villages": villages, "city": assessment.city, "gaps": gaps, "candidates": candidates
    }  # fmt: skip
    return {
        name: with_main_worth(assessment, name, table.assign(strategy=STRATEGY))
        for name, table in tables.items()
    }


def _with_ledger(
    candidates: pd.DataFrame, assessment: Assessment, language: Language
) -> pd.DataFrame:
    """Return the buildings with labels of readiness, costs and legal instruments of use."""
    costs = costs_by_payer(list(candidates["site_id"]), assessment.study.costs)
    options = instrument_options(candidates, assessment.study.country)
    words = {code: card[f"name_{language}"] for code, card in instruments().items()}
    names: dict[Any, CellRows] = {}
    documents: dict[Any, CellRows] = {}
    for site_id, of_site in options.groupby("site_id"):
        names[site_id] = CellRows(tuple(of_site["instrument"].map(words)))
        codes = dict.fromkeys(code for cell in of_site["documents_missing"] for code in cell.rows)
        documents[site_id] = CellRows(tuple(word(f"doc_{code}", language) for code in codes))
    return candidates.assign(
        readiness=readiness(assessment.candidates["building_state"]),
        cost_rupiah=costs["once_rupiah"].to_numpy(),
        cost_yearly_rupiah=costs["yearly_rupiah"].to_numpy(),
        instrument_options=candidates["site_id"].map(names),
        missing_documents=candidates["site_id"].map(documents),
    )


def _conflicts(appraised: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """Return the rules in conflict of an infeasible scenario as rows; else an empty dict."""
    proof = appraised.get("plan_proof")
    rules = () if proof is None else proof["conflicts"].iloc[0].rows
    rows = [{"code": rule.code, "values": dict(rule.values)} for rule in rules]
    return {"conflicts": rows} if rows else {}


def _middle_and_farthest(metres: NDArray[np.float64]) -> dict[str, float | None]:
    """Return median and largest of some distances; None where there is none or no end to it."""
    if not len(metres):
        return {"median": None, "farthest": None}
    found = {"median": float(np.median(metres)), "farthest": float(metres.max())}
    return {name: round(m, 1) if np.isfinite(m) else None for name, m in found.items()}


def _manifest(
    folder: Path, assessment: Assessment, language: Language, ingredients: dict[str, Any]
) -> dict[str, Any]:
    """Return the manifest: inputs and outputs, without time or machine, so it is reproducible."""
    study, worth = assessment.study, run_worth(assessment)
    return {
        "batu_geo": ingredients["batu_geo"],
        "libraries": {name: version(name) for name in LIBRARIES},
        "language": language,
        "study": {"name": study.name, "title": study.title, "crs": study.crs},
        "inputs": study.inputs,
        "scenario": ingredients["scenario"],
        "evidence": worth.evidence,
        "evidence_bound_by": list(worth.bound_by),
        "evidence_without": worth.without,
        "demand_points": len(assessment.demand),
        "calibration": filed_numbers(assessment.calibration),
        "border": {
            "people_nearest_outside": assessment.border.people_nearest_outside,
            "served": assessment.border.served,
            "served_if_closed": assessment.border.served_if_closed,
        },
        "snap_distance_m": {
            mode: _middle_and_farthest(times.origin_snap_m)
            for mode, times in assessment.times.items()
        },
        "roads": {
            "nodes": study.roads.node_count,
            "edges": study.roads.edge_count,
            "dropped": dict(sorted(study.roads.dropped.items())),
            "openstreetmap": counts_by_tag(study.roads.tag_counts),
        },
        "notices": [
            {"code": notice.code, "text": notice.line(language)} for notice in assessment.notices
        ],
        "outputs": outputs_of(folder),
    }
