"""The road audit in the words of the reader: its source, its gap to close first, its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from batu_geo.domain.errors import shown
from batu_geo.planning.road_findings import KINDS
from batu_geo.render.text.words import date_word, number, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batu_geo.domain.errors import Language
    from batu_geo.planning.road_findings import RoadFindings

COUNTED = ("part", "without_unit", *(kind for kind in KINDS if kind != "part"))
MOST_LETTERS = 120
MADE_UP = "illustrative"


def not_made(missing: tuple[str, ...], language: Language) -> str:
    """Return why there is no audit."""
    names = [word("check_scenario" if m == "scenario" else f"table_{m}", language) for m in missing]
    return word("audit_not_made", language, names=", ".join(names))


def audit_notes(
    findings: RoadFindings, source: Mapping[str, str], language: Language
) -> Iterator[str]:
    """Yield what the roads rest on, the gap to close first, and the state of the border."""
    evidence = source.get("evidence", "")
    yield word(
        "audit_source", language, origin=shown(source.get("origin", "")),
        date=date_word(source.get("date", ""), language),
        evidence=word(evidence, language) if evidence else "-",
    )  # fmt: skip
    if evidence == MADE_UP:
        yield word("audit_made_up", language)
    yield gap_sentence(findings, language)
    border = findings.counts.loc["ends_at_border"]
    yield word(
        "audit_border", language, ends=number(border["n"], language),
        across=number(findings.roads_across, language), km=number(findings.km_outside, language, 1),
    )  # fmt: skip


def gap_sentence(findings: RoadFindings, language: Language) -> str:
    """Return the gap whose closing would connect most people, or that there is none."""
    gaps = findings.of_kind("gap")
    if gaps.empty:
        lonely = findings.counts.loc["without_unit", "people"]
        return word("audit_no_unit" if lonely else "audit_no_gap", language)
    first = gaps.iloc[0]
    places = findings.places.to_crs("EPSG:4326").to_numpy()
    lon, lat = shapely.get_coordinates(places[gaps.index[0]])[0]
    return word(
        "audit_first_gap", language, metres=number(first["metres"], language, 1),
        people=number(first["people"], language), village=shown(first["village_name"]) or "-",
        lon=f"{lon:.6f}", lat=f"{lat:.6f}",
    )  # fmt: skip


def row_cells(row: Mapping[Any, Any], language: Language) -> dict[str, str]:
    """Return what a row of the audit says, by the key of its heading; nothing is empty text."""
    streets = [shown(row[key]) for key in ("street", "other_street") if row[key]]
    ways = [str(row[key]) for key in ("way_id", "other_way_id") if not pd.isna(row[key])]
    is_part = row["kind"] == "part"
    kind = row["kind"]
    if is_part and not row["units"]:
        kind = "without_unit" if row["people"] else "without_people"
    return {
        "audit_kind": word(f"road_{kind}", language),
        "village": shown(row["village_name"]) or word("audit_outside", language),
        "audit_street": " / ".join(dict.fromkeys(streets)),
        "audit_metres": number(row["metres"], language, 0 if is_part else 1),
        "audit_people": number(row["people"], language),
        "audit_units": number(row["units"], language) if is_part else "",
        "audit_way": " / ".join(dict.fromkeys(ways)),
        "audit_rule": _rule(row, language),
    }


def _rule(row: Mapping[Any, Any], language: Language) -> str:
    """Return the tags of a rule and what is made of it; nothing for another finding."""
    if not row["use"]:
        return ""
    names = [word(f"road_vehicle_{name}", language) for name in row["vehicles"].rows]
    use = word(f"road_rule_{row['use']}", language, vehicles=", ".join(names))
    return f"{shown(row['tag'], longest=MOST_LETTERS)} - {use}"
