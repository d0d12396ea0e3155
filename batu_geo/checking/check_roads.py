"""Audit the roads of a checked study, and draw and write what was found."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from batu_geo.domain.cell_rows import joined
from batu_geo.planning.road_findings import RoadFindings, road_findings
from batu_geo.render.files.write_tables import write_csv, write_geojson

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from batu_geo.checking.findings import CheckResult
    from batu_geo.domain.errors import Language
    from batu_geo.domain.scenario import Scenario
    from batu_geo.render.web.map_page import MapPage

NEEDED = ("population", "villages", "facilities", "roads", "scenario")
PREFERRED = "baseline"
FILE_COLUMNS = (
    "number", "kind", "village_name", "lon", "lat", "street", "way_id", "other_street",
    "other_way_id", "part", "metres", "people", "units", "tag", "use", "vehicles",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class RoadAudit:
    """The road audit of a check.

    Attributes
    ----------
    findings
        None where it could not be made.
    missing
        The tables without which it is not made.
    source
        What `study.toml` says of the roads: ``path``, ``origin``, ``date``, ``evidence``.
    """

    findings: RoadFindings | None
    missing: tuple[str, ...]
    source: dict[str, str]


def audit_roads(result: CheckResult) -> RoadAudit:
    """Audit the roads of a study as the scenario `baseline`, or its first one, travels them.

    Nothing is audited where a table it needs could not be read.
    """
    parts = result.parts
    source = result.inputs.get("roads", {})
    missing = tuple(table for table in NEEDED if not _is_there(parts.get(table)))
    if missing:
        return RoadAudit(None, missing, source)
    scenario = audited_scenario(parts["scenario"])
    found = road_findings(parts["villages"], parts["facilities"], parts["roads"], scenario)
    return RoadAudit(found, (), source)


def audited_scenario(scenarios: Sequence[Scenario]) -> Scenario:
    """Return the scenario `baseline`, or the first one."""
    return next((s for s in scenarios if s.name == PREFERRED), scenarios[0])


def _is_there(part: Any) -> bool:
    return part is not None and (not isinstance(part, list) or bool(part))


def road_audit_files(findings: RoadFindings) -> dict[str, bytes]:
    """Return the findings as CSV and GeoJSON, by suffix: the same rows and columns."""
    table = joined(findings.rows)
    degrees = shapely.get_coordinates(findings.places.to_crs("EPSG:4326").to_numpy()).round(6)
    table["lon"], table["lat"] = degrees.T
    rows = table[[*FILE_COLUMNS, "geometry"]]
    # Parts with a unit are nearly the whole network: a point on them says where they are.
    has_unit = (rows["kind"] == "part") & (rows["units"].fillna(0) > 0)
    rows.loc[has_unit, "geometry"] = findings.places[has_unit]
    plain: pd.DataFrame = table[list(FILE_COLUMNS)]
    with tempfile.TemporaryDirectory() as aside:
        csv, geojson = Path(aside) / "audit.csv", Path(aside) / "audit.geojson"
        write_csv(plain, csv)
        write_geojson(rows, geojson)
        return {".csv": csv.read_bytes(), ".geojson": geojson.read_bytes()}


def road_audit_page(result: CheckResult, audit: RoadAudit, language: Language) -> MapPage:
    """Return the page of an audit that was made."""
    from batu_geo.render.web.road_audit_map import road_audit_map  # noqa: PLC0415 - folium is heavy

    if audit.findings is None:
        raise ValueError(audit.missing)
    inputs = {name: card for name, card in result.inputs.items() if name in NEEDED}
    return road_audit_map(
        audit.findings, result.parts["villages"], result.parts["roads"],
        title=result.title, inputs=inputs, language=language,
    )  # fmt: skip
