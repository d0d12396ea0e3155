"""Write `docs/settings.md`: every setting of a scenario, from the models and the baseline.

Run it after a change of a setting or of `data/scenarios/baseline.toml`; a test holds both equal.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from batu_geo.domain.scenario import scenario_schema

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "settings.md"
BASELINE = ROOT / "data" / "scenarios" / "baseline.toml"
HEAD = """# Pengaturan skenario · Settings of a scenario

Every choice behind a run, written from the models the program checks by
(`scripts/settings_page.py`). A setting is named as `--set` takes it, such as
`--set headline.threshold_minutes=20`; `NAME` is a name of your own, `[]` an entry of a list.
**Bold** settings must be there; *default* is what holds where one is left out. *Baseline* is the
value in [`baseline.toml`](../data/scenarios/baseline.toml), the scenario others extend, and each
part says where those values come from. Where neither evidence nor source is named, somebody chose
the value and it counts as `assumed` ([decision](adr/0023-evidence.md)). Editors check scenario
files by the [JSON schema](scenario.schema.json), which has the same words.
"""
COLUMNS = """
| setting | meaning | kind | unit | default | baseline |
|---|---|---|---|---|---|
"""
# By the whole name, then by how a name ends.
UNIT_OF = {
    "access.zone_weights": "weight, 0 to 1",
    "candidates.min_rooms": "rooms",
    "closures[].at": "degrees",
    "closures[].polygon": "degrees",
    "closures[].speed_factor": "factor",
    "closures[].ways": "ids of OSM",
    "facility_changes[].lat": "degrees",
    "facility_changes[].lon": "degrees",
    "feasibility[].best_at": "of the sign",
    "feasibility[].none_at": "of the sign",
    "modes.NAME.surface_factors": "factor, 0 to 1",
    "modes.NAME.uphill_share_per_percent": "share of time for each %",
    "need[].none_at": "of the criterion",
    "need[].worst_at": "of the criterion",
    "new_roads[].line": "degrees",
    "new_units[].lat": "degrees",
    "new_units[].lon": "degrees",
    "robustness.draws": "draws",
    "robustness.population_error": "share, 0 to 1",
    "robustness.seed": "none",
    "siting.first_year": "year",
    "siting.node_limit": "nodes",
    "siting.people_per_unit": "people",
    "siting.site_count": "buildings",
    "siting.staff_caps": "people",
    "siting.units_per_year": "units a year",
    "staffing.new_doctors": "doctors",
    "staffing.working_days": "weekday, 1 is Monday",
    "staffing.working_hours": "hour of the day",
    "travel.hour": "hour of the day",
    "travel.seasons": "months, 1 to 12",
}
UNIT_ENDS = {
    "_m2": "m²", "_minutes": "minutes", "_kmh": "km/h", "_m": "m", "_s": "s", "_percent": "%",
    "_rupiah": "rupiah", "_share": "share", "weight": "relative weight",
}  # fmt: skip
LIMITS = {
    "minimum": "≥ {}", "exclusiveMinimum": "> {}", "maximum": "≤ {}", "exclusiveMaximum": "< {}",
    "minItems": "at least {}", "minProperties": "at least {}",
}  # fmt: skip
PLAIN = {"string": "text", "integer": "whole number", "number": "number", "boolean": "yes or no"}
DASH = "-"


def unit(key: str, kind: str) -> str:
    """Return the unit of a setting, a dash where it is no number."""
    if "number" not in kind:
        return DASH
    if key in UNIT_OF:
        return UNIT_OF[key]
    return next(word for end, word in UNIT_ENDS.items() if key.endswith(end))


def kind(part: dict[str, Any]) -> str:
    """Return what a setting may be, from its part of the schema."""
    if "anyOf" in part:
        return kind(next(one for one in part["anyOf"] if one.get("type") != "null"))
    if "enum" in part:
        return " · ".join(f"`{code}`" for code in part["enum"])
    limits = "".join(
        f", {text.format(part[key])}"
        for key, text in LIMITS.items()
        if key in part and "prefixItems" not in part
    )
    if part["type"] == "array":
        inner = part.get("items") or part["prefixItems"][0]
        several = f"{len(part['prefixItems'])} of" if "prefixItems" in part else "list of"
        return f"{several}: {kind(inner)}{limits}"
    if part["type"] == "object":
        return f"by name: {kind(part['additionalProperties'])}{limits}"
    return f"{PLAIN[part['type']]}{limits}"


def model_of(part: dict[str, Any]) -> tuple[str, str] | None:
    """Return how a setting that has parts repeats, and the name of their model."""
    inner, mark = part, ""
    if part.get("type") == "array":
        inner, mark = part["items"], "[]"
    elif part.get("type") == "object":
        inner, mark = part["additionalProperties"], ".NAME"
    for one in [inner, *inner.get("anyOf", ())]:
        if "$ref" in one:
            return mark, str(one["$ref"]).rpartition("/")[2]
    return None


def value(found: Any) -> str:
    """Return a value as the page writes it."""
    if found in (None, (), [], {}, ""):
        return DASH
    if isinstance(found, bool):
        return f"`{str(found).lower()}`"
    if isinstance(found, dict):
        return "by name, below"
    if isinstance(found, list | tuple):
        return ", ".join(value(one) for one in found)
    return f"`{found}`"


def entries(found: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return the tables of the baseline behind one part, with their names."""
    if isinstance(found, list):
        return [(str(one["name"]), one) for one in found]
    if found and all(isinstance(one, dict) for one in found.values()):
        return list(found.items())
    return [("", found)] if found else []


def origin(name: str, part: dict[str, Any], model: dict[str, Any]) -> str:
    """Return the line that says how sure the values of the baseline are, and by whom."""
    keys = ("source", "reason", "note", "seasons_source")
    words = [str(part[key]) for key in keys if part.get(key)]
    default = model["properties"].get("evidence", {}).get("default")
    sure = part.get("evidence", part.get("seasons_evidence", default))
    if not words:
        return ""
    said = ": ".join([f"`{sure}`", *words] if sure else words)
    return f"- {f'`{name}`: ' if name else ''}{said}\n"


def rows(key: str, model: dict[str, Any], held: list[tuple[str, dict[str, Any]]]) -> str:
    """Return the rows of one part."""
    text = ""
    for name, part in model["properties"].items():
        setting, kinds = f"{key}.{name}", kind(part)
        known = [(who, value(of[name])) for who, of in held if name in of]
        baseline = "; ".join(f"{who}: {what}" if who else what for who, what in known) or DASH
        if any(isinstance(of.get(name), dict) for _, of in held):
            baseline = "by name, below"
        if name.endswith(("source", "reason", "note", "evidence")):
            baseline = "see above" if known else DASH
        default = value(part.get("default")) if name not in model.get("required", ()) else ""
        shown = f"**`{setting}`**" if name in model.get("required", ()) else f"`{setting}`"
        text += f"| {shown} | {' '.join(part['description'].split())} "
        text += f"| {kinds} | {unit(setting, kinds)} | {default} | {baseline} |\n"
    return text


def by_name(key: str, model: dict[str, Any], held: list[tuple[str, dict[str, Any]]]) -> str:
    """Return the values of the baseline that stand by name, a table for each such setting."""
    text = ""
    for name in model["properties"]:
        tables = {who: of[name] for who, of in held if isinstance(of.get(name), dict)}
        if not tables:
            continue
        heads = [who or "baseline" for who in tables]
        text += f"\n### Baseline: {key}.{name}\n\n| name | {' | '.join(heads)} |\n"
        text += f"|---|{'---|' * len(heads)}\n"
        for one in dict.fromkeys(one for table in tables.values() for one in table):
            cells = " | ".join(value(table.get(one)) for table in tables.values())
            text += f"| `{one}` | {cells} |\n"
    return text


def page() -> str:
    """Return the whole page."""
    schema, baseline = scenario_schema(), tomllib.loads(BASELINE.read_text(encoding="utf-8"))
    plain, parts = "", ""
    for name, part in schema["properties"].items():
        inner = model_of(part)
        if inner is None:
            given = value(baseline.get(name))
            needed = name in ("name", "title")
            shown = f"**`{name}`**" if needed else f"`{name}`"
            default = "" if needed else value(part.get("default"))
            plain += f"| {shown} | {part['description']} "
            plain += f"| {kind(part)} | {DASH} | {default} | {given} |\n"
            continue
        mark, model = inner[0], schema["$defs"][inner[1]]
        held = entries(baseline.get(name))
        said = "".join(origin(who, of, model) for who, of in held)
        parts += f"\n## {name}\n\n{model['description']}\n"
        parts += f"\nValues of the baseline:\n\n{said}" if said else ""
        parts += "" if held else "\nThe baseline has none.\n"
        parts += COLUMNS + rows(f"{name}{mark}", model, held)
        parts += by_name(f"{name}{mark}", model, held)
    return f"{HEAD}\n## Of the whole file\n{COLUMNS}{plain}{parts}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
